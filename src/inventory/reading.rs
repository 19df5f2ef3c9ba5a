//! One stretch of a file -> its rows: the loop that sees every row of ten million users.
//!
//! In: records below a header. Out: a [`Section`]: for every row its address and the number of what it says. Cells are looked
//! up in dictionaries; only texts never seen before go to the [`Interpreter`], which all sections share.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard};

use memchr::memrchr;

use super::batch::Batch;
use super::cell;
use super::columns::{Field, Layout};
use super::dictionary::Keyed;
use super::domains::{DomainFinder, Domains};
use super::duplicates::Seen;
use super::interpreter::Interpreter;
use super::meaning::{Flags, Lists, Meaning, NOTHING, Rare};
use super::notices::Notices;
use super::packed::Packed;
use super::plain::{Addresses, address_hash, bare};
use super::positions::Positions;
use super::problem::{Problem, of_row};
use super::record::{DateSystem, ReadError, Record, Records};
use super::remarks::{Remark, Remarks, Watch};
use super::roles::{BAD, Column, Role, columns};
use super::sample::Sample;
use super::shortcut::{Combination, Shortcut, UNKNOWN};
use super::table::{Numbered, Table};

/// In place of a meaning: the row is rejected for what stands in it.
pub(crate) const REJECTED: u32 = u32::MAX;

/// The rows of one stretch of a file.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// Addresses, with the number of the meaning or [`REJECTED`].
    pub(crate) rows: Packed,
    /// Where the rows stand; counted from the beginning of the section.
    pub(crate) positions: Positions,
    pub(crate) remarks: Remarks,
    pub(crate) notices: Notices,
    /// Rows with fewer cells than the header, and the first of them.
    pub(crate) short: u64,
    pub(crate) first_short: u64,
    pub(crate) rejected: u64,
    /// How many cells beyond the last header a rejected row has at most.
    pub(crate) extra: usize,
    /// The meanings that its rows were the first to have among all sections of the vocabulary that were read until then; rows have
    /// them first in the order of these numbers.
    pub(crate) new_meanings: Range<u32>,
}

impl Section {
    /// Adds rows that follow each other, the first of them with this number, with plain addresses.
    fn keep(&mut self, row: u64, addresses: &Addresses, some: Range<usize>, meanings: &[u32]) {
        self.positions.push_all(self.rows.len(), row, some.len());
        self.rows.push_plain(addresses, some, meanings);
    }
}

/// What the rows of sections say that were read one after the other, most of it once.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    pub(crate) domains: Domains,
    pub(crate) meanings: Vec<Meaning>,
    pub(crate) rare: Table<Rare>,
    pub(crate) lists: Lists,
}

impl Vocabulary {
    fn new(hash: &Keyed) -> Self {
        let mut rare = Table::new(hash);
        rare.number(Rare::default());
        Self {
            domains: Domains::default(),
            meanings: Vec::new(),
            rare,
            lists: Lists::new(hash),
        }
    }

    /// How many different things rows say.
    fn count(&self) -> u32 {
        u32::try_from(self.meanings.len()).unwrap_or(u32::MAX)
    }

    /// Adds something that rows say; its number.
    fn add(&mut self, meaning: Meaning) -> u32 {
        let number = self.count();
        self.meanings.push(meaning);
        number
    }
}

/// What the sections of an import have in common.
pub(crate) struct Common<'a> {
    pub(crate) interpreter: Mutex<Interpreter<'a>>,
    /// The hash for everything that comes from files.
    pub(crate) hash: Keyed,
}

impl<'a> Common<'a> {
    /// The interpreter; a thread that panicked while it held it left it whole.
    pub(crate) fn interpreter(&self) -> MutexGuard<'_, Interpreter<'a>> {
        self.interpreter
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How places in a file are named.
#[derive(Clone, Copy)]
pub(crate) struct FilePlace<'c> {
    pub(crate) file: &'c str,
    pub(crate) sheet: Option<&'c str>,
    /// The file's position among the sources.
    pub(crate) number: usize,
}

impl FilePlace<'_> {
    pub(crate) fn row(&self, row: u64, column: Option<String>) -> crate::diagnostic::Place {
        crate::diagnostic::Place::Row {
            file: self.file.to_owned(),
            sheet: self.sheet.map(str::to_owned),
            row,
            column,
        }
    }
}

