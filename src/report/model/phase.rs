//! The phases of a plan, each with everything its section of the report says.
//!
//! A phase is all stages with one label (contract section 1). What happens outside the plan belongs to the phase of the last
//! stage before it. Before the first stage stands phase 0: the baseline, and what happens outside until then.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::group::stable_id;
use super::impact::{Blame, Touched, is_of_plan};
use super::remedy::Surveys;
use super::{ByCapability, Context, Crossing, Group, Help, Measure, Rollback, StageRow, Verdict};
use crate::finding::{Causes, Finding, Kind, Workaround};
use crate::model::{Capability, Severity};
use crate::simulate::Simulation;

/// Which event belongs to which phase.
#[derive(Clone, Debug)]
pub struct Spans {
    /// For each event of the timeline: the phase's position.
    pub phase_of_event: Vec<usize>,
    /// The label of each phase.
    pub labels: Vec<String>,
    bounds: Vec<(usize, usize)>,
}

/// The label of what comes before the first stage.
pub const BEFORE: &str = "Before the first stage";

impl Spans {
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn events(&self) -> usize {
        self.phase_of_event.len()
    }

    /// The first and the last event of a phase, both included.
    pub(super) fn bounds(&self, phase: usize) -> (usize, usize) {
        self.bounds[phase]
    }

    pub(super) fn events_of(&self, phase: usize) -> impl Iterator<Item = usize> + '_ {
        let events = self.phase_of_event.iter().enumerate();
        events
            .filter(move |&(_, &of)| of == phase)
            .map(|(event, _)| event)
    }
}

/// Divides the events of a simulation into phases.
#[must_use]
pub fn spans(simulation: &Simulation) -> Spans {
    let mut spans = Spans {
        phase_of_event: Vec::new(),
        labels: vec![BEFORE.to_owned()],
        bounds: vec![(0, 0)],
    };
    let mut current = 0;
    for (event, outcome) in simulation.outcomes.iter().enumerate() {
        if let Some(label) = &outcome.event.phase {
            // Phase 0 has a name of ours and is never meant by a label.
            let known = spans.labels.iter().skip(1).position(|known| known == label);
            current = known.map_or(spans.labels.len(), |position| position + 1);
            if known.is_none() {
                spans.labels.push(label.clone());
                spans.bounds.push((event, event));
            }
        }
        spans.bounds[current].1 = event;
        spans.phase_of_event.push(current);
    }
    spans
}

/// A capability that users lose, or keep in part, in a phase, for one set of causes.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Stable across runs: a digest of the phase's label, the capability, the change and its causes.
    pub id: String,
    /// What changes.
    pub capability: Capability,
    /// Lost, degraded, at-risk or restored.
    pub kind: Kind,
    /// Why.
    pub causes: Causes,
    /// The worst severity among its findings.
    pub severity: Severity,
    /// What to use instead, where every finding has one.
    pub workaround: Option<Workaround>,
    /// The first event of the phase at which it happens, a position in [`super::Report::events`].
    pub event: usize,
    /// Users with such a finding in the phase.
    pub users: u64,
    /// Days without, summed over users, of losses that begin in the phase.
    pub user_days: u64,
    /// What lifts it, for how many users: most users first.
    pub helped_by: Vec<Help>,
}

/// One phase and its section.
#[derive(Debug)]
pub struct Phase {
    /// Its running number, 0 for what comes before the first stage; the position in [`super::Report::phases`].
    pub number: usize,
    /// Its label.
    pub name: String,
    /// The date of its first event.
    pub from: NaiveDate,
    /// The date of its last event.
    pub until: NaiveDate,
    /// Its events, positions in [`super::Report::events`].
    pub events: Vec<usize>,
    /// Its stages, in order.
    pub stages: Vec<StageRow>,
    /// How many stages of the timeline have happened before its first event.
    pub stages_before: usize,
    /// How many have happened after its last event.
    pub stages_until: usize,
    /// Pool changes of users, added up over its stages.
    pub users_moved: u64,
    /// Client changes of users, added up over its stages.
    pub users_reclient: u64,
    /// Go or no-go, and why.
    pub verdict: Verdict,
    /// Users by what the phase does to them.
    pub touched: Touched,
    /// Days without, summed over users, of losses that begin here, by capability.
    pub user_days: ByCapability<u64>,
    /// The same, by whose making it is.
    pub blame: Blame,
    /// What is lost, restricted, uncertain and recovered, and why: worst first.
    pub losses: Vec<Loss>,
    /// The users by what they lose together and why: worst first. Names are attached by [`super::People`].
    pub groups: Vec<Group>,
    /// What would help, those first that help most.
    pub measures: Vec<Measure>,
    /// Users who lose something here that no single measure brings back.
    pub beyond_help: u64,
    /// How to go back, and until when.
    pub rollback: Rollback,
    /// Whose moves take meetings away from how many.
    pub crossings: Vec<Crossing>,
    /// Risks of the plan itself, positions in [`super::Report::plan_findings`].
    pub plan_findings: Vec<usize>,
    /// For each path of the timeline: the position of its users' group in [`Self::groups`], or [`NO_GROUP`].
    group_of_path: Vec<u32>,
}

