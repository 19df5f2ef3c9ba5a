//! A look through a whole file that is not UTF-8: which lines are not, and what they may be.
//!
//! In: a [`ByteSource`]. Out: a [`Decision`], with the guess said aloud.

use encoding_rs::{Encoding, WINDOWS_1252};
use memchr::memrchr;

use super::super::record::ReadError;
use super::super::source::ByteSource;
use super::encoding::{Decision, Decoding};
use super::feed::{CHUNK, Chunks};
use crate::diagnostic::{Diagnostic, Place};

/// How much text a guess may look at.
const GUESS: usize = 4 << 20;
/// How many lines of a mixed file are named.
const NAMED_LINES: usize = 20;

/// What a look through a whole file shows about its lines.
pub(super) struct Survey {
    /// Lines that are not valid UTF-8, and the numbers of the first of them.
    pub(super) invalid: u64,
    named: Vec<u64>,
    /// Lines that are valid UTF-8 with letters beyond ASCII.
    valid: u64,
    /// The first invalid line.
    example: Vec<u8>,
    detector: chardetng::EncodingDetector,
}

impl Survey {
    /// Looks through a source, from an offset on.
    pub(super) fn of(file: &str, source: &dyn ByteSource, skip: u64) -> Result<Self, ReadError> {
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

    /// What follows for the file.
    pub(super) fn decide(mut self, file: &str, skip: u64) -> Decision {
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