/// Reads rows of one layout.
pub(crate) struct Reading<'a, 'c> {
    common: &'c Common<'a>,
    layout: &'c Layout,
    system: DateSystem,
    file: FilePlace<'c>,
    /// The columns that matter, first choice of a role first.
    columns: Vec<Column>,
    watched: Vec<Watch>,
    /// What the row says in each role.
    numbers: Vec<u32>,
    sip: Vec<usize>,
    domains: DomainFinder,
    /// The addresses of a batch.
    addresses: Addresses,
    /// The address of the row.
    address: Vec<u8>,
    /// What rows said that took no shortcut, and the numbers of that.
    met: Numbered<Meaning>,
    /// The first rows, until there are enough of them to know what most rows are like.
    sample: Option<Sample>,
    shortcut: Option<Box<Shortcut>>,
    vocabulary: Vocabulary,
    section: Section,
}

impl<'a, 'c> Reading<'a, 'c> {
    pub(crate) fn new(
        common: &'c Common<'a>,
        layout: &'c Layout,
        system: DateSystem,
        file: FilePlace<'c>,
    ) -> Self {
        let hash = &common.hash;
        let columns = columns(layout, common);
        let watched = Watch::all(layout);
        Self {
            common,
            layout,
            system,
            file,
            sample: Some(Shortcut::sample(&columns, &watched, hash)),
            shortcut: None,
            columns,
            watched,
            numbers: vec![NOTHING; Role::FIXED + layout.keys.len()],
            sip: layout.columns(Field::Sip).to_vec(),
            domains: DomainFinder::new(hash),
            addresses: Addresses::default(),
            address: Vec::new(),
            met: Numbered::new(hash),
            vocabulary: Vocabulary::new(hash),
            section: Section::default(),
        }
    }

    /// Reads records until they end; what they say is kept for those that are read next.
    pub(crate) fn read<R: Records + ?Sized>(
        &mut self,
        records: &mut R,
        seen: &mut Seen,
    ) -> Result<Section, ReadError> {
        let known = self.vocabulary.count();
        let result = self.read_all(records, seen);
        self.section.new_meanings = known..self.vocabulary.count();
        let next = self.section.rows.another();
        self.section.remarks.shrink();
        let section = std::mem::take(&mut self.section);
        self.section.rows = next;
        result.map(|()| section)
    }

    fn read_all<R: Records + ?Sized>(
        &mut self,
        records: &mut R,
        seen: &mut Seen,
    ) -> Result<(), ReadError> {
        if !records.has_batches() || !self.layout.extra_columns().is_empty() {
            self.sample = None;
        }
        loop {
            if self.shortcut.is_some()
                && let Some(batch) = records.next_batch(self.layout.headers.len())?
            {
                self.rows(&batch, seen);
            } else if let Some(record) = records.next_record()? {
                self.row(&record, seen);
            } else {
                return Ok(());
            }
        }
    }

    /// What the rows say that were read.
    pub(crate) fn finish(self) -> Vocabulary {
        Vocabulary {
            domains: self.domains.domains,
            ..self.vocabulary
        }
    }

