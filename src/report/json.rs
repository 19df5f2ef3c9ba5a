//! `simulate --format json` (contract section 5.2): structs of their own, so that the program can change inside without the
//! public format changing.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::finding::Kind;
use crate::knowledge::KnowledgeBase;
use crate::model::Capability;
use crate::simulate::{self, Outcome};
use crate::timeline::Timeline;

/// The version of the format; it changes when a script that reads the old one would break.
pub const FORMAT_VERSION: u32 = 1;

/// One value for each capability, written in the contract's order.
#[derive(Clone, Debug)]
pub struct ByCapability<T>(pub Vec<T>);

impl<T: Serialize> Serialize for ByCapability<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (capability, value) in Capability::ALL.iter().zip(&self.0) {
            map.serialize_entry(capability.id(), value)?;
        }
        map.end()
    }
}

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
pub struct Simulation {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The plan's head.
    pub plan: Plan,
    /// The reading of the documents.
    pub reading: &'static str,
    /// What was read.
    pub inventory: Inventory,
    /// Risks of the plan itself.
    pub plan_findings: Vec<PlanFinding>,
    /// What each event leaves behind.
    pub events: Vec<Event>,
    /// Days at none after a loss, summed over users.
    pub user_days: ByCapability<u64>,
}

/// The plan's head.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// The day the inventory describes.
    pub baseline: String,
    /// The horizon of user-days.
    pub end: String,
}

/// What was read.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Inventory {
    /// Files read.
    pub files: usize,
    /// Rows read.
    pub rows: u64,
    /// Rows of accepted users.
    pub rows_used: u64,
    /// Rows given back.
    pub rows_rejected: u64,
    /// Accepted users.
    pub users: u64,
    /// Pairs of accepted user and unrecognized client text.
    pub unrecognized_clients: u64,
}

/// A risk of the plan itself.
#[derive(Clone, Debug, Serialize)]
pub struct PlanFinding {
    /// Its code.
    pub code: &'static str,
    /// Its severity.
    pub severity: &'static str,
    /// The event at which it shows.
    pub event: String,
    /// What it is about.
    pub subject: String,
    /// One sentence.
    pub message: String,
    /// The rules behind it.
    pub rules: Vec<String>,
}

/// What an event leaves behind.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// The event's id.
    pub id: String,
    /// Its kind.
    pub kind: &'static str,
    /// Its date.
    pub date: String,
    /// The phase, for stages.
    pub phase: Option<String>,
    /// Users whose pool changed.
    pub users_moved: u64,
    /// Users whose endpoints changed.
    pub users_reclient: u64,
    /// Users by level.
    pub state: ByCapability<State>,
    /// Findings by kind.
    pub changes: ByCapability<Changes>,
    /// Users at none in the other readings.
    pub range: ByCapability<Range>,
}

/// Users by level.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct State {
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

/// Findings by kind (users).
#[derive(Clone, Debug)]
pub struct Changes(BTreeMap<Kind, u64>);

impl Serialize for Changes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(kind, users)| (kind.id(), users)))
    }
}

/// Users at none: lenient, strict.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Range {
    /// Lenient, strict.
    pub none: [u64; 2],
}

/// Lays a simulation out as contract section 5.2 says.
#[must_use]
pub fn simulation(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    simulation: &simulate::Simulation,
) -> Simulation {
    let (plan, inventory) = (timeline.plan, timeline.inventory);
    let plan_findings = simulation.plan_findings.iter();
    let plan_findings = plan_findings.map(|finding| plan_finding(finding, knowledge));
    Simulation {
        format_version: FORMAT_VERSION,
        plan: Plan {
            name: plan.name.clone(),
            baseline: plan.baseline.to_string(),
            end: simulation.end.to_string(),
        },
        reading: simulation.reading.id(),
        inventory: Inventory {
            files: inventory.counts.files,
            rows: inventory.counts.rows,
            rows_used: inventory.counts.rows_used,
            rows_rejected: inventory.counts.rows_rejected,
            users: inventory.population(),
            unrecognized_clients: inventory.counts.unrecognized_clients,
        },
        plan_findings: plan_findings.collect(),
        events: simulation.outcomes.iter().map(event).collect(),
        user_days: ByCapability(simulation.user_days.to_vec()),
    }
}

/// A risk of the plan itself.
pub(super) fn plan_finding(
    finding: &crate::finding::PlanFinding,
    knowledge: &KnowledgeBase,
) -> PlanFinding {
    let rules = finding.rules.iter();
    PlanFinding {
        code: finding.code.id(),
        severity: finding.code.severity().id(),
        event: finding.event.clone(),
        subject: finding.subject.clone(),
        message: finding.message.clone(),
        rules: rules
            .map(|&rule| knowledge.rule_id(rule).to_owned())
            .collect(),
    }
}

fn event(outcome: &Outcome) -> Event {
    Event {
        id: outcome.event.id.clone(),
        kind: outcome.event.kind.id(),
        date: outcome.event.date.to_string(),
        phase: outcome.event.phase.clone(),
        users_moved: outcome.users_moved,
        users_reclient: outcome.users_reclient,
        state: ByCapability(outcome.state.iter().map(State::new).collect()),
        changes: ByCapability(outcome.changes.iter().map(Changes::new).collect()),
        range: ByCapability(outcome.range.iter().map(Range::new).collect()),
    }
}

impl State {
    pub(super) const fn new(counts: &simulate::Counts) -> Self {
        Self {
            full: counts.full,
            limited: counts.limited,
            none: counts.none,
            unknown: counts.unknown,
            not_used: counts.not_used,
        }
    }
}

impl Changes {
    pub(super) fn new(changes: &simulate::Changes) -> Self {
        let kinds = Kind::ALL.iter().copied();
        Self(kinds.map(|kind| (kind, changes.get(kind))).collect())
    }
}

impl Range {
    pub(super) const fn new(range: &simulate::Range) -> Self {
        Self {
            none: [range.lenient, range.strict],
        }
    }
}
