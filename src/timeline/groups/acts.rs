//! The stages of a plan as acts, each done to one group at a time.
//!
//! In: stages, one after the other. Out: what they do, in order, made ready for the inventory; a `limit` ends a list of acts,
//! because it has to know where all groups stand. What comes of the acts is added up by stage.

use super::super::selection::Selection;
use super::super::ways::Ways;
use super::super::{ChatServer, StageEffect, Step};
use super::operations::{Change, Moves};
use super::{Group, Groups, Setting};
use crate::model::ServerVersion;
use crate::plan::Stage;

/// Something that is done to a group.
pub(super) struct Act {
    /// In which of the stages, by its position among those that are played.
    pub(super) stage: usize,
    pub(super) deed: Deed,
}

/// What is done.
pub(super) enum Deed {
    /// The plan begins: so do path and route.
    Start,
    /// Moves without a limit.
    Move(Moves),
    /// All client changes of the stage.
    Change(Vec<Change>),
    /// Users of these deployments who are behind such a version are counted.
    Count(Vec<(usize, ServerVersion)>),
    /// Group Chat users are served by the deployments as they are now.
    Serve(Vec<ChatServer>),
    /// The stage, at this position of the timeline's order, ends.
    End(usize),
}

/// Acts as they are listed.
#[derive(Default)]
struct Acts {
    /// The stage of those that are added.
    stage: usize,
    list: Vec<Act>,
}

impl Acts {
    fn add(&mut self, deed: Deed) {
        let stage = self.stage;
        self.list.push(Act { stage, deed });
    }
}

/// What a stage did to all groups together.
#[derive(Clone, Default)]
pub(in super::super) struct Tally {
    /// For each move of the stage: did any user's pool change?
    pub(in super::super) moved: Vec<bool>,
    /// For each client change: did any user's endpoints change?
    pub(in super::super) changed: Vec<bool>,
    /// For each migration of chat: how many users whom it serves are homed on an older version.
    pub(in super::super) behind: Vec<u64>,
    /// How many users each pool has at the end of the stage; empty where the stage retires none.
    pub(in super::super) users_on: Vec<u64>,
    pub(in super::super) effect: StageEffect,
}

impl Tally {
    fn of(stage: &Stage, pools: usize) -> Self {
        Self {
            moved: vec![false; stage.moves.len()],
            changed: vec![false; stage.clients.len()],
            behind: vec![0; stage.chats.len()],
            users_on: match stage.retire.is_empty() {
                true => Vec::new(),
                false => vec![0; pools],
            },
            effect: StageEffect::default(),
        }
    }

    /// One in which nothing has been counted.
    pub(super) fn blank(&self) -> Self {
        Self {
            moved: vec![false; self.moved.len()],
            changed: vec![false; self.changed.len()],
            behind: vec![0; self.behind.len()],
            users_on: vec![0; self.users_on.len()],
            effect: StageEffect::default(),
        }
    }

    /// Adds what the same stage did to other groups.
    pub(super) fn add(&mut self, more: Self) {
        let or = |all: &mut [bool], more: Vec<bool>| {
            all.iter_mut()
                .zip(more)
                .for_each(|(all, more)| *all |= more);
        };
        let add = |all: &mut [u64], more: &[u64]| {
            all.iter_mut()
                .zip(more)
                .for_each(|(all, more)| *all += more);
        };
        or(&mut self.moved, more.moved);
        or(&mut self.changed, more.changed);
        add(&mut self.behind, &more.behind);
        add(&mut self.users_on, &more.users_on);
        self.effect.users_moved += more.effect.users_moved;
        self.effect.users_reclient += more.effect.users_reclient;
        add(&mut self.effect.organizers, &more.effect.organizers);
    }
}

