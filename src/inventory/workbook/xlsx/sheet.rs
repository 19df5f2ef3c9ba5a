//! A sheet's cells, in the order of the file.
//!
//! In: the sheet's part, the shared strings, the styles. Out: cells for [`Values`]. A value that cannot be understood costs
//! its cell and is said; only broken XML costs the sheet.

use std::borrow::Cow;
use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::super::notice::{self, Refusal};
use super::super::rows::Rows;
use super::super::xml::{self, Pieces, attributes, local};
use super::plain::{Cursor, PlainCell, Token};
use super::strings::{Item, trimmed};
use super::value::{Context, RawCell, Type, Values};

/// Which text is being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Cell,
    Value,
    Inline,
    Formula,
}

/// The cell that the XML parser is in.
#[derive(Debug, Default)]
struct Cell {
    row: u32,
    column: u32,
    kind: Type,
    style: usize,
    value: String,
    inline: Item,
    has_formula: bool,
    inside: Inside,
}

/// Which way a sheet is read: both give the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// What is plain as text, what is not as XML.
    Plain,
    /// Everything as XML.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "what the other way is held against")
    )]
    Xml,
}

/// Reads the cells of one sheet.
pub(super) struct Cells<'a, 'r, 'w> {
    values: Values<'a, 'r, 'w>,
    way: Way,
    cell: Cell,
    is_cell: bool,
    /// Where the next row and cell stand if they do not say it themselves.
    next_row: u32,
    next_column: u32,
    text: String,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Before,
    InData,
    Behind,
}

impl<'a, 'r, 'w> Cells<'a, 'r, 'w> {
    pub(super) fn new(context: &'a Context<'a>, rows: &'a mut Rows<'r, 'w>, way: Way) -> Self {
        Self {
            values: Values::new(context, rows),
            way,
            cell: Cell::default(),
            is_cell: false,
            next_row: 0,
            next_column: 0,
            text: String::new(),
            state: State::Before,
        }
    }

    /// Tells every cell of the part.
    pub(super) fn tell(mut self, part: impl Read) -> Result<(), Refusal> {
        let mut pieces = Pieces::new(part, "row");
        loop {
            match pieces.next() {
                Ok(Some(piece)) => {
                    let rest = self.plain(piece)?;
                    self.xml(rest)?;
                }
                Ok(None) => break,
                Err(error) => return Err(self.broken(&error.to_string())),
            }
            if self.state == State::Behind {
                return Ok(());
            }
        }
        Err(self.broken(match self.state {
            State::Before => "it has no table of cells",
            _ => "it ends too early",
        }))
    }

    fn broken(&self, what: &str) -> Refusal {
        notice::damaged(&format!("{}, {what}", self.values.rows.place()))
    }

