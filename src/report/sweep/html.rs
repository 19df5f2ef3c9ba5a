//! A sweep as a page: a heat strip over the range, the best days, and the intervals with their reasons.
//!
//! The page needs nothing else: its policy forbids everything but its own style sheet, by its hash; it has no script. Texts of
//! the plan are escaped by the template or, in the drawing, by `markup`.

use std::fmt::Write;

use askama::Template;
use chrono::{Datelike, Days, NaiveDate};

use super::{charged_elsewhere, figures, passed};
use crate::digest::{base64, sha256};
use crate::model::Capability;
use crate::report::markup::{escaped, visible};
use crate::report::model::wording::{capability, number};
use crate::sweep::weight::{Weights, ranked};
use crate::sweep::{Answer, Interval, Sweep, Verdict};

/// The page's only style sheet.
const STYLE: &str = include_str!("../templates/sweep.css");

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
        policy: format!(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            base64(&sha256(STYLE.as_bytes()))
        ),
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
                lost(answer),
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
    lines.extend(figures(sweep, &answer.boundary));
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

fn lost(answer: &Answer) -> Vec<String> {
    let used = Capability::ALL.iter().filter(|capability| {
        let index = capability.index();
        answer.lost[index] + answer.first[index] + answer.last[index] > 0
    });
    used.map(|&of| {
        let index = of.index();
        let (first, last) = (answer.first[index], answer.last[index]);
        let days = if first == last {
            number(first)
        } else {
            format!("{} to {}", number(first), number(last))
        };
        format!(
            "{} {}: {days} user-days",
            capability(of),
            number(answer.lost[index])
        )
    })
    .collect()
}

/// Left edge of the drawing's days, and their width, in user units.
const LEFT: f64 = 190.0;
const WIDTH: f64 = 760.0;
/// Height of a row, and where the first begins.
const ROW: f64 = 26.0;
const TOP: f64 = 34.0;

/// What a row of the strip is about.
struct Scale {
    name: &'static str,
    of: Box<dyn Fn(&[u64; Capability::COUNT]) -> u64>,
    most: u64,
}

/// The heat strip: a row for weighted user-days and one for each capability that somebody loses on some day.
fn strip(sweep: &Sweep, weights: &Weights) -> String {
    let (Some(first), Some(last)) = (sweep.intervals.first(), sweep.intervals.last()) else {
        return String::new();
    };
    let days = Axis {
        from: first.first_day,
        count: (last.last_day - first.first_day).num_days() + 1,
    };
    let scales = scales(sweep, weights);
    let height = TOP + ROW * scales.len() as f64 + 24.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 1060 {height:.0}\" role=\"img\" aria-labelledby=\"strip-title strip-text\">\
         <title id=\"strip-title\">User-days by day</title>\
         <desc id=\"strip-text\">The table of intervals below holds the same figures.</desc>"
    );
    for (position, scale) in scales.iter().enumerate() {
        let y = TOP + ROW * position as f64;
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{:.1}\">{}</text>",
            y + 16.0,
            escaped(scale.name)
        );
        let _ = write!(
            svg,
            "<text class=\"minor\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT + WIDTH + 8.0,
            y + 16.0,
            number(scale.most)
        );
        for interval in &sweep.intervals {
            bars(&mut svg, &days, y, interval, scale);
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

fn scales(sweep: &Sweep, weights: &Weights) -> Vec<Scale> {
    let most = |of: &dyn Fn(&[u64; Capability::COUNT]) -> u64| {
        let answers = sweep
            .intervals
            .iter()
            .filter_map(|interval| match &interval.verdict {
                Verdict::Feasible(answer) => Some(answer),
                Verdict::Infeasible(_) => None,
            });
        answers
            .map(|answer| of(&answer.first).max(of(&answer.last)))
            .max()
            .unwrap_or(0)
    };
    let weights = weights.clone();
    let weighted = move |days: &[u64; Capability::COUNT]| weights.weigh(days);
    let mut scales = vec![Scale {
        name: "Weighted",
        most: most(&weighted),
        of: Box::new(weighted),
    }];
    for &of in Capability::ALL {
        let own = move |days: &[u64; Capability::COUNT]| days[of.index()];
        let most = most(&own);
        if most > 0 {
            scales.push(Scale {
                name: capability(of),
                most,
                of: Box::new(own),
            });
        }
    }
    scales
}

/// The most rectangles that an interval is drawn with.
const STEPS: i64 = 60;

/// An interval in a row: its user-days change evenly, so it is drawn in a few steps of color.
fn bars(svg: &mut String, days: &Axis, y: f64, interval: &Interval, scale: &Scale) {
    let end = interval.last_day + Days::new(1);
    let title = |text: &str| format!("{} to {}: {text}", interval.first_day, interval.last_day);
    let Verdict::Feasible(answer) = &interval.verdict else {
        bar(
            svg,
            "not-possible",
            (days.x(interval.first_day), days.x(end)),
            y,
            &title("not possible"),
        );
        return;
    };
    let (first, last) = ((scale.of)(&answer.first), (scale.of)(&answer.last));
    let text = title(&format!("{} to {} user-days", number(first), number(last)));
    let count = interval.days();
    let steps = count.min(STEPS);
    let mut open: Option<(u64, f64)> = None;
    for step in 0..steps {
        let day = interval.first_day + Days::new((count * step / steps).unsigned_abs());
        let value = interval
            .user_days_on(day)
            .map_or(0, |days| (scale.of)(&days));
        let heat = heat(value, scale.most);
        match open {
            Some((before, _)) if before == heat => {}
            Some((before, begin)) => {
                bar(
                    svg,
                    &format!("heat{before}"),
                    (begin, days.x(day)),
                    y,
                    &text,
                );
                open = Some((heat, days.x(day)));
            }
            None => open = Some((heat, days.x(day))),
        }
    }
    if let Some((heat, begin)) = open {
        bar(svg, &format!("heat{heat}"), (begin, days.x(end)), y, &text);
    }
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
