//! Small values with a number each, in the order in which they came.
//!
//! In: a value. Out: its number, the same for equal values. The numbers' slots hold the values themselves, so that finding one
//! touches one place in memory.

use super::dictionary::Keyed;

/// A value that a [`Table`] can hold.
pub(crate) trait Key: Copy + Eq + Default {
    /// The hash of the value.
    fn hash(&self, keyed: &Keyed) -> u64;
}

/// Values with numbers from 0 on.
#[derive(Debug)]
pub(crate) struct Table<T> {
    keyed: Keyed,
    list: Vec<T>,
    slots: Vec<Slot<T>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot<T> {
    key: T,
    /// The number and one; zero where free.
    number: u32,
}

impl<T: Key> Table<T> {
    pub(crate) fn new(keyed: &Keyed) -> Self {
        Self {
            keyed: keyed.clone(),
            list: Vec::new(),
            slots: vec![Slot::default(); 64],
        }
    }

    /// The number of a value, which is added if it is new.
    #[inline]
    pub(crate) fn number(&mut self, key: T) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = index(key.hash(&self.keyed), mask);
        loop {
            let slot = &self.slots[at];
            if slot.number == 0 {
                return self.add(key, at);
            }
            if slot.key == key {
                return slot.number - 1;
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of a value, if it is there.
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

    /// The number of a value, and one; zero where it is not found at the first place to look, whether it is there or not.
    ///
    /// There is no branch in it: for several values one behind the other the machine waits for all their places at once.
    #[inline]
    pub(crate) fn first_look(&self, key: T) -> u32 {
        let slot = &self.slots[index(key.hash(&self.keyed), self.slots.len() - 1)];
        slot.number * u32::from(slot.key == key)
    }

    #[cold]
    fn add(&mut self, key: T, at: usize) -> u32 {
        self.list.push(key);
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.slots[at] = Slot { key, number };
        if self.list.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        number - 1
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        self.slots = vec![Slot::default(); mask + 1];
        for (number, &key) in (1..).zip(&self.list) {
            let mut at = index(key.hash(&self.keyed), mask);
            while self.slots[at].number != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = Slot { key, number };
        }
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
}
