//! A sheet of several short tables, one below the other.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::Book;
use super::cell::{Cell, Look};
use super::rows::height;
use super::style::{self, Styles};
use super::table::{prepare_for_paper, write};
use super::text::safe;

/// A sheet in the making.
pub(super) struct Blocks<'b, 'c> {
    book: &'b mut Book<'c>,
    worksheet: Worksheet,
    widths: Vec<u16>,
    /// The next free row.
    row: u32,
}

/// Where the rows of a table stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The row of the heads.
    pub(super) head: u32,
    /// The first row below the heads.
    pub(super) first: u32,
    /// The last row; above `first` where there is none.
    pub(super) last: u32,
}

impl<'b, 'c> Blocks<'b, 'c> {
    pub(super) fn begin(
        book: &'b mut Book<'c>,
        name: &str,
        widths: &[u16],
    ) -> Result<Self, XlsxError> {
        let mut worksheet = Worksheet::new();
        worksheet.set_name(name)?;
        for (at, &width) in (0..).zip(widths) {
            worksheet.set_column_width(at, f64::from(width))?;
        }
        prepare_for_paper(&mut worksheet, widths.iter().sum());
        Ok(Self {
            book,
            worksheet,
            widths: widths.to_vec(),
            row: 0,
        })
    }

    fn width(&self, column: usize) -> u16 {
        self.widths.get(column).copied().unwrap_or(8)
    }

    pub(super) fn worksheet(&mut self) -> &mut Worksheet {
        &mut self.worksheet
    }

    pub(super) fn gap(&mut self) {
        self.row += 1;
    }

    /// A line of text in the first column.
    pub(super) fn line(
        &mut self,
        text: &str,
        format: fn(&Styles) -> &Format,
    ) -> Result<(), XlsxError> {
        let format = format(&self.book.styles);
        self.worksheet
            .write_string_with_format(self.row, 0, safe(text), format)?;
        self.row += 1;
        Ok(())
    }

    /// A row without a head above it: a label, and what belongs to it.
    pub(super) fn labelled(
        &mut self,
        label: &str,
        cell: &Cell<'_>,
        remark: &str,
    ) -> Result<(), XlsxError> {
        let styles = &self.book.styles;
        let format = match cell {
            Cell::Number(_) => &styles.number,
            Cell::Day(_) => &styles.day,
            Cell::Text(_) | Cell::Empty => &styles.plain,
        };
        self.worksheet
            .write_string_with_format(self.row, 0, safe(label), &styles.label)?;
        write(&mut self.worksheet, self.row, 1, cell, format)?;
        if !remark.is_empty() {
            self.worksheet
                .write_string_with_format(self.row, 2, safe(remark), &styles.remark)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A table, or a sentence where it has no row.
    pub(super) fn table<'t>(
        &mut self,
        heads: &[(&str, Look)],
        rows: impl IntoIterator<Item = Vec<Cell<'t>>>,
        empty: &str,
    ) -> Result<Place, XlsxError> {
        let styles = &self.book.styles;
        let head = self.row;
        for (at, (name, look)) in (0..).zip(heads) {
            self.worksheet
                .write_string_with_format(head, at, safe(name), styles.head_of(*look))?;
        }
        self.worksheet.set_row_height(head, 32)?;
        let first = head + 1;
        let mut next = first;
        for cells in rows {
            for ((at, (_, look)), cell) in (0..).zip(heads).zip(&cells) {
                let format = match cell {
                    Cell::Day(_) => styles.day_of(*look),
                    _ => styles.of(*look),
                };
                write(&mut self.worksheet, next, at, cell, format)?;
            }
            let looks = (0..)
                .zip(heads)
                .map(|(at, &(_, look))| (self.width(at), look));
            if let Some(height) = height(looks.zip(&cells)) {
                self.worksheet.set_row_height(next, height)?;
            }
            next += 1;
        }
        self.row = next;
        if next == first {
            self.worksheet
                .write_string_with_format(first, 0, empty, &styles.plain)?;
            self.row += 1;
        } else {
            for (at, _) in (0..)
                .zip(heads)
                .filter(|(_, (_, look))| *look == Look::Word)
            {
                self.color_words(first, at, next - 1)?;
            }
        }
        Ok(Place {
            head,
            first,
            last: next - 1,
        })
    }

    /// Colors the words of a column.
    pub(super) fn color_words(
        &mut self,
        first: u32,
        column: u16,
        last: u32,
    ) -> Result<(), XlsxError> {
        for format in style::words() {
            self.worksheet
                .add_conditional_format(first, column, last, column, &format)?;
        }
        Ok(())
    }

    /// Freezes the heads of a table and filters its rows; a sheet has one such table.
    pub(super) fn filter(&mut self, place: Place, columns: usize) -> Result<(), XlsxError> {
        self.worksheet.set_freeze_panes(place.head + 1, 0)?;
        if place.last >= place.first {
            let last_column = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
            self.worksheet
                .autofilter(place.head, 0, place.last, last_column)?;
        }
        Ok(())
    }

    /// The next free row.
    pub(super) fn next_row(&self) -> u32 {
        self.row
    }

    pub(super) fn finish(self) {
        self.book.workbook.push_worksheet(self.worksheet);
    }
}
