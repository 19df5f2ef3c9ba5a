//! Rows that were rejected, given back as they were.
//!
//! In: which rows, and the sources again. Out: a CSV with the original headers of all files and three columns more: file,
//! row and reason. Mended, it can be imported together with the original files; the added columns are not read. Nothing of
//! the rows is kept in memory but which they are, and why a user was rejected with all of theirs: what is wrong with a row
//! itself is found by looking at it again.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Mutex;

use super::Request;
use super::cell::clean;
use super::columns::{EXTRA_COLUMN, Layout};
use super::delimited::encoding::Trust;
use super::dictionary::Keyed;
use super::interpreter::Interpreter;
use super::opening::{Opened, open};
use super::problem::Problem;
use super::reading::{Common, FilePlace, REJECTED, Reading};
use super::record::{ReadError, Record};
use super::rows::Rows;
use super::source::Source;
use crate::csv_text::{guarded, unguarded};
use crate::knowledge::Products;

/// The columns added to rows that are given back.
pub const ADDED: [&str; 3] = ["cutover-file", "cutover-row", "cutover-reason"];

/// Which rows were rejected, with their user or for what stands in them.
#[derive(Debug, Default)]
pub struct Rejected {
    /// Rows by position, ascending, with the position of the reason.
    rows: Vec<(u32, u32)>,
    /// Rows that were rejected for what stands in them, by position, ascending.
    own: Vec<u32>,
    reasons: Vec<String>,
    known: HashMap<String, u32>,
    /// Position of the first row of each file.
    firsts: Vec<u32>,
    /// How many cells beyond the last header a rejected row has at most.
    pub(crate) extra: usize,
    /// Files that are not the UTF-8 that they were taken for.
    pub(crate) doubted: Vec<usize>,
}

