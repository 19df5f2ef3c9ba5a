//! Rows of a table as the bytes of its sheet's part of the package.
//!
//! In: cells. Out: `<row>` elements as the workbook's library writes them where nothing is kept in memory, byte for byte; a test
//! holds it to that. The library compares a whole format for each cell and keeps each row twice before it is bytes; most of the
//! time of a report with millions of rows went there.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::cell::{Cell, Column, Look};
use super::text::{push_escaped, safe};

/// A column with the bytes that its cells begin with.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) look: Look,
    /// In characters.
    width: u16,
    /// Up to the row's number.
    begin: String,
    /// From behind the row's number, for a text, a number, a day and an empty cell.
    text: String,
    number: String,
    day: String,
    blank: String,
}

impl Field {
    /// In: the column's position, and the numbers of the formats of its cells and of its days.
    pub(super) fn new(at: usize, column: &Column<'_>, style: u32, day_style: u32) -> Self {
        Self {
            look: column.look,
            width: column.width,
            begin: format!("<c r=\"{}", letters(at)),
            text: format!("\" s=\"{style}\" t=\"inlineStr\"><is><t"),
            number: format!("\" s=\"{style}\"><v>"),
            day: format!("\" s=\"{day_style}\"><v>"),
            blank: format!("\" s=\"{style}\"/>"),
        }
    }

    /// Gives its days another format.
    pub(super) fn set_day_style(&mut self, style: u32) {
        self.day = format!("\" s=\"{style}\"><v>");
    }
}

