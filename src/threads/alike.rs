//! One number for values that are alike, whichever thread looks at them.
//!
//! In: how many values there are, a hash of each, and which two are alike. Out: a number for each value, from 0 on in the order
//! in which values come that are like none before them. Values with different hashes have nothing to do with each other, so
//! each thread takes a share of the hashes; what is left to be done in order is to count.

use super::{Threads, in_ranges, on_threads};
use crate::slots::{Slots, share_of};

/// Which values of a list are alike.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Alike {
    /// The number of each value.
    pub(crate) numbers: Vec<u32>,
    /// The position of the first value with each number.
    pub(crate) firsts: Vec<u32>,
}

/// Sharing out fewer values costs more than it saves.
const WORTH_THREADS: usize = 1 << 17;

/// About so many values are alike, at least.
const EACH: usize = 2;

impl Alike {
    /// Numbers so many values. Alike are values of one hash only.
    pub(crate) fn of(
        length: usize,
        threads: Threads,
        hash: impl Fn(usize) -> u32 + Sync,
        are_alike: impl Fn(usize, usize) -> bool + Sync,
    ) -> Self {
        if threads == Threads::MIN || length < WORTH_THREADS {
            Self::in_order(length, hash, are_alike)
        } else {
            Self::in_shares(length, threads, hash, are_alike)
        }
    }

    fn in_order(
        length: usize,
        hash: impl Fn(usize) -> u32,
        are_alike: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let mut slots = Slots::with_room(length / EACH);
        let (mut numbers, mut firsts) = (Vec::with_capacity(length), Vec::new());
        for at in 0..length {
            let next = position(firsts.len());
            let number = slots.find_or_add(hash(at), next, |number| {
                are_alike(firsts[number as usize] as usize, at)
            });
            if number == next {
                firsts.push(position(at));
            }
            numbers.push(number);
        }
        Self { numbers, firsts }
    }

    fn in_shares(
        length: usize,
        threads: Threads,
        hash: impl Fn(usize) -> u32 + Sync,
        are_alike: impl Fn(usize, usize) -> bool + Sync,
    ) -> Self {
        let hashes = in_ranges(0..length, threads, |range| {
            range.map(&hash).collect::<Vec<u32>>()
        });
        let hashes = hashes.concat();
        let shares = threads.get();
        let firsts_of_shares = on_threads(0..shares, |share| {
            let room = length / EACH / threads;
            let (mut slots, mut firsts) = (Slots::with_room(room), Vec::new());
            for (at, &hash) in hashes.iter().enumerate() {
                if share_of(hash, shares) == share {
                    let is_first = |first| are_alike(first as usize, at);
                    firsts.push(slots.find_or_add(hash, position(at), is_first));
                }
            }
            firsts
        });
        let mut firsts_of_shares: Vec<_> =
            firsts_of_shares.into_iter().map(Vec::into_iter).collect();
        let (mut numbers, mut firsts) = (Vec::with_capacity(length), Vec::new());
        for (at, &hash) in hashes.iter().enumerate() {
            let first = firsts_of_shares[share_of(hash, shares)].next();
            let first = first.map_or(at, |first| first as usize);
            if first == at {
                numbers.push(position(firsts.len()));
                firsts.push(position(at));
            } else {
                numbers.push(numbers[first]);
            }
        }
        Self { numbers, firsts }
    }
}

/// A position as it is stored.
fn position(at: usize) -> u32 {
    u32::try_from(at).expect("values are fewer than rows, which fit u32")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_are_numbered_in_the_order_in_which_they_first_come_on_any_number_of_threads(
            values in proptest::collection::vec(0_u32..50, 0..300),
            threads in 1..6_usize,
            hashes in 1_u32..60,
        ) {
            let mut different: Vec<u32> = Vec::new();
            let mut firsts: Vec<u32> = Vec::new();
            let numbers = values.iter().zip(0..).map(|(value, at)| {
                let known = different.iter().position(|other| other == value);
                known.unwrap_or_else(|| {
                    different.push(*value);
                    firsts.push(at);
                    different.len() - 1
                }) as u32
            });
            let expected = Alike { numbers: numbers.collect(), firsts };
            // Fewer hashes than values: what has one hash need not be alike.
            let hash = |at: usize| (values[at] % hashes).wrapping_mul(0x9e37_79b9);
            let are_alike = |one: usize, other: usize| values[one] == values[other];
            let threads = Threads::new(threads).expect("above zero");
            prop_assert_eq!(&Alike::in_order(values.len(), hash, are_alike), &expected);
            prop_assert_eq!(&Alike::in_shares(values.len(), threads, hash, are_alike), &expected);
            prop_assert_eq!(&Alike::of(values.len(), threads, hash, are_alike), &expected);
        }
    }
}
