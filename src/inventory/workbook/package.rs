//! The zip archive that a workbook is: looked at before anything in it is unpacked.
//!
//! In: the file. Out: its parts by name, as text where they are XML. The zip reader holds every part to the size its
//! directory declares, so that directory alone says how much there can be.

use std::collections::HashMap;
use std::io::{self, Read, Seek};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::notice::{self, Refusal};

/// Parts of an archive at most; workbooks have a few dozen.
const PARTS: usize = 10_000;
/// Bytes of all parts together at most, unpacked.
const UNPACKED: u64 = 4 << 30;
/// Bytes of a part that is held as a whole (the list of sheets, the styles) at most.
const HELD: u64 = 64 << 20;

/// A zip archive whose directory is in order.
pub(super) struct Package<S> {
    archive: ZipArchive<S>,
    /// Part numbers by name: lower case, `/` between folders, none in front.
    names: HashMap<String, usize>,
}

impl<S: Read + Seek> Package<S> {
    /// Reads the archive's directory.
    pub(super) fn open(source: S) -> Result<Self, Refusal> {
        let mut archive = ZipArchive::new(source).map_err(|error| match error {
            ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                notice::unreadable(&error.to_string())
            }
            ZipError::UnsupportedArchive(what) => notice::damaged(what),
            _ => notice::truncated(),
        })?;
        if archive.len() > PARTS {
            return Err(notice::too_large(format!(
                "the workbook consists of {} parts; no workbook has more than {PARTS}",
                archive.len()
            )));
        }
        let names = look_ahead(&mut archive)?;
        Ok(Self { archive, names })
    }

    /// Is there a part of this name?
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&normalized(name))
    }

    /// The names of all parts, in order.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.archive.file_names();
        let mut names: Vec<String> = names.filter_map(Result::ok).map(Into::into).collect();
        names.sort_unstable();
        names
    }

    /// The file itself again.
    pub(super) fn into_source(self) -> S {
        self.archive.into_inner()
    }

    /// A part's bytes, unpacked as they are read; an error at their end if the checksum is wrong.
    pub(super) fn part(&mut self, name: &str) -> Result<ZipFile<'_, S>, Refusal> {
        let index = self.names.get(&normalized(name)).ok_or_else(|| {
            notice::damaged(&format!("its part {} is missing", notice::shortened(name)))
        })?;
        self.archive
            .by_index(*index)
            .map_err(|error| broken_part(name, &error.to_string()))
    }

    /// An XML part's text, decoded as it is read.
    pub(super) fn xml(&mut self, name: &str) -> Result<Utf8<ZipFile<'_, S>>, Refusal> {
        Utf8::new(self.part(name)?).map_err(|error| broken_part(name, &error.to_string()))
    }

    /// An XML part's whole text.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Refusal> {
        let mut text = String::new();
        self.xml(name)?
            .take(HELD + 1)
            .read_to_string(&mut text)
            .map_err(|error| broken_part(name, &error.to_string()))?;
        if text.len() as u64 > HELD {
            return Err(notice::too_large(format!(
                "the workbook's part {name} is longer than {} MiB",
                HELD >> 20
            )));
        }
        Ok(text)
    }
}

/// What is wrong with a part.
pub(super) fn broken_part(name: &str, what: &str) -> Refusal {
    notice::damaged(&format!("its part {}: {what}", notice::shortened(name)))
}

/// A part's name as names are compared.
fn normalized(name: &str) -> String {
    name.trim_start_matches('/')
        .replace('\\', "/")
        .to_lowercase()
}

fn look_ahead<S: Read + Seek>(
    archive: &mut ZipArchive<S>,
) -> Result<HashMap<String, usize>, Refusal> {
    if archive.has_duplicate_names() {
        return Err(notice::damaged("two of its parts have the same name"));
    }
    let mut names = HashMap::with_capacity(archive.len());
    let mut unpacked = 0u64;
    for index in 0..archive.len() {
        let part = archive
            .by_index_raw(index)
            .map_err(|error| notice::damaged(&format!("its part number {index}: {error}")))?;
        let name = normalized(
            &part
                .name()
                .map_err(|error| notice::damaged(&error.to_string()))?,
        );
        if part.encrypted() {
            return Err(notice::password());
        }
        unpacked = unpacked.saturating_add(part.size());
        if unpacked > UNPACKED {
            return Err(notice::too_large(format!(
                "the workbook unpacks to more than {} GiB",
                UNPACKED >> 30
            )));
        }
        if names.insert(name, index).is_some() {
            return Err(notice::damaged("two of its parts have the same name"));
        }
    }
    Ok(names)
}

/// Bytes of an XML part as UTF-8: a mark at the beginning is taken off, UTF-16 is decoded.
pub(super) struct Utf8<R> {
    input: R,
    decoder: Option<Decoder>,
    /// Bytes read from the input and not yet decoded.
    raw: Vec<u8>,
    /// Bytes to be given out before any others, and how many of them were.
    ready: Vec<u8>,
    given: usize,
    is_at_end: bool,
}

impl<R: Read> Utf8<R> {
    fn new(mut input: R) -> io::Result<Self> {
        let mut head = Vec::new();
        input.by_ref().take(4).read_to_end(&mut head)?;
        let encoding = match head.as_slice() {
            [0xff, 0xfe, ..] | [b'<', 0, ..] => Some(UTF_16LE),
            [0xfe, 0xff, ..] | [0, b'<', ..] => Some(UTF_16BE),
            _ => None,
        };
        let given = if head.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        let (raw, ready) = if encoding.is_some() {
            (head, Vec::new())
        } else {
            (Vec::new(), head)
        };
        Ok(Self {
            input,
            decoder: encoding.map(|encoding| encoding.new_decoder_with_bom_removal()),
            raw,
            ready,
            given,
            is_at_end: false,
        })
    }

    /// Decodes a block of the input.
    fn refill(&mut self) -> io::Result<()> {
        const BLOCK: usize = 16 << 10;
        let Some(decoder) = &mut self.decoder else {
            return Ok(());
        };
        let kept = self.raw.len();
        self.raw.resize(kept + BLOCK, 0);
        let read = self.input.read(&mut self.raw[kept..])?;
        self.raw.truncate(kept + read);
        self.is_at_end = read == 0;
        let most = decoder
            .max_utf8_buffer_length(self.raw.len())
            .unwrap_or(4 * BLOCK);
        self.ready.resize(most, 0);
        let (_, read, written, _) =
            decoder.decode_to_utf8(&self.raw, &mut self.ready, self.is_at_end);
        self.raw.drain(..read);
        self.ready.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() && self.decoder.is_none() {
            return self.input.read(buffer);
        }
        while self.given == self.ready.len() && !self.is_at_end {
            self.refill()?;
        }
        let read = (&self.ready[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> String {
        let mut text = String::new();
        Utf8::new(bytes)
            .expect("the test made it")
            .read_to_string(&mut text)
            .expect("the test made it");
        text
    }

    #[test]
    fn utf_16_and_marks_are_decoded() {
        let text = "<a>äŁ山😀</a>".repeat(5000);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide_big: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(decoded(&wide), text);
        assert_eq!(decoded(&wide_big), text);
        assert_eq!(decoded(format!("\u{feff}{text}").as_bytes()), text);
        assert_eq!(decoded(b""), "");
    }
}
