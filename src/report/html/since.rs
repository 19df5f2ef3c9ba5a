//! What is new, gone or changed since an earlier report.

use crate::compare::Risk;
use crate::report::markup::visible;
use crate::report::model::since::SHOWN;
use crate::report::model::wording::number;
use crate::report::model::{Since, SinceLine};

/// The section.
pub(super) struct SinceView {
    pub(super) sentence: String,
    pub(super) lines: Vec<LineView>,
    pub(super) more_lines: usize,
    pub(super) risks: Vec<RiskView>,
    pub(super) groups: Vec<GroupView>,
    pub(super) more_groups: usize,
}

pub(super) struct LineView {
    pub(super) heading: String,
    pub(super) what: String,
    pub(super) users: String,
    pub(super) when: String,
    pub(super) days_before: String,
    pub(super) days_after: String,
    pub(super) names: String,
}

pub(super) struct RiskView {
    pub(super) word: &'static str,
    pub(super) severity: &'static str,
    pub(super) event: String,
    pub(super) message: String,
}

pub(super) struct GroupView {
    pub(super) word: &'static str,
    pub(super) id: String,
    pub(super) phase: String,
    pub(super) what: String,
    pub(super) before: String,
    pub(super) after: String,
}

impl SinceView {
    pub(super) fn new(since: &Since) -> Self {
        let new = since
            .risks_new
            .iter()
            .map(|risk| RiskView::new("new", risk));
        let gone = since
            .risks_gone
            .iter()
            .map(|risk| RiskView::new("gone", risk));
        let groups = since.groups.iter().take(SHOWN).map(|group| GroupView {
            word: group.word(),
            id: visible(&group.id),
            phase: visible(&group.phase),
            what: group.what.clone(),
            before: number(group.users_before),
            after: number(group.users_after),
        });
        Self {
            sentence: since.sentence(),
            lines: since.lines.iter().take(SHOWN).map(LineView::new).collect(),
            more_lines: since.lines.len().saturating_sub(SHOWN),
            risks: new.chain(gone).collect(),
            groups: groups.collect(),
            more_groups: since.groups.len().saturating_sub(SHOWN),
        }
    }
}

impl LineView {
    fn new(line: &SinceLine) -> Self {
        Self {
            heading: line.heading.clone(),
            what: line.what.clone(),
            users: number(line.users),
            when: visible(&line.when),
            days_before: number(line.days_before),
            days_after: number(line.days_after),
            names: visible(&line.names),
        }
    }
}

impl RiskView {
    fn new(word: &'static str, risk: &Risk) -> Self {
        Self {
            word,
            severity: risk.severity.id(),
            event: visible(&risk.event),
            message: visible(&risk.message),
        }
    }
}
