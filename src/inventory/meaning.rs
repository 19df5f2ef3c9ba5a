//! What a row says about its user, once its texts are understood.
//!
//! In: numbers for what the cells mean. Out: [`Meaning`]s, each kept once: rows that say the same share one, and what follows
//! from a meaning is worked out once for all of them.

use super::dictionary::Keyed;
use crate::model::{AddInSet, ProviderSet};

/// In place of a number: there is none, the cell is empty or the column missing.
pub(crate) const NOTHING: u32 = 0;

/// What one row says about its user, apart from whose row it is. Numbers above [`NOTHING`] are positions in the
/// interpreter's lists, which begin at 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Meaning {
    /// The pool.
    pub(crate) pool: u32,
    /// The clients of the row.
    pub(crate) clients: u32,
    /// The scheduling add-ins.
    pub(crate) add_ins: u32,
    /// Last day of the PIC license, in days of the common era.
    pub(crate) license_end: u32,
    /// When the clients were seen, in days of the common era, where that is asked for.
    pub(crate) seen: u32,
    /// The texts of the wanted columns, as a list.
    pub(crate) values: u32,
    /// The texts of the fields as the file spells them, as a list, where origins are asked for.
    pub(crate) spelled: u32,
    pub(crate) group_chat: Answer,
    pub(crate) pic_enabled: Answer,
    pub(crate) organizer: Answer,
    pub(crate) providers: ProviderSet,
}

/// The answer of a yes/no cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Answer {
    /// The cell is empty.
    #[default]
    Nothing,
    /// It says no.
    No,
    /// It says yes.
    Yes,
}

impl Answer {
    pub(crate) fn of(said: Option<bool>) -> Self {
        match said {
            None => Self::Nothing,
            Some(false) => Self::No,
            Some(true) => Self::Yes,
        }
    }

    /// The answer with a number that was made of one.
    pub(crate) fn from_number(number: u32) -> Self {
        match number {
            1 => Self::No,
            2 => Self::Yes,
            _ => Self::Nothing,
        }
    }

    pub(crate) fn said(self) -> Option<bool> {
        match self {
            Self::Nothing => None,
            Self::No => Some(false),
            Self::Yes => Some(true),
        }
    }
}

impl Meaning {
    fn words(&self) -> [u64; 4] {
        let join = |a: u32, b: u32| u64::from(a) | u64::from(b) << 32;
        let small = u64::from(self.providers.0)
            | (self.group_chat as u64) << 16
            | (self.pic_enabled as u64) << 18
            | (self.organizer as u64) << 20;
        [
            join(self.pool, self.clients),
            join(self.add_ins, self.license_end),
            join(self.seen, self.values),
            u64::from(self.spelled) << 32 ^ small,
        ]
    }
}

/// Meanings, each kept once.
#[derive(Debug)]
pub(crate) struct Meanings {
    hash: Keyed,
    pub(crate) list: Vec<Meaning>,
    /// Positions and one; zero where free.
    slots: Vec<u32>,
}

impl Meanings {
    pub(crate) fn new(hash: Keyed) -> Self {
        Self {
            hash,
            list: Vec::new(),
            slots: vec![0; 64],
        }
    }

    /// The position of a meaning, which is added if it is new.
    #[inline]
    pub(crate) fn id(&mut self, meaning: &Meaning) -> u32 {
        let mut at = self.start(meaning);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.add(meaning, at);
            }
            if self.list[slot as usize - 1] == *meaning {
                return slot - 1;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    fn add(&mut self, meaning: &Meaning, at: usize) -> u32 {
        self.list.push(*meaning);
        // There are fewer meanings than rows, of which there are fewer than u32::MAX.
        let slot = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.slots[at] = slot;
        if self.list.len() * 2 > self.slots.len() {
            self.grow();
        }
        slot - 1
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for (slot, meaning) in (1_u32..).zip(&self.list) {
            let mut at = self.start(meaning);
            while self.slots[at] != 0 {
                at = (at + 1) & (self.slots.len() - 1);
            }
            self.slots[at] = slot;
        }
    }

    #[inline]
    fn start(&self, meaning: &Meaning) -> usize {
        let [a, b, c, d] = meaning.words();
        let hash = self.hash.pair(a ^ self.hash.pair(b, c), d);
        let at = (hash >> 20) as usize;
        at & (self.slots.len() - 1)
    }
}

/// Lists of numbers, each kept once: a list is its beginning and one number more. List 0 is empty.
#[derive(Debug)]
pub(crate) struct Lists {
    hash: Keyed,
    /// Beginning and last number of each list from 1 on.
    parts: Vec<(u32, u32)>,
    slots: Vec<u32>,
}

impl Lists {
    pub(crate) fn new(hash: Keyed) -> Self {
        Self {
            hash,
            parts: Vec::new(),
            slots: vec![0; 64],
        }
    }

