//! `compare --format json` and `dry-run --format json`: every person by address, every difference in full.

use std::borrow::Cow;

use serde::Serialize;

use super::Compared;
use crate::compare::{Change, Cohort, Told};
use crate::dry_run::DryRun;
use crate::knowledge::KnowledgeBase;
use crate::model::Capability;
use crate::report::findings::detail;
use crate::report::json::{PlanFinding, plan_finding};
use crate::report::sweep::json::Sparse;

/// The version of the format; it changes when a script that reads the old one would break.
pub const FORMAT_VERSION: u32 = 1;

/// What differs between two simulations.
#[derive(Clone, Debug, Serialize)]
pub struct Difference<'a> {
    /// `same`, `not-worse` or `worse`.
    pub verdict: &'static str,
    /// The horizon of user-days on both sides.
    pub horizon: String,
    /// Users for whom something differs.
    pub users: usize,
    /// Users with at least one loss: before, after. Where both are zero, the capability is left out.
    pub lost: Sparse<[u64; 2]>,
    /// Days at none after a loss: before, after. Where both are zero, the capability is left out.
    pub user_days: Sparse<[u64; 2]>,
    /// Risks of the plan that appear.
    pub plan_findings_new: Vec<PlanFinding>,
    /// Risks of the plan that vanish.
    pub plan_findings_gone: Vec<PlanFinding>,
    /// People to whom the same happens.
    pub cohorts: Vec<People<'a>>,
}

/// People for whom the same differs.
#[derive(Clone, Debug, Serialize)]
pub struct People<'a> {
    /// Their addresses.
    pub sips: Vec<Cow<'a, str>>,
    /// `both`, `only-before` or `only-after`: in which inventories they are.
    pub presence: &'static str,
    /// What differs.
    pub changes: Vec<Differing<'a>>,
}

/// A finding that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Differing<'a> {
    /// The capability.
    pub capability: &'static str,
    /// `lost`, `degraded`, `at-risk` or `restored`.
    pub kind: &'static str,
    /// `new`, `gone`, `earlier`, `later` or `otherwise`.
    pub change: &'static str,
    /// As the first side has it, or null.
    pub before: Option<Finding<'a>>,
    /// As the second side has it, or null.
    pub after: Option<Finding<'a>>,
}

/// A finding, with the columns of the file of findings.
#[derive(Clone, Debug, Serialize)]
pub struct Finding<'a> {
    /// The event's id.
    pub event: &'a str,
    /// The event's date.
    pub date: String,
    /// The level before the event.
    pub from: &'static str,
    /// The level after the event.
    pub to: &'static str,
    /// How bad it is.
    pub severity: &'static str,
    /// Why.
    pub causes: Vec<&'static str>,
    /// What to use instead, or null.
    pub workaround: Option<&'static str>,
    /// For meeting-reach: out of reach / all; else empty.
    pub detail: String,
    /// The rules behind it.
    pub rules: Vec<&'a str>,
    /// For a loss: the days that it lasts, up to the horizon; else null.
    pub days: Option<u64>,
}

/// A dry run: what stands elsewhere, and what that changes.
#[derive(Clone, Debug, Serialize)]
pub struct Dry<'a> {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The reading of the documents.
    pub reading: &'static str,
    /// The stages that stand elsewhere.
    pub moved: Vec<Moved<'a>>,
    /// The service events that happen on another day.
    pub services: Vec<Service<'a>>,
    /// What that changes.
    pub difference: Difference<'a>,
}

/// A stage that stands elsewhere.
#[derive(Clone, Debug, Serialize)]
pub struct Moved<'a> {
    /// Its id.
    pub stage: &'a str,
    /// Its date in the plan.
    pub from: String,
    /// Its new date.
    pub to: String,
    /// Did it move along with a stage that it comes after?
    pub moved_along: bool,
}

/// A service event that happens on another day.
#[derive(Clone, Debug, Serialize)]
pub struct Service<'a> {
    /// Its id.
    pub service: &'a str,
    /// Its new date.
    pub date: String,
}

/// Lays out what differs.
#[must_use]
pub fn difference<'a>(compared: &Compared<'a>, knowledge: &'a KnowledgeBase) -> Difference<'a> {
    let comparison = compared.comparison;
    let (before, after) = (&comparison.before, &comparison.after);
    let risks = |risks: &[crate::finding::PlanFinding]| {
        let risks = risks.iter();
        risks.map(|risk| plan_finding(risk, knowledge)).collect()
    };
    Difference {
        verdict: comparison.verdict().id(),
        horizon: comparison.horizon.to_string(),
        users: comparison.users(),
        lost: pairs(&before.lost, &after.lost),
        user_days: pairs(&before.user_days, &after.user_days),
        plan_findings_new: risks(&comparison.plan_findings_new),
        plan_findings_gone: risks(&comparison.plan_findings_gone),
        cohorts: comparison
            .cohorts
            .iter()
            .map(|cohort| people(compared, cohort, knowledge))
            .collect(),
    }
}

/// Lays a dry run out.
#[must_use]
pub fn dry_run<'a>(
    run: &'a DryRun,
    compared: &Compared<'a>,
    knowledge: &'a KnowledgeBase,
) -> Dry<'a> {
    let moved = run.moved.iter().map(|moved| Moved {
        stage: &run.plan.stages[moved.stage.0].id,
        from: moved.from.to_string(),
        to: moved.to.to_string(),
        moved_along: moved.moved_along,
    });
    let services = run.services.iter().map(|service| Service {
        service: &service.id,
        date: service.date.to_string(),
    });
    Dry {
        format_version: FORMAT_VERSION,
        reading: compared.after.simulation.reading.id(),
        moved: moved.collect(),
        services: services.collect(),
        difference: difference(compared, knowledge),
    }
}

fn pairs(before: &[u64], after: &[u64]) -> Sparse<[u64; 2]> {
    let all = Capability::ALL.iter().zip(before.iter().zip(after));
    let used = all.filter(|(_, (before, after))| **before + **after > 0);
    Sparse(
        used.map(|(&capability, (&before, &after))| (capability, [before, after]))
            .collect(),
    )
}

fn people<'a>(
    compared: &Compared<'a>,
    cohort: &'a Cohort,
    knowledge: &'a KnowledgeBase,
) -> People<'a> {
    let users = cohort.users.iter();
    People {
        sips: users
            .map(|&user| compared.sip(cohort.presence, user))
            .collect(),
        presence: cohort.presence.id(),
        changes: cohort
            .changes
            .iter()
            .map(|change| differing(change, knowledge))
            .collect(),
    }
}

fn differing<'a>(change: &'a Change, knowledge: &'a KnowledgeBase) -> Differing<'a> {
    let told = |told: &'a Option<Told>| told.as_ref().map(|told| finding(told, knowledge));
    Differing {
        capability: change.capability.id(),
        kind: change.kind.id(),
        change: change.effect.id(),
        before: told(&change.before),
        after: told(&change.after),
    }
}

fn finding<'a>(told: &'a Told, knowledge: &'a KnowledgeBase) -> Finding<'a> {
    let finding = &told.finding;
    Finding {
        event: &told.event,
        date: told.date.to_string(),
        from: finding.from.id(),
        to: finding.to.id(),
        severity: finding.severity.id(),
        causes: finding.causes.iter().map(|cause| cause.id()).collect(),
        workaround: finding.workaround.map(|workaround| workaround.id()),
        detail: detail(finding),
        rules: finding
            .rules
            .iter()
            .map(|&rule| knowledge.rule_id(rule))
            .collect(),
        days: told.days,
    }
}
