//! The level of each capability for one user at one moment (contract sections 4.2 to 4.6).
//!
//! In: what never changes about the user ([`Traits`]) and what does ([`Inputs`]). Out: a level, `None` where the capability is
//! not used. Nothing here knows of time or of other users, but for their number. What is asked often comes from a
//! [`super::table::Table`], which is filled from here.

use crate::knowledge::{Answer, KnowledgeBase};
use crate::model::{
    AddInSet, Capability, Client, EndpointSet, Feature, Level, Provider, ProviderSet, Reading,
    ServerVersion,
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge<'k> {
    pub(super) knowledge: &'k KnowledgeBase,
    pub(super) reading: Reading,
    pub(super) provisioned: ProviderSet,
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

    pub(super) fn read(&self, answer: Answer<'_>) -> Level {
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

    pub(super) fn sign_in(&self, inputs: &Inputs) -> Level {
        self.best(self.sign_in_answers(inputs))
    }

    pub(super) fn sign_in_answers(
        &self,
        inputs: &Inputs,
    ) -> impl Iterator<Item = Answer<'k>> + use<'k> {
        let (knowledge, home) = (self.knowledge, inputs.home);
        self.counting(inputs.endpoints)
            .iter()
            .map(move |client| knowledge.sign_in(client, home))
    }

    fn peer_to_peer(&self, inputs: &Inputs, feature: Feature) -> Level {
        self.best(self.peer_to_peer_answers(inputs, feature))
    }

    pub(super) fn peer_to_peer_answers(
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

    pub(super) fn join_answers(
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

    /// Joining the other organizers' meetings; not used where there is no other organizer.
    fn reach(&self, inputs: &Inputs) -> Option<Level> {
        let hosts = ServerVersion::ALL
            .iter()
            .filter(|host| inputs.organizers[host.index()] > 0);
        let joined = hosts.map(|&host| self.join(inputs, host));
        Some(Self::reach_of(joined.clone().min()?, joined.max()?))
    }

    /// Joining the other organizers' meetings, where the levels of those that are joined worst and best are known: full or none
    /// only where every organizer is (contract section 4.4).
    pub(super) fn reach_of(worst: Level, best: Level) -> Level {
        match (worst, best) {
            (Level::Full, _) => Level::Full,
            (_, Level::None) => Level::None,
            (_, Level::Full | Level::Limited) => Level::Limited,
            (_, Level::Unknown) => Level::Unknown,
        }
    }

    /// The add-ins a user schedules with: the named ones, or those derived from all endpoints; and those that the plan brought.
    pub(super) fn add_ins(&self, traits: &Traits, inputs: &Inputs) -> AddInSet {
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
        let sign_in = inputs.signs_in.then(|| self.sign_in(inputs));
        Self::schedule_by(sign_in, || {
            self.scheduling(self.add_ins(traits, inputs), inputs.home)
        })
    }

    /// Scheduling, where `add_ins` gives the level that the add-ins allow: nothing for those who have an endpoint to sign in
    /// with and cannot (contract section 4.4).
    pub(super) fn schedule_by(sign_in: Option<Level>, add_ins: impl FnOnce() -> Level) -> Level {
        match sign_in {
            Some(Level::None) => Level::None,
            _ => add_ins(),
        }
    }

    /// Scheduling with the best of some add-ins, signing in aside.
    pub(super) fn scheduling(&self, add_ins: AddInSet, home: ServerVersion) -> Level {
        if add_ins.is_empty() {
            return Level::Unknown;
        }
        self.best(
            add_ins
                .iter()
                .map(|add_in| self.knowledge.scheduling(add_in, home)),
        )
    }

    pub(super) fn group_chat(&self, inputs: &Inputs) -> Level {
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

    pub(super) fn chat_client(
        &self,
        client: Client,
        chat: ChatServer,
        home: ServerVersion,
    ) -> Level {
        if needs_grant(client, chat) && !is_granted(chat, home) {
            return Level::None;
        }
        self.read(
            self.knowledge
                .group_chat(client, chat.generation, chat.legacy_endpoint),
        )
    }

    fn public_im(&self, inputs: &Inputs, provider: Provider) -> Level {
        self.public_im_provider(inputs, provider)
            .min(self.public_im_client(inputs))
    }

    /// The provider's part of public IM: nothing that is not provisioned or licensed (contract section 4.6).
    pub(super) fn public_im_provider(&self, inputs: &Inputs, provider: Provider) -> Level {
        if !self.provisioned.has(provider) || (provider == Provider::Yahoo && !inputs.licensed) {
            return Level::None;
        }
        self.read(self.provider(inputs, provider))
    }

    /// The clients' part of public IM.
    pub(super) fn public_im_client(&self, inputs: &Inputs) -> Level {
        self.best(self.public_im_answers(inputs))
    }

    pub(super) fn provider(&self, inputs: &Inputs, provider: Provider) -> Answer<'k> {
        let has_lync_2013 = inputs.endpoints.has(Client::LYNC_2013);
        self.knowledge.public_im_provider(
            provider,
            inputs.home,
            inputs.changed.has(provider),
            has_lync_2013,
        )
    }

    pub(super) fn public_im_answers(
        &self,
        inputs: &Inputs,
    ) -> impl Iterator<Item = Answer<'k>> + use<'k> {
        let (knowledge, home) = (self.knowledge, inputs.home);
        self.counting(inputs.endpoints)
            .iter()
            .map(move |client| knowledge.public_im_client(client, home))
    }
}

/// The Lync 2013 clients on Persistent Chat need a home on 2013 and the policy (contract section 4.5).
pub(super) fn needs_grant(client: Client, chat: ChatServer) -> bool {
    chat.generation == ServerVersion::Lync2013
        && matches!(client, Client::LYNC_2013 | Client::LYNC_2013_BASIC)
}

pub(super) fn is_granted(chat: ChatServer, home: ServerVersion) -> bool {
    home == ServerVersion::Lync2013 && chat.persistent_chat_enabled
}
