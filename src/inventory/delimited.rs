//! Delimited text: bytes -> records with true positions.
//!
//! In: a [`ByteSource`] and what the user said about it. Out: [`Records`]. The rules are those of the `csv` crate's reader
//! with its default settings (the differential tests hold us to it), with four differences: row numbers are the lines a
//! person sees, a quote that never closes is an error, so are NUL bytes, and fields and records have an upper size.

pub(crate) mod dialect;
pub(crate) mod encoding;

use memchr::{memchr, memchr2_iter, memchr3};

use self::encoding::Feed;
use super::record::{ReadError, Record, Records, Span};
use crate::diagnostic::{Diagnostic, Place};

/// Longest field, in bytes.
pub(crate) const MAX_FIELD: usize = 1 << 20;
/// Longest record, in bytes.
pub(crate) const MAX_RECORD: usize = 16 << 20;

/// A reader of delimited text.
pub(crate) struct Delimited<'a> {
    file: String,
    feed: Feed<'a>,
    delimiter: u8,
    buffer: Vec<u8>,
    /// Start of what is not yet read, in the buffer.
    at: usize,
    at_end: bool,
    /// The line on which the next record begins.
    line: u64,
    fields: Vec<Span>,
    /// Fields with doubled quotes, or with text behind the closing quote.
    quoted: Vec<usize>,
}

/// What a look at the buffer found.
enum Scan {
    /// A whole record: where the next one begins, and how many lines it has.
    Record { next: usize, lines: u64 },
    /// The buffer ends inside a record; inside quotes that opened so many lines below its start?
    More { quote: Option<u64> },
}

impl<'a> Delimited<'a> {
    /// A reader from the first line on.
    pub(crate) fn new(file: &str, feed: Feed<'a>, delimiter: u8) -> Self {
        Self {
            file: file.to_owned(),
            feed,
            delimiter,
            buffer: Vec::new(),
            at: 0,
            at_end: false,
            line: 1,
            fields: Vec::new(),
            quoted: Vec::new(),
        }
    }

    /// Reads one record into `fields`; its row number and the end of its bytes.
    fn advance(&mut self) -> Result<Option<u64>, ReadError> {
        loop {
            if self.at == self.buffer.len() && self.at_end {
                return Ok(None);
            }
            match self.scan() {
                Scan::Record { next, lines } => {
                    let row = self.line;
                    self.check(next, row)?;
                    self.unquote();
                    self.line += lines;
                    self.at = next;
                    return Ok(Some(row));
                }
                Scan::More { quote } => self.read_on(quote)?,
            }
        }
    }

    /// Gets more bytes behind the unfinished record, or says why there may be none.
    fn read_on(&mut self, quote: Option<u64>) -> Result<(), ReadError> {
        let pending = self.buffer.len() - self.at;
        if pending > MAX_RECORD {
            return Err(match quote {
                Some(lines) => self.open_quote(lines),
                None => self.too_long("record", MAX_RECORD),
            });
        }
        if self.at_end {
            return Err(self.open_quote(quote.unwrap_or(0)));
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        self.at_end = !self.feed.fill(&mut self.buffer, pending)?;
        Ok(())
    }

    /// Looks for the end of the record that begins at `at`.
    fn scan(&mut self) -> Scan {
        let bytes = self.buffer.as_slice();
        self.fields.clear();
        self.quoted.clear();
        let (mut pos, mut lines) = (self.at, 1);
        loop {
            let start = pos;
            let mut content = start;
            if bytes.get(pos) == Some(&b'"') {
                match closing_quote(bytes, pos + 1) {
                    Some((close, doubled)) => {
                        let tail = close + 1;
                        if tail == bytes.len() && !self.at_end {
                            return Scan::More { quote: None };
                        }
                        let plain = bytes
                            .get(tail)
                            .is_none_or(|&b| b == self.delimiter || b == b'\n' || b == b'\r');
                        lines += line_breaks(&bytes[pos..tail]);
                        if doubled || !plain {
                            self.quoted.push(self.fields.len());
                        } else {
                            content = start + 1;
                        }
                        pos = tail;
                    }
                    None => {
                        return Scan::More {
                            quote: Some(lines - 1),
                        };
                    }
                }
            }
            let found = memchr3(self.delimiter, b'\n', b'\r', &bytes[pos..]).map(|at| pos + at);
            let end = match found {
                Some(end) => end,
                None if self.at_end => bytes.len(),
                None => return Scan::More { quote: None },
            };
            let shown = end - usize::from(content > start);
            self.fields.push(span(content, shown));
            match bytes.get(end) {
                Some(b'\n') => {
                    return Scan::Record {
                        next: end + 1,
                        lines,
                    };
                }
                Some(b'\r') => match bytes.get(end + 1) {
                    Some(b'\n') => {
                        return Scan::Record {
                            next: end + 2,
                            lines,
                        };
                    }
                    None if !self.at_end => return Scan::More { quote: None },
                    _ => {
                        return Scan::Record {
                            next: end + 1,
                            lines,
                        };
                    }
                },
                Some(_) => pos = end + 1,
                None => return Scan::Record { next: end, lines },
            }
        }
    }

    /// Refuses what no table contains.
    fn check(&self, next: usize, row: u64) -> Result<(), ReadError> {
        let bytes = &self.buffer[self.at..next];
        if memchr(0, bytes).is_some() {
            return Err(self.refusal(
                row,
                "nul-byte",
                format!("the record in row {row} contains a NUL byte: this is no text"),
                "export the table as CSV in UTF-8 again",
            ));
        }
        let longest = self.fields.iter().map(|span| span.end - span.start).max();
        if longest.is_some_and(|length| length as usize > MAX_FIELD) {
            return Err(self.too_long("field", MAX_FIELD));
        }
        Ok(())
    }

    /// Takes quotes and doubled quotes out of the fields that have them.
    fn unquote(&mut self) {
        for &field in &self.quoted {
            let raw = self.fields[field];
            let (end, mut read) = (raw.end as usize, raw.start as usize + 1);
            let (mut write, mut inside) = (read, true);
            while read < end {
                let byte = self.buffer[read];
                read += 1;
                if inside && byte == b'"' {
                    if read < end && self.buffer[read] == b'"' {
                        read += 1;
                    } else {
                        inside = false;
                        continue;
                    }
                }
                self.buffer[write] = byte;
                write += 1;
            }
            self.fields[field] = span(raw.start as usize + 1, write);
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
        Ok(row.map(|row| Record::new(row, &self.buffer, &self.fields)))
    }

    fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        self.feed.take_diagnostics()
    }
}

/// The closing quote of a field whose content begins at `from`, and whether there are doubled ones before it.
fn closing_quote(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    let (mut at, mut doubled) = (from, false);
    loop {
        at += memchr(b'"', &bytes[at..])?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some((at, doubled));
        }
        doubled = true;
        at += 2;
    }
}

