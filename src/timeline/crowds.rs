//! Users of a group who also agree in what never changes about them.
//!
//! No operation of a plan asks for traits, so they do not divide groups: what a stage does is worked out for a group, and what
//! that makes of its crowds is a matter of levels.

use std::collections::BTreeMap;

use super::Traits;
use crate::inventory::Inventory;

/// Users of one group with the same traits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowd {
    /// What never changes.
    pub(super) traits: Traits,
    /// The position of their group.
    pub(super) group: u32,
    /// How many.
    pub(super) users: u64,
}

/// All crowds, and who is in which.
#[derive(Clone, Default)]
pub(super) struct Crowds {
    pub(super) all: Vec<Crowd>,
    /// The crowd of each shape, before any was split.
    pub(super) of_shape: Vec<u32>,
    /// The crowd of each user who was parted from the others of the same shape.
    pub(super) parted: Parted,
}

/// The crowds of users who were parted from the others of their shape, by user. They are few among all users: a wave of
/// some hundreds, or people named one by one.
pub(super) type Parted = BTreeMap<u32, u32>;

/// The crowds of successive users, given with their shapes.
pub(super) fn crowds_of<'a>(
    users: impl Iterator<Item = (u32, usize)> + 'a,
    first: u32,
    of_shape: &'a [u32],
    parted: &'a Parted,
) -> impl Iterator<Item = (u32, u32)> + 'a {
    let mut parted = parted.range(first..).peekable();
    users.map(move |(user, shape)| {
        let own = parted.next_if(|&(&parted, _)| parted == user);
        (user, own.map_or(of_shape[shape], |(_, &crowd)| crowd))
    })
}

impl Crowds {
    /// The first so many users of some groups in ascending order of SIP address, by group and crowd.
    pub(super) fn first_users(
        &self,
        is_selected: &[bool],
        limit: usize,
        inventory: &Inventory,
    ) -> BTreeMap<u32, BTreeMap<u32, Vec<u32>>> {
        // By crowd, because every user is asked.
        let of_group = |crowd: &Crowd| is_selected[crowd.group as usize];
        let is_selected: Vec<bool> = self.all.iter().map(of_group).collect();
        let users = &inventory.users;
        let mut candidates: Vec<(u64, u32, u32)> = Vec::new();
        let shapes = (0_u32..).zip(users.shapes());
        for (user, crowd) in crowds_of(shapes, 0, &self.of_shape, &self.parted) {
            if is_selected[crowd as usize] {
                let beginning = users.sip(user as usize).beginning();
                candidates.push((beginning, user, crowd));
            }
        }
        if limit < candidates.len() {
            candidates.select_nth_unstable_by(limit, |(a, one, _), (b, other, _)| {
                let whole = || users.sip(*one as usize).cmp(&users.sip(*other as usize));
                a.cmp(b).then_with(whole)
            });
            candidates.truncate(limit);
        }
        let mut chosen: BTreeMap<u32, BTreeMap<u32, Vec<u32>>> = BTreeMap::new();
        for (_, user, crowd) in candidates {
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
        let position = super::groups::number(self.all.len());
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
