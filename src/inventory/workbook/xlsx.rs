//! .xlsx and .xlsm: streamed row by row.
//!
//! In: a package that holds an OOXML workbook. Out: its sheets as frames. Read by a scanner of our own over `quick-xml`: `calamine` takes 1.3 times the
//! time that a whole run may take, believes counts and numbers that a file makes up, and does not say where a formula has no result. It
//! reads the other formats, and is held against this one in the tests.

#[cfg(test)]
mod agreement;
pub(super) mod book;
mod plain;
mod sheet;
mod strings;
mod styles;
mod survey;
mod value;

use std::io::{Read, Seek};

use super::notice::Refusal;
use super::package::{Package, broken_part};
use super::rows::Rows;
use super::sheets_to_read;
use book::Book;
use sheet::{Cells, Way};
use strings::Strings;
use styles::Styles;
use value::Context;

/// Tells every sheet that is asked for.
pub(super) fn tell<S: Read + Seek>(
    package: &mut Package<S>,
    wanted: Option<&str>,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Refusal> {
    let book = Book::read(package)?;
    let sheets = sheets_to_read(&book.sheets, wanted, rows)?;
    let styles = match &book.styles {
        Some(part) => Styles::read(&package.text(part)?, part)?,
        None => Styles::default(),
    };
    let strings = match &book.strings {
        Some(part) => Strings::read(package.xml(part)?, part)?,
        None => Strings::default(),
    };
    let context = Context {
        strings: &strings,
        styles: &styles,
        dates: book.dates,
    };
    for sheet in sheets {
        let part = &book.parts[sheet];
        let survey = survey::survey(package.xml(part)?)
            .map_err(|error| broken_part(part, &error.to_string()))?;
        rows.begin_sheet(&book.sheets[sheet].name, book.dates, survey.order)?;
        for stretch in survey.merged {
            rows.merge(stretch);
        }
        Cells::new(&context, rows, Way::Plain).tell(package.xml(part)?)?;
        rows.end_sheet()?;
    }
    Ok(())
}
