//! Workbooks: .xlsx, .xlsb, .xls and .ods -> records of the sheet that holds the users.
//!
//! In: a workbook's bytes. Out: rows of text with their positions, and what was noticed. The work is done in two places
//! because a file of a few kilobytes can make a spreadsheet library take hundreds of gigabytes, hang or abort: [`tell`] unpacks the
//! workbook and runs in a child process with a memory limit; [`WorkbookRecords`] hears it in the parent. The
//! words between them are in `wire`.

mod cell;
mod hearing;
mod notice;
mod package;
mod remarks;
mod rows;
mod sniff;
mod wire;
mod xlsx;
mod xml;

use std::io::{Read, Seek};
use std::time::Duration;

use super::record::DateSystem;
use crate::diagnostic::Diagnostic;
use notice::Refusal;
use package::Package;
use rows::{Order, Rows};

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
    source: S,
    wanted: Option<&str>,
    limits: &Limits,
    out: &mut Writer<'_>,
) -> Result<(), Box<Diagnostic>> {
    let mut telling = Telling::new(out, wanted, limits);
    let mut package = Package::open(source)?;
    xlsx::tell(&mut package, &mut telling)
}

/// A workbook on its way to the parent.
struct Telling<'t, 'w> {
    out: &'t mut Writer<'w>,
    wanted: Option<&'t str>,
    cell_limit: u64,
    cells_left: u64,
}

impl<'t, 'w> Telling<'t, 'w> {
    fn new(out: &'t mut Writer<'w>, wanted: Option<&'t str>, limits: &Limits) -> Self {
        Self {
            out,
            wanted,
            cell_limit: limits.cells,
            cells_left: limits.cells,
        }
    }

    fn sheet<'s>(
        &'s mut self,
        name: &'s str,
        dates: DateSystem,
        order: Order,
    ) -> Result<Rows<'s, 'w>, Refusal> {
        self.out.sheet(name, dates).map_err(rows::lost)?;
        Ok(Rows::new(
            self.out,
            name,
            order,
            &mut self.cells_left,
            self.cell_limit,
        ))
    }
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
fn sheets_to_read(all: &[SheetName], wanted: Option<&str>) -> Result<Vec<usize>, Refusal> {
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
    Ok(visible)
}
