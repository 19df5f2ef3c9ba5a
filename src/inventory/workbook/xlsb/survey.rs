//! A first look over a binary workbook: which sheets it has, and whether their records are what they claim.
//!
//! In: the package. Out: sheets and their parts; for a sheet the order of its rows, merged cells, errors, and cells of kinds that the
//! library does not read. Numbers of records are those of [MS-XLSB] 2.4.

use std::io::{BufReader, Read, Seek};

use super::super::super::record::DateSystem;
use super::super::notice::Refusal;
use super::super::package::{Package, broken_part};
use super::super::rows::{COLUMNS, Merged, Order, ROWS};
use super::super::xlsx::book::relations;
use super::super::{SheetKind, SheetName};
use super::records::{Record, next};

pub(in super::super) const WORKBOOK: &str = "xl/workbook.bin";
const STRINGS: &str = "xl/sharedStrings.bin";
/// Cells with errors, and of unread kinds, that are kept; more are of no interest.
const KEPT: usize = 10_000;

mod record {
    pub(super) const ROW: u16 = 0;
    pub(super) const ERROR: u16 = 3;
    pub(super) const SHARED: u16 = 7;
    pub(super) const FORMULA_ERROR: u16 = 11;
    pub(super) const STRING: u16 = 19;
    pub(super) const DATA_END: u16 = 146;
    pub(super) const DIMENSION: u16 = 148;
    pub(in super::super) const WORKBOOK_PROPERTIES: u16 = 153;
    pub(super) const SHEET: u16 = 156;
    pub(super) const MERGED: u16 = 176;
    /// Cells without a column of their own, and rich text.
    pub(super) const SHORT: std::ops::RangeInclusive<u16> = 13..=18;
    pub(super) const RICH: u16 = 62;
    /// The least length of the records of cells, by type.
    pub(super) const LENGTHS: [usize; 12] = [4, 8, 12, 9, 9, 16, 12, 12, 12, 16, 9, 9];
}

/// What a binary workbook says about itself.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) dates: DateSystem,
    /// Sheets and their parts.
    pub(super) sheets: Vec<(SheetName, String)>,
    /// How many shared strings there are.
    pub(super) strings: u32,
}

impl Book {
    pub(super) fn read<S: Read + Seek>(package: &mut Package<S>) -> Result<Self, Refusal> {
        let relations = relations(package, WORKBOOK)?;
        let mut book = Self {
            dates: DateSystem::Excel1900,
            sheets: Vec::new(),
            strings: 0,
        };
        for_each(package, WORKBOOK, |record| {
            match record.kind {
                record::WORKBOOK_PROPERTIES
                    if record.data.first().is_some_and(|flags| flags & 1 == 1) =>
                {
                    book.dates = DateSystem::Excel1904;
                }
                record::SHEET => {
                    let (relation, end) = record.text(8).ok_or("a sheet's record is cut off")?;
                    let (name, _) = record.text(end).ok_or("a sheet's record is cut off")?;
                    let relation = relations.get(&relation).ok_or("a sheet has no part")?;
                    let kind = match (relation.kind.as_str(), record.number(0)) {
                        ("worksheet", Some(0)) => SheetKind::Visible,
                        ("worksheet", _) => SheetKind::Hidden,
                        _ => SheetKind::NoTable,
                    };
                    book.sheets
                        .push((SheetName { name, kind }, relation.target.clone()));
                }
                _ => (),
            }
            Ok(())
        })?;
        if package.has(STRINGS) {
            for_each(package, STRINGS, |record| {
                book.strings += u32::from(record.kind == record::STRING);
                Ok(())
            })?;
        }
        Ok(book)
    }
}

/// What was seen in a sheet.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) order: Order,
    pub(super) merged: Vec<Merged>,
    /// Row, column and text of errors.
    pub(super) errors: Vec<(u32, u32, &'static str)>,
    /// Row and column of cells that the library passes over.
    pub(super) unread: Vec<(u32, u32)>,
}

