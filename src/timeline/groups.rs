//! Groups of users who have been treated alike so far, and what the operations of a stage do to them.
//!
//! A group begins as all shapes of the inventory that no operation of the plan can tell apart. It is split only where an
//! operation names single users: by SIP address in a `where`, or by a `limit`. Within it, `crowds` tell apart what no operation
//! asks for.

mod operations;

use std::collections::HashSet;

use rustc_hash::FxHashMap;

use super::crowds::{Crowd, Crowds, population};
use super::live::LivePools;
use super::membership::Membership;
use super::paths::Paths;
use super::routes::Routes;
use super::selection::{Selection, Selector};
use super::traits::TraitRule;
use super::{ChatServer, Hop, Path, StageEffect, State, Step, Traits};
use crate::inventory::{Inventory, Shape};
use crate::knowledge::KnowledgeBase;
use crate::model::{EndpointSet, Level, ServerVersion};
use crate::plan::{Condition, Plan, PoolIndex, Stage};

/// Users who have been treated alike so far.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// How their columns answer every `where` of the plan, by [`Selector::answer`].
    pub(super) answer: u32,
    /// Do they use Group Chat?
    pub(super) group_chat: bool,
    /// Do they schedule meetings?
    pub(super) organizer: bool,
    /// The one user of the group, where some `where` names the SIP address.
    pub(super) named_user: Option<u32>,
    /// How many.
    pub(super) users: u64,
    /// Their home pool.
    pub(super) pool: PoolIndex,
    /// Everything that changes.
    pub(super) state: State,
    came_from_r2: bool,
    hops: Vec<Hop>,
    /// Pool and state when the stage began.
    before: (PoolIndex, State),
    /// Their path so far.
    path: u32,
    /// Their route so far.
    route: u32,
}

/// Where all groups stand at one moment.
pub(super) struct Standing {
    all: Vec<Group>,
    crowds: Crowds,
    chats: Vec<ChatServer>,
}

/// All groups, and the paths they have gone.
pub(super) struct Groups<'a> {
    plan: &'a Plan,
    inventory: &'a Inventory,
    knowledge: &'a KnowledgeBase,
    selector: Selector<'a>,
    all: Vec<Group>,
    crowds: Crowds,
    chats: Vec<ChatServer>,
    chat_filters: Vec<Selection>,
    /// Is everybody served by the same deployment to the end, whatever they do?
    chats_last: bool,
    paths: Paths,
    routes: Routes,
}