impl Rejected {
    /// How many rows were rejected with their user.
    pub(crate) fn users_rows(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The rows that were rejected with their user, by their positions among the rows of all files.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|&(row, _)| row)
    }

    /// Rejects the rows of a user.
    pub(crate) fn reject(&mut self, rows: &[u32], reason: String) {
        let at = match self.known.get(&reason) {
            Some(&at) => at,
            None => {
                let at = u32::try_from(self.reasons.len()).unwrap_or(u32::MAX);
                self.reasons.push(reason.clone());
                self.known.insert(reason, at);
                at
            }
        };
        self.rows.extend(rows.iter().map(|&row| (row, at)));
    }

    /// Ends the collection. In: all rows, before any of them is taken out.
    pub(crate) fn finish(&mut self, rows: &Rows) {
        self.known = HashMap::new();
        self.rows.sort_unstable();
        self.firsts = rows.files.iter().map(|file| file.first).collect();
        for (start, chunk) in rows.with_starts() {
            let numbered = (start..).zip(chunk.numbers());
            let own = numbered.filter(|&(_, number)| number == REJECTED);
            self.own.extend(own.map(|(row, _)| row));
        }
    }

    /// How far a file's encoding can be trusted when it is read again.
    pub(super) fn trust(&self, file: usize) -> Trust {
        if self.doubted.contains(&file) {
            Trust::Failed
        } else {
            Trust::Untested
        }
    }

    /// The position of a file's first row, and of the first one behind its last.
    fn ends(&self, file: usize) -> (u32, u32) {
        let first = |file: usize| self.firsts.get(file).copied().unwrap_or(u32::MAX);
        (first(file), first(file + 1))
    }

    /// The rows of a file that were rejected for what stands in them, by their positions in it, ascending.
    pub(super) fn own_of_file(&self, file: usize) -> impl Iterator<Item = u32> {
        let (first, next) = self.ends(file);
        let start = self.own.partition_point(|&row| row < first);
        let rows = self.own[start..].iter().take_while(move |&&row| row < next);
        rows.map(move |&row| row - first)
    }

    /// The reasons that concern users for the rows of a file, by the row's position in it.
    fn of_file(&self, file: usize) -> impl Iterator<Item = (u32, &str)> {
        let (first, next) = self.ends(file);
        let start = self.rows.partition_point(|&(row, _)| row < first);
        self.rows[start..]
            .iter()
            .take_while(move |&&(row, _)| row < next)
            .map(move |&(row, reason)| (row - first, self.reasons[reason as usize].as_str()))
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

/// Writes the rejected rows as CSV, in order of file and row; the sources are read again for them. Returns how many.
///
/// # Errors
/// Where a source cannot be read again, or the output cannot be written.
pub fn write_rejected(
    rejected: &Rejected,
    sources: &[Source<'_>],
    request: &Request,
    products: &Products,
    out: &mut dyn Write,
) -> Result<u64, WriteError> {
    let union = Union::of(sources, request, rejected)?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(
        union
            .headers
            .iter()
            .map(|header| guarded(header).into_owned()),
    )?;
    let common = Common {
        interpreter: Mutex::new(Interpreter::new(request, products)),
        hash: Keyed::new(),
    };
    let mut written = 0;
    for (number, source) in sources.iter().enumerate() {
        let mut with_user = rejected.of_file(number).peekable();
        let mut own = rejected.own_of_file(number).peekable();
        if with_user.peek().is_none() && own.peek().is_none() {
            continue;
        }
        let mut opened = open(source, request, rejected.trust(number))?;
        let file = FilePlace {
            file: &source.name,
            sheet: opened.sheet.as_deref(),
            number,
        };
        let records = opened.body.records();
        let system = records.date_system();
        let mut reading = Reading::new(&common, &opened.layout, system, file);
        let mut position = 0;
        while (with_user.peek().is_some() || own.peek().is_some())
            && let Some(record) = records.next_record()?
        {
            if !Reading::is_row(&record) {
                continue;
            }
            let of_user = with_user.next_if(|&(row, _)| row == position);
            let is_own = own.next_if_eq(&position).is_some();
            position += 1;
            let reason = match of_user {
                Some((_, reason)) => reason.to_owned(),
                None if is_own => reasons(&reading.problems_of(&record)),
                None => continue,
            };
            union.write(&mut writer, number, &record, &source.name, &reason)?;
            written += 1;
        }
    }
    writer.flush().map_err(WriteError::Write)?;
    Ok(written)
}

fn reasons(problems: &[Problem]) -> String {
    let reasons: Vec<String> = problems.iter().map(Problem::reason).collect();
    reasons.join("; ")
}

/// The headers of all files side by side, then our own.
struct Union {
    headers: Vec<String>,
    /// For each file and column the column of the union; none for columns of our own.
    columns: Vec<Vec<Option<usize>>>,
    /// Where the columns for cells beyond the last header begin.
    extra: usize,
}

/// How many cells beyond the last header are given back; a row with more has nothing to do with its header.
const EXTRA_CELLS: usize = 1000;

impl Union {
    fn of(
        sources: &[Source<'_>],
        request: &Request,
        rejected: &Rejected,
    ) -> Result<Self, ReadError> {
        let mut union = Self {
            headers: Vec::new(),
            columns: Vec::new(),
            extra: 0,
        };
        let mut known = HashMap::new();
        for (number, source) in sources.iter().enumerate() {
            let Opened { layout, .. } = open(source, request, rejected.trust(number))?;
            union.add(&layout, &mut known);
        }
        union.extra = union.headers.len();
        let extra = (1..=rejected.extra.min(EXTRA_CELLS)).map(|n| format!("{EXTRA_COLUMN}{n}"));
        union.headers.extend(extra);
        union.headers.extend(ADDED.map(str::to_owned));
        Ok(union)
    }

    /// Adds the columns of a file; of equal headers in one file each is a column of its own.
    fn add(&mut self, layout: &Layout, known: &mut HashMap<(String, usize), usize>) {
        let mut before: HashMap<&str, usize> = HashMap::new();
        let mut columns = Vec::new();
        for (at, name) in layout.names.iter().enumerate() {
            if layout.is_own(at) {
                columns.push(None);
                continue;
            }
            let times = before.entry(name).or_default();
            let column = *known.entry((name.clone(), *times)).or_insert_with(|| {
                self.headers.push(layout.headers[at].clone());
                self.headers.len() - 1
            });
            *times += 1;
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
        let ours = cells.len() - ADDED.len();
        let mut extra = self.extra;
        for (at, text) in record.texts().enumerate() {
            match columns.get(at) {
                Some(Some(column)) => cells[*column] = unguarded(text),
                None if !clean(text).is_empty() && extra < ours => {
                    cells[extra] = unguarded(text);
                    extra += 1;
                }
                Some(None) | None => {}
            }
        }
        let row = record.row().to_string();
        cells[ours..].copy_from_slice(&[name, &row, reason]);
        writer.write_record(cells.iter().map(|cell| guarded(cell).into_owned()))?;
        Ok(())
    }
}
