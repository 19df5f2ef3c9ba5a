//! A sweep for a person: a chart over the range, the intervals with the reason of each boundary, and the best days.
//!
//! In: a finished sweep, the weights of user-days, and the width of the terminal. Out: one text with escape sequences for
//! styles. Texts of the plan are safe to print in it.

use std::fmt::Write;

use anstyle::Style;
use chrono::{Days, NaiveDate};

use super::{charged_elsewhere, figures, passed, told_together};
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::model::wording::{self, count, number};
use crate::sweep::weight::{Ranked, Weights, ranked};
use crate::sweep::{Answer, Interval, Sweep, Verdict};
use crate::terminal_text::safe;

/// Headings.
pub(in crate::report) const HEADING: Style = Style::new().bold();

/// Rows of the chart.
const HEIGHT: u64 = 8;

/// A column of the chart, filled by so many eighths.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Lays a whole sweep out.
#[must_use]
pub fn sweep(sweep: &Sweep, weights: &Weights, width: u16) -> String {
    let mut text = heading(sweep);
    text.push_str(&chart(sweep, weights, width));
    let _ = writeln!(text, "\n{HEADING}Intervals{HEADING:#}");
    let mut is_possible = false;
    for (number, interval) in sweep.intervals.iter().enumerate() {
        text.push_str(&told(sweep, weights, number, interval, is_possible));
        is_possible = matches!(interval.verdict, Verdict::Feasible(_));
    }
    let _ = write!(text, "\n{}", best(sweep, weights));
    text
}

/// `--best`: the best interval and the runner-up.
#[must_use]
pub fn best(sweep: &Sweep, weights: &Weights) -> String {
    let ranked = ranked(sweep, weights);
    let mut text = String::new();
    let mut ranks = ranked.iter();
    match ranks.next() {
        Some(best) => text.push_str(&rank(sweep, weights, "Best", best)),
        None => text.push_str("No day of the range is possible.\n"),
    }
    match ranks.next() {
        Some(runner_up) => text.push_str(&rank(sweep, weights, "Runner-up", runner_up)),
        None if !ranked.is_empty() => {
            text.push_str("No runner-up: all possible days are one interval.\n");
        }
        None => {}
    }
    if let Some(planned) = planned(sweep, weights) {
        let _ = writeln!(
            text,
            "As planned, on {}: {} weighted user-days",
            sweep.planned,
            number(planned)
        );
    }
    text
}

fn rank(sweep: &Sweep, weights: &Weights, word: &str, ranked: &Ranked) -> String {
    let interval = &sweep.intervals[ranked.interval];
    let days = interval.user_days_on(ranked.day).unwrap_or_default();
    format!(
        "{HEADING}{word}: {}{HEADING:#}, {} weighted user-days ({}); interval {}, {} to {}\n",
        ranked.day,
        number(ranked.weighted),
        heaviest(&days, weights),
        ranked.interval + 1,
        interval.first_day,
        interval.last_day
    )
}

/// The capabilities that weigh most, with their user-days.
pub(in crate::report) fn heaviest(
    user_days: &[u64; Capability::COUNT],
    weights: &Weights,
) -> String {
    const SHOWN: usize = 3;
    let mut all: Vec<(u64, Capability)> = Capability::ALL
        .iter()
        .map(|&capability| (user_days[capability.index()], capability))
        .filter(|&(days, _)| days > 0)
        .collect();
    all.sort_by_key(|&(days, capability)| {
        (
            std::cmp::Reverse(days.saturating_mul(weights.get(capability))),
            capability,
        )
    });
    let parts: Vec<String> = all
        .iter()
        .take(SHOWN)
        .map(|&(days, capability)| format!("{} {}", wording::capability(capability), number(days)))
        .collect();
    match all.len() {
        0 => "nobody loses anything".to_owned(),
        n if n > SHOWN => format!("{}, {} more", parts.join(", "), n - SHOWN),
        _ => parts.join(", "),
    }
}

fn planned(sweep: &Sweep, weights: &Weights) -> Option<u64> {
    let interval = sweep.interval_of(sweep.planned)?;
    let days = interval.user_days_on(sweep.planned)?;
    Some(weights.weigh(&days))
}

