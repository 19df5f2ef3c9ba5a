//! A sheet's cells, in the order of the file.
//!
//! In: the sheet's part, the shared strings, the styles. Out: cells for [`Rows`]. A value that cannot be understood costs
//! its cell and is said; only broken XML costs the sheet.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::super::record::DateSystem;
use super::super::cell::{self, Doubt};
use super::super::notice::{self, Refusal};
use super::super::remarks::Remark;
use super::super::rows::Rows;
use super::super::xml::{self, Pieces, attributes, local};
use super::strings::{Item, Strings};
use super::styles::Styles;

/// What cells refer to.
pub(super) struct Context<'a> {
    pub(super) strings: &'a Strings,
    pub(super) styles: &'a Styles,
    pub(super) dates: DateSystem,
}

/// A cell's type, as its `t` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Type {
    #[default]
    Number,
    Shared,
    Inline,
    /// The text of a formula.
    Text,
    Bool,
    Error,
    Date,
    Unknown,
}

/// Which text is being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Cell,
    Value,
    Inline,
    Formula,
}

/// The cell that is being read.
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

/// Reads the cells of one sheet.
pub(super) struct Cells<'a, 's, 'w> {
    context: &'a Context<'a>,
    rows: &'a mut Rows<'s, 'w>,
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

impl<'a, 's, 'w> Cells<'a, 's, 'w> {
    pub(super) fn new(context: &'a Context<'a>, rows: &'a mut Rows<'s, 'w>) -> Self {
        Self {
            context,
            rows,
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
                Ok(Some(piece)) => self.piece(piece)?,
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
        notice::damaged(&format!("{}, {what}", self.rows.place()))
    }

    fn piece(&mut self, piece: &str) -> Result<(), Refusal> {
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
                    "row" => self.next_row = self.next_row.saturating_add(1),
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
                self.row(tag)?;
                if is_empty {
                    self.next_row = self.next_row.saturating_add(1);
                }
            }
            (State::InData, "c") if !self.is_cell => {
                self.begin_cell(tag)?;
                if is_empty {
                    self.is_cell = false;
                }
            }
            (State::InData, name) if self.is_cell => self.inside(name, tag, is_empty)?,
            _ => (),
        }
        Ok(())
    }

    fn row(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        self.next_column = 0;
        if let Some(number) = xml::attribute(tag, "r") {
            let number = number
                .trim()
                .parse::<u32>()
                .ok()
                .and_then(|number| number.checked_sub(1));
            self.next_row =
                number.ok_or_else(|| self.broken("there is a row without a proper number"))?;
        }
        Ok(())
    }

    fn begin_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        let mut place = None;
        let cell = &mut self.cell;
        cell.kind = Type::Number;
        cell.style = 0;
        cell.value.clear();
        cell.inline.begin();
        cell.has_formula = false;
        cell.inside = Inside::Cell;
        for (key, value) in attributes(tag) {
            match local(key) {
                "r" => place = Some(value),
                "s" => cell.style = value.parse().unwrap_or(usize::MAX),
                "t" => cell.kind = Type::of(value),
                _ => (),
            }
        }
        let place = match place {
            None => Some((self.next_row, self.next_column)),
            Some(place) => cell_place(place),
        };
        let Some((row, column)) = place else {
            return Err(self.broken("there is a cell without a proper name"));
        };
        (self.cell.row, self.cell.column) = (row, column);
        self.next_column = column.saturating_add(1);
        self.is_cell = true;
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
                self.tell_cell()
            }
            ("is", Inside::Inline) | ("v", Inside::Value) | ("f", Inside::Formula) => {
                self.cell.inside = Inside::Cell;
                Ok(())
            }
            (_, Inside::Inline) => self.inline(&Event::End(quick_xml::events::BytesEnd::new(name))),
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
                if !xml::put_reference(&mut self.cell.value, reference) {
                    return Err(self.broken(&format!("nothing says what &{}; is", &**reference)));
                }
            }
            _ => (),
        }
        Ok(())
    }

    fn tell_cell(&mut self) -> Result<(), Refusal> {
        let cell = &self.cell;
        let (row, column) = (cell.row, cell.column);
        let value = match cell.kind {
            Type::Text | Type::Inline => cell.value.as_str(),
            _ => cell.value.trim_ascii(),
        };
        if value.is_empty() && cell.kind != Type::Inline {
            if cell.has_formula && cell.kind != Type::Text {
                self.rows.remark(Remark::NotCalculated, row, column, "");
            }
            return Ok(());
        }
        self.text.clear();
        let remark = match cell.kind {
            Type::Shared => match value
                .parse()
                .ok()
                .and_then(|number| self.context.strings.get(number))
            {
                Some(text) => return self.rows.cell(row, column, text),
                None => Some(Remark::Unreadable),
            },
            Type::Inline => return self.rows.cell(row, column, &cell.inline.text),
            Type::Text => {
                xml::put_decoded(&mut self.text, value);
                None
            }
            Type::Date => {
                self.text.push_str(cell::without_midnight(value));
                None
            }
            Type::Bool => match value {
                "1" | "true" => return self.rows.cell(row, column, "TRUE"),
                "0" | "false" => return self.rows.cell(row, column, "FALSE"),
                _ => Some(Remark::Unreadable),
            },
            Type::Error => Some(Remark::Error),
            Type::Unknown => Some(Remark::Unreadable),
            Type::Number => match value
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
            {
                Some(number) => {
                    let format = self.context.styles.get(cell.style);
                    match cell::put_number(&mut self.text, number, format, self.context.dates) {
                        Some(Doubt::LongNumber) => {
                            self.rows.remark(Remark::LongNumber, row, column, value)
                        }
                        Some(Doubt::NoDay) => self.rows.remark(Remark::NoDay, row, column, value),
                        None => (),
                    }
                    None
                }
                None => Some(Remark::Unreadable),
            },
        };
        match remark {
            None => self.rows.cell(row, column, &self.text),
            Some(remark) => {
                self.rows.remark(remark, row, column, value);
                // The row exists even if this was its only cell.
                self.rows.cell(row, column, "")
            }
        }
    }
}

impl Type {
    fn of(value: &str) -> Self {
        match value {
            "n" => Self::Number,
            "s" => Self::Shared,
            "inlineStr" | "is" => Self::Inline,
            "str" => Self::Text,
            "b" => Self::Bool,
            "e" => Self::Error,
            "d" => Self::Date,
            _ => Self::Unknown,
        }
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
