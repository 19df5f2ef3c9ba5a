//! The parent's end: frames -> records of the sheet that has a header row.
//!
//! In: the frames of a workbook's visible sheets. Out: the records of one sheet. The sheet is chosen here and not in the
//! child, because which row is a header is the importer's to decide.

use std::collections::VecDeque;
use std::io::Read;

use super::super::Request;
use super::super::columns::is_header;
use super::super::delimited::dialect::TITLES;
use super::super::record::{DateSystem, ReadError, Record, Records, Span};
use super::notice;
use super::wire::{Frame, Reader};
use crate::diagnostic::{Diagnostic, Place};

/// Which record of a sheet is its header.
pub trait HeaderTest {
    /// Is it this one?
    fn is_header(&self, record: &Record<'_>) -> bool;

    /// How many records of a sheet are looked at.
    fn within(&self) -> usize;
}

/// The importer's own test.
impl HeaderTest for Request {
    fn is_header(&self, record: &Record<'_>) -> bool {
        match self.header_row {
            Some(row) => record.row() == row,
            None => is_header(record, &self.mapping),
        }
    }

    fn within(&self) -> usize {
        match self.header_row {
            Some(row) => usize::try_from(row).unwrap_or(usize::MAX),
            None => TITLES,
        }
    }
}

/// A process, or anything else, that tells a workbook.
pub trait Teller: Read {
    /// Why it stopped telling before the end.
    fn stopped(&mut self) -> Box<Diagnostic>;

    /// It need not go on.
    fn release(&mut self) {}
}

/// A row that was heard before its sheet was chosen.
#[derive(Debug)]
struct Row {
    number: u64,
    text: Vec<u8>,
    cells: Vec<Span>,
}

/// A sheet, as far as it was heard.
#[derive(Debug, Default)]
struct Sheet {
    name: String,
    dates: DateSystem,
    head: VecDeque<Row>,
    notices: Vec<Diagnostic>,
}

/// What was heard; a row's cells and text stay with the reader.
enum Heard {
    Sheet(String, DateSystem),
    Row(u64),
    SheetEnd,
    Done,
}

/// The records of a workbook's sheet.
#[derive(Debug)]
pub struct WorkbookRecords<T> {
    file: String,
    frames: Reader<T>,
    /// The cells of the last row, as stretches of its text.
    cells: Vec<Span>,
    /// The names of all sheets among which one is to be chosen.
    names: Vec<String>,
    sheet: Sheet,
    current: Option<Row>,
    /// Does the sheet go on behind its head?
    is_open: bool,
}

impl<T: Teller> WorkbookRecords<T> {
    /// Hears a workbook until the first sheet with a header row.
    ///
    /// `file` is the workbook's name as the user gave it, for diagnostics. Where no sheet has a header, the first rows of
    /// the first sheet that has any are the records, for the importer to refuse as it does with any table.
    ///
    /// # Errors
    /// Where the workbook cannot be read.
    pub fn open(file: &str, teller: T, header: &dyn HeaderTest) -> Result<Self, ReadError> {
        let mut records = Self {
            file: file.to_owned(),
            frames: Reader::new(teller),
            cells: Vec::new(),
            names: Vec::new(),
            sheet: Sheet::default(),
            current: None,
            is_open: true,
        };
        records.choose(header)?;
        Ok(records)
    }

    fn choose(&mut self, header: &dyn HeaderTest) -> Result<(), ReadError> {
        let mut passed: Vec<Sheet> = Vec::new();
        loop {
            match self.hear()? {
                Heard::Done => break,
                Heard::Row(_) | Heard::SheetEnd => continue,
                Heard::Sheet(name, dates) => {
                    self.sheet = Sheet {
                        name,
                        dates,
                        ..Sheet::default()
                    }
                }
            }
            if self.hear_header(header)? {
                self.say_chosen();
                return Ok(());
            }
            passed.push(std::mem::take(&mut self.sheet));
        }
        self.is_open = false;
        self.frames.input().release();
        let filled = passed.iter().position(|sheet| !sheet.head.is_empty());
        self.sheet = match filled {
            Some(first) => passed.swap_remove(first),
            None => return Err(self.placed(notice::empty())),
        };
        Ok(())
    }

    /// Hears a sheet's first records; is one of them a header?
    fn hear_header(&mut self, header: &dyn HeaderTest) -> Result<bool, ReadError> {
        while self.sheet.head.len() < header.within() {
            let Heard::Row(number) = self.hear()? else {
                return Ok(false);
            };
            let text = self.frames.last_row().to_vec();
            let is_found = header.is_header(&Record::new(number, &text, &self.cells));
            self.sheet.head.push_back(Row {
                number,
                text,
                cells: self.cells.clone(),
            });
            if is_found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn say_chosen(&mut self) {
        let mut others = std::mem::take(&mut self.names);
        others.retain(|name| *name != self.sheet.name);
        if !others.is_empty() {
            let note = notice::sheet_chosen(&self.sheet.name, &others);
            self.sheet.notices.push(note);
        }
    }

    fn hear(&mut self) -> Result<Heard, ReadError> {
        loop {
            let refusal = match self.frames.next(&mut self.cells) {
                Ok(Some(Frame::Row(number, _))) => return Ok(Heard::Row(number)),
                Ok(Some(Frame::Names(names))) => {
                    self.names = names;
                    continue;
                }
                Ok(Some(Frame::Notice(notice))) => {
                    self.sheet.notices.push(*notice);
                    continue;
                }
                Ok(Some(Frame::Sheet(name, dates))) => {
                    return Ok(Heard::Sheet(name.to_owned(), dates));
                }
                Ok(Some(Frame::SheetEnd)) => return Ok(Heard::SheetEnd),
                Ok(Some(Frame::Done)) => return Ok(Heard::Done),
                Ok(Some(Frame::Refusal(refusal))) => Some(refusal),
                Ok(None) => None,
                Err(error) => Some(notice::unreadable(&error.to_string())),
            };
            self.is_open = false;
            let refusal = refusal.unwrap_or_else(|| self.frames.input().stopped());
            return Err(self.placed(refusal));
        }
    }

    /// The same diagnostic, with the file's name.
    fn placed(&self, mut diagnostic: Box<Diagnostic>) -> Box<Diagnostic> {
        match &mut diagnostic.place {
            Some(Place::Row { file, .. }) => file.clone_from(&self.file),
            _ => {
                diagnostic.place = Some(Place::File {
                    file: self.file.clone(),
                });
            }
        }
        diagnostic
    }
}

impl<T: Teller> Records for WorkbookRecords<T> {
    fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        if let Some(row) = self.sheet.head.pop_front() {
            let row = self.current.insert(row);
            return Ok(Some(Record::new(row.number, &row.text, &row.cells)));
        }
        if !self.is_open {
            return Ok(None);
        }
        let Heard::Row(number) = self.hear()? else {
            self.is_open = false;
            self.frames.input().release();
            return Ok(None);
        };
        Ok(Some(Record::new(
            number,
            self.frames.last_row(),
            &self.cells,
        )))
    }

    fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        let notices = std::mem::take(&mut self.sheet.notices);
        notices
            .into_iter()
            .map(|notice| *self.placed(Box::new(notice)))
            .collect()
    }

    fn sheet(&self) -> Option<&str> {
        Some(&self.sheet.name)
    }

    fn date_system(&self) -> DateSystem {
        self.sheet.dates
    }
}
