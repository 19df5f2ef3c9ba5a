//! One record, byte by byte: for text in which quotes do not stand where they should, and for the end of a text.
//!
//! In: bytes from the beginning of a record on. Out: its [fields](Span), or what is missing.

use super::super::record::Span;
use super::marks::offset;

/// A text in which a record is looked for.
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) delimiter: u8,
    /// Does nothing follow behind the bytes?
    pub(super) at_end: bool,
}

/// What a look at the text found.
pub(super) enum Scan {
    /// A whole record: where the next one begins, and how many lines this one has.
    Record { next: usize, lines: u64 },
    /// The text ends inside a record; inside quotes that opened so many lines below its start?
    More { quote: Option<u64> },
    /// There is a NUL byte.
    Nul,
}

impl Text<'_> {
    /// Looks for the end of the record that begins at `start` and puts its fields into `fields`, and the numbers of those that
    /// have doubled quotes or text behind the closing quote, which have to be taken out, into `quoted`.
    pub(super) fn scan(
        &self,
        start: usize,
        fields: &mut Vec<Span>,
        quoted: &mut Vec<usize>,
    ) -> Scan {
        fields.clear();
        quoted.clear();
        let bytes = self.bytes;
        // The field begins at `start`; what is shown of it at `content`, and ends so many bytes before its end.
        let (mut start, mut from, mut lines) = (start, start, 1);
        let (mut content, mut tail) = (start, 0);
        loop {
            let Some(end) = self.next_mark(from) else {
                if !self.at_end {
                    return Scan::More { quote: None };
                }
                let next = bytes.len();
                fields.push(shown(content, next - tail));
                return Scan::Record { next, lines };
            };
            let byte = bytes[end];
            from = end + 1;
            if byte == self.delimiter {
                fields.push(shown(content, end - tail));
                start = from;
                (content, tail) = (start, 0);
            } else if byte == b'"' && end == start {
                let opened = lines - 1;
                let Some(closing) = self.closing_quote(from, &mut lines) else {
                    return Scan::More {
                        quote: Some(opened),
                    };
                };
                if closing.has_nul {
                    return Scan::Nul;
                }
                from = closing.position + 1;
                if from >= bytes.len() && !self.at_end {
                    return Scan::More { quote: None };
                }
                let is_field_end = bytes
                    .get(from)
                    .is_none_or(|&byte| byte == self.delimiter || matches!(byte, b'\n' | b'\r'));
                if is_field_end && !closing.is_doubled {
                    (content, tail) = (start + 1, 1);
                } else {
                    quoted.push(fields.len());
                }
            } else if byte == b'\n' {
                fields.push(shown(content, end - tail));
                return Scan::Record { next: from, lines };
            } else if byte == b'\r' {
                if from >= bytes.len() && !self.at_end {
                    return Scan::More { quote: None };
                }
                fields.push(shown(content, end - tail));
                let is_pair = bytes.get(from) == Some(&b'\n');
                let next = from + usize::from(is_pair);
                return Scan::Record { next, lines };
            } else if byte == 0 {
                return Scan::Nul;
            }
        }
    }

    /// The next byte that may end a field or begin quotes.
    fn next_mark(&self, from: usize) -> Option<usize> {
        let is_mark =
            |&byte: &u8| byte == self.delimiter || matches!(byte, b'"' | b'\n' | b'\r' | 0);
        let found = self.bytes.get(from..)?.iter().position(is_mark);
        found.map(|at| from + at)
    }

    /// The closing quote of a field with this content; counts the lines on the way (LF, CRLF and CR each end one).
    fn closing_quote(&self, content: usize, lines: &mut u64) -> Option<Closing> {
        let (mut is_doubled, mut has_nul, mut breaks) = (false, false, 0);
        let mut position = content;
        loop {
            let byte = *self.bytes.get(position)?;
            let next = self.bytes.get(position + 1);
            match byte {
                b'"' if next == Some(&b'"') => {
                    is_doubled = true;
                    position += 1;
                }
                b'"' => {
                    *lines += breaks;
                    return Some(Closing {
                        position,
                        is_doubled,
                        has_nul,
                    });
                }
                b'\n' => breaks += 1,
                b'\r' => breaks += u64::from(next != Some(&b'\n')),
                _ => has_nul |= byte == 0,
            }
            position += 1;
        }
    }
}

/// Where a quoted field ends.
struct Closing {
    /// Position of the closing quote.
    position: usize,
    /// Are there doubled quotes before it?
    is_doubled: bool,
    /// Is there a NUL byte before it?
    has_nul: bool,
}

fn shown(start: usize, end: usize) -> Span {
    Span {
        start: offset(start),
        end: offset(end),
    }
}

/// Takes quotes and doubled quotes out of a quoted field, which `raw` shows with its opening quote; what is left of it.
pub(super) fn unquote(bytes: &mut [u8], raw: Span) -> Span {
    let (end, mut read) = (raw.end as usize, raw.start as usize + 1);
    let (mut write, mut inside) = (read, true);
    while read < end {
        let byte = bytes[read];
        read += 1;
        if inside && byte == b'"' {
            if read < end && bytes[read] == b'"' {
                read += 1;
            } else {
                inside = false;
                continue;
            }
        }
        bytes[write] = byte;
        write += 1;
    }
    shown(raw.start as usize + 1, write)
}
