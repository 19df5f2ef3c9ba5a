//! Sums over users: levels after each event, changes at it, days at none.

use super::level_set::{LevelSet, MEANINGS};
use crate::finding::Kind;
use crate::model::{Capability, Level};
use crate::timeline::Event;

/// Users by level of one capability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// At full.
    pub full: u64,
    /// At limited.
    pub limited: u64,
    /// At none.
    pub none: u64,
    /// At unknown.
    pub unknown: u64,
    /// Users who do not use it.
    pub not_used: u64,
}

impl Counts {
    fn of(tally: Tally) -> Self {
        let mut counts = Self::default();
        for (level, users) in MEANINGS.into_iter().zip(tally) {
            *counts.at(level) += users;
        }
        counts
    }

    fn at(&mut self, level: Option<Level>) -> &mut u64 {
        match level {
            Some(Level::Full) => &mut self.full,
            Some(Level::Limited) => &mut self.limited,
            Some(Level::None) => &mut self.none,
            Some(Level::Unknown) => &mut self.unknown,
            None => &mut self.not_used,
        }
    }

    /// All users.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.full + self.limited + self.none + self.unknown + self.not_used
    }
}

/// Findings of one capability at one event, by kind (users).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes([u64; Kind::ALL.len()]);

impl Changes {
    /// How many findings of a kind.
    #[must_use]
    pub const fn get(&self, kind: Kind) -> u64 {
        self.0[kind as usize]
    }

    pub(super) fn add(&mut self, kind: Kind, users: u64) {
        self.0[kind as usize] += users;
    }
}

/// Users at none, in the readings at both ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// In the lenient reading.
    pub lenient: u64,
    /// In the strict reading.
    pub strict: u64,
}

/// The sums of one reading.
#[derive(Clone, Debug)]
pub struct Totals {
    /// The events of this reading.
    pub(super) events: Vec<Event>,
    /// After each event, users by level for each capability.
    pub(super) states: Vec<[Counts; Capability::COUNT]>,
    /// At each event, findings by kind for each capability.
    pub(super) changes: Vec<[Changes; Capability::COUNT]>,
    /// Days at none after a loss, for each capability.
    pub(super) user_days: [u64; Capability::COUNT],
}

/// The sums of one reading while paths are added to them.
pub(super) struct Sums {
    pub(super) events: Vec<Event>,
    /// For each event how many users more there are at each level than after the event before, so that a path costs only where
    /// it changes; a difference below zero wraps around.
    differences: Vec<[Tally; Capability::COUNT]>,
    changes: Vec<[Changes; Capability::COUNT]>,
    user_days: [u64; Capability::COUNT],
}

/// Users by the ladders of their levels of one capability.
type Tally = [u64; MEANINGS.len()];

impl Sums {
    pub(super) fn new(events: Vec<Event>) -> Self {
        let count = events.len();
        Self {
            events,
            differences: vec![[Tally::default(); Capability::COUNT]; count],
            changes: vec![[Changes::default(); Capability::COUNT]; count],
            user_days: [0; Capability::COUNT],
        }
    }

    /// Users begin at these levels.
    pub(super) fn begin(&mut self, levels: LevelSet, users: u64) {
        for &capability in Capability::ALL {
            self.differences[0][capability.index()][levels.ladder(capability)] += users;
        }
    }

    /// Users have another level of a capability after an event.
    pub(super) fn change(
        &mut self,
        event: usize,
        capability: Capability,
        before: LevelSet,
        after: LevelSet,
        users: u64,
    ) {
        let tally = &mut self.differences[event][capability.index()];
        let at = &mut tally[before.ladder(capability)];
        *at = at.wrapping_sub(users);
        let at = &mut tally[after.ladder(capability)];
        *at = at.wrapping_add(users);
    }

    /// Users have a finding at an event.
    pub(super) fn find(&mut self, event: usize, capability: Capability, kind: Kind, users: u64) {
        self.changes[event][capability.index()].add(kind, users);
    }

    /// Users spend days at none.
    pub(super) fn spend(&mut self, capability: Capability, user_days: u64) {
        self.user_days[capability.index()] += user_days;
    }

    /// Adds the sums over other paths.
    pub(super) fn add(&mut self, other: &Self) {
        let differences = self.differences.as_flattened_mut().as_flattened_mut();
        let others = other.differences.as_flattened().as_flattened();
        for (all, more) in differences.iter_mut().zip(others) {
            *all = all.wrapping_add(*more);
        }
        for (all, more) in self.changes.iter_mut().zip(&other.changes) {
            for (all, more) in all.iter_mut().zip(more) {
                all.0
                    .iter_mut()
                    .zip(more.0)
                    .for_each(|(all, more)| *all += more);
            }
        }
        for (all, more) in self.user_days.iter_mut().zip(other.user_days) {
            *all += more;
        }
    }

    /// The sums over all paths that were added.
    pub(super) fn finish(self) -> Totals {
        let mut now = [Tally::default(); Capability::COUNT];
        let states = self.differences.iter().map(|differences| {
            let all = now.as_flattened_mut().iter_mut();
            for (all, difference) in all.zip(differences.as_flattened()) {
                *all = all.wrapping_add(*difference);
            }
            now.map(Counts::of)
        });
        Totals {
            states: states.collect(),
            events: self.events,
            changes: self.changes,
            user_days: self.user_days,
        }
    }
}

impl Totals {
    /// The state after the event of that id; where this reading lacks it, at the end of that event's day.
    pub(super) fn state_after(&self, event: &Event) -> &[Counts; Capability::COUNT] {
        let same = self.events.iter().position(|own| own.id == event.id);
        let position = same.unwrap_or_else(|| {
            self.events
                .partition_point(|own| own.date <= event.date)
                .saturating_sub(1)
        });
        &self.states[position]
    }
}
