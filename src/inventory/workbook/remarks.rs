//! Remarks about cells, collected so that a thousand of a kind become one sentence.
//!
//! In: kind and place of each. Out: one diagnostic for each kind, with the number and the first places.

use super::cell;
use super::notice;
use crate::diagnostic::Diagnostic;

/// How many places a sentence names.
const SHOWN: usize = 5;

/// What is to be said about a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    /// It holds an error, `#REF!` for instance.
    Error,
    /// Its value cannot be understood.
    Unreadable,
    /// It holds a formula whose result is not in the file.
    NotCalculated,
    /// Its number has lost digits.
    LongNumber,
    /// It has a date's format, and its number is no day of the years 1990 to 2100.
    NoDay,
    /// It is there a second time.
    Twice,
    /// It belongs to a merged cell and takes the value of that one.
    Merged,
    /// Its row is hidden (no cell in particular).
    Hidden,
    /// The rows stood in another order (no cell in particular).
    RowsSorted,
}

impl Remark {
    const ALL: [Self; 9] = [
        Self::Error,
        Self::Unreadable,
        Self::NotCalculated,
        Self::LongNumber,
        Self::NoDay,
        Self::Twice,
        Self::Merged,
        Self::Hidden,
        Self::RowsSorted,
    ];
}

#[derive(Clone, Debug, Default)]
struct Collected {
    count: u64,
    first_row: u64,
    places: Vec<String>,
}

/// The remarks of one sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Remarks {
    kinds: [Collected; Remark::ALL.len()],
}

impl Remarks {
    /// Row and column from 0; `what` is shown behind the cell's name.
    pub(super) fn add(&mut self, remark: Remark, row: u32, column: u32, what: &str) {
        let kind = &mut self.kinds[remark as usize];
        kind.count += 1;
        if kind.places.len() < SHOWN {
            let row = u64::from(row) + 1;
            kind.first_row = if kind.places.is_empty() {
                row
            } else {
                kind.first_row
            };
            let name = match remark {
                Remark::Hidden => row.to_string(),
                _ => cell::name(row, column),
            };
            kind.places.push(match what {
                "" => name,
                what => format!("{name} ({})", notice::shortened(what)),
            });
        }
    }

    /// One diagnostic for each kind that occurred.
    pub(super) fn diagnostics(&self, sheet: &str) -> Vec<Diagnostic> {
        Remark::ALL
            .iter()
            .zip(&self.kinds)
            .filter(|(_, kind)| kind.count > 0)
            .map(|(&remark, kind)| notice::at_row(kind.diagnostic(remark), sheet, kind.first_row))
            .collect()
    }
}

impl Collected {
    /// `cell B7`, `3 cells (B7, B8, B9)`.
    fn named(&self, thing: &str) -> String {
        if self.count == 1 {
            format!("{thing} {}", self.places[0])
        } else {
            let more = if self.count > self.places.len() as u64 {
                ", …"
            } else {
                ""
            };
            format!("{} {thing}s ({}{more})", self.count, self.places.join(", "))
        }
    }

    fn diagnostic(&self, remark: Remark) -> Diagnostic {
        let (cells, one) = (self.named("cell"), self.count == 1);
        let verb =
            |singular: &'static str, plural: &'static str| if one { singular } else { plural };
        match remark {
            Remark::Error => Diagnostic::warning(
                notice::CELL_ERROR,
                format!(
                    "{cells} {} an error instead of a value and {} as empty",
                    verb("holds", "hold"),
                    verb("counts", "count")
                ),
            )
            .help("mend the formulas in Excel, or replace them by their values"),
            Remark::Unreadable => Diagnostic::warning(
                notice::CELL_UNREADABLE,
                format!(
                    "{cells} {} a value that cannot be understood and {} as empty",
                    verb("holds", "hold"),
                    verb("counts", "count")
                ),
            ),
            Remark::NotCalculated => Diagnostic::warning(
                notice::NO_CACHED_VALUE,
                format!(
                    "{cells} {} a formula without its result in the file and {} as empty",
                    verb("holds", "hold"),
                    verb("counts", "count")
                ),
            )
            .help("open the workbook in Excel and save it, so that the results are in it"),
            Remark::LongNumber => Diagnostic::warning(
                notice::LONG_NUMBER,
                format!(
                    "{cells} {} a number of more than 15 digits, of which Excel has dropped the last ones",
                    verb("holds", "hold")
                ),
            )
            .help("where this is an identifier, format the column as text and enter it again"),
            Remark::NoDay => Diagnostic::warning(
                notice::BAD_DATE,
                format!(
                    "{cells} {} formatted as a date, but the value is no day of the years 1990 to 2100; it is read as a number",
                    verb("is", "are")
                ),
            ),
            Remark::Twice => Diagnostic::warning(
                notice::TWICE,
                format!("{cells} {} a second time in the sheet; the first value counts", verb("occurs", "occur")),
            ),
            Remark::Merged => Diagnostic::note(
                notice::MERGED,
                format!("{cells} {} the value of the merged cell that covers {}", verb("takes", "take"), verb("it", "them")),
            ),
            Remark::Hidden => Diagnostic::note(
                notice::ROW_HIDDEN,
                format!(
                    "{} {} hidden in the sheet and {} all the same",
                    self.named("row"),
                    verb("is", "are"),
                    verb("counts", "count")
                ),
            ),
            Remark::RowsSorted => Diagnostic::note(
                notice::ROWS_SORTED,
                "the rows of the sheet do not stand in order in the file; they are read from top to bottom",
            ),
        }
    }
}
