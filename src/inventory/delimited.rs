//! Delimited text: bytes -> records with true positions.
//!
//! In: a [`ByteSource`] and what the user said about it. Out: [`Records`]. The rules are those of the `csv` crate's reader
//! with its default settings (the differential tests hold us to it), with four differences: row numbers are the lines a
//! person sees, a quote that never closes is an error, so are NUL bytes, and fields and records have an upper size.

mod buffer;
pub(crate) mod dialect;
pub(crate) mod encoding;
pub(crate) mod feed;
mod survey;
#[cfg(test)]
mod tests;

use self::buffer::Buffer;
use self::feed::Feed;
use super::record::{ReadError, Record, Records, Span};
use crate::diagnostic::{Diagnostic, Place};

/// Longest field, in bytes.
pub(crate) const MAX_FIELD: usize = 1 << 20;
/// Longest record, in bytes.
pub(crate) const MAX_RECORD: usize = 16 << 20;
/// A thread for fewer bytes costs more than it saves.
const WORTH_A_THREAD: u64 = 256 << 10;
/// [`MAX_FIELD`] as an offset.
const LONGEST_FIELD: u32 = 1 << 20;

/// A reader of delimited text.
pub(crate) struct Delimited<'a> {
    file: String,
    feed: Feed<'a>,
    buffer: Buffer,
    delimiter: u8,
    /// Position of the first mark of the next record among the marks.
    mark: usize,
    /// Records that begin at this offset of the file or later are not read.
    limit: u64,
    /// The line on which the next record begins.
    line: u64,
    fields: Vec<Span>,
    /// Fields with doubled quotes, or with text behind the closing quote.
    quoted: Vec<usize>,
}

/// What a look at the buffer found.
enum Scan {
    /// A whole record: where the next one begins, its first mark, and how many lines this one has.
    Record {
        next: usize,
        mark: usize,
        lines: u64,
    },
    /// The buffer ends inside a record; inside quotes that opened so many lines below its start?
    More { quote: Option<u64> },
    /// There is a NUL byte.
    Nul,
}

