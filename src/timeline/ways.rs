//! The paths and routes of groups as they grow, on several threads.

use super::paths::Paths;
use super::points::renumbered;
use super::routes::Routes;

/// Points of paths and routes, each kept once.
#[derive(Default)]
pub(super) struct Ways {
    pub(super) paths: Paths,
    pub(super) routes: Routes,
}

impl Ways {
    /// Room for ways that go on from these, to be taken in later. They are numbered as if they came next.
    pub(super) fn beside(&self) -> Self {
        Self {
            paths: self.paths.beside(),
            routes: self.routes.beside(),
        }
    }

    /// Takes in the points of such a room; those that are here already are found again.
    pub(super) fn take_in(&mut self, beside: Self) -> Taken {
        Taken {
            first: (beside.paths.first(), beside.routes.first()),
            paths: self.paths.take_in(beside.paths),
            routes: self.routes.take_in(beside.routes),
        }
    }
}

/// The numbers of points that were taken in.
pub(super) struct Taken {
    /// The first number of a path, and of a route, that is no longer right.
    first: (u32, u32),
    paths: Vec<u32>,
    routes: Vec<u32>,
}

impl Taken {
    /// What a path is called now.
    pub(super) fn path(&self, path: u32) -> u32 {
        renumbered(path, self.first.0, &self.paths)
    }

    /// What a route is called now.
    pub(super) fn route(&self, route: u32) -> u32 {
        renumbered(route, self.first.1, &self.routes)
    }
}
