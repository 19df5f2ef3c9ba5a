//! A grid for a person: a heat map, the points of both stages, and the best pairs of days.
//!
//! In: a finished grid, the weights of user-days, and the width of the terminal. Out: one text with escape sequences for
//! styles. Texts of the plan are safe to print in it.

use std::fmt::Write;

use chrono::NaiveDate;

use super::{distance, extremes, heat, reason, shown_days, span, stages, weighted};
use crate::report::model::wording::{count, number};
use crate::report::sweep::terminal::{HEADING, heaviest};
use crate::sweep::grid::{Axis, Grid, Verdict};
use crate::sweep::weight::{RankedCell, Weights, ranked_cells};
use crate::terminal_text::safe;

/// From the fewest weighted user-days to the most.
const SHADES: [char; 6] = ['·', '∙', '░', '▒', '▓', '█'];

/// The most rows of the map.
const ROWS: u64 = 24;

/// Lays a whole grid out.
#[must_use]
pub fn grid(grid: &Grid, weights: &Weights, width: u16) -> String {
    let mut text = heading(grid);
    text.push_str(&map(grid, weights, width));
    for axis in &grid.axes {
        text.push_str(&points(axis));
    }
    text.push_str(&cells(grid, weights));
    text.push('\n');
    text.push_str(&best(grid, weights));
    text
}

/// `--best`: the best pair of days and the runner-up, each with its cell.
#[must_use]
pub fn best(grid: &Grid, weights: &Weights) -> String {
    let ranked = ranked_cells(grid, weights);
    let mut text = String::new();
    for (ranked, word) in ranked.iter().zip(["Best", "Runner-up"]) {
        text.push_str(&rank(grid, weights, word, ranked));
    }
    match ranked.len() {
        0 => text.push_str("No pair of days is possible.\n"),
        1 => text.push_str("No runner-up: all possible pairs of days are one cell.\n"),
        _ => {}
    }
    if let Some(planned) = weighted(grid, weights, grid.planned()) {
        let [first, second] = grid.planned();
        let _ = writeln!(
            text,
            "As planned, on {first} and {second}: {} weighted user-days",
            number(planned)
        );
    }
    text
}

fn rank(grid: &Grid, weights: &Weights, word: &str, ranked: &RankedCell) -> String {
    let cell = &grid.cells[ranked.cell];
    let days = cell.answer().map(|answer| answer.user_days_on(ranked.days));
    let [[from, to], [second_from, second_to]] = cell.days;
    let [first, second] = [0, 1].map(|axis| safe(&grid.axes[axis].stage));
    let mut text = format!(
        "{HEADING}{word}: {first} on {}, {second} on {}{HEADING:#}, {} weighted user-days ({})\n",
        ranked.days[0],
        ranked.days[1],
        number(ranked.weighted),
        heaviest(&days.unwrap_or_default(), weights),
    );
    let most = extremes(cell, weights).map_or(0, |(_, most)| most);
    let _ = writeln!(
        text,
        "    in the cell {from} to {to}, {second_from} to {second_to}: up to {}",
        number(most)
    );
    if let Some(distance) = distance(grid, cell) {
        let _ = writeln!(text, "    where {}", safe(&distance));
    }
    text
}

fn heading(grid: &Grid) -> String {
    let mut text = format!(
        "{HEADING}{} on other days{HEADING:#}\n{} reading, user-days up to {}\n",
        safe(&stages(grid)),
        grid.reading,
        grid.horizon
    );
    for axis in &grid.axes {
        let along: Vec<_> = axis.along.iter().map(|id| safe(id)).collect();
        let along = if along.is_empty() {
            String::new()
        } else {
            format!("; moving along: {}", along.join(", "))
        };
        let _ = writeln!(
            text,
            "{} planned on {}{along}",
            safe(&axis.stage),
            axis.planned
        );
    }
    text.push('\n');
    text
}

/// The heat map: the first stage's days from left to right, the second's from top to bottom.
fn map(grid: &Grid, weights: &Weights, width: u16) -> String {
    const MARGIN: u16 = 14;
    const WIDEST: u64 = 92;
    let room = u64::from(width.saturating_sub(MARGIN)).clamp(21, WIDEST);
    let columns = shown_days(&grid.axes[0], room);
    let rows = shown_days(&grid.axes[1], ROWS);
    let most = span(grid, weights).unwrap_or((0, 0));
    let mut text = format!(
        "weighted user-days from {} to {}: {}   not possible: blank, as planned: +\n\n{:11}{}\n",
        number(most.0),
        number(most.1),
        SHADES.iter().collect::<String>(),
        "",
        ends(&grid.axes[0], columns.len())
    );
    let planned = [
        shown_at(&columns, grid.planned()[0]),
        shown_at(&rows, grid.planned()[1]),
    ];
    for (row, &second) in rows.iter().enumerate() {
        let fields = columns.iter().enumerate().map(|(column, &first)| {
            if planned == [Some(column), Some(row)] {
                return '+';
            }
            weighted(grid, weights, [first, second]).map_or(' ', |value| SHADES[heat(value, most)])
        });
        let fields: String = fields.collect();
        let line = format!("{second} {fields}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Where a day is shown: the last shown day that is not later; `None` outside the range.
fn shown_at(days: &[NaiveDate], day: NaiveDate) -> Option<usize> {
    let is_inside = days.last().is_some_and(|&last| day <= last);
    let later = days.partition_point(|&shown| shown <= day);
    later.checked_sub(1).filter(|_| is_inside)
}

/// The first and the last day of an axis, as far apart as they are drawn.
fn ends(axis: &Axis, columns: usize) -> String {
    const DATE: usize = 10;
    if columns <= 2 * DATE {
        return axis.from.to_string();
    }
    format!(
        "{}{:width$}{}",
        axis.from,
        "",
        axis.to,
        width = columns - 2 * DATE
    )
}

/// The cells, where they are few.
fn cells(grid: &Grid, weights: &Weights) -> String {
    const MOST: usize = 20;
    let count = count(grid.cells.len() as u64, "cell", "cells");
    if grid.cells.len() > MOST {
        return format!("\n{count} of days with the same answer (--format csv or json)\n");
    }
    let mut text = format!("\n{HEADING}{count} of days with the same answer{HEADING:#}\n");
    for cell in &grid.cells {
        let [[from, to], [second_from, second_to]] = cell.days;
        let figures = match (extremes(cell, weights), &cell.verdict) {
            (Some((fewest, most)), _) if fewest == most => number(most),
            (Some((fewest, most)), _) => format!("{} to {}", number(fewest), number(most)),
            (None, Verdict::Infeasible(reasons)) => {
                let reasons: Vec<_> = reasons.iter().map(|reason| safe(reason)).collect();
                format!("not possible: {}", reasons.join("; "))
            }
            (None, Verdict::Feasible(_)) => String::new(),
        };
        let _ = writeln!(
            text,
            "  {from} to {to}, {second_from} to {second_to}: {figures}"
        );
        if let Some(distance) = distance(grid, cell) {
            let _ = writeln!(text, "      where {}", safe(&distance));
        }
    }
    text
}

/// What changes for a stage, and from which day on.
fn points(axis: &Axis) -> String {
    let mut text = format!(
        "\n{HEADING}What changes for {}{HEADING:#}\n",
        safe(&axis.stage)
    );
    for point in &axis.points {
        let _ = writeln!(text, "  from {}: {}", point.day, safe(&reason(point)));
    }
    if axis.points.is_empty() {
        text.push_str("  nothing: every day has the same answer as its neighbors\n");
    }
    text
}
