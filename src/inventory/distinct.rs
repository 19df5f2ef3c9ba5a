//! Very many values with a number each, in little room.
//!
//! In: a value. Out: its number, the same for equal values, from 0 on in the order in which they came. What
//! [`Table`](super::table::Table) does for values that are found over and over again, this does for those that are mostly new:
//! a slot is eight bytes whatever the value, so that the slots stay near, and a value is looked at only where hashes agree.

use super::dictionary::Keyed;
use super::table::Key;

/// Values with numbers from 0 on.
#[derive(Debug)]
pub(crate) struct Distinct<T> {
    keyed: Keyed,
    list: Vec<T>,
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// A part of the hash, the lower bits of which say where the slot should be.
    hash: u32,
    /// The number and one; zero where free.
    number: u32,
}

impl<T: Key> Distinct<T> {
    pub(crate) fn new(keyed: &Keyed) -> Self {
        Self {
            keyed: keyed.clone(),
            list: Vec::new(),
            slots: vec![Slot::default(); 64],
        }
    }

    /// The number of a value, which is added if it is new.
    #[inline]
    pub(crate) fn number(&mut self, value: T) -> u32 {
        // The upper bits of a folded product are the better mixed ones.
        let hash = (value.hash(&self.keyed) >> 20) as u32;
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == 0 {
                return self.add(value, hash, at);
            }
            if slot.hash == hash && self.list[slot.number as usize - 1] == value {
                return slot.number - 1;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn add(&mut self, value: T, hash: u32, at: usize) -> u32 {
        self.list.push(value);
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.slots[at] = Slot { hash, number };
        if self.list.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        number - 1
    }

    #[cold]
    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut larger = vec![Slot::default(); mask + 1];
        for &slot in self.slots.iter().filter(|slot| slot.number != 0) {
            let mut at = slot.hash as usize & mask;
            while larger[at].number != 0 {
                at = (at + 1) & mask;
            }
            larger[at] = slot;
        }
        self.slots = larger;
    }

    /// The values in the order of their numbers.
    pub(crate) fn into_list(self) -> Vec<T> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_those_of_a_table(values in proptest::collection::vec((0_u32..60, 0_u32..9), 0..600)) {
            let keyed = Keyed::new();
            let (mut distinct, mut table) = (Distinct::new(&keyed), Table::new(&keyed));
            for &value in &values {
                prop_assert_eq!(distinct.number(value), table.number(value));
            }
            prop_assert_eq!(distinct.into_list(), table.into_list());
        }
    }
}