/// LF, CRLF and CR each end a line.
fn line_breaks(bytes: &[u8]) -> u64 {
    memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
        .count() as u64
}

fn span(start: usize, end: usize) -> Span {
    // The buffer holds at most one record beyond its limit and one chunk, far below 4 GiB.
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        start: offset(start),
        end: offset(end),
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::ByteSource;
    use super::encoding::{Decision, Decoding};
    use super::*;
    use proptest::prelude::*;

    /// Row numbers and fields; the sources give `piece` bytes at once.
    fn read(
        text: &[u8],
        delimiter: u8,
        piece: usize,
    ) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
        struct Pieces<'a>(&'a [u8], usize);
        impl ByteSource for Pieces<'_> {
            fn len(&self) -> std::io::Result<u64> {
                ByteSource::len(self.0)
            }
            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
                let count = buffer.len().min(self.1);
                self.0.read_at(offset, &mut buffer[..count])
            }
        }
        let source = Pieces(text, piece);
        let decision = Decision {
            decoding: Decoding::Utf8,
            skip: 0,
            diagnostics: Vec::new(),
        };
        let mut reader = Delimited::new("file", Feed::new("file", &source, decision)?, delimiter);
        let mut rows = Vec::new();
        while let Some(record) = reader.next_record()? {
            rows.push((record.row(), record.texts().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        read(text.as_bytes(), b',', 3).expect("the text is well formed")
    }

    #[test]
    fn row_numbers_are_lines_under_every_line_ending() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "\"x", "y\",2", "", "c"].join(end);
            let numbers: Vec<u64> = rows(&text).into_iter().map(|(row, _)| row).collect();
            assert_eq!(numbers, [1, 2, 4, 5], "{end:?}");
        }
    }

    #[test]
    fn a_quote_that_never_closes_is_refused_with_its_line() {
        let error = read(b"a,b\n1,2\n3,\"x\ny\n", b',', 100).expect_err("the quote is open");
        assert_eq!(error.code, "quote-not-closed");
        assert!(error.message.contains("row 3"), "{}", error.message);
        let text = format!("a\n\"{}", "x\n".repeat(MAX_RECORD));
        assert_eq!(
            read(text.as_bytes(), b',', 1 << 20)
                .expect_err("too long")
                .code,
            "quote-not-closed"
        );
    }

    #[test]
    fn nul_bytes_and_giant_fields_are_refused_with_their_row() {
        assert_eq!(
            read(b"a\nb\0\n", b',', 100).expect_err("NUL").code,
            "nul-byte"
        );
        let text = format!("a\n{}\n", "x".repeat(MAX_FIELD + 1));
        assert_eq!(
            read(text.as_bytes(), b',', 1 << 20).expect_err("long").code,
            "too-long"
        );
        let text = format!("a\n{}", "x,".repeat(MAX_RECORD));
        assert_eq!(
            read(text.as_bytes(), b',', 1 << 20).expect_err("long").code,
            "too-long"
        );
    }

    #[test]
    fn text_behind_a_closing_quote_is_kept() {
        assert_eq!(rows("\"a\"\"b\"c\"d,e\n")[0].1, ["a\"bc\"d", "e"]);
        assert_eq!(rows("\"\",\"\"\"\"\n")[0].1, ["", "\""]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn fields_are_those_of_the_csv_crate(
            text in "[ab,;\"\"\r\n]{0,40}", quote_all in any::<bool>(), piece in 1_usize..9,
        ) {
            let text = if quote_all {
                let fields: Vec<String> = text.split(',').map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect();
                fields.join(",") + "\r\n"
            } else {
                text
            };
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.expect("it is UTF-8").iter().map(str::to_owned).collect())
                .collect();
            // Unclosed quotes are an error here and none there; blank lines are records here and none there.
            if let Ok(rows) = read(text.as_bytes(), b',', piece) {
                let found: Vec<Vec<String>> = rows
                    .into_iter()
                    .map(|(_, fields)| fields)
                    .filter(|fields| *fields != [""] )
                    .collect();
                let expected: Vec<_> = expected.into_iter().filter(|fields| *fields != [""]).collect();
                prop_assert_eq!(found, expected);
            } else {
                prop_assert!(text.contains('"'));
            }
        }
    }
}
