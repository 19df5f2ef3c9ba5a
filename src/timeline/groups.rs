//! Groups of users who have been treated alike so far, and what the operations of a stage do to them.
//!
//! A group begins as all shapes of the inventory that no operation of the plan can tell apart. It is split only where an
//! operation names single users: by SIP address in a `where`, or by a `limit`.

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::live::LivePools;
use super::membership::Membership;
use super::paths::Paths;
use super::routes::Routes;
use super::selection::{Selection, Selector};
use super::traits::TraitRule;
use super::{ChatServer, Hop, Path, StageEffect, State, Step, Traits};
use crate::inventory::{Inventory, Shape};
use crate::knowledge::KnowledgeBase;
use crate::model::{Client, EndpointSet, Level, Reading, ServerVersion};
use crate::plan::{ClientChange, ClientOperation, Condition, Move, Plan, PoolIndex, Stage};

/// Users who have been treated alike so far.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// One of their shapes; the others answer every `where` of the plan as this one does.
    pub(super) shape: u32,
    /// The one user of the group, where some `where` names the SIP address.
    pub(super) named_user: Option<u32>,
    /// How many.
    pub(super) users: u64,
    /// Their home pool.
    pub(super) pool: PoolIndex,
    /// What never changes.
    traits: Traits,
    /// Everything that changes.
    pub(super) state: State,
    came_from_r2: bool,
    hops: Vec<Hop>,
    /// Pool and endpoints when the stage began.
    before: (PoolIndex, EndpointSet),
    /// Their path so far.
    path: u32,
    /// Their route so far.
    route: u32,
}

/// Where all groups stand at one moment.
pub(super) struct Standing {
    all: Vec<Group>,
    group_of_user: Option<Vec<u32>>,
    chats: Vec<ChatServer>,
}

/// All groups, and the paths they have gone.
pub(super) struct Groups<'a> {
    plan: &'a Plan,
    inventory: &'a Inventory,
    knowledge: &'a KnowledgeBase,
    selector: Selector<'a>,
    all: Vec<Group>,
    group_of_shape: Vec<u32>,
    group_of_user: Option<Vec<u32>>,
    chats: Vec<ChatServer>,
    chat_filters: Vec<Selection>,
    paths: Paths,
    routes: Routes,
}

