//! What a workbook's reader tells, as bytes: the words between the child process that unpacks a workbook and its parent.
//!
//! In: sheets, rows, diagnostics. Out: frames, each with its length before it, and back again. A row's frame holds the
//! lengths of its cells and then their texts, so that the parent takes fields out of it without copying. Both ends are the
//! same program, so the format has no version.

use std::io::{self, Read, Write};
use std::ops::Range;

use super::super::record::{DateSystem, Span};
use crate::diagnostic::{Diagnostic, Place, Weight};

/// Bytes of a frame at most: a row of 16 MiB of text, and the lengths of 16,384 cells.
pub(super) const FRAME_LIMIT: usize = (16 << 20) + (1 << 18);

/// How much is collected before it is written.
const BLOCK: usize = 64 << 10;

const NAMES: u8 = b'A';
const SHEET: u8 = b'S';
const ROW: u8 = b'R';
const NOTICE: u8 = b'N';
const SHEET_END: u8 = b'E';
const REFUSAL: u8 = b'X';
const DONE: u8 = b'Z';

/// Writes frames.
pub struct Writer<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// A writer onto a pipe or anything else.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(BLOCK + (BLOCK >> 1)),
        }
    }

    /// The names of all sheets among which one is to be chosen.
    pub(super) fn names(&mut self, names: &[String]) -> io::Result<()> {
        self.frame(NAMES, |bytes| {
            put_number(bytes, names.len() as u64);
            names.iter().for_each(|name| put_text(bytes, name));
        })
    }

    /// A sheet begins: its name, and what its dates count from.
    pub(super) fn sheet(&mut self, name: &str, dates: DateSystem) -> io::Result<()> {
        self.frame(SHEET, |bytes| {
            bytes.push(u8::from(dates == DateSystem::Excel1904));
            put_text(bytes, name);
        })
    }

    /// A row: its number from 1, the ends of its cells in `text`, and `text`.
    pub(super) fn row(&mut self, row: u64, cells: &[Span], text: &[u8]) -> io::Result<()> {
        self.frame(ROW, |bytes| {
            put_number(bytes, row);
            put_number(bytes, cells.len() as u64);
            for cell in cells {
                put_number(bytes, u64::from(cell.end - cell.start));
            }
            for cell in cells {
                bytes.extend_from_slice(&text[cell.start as usize..cell.end as usize]);
            }
        })
    }

    /// Something noticed in the sheet that is being read.
    pub(super) fn notice(&mut self, notice: &Diagnostic) -> io::Result<()> {
        self.frame(NOTICE, |bytes| put_diagnostic(bytes, notice))
    }

    /// The sheet is complete.
    pub(super) fn sheet_end(&mut self) -> io::Result<()> {
        self.frame(SHEET_END, |_| ())
    }

    /// The workbook cannot be read, or not on. The last frame.
    ///
    /// # Errors
    /// Where the bytes cannot be written.
    pub fn refusal(&mut self, refusal: &Diagnostic) -> io::Result<()> {
        self.frame(REFUSAL, |bytes| put_diagnostic(bytes, refusal))?;
        self.flush()
    }

    /// Every sheet is told. The last frame.
    ///
    /// # Errors
    /// Where the bytes cannot be written.
    pub fn done(&mut self) -> io::Result<()> {
        self.frame(DONE, |_| ())?;
        self.flush()
    }

    fn frame(&mut self, tag: u8, fill: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(&[0, 0, 0, 0, tag]);
        fill(&mut self.buffer);
        let length = u32::try_from(self.buffer.len() - start - 4)
            .map_err(|_| io::Error::other("a frame of more than 4 GiB"))?;
        self.buffer[start..start + 4].copy_from_slice(&length.to_le_bytes());
        if self.buffer.len() >= BLOCK {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        self.out.flush()
    }
}

