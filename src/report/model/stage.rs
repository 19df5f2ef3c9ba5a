//! What a plan does at each stage, with the users it does it to.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Context, Rollback, wording};
use crate::plan::{ClientChange, ClientOperation, Plan, PoolIndex, Stage};
use crate::timeline::EventKind;

/// A stage of the plan, in words and figures.
#[derive(Clone, Debug)]
pub struct StageRow {
    /// The event's position in [`super::Report::events`].
    pub event: usize,
    /// The position in the timeline's order of stages; batches are numbered by it, from 1.
    pub number: usize,
    /// The first and the last day on which the plan lets it stand, both included.
    pub window: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
    /// Pools that go live, by id.
    pub publish: Vec<String>,
    /// Users by pool before and after, most users first.
    pub moves: Vec<PoolMove>,
    /// What happens to clients, one sentence part for each operation.
    pub clients: Vec<String>,
    /// Chat deployments that are migrated, one sentence part each.
    pub chats: Vec<String>,
    /// Pools that are decommissioned, by id.
    pub retire: Vec<String>,
    /// The same pools, by their positions in the plan.
    pub retires: Vec<PoolIndex>,
    /// How to go back after it.
    pub rollback: Rollback,
}

impl StageRow {
    /// So many pairs of pools are named in one line; `report.json` has them all.
    const PAIRS: usize = 6;

    /// What it does, one line each: a word on what, and the rest.
    #[must_use]
    pub fn deeds(&self) -> Vec<(&'static str, String)> {
        let shown = self.moves.iter().take(Self::PAIRS);
        let mut moves: Vec<String> = shown
            .map(|users| {
                let PoolMove { from, to, users } = users;
                format!("{from} → {to} ({})", wording::number(*users))
            })
            .collect();
        let hidden = self.moves.len().saturating_sub(Self::PAIRS) as u64;
        if hidden > 0 {
            let more = wording::count(hidden, "more pair of pools", "more pairs of pools");
            moves.push(more);
        }
        let deeds = [
            ("Goes live", self.publish.join(", ")),
            ("Moves", moves.join("; ")),
            ("Clients", self.clients.join("; ")),
            ("Chat", self.chats.join("; ")),
            ("Decommissioned", self.retire.join(", ")),
        ];
        let deeds = deeds.into_iter().filter(|(_, text)| !text.is_empty());
        deeds.collect()
    }

    /// The days on which the plan lets it stand, in words; empty where it says nothing.
    #[must_use]
    pub fn window_days(&self) -> String {
        match self.window {
            None | Some((None, None)) => String::new(),
            Some((Some(from), Some(until))) => format!("{from} to {until}"),
            Some((Some(from), None)) => format!("from {from}"),
            Some((None, Some(until))) => format!("until {until}"),
        }
    }
}

/// Users who change from one pool to another at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolMove {
    /// The pool before, by id.
    pub from: String,
    /// The pool after, by id.
    pub to: String,
    /// How many.
    pub users: u64,
}

/// The stages among some events.
pub(super) fn rows(context: &Context<'_, '_>, events: &[usize]) -> Vec<StageRow> {
    let outcomes = &context.simulation.outcomes;
    let stages = events
        .iter()
        .filter_map(|&event| match outcomes[event].event.kind {
            EventKind::Stage(position) => Some((event, position)),
            _ => None,
        });
    stages
        .map(|(event, position)| row(context, event, position))
        .collect()
}

fn row(context: &Context<'_, '_>, event: usize, position: usize) -> StageRow {
    let plan = context.timeline.plan;
    let stage = &plan.stages[context.timeline.order[position].0];
    let clients = stage.clients.iter();
    StageRow {
        event,
        number: position + 1,
        window: stage.window.map(|window| (window.from, window.until)),
        publish: ids(context, &stage.publish),
        moves: moves(context, position),
        clients: clients
            .map(|change| client_words(context, change))
            .collect(),
        chats: chats(plan, stage),
        retire: ids(context, &stage.retire),
        retires: stage.retire.clone(),
        rollback: super::rollback::rollback(context, &[event]),
    }
}

fn ids(context: &Context<'_, '_>, pools: &[PoolIndex]) -> Vec<String> {
    pools.iter().map(|&pool| context.pool(pool)).collect()
}

fn chats(plan: &Plan, stage: &Stage) -> Vec<String> {
    let chats = stage.chats.iter().map(|migration| {
        let legacy = if migration.legacy_endpoint {
            ", with a legacy endpoint"
        } else {
            ""
        };
        let id = &plan.chat(migration.chat).id;
        format!("{id} to {}{legacy}", migration.to.name())
    });
    chats.collect()
}

fn client_words(context: &Context<'_, '_>, change: &ClientChange) -> String {
    let products = context.knowledge.products();
    let names = |clients: crate::model::EndpointSet| {
        let names: Vec<&str> = clients
            .iter()
            .map(|client| products.client_name(client))
            .collect();
        names.join(", ")
    };
    match change.operation {
        ClientOperation::Replace { drop, with } => {
            format!("{} instead of {}", products.client_name(with), names(drop))
        }
        ClientOperation::Add(client) => format!("{} added", products.client_name(client)),
        ClientOperation::Remove(drop) => format!("{} removed", names(drop)),
    }
}

fn moves(context: &Context<'_, '_>, position: usize) -> Vec<PoolMove> {
    let timeline = context.timeline;
    let mut users: BTreeMap<(PoolIndex, PoolIndex), u64> = BTreeMap::new();
    for cohort in timeline.cohorts() {
        let route = timeline.route(cohort);
        let moves = route
            .moves
            .binary_search_by_key(&position, |&(stage, _)| stage);
        if cohort.users > 0 && moves.is_ok() {
            let pools = (route.before(position), route.after(position));
            *users.entry(pools).or_default() += cohort.users;
        }
    }
    let mut moves: Vec<PoolMove> = users
        .into_iter()
        .map(|((from, to), users)| PoolMove {
            from: context.pool(from),
            to: context.pool(to),
            users,
        })
        .collect();
    moves.sort_by(|a, b| {
        let by_users = b.users.cmp(&a.users);
        by_users.then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
    });
    moves
}
