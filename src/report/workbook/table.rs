//! A sheet that is one table: a sentence, heads, rows; frozen, filtered, printed with its heads on every page.
//!
//! Rows are written as they come and not kept, so that memory does not grow with them. What does not fit on a sheet goes on
//! in the next one, which has the same heads and says so.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

use super::cell::{Cell, Column, Look};
use super::style;
use super::text::safe;
use super::{Book, ROWS};

/// The rows above the first one of a table: the sentence and the heads.
const ABOVE: u32 = 2;

/// So many rows of a table at most have a height of their own.
const TALL: u64 = 50_000;

/// What a sheet is.
pub(super) struct Sheet<'s> {
    /// Its name.
    pub(super) name: &'static str,
    /// What stands on it, in one sentence.
    pub(super) about: &'static str,
    /// What is said where it has no row.
    pub(super) empty: &'static str,
    /// Its columns.
    pub(super) columns: Vec<Column<'s>>,
    /// How many rows it will have.
    pub(super) rows: u64,
    /// How many columns stay in sight when the table is moved sideways.
    pub(super) frozen: u16,
}

/// A table in the making.
pub(super) struct Table<'b, 's> {
    book: &'b mut Book,
    sheet: Sheet<'s>,
    /// The sheet's number, from 1.
    part: u32,
    /// Rows on this sheet so far.
    rows: u32,
    /// Rows on the sheets before.
    before: u64,
}

impl<'b, 's> Table<'b, 's> {
    pub(super) fn begin(book: &'b mut Book, sheet: Sheet<'s>) -> Result<Self, XlsxError> {
        let mut table = Self {
            book,
            sheet,
            part: 0,
            rows: 0,
            before: 0,
        };
        table.next_sheet()?;
        Ok(table)
    }

    /// How many rows fit on a sheet.
    fn room(&self) -> u32 {
        self.book.rows_per_sheet.clamp(ABOVE + 1, ROWS) - ABOVE
    }

    fn name(&self, part: u32) -> String {
        match part {
            1 => self.sheet.name.to_owned(),
            _ => format!("{} ({part})", self.sheet.name),
        }
    }

    /// The sentence above this sheet's heads, and where it goes on.
    fn sentence(&self) -> String {
        let (room, all) = (u64::from(self.room()), self.sheet.rows);
        if all <= room {
            return self.sheet.about.to_owned();
        }
        let last = (self.before + room).min(all);
        let goes_on = if last < all {
            format!("; goes on in \"{}\"", self.name(self.part + 1))
        } else {
            String::new()
        };
        let number = crate::report::model::wording::number;
        format!(
            "{} Rows {} to {} of {}{goes_on}.",
            self.sheet.about,
            number(self.before + 1),
            number(last),
            number(all)
        )
    }

    fn next_sheet(&mut self) -> Result<(), XlsxError> {
        self.finish_sheet()?;
        self.before += u64::from(self.rows);
        self.rows = 0;
        self.part += 1;
        let (name, sentence) = (self.name(self.part), self.sentence());
        let styles = &self.book.styles;
        let worksheet = self.book.workbook.add_worksheet_with_constant_memory()?;
        worksheet.set_name(&name)?;
        for (at, column) in (0..).zip(&self.sheet.columns) {
            worksheet.set_column_width(at, f64::from(column.width))?;
        }
        worksheet.write_string_with_format(0, 0, &sentence, &styles.about)?;
        worksheet.set_row_height(1, 32)?;
        for (at, column) in (0..).zip(&self.sheet.columns) {
            let head = styles.head_of(column.look);
            worksheet.write_string_with_format(1, at, safe(&column.head), head)?;
        }
        worksheet.set_freeze_panes(ABOVE, self.sheet.frozen)?;
        let widths = self.sheet.columns.iter().map(|column| column.width);
        prepare_for_paper(worksheet, widths.sum());
        worksheet.set_repeat_rows(1, 1)?;
        Ok(())
    }

