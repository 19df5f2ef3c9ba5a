//! A comparison for a person: who loses what newly, no longer, earlier or later, in lines with the first names; then the figures
//! and the risks of the plan.
//!
//! Out: one text with escape sequences for styles. Texts of plan and inventory are safe to print in it.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{Compared, heading, signed, what, when};
use crate::compare::{Effect, Line, Risk, Verdict};
use crate::dry_run::DryRun;
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::model::wording::{self, number, users};
use crate::terminal_text::safe;

/// Headings.
const HEADING: Style = Style::new().bold();

/// The stages and services that a dry run puts elsewhere.
#[must_use]
pub fn dry_run_heading(run: &DryRun) -> String {
    let mut text = format!("{HEADING}Dry run of {}{HEADING:#}\n", safe(&run.plan.name));
    for moved in &run.moved {
        let days = (moved.to - moved.from).num_days();
        let along = if moved.moved_along {
            ", moving along"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "  {} on {}, not on {} ({days:+} days{along})",
            safe(&run.plan.stages[moved.stage.0].id),
            moved.to,
            moved.from
        );
    }
    for service in &run.services {
        let _ = writeln!(text, "  {} on {}", safe(&service.id), service.date);
    }
    if run.moved.is_empty() && run.services.is_empty() {
        text.push_str("  every date as planned\n");
    }
    text.push('\n');
    text
}

/// What was changed, as a heading.
#[must_use]
pub fn step_heading(changed: &[&str]) -> String {
    format!("{HEADING}{}{HEADING:#}\n\n", super::step(changed))
}

/// Lays out what differs.
#[must_use]
pub fn difference(compared: &Compared<'_>) -> String {
    let comparison = compared.comparison;
    if comparison.is_empty() {
        return format!("{HEADING}Nothing differs.{HEADING:#} Nobody finds anything else.\n");
    }
    let mut text = people(compared);
    text.push_str(&figures(compared));
    text.push_str(&risks(
        "Risks of the plan that appear",
        &comparison.risks_new,
    ));
    text.push_str(&risks(
        "Risks of the plan that vanish",
        &comparison.risks_gone,
    ));
    let word = match comparison.verdict() {
        Verdict::Same => "Nothing differs",
        Verdict::NotWorse => "Not worse",
        Verdict::Worse => "Worse",
    };
    let _ = writeln!(
        text,
        "{HEADING}{word}{HEADING:#}: something differs for {}.",
        users(comparison.users())
    );
    text
}

/// The lines of losses in full; of other findings how many people there are.
fn people(compared: &Compared<'_>) -> String {
    let lines = compared.comparison.lines();
    let mut text = String::new();
    for &kind in Kind::ALL {
        for &effect in Effect::ALL {
            let of_this: Vec<&Line> = lines
                .iter()
                .filter(|line| (line.kind, line.effect) == (kind, effect))
                .collect();
            if of_this.is_empty() {
                continue;
            }
            let _ = writeln!(
                text,
                "{HEADING}{}{HEADING:#}",
                capitalized(&heading(kind, effect))
            );
            for line in of_this {
                text.push_str(&told(compared, line));
            }
            text.push('\n');
        }
    }
    text
}

fn told(compared: &Compared<'_>, line: &Line) -> String {
    let mut text = format!(
        "  {}: {}, {}",
        what(line),
        users(line.users),
        safe(&when(line))
    );
    if line.kind == Kind::Lost {
        let _ = write!(
            text,
            ", {} user-days",
            signed(line.days_before, line.days_after)
        );
    }
    let _ = write!(text, "\n      {}\n", safe(&compared.names(line)));
    text
}

/// Users who lose something and user-days, before and after, where one of them differs.
fn figures(compared: &Compared<'_>) -> String {
    let comparison = compared.comparison;
    let (before, after) = (&comparison.before, &comparison.after);
    let mut text = String::new();
    for &capability in Capability::ALL {
        let of = |figures: &[u64; Capability::COUNT]| figures[capability.index()];
        let lost = (of(&before.lost), of(&after.lost));
        let days = (of(&before.user_days), of(&after.user_days));
        if lost.0 != lost.1 || days.0 != days.1 {
            let _ = writeln!(
                text,
                "  {:<26} lost by {} -> {} users, {} -> {} user-days ({})",
                wording::capability(capability),
                number(lost.0),
                number(lost.1),
                number(days.0),
                number(days.1),
                signed(days.0, days.1)
            );
        }
    }
    if text.is_empty() {
        return format!("User-days up to {}: no difference\n\n", comparison.horizon);
    }
    format!(
        "{HEADING}User-days up to {}{HEADING:#}\n{text}\n",
        comparison.horizon
    )
}

fn risks(head: &str, risks: &[Risk]) -> String {
    if risks.is_empty() {
        return String::new();
    }
    let mut text = format!("{HEADING}{head}{HEADING:#}\n");
    let red = AnsiColor::Red.on_default();
    for risk in risks {
        let _ = writeln!(
            text,
            "  {red}{}{red:#} {} at {}: {}",
            risk.severity,
            safe(&risk.code),
            safe(&risk.event),
            safe(&risk.message)
        );
    }
    text.push('\n');
    text
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
