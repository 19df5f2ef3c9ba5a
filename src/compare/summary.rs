//! A comparison in lines: how many people have the same finding new, gone, earlier, later or otherwise.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::change::{Change, Effect, Told};
use super::people::{Cohort, Presence};
use crate::finding::{Causes, Kind};
use crate::model::Capability;

/// When and why, as one side tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The event's date.
    pub date: NaiveDate,
    /// The event's id.
    pub event: String,
    /// Why.
    pub causes: Causes,
}

impl Occurrence {
    fn of(told: &Told) -> Self {
        Self {
            date: told.date,
            event: told.event.clone(),
            causes: told.finding.causes,
        }
    }
}

/// People who share one difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The kind of the finding.
    pub kind: Kind,
    /// How it differs.
    pub effect: Effect,
    /// The capability that it is about.
    pub capability: Capability,
    /// When and why on the first side.
    pub before: Option<Occurrence>,
    /// When and why on the second side.
    pub after: Option<Occurrence>,
    /// How many people.
    pub users: u64,
    /// For losses: days that these losses last on the first side, summed over the people, up to the common horizon.
    pub days_before: u64,
    /// The same on the second side.
    pub days_after: u64,
    /// The first of the people, in order of cohorts: positions as in [`Cohort::users`], with the inventory they are in.
    pub first: Vec<(Presence, u32)>,
}

/// How many people a line names.
const NAMED: usize = 3;

type Key = (
    Kind,
    Effect,
    Capability,
    Option<Occurrence>,
    Option<Occurrence>,
);

/// The lines of a comparison: losses first, new ones before those that are gone, then by capability and date.
pub(super) fn lines(cohorts: &[Cohort]) -> Vec<Line> {
    let mut lines: BTreeMap<Key, Line> = BTreeMap::new();
    for cohort in cohorts {
        for change in &cohort.changes {
            let line = lines.entry(key(change)).or_insert_with(|| empty(change));
            line.add(cohort, change);
        }
    }
    lines.into_values().collect()
}

fn key(change: &Change) -> Key {
    (
        change.kind,
        change.effect,
        change.capability,
        change.before.as_ref().map(Occurrence::of),
        change.after.as_ref().map(Occurrence::of),
    )
}

fn empty(change: &Change) -> Line {
    Line {
        kind: change.kind,
        effect: change.effect,
        capability: change.capability,
        before: change.before.as_ref().map(Occurrence::of),
        after: change.after.as_ref().map(Occurrence::of),
        users: 0,
        days_before: 0,
        days_after: 0,
        first: Vec::new(),
    }
}

impl Line {
    fn add(&mut self, cohort: &Cohort, change: &Change) {
        let users = cohort.users.len() as u64;
        let days =
            |told: &Option<Told>| told.as_ref().and_then(|told| told.days).unwrap_or(0) * users;
        self.users += users;
        self.days_before += days(&change.before);
        self.days_after += days(&change.after);
        let missing = NAMED.saturating_sub(self.first.len());
        let named = cohort.users.iter().take(missing);
        self.first
            .extend(named.map(|&user| (cohort.presence, user)));
    }
}
