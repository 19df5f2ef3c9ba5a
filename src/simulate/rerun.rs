//! Single paths played again under other dates, for whoever asks about many dates.

use super::play::{Player, Wanted};
use crate::finding::Finding;
use crate::knowledge::KnowledgeBase;
use crate::model::Reading;
use crate::plan::shift::Dates;
use crate::timeline::{self, Event, Timeline};

/// A timeline's paths under other dates, which leave the stages in the timeline's order.
pub struct Rerun<'k> {
    player: Player<'k>,
    events: Vec<Event>,
}

impl<'k> Rerun<'k> {
    /// In: a timeline, dates that give its stages the order it has, and the reading wanted.
    #[must_use]
    pub fn new(
        timeline: &Timeline<'_>,
        dates: &Dates,
        knowledge: &'k KnowledgeBase,
        reading: Reading,
    ) -> Self {
        let events = timeline::events_on(timeline, dates, knowledge, reading);
        // Nobody asks this player for days, so it is given a horizon before which there are none.
        let end = timeline.plan.baseline;
        let player = Player::through(events.clone(), timeline, knowledge, reading, end);
        Self { player, events }
    }

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
