//! The section of a phase: advice and why, what is planned, what is lost and for what cause, groups, measures, the way back.

use std::fmt::Write as _;

use super::table::{Table, left, right};
use crate::finding::Kind;
use crate::report::markdown_text::escaped;
use crate::report::model::wording::{self, number};
use crate::report::model::{Phase, Report};

/// So many groups of a phase stand here; all of them are in the workbook and in `report.json`.
const GROUPS: usize = 20;
/// So many values of a facet stand in one cell.
const LINE: usize = 3;

pub(super) fn render(text: &mut String, report: &Report, phase: &Phase) {
    let _ = writeln!(
        text,
        "\n## Phase {}. {}\n\n**{}**, {}.",
        phase.number,
        escaped(&phase.name),
        phase.verdict.decision.name(),
        phase.days()
    );
    outside(text, report, phase);
    figures(text, phase);
    stages(text, report, phase);
    reasons(text, phase);
    plan_findings(text, report, phase);
    losses(text, phase);
    groups(text, phase);
    measures(text, phase);
    rollback(text, phase);
    if !phase.groups.is_empty() {
        let _ = writeln!(
            text,
            "\nWho they are: `phase-{0}-users.csv`; what to tell each of them: `phase-{0}-communications.csv`.",
            phase.number
        );
    }
}

fn outside(text: &mut String, report: &Report, phase: &Phase) {
    let events = phase.events.iter().map(|&event| &report.events[event]);
    let outside: Vec<String> = events
        .filter(|event| event.stage.is_none() && event.kind != "baseline")
        .map(|event| format!("{} ({})", super::title(event), event.date))
        .collect();
    if !outside.is_empty() {
        let _ = writeln!(text, "\nFrom outside: {}.", outside.join("; "));
    }
}

fn figures(text: &mut String, phase: &Phase) {
    let mut table = Table::new(&[left("Users"), right("Figure"), left("What it is")]);
    for (name, figure, more) in phase.figures() {
        table.row([name.to_owned(), number(figure), more.to_owned()]);
    }
    table.end(text, "");
}

fn stages(text: &mut String, report: &Report, phase: &Phase) {
    let mut table = Table::new(&[
        right("No."),
        left("Date"),
        left("Window"),
        left("Stage"),
        left("What it does (users)"),
    ]);
    for stage in &phase.stages {
        let row = &report.events[stage.event];
        let deeds = stage.deeds().into_iter();
        let deeds: Vec<String> = deeds
            .map(|(what, rest)| format!("{what}: {}", escaped(&rest)))
            .collect();
        table.row([
            stage.event.to_string(),
            row.date.to_string(),
            stage.window_days(),
            super::title(row),
            deeds.join(". "),
        ]);
    }
    table.end(text, "### What is planned");
}

fn reasons(text: &mut String, phase: &Phase) {
    let heading = format!("### Why: {}", phase.verdict.decision.name());
    if phase.verdict.reasons.is_empty() {
        let _ = writeln!(
            text,
            "\n{heading}\n\nNothing of severity medium or worse happens in this phase."
        );
    }
    let mut table = Table::new(&[
        left("Severity"),
        left("What happens"),
        left("Condition: do this, or accept it"),
        left("Before"),
    ]);
    for reason in &phase.verdict.reasons {
        table.row([
            reason.severity.id().to_owned(),
            escaped(&reason.text),
            escaped(reason.action_or_acceptance()),
            reason.due.to_string(),
        ]);
    }
    table.end(text, &heading);
}

fn plan_findings(text: &mut String, report: &Report, phase: &Phase) {
    let mut table = Table::new(&[
        left("Severity"),
        left("Code"),
        left("What it is"),
        left("Date"),
        left("Rules"),
    ]);
    for &position in &phase.plan_findings {
        let row = &report.plan_findings[position];
        table.row([
            row.severity.id().to_owned(),
            row.code.to_owned(),
            escaped(&row.message),
            report.events[row.event].date.to_string(),
            row.rules.join(", "),
        ]);
    }
    table.end(text, "### Findings about the plan itself");
}

