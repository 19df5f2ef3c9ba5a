//! Rules for people: what is printed where, what it is read as, what rests on it.
//!
//! In: the knowledge base. Out: plain data for the `rules` and `explain` commands and for reports; nothing is laid out
//! here.

use chrono::NaiveDate;
use serde::Serialize;

use super::data::{Document, day};
use super::rulebook::{Cell, Entry, is_like};
use super::uses::Uses;
use super::{KnowledgeBase, Rule};
use crate::diagnostic::nearest;

/// What a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// A cell of a table, as printed.
    Cell,
    /// A sentence of a page, in our words.
    Statement,
    /// How an open point is read.
    Judgement,
}

impl RuleKind {
    /// The word for it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::Statement => "statement",
            Self::Judgement => "judgement",
        }
    }
}

/// A page as it is cited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentFacts {
    /// Short id, `s0` for instance: the beginning of its rules' ids.
    pub id: String,
    /// The page's title.
    pub title: String,
    /// The page's `ms:assetid`.
    pub assetid: Option<String>,
    /// Where the page says it is.
    pub url: Option<String>,
    /// The publication date in its header.
    pub date: Option<NaiveDate>,
    /// The day its topic was last modified.
    pub modified: Option<NaiveDate>,
}

impl DocumentFacts {
    /// The dates as people cite them: `2014-07-23, topic of 2012-12-14`.
    #[must_use]
    pub fn dates(&self) -> String {
        match (self.date, self.modified) {
            (Some(date), Some(modified)) if date != modified => {
                format!("{date}, topic of {modified}")
            }
            (Some(date), _) | (None, Some(date)) => date.to_string(),
            (None, None) => "undated".to_owned(),
        }
    }
}

/// A footnote of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FootnoteText {
    /// Its number below the table.
    pub mark: u8,
    /// What it says, in our words.
    pub note: String,
}

/// A cell as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellFacts {
    /// The table's number in the page, from 1.
    pub table: u8,
    /// The header of the column of labels, `Client` for instance.
    pub heading: String,
    /// The row's label without footnote digits.
    pub row: String,
    /// The column's header.
    pub column: String,
    /// The wording without footnote digits; empty for a blank cell.
    pub says: String,
    /// The cell's footnotes, those of the row's label included.
    pub footnotes: Vec<FootnoteText>,
}

/// One rule in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleLine {
    /// Public id.
    pub id: String,
    /// What it is.
    pub kind: RuleKind,
    /// The page's short id; `None` for a judgement.
    pub document: Option<String>,
    /// What it says: a cell as printed, a sentence in our words, a judgement's title.
    pub line: String,
}

/// Everything about one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleDetail {
    /// Public id.
    pub id: String,
    /// What it is.
    pub kind: RuleKind,
    /// What it says, in one line.
    pub line: String,
    /// The page; `None` for a judgement.
    pub document: Option<DocumentFacts>,
    /// The section of the page.
    pub section: Option<String>,
    /// The cell, if it is one.
    pub cell: Option<CellFacts>,
    /// The day a dated sentence is about.
    pub date: Option<NaiveDate>,
    /// The level taken from it.
    pub reading: Option<&'static str>,
    /// How a judgement reads the point.
    pub judgement: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Capabilities and plan findings that rest on it.
    pub used_by: Vec<String>,
    /// The judgements that concern it.
    pub judgements: Vec<String>,
}

