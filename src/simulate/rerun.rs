//! Single paths played again under other dates, for whoever asks about many dates.

use std::sync::Arc;

use super::play::{Player, Wanted};
use super::table::Table;
use crate::finding::Finding;
use crate::knowledge::KnowledgeBase;
use crate::model::Reading;
use crate::plan::Plan;
use crate::plan::shift::Dates;
use crate::timeline::{self, Event, Timeline};

/// What all reruns of a plan in one reading have in common.
pub struct Reruns<'k> {
    table: Arc<Table<'k>>,
}

/// A timeline's paths under other dates, which leave the stages in the timeline's order.
pub struct Rerun<'k> {
    player: Player<'k>,
    events: Vec<Event>,
}

impl<'k> Reruns<'k> {
    /// In: the plan, whatever its dates, and the reading wanted.
    #[must_use]
    pub fn new(plan: &Plan, knowledge: &'k KnowledgeBase, reading: Reading) -> Self {
        Self {
            table: Table::of(plan, knowledge, reading),
        }
    }

    /// In: a timeline of the plan, and dates that give its stages the order it has.
    #[must_use]
    pub fn on(&self, timeline: &Timeline<'_>, dates: &Dates) -> Rerun<'k> {
        let judge = self.table.judge;
        let events = timeline::events_on(timeline, dates, judge.knowledge, judge.reading);
        // Nobody asks this player for days, so it is given a horizon before which there are none.
        let end = timeline.plan.baseline;
        let player = Player::through(events.clone(), timeline, &self.table, end);
        Rerun { player, events }
    }
}

impl Rerun<'_> {
    /// The events, in order; findings name them by their positions.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The findings of everybody who takes a path of the timeline, by event, then capability.
    #[must_use]
    pub fn findings(&mut self, path: &timeline::Path) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.player.play(path, Wanted::Findings, &mut findings);
        findings
    }
}
