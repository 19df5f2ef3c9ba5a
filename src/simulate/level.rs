//! The level of each capability for one user at one moment (contract sections 4.2 to 4.6).
//!
//! In: what never changes about the user ([`Traits`]) and what does ([`Inputs`]). Out: a level, `None` where the capability is
//! not used, and on request the rules it rests on. Nothing here knows of time or of other users, but for their number.

use crate::knowledge::{Answer, Assumption, KnowledgeBase, Rule};
use crate::model::{
    AddIn, AddInSet, Capability, Client, EndpointSet, Feature, Level, Provider, ProviderSet,
    Reading, ServerVersion,
};
use crate::timeline::{ChatServer, Traits};

/// Everything that a level can depend on and that an event can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inputs {
    /// The server version of the home pool.
    pub(super) home: ServerVersion,
    /// The endpoints.
    pub(super) endpoints: EndpointSet,
    /// Those of them that the plan added.
    pub(super) brought: EndpointSet,
    /// Has there been an endpoint that counts for sign-in, now or before?
    pub(super) signs_in: bool,
    /// Other organizers by the server version that hosts them.
    pub(super) organizers: [u64; 3],
    /// The chat deployment that serves the user.
    pub(super) chat: Option<ChatServer>,
    /// The level of existing meetings.
    pub(super) existing_meetings: Level,
    /// The providers whose dated event lies in the past.
    pub(super) changed: ProviderSet,
    /// Is the user licensed for Yahoo!?
    pub(super) licensed: bool,
}

/// Levels in one reading.
#[derive(Clone, Copy)]
pub(super) struct Judge<'k> {
    pub(super) knowledge: &'k KnowledgeBase,
    pub(super) reading: Reading,
    pub(super) provisioned: ProviderSet,
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

impl<'k> Judge<'k> {
    /// The level of a capability; `None` where the user does not use it.
    pub(super) fn level(
        &self,
        capability: Capability,
        traits: &Traits,
        inputs: &Inputs,
    ) -> Option<Level> {
        match capability {
            Capability::SignIn => inputs.signs_in.then(|| self.sign_in(inputs)),
            Capability::MeetingJoin => Some(self.join(inputs, inputs.home)),
            Capability::MeetingReach => self.reach(inputs),
            Capability::MeetingSchedule => traits.organizer.then(|| self.schedule(traits, inputs)),
            Capability::LiveMeeting => traits
                .live_meeting
                .then(|| self.read(self.knowledge.live_meeting(inputs.home))),
            Capability::ExistingMeetings => traits.organizer.then_some(inputs.existing_meetings),
            Capability::GroupChat => traits.group_chat.then(|| self.group_chat(inputs)),
            _ => match (capability.feature(), capability.provider()) {
                (Some(feature), _) => inputs.signs_in.then(|| self.peer_to_peer(inputs, feature)),
                (_, Some(provider)) => traits
                    .providers
                    .has(provider)
                    .then(|| self.public_im(inputs, provider)),
                (None, None) => None,
            },
        }
    }

    fn read(&self, answer: Answer<'_>) -> Level {
        answer.levels.get(self.reading)
    }

