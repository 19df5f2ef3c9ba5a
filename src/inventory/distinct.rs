//! Very many values with a number each, in little room.
//!
//! In: a value. Out: its number, the same for equal values, from 0 on in the order in which they came. What
//! [`Table`](super::table::Table) does for values that are found over and over again, this does for those that are mostly new,
//! with slots that are small whatever the value.

use super::dictionary::Keyed;
use super::table::Key;
use crate::slots::Slots;

/// Values with numbers from 0 on.
#[derive(Debug)]
pub(crate) struct Distinct<T> {
    list: Vec<T>,
    slots: Slots,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            slots: Slots::default(),
        }
    }
}

impl<T: Key> Distinct<T> {
    /// The number of a value with this [hash](hash_of), which is added if it is new.
    #[inline]
    pub(crate) fn number(&mut self, hash: u32, value: T) -> u32 {
        let Self { list, slots } = self;
        let next = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let number = slots.find_or_add(hash, next, |number| list[number as usize] == value);
        if number == next {
            list.push(value);
        }
        number
    }

    /// The values in the order of their numbers.
    pub(crate) fn into_list(self) -> Vec<T> {
        self.list
    }
}

/// The hash by which a value is found. It is no part of numbering: other threads may work it out.
#[inline]
pub(crate) fn hash_of<T: Key>(keyed: &Keyed, value: &T) -> u32 {
    // The upper bits of a folded product are the better mixed ones.
    (value.hash(keyed) >> 20) as u32
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
            let (mut distinct, mut table) = (Distinct::default(), Table::new(&keyed));
            for value in values {
                prop_assert_eq!(distinct.number(hash_of(&keyed, &value), value), table.number(value));
            }
            prop_assert_eq!(distinct.into_list(), table.into_list());
        }
    }
}
