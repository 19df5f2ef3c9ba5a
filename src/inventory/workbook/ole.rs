//! The OLE2 file that an .xls or an encrypted workbook is.
//!
//! In: the file's bytes. Out: the names of its streams, and one stream's bytes. Chains of sectors are followed no further than there
//! are sectors, so that a chain in a circle ends: the library that reads the workbook afterwards would not.

use super::notice::{self, Refusal};

const HEADER: usize = 512;
const ENTRY: usize = 128;
const MINI_SECTOR: usize = 64;
/// Streams shorter than this lie in the mini stream.
const MINI_STREAM: usize = 4096;
/// Numbers from here on are no sectors but marks.
const MARKS: u32 = 0xffff_fffa;

/// A stream's line in the directory.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    start: u32,
    length: usize,
}

/// An OLE2 file.
#[derive(Debug)]
pub(super) struct Ole<'a> {
    bytes: &'a [u8],
    sector: usize,
    next: Vec<u32>,
    entries: Vec<Entry>,
    mini_next: Vec<u32>,
    mini_stream: Vec<u8>,
}

impl<'a> Ole<'a> {
    /// Reads the directory.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let header = Header::read(bytes)?;
        let mut ole = Self {
            bytes,
            sector: header.sector,
            next: Vec::new(),
            entries: Vec::new(),
            mini_next: Vec::new(),
            mini_stream: Vec::new(),
        };
        ole.next = ole.sector_table(&header)?;
        let directory = ole.chain(header.directory)?;
        ole.entries = directory.chunks_exact(ENTRY).map(entry).collect();
        let Some(root) = ole.entries.first().cloned() else {
            return Err(notice::damaged("its directory is empty"));
        };
        if header.mini_table < MARKS {
            ole.mini_next = numbers(&ole.chain(header.mini_table)?);
            ole.mini_stream = ole.chain(root.start)?;
        }
        Ok(ole)
    }

    /// Is there a stream of this name, without case?
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// A stream's bytes.
    pub(super) fn stream(&self, name: &str) -> Result<Vec<u8>, Refusal> {
        let Some(entry) = self.entry(name) else {
            return Err(notice::damaged(&format!("its stream {name} is missing")));
        };
        let mut stream = if entry.length < MINI_STREAM {
            self.mini_chain(entry.start)?
        } else {
            self.chain(entry.start)?
        };
        stream.truncate(entry.length);
        Ok(stream)
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// Which sector follows which: the table's own sectors are listed in the header and, for large files, in a chain.
    fn sector_table(&self, header: &Header) -> Result<Vec<u32>, Refusal> {
        let mut list = header.table.clone();
        let mut more = header.table_chain;
        let sectors = self.bytes.len() / self.sector + 1;
        for _ in 0..=sectors {
            if more >= MARKS {
                break;
            }
            let mut numbers = numbers(self.sector(more)?);
            more = numbers.pop().unwrap_or(u32::MAX);
            list.extend(numbers);
        }
        let mut next = Vec::new();
        for &number in list.iter().filter(|&&number| number < MARKS).take(sectors) {
            next.extend(numbers(self.sector(number)?));
        }
        Ok(next)
    }

    /// A sector's bytes; the last one of a file may be short.
    fn sector(&self, number: u32) -> Result<&'a [u8], Refusal> {
        let start = (number as usize)
            .saturating_add(1)
            .saturating_mul(self.sector);
        let end = start.saturating_add(self.sector).min(self.bytes.len());
        self.bytes
            .get(start..end)
            .filter(|sector| !sector.is_empty())
            .ok_or_else(notice::truncated)
    }

    fn chain(&self, start: u32) -> Result<Vec<u8>, Refusal> {
        let mut chain = Vec::new();
        follow(start, &self.next, |number| {
            chain.extend_from_slice(self.sector(number)?);
            Ok(())
        })?;
        Ok(chain)
    }

    fn mini_chain(&self, start: u32) -> Result<Vec<u8>, Refusal> {
        let mut chain = Vec::new();
        follow(start, &self.mini_next, |number| {
            let start = (number as usize).saturating_mul(MINI_SECTOR);
            let end = start
                .saturating_add(MINI_SECTOR)
                .min(self.mini_stream.len());
            let sector = self
                .mini_stream
                .get(start..end)
                .ok_or_else(notice::truncated)?;
            chain.extend_from_slice(sector);
            Ok(())
        })?;
        Ok(chain)
    }
}

/// Follows a chain of sectors to its end.
fn follow(
    start: u32,
    next: &[u32],
    mut take: impl FnMut(u32) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut number = start;
    for _ in 0..=next.len() {
        if number >= MARKS {
            return Ok(());
        }
        take(number)?;
        number = *next
            .get(number as usize)
            .ok_or_else(|| notice::damaged("a chain of its sectors leads nowhere"))?;
    }
    Err(notice::damaged("a chain of its sectors runs in a circle"))
}

#[derive(Debug)]
struct Header {
    sector: usize,
    directory: u32,
    mini_table: u32,
    table_chain: u32,
    table: Vec<u32>,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let header = bytes.get(..HEADER).ok_or_else(notice::truncated)?;
        let number = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let sector = match header[30] {
            9 => 512,
            12 => 4096,
            _ => return Err(notice::damaged("its sectors have an impossible size")),
        };
        Ok(Self {
            sector,
            directory: number(48),
            mini_table: number(60),
            table_chain: number(68),
            table: numbers(&header[76..]),
        })
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}

fn entry(bytes: &[u8]) -> Entry {
    let name: Vec<u16> = bytes[..64]
        .chunks_exact(2)
        .map(|two| u16::from_le_bytes([two[0], two[1]]))
        .take_while(|&unit| unit != 0)
        .collect();
    let tail = numbers(&bytes[116..124]);
    Entry {
        name: String::from_utf16_lossy(&name),
        start: tail[0],
        length: tail[1] as usize,
    }
}