impl Groups<'_> {
    /// Plays stages one after the other (contract section 3): of each its moves, client changes, chat migrations. So many
    /// have been played before. Gives what each did.
    pub(in super::super) fn play(&mut self, stages: &[&Stage], before: usize) -> Vec<Tally> {
        let pools = self.setting.plan.pools.len();
        let tallies = stages.iter().map(|stage| Tally::of(stage, pools));
        let mut tallies: Vec<Tally> = tallies.collect();
        let mut acts = Acts::default();
        for (number, stage) in stages.iter().enumerate() {
            acts.stage = number;
            let mut first = 0;
            // Moves without a limit are done to each group in one go; a limit has to know all groups.
            for moves in stage
                .moves
                .chunk_by(|a, b| a.limit.is_none() && b.limit.is_none())
            {
                match moves[0].limit {
                    None => {
                        let ready = self.setting.moves(moves, first);
                        ready.for_each(|moves| acts.add(Deed::Move(moves)));
                    }
                    Some(limit) => {
                        self.play_acts(&std::mem::take(&mut acts.list), &mut tallies);
                        tallies[number].moved[first] = self.move_first_users(&moves[0], limit);
                    }
                }
                first += moves.len();
            }
            self.after_moves(stage, &mut acts);
            acts.add(Deed::End(before + number));
        }
        self.play_acts(&acts.list, &mut tallies);
        tallies
    }

    fn after_moves(&mut self, stage: &Stage, acts: &mut Acts) {
        if !stage.clients.is_empty() {
            let changes = stage.clients.iter();
            let changes = changes.map(|change| self.setting.change(change));
            acts.add(Deed::Change(changes.collect()));
        }
        if !stage.chats.is_empty() {
            let migrations = stage.chats.iter();
            let migrations =
                migrations.map(|migration| (usize::from(migration.chat.0), migration.to));
            acts.add(Deed::Count(migrations.collect()));
        }
        for migration in &stage.chats {
            let chat = &mut self.chats[usize::from(migration.chat.0)];
            chat.generation = migration.to;
            chat.legacy_endpoint = migration.legacy_endpoint;
        }
        let is_served_alike = self.chats_last && stage.chats.is_empty();
        if !(is_served_alike || self.chats.is_empty()) {
            acts.add(Deed::Serve(self.chats.clone()));
        }
    }
}

impl Setting<'_> {
    /// Does acts to a group, in their order.
    pub(super) fn play(
        &self,
        group: &mut Group,
        acts: &[Act],
        ways: &mut Ways,
        tallies: &mut [Tally],
    ) {
        for Act { stage, deed } in acts {
            let tally = &mut tallies[*stage];
            match deed {
                Deed::Start => {
                    group.before = (group.pool, group.state);
                    group.path = ways.paths.begin(group.state);
                    group.route = ways.routes.begin(group.pool);
                }
                Deed::Move(moves) => self.move_group(group, moves, &mut tally.moved),
                Deed::Change(changes) => self.change_group(group, changes, &mut tally.changed),
                Deed::Count(migrations) => {
                    for (behind, &(chat, version)) in tally.behind.iter_mut().zip(migrations) {
                        if self.is_behind(group, chat, version) {
                            *behind += group.users;
                        }
                    }
                }
                Deed::Serve(chats) => {
                    if group.group_chat {
                        group.state.chat = self.serving(group).map(|chat| chats[chat]);
                    }
                }
                Deed::End(position) => {
                    if let Some(users) = tally.users_on.get_mut(usize::from(group.pool.0)) {
                        *users += group.users;
                    }
                    end_stage(group, *position, ways, &mut tally.effect);
                }
            }
        }
    }

    /// The chat deployment that serves a group: the first that matches.
    fn serving(&self, group: &Group) -> Option<usize> {
        let matches = |filter: &Selection| self.selector.matches(filter, group);
        self.chat_filters.iter().position(matches)
    }

    /// Are they Group Chat users whom a deployment serves, and homed on a version older than this?
    fn is_behind(&self, group: &Group, chat: usize, version: ServerVersion) -> bool {
        group.group_chat && group.state.home < version && self.serving(group) == Some(chat)
    }
}

/// Adds a step to the path of a group that has changed, and counts its users.
fn end_stage(group: &mut Group, position: usize, ways: &mut Ways, effect: &mut StageEffect) {
    if group.organizer {
        effect.organizers[group.state.home.index()] += group.users;
    }
    if group.pool != group.before.0 {
        effect.users_moved += group.users;
        group.route = ways.routes.go_on(group.route, position, group.pool);
        group.before.0 = group.pool;
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
        group.path = ways.paths.go_on(group.path, step);
        group.before.1 = group.state;
    }
}
