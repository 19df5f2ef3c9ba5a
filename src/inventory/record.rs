//! A row of a table, as every reader hands it to the importer.
//!
//! In: nothing; these are the words between the readers (delimited text, workbooks) and the importer. A reader gives every
//! record of a file or sheet in order, titles, headers and blank rows included: which record is the header is the
//! importer's to decide, the same way for every kind of file.

use super::batch::Batch;
use crate::diagnostic::Diagnostic;

/// Why a reader cannot go on: an error diagnostic that names the file and, where there is one, the row.
pub type ReadError = Box<Diagnostic>;

/// A stretch of a record's text: one field, half-open, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte of the field.
    pub start: u32,
    /// First byte behind the field.
    pub end: u32,
}

impl Span {
    /// How many bytes.
    #[inline]
    pub(crate) fn len(self) -> usize {
        self.end.wrapping_sub(self.start) as usize
    }

    /// Without the quotes around it, if it has them.
    #[inline]
    pub(crate) fn shown(self, text: &[u8]) -> Self {
        let is_quoted = text.get(self.start as usize) == Some(&b'"') && self.len() > 1;
        let quote = u32::from(is_quoted);
        Self {
            start: self.start + quote,
            end: self.end - quote,
        }
    }
}

/// One record with its true position. The fields are UTF-8, without delimiters and quotes, otherwise as they are in the
/// file: not trimmed, apostrophes still there.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    row: u64,
    text: &'a [u8],
    fields: &'a [Span],
}

impl<'a> Record<'a> {
    /// The record in `row` whose fields are the `fields` of `text`.
    ///
    /// `row` is the number a person sees, from 1: the line on which the record begins, or the sheet's row. The text must be
    /// UTF-8 at least inside every field.
    #[must_use]
    pub fn new(row: u64, text: &'a [u8], fields: &'a [Span]) -> Self {
        Self { row, text, fields }
    }

    /// The row number a person sees, from 1.
    #[must_use]
    pub fn row(&self) -> u64 {
        self.row
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Has it no field at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The bytes of a field; empty where the record is too short to have it.
    #[must_use]
    pub fn bytes(&self, field: usize) -> &'a [u8] {
        self.fields.get(field).map_or(b"", |span| {
            self.text
                .get(span.start as usize..span.end as usize)
                .unwrap_or(b"")
        })
    }

    /// The bytes of a field and what follows it in the record's text, and the length of the field.
    #[must_use]
    #[inline]
    pub(crate) fn window(&self, field: usize) -> (&'a [u8], usize) {
        self.fields.get(field).map_or((b"", 0), |span| {
            let text = self.text.get(span.start as usize..).unwrap_or(b"");
            let length = (span.end.saturating_sub(span.start)) as usize;
            (text, length.min(text.len()))
        })
    }

    /// The text of a field; empty where the record is too short to have it.
    #[must_use]
    pub fn text(&self, field: usize) -> &'a str {
        std::str::from_utf8(self.bytes(field)).unwrap_or("")
    }

    /// The texts of all fields.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let record = *self;
        (0..self.len()).map(move |field| record.text(field))
    }

    /// Is there nothing but white space in it? Such a record is not a row (contract section 2).
    #[must_use]
    pub fn is_blank(&self) -> bool {
        (0..self.len()).all(|field| {
            let bytes = self.bytes(field);
            bytes.iter().all(u8::is_ascii_whitespace) || self.text(field).trim().is_empty()
        })
    }
}

/// A record under construction, to be used again for the next one.
#[derive(Clone, Debug, Default)]
pub struct RecordBuffer {
    row: u64,
    text: Vec<u8>,
    fields: Vec<Span>,
}

impl RecordBuffer {
    /// Begins the record in `row`, without fields; what was there before is forgotten.
    pub fn begin(&mut self, row: u64) {
        self.row = row;
        self.text.clear();
        self.fields.clear();
    }

    /// Appends a field.
    pub fn push(&mut self, field: &str) {
        let start = offset(self.text.len());
        self.text.extend_from_slice(field.as_bytes());
        self.fields.push(Span {
            start,
            end: offset(self.text.len()),
        });
    }

    /// Sets the field of a column, from 0; columns left out before it are empty.
    pub fn set(&mut self, column: usize, field: &str) {
        while self.fields.len() <= column {
            self.push("");
        }
        let start = offset(self.text.len());
        self.text.extend_from_slice(field.as_bytes());
        self.fields[column] = Span {
            start,
            end: offset(self.text.len()),
        };
    }

    /// The record as it stands.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        Record::new(self.row, &self.text, &self.fields)
    }
}

/// Readers refuse records of more than 16 MiB (a sheet's row is bounded too), far below the 4 GiB of an offset.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// How a number in a date column is to be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateSystem {
    /// Numbers are no dates: delimited text.
    #[default]
    None,
    /// Days since 1899-12-30: workbooks, unless they say otherwise.
    Excel1900,
    /// Days since 1904-01-01: workbooks that say so.
    Excel1904,
}

/// A file or sheet as a row of records.
pub trait Records {
    /// The next record, blank ones included; `None` at the end.
    ///
    /// # Errors
    /// Where the input cannot be read on: an I/O error, a limit, a broken file. Nothing may be read after an error.
    fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError>;

    /// Can records be shown as a [`Batch`]?
    fn has_batches(&self) -> bool {
        false
    }

    /// The next records, if they have so many fields each and can be shown as a [`Batch`]. `None` where the next record is
    /// another one, or there is none any more.
    ///
    /// # Errors
    /// As [`Self::next_record`].
    fn next_batch(&mut self, columns: usize) -> Result<Option<Batch<'_>>, ReadError> {
        let _ = columns;
        Ok(None)
    }

    /// What the reader noticed so far and did not yet tell; asked for at least once, after the end.
    fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// The sheet that is being read, for workbooks.
    fn sheet(&self) -> Option<&str> {
        None
    }

    /// How numbers in date columns are to be understood.
    fn date_system(&self) -> DateSystem {
        DateSystem::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_gives_back_its_fields_and_fills_gaps() {
        let mut buffer = RecordBuffer::default();
        buffer.begin(7);
        buffer.set(2, "c");
        buffer.set(0, "a");
        buffer.push("d");
        let record = buffer.record();
        assert_eq!(record.row(), 7);
        assert_eq!(record.texts().collect::<Vec<_>>(), ["a", "", "c", "d"]);
        assert_eq!(record.text(9), "");
    }

    #[test]
    fn white_space_of_any_kind_is_blank() {
        let mut buffer = RecordBuffer::default();
        buffer.begin(1);
        buffer.push(" ");
        buffer.push("\u{a0}\t");
        assert!(buffer.record().is_blank());
        buffer.push("0");
        assert!(!buffer.record().is_blank());
    }
}
