//! The cells of the pages' tables for scripts, and what becomes of each.

use serde::Serialize;

use super::citation::RuleLine;
use super::rulebook::is_like;
use super::uses::Uses;
use super::{KnowledgeBase, Rule};
use crate::model::Level;

/// A cell for scripts (contract section 5.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellExport {
    /// Public id.
    pub id: String,
    /// The page's `ms:assetid`.
    pub document: String,
    /// The table's number in the page, from 1.
    pub table: u8,
    /// The row's label without footnote digits.
    pub row: String,
    /// The column's header.
    pub column: String,
    /// The wording without footnote digits.
    pub says: String,
    /// The footnotes, those of the row's label included.
    pub footnotes: Vec<u8>,
    /// The level taken from it, if one is.
    pub reading: Option<&'static str>,
    /// Which capability uses it, or why none does.
    pub basis: String,
}

/// How one cell is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellUse {
    /// The cell's public id.
    pub id: String,
    /// The cell in one line.
    pub line: String,
    /// The level taken from it, if one is.
    pub reading: Option<&'static str>,
    /// Capabilities and plan findings that rest on it.
    pub used_by: Vec<String>,
    /// Why nothing does.
    pub unused_because: Option<String>,
}

/// Every cell, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// All cells.
    pub total: usize,
    /// Cells that something rests on.
    pub used: usize,
    /// Cells that nothing rests on, each with its reason.
    pub unused: usize,
    /// The cells in the order of the pages.
    pub cells: Vec<CellUse>,
}

impl KnowledgeBase {
    /// Every cell of the pages' tables, as printed (contract section 5.4).
    #[must_use]
    pub fn export(&self) -> Vec<CellExport> {
        let uses = Uses::of(self);
        let cells = self.book.rules().filter(|&rule| self.book.is_cell(rule));
        cells
            .filter_map(|rule| self.exported(rule, &uses))
            .collect()
    }

    fn exported(&self, rule: Rule, uses: &Uses) -> Option<CellExport> {
        let cell = self.book.cell(&self.data, rule)?;
        let id = self.rule_id(rule).to_owned();
        Some(CellExport {
            document: cell
                .document
                .assetid
                .as_ref()
                .map_or_else(String::new, |id| id.get_ref().clone()),
            table: *cell.table.number.get_ref(),
            row: cell.row_name().to_owned(),
            column: cell.column_name().to_owned(),
            says: cell.says().to_owned(),
            footnotes: cell.footnotes(),
            reading: uses.reading(rule).map(Level::id),
            basis: self.basis(rule, &id, uses),
            id,
        })
    }

    fn basis(&self, rule: Rule, id: &str, uses: &Uses) -> String {
        let used_by = uses.ids(rule);
        if used_by.is_empty() {
            let reason = self.unused_because(id).unwrap_or_default();
            return format!("no capability: {reason}");
        }
        let mut basis = used_by.join(", ");
        if uses.reading(rule).is_none() {
            basis += "; it gives a date or a condition, no level";
        }
        let judgements = self.judgements_about(id);
        if !judgements.is_empty() {
            basis += &format!("; judged by {}", judgements.join(", "));
        }
        basis
    }

    fn unused_because(&self, id: &str) -> Option<String> {
        let unused = self.data.capabilities.1.unused.iter();
        unused
            .into_iter()
            .find(|unused| unused.cells.iter().any(|cell| is_like(id, cell.get_ref())))
            .map(|unused| unused.reason.get_ref().clone())
    }

    /// What becomes of every cell.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let uses = Uses::of(self);
        let cells: Vec<CellUse> = self
            .book
            .rules()
            .filter(|&rule| self.book.is_cell(rule))
            .map(|rule| {
                let RuleLine { id, line, .. } = self.rule_line(rule);
                let used_by = uses.ids(rule);
                CellUse {
                    reading: uses.reading(rule).map(Level::id),
                    unused_because: match used_by.is_empty() {
                        true => self.unused_because(&id),
                        false => None,
                    },
                    used_by,
                    id,
                    line,
                }
            })
            .collect();
        let used = cells.iter().filter(|cell| !cell.used_by.is_empty()).count();
        Coverage {
            total: cells.len(),
            used,
            unused: cells.len() - used,
            cells,
        }
    }
}
