//! Which users have lines at which event.
//!
//! Most users have none at most events, and asking each of them at each event would cost more than the lines. So events are
//! taken many at a time: one look at a user lists them wherever they have lines.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::order::Order;
use super::{Choice, Run};
use crate::threads::{in_ranges, on_threads};

/// How many users are laid out at once.
const STRETCH: usize = 1024;

/// For how many users it is looked up at a time where they have lines.
const AT_A_TIME: usize = 64;

/// How many events are looked at together at most.
const EVENTS: usize = u64::BITS as usize;

/// Some of all paths.
#[derive(Debug, Default)]
pub(super) struct PathSet {
    words: Vec<Word>,
}

/// Which of successive paths are in a set.
#[derive(Clone, Copy, Debug)]
struct Word {
    /// A bit for each, the first one's lowest.
    bits: u64,
    /// How many paths before them are in the set.
    before: u32,
}

impl PathSet {
    /// How many paths a word tells of.
    const WORD: usize = u64::BITS as usize;

    /// How many of the paths in the set come before this one.
    #[inline]
    pub(super) fn position(&self, path: usize) -> usize {
        let Word { bits, before } = self.words[path / Self::WORD];
        let of_word = bits & ((1 << (path % Self::WORD)) - 1);
        (before + of_word.count_ones()) as usize
    }
}

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
    pub(super) fn all(
        run: &Run<'_>,
        choice: &Choice,
        threads: NonZeroUsize,
    ) -> impl Iterator<Item = Self> {
        let events = run.simulation.outcomes.len();
        let begins = (0..events).step_by(EVENTS);
        begins.map(move |begin| {
            let events = begin..(begin + EVENTS).min(events);
            Self::new(run, choice, events, threads)
        })
    }

    fn new(run: &Run<'_>, choice: &Choice, events: Range<usize>, threads: NonZeroUsize) -> Self {
        let parts = in_ranges(0..run.timeline.paths.len(), threads, |paths| {
            Self::of(run, choice, &events, paths)
        });
        let mut due = Self {
            people: vec![0; events.len()],
            events,
            of_path: Vec::with_capacity(run.timeline.paths.len()),
        };
        for (of_path, people) in parts {
            due.of_path.extend_from_slice(&of_path);
            for (all, more) in due.people.iter_mut().zip(people) {
                *all += more;
            }
        }
        due
    }

    /// The bits of some paths, and how many people they make it at each event.
    fn of(
        run: &Run<'_>,
        choice: &Choice,
        events: &Range<usize>,
        paths: Range<usize>,
    ) -> (Vec<u64>, Vec<u64>) {
        let mut people = vec![0; events.len()];
        let of_path = paths.map(|path| {
            let mut bits = 0;
            for finding in run.simulation.findings_of(path) {
                if events.contains(&finding.event) && choice.takes(finding) {
                    bits |= 1 << (finding.event - events.start);
                }
            }
            for event in ones(bits) {
                people[event] += run.timeline.paths[path].users;
            }
            bits
        });
        (of_path.collect(), people)
    }

    /// Has a path lines at any of the events?
    #[inline]
    pub(super) fn has_lines(&self, path: usize) -> bool {
        self.of_path[path] != 0
    }

    /// Has a path lines at one of the events?
    #[inline]
    pub(super) fn has_lines_at(&self, path: usize, event: usize) -> bool {
        self.of_path[path] >> (event - self.events.start) & 1 == 1
    }

    /// Which paths have lines at an event.
    pub(super) fn paths(&self, event: usize) -> PathSet {
        let bit = event - self.events.start;
        let has = |of_path: &u64| of_path >> bit & 1;
        let mut before = 0;
        let words = self.of_path.chunks(PathSet::WORD).map(|of_paths| {
            let bits = of_paths.iter().rev();
            let bits = bits.fold(0, |bits, of_path| bits << 1 | has(of_path));
            let word = Word { bits, before };
            before += bits.count_ones();
            word
        });
        PathSet {
            words: words.collect(),
        }
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
        let mut list = |some: &[(u32, u64)]| {
            for &(user, events) in some {
                for event in ones(events) {
                    append(&mut lists[event], user);
                }
            }
        };
        // Paths lie all over: as long as nothing is decided by what is found there, the machine waits for all at once.
        let mut some = [(0, 0); AT_A_TIME];
        let mut count = 0;
        order.for_each_path(part, |user, path| {
            some[count] = (user, self.of_path[path] >> shift & wanted);
            count += 1;
            if count == AT_A_TIME {
                list(&some);
                count = 0;
            }
        });
        list(&some[..count]);
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
    fn a_set_of_paths_knows_each_and_how_many_come_before_it() {
        let mut due = due(&[0; 3]);
        due.of_path = (0..200).map(|path| u64::from(path % 7 == 0) << 1).collect();
        let paths = due.paths(11);
        for path in 0..200 {
            assert_eq!(due.has_lines_at(path, 11), path % 7 == 0);
            assert_eq!(due.has_lines(path), path % 7 == 0);
            assert_eq!(paths.position(path), path.div_ceil(7));
            assert_eq!(due.paths(10).position(path), 0);
        }
    }

    #[test]
    fn every_bit_that_is_set_is_found_once() {
        let positions: Vec<usize> = ones(1 << 63 | 0b101).collect();
        assert_eq!(positions, [0, 2, 63]);
        assert_eq!(ones(0).count(), 0);
    }
}
