//! What stands in a cell, and what a column looks like.

use std::borrow::Cow;

use chrono::NaiveDate;

/// What stands in a cell.
#[derive(Clone, Debug)]
pub(super) enum Cell<'t> {
    /// Nothing.
    Empty,
    /// A text; never a formula.
    Text(Cow<'t, str>),
    /// A count.
    Number(u64),
    /// A day.
    Day(NaiveDate),
}

impl<'t> From<&'t str> for Cell<'t> {
    fn from(text: &'t str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(Cow::Owned(text))
        }
    }
}

impl<'t> From<&'t String> for Cell<'t> {
    fn from(text: &'t String) -> Self {
        Self::from(text.as_str())
    }
}

impl<'t> From<&'t Cow<'_, str>> for Cell<'t> {
    fn from(text: &'t Cow<'_, str>) -> Self {
        Self::from(&**text)
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Cell<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<NaiveDate> for Cell<'_> {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl<'t, T: Into<Self>> From<Option<T>> for Cell<'t> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// How the cells of a column look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A short text or a day.
    Plain,
    /// A long text, broken into lines.
    Long,
    /// Counts.
    Number,
    /// A severity, a kind of change, a level or an advice: colored by its word.
    Word,
    /// For people to write in.
    Open,
}

/// A column of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Column<'t> {
    pub(super) head: Cow<'t, str>,
    /// In characters.
    pub(super) width: u16,
    pub(super) look: Look,
}

impl<'t> Column<'t> {
    pub(super) fn new(head: impl Into<Cow<'t, str>>, width: u16, look: Look) -> Self {
        Self {
            head: head.into(),
            width,
            look,
        }
    }
}

/// Columns from a table of heads, widths and looks.
pub(super) fn columns(list: &[(&'static str, u16, Look)]) -> Vec<Column<'static>> {
    let columns = list.iter();
    columns
        .map(|&(head, width, look)| Column::new(head, width, look))
        .collect()
}
