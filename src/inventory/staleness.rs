//! Clients that a monitoring export remembers though the user has a newer one.
//!
//! In: what the rows of a user say, with the day on which each was seen. Out: the rows whose clients do not count. It plays a
//! part only where the user names the column that says when a client was last seen: then the newest of each family of
//! clients counts (the desktop client was upgraded, the phone still is there), and nothing that was last seen before a
//! given day.

use super::interpreter::Interpreter;
use super::meaning::{Clients, Meaning, NOTHING};
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

/// The rows, by position, whose clients are superseded by a newer one of the same family, or older than `oldest` (a day as
/// the interpreter numbers it). Rows that do not say when a client was seen always count.
pub(crate) fn stale(
    rows: &[Meaning],
    interpreter: &Interpreter<'_>,
    oldest: Option<u32>,
) -> Vec<usize> {
    if rows.iter().all(|row| row.seen == NOTHING) {
        return Vec::new();
    }
    let clients: Vec<Option<&Clients>> = rows
        .iter()
        .map(|row| interpreter.clients.get(row.clients))
        .collect();
    (0..rows.len())
        .filter(|&at| {
            let (seen, Some(its)) = (rows[at].seen, clients[at]) else {
                return false;
            };
            let is_superseded = (0..rows.len()).any(|other| {
                let (newer, Some(others)) = (rows[other].seen, clients[other]) else {
                    return false;
                };
                newer > seen && covers(others, its)
            });
            seen != NOTHING && (is_superseded || oldest.is_some_and(|oldest| seen < oldest))
        })
        .collect()
}

/// Is there, for every client of the older cell, one of its family in the newer?
fn covers(newer: &Clients, older: &Clients) -> bool {
    older
        .unrecognized
        .iter()
        .all(|text| newer.unrecognized.contains(text))
        && !older.endpoints.is_empty()
        && older
            .endpoints
            .iter()
            .all(|client| newer.endpoints.has_any(family(client)))
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
    fn a_newer_client_covers_older_ones_of_its_family_only() {
        let lync = cell(&[Client::LYNC_2013]);
        assert!(covers(&lync, &cell(&[Client::COMMUNICATOR_2007_R2])));
        assert!(!covers(&lync, &cell(&[Client::LYNC_PHONE_EDITION])));
        assert!(!covers(
            &lync,
            &cell(&[Client::LYNC_2010, Client::LYNC_2010_MOBILE])
        ));
    }
}
