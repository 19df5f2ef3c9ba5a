//! The list of rules: every cell, every sentence and every judgement, each under a public id.
//!
//! In: the data files. Out: [`RuleBook`], which gives ids for positions and positions for ids. Cells come first, page by
//! page, then sentences, then judgements.

use std::collections::HashMap;

use super::Rule;
use super::data::{Data, Document, FileIndex, Judgement, Statement, Table, Text, printed};

/// What a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A cell of a table, by positions in the data.
    Cell {
        document: usize,
        table: usize,
        row: usize,
        column: usize,
    },
    /// A sentence of a page.
    Statement { document: usize, index: usize },
    /// A judgement.
    Judgement(usize),
}

/// A cell with everything that is printed around it.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) document: &'a Document,
    pub(super) table: &'a Table,
    pub(super) row: usize,
    pub(super) column: usize,
}

impl<'a> Cell<'a> {
    /// The wording without footnotes.
    pub(super) fn says(self) -> &'a str {
        self.table.rows[self.row]
            .cells
            .get(self.column)
            .map_or("", |cell| printed(cell.get_ref()).0)
    }

    /// The row's label without footnotes.
    pub(super) fn row_name(self) -> &'a str {
        printed(self.table.rows[self.row].name.get_ref()).0
    }

    /// The column's header.
    pub(super) fn column_name(self) -> &'a str {
        &self.table.columns[self.column].name
    }

    /// The cell's footnotes: its own, and those of the row's label.
    pub(super) fn footnotes(self) -> Vec<u8> {
        let row = &self.table.rows[self.row];
        let mut marks = row
            .cells
            .get(self.column)
            .map_or_else(Vec::new, |cell| printed(cell.get_ref()).1);
        marks.extend(printed(row.name.get_ref()).1);
        marks.sort_unstable();
        marks.dedup();
        marks
    }

    /// The wording as a person quotes it: "Supported, footnote 5", or "blank".
    pub(super) fn quoted(self) -> String {
        let says = match self.says() {
            "" => "blank".to_owned(),
            says => format!("\"{says}\""),
        };
        match self.footnotes().as_slice() {
            [] => says,
            marks => {
                let marks: Vec<String> = marks.iter().map(u8::to_string).collect();
                format!("{says} with footnote {}", marks.join(" and "))
            }
        }
    }
}

/// The rules in order, with their ids.
#[derive(Debug)]
pub(super) struct RuleBook {
    ids: Vec<String>,
    entries: Vec<Entry>,
    by_id: HashMap<String, Rule>,
}

impl RuleBook {
    pub(super) fn of(data: &Data) -> Self {
        let mut book = Self {
            ids: Vec::new(),
            entries: Vec::new(),
            by_id: HashMap::new(),
        };
        for (document, (_, page)) in data.documents.iter().enumerate() {
            for (table, printed) in page.tables.iter().enumerate() {
                book.add_cells(page, (document, table), printed);
            }
        }
        for (document, (_, page)) in data.documents.iter().enumerate() {
            for (index, statement) in page.statements.iter().enumerate() {
                let id = statement_id(page, statement);
                book.add(id, Entry::Statement { document, index });
            }
        }
        for (index, judgement) in data.judgements.1.iter().enumerate() {
            book.add(judgement.id.get_ref().clone(), Entry::Judgement(index));
        }
        book
    }

    fn add_cells(&mut self, page: &Document, (document, table): (usize, usize), printed: &Table) {
        for (row, line) in printed.rows.iter().enumerate() {
            for (column, head) in printed.columns.iter().enumerate() {
                let id = format!(
                    "{}.{}.{}",
                    table_id(page, printed),
                    line.key.get_ref(),
                    head.key.get_ref()
                );
                let entry = Entry::Cell {
                    document,
                    table,
                    row,
                    column,
                };
                self.add(id, entry);
            }
        }
    }

    /// Adds a rule; of two with one id the first is found by it (the check of unique ids reports the second).
    fn add(&mut self, id: String, entry: Entry) {
        let Ok(position) = u16::try_from(self.ids.len()) else {
            return;
        };
        self.by_id.entry(id.clone()).or_insert(Rule(position));
        self.ids.push(id);
        self.entries.push(entry);
    }

    /// Every rule, in order.
    pub(super) fn rules(&self) -> impl Iterator<Item = Rule> + use<> {
        let count = u16::try_from(self.ids.len()).unwrap_or(u16::MAX);
        (0..count).map(Rule)
    }

    pub(super) fn id(&self, rule: Rule) -> &str {
        self.ids.get(usize::from(rule.0)).map_or("", String::as_str)
    }

    pub(super) fn entry(&self, rule: Rule) -> Entry {
        self.entries[usize::from(rule.0)]
    }

    pub(super) fn find(&self, id: &str) -> Option<Rule> {
        self.by_id.get(id).copied()
    }

    /// The ids in order, for suggestions.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    pub(super) fn is_cell(&self, rule: Rule) -> bool {
        matches!(self.entry(rule), Entry::Cell { .. })
    }

    /// The cells whose ids fit a pattern, in which `*` stands for one part between dots.
    pub(super) fn cells_like(&self, pattern: &str) -> Vec<Rule> {
        self.rules()
            .filter(|&rule| self.is_cell(rule) && is_like(self.id(rule), pattern))
            .collect()
    }

    pub(super) fn cell<'a>(&self, data: &'a Data, rule: Rule) -> Option<Cell<'a>> {
        match self.entry(rule) {
            Entry::Cell {
                document,
                table,
                row,
                column,
            } => {
                let document = &data.documents[document].1;
                Some(Cell {
                    document,
                    table: &document.tables[table],
                    row,
                    column,
                })
            }
            _ => None,
        }
    }

    /// A cell's file and its row, for diagnostics.
    pub(super) fn row_of<'a>(&self, data: &'a Data, rule: Rule) -> Option<(FileIndex, &'a Text)> {
        match self.entry(rule) {
            Entry::Cell {
                document,
                table,
                row,
                ..
            } => {
                let (file, page) = &data.documents[document];
                Some((*file, &page.tables[table].rows[row].key))
            }
            _ => None,
        }
    }

    pub(super) fn judgement<'a>(&self, data: &'a Data, rule: Rule) -> Option<&'a Judgement> {
        match self.entry(rule) {
            Entry::Judgement(index) => data.judgements.1.get(index),
            _ => None,
        }
    }
}

/// Does an id fit a pattern, in which `*` stands for one part between dots?
pub(super) fn is_like(id: &str, pattern: &str) -> bool {
    id.split('.').count() == pattern.split('.').count()
        && id
            .split('.')
            .zip(pattern.split('.'))
            .all(|(part, wanted)| wanted == "*" || part == wanted)
}

/// A table's id: the page's id and the table's number.
pub(super) fn table_id(page: &Document, table: &Table) -> String {
    format!("{}.t{}", page.id.get_ref(), table.number.get_ref())
}

fn statement_id(page: &Document, statement: &Statement) -> String {
    format!("{}.{}", page.id.get_ref(), statement.id.get_ref())
}
