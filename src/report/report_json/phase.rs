//! A phase of `report.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::json::ByCapability;
use crate::finding::Causes;
use crate::report::model::{self, Crossing, Facet, Group, Loss, Measure, Phase, StageRow};

/// An advice and its reasons.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Verdict {
    decision: &'static str,
    reasons: Vec<Reason>,
}

#[derive(Clone, Debug, Serialize)]
struct Reason {
    phase: usize,
    code: String,
    severity: &'static str,
    users: Option<u64>,
    text: String,
    action: Option<String>,
    due: String,
}

/// User-days by whose making.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Blame {
    plan: u64,
    outside: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct PhaseJson {
    number: usize,
    name: String,
    from: String,
    until: String,
    events: Vec<usize>,
    stages: Vec<StageJson>,
    users_moved: u64,
    users_reclient: u64,
    verdict: Verdict,
    users: Touched,
    user_days: ByCapability<u64>,
    blame: Blame,
    losses: Vec<LossJson>,
    groups: Vec<GroupJson>,
    measures: Vec<MeasureJson>,
    beyond_help: u64,
    rollback: RollbackJson,
    crossings: Vec<CrossingJson>,
    plan_findings: Vec<usize>,
}

#[derive(Clone, Debug, Serialize)]
struct StageJson {
    event: usize,
    number: usize,
    window_from: Option<String>,
    window_until: Option<String>,
    publish: Vec<String>,
    moves: Vec<MoveJson>,
    clients: Vec<String>,
    chats: Vec<String>,
    retire: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct MoveJson {
    from: String,
    to: String,
    users: u64,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Touched {
    newly: u64,
    still: u64,
    recovered: u64,
    passing: u64,
    losing: u64,
    restricted: u64,
    uncertain: u64,
}

#[derive(Clone, Debug, Serialize)]
struct LossJson {
    id: String,
    capability: &'static str,
    kind: &'static str,
    causes: Vec<&'static str>,
    severity: &'static str,
    workaround: Option<&'static str>,
    users: u64,
    user_days: u64,
    helped_by: Vec<Help>,
}

#[derive(Clone, Debug, Serialize)]
struct GroupJson {
    id: String,
    severity: &'static str,
    users: u64,
    user_days: u64,
    changes: Vec<ChangeJson>,
    events: Vec<GroupEvent>,
    clients: FacetJson,
    pools: FacetJson,
    sites: FacetJson,
    departments: FacetJson,
    helped_by: Vec<Help>,
    beyond_help: u64,
    rules: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ChangeJson {
    capability: &'static str,
    kind: &'static str,
    causes: Vec<&'static str>,
    severity: &'static str,
    workaround: Option<&'static str>,
    users_recovered: u64,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct GroupEvent {
    event: usize,
    users: u64,
}

#[derive(Clone, Debug, Serialize)]
struct FacetJson {
    values: Vec<Value>,
    more_values: usize,
    more_users: u64,
}

#[derive(Clone, Debug, Serialize)]
struct Value {
    value: String,
    users: u64,
}

#[derive(Clone, Debug, Serialize)]
struct Help {
    measure: String,
    users: u64,
}

#[derive(Clone, Debug, Serialize)]
struct MeasureJson {
    id: String,
    action: String,
    note: &'static str,
    users: u64,
    users_of_losses: u64,
    lifts: BTreeMap<&'static str, u64>,
    rules: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct RollbackJson {
    loses_data_from: Option<Point>,
    impossible_from: Option<Point>,
    notes: Vec<Note>,
}

#[derive(Clone, Debug, Serialize)]
struct Point {
    event: usize,
    date: String,
    why: String,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Note {
    text: &'static str,
    source: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct CrossingJson {
    event: usize,
    from: &'static str,
    to: &'static str,
    organizers: u64,
    pools: FacetJson,
    cut_off: u64,
    restricted: u64,
    clients: FacetJson,
    helped_by_web_app: u64,
}

fn ids(causes: Causes) -> Vec<&'static str> {
    causes.iter().map(|cause| cause.id()).collect()
}

impl Verdict {
    pub(super) fn new(verdict: &model::Verdict) -> Self {
        let reasons = verdict.reasons.iter().map(|reason| Reason {
            phase: reason.phase,
            code: reason.code.clone(),
            severity: reason.severity.id(),
            users: reason.users,
            text: reason.text.clone(),
            action: reason.action.clone(),
            due: reason.due.to_string(),
        });
        Self {
            decision: verdict.decision.id(),
            reasons: reasons.collect(),
        }
    }
}

impl Blame {
    pub(super) const fn new(blame: model::impact::Blame) -> Self {
        Self {
            plan: blame.plan,
            outside: blame.outside,
        }
    }
}

impl PhaseJson {
    pub(super) fn new(phase: &Phase) -> Self {
        let touched = &phase.touched;
        Self {
            number: phase.number,
            name: phase.name.clone(),
            from: phase.from.to_string(),
            until: phase.until.to_string(),
            events: phase.events.clone(),
            stages: phase.stages.iter().map(stage).collect(),
            users_moved: phase.users_moved,
            users_reclient: phase.users_reclient,
            verdict: Verdict::new(&phase.verdict),
            users: Touched {
                newly: touched.newly,
                still: touched.still,
                recovered: touched.recovered,
                passing: touched.passing,
                losing: touched.losing,
                restricted: touched.restricted,
                uncertain: touched.uncertain,
            },
            user_days: ByCapability(phase.user_days.to_vec()),
            blame: Blame::new(phase.blame),
            losses: phase.losses.iter().map(loss).collect(),
            groups: phase.groups.iter().map(group).collect(),
            measures: phase.measures.iter().map(measure).collect(),
            beyond_help: phase.beyond_help,
            rollback: rollback(&phase.rollback),
            crossings: phase.crossings.iter().map(crossing).collect(),
            plan_findings: phase.plan_findings.clone(),
        }
    }
}

fn stage(stage: &StageRow) -> StageJson {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let (from, until) = stage.window.unwrap_or_default();
    let moves = stage.moves.iter().map(|users| MoveJson {
        from: users.from.clone(),
        to: users.to.clone(),
        users: users.users,
    });
    StageJson {
        event: stage.event,
        number: stage.number,
        window_from: day(from),
        window_until: day(until),
        publish: stage.publish.clone(),
        moves: moves.collect(),
        clients: stage.clients.clone(),
        chats: stage.chats.clone(),
        retire: stage.retire.clone(),
    }
}

fn loss(loss: &Loss) -> LossJson {
    LossJson {
        id: loss.id.clone(),
        capability: loss.capability.id(),
        kind: loss.kind.id(),
        causes: ids(loss.causes),
        severity: loss.severity.id(),
        workaround: loss.workaround.map(|workaround| workaround.id()),
        users: loss.users,
        user_days: loss.user_days,
        helped_by: loss
            .helped_by
            .iter()
            .map(|help| Help {
                measure: help.measure.clone(),
                users: help.users,
            })
            .collect(),
    }
}

fn group(group: &Group) -> GroupJson {
    let changes = group.changes.iter().map(|change| ChangeJson {
        capability: change.capability.id(),
        kind: change.kind.id(),
        causes: ids(change.causes),
        severity: change.severity.id(),
        workaround: change.workaround.map(|workaround| workaround.id()),
        users_recovered: change.users_recovered,
    });
    let events = group.events.iter();
    let helped_by = group.helped_by.iter();
    GroupJson {
        id: group.id.clone(),
        severity: group.severity.id(),
        users: group.users,
        user_days: group.user_days,
        changes: changes.collect(),
        events: events
            .map(|&(event, users)| GroupEvent { event, users })
            .collect(),
        clients: facet(&group.clients),
        pools: facet(&group.pools),
        sites: facet(&group.sites),
        departments: facet(&group.departments),
        helped_by: helped_by
            .map(|(measure, users)| Help {
                measure: measure.clone(),
                users: *users,
            })
            .collect(),
        beyond_help: group.beyond_help,
        rules: group.rules.clone(),
    }
}

fn facet(facet: &Facet) -> FacetJson {
    let values = facet.values.iter().map(|(value, users)| Value {
        value: value.clone(),
        users: *users,
    });
    FacetJson {
        values: values.collect(),
        more_values: facet.more_values,
        more_users: facet.more_users,
    }
}

fn measure(measure: &Measure) -> MeasureJson {
    let lifts = measure.lifts.iter();
    MeasureJson {
        id: measure.id.clone(),
        action: measure.action.clone(),
        note: measure.note,
        users: measure.users,
        users_of_losses: measure.users_of_losses,
        lifts: lifts
            .map(|&(capability, users)| (capability.id(), users))
            .collect(),
        rules: measure.rules.clone(),
    }
}

fn rollback(rollback: &model::Rollback) -> RollbackJson {
    let point = |point: &Option<model::rollback::Point>| {
        point.as_ref().map(|point| Point {
            event: point.event,
            date: point.date.to_string(),
            why: point.why.clone(),
        })
    };
    let notes = rollback.notes.iter().map(|note| Note {
        text: note.text,
        source: note.source,
    });
    RollbackJson {
        loses_data_from: point(&rollback.loses_data_from),
        impossible_from: point(&rollback.impossible_from),
        notes: notes.collect(),
    }
}

fn crossing(crossing: &Crossing) -> CrossingJson {
    CrossingJson {
        event: crossing.event,
        from: crossing.from.id(),
        to: crossing.to.id(),
        organizers: crossing.organizers,
        pools: facet(&crossing.pools),
        cut_off: crossing.cut_off,
        restricted: crossing.restricted,
        clients: facet(&crossing.clients),
        helped_by_web_app: crossing.helped_by_web_app,
    }
}
