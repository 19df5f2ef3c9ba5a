//! Which character separates the fields.
//!
//! In: the first records of a text, and what the user said. Out: the delimiter. Decided by the header: the delimiter under
//! which the SIP address has a column of its own, and if several do, the one that gives most fields that we know, then the
//! one that gives most columns. Fields come first because a header cell may hold any number of another delimiter.

use super::super::columns::{Mapping, fields_named, is_header};
use super::super::record::Records;
use super::super::source::ByteSource;
use super::Delimited;
use super::encoding::{Decision, Decoding};
use super::feed::Feed;

/// The delimiters that are looked for, first choice first.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records may stand above the header.
pub(crate) const TITLES: usize = 100;

/// The delimiter of a text that begins so.
pub(crate) fn delimiter(head: &[u8], mapping: &Mapping) -> u8 {
    if let Some(said) = separator_line(head) {
        return said;
    }
    let fit = |delimiter| {
        (
            header_fit(head, delimiter, mapping),
            first_line_count(head, delimiter),
        )
    };
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|&delimiter| fit(delimiter))
        .unwrap_or(b',')
}

/// `sep=;` in the first line, as spreadsheets write and read it.
fn separator_line(head: &[u8]) -> Option<u8> {
    let line = head.split(|&b| b == b'\n' || b == b'\r').next()?;
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let line = line.strip_suffix(b"\"").unwrap_or(line);
    match line {
        [s, e, p, b'=', delimiter] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// How many fields that we know and how many columns the header has under a delimiter; none of either if there is no header.
fn header_fit(head: &[u8], delimiter: u8, mapping: &Mapping) -> (usize, usize) {
    let bytes = head.to_vec();
    let decision = Decision {
        decoding: Decoding::Utf8,
        skip: 0,
        diagnostics: Vec::new(),
    };
    let source: &dyn ByteSource = &bytes;
    let Ok(feed) = Feed::new("", source, decision) else {
        return (0, 0);
    };
    let mut records = Delimited::new("", feed, delimiter);
    for _ in 0..TITLES {
        match records.next_record() {
            Ok(Some(record)) if is_header(&record, mapping) => {
                return (fields_named(&record, mapping), record.len());
            }
            Ok(Some(_)) => {}
            // The sample may end inside a record: that is no fault of the file.
            Ok(None) | Err(_) => break,
        }
    }
    (0, 0)
}

fn first_line_count(head: &[u8], delimiter: u8) -> usize {
    let line = head
        .split(|&b| b == b'\n' || b == b'\r')
        .find(|line| !line.is_empty() && !line.starts_with(b"#TYPE"));
    memchr::memchr_iter(delimiter, line.unwrap_or(&[])).count()
}
