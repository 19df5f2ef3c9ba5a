//! What an inventory holds, in figures: shown by `check`, so that a person sees whether it was understood.
//!
//! In: an inventory, and the plan it was imported for, if any. Out: users by pool, client, provider and so on. Nobody is named.

use std::collections::BTreeMap;

use crate::inventory::{Inventory, Shape};
use crate::knowledge::Products;
use crate::model::{Client, Provider};
use crate::plan::Plan;

/// A name and how many users it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Public id or name.
    pub id: String,
    /// For a person.
    pub name: String,
    /// How many users.
    pub users: u64,
}

/// The figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Accepted users.
    pub users: u64,
    /// By home pool: in the plan's order where there is a plan, pools without users included; else most users first.
    pub pools: Vec<Share>,
    /// By client, most users first; a user with two clients counts twice.
    pub clients: Vec<Share>,
    /// By public IM provider, in the contract's order, without those that nobody lists.
    pub providers: Vec<Share>,
    /// Users who may use public IM and list no provider: every provisioned one is assumed.
    pub any_provider: u64,
    /// Users of Group Chat.
    pub group_chat: u64,
    /// Users who schedule meetings.
    pub organizers: u64,
    /// Organizers whose scheduling add-in is derived from their clients.
    pub derived_add_ins: u64,
    /// Users with a license date of their own.
    pub license_dates: u64,
    /// Users with a client that nobody recognized, or without any.
    pub unrecognized: u64,
}

/// Adds up an inventory.
#[must_use]
pub fn profile(inventory: &Inventory, plan: Option<&Plan>, products: &Products) -> Profile {
    let mut users_of_shape = vec![0_u64; inventory.shapes.len()];
    for user in 0..inventory.users.len() {
        users_of_shape[inventory.users.shape(user)] += 1;
    }
    let shapes: Vec<(&Shape, u64)> = inventory.shapes.iter().zip(users_of_shape).collect();
    let users = |matches: &dyn Fn(&Shape) -> bool| -> u64 {
        let matching = shapes.iter().filter(|(shape, _)| matches(shape));
        matching.map(|(_, users)| users).sum()
    };
    let providers = Provider::ALL.iter().map(|&provider| Share {
        id: provider.id().to_owned(),
        name: provider.id().to_owned(),
        users: users(&|shape| shape.providers.has(provider)),
    });
    Profile {
        users: inventory.users.len() as u64,
        pools: pools(inventory, plan, &shapes),
        clients: clients(&shapes, products),
        providers: providers.filter(|share| share.users > 0).collect(),
        any_provider: users(&|shape| shape.pic_enabled && shape.providers.is_empty()),
        group_chat: users(&|shape| shape.group_chat),
        organizers: users(&|shape| shape.organizer),
        derived_add_ins: users(&|shape| shape.organizer && shape.add_ins.is_empty()),
        license_dates: users(&|shape| shape.license_end.is_some()),
        unrecognized: users(&|shape| shape.endpoints.has(Client::UNRECOGNIZED)),
    }
}

fn pools(inventory: &Inventory, plan: Option<&Plan>, shapes: &[(&Shape, u64)]) -> Vec<Share> {
    let names: Vec<(String, String)> = match plan {
        Some(plan) => plan
            .pools
            .iter()
            .map(|pool| {
                (
                    pool.id.clone(),
                    format!("{}, {}", pool.id, pool.server.name()),
                )
            })
            .collect(),
        None => inventory
            .pools
            .iter()
            .map(|name| (name.clone(), name.clone()))
            .collect(),
    };
    // A hostile inventory has as many pools as users, so they are counted in one pass.
    let mut users_of_pool = vec![0; names.len()];
    for (shape, users) in shapes {
        if let Some(count) = users_of_pool.get_mut(usize::from(shape.pool)) {
            *count += users;
        }
    }
    let mut shares: Vec<Share> = (names.into_iter().zip(users_of_pool))
        .map(|((id, name), users)| Share { id, name, users })
        .collect();
    if plan.is_none() {
        shares.sort_by(most_users_first);
    }
    shares
}

fn clients(shapes: &[(&Shape, u64)], products: &Products) -> Vec<Share> {
    let mut counts: BTreeMap<Client, u64> = BTreeMap::new();
    for (shape, users) in shapes {
        for client in shape.endpoints.iter() {
            *counts.entry(client).or_default() += users;
        }
    }
    let mut shares: Vec<Share> = counts
        .into_iter()
        .map(|(client, users)| Share {
            id: products.client_id(client).to_owned(),
            name: products.client_name(client).to_owned(),
            users,
        })
        .collect();
    shares.sort_by(most_users_first);
    shares
}

fn most_users_first(a: &Share, b: &Share) -> std::cmp::Ordering {
    b.users.cmp(&a.users).then_with(|| a.id.cmp(&b.id))
}