    /// Writes a row; what is missing at its end stays empty.
    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        if self.rows == self.room() {
            self.next_sheet()?;
        }
        let row = ABOVE + self.rows;
        self.rows += 1;
        let (styles, columns) = (&self.book.styles, &self.sheet.columns);
        let worksheet = last_sheet(&mut self.book.workbook)?;
        // The height of every row is kept in memory until the end.
        if self.sheet.rows <= TALL {
            let looks = columns.iter().map(|column| (column.width, column.look));
            if let Some(height) = height(looks.zip(cells)) {
                worksheet.set_row_height(row, height)?;
            }
        }
        for ((at, column), cell) in (0..).zip(columns).zip(cells) {
            let format = match cell {
                Cell::Day(_) => styles.day_of(column.look),
                _ => styles.of(column.look),
            };
            if !matches!(cell, Cell::Empty) || column.look == Look::Open {
                write(worksheet, row, at, cell, format)?;
            }
        }
        Ok(())
    }

    /// Filters and colors, whose range is known only now.
    fn finish_sheet(&mut self) -> Result<(), XlsxError> {
        if self.part == 0 {
            return Ok(());
        }
        let (columns, rows) = (&self.sheet.columns, self.rows);
        let worksheet = last_sheet(&mut self.book.workbook)?;
        if rows == 0 {
            let style = &self.book.styles.plain;
            worksheet.write_string_with_format(ABOVE, 0, self.sheet.empty, style)?;
            return Ok(());
        }
        let last_row = ABOVE + rows - 1;
        let last_column = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        worksheet.autofilter(1, 0, last_row, last_column)?;
        for (at, _) in (0..)
            .zip(columns)
            .filter(|(_, column)| column.look == Look::Word)
        {
            for format in style::words() {
                worksheet.add_conditional_format(ABOVE, at, last_row, at, &format)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), XlsxError> {
        self.finish_sheet()
    }
}

/// The height that the broken lines of a row want, in points; `None` where one line is enough. Excel would find it by itself,
/// other programs do not.
pub(super) fn height<'c>(cells: impl Iterator<Item = ((u16, Look), &'c Cell<'c>)>) -> Option<f64> {
    const LINE: f64 = 15.0;
    const MOST: usize = 26;
    let lines = cells.map(|((width, look), cell)| match (look, cell) {
        (Look::Long | Look::Open, Cell::Text(text)) => {
            // Widths are counted in digits; letters are narrower.
            let width = usize::from(width.max(2)) * 9 / 8;
            let lines = text.split('\n');
            lines
                .map(|line| line.chars().count().div_ceil(width).max(1))
                .sum()
        }
        _ => 1,
    });
    let lines = lines.max().unwrap_or(1).min(MOST);
    (lines > 1).then_some(lines as f64 * LINE)
}

/// The sheet that was begun last.
pub(super) fn last_sheet(
    workbook: &mut rust_xlsxwriter::Workbook,
) -> Result<&mut Worksheet, XlsxError> {
    let sheets = workbook.worksheets_mut().last_mut();
    sheets.ok_or_else(|| XlsxError::ParameterError("no sheet was begun".to_owned()))
}

/// Landscape, as many pages long as it takes and one wide, with the sheet's name and page below. In: its width in characters.
pub(super) fn prepare_for_paper(worksheet: &mut Worksheet, width: u16) {
    const A4: u8 = 9;
    const A3: u8 = 8;
    const FITS_A4: u16 = 230;
    worksheet.set_landscape();
    worksheet.set_paper_size(if width > FITS_A4 { A3 } else { A4 });
    worksheet.set_print_fit_to_pages(1, 0);
    worksheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.2, 0.3);
    worksheet.set_footer("&L&A&R&P / &N");
}

/// Writes a cell. Days that Excel has no number for are written as text.
pub(super) fn write(
    worksheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell<'_>,
    format: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => worksheet.write_blank(row, column, format)?,
        Cell::Text(text) => worksheet.write_string_with_format(row, column, safe(text), format)?,
        // Exact up to 2^53, which no count reaches.
        Cell::Number(number) => {
            worksheet.write_number_with_format(row, column, *number as f64, format)?
        }
        Cell::Day(day) => match excel_day(*day) {
            Some(day) => worksheet.write_datetime_with_format(row, column, &day, format)?,
            None => worksheet.write_string_with_format(row, column, day.to_string(), format)?,
        },
    };
    Ok(())
}

/// A day as Excel counts them; `None` where it does not.
pub(super) fn excel_day(day: NaiveDate) -> Option<ExcelDateTime> {
    // Excel takes 1900 for a leap year; before March its days are not ours.
    if day < NaiveDate::from_ymd_opt(1900, 3, 1)? {
        return None;
    }
    let year = u16::try_from(day.year()).ok()?;
    let (month, day) = (
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    );
    ExcelDateTime::from_ymd(year, month, day).ok()
}
