//! The phase matrix as a heat map: users by level for each event and capability, one block of rows for each level.

use rust_xlsxwriter::{
    Color, ConditionalFormat2ColorScale, ConditionalFormatType, Worksheet, XlsxError,
};

use super::Book;
use super::cell::Cell;
use super::style::{AMBER, GRAY, GREEN, RED, VIOLET};
use super::table::{prepare_for_paper, write as write_cell};
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::model::{EventRow, Report, wording};

/// What a block of rows counts, and the color of its highest figure.
struct Measure {
    name: &'static str,
    of: fn(&EventRow, usize) -> u64,
    color: Color,
}

const fn measure(name: &'static str, color: Color, of: fn(&EventRow, usize) -> u64) -> Measure {
    Measure { name, of, color }
}

const MEASURES: [Measure; 11] = [
    measure("none", RED, |row, at| row.state[at].none),
    measure("limited", AMBER, |row, at| row.state[at].limited),
    measure("unknown", VIOLET, |row, at| row.state[at].unknown),
    measure("full", GREEN, |row, at| row.state[at].full),
    measure("not used", GRAY, |row, at| row.state[at].not_used),
    measure("lost here", RED, |row, at| row.changes[at].get(Kind::Lost)),
    measure("limited here", AMBER, |row, at| {
        row.changes[at].get(Kind::Degraded)
    }),
    measure("unknown here", VIOLET, |row, at| {
        row.changes[at].get(Kind::AtRisk)
    }),
    measure("recovered here", GREEN, |row, at| {
        row.changes[at].get(Kind::Restored)
    }),
    measure("none, lenient", RED, |row, at| row.range[at].lenient),
    measure("none, strict", RED, |row, at| row.range[at].strict),
];

/// The columns before the capabilities.
const BEFORE: [(&str, u16); 4] = [("Users at", 15), ("Date", 11), ("Event", 36), ("Phase", 7)];

/// The row of the heads.
const HEAD: u32 = 1;

pub(super) fn write(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Matrix")?;
    let styles = &book.styles;
    sheet.write_string_with_format(
        0,
        0,
        "Users by level after each event, and changes at it; the darker, the more of all users. Filter the first column for one level.",
        &styles.about,
    )?;
    for (at, (head, width)) in (0..).zip(BEFORE) {
        sheet.set_column_width(at, f64::from(width))?;
        sheet.write_string_with_format(HEAD, at, head, &styles.head)?;
    }
    let first_column = BEFORE.len() as u16;
    for (at, &capability) in (first_column..).zip(Capability::ALL) {
        sheet.set_column_width(at, 8)?;
        let name = wording::capability(capability);
        sheet.write_string_with_format(HEAD, at, name, &styles.upright_head)?;
    }
    sheet.set_row_height(HEAD, 150)?;
    let mut row = HEAD + 1;
    for measure in &MEASURES {
        let first = row;
        for event in &report.events {
            let cells = [
                Cell::from(measure.name),
                event.date.into(),
                (&event.title).into(),
                event.phase.into(),
            ];
            for (at, cell) in (0..).zip(&cells) {
                let format = match cell {
                    Cell::Day(_) => &styles.day,
                    _ => &styles.plain,
                };
                write_cell(&mut sheet, row, at, cell, format)?;
            }
            for (at, &capability) in (first_column..).zip(Capability::ALL) {
                let users = (measure.of)(event, capability.index());
                write_cell(&mut sheet, row, at, &users.into(), &styles.heat)?;
            }
            row += 1;
        }
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_maximum(
                ConditionalFormatType::Number,
                report.numbers.users.max(1) as f64,
            )
            .set_minimum_color(Color::White)
            .set_maximum_color(measure.color);
        sheet.add_conditional_format(first, first_column, row - 1, last_column(), &scale)?;
    }
    sheet.autofilter(HEAD, 0, row - 1, last_column())?;
    sheet.set_freeze_panes(HEAD + 1, first_column)?;
    prepare_for_paper(&mut sheet, 200);
    sheet.set_repeat_rows(HEAD, HEAD)?;
    book.workbook.push_worksheet(sheet);
    Ok(())
}

const fn last_column() -> u16 {
    (BEFORE.len() + Capability::COUNT - 1) as u16
}
