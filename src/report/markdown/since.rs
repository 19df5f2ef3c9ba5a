//! What is new, gone or changed since an earlier report, without names of people.

use std::fmt::Write as _;

use super::table::{Table, left, right};
use crate::report::markdown_text::escaped;
use crate::report::model::Since;
use crate::report::model::since::SHOWN;
use crate::report::model::wording::number;

pub(super) fn render(text: &mut String, since: &Since) {
    let _ = writeln!(
        text,
        "\n## Since the earlier report\n\n{}",
        since.sentence()
    );
    lines(text, since);
    risks(text, since);
    groups(text, since);
}

fn lines(text: &mut String, since: &Since) {
    let mut table = Table::new(&[
        left("What"),
        left("Capability"),
        right("Users"),
        left("When and why"),
        right("User-days before"),
        right("User-days now"),
    ]);
    for line in since.lines.iter().take(SHOWN) {
        table.row([
            escaped(&line.heading),
            escaped(&line.what),
            number(line.users),
            escaped(&line.when),
            number(line.days_before),
            number(line.days_after),
        ]);
    }
    table.end(text, "### People whose findings differ");
    more(text, since.lines.len());
}

fn risks(text: &mut String, since: &Since) {
    let mut table = Table::new(&[left("Since"), left("Severity"), left("Event"), left("What")]);
    let new = since.risks_new.iter().map(|risk| ("new", risk));
    let gone = since.risks_gone.iter().map(|risk| ("gone", risk));
    for (word, risk) in new.chain(gone) {
        table.row([
            word.to_owned(),
            risk.severity.id().to_owned(),
            escaped(&risk.event),
            escaped(&risk.message),
        ]);
    }
    table.end(text, "### Risks of the plan that came or went");
}

fn groups(text: &mut String, since: &Since) {
    let mut table = Table::new(&[
        left("Since"),
        left("Group"),
        left("Phase"),
        left("What"),
        right("Users before"),
        right("Users now"),
    ]);
    for group in since.groups.iter().take(SHOWN) {
        table.row([
            group.word().to_owned(),
            escaped(&group.id),
            escaped(&group.phase),
            escaped(&group.what),
            number(group.users_before),
            number(group.users_after),
        ]);
    }
    table.end(
        text,
        "### Groups that came, went, or have another number of users",
    );
    more(text, since.groups.len());
}

/// Says how many there are beyond those that are shown.
fn more(text: &mut String, all: usize) {
    let more = all.saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(text, "\n{more} more are in `report.json`.");
    }
}
