//! .xls: looked over by us, read by `calamine`, which holds every sheet as a whole.
//!
//! In: an OLE2 file. Out: its sheets as frames. The memory limit of the process is the last guard; what can be seen to be wrong
//! or too large is said before.

mod survey;

use std::io::{Read, Seek, SeekFrom};

use calamine::{Reader, SheetType, SheetVisible, Xls, XlsError};

use super::super::record::DateSystem;
use super::data::Values;
use super::notice::{self, Refusal};
use super::ole::Ole;
use super::rows::{Merged, Order, Rows};
use super::{Limits, SheetKind, SheetName, sheets_to_read};

/// Tells every sheet that is asked for.
pub(super) fn tell<S: Read + Seek>(
    mut source: S,
    wanted: Option<&str>,
    limits: &Limits,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Refusal> {
    let unreadable = |error: std::io::Error| notice::unreadable(&error.to_string());
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(unreadable)?;
    survey::survey(&workbook_stream(&bytes)?, limits)?;
    drop(bytes);
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let book: Xls<S> = Xls::new(source).map_err(|error| refusal(&error))?;
    tell_book(book, wanted, rows)
}

/// The stream with the workbook's records, if this is a workbook.
fn workbook_stream(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    const OTHERS: &[(&str, &str)] = &[
        ("WordDocument", "a Word document"),
        ("PowerPoint Document", "a PowerPoint presentation"),
        ("VisioDocument", "a Visio drawing"),
        ("__properties_version1.0", "an Outlook message"),
    ];
    let ole = Ole::open(bytes)?;
    if ole.has("EncryptedPackage") {
        return Err(notice::password());
    }
    for name in ["Workbook", "Book"] {
        if ole.has(name) {
            return ole.stream(name);
        }
    }
    let found = OTHERS.iter().find(|(stream, _)| ole.has(stream)).map_or(
        "a file of an Office program other than Excel",
        |&(_, found)| found,
    );
    Err(notice::not_a_workbook(
        found,
        "export the inventory as CSV or .xlsx",
    ))
}

fn tell_book<S: Read + Seek>(
    mut book: Xls<S>,
    wanted: Option<&str>,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Refusal> {
    let dates = if book.has_1904_epoch() {
        DateSystem::Excel1904
    } else {
        DateSystem::Excel1900
    };
    let sheets: Vec<SheetName> = book.sheets_metadata().iter().map(sheet_name).collect();
    for sheet in sheets_to_read(&sheets, wanted, rows)? {
        let name = &sheets[sheet].name;
        let range = book
            .worksheet_range(name)
            .map_err(|error| refusal(&error))?;
        rows.begin_sheet(name, dates, Order::Ascending)?;
        let mut merged: Vec<Merged> = book
            .merge_cells_by_sheet_name(name)
            .unwrap_or_default()
            .iter()
            .filter(|region| region.end.0 > region.start.0)
            .map(|region| Merged {
                first: region.start.0,
                last: region.end.0,
                column: region.start.1,
            })
            .collect();
        merged.sort_unstable();
        merged.into_iter().for_each(|stretch| rows.merge(stretch));
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut values = Values::new(rows, dates);
        for (row, column, value) in range.used_cells() {
            // A sheet has at most 65,536 rows of 256 cells here: the survey saw to it.
            let (row, column) = (first_row + row as u32, first_column + column as u32);
            values.tell_owned(row, column, value)?;
        }
        rows.end_sheet()?;
    }
    Ok(())
}

fn sheet_name(sheet: &calamine::Sheet) -> SheetName {
    SheetName {
        name: sheet.name.clone(),
        kind: match (sheet.typ, sheet.visible) {
            (SheetType::WorkSheet, SheetVisible::Visible) => SheetKind::Visible,
            (SheetType::WorkSheet, _) => SheetKind::Hidden,
            _ => SheetKind::NoTable,
        },
    }
}

fn refusal(error: &XlsError) -> Refusal {
    match error {
        XlsError::Password => notice::password(),
        other => notice::damaged(&other.to_string()),
    }
}
