//! What differs from an earlier report, in `report.json`.

use serde::Serialize;

use crate::compare::{Occurrence, Risk};
use crate::report::model::{Since, SinceLine};

#[derive(Clone, Debug, Serialize)]
pub(super) struct Previous {
    plan: String,
    reading: String,
    tool_version: String,
    changed: Vec<&'static str>,
    verdict: &'static str,
    users: u64,
    lines: Vec<Line>,
    plan_findings_new: Vec<PlanFinding>,
    plan_findings_gone: Vec<PlanFinding>,
    groups: Vec<Group>,
}

#[derive(Clone, Debug, Serialize)]
struct Line {
    kind: &'static str,
    change: &'static str,
    capabilities: Vec<&'static str>,
    before: Option<When>,
    after: Option<When>,
    users: u64,
    days_before: u64,
    days_after: u64,
    /// The first of them only.
    people: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct When {
    event: String,
    date: String,
    causes: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct PlanFinding {
    code: String,
    severity: &'static str,
    event: String,
    subject: String,
    message: String,
}

#[derive(Clone, Debug, Serialize)]
struct Group {
    id: String,
    phase: String,
    what: String,
    users_before: u64,
    users_after: u64,
}

impl Previous {
    pub(super) fn new(since: &Since) -> Self {
        let groups = since.groups.iter().map(|group| Group {
            id: group.id.clone(),
            phase: group.phase.clone(),
            what: group.what.clone(),
            users_before: group.users_before,
            users_after: group.users_after,
        });
        Self {
            plan: since.earlier.plan.clone(),
            reading: since.earlier.reading.clone(),
            tool_version: since.earlier.version.clone(),
            changed: since.changed.clone(),
            verdict: since.verdict.id(),
            users: since.users,
            lines: since.lines.iter().map(line).collect(),
            plan_findings_new: since.risks_new.iter().map(plan_finding).collect(),
            plan_findings_gone: since.risks_gone.iter().map(plan_finding).collect(),
            groups: groups.collect(),
        }
    }
}

fn line(line: &SinceLine) -> Line {
    let capabilities = line.capabilities.iter();
    Line {
        kind: line.kind.id(),
        change: line.effect.id(),
        capabilities: capabilities.map(|capability| capability.id()).collect(),
        before: line.before.as_ref().map(when),
        after: line.after.as_ref().map(when),
        users: line.users,
        days_before: line.days_before,
        days_after: line.days_after,
        people: line.first.clone(),
    }
}

fn when(occurrence: &Occurrence) -> When {
    When {
        event: occurrence.event.clone(),
        date: occurrence.date.to_string(),
        causes: occurrence.causes.iter().map(|cause| cause.id()).collect(),
    }
}

fn plan_finding(risk: &Risk) -> PlanFinding {
    PlanFinding {
        code: risk.code.clone(),
        severity: risk.severity.id(),
        event: risk.event.clone(),
        subject: risk.subject.clone(),
        message: risk.message.clone(),
    }
}
