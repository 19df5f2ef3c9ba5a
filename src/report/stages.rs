//! The stage graph laid out: a table, JSON, Mermaid and Graphviz text.
//!
//! In: a plan whose dates agree with each other, the documents, and a reading. Out: text. The rows are gathered here, once; what
//! they say about room and the critical chain is decided in [`crate::plan::slack`].

pub mod graphviz;
pub mod json;
pub mod mermaid;
pub mod table;

use chrono::NaiveDate;

use crate::knowledge::KnowledgeBase;
use crate::model::Reading;
use crate::plan::slack::{Room, critical_chain, rooms};
use crate::plan::{Plan, StageIndex, Window, stage_order};
use crate::timeline::service_date;

/// A stage with its room.
#[derive(Clone, Debug)]
pub struct StageRow<'p> {
    /// Its id.
    pub id: &'p str,
    /// Its name for people.
    pub name: &'p str,
    /// Its phase.
    pub phase: &'p str,
    /// Its date.
    pub date: NaiveDate,
    /// The stages that it comes after: positions in [`Stages::stages`].
    pub after: Vec<usize>,
    /// When it may stand.
    pub window: Option<Window>,
    /// Its room.
    pub room: Room,
    /// Is it part of the critical chain?
    pub is_critical: bool,
}

/// Something from outside.
#[derive(Clone, Debug)]
pub struct OutsideRow<'p> {
    /// Its id.
    pub id: &'p str,
    /// What happens.
    pub title: &'p str,
    /// First day on which it holds.
    pub date: NaiveDate,
}

/// The stages of a plan in the order in which they happen, and what happens outside meanwhile.
#[derive(Clone, Debug)]
pub struct Stages<'p> {
    /// The plan's name.
    pub name: &'p str,
    /// The day the inventory describes.
    pub baseline: NaiveDate,
    /// The plan's end, where it has one.
    pub end: Option<NaiveDate>,
    /// The reading in which outside dates are told.
    pub reading: Reading,
    /// The stages.
    pub stages: Vec<StageRow<'p>>,
    /// Service events of the plan's time, by date.
    pub outside: Vec<OutsideRow<'p>>,
    /// The critical chain: positions in [`Self::stages`].
    pub critical_chain: Vec<usize>,
}

impl<'p> Stages<'p> {
    /// Gathers the rows.
    #[must_use]
    pub fn new(plan: &'p Plan, knowledge: &'p KnowledgeBase, reading: Reading) -> Self {
        let order = stage_order(plan);
        let mut positions = vec![0; order.len()];
        for (position, stage) in order.iter().enumerate() {
            positions[stage.0] = position;
        }
        let position = |stage: &StageIndex| positions[stage.0];
        let chain: Vec<usize> = critical_chain(plan).iter().map(position).collect();
        let rooms = rooms(plan);
        let stages = order.iter().enumerate().map(|(number, index)| {
            let stage = &plan.stages[index.0];
            StageRow {
                id: &stage.id,
                name: &stage.name,
                phase: &stage.phase,
                date: stage.date,
                after: stage.after.iter().map(position).collect(),
                window: stage.window,
                room: rooms[index.0],
                is_critical: chain.contains(&number),
            }
        });
        Self {
            name: &plan.name,
            baseline: plan.baseline,
            end: plan.end,
            reading,
            stages: stages.collect(),
            outside: outside(plan, knowledge, reading),
            critical_chain: chain,
        }
    }
}

/// The service events after the baseline, up to the plan's end where it has one.
fn outside<'p>(
    plan: &'p Plan,
    knowledge: &'p KnowledgeBase,
    reading: Reading,
) -> Vec<OutsideRow<'p>> {
    let services = knowledge.services().iter();
    let mut rows: Vec<OutsideRow<'p>> = services
        .map(|service| OutsideRow {
            id: &service.id,
            title: &service.title,
            date: service_date(plan, service, reading),
        })
        .filter(|row| row.date > plan.baseline && plan.end.is_none_or(|end| row.date <= end))
        .collect();
    rows.sort_by_key(|row| row.date);
    rows
}
