//! A sheet that is one table: a sentence, heads, rows; frozen, filtered, printed with its heads on every page.
//!
//! The library that writes workbooks sees the heads only. Rows are laid down as bytes while they come, or made when their sheet is
//! packed ([`super::package`]), so that memory does not grow with them. What does not fit on a sheet goes on in the next one, which
//! has the same heads and says so.

use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

use super::cell::{Cell, Column, Look};
use super::rows::{Field, Rows, letters};
use super::style::{self, Style};
use super::text::safe;
use super::{Book, ROWS, Temporary};

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

/// Writes some rows of a table, those with these numbers from 0.
pub(super) type Maker<'c> =
    Box<dyn Fn(Range<u64>, &mut MadeRows<'_>) -> io::Result<()> + Send + Sync + 'c>;

/// Rows that are made when their sheet is packed.
pub(super) type MadeRows<'o> = Rows<&'o mut dyn Write>;

/// Where the rows of a sheet come from.
pub(super) enum Source<'c> {
    /// They were laid down.
    Laid(Box<dyn Temporary>),
    /// They are made when the sheet is packed, on any thread.
    Made {
        maker: Arc<Maker<'c>>,
        /// Which of the table's rows they are.
        rows: Range<u64>,
    },
}

/// A sheet whose rows the workbook's library does not see.
pub(super) struct Part<'c> {
    /// Its position among the workbook's sheets, from 1.
    pub(super) sheet: usize,
    /// The last of its cells.
    pub(super) last_cell: String,
    /// The number of its first row below the heads, as people see it.
    pub(super) first_row: u32,
    /// Do rows with broken lines get a height?
    pub(super) has_heights: bool,
    /// Its rows.
    pub(super) source: Source<'c>,
}

/// A table in the making.
pub(super) struct Table<'b, 'c, 's> {
    book: &'b mut Book<'c>,
    sheet: Sheet<'s>,
    fields: Vec<Field>,
    /// The sheet's number, from 1.
    part: u32,
    /// Rows on this sheet so far.
    rows: u32,
    /// Rows on the sheets before.
    before: u64,
    /// The rows that are laid down for this sheet.
    laid: Option<Rows<BufWriter<Box<dyn Temporary>>>>,
}

impl<'b, 'c, 's> Table<'b, 'c, 's> {
    /// Begins a table whose rows are written one by one.
    pub(super) fn begin(book: &'b mut Book<'c>, sheet: Sheet<'s>) -> Result<Self, XlsxError> {
        let mut table = Self {
            book,
            sheet,
            fields: Vec::new(),
            part: 0,
            rows: 0,
            before: 0,
            laid: None,
        };
        table.next_sheet()?;
        table.fields = table.new_fields()?;
        Ok(table)
    }

    /// A table whose rows are made when they are packed, as many as the sheet says; no cell of it is for people to write in.
    pub(super) fn make(
        book: &'b mut Book<'c>,
        sheet: Sheet<'s>,
        maker: impl FnOnce(Vec<Field>) -> Maker<'c>,
    ) -> Result<(), XlsxError> {
        let mut table = Self::begin(book, sheet)?;
        let maker = Arc::new(maker(table.fields.clone()));
        let (all, room) = (table.sheet.rows, u64::from(table.room()));
        let mut from = 0;
        while from < all {
            if from > 0 {
                table.next_sheet()?;
            }
            let until = all.min(from + room);
            table.rows = u32::try_from(until - from).unwrap_or(ROWS);
            table.part_of(Source::Made {
                maker: Arc::clone(&maker),
                rows: from..until,
            });
            from = until;
        }
        table.finish()
    }

    fn new_fields(&mut self) -> Result<Vec<Field>, XlsxError> {
        let looks: Vec<Look> = self
            .sheet
            .columns
            .iter()
            .map(|column| column.look)
            .collect();
        // In an order of their own, so that the same formats have the same numbers in every workbook.
        for style in [
            Style::Plain,
            Style::Day,
            Style::Number,
            Style::Long,
            Style::Open,
        ] {
            let is_wanted = |&look: &Look| Style::of(look) == style;
            if style == Style::Day || looks.iter().any(is_wanted) {
                self.book.style(style)?;
            }
        }
        let day = self.book.style(Style::Day)?;
        let columns = self.sheet.columns.iter().enumerate();
        let fields = columns.map(|(at, column)| {
            Ok(Field::new(
                at,
                column,
                self.book.style(Style::of(column.look))?,
                day,
            ))
        });
        fields.collect()
    }

    /// How many rows fit on a sheet.
    fn room(&self) -> u32 {
        self.book.rows_per_sheet.clamp(ABOVE + 1, ROWS) - ABOVE
    }

    /// Long lists do without heights: nobody reads through so many rows.
    fn has_heights(&self) -> bool {
        self.sheet.rows <= TALL
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
        self.book.style(Style::About)?;
        for column in &self.sheet.columns {
            self.book.style(Style::of_head(column.look))?;
        }
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
        self.rows += 1;
        for (field, cell) in self.fields.iter_mut().zip(cells) {
            if field.look == Look::Open && matches!(cell, Cell::Day(_)) {
                field.set_day_style(self.book.style(Style::OpenDay)?);
            }
        }
        let has_heights = self.has_heights();
        let rows = match &mut self.laid {
            Some(rows) => rows,
            none => {
                let place = BufWriter::new((self.book.temporary)()?);
                none.insert(Rows::new(place, ABOVE + 1, has_heights))
            }
        };
        Ok(rows.row(&self.fields, cells)?)
    }

    /// Notes where the rows of this sheet come from.
    fn part_of(&mut self, source: Source<'c>) {
        let last_column = self.sheet.columns.len().saturating_sub(1);
        self.book.parts.push(Part {
            sheet: self.book.workbook.worksheets().len(),
            last_cell: format!("{}{}", letters(last_column), ABOVE + self.rows),
            first_row: ABOVE + 1,
            has_heights: self.has_heights(),
            source,
        });
    }

    /// Filters and colors, whose range is known only now.
    fn finish_sheet(&mut self) -> Result<(), XlsxError> {
        if self.part == 0 {
            return Ok(());
        }
        if let Some(rows) = self.laid.take() {
            let place = rows.into_inner().into_inner();
            let place = place.map_err(io::IntoInnerError::into_error)?;
            self.part_of(Source::Laid(place));
        }
        let (columns, rows) = (&self.sheet.columns, self.rows);
        let worksheet = last_sheet(&mut self.book.workbook)?;
        if rows == 0 {
            let style = &self.book.styles.plain;
            worksheet.write_string_with_format(ABOVE, 0, self.sheet.empty, style)?;
            return Ok(());
        }
        // The rows take its place.
        worksheet.write_blank(ABOVE, 0, &self.book.styles.plain)?;
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
