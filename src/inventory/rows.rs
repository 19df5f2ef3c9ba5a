//! The rows of all files.
//!
//! In: the sections that were read. Out: for every row whose it is, what it says and where it stands; rows are known by
//! their position among the rows of all files, in the order of reading.

use super::dictionary::Keyed;
use super::duplicates::{Groups, Seen, address_hash};
use super::meaning::{Lists, Meaning, Meanings};
use super::packed::{Address, DomainId, Domains};
use super::reading::{FilePlace, REJECTED, Section};
use super::remarks::Remark;
use crate::diagnostic::Place;

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

/// The rows of all files.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) files: Vec<File>,
    sections: Vec<Section>,
    /// Position of each section's first row.
    starts: Vec<u32>,
    /// What to add to the row numbers of each section.
    shifts: Vec<u64>,
    /// For each section the numbers of its meanings among all.
    translations: Vec<Vec<u32>>,
    pub(crate) domains: Domains,
    pub(crate) meanings: Vec<Meaning>,
    pub(crate) lists: Lists,
}

/// A section with what its position needs: the row number to add.
pub(crate) struct Placed {
    pub(crate) section: Section,
    pub(crate) shift: u64,
}

impl Rows {
    /// Puts sections together, in the order of reading.
    pub(crate) fn new(files: Vec<File>, placed: Vec<Placed>, hash: &Keyed) -> Self {
        let mut rows = Self {
            files,
            sections: Vec::new(),
            starts: Vec::new(),
            shifts: Vec::new(),
            translations: Vec::new(),
            domains: Domains::default(),
            meanings: Vec::new(),
            lists: Lists::new(hash.clone()),
        };
        let mut meanings = Meanings::new(hash.clone());
        let mut next = 0;
        for Placed { mut section, shift } in placed {
            let translation = rows.take_in(&section, &mut meanings);
            rows.translations.push(translation);
            let domains: Vec<DomainId> = section
                .domains
                .iter()
                .map(|domain| {
                    rows.domains
                        .find(domain)
                        .unwrap_or_else(|| rows.domains.add(domain))
                })
                .collect();
            section.rows.renumber_domains(&domains);
            rows.starts.push(next);
            rows.shifts.push(shift);
            next += u32::try_from(section.rows.len()).unwrap_or(u32::MAX);
            rows.sections.push(section);
        }
        rows.meanings = meanings.list;
        rows
    }

    fn take_in(&mut self, section: &Section, meanings: &mut Meanings) -> Vec<u32> {
        let lists = self.lists.take_in(&section.lists);
        let of_list = |list: u32| lists[list as usize];
        section
            .meanings
            .list
            .iter()
            .map(|meaning| {
                meanings.id(&Meaning {
                    values: of_list(meaning.values),
                    spelled: of_list(meaning.spelled),
                    ..*meaning
                })
            })
            .collect()
    }

    fn section(&self, row: u32) -> (usize, u32) {
        let section = self.starts.partition_point(|&start| start <= row) - 1;
        (section, row - self.starts[section])
    }

    /// The position of the file in which a row stands.
    pub(crate) fn file(&self, row: u32) -> usize {
        self.files.partition_point(|file| file.first <= row) - 1
    }

    /// The row's number in its file, as a person sees it.
    pub(crate) fn number(&self, row: u32) -> u64 {
        let (section, at) = self.section(row);
        self.sections[section].positions.number(at) + self.shifts[section]
    }

    /// The place of a row.
    pub(crate) fn place(&self, row: u32) -> Place {
        let file = self.file(row);
        self.files[file].place(file).row(self.number(row), None)
    }

    /// Whose row it is.
    pub(crate) fn address(&self, row: u32) -> Address<'_> {
        let (section, at) = self.section(row);
        self.sections[section]
            .rows
            .address(at as usize, &self.domains)
    }

    /// The number of what a row says, or [`REJECTED`].
    pub(crate) fn meaning(&self, row: u32) -> u32 {
        let (section, at) = self.section(row);
        let number = self.sections[section].rows.number(at as usize);
        self.translate(section, number)
    }

    /// The remark about a row.
    pub(crate) fn remark(&self, row: u32) -> Remark {
        let (section, at) = self.section(row);
        self.sections[section].remarks.get(at)
    }

    #[inline]
    fn translate(&self, section: usize, number: u32) -> u32 {
        match number {
            REJECTED => REJECTED,
            number => self.translations[section][number as usize],
        }
    }

    /// Hands on every row, in order: position, address, domain, number of the meaning or [`REJECTED`].
    pub(crate) fn for_each<'a>(&'a self, mut take: impl FnMut(u32, Address<'a>, DomainId, u32)) {
        let mut row = 0;
        for (at, section) in self.sections.iter().enumerate() {
            section
                .rows
                .for_each(&self.domains, |_, address, domain, number| {
                    take(row, address, domain, self.translate(at, number));
                    row += 1;
                });
        }
    }

    /// The rows that share their user with other rows.
    pub(crate) fn groups(&self, seen: Vec<Seen>, hash: &Keyed) -> Groups {
        let repeated = Seen::repeated(seen);
        let domains: Vec<u64> = self
            .domains
            .iter()
            .map(|domain| hash.bytes(domain.as_bytes()))
            .collect();
        let mut candidates = Vec::new();
        self.for_each(|row, address, domain, number| {
            if number == REJECTED {
                return;
            }
            let of_domain = match domains.get(usize::from(domain)) {
                Some(&hash) => hash,
                None => hash.bytes(address.at_domain().as_bytes()),
            };
            let hash = address_hash(hash, address.local().as_bytes(), of_domain);
            if repeated.has(hash) {
                candidates.push((hash, row));
            }
        });
        Groups::new(candidates, |row| self.address(row))
    }
}
