//! What happens to whom, and when: plan + inventory -> events in order, and the paths that users take through them.
//!
//! In: a [`Plan`] and an [`Inventory`] imported against it. Out: a [`Timeline`]. Users who start alike and are treated alike by
//! every stage share one [`Path`], so that everything after this module costs by the number of different users, not by their
//! number. Levels are not known here, but for what a move does to meetings that exist.

mod crowds;
mod endpoints;
mod events;
mod groups;
mod live;
mod membership;
mod orders;
mod pairs;
mod paths;
mod points;
mod routes;
mod selection;
mod traits;
mod ways;

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::finding::PlanCode;
use crate::inventory::Inventory;
use crate::knowledge::{KnowledgeBase, Rule};
use crate::model::{AddInSet, EndpointSet, Level, ProviderSet, ServerVersion};
use crate::plan::{Plan, StageOrder, stage_order};

pub use events::{
    Event, EventKind, events, events_on, horizon, horizon_on, outside_days, service_date,
};
pub use membership::Cohort;
pub use orders::Orders;
pub use pairs::path_pairs;
pub use routes::Route;

/// The chat deployment that serves a user, as far as levels depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChatServer {
    /// Its generation.
    pub generation: ServerVersion,
    /// Was a legacy endpoint configured?
    pub legacy_endpoint: bool,
    /// Is the Persistent Chat policy granted?
    pub persistent_chat_enabled: bool,
}

/// What changes about a user during the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The server version of the home pool.
    pub home: ServerVersion,
    /// The endpoints.
    pub endpoints: EndpointSet,
    /// Those of the endpoints that the plan added, each with its own scheduling add-in.
    pub brought: EndpointSet,
    /// The chat deployment that serves the user; always `None` for people who do not use Group Chat.
    pub chat: Option<ChatServer>,
    /// The level of existing meetings, by reading; full for people who do not schedule meetings.
    pub existing_meetings: [Level; 3],
}

/// A change of server version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hop {
    /// The version before.
    pub from: ServerVersion,
    /// The version after.
    pub to: ServerVersion,
    /// Was the user ever homed on OCS 2007 R2, at the baseline or later?
    pub came_from_r2: bool,
}

/// What a stage made of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The stage's position in [`Timeline::order`].
    pub stage: usize,
    /// The state after it.
    pub state: State,
    /// The changes of version in this stage, in order; kept for organizers only.
    pub hops: Vec<Hop>,
}

/// What never changes about a user during the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Traits {
    /// Uses Group Chat.
    pub group_chat: bool,
    /// Schedules meetings.
    pub organizer: bool,
    /// Has a Live Meeting client at the baseline.
    pub live_meeting: bool,
    /// The public IM providers used.
    pub providers: ProviderSet,
    /// First day without a Yahoo! license; `None` where no license ends before the service does in every reading.
    pub unlicensed_from: Option<NaiveDate>,
    /// The add-ins that the inventory names.
    pub add_ins: AddInSet,
}

/// The way of one or more users through the plan.
#[derive(Clone, Debug)]
pub struct Path {
    /// What never changes.
    pub traits: Traits,
    /// The state at the baseline.
    pub start: State,
    /// The stages that change the state, in order; kept once for all paths that have the same start and the same steps.
    pub steps: Arc<[Step]>,
    /// How many users take it.
    pub users: u64,
}

/// What a stage does to all users together.
#[derive(Clone, Debug, Default)]
pub struct StageEffect {
    /// Users whose pool changed.
    pub users_moved: u64,
    /// Users whose endpoints changed.
    pub users_reclient: u64,
    /// Organizers by the server version that hosts them, after the stage.
    pub organizers: [u64; 3],
}

/// The point of the timeline at which a risk of the plan shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// At the baseline.
    Baseline,
    /// After the stage at this position in [`Timeline::order`].
    Stage(usize),
    /// After the last event.
    End,
}

/// A risk of the plan itself, before its event is named.
#[derive(Clone, Debug)]
pub struct PlanRisk {
    /// What it is.
    pub code: PlanCode,
    /// When it shows.
    pub moment: Moment,
    /// The pool, deployment, application or operation concerned.
    pub subject: String,
    /// One sentence for a person, with the figures.
    pub message: String,
    /// The rules behind it.
    pub rules: Vec<Rule>,
}

/// Plan and inventory together: who goes which way.
#[derive(Debug)]
pub struct Timeline<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The inventory.
    pub inventory: &'a Inventory,
    /// The stages in the order in which they happen.
    pub order: StageOrder,
    /// What each stage does, in that order.
    pub effects: Vec<StageEffect>,
    /// Organizers by server version at the baseline.
    pub organizers: [u64; 3],
    /// The different ways through the plan.
    pub paths: Vec<Path>,
    /// The plan's own risks, in order of their moments.
    pub risks: Vec<PlanRisk>,
    membership: membership::Membership,
}

impl Timeline<'_> {
    /// The path of a user, as a position in [`Self::paths`].
    #[must_use]
    pub fn path_of(&self, user: usize) -> usize {
        self.membership.paths[self.membership.crowd_of(self.inventory, user)] as usize
    }

    /// The path of a user whose shape is known.
    #[inline]
    pub(crate) fn path_with_shape(&self, user: usize, shape: usize) -> usize {
        self.membership.path(user, shape)
    }

    /// Hands on users with their paths: the ones at these positions of an order, or the ones with these numbers.
    pub(crate) fn for_each_path(
        &self,
        order: Option<&[u32]>,
        positions: Range<usize>,
        take: impl FnMut(u32, usize),
    ) {
        self.membership
            .for_each_path(self.inventory, order, positions, take);
    }

    /// The cohort of a user, as a position in [`Self::cohorts`].
    #[must_use]
    pub fn cohort_of(&self, user: usize) -> usize {
        self.membership.cohort_of(self.inventory, user)
    }

    /// The cohorts, in the order of their first users.
    #[must_use]
    pub fn cohorts(&self) -> &[Cohort] {
        &self.membership.cohorts(self.inventory).list
    }

    /// The home pools of a cohort.
    #[must_use]
    pub fn route(&self, cohort: &Cohort) -> &Route {
        &self.membership.routes[cohort.route]
    }
}

/// Plays the plan's stages over the inventory.
///
/// In: a plan, and an inventory that was imported with the plan's pools and columns (and possibly further columns after
/// them). Out: the timeline, the same on any number of threads. Nothing can go wrong: a plan that does nobody any good has risks, not errors.
#[must_use]
pub fn build<'a>(
    plan: &'a Plan,
    inventory: &'a Inventory,
    knowledge: &KnowledgeBase,
    threads: NonZeroUsize,
) -> Timeline<'a> {
    let order = vec![stage_order(plan)];
    Orders::new(plan, inventory, knowledge, order, threads)
        .next()
        .expect("one order gives one timeline")
}
