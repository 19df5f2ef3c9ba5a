//! Workbooks: .xlsx, .xlsb, .xls and .ods -> records of the sheet that holds the users.
//!
//! In: a workbook's bytes. Out: rows of text with their positions, and what was noticed. The work is done in two places
//! because a file of a few kilobytes can make a spreadsheet library take hundreds of gigabytes, hang or abort: [`tell`] unpacks the
//! workbook and runs in a child process with a memory limit; [`WorkbookRecords`] hears it in the parent. The
//! words between them are in `wire`.

mod cell;
mod data;
mod hearing;
mod notice;
mod ods;
mod ole;
mod package;
mod remarks;
mod rows;
mod sniff;
mod wire;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

use crate::diagnostic::Diagnostic;
use notice::Refusal;
use package::Package;
use rows::Rows;

pub use hearing::{HeaderTest, Teller, WorkbookRecords};
pub use notice::{fault, out_of_memory, out_of_time, unreadable};
pub use sniff::{Content, HEAD, misnamed};
pub use wire::Writer;

/// What reading one workbook may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory for the process that unpacks it.
    pub memory: u64,
    /// Filled cells.
    pub cells: u64,
    /// Time from start to finish; `None`: as long as the file's size allows, see [`Self::time_for`].
    pub deadline: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 400 << 20,
            cells: 20_000_000,
            deadline: None,
        }
    }
}

impl Limits {
    /// The time for a file of so many bytes: seven seconds, and one more for every further mebibyte from the fifth on, which is ten
    /// times as long as a sheet of a million rows takes.
    #[must_use]
    pub fn time_for(&self, bytes: u64) -> Duration {
        const BASE: u64 = 7;
        self.deadline
            .unwrap_or_else(|| Duration::from_secs(BASE + (bytes >> 20).saturating_sub(4)))
    }
}

/// Tells a workbook's sheets: the visible ones in their order, or the one that is `wanted`.
///
/// # Errors
/// Where the bytes are no workbook, or none that can be read, or where a limit is reached. What was told before stands.
pub fn tell<S: Read + Seek>(
    mut source: S,
    wanted: Option<&str>,
    limits: &Limits,
    out: &mut Writer<'_>,
) -> Result<(), Box<Diagnostic>> {
    let unreadable = |error: io::Error| notice::unreadable(&error.to_string());
    let mut head = Vec::new();
    let limit = HEAD as u64;
    source
        .by_ref()
        .take(limit)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut rows = Rows::new(out, limits);
    match Content::of(&head) {
        Content::Workbook if head.starts_with(b"PK") => tell_package(source, wanted, &mut rows),
        Content::Workbook => xls::tell(source, wanted, limits, &mut rows),
        other => Err(other
            .refusal()
            .unwrap_or_else(|| notice::not_a_workbook("a text", "import it as delimited text"))),
    }
}

/// Tells a workbook that is a zip archive.
fn tell_package<S: Read + Seek>(
    source: S,
    wanted: Option<&str>,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Refusal> {
    const OTHERS: &[(&str, &str)] = &[
        ("word/document.xml", "a Word document"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
        ("visio/document.xml", "a Visio drawing"),
        ("Index/Document.iwa", "a document of an Apple program"),
    ];
    let mut package = Package::open(source)?;
    if package.has(xlsb::WORKBOOK) {
        return xlsb::tell(package, wanted, rows);
    }
    let part = xlsx::book::workbook_part(&mut package)?;
    if package.has(&part) && !OTHERS.iter().any(|(other, _)| package.has(other)) {
        return xlsx::tell(&mut package, wanted, rows);
    }
    if ods::is_spreadsheet(&mut package)? {
        return ods::tell(&mut package, wanted, rows);
    }
    if let Some((_, found)) = OTHERS.iter().find(|(part, _)| package.has(part)) {
        return Err(notice::not_a_workbook(
            found,
            "export the inventory as CSV or .xlsx",
        ));
    }
    if package.has("[Content_Types].xml") {
        return Err(notice::damaged(
            "its main part, the list of its sheets, is missing",
        ));
    }
    if package.has("content.xml") {
        return Err(notice::not_a_workbook(
            "an OpenDocument file other than a spreadsheet",
            "export the inventory as CSV or .xlsx",
        ));
    }
    let found = match package.names().as_slice() {
        [] => "an empty zip archive".to_owned(),
        names => format!("a zip archive with {}", notice::quoted_list(names)),
    };
    Err(notice::not_a_workbook(
        found,
        "unpack it and import the file with the users",
    ))
}

/// A sheet's name, and whether it is for reading.
#[derive(Clone, Debug)]
struct SheetName {
    name: String,
    kind: SheetKind,
}

/// Whether a sheet is for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SheetKind {
    /// A table that a person sees.
    Visible,
    /// A table that is read only if it is named.
    Hidden,
    /// A chart or dialog.
    NoTable,
}

/// The sheet of this name (without case and surrounding space), or every visible one: positions in `all`.
///
/// Where it is not settled which one it is, the parent is told the names.
fn sheets_to_read(
    all: &[SheetName],
    wanted: Option<&str>,
    rows: &mut Rows<'_, '_>,
) -> Result<Vec<usize>, Refusal> {
    let tables = || (0..all.len()).filter(|&sheet| all[sheet].kind != SheetKind::NoTable);
    let names = || -> Vec<String> { tables().map(|sheet| all[sheet].name.clone()).collect() };
    if tables().next().is_none() {
        return Err(notice::no_sheet());
    }
    if let Some(wanted) = wanted {
        let key = |name: &str| name.trim().to_lowercase();
        let found = tables()
            .find(|&sheet| all[sheet].name == wanted)
            .or_else(|| tables().find(|&sheet| key(&all[sheet].name) == key(wanted)));
        return found
            .map(|sheet| vec![sheet])
            .ok_or_else(|| notice::unknown_sheet(wanted, &names()));
    }
    let visible: Vec<usize> = tables()
        .filter(|&sheet| all[sheet].kind == SheetKind::Visible)
        .collect();
    if visible.is_empty() {
        return Err(notice::only_hidden_sheets(&names()));
    }
    rows.choice(all)?;
    Ok(visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_are_given_up_within_eight_seconds_and_large_ones_are_not() {
        let limits = Limits::default();
        let seconds = |mebibytes: u64| limits.time_for(mebibytes << 20).as_secs();
        assert_eq!((seconds(0), seconds(4), seconds(5)), (7, 7, 8));
        // A million rows of eleven columns: 42 MB, two to five seconds.
        assert!(seconds(40) > 40);
        let asked = Limits {
            deadline: Some(Duration::from_secs(3)),
            ..limits
        };
        assert_eq!(asked.time_for(1 << 40).as_secs(), 3);
    }
}
