//! Paths as they grow, each kept once however many groups take it.

use std::hash::BuildHasher;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use super::points::{Point, Points};
use super::{Path, State, Step, Traits};
use crate::threads::{Alike, Threads, in_parts};

/// A point of a path: how it begins, or a step and the point before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PathPoint {
    Start(State),
    Step(u32, Step),
}

impl Point for PathPoint {
    fn before(&self) -> Option<u32> {
        match self {
            Self::Start(_) => None,
            Self::Step(before, _) => Some(*before),
        }
    }

    fn behind(self, before: u32) -> Self {
        match self {
            Self::Start(_) => self,
            Self::Step(_, step) => Self::Step(before, step),
        }
    }

    /// Hashing more costs more than it saves.
    fn hash(&self) -> u32 {
        let (stage, state) = match self {
            Self::Start(state) => (0, state),
            Self::Step(_, step) => (step.stage, &step.state),
        };
        let hash = FxBuildHasher.hash_one((self.before(), stage, state.home, state.endpoints));
        (hash ^ hash >> 32) as u32
    }
}

/// The position of the path of a crowd without users.
pub(super) const NOBODY: u32 = u32::MAX;

/// Paths as they grow.
pub(super) type Paths = Points<PathPoint>;

impl Paths {
    /// The path that begins like this.
    pub(super) fn begin(&mut self, state: State) -> u32 {
        self.add(PathPoint::Start(state))
    }

    /// A path that goes on with a step.
    pub(super) fn go_on(&mut self, path: u32, step: Step) -> u32 {
        self.add(PathPoint::Step(path, step))
    }

    /// The different paths of so many users with these traits, by their position, who end at these points, and for each of
    /// these the position of its path ([`NOBODY`] where there are no users).
    pub(super) fn finish(
        &self,
        all_traits: &[Traits],
        ends: impl Iterator<Item = (u32, u32, u64)> + Clone,
        threads: Threads,
    ) -> (Vec<Path>, Vec<u32>) {
        let taken: Vec<(u32, u32, u64)> = ends.clone().filter(|&(.., users)| users > 0).collect();
        let end = |at: usize| (taken[at].0, taken[at].1);
        let hash = |at: usize| {
            let hash = FxBuildHasher.hash_one(end(at));
            (hash ^ hash >> 32) as u32
        };
        let alike = Alike::of(taken.len(), threads, hash, |one, other| {
            end(one) == end(other)
        });
        let mut of_paths = vec![0; alike.firsts.len()];
        for (&path, &(.., users)) in alike.numbers.iter().zip(&taken) {
            of_paths[path as usize] += users;
        }
        let ends_of_paths: Vec<(u32, u32)> =
            alike.firsts.iter().map(|&at| end(at as usize)).collect();
        let ways = self.ways(&ends_of_paths, threads);
        let paths = ends_of_paths.iter().zip(ways).zip(of_paths);
        let paths = paths.map(|((&(traits, _), (start, steps)), users)| Path {
            traits: all_traits[traits as usize],
            start,
            steps,
            users,
        });
        let paths = paths.collect();
        let mut numbers = alike.numbers.into_iter();
        let number = |(.., users): (u32, u32, u64)| {
            let path = (users > 0).then(|| numbers.next());
            path.flatten().unwrap_or(NOBODY)
        };
        (paths, ends.map(number).collect())
    }

    /// The ways to the points at which paths with these traits end. Paths to the same point share the steps.
    fn ways(&self, ends: &[(u32, u32)], threads: Threads) -> impl Iterator<Item = Way> {
        let mut numbers = vec![NOBODY; self.list().len()];
        let mut different = Vec::new();
        for &(_, end) in ends {
            let place = &mut numbers[end as usize];
            if *place == NOBODY {
                *place = u32::try_from(different.len()).unwrap_or(NOBODY);
                different.push(end);
            }
        }
        let ways = in_parts(&different, threads, |ends| {
            let ways = ends.iter().map(|&end| self.way_to(end));
            ways.collect::<Vec<Way>>()
        });
        let ways: Vec<Way> = ways.into_iter().flatten().collect();
        let of_end = move |&(_, end): &(u32, u32)| ways[numbers[end as usize] as usize].clone();
        ends.iter().map(of_end)
    }

    /// How many steps lead to a point.
    fn length(&self, end: u32) -> usize {
        let (mut length, mut at) = (0, end);
        while let PathPoint::Step(before, _) = &self.list()[at as usize] {
            length += 1;
            at = *before;
        }
        length
    }

    /// Follows a path back from its last point.
    fn way_to(&self, end: u32) -> Way {
        let mut steps = Vec::with_capacity(self.length(end));
        let mut at = end;
        loop {
            match &self.list()[at as usize] {
                PathPoint::Start(start) => {
                    steps.reverse();
                    return (*start, steps.into());
                }
                PathPoint::Step(before, step) => {
                    steps.push(step.clone());
                    at = *before;
                }
            }
        }
    }
}

/// How a path begins, and its steps.
type Way = (State, Arc<[Step]>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AddInSet, EndpointSet, Level, ProviderSet, ServerVersion};

    /// Some state; numbers that differ by a multiple of three make states whose hashes are equal.
    fn state(number: usize) -> State {
        State {
            home: ServerVersion::ALL[number % 3],
            endpoints: EndpointSet::EMPTY,
            brought: EndpointSet(number as u64),
            chat: None,
            existing_meetings: [Level::Full; 3],
        }
    }

    #[test]
    fn every_point_is_kept_once() {
        let mut paths = Paths::default();
        let mut expected: Vec<(u32, usize, usize)> = Vec::new();
        for round in 0..2 {
            for number in 0..40 {
                let start = paths.begin(state(number));
                for stage in 0..8 {
                    let step = Step {
                        stage,
                        state: state(number + stage),
                        hops: Vec::new(),
                    };
                    let id = paths.go_on(start, step);
                    if round == 0 {
                        expected.push((id, number, stage));
                    }
                    assert!(expected.contains(&(id, number, stage)));
                }
            }
        }
        assert_eq!(paths.list().len(), 40 * 9);
        let mut ids: Vec<u32> = expected.iter().map(|&(id, ..)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 40 * 8);
    }

    #[test]
    fn paths_that_differ_in_their_traits_only_share_the_steps() {
        let mut paths = Paths::default();
        let start = paths.begin(state(1));
        let moved = |stage| Step {
            stage,
            state: state(2),
            hops: Vec::new(),
        };
        let (early, late) = (paths.go_on(start, moved(3)), paths.go_on(start, moved(5)));
        let traits = |group_chat| Traits {
            group_chat,
            organizer: false,
            live_meeting: false,
            providers: ProviderSet::default(),
            unlicensed_from: None,
            add_ins: AddInSet::default(),
        };
        let ends = [
            (0, early, 1),
            (1, early, 2),
            (0, late, 0),
            (0, start, 4),
            (0, early, 8),
        ];
        let (found, numbers) = paths.finish(
            &[traits(false), traits(true)],
            ends.into_iter(),
            Threads::MIN,
        );
        assert_eq!(numbers, [0, 1, NOBODY, 2, 0]);
        let users: Vec<u64> = found.iter().map(|path| path.users).collect();
        assert_eq!(users, [9, 2, 4]);
        assert!(Arc::ptr_eq(&found[0].steps, &found[1].steps));
        assert_eq!((found[0].steps[0].stage, found[0].start), (3, state(1)));
        assert!(found[2].steps.is_empty());
    }
}
