//! Who takes which path: users -> crowds -> paths and routes.

use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::crowds::{Parted, for_each_user};
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
    parted: Parted,
    /// A bit for each user, set for these; as far as the last of them.
    is_parted: Vec<u64>,
    /// The path of each crowd.
    pub(super) paths: Vec<u32>,
    /// The path of each shape's crowd.
    path_of_shape: Vec<u32>,
    /// The route of each crowd.
    route_of_crowd: Vec<u32>,
    /// Every route.
    pub(super) routes: Vec<Route>,
    /// Asked for by reports only, so made when first asked for.
    cohorts: OnceLock<Cohorts>,
}

/// Shapes crossed with crowds.
#[derive(Debug)]
pub(super) struct Cohorts {
    pub(super) list: Vec<Cohort>,
    /// The cohort of each shape's users who were not parted from the others; [`NO_COHORT`] where there is none.
    of_shape: Vec<u32>,
    /// The cohorts of the others, by shape and crowd.
    of_parted: FxHashMap<(u32, u32), u32>,
}

/// In place of a cohort: every user of the shape was parted from the others.
const NO_COHORT: u32 = u32::MAX;

impl Membership {
    /// Who is in which crowd, and the path and the route of each crowd.
    pub(super) fn new(
        (crowd_of_shape, parted): (Vec<u32>, Parted),
        (paths, route_of_crowd): (Vec<u32>, Vec<u32>),
        routes: Vec<Route>,
    ) -> Self {
        let words = parted
            .last_key_value()
            .map_or(0, |(&last, _)| last / 64 + 1);
        let mut is_parted = vec![0; words as usize];
        for &user in parted.keys() {
            is_parted[user as usize / 64] |= 1 << (user % 64);
        }
        let path_of_shape = crowd_of_shape.iter().map(|&crowd| paths[crowd as usize]);
        Self {
            path_of_shape: path_of_shape.collect(),
            crowd_of_shape,
            parted,
            is_parted,
            paths,
            route_of_crowd,
            routes,
            cohorts: OnceLock::new(),
        }
    }

    /// Was nobody parted from the others of a shape?
    pub(super) fn is_by_shape(&self) -> bool {
        self.parted.is_empty()
    }

    /// The crowd of a user.
    pub(super) fn crowd_of(&self, inventory: &Inventory, user: usize) -> usize {
        let own = self.own_crowd(user);
        own.unwrap_or_else(|| self.crowd_of_shape[inventory.users.shape(user)]) as usize
    }

    /// The crowd of a user who was parted from the others.
    #[inline]
    fn own_crowd(&self, user: usize) -> Option<u32> {
        let is_parted = self.is_parted.get(user / 64)? >> (user % 64) & 1 != 0;
        let user = u32::try_from(user).ok().filter(|_| is_parted)?;
        self.parted.get(&user).copied()
    }

    /// The path of a user with this shape.
    #[inline]
    pub(super) fn path(&self, user: usize, shape: usize) -> usize {
        match self.own_crowd(user) {
            Some(crowd) => self.paths[crowd as usize] as usize,
            None => self.path_of_shape[shape] as usize,
        }
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
        for_each_user(
            &inventory.users,
            positions,
            (&self.path_of_shape, &self.parted),
            |crowd| self.paths[crowd as usize],
            |user, path| take(user, path as usize),
        );
    }

    /// The paths of all users, in order.
    pub(super) fn paths_of_all<'a>(
        &'a self,
        inventory: &'a Inventory,
    ) -> impl Iterator<Item = usize> + 'a {
        let users = inventory.users.shapes().enumerate();
        users.map(|(user, shape)| self.path(user, shape))
    }

    /// The cohorts, in the order of their first users.
    pub(super) fn cohorts(&self, inventory: &Inventory) -> &Cohorts {
        self.cohorts.get_or_init(|| {
            let mut list: Vec<Cohort> = Vec::new();
            let mut of_shape = vec![NO_COHORT; self.crowd_of_shape.len()];
            let mut of_parted = FxHashMap::default();
            for (user, shape) in inventory.users.shapes().enumerate() {
                let own = self.own_crowd(user);
                let crowd = own.unwrap_or(self.crowd_of_shape[shape]);
                let position = match own {
                    // Shapes are numbered in 32 bits, too.
                    Some(own) => of_parted.entry((shape as u32, own)).or_insert(NO_COHORT),
                    None => &mut of_shape[shape],
                };
                if *position == NO_COHORT {
                    *position = u32::try_from(list.len())
                        .expect("cohorts are fewer than users, which fit u32");
                    list.push(Cohort {
                        shape,
                        path: self.paths[crowd as usize] as usize,
                        route: self.route_of_crowd[crowd as usize] as usize,
                        users: 0,
                    });
                }
                list[*position as usize].users += inventory.people(user);
            }
            list.shrink_to_fit();
            Cohorts {
                list,
                of_shape,
                of_parted,
            }
        })
    }

    /// The cohort of a user, as a position among [`Self::cohorts`].
    pub(super) fn cohort_of(&self, inventory: &Inventory, user: usize) -> usize {
        let (cohorts, shape) = (self.cohorts(inventory), inventory.users.shape(user));
        let own = self.own_crowd(user);
        let parted = own.and_then(|own| cohorts.of_parted.get(&(shape as u32, own)));
        *parted.unwrap_or(&cohorts.of_shape[shape]) as usize
    }
}
