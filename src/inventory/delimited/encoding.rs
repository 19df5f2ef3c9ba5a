//! Encodings: bytes of a file -> UTF-8, by rule, and said aloud where the rule had to guess.
//!
//! In: a [`ByteSource`]. Out: a [`Feed`] of UTF-8. The rules, first that fits: what the user says; a byte order mark;
//! UTF-16 by the pattern of its NUL bytes; strictly valid UTF-8; else a guess, which counts for the lines that are not valid
//! UTF-8, so that a file that several programs appended to is read right.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr, memrchr};

use super::super::record::ReadError;
use super::super::source::{ByteSource, cut_short, unreadable};
use crate::diagnostic::{Diagnostic, Place};

/// How much is read at once.
const CHUNK: usize = 256 << 10;
/// How much text a guess may look at.
const GUESS: usize = 4 << 20;
/// How many lines of a mixed file are named.
const NAMED_LINES: usize = 20;

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

/// Decides how a file is encoded. `said`: the user's own word, an encoding label.
pub(crate) fn decide(
    file: &str,
    source: &dyn ByteSource,
    said: Option<&str>,
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

fn refusal(file: &str, code: &'static str, message: String, help: &str) -> ReadError {
    let place = Place::File {
        file: file.to_owned(),
    };
    Box::new(Diagnostic::error(code, message).at(place).help(help))
}

/// Reads a source chunk by chunk from an offset to its end.
struct Chunks<'a> {
    file: String,
    source: &'a dyn ByteSource,
    offset: u64,
    length: u64,
}

impl<'a> Chunks<'a> {
    fn new(file: &str, source: &'a dyn ByteSource, offset: u64) -> Result<Self, ReadError> {
        Ok(Self {
            file: file.to_owned(),
            source,
            offset,
            length: source.len().map_err(|error| unreadable(file, &error))?,
        })
    }

    /// Appends up to `wanted` bytes; false at the end.
    fn append(&mut self, buffer: &mut Vec<u8>, wanted: usize) -> Result<bool, ReadError> {
        let rest = usize::try_from(self.length.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let wanted = wanted.min(rest);
        if wanted == 0 {
            return Ok(false);
        }
        let start = buffer.len();
        buffer.resize(start + wanted, 0);
        let count = self
            .source
            .read_at(self.offset, &mut buffer[start..])
            .map_err(|error| unreadable(&self.file, &error))?;
        buffer.truncate(start + count);
        self.offset += count as u64;
        if count == 0 {
            return Err(cut_short(&self.file, self.length, self.offset));
        }
        Ok(true)
    }
}

/// What a look through a whole file shows about its lines.
struct Survey {
    /// Lines that are not valid UTF-8, and the numbers of the first of them.
    invalid: u64,
    named: Vec<u64>,
    /// Lines that are valid UTF-8 with letters beyond ASCII.
    valid: u64,
    /// The first invalid line.
    example: Vec<u8>,
    detector: chardetng::EncodingDetector,
}

impl Survey {
    fn of(file: &str, source: &dyn ByteSource, skip: u64) -> Result<Self, ReadError> {
        let mut survey = Self {
            invalid: 0,
            named: Vec::new(),
            valid: 0,
            example: Vec::new(),
            detector: chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny),
        };
        let mut chunks = Chunks::new(file, source, skip)?;
        let (mut buffer, mut line, mut seen) = (Vec::new(), 1, 0);
        loop {
            let more = chunks.append(&mut buffer, CHUNK)?;
            let whole = if more {
                memrchr(b'\n', &buffer).map_or(0, |at| at + 1)
            } else {
                buffer.len()
            };
            let (lines, _) = buffer.split_at(whole);
            survey.look(lines, &mut line, &mut seen);
            buffer.drain(..whole);
            if !more {
                return Ok(survey);
            }
        }
    }

    fn look(&mut self, lines: &[u8], line: &mut u64, seen: &mut usize) {
        if lines.is_ascii() {
            *line += memchr::memchr_iter(b'\n', lines).count() as u64;
            return;
        }
        for text in lines.split_inclusive(|&byte| byte == b'\n') {
            if !text.is_ascii() {
                match std::str::from_utf8(text) {
                    Ok(_) => self.valid += 1,
                    Err(_) => self.note(text, *line, seen),
                }
            }
            *line += 1;
        }
    }

    fn note(&mut self, text: &[u8], line: u64, seen: &mut usize) {
        self.invalid += 1;
        if self.named.len() < NAMED_LINES {
            self.named.push(line);
        }
        if self.example.is_empty() {
            self.example = text.to_vec();
        }
        if *seen < GUESS {
            *seen += text.len();
            self.detector.feed(text, false);
        }
    }

