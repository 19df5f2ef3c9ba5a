//! The dated points of the timeline in one reading (contract section 4.7).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::Timeline;
use super::traits::TraitRule;
use crate::inventory::Inventory;
use crate::knowledge::{KnowledgeBase, Service};
use crate::model::{Provider, Reading};
use crate::plan::shift::Dates;
use crate::plan::{Plan, StageIndex};

/// What kind of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The day the inventory describes.
    Baseline,
    /// A service begins, changes or ends: its position in [`KnowledgeBase::services`].
    Service(usize),
    /// Licenses of some users have run out.
    License,
    /// A stage of the plan: its position in [`Timeline::order`].
    Stage(usize),
}

impl EventKind {
    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Service(_) => "service",
            Self::License => "license",
            Self::Stage(_) => "stage",
        }
    }
}

/// A dated point of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its public id: `baseline`, a service event's id, `license-expiry:DATE`, or a stage's id.
    pub id: String,
    /// What it is.
    pub kind: EventKind,
    /// The first day on which it holds.
    pub date: NaiveDate,
    /// The phase, for stages.
    pub phase: Option<String>,
    /// What happens, for a person.
    pub title: String,
}

/// First day on which a service's change holds: the plan's own date in every reading, else the documents' date in this one.
#[must_use]
pub fn service_date(plan: &Plan, service: &Service, reading: Reading) -> NaiveDate {
    let stated = plan.services.iter().find(|stated| stated.id == service.id);
    stated.map_or(service.date[reading.index()], |stated| stated.date)
}

/// First day without Yahoo!, license or not: the earliest date of its service event in a reading.
pub(super) fn yahoo_end(
    plan: &Plan,
    knowledge: &KnowledgeBase,
    reading: Reading,
) -> Option<NaiveDate> {
    let of_yahoo = knowledge
        .services()
        .iter()
        .filter(|service| service.provider == Provider::Yahoo);
    of_yahoo
        .map(|service| service_date(plan, service, reading))
        .min()
}

/// Does an outside date stand in the timeline: after the baseline, and not after the plan's end where one is given?
fn is_listed(plan: &Plan, date: NaiveDate) -> bool {
    date > plan.baseline && plan.end.is_none_or(|end| date <= end)
}

/// The events of one reading in order: by date; on one day service events by id, license ends, then stages.
#[must_use]
pub fn events(timeline: &Timeline<'_>, knowledge: &KnowledgeBase, reading: Reading) -> Vec<Event> {
    events_on(timeline, &Dates::of(timeline.plan), knowledge, reading)
}

/// The events of one reading as [`events`] gives them, with other dates for the stages that leave them in the timeline's order.
#[must_use]
pub fn events_on(
    timeline: &Timeline<'_>,
    dates: &Dates,
    knowledge: &KnowledgeBase,
    reading: Reading,
) -> Vec<Event> {
    let plan = timeline.plan;
    let mut events = vec![Event {
        id: "baseline".to_owned(),
        kind: EventKind::Baseline,
        date: plan.baseline,
        phase: None,
        title: "The day the inventory describes".to_owned(),
    }];
    events.extend(service_events(plan, knowledge, reading));
    events.extend(license_events(timeline, knowledge, reading));
    events.extend(
        timeline
            .order
            .iter()
            .enumerate()
            .map(|(position, &stage)| stage_event(plan, dates, position, stage)),
    );
    // Stable: within one day and rank the order above stays.
    events.sort_by_key(|event| (event.date, rank(event.kind)));
    events
}

const fn rank(kind: EventKind) -> u8 {
    match kind {
        EventKind::Baseline => 0,
        EventKind::Service(_) => 1,
        EventKind::License => 2,
        EventKind::Stage(_) => 3,
    }
}

fn service_events<'k>(
    plan: &'k Plan,
    knowledge: &'k KnowledgeBase,
    reading: Reading,
) -> impl Iterator<Item = Event> + 'k {
    knowledge
        .services()
        .iter()
        .enumerate()
        .filter_map(move |(position, service)| {
            let date = service_date(plan, service, reading);
            is_listed(plan, date).then(|| Event {
                id: service.id.clone(),
                kind: EventKind::Service(position),
                date,
                phase: None,
                title: service.title.clone(),
            })
        })
}

/// Every day on which something can happen that is no stage: the dates of services in a reading, and the first days without
/// license. There may be days among them that the timeline does not list, because they lie outside it.
#[must_use]
pub fn outside_days(
    plan: &Plan,
    inventory: &Inventory,
    knowledge: &KnowledgeBase,
    reading: Reading,
) -> BTreeSet<NaiveDate> {
    let services = knowledge.services().iter();
    let services = services.map(|service| service_date(plan, service, reading));
    let rule = TraitRule::new(plan, knowledge);
    let shapes = inventory.shapes.iter();
    let licenses = shapes.filter_map(|shape| rule.traits(shape).unlicensed_from);
    services.chain(licenses).collect()
}

/// One event for each first day without license that some user of Yahoo! has before the service's own end.
fn license_events(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    reading: Reading,
) -> Vec<Event> {
    let plan = timeline.plan;
    let service_end = yahoo_end(plan, knowledge, reading);
    let days: BTreeSet<NaiveDate> = timeline
        .paths
        .iter()
        .filter_map(|path| path.traits.unlicensed_from)
        .collect();
    days.into_iter()
        .filter(|&day| is_listed(plan, day) && service_end.is_none_or(|end| day < end))
        .map(|date| Event {
            id: format!("license-expiry:{date}"),
            kind: EventKind::License,
            date,
            phase: None,
            title: "First day without a PIC license for some Yahoo! users".to_owned(),
        })
        .collect()
}

fn stage_event(plan: &Plan, dates: &Dates, position: usize, index: StageIndex) -> Event {
    let stage = &plan.stages[index.0];
    Event {
        id: stage.id.clone(),
        kind: EventKind::Stage(position),
        date: dates.get(index),
        phase: Some(stage.phase.clone()),
        title: stage.name.clone(),
    }
}

/// The horizon of user-days (that day does not count): the plan's end, else the date of the last event in the judged reading.
#[must_use]
pub fn horizon(timeline: &Timeline<'_>, knowledge: &KnowledgeBase) -> NaiveDate {
    horizon_on(timeline, &Dates::of(timeline.plan), knowledge)
}

/// The horizon as [`horizon`] gives it, with other dates for the stages.
#[must_use]
pub fn horizon_on(timeline: &Timeline<'_>, dates: &Dates, knowledge: &KnowledgeBase) -> NaiveDate {
    timeline.plan.end.unwrap_or_else(|| {
        let judged = events_on(timeline, dates, knowledge, Reading::Judged);
        judged
            .last()
            .map_or(timeline.plan.baseline, |event| event.date)
    })
}
