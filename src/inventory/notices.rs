//! What was noticed, in the order of the files, with at most so many of a kind.
//!
//! In: diagnostics as they come up. Out: the list that is shown: the first of each kind with their places, and how many more
//! there are, so that a million bad rows do not need a million messages.

use std::collections::BTreeMap;

use super::problem::Problem;
use super::reading::FilePlace;
use crate::diagnostic::{Diagnostic, Place, Weight};

/// How many diagnostics of one kind are kept.
pub(crate) const SHOWN: u64 = 20;

/// Diagnostics under collection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notices {
    kept: Vec<Notice>,
    counts: BTreeMap<(Weight, &'static str), u64>,
}

#[derive(Clone, Debug)]
struct Notice {
    file: usize,
    row: u64,
    diagnostic: Diagnostic,
}

impl Notices {
    /// Adds a diagnostic about a row of a file (its position among the sources). It is built only if it will be kept.
    pub(crate) fn add(
        &mut self,
        file: usize,
        weight: Weight,
        code: &'static str,
        build: impl FnOnce() -> Diagnostic,
    ) {
        let count = self.counts.entry((weight, code)).or_default();
        *count += 1;
        if *count <= SHOWN {
            self.keep(file, build());
        }
    }

    /// Adds what is wrong with a row that is rejected for it.
    pub(crate) fn reject(&mut self, file: &FilePlace<'_>, row: u64, problem: &Problem) {
        self.add(file.number, Weight::Error, problem.code, || {
            let message = format!("{}; the row is rejected", problem.message);
            let mut diagnostic =
                Diagnostic::error(problem.code, message).at(file.row(row, problem.column.clone()));
            diagnostic.help.clone_from(&problem.help);
            diagnostic
        });
    }

    /// Adds a diagnostic that exists already, however many of its kind there are.
    pub(crate) fn keep(&mut self, file: usize, diagnostic: Diagnostic) {
        let row = match diagnostic.place {
            Some(Place::Row { row, .. }) => row,
            _ => 0,
        };
        self.kept.push(Notice {
            file,
            row,
            diagnostic,
        });
    }

    /// Takes in what was noticed in a later stretch of the same file, whose rows were counted from `shift` on.
    pub(crate) fn append(&mut self, other: Self, shift: u64) {
        let before = self.counts.clone();
        let mut left: BTreeMap<_, u64> = BTreeMap::new();
        for mut notice in other.kept {
            let kind = (notice.diagnostic.weight, notice.diagnostic.code);
            let room = left
                .entry(kind)
                .or_insert_with(|| SHOWN.saturating_sub(before.get(&kind).copied().unwrap_or(0)));
            let is_counted = other.counts.contains_key(&kind);
            if is_counted && *room == 0 {
                continue;
            }
            *room = room.saturating_sub(u64::from(is_counted));
            notice.row += shift;
            if let Some(Place::Row { row, .. }) = &mut notice.diagnostic.place {
                *row += shift;
            }
            self.kept.push(notice);
        }
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
    }

    /// Everything, in order of file and row; what was left out of a kind is counted at the end.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|notice| (notice.file, notice.row));
        let kept = self.kept.into_iter().map(|notice| notice.diagnostic);
        let mut list: Vec<Diagnostic> = kept.collect();
        for ((weight, code), count) in self.counts {
            if count > SHOWN {
                let message = format!("{} more like the {SHOWN} shown", count - SHOWN);
                list.push(match weight {
                    Weight::Note => Diagnostic::note(code, message),
                    Weight::Warning => Diagnostic::warning(code, message),
                    Weight::Error => Diagnostic::error(code, message),
                });
            }
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FilePlace<'static> = FilePlace {
        file: "f",
        sheet: None,
        number: 0,
    };

    fn notices(rows: std::ops::Range<u64>) -> Notices {
        let mut notices = Notices::default();
        for row in rows {
            notices.reject(&FILE, row, &Problem::no_answer("maybe"));
        }
        notices
    }

    #[test]
    fn two_stretches_give_what_one_gives() {
        let mut halves = notices(2..17);
        halves.append(notices(1..31), 16);
        let (one, other) = (notices(2..47).finish(), halves.finish());
        assert_eq!(one, other);
        assert_eq!(one.len(), 21);
        assert_eq!(one[20].message, "25 more like the 20 shown");
    }
}
