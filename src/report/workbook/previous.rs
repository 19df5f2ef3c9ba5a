//! What people wrote on the sheet Decisions of an earlier report.
//!
//! In: the records of that sheet. Out: [`Decisions`]. What a row is about is known by its id; columns that people added are kept as
//! theirs are.

use std::collections::HashMap;

use super::decisions::{HEADS, OPEN};
use crate::inventory::record::{ReadError, Record, Records};
use crate::inventory::workbook::HeaderTest;

/// The sheet's name.
pub const DECISIONS: &str = "Decisions";

/// Tells the row of the sheet's heads.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecisionHeads;

impl HeaderTest for DecisionHeads {
    fn is_header(&self, record: &Record<'_>) -> bool {
        let has = |head: &str| record.texts().any(|text| text.trim() == head);
        has(HEADS[0]) && OPEN.iter().any(|head| has(head))
    }

    fn within(&self) -> usize {
        const FIRST_ROWS: usize = 10;
        FIRST_ROWS
    }
}

/// What people wrote.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// The heads of columns that people added.
    pub(super) added: Vec<String>,
    pub(super) rows: Vec<DecisionRow>,
    by_id: HashMap<String, usize>,
}

/// A row of the sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DecisionRow {
    /// Empty where people added the row.
    pub(super) id: String,
    /// The cells of our columns behind the id, as they were.
    pub(super) ours: Vec<String>,
    /// The cells of people's columns, then of those that they added.
    pub(super) theirs: Vec<String>,
}

impl DecisionRow {
    /// Did people write anything in it?
    pub(super) fn is_written(&self) -> bool {
        self.theirs.iter().any(|text| !text.is_empty())
    }
}

impl Decisions {
    /// Reads the sheet; `None` where it has no such heads.
    ///
    /// # Errors
    /// Where the workbook cannot be read on.
    pub fn read(records: &mut dyn Records) -> Result<Option<Self>, ReadError> {
        let columns = loop {
            let Some(record) = records.next_record()? else {
                return Ok(None);
            };
            if DecisionHeads.is_header(&record) {
                break Columns::of(&record);
            }
        };
        let mut decisions = Self {
            added: columns.added.iter().map(|(_, head)| head.clone()).collect(),
            ..Self::default()
        };
        while let Some(record) = records.next_record()? {
            decisions.add(columns.row(&record));
        }
        Ok(Some(decisions))
    }

    /// What people wrote about something.
    pub(super) fn of(&self, id: &str) -> Option<&DecisionRow> {
        self.by_id.get(id).map(|&row| &self.rows[row])
    }

    fn add(&mut self, row: DecisionRow) {
        if let Some(&known) = self.by_id.get(&row.id).filter(|_| !row.id.is_empty()) {
            // A row that somebody copied: what both say is kept.
            let theirs = self.rows[known].theirs.iter_mut().zip(row.theirs);
            for (old, new) in theirs.filter(|(old, new)| *old != new && !new.is_empty()) {
                if !old.is_empty() {
                    old.push_str("; ");
                }
                old.push_str(&new);
            }
            return;
        }
        // Without an id only what people wrote makes it a row: the sentence on an empty sheet is none.
        let is_about_something = row.id.contains('-') && !row.id.contains(' ');
        if is_about_something {
            self.by_id.insert(row.id.clone(), self.rows.len());
            self.rows.push(row);
        } else if row.is_written() {
            self.rows.push(row);
        }
    }
}

/// Where each column of the sheet stands.
struct Columns {
    ours: Vec<Option<usize>>,
    theirs: Vec<Option<usize>>,
    added: Vec<(usize, String)>,
}

impl Columns {
    fn of(heads: &Record<'_>) -> Self {
        let heads: Vec<String> = heads.texts().map(|head| head.trim().to_owned()).collect();
        let find = |name: &&str| heads.iter().position(|head| head == name);
        let is_added =
            |head: &str| !head.is_empty() && !HEADS.contains(&head) && !OPEN.contains(&head);
        let all = heads.iter().enumerate();
        Self {
            ours: HEADS.iter().map(find).collect(),
            theirs: OPEN.iter().map(find).collect(),
            added: all
                .filter(|(_, head)| is_added(head))
                .map(|(at, head)| (at, head.clone()))
                .collect(),
        }
    }

    fn row(&self, record: &Record<'_>) -> DecisionRow {
        let text = |at: &Option<usize>| at.map_or("", |at| record.text(at)).trim().to_owned();
        let mut ours: Vec<String> = self.ours.iter().map(text).collect();
        let id = ours.remove(0);
        let theirs = self.theirs.iter().map(text);
        let added = self.added.iter().map(|&(at, _)| text(&Some(at)));
        DecisionRow {
            id,
            ours,
            theirs: theirs.chain(added).collect(),
        }
    }
}