/// A column's letters: `A` to `Z`, `AA` and so on.
pub(super) fn letters(at: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = at + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// Rows on their way to a writer.
pub(super) struct Rows<W> {
    out: W,
    /// The number of the next row as people see it.
    next: u32,
    /// Do rows with broken lines get a height?
    has_heights: bool,
    line: Vec<u8>,
}

impl<W: Write> Rows<W> {
    /// In: where they go, and the first one's number as people see it, from 1.
    pub(super) fn new(out: W, first: u32, has_heights: bool) -> Self {
        Self {
            out,
            next: first,
            has_heights,
            line: Vec::new(),
        }
    }

    pub(super) fn into_inner(self) -> W {
        self.out
    }

    /// Writes a row; what is missing at its end stays empty.
    pub(super) fn row(&mut self, fields: &[Field], cells: &[Cell<'_>]) -> io::Result<()> {
        let mut digits = [0; 10];
        let number = decimal(&mut digits, u64::from(self.next));
        self.next += 1;
        let line = &mut self.line;
        line.clear();
        line.extend_from_slice(b"<row r=\"");
        line.extend_from_slice(number);
        let looks = fields.iter().map(|field| (field.width, field.look));
        match self.has_heights.then(|| height(looks.zip(cells))).flatten() {
            // The library has pixels in between; whole lines come out as they went in.
            Some(points) => write!(line, "\" ht=\"{points}\" customHeight=\"1\">")?,
            None => line.extend_from_slice(b"\">"),
        }
        for (field, cell) in fields.iter().zip(cells) {
            if !matches!(cell, Cell::Empty) || field.look == Look::Open {
                push_cell(line, field, number, cell)?;
            }
        }
        line.extend_from_slice(b"</row>");
        self.out.write_all(line)
    }
}

fn push_cell(
    line: &mut Vec<u8>,
    field: &Field,
    row: &[u8],
    cell: &Cell<'_>,
) -> Result<(), io::Error> {
    line.extend_from_slice(field.begin.as_bytes());
    line.extend_from_slice(row);
    match cell {
        Cell::Empty => line.extend_from_slice(field.blank.as_bytes()),
        Cell::Text(text) => push_text(line, field, text),
        Cell::Number(number) => push_number(line, &field.number, *number),
        Cell::Day(day) => match excel_number(*day) {
            Some(number) => push_number(line, &field.day, number),
            None => {
                // A text that looks like a day.
                let style = field.day.trim_end_matches("><v>");
                write!(line, "{style} t=\"inlineStr\"><is><t>{day}</t></is></c>")?;
            }
        },
    }
    Ok(())
}

fn push_text(line: &mut Vec<u8>, field: &Field, text: &str) {
    const SPACE: [char; 3] = ['\t', '\n', ' '];
    let text = safe(text);
    if text.is_empty() {
        line.extend_from_slice(field.blank.as_bytes());
        return;
    }
    line.extend_from_slice(field.text.as_bytes());
    if text.starts_with(SPACE) || text.ends_with(SPACE) {
        line.extend_from_slice(b" xml:space=\"preserve\"");
    }
    line.push(b'>');
    push_escaped(line, &text);
    line.extend_from_slice(b"</t></is></c>");
}

fn push_number(line: &mut Vec<u8>, begin: &str, number: u64) {
    line.extend_from_slice(begin.as_bytes());
    line.extend_from_slice(decimal(&mut [0; 20], number));
    line.extend_from_slice(b"</v></c>");
}

/// A number's digits, at the end of room for them.
fn decimal<const N: usize>(room: &mut [u8; N], number: u64) -> &[u8] {
    let mut at = N;
    let mut rest = number;
    loop {
        at -= 1;
        room[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return &room[at..];
        }
    }
}

/// The number that Excel has for a day; `None` where it has none.
fn excel_number(day: NaiveDate) -> Option<u64> {
    // Excel takes 1900 for a leap year; before March its days are not ours.
    if day < NaiveDate::from_ymd_opt(1900, 3, 1)? || day > NaiveDate::from_ymd_opt(9999, 12, 31)? {
        return None;
    }
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    u64::try_from((day - zero).num_days()).ok()
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use rust_xlsxwriter::Workbook;

    use super::super::style::{Style, Styles};
    use super::super::table;
    use super::*;

    const LOOKS: [Look; 5] = [
        Look::Plain,
        Look::Long,
        Look::Number,
        Look::Word,
        Look::Open,
    ];

    fn day(year: i32, month: u32, day: u32) -> Cell<'static> {
        let day = NaiveDate::from_ymd_opt(year, month, day);
        Cell::Day(day.expect("a day of the calendar"))
    }

    /// Rows of every kind of cell under every look.
    fn table_of_everything(texts: &[String]) -> Vec<Vec<Cell<'_>>> {
        let of_texts = texts.iter().map(|text| Cell::Text(text.into()));
        let others = [
            Cell::Empty,
            Cell::Number(0),
            Cell::Number(1_234_567),
            Cell::Number(1 << 53),
            day(1899, 12, 31),
            day(1900, 2, 28),
            day(1900, 3, 1),
            day(2014, 5, 31),
            day(9999, 12, 31),
            day(10_000, 1, 1),
        ];
        let mut rows: Vec<Vec<Cell<'_>>> = of_texts
            .chain(others)
            .map(|cell| vec![cell; LOOKS.len()])
            .collect();
        // What is missing at the end of a row stays empty.
        rows.push(vec![Cell::Number(1)]);
        rows
    }

    /// The rows as the library writes them, without those of its heads.
    fn written_by_the_library(rows: &[Vec<Cell<'_>>], styles: &Styles) -> String {
        let mut book = Workbook::new();
        let sheet = book
            .add_worksheet_with_constant_memory()
            .expect("a temporary file");
        for (number, cells) in (0..).zip(rows) {
            for ((at, look), cell) in (0..).zip(LOOKS).zip(cells) {
                let format = match cell {
                    Cell::Day(_) => styles.day_of(look),
                    _ => styles.of(look),
                };
                if !matches!(cell, Cell::Empty) || look == Look::Open {
                    table::write(sheet, number, at, cell, format).expect("it fits");
                }
            }
        }
        let bytes = book.save_to_buffer().expect("memory can be written");
        let mut package =
            zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("it is a package");
        let mut text = String::new();
        let mut part = package
            .by_name("xl/worksheets/sheet1.xml")
            .expect("the sheet");
        part.read_to_string(&mut text).expect("it is text");
        let (_, rows) = text.split_once("<sheetData>").expect("rows");
        rows.split_once("</sheetData>").expect("rows").0.to_owned()
    }

    #[test]
    fn rows_are_the_bytes_that_the_library_would_write() {
        let mut texts: Vec<String> =
            serde_json::from_str(include_str!("../../../fixtures/naughty-strings.json"))
                .expect("the list is an array of strings");
        assert!(texts.len() > 150);
        texts.extend((0..=0x1f).map(|code| format!("a{}b", char::from(code))));
        for text in [
            " x",
            "x ",
            "x\n",
            "\tx",
            "<b>&amp;</b>",
            "a_x000D_b",
            "_x0041__x0042_",
            "_x00g1_",
            "_x000D",
            "_xé12_",
            "\u{fffe}\u{ffff}",
            "\u{efff}",
            "Zoë 😀",
            "\u{7f}",
            "'",
            "\"",
        ] {
            texts.push(text.to_owned());
        }
        texts.push("x".repeat(40_000));
        let styles = Styles::new();
        let rows = table_of_everything(&texts);
        // The library numbers formats in the order of their first use.
        let numbers = [
            Style::Plain,
            Style::Long,
            Style::Number,
            Style::Open,
            Style::Day,
        ];
        let number = |style: Style| {
            let at = numbers.iter().position(|&known| known == style);
            at.expect("one of these") as u32 + 1
        };
        let columns = LOOKS.map(|look| Column::new("head", 10, look));
        let mut fields: Vec<Field> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let style = number(Style::of(column.look));
            fields.push(Field::new(at, column, style, number(Style::Day)));
        }
        let open_day = numbers.len() as u32 + 1;
        fields[4].set_day_style(open_day);
        let mut own = Rows::new(Vec::new(), 1, false);
        for cells in &rows {
            own.row(&fields, cells).expect("a vector takes everything");
        }
        let own = String::from_utf8(own.into_inner()).expect("it is text");
        for (own, theirs) in own
            .split("<row ")
            .zip(written_by_the_library(&rows, &styles).split("<row "))
        {
            assert_eq!(own, theirs);
        }
        assert_eq!(own, written_by_the_library(&rows, &styles));
    }

    #[test]
    fn broken_lines_give_a_row_its_height() {
        let columns = [Column::new("head", 10, Look::Long)];
        let fields = [Field::new(0, &columns[0], 3, 4)];
        for (has_heights, height) in [(true, " ht=\"30\" customHeight=\"1\""), (false, "")] {
            let mut rows = Rows::new(Vec::new(), 7, has_heights);
            let cells = [Cell::from("one\ntwo")];
            rows.row(&fields, &cells)
                .expect("a vector takes everything");
            let text = String::from_utf8(rows.into_inner()).expect("it is text");
            let cell = "<c r=\"A7\" s=\"3\" t=\"inlineStr\"><is><t>one\ntwo</t></is></c>";
            assert_eq!(text, format!("<row r=\"7\"{height}>{cell}</row>"));
        }
    }

    #[test]
    fn columns_have_the_letters_that_people_see() {
        let known = [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ];
        for (at, name) in known {
            assert_eq!(letters(at), name);
        }
    }
}
