//! Who takes which path: users -> groups -> paths and routes.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

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

/// Which group each user ended in, and what became of the groups.
#[derive(Debug)]
pub(super) struct Membership {
    /// The group of each shape, before any group was split.
    pub(super) group_of_shape: Vec<u32>,
    /// The group of each user; `None` where no group was split.
    pub(super) group_of_user: Option<Vec<u32>>,
    /// The path of each group.
    pub(super) paths: Vec<u32>,
    /// The route of each group.
    pub(super) route_of_group: Vec<u32>,
    /// Every route.
    pub(super) routes: Vec<Route>,
    /// Asked for by reports only, so made when first asked for.
    pub(super) cohorts: OnceLock<Cohorts>,
}

/// Shapes crossed with groups.
#[derive(Debug)]
pub(super) struct Cohorts {
    pub(super) list: Vec<Cohort>,
    /// The cohort of each user.
    pub(super) of_user: Vec<u32>,
}

impl Membership {
    /// The group of a user.
    pub(super) fn group_of(&self, inventory: &Inventory, user: usize) -> usize {
        match &self.group_of_user {
            Some(groups) => groups[user] as usize,
            None => self.group_of_shape[inventory.users.shape(user)] as usize,
        }
    }

    /// The cohorts, in the order of their first users.
    pub(super) fn cohorts(&self, inventory: &Inventory) -> &Cohorts {
        self.cohorts.get_or_init(|| {
            let mut positions: FxHashMap<(usize, usize), u32> = FxHashMap::default();
            let mut list: Vec<Cohort> = Vec::new();
            let of_user = (0..inventory.users.len()).map(|user| {
                let (shape, group) = (inventory.users.shape(user), self.group_of(inventory, user));
                let position = *positions.entry((shape, group)).or_insert_with(|| {
                    let (path, route) = (
                        self.paths[group] as usize,
                        self.route_of_group[group] as usize,
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