impl Survey {
    /// Looks over a sheet's part; `strings`: how many shared strings there are.
    pub(super) fn read<S: Read + Seek>(
        package: &mut Package<S>,
        part: &str,
        strings: u32,
    ) -> Result<Self, Refusal> {
        let mut look = Look {
            survey: Self {
                order: Order::Ascending,
                merged: Vec::new(),
                errors: Vec::new(),
                unread: Vec::new(),
            },
            strings,
            row: 0,
            column: 0,
            is_complete: false,
        };
        for_each(package, part, |record| look.take(record))?;
        if !look.is_complete {
            return Err(broken_part(part, "it ends too early"));
        }
        look.survey.merged.sort_unstable();
        Ok(look.survey)
    }
}

struct Look {
    survey: Survey,
    strings: u32,
    row: u32,
    column: u32,
    is_complete: bool,
}

impl Look {
    fn take(&mut self, record: &Record) -> Result<(), &'static str> {
        let least = record::LENGTHS.get(usize::from(record.kind));
        if least.is_some_and(|&least| record.length < least) {
            return Err("a cell's record is cut off");
        }
        match record.kind {
            record::ROW => {
                let row = record
                    .number(0)
                    .filter(|&row| row < ROWS)
                    .ok_or("there is a row outside of any sheet")?;
                if row < self.row {
                    self.survey.order = Order::Any;
                }
                self.row = row;
            }
            record::SHARED if record.number(8).is_none_or(|string| string >= self.strings) => {
                return Err("a cell names a shared string that does not exist");
            }
            record::ERROR | record::FORMULA_ERROR => self.error(record),
            record::RICH => {
                let column = record.number(0).unwrap_or_default();
                self.unread(column);
            }
            kind if record::SHORT.contains(&kind) => self.unread(self.column.saturating_add(1)),
            record::DIMENSION if record.length < 16 => return Err("its dimensions are cut off"),
            record::DATA_END => self.is_complete = true,
            record::MERGED => self.merged(record),
            _ => (),
        }
        if (1..=11).contains(&record.kind) {
            self.column = record.number(0).unwrap_or_default();
        }
        Ok(())
    }

    fn error(&mut self, record: &Record) {
        let column = record.number(0).filter(|&column| column < COLUMNS);
        if let (Some(column), true) = (column, self.survey.errors.len() < KEPT) {
            let error = match record.data.get(8) {
                Some(0x00) => "#NULL!",
                Some(0x07) => "#DIV/0!",
                Some(0x0f) => "#VALUE!",
                Some(0x17) => "#REF!",
                Some(0x1d) => "#NAME?",
                Some(0x24) => "#NUM!",
                Some(0x2a) => "#N/A",
                _ => "",
            };
            self.survey.errors.push((self.row, column, error));
        }
    }

    fn unread(&mut self, column: u32) {
        self.column = column;
        if self.survey.unread.len() < KEPT && column < COLUMNS {
            self.survey.unread.push((self.row, column));
        }
    }

    fn merged(&mut self, record: &Record) {
        let numbers = (record.number(0), record.number(4), record.number(8));
        if let (Some(first), Some(last), Some(column)) = numbers
            && first < last
            && last < ROWS
            && column < COLUMNS
            && self.survey.merged.len() < KEPT
        {
            self.survey.merged.push(Merged {
                first,
                last,
                column,
            });
        }
    }
}

fn for_each<S: Read + Seek>(
    package: &mut Package<S>,
    part: &str,
    mut take: impl FnMut(&Record) -> Result<(), &'static str>,
) -> Result<(), Refusal> {
    let mut input = BufReader::with_capacity(64 << 10, package.part(part)?);
    let mut record = Record::default();
    loop {
        match next(&mut input, &mut record) {
            Ok(true) => take(&record).map_err(|what| broken_part(part, what))?,
            Ok(false) => return Ok(()),
            Err(error) => return Err(broken_part(part, &error.to_string())),
        }
    }
}
