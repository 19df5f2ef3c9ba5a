//! The phase matrix: every capability after every event, as a heat map of who is without it; and the key of the events.

use std::fmt::Write as _;

use crate::finding::Kind;
use crate::model::Capability;
use crate::report::markup::visible;
use crate::report::model::wording::{self, number};
use crate::report::model::{EventRow, Report};
use crate::simulate::{Changes, Counts};

/// At most so many events stand side by side; further ones begin a new table.
const EVENTS_PER_PART: usize = 10;

/// An event in the key of the timeline.
pub(super) struct EventKey {
    pub(super) number: usize,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) phase: usize,
    pub(super) moved: String,
    pub(super) reclient: String,
    pub(super) lost: String,
    pub(super) restored: String,
}

/// The key of the events, in order.
pub(super) fn events(report: &Report) -> Vec<EventKey> {
    let events = report.events.iter().enumerate();
    events
        .map(|(number_of_event, event)| {
            let sum = |kind: Kind| event.changes.iter().map(|changes| changes.get(kind)).sum();
            EventKey {
                number: number_of_event,
                date: event.date.to_string(),
                title: title(event),
                id: visible(&event.id),
                kind: event.kind,
                phase: event.phase,
                moved: number(event.users_moved),
                reclient: number(event.users_reclient),
                lost: number(sum(Kind::Lost)),
                restored: number(sum(Kind::Restored)),
            }
        })
        .collect()
}

/// An event's title for people.
pub(super) fn title(event: &EventRow) -> String {
    visible(&event.title)
}

/// Some events of the matrix, side by side.
pub(super) struct MatrixPart {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) is_alone: bool,
    pub(super) phases: Vec<PhaseHead>,
    pub(super) heads: Vec<EventHead>,
    pub(super) rows: Vec<Row>,
}

/// Events of one phase that stand together.
pub(super) struct PhaseHead {
    pub(super) name: String,
    pub(super) events: usize,
}

pub(super) struct EventHead {
    pub(super) number: usize,
    pub(super) date: String,
    pub(super) title: String,
}

pub(super) struct Row {
    pub(super) capability: &'static str,
    pub(super) cells: Vec<Cell>,
}

/// One capability after one event.
pub(super) struct Cell {
    pub(super) class: &'static str,
    pub(super) is_used: bool,
    pub(super) without: String,
    pub(super) delta: String,
    /// Everything in words, for people who do not see the cell.
    pub(super) words: String,
    /// The parts of the bar: class, where it begins, how wide it is, in hundredths of the cell.
    pub(super) bar: Vec<(&'static str, String, String)>,
}

/// The matrix, in as many parts as it needs.
pub(super) fn parts(report: &Report) -> Vec<MatrixPart> {
    // All parts as wide as each other, so that none has a single event.
    let count = report.events.len().div_ceil(EVENTS_PER_PART).max(1);
    let size = report.events.len().div_ceil(count).max(1);
    let parts = report.events.chunks(size).enumerate();
    parts
        .map(|(number, events)| part(report, number * size, events, count == 1))
        .collect()
}

fn part(report: &Report, first: usize, events: &[EventRow], is_alone: bool) -> MatrixPart {
    let mut phases: Vec<(usize, PhaseHead)> = Vec::new();
    for event in events {
        match phases.last_mut() {
            Some((phase, head)) if *phase == event.phase => head.events += 1,
            _ => {
                let name = &report.phases[event.phase].name;
                let head = PhaseHead {
                    name: visible(name),
                    events: 1,
                };
                phases.push((event.phase, head));
            }
        }
    }
    let heads = (first..).zip(events).map(|(number, event)| EventHead {
        number,
        date: event.date.to_string(),
        title: title(event),
    });
    let rows = Capability::ALL.iter().map(|&capability| Row {
        capability: wording::capability(capability),
        cells: events.iter().map(|event| cell(event, capability)).collect(),
    });
    MatrixPart {
        from: first,
        to: first + events.len() - 1,
        is_alone,
        phases: phases.into_iter().map(|(_, head)| head).collect(),
        heads: heads.collect(),
        rows: rows.collect(),
    }
}

fn cell(event: &EventRow, capability: Capability) -> Cell {
    let state = &event.state[capability.index()];
    let changes = &event.changes[capability.index()];
    let used = state.total() - state.not_used;
    Cell {
        class: heat(state, used),
        is_used: used > 0,
        without: number(state.none),
        delta: delta(changes),
        words: words(state, changes),
        bar: bar(state, used),
    }
}

/// Darker the more of those who use it are without it; where nobody is, tinted if half of them are limited or unknown.
fn heat(state: &Counts, used: u64) -> &'static str {
    let is_half = |users: u64| used > 0 && users.saturating_mul(2) >= used;
    match (state.none, state.none.saturating_mul(100) / used.max(1)) {
        (0, _) if is_half(state.unknown) => "violet zero",
        (0, _) if is_half(state.limited) => "amber zero",
        (0, _) => "h0 zero",
        (_, 0..=1) => "h1",
        (_, 2..=9) => "h2",
        (_, 10..=29) => "h3",
        (_, 30..=59) => "h4",
        _ => "h5",
    }
}

/// The changes in signs, which the key explains.
fn delta(changes: &Changes) -> String {
    let signs = [
        (Kind::Lost, '✕'),
        (Kind::Degraded, '◐'),
        (Kind::AtRisk, '?'),
        (Kind::Restored, '↑'),
    ];
    let mut text = String::new();
    for (kind, sign) in signs {
        let users = changes.get(kind);
        if users > 0 {
            if !text.is_empty() {
                text.push(' ');
            }
            let _ = write!(text, "{sign}{}", number(users));
        }
    }
    text
}

fn words(state: &Counts, changes: &Changes) -> String {
    let mut text = format!(
        "full {}, limited {}, none {}, unknown {}, not used {}",
        number(state.full),
        number(state.limited),
        number(state.none),
        number(state.unknown),
        number(state.not_used)
    );
    for &kind in Kind::ALL {
        let users = changes.get(kind);
        if users > 0 {
            let _ = write!(text, "; {} {}", wording::kind(kind), number(users));
        }
    }
    text
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a bar of some pixels needs no more digits than a float has"
)]
fn bar(state: &Counts, used: u64) -> Vec<(&'static str, String, String)> {
    let mut from = 0.0;
    let parts = [
        ("full", state.full),
        ("limited", state.limited),
        ("unknown", state.unknown),
        ("none", state.none),
    ];
    let parts = parts.into_iter().filter(|(_, users)| *users > 0);
    parts
        .map(|(class, users)| {
            let width = users as f64 * 100.0 / used.max(1) as f64;
            let part = (class, format!("{from:.1}"), format!("{width:.1}"));
            from += width;
            part
        })
        .collect()
}
