//! `compare --format json` and `dry-run --format json`: every person by address, every difference in full.

use std::borrow::Cow;

use serde::Serialize;

use super::Compared;
use crate::compare::{Change, Cohort, Risk, Told, Verdict};
use crate::dry_run::DryRun;
use crate::model::{Capability, Reading};
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
    pub users: u64,
    /// Users with at least one loss: before, after. Where both are zero, the capability is left out.
    pub lost: Sparse<[u64; 2]>,
    /// Days at none after a loss: before, after. Where both are zero, the capability is left out.
    pub user_days: Sparse<[u64; 2]>,
    /// Risks of the plan that appear.
    pub plan_findings_new: Vec<PlanFinding<'a>>,
    /// Risks of the plan that vanish.
    pub plan_findings_gone: Vec<PlanFinding<'a>>,
    /// People to whom the same happens.
    pub cohorts: Vec<People<'a>>,
}

/// A risk of the plan itself.
#[derive(Clone, Debug, Serialize)]
pub struct PlanFinding<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its severity.
    pub severity: &'static str,
    /// The event at which it shows.
    pub event: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// One sentence.
    pub message: &'a str,
    /// The rules behind it.
    pub rules: &'a [String],
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
    pub detail: &'a str,
    /// The rules behind it.
    pub rules: &'a [String],
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
pub fn difference<'a>(compared: &Compared<'a>) -> Difference<'a> {
    let comparison = compared.comparison;
    let (before, after) = (&comparison.before, &comparison.after);
    let cohorts = comparison.cohorts.iter();
    Difference {
        verdict: comparison.verdict().id(),
        horizon: comparison.horizon.to_string(),
        users: comparison.users(),
        lost: pairs(&before.lost, &after.lost),
        user_days: pairs(&before.user_days, &after.user_days),
        plan_findings_new: comparison.risks_new.iter().map(plan_finding).collect(),
        plan_findings_gone: comparison.risks_gone.iter().map(plan_finding).collect(),
        cohorts: cohorts.map(|cohort| people(compared, cohort)).collect(),
    }
}

fn plan_finding(risk: &Risk) -> PlanFinding<'_> {
    PlanFinding {
        code: &risk.code,
        severity: risk.severity.id(),
        event: &risk.event,
        subject: &risk.subject,
        message: &risk.message,
        rules: &risk.rules,
    }
}

/// Lays a dry run out.
#[must_use]
pub fn dry_run<'a>(run: &'a DryRun, compared: &Compared<'a>, reading: Reading) -> Dry<'a> {
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
        reading: reading.id(),
        moved: moved.collect(),
        services: services.collect(),
        difference: difference(compared),
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

fn people<'a>(compared: &Compared<'a>, cohort: &'a Cohort) -> People<'a> {
    let people = cohort.people.iter();
    People {
        sips: people.map(|&person| compared.sip(person)).collect(),
        presence: cohort.presence.id(),
        changes: cohort.changes.iter().map(differing).collect(),
    }
}

fn differing(change: &Change) -> Differing<'_> {
    Differing {
        capability: change.capability.id(),
        kind: change.kind.id(),
        change: change.effect.id(),
        before: change.before.as_ref().map(finding),
        after: change.after.as_ref().map(finding),
    }
}

fn finding(told: &Told) -> Finding<'_> {
    Finding {
        event: &told.event,
        date: told.date.to_string(),
        from: told.from.id(),
        to: told.to.id(),
        severity: told.severity.id(),
        causes: told.causes.iter().map(|cause| cause.id()).collect(),
        workaround: told.workaround.map(|workaround| workaround.id()),
        detail: &told.detail,
        rules: &told.rules,
        days: told.days,
    }
}

/// A comparison of two plans, inventories, readings or reports.
#[derive(Clone, Debug, Serialize)]
pub struct Comparing<'a> {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// `same`, `not-worse` or `worse`, over everything that changed.
    pub verdict: &'static str,
    /// What changed, one after the other, each with what that alone changes.
    pub steps: Vec<Step<'a>>,
}

/// One change, and what it alone changes.
#[derive(Clone, Debug, Serialize)]
pub struct Step<'a> {
    /// What changed: `plan`, `inventory`, `reading`, `knowledge`, `program`; several at once only between two reports.
    pub changed: Vec<&'static str>,
    /// What that changes.
    pub difference: Difference<'a>,
}

/// Lays a comparison out.
#[must_use]
pub fn comparing<'a>(
    verdict: Verdict,
    steps: &[(Vec<&'static str>, Compared<'a>)],
) -> Comparing<'a> {
    Comparing {
        format_version: FORMAT_VERSION,
        verdict: verdict.id(),
        steps: steps
            .iter()
            .map(|(changed, compared)| Step {
                changed: changed.clone(),
                difference: difference(compared),
            })
            .collect(),
    }
}