/// In place of a group: the phase takes nothing from the users of the path.
const NO_GROUP: u32 = u32::MAX;

impl Phase {
    /// The group of the users of a path; `None` where the phase takes nothing from them.
    #[must_use]
    pub fn group_of_path(&self, path: usize) -> Option<usize> {
        let group = self.group_of_path[path];
        (group != NO_GROUP).then_some(group as usize)
    }

    /// First and last day of its events, in words.
    #[must_use]
    pub fn days(&self) -> String {
        if self.from == self.until {
            self.from.to_string()
        } else {
            format!("{} – {}", self.from, self.until)
        }
    }

    /// Its figures, each with a name and a word on what it means.
    #[must_use]
    pub fn figures(&self) -> [(&'static str, u64, &'static str); 9] {
        let touched = &self.touched;
        [
            (
                "Newly affected",
                touched.newly,
                "without something at the end of the phase, not before it",
            ),
            (
                "Still affected",
                touched.still,
                "before the phase and at its end",
            ),
            (
                "Recovered",
                touched.recovered,
                "before the phase, no longer at its end",
            ),
            (
                "Only in between",
                touched.passing,
                "lost and got back within the phase",
            ),
            (
                "Only restricted",
                touched.restricted,
                "lose nothing here, but can do something only in part",
            ),
            (
                "Only unknown",
                touched.uncertain,
                "neither, but the documents do not say",
            ),
            (
                "User-days lost",
                self.user_days.iter().sum(),
                "by losses that begin here, up to the horizon",
            ),
            ("Moved", self.users_moved, "changes of pool"),
            (
                "New clients",
                self.users_reclient,
                "users whose clients change",
            ),
        ]
    }

    /// What would help a group, as orders with the users helped.
    pub fn help_of<'p>(&'p self, group: &'p Group) -> impl Iterator<Item = (&'p str, u64)> {
        group.helped_by.iter().map(|(id, users)| {
            let measure = self.measures.iter().find(|measure| measure.id == *id);
            (
                measure.map_or(id.as_str(), |measure| &measure.action),
                *users,
            )
        })
    }

    /// Users in groups: everybody from whom the phase takes something.
    #[must_use]
    pub fn users_in_groups(&self) -> u64 {
        self.groups.iter().map(|group| group.users).sum()
    }

    /// Is there nothing to report: no finding, no plan finding, no stage?
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.number == 0 && self.losses.is_empty() && self.plan_findings.is_empty()
    }
}

pub(super) fn phases(context: &Context<'_, '_>, surveys: &Surveys) -> Vec<Phase> {
    let spans = context.spans;
    let mut crossings = super::crossing::by_phase(context);
    (0..spans.len())
        .map(|number| {
            let crossings = std::mem::take(&mut crossings[number]);
            phase(context, surveys, number, crossings)
        })
        .collect()
}

