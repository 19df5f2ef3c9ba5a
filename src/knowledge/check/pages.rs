//! What pages must satisfy: ids, tables, footnotes, dates, addresses.

use toml::Spanned;
use toml::value::Datetime;

use super::{Checked, repeated};
use crate::diagnostic::Diagnostic;
use crate::knowledge::data::{Document, FileIndex, Table, Text, day, printed};
use crate::knowledge::rulebook::table_id;

/// Every page with its file.
fn pages<'a>(checked: &'a Checked<'_>) -> impl Iterator<Item = (FileIndex, &'a Document)> {
    checked
        .data
        .documents
        .iter()
        .map(|(file, page)| (*file, page))
}

/// Every table with its page.
fn tables<'a>(
    checked: &'a Checked<'_>,
) -> impl Iterator<Item = (FileIndex, &'a Document, &'a Table)> {
    pages(checked).flat_map(|(file, page)| {
        let tables = page.tables.iter();
        tables.map(move |table| (file, page, table))
    })
}

/// Every part of a rule's id, with its file.
fn parts<'a>(checked: &'a Checked<'_>) -> Vec<(FileIndex, &'a Text)> {
    let mut parts = Vec::new();
    for (file, page) in pages(checked) {
        parts.push((file, &page.id));
        parts.extend(
            page.statements
                .iter()
                .map(|statement| (file, &statement.id)),
        );
        for table in &page.tables {
            parts.extend(table.columns.iter().map(|column| (file, &column.key)));
            parts.extend(table.rows.iter().map(|row| (file, &row.key)));
        }
    }
    let (file, judgements) = &checked.data.judgements;
    parts.extend(judgements.iter().map(|judgement| (*file, &judgement.id)));
    parts
}

pub(super) fn ids_are_well_formed(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let malformed = parts(checked)
        .into_iter()
        .filter(|(_, id)| !is_kebab_case(id.get_ref()));
    malformed
        .map(|(file, id)| {
            let message = format!(
                "\"{}\" is no id; small letters, digits and single hyphens make one",
                id.get_ref()
            );
            checked.data.error("malformed-id", file, id, message)
        })
        .collect()
}

