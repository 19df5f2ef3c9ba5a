//! Two stages on every pair of days, each moved on its own: exact, not sampled.
//!
//! In: a plan, its inventory, the documents, and a [`Question`]: two stages, each with a range of days. Out: a [`Grid`]: cells of
//! pairs of days on which everybody finds the same and user-days are linear in both days. A cell is a rectangle of days, cut
//! where the two stages pass each other. What it says of a pair of days is what a dry run with these two days says.

mod area;
mod join;
mod print;
mod scenes;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::replay::{Played, Replay, Turn};
use super::sums::Line;
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Reading};
use crate::plan::shift::{Dates, Followers};
use crate::plan::{Plan, StageIndex};
use crate::timeline::outside_days;
use join::{Cuts, Part, joined};
use print::{Print, Printer};
use scenes::{Outcome, Scenes};

/// A stage and the days on which it shall stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The stage.
    pub stage: StageIndex,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day, included; not before the first.
    pub to: NaiveDate,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Two different stages.
    pub ranges: [Range; 2],
    /// What stages do that come after them. One that comes after both moves by as many days as the one that moves further
    /// towards the future.
    pub along: Followers,
    /// The reading of the documents.
    pub reading: Reading,
}

/// One of the two stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Its id.
    pub stage: String,
    /// The ids of the stages that move along with it, in the order of the plan file; one that comes after both stages is here
    /// with each.
    pub along: Vec<String>,
    /// Where it stands in the plan.
    pub planned: NaiveDate,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day, included.
    pub to: NaiveDate,
    /// The days on which something begins that makes a difference for some day of the other stage, in order.
    pub points: Vec<Point>,
}

/// A day from which on the answer is another one, on some day of the other stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The first day on which it is.
    pub day: NaiveDate,
    /// The ids of the standing events that the stage, or one that moves along, comes after from this day on; empty where it
    /// becomes possible or impossible for it to stand there.
    pub passed: Vec<Passed>,
}

/// A stage that moves comes after an event that stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passed {
    /// The id of the stage.
    pub stage: String,
    /// The id of the event.
    pub event: String,
}

/// What holds in a cell in which both stages can stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Users with at least one loss, by capability.
    pub lost: [u64; Capability::COUNT],
    /// User-days as a function of the two shifts.
    lines: [Line; Capability::COUNT],
    planned: [NaiveDate; 2],
}

impl Answer {
    /// User-days with the stages on two days of the cell.
    #[must_use]
    pub fn user_days_on(&self, days: [NaiveDate; 2]) -> [u64; Capability::COUNT] {
        let shifts = [0, 1].map(|axis| (days[axis] - self.planned[axis]).num_days());
        self.lines
            .map(|line| u64::try_from(line.at(shifts)).unwrap_or(0))
    }

    /// How many user-days a day later of each stage adds, inside the cell.
    #[must_use]
    pub fn per_day(&self, capability: Capability) -> [i64; 2] {
        self.lines[capability.index()].per_day
    }
}

/// Can the stages stand there?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, and this is what it costs.
    Feasible(Box<Answer>),
    /// No: one sentence for each reason, as it is on the corner next to where the plan has the stages.
    Infeasible(Vec<String>),
}

/// Pairs of days with the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// First and last day of each stage, all included.
    pub days: [[NaiveDate; 2]; 2],
    /// The fewest and the most days from the first stage's day to the second's, negative where the second comes first; `None`
    /// where every pair of the days belongs to the cell.
    pub apart: Option<[i64; 2]>,
    /// The corners in order, between which user-days are linear.
    pub corners: Vec<[NaiveDate; 2]>,
    /// What holds there.
    pub verdict: Verdict,
}

