//! `report.xlsx`: the report as a workbook to sort, filter, count on and write in.
//!
//! In: the model, the people behind it, and the rejected rows as the importer gives them back. Out: the workbook's bytes, the same for
//! the same input. Every sheet is there, a sentence on it where it has no row. Rows of the long sheets are laid down in
//! temporary files as they come, so that memory does not grow with the number of users; what does not fit on one sheet goes on in
//! a next one. Texts are never formulas (`workbook/text.rs`).

mod blocks;
mod cell;
mod changes;
mod decisions;
mod evidence;
mod matrix;
mod people;
mod phases;
mod previous;
mod run;
mod style;
mod summary;
mod table;
mod text;

use std::io::{self, Read, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, Workbook, XlsxError};

use super::comparison::Compared;
use super::findings::Run;
use super::model::{People, Report};
use style::Styles;

pub use previous::{DECISIONS, DecisionHeads, Decisions};
pub use text::safe;

/// Rows of a sheet, heads included: Excel has no more.
pub const ROWS: u32 = 1_048_576;

/// What a workbook is made of.
pub struct Contents<'c> {
    /// The model.
    pub report: &'c Report,
    /// Who they are.
    pub people: &'c People<'c>,
    /// What was found.
    pub run: Run<'c>,
    /// The rejected rows, as [`crate::inventory::rejected::write_rejected`] writes them; `None` where they are held back.
    pub rejected: Option<&'c mut dyn Read>,
    /// What differs from an earlier report, person by person.
    pub compared: Option<Compared<'c>>,
    /// What people wrote on the sheet Decisions of an earlier report.
    pub decisions: Option<&'c Decisions>,
    /// A folder for temporary files.
    pub scratch: &'c Path,
    /// Rows of a sheet at most, heads included: [`ROWS`], or fewer.
    pub rows_per_sheet: u32,
}

/// A workbook in the making.
struct Book {
    workbook: Workbook,
    styles: Styles,
    rows_per_sheet: u32,
}

/// Writes the workbook.
///
/// # Errors
/// What the writer, the temporary files or the reader of rejected rows say.
pub fn write(contents: Contents<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let book = lay_out(contents).and_then(|mut book| book.workbook.save_to_writer(out));
    book.map_err(|error| match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    })
}

fn lay_out(contents: Contents<'_>) -> Result<Book, XlsxError> {
    let Contents {
        report,
        people,
        run,
        rejected,
        compared,
        decisions,
        scratch,
        rows_per_sheet,
    } = contents;
    let mut book = Book::new(report, scratch, rows_per_sheet)?;
    summary::write(&mut book, report)?;
    phases::write_phases(&mut book, report)?;
    matrix::write(&mut book, report)?;
    people::write_findings(&mut book, report, people, &run)?;
    phases::write_cohorts(&mut book, report)?;
    people::write_users(&mut book, report, people)?;
    phases::write_crossings(&mut book, report)?;
    phases::write_measures(&mut book, report)?;
    people::write_communications(&mut book, report, people, &run)?;
    evidence::write_contested(&mut book, report)?;
    evidence::write_unknowns(&mut book, report)?;
    run::write_rejected(&mut book, report, rejected)?;
    evidence::write_rules(&mut book, report)?;
    decisions::write(&mut book, report, decisions)?;
    changes::write(&mut book, compared)?;
    run::write_run(&mut book, report)?;
    Ok(book)
}

impl Book {
    fn new(report: &Report, scratch: &Path, rows_per_sheet: u32) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(scratch)?;
        let mut properties = DocProperties::new()
            .set_title(report.header.plan.chars().take(200).collect::<String>())
            .set_subject("Per-phase risk report")
            .set_comment(format!("cutover {}", report.header.tool_version));
        // Of a day that the plan names: the same input gives the same bytes.
        if let Some(day) = table::excel_day(report.header.baseline) {
            properties = properties.set_creation_datetime(&day);
        }
        workbook.set_properties(&properties);
        Ok(Self {
            workbook,
            styles: Styles::new(),
            rows_per_sheet,
        })
    }
}
