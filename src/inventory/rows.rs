//! The rows of all files.
//!
//! In: the sections that were read. Out: for every row whose it is, what it says and where it stands; rows are known by
//! their position among the rows of all files, in the order of reading.

use super::address::Address;
use super::chunk::{CHUNK, Chunk};
use super::dictionary::Keyed;
use super::domains::{DomainId, Domains};
use super::duplicates::{Candidates, Groups, Seen};
use super::meaning::{Lists, Meaning, Rare};
use super::positions::Positions;
use super::reading::{FilePlace, REJECTED, Section, Vocabulary};
use super::remarks::{Remark, Remarks};
use super::table::Table;
use crate::diagnostic::Place;
use crate::threads::{Threads, in_parts, in_parts_mut};

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
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) files: Vec<File>,
    stretches: Vec<Stretch>,
    /// For each [`NEAR`] rows the stretch in which the first of them stands, and for those behind the last the last stretch.
    near: Vec<u32>,
    /// The addresses with the numbers of their meanings, or [`REJECTED`].
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) domains: Domains,
    /// What rows say; some of it may stand there more than once.
    pub(crate) meanings: Vec<Meaning>,
    /// The numbers of all meanings that rows have, in the order in which they have them first.
    pub(crate) in_order: Vec<u32>,
    pub(crate) rare: Vec<Rare>,
}

/// For so many rows it is known about where they are: the stretch of a row is looked for among few.
const NEAR: u32 = 1 << 12;

/// A section with what its position needs: the row number to add, and in which of the vocabularies stands what its rows say.
pub(crate) struct Placed {
    pub(crate) section: Section,
    pub(crate) shift: u64,
    pub(crate) vocabulary: usize,
}

/// A vocabulary's numbers among those of all.
struct Numbers {
    /// The number of its first meaning; those of the others follow.
    first: u32,
    /// How many meanings it has.
    meanings: usize,
    own_domains: Domains,
    domains: Vec<DomainId>,
    are_domains_new: bool,
    lists: Vec<u32>,
    rare: Vec<u32>,
}

impl Numbers {
    /// For each of some sections that this vocabulary was made by, the meanings that rows have there first, in their order.
    fn firsts<'a>(&self, sections: impl Iterator<Item = &'a Section> + Clone) -> Vec<Vec<u32>> {
        let new = sections.clone().map(|section| section.new_meanings.clone());
        let mut known = 0;
        let follow = new
            .clone()
            .all(|new| std::mem::replace(&mut known, new.end) == new.start);
        if follow && known as usize == self.meanings {
            return new
                .map(|new| new.map(|own| self.first + own).collect())
                .collect();
        }
        // Something was read in vain, or in another order.
        let mut is_known = vec![false; self.meanings];
        let firsts = sections.map(|section| {
            let mut firsts = Vec::new();
            for own in section.rows.chunks.iter().flat_map(Chunk::numbers) {
                if own != REJECTED && !is_known[own as usize] {
                    is_known[own as usize] = true;
                    firsts.push(self.first + own);
                }
            }
            firsts
        });
        firsts.collect()
    }

    /// Says what a row of this vocabulary says in the numbers that all have.
    fn renumber_meaning(&self, meaning: &mut Meaning) {
        meaning.values = self.lists[meaning.values as usize];
        meaning.rare = self.rare[meaning.rare as usize];
    }

    /// Gives the rows of a chunk the numbers that all have.
    fn renumber(&self, chunk: &mut Chunk) {
        if self.first > 0 {
            let said = chunk.numbers_mut();
            for number in said.filter(|number| **number != REJECTED) {
                *number += self.first;
            }
        }
        if self.are_domains_new {
            chunk.renumber_domains(&self.own_domains, &self.domains);
        }
    }
}

/// What the rows of all sections say.
struct Said {
    meanings: usize,
    rare: Table<Rare>,
    lists: Lists,
}

impl Said {
    fn new(hash: &Keyed) -> Self {
        let mut rare = Table::new(hash);
        rare.number(Rare::default());
        Self {
            meanings: 0,
            rare,
            lists: Lists::new(hash),
        }
    }

