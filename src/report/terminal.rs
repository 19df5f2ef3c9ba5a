//! `simulate` for a person: the plan's course as a table, its risks, the losses with what would help, and what was checked.
//!
//! In: a finished run and the width of the terminal. Out: one text with escape sequences for colors, which whoever prints it
//! keeps or strips. Texts of plan and inventory are safe to print in it.

mod causes;
mod course;
mod paragraph;

pub use paragraph::paragraph;

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::findings::Run;
use super::model::wording::{self, count, number, users};
use crate::model::{Capability, Severity};
use crate::simulate::{Range, Simulation};
use crate::terminal_text::safe;

/// One rule below the head and none between rows, so that tables of many events stay short.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// How headings look.
pub const HEADING: Style = Style::new().bold();

/// Lays a run out for a terminal of this width, in columns.
#[must_use]
pub fn summary(run: &Run<'_>, width: u16) -> String {
    let plan = run.timeline.plan;
    let sections = [
        format!(
            "{HEADING}{}{HEADING:#}\n{} on {}, {} to {}, {} reading\n",
            safe(&plan.name),
            users(run.timeline.inventory.users.len() as u64),
            count(plan.pools.len() as u64, "pool", "pools"),
            plan.baseline,
            run.simulation.end,
            run.simulation.reading
        ),
        course::course(run, width),
        plan_risks(run.simulation, width),
        already_lacking(run.simulation, width),
        causes::losses(run, width),
        at_the_end(run, width),
        checked(run),
    ];
    let told: Vec<String> = sections
        .into_iter()
        .filter(|section| !section.is_empty())
        .collect();
    told.join("\n")
}

/// The plan's own risks, in order of their events.
fn plan_risks(simulation: &Simulation, width: u16) -> String {
    let mut text = String::new();
    for finding in &simulation.plan_findings {
        let severity = finding.code.severity();
        let lead = format!("  {}  ", severity_word(severity));
        let words = format!(
            "{} at {}: {}",
            finding.code.id(),
            safe(&finding.event),
            safe(&finding.message)
        );
        text.push_str(&paragraph(&lead, &words, width));
    }
    section("Risks of the plan itself", &text)
}

/// What users lack at the baseline is nobody's loss, but has to be known.
fn already_lacking(simulation: &Simulation, width: u16) -> String {
    let Some(baseline) = simulation.outcomes.first() else {
        return String::new();
    };
    let lacking: Vec<String> = Capability::ALL
        .iter()
        .map(|&capability| (capability, baseline.state[capability.index()].none))
        .filter(|&(_, none)| none > 0)
        .map(|(capability, none)| format!("{} {}", wording::capability(capability), number(none)))
        .collect();
    if lacking.is_empty() {
        return String::new();
    }
    let text = paragraph("  ", &lacking.join("; "), width);
    section(
        "Lacking already at the baseline, not counted as a loss (users)",
        &text,
    )
}

/// Where users stand after the last event, for every capability that somebody goes without or loses.
fn at_the_end(run: &Run<'_>, width: u16) -> String {
    let simulation = run.simulation;
    let Some(last) = simulation.outcomes.last() else {
        return String::new();
    };
    let mut table = new_table(width);
    table.set_header(["", "without", "limited", "unknown", "user-days lost"]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for &capability in Capability::ALL {
        let index = capability.index();
        let (state, range, days) = (
            last.state[index],
            last.range[index],
            simulation.user_days[index],
        );
        if state.none + state.unknown + range.lenient + range.strict + days > 0 {
            table.add_row([
                wording::capability(capability).to_owned(),
                without(state.none, range),
                number(state.limited),
                number(state.unknown),
                number(days),
            ]);
        }
    }
    if table.is_empty() {
        return String::new();
    }
    let head = format!(
        "After the last event (users; lenient to strict), and days lost up to {}",
        simulation.end
    );
    section(&head, &lines(&table))
}

/// How many are without; with the other readings in brackets where they differ.
fn without(judged: u64, range: Range) -> String {
    if range.lenient == judged && range.strict == judged {
        number(judged)
    } else {
        format!(
            "{} ({} to {})",
            number(judged),
            number(range.lenient),
            number(range.strict)
        )
    }
}

/// What was looked at, and how much was found: said in any case, so that silence is never taken for an answer.
fn checked(run: &Run<'_>) -> String {
    let (timeline, simulation) = (run.timeline, run.simulation);
    let counts = &timeline.inventory.counts;
    let stages = timeline.plan.stages.len() as u64;
    // All events but the baseline.
    let outside = simulation.outcomes.len() as u64 - 1 - stages;
    let mut found = vec![count(simulation.finding_count(), "finding", "findings")];
    let by_severity = findings_by_severity(run);
    for &severity in Severity::ALL.iter().rev() {
        let of_this = by_severity[severity.index()];
        if of_this > 0 && severity != Severity::Info {
            found.push(format!("{} {severity}", number(of_this)));
        }
    }
    let words = format!(
        "{}, {}. Checked: {} ({} of {} used, {} rejected, {} unrecognized), {} and {}, {}.",
        found.join(", "),
        count(
            simulation.plan_findings.len() as u64,
            "risk of the plan",
            "risks of the plan"
        ),
        users(timeline.inventory.users.len() as u64),
        number(counts.rows_used),
        count(counts.rows, "row", "rows"),
        number(counts.rows_rejected),
        count(counts.unrecognized_clients, "client", "clients"),
        count(stages, "stage", "stages"),
        count(outside, "outside date", "outside dates"),
        count(run.knowledge.rules().len() as u64, "rule", "rules"),
    );
    format!("{words}\n")
}

fn findings_by_severity(run: &Run<'_>) -> [u64; Severity::ALL.len()] {
    let mut sums = [0; Severity::ALL.len()];
    for (position, path) in run.timeline.paths.iter().enumerate() {
        for finding in run.simulation.findings_of(position) {
            sums[finding.severity.index()] += path.users;
        }
    }
    sums
}

/// A heading with its text; nothing where there is no text.
pub(super) fn section(head: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("{HEADING}{head}{HEADING:#}\n{text}")
}

/// A table that fits the terminal.
pub(super) fn new_table(width: u16) -> Table {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width);
    table
}

/// The lines of a table, without the blanks at their ends.
pub(super) fn lines(table: &Table) -> String {
    let mut text = table.trim_fmt();
    text.push('\n');
    text
}

fn severity_word(severity: Severity) -> String {
    let style = match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low | Severity::Info => Style::new(),
    };
    format!("{style}{severity:<8}{style:#}")
}
