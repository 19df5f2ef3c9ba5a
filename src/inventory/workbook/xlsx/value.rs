//! A cell's type and text -> what a person sees in it.
//!
//! In: what stands in a cell's XML. Out: its text for [`Rows`], or a remark where it cannot be understood.

use super::super::super::record::DateSystem;
use super::super::cell::{self, Doubt};
use super::super::notice::Refusal;
use super::super::remarks::Remark;
use super::super::rows::Rows;
use super::super::xml;
use super::strings::Strings;
use super::styles::Styles;

/// What cells refer to.
pub(super) struct Context<'a> {
    pub(super) strings: &'a Strings,
    pub(super) styles: &'a Styles,
    pub(super) dates: DateSystem,
}

/// A cell's type, as its `t` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Type {
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

impl Type {
    pub(super) fn of(value: &str) -> Self {
        match value {
            "" | "n" => Self::Number,
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

/// A cell as it stands in the file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RawCell<'a> {
    /// Row and column, from 0.
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) kind: Type,
    /// The number of its style.
    pub(super) style: usize,
    /// What stands in `v`.
    pub(super) value: &'a str,
    /// The cell's own text.
    pub(super) inline: &'a str,
    pub(super) has_formula: bool,
}

/// Tells cells.
pub(super) struct Values<'a, 'r, 'w> {
    context: &'a Context<'a>,
    pub(super) rows: &'a mut Rows<'r, 'w>,
    text: String,
}

impl<'a, 'r, 'w> Values<'a, 'r, 'w> {
    pub(super) fn new(context: &'a Context<'a>, rows: &'a mut Rows<'r, 'w>) -> Self {
        Self {
            context,
            rows,
            text: String::new(),
        }
    }

    pub(super) fn tell(&mut self, cell: &RawCell<'_>) -> Result<(), Refusal> {
        let (row, column) = (cell.row, cell.column);
        match cell.kind {
            Type::Inline => return self.rows.cell(row, column, cell.inline),
            Type::Text if cell.value.is_empty() => return Ok(()),
            Type::Text => {
                self.text.clear();
                xml::put_decoded(&mut self.text, cell.value);
                return self.rows.cell(row, column, &self.text);
            }
            _ => (),
        }
        let value = cell.value.trim_ascii();
        if value.is_empty() {
            if cell.has_formula {
                self.remark(Remark::NotCalculated, cell)?;
            }
            return Ok(());
        }
        match cell.kind {
            Type::Shared => match number(value).and_then(|number| self.context.strings.get(number))
            {
                Some(text) => self.rows.cell(row, column, text),
                None => self.remark(Remark::Unreadable, cell),
            },
            Type::Bool => match value {
                "1" | "true" => self.rows.cell(row, column, "TRUE"),
                "0" | "false" => self.rows.cell(row, column, "FALSE"),
                _ => self.remark(Remark::Unreadable, cell),
            },
            Type::Date => {
                self.text.clear();
                cell::put_iso(&mut self.text, value);
                self.rows.cell(row, column, &self.text)
            }
            Type::Error => self.remark(Remark::Error, cell),
            Type::Number => self.number(value, cell),
            Type::Unknown | Type::Inline | Type::Text => self.remark(Remark::Unreadable, cell),
        }
    }

    fn number(&mut self, value: &str, cell: &RawCell<'_>) -> Result<(), Refusal> {
        let Some(number) = value
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
        else {
            return self.remark(Remark::Unreadable, cell);
        };
        let format = self.context.styles.get(cell.style);
        self.text.clear();
        let doubt = cell::put_number(&mut self.text, number, format, self.context.dates);
        let remark = match doubt {
            Some(Doubt::LongNumber) => Some(Remark::LongNumber),
            Some(Doubt::NoDay) => Some(Remark::NoDay),
            None => None,
        };
        if let Some(remark) = remark {
            self.rows.remark(remark, cell.row, cell.column, value);
        }
        self.rows.cell(cell.row, cell.column, &self.text)
    }

    /// Says something about a cell, which stays empty.
    fn remark(&mut self, remark: Remark, cell: &RawCell<'_>) -> Result<(), Refusal> {
        self.rows.cell(cell.row, cell.column, "")?;
        self.rows
            .remark(remark, cell.row, cell.column, cell.value.trim_ascii());
        Ok(())
    }
}

/// A number without sign, space or anything else that Rust would let pass.
fn number(digits: &str) -> Option<usize> {
    let is_plain = digits.len() <= 10 && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_plain.then(|| digits.parse().ok())?
}