impl Cell {
    /// Does a pair of days belong to it?
    #[must_use]
    pub fn holds(&self, days: [NaiveDate; 2]) -> bool {
        let apart = (days[1] - days[0]).num_days();
        let lies_within = |axis: usize| {
            let [first, last] = self.days[axis];
            (first..=last).contains(&days[axis])
        };
        let is_right = |[fewest, most]: [i64; 2]| (fewest..=most).contains(&apart);
        lies_within(0) && lies_within(1) && self.apart.is_none_or(is_right)
    }

    /// What holds there, where the stages can stand.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.verdict {
            Verdict::Feasible(answer) => Some(answer),
            Verdict::Infeasible(_) => None,
        }
    }
}

/// The answer for every pair of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The two stages.
    pub axes: [Axis; 2],
    /// The reading of the documents.
    pub reading: Reading,
    /// The horizon of user-days, the same for every pair; that day does not count.
    pub horizon: NaiveDate,
    /// The cells, by the first stage's days, then the second's, then by how far they are apart. Every pair of days of the two
    /// ranges belongs to exactly one.
    pub cells: Vec<Cell>,
}

impl Grid {
    /// The cell of a pair of days; `None` outside the ranges.
    #[must_use]
    pub fn cell_of(&self, days: [NaiveDate; 2]) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.holds(days))
    }

    /// Where the stages stand in the plan.
    #[must_use]
    pub fn planned(&self) -> [NaiveDate; 2] {
        [self.axes[0].planned, self.axes[1].planned]
    }
}

/// What holds in a scene, as far as a grid keeps it.
#[derive(Clone, Copy)]
struct Settled {
    lost: [u64; Capability::COUNT],
    lines: [Line; Capability::COUNT],
    print: Print,
}

/// Puts two stages on every pair of days of their ranges.
///
/// In: a plan whose dates agree with each other, an inventory that was imported with the plan's pools and columns. Out: the
/// answer for every pair. `progress` is told how many orders of stages have been played, of how many.
#[must_use]
pub fn run(
    plan: &Plan,
    inventory: &Inventory,
    knowledge: &KnowledgeBase,
    question: &Question,
    progress: &mut dyn FnMut(usize, usize),
) -> Grid {
    let outside = outside_days(plan, inventory, knowledge, question.reading);
    let scenes = Scenes::new(plan, question, &outside);
    let planned = Dates::of(plan);
    let replay = Replay {
        plan,
        inventory,
        knowledge,
        reading: question.reading,
        motions: &scenes.motions,
        latest: scenes.latest.as_ref().unwrap_or(&planned),
    };
    let (mut settled, mut printer) = (Vec::new(), Printer::default());
    let mut watch = |played: &Played<'_>, turn: Turn<'_, '_>| {
        settled.push(Settled {
            lost: played.sums.lost,
            lines: played.sums.user_days,
            print: printer.print(played, &turn),
        });
    };
    let setting = replay.play(&scenes.list, &mut watch, progress);
    let parts = parts(&scenes, &settled);
    let cuts = Cuts::new(&parts);
    let cells = joined(&parts, &cuts);
    Grid {
        axes: [0, 1].map(|axis| scenes.axis(axis, &cuts.0[axis], &setting.events)),
        reading: question.reading,
        horizon: setting.horizon,
        cells: cells
            .iter()
            .map(|cell| scenes.cell(cell.area, cell.part, &settled))
            .collect(),
    }
}

/// The parts of all scenes, numbered by what holds in them; where the stages cannot stand is one kind.
fn parts(scenes: &Scenes<'_>, settled: &[Settled]) -> Vec<Part> {
    let mut kinds: BTreeMap<Option<(Print, [Line; Capability::COUNT])>, usize> = BTreeMap::new();
    let parts = scenes.parts.iter();
    parts
        .map(|part| {
            let answer = match part.outcome {
                Outcome::Scene(scene) => Some((settled[scene].print, settled[scene].lines)),
                Outcome::Infeasible => None,
            };
            let next = kinds.len();
            Part {
                at: part.at,
                area: part.area,
                kind: *kinds.entry(answer).or_insert(next),
            }
        })
        .collect()
}
