//! How a file is encoded, by rule.
//!
//! In: a [`ByteSource`]. Out: a [`Decision`]. The rules, first that fits: what the user says; a byte order mark;
//! UTF-16 by the pattern of its NUL bytes; strictly valid UTF-8; else a guess, which counts for the lines that are not valid
//! UTF-8, so that a file that several programs appended to is read right.

use super::super::record::ReadError;
use super::super::source::{ByteSource, unreadable};
use super::survey::Survey;
use crate::diagnostic::{Diagnostic, Place};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How the bytes of a file become UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoding {
    /// They are UTF-8.
    Utf8,
    /// All of them are in this encoding.
    Whole(&'static Encoding),
    /// Lines that are not valid UTF-8 are in this encoding.
    Lines(&'static Encoding),
}

/// What was decided about a file: how to read it, where its text begins, and what to say about it.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) decoding: Decoding,
    /// Length of the byte order mark.
    pub(crate) skip: u64,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Is the file UTF-8?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// It is taken for UTF-8 until it turns out not to be: see [`NOT_UTF8`].
    Untested,
    /// It turned out not to be: all of it is looked at before it is read.
    Failed,
}

/// The code of the error with which reading ends where a file is not the UTF-8 that it was taken for; never shown, because
/// the file is then read anew under [`Trust::Failed`].
pub(crate) const NOT_UTF8: &str = "encoding-guessed";

/// Decides how a file is encoded. `said`: the user's own word, an encoding label.
pub(crate) fn decide(
    file: &str,
    source: &dyn ByteSource,
    said: Option<&str>,
    trust: Trust,
) -> Result<Decision, ReadError> {
    let head = head(file, source, 4096)?;
    if let Some(label) = said {
        return by_label(file, label, &head);
    }
    let skip = match by_mark(file, &head)? {
        Some((encoding, skip)) if encoding == UTF_8 => skip,
        Some((encoding, skip)) => return Ok(decision(Decoding::Whole(encoding), skip)),
        None => 0,
    };
    if let Some(encoding) = by_zeros(file, &head)? {
        return Ok(decision(Decoding::Whole(encoding), 0));
    }
    if trust == Trust::Untested {
        return Ok(decision(Decoding::Utf8, skip));
    }
    match Survey::of(file, source, skip)? {
        survey if survey.invalid == 0 => Ok(decision(Decoding::Utf8, skip)),
        survey => Ok(survey.decide(file, skip)),
    }
}

fn decision(decoding: Decoding, skip: u64) -> Decision {
    Decision {
        decoding,
        skip,
        diagnostics: Vec::new(),
    }
}

/// The first bytes of a file.
pub(crate) fn head(
    file: &str,
    source: &dyn ByteSource,
    wanted: usize,
) -> Result<Vec<u8>, ReadError> {
    let mut head = vec![0; wanted];
    let mut filled = 0;
    while filled < wanted {
        match source.read_at(filled as u64, &mut head[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) => return Err(unreadable(file, &error)),
        }
    }
    head.truncate(filled);
    Ok(head)
}

fn by_label(file: &str, label: &str, head: &[u8]) -> Result<Decision, ReadError> {
    let Some(encoding) = Encoding::for_label(label.trim().as_bytes()) else {
        let message = format!("{label:?} is no encoding that can be read");
        let help = "utf-8, utf-16le, windows-1252 or windows-1250 are usual";
        return Err(refusal(file, "encoding-unknown", message, help));
    };
    let mark = Encoding::for_bom(head).filter(|&(found, _)| found == encoding);
    let skip = mark.map_or(0, |(_, length)| length as u64);
    Ok(decision(Decoding::Whole(encoding), skip))
}

fn by_mark(file: &str, head: &[u8]) -> Result<Option<(&'static Encoding, u64)>, ReadError> {
    if head.starts_with(&[0xFF, 0xFE, 0, 0]) || head.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(utf32(file));
    }
    Ok(Encoding::for_bom(head).map(|(encoding, length)| (encoding, length as u64)))
}

fn utf32(file: &str) -> ReadError {
    let message = format!("{file} is in UTF-32, which is not read");
    refusal(file, "encoding-utf-32", message, "save it as UTF-8")
}

/// UTF-16 without a mark: in Latin text every second byte is zero.
fn by_zeros(file: &str, head: &[u8]) -> Result<Option<&'static Encoding>, ReadError> {
    let mut zeros = [0_usize; 4];
    for (at, _) in head.iter().enumerate().filter(|&(_, &byte)| byte == 0) {
        zeros[at % 4] += 1;
    }
    let quarter = head.len() / 4;
    let mostly = |count: usize| count > quarter / 2;
    let rarely = |count: usize| count <= quarter / 64;
    if quarter == 0 || zeros == [0; 4] {
        return Ok(None);
    }
    match zeros {
        [a, b, c, d] if mostly(b) && mostly(d) && rarely(a) && rarely(c) => Ok(Some(UTF_16LE)),
        [a, b, c, d] if mostly(a) && mostly(c) && rarely(b) && rarely(d) => Ok(Some(UTF_16BE)),
        [a, b, c, d] if [a, b, c, d].into_iter().filter(|&n| mostly(n)).count() == 3 => {
            Err(utf32(file))
        }
        _ => Ok(None),
    }
}

pub(super) fn refusal(file: &str, code: &'static str, message: String, help: &str) -> ReadError {
    let place = Place::File {
        file: file.to_owned(),
    };
    Box::new(Diagnostic::error(code, message).at(place).help(help))
}