    /// The list that continues another with a number.
    #[inline]
    pub(crate) fn push(&mut self, list: u32, number: u32) -> u32 {
        let mut at = self.start(list, number);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.add(list, number, at);
            }
            if self.parts[slot as usize - 1] == (list, number) {
                return slot;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The numbers of a list.
    pub(crate) fn numbers(&self, mut list: u32) -> Vec<u32> {
        let mut numbers = Vec::new();
        while list != 0 {
            let (before, number) = self.parts[list as usize - 1];
            numbers.push(number);
            list = before;
        }
        numbers.reverse();
        numbers
    }

    /// Takes in all lists of another collection; gives the new number of each of its lists.
    pub(crate) fn take_in(&mut self, other: &Self) -> Vec<u32> {
        let mut new = vec![0];
        for &(before, number) in &other.parts {
            let list = self.push(new[before as usize], number);
            new.push(list);
        }
        new
    }

    fn add(&mut self, list: u32, number: u32, at: usize) -> u32 {
        self.parts.push((list, number));
        let slot = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        self.slots[at] = slot;
        if self.parts.len() * 2 > self.slots.len() {
            self.grow();
        }
        slot
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for (slot, &(list, number)) in (1_u32..).zip(&self.parts) {
            let mut at = self.start(list, number);
            while self.slots[at] != 0 {
                at = (at + 1) & (self.slots.len() - 1);
            }
            self.slots[at] = slot;
        }
    }

    #[inline]
    fn start(&self, list: u32, number: u32) -> usize {
        let hash = self.hash.pair(u64::from(list), u64::from(number));
        let at = (hash >> 20) as usize;
        at & (self.slots.len() - 1)
    }
}

/// The clients of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Clients {
    /// The products.
    pub(crate) endpoints: crate::model::EndpointSet,
    /// Texts that name no product, by their number; without repetition.
    pub(crate) unrecognized: Vec<u32>,
    /// Texts that are user agents of servers.
    pub(crate) servers: Vec<u32>,
}

/// The add-ins of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct AddIns {
    pub(crate) set: AddInSet,
    /// Texts that no table knows.
    pub(crate) unknown: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_meanings_and_equal_lists_are_one() {
        let mut meanings = Meanings::new(Keyed::new());
        let ids: Vec<u32> = (0..1000)
            .map(|n| {
                meanings.id(&Meaning {
                    pool: n % 10,
                    organizer: Answer::of([None, Some(true), Some(false)][n as usize % 3]),
                    ..Meaning::default()
                })
            })
            .collect();
        assert_eq!(meanings.list.len(), 30);
        assert_eq!(ids[7], ids[37]);
        let mut lists = Lists::new(Keyed::new());
        let list = |lists: &mut Lists, numbers: &[u32]| {
            numbers
                .iter()
                .fold(0, |list, &number| lists.push(list, number))
        };
        let one = list(&mut lists, &[5, 0, 7]);
        assert_eq!(one, list(&mut lists, &[5, 0, 7]));
        assert_ne!(one, list(&mut lists, &[5, 7, 0]));
        assert_eq!(lists.numbers(one), [5, 0, 7]);
        let mut others = Lists::new(Keyed::new());
        others.push(0, 9);
        let new = others.take_in(&lists);
        assert_eq!(others.numbers(new[one as usize]), [5, 0, 7]);
    }
}
