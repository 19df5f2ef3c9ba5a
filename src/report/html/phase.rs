//! The section of a phase: advice, losses by cause, groups, measures, the way back, names.

use crate::finding::Kind;
use crate::report::markup::visible;
use crate::report::model::wording::{self, number};
use crate::report::model::{Facet, Group, Loss, Measure, People, Phase, Report, StageRow};

use super::people::PeopleView;
use super::summary::{DecisionView, ReasonView};

/// So many groups of a phase are on the page; the rest are in the workbook and in `report.json`.
const GROUPS: usize = 60;
/// So many values of a facet are on the page.
const VALUES: usize = 8;

/// A phase.
pub(super) struct PhaseView {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) days: String,
    pub(super) outside: Vec<(String, String)>,
    pub(super) stages: Vec<StageView>,
    pub(super) decision: DecisionView,
    pub(super) reasons: Vec<ReasonView>,
    pub(super) figures: Vec<(&'static str, String, &'static str)>,
    pub(super) plan_findings: Vec<PlanFindingView>,
    pub(super) losses: Vec<LossView>,
    pub(super) recoveries: Vec<LossView>,
    pub(super) groups: Vec<GroupView>,
    pub(super) more_groups: Option<(String, String)>,
    pub(super) measures: Vec<MeasureView>,
    pub(super) beyond_help: Option<String>,
    pub(super) rollback: RollbackView,
    pub(super) people: PeopleView,
}

/// A stage of the phase.
pub(super) struct StageView {
    pub(super) number: usize,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) window: String,
    /// What it does, one line each: a word on what, and the rest.
    pub(super) deeds: Vec<(&'static str, String)>,
}

pub(super) struct PlanFindingView {
    pub(super) severity: &'static str,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) date: String,
    pub(super) rules: String,
}

pub(super) struct LossView {
    pub(super) severity: &'static str,
    pub(super) capability: &'static str,
    pub(super) kind: &'static str,
    pub(super) causes: String,
    pub(super) origin: &'static str,
    pub(super) users: String,
    pub(super) raw_users: u64,
    pub(super) user_days: String,
    pub(super) raw_days: u64,
    pub(super) help: String,
}

