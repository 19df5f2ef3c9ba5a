//! Users without a capability over time, as a step chart: figures hold from one event until the next.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::Drawing;
use super::scale::{TimeScale, label};
use crate::model::Capability;
use crate::report::model::Report;
use crate::report::model::wording::{self, number};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 10.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 24.0;

/// One capability's users at none after each event.
#[derive(Clone, Debug)]
pub struct Series {
    /// The capability.
    pub capability: Capability,
    /// For each event: its date, and the users at none after it.
    pub points: Vec<(NaiveDate, u64)>,
}

impl Series {
    /// The highest figure.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.points
            .iter()
            .map(|&(_, users)| users)
            .max()
            .unwrap_or(0)
    }

    /// The figure after the last event.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.points.last().map_or(0, |&(_, users)| users)
    }
}

/// The series of every capability that somebody is without at some time, in the contract's order.
#[must_use]
pub fn series(report: &Report) -> Vec<Series> {
    let all = Capability::ALL.iter().map(|&capability| Series {
        capability,
        points: report
            .events
            .iter()
            .map(|event| (event.date, event.state[capability.index()].none))
            .collect(),
    });
    all.filter(|series| series.peak() > 0).collect()
}

/// Draws one series; charts of one report share their time axis, each has its own height.
#[must_use]
pub fn steps(report: &Report, series: &Series) -> String {
    let last = series
        .points
        .last()
        .map_or(report.header.end, |&(date, _)| date);
    let until = report.header.end.max(last);
    let scale = TimeScale::new(report.header.baseline, until, LEFT, WIDTH - LEFT - RIGHT);
    let name = wording::capability(series.capability);
    let mut drawing = Drawing::new(
        &format!("chart-{}", series.capability.id()),
        "chart steps",
        (WIDTH, HEIGHT),
        &format!("Users without: {name}"),
        &description(series),
    );
    let base = HEIGHT - BOTTOM;
    for (position, tick) in scale.ticks(6).into_iter().enumerate() {
        let x = scale.x(tick);
        drawing.line("grid", (x, TOP), (x, base));
        drawing.text("tick", (x, HEIGHT - 8.0), &label(tick, position == 0));
    }
    drawing.line("grid", (LEFT, TOP), (scale.right(), TOP));
    let (line, area) = outline(series, &scale, base);
    drawing.path("area", &area);
    drawing.path("line", &line);
    drawing.line("axis", (LEFT, base), (scale.right(), base));
    for tip in tips(series, &scale, (TOP, base)) {
        drawing.bar("hover", tip.0, tip.1, &tip.2);
    }
    drawing.text(
        "peak-label",
        (LEFT, TOP - 8.0),
        &format!("peak {}", number(series.peak())),
    );
    drawing.text(
        "last-label",
        (scale.right(), TOP - 8.0),
        &format!("end {}", number(series.last())),
    );
    drawing.finish()
}

/// The line and the area under it.
fn outline(series: &Series, scale: &TimeScale, base: f64) -> (String, String) {
    let mut line = String::new();
    let mut before: Option<f64> = None;
    for &(date, users) in &series.points {
        let (x, y) = (scale.x(date), height(series, users, base));
        match before {
            None => {
                let _ = write!(line, "M{x:.1} {y:.1}");
            }
            Some(before) => {
                let _ = write!(line, "L{x:.1} {before:.1}L{x:.1} {y:.1}");
            }
        }
        before = Some(y);
    }
    let (right, y) = (scale.right(), before.unwrap_or(base));
    let _ = write!(line, "L{right:.1} {y:.1}");
    let area = format!("{line}L{right:.1} {base:.1}L{LEFT:.1} {base:.1}Z");
    (line, area)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a pixel of a chart needs no more digits than a float has"
)]
fn height(series: &Series, users: u64, base: f64) -> f64 {
    base - (base - TOP) * users as f64 / series.peak().max(1) as f64
}

/// Unseen rectangles between events, whose tips tell the figure.
type Tip = ((f64, f64), (f64, f64), String);

fn tips(series: &Series, scale: &TimeScale, (top, base): (f64, f64)) -> Vec<Tip> {
    let mut tips = Vec::new();
    for (position, &(date, users)) in series.points.iter().enumerate() {
        let next = series.points.get(position + 1);
        let until = next.map_or(scale.right(), |&(date, _)| scale.x(date));
        let from = scale.x(date);
        if until > from {
            let tip = format!("from {date}: {}", wording::users(users));
            tips.push(((from, top), (until - from, base - top), tip));
        }
    }
    tips
}

fn description(series: &Series) -> String {
    let mut steps: Vec<String> = Vec::new();
    let mut before = None;
    for &(date, users) in &series.points {
        if before != Some(users) {
            steps.push(format!("{} from {date}", number(users)));
        }
        before = Some(users);
    }
    format!(
        "Users who cannot {}: {}. The table below the charts holds the same figures.",
        wording::verb(series.capability),
        steps.join(", ")
    )
}
