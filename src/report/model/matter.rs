//! What people have to decide on: every risk of the plan, and every group of users from whom a phase takes something.
//!
//! Each has an id that stays the same when dates move, people come and go, or the order changes, so that what people write beside
//! it outlives the report.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::group::stable_text_id;
use super::{Group, Phase, PlanRow, Report, wording};
use crate::model::Severity;

/// Something to decide on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// A group's id (`g-…`), or that of a risk of the plan (`p-…`).
    pub id: String,
    /// The phase's position in [`Report::phases`].
    pub phase: usize,
    /// How bad it is.
    pub severity: Severity,
    /// Users concerned, where it is about users.
    pub users: Option<u64>,
    /// What happens.
    pub what: String,
    /// Why; empty for a risk of the plan.
    pub causes: String,
    /// Who they are: the commonest departments; empty for a risk of the plan.
    pub who: String,
    /// The single measure that helps most; empty where none does.
    pub suggestion: String,
    /// The day before which it has to be decided: that of the first event concerned.
    pub due: NaiveDate,
}

impl Report {
    /// Everything to decide on: phase by phase the risks of the plan, then the groups, worst first.
    #[must_use]
    pub fn matters(&self) -> Vec<Matter> {
        let mut matters = Vec::new();
        for phase in &self.phases {
            let risks = phase.plan_findings.iter();
            matters.extend(risks.map(|&row| self.of_risk(&self.plan_findings[row])));
            matters.extend(phase.groups.iter().map(|group| self.of_group(phase, group)));
        }
        matters
    }

    fn of_risk(&self, row: &PlanRow) -> Matter {
        Matter {
            id: row.id.clone(),
            phase: row.phase,
            severity: row.severity,
            users: None,
            what: format!("{}: {}", row.code, row.message),
            causes: String::new(),
            who: String::new(),
            suggestion: String::new(),
            due: self.events[row.event].date,
        }
    }

    fn of_group(&self, phase: &Phase, group: &Group) -> Matter {
        const DEPARTMENTS: usize = 3;
        let help = phase.help_of(group).next();
        let first = group.events.first();
        Matter {
            id: group.id.clone(),
            phase: phase.number,
            severity: group.severity,
            users: Some(group.users),
            what: group.what(),
            causes: group.cause_words(),
            who: group.departments.line(DEPARTMENTS),
            suggestion: help.map_or(String::new(), |(action, users)| {
                format!("{action} (helps {})", wording::number(users))
            }),
            due: first.map_or(phase.from, |&(event, _)| self.events[event].date),
        }
    }
}

/// Gives risks of the plan their ids: digests of code, event and subject; of several alike, the later ones are numbered.
pub(super) fn identify(rows: &mut [PlanRow], events: &[String]) {
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let id = stable_text_id("p", &[row.code, &events[row.event], &row.subject]);
        let times = alike.entry(id.clone()).or_default();
        *times += 1;
        row.id = match *times {
            1 => id,
            more => format!("{id}-{more}"),
        };
    }
}
