//! Values as `calamine` gives them -> cells.
//!
//! In: a value and its place. Out: its text for [`Rows`], or a remark.

use calamine::{Data, DataRef, ExcelDateTime};

use super::super::record::DateSystem;
use super::cell::{self, Doubt, Format};
use super::notice::Refusal;
use super::remarks::Remark;
use super::rows::Rows;

/// What a value is, whichever of the library's types holds it.
enum Seen<'a> {
    Nothing,
    Text(&'a str),
    Date(&'a str),
    Number(f64, Format),
    Yes(bool),
    Error(String),
}

impl<'a> From<&'a DataRef<'_>> for Seen<'a> {
    fn from(value: &'a DataRef<'_>) -> Self {
        match value {
            DataRef::Empty => Self::Nothing,
            DataRef::String(text) => Self::Text(text),
            DataRef::SharedString(text) => Self::Text(text),
            DataRef::DateTimeIso(date) | DataRef::DurationIso(date) => Self::Date(date),
            DataRef::Bool(yes) => Self::Yes(*yes),
            DataRef::Error(error) => Self::Error(error.to_string()),
            DataRef::Int(number) => Self::Number(*number as f64, Format::Number),
            DataRef::Float(number) => Self::Number(*number, Format::Number),
            DataRef::DateTime(date) => Self::Number(date.as_f64(), format(date)),
        }
    }
}

impl<'a> From<&'a Data> for Seen<'a> {
    fn from(value: &'a Data) -> Self {
        match value {
            Data::Empty => Self::Nothing,
            Data::String(text) => Self::Text(text),
            Data::DateTimeIso(date) | Data::DurationIso(date) => Self::Date(date),
            Data::Bool(yes) => Self::Yes(*yes),
            Data::Error(error) => Self::Error(error.to_string()),
            Data::Int(number) => Self::Number(*number as f64, Format::Number),
            Data::Float(number) => Self::Number(*number, Format::Number),
            Data::DateTime(date) => Self::Number(date.as_f64(), format(date)),
        }
    }
}

fn format(date: &ExcelDateTime) -> Format {
    if date.is_duration() {
        Format::Duration
    } else {
        Format::Day
    }
}

/// Tells values.
pub(super) struct Values<'a, 'r, 'w> {
    rows: &'a mut Rows<'r, 'w>,
    dates: DateSystem,
    text: String,
}

impl<'a, 'r, 'w> Values<'a, 'r, 'w> {
    pub(super) fn new(rows: &'a mut Rows<'r, 'w>, dates: DateSystem) -> Self {
        Self {
            rows,
            dates,
            text: String::new(),
        }
    }

    /// Where reading stands, for a sentence.
    pub(super) fn place(&self) -> String {
        self.rows.place()
    }

    /// A value in a row and column, both from 0.
    pub(super) fn tell(
        &mut self,
        row: u32,
        column: u32,
        value: &DataRef<'_>,
    ) -> Result<(), Refusal> {
        self.put(row, column, value.into())
    }

    /// The same for a value that stands for itself.
    pub(super) fn tell_owned(
        &mut self,
        row: u32,
        column: u32,
        value: &Data,
    ) -> Result<(), Refusal> {
        self.put(row, column, value.into())
    }

    fn put(&mut self, row: u32, column: u32, seen: Seen<'_>) -> Result<(), Refusal> {
        self.text.clear();
        match seen {
            Seen::Nothing => return Ok(()),
            Seen::Text(text) => return self.rows.cell(row, column, text),
            Seen::Yes(yes) => self.text.push_str(if yes { "TRUE" } else { "FALSE" }),
            Seen::Date(date) => cell::put_iso(&mut self.text, date),
            Seen::Error(error) => {
                self.rows.cell(row, column, "")?;
                self.rows.remark(Remark::Error, row, column, &error);
                return Ok(());
            }
            Seen::Number(number, _) if !number.is_finite() => {
                self.rows.cell(row, column, "")?;
                self.rows.remark(Remark::Unreadable, row, column, "");
                return Ok(());
            }
            Seen::Number(number, format) => {
                let doubt = cell::put_number(&mut self.text, number, format, self.dates);
                let remark = match doubt {
                    Some(Doubt::LongNumber) => Some(Remark::LongNumber),
                    Some(Doubt::NoDay) => Some(Remark::NoDay),
                    None => None,
                };
                if let Some(remark) = remark {
                    self.rows.remark(remark, row, column, &self.text);
                }
            }
        }
        self.rows.cell(row, column, &self.text)
    }
}