fn heading(sweep: &Sweep) -> String {
    let ids = |ids: &[String]| {
        ids.iter()
            .map(|id| safe(id).into_owned())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let along = if sweep.along.is_empty() {
        String::new()
    } else {
        format!("; moving along: {}", ids(&sweep.along))
    };
    format!(
        "{HEADING}{} on other days{HEADING:#} (planned on {}{along})\n{} reading, user-days up to {}\n\n",
        ids(&sweep.stages),
        sweep.planned,
        sweep.reading,
        sweep.horizon
    )
}

/// Weighted user-days over the range, a column for one or more days.
fn chart(sweep: &Sweep, weights: &Weights, width: u16) -> String {
    let (Some(first), Some(last)) = (sweep.intervals.first(), sweep.intervals.last()) else {
        return String::new();
    };
    let (from, to) = (first.first_day, last.last_day);
    let days = columns(from, to, width);
    let values: Vec<Option<u64>> = days
        .iter()
        .map(|&day| {
            let days = sweep.interval_of(day)?.user_days_on(day)?;
            Some(weights.weigh(&days))
        })
        .collect();
    let top = values.iter().flatten().copied().max().unwrap_or(0);
    let low = values.iter().flatten().copied().min().unwrap_or(0);
    // Where all values are close together, the axis begins near the lowest, or there would be nothing to see.
    let bottom = if low > top / 2 {
        low - (top - low) / 8
    } else {
        0
    };
    let labels = [number(top), number(bottom)];
    let margin = labels.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::from("weighted user-days\n");
    for row in (0..HEIGHT).rev() {
        let label = match row {
            0 => &labels[1],
            _ if row == HEIGHT - 1 => &labels[0],
            _ => "",
        };
        let cells: String = values
            .iter()
            .map(|value| cell(*value, (bottom, top), row))
            .collect();
        let _ = writeln!(text, "{label:>margin$} │{}", cells.trim_end());
    }
    let _ = writeln!(text, "{:margin$} └{}", "", ruler(sweep, &days));
    let _ = writeln!(text, "{:margin$}  {}", "", axis(from, to, days.len()));
    text
}

/// The days of the columns: every day where the width allows, else so many spread evenly, the first and the last among them.
fn columns(from: NaiveDate, to: NaiveDate, width: u16) -> Vec<NaiveDate> {
    const MARGIN: u64 = 16;
    const WIDEST: u64 = 120;
    let last = (to - from).num_days().unsigned_abs();
    let room = u64::from(width).saturating_sub(MARGIN).clamp(20, WIDEST);
    let count = (last + 1).min(room);
    (0..count)
        .filter_map(|column| {
            let day = if count > 1 {
                last * column / (count - 1)
            } else {
                0
            };
            from.checked_add_days(Days::new(day))
        })
        .collect()
}

/// One cell of the chart, counted from the lowest row. Days that are not possible are dots at the bottom.
fn cell(value: Option<u64>, (bottom, top): (u64, u64), row: u64) -> char {
    let Some(value) = value else {
        return if row == 0 { '·' } else { ' ' };
    };
    let steps = u128::from(HEIGHT) * 8;
    let span = u128::from((top - bottom).max(1));
    let filled = (u128::from(value - bottom) * steps).div_ceil(span);
    // The least of the range is drawn too: it must not look like a day that is not possible.
    let filled = filled.max(1);
    let here = filled.saturating_sub(u128::from(row) * 8).min(8);
    EIGHTHS[usize::try_from(here).unwrap_or(8)]
}

/// The line below the chart: intervals begin at their numbers.
fn ruler(sweep: &Sweep, days: &[NaiveDate]) -> String {
    let mut line = vec!['─'; days.len()];
    let mut free = 0;
    for (number, interval) in sweep.intervals.iter().enumerate() {
        let column = days.partition_point(|&day| day < interval.first_day);
        let label = (number + 1).to_string();
        if column >= free && column + label.len() <= line.len() {
            for (offset, digit) in label.chars().enumerate() {
                line[column + offset] = digit;
            }
            free = column + label.len();
        } else if column < line.len() && column >= free {
            line[column] = '┴';
        }
    }
    line.into_iter().collect()
}

fn axis(from: NaiveDate, to: NaiveDate, columns: usize) -> String {
    const DATE: usize = 10;
    if columns <= 2 * DATE || from == to {
        return from.to_string();
    }
    format!("{from}{:width$}{to}", "", width = columns - 2 * DATE)
}

/// An interval with what holds in it and why it begins there.
fn told(
    sweep: &Sweep,
    weights: &Weights,
    position: usize,
    interval: &Interval,
    follows_possible: bool,
) -> String {
    let mut text = format!(
        "{:>3}  {} to {}, {}",
        position + 1,
        interval.first_day,
        interval.last_day,
        count(interval.days().unsigned_abs(), "day", "days"),
    );
    match &interval.verdict {
        Verdict::Infeasible(reasons) => {
            text.push_str(": not possible\n");
            for reason in reasons {
                let _ = writeln!(text, "       {}", safe(reason));
            }
        }
        Verdict::Feasible(answer) => {
            let _ = writeln!(text, ": {}", weighed(answer, weights));
            let _ = writeln!(text, "       lost by users: {}", lost(answer));
            if follows_possible {
                text.push_str(&reasons(sweep, answer));
            }
        }
    }
    text
}

fn weighed(answer: &Answer, weights: &Weights) -> String {
    let (first, last) = (weights.weigh(&answer.first), weights.weigh(&answer.last));
    if first == last {
        format!("{} weighted user-days", number(first))
    } else {
        format!("{} to {} weighted user-days", number(first), number(last))
    }
}

fn lost(answer: &Answer) -> String {
    let users = told_together(|capability| answer.lost[capability.index()]);
    let parts: Vec<String> = users
        .iter()
        .filter(|&&(_, users)| users > 0)
        .map(|&(what, users)| format!("{what} {}", number(users)))
        .collect();
    if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    }
}

/// Why an interval begins there.
fn reasons(sweep: &Sweep, answer: &Answer) -> String {
    let boundary = &answer.boundary;
    let mut lines = passed(sweep, boundary);
    lines.extend(charged_elsewhere(sweep, boundary));
    lines.extend(figures(sweep, boundary, &[Kind::Lost]));
    let others = figures(sweep, boundary, &[Kind::Degraded, Kind::AtRisk]).len() as u64;
    if others > 0 {
        let lines_more = count(others, "line more", "lines more");
        lines.push(format!(
            "{lines_more} about limited and unknown levels on the page (-o sweep.html)"
        ));
    }
    if boundary.differences.is_empty() {
        lines.push(
            "as many findings as before, but of other people or for other reasons".to_owned(),
        );
    }
    lines
        .iter()
        .map(|line| format!("       {}\n", safe(line)))
        .collect()
}
