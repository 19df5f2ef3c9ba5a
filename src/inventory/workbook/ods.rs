//! .ods: streamed row by row.
//!
//! In: a package that holds an OpenDocument spreadsheet. Out: its sheets as frames. Read by a scanner of our own: `calamine` holds
//! every sheet as a whole, never ends on a part that is cut off, and takes an error's text for a value.

mod survey;
mod text;
mod value;

use std::collections::VecDeque;
use std::io::{Read, Seek};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::record::DateSystem;
use super::notice::{self, Refusal};
use super::package::{Package, broken_part};
use super::rows::{Merged, Order, Rows};
use super::xml::{Pieces, attribute};
use super::{SheetName, sheets_to_read};
use text::Paragraphs;
use value::{Kind, Value};

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";

/// Is this an OpenDocument spreadsheet? Its type may be missing.
pub(super) fn is_spreadsheet<S: Read + Seek>(package: &mut Package<S>) -> Result<bool, Refusal> {
    const TYPE: &str = "mimetype";
    if !package.has(CONTENT) {
        return Ok(false);
    }
    Ok(!package.has(TYPE) || package.text(TYPE)?.contains("opendocument.spreadsheet"))
}

/// Tells every sheet that is asked for.
pub(super) fn tell<S: Read + Seek>(
    package: &mut Package<S>,
    wanted: Option<&str>,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Refusal> {
    if package.has(MANIFEST) && package.text(MANIFEST)?.contains("encryption-data") {
        return Err(notice::password());
    }
    let sheets = survey::survey(package.xml(CONTENT)?)
        .map_err(|error| broken_part(CONTENT, &error.to_string()))?;
    let read = sheets_to_read(&sheets, wanted, rows)?;
    let mut content = Content::new(&sheets, read, rows);
    let mut pieces = Pieces::new(package.xml(CONTENT)?, "table-row");
    while !content.read.is_empty() {
        match pieces.next() {
            Ok(Some(piece)) => content.piece(piece)?,
            Ok(None) => break,
            Err(error) => return Err(broken_part(CONTENT, &error.to_string())),
        }
    }
    content.finish()
}

/// A cell under construction.
#[derive(Debug, Default)]
struct Cell {
    value: Value,
    text: Paragraphs,
    columns: u32,
    rows_spanned: u32,
    is_covered: bool,
}

/// A filled cell of the row that is being read: its columns, how many rows it spans, and where its text lies.
#[derive(Clone, Copy, Debug)]
struct Filled {
    column: u32,
    columns: u32,
    rows_spanned: u32,
    kind: Kind,
    start: usize,
    end: usize,
}

/// The part with all sheets, as far as it was read.
struct Content<'c, 'r, 'w> {
    sheets: &'c [SheetName],
    /// Positions of the sheets that are still to be read, the next one first.
    read: VecDeque<usize>,
    rows: &'c mut Rows<'r, 'w>,
    /// How many tables have begun.
    begun: usize,
    table: Table,
    row: Option<u32>,
    next_row: u32,
    repeated: u32,
    next_column: u32,
    cell: Option<Cell>,
    filled: Vec<Filled>,
    text: String,
}

/// Where in the part reading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    /// Between tables.
    Outside,
    /// In a table that is read.
    Read,
    /// In one that is not.
    Passed,
}

impl<'c, 'r, 'w> Content<'c, 'r, 'w> {
    fn new(sheets: &'c [SheetName], read: Vec<usize>, rows: &'c mut Rows<'r, 'w>) -> Self {
        Self {
            sheets,
            read: read.into(),
            rows,
            begun: 0,
            table: Table::Outside,
            row: None,
            next_row: 0,
            repeated: 1,
            next_column: 0,
            cell: None,
            filled: Vec::new(),
            text: String::new(),
        }
    }

    fn broken(&self, what: &str) -> Refusal {
        if self.table == Table::Read {
            return notice::damaged(&format!("{}, {what}", self.rows.place()));
        }
        broken_part(CONTENT, what)
    }

    /// Nothing comes any more: was every sheet complete?
    fn finish(self) -> Result<(), Refusal> {
        if self.read.is_empty() {
            return Ok(());
        }
        Err(self.broken("it ends too early"))
    }

