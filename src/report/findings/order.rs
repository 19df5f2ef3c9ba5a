//! In which order users follow each other within an event.
//!
//! In: the users of a timeline. Out: their order. Sorting a million addresses would be waiting for memory, and keys for all of
//! them at once would be much memory: so users are dealt out to buckets, each of addresses that follow each other, and the
//! buckets are sorted by several threads, with keys for a bucket at a time.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::Sort;
use crate::inventory::Users;
use crate::threads::{in_parts_mut, in_ranges};
use crate::timeline::Timeline;

/// The users in the order in which they are written.
pub(super) struct Order<'a> {
    timeline: &'a Timeline<'a>,
    sorted: Option<Vec<u32>>,
}

impl<'a> Order<'a> {
    pub(super) fn new(timeline: &'a Timeline<'a>, sort: Sort, threads: NonZeroUsize) -> Self {
        let users = &timeline.inventory.users;
        let sorted = (sort == Sort::Sip).then(|| by_address(users, BUCKETS, threads));
        Self { timeline, sorted }
    }

    pub(super) fn len(&self) -> usize {
        self.timeline.inventory.users.len()
    }

    /// Hands on the users at these positions, with their paths.
    pub(super) fn for_each_path(&self, positions: Range<usize>, take: impl FnMut(u32, usize)) {
        let sorted = self.sorted.as_deref();
        self.timeline.for_each_path(sorted, positions, take);
    }
}

/// Into how many buckets users are dealt out.
const BUCKETS: usize = 256;

/// Of so many users for each bucket the addresses are looked at to find where buckets begin.
const SAMPLES: usize = 16;

/// The users in ascending order of their addresses.
fn by_address(users: &Users, buckets: usize, threads: NonZeroUsize) -> Vec<u32> {
    let beginning = |user: usize| users.sip(user).beginning();
    let step = (users.len() / (buckets * SAMPLES)).max(1);
    let mut samples: Vec<u64> = (0..users.len()).step_by(step).map(beginning).collect();
    samples.sort_unstable();
    // A bucket begins with the first address that begins like this.
    let mut begins: Vec<u64> = (1..buckets)
        .filter_map(|bucket| samples.get(bucket * samples.len() / buckets).copied())
        .collect();
    begins.dedup();
    let dealt = in_ranges(0..users.len(), threads, |range| {
        let mut counts = vec![0; begins.len() + 1];
        let bucket_of = |user| {
            let beginning = beginning(user);
            begins.partition_point(|&begin| begin <= beginning)
        };
        let buckets = range.map(|user| {
            let bucket = bucket_of(user);
            counts[bucket] += 1;
            // Buckets are not more than a byte can tell apart.
            bucket as u8
        });
        let buckets: Vec<u8> = buckets.collect();
        (buckets, counts)
    });
    let mut counts = vec![0; begins.len() + 1];
    for (_, of_part) in &dealt {
        for (count, more) in counts.iter_mut().zip(of_part) {
            *count += more;
        }
    }
    let mut sorted = vec![0; users.len()];
    let mut buckets = divided(&mut sorted, &counts);
    let mut places: Vec<_> = buckets.iter_mut().map(|bucket| bucket.iter_mut()).collect();
    for (user, &bucket) in (0..).zip(dealt.iter().flat_map(|(buckets, _)| buckets)) {
        if let Some(place) = places[usize::from(bucket)].next() {
            *place = user;
        }
    }
    drop(dealt);
    in_parts_mut(&mut buckets, threads, |buckets| {
        for bucket in buckets {
            sort_bucket(users, bucket);
        }
    });
    sorted
}

/// A list in stretches of these lengths.
fn divided<'a>(mut list: &'a mut [u32], lengths: &[usize]) -> Vec<&'a mut [u32]> {
    let mut parts = Vec::with_capacity(lengths.len());
    for &length in lengths {
        let (part, rest) = list.split_at_mut(length);
        parts.push(part);
        list = rest;
    }
    parts
}

fn sort_bucket(users: &Users, bucket: &mut [u32]) {
    let keyed = bucket
        .iter()
        .map(|&user| (users.sip(user as usize).long_beginning(), user));
    let mut keyed: Vec<(u128, u32)> = keyed.collect();
    // Bytes of UTF-8 sort as code points do.
    keyed.sort_unstable_by(|(a, one), (b, other)| {
        let whole = || users.sip(*one as usize).cmp(&users.sip(*other as usize));
        a.cmp(b).then_with(whole)
    });
    for (place, (_, user)) in bucket.iter_mut().zip(keyed) {
        *place = user;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::users_of;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn users_come_in_the_order_of_their_addresses(
            addresses in proptest::collection::btree_set("[a-c]{0,3}[é.]{0,1}[a-b]{0,14}(@[a-b]{1,12})?", 0..300),
            buckets in 1..256_usize,
            threads in 1..4_usize,
        ) {
            let mut shuffled: Vec<&String> = addresses.iter().collect();
            shuffled.sort_by_key(|address| address.bytes().map(u32::from).fold(7, |all, byte| all * 31 % 1009 + byte));
            let users = users_of(shuffled.iter().map(|address| address.as_bytes()));
            let threads = NonZeroUsize::new(threads).expect("above zero");
            let sorted = by_address(&users, buckets, threads);
            let found: Vec<String> = sorted.iter().map(|&user| users.sip(user as usize).to_string()).collect();
            let expected: Vec<String> = addresses.into_iter().collect();
            prop_assert_eq!(found, expected);
        }
    }
}
