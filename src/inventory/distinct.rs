//! Very many values with a number each, in little room.
//!
//! In: a value. Out: its number, the same for equal values, from 0 on in the order in which they came. What
//! [`Table`](super::table::Table) does for values that are found over and over again, this does for those that are mostly new,
//! with slots that are small whatever the value.

use super::dictionary::Keyed;
use super::table::Key;
use crate::slots::{Slots, share_of};
use crate::threads::{Threads, on_threads};

/// Values with numbers from 0 on.
#[derive(Debug)]
struct Distinct<T> {
    keyed: Keyed,
    list: Vec<T>,
    slots: Slots,
}

impl<T: Key> Distinct<T> {
    fn new(keyed: &Keyed) -> Self {
        Self {
            keyed: keyed.clone(),
            list: Vec::new(),
            slots: Slots::default(),
        }
    }

    /// The number of a value with this hash, which is added if it is new.
    #[inline]
    fn number(&mut self, hash: u32, value: T) -> u32 {
        let Self { list, slots, .. } = self;
        let next = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let number = slots.find_or_add(hash, next, |number| list[number as usize] == value);
        if number == next {
            list.push(value);
        }
        number
    }

    #[inline]
    fn hash(&self, value: &T) -> u32 {
        // The upper bits of a folded product are the better mixed ones.
        (value.hash(&self.keyed) >> 20) as u32
    }
}

/// Sharing out fewer values costs more than it saves.
const WORTH_THREADS: usize = 1 << 12;

/// The same for values that come many at a time, on several threads: each has a share of the hashes, and knows the values with
/// these. What is left to be done in order is to count.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    shares: Vec<Distinct<T>>,
    /// For each share, the numbers of its values; not filled where there is one share.
    numbers: Vec<Vec<u32>>,
    /// The share of each value, in the order of their numbers; not filled where there is one.
    order: Vec<u32>,
}

impl<T: Key + Send + Sync> Shared<T> {
    pub(crate) fn new(keyed: &Keyed, threads: Threads) -> Self {
        let shares = 0..threads.get();
        Self {
            shares: shares.map(|_| Distinct::new(keyed)).collect(),
            numbers: vec![Vec::new(); threads.get()],
            order: Vec::new(),
        }
    }

    /// The numbers of these values, given in parts that follow each other; those that are new are added in their order.
    pub(crate) fn number_all(&mut self, parts: &[Vec<T>]) -> Vec<u32> {
        if let [only] = &mut self.shares[..] {
            let numbers = parts.iter().flatten().map(|value| {
                let hash = only.hash(value);
                only.number(hash, *value)
            });
            numbers.collect()
        } else if parts.iter().map(Vec::len).sum::<usize>() < WORTH_THREADS {
            self.number_here(parts)
        } else {
            self.number_on_threads(parts)
        }
    }

    fn number_here(&mut self, parts: &[Vec<T>]) -> Vec<u32> {
        let numbers = parts.iter().flatten().map(|value| {
            let hash = self.shares[0].hash(value);
            let share = share_of(hash, self.shares.len());
            let own = self.shares[share].number(hash, *value);
            self.count(share, own)
        });
        numbers.collect()
    }

    fn number_on_threads(&mut self, parts: &[Vec<T>]) -> Vec<u32> {
        let shares = self.shares.len();
        let hashes = on_threads(parts, |values| {
            let hashes = values.iter().map(|value| self.shares[0].hash(value));
            hashes.collect::<Vec<u32>>()
        });
        let own = on_threads(self.shares.iter_mut().enumerate(), |(share, distinct)| {
            let all = hashes.iter().flatten().zip(parts.iter().flatten());
            let own = all.filter(|&(&hash, _)| share_of(hash, shares) == share);
            let own = own.map(|(&hash, &value)| distinct.number(hash, value));
            own.collect::<Vec<u32>>()
        });
        let mut own: Vec<_> = own.into_iter().map(Vec::into_iter).collect();
        let numbers = hashes.iter().flatten().map(|&hash| {
            let share = share_of(hash, shares);
            let own = own[share].next().expect("its share has numbered it");
            self.count(share, own)
        });
        numbers.collect()
    }

    /// The number of a value that has this number in its share; the next one where it is new there.
    fn count(&mut self, share: usize, own: u32) -> u32 {
        let numbers = &mut self.numbers[share];
        if own as usize == numbers.len() {
            numbers.push(u32::try_from(self.order.len()).unwrap_or(u32::MAX));
            self.order.push(u32::try_from(share).unwrap_or(u32::MAX));
        }
        numbers[own as usize]
    }

    /// The values in the order of their numbers.
    pub(crate) fn into_values(self) -> impl Iterator<Item = T> {
        let shares = self.shares.into_iter();
        let mut shares: Vec<_> = shares.map(|share| share.list.into_iter()).collect();
        let only = match &mut shares[..] {
            [only] => std::mem::take(only),
            _ => Vec::new().into_iter(),
        };
        let order = self.order.into_iter().map(move |share| {
            let next = shares[share as usize].next();
            next.expect("each value has a place in the order")
        });
        only.chain(order)
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_those_of_a_table_on_any_number_of_threads(
            values in proptest::collection::vec((0_u32..60, 0_u32..9), 0..600),
            at_a_time in 1_usize..200,
            threads in 1_usize..6,
        ) {
            let keyed = Keyed::new();
            let threads = Threads::new(threads).expect("above zero");
            let (mut shared, mut table) = (Shared::new(&keyed, threads), Table::new(&keyed));
            for values in values.chunks(at_a_time) {
                let expected: Vec<u32> = values.iter().map(|&value| table.number(value)).collect();
                let (seen, half) = values.split_at(values.len() / 2);
                let parts = |values: &[_]| values.chunks(half.len() / 3 + 1).map(<[_]>::to_vec).collect::<Vec<_>>();
                let mut numbers = shared.number_all(&parts(seen));
                numbers.extend(match threads {
                    Threads::MIN => shared.number_all(&parts(half)),
                    _ => shared.number_on_threads(&parts(half)),
                });
                prop_assert_eq!(numbers, expected);
            }
            prop_assert_eq!(shared.into_values().collect::<Vec<_>>(), table.into_list());
        }
    }
}
