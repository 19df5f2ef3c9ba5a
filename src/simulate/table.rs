//! Levels, looked up: what each client alone is good for, as words of [`LevelSet`] that are put together for a user.
//!
//! In: a [`Judge`], who fills the table once. Out: the levels of all capabilities together, the same that the judge gives one by
//! one. The level of several endpoints is the best that any of them gives, so a word for each client is enough, and what depends
//! on more than the endpoints and the home version (providers, add-ins, chat, other organizers) is put in last.

use std::sync::Arc;

use super::level::{Inputs, Judge};
use super::level_set::{Hosts, Ladders, LevelSet};
use crate::knowledge::KnowledgeBase;
use crate::model::{
    AddIn, AddInSet, Capability, Client, EndpointSet, Level, Provider, ProviderSet, Reading,
    ServerVersion,
};
use crate::plan::Plan;
use crate::timeline::{ChatServer, Traits};

/// The clients that tables tell apart.
const TABLED: usize = Client::UNRECOGNIZED.0 as usize + 1;
/// The chat deployments that levels tell apart.
const CHATS: usize = 3 * 2 * 2;

/// All levels of one reading.
pub(super) struct Table<'k> {
    pub(super) judge: Judge<'k>,
    homes: Vec<Home>,
    without_chat: Level,
    /// The ladders of sets of providers.
    providers: Vec<Ladders>,
    uses: Uses,
}

/// What levels depend on, for one home version.
struct Home {
    /// What needs no endpoint.
    any: LevelSet,
    /// By client: what it gives without the rest.
    clients: [LevelSet; Client::MAX as usize],
    /// By license and by whether Lync 2013 is among the endpoints: the providers' part, with all other levels full.
    public_im: [[Providers; 2]; 2],
    /// By set of add-ins.
    scheduling: Vec<Level>,
    /// By chat deployment and client.
    chats: [[LevelSet; TABLED]; CHATS],
}

/// The providers' part of public IM, before and after each one's service has changed.
struct Providers {
    before: LevelSet,
    after: LevelSet,
}

/// The capabilities that are used: by everybody, and by whom something is true of.
struct Uses {
    always: Ladders,
    signs_in: Ladders,
    organizer: Ladders,
    live_meeting: Ladders,
    group_chat: Ladders,
}

/// Somebody who uses nothing.
const NOBODY: Traits = Traits {
    group_chat: false,
    organizer: false,
    live_meeting: false,
    providers: ProviderSet::EMPTY,
    unlicensed_from: None,
    add_ins: AddInSet::EMPTY,
};

/// Nothing but a home.
const fn at(home: ServerVersion) -> Inputs {
    Inputs {
        home,
        endpoints: EndpointSet::EMPTY,
        brought: EndpointSet::EMPTY,
        signs_in: false,
        organizers: [0; 3],
        chat: None,
        existing_meetings: Level::Full,
        changed: ProviderSet::EMPTY,
        licensed: true,
    }
}

impl<'k> Table<'k> {
    /// The table for a plan in one reading.
    pub(super) fn of(plan: &Plan, knowledge: &'k KnowledgeBase, reading: Reading) -> Arc<Self> {
        Arc::new(Self::new(Judge {
            knowledge,
            reading,
            provisioned: plan.provisioned,
        }))
    }

    fn new(judge: Judge<'k>) -> Self {
        let all = |set: ProviderSet| {
            let providers = set.iter();
            providers.fold(Ladders::default(), |all, provider| {
                all.with(provider.capability())
            })
        };
        let sets = (0..1 << Provider::ALL.len()).map(ProviderSet);
        let without_chat = judge.group_chat(&at(ServerVersion::Ocs2007R2));
        Self {
            homes: ServerVersion::ALL
                .iter()
                .map(|&home| Home::new(&judge, home))
                .collect(),
            without_chat,
            providers: sets.map(all).collect(),
            uses: Uses::new(&judge),
            judge,
        }
    }

    /// The levels of all capabilities, as [`Judge::level`] gives them.
    pub(super) fn levels(&self, traits: &Traits, inputs: &Inputs) -> LevelSet {
        let home = &self.homes[inputs.home.index()];
        let mut levels = inputs.endpoints.iter().fold(home.any, |levels, client| {
            levels.best(home.clients[usize::from(client.0)])
        });
        let has_lync_2013 = inputs.endpoints.has(Client::LYNC_2013);
        let public_im = &home.public_im[usize::from(inputs.licensed)][usize::from(has_lync_2013)];
        let changed = self.providers[usize::from(inputs.changed.0)];
        levels = levels.worst(public_im.before.but_for(changed, public_im.after));
        let mut used = self
            .uses
            .always
            .union(self.providers[usize::from(traits.providers.0)]);
        if inputs.signs_in {
            used = used.union(self.uses.signs_in);
        }
        if traits.live_meeting {
            used = used.union(self.uses.live_meeting);
        }
        if traits.organizer {
            used = used.union(self.uses.organizer);
            let sign_in = levels.get(Capability::SignIn);
            let schedule = Judge::schedule_by(sign_in.filter(|_| inputs.signs_in), || {
                let add_ins = self.judge.add_ins(traits, inputs);
                home.scheduling[usize::from(add_ins.0)]
            });
            levels = levels
                .with(Capability::MeetingSchedule, schedule)
                .with(Capability::ExistingMeetings, inputs.existing_meetings);
        }
        if traits.group_chat {
            used = used.union(self.uses.group_chat);
            levels = levels.best(self.group_chat(home, inputs));
        }
        self.reach(levels.only(used), inputs)
    }

    /// The level of one capability, as [`Judge::level`] gives it.
    pub(super) fn level(
        &self,
        capability: Capability,
        traits: &Traits,
        inputs: &Inputs,
    ) -> Option<Level> {
        self.levels(traits, inputs).get(capability)
    }

