//! Groups of users who have been treated alike so far, and what the operations of a stage do to them.
//!
//! A group begins as one shape of the inventory. It is split only where an operation names single users: by SIP address in a
//! `where`, or by a `limit`.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::live::LivePools;
use super::routes::Routes;
use super::selection::{Selection, Selector};
use super::{ChatServer, Cohort, Hop, Membership, Path, StageEffect, State, Step, Traits, events};
use crate::inventory::{Inventory, Shape};
use crate::knowledge::KnowledgeBase;
use crate::model::{
    AddInSet, Client, EndpointSet, Level, Provider, ProviderSet, Reading, ServerVersion,
};
use crate::plan::{ClientChange, ClientOperation, Condition, Filter, Move, Plan, PoolIndex, Stage};

/// Users who have been treated alike so far.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Their shape.
    pub(super) shape: u32,
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
    /// Pool and endpoints when the stage began.
    before: (PoolIndex, EndpointSet),
    /// The last node of their path.
    node: u32,
    /// Their route so far.
    route: u32,
}

/// Where a path stands: its last step, and the node before it. Nodes without a step are beginnings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Node {
    before: Option<u32>,
    start: Option<(Traits, State)>,
    step: Option<Step>,
}

/// All groups, and the paths they have gone.
pub(super) struct Groups<'a> {
    plan: &'a Plan,
    inventory: &'a Inventory,
    knowledge: &'a KnowledgeBase,
    selector: Selector<'a>,
    all: Vec<Group>,
    group_of_user: Option<Vec<u32>>,
    chats: Vec<ChatServer>,
    chat_filters: Vec<Selection>,
    nodes: Vec<Node>,
    node_ids: HashMap<Node, u32>,
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
            all: Vec::with_capacity(inventory.shapes.len()),
            group_of_user: None,
            chats: chats.collect(),
            chat_filters,
            nodes: Vec::new(),
            node_ids: HashMap::new(),
            routes: Routes::default(),
        };
        groups.begin();
        groups
    }

    fn begin(&mut self) {
        for (shape, description) in (0_u32..).zip(&self.inventory.shapes) {
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
                state,
                came_from_r2: home == ServerVersion::Ocs2007R2,
                hops: Vec::new(),
                before: (pool, description.endpoints),
                node: 0,
                route: self.routes.begin(pool),
            });
        }
        for user in 0..self.inventory.users.len() {
            self.all[self.inventory.users.shape(user)].users += 1;
        }
        self.part_named_users();
        self.set_chats();
        self.begin_paths();
    }

    fn begin_paths(&mut self) {
        let license = LicenseRule::new(self.plan, self.knowledge);
        for index in 0..self.all.len() {
            let group = &self.all[index];
            let traits = license.traits(&self.inventory.shapes[group.shape as usize]);
            let node = Node {
                before: None,
                start: Some((traits, group.state)),
                step: None,
            };
            self.all[index].node = self.node(node);
        }
    }

    /// Gives every user whom some `where` names by SIP address a group of their own.
    fn part_named_users(&mut self) {
        let named: HashSet<&str> = filters(self.plan)
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
            if named.contains(self.inventory.users.sip(user)) {
                let index = self.inventory.users.shape(user);
                let part = self.part(index, 1);
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
        let users = &self.inventory.users;
        self.group_of_user.get_or_insert_with(|| {
            (0..users.len())
                .map(|user| u32::try_from(users.shape(user)).expect("shapes fit u32"))
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
            candidates.select_nth_unstable_by(limit, |&a, &b| users.sip(a).cmp(users.sip(b)));
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
        for index in 0..self.all.len() {
            let group = &mut self.all[index];
            if group.users == 0 {
                continue;
            }
            if group.pool != group.before.0 {
                effect.users_moved += group.users;
                group.route = self.routes.go_on(group.route, position, group.pool);
            }
            if group.state.endpoints != group.before.1 {
                effect.users_reclient += group.users;
            }
            let hops = std::mem::take(&mut group.hops);
            let (before, state) = (group.node, group.state);
            if !hops.is_empty() || state != self.nodes[before as usize].state() {
                let step = Step {
                    stage: position,
                    state,
                    hops,
                };
                self.all[index].node = self.node(Node {
                    before: Some(before),
                    start: None,
                    step: Some(step),
                });
            }
        }
        effect
    }

    fn node(&mut self, node: Node) -> u32 {
        if let Some(&id) = self.node_ids.get(&node) {
            return id;
        }
        let id = u32::try_from(self.nodes.len())
            .expect("nodes are fewer than users times stages, in practice far below u32");
        self.nodes.push(node.clone());
        self.node_ids.insert(node, id);
        id
    }

    /// The different paths, and which user takes which.
    pub(super) fn into_timeline_parts(self) -> (Vec<Path>, Membership) {
        let mut path_of_node: HashMap<u32, u32> = HashMap::new();
        let mut paths: Vec<Path> = Vec::new();
        let mut path_of_group = Vec::with_capacity(self.all.len());
        for group in &self.all {
            if group.users == 0 {
                // Nobody asks for the path of an empty group.
                path_of_group.push(0);
                continue;
            }
            let next =
                u32::try_from(paths.len()).expect("paths are fewer than users, which fit u32");
            let path = *path_of_node.entry(group.node).or_insert_with(|| {
                paths.push(path_to(&self.nodes, group.node));
                next
            });
            paths[path as usize].users += group.users;
            path_of_group.push(path);
        }
        let cohorts = self.all.iter().zip(&path_of_group);
        let membership = Membership {
            cohorts: cohorts.map(|(group, &path)| group.cohort(path)).collect(),
            cohort_of_user: self.group_of_user,
            paths: path_of_group,
            routes: self.routes.into_routes(),
        };
        (paths, membership)
    }
}

impl Group {
    fn cohort(&self, path: u32) -> Cohort {
        Cohort {
            shape: self.shape as usize,
            path: path as usize,
            route: self.route as usize,
            users: self.users,
        }
    }
}

impl Node {
    fn state(&self) -> State {
        match (&self.step, &self.start) {
            (Some(step), _) => step.state,
            (None, Some((_, state))) => *state,
            (None, None) => unreachable!("a node has a beginning or a step"),
        }
    }
}

/// Follows a path back from its last node.
fn path_to(nodes: &[Node], last: u32) -> Path {
    let mut steps = Vec::new();
    let mut at = &nodes[last as usize];
    while let (Some(step), Some(before)) = (&at.step, at.before) {
        steps.push(step.clone());
        at = &nodes[before as usize];
    }
    steps.reverse();
    let (traits, start) = at
        .start
        .expect("the first node of a path has its beginning");
    Path {
        traits,
        start,
        steps,
        users: 0,
    }
}

/// Every `where` of a plan.
fn filters(plan: &Plan) -> impl Iterator<Item = &Filter> {
    let of_stages = plan.stages.iter().flat_map(|stage| {
        let moves = stage.moves.iter().map(|operation| &operation.filter);
        moves.chain(stage.clients.iter().map(|change| &change.filter))
    });
    plan.chats.iter().map(|chat| &chat.filter).chain(of_stages)
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

/// What is needed to say when a user's Yahoo! license ends.
struct LicenseRule {
    provisioned: ProviderSet,
    plan_until: Option<NaiveDate>,
    baseline: NaiveDate,
    /// From this day on no reading has the service any more.
    service_end: Option<NaiveDate>,
}

impl LicenseRule {
    fn new(plan: &Plan, knowledge: &KnowledgeBase) -> Self {
        let ends = Reading::ALL
            .iter()
            .filter_map(|&reading| events::yahoo_end(plan, knowledge, reading));
        Self {
            provisioned: plan.provisioned,
            plan_until: plan.yahoo_license_until,
            baseline: plan.baseline,
            service_end: ends.max(),
        }
    }

    /// What never changes about a user. What cannot matter is left out, so that more users share a path.
    fn traits(&self, shape: &Shape) -> Traits {
        let assumed = shape.pic_enabled && shape.providers.is_empty();
        let providers = if assumed {
            self.provisioned
        } else {
            shape.providers
        };
        let uses_yahoo = providers.has(Provider::Yahoo);
        Traits {
            group_chat: shape.group_chat,
            organizer: shape.organizer,
            live_meeting: shape.endpoints.has(Client::LIVE_MEETING_2007),
            providers,
            unlicensed_from: if uses_yahoo {
                self.unlicensed_from(shape.license_end)
            } else {
                None
            },
            add_ins: if shape.organizer {
                shape.add_ins
            } else {
                AddInSet::EMPTY
            },
        }
    }

    /// First day without license: the day after the user's own last day, else after the plan's.
    fn unlicensed_from(&self, own: Option<NaiveDate>) -> Option<NaiveDate> {
        let first_without = own.or(self.plan_until)?.succ_opt()?;
        let first_without = first_without.max(self.baseline);
        (self.service_end.is_none_or(|end| first_without < end)).then_some(first_without)
    }
}
