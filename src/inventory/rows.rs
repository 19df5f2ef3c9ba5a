//! The rows of all files.
//!
//! In: the sections that were read. Out: for every row whose it is, what it says and where it stands; rows are known by
//! their position among the rows of all files, in the order of reading.

use super::address::Address;
use super::dictionary::Keyed;
use super::duplicates::{Groups, Seen};
use super::meaning::{Lists, Meaning, Rare};
use super::packed::{CHUNK, Chunk, DomainId, Domains};
use super::positions::Positions;
use super::reading::{FilePlace, REJECTED, Section, Vocabulary};
use super::remarks::{Remark, Remarks};
use super::table::Table;
use crate::diagnostic::Place;
use crate::threads::{Threads, in_parts};

/// A file that was read.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) sheet: Option<String>,
    /// Position of its first row.
    pub(crate) first: u32,
}

impl File {
    pub(crate) fn place(&self, number: usize) -> FilePlace<'_> {
        FilePlace {
            file: &self.name,
            sheet: self.sheet.as_deref(),
            number,
        }
    }
}

/// What is known about a stretch of rows beside their addresses.
#[derive(Debug)]
struct Stretch {
    /// Position of its first row, and its first chunk.
    start: u32,
    chunk: usize,
    positions: Positions,
    /// What to add to its row numbers.
    shift: u64,
    remarks: Remarks,
}

/// The rows of all files.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) files: Vec<File>,
    stretches: Vec<Stretch>,
    /// The addresses with the numbers of their meanings, or [`REJECTED`].
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) domains: Domains,
    pub(crate) meanings: Vec<Meaning>,
    pub(crate) rare: Vec<Rare>,
}

/// A section with what its position needs: the row number to add, and in which of the vocabularies stands what its rows say.
pub(crate) struct Placed {
    pub(crate) section: Section,
    pub(crate) shift: u64,
    pub(crate) vocabulary: usize,
}

/// A vocabulary's numbers among those of all.
struct Numbers {
    domains: Vec<DomainId>,
    meanings: Vec<u32>,
}

/// What the rows of all sections say.
struct Said {
    meanings: Table<Meaning>,
    rare: Table<Rare>,
    lists: Lists,
}

impl Said {
    /// Takes in what rows say; gives the new number of each meaning.
    fn take_in(&mut self, vocabulary: &Vocabulary) -> Vec<u32> {
        let lists = self.lists.take_in(&vocabulary.lists);
        let rare = vocabulary.rare.iter().map(|&row| self.rare.number(row));
        let rare: Vec<u32> = rare.collect();
        let meanings = vocabulary.meanings.iter().map(|meaning| {
            self.meanings.number(Meaning {
                values: lists[meaning.values as usize],
                rare: rare[meaning.rare as usize],
                ..*meaning
            })
        });
        meanings.collect()
    }
}

impl Rows {
    /// Puts sections together, in the order of reading; the lists are those of the rows' meanings.
    pub(crate) fn new(
        files: Vec<File>,
        placed: Vec<Placed>,
        vocabularies: &[Vocabulary],
        hash: &Keyed,
    ) -> (Self, Lists) {
        let mut rows = Self {
            files,
            stretches: Vec::new(),
            chunks: Vec::new(),
            domains: Domains::default(),
            meanings: Vec::new(),
            rare: Vec::new(),
        };
        let mut said = Said {
            meanings: Table::new(hash),
            rare: Table::new(hash),
            lists: Lists::new(hash),
        };
        said.rare.number(Rare::default());
        let numbers: Vec<Numbers> = vocabularies
            .iter()
            .map(|vocabulary| Numbers {
                domains: vocabulary
                    .domains
                    .iter()
                    .map(|domain| rows.domains.id(domain))
                    .collect(),
                meanings: said.take_in(vocabulary),
            })
            .collect();
        let mut start = 0;
        for placed in placed {
            let length = u32::try_from(placed.section.rows.len()).unwrap_or(u32::MAX);
            let number = placed.vocabulary;
            let domains = &vocabularies[number].domains;
            rows.take_in(placed, (domains, &numbers[number]), start);
            start += length;
        }
        rows.meanings = said.meanings.into_list();
        rows.rare = said.rare.into_list();
        (rows, said.lists)
    }

