//! A table of GitHub-flavored Markdown. What stands in its cells has been made safe by whoever fills it.

use std::fmt::Write as _;

/// A column's head, and where its figures stand.
#[derive(Clone, Debug)]
pub(super) struct Head {
    name: String,
    is_number: bool,
}

/// A column of words.
pub(super) fn left(name: &str) -> Head {
    Head {
        name: name.to_owned(),
        is_number: false,
    }
}

/// A column of figures.
pub(super) fn right(name: &str) -> Head {
    Head {
        name: name.to_owned(),
        is_number: true,
    }
}

/// A table in the making.
pub(super) struct Table {
    columns: usize,
    head: String,
    rows: String,
}

impl Table {
    pub(super) fn new(heads: &[Head]) -> Self {
        let mut head = String::from("|");
        for column in heads {
            let _ = write!(head, " {} |", column.name);
        }
        head.push_str("\n|");
        for column in heads {
            head.push_str(if column.is_number { "---:|" } else { "---|" });
        }
        head.push('\n');
        Self {
            columns: heads.len(),
            head,
            rows: String::new(),
        }
    }

    /// Adds a row with as many cells as there are heads.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut count = 0;
        self.rows.push('|');
        for cell in cells {
            let _ = write!(self.rows, " {cell} |");
            count += 1;
        }
        debug_assert_eq!(count, self.columns);
        self.rows.push('\n');
    }

    /// Appends heading and table; nothing where it has no rows.
    pub(super) fn end(self, text: &mut String, heading: &str) {
        if self.rows.is_empty() {
            return;
        }
        if !heading.is_empty() {
            let _ = write!(text, "\n{heading}\n");
        }
        let _ = write!(text, "\n{}{}", self.head, self.rows);
    }
}
