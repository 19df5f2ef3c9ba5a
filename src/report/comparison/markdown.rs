//! A comparison in Markdown, for a wiki or a pull request.

use std::fmt::Write;

use super::{Compared, heading, signed, what, when};
use crate::compare::{Line, Risk, Verdict};
use crate::dry_run::DryRun;
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::markdown_text::escaped;
use crate::report::model::wording::{self, number, users};

/// The stages and services that a dry run puts elsewhere.
#[must_use]
pub fn dry_run_heading(run: &DryRun) -> String {
    let mut text = format!("# Dry run of {}\n\n", escaped(&run.plan.name));
    for moved in &run.moved {
        let days = (moved.to - moved.from).num_days();
        let along = if moved.moved_along {
            ", moving along"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "- {} on {}, not on {} ({days:+} days{along})",
            escaped(&run.plan.stages[moved.stage.0].id),
            moved.to,
            moved.from
        );
    }
    for service in &run.services {
        let _ = writeln!(text, "- {} on {}", escaped(&service.id), service.date);
    }
    text.push('\n');
    text
}

/// What was changed, as a heading.
#[must_use]
pub fn step_heading(changed: &[&str]) -> String {
    format!("## {}\n\n", super::step(changed))
}

/// Lays out what differs, under headings of this level.
#[must_use]
pub fn difference(compared: &Compared<'_>, level: usize) -> String {
    let comparison = compared.comparison;
    if comparison.is_empty() {
        return "Nothing differs.\n".to_owned();
    }
    let mark = "#".repeat(level);
    let verdict = match comparison.verdict() {
        Verdict::Same => "Nothing differs",
        Verdict::NotWorse => "Not worse",
        Verdict::Worse => "Worse",
    };
    let mut text = format!(
        "**{verdict}**: something differs for {}.\n",
        users(comparison.users())
    );
    let lines = comparison.lines();
    if !lines.is_empty() {
        let _ = write!(
            text,
            "\n{mark} People\n\n| what | capability | users | when | user-days | who |\n|---|---|---:|---|---:|---|\n"
        );
        for line in &lines {
            text.push_str(&row(compared, line));
        }
    }
    text.push_str(&figures(compared, &mark));
    text.push_str(&risks(
        &mark,
        "Risks of the plan that appear",
        &comparison.risks_new,
    ));
    text.push_str(&risks(
        &mark,
        "Risks of the plan that vanish",
        &comparison.risks_gone,
    ));
    text
}

fn row(compared: &Compared<'_>, line: &Line) -> String {
    let days = match line.kind {
        Kind::Lost => signed(line.days_before, line.days_after),
        Kind::Degraded | Kind::AtRisk | Kind::Restored => String::new(),
    };
    format!(
        "| {} | {} | {} | {} | {days} | {} |\n",
        heading(line.kind, line.effect),
        what(line),
        number(line.users),
        escaped(&when(line)),
        escaped(&compared.names(line))
    )
}

fn figures(compared: &Compared<'_>, mark: &str) -> String {
    let comparison = compared.comparison;
    let (before, after) = (&comparison.before, &comparison.after);
    let mut rows = String::new();
    for &capability in Capability::ALL {
        let of = |figures: &[u64; Capability::COUNT]| figures[capability.index()];
        let lost = (of(&before.lost), of(&after.lost));
        let days = (of(&before.user_days), of(&after.user_days));
        if lost.0 != lost.1 || days.0 != days.1 {
            let _ = writeln!(
                rows,
                "| {} | {} | {} | {} | {} | {} |",
                wording::capability(capability),
                number(lost.0),
                number(lost.1),
                number(days.0),
                number(days.1),
                signed(days.0, days.1)
            );
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "\n{mark} Figures up to {}\n\n| capability | users before | users after | user-days before | user-days after | difference |\n\
         |---|---:|---:|---:|---:|---:|\n{rows}",
        comparison.horizon
    )
}

fn risks(mark: &str, head: &str, risks: &[Risk]) -> String {
    if risks.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{mark} {head}\n\n");
    for risk in risks {
        let (severity, code) = (risk.severity, escaped(&risk.code));
        let _ = writeln!(
            text,
            "- {severity}: {code} at {}. {}",
            escaped(&risk.event),
            escaped(&risk.message)
        );
    }
    text
}
