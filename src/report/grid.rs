//! A grid of two stages laid out: JSON, CSV, a heat map for a terminal, a page with a heat map.
//!
//! In: a finished [`crate::sweep::grid::Grid`]. Out: text. What several formats say in words is said here, once.

pub mod csv;
pub mod html;
pub mod json;
mod map;
pub mod terminal;

use chrono::{Days, NaiveDate};

use super::model::wording::number;
use super::sweep::count_days;
use crate::model::Capability;
use crate::sweep::grid::{Axis, Cell, Grid, Passed, Point};
use crate::sweep::weight::Weights;

/// The two stages' ids: `wave-2 and wave-3`.
fn stages(grid: &Grid) -> String {
    format!("{} and {}", grid.axes[0].stage, grid.axes[1].stage)
}

/// What begins at a point: `wave-2 comes after aol-end, yahoo-end`.
fn reason(point: &Point) -> String {
    if point.passed.is_empty() {
        return "the plan allows other days than before".to_owned();
    }
    let mut sentences: Vec<String> = Vec::new();
    for passed in point.passed.chunk_by(|one, next| one.stage == next.stage) {
        let Some(Passed { stage, .. }) = passed.first() else {
            continue;
        };
        let events: Vec<&str> = passed.iter().map(|passed| passed.event.as_str()).collect();
        sentences.push(format!("{stage} comes after {}", events.join(", ")));
    }
    sentences.join("; ")
}

/// How far apart the stages stand in a cell: `wave-3 stands 3 to 40 days after wave-2`; `None` where that does not matter.
fn distance(grid: &Grid, cell: &Cell) -> Option<String> {
    let [fewest, most] = cell.apart?;
    let [first, second] = [0, 1].map(|axis| grid.axes[axis].stage.as_str());
    let between = |fewest: i64, most: i64| {
        if fewest == most {
            count_days(fewest)
        } else {
            format!("{} to {}", number(fewest.unsigned_abs()), count_days(most))
        }
    };
    Some(match (fewest, most) {
        (0, 0) => format!("{second} stands on the day of {first}"),
        (1.., _) => format!("{second} stands {} after {first}", between(fewest, most)),
        (_, ..=-1) => format!("{second} stands {} before {first}", between(-most, -fewest)),
        (0, _) => format!("{second} stands up to {} after {first}", count_days(most)),
        (_, 0) => format!(
            "{second} stands up to {} before {first}",
            count_days(-fewest)
        ),
        _ => format!(
            "{second} stands from {} before to {} after {first}",
            count_days(-fewest),
            count_days(most)
        ),
    })
}

/// Weighted user-days at a pair of days; `None` where the stages cannot stand there.
fn weighted(grid: &Grid, weights: &Weights, days: [NaiveDate; 2]) -> Option<u64> {
    let answer = grid.cell_of(days)?.answer()?;
    Some(weights.weigh(&answer.user_days_on(days)))
}

/// The fewest and the most weighted user-days in a cell; `None` where the stages cannot stand there.
fn extremes(cell: &Cell, weights: &Weights) -> Option<(u64, u64)> {
    let answer = cell.answer()?;
    let corners = cell.corners.iter();
    let weighed = corners.map(|&days| weights.weigh(&answer.user_days_on(days)));
    Some((weighed.clone().min()?, weighed.max()?))
}

/// Days of an axis for a drawing: every one, or so many spread evenly with the first and the last among them.
fn shown_days(axis: &Axis, most: u64) -> Vec<NaiveDate> {
    let last = (axis.to - axis.from).num_days().unsigned_abs();
    let count = (last + 1).min(most.max(2));
    let offsets = (0..count).map(|position| last * position / (count - 1).max(1));
    offsets.map(|days| axis.from + Days::new(days)).collect()
}

/// A value between the fewest and the most in one of six steps: 0 for the fewest, 5 for the most.
fn heat(value: u64, (fewest, most): (u64, u64)) -> usize {
    let steps = u128::from(value.saturating_sub(fewest)) * 6;
    let span = u128::from(most - fewest) + 1;
    usize::try_from(steps / span).map_or(5, |step| step.min(5))
}

/// The fewest and the most weighted user-days of all cells; `None` where no pair of days is possible.
fn span(grid: &Grid, weights: &Weights) -> Option<(u64, u64)> {
    let all = grid.cells.iter().filter_map(|cell| extremes(cell, weights));
    all.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

/// The figures of a capability somewhere: users who lose it, and whether anybody misses it at some corner.
fn is_told(cell: &Cell, capability: Capability) -> bool {
    let index = capability.index();
    cell.answer().is_some_and(|answer| {
        let mut corners = cell.corners.iter();
        answer.lost[index] > 0 || corners.any(|&days| answer.user_days_on(days)[index] > 0)
    })
}