impl<'a> Groups<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        inventory: &'a Inventory,
        knowledge: &'a KnowledgeBase,
    ) -> Self {
        let selector = Selector::new(inventory, plan.columns.len());
        let chat_filters = plan
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
            group_of_shape: Vec::with_capacity(inventory.shapes.len()),
            group_of_user: None,
            chats: chats.collect(),
            chat_filters,
            paths: Paths::default(),
            routes: Routes::default(),
        };
        groups.begin();
        groups
    }

    fn begin(&mut self) {
        let rule = TraitRule::new(self.plan, self.knowledge);
        let answers = self.selector.answers(self.plan);
        let mut group_of_kind: FxHashMap<(Traits, PoolIndex, EndpointSet, u32), u32> =
            FxHashMap::default();
        for (shape, description) in (0_u32..).zip(&self.inventory.shapes) {
            let (traits, pool) = (rule.traits(description), PoolIndex(description.pool));
            let kind = (traits, pool, description.endpoints, answers[shape as usize]);
            let next = number(self.all.len());
            let group = *group_of_kind.entry(kind).or_insert(next);
            if group == next {
                self.begin_group(shape, traits);
            }
            self.group_of_shape.push(group);
        }
        for (shape, users) in population(self.inventory).into_iter().enumerate() {
            self.all[self.group_of_shape[shape] as usize].users += users;
        }
        self.part_named_users();
        self.set_chats();
        for group in &mut self.all {
            group.path = self.paths.begin(group.traits, group.state);
        }
    }

    fn begin_group(&mut self, shape: u32, traits: Traits) {
        let description = &self.inventory.shapes[shape as usize];
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
            shape,
            named_user: None,
            users: 0,
            pool,
            traits,
            state,
            came_from_r2: home == ServerVersion::Ocs2007R2,
            hops: Vec::new(),
            before: (pool, description.endpoints),
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
        for user in 0..self.inventory.users.len() {
            if named.contains(&*self.inventory.users.sip(user).text()) {
                let index = self.group_of_shape[self.inventory.users.shape(user)] as usize;
                let part = self.part(index, self.inventory.people(user));
                self.all[part].named_user = u32::try_from(user).ok();
                self.groups_of_users()[user] =
                    u32::try_from(part).expect("groups are fewer than users, which fit u32");
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

    fn groups_of_users(&mut self) -> &mut Vec<u32> {
        let (users, group_of_shape) = (&self.inventory.users, &self.group_of_shape);
        self.group_of_user.get_or_insert_with(|| {
            (0..users.len())
                .map(|user| group_of_shape[users.shape(user)])
                .collect()
        })
    }

    /// The documents.
    pub(super) fn knowledge(&self) -> &'a KnowledgeBase {
        self.knowledge
    }

    fn shape(&self, group: &Group) -> &'a Shape {
        &self.inventory.shapes[group.shape as usize]
    }

    /// The groups that have users.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.all.iter().filter(|group| group.users > 0)
    }

    /// Organizers by server version.
    pub(super) fn organizers(&self) -> [u64; 3] {
        let mut organizers = [0; 3];
        for group in self.iter().filter(|group| self.shape(group).organizer) {
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
            group.before = (group.pool, group.state.endpoints);
        }
        live.begin(stage, position);
        for (number, operation) in stage.moves.iter().enumerate() {
            live.check_move(operation, number);
            if !self.move_users(operation) {
                live.matched_nobody("move", number, operation.line);
            }
        }
        for (number, change) in stage.clients.iter().enumerate() {
            if !self.change_clients(change) {
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
        self.set_chats();
        live.end(stage, self);
        self.record(position)
    }

    /// Moves the users an operation selects; says whether any user's pool changed.
    fn move_users(&mut self, operation: &Move) -> bool {
        let selection = self.selector.ready(&operation.filter);
        let mut selected: Vec<usize> = (0..self.all.len())
            .filter(|&index| {
                let group = &self.all[index];
                group.users > 0
                    && operation.from.contains(&group.pool)
                    && self.selector.matches(&selection, group)
            })
            .collect();
        if let Some(limit) = operation.limit {
            selected = self.first_users(&selected, limit);
        }
        let mut changed = false;
        for index in selected {
            changed |= self.all[index].pool != operation.to;
            self.move_group(index, operation.to);
        }
        changed
    }

    /// The groups of the first so many users of some groups, in ascending order of SIP address; groups are split for it.
    fn first_users(&mut self, selected: &[usize], limit: u64) -> Vec<usize> {
        let total: u64 = selected.iter().map(|&index| self.all[index].users).sum();
        let Some(limit) = usize::try_from(limit)
            .ok()
            .filter(|&limit| (limit as u64) < total)
        else {
            return selected.to_vec();
        };
        let mut is_selected = vec![false; self.all.len()];
        for &index in selected {
            is_selected[index] = true;
        }
        let users = &self.inventory.users;
        let group_of_user = self.groups_of_users();
        let mut candidates: Vec<usize> = (0..users.len())
            .filter(|&user| is_selected[group_of_user[user] as usize])
            .collect();
        if limit < candidates.len() {
            candidates.select_nth_unstable_by(limit, |&a, &b| users.sip(a).cmp(&users.sip(b)));
            candidates.truncate(limit);
        }
        let mut chosen: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for user in candidates {
            chosen.entry(group_of_user[user]).or_default().push(user);
        }
        chosen
            .into_iter()
            .map(|(group, members)| self.part_members(group as usize, &members))
            .collect()
    }

    /// The group of exactly these members of a group.
    fn part_members(&mut self, index: usize, members: &[usize]) -> usize {
        let count = members.len() as u64;
        if self.all[index].users == count {
            return index;
        }
        let part = self.part(index, count);
        let group = u32::try_from(part).expect("groups are fewer than users, which fit u32");
        let group_of_user = self.groups_of_users();
        for &user in members {
            group_of_user[user] = group;
        }
        part
    }

    fn move_group(&mut self, index: usize, to: PoolIndex) {
        let home = self.plan.pool(to).server;
        let is_organizer = self.inventory.shapes[self.all[index].shape as usize].organizer;
        let group = &mut self.all[index];
        group.pool = to;
        if group.state.home == home {
            return;
        }
        if is_organizer {
            let hop = Hop {
                from: group.state.home,
                to: home,
                came_from_r2: group.came_from_r2,
            };
            let imposed = self
                .knowledge
                .existing_meetings(hop.from, hop.to, hop.came_from_r2)
                .levels;
            for reading in Reading::ALL {
                let level = &mut group.state.existing_meetings[reading.index()];
                // Existing meetings never improve by themselves (contract section 4.4).
                *level = (*level).min(imposed.get(*reading));
            }
            group.hops.push(hop);
        }
        group.state.home = home;
        group.came_from_r2 |= home == ServerVersion::Ocs2007R2;
    }

    /// Changes the endpoints of the users an operation selects; says whether any user's endpoints changed.
    fn change_clients(&mut self, change: &ClientChange) -> bool {
        let selection = self.selector.ready(&change.filter);
        let mut changed = false;
        for index in 0..self.all.len() {
            let group = &self.all[index];
            if group.users > 0 && self.selector.matches(&selection, group) {
                let state = &mut self.all[index].state;
                let before = state.endpoints;
                change_endpoints(state, change.operation);
                changed |= state.endpoints != before;
            }
        }
        changed
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
            if self.shape(group).group_chat {
                let chat = self.serving(group).map(|chat| self.chats[chat]);
                self.all[index].state.chat = chat;
            }
        }
    }

    /// Group Chat users whom a deployment serves and who are homed on a version older than this.
    fn users_behind(&self, chat: u16, version: ServerVersion) -> u64 {
        let behind = self.iter().filter(|group| {
            self.shape(group).group_chat
                && group.state.home < version
                && self.serving(group) == Some(usize::from(chat))
        });
        behind.map(|group| group.users).sum()
    }

    /// Adds a step to the path of every group that changed, and sums up the stage.
    fn record(&mut self, position: usize) -> StageEffect {
        let mut effect = StageEffect {
            organizers: self.organizers(),
            ..StageEffect::default()
        };
        for group in self.all.iter_mut().filter(|group| group.users > 0) {
            if group.pool != group.before.0 {
                effect.users_moved += group.users;
                group.route = self.routes.go_on(group.route, position, group.pool);
            }
            if group.state.endpoints != group.before.1 {
                effect.users_reclient += group.users;
            }
            let hops = std::mem::take(&mut group.hops);
            if !hops.is_empty() || group.state != self.paths.state(group.path) {
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
            group_of_user: self.group_of_user.clone(),
            chats: self.chats.clone(),
        }
    }

    /// Takes everybody back to where they stood. Paths and routes that were made since stay: they are true of whoever comes
    /// through them again.
    pub(super) fn go_back(&mut self, standing: &Standing) {
        self.all.clone_from(&standing.all);
        self.group_of_user.clone_from(&standing.group_of_user);
        self.chats.clone_from(&standing.chats);
    }

    /// The different paths, and which user takes which.
    pub(super) fn timeline_parts(&self) -> (Vec<Path>, Membership) {
        let (paths, path_of_group) = self
            .paths
            .finish(self.all.iter().map(|group| (group.path, group.users)));
        let membership = Membership {
            group_of_shape: self.group_of_shape.clone(),
            group_of_user: self.group_of_user.clone(),
            paths: path_of_group,
            route_of_group: self.all.iter().map(|group| group.route).collect(),
            routes: self.routes.complete(),
            cohorts: OnceLock::new(),
        };
        (paths, membership)
    }
}

/// A position as it is stored.
fn number(position: usize) -> u32 {
    u32::try_from(position).expect("groups are fewer than users, which fit u32")
}

/// How many users have each shape.
fn population(inventory: &Inventory) -> Vec<u64> {
    let mut population = vec![0; inventory.shapes.len()];
    for user in 0..inventory.users.len() {
        population[inventory.users.shape(user)] += inventory.people(user);
    }
    population
}

fn change_endpoints(state: &mut State, operation: ClientOperation) {
    match operation {
        ClientOperation::Replace { drop, with } if state.endpoints.has_any(drop) => {
            replace_endpoints(state, drop, Some(with));
        }
        ClientOperation::Replace { .. } => {}
        ClientOperation::Add(client) => replace_endpoints(state, EndpointSet::EMPTY, Some(client)),
        ClientOperation::Remove(drop) => replace_endpoints(state, drop, None),
    }
}

/// Drops endpoints and adds one. An endpoint that was not there before counts as brought by the plan, with its add-in, for
/// as long as it is there (contract section 4.4).
fn replace_endpoints(state: &mut State, drop: EndpointSet, with: Option<Client>) {
    let before = state.endpoints;
    let kept = before.without(drop);
    let after = with.map_or(kept, |client| kept.with(client));
    let new = after.without(before);
    state.brought = state.brought.common(after).union(new);
    state.endpoints = after;
}
