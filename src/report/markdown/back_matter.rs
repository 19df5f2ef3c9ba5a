//! What stands behind the phases: cross-user effects, contested readings, assumptions, data quality, rules, and the run.

use std::fmt::Write as _;

use super::table::{Table, left, right};
use crate::knowledge::{ConflictKind, DocumentFacts};
use crate::report::markdown_text::escaped;
use crate::report::model::wording::{self, number};
use crate::report::model::{OpenPoint, Report};

/// So many values of a facet stand in one cell.
const LINE: usize = 4;

pub(super) fn render(text: &mut String, report: &Report) {
    crossings(text, report);
    contested(text, report);
    assumptions(text, report);
    quality(text, report);
    rules(text, report);
    run(text, report);
}

fn crossings(text: &mut String, report: &Report) {
    text.push_str(
        "\n## Cross-user effects\n\nWhose move takes meetings away from how many others: when organizers change to another \
         server version, participants keep their clients.\n",
    );
    let mut table = Table::new(&[
        left("Date"),
        left("Stage"),
        left("Organizers' versions and pools"),
        right("Organizers"),
        right("Cut off"),
        right("Helped by web app"),
        right("Restricted"),
        left("Clients of those cut off"),
    ]);
    let mut harmless = 0;
    for crossing in report.phases.iter().flat_map(|phase| &phase.crossings) {
        if crossing.cut_off + crossing.restricted == 0 {
            harmless += 1;
            continue;
        }
        let event = &report.events[crossing.event];
        table.row([
            event.date.to_string(),
            super::title(event),
            format!(
                "{} → {}, {}",
                crossing.from.name(),
                crossing.to.name(),
                escaped(&crossing.pools.line(LINE))
            ),
            number(crossing.organizers),
            number(crossing.cut_off),
            number(crossing.helped_by_web_app),
            number(crossing.restricted),
            escaped(&crossing.clients.line(LINE)),
        ]);
    }
    table.end(text, "");
    let _ = writeln!(
        text,
        "\nMoves of organizers to another version that take nothing from anybody: {harmless}."
    );
}

fn contested(text: &mut String, report: &Report) {
    text.push_str(
        "\n## Contested readings\n\nThe documents contradict each other in places. Each figure is given as the lenient reading \
         has it, as this report has it, and as the strict reading has it.\n",
    );
    let mut table = Table::new(&[
        left("Capability"),
        left("Date"),
        left("Event"),
        right("Lenient"),
        right("This report"),
        right("Strict"),
        left("Open points behind it"),
    ]);
    for row in &report.contested {
        let event = &report.events[row.event];
        table.row([
            wording::capability(row.capability).to_owned(),
            event.date.to_string(),
            super::title(event),
            number(row.lenient),
            number(row.chosen),
            number(row.strict),
            report.points_behind(row.capability).join(", "),
        ]);
    }
    if report.contested.is_empty() {
        text.push_str("\nNone: all readings give the same numbers.\n");
    }
    table.end(text, "");
    let points = report.open_points.iter();
    let points = points.filter(|point| point.kind == ConflictKind::Contested);
    open_points(
        text,
        "### Points on which the documents contradict each other",
        points,
    );
}

fn open_points<'p>(text: &mut String, heading: &str, points: impl Iterator<Item = &'p OpenPoint>) {
    for (position, point) in points.enumerate() {
        if position == 0 {
            let _ = writeln!(text, "\n{heading}\n");
        }
        let _ = writeln!(
            text,
            "- **{}** ({}, {}): {} {} Findings that rest on it: {}.",
            escaped(&point.title),
            escaped(&point.id),
            point.kind.id(),
            escaped(&point.reading),
            escaped(&point.reason),
            number(point.findings)
        );
        for citation in point.citations() {
            let _ = writeln!(text, "  - {}", escaped(&citation));
        }
    }
}

fn assumptions(text: &mut String, report: &Report) {
    text.push_str("\n## Assumptions and unknowns\n");
    let points = report.open_points.iter();
    let points = points.filter(|point| point.kind != ConflictKind::Contested);
    open_points(
        text,
        "### Read where the documents are silent or have to be understood",
        points,
    );
    let mut table = Table::new(&[
        left("Assumed because nobody said otherwise"),
        right("Users who depend on it"),
        left("To say otherwise"),
    ]);
    for assumed in &report.assumptions {
        table.row([
            escaped(&assumed.text),
            number(assumed.users),
            assumed.instead.to_owned(),
        ]);
    }
    table.end(text, "### Assumed about your organization");
    let mut table = Table::new(&[
        left("Capability"),
        left("Why"),
        right("Users at the baseline"),
        right("At the end"),
    ]);
    for part in &report.unknowns {
        table.row([
            wording::capability(part.capability).to_owned(),
            part.reason.to_owned(),
            number(part.at_start),
            number(part.at_end),
        ]);
    }
    if report.unknowns.is_empty() {
        text.push_str("\nNothing stays unknown.\n");
    }
    table.end(text, "### Unknown");
}

fn quality(text: &mut String, report: &Report) {
    let _ = writeln!(
        text,
        "\n## Data quality\n\n{} used. Every row that was read is used or given back with a reason.",
        report.quality.rows_used()
    );
    let mut table = Table::new(&[left("What"), right("Figure")]);
    for (name, figure) in report.quality.figures() {
        table.row([name.to_owned(), number(figure)]);
    }
    table.end(text, "");
    let mut table = Table::new(&[
        left("Weight"),
        left("Code"),
        right("Times"),
        left("First example"),
    ]);
    for noticed in &report.quality.noticed {
        table.row([
            noticed.weight_name().to_owned(),
            noticed.code.to_owned(),
            number(noticed.count),
            escaped(&noticed.first),
        ]);
    }
    table.end(text, "### What was noticed in the inventory");
}

fn rules(text: &mut String, report: &Report) {
    let mut table = Table::new(&[
        left("Rule"),
        left("What it says"),
        left("Document, and of which date"),
        left("Table and cell"),
        left("Footnotes"),
        left("Behind"),
        right("Findings"),
    ]);
    for rule in &report.rules {
        let dates = rule
            .document
            .as_ref()
            .map_or(String::new(), DocumentFacts::dates);
        let document = [rule.document_title(), &dates];
        let document: Vec<&str> = document
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        table.row([
            escaped(&rule.id),
            escaped(&rule.wording()),
            escaped(&document.join(", ")),
            escaped(&rule.place()),
            escaped(&rule.footnotes().join(" ")),
            rule.used_by(),
            number(rule.findings),
        ]);
    }
    table.end(text, "## Rules used");
}

fn run(text: &mut String, report: &Report) {
    let header = &report.header;
    let _ = writeln!(
        text,
        "\n## The run\n\ncutover {}. The same inputs and options give the same report: no date in it comes from a clock.",
        header.tool_version
    );
    let mut table = Table::new(&[
        left("Input or option"),
        left("Size in bytes, or value"),
        left("SHA-256"),
    ]);
    for file in header.run.plan.iter().chain(&header.run.inventories) {
        table.row([escaped(&file.name), number(file.bytes), file.sha256.clone()]);
    }
    table.row([
        "documents and judgements".to_owned(),
        "built in".to_owned(),
        header.knowledge_sha256.clone(),
    ]);
    for (option, value) in &header.run.options {
        table.row([format!("`{option}`"), escaped(value), String::new()]);
    }
    table.end(text, "");
}