fn phase(
    context: &Context<'_, '_>,
    surveys: &Surveys,
    number: usize,
    crossings: Vec<Crossing>,
) -> Phase {
    let (spans, outcomes) = (context.spans, &context.simulation.outcomes);
    let events: Vec<usize> = spans.events_of(number).collect();
    let (first, last) = spans.bounds(number);
    let date = |event: Option<&usize>| {
        event.map_or(context.timeline.plan.baseline, |&event| {
            outcomes[event].event.date
        })
    };
    let losses = losses(context, surveys, number);
    let (groups, group_of_path) = super::group::groups(context, surveys, number);
    let measures = surveys.measures(context, number);
    let rows = context.plan_findings.iter().enumerate();
    let plan_findings: Vec<usize> = rows
        .filter(|(_, row)| row.phase == number)
        .map(|(position, _)| position)
        .collect();
    let verdict = super::verdict::of_phase(context, number, &losses, &plan_findings);
    let moved = |count: fn(&crate::simulate::Outcome) -> u64| {
        events.iter().map(|&event| count(&outcomes[event])).sum()
    };
    Phase {
        number,
        name: spans.labels[number].clone(),
        from: date(events.first()),
        until: date(events.last()),
        stages: super::stage::rows(context, &events),
        stages_before: first
            .checked_sub(1)
            .map_or(0, |event| stages_until(context.simulation, event)),
        stages_until: stages_until(context.simulation, last),
        users_moved: moved(|outcome| outcome.users_moved),
        users_reclient: moved(|outcome| outcome.users_reclient),
        verdict,
        touched: context.impact.touched[number],
        user_days: context.impact.user_days[number],
        blame: context.impact.blame[number],
        losses,
        groups,
        beyond_help: surveys.beyond_help(number),
        measures,
        rollback: super::rollback::rollback(context, &events),
        crossings,
        plan_findings,
        group_of_path: group_of_path
            .iter()
            .map(|group| group.unwrap_or(NO_GROUP))
            .collect(),
        events,
    }
}

/// How many stages have happened after an event.
pub(super) fn stages_until(simulation: &Simulation, event: usize) -> usize {
    let outcomes = simulation.outcomes[..=event].iter();
    outcomes
        .filter(|outcome| outcome.event.phase.is_some())
        .count()
}

/// The findings of a path at the events of a phase.
pub(super) fn findings_in<'f>(
    findings: &'f [Finding],
    spans: &'f Spans,
    phase: usize,
) -> impl Iterator<Item = (usize, &'f Finding)> + 'f {
    findings
        .iter()
        .enumerate()
        .filter(move |(_, finding)| spans.phase_of_event[finding.event] == phase)
}

fn losses(context: &Context<'_, '_>, surveys: &Surveys, phase: usize) -> Vec<Loss> {
    let mut losses: BTreeMap<(Capability, Kind, Causes), Loss> = BTreeMap::new();
    for (number, path) in context.timeline.paths.iter().enumerate() {
        let findings = context.simulation.findings_of(number);
        let spells = super::impact::spells(findings, context.simulation);
        let mut counted: Vec<(Capability, Kind, Causes)> = Vec::new();
        for (position, finding) in findings_in(findings, context.spans, phase) {
            let key = (finding.capability, finding.kind(), finding.causes);
            let is_new = !losses.contains_key(&key);
            let loss = losses.entry(key).or_insert_with(|| Loss {
                id: stable_id("l", &context.spans.labels[phase], &[key]),
                capability: key.0,
                kind: key.1,
                causes: key.2,
                severity: finding.severity,
                workaround: finding.workaround,
                event: finding.event,
                users: 0,
                user_days: 0,
                helped_by: Vec::new(),
            });
            loss.severity = loss.severity.max(finding.severity);
            loss.event = loss.event.min(finding.event);
            if !is_new && loss.workaround != finding.workaround {
                loss.workaround = None;
            }
            // Nobody is counted twice for losing the same thing twice in one phase.
            if !counted.contains(&key) {
                counted.push(key);
                loss.users += path.users;
            }
            let spell = spells.iter().find(|spell| spell.finding == position);
            loss.user_days += spell.map_or(0, |spell| spell.days) * path.users;
        }
    }
    let mut losses: Vec<Loss> = losses.into_values().collect();
    for loss in &mut losses {
        let key = (loss.capability, loss.kind, loss.causes);
        loss.helped_by = surveys.lifts(context, phase, key);
    }
    losses.sort_by_key(|loss| {
        let severity = std::cmp::Reverse(loss.severity);
        (
            severity,
            loss.kind,
            std::cmp::Reverse(loss.users),
            loss.capability,
        )
    });
    losses
}

impl Loss {
    /// By whose making it is, in a word or two.
    #[must_use]
    pub fn origin(&self) -> &'static str {
        if self.is_of_plan() {
            "the plan"
        } else {
            "outside"
        }
    }

    /// Is it caused by the plan itself, not by something outside?
    #[must_use]
    pub fn is_of_plan(&self) -> bool {
        is_of_plan(self.causes)
    }
}
