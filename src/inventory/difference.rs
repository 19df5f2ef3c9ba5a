//! Two inventories, an earlier and a later one: who is new, who is gone, and what changed for whom.
//!
//! In: two inventories with their [`Provenance`]. Out: a [`Difference`]. Compared is what counts, not what is written: two
//! spellings of a pool or two user agents of one client are no change. Columns that only one of the two has are
//! named once and not counted as a change of everybody.

use std::collections::HashMap;

use super::columns::Field;
use super::merged::is_same;
use super::provenance::{Cell, Columns, Person, Provenance, Resolver};
use super::record::ReadError;
use super::{Inventory, Request};
use crate::knowledge::Products;

/// One of the two inventories.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// Its cells.
    pub provenance: &'a Provenance,
    /// The request of its import.
    pub request: &'a Request,
}

/// What changed under one header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The canonical header, or the further column's.
    pub field: String,
    /// What it said; empty where nothing.
    pub from: String,
    /// What it says; empty where nothing.
    pub to: String,
}

/// What became of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only in the later inventory.
    New,
    /// In both, and not the same.
    Changed(Vec<FieldChange>),
    /// Only in the earlier inventory.
    Gone,
}

/// What differs between two inventories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Users with their changes: in the order of the later inventory, then those who are gone.
    pub people: Vec<(String, Change)>,
    /// How many are the same.
    pub same: usize,
    /// Further columns that only the later inventory has.
    pub columns_new: Vec<String>,
    /// Further columns that only the earlier one has.
    pub columns_gone: Vec<String>,
}

impl Difference {
    /// How many users are new, changed and gone.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count =
            |is: fn(&Change) -> bool| self.people.iter().filter(|(_, change)| is(change)).count();
        (
            count(|change| matches!(change, Change::New)),
            count(|change| matches!(change, Change::Changed(_))),
            count(|change| matches!(change, Change::Gone)),
        )
    }
}

/// Compares two inventories.
///
/// # Errors
/// Where the sources of one no longer say what they did.
pub fn difference(
    earlier: Side<'_>,
    later: Side<'_>,
    products: &Products,
) -> Result<Difference, ReadError> {
    let columns = [earlier, later].map(|side| Columns::of(side.provenance, side.request));
    let [before, now] = &columns;
    let mut resolvers = [(earlier, before), (later, now)]
        .map(|(side, columns)| Resolver::new(side.provenance, columns, side.request, products));
    let known: HashMap<String, usize> = (0..earlier.inventory.users.len())
        .map(|user| (earlier.inventory.users.sip(user).text().into_owned(), user))
        .collect();
    let shared = Shared::of(before, now);
    let mut found = Difference {
        columns_new: shared.only(now, |&(_, at)| at),
        columns_gone: shared.only(before, |&(at, _)| at),
        ..Difference::default()
    };
    let mut is_there = vec![false; earlier.inventory.users.len()];
    for user in 0..later.inventory.users.len() {
        let sip = later.inventory.users.sip(user).text().into_owned();
        let Some(&other) = known.get(&sip) else {
            found.people.push((sip, Change::New));
            continue;
        };
        is_there[other] = true;
        let was = resolvers[0].person(other, &sip)?;
        let is = resolvers[1].person(user, &sip)?;
        let changes = shared.changes(&was, &is, now);
        if changes.is_empty() {
            found.same += 1;
        } else {
            found.people.push((sip, Change::Changed(changes)));
        }
    }
    let gone = (0..is_there.len()).filter(|&user| !is_there[user]);
    found.people.extend(gone.map(|user| {
        (
            earlier.inventory.users.sip(user).text().into_owned(),
            Change::Gone,
        )
    }));
    Ok(found)
}

/// Positions of the further columns that both inventories have.
struct Shared(Vec<(usize, usize)>);

impl Shared {
    fn of(before: &Columns, now: &Columns) -> Self {
        let named = |columns: &Columns, name: &str| {
            columns.names.iter().position(|column| column.name == name)
        };
        let now = now
            .names
            .iter()
            .enumerate()
            .filter(|(_, column)| !column.name.is_empty());
        Self(
            now.filter_map(|(at, column)| Some((named(before, &column.name)?, at)))
                .collect(),
        )
    }

    fn only(&self, columns: &Columns, at: fn(&(usize, usize)) -> usize) -> Vec<String> {
        let names = columns.names.iter().enumerate();
        let only = names.filter(|(position, column)| {
            !column.name.is_empty() && !self.0.iter().any(|pair| at(pair) == *position)
        });
        only.map(|(_, column)| column.header.clone()).collect()
    }

    fn changes(&self, was: &Person, is: &Person, now: &Columns) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        for &field in Field::ALL {
            let (from, to) = (was.field(field), is.field(field));
            let is_changed = match field {
                Field::Sip => false,
                Field::Pool => was.pool.to_lowercase() != is.pool.to_lowercase(),
                _ => !is_same(from, to),
            };
            if is_changed {
                changes.push(change(field.canonical(), from, to));
            }
        }
        for &(before, at) in &self.0 {
            let (from, to) = (&was.others[before], &is.others[at]);
            if from.parts != to.parts {
                changes.push(change(&now.names[at].header, from, to));
            }
        }
        changes
    }
}

fn change(field: &str, from: &Cell, to: &Cell) -> FieldChange {
    FieldChange {
        field: field.to_owned(),
        from: from.joined(),
        to: to.joined(),
    }
}