impl<'a> Delimited<'a> {
    /// A reader from the first line on.
    pub(crate) fn new(file: &str, feed: Feed<'a>, delimiter: u8) -> Self {
        Self {
            file: file.to_owned(),
            buffer: Buffer::new(delimiter, feed.offset()),
            feed,
            delimiter,
            mark: 0,
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

    /// A reader of the same text from an offset on, where `line` begins.
    pub(crate) fn again_from(&self, offset: u64, line: u64) -> Self {
        Self {
            line,
            ..Self::new(&self.file, self.feed.again_from(offset), self.delimiter)
        }
    }

    /// Parts of what is left to read, about equally long, for as many threads. They begin behind line ends, which is a
    /// guess: a part begins inside a quoted field unless the part before it ends exactly there. In all parts but the
    /// first, lines are counted from 1.
    pub(crate) fn into_parts(self, threads: usize) -> Result<Vec<Self>, ReadError> {
        let (start, end) = (self.offset(), self.feed.length());
        let step = end.saturating_sub(start) / threads.max(1) as u64;
        let mut starts = Vec::new();
        if self.feed.is_plain() && step >= WORTH_A_THREAD {
            for part in 1..threads as u64 {
                let behind = self.feed.line_end_behind(start + part * step)?;
                starts.extend(behind.filter(|&at| at < end && starts.last() != Some(&at)));
            }
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

    /// Reads one record into `fields`; its row number.
    fn advance(&mut self) -> Result<Option<u64>, ReadError> {
        loop {
            if self.buffer.is_empty() && self.buffer.at_end || self.offset() >= self.limit {
                return Ok(None);
            }
            match self.scan() {
                Scan::Record { next, mark, lines } => {
                    let row = self.line;
                    let is_long = next - self.buffer.at > MAX_FIELD;
                    if is_long
                        && self
                            .fields
                            .iter()
                            .any(|span| span.end - span.start > LONGEST_FIELD)
                    {
                        return Err(self.too_long("field", MAX_FIELD));
                    }
                    self.unquote();
                    self.line += lines;
                    self.buffer.at = next;
                    self.mark = mark;
                    return Ok(Some(row));
                }
                Scan::More { quote } => self.read_on(quote)?,
                Scan::Nul => return Err(self.nul()),
            }
        }
    }

    /// Gets more bytes behind the unfinished record, or says why there may be none.
    fn read_on(&mut self, quote: Option<u64>) -> Result<(), ReadError> {
        if self.buffer.pending() > MAX_RECORD {
            return Err(match quote {
                Some(lines) => self.open_quote(lines),
                None => self.too_long("record", MAX_RECORD),
            });
        }
        if self.buffer.at_end {
            return Err(self.open_quote(quote.unwrap_or(0)));
        }
        self.buffer.forget(self.mark);
        self.mark = 0;
        self.buffer.fill(&mut self.feed)
    }

    /// Looks for the end of the record that begins at `at`, from mark to mark.
    #[inline]
    fn scan(&mut self) -> Scan {
        self.fields.clear();
        self.quoted.clear();
        let (marked, at_end) = (self.buffer.marked, self.buffer.at_end);
        let bytes = &self.buffer.bytes[..self.buffer.end];
        let marks = self.buffer.marks.as_slice();
        let (mut mark, mut lines) = (self.mark, 1);
        // The field begins at `start`; what is shown of it at `content`, and ends so many bytes before its end.
        let mut start = offset(self.buffer.at);
        let (mut content, mut tail) = (start, 0);
        loop {
            let Some(&end) = marks.get(mark) else {
                if !at_end {
                    return Scan::More { quote: None };
                }
                let end = offset(bytes.len());
                self.fields.push(shown(content, end - tail));
                let next = bytes.len();
                return Scan::Record { next, mark, lines };
            };
            let byte = bytes[end as usize];
            mark += 1;
            if byte == self.delimiter {
                self.fields.push(shown(content, end - tail));
                start = end + 1;
                (content, tail) = (start, 0);
            } else if byte == b'"' && end == start {
                let opened = lines - 1;
                let Some(closing) = closing_quote(bytes, marks, mark, &mut lines) else {
                    return Scan::More {
                        quote: Some(opened),
                    };
                };
                if closing.has_nul {
                    return Scan::Nul;
                }
                let behind = closing.position + 1;
                if behind >= marked && !at_end {
                    return Scan::More { quote: None };
                }
                mark = closing.next_mark;
                let is_field_end = bytes
                    .get(behind)
                    .is_none_or(|&byte| byte == self.delimiter || matches!(byte, b'\n' | b'\r'));
                if is_field_end && !closing.is_doubled {
                    (content, tail) = (start + 1, 1);
                } else {
                    self.quoted.push(self.fields.len());
                }
            } else if byte == b'\n' {
                self.fields.push(shown(content, end - tail));
                let next = end as usize + 1;
                return Scan::Record { next, mark, lines };
            } else if byte == b'\r' {
                let next = end as usize + 1;
                if next >= marked && !at_end {
                    return Scan::More { quote: None };
                }
                self.fields.push(shown(content, end - tail));
                let is_crlf = usize::from(bytes.get(next) == Some(&b'\n'));
                let (next, mark) = (next + is_crlf, mark + is_crlf);
                return Scan::Record { next, mark, lines };
            } else if byte == 0 {
                return Scan::Nul;
            }
        }
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

    /// Takes quotes and doubled quotes out of the fields that have them.
    fn unquote(&mut self) {
        for &field in &self.quoted {
            let raw = self.fields[field];
            let (end, mut read) = (raw.end as usize, raw.start as usize + 1);
            let (mut write, mut inside) = (read, true);
            while read < end {
                let byte = self.buffer.bytes[read];
                read += 1;
                if inside && byte == b'"' {
                    if read < end && self.buffer.bytes[read] == b'"' {
                        read += 1;
                    } else {
                        inside = false;
                        continue;
                    }
                }
                self.buffer.bytes[write] = byte;
                write += 1;
            }
            self.fields[field] = shown(raw.start + 1, offset(write));
        }
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
        Ok(row.map(|row| {
            Record::new(row, &self.buffer.bytes, &self.fields).said_raw(self.quoted.is_empty())
        }))
    }

    fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        self.feed.take_diagnostics()
    }
}

/// Where a quoted field ends.
struct Closing {
    /// Position of the closing quote.
    position: usize,
    /// The mark behind it.
    next_mark: usize,
    /// Are there doubled quotes before it?
    is_doubled: bool,
    /// Is there a NUL byte before it?
    has_nul: bool,
}

/// The closing quote of a field whose content begins with a mark; counts the lines on the way (LF, CRLF and CR each end one).
fn closing_quote(bytes: &[u8], marks: &[u32], mut mark: usize, lines: &mut u64) -> Option<Closing> {
    let (mut is_doubled, mut has_nul, mut breaks) = (false, false, 0);
    loop {
        let position = *marks.get(mark)? as usize;
        let next = bytes.get(position + 1);
        mark += 1;
        match bytes[position] {
            b'"' if next == Some(&b'"') => {
                // The second one may not be marked yet: then more has to be read.
                marks.get(mark)?;
                is_doubled = true;
                mark += 1;
            }
            b'"' => {
                *lines += breaks;
                return Some(Closing {
                    position,
                    next_mark: mark,
                    is_doubled,
                    has_nul,
                });
            }
            b'\n' => breaks += 1,
            b'\r' => breaks += u64::from(next != Some(&b'\n')),
            byte => has_nul |= byte == 0,
        }
    }
}

/// A position as spans count them. The buffer holds at most one record beyond its limit and one chunk, far below 4 GiB.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn shown(start: u32, end: u32) -> Span {
    Span { start, end }
}
