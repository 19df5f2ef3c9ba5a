//! `report.md`: the story of `report.html` for a wiki or a pull request.
//!
//! In: a [`Report`]. Out: GitHub-flavored Markdown with a Mermaid timeline. It has groups and no names, so it does not grow with
//! the number of users. Everything foreign goes through `markdown_text`.

mod back_matter;
mod gantt;
mod phase;
mod since;
mod table;

use std::fmt::Write as _;

use super::markdown_text::escaped;
use super::model::header::UNDER_PSEUDONYMS;
use super::model::wording::{self, number};
use super::model::{EventRow, Report};
use crate::finding::Kind;
use crate::model::Capability;
use table::{Table, left, right};

/// So many phases of the matrix stand side by side; further ones begin a new table.
const PHASES_PER_TABLE: usize = 6;

/// Lays the report out.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    head(&mut text, report);
    numbers(&mut text, report);
    phases(&mut text, report);
    reasons(&mut text, report);
    if let Some(since) = &report.since {
        since::render(&mut text, since);
    }
    timeline(&mut text, report);
    matrix(&mut text, report);
    for part in report.telling_phases() {
        phase::render(&mut text, report, part);
    }
    back_matter::render(&mut text, report);
    text
}

fn head(text: &mut String, report: &Report) {
    let header = &report.header;
    let _ = writeln!(text, "# Migration risk report: {}\n", escaped(&header.plan));
    if header.run.is_sample {
        text.push_str("Built-in sample, no real people.\n\n");
    }
    if header.run.is_pseudonymized {
        let _ = writeln!(text, "{}\n", UNDER_PSEUDONYMS);
    }
    let _ = writeln!(
        text,
        "**{}.** {}\n",
        report.verdict.decision.name(),
        report.sentence()
    );
    let _ = writeln!(
        text,
        "Baseline {}, horizon {} (that day does not count), {} reading, {}, {} used.",
        header.baseline,
        header.end,
        header.reading.id(),
        wording::users(header.users),
        report.quality.rows_used()
    );
}

fn numbers(text: &mut String, report: &Report) {
    let numbers = &report.numbers;
    let mut table = Table::new(&[left("Number"), right("Figure"), left("What it is")]);
    let rows = [
        (
            "Users who lose something",
            numbers.losing,
            format!("of {}, at some time", wording::users(numbers.users)),
        ),
        (
            "Still without at the end",
            numbers.affected_at_end,
            "after the last event".to_owned(),
        ),
        (
            "Recovered by then",
            numbers.recovered,
            "lost something, have it all back".to_owned(),
        ),
        (
            "Only restricted",
            numbers.restricted,
            format!("and unknown for {} more", number(numbers.uncertain)),
        ),
        (
            "User-days lost",
            numbers.all_user_days(),
            format!(
                "{} by the plan, {} from outside",
                number(numbers.blame.plan),
                number(numbers.blame.outside)
            ),
        ),
        (
            "Plan findings that block",
            numbers.blocking_plan_findings as u64,
            format!(
                "of {}",
                wording::count(
                    numbers.plan_findings as u64,
                    "plan finding",
                    "plan findings"
                )
            ),
        ),
    ];
    for (name, figure, more) in rows {
        table.row([name.to_owned(), number(figure), more]);
    }
    table.end(text, "## Numbers");
    let mut days = Table::new(&[
        left("Capability"),
        right("User-days lost"),
        right("Most users at once"),
    ]);
    for (capability, lost, peak) in report.days_by_capability() {
        days.row([
            wording::capability(capability).to_owned(),
            number(lost),
            number(peak),
        ]);
    }
    days.end(text, "### User-days lost by capability");
}

fn phases(text: &mut String, report: &Report) {
    let mut table = Table::new(&[
        right("No."),
        left("Phase"),
        left("Days"),
        left("Advice"),
        right("Moved"),
        right("Newly affected"),
        right("Still affected"),
        right("Recovered"),
        right("User-days"),
    ]);
    for phase in report.telling_phases() {
        table.row([
            phase.number.to_string(),
            escaped(&phase.name),
            phase.days(),
            phase.verdict.decision.name().to_owned(),
            number(phase.users_moved),
            number(phase.touched.newly),
            number(phase.touched.still),
            number(phase.touched.recovered),
            number(phase.user_days.iter().sum()),
        ]);
    }
    table.end(text, "## Phases");
}

