//! Clients that a monitoring export remembers though the user has a newer one.
//!
//! In: the clients of a user's rows, with the day on which each row was seen. Out: the clients that count. It plays a part
//! only where the user names the column that says when a client was last seen: then the newest of each family of clients
//! counts (the desktop client was upgraded, the phone still is there), and nothing that was last seen before a given day.

use std::collections::HashMap;

use super::meaning::{Clients, NOTHING};
use crate::model::{Client, EndpointSet};

/// Clients of which a person uses one at a time.
const FAMILIES: [&[Client]; 4] = [
    &[
        Client::COMMUNICATOR_2007,
        Client::COMMUNICATOR_2007_R2,
        Client::LYNC_2010,
        Client::LYNC_2013,
        Client::LYNC_2013_BASIC,
    ],
    &[Client::OCS_2007_R2_ATTENDANT, Client::LYNC_2010_ATTENDANT],
    &[Client::OCS_2007_R2_GROUP_CHAT, Client::LYNC_2010_GROUP_CHAT],
    &[Client::LYNC_WEB_APP_2010, Client::LYNC_WEB_APP_2013],
];

/// What competes for being the newest: a family of clients, or a text that names no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rival {
    Family(EndpointSet),
    Text(u32),
}

/// The clients of a user that count.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Current {
    pub(crate) endpoints: EndpointSet,
    pub(crate) unrecognized: Vec<u32>,
    /// Rows, by position, of which a client does not count.
    pub(crate) stale: Vec<usize>,
}

/// The clients that count, of rows with the day on which each was seen (0: it does not say, then they count) and what its
/// client cell holds. `oldest`: what was seen before that day does not count.
pub(crate) fn current(rows: &[(u32, &Clients)], oldest: Option<u32>) -> Current {
    let mut newest: HashMap<Rival, u32> = HashMap::new();
    for &(day, clients) in rows {
        for rival in rivals(clients) {
            let known = newest.entry(rival).or_default();
            *known = day.max(*known);
        }
    }
    let counts = |day: u32, rival: Rival| {
        day == NOTHING || day >= oldest.unwrap_or(0) && newest.get(&rival) == Some(&day)
    };
    let mut current = Current::default();
    for (at, &(day, clients)) in rows.iter().enumerate() {
        let mut is_stale = false;
        for client in clients.endpoints.iter() {
            if counts(day, Rival::Family(family(client))) {
                current.endpoints = current.endpoints.with(client);
            } else {
                is_stale = true;
            }
        }
        for &text in &clients.unrecognized {
            if counts(day, Rival::Text(text)) {
                current.unrecognized.push(text);
            } else {
                is_stale = true;
            }
        }
        current.stale.extend(is_stale.then_some(at));
    }
    current
}

fn rivals(clients: &Clients) -> impl Iterator<Item = Rival> {
    let families = clients
        .endpoints
        .iter()
        .map(|client| Rival::Family(family(client)));
    families.chain(clients.unrecognized.iter().map(|&text| Rival::Text(text)))
}

fn family(client: Client) -> EndpointSet {
    FAMILIES
        .iter()
        .find(|family| family.contains(&client))
        .map_or(EndpointSet::of(&[client]), |family| EndpointSet::of(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(clients: &[Client]) -> Clients {
        Clients {
            endpoints: EndpointSet::of(clients),
            ..Clients::default()
        }
    }

    #[test]
    fn the_newest_of_each_family_counts() {
        let rows = [
            (
                10,
                cell(&[Client::COMMUNICATOR_2007_R2, Client::LYNC_2010_MOBILE]),
            ),
            (20, cell(&[Client::LYNC_2013])),
            (0, cell(&[Client::LYNC_PHONE_EDITION])),
        ];
        let rows: Vec<(u32, &Clients)> =
            rows.iter().map(|(day, clients)| (*day, clients)).collect();
        let now = current(&rows, None);
        let expected = [
            Client::LYNC_2010_MOBILE,
            Client::LYNC_2013,
            Client::LYNC_PHONE_EDITION,
        ];
        assert_eq!(now.endpoints, EndpointSet::of(&expected));
        assert_eq!(now.stale, [0]);
        let recent = current(&rows, Some(15));
        assert_eq!(recent.endpoints, EndpointSet::of(&expected[1..]));
    }
}
