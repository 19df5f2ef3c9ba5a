//! Who takes which path: users -> crowds -> paths and routes.

use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::crowds::{Parted, crowds_of};
use super::routes::Route;
use crate::inventory::Inventory;

/// Users who start alike and are treated alike in every respect, pools included.
#[derive(Clone, Copy, Debug)]
pub struct Cohort {
    /// Their shape, as a position in [`Inventory::shapes`].
    pub shape: usize,
    /// Their path, as a position in [`super::Timeline::paths`].
    pub path: usize,
    /// Their route, for [`super::Timeline::route`].
    pub route: usize,
    /// How many people.
    pub users: u64,
}

/// Which crowd each user ended in, and what became of the crowds.
#[derive(Debug)]
pub(super) struct Membership {
    /// The crowd of each shape, before any was split.
    pub(super) crowd_of_shape: Vec<u32>,
    /// The crowds of users who were parted from the others of their shape.
    pub(super) parted: Parted,
    /// The path of each crowd.
    pub(super) paths: Vec<u32>,
    /// The route of each crowd.
    pub(super) route_of_crowd: Vec<u32>,
    /// Every route.
    pub(super) routes: Vec<Route>,
    /// Asked for by reports only, so made when first asked for.
    pub(super) cohorts: OnceLock<Cohorts>,
}

/// Shapes crossed with crowds.
#[derive(Debug)]
pub(super) struct Cohorts {
    pub(super) list: Vec<Cohort>,
    /// The cohort of each user.
    pub(super) of_user: Vec<u32>,
}

impl Membership {
    /// The crowd of a user.
    pub(super) fn crowd_of(&self, inventory: &Inventory, user: usize) -> usize {
        self.crowd(user, || inventory.users.shape(user))
    }

    #[inline]
    fn crowd(&self, user: usize, shape: impl FnOnce() -> usize) -> usize {
        let user = u32::try_from(user).unwrap_or(u32::MAX);
        let own = self.parted.get(&user).copied();
        own.unwrap_or_else(|| self.crowd_of_shape[shape()]) as usize
    }

    /// The path of a user with this shape.
    #[inline]
    pub(super) fn path(&self, user: usize, shape: usize) -> usize {
        self.paths[self.crowd(user, || shape)] as usize
    }

    /// Hands on users with their paths: the ones at these positions of an order, or the ones with these numbers.
    pub(super) fn for_each_path(
        &self,
        inventory: &Inventory,
        order: Option<&[u32]>,
        positions: Range<usize>,
        mut take: impl FnMut(u32, usize),
    ) {
        if let Some(order) = order {
            for &user in &order[positions] {
                let crowd = self.crowd_of(inventory, user as usize);
                take(user, self.paths[crowd] as usize);
            }
            return;
        }
        for (user, path) in self.paths_of(inventory, positions) {
            take(user, path);
        }
    }

    /// The paths of all users, in order.
    pub(super) fn paths_of_all<'a>(
        &'a self,
        inventory: &'a Inventory,
    ) -> impl Iterator<Item = usize> + 'a {
        let paths = self.paths_of(inventory, 0..inventory.users.len());
        paths.map(|(_, path)| path)
    }

    /// The users with these numbers, with their paths.
    fn paths_of<'a>(
        &'a self,
        inventory: &'a Inventory,
        users: Range<usize>,
    ) -> impl Iterator<Item = (u32, usize)> + 'a {
        let first = u32::try_from(users.start).unwrap_or(u32::MAX);
        let shapes = inventory.users.shapes().skip(users.start);
        let users = (first..).zip(shapes.take(users.len()));
        let crowds = crowds_of(users, first, &self.crowd_of_shape, &self.parted);
        crowds.map(|(user, crowd)| (user, self.paths[crowd as usize] as usize))
    }

    /// The cohorts, in the order of their first users.
    pub(super) fn cohorts(&self, inventory: &Inventory) -> &Cohorts {
        self.cohorts.get_or_init(|| {
            let mut positions: FxHashMap<(u32, u32), u32> = FxHashMap::default();
            let mut list: Vec<Cohort> = Vec::new();
            let of_user = (0..inventory.users.len()).map(|user| {
                let (shape, crowd) = (inventory.users.shape(user), self.crowd_of(inventory, user));
                // Both are numbered in 32 bits; half the bytes are enough where there are as many cohorts as shapes.
                let key = (shape as u32, crowd as u32);
                let position = *positions.entry(key).or_insert_with(|| {
                    let (path, route) = (
                        self.paths[crowd] as usize,
                        self.route_of_crowd[crowd] as usize,
                    );
                    list.push(Cohort {
                        shape,
                        path,
                        route,
                        users: 0,
                    });
                    u32::try_from(list.len() - 1)
                        .expect("cohorts are fewer than users, which fit u32")
                });
                list[position as usize].users += inventory.people(user);
                position
            });
            let of_user = of_user.collect();
            list.shrink_to_fit();
            Cohorts { list, of_user }
        })
    }
}
