//! `calendar.ics`: the plan's days for a calendar (RFC 5545). Stages, services that change, licenses that end; each a whole day.
//!
//! In: a [`Report`]. Out: the calendar. Nothing in it comes from a clock: the stamp of every entry is the day the inventory
//! describes, and its id is made of the plan's name and the event's id, so that a calendar that imports a later report moves
//! the entries it has.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::model::wording::{self, number};
use super::model::{EventRow, Report, StageRow};
use crate::digest::{hexadecimal, sha256};
use crate::finding::Kind;
use crate::terminal_text::is_obeyed_or_unseen;

/// The longest line in bytes, without its end (RFC 5545 section 3.1).
const LINE: usize = 75;

/// Lays the calendar out.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut calendar = Calendar::default();
    calendar.line("BEGIN", "VCALENDAR");
    calendar.line("VERSION", "2.0");
    calendar.line("PRODID", "-//cutover//migration risk report//EN");
    calendar.line("CALSCALE", "GREGORIAN");
    calendar.line("X-WR-CALNAME", &escaped(&report.header.plan));
    for event in &report.events {
        if event.kind != "baseline" {
            calendar.event(report, event);
        }
    }
    calendar.line("END", "VCALENDAR");
    calendar.text
}

#[derive(Default)]
struct Calendar {
    text: String,
}

impl Calendar {
    fn event(&mut self, report: &Report, event: &EventRow) {
        let day = |day: NaiveDate| day.format("%Y%m%d").to_string();
        let next = event.date.checked_add_days(Days::new(1));
        self.line("BEGIN", "VEVENT");
        self.line("UID", &uid(&report.header.plan, &event.id));
        self.line(
            "DTSTAMP",
            &format!("{}T000000Z", day(report.header.baseline)),
        );
        self.line("DTSTART;VALUE=DATE", &day(event.date));
        self.line("DTEND;VALUE=DATE", &day(next.unwrap_or(event.date)));
        self.line("SUMMARY", &escaped(&event.title));
        self.line("DESCRIPTION", &escaped(&description(report, event)));
        let category = match event.kind {
            "stage" => "Stage",
            "license" => "License",
            _ => "Service",
        };
        self.line("CATEGORIES", category);
        self.line("TRANSP", "TRANSPARENT");
        self.line("END", "VEVENT");
    }

    /// A line of content: folded at 75 bytes without cutting a character, ended by CR LF.
    fn line(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let mut length = 0;
        for character in line.chars() {
            if length + character.len_utf8() > LINE {
                self.text.push_str("\r\n ");
                length = 1;
            }
            self.text.push(character);
            length += character.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

/// An entry's id: the same whenever the same event of the same plan is written, whatever its date.
fn uid(plan: &str, event: &str) -> String {
    let text = format!("calendar 1\n{}\n{plan}\n{event}", plan.len());
    format!(
        "{}@cutover.invalid",
        &hexadecimal(&sha256(text.as_bytes()))[..32]
    )
}

/// What happens on the day, line by line.
fn description(report: &Report, event: &EventRow) -> String {
    let mut text = String::new();
    let phase = &report.phases[event.phase];
    if phase.number > 0 {
        let _ = writeln!(
            text,
            "Phase {}: {} ({})",
            phase.number,
            phase.name,
            phase.verdict.decision.name()
        );
    }
    let stage = phase.stages.iter().find(|stage| {
        event
            .stage
            .is_some_and(|position| stage.number == position + 1)
    });
    for (what, rest) in stage.map(StageRow::deeds).unwrap_or_default() {
        let _ = writeln!(text, "{what}: {rest}");
    }
    for (kind, words) in [
        (Kind::Lost, "lost"),
        (Kind::Degraded, "limited"),
        (Kind::AtRisk, "unknown"),
        (Kind::Restored, "recovered"),
    ] {
        let parts: Vec<String> = crate::model::Capability::ALL
            .iter()
            .map(|&capability| (capability, event.changes[capability.index()].get(kind)))
            .filter(|&(_, users)| users > 0)
            .map(|(capability, users)| {
                format!("{} {}", wording::capability(capability), number(users))
            })
            .collect();
        if !parts.is_empty() {
            let _ = writeln!(text, "Users, {words}: {}", parts.join("; "));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// A text as it stands in a value (RFC 5545 section 3.3.11): what ends a value is escaped, what nobody sees becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(character);
            }
            '\t' | '\r' => out.push(' '),
            _ if is_obeyed_or_unseen(character) => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_their_line_or_begin_another_property() {
        let text = escaped("a\r\nEND:VEVENT\nX;Y,Z\\ \u{2028}\u{7}");
        assert_eq!(text, "a \\nEND:VEVENT\\nX\\;Y\\,Z\\\\ \u{fffd}\u{fffd}");
    }

    #[test]
    fn lines_are_folded_at_75_bytes_between_characters() {
        let mut calendar = Calendar::default();
        calendar.line("SUMMARY", &"ü€😀a".repeat(40));
        let lines: Vec<&str> = calendar.text.split("\r\n").collect();
        assert!(
            lines.len() > 4
                && lines[1..lines.len() - 1]
                    .iter()
                    .all(|line| line.starts_with(' '))
        );
        assert!(lines.iter().all(|line| line.len() <= LINE));
        assert!(
            lines[..lines.len() - 2]
                .iter()
                .all(|line| line.len() > LINE - 4)
        );
        let whole = calendar.text.replace("\r\n ", "");
        assert_eq!(whole, format!("SUMMARY:{}\r\n", "ü€😀a".repeat(40)));
    }

    #[test]
    fn an_entry_keeps_its_id_when_its_date_changes_and_shares_it_with_no_other() {
        assert_eq!(uid("plan", "wave-1"), uid("plan", "wave-1"));
        assert_ne!(uid("plan", "wave-1"), uid("plan", "wave-2"));
        assert_ne!(uid("plan\nwave", "1"), uid("plan", "wave\n1"));
    }
}
