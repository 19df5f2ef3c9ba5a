//! The records of a binary part.
//!
//! In: the part's bytes. Out: type and data of each record, of which only the beginning is kept.

use std::io::{self, Read};

/// Bytes of a record that are kept: enough for every number that we look at, and for the names of sheets.
const KEPT: u64 = 4096;

/// A record.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) kind: u16,
    /// Its length in the file.
    pub(super) length: usize,
    /// Its first bytes.
    pub(super) data: Vec<u8>,
}

impl Record {
    /// A number of four bytes.
    pub(super) fn number(&self, at: usize) -> Option<u32> {
        let bytes = self.data.get(at..at + 4)?;
        Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// A text behind its length in characters, and where it ends.
    pub(super) fn text(&self, at: usize) -> Option<(String, usize)> {
        let length = usize::try_from(self.number(at)?).ok()?;
        let end = length.checked_mul(2)?.checked_add(at + 4)?;
        let units: Vec<u16> = self
            .data
            .get(at + 4..end)?
            .chunks_exact(2)
            .map(|two| u16::from_le_bytes([two[0], two[1]]))
            .collect();
        Some((String::from_utf16_lossy(&units), end))
    }
}

/// Reads the next record into `record`; `false` at the end of the part.
pub(super) fn next(input: &mut impl Read, record: &mut Record) -> io::Result<bool> {
    let Some(first) = byte(input)? else {
        return Ok(false);
    };
    record.kind = u16::from(first & 0x7f);
    if first >= 0x80 {
        record.kind |= u16::from(wanted_byte(input)? & 0x7f) << 7;
    }
    record.length = 0;
    for shift in (0..28).step_by(7) {
        let part = wanted_byte(input)?;
        record.length |= usize::from(part & 0x7f) << shift;
        if part < 0x80 {
            break;
        }
    }
    record.data.clear();
    let length = record.length as u64;
    let kept = input
        .by_ref()
        .take(length.min(KEPT))
        .read_to_end(&mut record.data)? as u64;
    let skipped = io::copy(&mut input.by_ref().take(length - kept), &mut io::sink())?;
    if kept + skipped < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(true)
}

fn byte(input: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
}

fn wanted_byte(input: &mut impl Read) -> io::Result<u8> {
    byte(input)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
