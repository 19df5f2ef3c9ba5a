//! Paths as they grow, each kept once however many groups take it.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHashMap;

use super::{Path, State, Step, Traits};

/// A point of a path: how it begins, or a step and the point before it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Point {
    Start(State),
    Step(u32, Step),
}

/// What tells nearly all points apart, and no more: hashing the rest costs more than it saves.
impl Hash for Point {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let (before, stage, state) = match self {
            Self::Start(state) => (NOBODY, 0, state),
            Self::Step(before, step) => (*before, step.stage, &step.state),
        };
        (before, stage, state.home, state.endpoints).hash(hasher);
    }
}

/// The position of the path of a crowd without users.
pub(super) const NOBODY: u32 = u32::MAX;

/// All points of all paths.
#[derive(Default)]
pub(super) struct Paths {
    points: Vec<Point>,
    ids: FxHashMap<Point, u32>,
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
        if let Some(&id) = self.ids.get(&point) {
            return id;
        }
        let id = u32::try_from(self.points.len())
            .expect("points are fewer than users times stages, in practice far below u32");
        self.points.push(point.clone());
        self.ids.insert(point, id);
        id
    }

    /// The different paths of so many users with these traits who end at these points, and for each of these the position of
    /// its path ([`NOBODY`] where there are no users).
    pub(super) fn finish(
        &self,
        ends: impl Iterator<Item = (Traits, u32, u64)>,
    ) -> (Vec<Path>, Vec<u32>) {
        let mut position_of: FxHashMap<(Traits, u32), u32> = FxHashMap::default();
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
                paths.push(self.path_to(traits, end));
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
