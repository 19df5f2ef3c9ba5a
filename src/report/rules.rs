//! The knowledge base for a person: rules in a list, one rule, open points, what becomes of every cell.
//!
//! In: the plain data of [`crate::knowledge`]. Out: text for a terminal, and what `rules conflicts` says to programs.

use serde::Serialize;

use super::json::FORMAT_VERSION;
use super::model::wording::number;
use super::terminal::{HEADING, lines, new_table, paragraph};
use crate::knowledge::{
    Conflict, Coverage, Dependence, KnowledgeBase, Products, Rule, RuleDetail, RuleLine,
};
use crate::model::{Level, Reading};
use crate::simulate::story;
use crate::timeline::Timeline;

/// Rules in a list.
#[must_use]
pub fn list(rules: &[RuleLine], width: u16) -> String {
    let mut table = new_table(width);
    table.set_header(["id", "kind", "says"]);
    for rule in rules {
        table.add_row([rule.id.as_str(), rule.kind.id(), rule.line.as_str()]);
    }
    format!("{}\n{} rules\n", lines(&table), number(rules.len() as u64))
}

/// Everything about one rule.
#[must_use]
pub fn detail(rule: &RuleDetail, width: u16) -> String {
    let mut text = format!("{HEADING}{}{HEADING:#} ({})\n", rule.id, rule.kind.id());
    let mut say = |label: &str, words: &str| {
        if !words.is_empty() {
            text.push_str(&paragraph(&format!("  {label:<10}"), words, width));
        }
    };
    say("says", &rule.line);
    if let Some(cell) = &rule.cell {
        for footnote in &cell.footnotes {
            say(
                "",
                &format!("footnote {}: {}", footnote.mark, footnote.note),
            );
        }
        say(
            "in",
            &format!(
                "table {}, row \"{}\", column \"{}\"",
                cell.table, cell.row, cell.column
            ),
        );
    }
    say("section", rule.section.as_deref().unwrap_or_default());
    if let Some(document) = &rule.document {
        say(
            "document",
            &format!("{} ({})", document.title, document.dates()),
        );
        say("", document.assetid.as_deref().unwrap_or_default());
        say("", document.url.as_deref().unwrap_or_default());
    }
    say(
        "day",
        &rule.date.map(|day| day.to_string()).unwrap_or_default(),
    );
    say("read as", rule.reading.unwrap_or_default());
    say("we read", rule.judgement.as_deref().unwrap_or_default());
    say("because", rule.reason.as_deref().unwrap_or_default());
    say("used by", &rule.used_by.join(", "));
    say("judged by", &rule.judgements.join(", "));
    text
}

/// How many users rest on an open point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dependents {
    /// Users of whom some level at some event rests on it.
    pub users: u64,
    /// Of them, users for whom that level is another one in the strict or the lenient reading.
    pub in_range: u64,
}

/// An open point, for a program.
#[derive(Clone, Debug, Serialize)]
pub struct OpenPoint {
    /// Its id.
    pub id: String,
    /// contested, silent, assumed or defined.
    pub kind: &'static str,
    /// What it is about.
    pub title: String,
    /// The wordings that meet.
    pub wordings: Vec<Wording>,
    /// The cells concerned.
    pub concerns: Vec<String>,
    /// The reading used.
    pub reading: String,
    /// Why.
    pub reason: String,
    /// The levels it decides.
    pub decides: Vec<Decided>,
    /// Who rests on it; only with a plan and an inventory.
    pub dependents: Option<Dependents>,
}

/// A wording with its source.
#[derive(Clone, Debug, Serialize)]
pub struct Wording {
    /// The rule's id.
    pub rule: String,
    /// What it says.
    pub says: String,
    /// The page.
    pub document: String,
    /// Its dates.
    pub dates: String,
}

/// A level that depends on an open point.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// The capabilities.
    pub capabilities: Vec<&'static str>,
    /// The client id, where it matters.
    pub client: Option<String>,
    /// The server version, where it matters.
    pub version: Option<&'static str>,
    /// The level in the judged reading.
    pub judged: &'static str,
    /// In the strict one.
    pub strict: &'static str,
    /// In the lenient one.
    pub lenient: &'static str,
}

/// All open points, for a program.
#[derive(Clone, Debug, Serialize)]
pub struct OpenPoints {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The points, in the order of the data.
    pub conflicts: Vec<OpenPoint>,
}

/// The open points with those who rest on them, as far as a timeline is given.
#[must_use]
pub fn open_points(
    knowledge: &KnowledgeBase,
    conflicts: &[Conflict],
    timeline: Option<&Timeline<'_>>,
) -> OpenPoints {
    let rules: Vec<Rule> = conflicts.iter().map(|conflict| conflict.rule).collect();
    let dependents = timeline.map(|timeline| dependents(timeline, knowledge, &rules));
    let points = conflicts
        .iter()
        .enumerate()
        .map(|(position, conflict)| OpenPoint {
            id: conflict.id.clone(),
            kind: conflict.kind.id(),
            title: conflict.title.clone(),
            wordings: conflict
                .wordings
                .iter()
                .map(|wording| Wording {
                    rule: wording.rule.clone(),
                    says: wording.says.clone(),
                    document: wording.document.clone(),
                    dates: wording.dates.clone(),
                })
                .collect(),
            concerns: conflict.concerns.clone(),
            reading: conflict.reading.clone(),
            reason: conflict.reason.clone(),
            decides: conflict
                .decides
                .iter()
                .map(|dependence| decided(dependence, knowledge.products()))
                .collect(),
            dependents: dependents.as_ref().map(|dependents| dependents[position]),
        });
    OpenPoints {
        format_version: FORMAT_VERSION,
        conflicts: points.collect(),
    }
}