impl<'a> Groups<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        inventory: &'a Inventory,
        knowledge: &'a KnowledgeBase,
    ) -> Self {
        let selector = Selector::new(inventory, plan);
        let chat_filters: Vec<Selection> = plan
            .chats
            .iter()
            .map(|chat| selector.ready(&chat.filter))
            .collect();
        let chats = plan.chats.iter().map(|chat| ChatServer {
            generation: chat.server,
            legacy_endpoint: chat.legacy_endpoint,
            persistent_chat_enabled: chat.persistent_chat_enabled,
        });
        let mut groups = Self {
            plan,
            inventory,
            knowledge,
            selector,
            all: Vec::new(),
            crowds: Crowds::default(),
            chats: chats.collect(),
            chats_last: chat_filters.iter().all(Selection::is_lasting),
            chat_filters,
            paths: Paths::default(),
            routes: Routes::default(),
        };
        groups.begin();
        groups
    }

    fn begin(&mut self) {
        let rule = TraitRule::new(self.plan, self.knowledge);
        let mut group_of_kind: FxHashMap<(bool, bool, PoolIndex, EndpointSet, u32), u32> =
            FxHashMap::default();
        let mut number_of_traits: FxHashMap<Traits, u32> = FxHashMap::default();
        let mut crowd_of_kind: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        for description in &self.inventory.shapes {
            let kind = (
                description.group_chat,
                description.organizer,
                PoolIndex(description.pool),
                description.endpoints,
                self.selector.answer(description),
            );
            let next = number(self.all.len());
            let group = *group_of_kind.entry(kind).or_insert(next);
            if group == next {
                self.begin_group(description);
            }
            let traits = *number_of_traits
                .entry(rule.traits(description))
                .or_insert_with_key(|&traits| {
                    self.crowds.traits.push(traits);
                    number(self.crowds.traits.len() - 1)
                });
            let next = number(self.crowds.all.len());
            let crowd = *crowd_of_kind.entry((traits, group)).or_insert(next);
            if crowd == next {
                self.crowds.all.push(Crowd {
                    traits,
                    group,
                    users: 0,
                });
            }
            self.crowds.of_shape.push(crowd);
        }
        for (shape, users) in population(self.inventory).into_iter().enumerate() {
            let crowd = &mut self.crowds.all[self.crowds.of_shape[shape] as usize];
            crowd.users += users;
            self.all[crowd.group as usize].users += users;
        }
        self.part_named_users();
        self.set_chats();
        for group in &mut self.all {
            group.path = self.paths.begin(group.state);
        }
    }

    fn begin_group(&mut self, description: &Shape) {
        let pool = PoolIndex(description.pool);
        let home = self.plan.pool(pool).server;
        let state = State {
            home,
            endpoints: description.endpoints,
            brought: EndpointSet::EMPTY,
            chat: None,
            existing_meetings: [Level::Full; 3],
        };
        self.all.push(Group {
            answer: self.selector.answer(description),
            group_chat: description.group_chat,
            organizer: description.organizer,
            named_user: None,
            users: 0,
            pool,
            state,
            came_from_r2: home == ServerVersion::Ocs2007R2,
            hops: Vec::new(),
            before: (pool, state),
            path: 0,
            route: self.routes.begin(pool),
        });
    }

    /// Gives every user whom some `where` names by SIP address a group of their own.
    fn part_named_users(&mut self) {
        let named: HashSet<&str> = self
            .plan
            .filters()
            .flat_map(|filter| &filter.conditions)
            .filter_map(|condition| match condition {
                Condition::Sip(addresses) => Some(addresses.iter().map(String::as_str)),
                _ => None,
            })
            .flatten()
            .collect();
        if named.is_empty() {
            return;
        }
        let inventory = self.inventory;
        for (user, shape) in inventory.users.shapes().enumerate() {
            if named.contains(&*inventory.users.sip(user).text()) {
                let crowd = self.crowds.of_shape[shape];
                let people = inventory.people(user);
                let part = self.part(self.crowds.all[crowd as usize].group as usize, people);
                self.all[part].named_user = u32::try_from(user).ok();
                self.crowds
                    .part(crowd, &[number(user)], people, number(part));
            }
        }
    }

    /// Takes so many users out of a group into a new one; gives the new group's position.
    fn part(&mut self, index: usize, users: u64) -> usize {
        let mut part = self.all[index].clone();
        self.all[index].users -= users;
        part.users = users;
        self.all.push(part);
        self.all.len() - 1
    }

    /// The documents.
    pub(super) fn knowledge(&self) -> &'a KnowledgeBase {
        self.knowledge
    }

    /// The groups that have users.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.all.iter().filter(|group| group.users > 0)
    }

    /// Organizers by server version.
    pub(super) fn organizers(&self) -> [u64; 3] {
        let mut organizers = [0; 3];
        for group in self.iter().filter(|group| group.organizer) {
            organizers[group.state.home.index()] += group.users;
        }
        organizers
    }

    /// Plays one stage: moves, client changes, chat migrations, retirement (contract section 3).
    pub(super) fn play(
        &mut self,
        stage: &'a Stage,
        position: usize,
        live: &mut LivePools<'a>,
    ) -> StageEffect {
        for group in &mut self.all {
            group.before = (group.pool, group.state);
        }
        live.begin(stage, position);
        let moved = self.move_users(&stage.moves);
        for (number, (operation, moved)) in stage.moves.iter().zip(moved).enumerate() {
            live.check_move(operation, number);
            if !moved {
                live.matched_nobody("move", number, operation.line);
            }
        }
        let changed = self.change_clients(&stage.clients);
        for (number, (change, changed)) in stage.clients.iter().zip(changed).enumerate() {
            if !changed {
                live.matched_nobody("client", number, change.line);
            }
        }
        for migration in &stage.chats {
            let ahead = self.users_behind(migration.chat.0, migration.to);
            live.check_chat(migration, ahead);
            let chat = &mut self.chats[usize::from(migration.chat.0)];
            chat.generation = migration.to;
            chat.legacy_endpoint = migration.legacy_endpoint;
        }
        if !(self.chats_last && stage.chats.is_empty()) {
            self.set_chats();
        }
        live.end(stage, self);
        self.record(position)
    }

    /// The chat deployment that serves a group: the first that matches.
    fn serving(&self, group: &Group) -> Option<usize> {
        self.chat_filters
            .iter()
            .position(|filter| self.selector.matches(filter, group))
    }

    fn set_chats(&mut self) {
        if self.chats.is_empty() {
            return;
        }
        for index in 0..self.all.len() {
            let group = &self.all[index];
            if group.group_chat {
                let chat = self.serving(group).map(|chat| self.chats[chat]);
                self.all[index].state.chat = chat;
            }
        }
    }

    /// Group Chat users whom a deployment serves and who are homed on a version older than this.
    fn users_behind(&self, chat: u16, version: ServerVersion) -> u64 {
        let behind = self.iter().filter(|group| {
            group.group_chat
                && group.state.home < version
                && self.serving(group) == Some(usize::from(chat))
        });
        behind.map(|group| group.users).sum()
    }

    /// Adds a step to the path of every group that changed, and sums up the stage.
    fn record(&mut self, position: usize) -> StageEffect {
        let mut effect = StageEffect::default();
        for group in self.all.iter_mut().filter(|group| group.users > 0) {
            if group.organizer {
                effect.organizers[group.state.home.index()] += group.users;
            }
            if group.pool != group.before.0 {
                effect.users_moved += group.users;
                group.route = self.routes.go_on(group.route, position, group.pool);
            }
            if group.state.endpoints != group.before.1.endpoints {
                effect.users_reclient += group.users;
            }
            let hops = std::mem::take(&mut group.hops);
            if !hops.is_empty() || group.state != group.before.1 {
                let step = Step {
                    stage: position,
                    state: group.state,
                    hops,
                };
                group.path = self.paths.go_on(group.path, step);
            }
        }
        effect
    }

    /// Where everybody stands now, to come back to with [`Self::go_back`].
    pub(super) fn standing(&self) -> Standing {
        Standing {
            all: self.all.clone(),
            crowds: self.crowds.clone(),
            chats: self.chats.clone(),
        }
    }

    /// Takes everybody back to where they stood. Paths and routes that were made since stay: they are true of whoever comes
    /// through them again.
    pub(super) fn go_back(&mut self, standing: &Standing) {
        self.all.clone_from(&standing.all);
        self.crowds.clone_from(&standing.crowds);
        self.chats.clone_from(&standing.chats);
    }

    /// The different paths, and which user takes which. Who is in which crowd is handed over where nobody is played again.
    pub(super) fn timeline_parts(&mut self, is_last: bool) -> (Vec<Path>, Membership) {
        let parted = if is_last {
            std::mem::take(&mut self.crowds.parted)
        } else {
            self.crowds.parted.clone()
        };
        let crowds = &self.crowds;
        let group = |crowd: &Crowd| &self.all[crowd.group as usize];
        let (paths, path_of_crowd) = self.paths.finish(
            &crowds.traits,
            crowds
                .all
                .iter()
                .map(|crowd| (crowd.traits, group(crowd).path, crowd.users)),
        );
        let route_of_crowd = crowds.all.iter().map(|crowd| group(crowd).route).collect();
        let membership = Membership::new(
            (crowds.of_shape.clone(), parted),
            (path_of_crowd, route_of_crowd),
            self.routes.complete(),
        );
        (paths, membership)
    }
}

/// A position as it is stored.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).expect("groups are fewer than users, which fit u32")
}