    fn take_in(&mut self, placed: Placed, (old, numbers): (&Domains, &Numbers), start: u32) {
        let Placed { section, shift, .. } = placed;
        let new = &numbers.meanings;
        self.stretches.push(Stretch {
            start,
            chunk: self.chunks.len(),
            positions: section.positions,
            shift,
            remarks: section.remarks,
        });
        let is_new = (0..).zip(new).any(|(old, &new)| old != new);
        for mut chunk in section.rows.chunks {
            if is_new {
                for number in chunk
                    .numbers
                    .iter_mut()
                    .filter(|number| **number != REJECTED)
                {
                    *number = new[*number as usize];
                }
            }
            chunk.renumber_domains(old, &numbers.domains);
            self.chunks.push(chunk);
        }
    }

    fn stretch(&self, row: u32) -> (&Stretch, u32) {
        let at = self
            .stretches
            .partition_point(|stretch| stretch.start <= row);
        let stretch = &self.stretches[at - 1];
        (stretch, row - stretch.start)
    }

    /// The chunk of a row and the position in it.
    fn chunk(&self, row: u32) -> (&Chunk, usize) {
        let (stretch, at) = self.stretch(row);
        let at = at as usize;
        (&self.chunks[stretch.chunk + at / CHUNK], at % CHUNK)
    }

    /// The position of the file in which a row stands.
    pub(crate) fn file(&self, row: u32) -> usize {
        self.files.partition_point(|file| file.first <= row) - 1
    }

    /// The row's number in its file, as a person sees it.
    pub(crate) fn number(&self, row: u32) -> u64 {
        let (stretch, at) = self.stretch(row);
        stretch.positions.number(at) + stretch.shift
    }

    /// The place of a row.
    pub(crate) fn place(&self, row: u32) -> Place {
        let file = self.file(row);
        self.files[file].place(file).row(self.number(row), None)
    }

    /// Whose row it is.
    pub(crate) fn address(&self, row: u32) -> Address<'_> {
        let (chunk, at) = self.chunk(row);
        chunk.address(at, &self.domains)
    }

    /// The number of what a row says.
    pub(crate) fn meaning_number(&self, row: u32) -> u32 {
        let (chunk, at) = self.chunk(row);
        chunk.numbers[at]
    }

    /// What a row says, which is not rejected for itself.
    pub(crate) fn meaning(&self, row: u32) -> &Meaning {
        &self.meanings[self.meaning_number(row) as usize]
    }

    /// The remark about a row.
    pub(crate) fn remark(&self, row: u32) -> Remark {
        let (stretch, at) = self.stretch(row);
        stretch.remarks.get(at)
    }

    /// The chunks, each with the position of its first row.
    pub(crate) fn with_starts(&self) -> Vec<(u32, &Chunk)> {
        let mut start = 0;
        self.chunks
            .iter()
            .map(|chunk| {
                let first = start;
                start += u32::try_from(chunk.len()).unwrap_or(u32::MAX);
                (first, chunk)
            })
            .collect()
    }

    /// The rows that share their user with other rows.
    pub(crate) fn groups(&self, seen: Vec<Seen>, hash: &Keyed, threads: Threads) -> Groups {
        let repeated = Seen::repeated(seen);
        let domains: Vec<u64> = self
            .domains
            .iter()
            .map(|domain| hash.bytes(domain))
            .collect();
        let parts = in_parts(&self.with_starts(), threads, |chunks| {
            let mut candidates = Vec::new();
            for &(start, chunk) in chunks {
                let mut row = start;
                chunk.for_each_hash(hash, &domains, |number, hash| {
                    if number != REJECTED && repeated.has(hash) {
                        candidates.push((hash, row));
                    }
                    row += 1;
                });
            }
            // Sorted stretches are put together quickly.
            candidates.sort_unstable();
            candidates
        });
        Groups::new(parts.concat(), |row| self.address(row))
    }
}
