//! Who is who on the two sides, gathered by what differs for them.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::change::{Change, changes};
use super::side::Side;
use super::told::{Told, lasting};

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

/// Somebody on one side, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// On the first side.
    Before(u32),
    /// On the second side.
    After(u32),
}

/// People for whom the same differs.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// Are they on both sides?
    pub presence: Presence,
    /// What differs; never empty.
    pub changes: Vec<Change>,
    /// Who they are: the second side's people in its order, then those whom only the first side has, in its order.
    pub people: Vec<Person>,
    /// How many people that is; more than the list is long where an inventory's users stand for several people.
    pub count: u64,
}

/// The classes that somebody belongs to on the two sides; `None` where they are not there.
type Classes = (Option<usize>, Option<usize>);

/// Everybody for whom something differs. Those of the same classes on both sides are compared once.
pub(super) fn cohorts(before: Side<'_>, after: Side<'_>, horizon: NaiveDate) -> Vec<Cohort> {
    let told = |side: Side<'_>, class: Option<usize>| -> Vec<Told> {
        class.map_or_else(Vec::new, |class| lasting(side.told(class), horizon))
    };
    // A report names only people who find something; whoever it does not name may be there all the same.
    let presence = |classes: Classes| match classes {
        (Some(_), None) if after.knows_everybody() => Presence::OnlyBefore,
        (None, Some(_)) if before.knows_everybody() => Presence::OnlyAfter,
        _ => Presence::Both,
    };
    let mut cohort_of_classes: FxHashMap<Classes, Option<usize>> = FxHashMap::default();
    let mut cohort_of_changes: HashMap<(Presence, Vec<Change>), usize> = HashMap::new();
    let mut cohorts: Vec<Cohort> = Vec::new();
    for (person, classes) in people(before, after) {
        let cohort = *cohort_of_classes.entry(classes).or_insert_with(|| {
            let changes = changes(told(before, classes.0), told(after, classes.1));
            if changes.is_empty() {
                return None;
            }
            let presence = presence(classes);
            let known = cohort_of_changes.entry((presence, changes.clone()));
            Some(*known.or_insert_with(|| {
                cohorts.push(Cohort {
                    presence,
                    changes,
                    people: Vec::new(),
                    count: 0,
                });
                cohorts.len() - 1
            }))
        });
        if let Some(cohort) = cohort {
            cohorts[cohort].people.push(person);
            cohorts[cohort].count += match person {
                Person::Before(user) => before.stands_for(user),
                Person::After(user) => after.stands_for(user),
            };
        }
    }
    cohorts
}

/// Everybody with their classes: the second side's people in their order, then those whom only the first side has.
fn people(before: Side<'_>, after: Side<'_>) -> Vec<(Person, Classes)> {
    let numbered = |side: Side<'_>| (0..side.people()).filter_map(|user| u32::try_from(user).ok());
    let class = |side: Side<'_>, user: u32| Some(side.class_of(user));
    if let (Some(old), Some(new)) = (before.inventory(), after.inventory())
        && std::ptr::eq(old, new)
    {
        return numbered(after)
            .map(|user| {
                (
                    Person::After(user),
                    (class(before, user), class(after, user)),
                )
            })
            .collect();
    }
    let mut by_address: HashMap<Cow<'_, str>, u32> = numbered(before)
        .map(|user| (before.sip(user), user))
        .collect();
    let mut people: Vec<(Person, Classes)> = numbered(after)
        .map(|user| {
            let same = by_address.remove(&after.sip(user));
            let old = same.and_then(|user| class(before, user));
            (Person::After(user), (old, class(after, user)))
        })
        .collect();
    let is_left = |user: &u32| by_address.contains_key(&before.sip(*user));
    let left = numbered(before).filter(is_left);
    people.extend(left.map(|user| (Person::Before(user), (class(before, user), None))));
    people
}
