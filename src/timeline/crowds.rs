//! Users of a group who also agree in what never changes about them.
//!
//! No operation of a plan asks for traits, so they do not divide groups: what a stage does is worked out for a group, and what
//! that makes of its crowds is a matter of levels.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Traits;
use super::groups::number;
use crate::inventory::{Inventory, Users};

/// Users of one group with the same traits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowd {
    /// What never changes, as a position in [`Crowds::traits`].
    pub(super) traits: u32,
    /// The position of their group.
    pub(super) group: u32,
    /// How many.
    pub(super) users: u64,
}

/// All crowds, and who is in which.
#[derive(Clone, Default)]
pub(super) struct Crowds {
    pub(super) all: Vec<Crowd>,
    /// The different traits.
    pub(super) traits: Vec<Traits>,
    /// The crowd of each shape, before any was split.
    pub(super) of_shape: Vec<u32>,
    /// The crowd of each user who was parted from the others of the same shape.
    pub(super) parted: Parted,
}

/// The crowds of users who were parted from the others of their shape, by user. They are few among all users: a wave of
/// some hundreds, or people named one by one.
pub(super) type Parted = BTreeMap<u32, u32>;

/// Hands on some users with what is true of their crowds: of their shape's, as it is listed, or of their own.
pub(super) fn for_each_user<T: Copy>(
    users: &Users,
    range: Range<usize>,
    (of_shape, parted): (&[T], &Parted),
    of_crowd: impl Fn(u32) -> T,
    mut take: impl FnMut(u32, T),
) {
    let mut parted = parted.range(number(range.start)..).peekable();
    for (first, mut shapes) in users.shapes_in(range) {
        let mut user = number(first);
        loop {
            // Up to the next one who was parted there is nothing to ask for but the shape.
            let own = parted.next_if(|&(&own, _)| ((own - user) as usize) < shapes.len());
            let alike = own.map_or(shapes.len(), |(&own, _)| (own - user) as usize);
            for &shape in &shapes[..alike] {
                take(user, of_shape[shape as usize]);
                user += 1;
            }
            let Some((_, &crowd)) = own else {
                break;
            };
            take(user, of_crowd(crowd));
            user += 1;
            shapes = &shapes[alike + 1..];
        }
    }
}

impl Crowds {
    /// The first so many users of some groups in ascending order of SIP address, by group and crowd.
    pub(super) fn first_users(
        &self,
        is_selected: &[bool],
        limit: usize,
        inventory: &Inventory,
    ) -> BTreeMap<u32, BTreeMap<u32, Vec<u32>>> {
        // By shape, because every user is asked.
        let of_crowd = |crowd: u32| is_selected[self.all[crowd as usize].group as usize];
        let of_shape: Vec<bool> = self.of_shape.iter().map(|&crowd| of_crowd(crowd)).collect();
        let users = &inventory.users;
        let mut candidates: Vec<(u64, u32)> = Vec::new();
        for_each_user(
            users,
            0..users.len(),
            (&of_shape, &self.parted),
            of_crowd,
            |user, is_selected| {
                if is_selected {
                    candidates.push((users.sip(user as usize).beginning(), user));
                }
            },
        );
        if limit < candidates.len() {
            candidates.select_nth_unstable_by(limit, |(a, one), (b, other)| {
                let whole = || users.sip(*one as usize).cmp(&users.sip(*other as usize));
                a.cmp(b).then_with(whole)
            });
            candidates.truncate(limit);
        }
        let mut chosen: BTreeMap<u32, BTreeMap<u32, Vec<u32>>> = BTreeMap::new();
        for (_, user) in candidates {
            let own = self.parted.get(&user).copied();
            let crowd = own.unwrap_or_else(|| self.of_shape[users.shape(user as usize)]);
            let group = chosen.entry(self.all[crowd as usize].group).or_default();
            group.entry(crowd).or_default().push(user);
        }
        chosen
    }

    /// Takes members of a crowd, so many people, into another group: all of them, or as a crowd of their own.
    pub(super) fn part(&mut self, crowd: u32, members: &[u32], people: u64, group: u32) {
        let from = &mut self.all[crowd as usize];
        if from.users == people {
            from.group = group;
            return;
        }
        from.users -= people;
        let part = Crowd {
            group,
            users: people,
            ..*from
        };
        let position = number(self.all.len());
        self.all.push(part);
        self.parted
            .extend(members.iter().map(|&user| (user, position)));
    }
}

/// How many users have each shape.
pub(super) fn population(inventory: &Inventory) -> Vec<u64> {
    let mut population = vec![0; inventory.shapes.len()];
    let shapes = inventory.users.shapes();
    match &inventory.people {
        Some(people) => shapes
            .zip(people)
            .for_each(|(shape, people)| population[shape] += people),
        None => shapes.for_each(|shape| population[shape] += 1),
    }
    population
}