    /// Reads rows as most are, with few looks at each; those that are not are read [with care](Self::row).
    fn rows(&mut self, batch: &Batch<'_>, seen: &mut Seen) {
        let Some(mut shortcut) = self.shortcut.take() else {
            return;
        };
        let of = (self.common, self.system);
        let looks = shortcut.look(batch, &mut self.columns, of);
        let sip = self.sip.first().map_or(0, |&sip| sip);
        let hash = &self.common.hash;
        self.addresses.look(batch, sip, &mut self.domains, hash);
        let mut meanings = shortcut.meanings(&looks.combinations, batch.len());
        let odd = looks.doubtful | self.addresses.odd();
        let (mut fields, mut first) = (Vec::new(), 0);
        while first < batch.len() {
            let usual = (odd >> first).trailing_zeros() as usize;
            let some = first..batch.len().min(first + usual);
            for number in some.clone() {
                if meanings[number] == UNKNOWN {
                    meanings[number] = self.number(looks.combinations[number], &mut shortcut);
                }
            }
            seen.note_all(self.addresses.hashes(some.clone()));
            self.section.remarks.extend(&looks.remarks[some.clone()]);
            let row = batch.row + first as u64;
            self.section
                .keep(row, &self.addresses, some.clone(), &meanings);
            first = some.end + 1;
            if some.end < batch.len() {
                self.row(&batch.record(some.end, &mut fields), seen);
            }
        }
        if looks.is_too_varied {
            shortcut = Box::new(shortcut.taken_apart(&self.columns, &self.watched, self.common));
        }
        self.shortcut = Some(shortcut);
    }

    /// The number of what a combination says.
    fn number(&mut self, combination: Combination, shortcut: &mut Shortcut) -> u32 {
        shortcut.meaning(combination).unwrap_or_else(|| {
            let meaning = self.meaning_of(shortcut.numbers(combination));
            let number = self.vocabulary.add(meaning);
            shortcut.learn(combination, number);
            number
        })
    }

    /// What a row says, whose columns that matter say these numbers.
    fn meaning_of(&mut self, said: &[u32]) -> Meaning {
        self.numbers.fill(NOTHING);
        for (column, &number) in self.columns.iter().zip(said) {
            let place = &mut self.numbers[column.slot];
            if *place == NOTHING {
                *place = number;
            }
        }
        self.meaning()
    }

    /// Reads any row.
    fn row(&mut self, record: &Record<'_>, seen: &mut Seen) {
        self.take_address(record);
        let at = memrchr(b'@', &self.address);
        if at.is_none() && is_no_row(record) {
            return;
        }
        self.count(record, self.section.rows.len());
        let is_understood = self.understand(record);
        let is_suspect = at.is_none() || may_have_extra(record, self.layout);
        let is_good = is_understood && (!is_suspect || self.whole(record).is_none());
        if is_good {
            let meaning = self.meaning();
            self.keep(meaning, at, seen);
        } else {
            self.reject(record);
        }
        let remark = Remark::of(record, &self.watched);
        self.section.remarks.push(remark);
        self.look_for_shortcut(record);
    }

    /// Once enough rows were read, looks for a shortcut through the others.
    fn look_for_shortcut(&mut self, record: &Record<'_>) {
        let is_enough = match &mut self.sample {
            Some(sample) => sample.note(record),
            None => false,
        };
        if is_enough && let Some(sample) = self.sample.take() {
            let shortcut = Shortcut::new(&sample, &self.columns, &self.watched, self.common);
            self.shortcut = Some(Box::new(shortcut));
        }
    }

    /// Takes the address of a record, lower case and without `sip:`.
    #[inline]
    fn take_address(&mut self, record: &Record<'_>) {
        self.address.clear();
        for &column in &self.sip {
            let bytes = record.bytes(column);
            let is_plain = !bytes.is_empty() && bytes[0] != b'\'' && is_graphic(bytes);
            if is_plain {
                let (bare, _) = bare((bytes, bytes.len()));
                self.address.extend_from_slice(bare);
                self.address.make_ascii_lowercase();
            } else if !bytes.is_empty() {
                let address = cell::address(record.text(column));
                self.address.extend_from_slice(address.as_bytes());
            }
            if !self.address.is_empty() {
                return;
            }
        }
    }

    #[inline]
    fn count(&mut self, record: &Record<'_>, position: usize) {
        let section = &mut self.section;
        section.positions.push(position, record.row());
        if record.len() < self.layout.headers.len() {
            if section.short == 0 {
                section.first_short = record.row();
            }
            section.short += 1;
        }
    }

    /// Looks up what the cells say; false if one of them cannot be understood.
    #[inline]
    fn understand(&mut self, record: &Record<'_>) -> bool {
        self.numbers.fill(NOTHING);
        let mut is_good = true;
        for column in &mut self.columns {
            if self.numbers[column.slot] == NOTHING {
                let number = column.number(record, self.common, self.system);
                self.numbers[column.slot] = number;
                is_good &= number != BAD;
            }
        }
        is_good
    }