pub(super) struct GroupView {
    pub(super) position: usize,
    pub(super) id: String,
    pub(super) severity: &'static str,
    pub(super) users: String,
    pub(super) what: Vec<(&'static str, String)>,
    pub(super) causes: String,
    pub(super) user_days: String,
    pub(super) events: String,
    pub(super) changes: Vec<ChangeView>,
    pub(super) facets: Vec<FacetView>,
    pub(super) helped_by: Vec<(String, String)>,
    pub(super) beyond_help: Option<String>,
    pub(super) rules: String,
}

pub(super) struct ChangeView {
    pub(super) capability: &'static str,
    pub(super) kind: &'static str,
    pub(super) causes: String,
    pub(super) severity: &'static str,
    pub(super) instead: &'static str,
    pub(super) recovered: String,
}

pub(super) struct FacetView {
    pub(super) name: &'static str,
    pub(super) values: Vec<(String, String)>,
    pub(super) more: Option<String>,
}

pub(super) struct MeasureView {
    pub(super) action: String,
    pub(super) note: &'static str,
    pub(super) users: String,
    pub(super) raw_users: u64,
    pub(super) users_of_losses: String,
    pub(super) raw_losses: u64,
    pub(super) lifts: String,
}

pub(super) struct RollbackView {
    pub(super) loses_data: Option<(String, String)>,
    pub(super) impossible: Option<(String, String)>,
    pub(super) notes: Vec<(&'static str, &'static str)>,
}

impl PhaseView {
    pub(super) fn new(
        report: &Report,
        phase: &Phase,
        people: &People<'_>,
        share: usize,
    ) -> Result<Self, serde_json::Error> {
        let events = phase.events.iter().map(|&event| &report.events[event]);
        let outside = events.filter(|row| row.stage.is_none() && row.kind != "baseline");
        let (recoveries, losses): (Vec<&Loss>, Vec<&Loss>) = phase
            .losses
            .iter()
            .partition(|loss| loss.kind == Kind::Restored);
        let groups = phase.groups.iter().take(GROUPS).enumerate();
        let hidden = phase.groups.get(GROUPS..).unwrap_or_default();
        let more_groups = (!hidden.is_empty()).then(|| {
            let users = hidden.iter().map(|group| group.users).sum();
            (number(hidden.len() as u64), wording::users(users))
        });
        Ok(Self {
            number: phase.number,
            name: visible(&phase.name),
            days: phase.days(),
            outside: outside
                .map(|row| (row.date.to_string(), super::matrix::title(row)))
                .collect(),
            stages: phase
                .stages
                .iter()
                .map(|stage| StageView::new(report, stage))
                .collect(),
            decision: DecisionView::new(phase.verdict.decision),
            reasons: phase.verdict.reasons.iter().map(ReasonView::new).collect(),
            figures: figures(phase),
            plan_findings: plan_findings(report, phase),
            losses: losses.into_iter().map(LossView::new).collect(),
            recoveries: recoveries.into_iter().map(LossView::new).collect(),
            groups: groups
                .map(|(position, group)| GroupView::new(report, phase, position, group))
                .collect(),
            more_groups,
            measures: phase.measures.iter().map(MeasureView::new).collect(),
            beyond_help: (phase.beyond_help > 0).then(|| wording::users(phase.beyond_help)),
            rollback: RollbackView::new(phase),
            people: PeopleView::new(phase, people, share)?,
        })
    }
}

fn figures(phase: &Phase) -> Vec<(&'static str, String, &'static str)> {
    let figures = phase.figures().into_iter();
    figures
        .map(|(name, figure, more)| (name, number(figure), more))
        .collect()
}

fn plan_findings(report: &Report, phase: &Phase) -> Vec<PlanFindingView> {
    let rows = phase
        .plan_findings
        .iter()
        .map(|&row| &report.plan_findings[row]);
    rows.map(|row| PlanFindingView {
        severity: row.severity.id(),
        code: row.code,
        message: visible(&row.message),
        date: report.events[row.event].date.to_string(),
        rules: row.rules.join(", "),
    })
    .collect()
}

impl StageView {
    fn new(report: &Report, stage: &StageRow) -> Self {
        let row = &report.events[stage.event];
        let deeds = stage.deeds().into_iter();
        Self {
            number: stage.event,
            date: row.date.to_string(),
            title: super::matrix::title(row),
            window: stage.window_days(),
            deeds: deeds.map(|(what, text)| (what, visible(&text))).collect(),
        }
    }
}

impl LossView {
    fn new(loss: &Loss) -> Self {
        Self {
            severity: loss.severity.id(),
            capability: wording::capability(loss.capability),
            kind: wording::kind(loss.kind),
            causes: wording::causes(loss.causes),
            origin: loss.origin(),
            users: number(loss.users),
            raw_users: loss.users,
            user_days: number(loss.user_days),
            raw_days: loss.user_days,
            help: loss.helped_by.first().map_or(String::new(), |help| {
                format!("{} ({})", visible(&help.action), number(help.users))
            }),
        }
    }
}

impl GroupView {
    fn new(report: &Report, phase: &Phase, position: usize, group: &Group) -> Self {
        let events: Vec<String> = group
            .events
            .iter()
            .map(|&(event, users)| {
                let row = &report.events[event];
                let title = super::matrix::title(row);
                format!("{} {title} ({})", row.date, wording::users(users))
            })
            .collect();
        let helped_by = phase.help_of(group);
        let helped_by = helped_by.map(|(action, users)| (visible(action), number(users)));
        Self {
            position,
            id: group.id.clone(),
            severity: group.severity.id(),
            users: number(group.users),
            what: group.parts(),
            causes: group.cause_words(),
            user_days: number(group.user_days),
            events: events.join("; "),
            changes: group.changes.iter().map(ChangeView::new).collect(),
            facets: [
                ("Clients after the phase", &group.clients),
                ("Pools", &group.pools),
                ("Sites", &group.sites),
                ("Departments", &group.departments),
            ]
            .map(|(name, facet)| FacetView::new(name, facet))
            .into_iter()
            .collect(),
            helped_by: helped_by.collect(),
            beyond_help: (group.beyond_help > 0).then(|| number(group.beyond_help)),
            rules: group.rules.join(", "),
        }
    }
}

impl ChangeView {
    fn new(change: &crate::report::model::Change) -> Self {
        Self {
            capability: wording::capability(change.capability),
            kind: wording::kind(change.kind),
            causes: wording::causes(change.causes),
            severity: change.severity.id(),
            instead: change.workaround.map_or("", |workaround| workaround.name()),
            recovered: number(change.users_recovered),
        }
    }
}

impl FacetView {
    fn new(name: &'static str, facet: &Facet) -> Self {
        let shown = facet.values.iter().take(VALUES);
        let hidden = facet.values.get(VALUES..).unwrap_or_default();
        let more_values = hidden.len() + facet.more_values;
        let more_users = hidden.iter().map(|(_, users)| users).sum::<u64>() + facet.more_users;
        Self {
            name,
            values: shown
                .map(|(value, users)| {
                    let value = if value.is_empty() {
                        "(none)".to_owned()
                    } else {
                        visible(value)
                    };
                    (value, number(*users))
                })
                .collect(),
            more: (more_values > 0).then(|| {
                let values = wording::count(more_values as u64, "more value", "more values");
                format!("{values}: {}", wording::users(more_users))
            }),
        }
    }
}

impl MeasureView {
    fn new(measure: &Measure) -> Self {
        let lifts: Vec<String> = measure
            .lifts
            .iter()
            .map(|&(capability, users)| {
                format!("{} {}", wording::capability(capability), number(users))
            })
            .collect();
        Self {
            action: visible(&measure.action),
            note: measure.note,
            users: number(measure.users),
            raw_users: measure.users,
            users_of_losses: number(measure.users_of_losses),
            raw_losses: measure.users_of_losses,
            lifts: lifts.join("; "),
        }
    }
}

impl RollbackView {
    fn new(phase: &Phase) -> Self {
        let point = |point: &Option<crate::report::model::rollback::Point>| {
            let point = point.as_ref()?;
            Some((point.date.to_string(), visible(&point.why)))
        };
        let notes = phase.rollback.notes.iter();
        Self {
            loses_data: point(&phase.rollback.loses_data_from),
            impossible: point(&phase.rollback.impossible_from),
            notes: notes.map(|note| (note.text, note.source)).collect(),
        }
    }
}
