//! Which rows belong to the same user.
//!
//! In: the addresses of all rows. Out: the groups of rows with equal addresses. Most users have one row, and a map of ten
//! million addresses would cost more than all the rest: so every address sets one bit of a large field by its hash, and only
//! rows whose bit was set twice are compared, for real.

use std::ops::Range;

use super::address::Address;
use crate::slots::share_of;
use crate::threads::{Threads, on_threads};

/// Bits set by the addresses that one thread has seen.
#[derive(Debug)]
pub(crate) struct Seen {
    bits: Vec<u64>,
    /// Bits that were set again.
    again: Vec<u32>,
    /// Hashes of addresses that are still to be noted.
    waiting: Vec<u64>,
}

/// How many bits are set at a time, and how many addresses are looked up. They lie all over, farther than the nearer caches: one
/// behind the other the machine waits for all of them at once, one for each row it would wait for each.
const AT_A_TIME: usize = 64;

impl Seen {
    /// Room for an inventory of about so many bytes: a bit for each eight to sixteen of them, a dozen or more for each row.
    pub(crate) fn new(bytes: u64) -> Self {
        let bits = (bytes / 16).clamp(1 << 12, 1 << 31).next_power_of_two();
        let words = usize::try_from(bits / 64).unwrap_or(64);
        Self {
            bits: written(words),
            again: Vec::new(),
            waiting: Vec::with_capacity(AT_A_TIME),
        }
    }

    /// Notes an address by its hash.
    #[inline]
    pub(crate) fn note(&mut self, hash: u64) {
        self.waiting.push(hash);
        if self.waiting.len() == AT_A_TIME {
            self.note_waiting();
        }
    }

    fn note_waiting(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.note_all(&waiting);
        waiting.clear();
        self.waiting = waiting;
    }

    /// Notes some addresses by their hashes.
    #[inline(never)]
    pub(crate) fn note_all(&mut self, hashes: &[u64]) {
        for hashes in hashes.chunks(AT_A_TIME) {
            // Reading all before the first is written lets the machine fetch them side by side.
            let mut was_set = [false; AT_A_TIME];
            for (was_set, &hash) in was_set.iter_mut().zip(hashes) {
                let (word, bit) = place(self.position(hash));
                *was_set = self.bits[word] & bit != 0;
            }
            for (was_set, &hash) in was_set.into_iter().zip(hashes) {
                let position = self.position(hash);
                let (word, bit) = place(position);
                if was_set || self.bits[word] & bit != 0 {
                    self.again.push(position);
                }
                self.bits[word] |= bit;
            }
        }
    }

    /// The bits that were set more than once by all that several threads have seen.
    pub(crate) fn repeated(mut all: Vec<Self>, threads: Threads) -> Repeated {
        all.iter_mut().for_each(Self::note_waiting);
        let mut all = all.into_iter();
        let Some(mut seen) = all.next() else {
            return Repeated::new(Self::new(0));
        };
        let mut again = std::mem::take(&mut seen.again);
        // These fields are a good part of all memory, so no further one is made where there is one to write into.
        let mut repeated: Option<Self> = None;
        for mut other in all {
            again.append(&mut other.again);
            let length = seen.bits.len().div_ceil(threads.get());
            let parts = seen.bits.chunks_mut(length);
            on_threads(parts.zip(other.bits.chunks_mut(length)), |(seen, other)| {
                for (seen, new) in seen.iter_mut().zip(other) {
                    (*seen, *new) = (*seen | *new, *seen & *new);
                }
            });
            match &mut repeated {
                None => repeated = Some(other),
                Some(repeated) => {
                    let bits = repeated.bits.iter_mut().zip(other.bits);
                    bits.for_each(|(bits, more)| *bits |= more);
                }
            }
        }
        let mut repeated = repeated.unwrap_or_else(|| {
            seen.bits.fill(0);
            seen
        });
        for position in again {
            let (word, bit) = place(position);
            repeated.bits[word] |= bit;
        }
        Repeated::new(repeated)
    }

    #[inline]
    fn position(&self, hash: u64) -> u32 {
        // At most 2^31 bits.
        let position = (hash >> 16) as u32;
        let mask = (self.bits.len() as u64 * 64 - 1) as u32;
        position & mask
    }
}

/// So many zeros, each of them written.
#[expect(
    clippy::slow_vector_initialization,
    reason = "what comes as zeros from the system is read before it is written, and costs a page fault for each"
)]
fn written(words: usize) -> Vec<u64> {
    let mut zeros = Vec::with_capacity(words);
    zeros.resize(words, 0);
    zeros
}