    /// The same levels after other organizers have moved.
    pub(super) fn reach(&self, levels: LevelSet, inputs: &Inputs) -> LevelSet {
        match levels.joins(Hosts::of(inputs.organizers)) {
            Some((worst, best)) => {
                levels.with(Capability::MeetingReach, Judge::reach_of(worst, best))
            }
            None => levels.without(Capability::MeetingReach),
        }
    }

    /// Group Chat alone.
    fn group_chat(&self, home: &Home, inputs: &Inputs) -> LevelSet {
        let Some(chat) = inputs.chat else {
            return LevelSet::NONE.with(Capability::GroupChat, self.without_chat);
        };
        let clients = &home.chats[place(chat)];
        inputs
            .endpoints
            .iter()
            .fold(LevelSet::NONE, |levels, client| {
                levels.best(clients[usize::from(client.in_tables().0)])
            })
    }
}

impl Uses {
    fn new(judge: &Judge<'_>) -> Self {
        let by = |traits: Traits, signs_in: bool| {
            let inputs = Inputs {
                signs_in,
                ..at(ServerVersion::Ocs2007R2)
            };
            let all = Capability::ALL.iter().copied();
            all.filter(|&capability| judge.level(capability, &traits, &inputs).is_some())
                .fold(Ladders::default(), Ladders::with)
        };
        let organizer = Traits {
            organizer: true,
            ..NOBODY
        };
        let live_meeting = Traits {
            live_meeting: true,
            ..NOBODY
        };
        let group_chat = Traits {
            group_chat: true,
            ..NOBODY
        };
        Self {
            always: by(NOBODY, false),
            signs_in: by(NOBODY, true),
            organizer: by(organizer, false),
            live_meeting: by(live_meeting, false),
            group_chat: by(group_chat, false),
        }
    }
}

impl Home {
    fn new(judge: &Judge<'_>, home: ServerVersion) -> Self {
        let live_meeting = judge.read(judge.knowledge.live_meeting(home));
        let add_ins = (0..1 << AddIn::ALL.len()).map(AddInSet);
        Self {
            any: LevelSet::NONE.with(Capability::LiveMeeting, live_meeting),
            clients: clients(judge, home),
            public_im: [false, true].map(|licensed| {
                [false, true]
                    .map(|has_lync_2013| Providers::new(judge, home, licensed, has_lync_2013))
            }),
            scheduling: add_ins
                .map(|add_ins| judge.scheduling(add_ins, home))
                .collect(),
            chats: chats(judge, home),
        }
    }
}

fn clients(judge: &Judge<'_>, home: ServerVersion) -> [LevelSet; Client::MAX as usize] {
    let mut clients = [LevelSet::NONE; Client::MAX as usize];
    let counts = |client| !judge.counting(EndpointSet::of(&[client])).is_empty();
    for client in (0..Client::MAX).map(Client) {
        let like = client.in_tables();
        // Products known by name only are alike in every table.
        clients[usize::from(client.0)] = if client > like && counts(client) == counts(like) {
            clients[usize::from(like.0)]
        } else {
            alone(judge, home, client)
        };
    }
    clients
}

/// What a client gives on its own.
fn alone(judge: &Judge<'_>, home: ServerVersion, client: Client) -> LevelSet {
    let inputs = Inputs {
        endpoints: EndpointSet::of(&[client]),
        signs_in: true,
        ..at(home)
    };
    let mut levels = LevelSet::NONE;
    for &capability in Capability::ALL {
        let level = if capability.provider().is_some() {
            Some(judge.public_im_client(&inputs))
        } else {
            judge.level(capability, &NOBODY, &inputs)
        };
        if let Some(level) = level {
            levels = levels.with(capability, level);
        }
    }
    ServerVersion::ALL.iter().fold(levels, |levels, &host| {
        levels.with_join(host, judge.join(&inputs, host))
    })
}

impl Providers {
    fn new(judge: &Judge<'_>, home: ServerVersion, licensed: bool, has_lync_2013: bool) -> Self {
        let part = |changed: ProviderSet| {
            let endpoints = if has_lync_2013 {
                EndpointSet::of(&[Client::LYNC_2013])
            } else {
                EndpointSet::EMPTY
            };
            let inputs = Inputs {
                endpoints,
                changed,
                licensed,
                ..at(home)
            };
            Provider::ALL
                .iter()
                .fold(LevelSet::FULL, |levels, &provider| {
                    let level = judge.public_im_provider(&inputs, provider);
                    levels.with(provider.capability(), level)
                })
        };
        Self {
            before: part(ProviderSet::EMPTY),
            after: part(ProviderSet::of(Provider::ALL)),
        }
    }
}

fn chats(judge: &Judge<'_>, home: ServerVersion) -> [[LevelSet; TABLED]; CHATS] {
    let mut chats = [[LevelSet::NONE; TABLED]; CHATS];
    for &generation in ServerVersion::ALL {
        for legacy_endpoint in [false, true] {
            for persistent_chat_enabled in [false, true] {
                let chat = ChatServer {
                    generation,
                    legacy_endpoint,
                    persistent_chat_enabled,
                };
                let clients = chats[place(chat)].iter_mut();
                for (levels, client) in clients.zip((0..).map(Client)) {
                    let level = judge.chat_client(client, chat, home);
                    *levels = levels.with(Capability::GroupChat, level);
                }
            }
        }
    }
    chats
}

/// The position of a chat deployment among all that can be.
fn place(chat: ChatServer) -> usize {
    let version = chat.generation.index() * 2 + usize::from(chat.legacy_endpoint);
    version * 2 + usize::from(chat.persistent_chat_enabled)
}

#[cfg(test)]
mod tests;
