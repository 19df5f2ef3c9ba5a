//! A sweep as a page: a heat strip over the range, the best days, and the intervals with their reasons.
//!
//! The page needs nothing else: its policy forbids everything but its own style sheet, by its hash; it has no script. Texts of
//! the plan are escaped by the template or, in the drawing, by `markup`.

use askama::Template;
use chrono::NaiveDate;

use super::strip::strip;
use super::{charged_elsewhere, figures, passed, told_together};
use crate::digest::{base64, sha256};
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::markup::visible;
use crate::report::model::wording::number;
use crate::sweep::weight::{Weights, ranked};
use crate::sweep::{Answer, Sweep, Verdict};

/// The only style sheet of the pages about other days.
pub(in crate::report) const STYLE: &str = include_str!("../templates/sweep.css");

#[derive(Template)]
#[template(path = "sweep.html")]
struct Page {
    policy: String,
    style: &'static str,
    title: String,
    plan: String,
    planned: NaiveDate,
    reading: &'static str,
    horizon: NaiveDate,
    along: String,
    ranks: Vec<Rank>,
    strip: String,
    intervals: Vec<Row>,
}

struct Rank {
    word: &'static str,
    day: NaiveDate,
    weighted: String,
    interval: usize,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

struct Row {
    number: usize,
    first_day: NaiveDate,
    last_day: NaiveDate,
    weighted: String,
    figures: Vec<String>,
    nothing: &'static str,
    reasons: Vec<String>,
}

/// Lays the page out; `plan` is the plan's name.
///
/// # Errors
/// What the template engine says; never for a finished sweep.
pub fn page(sweep: &Sweep, weights: &Weights, plan: &str) -> askama::Result<String> {
    let page = Page {
        policy: policy(),
        style: STYLE,
        title: visible(&format!("{} on other days", sweep.stages.join(", "))),
        plan: visible(plan),
        planned: sweep.planned,
        reading: sweep.reading.id(),
        horizon: sweep.horizon,
        along: visible(&sweep.along.join(", ")),
        ranks: ranks(sweep, weights),
        strip: strip(sweep, weights),
        intervals: rows(sweep, weights),
    };
    page.render()
}

/// What the page may do: show itself in its own style.
pub(in crate::report) fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        base64(&sha256(STYLE.as_bytes()))
    )
}

fn ranks(sweep: &Sweep, weights: &Weights) -> Vec<Rank> {
    let words = ["Best", "Runner-up"];
    let ranked = ranked(sweep, weights);
    ranked
        .iter()
        .zip(words)
        .map(|(ranked, word)| Rank {
            word,
            day: ranked.day,
            weighted: number(ranked.weighted),
            interval: ranked.interval + 1,
            first_day: sweep.intervals[ranked.interval].first_day,
            last_day: sweep.intervals[ranked.interval].last_day,
        })
        .collect()
}

fn rows(sweep: &Sweep, weights: &Weights) -> Vec<Row> {
    let mut follows_possible = false;
    let mut rows = Vec::new();
    for (position, interval) in sweep.intervals.iter().enumerate() {
        let (weighted, figures, nothing, mut reasons) = match &interval.verdict {
            Verdict::Infeasible(reasons) => {
                (String::new(), Vec::new(), "not possible", reasons.clone())
            }
            Verdict::Feasible(answer) => (
                weighted(answer, weights),
                lost(&answer.lost, &[answer.first, answer.last]),
                "nobody loses anything",
                if follows_possible {
                    reasons(sweep, answer)
                } else {
                    Vec::new()
                },
            ),
        };
        follows_possible = matches!(interval.verdict, Verdict::Feasible(_));
        for reason in &mut reasons {
            *reason = visible(reason);
        }
        rows.push(Row {
            number: position + 1,
            first_day: interval.first_day,
            last_day: interval.last_day,
            weighted,
            figures,
            nothing,
            reasons,
        });
    }
    rows
}

fn reasons(sweep: &Sweep, answer: &Answer) -> Vec<String> {
    let mut lines = passed(sweep, &answer.boundary);
    lines.extend(charged_elsewhere(sweep, &answer.boundary));
    let kinds = [Kind::Lost, Kind::Degraded, Kind::AtRisk];
    lines.extend(figures(sweep, &answer.boundary, &kinds));
    lines
}

fn weighted(answer: &Answer, weights: &Weights) -> String {
    let (first, last) = (weights.weigh(&answer.first), weights.weigh(&answer.last));
    if first == last {
        number(first)
    } else {
        format!("{} to {}", number(first), number(last))
    }
}

/// Who loses what, and the fewest and the most user-days on some days, between which they are linear.
pub(in crate::report) fn lost(
    lost: &[u64; Capability::COUNT],
    user_days: &[[u64; Capability::COUNT]],
) -> Vec<String> {
    let figures = told_together(|capability| {
        let index = capability.index();
        let days: Vec<u64> = user_days.iter().map(|days| days[index]).collect();
        (lost[index], days)
    });
    let is_used = |(users, days): &(u64, Vec<u64>)| *users > 0 || days.iter().any(|&days| days > 0);
    let used = figures.iter().filter(|(_, figures)| is_used(figures));
    used.map(|(what, (users, days))| {
        format!("{what} {}: {} user-days", number(*users), range(days))
    })
    .collect()
}

/// Values as they follow each other, where all are the same as one: `480 to 12`. Of more than two the least and the most.
fn range(values: &[u64]) -> String {
    let ends = match *values {
        [first, last] => Some((first, last)),
        _ => values
            .iter()
            .min()
            .copied()
            .zip(values.iter().max().copied()),
    };
    match ends {
        Some((first, last)) if first != last => format!("{} to {}", number(first), number(last)),
        Some((first, _)) => number(first),
        None => number(0),
    }
}
