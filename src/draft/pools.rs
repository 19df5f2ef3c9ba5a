//! The pools of an inventory, and what server version each may run.

use std::collections::{BTreeMap, BTreeSet};

use super::safe;
use crate::inventory::Inventory;
use crate::knowledge::Products;
use crate::model::{Client, EndpointSet, ServerVersion};

/// A pool as the inventory spells it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// A fitting id.
    pub(super) id: String,
    /// Its spellings, beside the id.
    pub(super) names: Vec<String>,
    /// Users homed there.
    pub(super) users: u64,
    /// Every client that somebody uses there.
    pub(super) endpoints: EndpointSet,
    /// Users by the newest generation of their clients.
    by_generation: [u64; 3],
    /// Users with the commonest clients, for people to see.
    commonest: Vec<(u64, String)>,
}

impl Found {
    /// The server version that most of the clients belong to, and the figures in words.
    pub(super) fn guess(&self) -> (Option<ServerVersion>, String) {
        let evidence: Vec<String> = self
            .commonest
            .iter()
            .map(|(users, client)| format!("{users} with {client}"))
            .collect();
        let evidence = if evidence.is_empty() {
            "no client that tells".to_owned()
        } else {
            format!("{}, {}", super::so_many(self.users), evidence.join(", "))
        };
        let most = self.by_generation.iter().max().copied().unwrap_or(0);
        let version = ServerVersion::ALL
            .iter()
            .find(|version| self.by_generation[version.index()] == most)
            .filter(|_| most > 0);
        (version.copied(), safe(&evidence).into_owned())
    }
}

/// How many clients are named as evidence.
const NAMED: usize = 3;

/// The generation of servers that a client came with; `None` for clients that say nothing.
fn generation(client: Client) -> Option<ServerVersion> {
    Some(match client {
        Client::COMMUNICATOR_2007
        | Client::COMMUNICATOR_2007_R2
        | Client::OCS_2007_R2_ATTENDANT => ServerVersion::Ocs2007R2,
        Client::LYNC_2010 | Client::LYNC_2010_ATTENDANT | Client::LYNC_2010_MOBILE => {
            ServerVersion::Lync2010
        }
        Client::LYNC_2013 | Client::LYNC_2013_BASIC | Client::LYNC_WINDOWS_STORE_APP => {
            ServerVersion::Lync2013
        }
        _ => return None,
    })
}

/// The pools of an inventory, in the order in which they are first named. A bare name and the one full name that begins
/// with it are one pool.
pub(super) fn found(inventory: &Inventory, products: &Products) -> Vec<Found> {
    let owners = owners(&inventory.pools);
    let mut users_of_shape = vec![0_u64; inventory.shapes.len()];
    for user in 0..inventory.users.len() {
        users_of_shape[inventory.users.shape(user)] += 1;
    }
    let mut ids = BTreeSet::new();
    let mut found = Vec::new();
    for owner in owners.iter().copied().collect::<BTreeSet<usize>>() {
        let spellings: Vec<&str> = (0..owners.len())
            .filter(|&pool| owners[pool] == owner)
            .map(|pool| inventory.pools[pool].as_str())
            .collect();
        let id = unused(&slug(spellings[0]), &mut ids);
        let names = spellings
            .iter()
            .filter(|name| !name.eq_ignore_ascii_case(&id));
        let mut pool = Found {
            names: names.map(|&name| name.to_owned()).collect(),
            id,
            users: 0,
            endpoints: EndpointSet::EMPTY,
            by_generation: [0; 3],
            commonest: Vec::new(),
        };
        let shapes = inventory.shapes.iter().zip(&users_of_shape);
        let mine = shapes.filter(|(shape, _)| owners.get(usize::from(shape.pool)) == Some(&owner));
        pool.count(
            mine.map(|(shape, &users)| (shape.endpoints, users)),
            products,
        );
        found.push(pool);
    }
    found.retain(|pool| pool.users > 0);
    found
}

impl Found {
    fn count(&mut self, shapes: impl Iterator<Item = (EndpointSet, u64)>, products: &Products) {
        let mut clients: BTreeMap<Client, u64> = BTreeMap::new();
        for (endpoints, users) in shapes {
            self.users += users;
            self.endpoints = self.endpoints.union(endpoints);
            if let Some(newest) = endpoints.iter().filter_map(generation).max() {
                self.by_generation[newest.index()] += users;
            }
            for client in endpoints
                .iter()
                .filter(|&client| generation(client).is_some())
            {
                *clients.entry(client).or_default() += users;
            }
        }
        let mut commonest: Vec<(u64, String)> = clients
            .into_iter()
            .map(|(client, users)| (users, products.client_name(client).to_owned()))
            .collect();
        commonest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        commonest.truncate(NAMED);
        self.commonest = commonest;
    }
}

/// For each pool text the position of the text under which the pool is found.
fn owners(names: &[String]) -> Vec<usize> {
    let label = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    let is_full = |name: &str| name.contains('.');
    (0..names.len())
        .map(|position| {
            let name = &names[position];
            let mut full = (0..names.len())
                .filter(|&other| is_full(&names[other]) && label(&names[other]) == label(name));
            let bare = names
                .iter()
                .position(|other| !is_full(other) && label(other) == label(name));
            match (full.next(), full.next(), bare) {
                (Some(one), None, Some(bare)) => one.min(bare),
                _ => position,
            }
        })
        .collect()
}

/// The first label of a name, in the letters that ids are made of.
fn slug(name: &str) -> String {
    let label = name.split('.').next().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = label
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    match words.join("-") {
        empty if empty.is_empty() => "pool".to_owned(),
        number if number.starts_with(|c: char| c.is_ascii_digit()) => format!("pool-{number}"),
        slug => slug,
    }
}

/// The id, or the first of `id-2`, `id-3` and so on that nobody has.
fn unused(id: &str, taken: &mut BTreeSet<String>) -> String {
    let more = (2_u32..).map(|number| format!("{id}-{number}"));
    let free = std::iter::once(id.to_owned())
        .chain(more)
        .find(|candidate| !taken.contains(candidate));
    let free = free.unwrap_or_default();
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_and_its_full_name_are_one_pool() {
        let names = ["ocspool01", "lync.contoso.com", "OCSPOOL01.contoso.com"].map(str::to_owned);
        assert_eq!(owners(&names), [0, 1, 0]);
    }

    #[test]
    fn two_full_names_with_one_first_label_stay_apart() {
        let names = ["p1.a.com", "p1.b.com", "p1"].map(str::to_owned);
        assert_eq!(owners(&names), [0, 1, 2]);
    }

    #[test]
    fn ids_are_made_of_letters_digits_and_hyphens_and_are_unique() {
        let mut taken = BTreeSet::new();
        assert_eq!(slug("OCS Pool_01.contoso.com"), "ocs-pool-01");
        assert_eq!(slug("1:1"), "pool-1-1");
        assert_eq!(slug("池"), "pool");
        assert_eq!(unused("pool", &mut taken), "pool");
        assert_eq!(unused("pool", &mut taken), "pool-2");
    }
}