fn losses(text: &mut String, phase: &Phase) {
    if phase.losses.is_empty() {
        text.push_str("\nNobody loses anything in this phase.\n");
        return;
    }
    let heads = [
        left("Severity"),
        left("Capability"),
        left("Change"),
        left("Cause"),
        left("By"),
        right("Users"),
        right("User-days"),
        left("What would help (users)"),
    ];
    let (mut lost, mut back) = (Table::new(&heads), Table::new(&heads[1..6]));
    for loss in &phase.losses {
        let middle = [
            wording::capability(loss.capability).to_owned(),
            wording::kind(loss.kind).to_owned(),
            wording::causes(loss.causes),
            loss.origin().to_owned(),
            number(loss.users),
        ];
        if loss.kind == Kind::Restored {
            back.row(middle);
            continue;
        }
        let help = loss.helped_by.first().map_or(String::new(), |help| {
            format!("{} ({})", escaped(&help.action), number(help.users))
        });
        let mut row = vec![loss.severity.id().to_owned()];
        row.extend(middle);
        row.extend([number(loss.user_days), help]);
        lost.row(row);
    }
    lost.end(text, "### What is lost or limited, and why");
    back.end(text, "### What comes back");
}

fn groups(text: &mut String, phase: &Phase) {
    let mut table = Table::new(&[
        left("Group"),
        left("Severity"),
        right("Users"),
        left("What"),
        left("Causes"),
        left("Clients after the phase"),
        left("Pools"),
        left("Departments"),
        left("What would help (users)"),
        right("No single measure"),
    ]);
    for group in phase.groups.iter().take(GROUPS) {
        let help: Vec<String> = phase
            .help_of(group)
            .take(LINE)
            .map(|(action, users)| format!("{} ({})", escaped(action), number(users)))
            .collect();
        table.row([
            group.id.clone(),
            group.severity.id().to_owned(),
            number(group.users),
            group.what(),
            group.cause_words(),
            escaped(&group.clients.line(LINE)),
            escaped(&group.pools.line(LINE)),
            escaped(&group.departments.line(LINE)),
            help.join("; "),
            number(group.beyond_help),
        ]);
    }
    table.end(text, "### Who is hit: groups");
    let hidden = phase.groups.get(GROUPS..).unwrap_or_default();
    if !hidden.is_empty() {
        let users = hidden.iter().map(|group| group.users).sum();
        let _ = writeln!(
            text,
            "\n{} with {} are in `report.xlsx` and `report.json`.",
            wording::count(hidden.len() as u64, "more group", "more groups"),
            wording::users(users)
        );
    }
}

fn measures(text: &mut String, phase: &Phase) {
    let mut table = Table::new(&[
        left("Measure"),
        right("Users helped"),
        right("Of them, from losing"),
        left("What it lifts (users)"),
        left("What it takes"),
    ]);
    for measure in &phase.measures {
        let lifts = measure.lifts.iter().map(|&(capability, users)| {
            format!("{} {}", wording::capability(capability), number(users))
        });
        table.row([
            escaped(&measure.action),
            number(measure.users),
            number(measure.users_of_losses),
            lifts.collect::<Vec<_>>().join("; "),
            measure.note.to_owned(),
        ]);
    }
    table.end(text, "### What would help");
    if phase.beyond_help > 0 {
        let _ = writeln!(
            text,
            "\n{} lose something that no single measure brings back: they have to be told, and offered something else.",
            wording::users(phase.beyond_help)
        );
    }
}

fn rollback(text: &mut String, phase: &Phase) {
    text.push_str("\n### The way back\n\n");
    let rollback = &phase.rollback;
    if rollback.notes.is_empty() && rollback.impossible_from.is_none() {
        text.push_str(
            "Nothing in this phase moves users to a newer version, migrates chat or decommissions a pool.\n",
        );
    }
    let points = [
        ("Going back loses data from", &rollback.loses_data_from),
        ("No pool to go back to from", &rollback.impossible_from),
    ];
    for (words, point) in points {
        if let Some(point) = point {
            let _ = writeln!(
                text,
                "- **{words} {} on:** {}.",
                point.date,
                escaped(&point.why)
            );
        }
    }
    for note in &rollback.notes {
        let _ = writeln!(text, "- {} ({})", note.text, note.source);
    }
}
