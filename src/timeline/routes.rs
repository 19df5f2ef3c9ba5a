//! The home pools that users pass through, in order.
//!
//! Levels depend on server versions only, so paths know no pools. Whoever writes down who moves where (batches, reports) asks
//! here. Few routes are different, so each is kept once.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::points::{Point, Points};
use crate::plan::PoolIndex;

/// The home pools of one or more users through the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The pool at the baseline.
    pub start: PoolIndex,
    /// The stages that change the pool (positions in the timeline's order), each with the pool after it.
    pub moves: Vec<(usize, PoolIndex)>,
}

impl Route {
    /// The pool before a stage; the last one where the stage lies behind every move.
    #[must_use]
    pub fn before(&self, stage: usize) -> PoolIndex {
        let moves = self.moves.iter().rev();
        moves
            .skip_while(|(moved, _)| *moved >= stage)
            .map(|&(_, pool)| pool)
            .next()
            .unwrap_or(self.start)
    }

    /// The pool after a stage.
    #[must_use]
    pub fn after(&self, stage: usize) -> PoolIndex {
        self.before(stage + 1)
    }
}

/// A point of a route: the pool reached, where, and from which point.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RoutePoint {
    before: Option<u32>,
    stage: usize,
    pool: PoolIndex,
}

impl Point for RoutePoint {
    fn before(&self) -> Option<u32> {
        self.before
    }

    fn behind(self, before: u32) -> Self {
        Self {
            before: Some(before),
            ..self
        }
    }

    fn hash(&self) -> u32 {
        let hash = FxBuildHasher.hash_one(self);
        (hash ^ hash >> 32) as u32
    }
}

/// Routes as they grow.
pub(super) type Routes = Points<RoutePoint>;

impl Routes {
    /// The route that begins at a pool.
    pub(super) fn begin(&mut self, pool: PoolIndex) -> u32 {
        self.add(RoutePoint {
            before: None,
            stage: 0,
            pool,
        })
    }

    /// A route that goes on to a pool at a stage.
    pub(super) fn go_on(&mut self, route: u32, stage: usize, pool: PoolIndex) -> u32 {
        self.add(RoutePoint {
            before: Some(route),
            stage,
            pool,
        })
    }

    /// Every route, complete; the ids given out are positions in it. None of them begins elsewhere.
    pub(super) fn complete(&self) -> Vec<Route> {
        let points = self.list();
        points
            .iter()
            .map(|&last| {
                let mut moves = Vec::new();
                let mut at = last;
                while let Some(before) = at.before {
                    moves.push((at.stage, at.pool));
                    at = points[before as usize];
                }
                moves.reverse();
                Route {
                    start: at.pool,
                    moves,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_tells_the_pool_before_and_after_each_stage() {
        let route = Route {
            start: PoolIndex(7),
            moves: vec![(1, PoolIndex(8)), (4, PoolIndex(9))],
        };
        let pools: Vec<u16> = (0..6).map(|stage| route.before(stage).0).collect();
        assert_eq!(pools, [7, 7, 8, 8, 8, 9]);
        assert_eq!(route.after(4), PoolIndex(9));
    }

    #[test]
    fn equal_routes_are_kept_once() {
        let mut routes = Routes::default();
        let start = routes.begin(PoolIndex(0));
        let one = routes.go_on(start, 2, PoolIndex(1));
        assert_eq!(routes.go_on(start, 2, PoolIndex(1)), one);
        assert_eq!(routes.complete()[one as usize].moves, [(2, PoolIndex(1))]);
    }
}
