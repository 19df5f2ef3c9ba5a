//! A comparison in lines: how many people have the same finding new, gone, earlier, later or otherwise.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::change::{Change, Effect};
use super::people::{Cohort, Person};
use super::told::Told;
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
            causes: told.causes,
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
    /// The capabilities that it is about: one, or several that the same people share with the same days.
    pub capabilities: Vec<Capability>,
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
    /// The first of the people, in order of cohorts.
    pub first: Vec<Person>,
    /// The cohorts that the people are, by position.
    cohorts: Vec<usize>,
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
    for (position, cohort) in cohorts.iter().enumerate() {
        for change in &cohort.changes {
            let line = lines.entry(key(change)).or_insert_with(|| empty(change));
            line.add(position, cohort, change);
        }
    }
    let mut joined: Vec<Line> = Vec::new();
    for line in lines.into_values() {
        match joined
            .iter_mut()
            .find(|other| other.is_shared_by_those_of(&line))
        {
            Some(other) => other.capabilities.extend(line.capabilities),
            None => joined.push(line),
        }
    }
    joined
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
        capabilities: vec![change.capability],
        before: change.before.as_ref().map(Occurrence::of),
        after: change.after.as_ref().map(Occurrence::of),
        users: 0,
        days_before: 0,
        days_after: 0,
        first: Vec::new(),
        cohorts: Vec::new(),
    }
}

impl Line {
    /// Do the same people find the same, but for the capability?
    fn is_shared_by_those_of(&self, other: &Self) -> bool {
        let what = |line: &Self| (line.kind, line.effect, line.days_before, line.days_after);
        what(self) == what(other)
            && (&self.before, &self.after) == (&other.before, &other.after)
            && self.cohorts == other.cohorts
    }

    fn add(&mut self, position: usize, cohort: &Cohort, change: &Change) {
        let users = cohort.count;
        let days =
            |told: &Option<Told>| told.as_ref().and_then(|told| told.days).unwrap_or(0) * users;
        self.users += users;
        self.cohorts.push(position);
        self.days_before += days(&change.before);
        self.days_after += days(&change.after);
        let missing = NAMED.saturating_sub(self.first.len());
        self.first.extend(cohort.people.iter().take(missing));
    }
}
