//! Sums over users: levels after each event, changes at it, days at none.

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
    pub(super) fn at(&mut self, level: Option<Level>) -> &mut u64 {
        match level {
            Some(Level::Full) => &mut self.full,
            Some(Level::Limited) => &mut self.limited,
            Some(Level::None) => &mut self.none,
            Some(Level::Unknown) => &mut self.unknown,
            None => &mut self.not_used,
        }
    }

    /// Adds other users, or differences, which may wrap around.
    pub(super) fn add(&mut self, other: &Self) {
        self.full = self.full.wrapping_add(other.full);
        self.limited = self.limited.wrapping_add(other.limited);
        self.none = self.none.wrapping_add(other.none);
        self.unknown = self.unknown.wrapping_add(other.unknown);
        self.not_used = self.not_used.wrapping_add(other.not_used);
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

impl Totals {
    pub(super) fn new(events: Vec<Event>) -> Self {
        let count = events.len();
        Self {
            events,
            states: vec![[Counts::default(); Capability::COUNT]; count],
            changes: vec![[Changes::default(); Capability::COUNT]; count],
            user_days: [0; Capability::COUNT],
        }
    }

    /// Adds the sums over other paths. States may still be differences to the event before, so they wrap around.
    pub(super) fn add(&mut self, other: &Self) {
        for (all, more) in self.states.iter_mut().zip(&other.states) {
            for (all, more) in all.iter_mut().zip(more) {
                all.add(more);
            }
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
