//! One user's story: what they can do after each event, and the rules behind it.

use super::play::Player;
use super::table::Table;
use crate::knowledge::{KnowledgeBase, Rule};
use crate::model::{Capability, EndpointSet, Level, Reading, ServerVersion};
use crate::timeline::{self, ChatServer, Event, Timeline};

/// Where a user stands after an event.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The event.
    pub event: Event,
    /// The server version of the home pool.
    pub home: ServerVersion,
    /// The endpoints.
    pub endpoints: EndpointSet,
    /// The chat deployment that serves the user.
    pub chat: Option<ChatServer>,
    /// The level of each capability; `None` where it is not used.
    pub levels: [Option<Level>; Capability::COUNT],
    /// The rules behind each level; empty where it is not used, and for existing meetings before any change of version.
    pub rules: Vec<Vec<Rule>>,
}

/// What the users of one path can do after each event of a reading.
///
/// In: a position in [`Timeline::paths`]. Out: one standing for each event, in order.
#[must_use]
pub fn story(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    path: usize,
    reading: Reading,
) -> Vec<Standing> {
    let end = timeline::horizon(timeline, knowledge);
    let events = timeline::events(timeline, knowledge, reading);
    let table = Table::of(timeline.plan, knowledge, reading);
    let mut player = Player::new(timeline, &table, end);
    player.walk(&timeline.paths[path], &events)
}
