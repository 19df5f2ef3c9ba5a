//! Small values with a number each.
//!
//! In: a value. Out: its number, the same for equal values. The numbers' slots hold the values themselves, so that finding one
//! touches one place in memory.

use super::dictionary::Keyed;

/// A value that has a number.
pub(crate) trait Key: Copy + Eq + Default {
    /// The hash of the value.
    fn hash(&self, keyed: &Keyed) -> u64;
}

/// Values with the numbers that were given to them.
#[derive(Debug)]
pub(crate) struct Numbered<T> {
    keyed: Keyed,
    slots: Vec<Slot<T>>,
    filled: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot<T> {
    key: T,
    /// The number and one; zero where free.
    number: u32,
}

impl<T: Key> Numbered<T> {
    pub(crate) fn new(keyed: &Keyed) -> Self {
        Self {
            keyed: keyed.clone(),
            slots: vec![Slot::default(); 64],
            filled: 0,
        }
    }

    /// The number of a value, if it has one.
    #[inline]
    pub(crate) fn find(&self, key: T) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = index(key.hash(&self.keyed), mask);
        loop {
            let slot = &self.slots[at];
            if slot.number == 0 || slot.key == key {
                return slot.number.checked_sub(1);
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of a value, if it is found at the first place to look.
    ///
    /// There is no branch in it: for several values one behind the other the machine waits for all their places at once.
    #[inline]
    pub(crate) fn first_look(&self, key: T) -> Option<u32> {
        let slot = &self.slots[index(key.hash(&self.keyed), self.slots.len() - 1)];
        (slot.number * u32::from(slot.key == key)).checked_sub(1)
    }

    /// Gives a number to a value that has none.
    #[cold]
    pub(crate) fn give(&mut self, key: T, number: u32) {
        // Half of the slots stay free: most values are found at the first look.
        if self.filled * 2 >= self.slots.len() {
            let larger = vec![Slot::default(); self.slots.len() * 2];
            let slots = std::mem::replace(&mut self.slots, larger);
            for slot in slots.into_iter().filter(|slot| slot.number != 0) {
                self.put(slot);
            }
        }
        let number = number.saturating_add(1);
        self.put(Slot { key, number });
        self.filled += 1;
    }

    fn put(&mut self, slot: Slot<T>) {
        let mask = self.slots.len() - 1;
        let mut at = index(slot.key.hash(&self.keyed), mask);
        while self.slots[at].number != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}

/// Values numbered from 0 on in the order in which they came.
#[derive(Debug)]
pub(crate) struct Table<T> {
    list: Vec<T>,
    numbers: Numbered<T>,
}

impl<T: Key> Table<T> {
    pub(crate) fn new(keyed: &Keyed) -> Self {
        Self {
            list: Vec::new(),
            numbers: Numbered::new(keyed),
        }
    }

    /// The number of a value, which is added if it is new.
    #[inline]
    pub(crate) fn number(&mut self, key: T) -> u32 {
        self.numbers.find(key).unwrap_or_else(|| self.add(key))
    }

    #[cold]
    fn add(&mut self, key: T) -> u32 {
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(key);
        self.numbers.give(key, number);
        number
    }

    /// The number of a value, if it is there.
    pub(crate) fn find(&self, key: T) -> Option<u32> {
        self.numbers.find(key)
    }

    /// The value with a number.
    pub(crate) fn get(&self, number: u32) -> &T {
        &self.list[number as usize]
    }

    /// The values in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.list.iter()
    }

    /// The values in the order of their numbers; finding ends here.
    pub(crate) fn into_list(self) -> Vec<T> {
        self.list
    }
}

#[inline]
fn index(hash: u64, mask: usize) -> usize {
    // The upper bits of a folded product are the better mixed ones.
    (hash >> 20) as usize & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_number() {
        let mut table = Table::new(&Keyed::new());
        let numbers: Vec<u32> = (0..5000_u32)
            .map(|n| table.number((n % 1000, n % 3)))
            .collect();
        assert_eq!(table.iter().count(), 3000);
        assert_eq!(numbers[0], 0);
        assert_eq!(numbers[7], numbers[3007]);
        assert_eq!(*table.get(numbers[4999]), (999, 1));
        assert_eq!(table.find((999, 1)), Some(numbers[4999]));
        assert_eq!(table.find((999, 3)), None);
        assert_eq!(table.find((0, 0)), Some(0));
        assert_eq!(table.into_list().len(), 3000);
    }

    #[test]
    fn a_first_look_finds_most_numbers_and_no_other() {
        let mut numbered = Numbered::new(&Keyed::new());
        for key in 0..5000_u32 {
            numbered.give((key, 1), key * 3);
        }
        let found = (0..5000).filter(|&key| match numbered.first_look((key, 1)) {
            Some(number) => {
                assert_eq!(number, key * 3);
                true
            }
            None => false,
        });
        assert!(found.count() > 2500);
        assert!((0..5000).all(|key| numbered.find((key, 1)) == Some(key * 3)));
        assert_eq!(
            (numbered.find((7, 2)), numbered.first_look((7, 2))),
            (None, None)
        );
    }
}
