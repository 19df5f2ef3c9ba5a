//! What would help: for each loss or restriction, the single measures that would lift the level again.
//!
//! In: timeline, documents, and what [`super::run`] found. Out: one [`Survey`] for each path, handed to whoever reports. A
//! measure is tried by changing that one input after the event and asking for the level again, so nothing is recommended that
//! the documents do not carry.

use super::Simulation;
use super::evidence::Hops;
use super::level::Inputs;
use super::play::{Player, Wanted};
use super::table::Table;
use crate::finding::Kind;
use crate::knowledge::{KnowledgeBase, Rule};
use crate::model::{Capability, Client, EndpointSet, Level, ServerVersion};
use crate::timeline::{ChatServer, Timeline, Traits};

/// A measure for the users of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remedy {
    /// Give the user this client, beside those there are.
    AddClient(Client),
    /// Configure a legacy endpoint, so that older chat clients reach the 2013 deployment.
    LegacyEndpoint,
    /// Grant the Persistent Chat policy.
    GrantPersistentChat,
    /// Keep the user licensed until the service itself ends.
    RenewLicense,
    /// Open each meeting scheduled before the migration with the new client and send it again.
    ReissueMeetings,
}

/// A measure that lifts the level of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relief {
    /// The finding's position in [`Simulation::findings_of`] of the path.
    pub finding: usize,
    /// The measure.
    pub remedy: Remedy,
    /// The level with it, higher than the finding's.
    pub to: Level,
    /// The rules behind that level.
    pub rules: Vec<Rule>,
}

/// Where the users of a path stand at both ends, and what would help in between.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The levels at the baseline.
    pub levels_at_start: [Option<Level>; Capability::COUNT],
    /// The levels after the last event.
    pub levels_at_end: [Option<Level>; Capability::COUNT],
    /// The endpoints after the last event.
    pub endpoints_at_end: EndpointSet,
    /// The chat deployment that serves the users after the last event.
    pub chat_at_end: Option<ChatServer>,
    /// The measures for each loss, restriction or unknown, in order of findings.
    pub reliefs: Vec<Relief>,
}

/// Clients that are tried, newest first. One is kept only if it does more than those before it, but for the web app, which
/// needs no installation.
const CLIENTS: [Client; 7] = [
    Client::LYNC_2013,
    Client::LYNC_WEB_APP_2013,
    Client::LYNC_2010,
    Client::LYNC_WEB_APP_2010,
    Client::LYNC_2010_GROUP_CHAT,
    Client::COMMUNICATOR_2007_R2,
    Client::OCS_2007_R2_GROUP_CHAT,
];

/// Walks every path once more and tells `visit` its position and survey, in order.
///
/// In: what [`super::run`] was given, and what it gave back. Levels are those of the simulation's reading.
pub fn survey(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    simulation: &Simulation,
    visit: &mut dyn FnMut(usize, &Survey),
) {
    let table = Table::of(timeline.plan, knowledge, simulation.reading);
    let mut player = Player::new(timeline, &table, simulation.end);
    for (number, path) in timeline.paths.iter().enumerate() {
        let mut position = player.begin(path);
        let levels_at_start = position.levels.all();
        let mut reliefs = Vec::new();
        let mut findings = simulation.findings_of(number).iter().enumerate().peekable();
        for event in 1..simulation.outcomes.len() {
            player.pass(event, &mut position, Wanted::Totals, &mut Vec::new());
            while let Some((finding, found)) = findings.next_if(|(_, found)| found.event == event) {
                if found.kind() != Kind::Restored {
                    let trial = Trial {
                        player: &player,
                        finding,
                        capability: found.capability,
                        below: found.to,
                    };
                    trial.run(&position.path.traits, &position.inputs, &mut reliefs);
                }
            }
        }
        let survey = Survey {
            levels_at_start,
            levels_at_end: position.levels.all(),
            endpoints_at_end: position.inputs.endpoints,
            chat_at_end: position.inputs.chat,
            reliefs,
        };
        visit(number, &survey);
    }
}

/// The measures for one finding, tried one after the other.
struct Trial<'p, 'k> {
    player: &'p Player<'k>,
    finding: usize,
    capability: Capability,
    below: Level,
}

impl Trial<'_, '_> {
    fn run(&self, traits: &Traits, inputs: &Inputs, reliefs: &mut Vec<Relief>) {
        if self.capability == Capability::ExistingMeetings {
            // Nothing but a new invitation makes a meeting of the new kind out of an old one (contract section 4.4).
            reliefs.push(Relief {
                finding: self.finding,
                remedy: Remedy::ReissueMeetings,
                to: Level::Full,
                rules: Vec::new(),
            });
            return;
        }
        let mut best = self.below;
        for client in CLIENTS {
            if inputs.endpoints.has(client) {
                continue;
            }
            let with = self.with_client(inputs, client);
            if let Some(relief) = self.relief(Remedy::AddClient(client), traits, &with)
                && (relief.to > best || client == Client::LYNC_WEB_APP_2013)
            {
                best = best.max(relief.to);
                reliefs.push(relief);
            }
        }
        for (remedy, with) in other_measures(self.capability, inputs) {
            reliefs.extend(self.relief(remedy, traits, &with));
        }
    }

    fn relief(&self, remedy: Remedy, traits: &Traits, with: &Inputs) -> Option<Relief> {
        let table = &self.player.table;
        let to = table.level(self.capability, traits, with)?;
        // Unknown instead of none helps nobody.
        (to > self.below && to >= Level::Limited).then(|| Relief {
            finding: self.finding,
            remedy,
            to,
            rules: table
                .judge
                .evidence(self.capability, traits, with, Hops::default()),
        })
    }

    fn with_client(&self, inputs: &Inputs, client: Client) -> Inputs {
        let endpoints = inputs.endpoints.with(client);
        Inputs {
            endpoints,
            brought: inputs.brought.with(client),
            signs_in: inputs.signs_in || !self.player.table.judge.counting(endpoints).is_empty(),
            ..*inputs
        }
    }
}

/// The measures that are no clients, as far as a capability can depend on them.
fn other_measures(capability: Capability, inputs: &Inputs) -> Vec<(Remedy, Inputs)> {
    let mut measures = Vec::new();
    if let (Capability::GroupChat, Some(chat)) = (capability, inputs.chat) {
        let with = |chat: ChatServer| Inputs {
            chat: Some(chat),
            ..*inputs
        };
        if chat.generation == ServerVersion::Lync2013 && !chat.legacy_endpoint {
            let chat = ChatServer {
                legacy_endpoint: true,
                ..chat
            };
            measures.push((Remedy::LegacyEndpoint, with(chat)));
        }
        if chat.generation == ServerVersion::Lync2013 && !chat.persistent_chat_enabled {
            let chat = ChatServer {
                persistent_chat_enabled: true,
                ..chat
            };
            measures.push((Remedy::GrantPersistentChat, with(chat)));
        }
    }
    if capability == Capability::PicYahoo && !inputs.licensed {
        let with = Inputs {
            licensed: true,
            ..*inputs
        };
        measures.push((Remedy::RenewLicense, with));
    }
    measures
}
