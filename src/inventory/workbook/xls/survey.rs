//! A first look over the records of an .xls: is it protected, are its cells where cells can be, and will they fit?
//!
//! In: the stream of records. Out: nothing, or why the workbook is refused. `calamine` reserves what a record
//! claims and holds the rectangle around all cells of each sheet.

use super::super::Limits;
use super::super::cell;
use super::super::notice::{self, Refusal};

const ROWS: u32 = 65_536;
const COLUMNS: u32 = 256;
/// Bytes for each cell of the rectangle: once for the values, once more for the copy that is handed out.
const CELL: u64 = 48;
/// Bytes for each cell that a sheet claims to have.
const CLAIMED_CELL: u64 = 40;
/// Bytes for each cell of the rectangle around the formulas.
const FORMULA: u64 = 24;

mod record {
    pub(super) const BOF: u16 = 0x0809;
    pub(super) const EOF: u16 = 0x000a;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const FILE_PASS: u16 = 0x002f;
    pub(super) const DIMENSIONS: u16 = 0x0200;
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const MUL_RK: u16 = 0x00bd;
    /// `Number`, `Label`, `RString`, `BoolErr`, `Rk`, `LabelSst`.
    pub(super) const CELLS: [u16; 6] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd];
}

/// Looks over the workbook.
pub(super) fn survey(stream: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut sheets = Vec::new();
    for (kind, data) in Records(stream) {
        match kind {
            record::FILE_PASS if data.first().is_some_and(|&kind| kind != 0) => {
                return Err(notice::password());
            }
            record::BOUND_SHEET => sheets.push(number(data, 0).zip(number(data, 2))),
            record::EOF => break,
            _ => (),
        }
    }
    let mut bytes = 0;
    for start in sheets {
        let start = start.map(|(low, high)| usize::from(low) | usize::from(high) << 16);
        let Some(sheet) = start.and_then(|start| stream.get(start..)) else {
            return Err(notice::damaged("one of its sheets lies behind its end"));
        };
        bytes += survey_sheet(sheet)?;
        if bytes > limits.memory {
            return Err(notice::too_wide(bytes, limits.memory));
        }
    }
    Ok(())
}

/// How many bytes a sheet will take.
fn survey_sheet(sheet: &[u8]) -> Result<u64, Refusal> {
    let (mut cells, mut formulas) = (Rectangle::default(), Rectangle::default());
    let (mut depth, mut claimed) = (0u32, 0);
    for (kind, data) in Records(sheet) {
        match kind {
            record::BOF => depth += 1,
            record::EOF if depth <= 1 => break,
            record::EOF => depth -= 1,
            // Charts inside of a sheet have cells of their own, which nobody reads.
            _ if depth > 1 => (),
            record::DIMENSIONS => claimed = claimed.max(claimed_cells(data)?),
            record::MUL_RK => cells.take(data, data.len().saturating_sub(2))?,
            record::FORMULA => {
                cells.take(data, 2)?;
                formulas.take(data, 2)?;
            }
            kind if record::CELLS.contains(&kind) => cells.take(data, 2)?,
            _ => (),
        }
    }
    Ok(claimed * CLAIMED_CELL + cells.area() * CELL + formulas.area() * FORMULA)
}

/// How many cells the sheet claims to have, for which memory is reserved: first row, row behind the last, and so the columns.
fn claimed_cells(data: &[u8]) -> Result<u64, Refusal> {
    let wide = data.len() >= 14;
    let rows = if wide {
        number(data, 4)
            .zip(number(data, 6))
            .map(|(low, high)| u32::from(low) | u32::from(high) << 16)
    } else {
        number(data, 2).map(u32::from)
    };
    let columns = number(data, if wide { 10 } else { 6 }).map(u32::from);
    match (rows, columns) {
        (Some(rows), Some(columns)) if rows <= ROWS && columns <= COLUMNS => {
            Ok(u64::from(rows) * u64::from(columns))
        }
        _ => Err(notice::damaged(
            "one of its sheets claims a size that no sheet can have",
        )),
    }
}

/// The rectangle around cells.
#[derive(Debug, Default)]
struct Rectangle {
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

impl Rectangle {
    /// The cell of a record; `last` is where its last column stands.
    fn take(&mut self, data: &[u8], last: usize) -> Result<(), Refusal> {
        let place = (number(data, 0), number(data, 2), number(data, last));
        let (Some(row), Some(first), Some(last)) = place else {
            return Err(notice::damaged("one of its cells is cut off"));
        };
        if u32::from(last.max(first)) >= COLUMNS {
            return Err(notice::damaged(&format!(
                "there is a cell {}, outside of any sheet",
                cell::name(u64::from(row) + 1, u32::from(last.max(first)))
            )));
        }
        self.rows = Some(extended(self.rows, row, row));
        self.columns = Some(extended(self.columns, first, last));
        Ok(())
    }

    fn area(&self) -> u64 {
        let length = |range: Option<(u16, u16)>| {
            range.map_or(0, |(from, to)| u64::from(to.saturating_sub(from)) + 1)
        };
        length(self.rows) * length(self.columns)
    }
}

fn extended(range: Option<(u16, u16)>, from: u16, to: u16) -> (u16, u16) {
    range.map_or((from, to), |(low, high)| (low.min(from), high.max(to)))
}

fn number(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]))
}

/// Records: type and data.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (number(self.0, 0)?, number(self.0, 2)?);
        let data = self.0.get(4..4 + usize::from(length))?;
        self.0 = &self.0[4 + usize::from(length)..];
        Some((kind, data))
    }
}
