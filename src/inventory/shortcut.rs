//! What most rows of a file say, in a few looks.
//!
//! In: [batches](Batch) of records, after a sample of the first ones. Out: for each record a [`Combination`] of numbers, one for each group of columns
//! side by side; rows with equal combinations say the same, which has to be worked out once.

use super::batch::{Batch, MOST};
use super::columns::Field;
use super::dictionary::Keyed;
use super::meaning::{Lists, NOTHING};
use super::neighbours::{Entry, Neighbours};
use super::reading::Common;
use super::record::{DateSystem, Span};
use super::remarks::{Remark, Watch};
use super::roles::Column;
use super::sample::Sample;
use super::table::{Key, Numbered};

/// The numbers of what a row's columns say. From the fourth group of columns on it is one list for all, if there are more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Combination([u32; GROUPS]);

const GROUPS: usize = 4;

impl Key for Combination {
    #[inline]
    fn hash(&self, keyed: &Keyed) -> u64 {
        let join = |a: u32, b: u32| u64::from(a) | u64::from(b) << 32;
        let [a, b, c, d] = self.0;
        keyed.once(join(a, b), join(c, d))
    }
}

/// Looks up what rows say.
pub(crate) struct Shortcut {
    neighbours: Vec<Neighbours>,
    /// The watched fields that have to be looked at in every row.
    watched: Vec<Watch>,
    /// What each column that matters says, to be used again.
    numbers: Vec<u32>,
    /// The number of what is said by each combination.
    meanings: Numbered<Combination>,
    /// What stands in place of the last number of a combination.
    lists: Lists,
    /// The fields of a row that is looked at by itself.
    fields: Vec<Span>,
}

/// In place of a number: more than one look is needed.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// What some rows say.
pub(crate) struct Looks {
    pub(crate) combinations: [Combination; MOST],
    pub(crate) remarks: [Remark; MOST],
    /// A bit for each row that has to be looked at with more care.
    pub(crate) doubtful: u64,
    /// Do some columns have too many different texts to go on like this?
    pub(crate) is_too_varied: bool,
}

impl Shortcut {
    /// The columns to look at in a sample: those that matter, and those of watched fields; of names there are too many.
    pub(crate) fn sample(columns: &[Column], watched: &[Watch], keyed: &Keyed) -> Sample {
        let watched = watched.iter().filter(|watch| watch.field != Field::Name);
        let watched = watched.flat_map(|watch| watch.columns.iter().copied());
        let matter = columns.iter().map(|column| column.at);
        Sample::new(matter.chain(watched).collect(), keyed)
    }

    /// Groups the columns as a sample of the rows suggests.
    pub(crate) fn new(
        sample: &Sample,
        columns: &[Column],
        watched: &[Watch],
        common: &Common<'_>,
    ) -> Self {
        let group = |stretch| Neighbours::new(stretch, columns, watched, common);
        let groups = sample.stretches().into_iter().map(group);
        // A column that does not matter and holds other texts in every row is quicker looked at by itself.
        let is_worth = |group: &Neighbours| {
            let is_seen_again = || sample.is_repetitive(*group.columns.start());
            group.matters() || !group.watched.is_empty() && is_seen_again()
        };
        Self::of(
            groups.filter(is_worth).collect(),
            columns.len(),
            watched,
            common,
        )
    }

    fn of(
        neighbours: Vec<Neighbours>,
        columns: usize,
        watched: &[Watch],
        common: &Common<'_>,
    ) -> Self {
        let is_left = |watch: &&Watch| {
            let mut watched = neighbours.iter().flat_map(|group| &group.watched);
            !watched.any(|other| other.field == watch.field)
        };
        Self {
            watched: watched.iter().filter(is_left).cloned().collect(),
            numbers: vec![NOTHING; columns],
            neighbours,
            meanings: Numbered::new(&common.hash),
            lists: Lists::new(&common.hash),
            fields: Vec::new(),
        }
    }

    /// The same with each of the groups that are too varied taken apart.
    #[cold]
    pub(crate) fn taken_apart(
        self,
        columns: &[Column],
        watched: &[Watch],
        common: &Common<'_>,
    ) -> Self {
        let mut groups = Vec::new();
        for group in self.neighbours {
            if group.is_too_varied() {
                let single = |at| Neighbours::new(at..=at, columns, watched, common);
                groups.extend(group.columns.map(single).filter(Neighbours::matters));
            } else {
                groups.push(group);
            }
        }
        Self::of(groups, columns.len(), watched, common)
    }

