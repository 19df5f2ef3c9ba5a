//! The heat map of a grid as inline SVG: the first stage's days from left to right, the second's from top to bottom.
//!
//! In: a finished grid and the weights of user-days. Out: markup without style attributes, which the page's policy would refuse;
//! colors are classes. A long range is drawn in fewer fields than it has days, each colored by its first pair of days; the table
//! of cells on the page holds for every day.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use super::{extremes, heat, shown_days, span, weighted};
use crate::report::markup::escaped;
use crate::report::model::wording::number;
use crate::sweep::grid::{Axis, Grid};
use crate::sweep::weight::Weights;

/// Left edge, top edge, width and height of the fields, in user units.
const LEFT: f64 = 90.0;
const TOP: f64 = 46.0;
const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 440.0;
/// The most fields in a row and in a column.
const COLUMNS: u64 = 180;
const ROWS: u64 = 90;

/// The heat map.
pub(super) fn map(grid: &Grid, weights: &Weights) -> String {
    let height = TOP + HEIGHT + 20.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 1060 {height:.0}\" role=\"img\" aria-labelledby=\"map-title map-text\">\
         <title id=\"map-title\">Weighted user-days by the days of both stages</title>\
         <desc id=\"map-text\">The table of cells below holds the same figures.</desc>"
    );
    let columns = shown_days(&grid.axes[0], COLUMNS);
    let rows = shown_days(&grid.axes[1], ROWS);
    let height = HEIGHT / rows.len() as f64;
    for (row, &day) in rows.iter().enumerate() {
        let y = TOP + height * row as f64;
        fields(&mut svg, grid, weights, (&columns, day), (y, height));
    }
    marks(&mut svg, grid, &columns, &rows);
    svg.push_str("</svg>");
    svg
}

/// The fields of a row; neighbors of one cell and one color are one rectangle.
fn fields(
    svg: &mut String,
    grid: &Grid,
    weights: &Weights,
    (columns, second): (&[NaiveDate], NaiveDate),
    (y, height): (f64, f64),
) {
    let most = span(grid, weights).unwrap_or((0, 0));
    let width = WIDTH / columns.len() as f64;
    let looks: Vec<(String, String)> = columns
        .iter()
        .map(|&first| {
            let class = match weighted(grid, weights, [first, second]) {
                Some(value) => format!("heat{}", heat(value, most)),
                None => "not-possible".to_owned(),
            };
            (class, title(grid, weights, [first, second]))
        })
        .collect();
    let mut begin = 0;
    for run in looks.chunk_by(|one, next| one == next) {
        let (class, title) = &run[0];
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{}</title></rect>",
            LEFT + width * begin as f64,
            width * run.len() as f64,
            escaped(title)
        );
        begin += run.len();
    }
}

/// What a field says when pointed at: its cell.
fn title(grid: &Grid, weights: &Weights, days: [NaiveDate; 2]) -> String {
    let Some(cell) = grid.cell_of(days) else {
        return String::new();
    };
    let [[from, to], [second_from, second_to]] = cell.days;
    let figures = match extremes(cell, weights) {
        Some((fewest, most)) if fewest == most => format!("{} weighted user-days", number(most)),
        Some((fewest, most)) => {
            format!("{} to {} weighted user-days", number(fewest), number(most))
        }
        None => "not possible".to_owned(),
    };
    format!("{from} to {to}, {second_from} to {second_to}: {figures}")
}

/// The days along both sides, the points of both stages, and where the plan has them.
fn marks(svg: &mut String, grid: &Grid, columns: &[NaiveDate], rows: &[NaiveDate]) {
    let x = |day: NaiveDate| LEFT + WIDTH * part(&grid.axes[0], day);
    let y = |day: NaiveDate| TOP + HEIGHT * part(&grid.axes[1], day);
    for point in &grid.axes[0].points {
        line(
            svg,
            "point",
            (x(point.day), TOP - 6.0),
            (x(point.day), TOP + HEIGHT),
        );
    }
    for point in &grid.axes[1].points {
        line(
            svg,
            "point",
            (LEFT - 6.0, y(point.day)),
            (LEFT + WIDTH, y(point.day)),
        );
    }
    let [first, second] = grid.planned();
    if grid.cell_of([first, second]).is_some() {
        line(svg, "planned", (x(first), TOP), (x(first), TOP + HEIGHT));
        line(svg, "planned", (LEFT, y(second)), (LEFT + WIDTH, y(second)));
    }
    let mut free = 0.0;
    for &day in labelled(columns) {
        if x(day) >= free {
            text(svg, (x(day), TOP - 12.0), day);
            free = x(day) + 76.0;
        }
    }
    let mut free = 0.0;
    for &day in labelled(rows) {
        if y(day) >= free {
            text(svg, (4.0, y(day) + 10.0), day);
            free = y(day) + 16.0;
        }
    }
}

/// The first day and the days on which a month begins.
fn labelled(days: &[NaiveDate]) -> impl Iterator<Item = &NaiveDate> {
    let months = days
        .windows(2)
        .filter(|pair| pair[0].month() != pair[1].month());
    days.first().into_iter().chain(months.map(|pair| &pair[1]))
}

/// How far along its range a day begins, from 0 to 1.
fn part(axis: &Axis, day: NaiveDate) -> f64 {
    let all = (axis.to - axis.from).num_days() + 1;
    (day - axis.from).num_days() as f64 / all as f64
}

fn line(svg: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let _ = write!(
        svg,
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), day: NaiveDate) {
    let _ = write!(
        svg,
        "<text class=\"minor\" x=\"{x:.1}\" y=\"{y:.1}\">{day}</text>"
    );
}
