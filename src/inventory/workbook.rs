//! Workbooks: .xlsx, .xlsb, .xls and .ods -> records of the sheet that holds the users.
//!
//! In: a workbook's bytes. Out: rows of text with their positions, and what was noticed. The work is done in two places
//! because a file of a few kilobytes can make a spreadsheet library take hundreds of gigabytes, hang or abort: [`tell`] unpacks the
//! workbook and runs in a child process with a memory limit; [`WorkbookRecords`] hears it in the parent. The
//! words between them are in `wire`.

mod cell;
mod hearing;
mod notice;
mod remarks;
mod rows;
mod sniff;
mod wire;
mod xlsx;

use std::io::{Read, Seek};
use std::time::Duration;

use calamine::{Sheet, SheetType, SheetVisible};

use super::record::DateSystem;
use crate::diagnostic::Diagnostic;
use notice::Refusal;
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
    let mut telling = Telling {
        out,
        wanted,
        cell_limit: limits.cells,
        cells_left: limits.cells,
    };
    xlsx::tell(source, &mut telling)
}

/// A workbook on its way to the parent.
struct Telling<'t, 'w> {
    out: &'t mut Writer<'w>,
    wanted: Option<&'t str>,
    cell_limit: u64,
    cells_left: u64,
}

impl<'w> Telling<'_, 'w> {
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

/// The sheet of this name (without case and surrounding space), or every visible one.
fn sheets_to_read(all: &[Sheet], wanted: Option<&str>) -> Result<Vec<Sheet>, Refusal> {
    let all: Vec<&Sheet> = all
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .collect();
    let names = || -> Vec<String> { all.iter().map(|sheet| sheet.name.clone()).collect() };
    if all.is_empty() {
        return Err(notice::no_sheet());
    }
    if let Some(wanted) = wanted {
        let same =
            |sheet: &&&Sheet| sheet.name.trim().to_lowercase() == wanted.trim().to_lowercase();
        let found = all
            .iter()
            .find(|sheet| sheet.name == wanted)
            .or_else(|| all.iter().find(same));
        return match found {
            Some(sheet) => Ok(vec![(*sheet).clone()]),
            None => Err(notice::unknown_sheet(wanted, &names())),
        };
    }
    let visible: Vec<Sheet> = all
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| (*sheet).clone())
        .collect();
    if visible.is_empty() {
        return Err(notice::only_hidden_sheets(&names()));
    }
    Ok(visible)
}
