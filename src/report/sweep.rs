//! A sweep laid out: JSON (contract section 5.5), CSV, a chart for a terminal, a page with a heat strip.
//!
//! In: a finished [`crate::sweep::Sweep`]. Out: text. What several formats say in words is said here, once.

pub mod csv;
pub mod html;
pub mod json;
mod strip;
pub mod terminal;

use crate::finding::Kind;
use crate::model::{Capability, Feature};
use crate::report::model::wording::{self, number, users};
use crate::sweep::{Boundary, Difference, Sweep};

/// What the moving stages have passed at a boundary, as in `wave-2 comes after aol-end`; empty where nothing was.
fn passed(sweep: &Sweep, boundary: &Boundary) -> Vec<String> {
    let events = &sweep.events;
    let mut sentences: Vec<String> = Vec::new();
    for stage in 0..events.len() {
        let ids: Vec<&str> = boundary
            .passes
            .iter()
            .filter(|pass| pass.stage == stage)
            .map(|pass| events[pass.event].id.as_str())
            .collect();
        if !ids.is_empty() {
            sentences.push(format!(
                "{} comes after {}",
                events[stage].id,
                ids.join(", ")
            ));
        }
    }
    sentences
}

/// A number of days: `1 day`, `12 days`.
pub(super) fn count_days(days: i64) -> String {
    wording::count(days.unsigned_abs(), "day", "days")
}

/// What the six peer-to-peer features are called together.
pub(super) const ALL_FEATURES: &str = "Two people, all six features";

/// What is told of each capability, with the capability's name; the six peer-to-peer features together where the same is told
/// of all of them.
fn told_together<T: PartialEq>(tell: impl Fn(Capability) -> T) -> Vec<(&'static str, T)> {
    let features = Capability::ALL
        .iter()
        .filter(|capability| capability.feature().is_some());
    let first = features.clone().next().map(|&first| tell(first));
    let is_same = features
        .clone()
        .all(|&feature| Some(tell(feature)) == first);
    let mut all = Vec::new();
    for &capability in Capability::ALL {
        match capability.feature() {
            Some(Feature::Im) if is_same => all.push((ALL_FEATURES, tell(capability))),
            Some(_) if is_same => {}
            _ => all.push((wording::capability(capability), tell(capability))),
        }
    }
    all
}

/// What changes in figures at a boundary, a line for each capability and kind: `Public IM: AOL lost: 12 fewer at wave-2 (now 0),
/// 12 more at aol-end (now 100)`.
fn figures(sweep: &Sweep, boundary: &Boundary, kinds: &[Kind]) -> Vec<String> {
    let mut lines = Vec::new();
    for &kind in kinds {
        let how = wording::kind(kind);
        let parts = told_together(|capability| {
            let here = boundary.differences.iter();
            let here = here.filter(|of| (of.capability, of.kind) == (capability, kind));
            here.map(|difference| figure(sweep, difference))
                .collect::<Vec<_>>()
        });
        let parts = parts.iter().filter(|(_, parts)| !parts.is_empty());
        lines.extend(parts.map(|(what, parts)| format!("{what} {how}: {}", parts.join(", "))));
    }
    lines
}

fn figure(sweep: &Sweep, difference: &Difference) -> String {
    let (before, after) = (difference.before, difference.after);
    let change = if after > before {
        format!("{} more", number(after - before))
    } else {
        format!("{} fewer", number(before - after))
    };
    let event = &sweep.events[difference.event].id;
    format!("{change} at {event} (now {})", number(after))
}

/// Losses that are no longer a moving stage's, because the outside event that it has passed comes first.
///
/// In: a boundary. Out: a sentence for each capability that fewer people lose at a moving stage and more at a passed event.
fn charged_elsewhere(sweep: &Sweep, boundary: &Boundary) -> Vec<String> {
    let lost = |capability: Capability| {
        let differences = boundary.differences.iter();
        differences.filter(move |of| (of.capability, of.kind) == (capability, Kind::Lost))
    };
    let mut sentences = Vec::new();
    for &capability in Capability::ALL {
        let stage =
            lost(capability).find(|of| sweep.events[of.event].moves && of.after < of.before);
        let event = lost(capability).find(|of| {
            let is_passed = boundary.passes.iter().any(|pass| pass.event == of.event);
            is_passed && !sweep.events[of.event].is_stage && of.after > of.before
        });
        if let (Some(stage), Some(event)) = (stage, event) {
            sentences.push(format!(
                "{} has ended {} by then: no longer a loss of {} ({})",
                sweep.events[event.event].id,
                wording::capability(capability),
                sweep.events[stage.event].id,
                users(stage.before - stage.after),
            ));
        }
    }
    sentences
}
