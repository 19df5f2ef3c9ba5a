//! The events of a report: what happens when, who can do what after it, and when somebody goes without.

use chrono::NaiveDate;

use super::{ByCapability, Context};
use crate::model::Capability;
use crate::simulate::{Changes, Counts, Outcome, Range, Simulation};
use crate::timeline::{EventKind, Timeline};

/// One event: a mark of the timeline, a column of the matrix, a point of each series.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Its public id.
    pub id: String,
    /// `baseline`, `service`, `license` or `stage`.
    pub kind: &'static str,
    /// The first day on which it holds.
    pub date: NaiveDate,
    /// What happens.
    pub title: String,
    /// The phase's position in [`super::Report::phases`].
    pub phase: usize,
    /// For stages: the position in [`Timeline::order`].
    pub stage: Option<usize>,
    /// Users whose pool changed.
    pub users_moved: u64,
    /// Users whose clients changed.
    pub users_reclient: u64,
    /// Users by level after it.
    pub state: ByCapability<Counts>,
    /// Findings at it.
    pub changes: ByCapability<Changes>,
    /// Users at none after it, from the lenient to the strict reading.
    pub range: ByCapability<Range>,
}

/// A stretch of time in which at least one user has lost a capability and not got it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossInterval {
    /// The capability.
    pub capability: Capability,
    /// The first day.
    pub from: NaiveDate,
    /// The day on which everybody has it back, or the horizon; that day is not part of it.
    pub until: NaiveDate,
    /// Is somebody still without it at the horizon?
    pub is_open: bool,
    /// The most users without it at once, of those who lost it.
    pub peak: u64,
    /// Days without it, summed over users.
    pub user_days: u64,
}

impl LossInterval {
    /// The day on which everybody has it back, or `horizon`.
    #[must_use]
    pub fn until_words(&self) -> String {
        if self.is_open {
            "horizon".to_owned()
        } else {
            self.until.to_string()
        }
    }
}

pub(super) fn events(_timeline: &Timeline<'_>, simulation: &Simulation) -> Vec<EventRow> {
    let spans = super::phase::spans(simulation);
    let outcomes = simulation.outcomes.iter().zip(spans.phase_of_event);
    outcomes
        .map(|(outcome, phase)| event(outcome, phase))
        .collect()
}

fn event(outcome: &Outcome, phase: usize) -> EventRow {
    let event = &outcome.event;
    EventRow {
        id: event.id.clone(),
        kind: event.kind.id(),
        date: event.date,
        title: event.title.clone(),
        phase,
        stage: match event.kind {
            EventKind::Stage(stage) => Some(stage),
            _ => None,
        },
        users_moved: outcome.users_moved,
        users_reclient: outcome.users_reclient,
        state: outcome.state,
        changes: outcome.changes,
        range: outcome.range,
    }
}

/// The intervals of every capability, in the contract's order, then by date.
pub(super) fn intervals(context: &Context<'_, '_>) -> Vec<LossInterval> {
    let mut intervals = Vec::new();
    for &capability in Capability::ALL {
        intervals.extend(of_capability(context, capability));
    }
    intervals
}

fn of_capability(context: &Context<'_, '_>, capability: Capability) -> Vec<LossInterval> {
    let (outcomes, end) = (&context.simulation.outcomes, context.simulation.end);
    let mut intervals: Vec<LossInterval> = Vec::new();
    let mut is_open = false;
    for (event, outcome) in outcomes.iter().enumerate() {
        let without = context.impact.without[event][capability.index()];
        let from = outcome.event.date;
        let until = outcomes
            .get(event + 1)
            .map_or(end, |next| next.event.date)
            .min(end);
        if without == 0 {
            is_open = false;
            continue;
        }
        // Of several events on one day, the last one makes the state of that day.
        let days = u64::try_from((until - from).num_days()).unwrap_or(0);
        if !is_open {
            intervals.push(LossInterval {
                capability,
                from,
                until,
                is_open: false,
                peak: 0,
                user_days: 0,
            });
        }
        is_open = true;
        if let Some(last) = intervals.last_mut() {
            last.until = until.max(last.until);
            last.peak = last.peak.max(without);
            last.user_days += without * days;
            last.is_open = event + 1 == outcomes.len();
        }
    }
    intervals.retain(|interval| interval.until > interval.from);
    intervals
}