    fn guess(&mut self) -> &'static Encoding {
        self.detector.feed(b"", true);
        let guess = self.detector.guess(None, chardetng::Utf8Detection::Deny);
        // Between Latin alphabets the guess goes by single letters and is often wrong on lists of names; what Windows
        // exports here is Windows-1252 unless the letters are of another script.
        let is_latin = [
            "1250", "1252", "1254", "1257", "1258", "8859-2", "8859-4", "8859-3",
        ]
        .iter()
        .any(|latin| guess.name().ends_with(latin));
        if is_latin { WINDOWS_1252 } else { guess }
    }

    fn decide(mut self, file: &str, skip: u64) -> Decision {
        let encoding = self.guess();
        let (text, _) = encoding.decode_without_bom_handling(&self.example);
        let example = example_word(&text);
        let place = Place::Row {
            file: file.to_owned(),
            sheet: None,
            row: self.named.first().copied().unwrap_or(1),
            column: None,
        };
        let help = format!("if {example:?} is not right, say --encoding NAME");
        let (decoding, diagnostic) = if (self.valid > 0 || skip > 0) && encoding.is_single_byte() {
            let lines: Vec<String> = self.named.iter().map(u64::to_string).collect();
            let more = self.invalid - lines.len() as u64;
            let rest = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let message = format!(
                "{file} mixes encodings: {} lines with letters beyond ASCII are UTF-8, and these are read as {}, by guess: {}{rest}",
                self.valid,
                encoding.name(),
                lines.join(", ")
            );
            (
                Decoding::Lines(encoding),
                Diagnostic::warning("encoding-mixed", message),
            )
        } else {
            let message = format!(
                "{file} is not UTF-8; it is read as {}, by guess",
                encoding.name()
            );
            (
                Decoding::Whole(encoding),
                Diagnostic::warning("encoding-guessed", message),
            )
        };
        Decision {
            decoding,
            skip,
            diagnostics: vec![diagnostic.at(place).help(help)],
        }
    }
}

/// A word with a letter beyond ASCII, for the user to judge a guess by.
fn example_word(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\''))
        .find(|word| !word.is_ascii())
        .unwrap_or("")
        .chars()
        .take(40)
        .collect()
}

/// A file's text as UTF-8, piece by piece.
pub(crate) struct Feed<'a> {
    chunks: Chunks<'a>,
    state: State,
    diagnostics: Vec<Diagnostic>,
}

enum State {
    /// Handed on as it is; checked record by record nowhere else, so only what was surveyed goes this way.
    Utf8,
    Whole {
        decoder: Box<Decoder>,
        raw: Vec<u8>,
        done: bool,
    },
    Lines {
        encoding: &'static Encoding,
        raw: Vec<u8>,
    },
}

impl<'a> Feed<'a> {
    /// The text of a source under a decision.
    pub(crate) fn new(
        file: &str,
        source: &'a dyn ByteSource,
        decision: Decision,
    ) -> Result<Self, ReadError> {
        let state = match decision.decoding {
            Decoding::Utf8 => State::Utf8,
            Decoding::Whole(encoding) => State::Whole {
                decoder: Box::new(encoding.new_decoder_without_bom_handling()),
                raw: Vec::new(),
                done: false,
            },
            Decoding::Lines(encoding) => State::Lines {
                encoding,
                raw: Vec::new(),
            },
        };
        Ok(Self {
            chunks: Chunks::new(file, source, decision.skip)?,
            state,
            diagnostics: decision.diagnostics,
        })
    }

    /// What is to be said about the encoding, once.
    pub(crate) fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// Appends more text, at least about `wanted` bytes of it where there are so many; false at the end.
    pub(crate) fn fill(&mut self, text: &mut Vec<u8>, wanted: usize) -> Result<bool, ReadError> {
        let wanted = wanted.max(CHUNK);
        match &mut self.state {
            State::Utf8 => self.chunks.append(text, wanted),
            State::Whole { decoder, raw, done } => {
                raw.clear();
                let more = self.chunks.append(raw, wanted)?;
                if *done {
                    return Ok(false);
                }
                *done = !more;
                decode(decoder, raw, !more, text);
                Ok(true)
            }
            State::Lines { encoding, raw } => {
                let more = self.chunks.append(raw, wanted)?;
                let whole = match memrchr(b'\n', raw) {
                    _ if !more => raw.len(),
                    Some(at) => at + 1,
                    None if raw.len() > super::MAX_RECORD => raw.len(),
                    None => 0,
                };
                decode_lines(encoding, &raw[..whole], text);
                raw.drain(..whole);
                Ok(more || whole > 0)
            }
        }
    }
}

fn decode(decoder: &mut Decoder, mut raw: &[u8], last: bool, text: &mut Vec<u8>) {
    let mut out = String::with_capacity(raw.len() * 3 / 2 + 64);
    loop {
        let (result, read, _) = decoder.decode_to_string(raw, &mut out, last);
        raw = &raw[read..];
        text.extend_from_slice(out.as_bytes());
        out.clear();
        if matches!(result, CoderResult::InputEmpty) {
            return;
        }
    }
}

fn decode_lines(encoding: &'static Encoding, lines: &[u8], text: &mut Vec<u8>) {
    if std::str::from_utf8(lines).is_ok() {
        text.extend_from_slice(lines);
        return;
    }
    let mut rest = lines;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, behind) = rest.split_at(end);
        match std::str::from_utf8(line) {
            Ok(_) => text.extend_from_slice(line),
            Err(_) => {
                let (decoded, _) = encoding.decode_without_bom_handling(line);
                text.extend_from_slice(decoded.as_bytes());
            }
        }
        rest = behind;
    }
}
