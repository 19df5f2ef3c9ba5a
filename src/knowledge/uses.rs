//! What each rule is used by: the capabilities whose levels rest on it, and the plan findings that cite it.
//!
//! In: the knowledge base. Out: [`Uses`]. A cell counts as used where an answer cites it or a level was taken from it.

use std::collections::{BTreeMap, BTreeSet};

use super::lookup::Topic;
use super::rulebook::Entry;
use super::{KnowledgeBase, Rule};
use crate::model::{Capability, Client, Feature, Level, Provider, ServerVersion};

/// For each rule the public ids of capabilities and plan findings.
pub(super) struct Uses {
    capabilities: BTreeMap<Rule, BTreeSet<Capability>>,
    codes: BTreeMap<Rule, BTreeSet<String>>,
    readings: BTreeMap<Rule, Level>,
}

/// The capabilities of meetings one joins.
const JOINING: &[Capability] = &[Capability::MeetingJoin, Capability::MeetingReach];

/// The capabilities of public IM.
const PUBLIC_IM: &[Capability] = &[
    Capability::PicAol,
    Capability::PicYahoo,
    Capability::PicWindowsLive,
    Capability::PicSkype,
    Capability::PicXmpp,
];

impl Uses {
    pub(super) fn of(knowledge: &KnowledgeBase) -> Self {
        let mut uses = Self {
            capabilities: BTreeMap::new(),
            codes: BTreeMap::new(),
            readings: BTreeMap::new(),
        };
        for client in (0..=Client::UNRECOGNIZED.0).map(Client) {
            uses.of_client(knowledge, client);
        }
        uses.of_topic(knowledge, Topic::Scheduling, &[Capability::MeetingSchedule]);
        uses.of_topic(knowledge, Topic::LiveMeeting, &[Capability::LiveMeeting]);
        uses.of_topic(knowledge, Topic::GroupChat, &[Capability::GroupChat]);
        uses.of_topic(
            knowledge,
            Topic::ExistingMeetings,
            &[Capability::ExistingMeetings],
        );
        uses.of_providers(knowledge);
        uses.of_codes(knowledge);
        for &(cell, topic, level) in &knowledge.readings {
            uses.of_reading(knowledge, cell, topic, level);
        }
        uses
    }

    fn add(&mut self, rules: &[Rule], capabilities: &[Capability]) {
        for &rule in rules {
            self.capabilities
                .entry(rule)
                .or_default()
                .extend(capabilities);
        }
    }

    fn of_client(&mut self, knowledge: &KnowledgeBase, client: Client) {
        let is_counting = !knowledge.products.not_counting().has(client);
        for &home in ServerVersion::ALL {
            for &host in ServerVersion::ALL {
                self.add(knowledge.join(client, home, host).rules, JOINING);
            }
            if !is_counting {
                continue;
            }
            self.add(knowledge.sign_in(client, home).rules, &[Capability::SignIn]);
            self.add(knowledge.public_im_client(client, home).rules, PUBLIC_IM);
            for &feature in Feature::ALL {
                let answer = knowledge.peer_to_peer(client, home, feature);
                self.add(answer.rules, &[peer_to_peer(feature)]);
            }
        }
    }

    fn of_topic(&mut self, knowledge: &KnowledgeBase, topic: Topic, capabilities: &[Capability]) {
        for slot in &knowledge.answers.lookup(topic).slots {
            self.add(&slot.rules, capabilities);
        }
    }

    fn of_providers(&mut self, knowledge: &KnowledgeBase) {
        let lookup = knowledge.answers.lookup(Topic::PublicImProvider);
        for (place, slot) in lookup.slots.iter().enumerate() {
            let provider = Provider::ALL[lookup.topic.values(place)[0]];
            self.add(&slot.rules, &[provider.capability()]);
        }
        for service in &knowledge.services {
            self.add(&service.rules, &[service.provider.capability()]);
        }
    }

    fn of_codes(&mut self, knowledge: &KnowledgeBase) {
        let mut add = |rules: &[Rule], code: &str| {
            for &rule in rules {
                self.codes.entry(rule).or_default().insert(code.to_owned());
            }
        };
        for entry in &knowledge.data.codes.1.plan_findings {
            let code = entry.code.get_ref();
            add(knowledge.plan_rules(code), code);
        }
        for slot in &knowledge.answers.lookup(Topic::Application).slots {
            let code = match slot.levels.judged {
                Level::None => "application-incompatible",
                Level::Limited | Level::Unknown => "application-limited",
                Level::Full => "applications that fit",
            };
            add(&slot.rules, code);
        }
    }

    /// A level taken from a cell, unless it is about signing in with a client that does not count.
    fn of_reading(&mut self, knowledge: &KnowledgeBase, cell: Rule, topic: Topic, level: Level) {
        let Entry::Cell {
            document,
            table,
            row,
            column,
        } = knowledge.book.entry(cell)
        else {
            return;
        };
        let table = &knowledge.data.documents[document].1.tables[table];
        let row = table.rows[row].key.get_ref();
        let client = knowledge.products.client(row);
        let is_counting =
            client.is_none_or(|client| !knowledge.products.not_counting().has(client));
        let capabilities: Vec<Capability> = match topic {
            Topic::SignIn if is_counting => vec![Capability::SignIn],
            Topic::SignIn => return,
            Topic::PeerToPeer => Feature::parse(table.columns[column].key.get_ref())
                .map(peer_to_peer)
                .into_iter()
                .collect(),
            Topic::Meeting => JOINING.to_vec(),
            _ => Vec::new(),
        };
        self.add(&[cell], &capabilities);
        self.readings.entry(cell).or_insert(level);
    }

    /// The public ids of what uses a rule: capabilities in the contract's order, then codes.
    pub(super) fn ids(&self, rule: Rule) -> Vec<String> {
        let capabilities = self.capabilities.get(&rule).into_iter().flatten();
        let codes = self.codes.get(&rule).into_iter().flatten();
        capabilities
            .map(|capability| capability.id().to_owned())
            .chain(codes.cloned())
            .collect()
    }

    /// The level taken from a cell.
    pub(super) fn reading(&self, cell: Rule) -> Option<Level> {
        self.readings.get(&cell).copied()
    }
}

fn peer_to_peer(feature: Feature) -> Capability {
    match feature {
        Feature::Im => Capability::P2pIm,
        Feature::Presence => Capability::P2pPresence,
        Feature::Voice => Capability::P2pVoice,
        Feature::Video => Capability::P2pVideo,
        Feature::Sharing => Capability::P2pSharing,
        Feature::FileTransfer => Capability::P2pFileTransfer,
    }
}
