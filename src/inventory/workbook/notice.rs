//! What can be said about a workbook: every sentence, beside its code.
//!
//! In: what the readers found. Out: diagnostics, without the file's name, which only the parent process knows as the user
//! gave it.

use crate::diagnostic::{Diagnostic, Place, nearest};

/// Why a workbook, or the rest of it, cannot be read.
pub(super) type Refusal = Box<Diagnostic>;

const PASSWORD: &str = "workbook-password";
const DAMAGED: &str = "workbook-damaged";
const TRUNCATED: &str = "workbook-truncated";
const NOT_A_WORKBOOK: &str = "not-a-workbook";
const NO_SHEET: &str = "workbook-no-sheet";
const EMPTY: &str = "workbook-empty";
const LIMIT: &str = "workbook-limit";
const FAULT: &str = "workbook-fault";
const UNREADABLE: &str = "workbook-unreadable";
const UNKNOWN_SHEET: &str = "sheet-unknown";
const SHEET_CHOSEN: &str = "sheet-chosen";
pub(super) const CELL_ERROR: &str = "cell-error";
pub(super) const CELL_UNREADABLE: &str = "cell-unreadable";
pub(super) const NO_CACHED_VALUE: &str = "cell-not-calculated";
pub(super) const LONG_NUMBER: &str = "cell-long-number";
pub(super) const BAD_DATE: &str = "cell-date-outside";
pub(super) const TWICE: &str = "cell-twice";
pub(super) const MERGED: &str = "cell-merged";
pub(super) const ROW_HIDDEN: &str = "row-hidden";
pub(super) const ROWS_SORTED: &str = "rows-sorted";

const CODES: &[&str] = &[
    PASSWORD,
    DAMAGED,
    TRUNCATED,
    NOT_A_WORKBOOK,
    NO_SHEET,
    EMPTY,
    LIMIT,
    FAULT,
    UNREADABLE,
    UNKNOWN_SHEET,
    SHEET_CHOSEN,
    CELL_ERROR,
    CELL_UNREADABLE,
    NO_CACHED_VALUE,
    LONG_NUMBER,
    BAD_DATE,
    TWICE,
    MERGED,
    ROW_HIDDEN,
    ROWS_SORTED,
];

/// The code of this name, as the program has it.
pub(super) fn code(name: &str) -> &'static str {
    CODES
        .iter()
        .find(|&&code| code == name)
        .copied()
        .unwrap_or(UNREADABLE)
}

/// Names a row of a sheet as the place; the file's name is filled in by the parent process.
pub(super) fn at_row(diagnostic: Diagnostic, sheet: &str, row: u64) -> Diagnostic {
    diagnostic.at(Place::Row {
        file: String::new(),
        sheet: Some(sheet.to_owned()),
        row,
        column: None,
    })
}

pub(super) fn password() -> Refusal {
    error(
        PASSWORD,
        "the workbook is protected with a password, so its cells cannot be read",
        "open it in Excel, take the password away (File, Info, Protect Workbook, Encrypt with Password), save it and import \
         that file",
    )
}

pub(super) fn damaged(what: &str) -> Refusal {
    error(
        DAMAGED,
        format!("the workbook is damaged: {what}"),
        "open it in Excel or LibreOffice, save it under a new name and import that file, or export the sheet as CSV",
    )
}

pub(super) fn truncated() -> Refusal {
    error(
        TRUNCATED,
        "the workbook is cut off: the directory at its end is missing",
        "copy or download the file again; if it stays so, export the sheet as CSV",
    )
}

pub(super) fn not_a_workbook(found: impl std::fmt::Display, advice: &str) -> Refusal {
    error(
        NOT_A_WORKBOOK,
        format!("this is {found}, not a table that can be read"),
        advice,
    )
}

pub(super) fn no_sheet() -> Refusal {
    error(
        NO_SHEET,
        "the workbook has no sheet with cells",
        "open it in Excel; if it shows a table there, save it under a new name and import that file",
    )
}

pub(super) fn empty() -> Refusal {
    error(
        EMPTY,
        "no visible sheet of the workbook holds anything",
        "look into the workbook; a hidden sheet can be named with --sheet",
    )
}