/// One thing that was told.
#[derive(Debug)]
pub(super) enum Frame<'a> {
    /// The names of all sheets among which one is to be chosen.
    Names(Vec<String>),
    /// A sheet begins.
    Sheet(&'a str, DateSystem),
    /// A row: number from 1, and the bytes in which its cells lie.
    Row(u64, &'a [u8]),
    /// Something noticed; the file's name is still empty.
    Notice(Box<Diagnostic>),
    /// The sheet is complete.
    SheetEnd,
    /// The workbook cannot be read, or not on.
    Refusal(Box<Diagnostic>),
    /// Every sheet is told.
    Done,
}

/// Reads frames.
#[derive(Debug)]
pub(super) struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where the text of the last row lies.
    text: Range<usize>,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; 4 * BLOCK],
            start: 0,
            end: 0,
            text: 0..0,
        }
    }

    /// Where the frames come from.
    pub(super) fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// The next frame; `None` where the input ends or is no frame. A row's cells are put into `cells`, as parts of the
    /// bytes of its frame.
    pub(super) fn next(&mut self, cells: &mut Vec<Span>) -> io::Result<Option<Frame<'_>>> {
        let Some(length) = self.length()? else {
            return Ok(None);
        };
        if !self.fill(4 + length)? {
            return Ok(None);
        }
        let from = self.start + 4;
        self.start = from + length;
        let frame = parse(&self.buffer[from..self.start], cells);
        self.text = match &frame {
            Some(Frame::Row(_, text)) => self.start - text.len()..self.start,
            _ => 0..0,
        };
        Ok(frame)
    }

    /// The text of the row that was the last frame.
    pub(super) fn last_row(&self) -> &[u8] {
        &self.buffer[self.text.clone()]
    }

    fn length(&mut self) -> io::Result<Option<usize>> {
        if !self.fill(4)? {
            return Ok(None);
        }
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.buffer[self.start..self.start + 4]);
        let length = u32::from_le_bytes(bytes) as usize;
        Ok(Some(length).filter(|&length| length <= FRAME_LIMIT))
    }

    /// Makes `wanted` bytes present from `start` on; `false` where the input ends before.
    fn fill(&mut self, wanted: usize) -> io::Result<bool> {
        if self.end - self.start >= wanted {
            return Ok(true);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        while self.end < wanted {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

fn parse<'a>(bytes: &'a [u8], cells: &mut Vec<Span>) -> Option<Frame<'a>> {
    let (&tag, rest) = bytes.split_first()?;
    let mut rest = rest;
    match tag {
        NAMES => {
            let count = take_number(&mut rest)?;
            let names = (0..count).map(|_| take_text(&mut rest).map(str::to_owned));
            Some(Frame::Names(names.collect::<Option<_>>()?))
        }
        SHEET => {
            let dates = match take_byte(&mut rest)? {
                0 => DateSystem::Excel1900,
                _ => DateSystem::Excel1904,
            };
            Some(Frame::Sheet(take_text(&mut rest)?, dates))
        }
        ROW => {
            let row = take_number(&mut rest)?;
            Some(Frame::Row(row, take_cells(rest, cells)?))
        }
        NOTICE => Some(Frame::Notice(Box::new(take_diagnostic(&mut rest)?))),
        SHEET_END => Some(Frame::SheetEnd),
        REFUSAL => Some(Frame::Refusal(Box::new(take_diagnostic(&mut rest)?))),
        DONE => Some(Frame::Done),
        _ => None,
    }
}

/// Turns a row's lengths into stretches of the text behind them, and gives that text.
fn take_cells<'a>(mut rest: &'a [u8], cells: &mut Vec<Span>) -> Option<&'a [u8]> {
    cells.clear();
    let count = take_number(&mut rest)?;
    let mut end = 0u32;
    for _ in 0..count {
        let start = end;
        end = end.checked_add(u32::try_from(take_number(&mut rest)?).ok()?)?;
        cells.push(Span { start, end });
    }
    (rest.len() == end as usize).then_some(rest)
}

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let byte = take_byte(rest)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    let (&byte, behind) = rest.split_first()?;
    *rest = behind;
    Some(byte)
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    let (text, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    std::str::from_utf8(text).ok()
}

/// Weight, code, message, advice, and the row it is about (0: the workbook as a whole).
fn put_diagnostic(bytes: &mut Vec<u8>, diagnostic: &Diagnostic) {
    bytes.push(match diagnostic.weight {
        Weight::Note => 0,
        Weight::Warning => 1,
        Weight::Error => 2,
    });
    put_text(bytes, diagnostic.code);
    put_text(bytes, &diagnostic.message);
    put_text(bytes, diagnostic.help.as_deref().unwrap_or(""));
    let (sheet, row) = match &diagnostic.place {
        Some(Place::Row { sheet, row, .. }) => (sheet.as_deref().unwrap_or(""), *row),
        _ => ("", 0),
    };
    put_text(bytes, sheet);
    put_number(bytes, row);
}

fn take_diagnostic(rest: &mut &[u8]) -> Option<Diagnostic> {
    let weight = take_byte(rest)?;
    let code = super::notice::code(take_text(rest)?);
    let message = take_text(rest)?;
    let mut diagnostic = match weight {
        0 => Diagnostic::note(code, message),
        1 => Diagnostic::warning(code, message),
        _ => Diagnostic::error(code, message),
    };
    let help = take_text(rest)?;
    diagnostic.help = (!help.is_empty()).then(|| help.to_owned());
    let sheet = take_text(rest)?;
    let row = take_number(rest)?;
    diagnostic.place = (row > 0).then(|| Place::Row {
        file: String::new(),
        sheet: (!sheet.is_empty()).then(|| sheet.to_owned()),
        row,
        column: None,
    });
    Some(diagnostic)
}
