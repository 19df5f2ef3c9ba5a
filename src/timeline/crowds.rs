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
    /// The crowd of each user; `None` where none was split.
    pub(super) of_user: Option<Vec<u32>>,
}

impl Crowds {
    /// The crowd of each user.
    pub(super) fn of_users(&mut self, inventory: &Inventory) -> &mut Vec<u32> {
        let of_shape = &self.of_shape;
        self.of_user.get_or_insert_with(|| {
            let shapes = inventory.users.shapes();
            shapes.map(|shape| of_shape[shape]).collect()
        })
    }

    /// The first so many users of some groups in ascending order of SIP address, by group and crowd.
    pub(super) fn first_users(
        &mut self,
        is_selected: &[bool],
        limit: usize,
        inventory: &Inventory,
    ) -> BTreeMap<u32, BTreeMap<u32, Vec<usize>>> {
        self.of_users(inventory);
        let crowd_of_user = self.of_user.as_deref().unwrap_or_default();
        // By crowd, because every user is asked.
        let of_group = |crowd: &Crowd| is_selected[crowd.group as usize];
        let is_selected: Vec<bool> = self.all.iter().map(of_group).collect();
        let users = &inventory.users;
        let mut candidates: Vec<(u64, usize)> = Vec::new();
        for (user, &crowd) in crowd_of_user.iter().enumerate() {
            if is_selected[crowd as usize] {
                candidates.push((users.sip(user).beginning(), user));
            }
        }
        if limit < candidates.len() {
            candidates.select_nth_unstable_by(limit, |(a, one), (b, other)| {
                let whole = || users.sip(*one).cmp(&users.sip(*other));
                a.cmp(b).then_with(whole)
            });
            candidates.truncate(limit);
        }
        let mut chosen: BTreeMap<u32, BTreeMap<u32, Vec<usize>>> = BTreeMap::new();
        for (_, user) in candidates {
            let crowd = crowd_of_user[user];
            let group = chosen.entry(self.all[crowd as usize].group).or_default();
            group.entry(crowd).or_default().push(user);
        }
        chosen
    }

    /// Takes members of a crowd, so many people, into another group: all of them, or as a crowd of their own.
    pub(super) fn part(
        &mut self,
        crowd: u32,
        members: &[usize],
        people: u64,
        group: u32,
        inventory: &Inventory,
    ) {
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
        let of_users = self.of_users(inventory);
        for &user in members {
            of_users[user] = position;
        }
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
