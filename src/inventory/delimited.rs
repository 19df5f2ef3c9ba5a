//! Delimited text: bytes -> records with true positions.
//!
//! In: a [`ByteSource`] and what the user said about it. Out: [`Records`]. The rules are those of the `csv` crate's reader
//! with its default settings (the differential tests hold us to it), with four differences: row numbers are the lines a
//! person sees, a quote that never closes is an error, so are NUL bytes, and fields and records have an upper size.

mod buffer;
mod careful;
pub(crate) mod dialect;
pub(crate) mod encoding;
pub(crate) mod feed;
mod kinds;
mod marks;
mod survey;
#[cfg(test)]
mod tests;

use self::buffer::Buffer;
use self::careful::{Scan, Text, unquote};
use self::feed::Feed;
use self::marks::{Found, offset};
use super::batch::{Batch, show};
use super::record::{ReadError, Record, Records, Span};
use crate::diagnostic::{Diagnostic, Place};

/// Longest field, in bytes.
pub(crate) const MAX_FIELD: usize = 1 << 20;
/// Longest record, in bytes.
pub(crate) const MAX_RECORD: usize = 16 << 20;
/// Each part of a text is as much as one of so many, for each thread, of what is left. Processors are not equally fast, and often
/// have something else to do: where each thread had one part, one would wait for another at the end.
const PARTS: u64 = 4;
/// A thread for fewer bytes costs more than it saves.
const SHORTEST_PART: u64 = 256 << 10;
/// At the end one thread may read a whole part while the others have nothing left to do.
const LONGEST_PART: u64 = 2 << 20;
/// [`MAX_FIELD`] as an offset.
const LONGEST_FIELD: u32 = 1 << 20;

/// A reader of delimited text.
pub(crate) struct Delimited<'a> {
    file: String,
    feed: Feed<'a>,
    buffer: Buffer,
    delimiter: u8,
    /// Records that begin at this offset of the file or later are not read.
    limit: u64,
    /// The line on which the next record begins.
    line: u64,
    /// The fields of the record.
    fields: Vec<Span>,
    /// Those of them with doubled quotes, or with text behind the closing quote.
    quoted: Vec<usize>,
}

impl<'a> Delimited<'a> {
    /// A reader from the first line on.
    pub(crate) fn new(file: &str, feed: Feed<'a>, delimiter: u8) -> Self {
        Self {
            file: file.to_owned(),
            buffer: Buffer::new(delimiter, feed.offset()),
            feed,
            delimiter,
            limit: u64::MAX,
            line: 1,
            fields: Vec::new(),
            quoted: Vec::new(),
        }
    }

    /// The offset in the file at which the next record begins; right for text that is read as it is.
    pub(crate) fn offset(&self) -> u64 {
        self.buffer.base + self.buffer.at as u64
    }

    /// The line on which the next record begins.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// A reader of the same text from an offset on, where `line` begins, to the same end.
    pub(crate) fn again_from(&self, offset: u64, line: u64) -> Self {
        Self {
            line,
            limit: self.limit,
            ..Self::new(&self.file, self.feed.again_from(offset), self.delimiter)
        }
    }

    /// Gives its room back, when everything was read; where that ended can be told all the same.
    pub(crate) fn close(&mut self) {
        self.buffer.close();
    }

    /// Parts of what is left to read, several for each of so many threads, or one. They begin behind line ends, which is a
    /// guess: a part begins inside a quoted field unless the part before it ends exactly there. In all parts but the
    /// first, lines are counted from 1.
    pub(crate) fn into_parts(self, threads: usize) -> Result<Vec<Self>, ReadError> {
        let (mut at, end) = (self.offset(), self.feed.length());
        let mut starts = Vec::new();
        while self.feed.is_plain() && threads > 1 && at + 2 * SHORTEST_PART <= end {
            let part = (end - at) / (PARTS * threads as u64);
            at += part.clamp(SHORTEST_PART, LONGEST_PART);
            let behind = self.feed.line_end_behind(at)?;
            starts.extend(behind.filter(|&at| at < end && starts.last() < Some(&at)));
        }
        let mut parts: Vec<Self> = starts
            .iter()
            .map(|&start| self.again_from(start, 1))
            .collect();
        parts.insert(0, self);
        for (part, next) in parts.iter_mut().zip(starts) {
            part.limit = next;
        }
        Ok(parts)
    }

    /// Reads one record; its row number.
    #[inline]
    fn advance(&mut self) -> Result<Option<u64>, ReadError> {
        loop {
            if self.buffer.is_empty() && self.buffer.at_end || self.offset() >= self.limit {
                return Ok(None);
            }
            let (next, lines) = if let Some(found) = self.buffer.marks.next() {
                self.look_into(&found)?
            } else if let Some(record) = self.read_on()? {
                record
            } else {
                continue;
            };
            if next - self.buffer.at > MAX_FIELD {
                self.check_length()?;
            }
            let row = self.line;
            self.line += lines;
            self.buffer.at = next;
            return Ok(Some(row));
        }
    }

    /// Where the next record begins, and how many lines this one has, when all that is special in it is dealt with.
    #[inline]
    fn look_into(&mut self, found: &Found) -> Result<(usize, u64), ReadError> {
        let Buffer { bytes, marks, .. } = &self.buffer;
        let ends = marks.ends(found.fields.clone());
        show(bytes, offset(found.start), ends, &mut self.fields);
        let lines = if found.is_special {
            self.look_closely(found)?
        } else {
            1
        };
        Ok((found.next, lines))
    }

