//! Who is who on the two sides, gathered by what differs for them.

use std::collections::HashMap;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::Side;
use super::change::{Change, changes};
use crate::inventory::Address;

/// Is somebody on both sides?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// On both.
    Both,
    /// Only in the first side's inventory.
    OnlyBefore,
    /// Only in the second side's inventory.
    OnlyAfter,
}

impl Presence {
    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::OnlyBefore => "only-before",
            Self::OnlyAfter => "only-after",
        }
    }
}

/// People for whom the same differs.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// Are they on both sides?
    pub presence: Presence,
    /// What differs; never empty.
    pub changes: Vec<Change>,
    /// Who they are, in the order of their first rows: positions in the second side's inventory, or in the first one's where
    /// they are only there.
    pub users: Vec<u32>,
}

/// The paths that people take on the two sides; `None` where they are not there.
type Paths = (Option<usize>, Option<usize>);

/// Everybody for whom something differs. Those who take the same paths on both sides are compared once.
pub(super) fn cohorts(before: Side<'_>, after: Side<'_>, horizon: NaiveDate) -> Vec<Cohort> {
    let mut cohort_of_paths: FxHashMap<Paths, Option<usize>> = FxHashMap::default();
    let mut cohort_of_changes: HashMap<(Presence, Vec<Change>), usize> = HashMap::new();
    let mut cohorts: Vec<Cohort> = Vec::new();
    for (user, paths) in people(before, after) {
        let cohort = *cohort_of_paths.entry(paths).or_insert_with(|| {
            let (old, new) = paths;
            let changes = changes((before, old), (after, new), horizon);
            (!changes.is_empty()).then(|| {
                let key = (presence(paths), changes);
                if let Some(&known) = cohort_of_changes.get(&key) {
                    return known;
                }
                cohorts.push(Cohort {
                    presence: key.0,
                    changes: key.1.clone(),
                    users: Vec::new(),
                });
                cohort_of_changes.insert(key, cohorts.len() - 1);
                cohorts.len() - 1
            })
        });
        if let Some(cohort) = cohort {
            cohorts[cohort].users.push(user);
        }
    }
    cohorts
}

const fn presence(paths: Paths) -> Presence {
    match paths {
        (Some(_), None) => Presence::OnlyBefore,
        (None, _) => Presence::OnlyAfter,
        (Some(_), Some(_)) => Presence::Both,
    }
}

/// Everybody with their paths: the second side's people in their order, then those whom only the first side has.
fn people(before: Side<'_>, after: Side<'_>) -> Vec<(u32, Paths)> {
    let (old, new) = (before.timeline, after.timeline);
    let numbered = |count: usize| (0..count).filter_map(|user| u32::try_from(user).ok());
    if std::ptr::eq(old.inventory, new.inventory) {
        let users = numbered(new.inventory.users.len());
        return users
            .map(|user| {
                let paths = (old.path_of(user as usize), new.path_of(user as usize));
                (user, (Some(paths.0), Some(paths.1)))
            })
            .collect();
    }
    let mut by_address: HashMap<Address<'_>, u32> = numbered(old.inventory.users.len())
        .map(|user| (before.sip(user), user))
        .collect();
    let mut people: Vec<(u32, Paths)> = numbered(new.inventory.users.len())
        .map(|user| {
            let same = by_address.remove(&after.sip(user));
            let old_path = same.map(|user| old.path_of(user as usize));
            (user, (old_path, Some(new.path_of(user as usize))))
        })
        .collect();
    let is_left = |user: &u32| by_address.contains_key(&before.sip(*user));
    people.extend(
        numbered(old.inventory.users.len())
            .filter(is_left)
            .map(|user| (user, (Some(old.path_of(user as usize)), None))),
    );
    people
}
