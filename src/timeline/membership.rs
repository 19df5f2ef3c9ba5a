//! Who takes which path: users -> crowds -> paths and routes.

use std::num::NonZeroUsize;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::routes::Route;
use crate::inventory::Inventory;
use crate::threads::in_parts_mut;

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
    /// The crowd of each user; `None` where none was split.
    pub(super) crowd_of_user: Option<Vec<u32>>,
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
        match &self.crowd_of_user {
            Some(crowds) => crowds[user] as usize,
            None => self.crowd_of_shape[inventory.users.shape(user)] as usize,
        }
    }

    /// The paths of all users, in the order of these positions, or of the users themselves.
    pub(super) fn paths_of_users(
        &self,
        inventory: &Inventory,
        order: Option<&[u32]>,
        threads: NonZeroUsize,
    ) -> Vec<u32> {
        let path = |user: usize| self.paths[self.crowd_of(inventory, user)];
        let mut paths: Vec<u32> = match order {
            Some(order) => order.to_vec(),
            None => (0..).take(inventory.users.len()).collect(),
        };
        in_parts_mut(&mut paths, threads, |part| {
            for user in part {
                *user = path(*user as usize);
            }
        });
        paths
    }

    /// The cohorts, in the order of their first users.
    pub(super) fn cohorts(&self, inventory: &Inventory) -> &Cohorts {
        self.cohorts.get_or_init(|| {
            let mut positions: FxHashMap<(usize, usize), u32> = FxHashMap::default();
            let mut list: Vec<Cohort> = Vec::new();
            let of_user = (0..inventory.users.len()).map(|user| {
                let (shape, crowd) = (inventory.users.shape(user), self.crowd_of(inventory, user));
                let position = *positions.entry((shape, crowd)).or_insert_with(|| {
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
            Cohorts { list, of_user }
        })
    }
}