    /// Takes in what the rows of a vocabulary say, but for its meanings: most of them are its own, and what follows from those
    /// that others have too is the same.
    fn take_in(
        &mut self,
        vocabulary: Vocabulary,
        domains: &mut Domains,
    ) -> (Numbers, Vec<Meaning>) {
        let own_domains = vocabulary.domains;
        let ids: Vec<DomainId> = own_domains
            .iter()
            .map(|domain| domains.id(domain))
            .collect();
        let mut pairs = ids.iter().enumerate();
        let rare = vocabulary.rare.iter().map(|&row| self.rare.number(row));
        let numbers = Numbers {
            first: number(self.meanings),
            meanings: vocabulary.meanings.len(),
            are_domains_new: pairs.any(|(old, &new)| old != usize::from(new)),
            domains: ids,
            own_domains,
            rare: rare.collect(),
            lists: self.lists.take_in(&vocabulary.lists),
        };
        self.meanings += vocabulary.meanings.len();
        (numbers, vocabulary.meanings)
    }
}

/// The meanings of all vocabularies in the order in which rows have them first, whichever thread read them. Those that no row
/// has are not among them: parts that were read in vain leave such behind.
fn in_order(numbers: &[Numbers], placed: &[Placed], threads: Threads) -> Vec<u32> {
    if let [only] = numbers {
        // One thread met them in this order.
        return (0..number(only.meanings)).collect();
    }
    let with_positions: Vec<(usize, &Numbers)> = numbers.iter().enumerate().collect();
    let firsts = in_parts(&with_positions, threads, |numbers| {
        let firsts = numbers.iter().map(|&(vocabulary, numbers)| {
            let own = placed.iter().filter(|one| one.vocabulary == vocabulary);
            numbers.firsts(own.map(|one| &one.section)).into_iter()
        });
        firsts.collect::<Vec<_>>()
    });
    let mut firsts: Vec<_> = firsts.into_iter().flatten().collect();
    let mut all = Vec::with_capacity(numbers.iter().map(|numbers| numbers.meanings).sum());
    for one in placed {
        all.extend(firsts[one.vocabulary].next().into_iter().flatten());
    }
    all
}

/// The meanings of all vocabularies, one behind the other, in the numbers that all have.
fn all_meanings(
    numbers: &[Numbers],
    mut meanings: Vec<Vec<Meaning>>,
    threads: Threads,
) -> Vec<Meaning> {
    let mut of_vocabularies: Vec<_> = numbers.iter().zip(&mut meanings).collect();
    in_parts_mut(&mut of_vocabularies, threads, |some| {
        for (numbers, meanings) in some {
            meanings
                .iter_mut()
                .for_each(|meaning| numbers.renumber_meaning(meaning));
        }
    });
    let mut parts = meanings.into_iter();
    let mut all = parts.next().unwrap_or_default();
    all.reserve_exact(parts.as_slice().iter().map(Vec::len).sum());
    parts.for_each(|mut part| all.append(&mut part));
    all
}

impl Rows {
    /// Puts sections together, in the order of reading; the lists are those of the rows' meanings.
    pub(crate) fn new(
        files: Vec<File>,
        placed: Vec<Placed>,
        (vocabularies, hash): (Vec<Vocabulary>, &Keyed),
        threads: Threads,
    ) -> (Self, Lists) {
        let mut rows = Self {
            files,
            ..Self::default()
        };
        let mut said = Said::new(hash);
        let vocabularies = vocabularies.into_iter();
        let (numbers, meanings): (Vec<Numbers>, Vec<_>) = vocabularies
            .map(|vocabulary| said.take_in(vocabulary, &mut rows.domains))
            .unzip();
        rows.in_order = in_order(&numbers, &placed, threads);
        rows.meanings = all_meanings(&numbers, meanings, threads);
        let (mut start, mut chunks) = (0, Vec::new());
        for placed in placed {
            let length = u32::try_from(placed.section.rows.len()).unwrap_or(u32::MAX);
            rows.take_in(placed, start, &mut chunks);
            start += length;
        }
        rows.find_near(start);
        in_parts_mut(&mut chunks, threads, |chunks| {
            for (chunk, vocabulary) in chunks {
                numbers[*vocabulary].renumber(chunk);
            }
        });
        rows.chunks = chunks.into_iter().map(|(chunk, _)| chunk).collect();
        rows.rare = said.rare.into_list();
        (rows, said.lists)
    }

    /// Takes in a section; its chunks go behind the others, each with its vocabulary.
    fn take_in(&mut self, placed: Placed, start: u32, chunks: &mut Vec<(Chunk, usize)>) {
        let Placed {
            section,
            shift,
            vocabulary,
        } = placed;
        self.stretches.push(Stretch {
            start,
            chunk: chunks.len(),
            positions: section.positions,
            shift,
            remarks: section.remarks,
        });
        chunks.extend(
            section
                .rows
                .chunks
                .into_iter()
                .map(|chunk| (chunk, vocabulary)),
        );
    }

