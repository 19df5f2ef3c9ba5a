//! `sweep --grid … --format json`.

use serde::Serialize;

use super::is_told;
use crate::model::Capability;
use crate::report::sweep::json::{FORMAT_VERSION, Sparse};
use crate::sweep::grid;

/// The answer for every pair of days.
#[derive(Clone, Debug, Serialize)]
pub struct Grid {
    /// The version of the format, that of sweeps.
    pub format_version: u32,
    /// The ids of the two stages. Wherever two days stand together, they are in this order.
    pub grid: [String; 2],
    /// The stages that move along with each of them.
    pub along: [Vec<String>; 2],
    /// Where the two stages stand in the plan.
    pub planned: [String; 2],
    /// The reading of the documents.
    pub reading: &'static str,
    /// The horizon of user-days; that day does not count.
    pub horizon: String,
    /// For each stage the days from which on something is another.
    pub points: [Vec<Point>; 2],
    /// Pairs of days with the same answer. Every pair belongs to exactly one.
    pub cells: Vec<Cell>,
}

/// A day from which on something is another.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// The day.
    pub day: String,
    /// The ids of stages and of the events that they come after from this day on.
    pub passed: Vec<[String; 2]>,
}

/// Pairs of days with the same answer.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// First and last day of each stage, included.
    pub days: [[String; 2]; 2],
    /// The fewest and the most days from the first stage's day to the second's; left out where every pair of the days belongs to
    /// the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apart: Option<[i64; 2]>,
    /// Can the stages stand there?
    pub feasible: bool,
    /// Users with at least one loss, zeros left out.
    pub lost: Sparse<u64>,
    /// A pair of days of the cell.
    pub at: [String; 2],
    /// User-days at that pair, and what a day later of each stage adds; left out where nobody has any in the cell.
    pub user_days: Sparse<UserDays>,
}

/// User-days as a function of the two days.
#[derive(Clone, Debug, Serialize)]
pub struct UserDays {
    /// At the pair of days that the cell names.
    pub at: u64,
    /// What each day later of the first stage and of the second adds.
    pub per_day: [i64; 2],
}

/// Lays a grid out.
#[must_use]
pub fn grid(grid: &grid::Grid) -> Grid {
    Grid {
        format_version: FORMAT_VERSION,
        grid: [0, 1].map(|axis| grid.axes[axis].stage.clone()),
        along: [0, 1].map(|axis| grid.axes[axis].along.clone()),
        planned: grid.planned().map(|day| day.to_string()),
        reading: grid.reading.id(),
        horizon: grid.horizon.to_string(),
        points: [0, 1].map(|axis| grid.axes[axis].points.iter().map(point).collect()),
        cells: grid.cells.iter().map(cell).collect(),
    }
}

fn point(point: &grid::Point) -> Point {
    let passed = point.passed.iter();
    Point {
        day: point.day.to_string(),
        passed: passed
            .map(|passed| [passed.stage.clone(), passed.event.clone()])
            .collect(),
    }
}

fn cell(cell: &grid::Cell) -> Cell {
    let at = cell.corners.first().copied();
    let at = at.unwrap_or([cell.days[0][0], cell.days[1][0]]);
    let (mut lost, mut user_days) = (Sparse::default(), Sparse(Vec::new()));
    if let Some(answer) = cell.answer() {
        let days = answer.user_days_on(at);
        for &capability in Capability::ALL {
            let index = capability.index();
            if answer.lost[index] > 0 {
                lost.0.push((capability, answer.lost[index]));
            }
            if is_told(cell, capability) {
                let function = UserDays {
                    at: days[index],
                    per_day: answer.per_day(capability),
                };
                user_days.0.push((capability, function));
            }
        }
    }
    Cell {
        days: cell.days.map(|days| days.map(|day| day.to_string())),
        apart: cell.apart,
        feasible: cell.answer().is_some(),
        lost,
        at: at.map(|day| day.to_string()),
        user_days,
    }
}