    fn piece(&mut self, piece: &str) -> Result<(), Refusal> {
        let mut xml = Reader::from_str(piece);
        // A piece is cut out of the elements around the rows.
        xml.config_mut().allow_unmatched_ends = true;
        loop {
            let event = xml
                .read_event()
                .map_err(|error| self.broken(&error.to_string()))?;
            if matches!(event, Event::Eof) {
                return Ok(());
            }
            if let Some(cell) = &mut self.cell {
                let is_end = cell.text.take(&event);
                if is_end.map_err(|error| self.broken(&error))? {
                    self.end_cell();
                }
            } else {
                match event {
                    Event::Start(tag) => self.start(&tag, false)?,
                    Event::Empty(tag) => self.start(&tag, true)?,
                    Event::End(tag) => self.end(tag.local_name().as_ref())?,
                    _ => (),
                }
                if self.read.is_empty() {
                    return Ok(());
                }
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, is_empty: bool) -> Result<(), Refusal> {
        match (tag.local_name().as_ref(), self.table) {
            ("table", Table::Outside) => {
                self.begin_table()?;
                if is_empty {
                    self.end_table()?;
                }
            }
            ("table-row", Table::Read) => {
                self.begin_row(tag);
                if is_empty {
                    self.end_row()?;
                }
            }
            ("table-cell" | "covered-table-cell", Table::Read) if self.row.is_some() => {
                self.begin_cell(tag);
                if is_empty {
                    self.end_cell();
                }
            }
            _ => (),
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        match (name, self.table) {
            ("table", Table::Read | Table::Passed) => self.end_table()?,
            ("table-row", Table::Read) => self.end_row()?,
            _ => (),
        }
        Ok(())
    }

    fn begin_table(&mut self) -> Result<(), Refusal> {
        let sheet = self.begun;
        self.begun += 1;
        self.next_row = 0;
        if self.read.front() != Some(&sheet) {
            self.table = Table::Passed;
            return Ok(());
        }
        self.table = Table::Read;
        let name = &self.sheets[sheet].name;
        self.rows
            .begin_sheet(name, DateSystem::Excel1900, Order::Ascending)
    }

    fn end_table(&mut self) -> Result<(), Refusal> {
        if self.table == Table::Read {
            self.rows.end_sheet()?;
            self.read.pop_front();
        }
        self.table = Table::Outside;
        Ok(())
    }

    fn begin_row(&mut self, tag: &BytesStart<'_>) {
        self.row = Some(self.next_row);
        self.repeated = count(tag, "number-rows-repeated");
        if attribute(tag, "visibility").is_some_and(|visibility| visibility != "visible") {
            self.rows.hide(self.next_row);
        }
        self.next_row = self.next_row.saturating_add(self.repeated);
        self.next_column = 0;
        self.filled.clear();
        self.text.clear();
    }

    fn begin_cell(&mut self, tag: &BytesStart<'_>) {
        self.cell = Some(Cell {
            value: Value::of(tag),
            text: Paragraphs::default(),
            columns: count(tag, "number-columns-repeated"),
            rows_spanned: count(tag, "number-rows-spanned"),
            is_covered: tag.local_name().as_ref() == "covered-table-cell",
        });
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else {
            return;
        };
        let column = self.next_column;
        self.next_column = column.saturating_add(cell.columns);
        // What lies under a merged cell is not seen.
        if cell.is_covered {
            return;
        }
        let start = self.text.len();
        let kind = cell.value.put(&mut self.text, cell.text.as_str());
        if kind != Kind::Empty {
            self.filled.push(Filled {
                column,
                columns: cell.columns,
                rows_spanned: cell.rows_spanned,
                kind,
                start,
                end: self.text.len(),
            });
        }
    }

    /// Tells the row, as often as it is repeated.
    fn end_row(&mut self) -> Result<(), Refusal> {
        let Some(first) = self.row.take() else {
            return Ok(());
        };
        if self.filled.is_empty() {
            return Ok(());
        }
        for row in first..first.saturating_add(self.repeated) {
            for at in 0..self.filled.len() {
                let filled = self.filled[at];
                self.tell(row, &filled)?;
            }
        }
        Ok(())
    }

    fn tell(&mut self, row: u32, filled: &Filled) -> Result<(), Refusal> {
        let text = &self.text[filled.start..filled.end];
        if filled.rows_spanned > 1 {
            self.rows.merge(Merged {
                first: row,
                last: row.saturating_add(filled.rows_spanned - 1),
                column: filled.column,
            });
        }
        for column in filled.column..filled.column.saturating_add(filled.columns) {
            match filled.kind {
                Kind::Empty => (),
                Kind::Text => self.rows.cell(row, column, text)?,
                Kind::Doubtful(remark) => {
                    self.rows.remark(remark, row, column, text);
                    self.rows.cell(row, column, text)?;
                }
                Kind::Refused(remark) => {
                    self.rows.cell(row, column, "")?;
                    self.rows.remark(remark, row, column, text);
                }
            }
        }
        Ok(())
    }
}

/// How often, as an attribute says; once where it does not, and at least once.
fn count(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name)
        .and_then(|count| count.parse().ok())
        .unwrap_or(1)
        .max(1)
}