    /// Tells rows and cells as long as they are plain; gives the rest of the piece.
    fn plain<'p>(&mut self, piece: &'p str) -> Result<&'p str, Refusal> {
        if self.state != State::InData || self.is_cell || self.way != Way::Plain {
            return Ok(piece);
        }
        let mut cursor = Cursor::new(piece);
        while let Some(token) = cursor.next() {
            match token {
                Token::Cell(cell) => self.plain_cell(&cell)?,
                Token::Row(row) => self.row(row.number, row.hidden)?,
                Token::EmptyRow(row) => {
                    self.row(row.number, row.hidden)?;
                    self.end_row();
                }
                Token::RowEnd => self.end_row(),
            }
        }
        Ok(cursor.rest())
    }

    fn plain_cell(&mut self, cell: &PlainCell<'_>) -> Result<(), Refusal> {
        let (row, column) = self.place(cell.name)?;
        let mut raw = RawCell {
            row,
            column,
            kind: Type::of(cell.kind),
            style: style(cell.style),
            value: cell.value,
            inline: "",
            has_formula: cell.has_formula,
        };
        if let Some(inline) = cell.inline.map(trimmed) {
            self.text.clear();
            xml::put_decoded(&mut self.text, inline);
            raw.inline = &self.text;
        }
        self.values.tell(&raw)
    }

    /// A row begins; its number is empty where it does not say it.
    fn row(&mut self, number: &str, hidden: &str) -> Result<(), Refusal> {
        self.next_column = 0;
        if !number.is_empty() {
            let number = number.trim().parse::<u32>().ok();
            self.next_row = number
                .and_then(|number| number.checked_sub(1))
                .ok_or_else(|| self.broken("there is a row without a proper number"))?;
        }
        if matches!(hidden, "1" | "true") {
            self.values.rows.hide(self.next_row);
        }
        Ok(())
    }

    fn end_row(&mut self) {
        self.next_row = self.next_row.saturating_add(1);
    }

    /// A cell's row and column, from its name or, where that is empty, from where it stands.
    fn place(&mut self, name: &str) -> Result<(u32, u32), Refusal> {
        let (row, column) = match name {
            "" => (self.next_row, self.next_column),
            name => cell_place(name)
                .ok_or_else(|| self.broken("there is a cell without a proper name"))?,
        };
        self.next_column = column.saturating_add(1);
        Ok((row, column))
    }

    fn xml(&mut self, piece: &str) -> Result<(), Refusal> {
        let mut xml = Reader::from_str(piece);
        // A piece is cut out of the elements around the rows.
        xml.config_mut().allow_unmatched_ends = true;
        loop {
            let event = xml
                .read_event()
                .map_err(|error| self.broken(&error.to_string()))?;
            match event {
                Event::Start(tag) => self.start(&tag, false)?,
                Event::Empty(tag) => self.start(&tag, true)?,
                Event::End(tag) => match tag.local_name().as_ref() {
                    "sheetData" => {
                        self.state = State::Behind;
                        return Ok(());
                    }
                    "row" => self.end_row(),
                    name => self.end(name)?,
                },
                Event::Eof => return Ok(()),
                event => self.content(&event)?,
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, is_empty: bool) -> Result<(), Refusal> {
        match (self.state, tag.local_name().as_ref()) {
            (State::Before, "sheetData") => {
                self.state = if is_empty {
                    State::Behind
                } else {
                    State::InData
                };
            }
            (State::InData, "row") if !self.is_cell => {
                let said = |name| xml::attribute(tag, name).unwrap_or_default();
                self.row(&said("r"), &said("hidden"))?;
                if is_empty {
                    self.end_row();
                }
            }
            (State::InData, "c") if !self.is_cell => {
                self.begin_cell(tag)?;
                self.is_cell = !is_empty;
            }
            (State::InData, name) if self.is_cell => self.inside(name, tag, is_empty)?,
            _ => (),
        }
        Ok(())
    }

    fn begin_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        let mut name = Cow::Borrowed("");
        let cell = &mut self.cell;
        cell.kind = Type::Number;
        cell.style = 0;
        cell.value.clear();
        cell.inline.begin();
        cell.has_formula = false;
        cell.inside = Inside::Cell;
        for (key, value) in attributes(tag) {
            match local(key) {
                "r" => name = xml::unescaped(value),
                "s" => cell.style = style(value),
                "t" => cell.kind = Type::of(value),
                _ => (),
            }
        }
        (self.cell.row, self.cell.column) = self.place(&name)?;
        Ok(())
    }

    fn inside(&mut self, name: &str, tag: &BytesStart<'_>, is_empty: bool) -> Result<(), Refusal> {
        if self.cell.inside == Inside::Inline {
            // An element without content adds nothing to a text.
            return if is_empty {
                Ok(())
            } else {
                self.inline(&Event::Start(tag.borrow()))
            };
        }
        let inside = match name {
            "v" => {
                self.cell.value.clear();
                Inside::Value
            }
            "f" => {
                self.cell.has_formula = true;
                Inside::Formula
            }
            "is" => Inside::Inline,
            _ => return Ok(()),
        };
        if !is_empty {
            self.cell.inside = inside;
        }
        Ok(())
    }

    fn inline(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        self.cell
            .inline
            .take(event)
            .map_err(|error| self.broken(&error))
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        match (name, self.cell.inside) {
            ("c", _) if self.is_cell => {
                self.is_cell = false;
                let cell = &self.cell;
                self.values.tell(&RawCell {
                    row: cell.row,
                    column: cell.column,
                    kind: cell.kind,
                    style: cell.style,
                    value: &cell.value,
                    inline: &cell.inline.text,
                    has_formula: cell.has_formula,
                })
            }
            ("is", Inside::Inline) | ("v", Inside::Value) | ("f", Inside::Formula) => {
                self.cell.inside = Inside::Cell;
                Ok(())
            }
            (_, Inside::Inline) => self.inline(&Event::End(BytesEnd::new(name))),
            _ => Ok(()),
        }
    }

    fn content(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        if !self.is_cell {
            return Ok(());
        }
        match (self.cell.inside, event) {
            (Inside::Inline, event) => return self.inline(event),
            (Inside::Value, Event::Text(text)) => self.cell.value.push_str(&text.xml10_content()),
            (Inside::Value, Event::CData(text)) => self.cell.value.push_str(&text.xml10_content()),
            (Inside::Value, Event::GeneralRef(reference)) => {
                xml::put_reference(&mut self.cell.value, reference)
                    .map_err(|error| self.broken(&error))?;
            }
            _ => (),
        }
        Ok(())
    }
}

/// The number of a style; one that no workbook has where it is no number.
fn style(value: &str) -> usize {
    if value.is_empty() {
        0
    } else {
        value.parse().unwrap_or(usize::MAX)
    }
}

/// Row and column, from 0, of a cell's name: `B7`. `None` if it is no name, or of a cell that no sheet can have by far.
pub(super) fn cell_place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(1..=6).contains(&letters) {
        return None;
    }
    let column = name[..letters].bytes().fold(0u32, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    let digits = &name[letters..];
    if !(1..=9).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let row: u32 = digits.parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells_are_read_without_wrapping() {
        assert_eq!(cell_place("A1"), Some((0, 0)));
        assert_eq!(cell_place("xfd1048576"), Some((1_048_575, 16_383)));
        assert_eq!(cell_place("AAAA1"), Some((0, 18_278)));
        for name in [
            "",
            "A",
            "1",
            "A0",
            "AAAAAAAAA1",
            "A99999999999",
            "A1B",
            "Ä1",
            "A-1",
            "A+1",
            "$A$1",
        ] {
            assert_eq!(cell_place(name), None, "{name}");
        }
    }
}