fn decided(dependence: &Dependence, products: &Products) -> Decided {
    Decided {
        capabilities: dependence
            .capabilities
            .iter()
            .map(|capability| capability.id())
            .collect(),
        client: dependence
            .client
            .map(|client| products.client_id(client).to_owned()),
        version: dependence.version.map(|version| version.id()),
        judged: dependence.levels.judged.id(),
        strict: dependence.levels.strict.id(),
        lenient: dependence.levels.lenient.id(),
    }
}

/// Plays every path in all readings and looks what its levels rest on.
fn dependents(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    rules: &[Rule],
) -> Vec<Dependents> {
    let mut sums = vec![Dependents::default(); rules.len()];
    for (position, path) in timeline.paths.iter().enumerate() {
        let stories: Vec<Vec<_>> = Reading::ALL
            .iter()
            .map(|&reading| story(timeline, knowledge, position, reading))
            .collect();
        let judged = &stories[Reading::Judged.index()];
        for (rule, sum) in rules.iter().zip(&mut sums) {
            let (mut rests, mut differs) = (false, false);
            for standing in judged {
                let concerned = standing.rules.iter().zip(&standing.levels).enumerate();
                for (capability, (_, level)) in
                    concerned.filter(|(_, (cited, _))| cited.contains(rule))
                {
                    rests = true;
                    differs |= stories
                        .iter()
                        .any(|story| level_at(story, standing.event.date, capability) != *level);
                }
            }
            sum.users += if rests { path.users } else { 0 };
            sum.in_range += if differs { path.users } else { 0 };
        }
    }
    sums
}

/// The level at the end of a day.
fn level_at(
    story: &[crate::simulate::Standing],
    day: chrono::NaiveDate,
    capability: usize,
) -> Option<Level> {
    let behind = story.partition_point(|standing| standing.event.date <= day);
    story.get(behind.checked_sub(1)?)?.levels[capability]
}

/// Open points for a person.
#[must_use]
pub fn conflicts(points: &OpenPoints, width: u16) -> String {
    let mut text = String::new();
    for point in &points.conflicts {
        text.push_str(&format!(
            "{HEADING}{}{HEADING:#} ({})\n",
            point.id, point.kind
        ));
        text.push_str(&paragraph("  ", &point.title, width));
        for wording in &point.wordings {
            let source = match wording.document.as_str() {
                "" => String::new(),
                document => format!(" ({document}, {})", wording.dates),
            };
            text.push_str(&paragraph(
                "    - ",
                &format!("{}: {}{source}", wording.rule, wording.says),
                width,
            ));
        }
        text.push_str(&paragraph("  read as  ", &point.reading, width));
        text.push_str(&paragraph("  because  ", &point.reason, width));
        for decided in point
            .decides
            .iter()
            .filter(|decided| decided.strict != decided.judged || decided.lenient != decided.judged)
        {
            text.push_str(&paragraph("  range    ", &range(decided), width));
        }
        if let Some(dependents) = &point.dependents {
            let words = format!(
                "{} of the plan rest on it, {} of them with another level in the strict or lenient reading",
                super::model::wording::users(dependents.users),
                number(dependents.in_range)
            );
            text.push_str(&paragraph("  users    ", &words, width));
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "{} points\n",
        number(points.conflicts.len() as u64)
    ));
    text
}

fn range(decided: &Decided) -> String {
    let place: Vec<&str> = decided
        .client
        .as_deref()
        .into_iter()
        .chain(decided.version)
        .collect();
    format!(
        "{} ({}): {}; strict {}, lenient {}",
        decided.capabilities.join(", "),
        place.join(" on "),
        decided.judged,
        decided.strict,
        decided.lenient
    )
}

/// What becomes of every cell, for a person: those that nothing rests on, or all.
#[must_use]
pub fn coverage(coverage: &Coverage, is_all: bool, width: u16) -> String {
    let mut table = new_table(width);
    table.set_header(["cell", "says", "used by, or why not"]);
    for cell in &coverage.cells {
        let basis = match &cell.unused_because {
            Some(reason) => format!("unused: {reason}"),
            None if is_all => cell.used_by.join(", "),
            None => continue,
        };
        table.add_row([cell.id.as_str(), cell.line.as_str(), basis.as_str()]);
    }
    format!(
        "{}\n{} cells: {} used, {} not, each with its reason\n",
        lines(&table),
        number(coverage.total as u64),
        number(coverage.used as u64),
        number(coverage.unused as u64)
    )
}

/// The client ids that plans and inventories may use.
#[must_use]
pub fn clients(products: &Products, width: u16) -> String {
    let mut table = new_table(width);
    table.set_header(["id", "name"]);
    for id in products.client_ids() {
        let name = products
            .client(id)
            .map(|client| products.client_name(client));
        table.add_row([id, name.unwrap_or_default()]);
    }
    lines(&table)
}