impl KnowledgeBase {
    /// Every rule in one line: cells page by page, then sentences, then judgements.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleLine> {
        self.book.rules().map(|rule| self.rule_line(rule)).collect()
    }

    /// One rule in one line.
    #[must_use]
    pub fn rule_line(&self, rule: Rule) -> RuleLine {
        let (kind, line) = match self.book.entry(rule) {
            Entry::Cell { .. } => {
                let cell = self.book.cell(&self.data, rule);
                (RuleKind::Cell, cell.map_or_else(String::new, line_of))
            }
            Entry::Statement { document, index } => {
                let statement = &self.data.documents[document].1.statements[index];
                (RuleKind::Statement, statement.note.get_ref().clone())
            }
            Entry::Judgement(index) => {
                let judgement = &self.data.judgements.1[index];
                (RuleKind::Judgement, judgement.title.clone())
            }
        };
        RuleLine {
            id: self.rule_id(rule).to_owned(),
            kind,
            document: self.page(rule).map(|page| page.id.get_ref().clone()),
            line,
        }
    }

    fn page(&self, rule: Rule) -> Option<&Document> {
        match self.book.entry(rule) {
            Entry::Cell { document, .. } | Entry::Statement { document, .. } => {
                Some(&self.data.documents[document].1)
            }
            Entry::Judgement(_) => None,
        }
    }

    /// The page of a rule; `None` for a judgement.
    #[must_use]
    pub fn document(&self, rule: Rule) -> Option<DocumentFacts> {
        self.page(rule).map(facts)
    }

    /// Every page that the knowledge base cites, in the order of their ids.
    #[must_use]
    pub fn documents(&self) -> Vec<DocumentFacts> {
        let pages = self.data.documents.iter();
        pages.map(|(_, page)| facts(page)).collect()
    }

    /// A cell as printed; `None` for sentences and judgements.
    #[must_use]
    pub fn cell(&self, rule: Rule) -> Option<CellFacts> {
        self.book.cell(&self.data, rule).map(cell_facts)
    }

    /// Everything about a rule.
    #[must_use]
    pub fn rule_detail(&self, rule: Rule) -> RuleDetail {
        let uses = Uses::of(self);
        let RuleLine { id, kind, line, .. } = self.rule_line(rule);
        let cell = self.book.cell(&self.data, rule);
        let judgement = self.book.judgement(&self.data, rule);
        let statement = match self.book.entry(rule) {
            Entry::Statement { document, index } => {
                self.data.documents[document].1.statements.get(index)
            }
            _ => None,
        };
        RuleDetail {
            kind,
            line,
            document: self.document(rule),
            section: cell
                .map(|cell| cell.table.section.clone())
                .or_else(|| Some(statement?.section.clone())),
            cell: cell.map(cell_facts),
            date: statement.and_then(|statement| day(statement.date.as_ref()?.get_ref())),
            reading: uses.reading(rule).map(crate::model::Level::id),
            judgement: judgement.map(|judgement| judgement.reading.get_ref().clone()),
            reason: judgement.map(|judgement| judgement.reason.get_ref().clone()),
            used_by: uses.ids(rule),
            judgements: self.judgements_about(&id),
            id,
        }
    }

    /// The rule id nearest to one that does not exist.
    #[must_use]
    pub fn nearest_rule(&self, typed: &str) -> Option<&str> {
        nearest(typed, self.book.ids())
    }

    /// The judgements whose wordings or concerned cells a rule is among.
    pub(super) fn judgements_about(&self, id: &str) -> Vec<String> {
        let judgements = self.data.judgements.1.iter();
        judgements
            .filter(|judgement| {
                let concerned = judgement.concerns.iter();
                judgement.wordings.iter().any(|other| other.get_ref() == id)
                    || concerned
                        .into_iter()
                        .any(|pattern| is_like(id, pattern.get_ref()))
            })
            .map(|judgement| judgement.id.get_ref().clone())
            .collect()
    }
}

fn facts(page: &Document) -> DocumentFacts {
    DocumentFacts {
        id: page.id.get_ref().clone(),
        title: page.title.clone(),
        assetid: page
            .assetid
            .as_ref()
            .map(|assetid| assetid.get_ref().clone()),
        url: page.url.as_ref().map(|url| url.get_ref().clone()),
        date: page.date.as_ref().and_then(|date| day(date.get_ref())),
        modified: page.modified.as_ref().and_then(|date| day(date.get_ref())),
    }
}

fn cell_facts(cell: Cell<'_>) -> CellFacts {
    let marks = cell.footnotes();
    let notes = cell.table.footnotes.iter();
    CellFacts {
        table: *cell.table.number.get_ref(),
        heading: cell.table.heading.clone(),
        row: cell.row_name().to_owned(),
        column: cell.column_name().to_owned(),
        says: cell.says().to_owned(),
        footnotes: notes
            .filter(|note| marks.contains(note.mark.get_ref()))
            .map(|note| FootnoteText {
                mark: *note.mark.get_ref(),
                note: note.note.get_ref().clone(),
            })
            .collect(),
    }
}

fn line_of(cell: Cell<'_>) -> String {
    format!(
        "{}, {}: {}",
        cell.row_name(),
        cell.column_name(),
        cell.quoted()
    )
}