/// The word in which a bit stands, and the bit in it.
#[inline]
fn place(position: u32) -> (usize, u64) {
    (position as usize / 64, 1 << (position % 64))
}

/// The bits that were set more than once.
#[derive(Debug)]
pub(crate) struct Repeated {
    all: Seen,
    /// The same with fewer bits, each for many: small enough to stay near, and it answers for most rows.
    coarse: Vec<u64>,
    /// Of a position, the position in the coarse field.
    mask: u32,
}

/// For how many bits one of the coarse field stands; and its most bits, which are a megabyte.
const COARSER: u32 = 16;
const COARSE: u32 = 1 << 23;

impl Repeated {
    fn new(all: Seen) -> Self {
        let bits = u32::try_from(all.bits.len() * 64).unwrap_or(u32::MAX);
        let mask = (bits / COARSER).clamp(64, COARSE) - 1;
        let mut coarse = vec![0; (mask as usize + 1) / 64];
        // A bit stands at the same place of its word in both fields.
        for words in all.bits.chunks(coarse.len()) {
            for (coarse, word) in coarse.iter_mut().zip(words) {
                *coarse |= word;
            }
        }
        Self { all, coarse, mask }
    }

    /// A bit for each of at most 64 hashes: was its own set more than once?
    ///
    /// Neither look decides what is read next, so that the machine waits for all that are far away at once.
    #[inline]
    pub(crate) fn among(&self, hashes: &[u64]) -> u64 {
        let is_set = |bits: &[u64], position: u32| {
            let (word, bit) = place(position);
            u64::from(bits[word] & bit != 0)
        };
        let mut likely = 0;
        for (number, &hash) in hashes.iter().enumerate() {
            let position = self.all.position(hash);
            likely |= is_set(&self.coarse, position & self.mask) << number;
        }
        let mut found = 0;
        while likely != 0 {
            let number = likely.trailing_zeros();
            let position = self.all.position(hashes[number as usize]);
            found |= is_set(&self.all.bits, position) << number;
            likely &= likely - 1;
        }
        found
    }
}

/// Rows of the same user: groups of at least two, in the order of their first rows.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// The rows of all groups, one group behind the other, ascending within each.
    rows: Vec<u32>,
    /// Where each group ends.
    ends: Vec<u32>,
    /// All rows that are not the first of their group, ascending.
    later: Vec<u32>,
}

/// Rows that may share their address with others, with the hashes of their addresses, in shares of all hashes.
#[derive(Debug)]
pub(crate) struct Candidates {
    shares: Vec<Vec<(u64, u32)>>,
}

impl Candidates {
    pub(crate) fn new(shares: Threads) -> Self {
        Self {
            shares: vec![Vec::new(); shares.get()],
        }
    }

    pub(crate) fn push(&mut self, hash: u64, row: u32) {
        let share = share_of((hash >> u32::BITS) as u32, self.shares.len());
        self.shares[share].push((hash, row));
    }
}

/// Those of some candidates whose hash another one has, and few more. Many others share a bit of [`Seen`] with somebody; a second
/// one, elsewhere, they rarely share.
fn likely<'c>(lists: impl Iterator<Item = &'c [(u64, u32)]> + Clone) -> Vec<(u64, u32)> {
    let count: usize = lists.clone().map(<[_]>::len).sum();
    let mut seen = Seen::new(count as u64 * 256);
    let some = lists.flat_map(|list| list.chunks(AT_A_TIME));
    for some in some.clone() {
        seen.note_all(&elsewhere(some)[..some.len()]);
    }
    let repeated = Seen::repeated(vec![seen], Threads::MIN);
    let mut likely = Vec::new();
    for some in some {
        let found = repeated.among(&elsewhere(some)[..some.len()]);
        let rows = some.iter().enumerate();
        let rows = rows.filter(|&(number, _)| found >> number & 1 == 1);
        likely.extend(rows.map(|(_, row)| row));
    }
    likely
}

