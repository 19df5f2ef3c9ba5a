//! What the report was made from: inputs with their digests, options, what was read, and every row that was not used.

use std::io::Read;

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::blocks::Blocks;
use super::cell::Look::{Long, Number, Plain};
use super::cell::{Cell, Column};
use super::table::{Sheet, Table};
use crate::csv_text::unguarded;
use crate::inventory::rejected::ADDED;
use crate::report::model::Report;

/// Columns of a sheet: Excel has no more.
const COLUMNS: usize = 16_384;

/// The rejected rows as they were, with file, row and reason in front.
pub(super) fn write_rejected(
    book: &mut Book<'_>,
    report: &Report,
    rejected: Option<&mut dyn Read>,
) -> Result<(), XlsxError> {
    const NAME: &str = "Rejected rows";
    let Some(rejected) = rejected else {
        let sheet = Sheet {
            name: NAME,
            about: "Rows that were not used are held back: they are as the inventory has them, and this report has pseudonyms.",
            empty: "How many they are is on the sheet Run.",
            columns: vec![Column::new("Reason", 60, Long)],
            rows: 0,
            frozen: 0,
        };
        return Table::begin(book, sheet)?.finish();
    };
    let failed = |error: csv::Error| XlsxError::IoError(error.into());
    let mut reader = csv::Reader::from_reader(rejected);
    let heads = reader.headers().map_err(failed)?.clone();
    let own = heads.len().saturating_sub(ADDED.len());
    let kept = own.min(COLUMNS - ADDED.len());
    let mut columns = vec![
        Column::new("File", 24, Plain),
        Column::new("Row", 8, Number),
        Column::new("Reason", 60, Long),
    ];
    let of_files = heads.iter().take(kept);
    columns.extend(of_files.map(|head| Column::new(unguarded(head).to_owned(), 20, Plain)));
    let mut table = Table::begin(
        book,
        Sheet {
            name: NAME,
            about: if kept < own {
                "Rows that were not used, as they were. Columns beyond those of a sheet are left out: cutover check --rejected FILE has all."
            } else {
                "Rows that were not used, as they were. Mended as CSV (cutover check --rejected FILE), they can be imported with the others."
            },
            empty: "Every row was used.",
            columns,
            rows: report.header.counts.rows_rejected,
            frozen: 2,
        },
    )?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(failed)? {
        let added: Vec<&str> = record.iter().skip(own).map(unguarded).collect();
        let row = added.get(1).copied().unwrap_or_default();
        let mut cells = vec![
            Cell::from(added.first().copied().unwrap_or_default()),
            row.parse::<u64>()
                .map_or_else(|_| Cell::from(row), Cell::Number),
            added.get(2).copied().unwrap_or_default().into(),
        ];
        cells.extend(
            record
                .iter()
                .take(kept)
                .map(|cell| Cell::from(unguarded(cell))),
        );
        table.row(&cells)?;
    }
    table.finish()
}

/// The run.
pub(super) fn write_run(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let header = &report.header;
    let mut sheet = Blocks::begin(book, "Run", &[30, 40, 68, 16])?;
    sheet.line(
        "What this report was made from. The same inputs and options give the same bytes; there is no clock in it.",
        |styles| &styles.about,
    )?;
    let facts: [(&str, Cell<'_>); 8] = [
        ("Plan", (&header.plan).into()),
        ("Baseline", header.baseline.into()),
        ("User-days up to", header.end.into()),
        ("Reading of the documents", header.reading.id().into()),
        ("Program", format!("cutover {}", header.tool_version).into()),
        (
            "Documents and judgements",
            (&header.knowledge_sha256).into(),
        ),
        ("Pools of the plan", header.pools.into()),
        ("Stages of the plan", header.stages.into()),
    ];
    let rows = facts
        .into_iter()
        .map(|(name, cell)| vec![name.into(), cell]);
    let heads = [("What", Plain), ("Value", Plain)];
    let place = sheet.table(&heads, rows, "")?;
    sheet.worksheet().set_freeze_panes(place.head + 1, 0)?;
    sheet.gap();
    write_inputs(&mut sheet, report)?;
    sheet.gap();
    sheet.line("What was read", |styles| &styles.part)?;
    let figures = report.quality.figures().into_iter();
    let rows = figures.map(|(name, figure)| vec![name.into(), figure.into()]);
    sheet.table(&[("What", Plain), ("Number", Number)], rows, "")?;
    sheet.gap();
    sheet.line("What was noticed in reading", |styles| &styles.part)?;
    let heads = [
        ("Code", Plain),
        ("Weight", Plain),
        ("The first of them", Long),
        ("How often", Number),
    ];
    let rows = report.quality.noticed.iter().map(|noticed| {
        vec![
            noticed.code.into(),
            noticed.weight_name().into(),
            (&noticed.first).into(),
            noticed.count.into(),
        ]
    });
    sheet.table(&heads, rows, "Nothing was noticed.")?;
    sheet.finish();
    Ok(())
}

fn write_inputs(sheet: &mut Blocks<'_, '_>, report: &Report) -> Result<(), XlsxError> {
    let run = &report.header.run;
    sheet.line("Inputs", |styles| &styles.part)?;
    let heads = [
        ("Kind", Plain),
        ("Name", Plain),
        ("SHA-256", Plain),
        ("Bytes", Number),
    ];
    let plans = run.plan.iter().map(|file| ("plan", file));
    let files = plans.chain(run.inventories.iter().map(|file| ("inventory", file)));
    let rows = files.map(|(kind, file)| {
        vec![
            kind.into(),
            (&file.name).into(),
            (&file.sha256).into(),
            file.bytes.into(),
        ]
    });
    let empty = "The built-in sample.";
    sheet.table(&heads, rows, empty)?;
    sheet.gap();
    sheet.line("Options", |styles| &styles.part)?;
    let rows = run
        .options
        .iter()
        .map(|(name, value)| vec![name.into(), value.into()]);
    sheet.table(&[("Option", Plain), ("Value", Plain)], rows, "None.")?;
    Ok(())
}
