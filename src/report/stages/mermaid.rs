//! `timeline --format mermaid`: the stage graph as a flowchart, for pages that draw Mermaid.
//!
//! Nodes have names of our own, and every text stands in quotes with all that Mermaid or HTML could obey as character codes.

use std::fmt::Write;

use super::Stages;
use crate::terminal_text::is_obeyed_or_unseen;

/// Lays the stage graph out.
#[must_use]
pub fn mermaid(stages: &Stages<'_>) -> String {
    let mut text = String::from("flowchart LR\n");
    for (number, stage) in stages.stages.iter().enumerate() {
        let label = format!("{} {}", escaped(stage.id), stage.date);
        let _ = writeln!(text, "  s{number}[\"{label}\"]");
    }
    for (number, row) in stages.outside.iter().enumerate() {
        let label = format!("{} {}", escaped(row.id), row.date);
        let _ = writeln!(text, "  o{number}{{{{\"{label}\"}}}}");
    }
    let mut critical_links = Vec::new();
    let mut link = 0;
    for (number, stage) in stages.stages.iter().enumerate() {
        for &before in &stage.after {
            let days = (stage.date - stages.stages[before].date).num_days();
            let _ = writeln!(text, "  s{before} -->|{days} d| s{number}");
            if is_critical(stages, before, number) {
                critical_links.push(link.to_string());
            }
            link += 1;
        }
    }
    let critical: Vec<String> = stages
        .critical_chain
        .iter()
        .map(|number| format!("s{number}"))
        .collect();
    if !critical.is_empty() {
        text.push_str("  classDef critical stroke-width:3px\n");
        let _ = writeln!(text, "  class {} critical", critical.join(","));
    }
    if !critical_links.is_empty() {
        let _ = writeln!(
            text,
            "  linkStyle {} stroke-width:3px",
            critical_links.join(",")
        );
    }
    text
}

/// Do two stages follow each other in the critical chain?
pub(super) fn is_critical(stages: &Stages<'_>, before: usize, after: usize) -> bool {
    let mut pairs = stages.critical_chain.windows(2);
    pairs.any(|pair| pair == [before, after])
}

/// A text inside quotes: letters, digits, spaces and a few harmless marks as they are, everything else as its code.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || matches!(character, ' ' | '-' | '.' | ',') {
            out.push(character);
        } else if is_obeyed_or_unseen(character) {
            out.push('\u{fffd}');
        } else {
            let _ = write!(out, "#{};", u32::from(character));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hostile_leaves_its_quotes() {
        let text = escaped("a\"]; click s0 \"javascript:x\"\n%% `b` <img> #quot; end");
        assert!(
            !text.contains(['"', '\n', '<', '`', '%', '[', ']', '(', ':']),
            "{text}"
        );
        assert_eq!(escaped("wave-2"), "wave-2");
        assert_eq!(escaped("Zürich #1"), "Zürich #35;1");
    }
}
