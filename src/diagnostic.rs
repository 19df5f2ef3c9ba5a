//! What is wrong in a file that the user gave us: a stable code, the place, and what to do about it.
//!
//! In: whatever the importer, the plan reader and the data checks find. Out: [`Diagnostics`], all of them together, so that
//! one run shows every problem. How they look on a terminal is decided by whoever prints them.

pub mod catalog;

use std::ops::Range;

/// How a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Something was assumed or noticed; nothing has to be done.
    Note,
    /// Something is probably not meant; the run goes on.
    Warning,
    /// The file, or this part of it, cannot be used.
    Error,
}

/// Where in a file a problem is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A stretch of a text file, TOML for instance.
    Text {
        /// The file's name as the user gave it.
        file: String,
        /// Byte range in the file's text, half-open.
        span: Range<usize>,
        /// Line of the first byte, from 1.
        line: usize,
        /// Column of the first byte in characters, from 1.
        column: usize,
    },
    /// A row of a table; the row number is the one a person sees.
    Row {
        /// The file's name as the user gave it.
        file: String,
        /// The sheet, for workbooks.
        sheet: Option<String>,
        /// The line on which the record begins, or the sheet's row; from 1.
        row: u64,
        /// The column's header as it is in the file.
        column: Option<String>,
    },
    /// A whole file.
    File {
        /// The file's name as the user gave it.
        file: String,
    },
}

/// One problem in a user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How it weighs.
    pub weight: Weight,
    /// Stable code in kebab case, `stage-cycle` for instance.
    pub code: &'static str,
    /// What is wrong and what was expected, in one sentence without a full stop at the end.
    pub message: String,
    /// Where; `None` only where no file is concerned.
    pub place: Option<Place>,
    /// Further places that belong to the problem, each with a word on why.
    pub related: Vec<(Place, String)>,
    /// What to do, or the nearest name that exists.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place; add one with [`Self::at`].
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Weight::Error, code, message.into())
    }

    /// A warning without a place; add one with [`Self::at`].
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Weight::Warning, code, message.into())
    }

    /// A note without a place; add one with [`Self::at`].
    #[must_use]
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Weight::Note, code, message.into())
    }

    fn new(weight: Weight, code: &'static str, message: String) -> Self {
        Self {
            weight,
            code,
            message,
            place: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// The same diagnostic at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same diagnostic with a second place and a word on why it matters.
    #[must_use]
    pub fn see(mut self, place: Place, why: impl Into<String>) -> Self {
        self.related.push((place, why.into()));
        self
    }

    /// The same diagnostic with advice.
    #[must_use]
    pub fn help(mut self, advice: impl Into<String>) -> Self {
        self.help = Some(advice.into());
        self
    }
}

/// The nearest of several known names, for "did you mean"; `None` when none is near.
///
/// Compared without case; a name counts as near at a Jaro-Winkler similarity of 0.84 or more.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR: f64 = 0.84;
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&typed, &name.to_lowercase()), name))
        .filter(|&(score, _)| score >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(
            nearest("Lync-2103", ["lync-2010", "lync-2013"]),
            Some("lync-2013")
        );
        assert_eq!(nearest("zebra", ["lync-2010", "lync-2013"]), None);
    }
}
