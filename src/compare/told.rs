//! A finding as one side tells it, and a risk of its plan: in words only, so that a simulation of today and the files of an
//! earlier report can stand side by side.

use chrono::NaiveDate;

use crate::finding::{Causes, Finding, Kind, PlanFinding, Workaround};
use crate::knowledge::{KnowledgeBase, Rule};
use crate::model::{Capability, Level, Severity};

/// A finding with its event named, as a file of findings shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    /// The event's id.
    pub event: String,
    /// The event's date.
    pub date: NaiveDate,
    /// What changed.
    pub capability: Capability,
    /// The level before the event.
    pub from: Level,
    /// The level after the event.
    pub to: Level,
    /// How bad it is.
    pub severity: Severity,
    /// Why it changed.
    pub causes: Causes,
    /// What to use instead, if anything.
    pub workaround: Option<Workaround>,
    /// For meeting-reach: out of reach / all; else empty.
    pub detail: String,
    /// The ids of the rules behind it.
    pub rules: Vec<String>,
    /// For a loss: the days that it lasts, up to the common horizon; [`lasting`] fills it in.
    pub days: Option<u64>,
}

impl Told {
    pub(super) fn new(
        finding: &Finding,
        (event, date): (&str, NaiveDate),
        knowledge: &KnowledgeBase,
    ) -> Self {
        Self {
            event: event.to_owned(),
            date,
            capability: finding.capability,
            from: finding.from,
            to: finding.to,
            severity: finding.severity,
            causes: finding.causes,
            workaround: finding.workaround,
            detail: finding.detail(),
            rules: names(&finding.rules, knowledge),
            days: None,
        }
    }

    /// The kind of change.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(self.from, self.to)
    }

    /// Is it the same in every respect that a file of findings shows? How long it lasts does not stand there.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let undated = |told: &Self| Self {
            days: None,
            ..told.clone()
        };
        undated(self) == undated(other)
    }
}

fn names(rules: &[Rule], knowledge: &KnowledgeBase) -> Vec<String> {
    let ids = rules.iter().map(|&rule| knowledge.rule_id(rule));
    ids.map(str::to_owned).collect()
}

/// The findings of one person, given in order of time, with the days that each loss lasts: to the capability's next finding, or
/// to the horizon, and never beyond it.
pub(super) fn lasting(mut told: Vec<Told>, horizon: NaiveDate) -> Vec<Told> {
    for position in 0..told.len() {
        if told[position].kind() != Kind::Lost {
            continue;
        }
        let (capability, since) = (told[position].capability, told[position].date);
        let next = told[position + 1..]
            .iter()
            .find(|next| next.capability == capability);
        let until = next.map_or(horizon, |next| next.date.min(horizon));
        told[position].days = Some(u64::try_from((until - since).num_days()).unwrap_or(0));
    }
    told
}

/// A risk of the plan itself, as one side tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Its public code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// The id of the event at which it shows.
    pub event: String,
    /// The pool, deployment, application or operation concerned.
    pub subject: String,
    /// One sentence for a person, with the figures.
    pub message: String,
    /// The ids of the rules behind it.
    pub rules: Vec<String>,
}

impl Risk {
    pub(super) fn new(finding: &PlanFinding, knowledge: &KnowledgeBase) -> Self {
        Self {
            code: finding.code.id().to_owned(),
            severity: finding.code.severity(),
            event: finding.event.clone(),
            subject: finding.subject.clone(),
            message: finding.message.clone(),
            rules: names(&finding.rules, knowledge),
        }
    }
}
