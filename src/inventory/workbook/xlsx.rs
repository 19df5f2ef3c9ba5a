//! .xlsx and .xlsm: streamed cell by cell.
//!
//! In: a zip archive that holds an OOXML workbook. Out: its sheets as frames.

use std::io::{Read, Seek};

use calamine::{DataRef, Reader, Sheet, Xlsx, XlsxError};

use super::super::record::DateSystem;
use super::cell::{self, Doubt, Format};
use super::notice::{self, Refusal};
use super::remarks::Remark;
use super::rows::{Order, Rows};
use super::{Telling, sheets_to_read};

/// Tells every sheet that is asked for.
pub(super) fn tell<S: Read + Seek>(
    source: S,
    telling: &mut Telling<'_, '_>,
) -> Result<(), Refusal> {
    let mut book: Xlsx<S> = Xlsx::new(source).map_err(|error| refusal(&error, ""))?;
    let dates = if book.has_1904_epoch() {
        DateSystem::Excel1904
    } else {
        DateSystem::Excel1900
    };
    let sheets: Vec<Sheet> = sheets_to_read(book.sheets_metadata(), telling.wanted)?;
    for sheet in sheets {
        let mut reader = match book.worksheet_cells_reader(&sheet.name) {
            Err(XlsxError::NotAWorksheet(_)) => continue,
            other => other.map_err(|error| refusal(&error, "at its beginning"))?,
        };
        let mut rows = telling.sheet(&sheet.name, dates, Order::Ascending)?;
        let mut text = String::new();
        loop {
            let cell = match reader.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                // The reader stands behind the cell and can go on; after any other error it cannot.
                Err(XlsxError::CellError(_)) => continue,
                Err(error) => return Err(refusal(&error, &rows.place())),
            };
            let (row, column) = cell.get_position();
            put(&mut rows, row, column, cell.get_value(), dates, &mut text)?;
        }
        rows.finish()?;
    }
    Ok(())
}

fn put(
    rows: &mut Rows<'_, '_>,
    row: u32,
    column: u32,
    value: &DataRef<'_>,
    dates: DateSystem,
    text: &mut String,
) -> Result<(), Refusal> {
    text.clear();
    let (number, format) = match value {
        DataRef::Empty => return Ok(()),
        DataRef::String(text) => return rows.cell(row, column, text),
        DataRef::SharedString(text) => return rows.cell(row, column, text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            return rows.cell(row, column, text);
        }
        DataRef::Bool(true) => return rows.cell(row, column, "TRUE"),
        DataRef::Bool(false) => return rows.cell(row, column, "FALSE"),
        DataRef::Error(error) => {
            rows.remark(Remark::Error, row, column, &error.to_string());
            return Ok(());
        }
        DataRef::Int(number) => (*number as f64, Format::Number),
        DataRef::Float(number) => (*number, Format::Number),
        DataRef::DateTime(date) if date.is_duration() => (date.as_f64(), Format::Duration),
        DataRef::DateTime(date) => (date.as_f64(), Format::Day),
    };
    match cell::put_number(text, number, format, dates) {
        Some(Doubt::LongNumber) => rows.remark(Remark::LongNumber, row, column, text),
        Some(Doubt::NoDay) => rows.remark(Remark::NoDay, row, column, text),
        None => (),
    }
    rows.cell(row, column, text)
}

fn refusal(error: &XlsxError, place: &str) -> Refusal {
    match error {
        XlsxError::Password => notice::password(),
        XlsxError::Zip(_) => notice::truncated(),
        other => notice::damaged(&format!("{place}: {other}")),
    }
}
