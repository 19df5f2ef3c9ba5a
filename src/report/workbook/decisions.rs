//! The sheet that people write in: everything to decide on, with columns of their own, and what they wrote before.

use std::collections::HashSet;

use chrono::NaiveDate;
use rust_xlsxwriter::XlsxError;

use super::Book;
use super::cell::Look::{Long, Number, Open, Plain, Word};
use super::cell::{Cell, Column, Look};
use super::previous::{DECISIONS, DecisionRow, Decisions};
use super::table::{Sheet, Table};
use crate::report::model::{Matter, Report};

/// The heads of our columns.
pub(super) const HEADS: [&str; 11] = [
    "Id",
    "State",
    "Phase",
    "Phase name",
    "Severity",
    "Users",
    "What",
    "Because of",
    "Who",
    "What would help most",
    "Decide before",
];

/// The heads of people's columns.
pub(super) const OPEN: [&str; 4] = ["Owner", "Decision", "Until", "Note"];

/// Widths and looks of our columns.
const OURS: [(u16, Look); HEADS.len()] = [
    (14, Plain),
    (8, Word),
    (7, Plain),
    (22, Long),
    (10, Word),
    (10, Number),
    (60, Long),
    (24, Long),
    (32, Long),
    (40, Long),
    (11, Plain),
];

/// Widths of people's columns; of those that they added, the last one's.
const OPEN_WIDTHS: [u16; OPEN.len()] = [20, 24, 12, 50];

/// A row for each risk of the plan and each group of users; then what is gone, and what people added.
pub(super) fn write(
    book: &mut Book<'_>,
    report: &Report,
    earlier: Option<&Decisions>,
) -> Result<(), XlsxError> {
    let matters = report.matters();
    let left = left(&matters, earlier);
    let added: &[String] = earlier.map_or(&[], |earlier| &earlier.added[..]);
    let mut columns: Vec<Column<'_>> = HEADS
        .iter()
        .zip(OURS)
        .map(|(&head, (width, look))| Column::new(head, width, look))
        .collect();
    let open = OPEN.iter().zip(OPEN_WIDTHS);
    columns.extend(open.map(|(&head, width)| Column::new(head, width, Open)));
    columns.extend(
        added
            .iter()
            .map(|head| Column::new(head.as_str(), 24, Open)),
    );
    let mut table = Table::begin(
        book,
        Sheet {
            name: DECISIONS,
            about: "For people: write in the yellow columns. The next report carries it over by the id, if it is given this one with --previous.",
            empty: "There is nothing to decide on.",
            columns,
            rows: (matters.len() + left.len()) as u64,
            frozen: 1,
        },
    )?;
    for matter in &matters {
        let before = earlier.and_then(|earlier| earlier.of(&matter.id));
        let mut cells = ours(report, matter, state(earlier, before));
        cells.extend(theirs(before, added.len()));
        table.row(&cells)?;
    }
    for row in left {
        let state = if row.id.is_empty() { "added" } else { "gone" };
        let mut cells = vec![Cell::from(&row.id), state.into()];
        cells.extend(row.ours.iter().skip(1).map(|text| as_it_was(text)));
        cells.extend(theirs(Some(row), added.len()));
        table.row(&cells)?;
    }
    table.finish()
}

/// Is it new since the earlier report? Without one nobody knows.
fn state(earlier: Option<&Decisions>, before: Option<&DecisionRow>) -> &'static str {
    match (earlier, before) {
        (None, _) => "",
        (Some(_), None) => "new",
        (Some(_), Some(row)) if row.ours.first().is_some_and(|state| state == "gone") => "new",
        (Some(_), Some(_)) => "known",
    }
}

/// The rows of the earlier sheet that are about nothing of this report. What was gone already stays as long as people's words do.
fn left<'e>(matters: &[Matter], earlier: Option<&'e Decisions>) -> Vec<&'e DecisionRow> {
    let known: HashSet<&str> = matters.iter().map(|matter| matter.id.as_str()).collect();
    let rows = earlier.map_or(&[][..], |earlier| &earlier.rows[..]).iter();
    rows.filter(|row| !known.contains(row.id.as_str()))
        .filter(|row| row.is_written() || row.ours.first().is_none_or(|state| state != "gone"))
        .collect()
}

fn ours<'c>(report: &'c Report, matter: &'c Matter, state: &'static str) -> Vec<Cell<'c>> {
    vec![
        Cell::from(&matter.id),
        state.into(),
        matter.phase.into(),
        (&report.phases[matter.phase].name).into(),
        matter.severity.id().into(),
        matter.users.into(),
        (&matter.what).into(),
        (&matter.causes).into(),
        (&matter.who).into(),
        (&matter.suggestion).into(),
        matter.due.into(),
    ]
}

fn theirs(row: Option<&DecisionRow>, added: usize) -> Vec<Cell<'_>> {
    let all = OPEN.len() + added;
    let texts = row.map_or(&[][..], |row| &row.theirs[..]);
    let mut cells: Vec<Cell<'_>> = texts.iter().map(|text| as_it_was(text)).collect();
    cells.resize(all, Cell::Empty);
    cells
}

/// A cell of an earlier sheet: what was a day is one again, and so is a number.
fn as_it_was(text: &str) -> Cell<'_> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return day.into();
    }
    match text.parse::<u64>() {
        // A number that would not be written as it was stays a text.
        Ok(number) if number < 1 << 53 && number.to_string() == text => number.into(),
        _ => text.into(),
    }
}
