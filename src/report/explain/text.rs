//! A user's story for a person.

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};

use super::{Change, Chapter, Otherwise, Story};
use crate::report::terminal::{HEADING, paragraph};
use crate::terminal_text::safe;

/// The story as text for a terminal of this width, in columns, with escape sequences for colors. Texts of plan and inventory are safe to print in it.
#[must_use]
pub fn text(story: &Story, width: u16) -> String {
    let mut text = format!(
        "{HEADING}{}{HEADING:#}, {} reading\n",
        safe(&story.sip),
        story.reading
    );
    text.push_str(&paragraph("  ", &facts(story), width));
    for origin in &story.origins {
        let sheet = origin
            .sheet
            .as_ref()
            .map(|sheet| format!(", sheet \"{}\"", safe(sheet)));
        let rank = if origin.counts {
            ""
        } else {
            " (does not count)"
        };
        text.push_str(&format!(
            "  {}: \"{}\" from {}{}, row {}{rank}\n",
            safe(&origin.field),
            safe(&origin.value),
            safe(&origin.file),
            sheet.unwrap_or_default(),
            origin.row
        ));
    }
    let mut quiet = Vec::new();
    let last = story.events.len().saturating_sub(1);
    for (position, chapter) in story.events.iter().enumerate() {
        let is_quiet =
            chapter.changes.is_empty() && chapter.moved.is_none() && chapter.clients.is_none();
        if is_quiet && position > 0 {
            quiet.push(safe(&chapter.id).into_owned());
        } else {
            text.push('\n');
            text.push_str(&event(chapter, width));
        }
        if position == 0 {
            text.push_str(&levels(chapter, width));
        }
        if position == last && position > 0 {
            text.push_str(&format!(
                "\n{HEADING}After the last event{HEADING:#}\n{}",
                levels(chapter, width)
            ));
        }
    }
    if !quiet.is_empty() {
        text.push('\n');
        text.push_str(&paragraph(
            "Nothing changes for this user at: ",
            &quiet.join(", "),
            width,
        ));
    }
    text
}

fn facts(story: &Story) -> String {
    let facts = &story.facts;
    let mut told = vec![
        format!("homed on {} ({})", safe(&facts.pool), facts.server),
        format!("clients: {}", or_none(&facts.clients)),
    ];
    if facts.organizer {
        told.push("schedules meetings".to_owned());
    }
    if !facts.add_ins.is_empty() {
        told.push(format!("add-ins: {}", facts.add_ins.join(", ")));
    }
    if facts.group_chat {
        told.push("uses Group Chat".to_owned());
    }
    if !facts.providers.is_empty() {
        told.push(format!("public IM: {}", facts.providers.join(", ")));
    }
    if let Some(day) = &facts.unlicensed_from {
        told.push(format!("without Yahoo! license from {day} on"));
    }
    told.join("; ")
}

fn or_none(words: &[String]) -> String {
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

fn event(chapter: &Chapter, width: u16) -> String {
    let title = if chapter.title == chapter.id {
        String::new()
    } else {
        format!(": {}", safe(&chapter.title))
    };
    let mut text = format!(
        "{HEADING}{} {}{title}{HEADING:#}\n",
        chapter.date,
        safe(&chapter.id)
    );
    if let Some(moved) = &chapter.moved {
        text.push_str(&format!(
            "  moves from {} to {} ({})\n",
            safe(&moved.from),
            safe(&moved.to),
            moved.server
        ));
    }
    if let Some(clients) = &chapter.clients {
        text.push_str(&format!("  clients from now on: {}\n", or_none(clients)));
    }
    for change in &chapter.changes {
        text.push_str(&one(change, width));
    }
    text
}

fn one(change: &Change, width: u16) -> String {
    let style = style(change.kind);
    let detail = change
        .detail
        .as_ref()
        .map(|detail| format!(", {detail} organizers out of reach"));
    let mut text = format!(
        "  {style}{} {}{style:#}: {} → {} ({}; {}{})\n",
        change.capability,
        change.kind,
        change.from,
        change.to,
        change.severity,
        change.causes.join(" + "),
        detail.unwrap_or_default()
    );
    for basis in &change.rules {
        text.push_str(&paragraph(
            "    because ",
            &format!("{}: {}", basis.id, basis.says),
            width,
        ));
    }
    if !change.otherwise.is_empty() {
        text.push_str(&format!(
            "    other readings: {}\n",
            readings(&change.otherwise)
        ));
    }
    if let Some(workaround) = change.workaround {
        text.push_str(&format!("    meanwhile: {workaround}\n"));
    }
    for help in &change.remedies {
        let words = format!("{} (then {}). {}", help.action, help.level, help.note);
        text.push_str(&paragraph("    to do   ", &words, width));
    }
    text
}

fn readings(otherwise: &[Otherwise]) -> String {
    let told: Vec<String> = otherwise
        .iter()
        .map(|other| format!("{} {}", other.reading, other.level.unwrap_or("not used")))
        .collect();
    told.join(", ")
}

fn style(kind: &str) -> Style {
    match kind {
        "lost" => AnsiColor::Red.on_default(),
        "restored" => AnsiColor::Green.on_default(),
        _ => AnsiColor::Yellow.on_default(),
    }
}

/// The capabilities by level, best first; where another reading differs, it is said.
fn levels(chapter: &Chapter, width: u16) -> String {
    const ORDER: [&str; 4] = ["full", "limited", "unknown", "none"];
    let mut by_level: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for standpoint in &chapter.levels {
        let Some(level) = standpoint.level else {
            continue;
        };
        let rank = ORDER
            .iter()
            .position(|known| *known == level)
            .unwrap_or(ORDER.len());
        let told = if standpoint.otherwise.is_empty() {
            standpoint.capability.to_owned()
        } else {
            format!(
                "{} ({})",
                standpoint.capability,
                readings(&standpoint.otherwise)
            )
        };
        by_level.entry(rank).or_default().push(told);
    }
    by_level
        .into_iter()
        .map(|(rank, capabilities)| {
            let level = ORDER.get(rank).copied().unwrap_or("");
            paragraph(&format!("  {level:<8} "), &capabilities.join(", "), width)
        })
        .collect()
}
