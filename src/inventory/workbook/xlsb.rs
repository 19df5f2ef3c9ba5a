//! .xlsb: looked over by us, streamed by `calamine` cell by cell.
//!
//! In: a package that holds a binary workbook. Out: its sheets as frames. What `calamine` would read past, read wrong or panic about
//! is found first.

mod records;
mod survey;

use std::io::{Read, Seek};

use calamine::{Reader, Xlsb, XlsbError};

use super::data::Values;
use super::notice::{self, Refusal};
use super::package::{Package, broken_part};
use super::remarks::Remark;
use super::rows::Rows;
use super::{SheetName, sheets_to_read};
pub(super) use survey::WORKBOOK;
use survey::{Book, Survey};

/// Tells every sheet that is asked for.
pub(super) fn tell<S: Read + Seek>(
    mut package: Package<S>,
    wanted: Option<&str>,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Refusal> {
    let book = Book::read(&mut package)?;
    let names: Vec<SheetName> = book.sheets.iter().map(|(sheet, _)| sheet.clone()).collect();
    let mut surveys = Vec::new();
    for sheet in sheets_to_read(&names, wanted, rows)? {
        let part = &book.sheets[sheet].1;
        let survey = Survey::read(&mut package, part, book.strings)?;
        surveys.push((&names[sheet].name, survey));
    }
    let mut library: Xlsb<S> =
        Xlsb::new(package.into_source()).map_err(|error| refusal(&error, "workbook"))?;
    for (name, survey) in surveys {
        rows.begin_sheet(name, book.dates, survey.order)?;
        for &(row, column) in &survey.unread {
            rows.remark(Remark::Unreadable, row, column, "");
        }
        for &(row, column, error) in &survey.errors {
            rows.remark(Remark::Error, row, column, error);
        }
        survey
            .merged
            .iter()
            .for_each(|&stretch| rows.merge(stretch));
        let mut cells = library
            .worksheet_cells_reader(name)
            .map_err(|error| refusal(&error, name))?;
        let mut values = Values::new(rows, book.dates);
        loop {
            match cells.next_cell() {
                // The survey has said where errors are, those of formulas too.
                Ok(Some(cell)) if matches!(cell.get_value(), calamine::DataRef::Error(_)) => (),
                Ok(Some(cell)) => {
                    let (row, column) = cell.get_position();
                    values.tell(row, column, cell.get_value())?;
                }
                Ok(None) => break,
                // The reader stands behind the cell and can go on; after any other error it cannot.
                Err(XlsbError::CellError(_)) => (),
                Err(error) => return Err(refusal(&error, &values.place())),
            }
        }
        rows.end_sheet()?;
    }
    Ok(())
}

fn refusal(error: &XlsbError, place: &str) -> Refusal {
    match error {
        XlsbError::Password => notice::password(),
        other => broken_part(place, &other.to_string()),
    }
}