    /// Notes where so many rows are, about.
    fn find_near(&mut self, rows: u32) {
        let mut stretch = 0;
        for first in (0..rows).step_by(NEAR as usize) {
            while (self.stretches.get(stretch + 1)).is_some_and(|next| next.start <= first) {
                stretch += 1;
            }
            self.near.push(number(stretch));
        }
        self.near
            .push(number(self.stretches.len().saturating_sub(1)));
    }

    #[inline]
    fn stretch(&self, row: u32) -> (&Stretch, u32) {
        let near = (row / NEAR) as usize;
        let (first, last) = (self.near[near] as usize, self.near[near + 1] as usize);
        let later = &self.stretches[first + 1..=last];
        let at = first + later.partition_point(|stretch| stretch.start <= row);
        let stretch = &self.stretches[at];
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
        chunk.number(at)
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

    /// The addresses of the rows; everything else is given back.
    pub(crate) fn into_addresses(self) -> (Vec<Chunk>, Domains) {
        (self.chunks, self.domains)
    }

    /// The rows that share their user with other rows.
    pub(crate) fn groups(&self, seen: Vec<Seen>, hash: &Keyed, threads: Threads) -> Groups {
        let repeated = Seen::repeated(seen, threads);
        let domains: Vec<u64> = self
            .domains
            .iter()
            .map(|domain| hash.bytes(domain))
            .collect();
        let parts = in_parts(&self.with_starts(), threads, |chunks| {
            let mut candidates = Candidates::new(threads);
            for &(start, chunk) in chunks {
                chunk.for_some_hashes(hash, &domains, |first, hashes| {
                    let mut found = repeated.among(hashes);
                    while found != 0 {
                        let number = found.trailing_zeros();
                        let at = first + number as usize;
                        if chunk.number(at) != REJECTED {
                            candidates.push(hashes[number as usize], start + at as u32);
                        }
                        found &= found - 1;
                    }
                });
            }
            candidates
        });
        // Putting them in order takes room: what has chosen them goes before.
        drop(repeated);
        Groups::new(&parts, |row| self.address(row))
    }
}

/// A position as it is stored.
fn number(stretch: usize) -> u32 {
    // There are no more of them than rows, which fit, and files.
    u32::try_from(stretch).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sections_that_say_what_is_new_in_them_are_right_about_it(
            said in proptest::collection::vec(proptest::collection::vec(0_u32..20, 0..9), 0..9),
        ) {
            // Numbers are given in the order of the rows.
            let mut met: Vec<u32> = Vec::new();
            let sections = said.into_iter().map(|said| {
                let (mut section, known) = (Section::default(), number(met.len()));
                for what in said {
                    let own = met.iter().position(|&other| other == what);
                    let own = own.unwrap_or_else(|| {
                        met.push(what);
                        met.len() - 1
                    });
                    section.rows.push(b"a", b"@b", 0, number(own));
                    section.rows.push(b"", b"", 0, REJECTED);
                }
                section.new_meanings = known..number(met.len());
                section
            });
            let mut sections: Vec<Section> = sections.collect();
            let numbers = Numbers {
                first: 7,
                meanings: met.len(),
                own_domains: Domains::default(),
                domains: Vec::new(),
                are_domains_new: false,
                lists: Vec::new(),
                rare: Vec::new(),
            };
            let told = numbers.firsts(sections.iter());
            sections.iter_mut().for_each(|section| section.new_meanings = 1..1);
            prop_assert_eq!(numbers.firsts(sections.iter()), told);
        }

        #[test]
        fn every_row_is_in_its_stretch(lengths in proptest::collection::vec(prop_oneof![0..3_u32, 0..3 * NEAR], 1..20)) {
            let mut rows = Rows::default();
            let mut start = 0;
            for &length in &lengths {
                rows.stretches.push(Stretch {
                    start,
                    chunk: 0,
                    positions: Positions::default(),
                    shift: 0,
                    remarks: Remarks::default(),
                });
                start += length;
            }
            rows.find_near(start);
            for (stretch, &length) in rows.stretches.iter().zip(&lengths) {
                for at in [0, 1, length / 2, length.saturating_sub(1)] {
                    if at < length {
                        let (found, own) = rows.stretch(stretch.start + at);
                        prop_assert_eq!((found.start, own), (stretch.start, at));
                    }
                }
            }
        }
    }
}