fn reasons(text: &mut String, report: &Report) {
    const TOP: usize = 5;
    let reasons = &report.verdict.reasons;
    let mut table = Table::new(&[
        left("Severity"),
        right("Phase"),
        left("What happens"),
        left("What to do"),
        left("Decide before"),
    ]);
    for reason in reasons.iter().take(TOP) {
        table.row([
            reason.severity.id().to_owned(),
            reason.phase.to_string(),
            escaped(&reason.text),
            escaped(reason.action_or_acceptance()),
            reason.due.to_string(),
        ]);
    }
    table.end(text, "## What weighs most, and what to do about it");
    let more = reasons.len().saturating_sub(TOP);
    if more > 0 {
        let _ = writeln!(
            text,
            "\n{more} more, of the same weight or less, stand with their phases."
        );
    }
}

fn timeline(text: &mut String, report: &Report) {
    text.push_str("\n## Timeline\n\n```mermaid\n");
    text.push_str(&gantt::gantt(report));
    text.push_str("```\n");
    let mut events = Table::new(&[
        right("No."),
        left("Date"),
        left("What happens"),
        left("Kind"),
        right("Phase"),
        right("Moved"),
        right("New clients"),
        right("Findings lost"),
        right("Recovered"),
    ]);
    for (position, event) in report.events.iter().enumerate() {
        let sum = |kind: Kind| event.changes.iter().map(|changes| changes.get(kind)).sum();
        events.row([
            position.to_string(),
            event.date.to_string(),
            title(event),
            event.kind.to_owned(),
            event.phase.to_string(),
            number(event.users_moved),
            number(event.users_reclient),
            number(sum(Kind::Lost)),
            number(sum(Kind::Restored)),
        ]);
    }
    events.end(text, "### Events");
    let mut losses = Table::new(&[
        left("Capability"),
        left("From (first day)"),
        left("Until (that day not included)"),
        right("Most users at once"),
        right("User-days"),
    ]);
    for interval in &report.intervals {
        losses.row([
            wording::capability(interval.capability).to_owned(),
            interval.from.to_string(),
            interval.until_words(),
            number(interval.peak),
            number(interval.user_days),
        ]);
    }
    losses.end(text, "### When somebody goes without");
}

/// An event's title, escaped.
fn title(event: &EventRow) -> String {
    escaped(&event.title)
}

/// Users at each level when each phase ends.
fn matrix(text: &mut String, report: &Report) {
    let phases: Vec<_> = report.telling_phases().collect();
    let mut heading = "## Users without, by phase";
    for part in phases.chunks(PHASES_PER_TABLE) {
        let mut heads = vec![left("Capability")];
        let names: Vec<String> = part
            .iter()
            .map(|phase| format!("{}. {}", phase.number, escaped(&phase.name)))
            .collect();
        heads.extend(names.iter().map(|name| right(name)));
        let mut table = Table::new(&heads);
        for &capability in Capability::ALL {
            let mut row = vec![wording::capability(capability).to_owned()];
            row.extend(part.iter().map(|phase| {
                let events = (phase.events.first(), phase.events.last());
                cell(report, capability, events)
            }));
            if row[1..].iter().any(|cell| !cell.is_empty()) {
                table.row(row);
            }
        }
        table.end(text, heading);
        heading = "";
    }
    text.push_str(
        "\nUsers who cannot do it when the phase ends, and the change since before it; then those who can only in part (limited) \
         and of whom the documents do not say (unknown).\n",
    );
}

/// One capability at the end of a phase; empty where nobody uses it.
fn cell(
    report: &Report,
    capability: Capability,
    (first, last): (Option<&usize>, Option<&usize>),
) -> String {
    let (Some(&first), Some(&last)) = (first, last) else {
        return String::new();
    };
    let state = report.events[last].state[capability.index()];
    if state.full + state.limited + state.none + state.unknown == 0 {
        return String::new();
    }
    let before = first.checked_sub(1).map_or(state.none, |event| {
        report.events[event].state[capability.index()].none
    });
    let mut text = number(state.none);
    if state.none > before {
        let _ = write!(text, " (+{})", number(state.none - before));
    } else if state.none < before {
        let _ = write!(text, " (−{})", number(before - state.none));
    }
    for (users, word) in [(state.limited, "limited"), (state.unknown, "unknown")] {
        if users > 0 {
            let _ = write!(text, "; {} {word}", number(users));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_without_rows_is_left_out_with_its_heading() {
        let mut text = String::new();
        Table::new(&[left("a")]).end(&mut text, "## Heading");
        assert_eq!(text, "");
    }
}
