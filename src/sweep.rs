//! A stage on every day of a range: who loses what depends on the day, exactly, not sampled.
//!
//! In: a plan, its inventory, the documents, and a [`Question`]: which stage, or stages as one block, from which day to which.
//! Out: a [`Sweep`]: intervals of days on which everybody finds the same, and why each begins where it does (contract section
//! 5.5). The answer can only change where a moving stage meets another event, so only such days are looked at; the inventory is
//! imported once, stages are played again only where their order changes, and people only where it concerns them.

mod block;
mod boundary;
pub mod grid;
mod interval;
mod replay;
mod sums;
pub mod weight;

use chrono::NaiveDate;

use crate::finding::Kind;
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Reading};
use crate::plan::shift::{Dates, Followers, obstacles};
use crate::plan::{Plan, StageIndex};
use crate::timeline::outside_days;
use block::{Block, Shifts};
use interval::Answered;
use replay::{Played, Replay, Scene, Turn};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The stages that move together, by the same number of days; the range is about the first of them. At least one.
    pub stages: Vec<StageIndex>,
    /// What stages do that come after them.
    pub along: Followers,
    /// First day on which the first stage shall stand.
    pub from: NaiveDate,
    /// Last day, included; not before the first.
    pub to: NaiveDate,
    /// The reading of the documents.
    pub reading: Reading,
}

/// An event of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweptEvent {
    /// Its public id.
    pub id: String,
    /// What happens, for a person.
    pub title: String,
    /// Its date in the plan as written.
    pub date: NaiveDate,
    /// Does it move in this sweep?
    pub moves: bool,
    /// Is it a stage of the plan?
    pub is_stage: bool,
}

/// A moving stage passes another event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The moving stage, as a position in [`Sweep::events`].
    pub stage: usize,
    /// The event, as a position in [`Sweep::events`].
    pub event: usize,
}

/// Findings of one kind that are more or fewer than on the days before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The event, as a position in [`Sweep::events`].
    pub event: usize,
    /// What changes.
    pub capability: Capability,
    /// How.
    pub kind: Kind,
    /// Users on the days before.
    pub before: u64,
    /// Users from here on.
    pub after: u64,
}

/// Why an interval begins where it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundary {
    /// What moving stages have passed since the interval before; empty where that one was not possible.
    pub passes: Vec<Pass>,
    /// Which counts of findings differ from the interval before; empty too where the same numbers of other people find them.
    pub differences: Vec<Difference>,
}

/// What holds in a feasible interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Users with at least one loss, by capability.
    pub lost: [u64; Capability::COUNT],
    /// User-days with the first stage on the first day; linear from there to the last.
    pub first: [u64; Capability::COUNT],
    /// User-days with the first stage on the last day.
    pub last: [u64; Capability::COUNT],
    /// Why it begins here.
    pub boundary: Boundary,
}

impl Answer {
    /// User-days on the day so many days after the first of so many days; linear between the first and the last.
    fn user_days_after(&self, days: i64, of: i64) -> [u64; Capability::COUNT] {
        std::array::from_fn(|index| {
            let (first, last) = (self.first[index], self.last[index]);
            let way = i128::from(last) - i128::from(first);
            let value = i128::from(first) + way * i128::from(days) / i128::from(of.max(1));
            u64::try_from(value).unwrap_or(0)
        })
    }
}

/// Can the stages stand there?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, and this is what it costs.
    Feasible(Box<Answer>),
    /// No: one sentence for each reason, as it is on the day next to the possible ones.
    Infeasible(Vec<String>),
}

/// Days in a row with the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, included.
    pub last_day: NaiveDate,
    /// What holds on them.
    pub verdict: Verdict,
}

impl Interval {
    /// The number of days, both ends included.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.last_day - self.first_day).num_days() + 1
    }

    /// User-days with the first stage on a day of the interval; `None` where it cannot stand.
    #[must_use]
    pub fn user_days_on(&self, day: NaiveDate) -> Option<[u64; Capability::COUNT]> {
        match &self.verdict {
            Verdict::Feasible(answer) => {
                let days = (day - self.first_day).num_days();
                Some(answer.user_days_after(days, self.days() - 1))
            }
            Verdict::Infeasible(_) => None,
        }
    }
}

