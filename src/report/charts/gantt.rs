//! The timeline, drawn to scale: phases, stages, what happens outside, and for each capability when somebody goes without.

use super::Drawing;
use super::scale::{TimeScale, label};
use crate::model::Capability;
use crate::report::model::wording::{self, number};
use crate::report::model::{EventRow, LossInterval, Report};

const WIDTH: f64 = 1080.0;
const LABELS: f64 = 190.0;
const RIGHT: f64 = 74.0;
const AXIS: f64 = 26.0;
const ROW: f64 = 24.0;
const MARK: f64 = 24.0;

/// Draws the timeline of a report.
#[must_use]
pub fn timeline(report: &Report) -> String {
    let last = report
        .events
        .last()
        .map_or(report.header.end, |event| event.date);
    let scale = TimeScale::new(
        report.header.baseline,
        report.header.end.max(last),
        LABELS,
        WIDTH - LABELS - RIGHT,
    );
    let stages = lanes(report, &scale, |event| event.stage.is_some());
    let outside = lanes(report, &scale, |event| {
        event.stage.is_none() && event.kind != "baseline"
    });
    let capabilities = capabilities(report);
    let plan = Layout::new(&stages, &outside, capabilities.len());
    let mut drawing = Drawing::new(
        "timeline-chart",
        "chart timeline",
        (WIDTH, plan.height),
        "Timeline of the plan, drawn to scale",
        &description(report),
    );
    axis(&mut drawing, &scale, plan.height);
    phases(&mut drawing, report, &scale, plan.phases);
    marks(
        &mut drawing,
        report,
        &stages,
        (plan.stages, "mark stage", true),
    );
    marks(
        &mut drawing,
        report,
        &outside,
        (plan.outside, "mark outside", false),
    );
    row_label(&mut drawing, plan.phases + 15.0, "Phases");
    row_label(&mut drawing, plan.stages + 4.0, "Stages");
    if !outside.is_empty() {
        row_label(&mut drawing, plan.outside + 4.0, "Outside dates");
        threads(&mut drawing, report, &scale, (plan.outside, plan.height));
    }
    for (row, &capability) in (0_u32..).zip(&capabilities) {
        let y = plan.rows + f64::from(row) * ROW;
        capability_row(&mut drawing, report, &scale, (capability, y));
    }
    drawing.finish()
}

/// Where the parts stand, from above.
struct Layout {
    phases: f64,
    stages: f64,
    outside: f64,
    rows: f64,
    height: f64,
}

impl Layout {
    fn new(stages: &[Placed], outside: &[Placed], capabilities: usize) -> Self {
        let depth = |placed: &[Placed]| {
            let lanes = placed.iter().map(|placed| placed.lane + 1).max();
            f64::from(lanes.unwrap_or(0)) * MARK
        };
        let phases = AXIS + 6.0;
        let stages_at = phases + 22.0 + 20.0;
        let outside_at = stages_at + depth(stages).max(MARK) + 4.0;
        let rows = outside_at + depth(outside) - 4.0;
        let count = u32::try_from(capabilities).unwrap_or(u32::MAX);
        Self {
            phases,
            stages: stages_at,
            outside: outside_at,
            rows,
            height: rows + f64::from(count) * ROW + 8.0,
        }
    }
}

/// An event with its place; marks that would touch stand below each other.
struct Placed {
    event: usize,
    x: f64,
    lane: u32,
}

fn lanes(report: &Report, scale: &TimeScale, wanted: fn(&EventRow) -> bool) -> Vec<Placed> {
    let mut ends: Vec<f64> = Vec::new();
    let mut placed = Vec::new();
    for (event, row) in report.events.iter().enumerate() {
        if !wanted(row) || row.date > scale.until() {
            continue;
        }
        let x = scale.x(row.date);
        let lane = ends.iter().position(|&end| end <= x).unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(0.0);
        }
        ends[lane] = x + MARK;
        let lane = u32::try_from(lane).unwrap_or(u32::MAX);
        placed.push(Placed { event, x, lane });
    }
    placed
}

fn axis(drawing: &mut Drawing, scale: &TimeScale, height: f64) {
    for (position, tick) in scale.ticks(14).into_iter().enumerate() {
        let x = scale.x(tick);
        drawing.line("grid", (x, AXIS - 4.0), (x, height - 4.0));
        drawing.text("tick", (x, AXIS - 10.0), &label(tick, position == 0));
    }
    drawing.line("axis", (LABELS, AXIS), (scale.right(), AXIS));
}

fn row_label(drawing: &mut Drawing, y: f64, text: &str) {
    drawing.text("row-label", (LABELS - 14.0, y), text);
}

