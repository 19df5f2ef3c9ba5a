//! Columns side by side whose texts are looked up as one.
//!
//! In: records. Out: for each, one number for what these columns say together. Most columns of an inventory hold few
//! different texts, and columns that stand side by side few different combinations of them: one look at the text from the
//! first to the last of them does for all.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::batch::Batch;
use super::blocks::Blocks;
use super::dictionary::Dictionary;
use super::meaning::NOTHING;
use super::reading::Common;
use super::record::{DateSystem, Record, Span};
use super::remarks::{Remark, Watch};
use super::roles::{BAD, Column};

/// More different texts than this show that the columns do not belong together after all.
const VARIED: usize = 1 << 14;

/// Set in a number for what columns say, where one of their cells cannot be understood.
const DOUBTFUL: u32 = 1 << 31;

/// Columns side by side.
pub(crate) struct Neighbours {
    pub(crate) columns: RangeInclusive<usize>,
    /// The positions of those that matter among all that do.
    members: Vec<usize>,
    /// The watched fields that stand in these columns and nowhere else.
    pub(crate) watched: Vec<Watch>,
    seen: Dictionary<Entry>,
    /// What the members say, each once: their numbers in order.
    said: Vec<Box<[u32]>>,
    numbers: HashMap<Box<[u32]>, u32>,
}

/// What a text stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    said: u32,
    pub(crate) remark: Remark,
}

impl Entry {
    /// The number of what the columns say.
    #[inline]
    pub(crate) fn said(self) -> u32 {
        self.said & !DOUBTFUL
    }

    /// This and another one, for asking whether [something cannot be understood](Self::is_doubtful) in either.
    #[inline]
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            said: self.said | other.said,
            remark: self.remark.with(other.remark),
        }
    }

    /// Is there a cell that cannot be understood?
    #[inline]
    pub(crate) fn is_doubtful(self) -> bool {
        self.said & DOUBTFUL != 0
    }
}

impl Neighbours {
    /// Those of the columns that matter, and of the watched fields, which stand here.
    pub(crate) fn new(
        columns: RangeInclusive<usize>,
        all: &[Column],
        watched: &[Watch],
        common: &Common<'_>,
    ) -> Self {
        let members = (0..all.len()).filter(|&member| columns.contains(&all[member].at));
        let is_here =
            |watch: &&Watch| matches!(watch.columns[..], [only] if columns.contains(&only));
        Self {
            members: members.collect(),
            watched: watched.iter().filter(is_here).cloned().collect(),
            columns,
            seen: Dictionary::new(common.hash.clone()),
            said: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    /// Is there more than one column, with too many different texts to be looked up together?
    pub(crate) fn is_too_varied(&self) -> bool {
        self.seen.len() > VARIED && self.columns.start() < self.columns.end()
    }

    /// Does any of the columns matter?
    pub(crate) fn matters(&self) -> bool {
        !self.members.is_empty()
    }

    /// What records say here whose texts were met before, and a bit for each of the others.
    #[inline(never)]
    pub(crate) fn look(&self, batch: &Batch<'_>, entries: &mut [Entry]) -> u64 {
        let mut unknown = 0;
        for (number, (place, span)) in entries.iter_mut().zip(self.spans(batch)).enumerate() {
            let blocks = Blocks::within(batch.text, span.start as usize, span.len());
            match self.seen.find_blocks(&blocks) {
                Some(entry) => *place = entry,
                None => unknown |= 1 << number,
            }
        }
        unknown
    }

    /// Of each record where it stands what is looked up here.
    #[inline]
    fn spans<'a>(&self, batch: &Batch<'a>) -> impl Iterator<Item = Span> + use<'a> {
        batch.raw(*self.columns.start(), *self.columns.end())
    }

    /// What one of the records says, whose text was not met [when all were looked at](Self::look).
    #[cold]
    pub(crate) fn look_again(
        &mut self,
        batch: &Batch<'_>,
        number: usize,
        fields: &mut Vec<Span>,
        all: &mut [Column],
        of: (&Common<'_>, DateSystem),
    ) -> Entry {
        let span = self.spans(batch).nth(number).unwrap_or_default();
        let text = &batch.text[span.start as usize..span.end as usize];
        // One of the records before may have had the same text.
        match self.seen.get(text) {
            Some(entry) => entry,
            None => self.learn(text, &batch.record(number, fields), all, of),
        }
    }

    /// Works out what a record says that has a text here, and remembers it.
    fn learn(
        &mut self,
        text: &[u8],
        record: &Record<'_>,
        all: &mut [Column],
        (common, system): (&Common<'_>, DateSystem),
    ) -> Entry {
        let members = self.members.iter();
        let numbers: Box<[u32]> = members
            .map(|&member| all[member].number(record, common, system))
            .collect();
        let doubt = if numbers.contains(&BAD) { DOUBTFUL } else { 0 };
        let entry = Entry {
            said: self.number(numbers) | doubt,
            remark: Remark::of(record, &self.watched),
        };
        self.seen.put(text, entry);
        entry
    }

    /// The number of what the members say; of a single one that is what it says, which needs no list.
    fn number(&mut self, numbers: Box<[u32]>) -> u32 {
        match *numbers {
            [] => NOTHING,
            [only] => only & !DOUBTFUL,
            _ => {
                let next = u32::try_from(self.said.len()).unwrap_or(u32::MAX) & !DOUBTFUL;
                *self.numbers.entry(numbers).or_insert_with_key(|numbers| {
                    self.said.push(numbers.clone());
                    next
                })
            }
        }
    }

    /// What each of the members says, where all together say this: the position of the member among the columns that matter,
    /// and its number.
    pub(crate) fn each(&self, said: u32, mut take: impl FnMut(usize, u32)) {
        match *self.members {
            [] => {}
            [only] => take(only, said),
            _ => {
                let numbers = self.said[said as usize].iter();
                for (&member, &number) in self.members.iter().zip(numbers) {
                    take(member, number);
                }
            }
        }
    }
}
