//! On whose word, and how sure: contested figures, what is unknown or assumed, every rule used.

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::blocks::Blocks;
use super::cell::Look::{Long, Number, Plain};
use super::cell::{Cell, columns};
use super::table::{Sheet, Table};
use crate::knowledge::DocumentFacts;
use crate::report::model::Report;
use crate::report::model::wording;

/// The figures that differ between readings, and the points behind them.
pub(super) fn write_contested(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let widths = [26, 14, 40, 16, 16, 16, 50];
    let mut sheet = Blocks::begin(book, "Contested", &widths)?;
    sheet.line(
        "Users without a capability where the documents disagree, from the lenient to the strict reading; a figure is left out while it stays as it was.",
        |styles| &styles.about,
    )?;
    let heads = [
        ("Capability", Plain),
        ("Date", Plain),
        ("Event", Plain),
        ("Without, lenient", Number),
        ("Without, as reported", Number),
        ("Without, strict", Number),
        ("Because of", Long),
    ];
    let rows = report.contested.iter().map(|row| {
        let event = &report.events[row.event];
        vec![
            wording::capability(row.capability).into(),
            event.date.into(),
            (&event.title).into(),
            row.lenient.into(),
            row.chosen.into(),
            row.strict.into(),
            report.points_behind(row.capability).join(", ").into(),
        ]
    });
    let place = sheet.table(&heads, rows, "No figure differs between the readings.")?;
    sheet.filter(place, heads.len())?;
    sheet.gap();
    sheet.line("The points that the documents leave open", |styles| {
        &styles.part
    })?;
    let heads = [
        ("Point", Plain),
        ("Kind", Plain),
        ("What it is about", Long),
        ("Findings", Number),
        ("Differs for", Long),
        ("", Plain),
        ("How it is read here, why, and what the pages say", Long),
    ];
    let rows = report.open_points.iter().map(|point| {
        let range = point.range.iter().copied().map(wording::capability);
        let mut text = format!("{}\n{}", point.reading, point.reason);
        for citation in point.citations() {
            text.push('\n');
            text.push_str(&citation);
        }
        vec![
            Cell::from(&point.id),
            point.kind.id().into(),
            (&point.title).into(),
            point.findings.into(),
            range.collect::<Vec<_>>().join(", ").into(),
            Cell::Empty,
            text.into(),
        ]
    });
    sheet.table(&heads, rows, "Nothing here rests on an open point.")?;
    sheet.finish();
    Ok(())
}

/// Users at unknown, and what was assumed.
pub(super) fn write_unknowns(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let mut sheet = Blocks::begin(book, "Unknowns", &[26, 50, 16, 16, 60])?;
    sheet.line(
        "Users of whom it is not known what they can do, by capability and reason; and what was assumed because nobody said otherwise.",
        |styles| &styles.about,
    )?;
    let heads = [
        ("Capability", Plain),
        ("Why it is unknown", Long),
        ("Users at the baseline", Number),
        ("Users after the last event", Number),
    ];
    let rows = report.unknowns.iter().map(|part| {
        vec![
            wording::capability(part.capability).into(),
            part.reason.into(),
            part.at_start.into(),
            part.at_end.into(),
        ]
    });
    let place = sheet.table(&heads, rows, "Nothing is unknown.")?;
    sheet.filter(place, heads.len())?;
    sheet.gap();
    sheet.line("What was assumed", |styles| &styles.part)?;
    let heads = [
        ("Assumption", Plain),
        ("What", Long),
        ("Users who depend on it", Number),
        ("", Plain),
        ("To say otherwise", Long),
    ];
    let rows = report.assumptions.iter().map(|assumed| {
        vec![
            assumed.code.into(),
            (&assumed.text).into(),
            assumed.users.into(),
            Cell::Empty,
            assumed.instead.into(),
        ]
    });
    sheet.table(&heads, rows, "Nothing had to be assumed.")?;
    sheet.finish();
    Ok(())
}

/// Every rule that something rests on.
pub(super) fn write_rules(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let mut table = Table::begin(
        book,
        Sheet {
            name: "Rules",
            about: "Every cell, sentence and judgement that something in this report rests on, with the place where it is printed.",
            empty: "Nothing in this report rests on a rule.",
            columns: columns(&[
                ("Rule", 34, Plain),
                ("Kind", 11, Plain),
                ("What it says", 50, Long),
                ("Where", 44, Long),
                ("Footnotes", 50, Long),
                ("Document", 44, Long),
                ("Dates", 24, Long),
                ("Address", 40, Plain),
                ("Why it is read so", 60, Long),
                ("Used by", 36, Long),
                ("Findings", 11, Number),
                ("Risks of the plan", 10, Number),
            ]),
            rows: report.rules.len() as u64,
            frozen: 1,
        },
    )?;
    for rule in &report.rules {
        let page = rule.document.as_ref();
        table.row(&[
            Cell::from(&rule.id),
            rule.kind.id().into(),
            rule.wording().into(),
            rule.place().into(),
            rule.footnotes().join("\n").into(),
            rule.document_title().into(),
            page.map(DocumentFacts::dates).into(),
            page.and_then(|page| page.url.as_deref()).into(),
            rule.reason.as_deref().into(),
            rule.used_by().into(),
            rule.findings.into(),
            rule.plan_findings.into(),
        ])?;
    }
    table.finish()
}