fn is_kebab_case(id: &str) -> bool {
    id.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

pub(super) fn rules_have_ids_of_their_own(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut ids = Vec::new();
    for (file, page) in pages(checked) {
        ids.push((file, &page.id, page.id.get_ref().clone()));
        for statement in &page.statements {
            let id = format!("{}.{}", page.id.get_ref(), statement.id.get_ref());
            ids.push((file, &statement.id, id));
        }
        for table in &page.tables {
            let table_id = table_id(page, table);
            for row in &table.rows {
                ids.push((file, &row.key, format!("{table_id}.{}", row.key.get_ref())));
            }
            for column in &table.columns {
                let id = format!("{table_id}.*.{}", column.key.get_ref());
                ids.push((file, &column.key, id));
            }
        }
    }
    let (file, judgements) = &checked.data.judgements;
    let judgements = judgements.iter();
    ids.extend(judgements.map(|judgement| (*file, &judgement.id, judgement.id.get_ref().clone())));
    repeated(checked, ids.into_iter(), "id")
}

pub(super) fn tables_are_numbered_in_order(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (file, page) in pages(checked) {
        for (wanted, table) in (1..).zip(&page.tables) {
            if *table.number.get_ref() != wanted {
                let message = format!(
                    "this is table {wanted} of the page, not {}",
                    table.number.get_ref()
                );
                let number = &table.number;
                problems.push(checked.data.error("table-number", file, number, message));
            }
        }
    }
    problems
}

pub(super) fn rows_have_a_cell_for_each_column(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (file, _, table) in tables(checked) {
        let columns = table.columns.len();
        for row in table.rows.iter().filter(|row| row.cells.len() != columns) {
            let message = format!(
                "the row \"{}\" has {} cells and the table {columns} columns",
                row.key.get_ref(),
                row.cells.len()
            );
            problems.push(checked.data.error("row-length", file, &row.key, message));
        }
    }
    problems
}

pub(super) fn footnotes_are_printed_and_carried(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (file, _, table) in tables(checked) {
        let mut carried = Vec::new();
        let rows = table.rows.iter();
        let texts = rows.flat_map(|row| std::iter::once(&row.name).chain(&row.cells));
        for text in texts {
            for mark in printed(text.get_ref()).1 {
                carried.push(mark);
                if !table
                    .footnotes
                    .iter()
                    .any(|note| *note.mark.get_ref() == mark)
                {
                    let message = format!("no footnote {mark} stands below this table");
                    problems.push(checked.data.error("unknown-footnote", file, text, message));
                }
            }
        }
        for note in &table.footnotes {
            if carried.contains(note.mark.get_ref()) == note.orphan {
                let message = format!(
                    "footnote {} is {} by a cell",
                    note.mark.get_ref(),
                    if note.orphan {
                        "carried"
                    } else {
                        "not carried"
                    }
                );
                problems.push(
                    checked
                        .data
                        .error("footnote-carried", file, &note.mark, message),
                );
            }
        }
    }
    problems
}

pub(super) fn notes_say_something(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (file, page) in pages(checked) {
        let notes = page.statements.iter().map(|statement| &statement.note);
        let footnotes = page.tables.iter().flat_map(|table| &table.footnotes);
        for note in notes.chain(footnotes.map(|footnote| &footnote.note)) {
            if note.get_ref().trim().is_empty() {
                let message = "a sentence or footnote without a note says nothing";
                problems.push(checked.data.error("note-missing", file, note, message));
            }
        }
    }
    problems
}

pub(super) fn pages_are_dated(checked: &Checked<'_>) -> Vec<Diagnostic> {
    pages(checked)
        .filter(|(_, page)| page.date.is_none() && page.modified.is_none())
        .map(|(file, page)| {
            let message = format!("the page \"{}\" has no date", page.id.get_ref());
            checked.data.error("date-missing", file, &page.id, message)
        })
        .collect()
}

pub(super) fn dates_are_possible(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (file, page) in pages(checked) {
        let statements = page.statements.iter().map(|statement| &statement.date);
        let dates = [&page.date, &page.modified].into_iter().chain(statements);
        for date in dates.flatten().filter(|date| !is_possible(date)) {
            let message = format!("{} cannot be a date of these products", date.get_ref());
            problems.push(checked.data.error("implausible-date", file, date, message));
        }
        if let (Some(date), Some(modified)) = (&page.date, &page.modified)
            && day(modified.get_ref()) > day(date.get_ref())
        {
            let message = "a topic cannot be modified after it was published";
            problems.push(
                checked
                    .data
                    .error("implausible-date", file, modified, message),
            );
        }
    }
    problems
}

/// A calendar day between the first of these products and the last page about them.
pub(super) fn is_possible(date: &Spanned<Datetime>) -> bool {
    use chrono::Datelike;
    day(date.get_ref()).is_some_and(|day| (2005..=2030).contains(&day.year()))
        && date.get_ref().time.is_none()
}

pub(super) fn addresses_are_https(checked: &Checked<'_>) -> Vec<Diagnostic> {
    pages(checked)
        .filter_map(|(file, page)| Some((file, page.url.as_ref()?)))
        .filter(|(_, url)| !url.get_ref().starts_with("https://"))
        .map(|(file, url)| {
            let message = format!("\"{}\" is no https address", url.get_ref());
            checked.data.error("url-not-https", file, url, message)
        })
        .collect()
}

pub(super) fn asset_ids_are_well_formed(checked: &Checked<'_>) -> Vec<Diagnostic> {
    pages(checked)
        .filter_map(|(file, page)| Some((file, page.assetid.as_ref()?)))
        .filter(|(_, assetid)| !is_guid(assetid.get_ref()))
        .map(|(file, assetid)| {
            let message = format!("\"{}\" is no asset id of a page", assetid.get_ref());
            checked
                .data
                .error("malformed-assetid", file, assetid, message)
        })
        .collect()
}

fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12]
        && text
            .bytes()
            .all(|byte| byte == b'-' || matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