/// The answer for every day of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// The ids of the stages that move together, the one that the days are about first.
    pub stages: Vec<String>,
    /// The ids of the stages that move along with them, in the order of the plan file.
    pub along: Vec<String>,
    /// Where the first stage stands in the plan.
    pub planned: NaiveDate,
    /// The reading of the documents.
    pub reading: Reading,
    /// The horizon of user-days, the same for every day; that day does not count.
    pub horizon: NaiveDate,
    /// The events of the possible days; empty where none is possible.
    pub events: Vec<SweptEvent>,
    /// The intervals, in order and without gaps from the first day asked for to the last.
    pub intervals: Vec<Interval>,
}

impl Sweep {
    /// The interval of a day; `None` outside the range.
    #[must_use]
    pub fn interval_of(&self, day: NaiveDate) -> Option<&Interval> {
        let position = self
            .intervals
            .partition_point(|interval| interval.last_day < day);
        self.intervals
            .get(position)
            .filter(|interval| interval.first_day <= day)
    }
}

/// Sweeps a range of days.
///
/// In: a plan whose dates agree with each other, an inventory that was imported with the plan's pools and columns. Out: the
/// answer for every day. `progress` is told how many orders of stages have been played, of how many.
#[must_use]
pub fn run(
    plan: &Plan,
    inventory: &Inventory,
    knowledge: &KnowledgeBase,
    question: &Question,
    progress: &mut dyn FnMut(usize, usize),
) -> Sweep {
    let block = Block::new(plan, &question.stages, question.along);
    let asked = block.shifts(question.from, question.to);
    let possible = block.possible(plan, asked);
    let parts = possible.map_or_else(Vec::new, |possible| {
        let outside = outside_days(plan, inventory, knowledge, question.reading);
        possible.cut(&block.cuts(plan, &outside, &block.members))
    });
    let planned = Dates::of(plan);
    let scenes: Vec<Scene> = parts
        .iter()
        .map(|shifts| Scene::new(plan, block.moved(&planned, shifts.first), 0))
        .collect();
    let replay = Replay {
        plan,
        inventory,
        knowledge,
        reading: question.reading,
        motions: &[block.motion(plan)],
        latest: &block.moved(&planned, possible.map_or(0, |possible| possible.last)),
    };
    let mut answers = Vec::with_capacity(scenes.len());
    let mut watch =
        |played: &Played<'_>, turn: Turn<'_, '_>| answers.push(Answered::new(played, &turn));
    let setting = replay.play(&scenes, &mut watch, progress);
    let feasible = interval::joined(&block, &parts, &answers, &setting.events);
    let id = |stage: &StageIndex| plan.stages[stage.0].id.clone();
    let along = block.members.iter();
    let along = along.filter(|stage| !question.stages.contains(stage));
    Sweep {
        stages: question.stages.iter().map(id).collect(),
        along: along.map(id).collect(),
        planned: block.lead,
        reading: question.reading,
        horizon: setting.horizon,
        intervals: intervals(plan, &block, asked, possible, feasible),
        events: setting.events,
    }
}

/// The feasible intervals, with the days before and after on which the stages cannot stand.
fn intervals(
    plan: &Plan,
    block: &Block,
    asked: Shifts,
    possible: Option<Shifts>,
    feasible: Vec<Interval>,
) -> Vec<Interval> {
    let infeasible = |first: i64, last: i64, nearest: i64| {
        (first <= last).then(|| Interval {
            first_day: block.day(first),
            last_day: block.day(last),
            verdict: Verdict::Infeasible(reasons(plan, block, nearest)),
        })
    };
    let Some(possible) = possible else {
        // The stages can stand where the plan has them, so an impossible range lies wholly before that or wholly after it.
        let nearest = if asked.last < 0 {
            asked.last
        } else {
            asked.first
        };
        let whole = infeasible(asked.first, asked.last, nearest);
        return whole.into_iter().collect();
    };
    let before = infeasible(asked.first, possible.first - 1, possible.first - 1);
    let after = infeasible(possible.last + 1, asked.last, possible.last + 1);
    before.into_iter().chain(feasible).chain(after).collect()
}

/// Why the block cannot stand so many days from where it stands.
fn reasons(plan: &Plan, block: &Block, shift: i64) -> Vec<String> {
    let dates = block.moved(&Dates::of(plan), shift);
    let obstacles = obstacles(plan, &dates);
    let reasons = obstacles
        .iter()
        .map(|obstacle| obstacle.describe(plan, &dates));
    reasons.collect()
}
