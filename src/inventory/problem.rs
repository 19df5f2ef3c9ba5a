//! What can be wrong with a row, and how it is said.
//!
//! In: the cells of a record. Out: [`Problem`]s: a code, the column, a sentence, and what to do. A row with a problem is
//! rejected (contract section 2).

use super::cell::{NoDate, YEARS, clean};
use super::columns::{EXTRA_COLUMN, Field, Layout};
use super::record::Record;
use crate::diagnostic::nearest;
use crate::model::Provider;

/// Something that makes a row unusable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    /// The header of the column concerned.
    pub(crate) column: Option<String>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Problem {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            column: None,
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same problem in a column.
    pub(crate) fn under(mut self, header: &str) -> Self {
        self.column = Some(header.to_owned());
        self
    }

    /// Is the row no user's at all, so that nothing else in it can be wrong?
    pub(crate) fn is_no_user_at_all(&self) -> bool {
        matches!(self.code, "header-repeated" | "total-line")
    }

    /// The problem in one line, for the reason column of a row that is given back.
    pub(crate) fn reason(&self) -> String {
        let column = self.column.as_ref();
        let place = column.map_or(String::new(), |column| format!("{column}: "));
        let help = self.help.as_ref();
        let help = help.map_or(String::new(), |help| format!(" ({help})"));
        format!("{place}{}{help}", self.message)
    }

    /// A text that is neither yes nor no.
    pub(crate) fn no_answer(text: &str) -> Self {
        Self::new("yes-no-invalid", format!("{text:?} is neither yes nor no"))
    }

    /// Option flags that are no number.
    pub(crate) fn no_flags(text: &str) -> Self {
        Self::new("flags-invalid", format!("{text:?} is not a whole number"))
    }

    /// A text that is no day.
    pub(crate) fn no_date(text: &str, why: NoDate) -> Self {
        match why {
            NoDate::Ambiguous => Self::new(
                "date-ambiguous",
                format!("{text:?} can be read in two ways"),
            )
            .help("say --date-format dd/mm/yyyy or mm/dd/yyyy"),
            NoDate::OutOfRange => {
                let (first, last) = (YEARS.start(), YEARS.end());
                Self::new(
                    "date-out-of-range",
                    format!("{text:?} lies outside {first} to {last}"),
                )
            }
            NoDate::NotADate => Self::new("date-invalid", format!("{text:?} is not a date"))
                .help("write YYYY-MM-DD"),
        }
    }

    /// A text that names no provider.
    pub(crate) fn no_provider(text: &str) -> Self {
        let known = || Provider::ALL.iter().map(|provider| provider.id());
        let help = match nearest(text, known()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known are {}", known().collect::<Vec<_>>().join(", ")),
        };
        Self::new(
            "provider-unknown",
            format!("{text:?} is no public IM provider"),
        )
        .help(help)
    }
}

/// Words with which the last line of an export begins; lower case.
#[rustfmt::skip]
const TOTALS: &[&str] = &[
    "total", "totals", "grand total", "sum", "subtotal", "count", "summe", "gesamt", "gesamtsumme", "anzahl", "somme",
    "suma", "totaal", "totale",
];

/// What makes a row unusable as a whole: no address, a header again, a total, cells beyond the last column.
pub(crate) fn of_row(record: &Record<'_>, layout: &Layout, sip: &str) -> Option<Problem> {
    if !sip.contains('@') {
        if layout.is_repeated_by(record) {
            return Some(Problem::new(
                "header-repeated",
                "the row repeats the header",
            ));
        }
        if is_total(record) {
            return Some(Problem::new("total-line", "the row is a total, not a user"));
        }
        if sip.is_empty() {
            let header = &layout.headers[layout.columns(Field::Sip)[0]];
            return Some(Problem::new("sip-missing", "there is no SIP address").under(header));
        }
    }
    let extra = extra_cells(record, layout);
    (extra > 0).then(|| {
        let headers = layout.headers.len() - layout.extra_columns().len();
        Problem::new(
            "row-too-long",
            format!("{extra} more filled cells than the {headers} headers"),
        )
        .help("put cells that contain the delimiter in quotation marks")
    })
}

/// How many filled cells stand beyond the last header, or came back from there under [`EXTRA_COLUMN`].
fn extra_cells(record: &Record<'_>, layout: &Layout) -> usize {
    debug_assert!(EXTRA_COLUMN.starts_with(super::columns::OWN_COLUMNS));
    (layout.headers.len()..record.len())
        .chain(layout.extra_columns().iter().copied())
        .filter(|&column| !clean(record.text(column)).is_empty())
        .count()
}

/// A line that counts or adds up the rows above: it has no address and begins with a word for total.
fn is_total(record: &Record<'_>) -> bool {
    let first = record.texts().map(clean).find(|text| !text.is_empty());
    first.is_some_and(|text| {
        let text = text.to_lowercase();
        TOTALS.iter().any(|total| {
            text.strip_prefix(total).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with([':', ' ', '=', '(', '.', ';'])
            })
        })
    })
}