pub(super) fn only_hidden_sheets(names: &[String]) -> Refusal {
    error(
        NO_SHEET,
        format!(
            "every sheet of the workbook is hidden: {}",
            quoted_list(names)
        ),
        "name the sheet to read with --sheet",
    )
}

/// `sheets`: the names of all sheets, in the workbook's order.
pub(super) fn unknown_sheet(wanted: &str, sheets: &[String]) -> Refusal {
    let near = match nearest(wanted, sheets.iter().map(String::as_str)) {
        Some(name) => format!("did you mean \"{name}\"? "),
        None => String::new(),
    };
    error(
        UNKNOWN_SHEET,
        format!("the workbook has no sheet \"{wanted}\""),
        format!("{near}its sheets are {}", quoted_list(sheets)),
    )
}

pub(super) fn too_many_cells(limit: u64, after: &str) -> Refusal {
    error(
        LIMIT,
        format!("the workbook has more than {limit} filled cells; reading stopped {after}"),
        format!(
            "if that is right, allow more with --max-cells {}",
            limit.saturating_mul(2)
        ),
    )
}

pub(super) fn too_large(what: impl Into<String>) -> Refusal {
    error(
        LIMIT,
        what,
        "save the sheet with the users alone in a new workbook, or as CSV",
    )
}

/// The cells of an .xls are spread so far that they need more than `limit` bytes.
pub(super) fn too_wide(bytes: u64, limit: u64) -> Refusal {
    error(
        LIMIT,
        format!(
            "the cells of the workbook are spread so far apart that reading them takes about {} MiB of memory, more than {} MiB",
            bytes >> 20,
            limit >> 20
        ),
        format!(
            "look for a stray cell far to the right or below (Ctrl+End), save the workbook as .xlsx or CSV, which are read with \
             little memory, or allow more with --max-memory {}M",
            (bytes >> 20).saturating_mul(2)
        ),
    )
}

/// The child process needed more memory than `limit` bytes.
#[must_use]
pub fn out_of_memory(limit: u64) -> Refusal {
    let mebibytes = limit >> 20;
    error(
        LIMIT,
        format!("reading the workbook takes more than {mebibytes} MiB of memory"),
        format!(
            "allow more with --max-memory {}M, or save the sheet as CSV or .xlsx, which are read with little memory",
            mebibytes.saturating_mul(3)
        ),
    )
}

/// The child process did not end in time.
#[must_use]
pub fn out_of_time(seconds: u64) -> Refusal {
    error(
        LIMIT,
        format!("reading the workbook took longer than {seconds} s and was given up"),
        format!(
            "if the file is trusted, allow more with --deadline {}; else save the sheet as CSV",
            seconds.saturating_mul(5)
        ),
    )
}

/// The child process panicked; `place` is where.
#[must_use]
pub fn fault(place: &str) -> Refusal {
    error(
        FAULT,
        format!("the workbook cannot be understood: its reader gave up at {place}"),
        "open it in Excel or LibreOffice, save it as .xlsx or CSV and import that file; if it opens there without complaint, \
         please report this",
    )
}

/// The file itself, or the process that reads it, is out of reach.
#[must_use]
pub fn unreadable(why: &str) -> Refusal {
    error(
        UNREADABLE,
        format!("the workbook cannot be read: {why}"),
        "",
    )
}

pub(super) fn sheet_chosen(name: &str, others: &[String]) -> Diagnostic {
    Diagnostic::note(
        SHEET_CHOSEN,
        format!("the sheet \"{name}\" is read: it is the first visible one with a header row"),
    )
    .help(format!(
        "name another with --sheet; there are also {}",
        quoted_list(others)
    ))
}

fn error(code: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Refusal {
    let advice: String = advice.into();
    let mut diagnostic = Diagnostic::error(code, message);
    diagnostic.help = (!advice.is_empty()).then_some(advice);
    Box::new(diagnostic)
}

/// Names of a file in a sentence: at most eight, each at most sixty characters.
pub(super) fn quoted_list(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut list: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("\"{}\"", shortened(name)))
        .collect();
    if names.len() > SHOWN {
        list.push(format!("{} more", names.len() - SHOWN));
    }
    list.join(", ")
}

/// A text of a file in a sentence: at most sixty characters.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
