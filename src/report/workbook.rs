//! `report.xlsx`: the report as a workbook to sort, filter, count on and write in.
//!
//! In: the model, the people behind it, and the rejected rows as the importer gives them back. Out: the workbook's bytes, the same for
//! the same input. Every sheet is there, a sentence on it where it has no row. Rows of the long sheets are made when they are
//! compressed, several sheets at a time, so that memory does not grow with the number of users; what does not fit on one sheet goes
//! on in a next one. Texts are never formulas (`workbook/text.rs`).

mod blocks;
mod cell;
mod changes;
mod decisions;
mod evidence;
mod matrix;
mod package;
mod people;
mod phases;
mod previous;
mod rows;
mod run;
mod style;
mod summary;
mod table;
mod text;

use std::io::{self, Read, Seek, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use super::comparison::Compared;
use super::findings::Run;
use super::model::{People, Report};
use style::{Style, Styles};
use table::Part;

pub use previous::{DECISIONS, DecisionHeads, Decisions};
pub use text::safe;

/// Rows of a sheet, heads included: Excel has no more.
pub const ROWS: u32 = 1_048_576;

/// A place for temporary bytes: this module opens no file by itself.
pub trait Temporary: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Temporary for T {}

/// Gives a new place for temporary bytes.
pub type NewTemporary<'t> = dyn Fn() -> io::Result<Box<dyn Temporary>> + Sync + 't;

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
    /// A folder for temporary files, for the library that writes workbooks.
    pub scratch: &'c Path,
    /// Gives a new place for temporary bytes, gone when it is dropped.
    pub temporary: &'c NewTemporary<'c>,
    /// Rows of a sheet at most, heads included: [`ROWS`], or fewer.
    pub rows_per_sheet: u32,
    /// How many threads may work; the bytes are the same for any number.
    pub threads: NonZeroUsize,
}

/// A workbook in the making.
struct Book<'c> {
    workbook: Workbook,
    styles: Styles,
    rows_per_sheet: u32,
    temporary: &'c NewTemporary<'c>,
    /// The sheets whose rows the library does not see.
    parts: Vec<Part<'c>>,
    /// The number that each format of a table's cells has in the workbook, from 1; 0 where it has none yet.
    numbers: [u32; Style::COUNT],
    /// A sheet that is not in the workbook and has a cell for each of these formats: the library numbers formats as they come.
    probe: Worksheet,
}

/// Writes the workbook.
///
/// # Errors
/// What the writer, the temporary files or the reader of rejected rows say.
pub fn write(contents: Contents<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let (temporary, threads) = (contents.temporary, contents.threads);
    let (frame, parts) = lay_out(contents)
        .and_then(|mut book| Ok((book.workbook.save_to_buffer()?, book.parts)))
        .map_err(|error| match error {
            XlsxError::IoError(error) => error,
            other => io::Error::other(other),
        })?;
    package::write(frame, parts, temporary, threads, out)
}

fn lay_out(contents: Contents<'_>) -> Result<Book<'_>, XlsxError> {
    let Contents {
        report,
        people,
        run,
        rejected,
        compared,
        decisions,
        scratch,
        temporary,
        rows_per_sheet,
        threads: _,
    } = contents;
    let mut book = Book::new(report, scratch, temporary, rows_per_sheet)?;
    summary::write(&mut book, report)?;
    phases::write_phases(&mut book, report)?;
    matrix::write(&mut book, report)?;
    people::write_findings(&mut book, report, people, run)?;
    phases::write_cohorts(&mut book, report)?;
    people::write_users(&mut book, report, people)?;
    phases::write_crossings(&mut book, report)?;
    phases::write_measures(&mut book, report)?;
    people::write_communications(&mut book, report, people, run)?;
    evidence::write_contested(&mut book, report)?;
    evidence::write_unknowns(&mut book, report)?;
    run::write_rejected(&mut book, report, rejected)?;
    evidence::write_rules(&mut book, report)?;
    decisions::write(&mut book, report, decisions)?;
    changes::write(&mut book, compared)?;
    run::write_run(&mut book, report)?;
    Ok(book)
}

impl<'c> Book<'c> {
    fn new(
        report: &Report,
        scratch: &Path,
        temporary: &'c NewTemporary<'c>,
        rows_per_sheet: u32,
    ) -> Result<Self, XlsxError> {
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
            probe: workbook.new_worksheet_with_constant_memory()?,
            workbook,
            styles: Styles::new(),
            rows_per_sheet,
            temporary,
            parts: Vec::new(),
            numbers: [0; Style::COUNT],
        })
    }

    /// The number that a format of a table's cells has in the workbook.
    fn style(&mut self, style: Style) -> Result<u32, XlsxError> {
        let position = style as usize;
        if self.numbers[position] == 0 {
            let known = self.numbers.iter().filter(|&&number| number > 0).count();
            let number = known as u32 + 1;
            self.probe
                .write_blank(0, known as u16, self.styles.get(style))?;
            self.numbers[position] = number;
        }
        Ok(self.numbers[position])
    }
}
