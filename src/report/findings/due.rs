//! Which users have lines at which event.
//!
//! Most users have none at most events, and asking each of them at each event would cost more than the lines. So events are
//! taken many at a time: one look at a user lists them wherever they have lines.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::order::Order;
use super::{Choice, Run};
use crate::threads::on_threads;

/// How many users are laid out at once.
const STRETCH: usize = 1024;

/// How many events are looked at together at most.
const EVENTS: usize = u64::BITS as usize;

/// At which of some successive events each path has lines.
pub(super) struct Due {
    events: Range<usize>,
    /// A bit for each of the events, the first one's lowest, by path.
    of_path: Vec<u64>,
    /// How many people have lines at each of the events.
    people: Vec<u64>,
}

impl Due {
    /// For all events, so many at a time as can be looked at together.
    pub(super) fn all(run: &Run<'_>, choice: &Choice) -> impl Iterator<Item = Self> {
        let events = run.simulation.outcomes.len();
        let begins = (0..events).step_by(EVENTS);
        begins.map(move |begin| Self::new(run, choice, begin..(begin + EVENTS).min(events)))
    }

    fn new(run: &Run<'_>, choice: &Choice, events: Range<usize>) -> Self {
        let mut people = vec![0; events.len()];
        let paths = run.timeline.paths.iter().enumerate();
        let of_path = paths.map(|(position, path)| {
            let mut bits = 0;
            for finding in run.simulation.findings_of(position) {
                if events.contains(&finding.event) && choice.takes(finding) {
                    bits |= 1 << (finding.event - events.start);
                }
            }
            for event in ones(bits) {
                people[event] += path.users;
            }
            bits
        });
        Self {
            of_path: of_path.collect(),
            events,
            people,
        }
    }

    /// The paths that have lines at an event, ascending.
    pub(super) fn paths(&self, event: usize) -> impl Iterator<Item = usize> {
        let bit = 1 << (event - self.events.start);
        let paths = self.of_path.iter().enumerate();
        paths.filter_map(move |(path, bits)| (bits & bit != 0).then_some(path))
    }

    /// The events in stretches for each of which the lists together hold at most half of all users; the list of a single event
    /// may hold all.
    pub(super) fn batches(&self, users: usize) -> Vec<Range<usize>> {
        let mut batches: Vec<Range<usize>> = Vec::new();
        let mut listed = u64::MAX;
        for (event, &people) in self.events.clone().zip(&self.people) {
            listed = listed.saturating_add(people);
            match batches.last_mut() {
                Some(batch) if listed <= users as u64 / 2 => batch.end = event + 1,
                _ => {
                    batches.push(event..event + 1);
                    listed = people;
                }
            }
        }
        batches
    }

    /// Who has lines at each event of a batch, in order, in stretches to be laid out at once.
    pub(super) fn users(
        &self,
        order: &Order<'_>,
        batch: Range<usize>,
        threads: NonZeroUsize,
    ) -> Vec<Vec<Vec<u32>>> {
        let length = order.len().div_ceil(threads.get()).max(STRETCH);
        let begins = (0..order.len()).step_by(length);
        let parts = begins.map(|begin| begin..(begin + length).min(order.len()));
        let parts = on_threads(parts, |part| self.users_in(order, &batch, part));
        let mut lists: Vec<Vec<Vec<u32>>> = vec![Vec::new(); batch.len()];
        for part in parts {
            for (list, stretches) in lists.iter_mut().zip(part) {
                list.extend(stretches);
            }
        }
        lists
    }

    fn users_in(
        &self,
        order: &Order<'_>,
        batch: &Range<usize>,
        part: Range<usize>,
    ) -> Vec<Vec<Vec<u32>>> {
        let shift = batch.start - self.events.start;
        let wanted = u64::MAX >> (EVENTS - batch.len());
        let mut lists: Vec<Vec<Vec<u32>>> = vec![Vec::new(); batch.len()];
        order.for_each_path(part, |user, path| {
            for event in ones(self.of_path[path] >> shift & wanted) {
                append(&mut lists[event], user);
            }
        });
        lists
    }
}

fn append(stretches: &mut Vec<Vec<u32>>, user: u32) {
    match stretches.last_mut() {
        Some(stretch) if stretch.len() < STRETCH => stretch.push(user),
        _ => {
            let mut stretch = Vec::with_capacity(STRETCH);
            stretch.push(user);
            stretches.push(stretch);
        }
    }
}

/// The positions of the bits that are set, ascending.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let position = bits.trailing_zeros() as usize;
        (bits != 0).then(|| {
            bits &= bits - 1;
            position
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(people: &[u64]) -> Due {
        Due {
            events: 10..10 + people.len(),
            of_path: Vec::new(),
            people: people.to_vec(),
        }
    }

    #[test]
    fn events_are_taken_together_while_their_lists_hold_no_more_than_half_of_all_users() {
        let batches = due(&[60, 40, 0, 1, 200, 0, 70, 30]).batches(200);
        assert_eq!(batches, [10..13, 13..14, 14..15, 15..18]);
        assert!(due(&[]).batches(100).is_empty());
    }

    #[test]
    fn every_bit_that_is_set_is_found_once() {
        let positions: Vec<usize> = ones(1 << 63 | 0b101).collect();
        assert_eq!(positions, [0, 2, 63]);
        assert_eq!(ones(0).count(), 0);
    }
}