    /// What the row says.
    #[inline]
    fn meaning(&mut self) -> Meaning {
        let number = |role: Role| self.numbers[role as usize];
        let vocabulary = &mut self.vocabulary;
        let lists = &mut vocabulary.lists;
        let values = self.numbers[Role::FIXED..].iter();
        let values = values.fold(0, |list, &number| lists.push(list, number));
        let rare = Rare {
            add_ins: number(Role::AddIns),
            license_end: number(Role::LicenseEnd),
            seen: number(Role::LastSeen),
        };
        Meaning {
            pool: number(Role::Pool),
            clients: number(Role::Clients),
            values,
            rare: if rare == Rare::default() {
                0
            } else {
                vocabulary.rare.number(rare)
            },
            flags: Flags::new(
                number(Role::GroupChat),
                number(Role::PicEnabled),
                number(Role::Organizer),
                number(Role::Providers),
            ),
        }
    }

    /// What is wrong with the row as a whole.
    #[cold]
    fn whole(&self, record: &Record<'_>) -> Option<Problem> {
        of_row(record, self.layout, &String::from_utf8_lossy(&self.address))
    }

    #[cold]
    fn reject(&mut self, record: &Record<'_>) {
        for problem in self.problems(record) {
            let notices = &mut self.section.notices;
            notices.reject(&self.file, record.row(), &problem);
        }
        let extra = record.len().saturating_sub(self.layout.headers.len())
            + self.layout.extra_columns().len();
        let section = &mut self.section;
        section.rejected += 1;
        section.extra = section.extra.max(extra);
        section.rows.push(b"", b"", 0, REJECTED);
    }

    /// Everything that is wrong with a row whose address was taken.
    fn problems(&self, record: &Record<'_>) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.whole(record).into_iter().collect();
        if problems.iter().any(Problem::is_no_user_at_all) {
            return problems;
        }
        let mut done = vec![false; self.numbers.len()];
        for column in &self.columns {
            let text = cell::clean(record.text(column.at));
            if text.is_empty() || std::mem::replace(&mut done[column.slot], true) {
                continue;
            }
            let understood = column.understand(text, self.common, self.system);
            let found = understood.err().unwrap_or_default().into_iter();
            problems.extend(found.map(|problem| problem.under(&self.layout.headers[column.at])));
        }
        problems
    }

    /// Everything that is wrong with a record that is a row.
    pub(crate) fn problems_of(&mut self, record: &Record<'_>) -> Vec<Problem> {
        self.take_address(record);
        self.problems(record)
    }

    /// Is a record a row at all, and not blank or the mark behind the end?
    pub(crate) fn is_row(record: &Record<'_>) -> bool {
        !is_no_row(record)
    }

    fn keep(&mut self, meaning: Meaning, at: Option<usize>, seen: &mut Seen) {
        let (local, domain) = self.address.split_at(at.unwrap_or(self.address.len()));
        let (id, of_domain) = self.domains.find(domain);
        seen.note(address_hash(
            &self.common.hash,
            local,
            local.len(),
            of_domain,
        ));
        let met = self.met.find(meaning);
        let number = met.unwrap_or_else(|| {
            let number = self.vocabulary.add(meaning);
            self.met.give(meaning, number);
            number
        });
        self.section.rows.push(local, domain, id, number);
    }
}

/// May there be filled cells beyond the last header?
#[inline]
fn may_have_extra(record: &Record<'_>, layout: &Layout) -> bool {
    record.len() > layout.headers.len() || !layout.extra_columns().is_empty()
}

/// A blank record, or the Ctrl-Z that ends text files of old systems.
fn is_no_row(record: &Record<'_>) -> bool {
    record.is_blank() || record.len() == 1 && record.text(0).trim() == "\u{1a}"
}

/// Printable ASCII without spaces.
#[inline]
fn is_graphic(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(true, |all, byte| all & byte.is_ascii_graphic())
}
