//! Users of a group who also agree in what never changes about them.
//!
//! No operation of a plan asks for traits, so they do not divide groups: what a stage does is worked out for a group, and what
//! that makes of its crowds is a matter of levels.

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
    for (user, shape) in inventory.users.shapes().enumerate() {
        population[shape] += inventory.people(user);
    }
    population
}
