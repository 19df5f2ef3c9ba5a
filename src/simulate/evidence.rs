//! The rules behind levels.
//!
//! In: what a level was worked out from. Out: the cells, sentences and judgements it rests on. Users differ far more than the few
//! things that the rules of one capability depend on, so they are worked out once for each of these, and shared.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::level::{Inputs, Judge, is_granted, needs_grant};
use crate::knowledge::{Answer, Assumption, KnowledgeBase, Rule};
use crate::model::{
    AddIn, AddInSet, Capability, EndpointSet, Level, Provider, Reading, ServerVersion,
};
use crate::timeline::{ChatServer, Hop, Traits};

/// The changes of version that someone went through, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Hops(pub(super) u32);

impl Hops {
    /// These and more.
    pub(super) fn with(self, hops: &[Hop]) -> Self {
        hops.iter()
            .fold(self, |all, &hop| Self(all.0 | 1 << place(hop)))
    }

    fn iter(self) -> impl Iterator<Item = Hop> {
        let versions = || ServerVersion::ALL.iter().copied();
        let pairs = versions().flat_map(move |from| versions().map(move |to| (from, to)));
        pairs
            .flat_map(|(from, to)| {
                [false, true].map(|came_from_r2| Hop {
                    from,
                    to,
                    came_from_r2,
                })
            })
            .filter(move |&hop| self.0 & (1 << place(hop)) != 0)
    }
}

fn place(hop: Hop) -> usize {
    let versions = hop.from.index() * ServerVersion::ALL.len() + hop.to.index();
    versions * 2 + usize::from(hop.came_from_r2)
}

/// All that the rules behind the level of one capability can depend on; what they do not depend on is left empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Basis {
    capability: Capability,
    home: ServerVersion,
    endpoints: EndpointSet,
    brought: EndpointSet,
    signs_in: bool,
    add_ins: AddInSet,
    hosts: [bool; 3],
    chat: Option<ChatServer>,
    changed: bool,
    licensed: bool,
    hops: Hops,
}

/// What tells most apart, and no more: hashing the rest costs more than it saves.
impl Hash for Basis {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let small = self.capability.index() << 8 | self.home.index() << 4;
        let small = small | usize::from(self.changed) << 1 | usize::from(self.licensed);
        let clients = self.endpoints.0 ^ self.brought.0.rotate_left(32);
        (small, clients, self.hops.0).hash(hasher);
    }
}

impl Basis {
    fn of(capability: Capability, traits: &Traits, inputs: &Inputs, hops: Hops) -> Self {
        let mut basis = Self {
            capability,
            home: inputs.home,
            endpoints: inputs.endpoints,
            brought: EndpointSet::EMPTY,
            signs_in: false,
            add_ins: AddInSet::EMPTY,
            hosts: [false; 3],
            chat: None,
            changed: false,
            licensed: false,
            hops: Hops::default(),
        };
        match capability {
            Capability::MeetingReach => basis.hosts = inputs.organizers.map(|users| users > 0),
            Capability::MeetingSchedule => {
                basis.brought = inputs.brought;
                basis.signs_in = inputs.signs_in;
                basis.add_ins = traits.add_ins;
            }
            Capability::LiveMeeting => basis.endpoints = EndpointSet::EMPTY,
            Capability::ExistingMeetings => {
                basis.endpoints = EndpointSet::EMPTY;
                basis.hops = hops;
            }
            Capability::GroupChat => basis.chat = inputs.chat,
            _ => {
                if let Some(provider) = capability.provider() {
                    basis.changed = inputs.changed.has(provider);
                    basis.licensed = inputs.licensed;
                }
            }
        }
        basis
    }
}

/// The rules behind the levels of one reading, each list kept once however many findings rest on it.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    known: FxHashMap<Basis, Arc<[Rule]>>,
}

impl Evidence {
    /// What [`Judge::evidence`] says, always of the same judge.
    pub(super) fn of(
        &mut self,
        judge: &Judge<'_>,
        capability: Capability,
        traits: &Traits,
        inputs: &Inputs,
        hops: Hops,
    ) -> Arc<[Rule]> {
        let basis = Basis::of(capability, traits, inputs, hops);
        let rules = self.known.entry(basis);
        let rules =
            rules.or_insert_with(|| judge.evidence(capability, traits, inputs, hops).into());
        Arc::clone(rules)
    }
}

/// The best answer of several, with its rules: those that give the best level.
struct Best {
    level: Level,
    rules: Vec<Rule>,
}

impl Best {
    fn of<'a>(
        answers: impl Iterator<Item = Answer<'a>>,
        reading: Reading,
        nothing: (Level, &[Rule]),
    ) -> Self {
        let mut best: Option<Self> = None;
        for answer in answers {
            let level = answer.levels.get(reading);
            match &mut best {
                Some(best) if level < best.level => {}
                Some(best) if level == best.level => best.rules.extend_from_slice(answer.rules),
                _ => {
                    best = Some(Self {
                        level,
                        rules: answer.rules.to_vec(),
                    })
                }
            }
        }
        best.unwrap_or_else(|| Self {
            level: nothing.0,
            rules: nothing.1.to_vec(),
        })
    }
}