fn phases(drawing: &mut Drawing, report: &Report, scale: &TimeScale, y: f64) {
    for phase in report.phases.iter().filter(|phase| phase.number > 0) {
        let (from, until) = (scale.x(phase.from), phase_end(report, phase.number, scale));
        let width = (until - from - 2.0).max(6.0);
        let class = if phase.number % 2 == 1 {
            "phase odd"
        } else {
            "phase even"
        };
        let tip = format!(
            "Phase no. {}: {}, from {}",
            phase.number, phase.name, phase.from
        );
        drawing.bar(class, (from, y), (width, 22.0), &tip);
        let fits = fitting(&format!("{}. {}", phase.number, phase.name), width - 10.0);
        drawing.text("phase-label", (from + 7.0, y + 15.0), &fits);
    }
}

/// Where a phase's bar ends: where the next one begins, if that is later than its own last event.
fn phase_end(report: &Report, number: usize, scale: &TimeScale) -> f64 {
    let phase = &report.phases[number];
    let next = report.phases.get(number + 1).map(|next| next.from);
    match next {
        Some(next) if next >= phase.until => scale.x(next),
        Some(_) => scale.x(phase.until),
        None => scale.right(),
    }
}

/// As much of a text as fits into a width, at about eight units a character of the widest common font.
fn fitting(text: &str, width: f64) -> String {
    let mut fits = String::new();
    let mut used = 0.0;
    for character in text.chars() {
        used += if character.is_ascii() { 7.6 } else { 12.0 };
        if used > width {
            let kept = fits.chars().count().saturating_sub(1);
            let mut shorter: String = fits.chars().take(kept).collect();
            if kept > 0 {
                shorter.push('…');
            }
            return shorter;
        }
        fits.push(character);
    }
    fits
}

fn marks(drawing: &mut Drawing, report: &Report, placed: &[Placed], look: (f64, &str, bool)) {
    let (top, class, is_disc) = look;
    for mark in placed {
        let event = &report.events[mark.event];
        let y = top + f64::from(mark.lane) * MARK;
        let tip = format!("{}: {} ({})", event.date, event.title, event.id);
        drawing.mark(class, (mark.x, y), mark.event, &tip, is_disc);
    }
}

/// Dashed lines from what happens outside down through the capabilities.
fn threads(drawing: &mut Drawing, report: &Report, scale: &TimeScale, (from, until): (f64, f64)) {
    for event in &report.events {
        if event.stage.is_none() && event.kind != "baseline" && event.date <= scale.until() {
            let x = scale.x(event.date);
            drawing.line("thread", (x, from), (x, until - 6.0));
        }
    }
}

/// The capabilities that somebody loses at some time.
fn capabilities(report: &Report) -> Vec<Capability> {
    let all = Capability::ALL.iter().copied();
    all.filter(|&capability| intervals(report, capability).next().is_some())
        .collect()
}

fn intervals(report: &Report, capability: Capability) -> impl Iterator<Item = &LossInterval> {
    let intervals = report.intervals.iter();
    intervals.filter(move |interval| interval.capability == capability)
}

fn capability_row(
    drawing: &mut Drawing,
    report: &Report,
    scale: &TimeScale,
    (capability, y): (Capability, f64),
) {
    row_label(drawing, y + 15.0, wording::capability(capability));
    drawing.line(
        "row",
        (LABELS, y + ROW - 1.0),
        (scale.right(), y + ROW - 1.0),
    );
    let mut peak = 0;
    for interval in intervals(report, capability) {
        let (from, until) = (scale.x(interval.from), scale.x(interval.until));
        let tip = interval_text(interval);
        let class = shade(interval.peak, report.numbers.users);
        drawing.bar(
            class,
            (from, y + 4.0),
            ((until - from).max(2.0), ROW - 9.0),
            &tip,
        );
        peak = peak.max(interval.peak);
    }
    drawing.text("peak", (scale.right() + 8.0, y + 15.0), &number(peak));
}

/// One interval as a sentence.
fn interval_text(interval: &LossInterval) -> String {
    let until = if interval.is_open {
        "the horizon".to_owned()
    } else {
        format!("before {}", interval.until)
    };
    format!(
        "{}: at most {} without it at once, from {} until {until}; {} user-days",
        wording::capability(interval.capability),
        wording::users(interval.peak),
        interval.from,
        number(interval.user_days),
    )
}

/// Darker the more of all users go without.
fn shade(users: u64, all: u64) -> &'static str {
    match users.saturating_mul(100) / all.max(1) {
        0 => "loss s1",
        1..=4 => "loss s2",
        5..=19 => "loss s3",
        20..=49 => "loss s4",
        _ => "loss s5",
    }
}

fn description(report: &Report) -> String {
    let stages = report
        .events
        .iter()
        .filter(|event| event.stage.is_some())
        .count();
    let mut text = format!(
        "{} stages from {} to {}. ",
        stages, report.header.baseline, report.header.end
    );
    let intervals: Vec<String> = report.intervals.iter().map(interval_text).collect();
    if intervals.is_empty() {
        text.push_str("Nobody loses anything.");
    } else {
        text.push_str(&intervals.join(". "));
    }
    text.push_str(" The tables below the chart hold the same figures.");
    text
}
