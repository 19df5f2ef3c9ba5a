//! A comparison laid out: JSON, CSV, Markdown, and a text for a terminal. Dry runs use the same formats.
//!
//! In: a finished [`Comparison`] and its two sides, which know the people's addresses. Out: text. What several formats say in
//! words is said here, once.

pub mod csv;
pub mod json;
pub mod markdown;
pub mod terminal;

use std::borrow::Cow;

use super::sweep::ALL_FEATURES;
use crate::compare::{Comparison, Effect, Line, Occurrence, Person, Side};
use crate::finding::Kind;
use crate::model::Feature;
use crate::report::model::wording::{self, number};

/// What is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The first side.
    pub before: Side<'a>,
    /// The second side.
    pub after: Side<'a>,
    /// What differs.
    pub comparison: &'a Comparison,
}

impl<'a> Compared<'a> {
    /// The address of somebody.
    pub(in crate::report) fn sip(&self, person: Person) -> Cow<'a, str> {
        match person {
            Person::Before(user) => self.before.sip(user),
            Person::After(user) => self.after.sip(user),
        }
    }

    /// The addresses of the first people of a line.
    pub(in crate::report) fn first_names(&self, line: &Line) -> Vec<String> {
        let first = line.first.iter();
        first.map(|&person| self.sip(person).into_owned()).collect()
    }

    /// The first people of a line, and how many more there are.
    pub(in crate::report) fn names(&self, line: &Line) -> String {
        let names = self.first_names(line);
        match line.users.saturating_sub(names.len() as u64) {
            0 => names.join(", "),
            more => format!("{} and {} more", names.join(", "), number(more)),
        }
    }
}

/// What was changed, in words.
fn step(changed: &[&str]) -> String {
    match changed {
        [] => "What differs, though plan, inventory, reading and documents are the same".to_owned(),
        [one] => format!("What the other {one} changes"),
        several => format!("What changes with {}", several.join(", ")),
    }
}

/// The capabilities of a line, the six peer-to-peer features as one where all of them are there.
pub(in crate::report) fn what(line: &Line) -> String {
    let all = &line.capabilities;
    let features = all
        .iter()
        .filter(|capability| capability.feature().is_some());
    let is_whole = features.count() == Feature::ALL.len();
    let mut names: Vec<&str> = Vec::new();
    for capability in all {
        match capability.feature() {
            Some(Feature::Im) if is_whole => names.push(ALL_FEATURES),
            Some(_) if is_whole => {}
            _ => names.push(wording::capability(*capability)),
        }
    }
    names.join("; ")
}

/// The heading of the lines of one kind and effect.
pub(in crate::report) fn heading(kind: Kind, effect: Effect) -> String {
    let kind = match kind {
        Kind::Lost => "lost",
        Kind::Degraded => "limited",
        Kind::AtRisk => "unknown",
        Kind::Restored => "recovered",
    };
    match effect {
        Effect::New => format!("newly {kind}"),
        Effect::Gone => format!("no longer {kind}"),
        Effect::Earlier => format!("{kind} earlier"),
        Effect::Later => format!("{kind} later"),
        Effect::Otherwise => format!("{kind} on the same day, otherwise"),
    }
}

/// When and why: `2014-07-12 at wave-2 (own move)`, and instead of what.
pub(in crate::report) fn when(line: &Line) -> String {
    let told = |occurrence: &Occurrence| {
        let causes = wording::causes(occurrence.causes);
        format!("{} at {} ({causes})", occurrence.date, occurrence.event)
    };
    match (&line.before, &line.after) {
        (Some(before), Some(after))
            if (&before.event, before.causes) == (&after.event, after.causes) =>
        {
            if before.date == after.date {
                told(after)
            } else {
                format!("{}, not on {}", told(after), before.date)
            }
        }
        (Some(before), Some(after)) => format!("{}, not {}", told(after), told(before)),
        (Some(only), None) | (None, Some(only)) => told(only),
        (None, None) => String::new(),
    }
}

/// A difference with its sign: `+12`, `-1,680`, `0`.
fn signed(before: u64, after: u64) -> String {
    match after.checked_sub(before) {
        Some(0) => "0".to_owned(),
        Some(more) => format!("+{}", number(more)),
        None => format!("-{}", number(before - after)),
    }
}
