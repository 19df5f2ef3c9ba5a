//! Paths as they grow, each kept once however many groups take it.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{Path, State, Step, Traits};

/// A point of a path: how it begins, or a step and the point before it.
#[derive(Debug, PartialEq, Eq)]
enum Point {
    Start(State),
    Step(u32, Step),
}

impl Point {
    /// A hash of what tells nearly all points apart, and no more: hashing the rest costs more than it saves.
    fn hash(&self) -> u32 {
        let (before, stage, state) = match self {
            Self::Start(state) => (NOBODY, 0, state),
            Self::Step(before, step) => (*before, step.stage, &step.state),
        };
        let hash = FxBuildHasher.hash_one((before, stage, state.home, state.endpoints));
        (hash ^ hash >> 32) as u32
    }
}

/// The position of the path of a crowd without users.
pub(super) const NOBODY: u32 = u32::MAX;

/// All points of all paths.
pub(super) struct Paths {
    points: Vec<Point>,
    /// Where points are found again.
    slots: Vec<Slot>,
}

/// A point's place among those that are found by their hashes.
#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u32,
    /// The point's position and one; zero where free.
    point: u32,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            points: Vec::new(),
            slots: vec![Slot::default(); 64],
        }
    }
}

impl Paths {
    /// The path that begins like this.
    pub(super) fn begin(&mut self, state: State) -> u32 {
        self.point(Point::Start(state))
    }

    /// A path that goes on with a step.
    pub(super) fn go_on(&mut self, path: u32, step: Step) -> u32 {
        self.point(Point::Step(path, step))
    }

    fn point(&mut self, point: Point) -> u32 {
        let hash = point.hash();
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.point == 0 {
                return self.add(point, hash, at);
            }
            if slot.hash == hash && self.points[slot.point as usize - 1] == point {
                return slot.point - 1;
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, point: Point, hash: u32, at: usize) -> u32 {
        self.points.push(point);
        let point = u32::try_from(self.points.len())
            .expect("points are fewer than users times stages, in practice far below u32");
        self.slots[at] = Slot { hash, point };
        if self.points.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        point - 1
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut larger = vec![Slot::default(); mask + 1];
        for &slot in self.slots.iter().filter(|slot| slot.point != 0) {
            let mut at = slot.hash as usize & mask;
            while larger[at].point != 0 {
                at = (at + 1) & mask;
            }
            larger[at] = slot;
        }
        self.slots = larger;
    }

    /// The different paths of so many users with these traits, by their position, who end at these points, and for each of
    /// these the position of its path ([`NOBODY`] where there are no users).
    pub(super) fn finish(
        &self,
        all_traits: &[Traits],
        ends: impl Iterator<Item = (u32, u32, u64)>,
    ) -> (Vec<Path>, Vec<u32>) {
        let mut position_of: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut paths: Vec<Path> = Vec::new();
        let mut positions = Vec::new();
        for (traits, end, users) in ends {
            if users == 0 {
                positions.push(NOBODY);
                continue;
            }
            let next =
                u32::try_from(paths.len()).expect("paths are fewer than users, which fit u32");
            let position = *position_of.entry((traits, end)).or_insert_with(|| {
                paths.push(self.path_to(all_traits[traits as usize], end));
                next
            });
            paths[position as usize].users += users;
            positions.push(position);
        }
        (paths, positions)
    }

    /// How many steps lead to a point.
    fn length(&self, end: u32) -> usize {
        let (mut length, mut at) = (0, end);
        while let Point::Step(before, _) = &self.points[at as usize] {
            length += 1;
            at = *before;
        }
        length
    }

    /// Follows a path back from its last point.
    fn path_to(&self, traits: Traits, end: u32) -> Path {
        let mut steps = Vec::with_capacity(self.length(end));
        let mut at = end;
        loop {
            match &self.points[at as usize] {
                Point::Start(start) => {
                    steps.reverse();
                    return Path {
                        traits,
                        start: *start,
                        steps,
                        users: 0,
                    };
                }
                Point::Step(before, step) => {
                    steps.push(step.clone());
                    at = *before;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EndpointSet, Level, ServerVersion};

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
        assert_eq!(paths.points.len(), 40 * 9);
        let mut ids: Vec<u32> = expected.iter().map(|&(id, ..)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 40 * 8);
    }
}
