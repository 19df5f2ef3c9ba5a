//! Cells in, rows out: one sheet's cells, put in their places, bounded, and told.
//!
//! In: cells with their positions, as a format's reader finds them. Out: frames for the parent, and at the end what was
//! noticed. Positions are checked here and nowhere else, so that no reader can be talked into a row or column that does
//! not exist.

use std::collections::{BTreeMap, VecDeque};

use super::super::record::{DateSystem, Span};
use super::cell;
use super::notice::{self, Refusal};
use super::remarks::{Remark, Remarks};
use super::wire::Writer;
use super::{Limits, SheetKind, SheetName};

/// Rows and columns of a sheet: Excel has no more.
pub(super) const ROWS: u32 = 1_048_576;
pub(super) const COLUMNS: u32 = 16_384;

/// Bytes of one cell, and of one row, at most.
const CELL_BYTES: usize = 1 << 20;
const ROW_BYTES: usize = 16 << 20;

/// In which order a sheet's rows stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// From top to bottom, as every program writes them.
    Ascending,
    /// In any order: they have to be kept and sorted.
    Any,
}

/// A row under construction.
#[derive(Clone, Debug, Default)]
struct Row {
    cells: Vec<Span>,
    text: Vec<u8>,
}

impl Row {
    fn clear(&mut self) {
        self.cells.clear();
        self.text.clear();
    }

    fn is_filled(&self, column: usize) -> bool {
        self.cells
            .get(column)
            .is_some_and(|cell| cell.end > cell.start)
    }

    /// The row's text stays below [`ROW_BYTES`], so the offsets fit.
    fn put(&mut self, column: usize, text: &[u8]) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(text);
        let cell = Span {
            start,
            end: self.text.len() as u32,
        };
        if column < self.cells.len() {
            self.cells[column] = cell;
        } else {
            self.cells.resize(column, Span { start, end: start });
            self.cells.push(cell);
        }
    }
}

/// A stretch of merged cells of one column; its first cell has the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Merged {
    /// First row, from 0.
    pub(super) first: u32,
    /// Last row, from 0.
    pub(super) last: u32,
    /// Column, from 0.
    pub(super) column: u32,
}

/// The rows of a workbook, sheet by sheet.
pub(super) struct Rows<'r, 'w> {
    out: &'r mut Writer<'w>,
    limits: Limits,
    /// Cells that may still come.
    cells_left: u64,
    sheet: String,
    order: Order,
    /// The row under construction, from 0.
    at: Option<u32>,
    row: Row,
    kept: BTreeMap<u32, Row>,
    /// Merged stretches that have not begun, in the order of their first rows.
    merged: VecDeque<Merged>,
    /// Merged stretches that have begun, with the text of their first cell.
    open: Vec<(Merged, Vec<u8>)>,
    remarks: Remarks,
    /// The row that was last said to be hidden.
    hidden: Option<u32>,
    last_cell: Option<(u32, u32)>,
}

impl<'r, 'w> Rows<'r, 'w> {
    pub(super) fn new(out: &'r mut Writer<'w>, limits: &Limits) -> Self {
        Self {
            out,
            limits: *limits,
            cells_left: limits.cells,
            sheet: String::new(),
            order: Order::Ascending,
            at: None,
            row: Row::default(),
            kept: BTreeMap::new(),
            merged: VecDeque::new(),
            open: Vec::new(),
            remarks: Remarks::default(),
            hidden: None,
            last_cell: None,
        }
    }

    /// Which sheets there are, where one of several is to be chosen.
    pub(super) fn choice(&mut self, sheets: &[SheetName]) -> Result<(), Refusal> {
        let tables = sheets
            .iter()
            .filter(|sheet| sheet.kind != SheetKind::NoTable);
        let names: Vec<String> = tables.map(|sheet| sheet.name.clone()).collect();
        self.out.names(&names).map_err(lost)
    }

    /// A sheet begins.
    pub(super) fn begin_sheet(
        &mut self,
        name: &str,
        dates: DateSystem,
        order: Order,
    ) -> Result<(), Refusal> {
        name.clone_into(&mut self.sheet);
        self.order = order;
        self.hidden = None;
        self.last_cell = None;
        self.out.sheet(name, dates).map_err(lost)
    }

    /// A merged stretch; to be said before its first row, and in the order of the first rows.
    pub(super) fn merge(&mut self, stretch: Merged) {
        self.merged.push_back(stretch);
    }

    /// A filled cell; row and column from 0.
    pub(super) fn cell(&mut self, row: u32, column: u32, text: &str) -> Result<(), Refusal> {
        self.check_place(row, column)?;
        if self.at != Some(row) {
            self.begin(row)?;
        }
        if text.is_empty() {
            return Ok(());
        }
        self.check_size(row, column, text)?;
        self.last_cell = Some((row, column));
        if self.hidden == Some(row) {
            self.hidden = None;
            self.remarks.add(Remark::Hidden, row, column, "");
        }
        if self.row.is_filled(column as usize) {
            self.remarks.add(Remark::Twice, row, column, "");
            return Ok(());
        }
        self.row.put(column as usize, text.as_bytes());
        Ok(())
    }