/// The hashes of some candidates, mixed so that they set other bits.
fn elsewhere(some: &[(u64, u32)]) -> [u64; AT_A_TIME] {
    let mut mixed = [0; AT_A_TIME];
    for (mixed, &(hash, _)) in mixed.iter_mut().zip(some) {
        // By the golden ratio.
        *mixed = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    mixed
}

impl Groups {
    /// The groups among some rows; all candidates have as many shares.
    pub(crate) fn new<'a>(
        candidates: &[Candidates],
        address: impl Fn(u32) -> Address<'a> + Sync,
    ) -> Self {
        let shares = candidates.first().map_or(0, |first| first.shares.len());
        // Rows of one address have one hash, so shares have nothing to do with each other.
        let parts = on_threads(0..shares, |share| {
            let mut here = likely(candidates.iter().map(|all| &all.shares[share][..]));
            here.sort_unstable();
            let mut repeats = repeats_in(&here, &address);
            repeats.sort_unstable();
            repeats
        });
        let mut repeats = parts.concat();
        repeats.sort();
        let mut groups = Self::default();
        for of_first in repeats.chunk_by(|a, b| a.0 == b.0) {
            groups.rows.push(of_first[0].0);
            groups.rows.extend(of_first.iter().map(|&(_, row)| row));
            // There are no more of them than rows, which fit.
            let end = u32::try_from(groups.rows.len()).unwrap_or(u32::MAX);
            groups.ends.push(end);
        }
        groups.later = repeats.into_iter().map(|(_, row)| row).collect();
        groups.later.sort_unstable();
        groups
    }

    /// How many groups.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The rows of all groups.
    pub(crate) fn all_rows(&self) -> &[u32] {
        &self.rows
    }

    /// The rows from a row on that are not the first of their group, ascending.
    pub(crate) fn later_from(&self, row: u32) -> impl Iterator<Item = u32> {
        let start = self.later.partition_point(|&later| later < row);
        self.later[start..].iter().copied()
    }

    /// The first rows of groups from a row on, ascending, with their groups.
    pub(crate) fn firsts_from(&self, row: u32) -> impl Iterator<Item = (u32, usize)> {
        let first = |group: usize| self.rows(group)[0];
        let (mut start, mut end) = (0, self.len());
        while start < end {
            let middle = start.midpoint(end);
            if first(middle) < row {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        (start..self.len()).map(move |group| (first(group), group))
    }

    /// The rows of a group.
    pub(crate) fn rows(&self, group: usize) -> &[u32] {
        self.rows_of(group..group + 1)
    }

    /// The rows of groups that follow each other, one group behind the other.
    pub(crate) fn rows_of(&self, groups: Range<usize>) -> &[u32] {
        let place = |group: usize| group.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rows[place(groups.start) as usize..place(groups.end) as usize]
    }
}

/// Finds rows that repeat the address of an earlier one, among rows in the order of their hashes: the first row with the
/// address, and the row.
fn repeats_in<'a>(rows: &[(u64, u32)], address: &impl Fn(u32) -> Address<'a>) -> Vec<(u32, u32)> {
    let mut repeats = Vec::new();
    let mut some: Vec<(u64, u32)> = Vec::with_capacity(AT_A_TIME);
    for same_hash in rows.chunk_by(|a, b| a.0 == b.0) {
        if same_hash.len() > AT_A_TIME {
            collect(same_hash, |at| address(same_hash[at].1), &mut repeats);
        } else if same_hash.len() > 1 {
            if some.len() + same_hash.len() > AT_A_TIME {
                collect_some(&some, address, &mut repeats);
                some.clear();
            }
            some.extend_from_slice(same_hash);
        }
    }
    collect_some(&some, address, &mut repeats);
    repeats
}

/// The same for so few rows that all addresses are looked up before the first are compared: they lie all over, and the machine
/// waits for all of them at once.
fn collect_some<'a>(
    rows: &[(u64, u32)],
    address: &impl Fn(u32) -> Address<'a>,
    repeats: &mut Vec<(u32, u32)>,
) {
    let mut found = [(None, Address::default()); AT_A_TIME];
    for (found, &(_, row)) in found.iter_mut().zip(rows) {
        let address = address(row);
        *found = (address.parts().0.first(), address);
    }
    let mut rest = &found[..rows.len()];
    for same_hash in rows.chunk_by(|a, b| a.0 == b.0) {
        let (here, behind) = rest.split_at(same_hash.len());
        collect(same_hash, |at| here[at], repeats);
        rest = behind;
    }
}