    /// What some records say.
    #[inline(never)]
    pub(crate) fn look(
        &mut self,
        batch: &Batch<'_>,
        columns: &mut [Column],
        of: (&Common<'_>, DateSystem),
    ) -> Looks {
        let mut looks = Looks {
            combinations: [Combination::default(); MOST],
            remarks: [Remark::default(); MOST],
            doubtful: 0,
            is_too_varied: false,
        };
        let mut entries = [Entry::default(); MOST];
        let entries = &mut entries[..batch.len()];
        for position in 0..self.neighbours.len() {
            let group = &mut self.neighbours[position];
            let mut unknown = group.look(batch, entries);
            while unknown != 0 {
                let number = unknown.trailing_zeros() as usize;
                unknown &= unknown - 1;
                entries[number] = group.look_again(batch, number, &mut self.fields, columns, of);
                looks.is_too_varied |= group.is_too_varied();
            }
            self.take(position, entries, &mut looks);
        }
        self.watch(batch, &mut looks.remarks);
        looks
    }

    /// Adds what a group of columns says.
    fn take(&mut self, group: usize, entries: &[Entry], looks: &mut Looks) {
        let mut doubt = Entry::default();
        for (entry, remark) in entries.iter().zip(&mut looks.remarks) {
            *remark = remark.with(entry.remark);
            doubt = doubt.or(*entry);
        }
        if doubt.is_doubtful() {
            let doubtful = entries.iter().map(|entry| u64::from(entry.is_doubtful()));
            looks.doubtful |= doubtful.rev().fold(0, |bits, bit| bits << 1 | bit);
        }
        let combinations = looks.combinations.iter_mut().zip(entries);
        if self.neighbours.len() <= GROUPS || group < GROUPS - 1 {
            combinations.for_each(|(combination, entry)| combination.0[group] = entry.said());
        } else {
            for (combination, entry) in combinations {
                let list = &mut combination.0[GROUPS - 1];
                *list = self.lists.push(*list, entry.said());
            }
        }
    }

    /// Adds what is watched and stands in no group.
    fn watch(&mut self, batch: &Batch<'_>, remarks: &mut [Remark; MOST]) {
        for watch in &self.watched {
            match watch.columns[..] {
                [] => {}
                [only] => {
                    for (remark, span) in remarks.iter_mut().zip(batch.shown(only)) {
                        *remark = remark.with(watch.remark(batch.window(span)));
                    }
                }
                _ => {
                    for (number, remark) in remarks.iter_mut().enumerate().take(batch.len()) {
                        let record = batch.record(number, &mut self.fields);
                        *remark = remark.with(Remark::of(&record, std::slice::from_ref(watch)));
                    }
                }
            }
        }
    }

    /// The numbers of what combinations say, as far as one look at each tells, or [`UNKNOWN`]: the machine waits for all of them at once.
    #[inline(never)]
    pub(crate) fn meanings(&self, combinations: &[Combination; MOST], count: usize) -> [u32; MOST] {
        let mut found = [UNKNOWN; MOST];
        for (found, &combination) in found.iter_mut().zip(combinations).take(count) {
            *found = self.meanings.first_look(combination).unwrap_or(UNKNOWN);
        }
        found
    }

    /// The number of what a combination says; after `None`, [`Self::learn`] has to be told it.
    pub(crate) fn meaning(&self, combination: Combination) -> Option<u32> {
        self.meanings.find(combination)
    }

    /// The number of what a combination says, which was not known.
    pub(crate) fn learn(&mut self, combination: Combination, meaning: u32) {
        self.meanings.give(combination, meaning);
    }

    /// What each column that matters says in a combination; the first choice of a role comes first.
    pub(crate) fn numbers(&mut self, combination: Combination) -> &[u32] {
        let has_list = self.neighbours.len() > GROUPS;
        let list = match combination.0 {
            [.., list] if has_list => self.lists.numbers(list),
            _ => Vec::new(),
        };
        let own = if has_list { GROUPS - 1 } else { GROUPS };
        let said = combination.0.iter().take(own).chain(&list);
        for (group, &said) in self.neighbours.iter().zip(said) {
            group.each(said, |column, number| self.numbers[column] = number);
        }
        &self.numbers
    }
}
