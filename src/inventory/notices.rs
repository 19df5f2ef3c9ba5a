//! What was noticed, in the order of the files, with at most so many of a kind.
//!
//! In: diagnostics as they come up. Out: the list that is shown: the first of each kind with their places, and how many more
//! there are, so that a million bad rows do not need a million messages.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place, Weight};

/// How many diagnostics of one kind are kept.
pub const SHOWN: u64 = 20;

/// Diagnostics under collection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notices {
    kept: Vec<(usize, Diagnostic)>,
    counts: BTreeMap<(Weight, &'static str), u64>,
}

impl Notices {
    /// Adds a diagnostic about a file (its position among the sources). It is built only if it will be kept.
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
            self.kept.push((file, build()));
        }
    }

    /// Adds a diagnostic that exists already; kept whatever their number, because there is one per file at most.
    pub(crate) fn keep(&mut self, file: usize, diagnostic: Diagnostic) {
        self.kept.push((file, diagnostic));
    }

    /// Everything, in order of file and row; what was left out of a kind is counted at the end.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.kept
            .sort_by_key(|(file, diagnostic)| (*file, row(diagnostic)));
        let mut list: Vec<Diagnostic> = self.kept.into_iter().map(|(_, d)| d).collect();
        for ((weight, code), count) in self.counts {
            if count > SHOWN {
                let message = format!("{} more like the {SHOWN} shown ({code})", count - SHOWN);
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

fn row(diagnostic: &Diagnostic) -> u64 {
    match diagnostic.place {
        Some(Place::Row { row, .. }) => row,
        _ => 0,
    }
}