    /// A row, from 0, is hidden, by a filter for instance: it counts all the same, which is said if it holds anything.
    pub(super) fn hide(&mut self, row: u32) {
        self.hidden = Some(row);
    }

    /// Something to be said about a cell; row and column from 0. `what` is shown beside the cell's name.
    pub(super) fn remark(&mut self, remark: Remark, row: u32, column: u32, what: &str) {
        self.remarks.add(remark, row, column, what);
    }

    /// Where reading stands, for a sentence: `behind cell C17`.
    pub(super) fn place(&self) -> String {
        match self.last_cell {
            Some((row, column)) => format!(
                "behind cell {} of sheet \"{}\"",
                cell::name(u64::from(row) + 1, column),
                notice::shortened(&self.sheet)
            ),
            None => format!(
                "at the beginning of sheet \"{}\"",
                notice::shortened(&self.sheet)
            ),
        }
    }

    /// The sheet is complete: its last row, the rows kept, the remarks.
    pub(super) fn end_sheet(&mut self) -> Result<(), Refusal> {
        self.end_row()?;
        if self.order == Order::Any {
            self.remarks.add(Remark::RowsSorted, 0, 0, "");
        }
        for (row, cells) in std::mem::take(&mut self.kept) {
            self.tell(row, cells)?;
        }
        self.merged.clear();
        self.open.clear();
        for diagnostic in std::mem::take(&mut self.remarks).diagnostics(&self.sheet) {
            self.out.notice(&diagnostic).map_err(lost)?;
        }
        self.out.sheet_end().map_err(lost)
    }

    fn check_place(&self, row: u32, column: u32) -> Result<(), Refusal> {
        if row < ROWS && column < COLUMNS {
            return Ok(());
        }
        Err(notice::damaged(&format!(
            "{}, there is a cell in row {} and column {}, outside of any sheet",
            self.place(),
            u64::from(row) + 1,
            u64::from(column) + 1
        )))
    }

    fn check_size(&mut self, row: u32, column: u32, text: &str) -> Result<(), Refusal> {
        let Some(left) = self.cells_left.checked_sub(1) else {
            return Err(notice::too_many_cells(self.limits.cells, &self.place()));
        };
        self.cells_left = left;
        let name = || cell::name(u64::from(row) + 1, column);
        if text.len() > CELL_BYTES {
            return Err(notice::too_large(format!(
                "cell {} holds {} MiB of text, more than any inventory has",
                name(),
                text.len() >> 20
            )));
        }
        if self.row.text.len() + text.len() > ROW_BYTES {
            return Err(notice::too_large(format!(
                "the row of cell {} holds more than 16 MiB of text",
                name()
            )));
        }
        Ok(())
    }

    fn begin(&mut self, row: u32) -> Result<(), Refusal> {
        let before = self.at;
        self.end_row()?;
        match self.order {
            Order::Any => self.row = self.kept.remove(&row).unwrap_or_default(),
            Order::Ascending if before.is_some_and(|before| row < before) => {
                return Err(notice::damaged(&format!(
                    "{}, there is a cell of row {}; rows have to stand in order",
                    self.place(),
                    u64::from(row) + 1
                )));
            }
            Order::Ascending => (),
        }
        self.at = Some(row);
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Refusal> {
        let Some(row) = self.at.take() else {
            return Ok(());
        };
        let mut cells = std::mem::take(&mut self.row);
        if self.order == Order::Any {
            self.kept.insert(row, cells);
            return Ok(());
        }
        if !cells.cells.is_empty() {
            cells = self.tell(row, cells)?;
        }
        cells.clear();
        self.row = cells;
        Ok(())
    }

    fn tell(&mut self, row: u32, mut cells: Row) -> Result<Row, Refusal> {
        if cells.cells.is_empty() {
            return Ok(cells);
        }
        self.fill_merged(row, &mut cells);
        self.out
            .row(u64::from(row) + 1, &cells.cells, &cells.text)
            .map_err(lost)?;
        Ok(cells)
    }

    /// Puts the value of a merged stretch's first cell into this row's cell of it.
    fn fill_merged(&mut self, row: u32, cells: &mut Row) {
        while self.merged.front().is_some_and(|next| next.first <= row) {
            let Some(next) = self.merged.pop_front() else {
                break;
            };
            let column = next.column as usize;
            if next.first == row && cells.is_filled(column) {
                let cell = cells.cells[column];
                let text = cells.text[cell.start as usize..cell.end as usize].to_vec();
                self.open.push((next, text));
            }
        }
        self.open.retain(|(merged, _)| row <= merged.last);
        for (merged, text) in &self.open {
            let column = merged.column as usize;
            if row > merged.first
                && !cells.is_filled(column)
                && cells.text.len() + text.len() <= ROW_BYTES
            {
                cells.put(column, text);
                self.remarks.add(Remark::Merged, row, merged.column, "");
            }
        }
    }
}

/// The parent is gone: there is nobody left to tell anything to.
pub(super) fn lost(error: std::io::Error) -> Refusal {
    notice::unreadable(&format!("what was read cannot be handed over: {error}"))
}