/// The same among rows with one hash; what tells them apart is looked up by their position. Nearly always all have one address.
fn collect<A: PartialEq>(
    same_hash: &[(u64, u32)],
    address: impl Fn(usize) -> A,
    repeats: &mut Vec<(u32, u32)>,
) {
    for (at, &(_, row)) in same_hash.iter().enumerate() {
        let its = address(at);
        if let Some(first) = (0..at).find(|&earlier| address(earlier) == its) {
            repeats.push((same_hash[first].1, row));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::split;
    use super::super::dictionary::Keyed;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_bit_set_on_two_threads_is_repeated() {
        let hash = Keyed::new();
        let hashes: Vec<u64> = ["a", "b", "c", "d"]
            .map(|text| hash.bytes(text.as_bytes()))
            .to_vec();
        let (mut one, mut two) = (Seen::new(0), Seen::new(0));
        one.note(hashes[0]);
        one.note(hashes[1]);
        one.note(hashes[1]);
        two.note(hashes[0]);
        two.note(hashes[2]);
        let repeated = Seen::repeated(vec![one, two], Threads::MIN);
        assert_eq!(repeated.among(&hashes[..2]), 0b11);
    }

    #[test]
    fn rows_are_grouped_by_address_even_where_hashes_are_equal() {
        let addresses = ["b@x", "a@x", "b@x", "c@x", "a@x", "b@x"];
        let mut candidates = [(); 2].map(|()| Candidates::new(Threads::MIN));
        for row in 0..6 {
            candidates[row as usize / 4].push(u64::from(row == 3), row);
        }
        let groups = Groups::new(&candidates, |row| split(addresses[row as usize].as_bytes()));
        let found: Vec<&[u32]> = (0..groups.len()).map(|group| groups.rows(group)).collect();
        assert_eq!(found, [&[0, 2, 5][..], &[1, 4]]);
        assert_eq!(groups.later, [2, 4, 5]);
    }

    #[test]
    fn however_many_rows_a_user_has_they_are_one_group() {
        // More rows of one user than are compared at a time, and more users with two rows each.
        let user = |row: u32| if row < 100 { 0 } else { row % 100 };
        let addresses: Vec<String> = (0..300).map(|row| format!("{}@x", user(row))).collect();
        let mut candidates = Candidates::new(Threads::MIN);
        (0..300).for_each(|row| candidates.push(u64::from(user(row)) << 54, row));
        let groups = Groups::new(&[candidates], |row| {
            split(addresses[row as usize].as_bytes())
        });
        let lengths: Vec<usize> = (0..groups.len())
            .map(|group| groups.rows(group).len())
            .collect();
        assert_eq!(lengths, [vec![102], vec![2; 99]].concat());
    }

    proptest! {
        #[test]
        fn a_bit_that_was_set_twice_is_among_the_repeated(
            hashes in proptest::collection::vec(any::<u64>(), 1..64),
            again in any::<u64>(),
            bytes in 0_u64..1 << 26,
        ) {
            let mut seen = [Seen::new(bytes), Seen::new(bytes)];
            for (number, &hash) in hashes.iter().enumerate() {
                seen[number % 2].note(hash);
                if again >> number & 1 == 1 {
                    seen[0].note(hash);
                }
            }
            let position = |hash: u64| seen[0].position(hash);
            let times = |hash| {
                let noted = (0..hashes.len()).filter(|&number| position(hashes[number]) == position(hash));
                noted.map(|number| 1 + (again >> number & 1)).sum::<u64>()
            };
            let expected: u64 = (0..hashes.len()).map(|number| u64::from(times(hashes[number]) > 1) << number).sum();
            let repeated = Seen::repeated(Vec::from(seen), Threads::new(3).expect("above zero"));
            prop_assert_eq!(repeated.among(&hashes), expected);
        }

        #[test]
        fn groups_are_those_of_a_map_however_many_threads_make_them(
            rows in proptest::collection::vec(("[a-d]{1,2}", any::<bool>()), 0..80),
            parts in 1..5_usize,
            threads in 1..5_usize,
        ) {
            let keyed = Keyed::new();
            let mut all: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
            for (row, (address, _)) in (0..).zip(&rows) {
                all.entry(address).or_default().push(row);
            }
            let mut expected: Vec<Vec<u32>> = all.into_values().filter(|rows| rows.len() > 1).collect();
            expected.sort();
            // Rows whose address is not repeated may be candidates, too.
            let threads = Threads::new(threads).expect("above zero");
            let mut candidates: Vec<Candidates> = (0..parts).map(|_| Candidates::new(threads)).collect();
            for (row, (address, is_candidate)) in (0_u32..).zip(&rows) {
                if *is_candidate || expected.iter().any(|rows| rows.contains(&row)) {
                    let hash = keyed.bytes(address.as_bytes());
                    candidates[row as usize % parts].push(hash, row);
                }
            }
            let groups = Groups::new(&candidates, |row| split(rows[row as usize].0.as_bytes()));
            let found: Vec<Vec<u32>> = (0..groups.len()).map(|group| groups.rows(group).to_vec()).collect();
            prop_assert_eq!(&found, &expected);
            let mut later: Vec<u32> = expected.iter().flat_map(|rows| rows[1..].to_vec()).collect();
            later.sort_unstable();
            prop_assert_eq!(groups.later, later);
        }
    }
}
