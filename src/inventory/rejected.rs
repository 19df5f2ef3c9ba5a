//! Rows that were rejected, given back as they were.
//!
//! In: which rows, and the sources again. Out: a CSV with the original headers of all files and three columns more: file,
//! row and reason. Mended, it can be imported together with the original files; the added columns are not read.

use std::collections::BTreeMap;
use std::io::Write;

use super::Request;
use super::cell::clean;
use super::columns::{EXTRA_COLUMN, Layout};
use super::import::{address_of, is_end_mark};
use super::meaning::{Interpreter, check_row};
use super::opening::open;
use super::pools::Pools;
use super::record::{DateSystem, ReadError, Record};
use super::rows::Rows;
use super::source::Source;
use crate::csv_text::guarded;
use crate::knowledge::Products;

/// The columns added to rows that are given back.
pub const ADDED: [&str; 3] = ["cutover-file", "cutover-row", "cutover-reason"];

/// Which rows were rejected: for what stands in them, or with their user.
#[derive(Debug, Default)]
pub struct Rejected {
    /// Rows, by file and position in it, with the position of the reason; none for what stands in the row.
    rows: Vec<(u32, u32, Option<u32>)>,
    /// Reasons that concern a user.
    reasons: Vec<String>,
}

impl Rejected {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// No row at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn reject_row(&mut self, row: u32) {
        self.rows.push((0, row, None));
    }

    pub(crate) fn reject_user(&mut self, rows: &[u32], reason: String) {
        let at = u32::try_from(self.reasons.len()).ok();
        self.reasons.push(reason);
        self.rows.extend(rows.iter().map(|&row| (0, row, at)));
    }

    /// Turns positions among all rows into positions in their files, and puts them in order.
    pub(crate) fn sort(&mut self, rows: &Rows) {
        for (file, row, _) in &mut self.rows {
            *file = u32::try_from(rows.file(*row)).unwrap_or(u32::MAX);
            *row -= rows.files[*file as usize].first;
        }
        self.rows.sort_unstable();
    }
}

/// Why rejected rows could not be written.
#[derive(Debug)]
pub enum WriteError {
    /// A source could not be read again.
    Read(ReadError),
    /// The output could not be written.
    Write(std::io::Error),
}

impl From<ReadError> for WriteError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<csv::Error> for WriteError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Write(error),
            other => Self::Write(std::io::Error::other(format!("{other:?}"))),
        }
    }
}

/// Writes the rejected rows as CSV, in order of file and row; the sources are read again for them.
///
/// # Errors
/// Where a source cannot be read again, or the output cannot be written.
pub fn write_rejected(
    rejected: &Rejected,
    sources: &[Source<'_>],
    request: &Request,
    products: &Products,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let mut writer = csv::Writer::from_writer(out);
    let union = Union::of(sources, request)?;
    writer.write_record(
        union
            .headers
            .iter()
            .map(|h| guarded(h).into_owned())
            .chain(ADDED.map(str::to_owned)),
    )?;
    for (number, source) in sources.iter().enumerate() {
        let mine: Vec<_> = rejected
            .rows
            .iter()
            .filter(|(file, ..)| *file as usize == number)
            .collect();
        let mut wanted = mine.iter().peekable();
        if wanted.peek().is_none() {
            continue;
        }
        let mut interpreter =
            Interpreter::new(products, Pools::new(&request.pools), request.date_order);
        let mut opened = open(source, request)?;
        let system = opened.records.date_system();
        let mut position = 0;
        while let Some(record) = opened.records.next_record()? {
            if record.is_blank() || is_end_mark(&record) {
                continue;
            }
            if let Some((_, _, user)) = wanted.next_if(|(_, row, _)| *row == position) {
                let reason = match user {
                    Some(at) => rejected.reasons[*at as usize].clone(),
                    None => reason(&mut interpreter, &record, &opened.layout, system),
                };
                union.write(&mut writer, number, &record, &source.name, &reason)?;
            }
            position += 1;
        }
    }
    writer.flush().map_err(WriteError::Write)
}

fn reason(
    interpreter: &mut Interpreter<'_>,
    record: &Record<'_>,
    layout: &Layout,
    system: DateSystem,
) -> String {
    let sip = address_of(record, layout);
    let whole = check_row(record, layout, &sip);
    let mut problems: Vec<_> = whole.into_iter().collect();
    if !problems
        .iter()
        .any(super::meaning::Problem::is_no_user_at_all)
    {
        problems.extend(
            interpreter
                .interpret(record, layout, system)
                .err()
                .unwrap_or_default(),
        );
    }
    let reasons: Vec<String> = problems
        .iter()
        .map(super::meaning::Problem::reason)
        .collect();
    reasons.join("; ")
}

/// The headers of all files side by side.
struct Union {
    headers: Vec<String>,
    /// For each file and column the column of the union; none for columns of our own.
    columns: Vec<Vec<Option<usize>>>,
    /// Where the columns for cells beyond the last header begin.
    extra: usize,
}

impl Union {
    fn of(sources: &[Source<'_>], request: &Request) -> Result<Self, ReadError> {
        let mut union = Self {
            headers: Vec::new(),
            columns: Vec::new(),
            extra: 0,
        };
        let mut known: BTreeMap<(String, usize), usize> = BTreeMap::new();
        for source in sources {
            let layout = open(source, request)?.layout;
            union.add(&layout, &mut known);
        }
        union.extra = union.headers.len();
        union
            .headers
            .extend((1..=EXTRA_CELLS).map(|n| format!("{EXTRA_COLUMN}{n}")));
        Ok(union)
    }

    fn add(&mut self, layout: &Layout, known: &mut BTreeMap<(String, usize), usize>) {
        let own = layout.own_columns();
        let mut columns = Vec::new();
        for (at, name) in layout.names.iter().enumerate() {
            if own.contains(&at) {
                columns.push(None);
                continue;
            }
            let before = layout.names[..at]
                .iter()
                .filter(|other| *other == name)
                .count();
            let column = *known.entry((name.clone(), before)).or_insert_with(|| {
                self.headers.push(layout.headers[at].clone());
                self.headers.len() - 1
            });
            columns.push(Some(column));
        }
        self.columns.push(columns);
    }

    fn write(
        &self,
        writer: &mut csv::Writer<&mut dyn Write>,
        file: usize,
        record: &Record<'_>,
        name: &str,
        reason: &str,
    ) -> Result<(), WriteError> {
        let columns = &self.columns[file];
        let mut cells = vec![""; self.headers.len()];
        let mut extra = self.extra;
        for (at, text) in record.texts().enumerate() {
            match columns.get(at) {
                Some(Some(column)) => cells[*column] = crate::csv_text::unguarded(text),
                Some(None) => {}
                None if !clean(text).is_empty() && extra < cells.len() => {
                    cells[extra] = crate::csv_text::unguarded(text);
                    extra += 1;
                }
                None => {}
            }
        }
        let row = record.row().to_string();
        let added = [name, row.as_str(), reason];
        writer.write_record(
            cells
                .into_iter()
                .chain(added)
                .map(|cell| guarded(cell).into_owned()),
        )?;
        Ok(())
    }
}

/// How many cells beyond the last header are given back.
const EXTRA_CELLS: usize = 8;
