//! Cross-user effects: whose move takes meetings away from how many others.
//!
//! When organizers change to another server version, their meetings are hosted there, and what a participant can do in them
//! depends on the participant's own clients. Contract section 4.4 counts this as `meeting-reach`; here it is told from the
//! organizers' side, stage by stage.

use std::collections::BTreeMap;

use super::{Context, Facet};
use crate::model::{EndpointSet, Level, ServerVersion};
use crate::plan::PoolIndex;
use crate::timeline::EventKind;

/// Organizers who change from one server version to another at one stage, and those who cannot follow.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The event's position in [`super::Report::events`].
    pub event: usize,
    /// Where the meetings were hosted.
    pub from: ServerVersion,
    /// Where they are hosted now.
    pub to: ServerVersion,
    /// Organizers who move.
    pub organizers: u64,
    /// The same by `old pool → new pool`.
    pub pools: Facet,
    /// Users who could join meetings hosted there before, as they are now, and cannot any more.
    pub cut_off: u64,
    /// Users who could join, and can only with restrictions now, or perhaps.
    pub restricted: u64,
    /// The clients of those cut off.
    pub clients: Facet,
    /// Of those cut off, how many could join with Lync Web App 2013.
    pub helped_by_web_app: u64,
}

/// The crossings of each phase, in order of events.
pub(super) fn by_phase(context: &Context<'_, '_>) -> Vec<Vec<Crossing>> {
    let mut phases: Vec<Vec<Crossing>> = vec![Vec::new(); context.spans.len()];
    let mut audience = Audience::new(context);
    for (event, outcome) in context.simulation.outcomes.iter().enumerate() {
        let EventKind::Stage(stage) = outcome.event.kind else {
            continue;
        };
        audience.pass(context, stage);
        for ((from, to), pools) in organizers_moved(context, stage) {
            let crossing = audience.crossing(context, event, (from, to), pools);
            phases[context.spans.phase_of_event[event]].push(crossing);
        }
    }
    phases
}

/// Organizers who change version at a stage, by versions, then by pools.
type Movers = BTreeMap<(ServerVersion, ServerVersion), BTreeMap<(PoolIndex, PoolIndex), u64>>;

fn organizers_moved(context: &Context<'_, '_>, stage: usize) -> Movers {
    let timeline = context.timeline;
    let mut movers = Movers::new();
    for cohort in timeline.cohorts() {
        let route = timeline.route(cohort);
        let is_organizer = timeline.inventory.shapes[cohort.shape].organizer;
        let moves = route
            .moves
            .binary_search_by_key(&stage, |&(moved, _)| moved);
        if cohort.users == 0 || !is_organizer || moves.is_err() {
            continue;
        }
        let pools = (route.before(stage), route.after(stage));
        let versions = (
            timeline.plan.pool(pools.0).server,
            timeline.plan.pool(pools.1).server,
        );
        if versions.0 != versions.1 {
            let pools = movers.entry(versions).or_default().entry(pools);
            *pools.or_default() += cohort.users;
        }
    }
    movers
}

/// All users by home version and clients, after the stages passed so far.
struct Audience {
    /// For each path, how many of its steps have happened.
    passed: Vec<usize>,
    now: BTreeMap<(ServerVersion, EndpointSet), u64>,
}

impl Audience {
    fn new(context: &Context<'_, '_>) -> Self {
        Self {
            passed: vec![0; context.timeline.paths.len()],
            now: BTreeMap::new(),
        }
    }

    fn pass(&mut self, context: &Context<'_, '_>, stage: usize) {
        self.now.clear();
        for (path, passed) in context.timeline.paths.iter().zip(&mut self.passed) {
            while path
                .steps
                .get(*passed)
                .is_some_and(|step| step.stage <= stage)
            {
                *passed += 1;
            }
            let state = match passed.checked_sub(1) {
                Some(last) => &path.steps[last].state,
                None => &path.start,
            };
            *self.now.entry((state.home, state.endpoints)).or_default() += path.users;
        }
    }

    fn crossing(
        &self,
        context: &Context<'_, '_>,
        event: usize,
        (from, to): (ServerVersion, ServerVersion),
        pools: BTreeMap<(PoolIndex, PoolIndex), u64>,
    ) -> Crossing {
        let mut crossing = Crossing {
            event,
            from,
            to,
            organizers: pools.values().sum(),
            pools: pool_facet(context, pools),
            cut_off: 0,
            restricted: 0,
            clients: Facet::default(),
            helped_by_web_app: 0,
        };
        let mut clients: BTreeMap<EndpointSet, u64> = BTreeMap::new();
        for (&(home, endpoints), &users) in &self.now {
            let (before, after) = (
                join(context, endpoints, home, from),
                join(context, endpoints, home, to),
            );
            if after >= before {
                continue;
            }
            if after > Level::None {
                crossing.restricted += users;
                continue;
            }
            crossing.cut_off += users;
            *clients.entry(endpoints).or_default() += users;
            let with = endpoints.with(crate::model::Client::LYNC_WEB_APP_2013);
            if join(context, with, home, to) >= Level::Limited {
                crossing.helped_by_web_app += users;
            }
        }
        let products = context.knowledge.products();
        crossing.clients = Facet::new(clients.into_iter().map(|(clients, users)| {
            let names: Vec<&str> = clients
                .iter()
                .map(|client| products.client_name(client))
                .collect();
            (names.join(" + "), users)
        }));
        crossing
    }
}

fn pool_facet(context: &Context<'_, '_>, pools: BTreeMap<(PoolIndex, PoolIndex), u64>) -> Facet {
    Facet::new(pools.into_iter().map(|((from, to), organizers)| {
        let text = format!("{} → {}", context.pool(from), context.pool(to));
        (text, organizers)
    }))
}

/// Joining a meeting with the best of some clients (contract section 4.4), in the report's reading.
fn join(
    context: &Context<'_, '_>,
    endpoints: EndpointSet,
    home: ServerVersion,
    host: ServerVersion,
) -> Level {
    let levels = endpoints
        .iter()
        .map(|client| context.knowledge.join(client, home, host).levels);
    levels
        .map(|levels| levels.get(context.simulation.reading))
        .max()
        .unwrap_or(Level::None)
}
