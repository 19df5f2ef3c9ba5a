//! `moves/NN.csv` and `moves/NN.ps1`: for each stage that moves people, whom, and the commands that would do it.
//!
//! In: a [`Report`], the [`People`] behind it, and the plan's pools. Out: a list and a script for each stage. Nothing is ever run
//! here. The script reads the list, so no user's name stands in it; pools stand in it through `powershell_text`. An address
//! that is no plain SIP address is left out of the batch and stays in the list with the reason.

mod batch;
mod script;

use std::collections::BTreeMap;

use super::model::{People, Phase, Report, StageRow};
use crate::model::ServerVersion;
use crate::plan::PoolIndex;

pub use batch::{Written, write_list};
pub use script::script;

/// Do the scripts move, or say what they would do?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Earnest {
    /// Every command has `-WhatIf`.
    #[default]
    WhatIf,
    /// The commands move.
    ForReal,
}

/// The users of a stage who go from one pool to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Where they are.
    pub from: PoolIndex,
    /// Where they go.
    pub to: PoolIndex,
    /// How many.
    pub users: u64,
}

/// A stage that moves people.
#[derive(Debug)]
pub struct MovingStage<'r> {
    /// Its number in file names, from 1: its place among all stages.
    pub number: usize,
    /// The stage.
    pub row: &'r StageRow,
    /// Its phase.
    pub phase: &'r Phase,
    /// Its batches; those of most users first, then in the order of the plan's pools.
    pub batches: Vec<Batch>,
    /// For each route of the timeline the batch its users are in; routes beyond the last one that moves are in none.
    of_route: Vec<Option<u32>>,
}

impl MovingStage<'_> {
    /// The batch of the users who take a route.
    fn batch_of(&self, route: usize) -> Option<usize> {
        let batch = self.of_route.get(route).copied().flatten();
        batch.map(|batch| batch as usize)
    }

    /// The name of its files, without ending: `moves/03`.
    #[must_use]
    pub fn file(&self) -> String {
        format!("moves/{:02}", self.number)
    }
}

/// The stages that move people, in order.
#[must_use]
pub fn moving_stages<'r>(report: &'r Report, people: &People<'_>) -> Vec<MovingStage<'r>> {
    let mut stages: Vec<MovingStage<'r>> = Vec::new();
    for phase in &report.phases {
        for row in &phase.stages {
            let stage = moving_stage(phase, row, people);
            stages.extend((!stage.batches.is_empty()).then_some(stage));
        }
    }
    stages.sort_by_key(|stage| stage.number);
    stages
}

fn moving_stage<'r>(phase: &'r Phase, row: &'r StageRow, people: &People<'_>) -> MovingStage<'r> {
    let (timeline, position) = (people.timeline(), row.number - 1);
    let pair = |cohort| {
        let route = timeline.route(cohort);
        let pair = (route.before(position), route.after(position));
        (pair.0 != pair.1).then_some(pair)
    };
    let mut users: BTreeMap<(PoolIndex, PoolIndex), u64> = BTreeMap::new();
    for cohort in timeline.cohorts() {
        if let (Some(pair), 1..) = (pair(cohort), cohort.users) {
            *users.entry(pair).or_default() += cohort.users;
        }
    }
    let batches = users.into_iter();
    let mut batches: Vec<Batch> = batches
        .map(|((from, to), users)| Batch { from, to, users })
        .collect();
    batches.sort_by_key(|batch| std::cmp::Reverse(batch.users));
    let mut of_route = Vec::new();
    for cohort in timeline.cohorts() {
        if let Some(pair) = pair(cohort) {
            let is_it = |batch: &Batch| (batch.from, batch.to) == pair;
            let batch = batches.iter().position(is_it);
            if of_route.len() <= cohort.route {
                of_route.resize(cohort.route + 1, None);
            }
            of_route[cohort.route] = batch.and_then(|batch| u32::try_from(batch).ok());
        }
    }
    MovingStage {
        number: row.number,
        row,
        phase,
        of_route,
        batches,
    }
}

impl Batch {
    /// The cmdlet that moves its users: `Move-CsLegacyUser` from OCS 2007 R2 to a Lync Server, else `Move-CsUser`.
    #[must_use]
    pub fn cmdlet(&self, people: &People<'_>) -> &'static str {
        let plan = people.timeline().plan;
        let (from, to) = (plan.pool(self.from).server, plan.pool(self.to).server);
        if from == ServerVersion::Ocs2007R2 && to > from {
            "Move-CsLegacyUser"
        } else {
            "Move-CsUser"
        }
    }
}
