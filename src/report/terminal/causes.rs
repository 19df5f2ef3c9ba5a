//! What is lost and limited, why, and what would help: the same loss for the same causes is one line, worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment};

use super::course::NARROW;
use super::{lines, new_table, paragraph, section};
use crate::finding::{Cause, Causes, Kind};
use crate::model::{Capability, Severity};
use crate::report::findings::Run;
use crate::report::model::wording::{self, count, number};
use crate::simulate::{Remedy, survey};
use crate::terminal_text::safe;

/// So many lines are shown.
const SHOWN: usize = 15;
/// So many events and measures of a line are named.
const NAMED: usize = 2;

/// What users share who lose the same for the same reasons.
type Key = (Capability, Kind, Causes);

/// One line in the making.
#[derive(Default)]
struct Loss {
    users: u64,
    severity: Option<Severity>,
    events: BTreeMap<usize, u64>,
    remedies: BTreeMap<Remedy, u64>,
}

/// The losses, worst first.
pub(super) fn losses(run: &Run<'_>, width: u16) -> String {
    let losses = gather(run);
    if losses.is_empty() {
        return String::new();
    }
    let rest = losses.len().saturating_sub(SHOWN);
    let told = losses
        .iter()
        .take(SHOWN)
        .map(|(key, loss)| Told::new(run, key, loss));
    let mut text = if width < NARROW {
        told.map(|told| told.paragraph(width)).collect()
    } else {
        let mut table = new_table(width);
        table.set_header(["severity", "users", "what", "why", "when", "what helps"]);
        for told in told {
            table.add_row(told.cells());
        }
        lines(&table)
    };
    if rest > 0 {
        let more = count(rest as u64, "more line", "more lines");
        text.push_str(&format!(
            "  {more}: --findings FILE lists everything, person by person\n"
        ));
    }
    section("What is lost, and what helps", &text)
}

/// A line in words.
struct Told {
    severity: &'static str,
    users: String,
    what: String,
    why: String,
    when: String,
    helps: String,
}

impl Told {
    fn new(run: &Run<'_>, &(capability, kind, causes): &Key, loss: &Loss) -> Self {
        let kind = kind.id().replace('-', " ");
        Self {
            severity: loss.severity.map_or("", Severity::id),
            users: number(loss.users),
            what: format!("{} {kind}", wording::capability(capability)),
            why: wording::causes(causes),
            when: when(run, &loss.events),
            helps: what_helps(run, causes, loss),
        }
    }

    fn cells(self) -> [Cell; 6] {
        [
            Cell::new(self.severity),
            Cell::new(self.users).set_alignment(CellAlignment::Right),
            Cell::new(self.what),
            Cell::new(self.why),
            Cell::new(self.when),
            Cell::new(self.helps),
        ]
    }

    fn paragraph(&self, width: u16) -> String {
        let users = if self.users == "1" { "user" } else { "users" };
        let what = format!("{} {users}, {}", self.users, self.what);
        let when = self.when.replace('\n', ", ");
        [
            paragraph(&format!(" {}: ", self.severity), &what, width),
            paragraph("   why: ", &self.why, width),
            paragraph("   when: ", &when, width),
            paragraph("   helps: ", &self.helps, width),
        ]
        .concat()
    }
}

/// Every loss, restriction and risk; worst first, then those of most users.
fn gather(run: &Run<'_>) -> Vec<(Key, Loss)> {
    let mut losses: BTreeMap<Key, Loss> = BTreeMap::new();
    survey(
        run.timeline,
        run.knowledge,
        run.simulation,
        &mut |path, survey| {
            let users = run.timeline.paths[path].users;
            let findings = run.simulation.findings_of(path);
            let mut of_path: BTreeMap<Key, Vec<Remedy>> = BTreeMap::new();
            for (position, finding) in findings.iter().enumerate() {
                if finding.kind() == Kind::Restored {
                    continue;
                }
                let key = (finding.capability, finding.kind(), finding.causes);
                let loss = losses.entry(key).or_default();
                loss.severity = loss.severity.max(Some(finding.severity));
                *loss.events.entry(finding.event).or_default() += users;
                let helpful = survey
                    .reliefs
                    .iter()
                    .filter(|relief| relief.finding == position);
                of_path
                    .entry(key)
                    .or_default()
                    .extend(helpful.map(|relief| relief.remedy));
            }
            for (key, mut remedies) in of_path {
                let loss = losses.entry(key).or_default();
                loss.users += users;
                remedies.sort_unstable();
                remedies.dedup();
                for remedy in remedies {
                    *loss.remedies.entry(remedy).or_default() += users;
                }
            }
        },
    );
    let mut losses: Vec<(Key, Loss)> = losses.into_iter().collect();
    losses.sort_by_key(|&(key, ref loss)| (Reverse(loss.severity), Reverse(loss.users), key));
    losses
}

fn when(run: &Run<'_>, events: &BTreeMap<usize, u64>) -> String {
    let named = events.keys().take(NAMED).map(|&event| {
        let event = &run.simulation.outcomes[event].event;
        safe(&event.id).into_owned()
    });
    let mut named: Vec<String> = named.collect();
    if events.len() > NAMED {
        named.push(format!("{} more", events.len() - NAMED));
    }
    named.join("\n")
}

/// The measures that help most, and whom they do not help.
fn what_helps(run: &Run<'_>, causes: Causes, loss: &Loss) -> String {
    let mut remedies: Vec<(Remedy, u64)> = loss
        .remedies
        .iter()
        .map(|(&remedy, &users)| (remedy, users))
        .collect();
    remedies.sort_by_key(|&(remedy, users)| (Reverse(users), remedy));
    let told = remedies.into_iter().take(NAMED).map(|(remedy, users)| {
        let action = wording::action(remedy, run.knowledge);
        if users == loss.users {
            action
        } else {
            format!("{action} ({})", number(users))
        }
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        let is_over = causes.has(Cause::ServiceChange);
        let nothing = if is_over {
            "nothing: it ends for everybody"
        } else {
            "no client or setting alone"
        };
        nothing.to_owned()
    } else {
        in_words(&told)
    }
}

/// `Do this; or do that`.
fn in_words(orders: &[String]) -> String {
    let mut words = String::new();
    for order in orders {
        let mut letters = order.chars();
        match letters.next() {
            Some(first) if !words.is_empty() => {
                words.push_str("; or ");
                words.extend(first.to_lowercase());
                words.push_str(letters.as_str());
            }
            _ => words.push_str(order),
        }
    }
    words
}
