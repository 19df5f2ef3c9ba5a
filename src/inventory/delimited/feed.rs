//! A file's bytes -> its text as UTF-8, piece by piece.
//!
//! In: a [`ByteSource`] and the [`Decision`] how to read it. Out: UTF-8; text that is said to be UTF-8 is handed on as it is.

use encoding_rs::{CoderResult, Decoder, Encoding};
use memchr::{memchr, memrchr};

use super::super::record::ReadError;
use super::super::source::{ByteSource, cut_short, unreadable};
use super::encoding::{Decision, Decoding, NOT_UTF8, refusal};
use crate::diagnostic::Diagnostic;

/// How much is read at once.
pub(super) const CHUNK: usize = 32 << 10;

/// Reads a source chunk by chunk from an offset to its end.
pub(super) struct Chunks<'a> {
    file: String,
    source: &'a dyn ByteSource,
    offset: u64,
    length: u64,
}

impl<'a> Chunks<'a> {
    pub(super) fn new(
        file: &str,
        source: &'a dyn ByteSource,
        offset: u64,
    ) -> Result<Self, ReadError> {
        Ok(Self {
            file: file.to_owned(),
            source,
            offset,
            length: source.len().map_err(|error| unreadable(file, &error))?,
        })
    }

    /// Puts up to `wanted` bytes into the buffer from `end` on, and moves `end` behind them; false at the end.
    fn read(
        &mut self,
        buffer: &mut Vec<u8>,
        end: &mut usize,
        wanted: usize,
    ) -> Result<bool, ReadError> {
        let rest = usize::try_from(self.length.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let wanted = wanted.min(rest);
        if wanted == 0 {
            return Ok(false);
        }
        if buffer.len() < *end + wanted {
            buffer.resize(*end + wanted, 0);
        }
        let count = self
            .source
            .read_at(self.offset, &mut buffer[*end..*end + wanted])
            .map_err(|error| unreadable(&self.file, &error))?;
        *end += count;
        self.offset += count as u64;
        if count == 0 {
            return Err(cut_short(&self.file, self.length, self.offset));
        }
        Ok(true)
    }

    /// Appends up to `wanted` bytes; false at the end.
    pub(super) fn append(
        &mut self,
        buffer: &mut Vec<u8>,
        wanted: usize,
    ) -> Result<bool, ReadError> {
        let mut end = buffer.len();
        let more = self.read(buffer, &mut end, wanted);
        buffer.truncate(end);
        more
    }
}

/// A file's text as UTF-8, piece by piece.
pub(crate) struct Feed<'a> {
    chunks: Chunks<'a>,
    state: State,
    diagnostics: Vec<Diagnostic>,
}

enum State {
    /// Handed on as it is; whoever takes it has to check it.
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

    /// Is the text handed on as it is in the file?
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.state, State::Utf8)
    }

    /// The offset of what is read next.
    pub(crate) fn offset(&self) -> u64 {
        self.chunks.offset
    }

    /// The length of the file.
    pub(crate) fn length(&self) -> u64 {
        self.chunks.length
    }

    /// The same text, which is plain, from an offset on.
    pub(crate) fn again_from(&self, offset: u64) -> Self {
        Self {
            chunks: Chunks {
                offset,
                file: self.chunks.file.clone(),
                ..self.chunks
            },
            state: State::Utf8,
            diagnostics: Vec::new(),
        }
    }

    /// The offset behind the first line end from an offset on, if there is one near.
    pub(crate) fn line_end_behind(&self, offset: u64) -> Result<Option<u64>, ReadError> {
        let mut from = self.again_from(offset);
        let (mut text, mut end) = (Vec::new(), 0);
        from.fill(&mut text, &mut end, 0)?;
        Ok(memchr(b'\n', &text[..end]).map(|at| offset + at as u64 + 1))
    }

    /// What is to be said about the encoding, once.
    pub(crate) fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// The error that the text is not UTF-8.
    pub(crate) fn not_utf8(&self) -> ReadError {
        let message = format!("{} is not UTF-8", self.chunks.file);
        refusal(&self.chunks.file, NOT_UTF8, message, "save it as UTF-8")
    }

    /// Puts more text into the buffer from `end` on and moves `end` behind it, at least about `wanted` bytes where there are so
    /// many; false at the end.
    pub(crate) fn fill(
        &mut self,
        buffer: &mut Vec<u8>,
        end: &mut usize,
        wanted: usize,
    ) -> Result<bool, ReadError> {
        let wanted = wanted.max(CHUNK);
        if matches!(self.state, State::Utf8) {
            return self.chunks.read(buffer, end, wanted);
        }
        let mut text = Vec::new();
        let more = self.decoded(&mut text, wanted)?;
        if buffer.len() < *end + text.len() {
            buffer.resize(*end + text.len(), 0);
        }
        buffer[*end..*end + text.len()].copy_from_slice(&text);
        *end += text.len();
        Ok(more)
    }

    /// The beginning of the text, as far as it is valid.
    pub(crate) fn sample(mut self) -> Result<Vec<u8>, ReadError> {
        const ENOUGH: usize = 64 << 10;
        let (mut sample, mut end) = (Vec::new(), 0);
        while end < ENOUGH && self.fill(&mut sample, &mut end, 0)? {}
        sample.truncate(end);
        if let Err(error) = std::str::from_utf8(&sample) {
            sample.truncate(error.valid_up_to());
        }
        Ok(sample)
    }

    fn decoded(&mut self, text: &mut Vec<u8>, wanted: usize) -> Result<bool, ReadError> {
        match &mut self.state {
            State::Utf8 => Ok(false),
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
