//! A grid as a page: a heat map, the best pairs of days, the points of both stages, and the best cells.
//!
//! The page needs nothing else: its policy forbids everything but its own style sheet, by its hash; it has no script. Texts of
//! the plan are escaped by the template or, in the drawing, by `markup`.

use askama::Template;
use chrono::NaiveDate;

use super::map::map;
use super::{distance, extremes, reason, stages};
use crate::report::markup::visible;
use crate::report::model::wording::number;
use crate::report::sweep::html::{STYLE, lost, policy};
use crate::sweep::grid::{Axis, Cell, Grid};
use crate::sweep::weight::{RankedCell, Weights, ranked_cells};

/// The most cells in the table; the others are in the data.
const CELLS: usize = 200;

#[derive(Template)]
#[template(path = "grid.html")]
struct Page {
    policy: String,
    style: &'static str,
    title: String,
    plan: String,
    reading: &'static str,
    horizon: NaiveDate,
    stages: [Stage; 2],
    ranks: Vec<Rank>,
    map: String,
    cells: Vec<Row>,
    more: usize,
}

struct Stage {
    id: String,
    planned: NaiveDate,
    along: String,
    points: Vec<(NaiveDate, String)>,
}

struct Rank {
    word: &'static str,
    days: [NaiveDate; 2],
    weighted: String,
}

struct Row {
    days: [[NaiveDate; 2]; 2],
    distance: String,
    weighted: String,
    figures: Vec<String>,
}

/// Lays the page out; `plan` is the plan's name.
///
/// # Errors
/// What the template engine says; never for a finished grid.
pub fn page(grid: &Grid, weights: &Weights, plan: &str) -> askama::Result<String> {
    let ranked = ranked_cells(grid, weights);
    let page = Page {
        policy: policy(),
        style: STYLE,
        title: visible(&format!("{} on other days", stages(grid))),
        plan: visible(plan),
        reading: grid.reading.id(),
        horizon: grid.horizon,
        stages: [0, 1].map(|axis| stage(&grid.axes[axis])),
        ranks: ranks(&ranked),
        map: map(grid, weights),
        cells: ranked
            .iter()
            .take(CELLS)
            .map(|ranked| row(grid, weights, &grid.cells[ranked.cell]))
            .collect(),
        more: ranked.len().saturating_sub(CELLS),
    };
    page.render()
}

fn stage(axis: &Axis) -> Stage {
    let points = axis.points.iter();
    Stage {
        id: visible(&axis.stage),
        planned: axis.planned,
        along: visible(&axis.along.join(", ")),
        points: points
            .map(|point| (point.day, visible(&reason(point))))
            .collect(),
    }
}

fn ranks(ranked: &[RankedCell]) -> Vec<Rank> {
    let words = ["Best", "Runner-up"];
    ranked
        .iter()
        .zip(words)
        .map(|(ranked, word)| Rank {
            word,
            days: ranked.days,
            weighted: number(ranked.weighted),
        })
        .collect()
}

fn row(grid: &Grid, weights: &Weights, cell: &Cell) -> Row {
    let weighted = match extremes(cell, weights) {
        Some((fewest, most)) if fewest < most => {
            format!("{} to {}", number(fewest), number(most))
        }
        Some((_, most)) => number(most),
        None => String::new(),
    };
    let figures = cell.answer().map(|answer| {
        let corners = cell.corners.iter();
        let days: Vec<_> = corners.map(|&days| answer.user_days_on(days)).collect();
        lost(&answer.lost, &days)
    });
    Row {
        days: cell.days,
        distance: distance(grid, cell).map_or_else(String::new, |text| visible(&text)),
        weighted,
        figures: figures.unwrap_or_default(),
    }
}
