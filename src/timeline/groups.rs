//! Groups of users who have been treated alike so far, and what the stages make of them.
//!
//! A group begins as all shapes of the inventory that no operation of the plan can tell apart. It is split only where an
//! operation names single users: by SIP address in a `where`, or by a `limit`. Within it, `crowds` tell apart what no operation
//! asks for. What becomes of one group has nothing to do with the others but where a `limit` counts their users, so stages are
//! made a list of acts, and each thread does all of them to its own stretch of the groups.

mod acts;
mod beginning;
mod limits;
mod operations;

use super::crowds::{Crowd, Crowds};
use super::membership::Membership;
use super::selection::{Selection, Selector};
use super::ways::Ways;
use super::{ChatServer, Hop, Path, State};
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::plan::{Plan, PoolIndex};
use crate::threads::{Threads, on_threads};
use acts::Act;

pub(super) use acts::Tally;

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

/// What is the same for all groups.
struct Setting<'a> {
    plan: &'a Plan,
    inventory: &'a Inventory,
    knowledge: &'a KnowledgeBase,
    selector: Selector<'a>,
    chat_filters: Vec<Selection>,
}

/// All groups, and the ways they have gone.
pub(super) struct Groups<'a> {
    setting: Setting<'a>,
    threads: Threads,
    all: Vec<Group>,
    crowds: Crowds,
    /// The chat deployments as they are now.
    chats: Vec<ChatServer>,
    /// Is everybody served by the same deployment to the end, whatever they do?
    chats_last: bool,
    ways: Ways,
}

/// A thread for fewer groups costs more than it saves.
const WORTH_A_THREAD: usize = 1 << 9;

impl<'a> Groups<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        inventory: &'a Inventory,
        knowledge: &'a KnowledgeBase,
        threads: Threads,
    ) -> Self {
        let selector = Selector::new(inventory, plan);
        let chats = plan.chats.iter();
        let chat_filters: Vec<Selection> = chats.map(|chat| selector.ready(&chat.filter)).collect();
        let chats = plan.chats.iter().map(|chat| ChatServer {
            generation: chat.server,
            legacy_endpoint: chat.legacy_endpoint,
            persistent_chat_enabled: chat.persistent_chat_enabled,
        });
        let mut groups = Self {
            threads,
            all: Vec::new(),
            crowds: Crowds::default(),
            chats: chats.collect(),
            chats_last: chat_filters.iter().all(Selection::is_lasting),
            setting: Setting {
                plan,
                inventory,
                knowledge,
                selector,
                chat_filters,
            },
            ways: Ways::default(),
        };
        groups.begin();
        groups
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
        self.setting.knowledge
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

    /// Does these acts to every group that has users, and adds up what comes of them by stage. Each thread has a stretch of
    /// the groups; the ways that begin in it are put behind those of the stretches before it.
    fn play_acts(&mut self, acts: &[Act], tallies: &mut [Tally]) {
        let stretch = self.all.len().div_ceil(self.threads.get());
        let stretch = stretch.max(WORTH_A_THREAD);
        let others = self.all.len().div_ceil(stretch).saturating_sub(1);
        let mut beside: Vec<Ways> = (0..others).map(|_| self.ways.beside()).collect();
        let ways = std::iter::once(&mut self.ways).chain(&mut beside);
        let blank: Vec<Tally> = tallies.iter().map(Tally::blank).collect();
        let setting = &self.setting;
        let played = on_threads(self.all.chunks_mut(stretch).zip(ways), |(groups, ways)| {
            let mut tallies = blank.clone();
            for group in groups.iter_mut().filter(|group| group.users > 0) {
                setting.play(group, acts, ways, &mut tallies);
            }
            tallies
        });
        for part in played {
            for (tally, more) in tallies.iter_mut().zip(part) {
                tally.add(more);
            }
        }
        for (groups, ways) in self.all.chunks_mut(stretch).skip(1).zip(beside) {
            let taken = self.ways.take_in(ways);
            for group in groups.iter_mut().filter(|group| group.users > 0) {
                group.path = taken.path(group.path);
                group.route = taken.route(group.route);
            }
        }
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
        let ends = crowds
            .all
            .iter()
            .map(|crowd| (crowd.traits, group(crowd).path, crowd.users));
        let (paths, path_of_crowd) = self.ways.paths.finish(&crowds.traits, ends, self.threads);
        let route_of_crowd = crowds.all.iter().map(|crowd| group(crowd).route).collect();
        let membership = Membership::new(
            (crowds.of_shape.clone(), parted),
            (path_of_crowd, route_of_crowd),
            self.ways.routes.complete(),
        );
        (paths, membership)
    }
}

/// A position as it is stored.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).expect("groups are fewer than users, which fit u32")
}
