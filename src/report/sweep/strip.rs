//! The heat strip of a sweep as inline SVG: a row for each capability, a day from left to right.
//!
//! In: a finished sweep and the weights of user-days. Out: markup without style attributes, which the page's policy would
//! refuse; colors are classes. Behind it stands a table with the same figures.

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};

use super::told_together;
use crate::model::Capability;
use crate::report::markup::escaped;
use crate::report::model::wording::number;
use crate::sweep::weight::Weights;
use crate::sweep::{Interval, Sweep, Verdict};

/// Left edge of the drawing's days, and their width, in user units.
const LEFT: f64 = 190.0;
const WIDTH: f64 = 760.0;
/// Height of a row, and where the first begins.
const ROW: f64 = 26.0;
const TOP: f64 = 34.0;

/// A row of the strip: what it is about, its value at both ends of each interval, and the most of these.
struct Row {
    name: &'static str,
    ends: Vec<Option<(u64, u64)>>,
    most: u64,
}

impl Row {
    fn new(name: &'static str, ends: Vec<Option<(u64, u64)>>) -> Self {
        let most = ends
            .iter()
            .flatten()
            .map(|&(first, last)| first.max(last))
            .max();
        Self {
            name,
            ends,
            most: most.unwrap_or(0),
        }
    }
}

/// The heat strip: a row for weighted user-days and one for each capability that somebody loses on some day.
pub(super) fn strip(sweep: &Sweep, weights: &Weights) -> String {
    let (Some(first), Some(last)) = (sweep.intervals.first(), sweep.intervals.last()) else {
        return String::new();
    };
    let days = Axis {
        from: first.first_day,
        count: (last.last_day - first.first_day).num_days() + 1,
    };
    let rows = rows(sweep, weights);
    let height = TOP + ROW * rows.len() as f64 + 24.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 1060 {height:.0}\" role=\"img\" aria-labelledby=\"strip-title strip-text\">\
         <title id=\"strip-title\">User-days by day</title>\
         <desc id=\"strip-text\">The table of intervals below holds the same figures.</desc>"
    );
    for (position, row) in rows.iter().enumerate() {
        let y = TOP + ROW * position as f64;
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{:.1}\">{}</text>",
            y + 16.0,
            escaped(row.name)
        );
        let _ = write!(
            svg,
            "<text class=\"minor\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT + WIDTH + 8.0,
            y + 16.0,
            number(row.most)
        );
        for (interval, ends) in sweep.intervals.iter().zip(&row.ends) {
            bars(&mut svg, &days, y, interval, (*ends, row.most));
        }
    }
    marks(&mut svg, sweep, &days, height - 24.0);
    svg.push_str("</svg>");
    svg
}

/// The days of the strip.
struct Axis {
    from: NaiveDate,
    count: i64,
}

impl Axis {
    fn x(&self, day: NaiveDate) -> f64 {
        LEFT + WIDTH * (day - self.from).num_days() as f64 / self.count as f64
    }
}

/// The weighted row, and the rows of the capabilities that are missing on some day.
fn rows(sweep: &Sweep, weights: &Weights) -> Vec<Row> {
    let ends = |of: &dyn Fn(&[u64; Capability::COUNT]) -> u64| -> Vec<Option<(u64, u64)>> {
        let intervals = sweep.intervals.iter();
        intervals
            .map(|interval| match &interval.verdict {
                Verdict::Feasible(answer) => Some((of(&answer.first), of(&answer.last))),
                Verdict::Infeasible(_) => None,
            })
            .collect()
    };
    let mut rows = vec![Row::new("Weighted", ends(&|days| weights.weigh(days)))];
    let all = told_together(|capability| ends(&|days| days[capability.index()]));
    let all = all.into_iter().map(|(name, ends)| Row::new(name, ends));
    rows.extend(all.filter(|row| row.most > 0));
    rows
}

/// The most rectangles that an interval is drawn with.
const STEPS: i64 = 60;

/// An interval in a row: its value changes evenly, so it is drawn in a few steps of color.
fn bars(
    svg: &mut String,
    days: &Axis,
    y: f64,
    interval: &Interval,
    (ends, most): (Option<(u64, u64)>, u64),
) {
    let end = interval.last_day + Days::new(1);
    let title = |text: &str| format!("{} to {}: {text}", interval.first_day, interval.last_day);
    let Some((first, last)) = ends else {
        let whole = (days.x(interval.first_day), days.x(end));
        bar(svg, "not-possible", whole, y, &title("not possible"));
        return;
    };
    let text = title(&format!("{} to {} user-days", number(first), number(last)));
    let steps = interval.days().min(STEPS);
    let mut begin = days.x(interval.first_day);
    let mut color = None;
    for step in 0..steps {
        let day = interval.first_day + Days::new((interval.days() * step / steps).unsigned_abs());
        let here = heat(between(first, last, step, steps - 1), most);
        if let Some(before) = color.replace(here).filter(|&before| before != here) {
            bar(
                svg,
                &format!("heat{before}"),
                (begin, days.x(day)),
                y,
                &text,
            );
            begin = days.x(day);
        }
    }
    if let Some(color) = color {
        bar(svg, &format!("heat{color}"), (begin, days.x(end)), y, &text);
    }
}

/// The value so many steps of so many on the way from the first to the last.
fn between(first: u64, last: u64, step: i64, steps: i64) -> u64 {
    let way = i128::from(last) - i128::from(first);
    let value = i128::from(first) + way * i128::from(step) / i128::from(steps.max(1));
    u64::try_from(value).unwrap_or(0)
}

/// None at all, or one of five steps up to the most of the row.
fn heat(value: u64, most: u64) -> u64 {
    if value == 0 {
        0
    } else {
        u64::try_from((u128::from(value) * 5).div_ceil(u128::from(most.max(1)))).unwrap_or(5)
    }
}

fn bar(svg: &mut String, class: &str, (begin, end): (f64, f64), y: f64, title: &str) {
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{begin:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{}</title></rect>",
        end - begin,
        ROW - 4.0,
        escaped(title)
    );
}

/// Where intervals begin, where the stage is planned, and the months.
fn marks(svg: &mut String, sweep: &Sweep, days: &Axis, bottom: f64) {
    let mut free = 0.0;
    for (position, interval) in sweep.intervals.iter().enumerate() {
        let x = days.x(interval.first_day);
        if position > 0 {
            line(svg, "point", x, TOP - 6.0, bottom);
        }
        if x >= free {
            let _ = write!(
                svg,
                "<text x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                TOP - 10.0,
                position + 1
            );
            free = x + 20.0;
        }
    }
    if sweep.interval_of(sweep.planned).is_some() {
        line(svg, "planned", days.x(sweep.planned), TOP - 6.0, bottom);
    }
    let mut free = 0.0;
    for offset in 0..days.count {
        let day = days.from + Days::new(offset.unsigned_abs());
        let x = days.x(day);
        if (offset == 0 || day.day() == 1) && x >= free && x < LEFT + WIDTH - 40.0 {
            let _ = write!(
                svg,
                "<text class=\"minor\" x=\"{x:.1}\" y=\"{:.1}\">{day}</text>",
                bottom + 16.0
            );
            free = x + 74.0;
        }
    }
}

fn line(svg: &mut String, class: &str, x: f64, top: f64, bottom: f64) {
    let _ = write!(
        svg,
        "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>"
    );
}