    #[cold]
    fn look_closely(&mut self, found: &Found) -> Result<u64, ReadError> {
        let mut lines = 1;
        self.quoted.clear();
        let Buffer { bytes, marks, .. } = &mut self.buffer;
        while let Some(at) = marks.next_special(found.next) {
            match bytes[at] {
                0 => return Err(self.nul()),
                b'"' => {
                    let field = self
                        .fields
                        .partition_point(|field| field.end as usize <= at);
                    if self.quoted.last() != Some(&field) {
                        self.quoted.push(field);
                    }
                }
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => {}
                _ => lines += 1,
            }
        }
        for &field in &self.quoted {
            let shown = &mut self.fields[field];
            // Doubled quotes are only looked for in fields with quotes around them.
            let raw = Span {
                start: shown.start - 1,
                end: shown.end + 1,
            };
            *shown = unquote(bytes, raw);
        }
        Ok(lines)
    }

    /// Does nothing more follow that could be marked?
    fn is_marked(&self) -> bool {
        let buffer = &self.buffer;
        buffer.at_end || buffer.pending() > MAX_RECORD || buffer.marks.is_stopped()
    }

    /// Reads on where no more records were found: a record by the byte if that is necessary, else more bytes. Where the next
    /// record begins, and how many lines this one has.
    #[cold]
    fn read_on(&mut self) -> Result<Option<(usize, u64)>, ReadError> {
        if self.is_marked() {
            let is_too_long = self.buffer.pending() > MAX_RECORD;
            let text = Text {
                bytes: &self.buffer.bytes[..self.buffer.end],
                delimiter: self.delimiter,
                at_end: self.buffer.at_end,
            };
            match text.scan(self.buffer.at, &mut self.fields, &mut self.quoted) {
                Scan::Record { next, lines } => {
                    for &field in &self.quoted {
                        self.fields[field] = unquote(&mut self.buffer.bytes, self.fields[field]);
                    }
                    self.buffer.restart(next);
                    return Ok(Some((next, lines)));
                }
                Scan::Nul => return Err(self.nul()),
                Scan::More { quote: Some(lines) } if is_too_long || self.buffer.at_end => {
                    return Err(self.open_quote(lines));
                }
                Scan::More { .. } if is_too_long => {
                    return Err(self.too_long("record", MAX_RECORD));
                }
                // What was marked of it does not count: it is read by the byte once there is more of it.
                Scan::More { .. } => self.buffer.marks.give_up(),
            }
        }
        self.buffer.fill(&mut self.feed)?;
        Ok(None)
    }

    #[cold]
    fn check_length(&self) -> Result<(), ReadError> {
        let is_long = |field: &Span| field.end - field.start > LONGEST_FIELD;
        if self.fields.iter().any(is_long) {
            return Err(self.too_long("field", MAX_FIELD));
        }
        Ok(())
    }

    fn nul(&self) -> ReadError {
        let row = self.line;
        self.refusal(
            row,
            "nul-byte",
            format!("the record in row {row} contains a NUL byte: this is no text"),
            "export the table as CSV in UTF-8 again",
        )
    }

    fn open_quote(&self, lines: u64) -> ReadError {
        let row = self.line + lines;
        self.refusal(
            row,
            "quote-not-closed",
            format!("a quotation mark that opens in row {row} is never closed"),
            "close it there, or double it if it belongs to the text",
        )
    }

    fn too_long(&self, what: &str, limit: usize) -> ReadError {
        let row = self.line;
        self.refusal(
            row,
            "too-long",
            format!(
                "the {what} in row {row} is longer than the {} MiB that a {what} may have",
                limit >> 20
            ),
            "a quotation mark that is not closed, or a wrong delimiter, are the usual reasons",
        )
    }

    fn refusal(&self, row: u64, code: &'static str, message: String, help: &str) -> ReadError {
        let place = Place::Row {
            file: self.file.clone(),
            sheet: None,
            row,
            column: None,
        };
        Box::new(Diagnostic::error(code, message).at(place).help(help))
    }
}

impl Records for Delimited<'_> {
    fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        let row = self.advance()?;
        Ok(row.map(|row| Record::new(row, &self.buffer.bytes, &self.fields)))
    }

    fn has_batches(&self) -> bool {
        true
    }

    fn next_batch(&mut self, columns: usize) -> Result<Option<Batch<'_>>, ReadError> {
        if self.buffer.marks.is_read() && !self.is_marked() && self.offset() < self.limit {
            self.buffer.fill(&mut self.feed)?;
        }
        let limit = self.limit.saturating_sub(self.buffer.base);
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let marks = &mut self.buffer.marks;
        let (records, ends) = marks.next_alike(columns, limit, LONGEST_FIELD);
        let Some(last) = records.last() else {
            return Ok(None);
        };
        let row = self.line;
        self.line += records.len() as u64;
        self.buffer.at = last.next as usize;
        Ok(Some(Batch {
            row,
            text: &self.buffer.bytes,
            records,
            ends,
            columns,
        }))
    }

    fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        self.feed.take_diagnostics()
    }
}
