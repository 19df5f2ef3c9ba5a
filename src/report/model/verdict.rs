//! Go, no-go, or go with conditions, and why. The rules are few and stand in `docs/reports.md`:
//!
//! - *no-go*: something critical happens: a plan finding or a finding of users of severity critical.
//! - *go with conditions*: something of severity high or medium happens, or of one user in twenty or more something becomes
//!   unknown. Each reason is a condition.
//! - *go*: neither.

use chrono::NaiveDate;

use super::phase::Loss;
use super::{Context, Phase, Report, wording};
use crate::finding::Kind;
use crate::model::Severity;

/// What the report advises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Nothing speaks against it.
    #[default]
    Go,
    /// It can go ahead when each condition is met, or its consequence accepted.
    GoWithConditions,
    /// It must not go ahead as planned.
    NoGo,
}

impl Decision {
    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::GoWithConditions => "go-with-conditions",
            Self::NoGo => "no-go",
        }
    }

    /// The words for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Go => "Go",
            Self::GoWithConditions => "Go with conditions",
            Self::NoGo => "No-go",
        }
    }
}

/// One reason against a plain go.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The phase's position in [`super::Report::phases`].
    pub phase: usize,
    /// A plan finding's code, a capability's id, or `unknown-outcome`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// Users concerned, where it is about users.
    pub users: Option<u64>,
    /// What happens, in one sentence without a full stop.
    pub text: String,
    /// What to do about it, in one sentence without a full stop; `None` where nothing is known to help.
    pub action: Option<String>,
    /// The day before which it has to be decided: that of the first event concerned.
    pub due: NaiveDate,
}

impl Reason {
    /// What to do about it, or, where nothing is known to help, that it has to be accepted.
    #[must_use]
    pub fn action_or_acceptance(&self) -> &str {
        let accept = "No single measure helps: tell them, or accept it";
        self.action.as_deref().unwrap_or(accept)
    }
}

/// The advice and its reasons.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The advice.
    pub decision: Decision,
    /// Its reasons, worst first, then by users; empty for a plain go.
    pub reasons: Vec<Reason>,
}

impl Report {
    /// The advice for the whole plan in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let phases = self.telling_phases().filter(|phase| phase.number > 0);
        let stopped: Vec<String> = phases
            .filter(|phase| phase.verdict.decision == Decision::NoGo)
            .map(|phase| phase.number.to_string())
            .collect();
        match self.verdict.decision {
            Decision::Go => "Nothing of severity medium or worse happens in any phase.".to_owned(),
            Decision::GoWithConditions => format!(
                "Nothing critical happens; {} to be met or accepted.",
                wording::count(
                    self.verdict.reasons.len() as u64,
                    "condition has",
                    "conditions have"
                )
            ),
            Decision::NoGo if stopped.is_empty() => {
                "Something critical is already so before the first stage.".to_owned()
            }
            Decision::NoGo => format!(
                "Something critical happens in phase no. {}: it must not go ahead as planned.",
                stopped.join(", ")
            ),
        }
    }
}

/// From this share of all users on (one in so many), unknown outcomes are a condition.
pub const UNKNOWN_SHARE: u64 = 20;

pub(super) fn of_phase(
    context: &Context<'_, '_>,
    phase: usize,
    losses: &[Loss],
    plan_findings: &[usize],
) -> Verdict {
    let outcomes = &context.simulation.outcomes;
    let mut reasons = Vec::new();
    for row in plan_findings.iter().map(|&row| &context.plan_findings[row]) {
        if row.severity >= Severity::Medium {
            reasons.push(Reason {
                phase,
                code: row.code.to_owned(),
                severity: row.severity,
                users: None,
                text: row.message.clone(),
                action: Some("Change the plan, or accept it in writing".to_owned()),
                due: outcomes[row.event].event.date,
            });
        }
    }
    for loss in losses
        .iter()
        .filter(|loss| loss.severity >= Severity::Medium)
    {
        reasons.push(Reason {
            phase,
            code: loss.capability.id().to_owned(),
            severity: loss.severity,
            users: Some(loss.users),
            text: text(loss),
            action: action(loss),
            due: outcomes[loss.event].event.date,
        });
    }
    reasons.extend(unknown_outcome(context, phase));
    sort(&mut reasons);
    verdict(reasons)
}

fn verdict(reasons: Vec<Reason>) -> Verdict {
    let worst = reasons.iter().map(|reason| reason.severity).max();
    let decision = match worst {
        None => Decision::Go,
        Some(Severity::Critical) => Decision::NoGo,
        Some(_) => Decision::GoWithConditions,
    };
    Verdict { decision, reasons }
}

fn sort(reasons: &mut [Reason]) {
    // Stable: what weighs the same stays in order of phases.
    reasons.sort_by(|a, b| {
        let by_weight = b.severity.cmp(&a.severity);
        by_weight.then_with(|| {
            b.users
                .unwrap_or(u64::MAX)
                .cmp(&a.users.unwrap_or(u64::MAX))
        })
    });
}

/// The advice for the whole plan: that of its worst phase, with the reasons of all.
pub(super) fn overall(phases: &[Phase]) -> Verdict {
    let reasons = phases.iter().flat_map(|phase| &phase.verdict.reasons);
    let mut reasons: Vec<Reason> = reasons.cloned().collect();
    sort(&mut reasons);
    verdict(reasons)
}

fn text(loss: &Loss) -> String {
    let users = wording::users(loss.users);
    let causes = wording::causes(loss.causes);
    match loss.kind {
        Kind::Lost => format!(
            "{users} can no longer {} ({causes})",
            wording::verb(loss.capability)
        ),
        Kind::Degraded => format!(
            "{users} can {} only with restrictions ({causes})",
            wording::verb(loss.capability)
        ),
        Kind::AtRisk | Kind::Restored => format!(
            "for {users} it is unknown whether they can {} ({causes})",
            wording::verb(loss.capability)
        ),
    }
}

/// The measure that lifts this loss for most users.
fn action(loss: &Loss) -> Option<String> {
    let best = loss.helped_by.first()?;
    Some(if best.users < loss.users {
        format!(
            "{} (helps {} of them)",
            best.action,
            wording::number(best.users)
        )
    } else {
        best.action.clone()
    })
}

fn unknown_outcome(context: &Context<'_, '_>, phase: usize) -> Option<Reason> {
    let outcomes = &context.simulation.outcomes;
    let is_at_risk = |event: usize| {
        let mut changes = outcomes[event].changes.iter();
        changes.any(|changes| changes.get(Kind::AtRisk) > 0)
    };
    let users = context.impact.at_risk[phase];
    let event = context
        .spans
        .events_of(phase)
        .find(|&event| is_at_risk(event))?;
    (users * UNKNOWN_SHARE >= context.total_users()).then(|| Reason {
        phase,
        code: "unknown-outcome".to_owned(),
        severity: Severity::Medium,
        users: Some(users),
        text: format!(
            "for {} the documents do not say what happens to something they use",
            wording::users(users)
        ),
        action: Some(
            "Try it with one user of each group, and name unrecognized clients".to_owned(),
        ),
        due: outcomes[event].event.date,
    })
}
