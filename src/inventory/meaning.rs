//! What a row says about its user, once its texts are understood.
//!
//! In: numbers for what the cells mean. Out: [`Meaning`]s, each kept once: rows that say the same share one, and what follows
//! from a meaning is worked out once for all of them.

use super::dictionary::Keyed;
use super::table::Table;
use crate::model::{AddInSet, EndpointSet, ProviderSet};

/// In place of a number: there is none, the cell is empty or the column missing.
pub(crate) const NOTHING: u32 = 0;

/// What one row says about its user, apart from whose row it is. Numbers above [`NOTHING`] stand for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Meaning {
    /// The pool, as the interpreter numbers pools.
    pub(crate) pool: u32,
    /// The clients of the row, as the interpreter numbers them.
    pub(crate) clients: u32,
    /// The texts of the wanted columns: a [`Lists`] number.
    pub(crate) values: u32,
    /// What few rows say: a number of the section's [`Rare`]s.
    pub(crate) rare: u32,
    /// The answers and the providers.
    pub(crate) flags: Flags,
}

/// What few rows say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Rare {
    /// The scheduling add-ins, as the interpreter numbers them.
    pub(crate) add_ins: u32,
    /// Last day of the PIC license, in days of the common era.
    pub(crate) license_end: u32,
    /// When the clients were seen, in days of the common era, where that is asked for.
    pub(crate) seen: u32,
}

/// Three yes/no answers and a set of providers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Flags(u16);

impl Flags {
    /// Packs numbers: of each answer 0 for none, 1 for no, 2 for yes; of the providers the bits of the set.
    #[inline]
    pub(crate) fn new(group_chat: u32, pic_enabled: u32, organizer: u32, providers: u32) -> Self {
        let packed = group_chat & 3
            | (pic_enabled & 3) << 2
            | (organizer & 3) << 4
            | (providers & 0xff) << 6;
        Self(u16::try_from(packed).unwrap_or(0))
    }

    fn answer(self, shift: u32) -> Option<bool> {
        match self.0 >> shift & 3 {
            1 => Some(false),
            2 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn group_chat(self) -> Option<bool> {
        self.answer(0)
    }

    pub(crate) fn pic_enabled(self) -> Option<bool> {
        self.answer(2)
    }

    pub(crate) fn organizer(self) -> Option<bool> {
        self.answer(4)
    }

    pub(crate) fn providers(self) -> ProviderSet {
        ProviderSet(u8::try_from(self.0 >> 6).unwrap_or(0))
    }
}

/// The number of an answer, as [`Flags`] takes it.
pub(crate) fn answer_number(answer: bool) -> u32 {
    1 + u32::from(answer)
}

impl super::table::Key for Meaning {
    #[inline]
    fn hash(&self, keyed: &Keyed) -> u64 {
        let join = |a: u32, b: u32| u64::from(a) | u64::from(b) << 32;
        let flags = u64::from(self.flags.0) << 40;
        keyed.once(
            join(self.pool, self.clients),
            join(self.values, self.rare) ^ flags,
        )
    }
}

impl super::table::Key for Rare {
    #[inline]
    fn hash(&self, keyed: &Keyed) -> u64 {
        let join = |a: u32, b: u32| u64::from(a) | u64::from(b) << 32;
        keyed.once(join(self.add_ins, self.license_end), u64::from(self.seen))
    }
}

impl super::table::Key for (u32, u32) {
    #[inline]
    fn hash(&self, keyed: &Keyed) -> u64 {
        keyed.once(u64::from(self.0), u64::from(self.1))
    }
}

/// Lists of numbers, each kept once: a list is its beginning and one number more. List 0 is empty.
#[derive(Debug)]
pub(crate) struct Lists {
    parts: Table<(u32, u32)>,
}

impl Lists {
    pub(crate) fn new(hash: &Keyed) -> Self {
        Self {
            parts: Table::new(hash),
        }
    }

    /// The list that continues another with a number.
    #[inline]
    pub(crate) fn push(&mut self, list: u32, number: u32) -> u32 {
        self.parts.number((list, number)) + 1
    }

    /// The list that continues another with a number, if there is one.
    pub(crate) fn find(&self, list: u32, number: u32) -> Option<u32> {
        self.parts.find((list, number)).map(|at| at + 1)
    }

    /// The numbers of a list.
    pub(crate) fn numbers(&self, mut list: u32) -> Vec<u32> {
        let mut numbers = Vec::new();
        while list != 0 {
            let (before, number) = *self.parts.get(list - 1);
            numbers.push(number);
            list = before;
        }
        numbers.reverse();
        numbers
    }

    /// Takes in all lists of another collection; gives the new number of each of its lists.
    pub(crate) fn take_in(&mut self, other: &Self) -> Vec<u32> {
        let mut new = vec![0];
        for &(before, number) in other.parts.iter() {
            let list = self.push(new[before as usize], number);
            new.push(list);
        }
        new
    }
}

/// The clients of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Clients {
    /// The products.
    pub(crate) endpoints: EndpointSet,
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
    fn equal_lists_are_one() {
        let mut lists = Lists::new(&Keyed::new());
        let list = |lists: &mut Lists, numbers: &[u32]| {
            numbers
                .iter()
                .fold(0, |list, &number| lists.push(list, number))
        };
        let one = list(&mut lists, &[5, 0, 7]);
        assert_eq!(one, list(&mut lists, &[5, 0, 7]));
        assert_ne!(one, list(&mut lists, &[5, 7, 0]));
        assert_eq!(lists.numbers(one), [5, 0, 7]);
        let found = [5, 0, 7]
            .iter()
            .try_fold(0, |list, &number| lists.find(list, number));
        assert_eq!(found, Some(one));
        assert_eq!(lists.find(one, 5), None);
        let mut others = Lists::new(&Keyed::new());
        others.push(0, 9);
        let new = others.take_in(&lists);
        assert_eq!(others.numbers(new[one as usize]), [5, 0, 7]);
    }

    #[test]
    fn flags_give_back_what_was_packed() {
        let flags = Flags::new(0, answer_number(false), answer_number(true), 0b10110);
        assert_eq!(flags.group_chat(), None);
        assert_eq!(flags.pic_enabled(), Some(false));
        assert_eq!(flags.organizer(), Some(true));
        assert_eq!(flags.providers(), ProviderSet(0b10110));
    }
}
