//! `timeline --format graphviz`: the stage graph as DOT text, for `dot -Tsvg`.
//!
//! Nodes have names of our own, and every text stands in quotes, escaped for DOT strings and for the entities that labels obey.

use std::fmt::Write;

use super::Stages;
use super::mermaid::is_critical;
use crate::terminal_text::is_obeyed_or_unseen;

/// Lays the stage graph out.
#[must_use]
pub fn graphviz(stages: &Stages<'_>) -> String {
    let mut text = String::from("digraph stages {\n  rankdir=LR;\n  node [shape=box];\n");
    for (number, stage) in stages.stages.iter().enumerate() {
        let style = if stage.is_critical {
            ", penwidth=3"
        } else {
            ""
        };
        let (id, date) = (escaped(stage.id), stage.date);
        let _ = writeln!(text, "  s{number} [label=\"{id}\\n{date}\"{style}];");
    }
    for (number, row) in stages.outside.iter().enumerate() {
        let (id, date) = (escaped(row.id), row.date);
        let _ = writeln!(
            text,
            "  o{number} [label=\"{id}\\n{date}\", shape=hexagon];"
        );
    }
    for (number, stage) in stages.stages.iter().enumerate() {
        for &before in &stage.after {
            let days = (stage.date - stages.stages[before].date).num_days();
            let style = if is_critical(stages, before, number) {
                ", penwidth=3"
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "  s{before} -> s{number} [label=\"{days} d\"{style}];"
            );
        }
    }
    text.push_str("}\n");
    text
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
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
    fn nothing_hostile_leaves_its_quotes() {
        assert_eq!(
            escaped("a\"]; x [URL=\"u\\\n&quot;<b>"),
            "a\\\"]; x [URL=\\\"u\\\\\u{fffd}&amp;quot;&lt;b&gt;"
        );
        assert_eq!(escaped("Zürich"), "Zürich");
    }
}
