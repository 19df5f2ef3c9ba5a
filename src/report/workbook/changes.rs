//! What differs from an earlier report: a row for each person and difference.

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::cell::Look::{Number, Plain, Word};
use super::cell::{Cell, columns};
use super::table::{Sheet, Table};
use crate::compare::{Cohort, Told};
use crate::report::comparison::Compared;
use crate::report::model::wording;

/// Writes the sheet; without an earlier report it says so.
pub(super) fn write(book: &mut Book<'_>, compared: Option<Compared<'_>>) -> Result<(), XlsxError> {
    let cohorts: &[Cohort] = compared.map_or(&[], |compared| &compared.comparison.cohorts[..]);
    let rows = cohorts.iter();
    let rows = rows.map(|cohort| (cohort.people.len() * cohort.changes.len()) as u64);
    let mut table = Table::begin(
        book,
        Sheet {
            name: "Changes",
            about: "What differs from the earlier report (--previous): a row for each person and finding that is new, gone, or on another day.",
            empty: if compared.is_some() {
                "Nobody's findings differ from the earlier report."
            } else {
                "There is no earlier report to compare with: name its folder with --previous."
            },
            columns: columns(&[
                ("Address", 32, Plain),
                ("Capability", 26, Plain),
                ("Finding", 11, Word),
                ("Difference", 11, Plain),
                ("Date before", 11, Plain),
                ("Event before", 24, Plain),
                ("Because of, before", 24, Plain),
                ("Days without, before", 10, Number),
                ("Date now", 11, Plain),
                ("Event now", 24, Plain),
                ("Because of, now", 24, Plain),
                ("Days without, now", 10, Number),
            ]),
            rows: rows.sum(),
            frozen: 1,
        },
    )?;
    for (compared, cohort) in compared
        .iter()
        .flat_map(|all| cohorts.iter().map(move |c| (all, c)))
    {
        for &person in &cohort.people {
            let sip = compared.sip(person);
            for change in &cohort.changes {
                let mut cells = vec![
                    Cell::from(&sip),
                    wording::capability(change.capability).into(),
                    wording::kind(change.kind).into(),
                    change.effect.id().into(),
                ];
                cells.extend(side(change.before.as_ref()));
                cells.extend(side(change.after.as_ref()));
                table.row(&cells)?;
            }
        }
    }
    table.finish()
}

fn side(told: Option<&Told>) -> [Cell<'_>; 4] {
    let Some(told) = told else {
        return [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
    };
    [
        told.date.into(),
        (&told.event).into(),
        wording::causes(told.causes).into(),
        told.days.into(),
    ]
}