impl Judge<'_> {
    /// The cells, sentences and judgements that the level of a capability rests on: sorted, each once; none only for existing
    /// meetings before any change of version.
    pub(super) fn evidence(
        &self,
        capability: Capability,
        traits: &Traits,
        inputs: &Inputs,
        hops: Hops,
    ) -> Vec<Rule> {
        let mut rules = match capability {
            Capability::SignIn => self.best_of(self.sign_in_answers(inputs)).rules,
            Capability::MeetingJoin => self.best_of(self.join_answers(inputs, inputs.home)).rules,
            Capability::MeetingReach => self.reach_evidence(inputs),
            Capability::MeetingSchedule => self.schedule_evidence(traits, inputs),
            Capability::LiveMeeting => self.knowledge.live_meeting(inputs.home).rules.to_vec(),
            Capability::ExistingMeetings => existing_meetings(self.knowledge, hops),
            Capability::GroupChat => self.group_chat_evidence(inputs),
            _ => match (capability.feature(), capability.provider()) {
                (Some(feature), _) => {
                    self.best_of(self.peer_to_peer_answers(inputs, feature))
                        .rules
                }
                (_, Some(provider)) => self.public_im_evidence(inputs, provider),
                (None, None) => Vec::new(),
            },
        };
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    fn best_of<'a>(&self, answers: impl Iterator<Item = Answer<'a>>) -> Best {
        Best::of(
            answers,
            self.reading,
            (
                Level::None,
                self.knowledge.assumption(Assumption::NoEndpoint),
            ),
        )
    }

    fn reach_evidence(&self, inputs: &Inputs) -> Vec<Rule> {
        let hosts = ServerVersion::ALL
            .iter()
            .filter(|host| inputs.organizers[host.index()] > 0);
        hosts
            .flat_map(|&host| self.best_of(self.join_answers(inputs, host)).rules)
            .collect()
    }

    fn schedule_evidence(&self, traits: &Traits, inputs: &Inputs) -> Vec<Rule> {
        if inputs.signs_in && self.sign_in(inputs) == Level::None {
            return self.best_of(self.sign_in_answers(inputs)).rules;
        }
        let answers = self.add_ins(traits, inputs);
        let answers = answers
            .iter()
            .map(|add_in: AddIn| self.knowledge.scheduling(add_in, inputs.home));
        Best::of(
            answers,
            self.reading,
            (
                Level::Unknown,
                self.knowledge.assumption(Assumption::NoAddIn),
            ),
        )
        .rules
    }

    fn group_chat_evidence(&self, inputs: &Inputs) -> Vec<Rule> {
        let Some(chat) = inputs.chat else {
            return self
                .knowledge
                .assumption(Assumption::NoChatDeployment)
                .to_vec();
        };
        let level = self.group_chat(inputs);
        let mut rules = Vec::new();
        for client in inputs
            .endpoints
            .iter()
            .filter(|&client| self.chat_client(client, chat, inputs.home) == level)
        {
            rules.extend_from_slice(
                self.knowledge
                    .group_chat(client, chat.generation, chat.legacy_endpoint)
                    .rules,
            );
            if needs_grant(client, chat) && !is_granted(chat, inputs.home) {
                rules.extend_from_slice(
                    self.knowledge
                        .assumption(Assumption::PersistentChatNotGranted),
                );
            }
        }
        if rules.is_empty() {
            rules.extend_from_slice(self.knowledge.assumption(Assumption::NoEndpoint));
        }
        rules
    }

    fn public_im_evidence(&self, inputs: &Inputs, provider: Provider) -> Vec<Rule> {
        if !self.provisioned.has(provider) {
            return self
                .knowledge
                .assumption(Assumption::NotProvisioned)
                .to_vec();
        }
        let mut rules = Vec::new();
        if provider == Provider::Yahoo && !inputs.licensed {
            rules.extend_from_slice(self.knowledge.assumption(Assumption::LicenseExpired));
        }
        let of_provider = self.provider(inputs, provider);
        let client = self.best_of(self.public_im_answers(inputs));
        let provider_level = self.read(of_provider);
        if rules.is_empty() || provider_level == Level::None {
            if provider_level <= client.level {
                rules.extend_from_slice(of_provider.rules);
            }
            if client.level <= provider_level {
                rules.extend_from_slice(&client.rules);
            }
        }
        rules
    }
}

/// The rules of every change of version that a user's existing meetings went through.
fn existing_meetings(knowledge: &KnowledgeBase, hops: Hops) -> Vec<Rule> {
    let rules = hops.iter().flat_map(|hop| {
        knowledge
            .existing_meetings(hop.from, hop.to, hop.came_from_r2)
            .rules
    });
    rules.copied().collect()
}
