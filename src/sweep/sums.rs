//! What a sweep adds up over users: who loses something, findings by event, and user-days as a function of the day.

use std::ops::{AddAssign, SubAssign};

use chrono::{Datelike, NaiveDate};

use crate::finding::{Finding, Kind};
use crate::model::Capability;
use crate::simulate::spells;

/// How many blocks of stages can move independently.
pub(super) const AXES: usize = 2;

/// A number of days that changes evenly while blocks of stages move: `at_plan + per_day[0] * shift[0] + per_day[1] * shift[1]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    /// The value where the stages stand in the plan.
    pub(super) at_plan: i64,
    /// What each day later of each block adds.
    pub(super) per_day: [i64; AXES],
}

impl Line {
    pub(super) fn at(self, shifts: [i64; AXES]) -> i64 {
        self.at_plan + self.per_day[0] * shifts[0] + self.per_day[1] * shifts[1]
    }

    fn times(self, users: u64) -> Self {
        let users = i64::try_from(users).unwrap_or(i64::MAX);
        Self {
            at_plan: self.at_plan * users,
            per_day: self.per_day.map(|days| days * users),
        }
    }
}

impl AddAssign for Line {
    fn add_assign(&mut self, other: Self) {
        self.at_plan += other.at_plan;
        for (own, other) in self.per_day.iter_mut().zip(other.per_day) {
            *own += other;
        }
    }
}

impl SubAssign for Line {
    fn sub_assign(&mut self, other: Self) {
        self.at_plan -= other.at_plan;
        for (own, other) in self.per_day.iter_mut().zip(other.per_day) {
            *own -= other;
        }
    }
}

/// When the events of a sweep happen: lines through days counted from year 1.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    events: Vec<Line>,
    horizon: Line,
}

impl Calendar {
    /// In: for each event where it stands in the plan and along which axis it moves, and the horizon of user-days.
    ///
    /// Standing events after the horizon count as the horizon, so that days end there. Moving ones never pass it: it lies at
    /// or behind the last day on which they can stand.
    pub(super) fn new(
        events: impl Iterator<Item = (NaiveDate, Option<usize>)>,
        horizon: NaiveDate,
    ) -> Self {
        let line = |day: NaiveDate, axis: Option<usize>| {
            let mut per_day = [0; AXES];
            if let Some(axis) = axis {
                per_day[axis] = 1;
            }
            Line {
                at_plan: i64::from(day.num_days_from_ce()),
                per_day,
            }
        };
        let events = events.map(|(day, axis)| {
            let counted = axis.map_or(day.min(horizon), |_| day);
            line(counted, axis)
        });
        Self {
            events: events.collect(),
            horizon: line(horizon, None),
        }
    }

    fn between(&self, since: usize, until: Option<usize>) -> Line {
        let mut days = until.map_or(self.horizon, |until| self.events[until]);
        days -= self.events[since];
        days
    }
}

/// Findings of one event by capability and kind (users).
pub(super) type EventChanges = [[u64; Kind::ALL.len()]; Capability::COUNT];

/// The sums on the days of one stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    /// Users with at least one loss.
    pub(super) lost: [u64; Capability::COUNT],
    /// Days at none after a loss, over all users.
    pub(super) user_days: [Line; Capability::COUNT],
    /// Findings at each event.
    pub(super) changes: Vec<EventChanges>,
}

impl Sums {
    pub(super) fn new(events: usize) -> Self {
        Self {
            lost: [0; Capability::COUNT],
            user_days: [Line::default(); Capability::COUNT],
            changes: vec![EventChanges::default(); events],
        }
    }

    /// Adds what a path finds, given in order of the events.
    pub(super) fn add(&mut self, findings: &[Finding], users: u64, calendar: &Calendar) {
        for (lost, loses) in self.lost.iter_mut().zip(loses(findings)) {
            *lost += if loses { users } else { 0 };
        }
        for finding in findings {
            *self.change(finding) += users;
        }
        for spell in spells(findings) {
            self.user_days[spell.capability.index()] +=
                calendar.between(spell.since, spell.until).times(users);
        }
    }

    /// Takes off again what [`Self::add`] added.
    pub(super) fn take_off(&mut self, findings: &[Finding], users: u64, calendar: &Calendar) {
        for (lost, loses) in self.lost.iter_mut().zip(loses(findings)) {
            *lost -= if loses { users } else { 0 };
        }
        for finding in findings {
            *self.change(finding) -= users;
        }
        for spell in spells(findings) {
            self.user_days[spell.capability.index()] -=
                calendar.between(spell.since, spell.until).times(users);
        }
    }

    fn change(&mut self, finding: &Finding) -> &mut u64 {
        &mut self.changes[finding.event][finding.capability.index()][finding.kind() as usize]
    }

    /// User-days at these shifts.
    pub(super) fn user_days_at(&self, shifts: [i64; AXES]) -> [u64; Capability::COUNT] {
        self.user_days
            .map(|line| u64::try_from(line.at(shifts)).unwrap_or(0))
    }
}

fn loses(findings: &[Finding]) -> [bool; Capability::COUNT] {
    let mut loses = [false; Capability::COUNT];
    for finding in findings {
        loses[finding.capability.index()] |= finding.kind() == Kind::Lost;
    }
    loses
}