    fn best<'a>(&self, answers: impl Iterator<Item = Answer<'a>>) -> Level {
        answers
            .map(|answer| self.read(answer))
            .max()
            .unwrap_or(Level::None)
    }

    /// The endpoints that count for sign-in, peer-to-peer and public IM.
    pub(super) fn counting(&self, endpoints: EndpointSet) -> EndpointSet {
        endpoints.without(self.knowledge.products().not_counting())
    }

    fn sign_in(&self, inputs: &Inputs) -> Level {
        self.best(self.sign_in_answers(inputs))
    }

    fn sign_in_answers(&self, inputs: &Inputs) -> impl Iterator<Item = Answer<'k>> + use<'k> {
        let (knowledge, home) = (self.knowledge, inputs.home);
        self.counting(inputs.endpoints)
            .iter()
            .map(move |client| knowledge.sign_in(client, home))
    }

    fn peer_to_peer(&self, inputs: &Inputs, feature: Feature) -> Level {
        self.best(self.peer_to_peer_answers(inputs, feature))
    }

    fn peer_to_peer_answers(
        &self,
        inputs: &Inputs,
        feature: Feature,
    ) -> impl Iterator<Item = Answer<'k>> + use<'k> {
        let (knowledge, home) = (self.knowledge, inputs.home);
        self.counting(inputs.endpoints)
            .iter()
            .map(move |client| knowledge.peer_to_peer(client, home, feature))
    }

    /// Joining a meeting hosted on a server version with the best endpoint.
    pub(super) fn join(&self, inputs: &Inputs, host: ServerVersion) -> Level {
        self.best(self.join_answers(inputs, host))
    }

    fn join_answers(
        &self,
        inputs: &Inputs,
        host: ServerVersion,
    ) -> impl Iterator<Item = Answer<'k>> + use<'k> {
        let (knowledge, home) = (self.knowledge, inputs.home);
        inputs
            .endpoints
            .iter()
            .map(move |client| knowledge.join(client, home, host))
    }

    /// Joining the other organizers' meetings: full or none only where every organizer is (contract section 4.4).
    fn reach(&self, inputs: &Inputs) -> Option<Level> {
        let joined = ServerVersion::ALL
            .iter()
            .filter(|host| inputs.organizers[host.index()] > 0)
            .map(|&host| self.join(inputs, host));
        let (mut worst, mut best) = (Level::Full, Level::None);
        let mut hosts = 0;
        for level in joined {
            worst = worst.min(level);
            best = best.max(level);
            hosts += 1;
        }
        (hosts > 0).then_some(match (worst, best) {
            (Level::Full, _) => Level::Full,
            (_, Level::None) => Level::None,
            (_, Level::Full | Level::Limited) => Level::Limited,
            (_, Level::Unknown) => Level::Unknown,
        })
    }

    /// How many of the other organizers the user cannot join.
    pub(super) fn out_of_reach(&self, inputs: &Inputs) -> u64 {
        let unreachable = ServerVersion::ALL
            .iter()
            .filter(|&&host| self.join(inputs, host) == Level::None);
        unreachable
            .map(|host| inputs.organizers[host.index()])
            .sum()
    }

    /// The add-ins a user schedules with: the named ones, or those derived from all endpoints; and those that the plan brought.
    fn add_ins(&self, traits: &Traits, inputs: &Inputs) -> AddInSet {
        let from = |clients: EndpointSet| {
            clients
                .iter()
                .filter_map(|client| self.knowledge.derived_add_in(client))
                .fold(AddInSet::EMPTY, AddInSet::with)
        };
        if traits.add_ins.is_empty() {
            from(inputs.endpoints)
        } else {
            traits.add_ins.union(from(inputs.brought))
        }
    }

    fn schedule(&self, traits: &Traits, inputs: &Inputs) -> Level {
        if inputs.signs_in && self.sign_in(inputs) == Level::None {
            return Level::None;
        }
        let add_ins = self.add_ins(traits, inputs);
        if add_ins.is_empty() {
            return Level::Unknown;
        }
        self.best(
            add_ins
                .iter()
                .map(|add_in| self.knowledge.scheduling(add_in, inputs.home)),
        )
    }

    fn group_chat(&self, inputs: &Inputs) -> Level {
        match inputs.chat {
            None => Level::Unknown,
            Some(chat) => inputs
                .endpoints
                .iter()
                .map(|client| self.chat_client(client, chat, inputs.home))
                .max()
                .unwrap_or(Level::None),
        }
    }

    fn chat_client(&self, client: Client, chat: ChatServer, home: ServerVersion) -> Level {
        if needs_grant(client, chat) && !is_granted(chat, home) {
            return Level::None;
        }
        self.read(
            self.knowledge
                .group_chat(client, chat.generation, chat.legacy_endpoint),
        )
    }

    fn public_im(&self, inputs: &Inputs, provider: Provider) -> Level {
        if !self.provisioned.has(provider) || (provider == Provider::Yahoo && !inputs.licensed) {
            return Level::None;
        }
        let of_provider = self.read(self.provider(inputs, provider));
        of_provider.min(self.best(self.public_im_answers(inputs)))
    }

    fn provider(&self, inputs: &Inputs, provider: Provider) -> Answer<'k> {
        let has_lync_2013 = inputs.endpoints.has(Client::LYNC_2013);
        self.knowledge.public_im_provider(
            provider,
            inputs.home,
            inputs.changed.has(provider),
            has_lync_2013,
        )
    }

    fn public_im_answers(&self, inputs: &Inputs) -> impl Iterator<Item = Answer<'k>> + use<'k> {
        let (knowledge, home) = (self.knowledge, inputs.home);
        self.counting(inputs.endpoints)
            .iter()
            .map(move |client| knowledge.public_im_client(client, home))
    }
}

/// The Lync 2013 clients on Persistent Chat need a home on 2013 and the policy (contract section 4.5).
fn needs_grant(client: Client, chat: ChatServer) -> bool {
    chat.generation == ServerVersion::Lync2013
        && matches!(client, Client::LYNC_2013 | Client::LYNC_2013_BASIC)
}

fn is_granted(chat: ChatServer, home: ServerVersion) -> bool {
    home == ServerVersion::Lync2013 && chat.persistent_chat_enabled
}

/// The rules behind levels.
impl Judge<'_> {
    /// The cells, sentences and judgements that the level of a capability rests on: sorted, each once, never empty.
    pub(super) fn evidence(
        &self,
        capability: Capability,
        traits: &Traits,
        inputs: &Inputs,
    ) -> Vec<Rule> {
        let mut rules = match capability {
            Capability::SignIn => self.best_of(self.sign_in_answers(inputs)).rules,
            Capability::MeetingJoin => self.best_of(self.join_answers(inputs, inputs.home)).rules,
            Capability::MeetingReach => self.reach_evidence(inputs),
            Capability::MeetingSchedule => self.schedule_evidence(traits, inputs),
            Capability::LiveMeeting => self.knowledge.live_meeting(inputs.home).rules.to_vec(),
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
