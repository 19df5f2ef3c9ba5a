//! Text in cells: the one place where foreign text is made safe for a workbook.
//!
//! In: any text. Out: the text as a cell may hold it. Cells get it as a string and never as a formula, whatever it begins with, so
//! no apostrophe is put before it. Control characters are escaped by the writer as Excel does it (`_x001B_`), and come
//! back as they were; characters that turn the direction of writing or cannot be seen would deceive the reader, and show as U+FFFD.

use std::borrow::Cow;

use crate::terminal_text::is_obeyed_or_unseen;

/// So many UTF-16 units a cell of Excel holds.
const CELL: usize = 32_767;

/// Behind a text that did not fit.
const CUT: &str = " … (cut; the whole text is in the CSV files)";

/// A text as it stands in a cell.
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    let text = if !is_plain(text) && text.chars().any(is_deceptive) {
        let shown = |character| {
            if is_deceptive(character) {
                '\u{fffd}'
            } else {
                character
            }
        };
        Cow::Owned(text.chars().map(shown).collect())
    } else {
        Cow::Borrowed(text)
    };
    if text.len() <= CELL || text.encode_utf16().count() <= CELL {
        return text;
    }
    let room = CELL - CUT.encode_utf16().count();
    let mut used = 0;
    let fits = |character: &char| {
        used += character.len_utf16();
        used <= room
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push_str(CUT);
    Cow::Owned(short)
}

/// Are all its characters of ASCII, without the last one? Nearly every text is, and this is quickly seen.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (byte < 0x7f))
}

/// Adds a text that [`safe`] let through to a part of the package, escaped as Excel does it: what means something in XML, control
/// characters as `_x001B_`, and so a text that looks like one of these.
pub(super) fn push_escaped(line: &mut Vec<u8>, text: &str) {
    let is_special = |byte: u8| {
        (byte < b' ')
            | (byte == b'&')
            | (byte == b'<')
            | (byte == b'>')
            | (byte == b'_')
            | (byte == LEAST_OF_NONCHARACTERS)
    };
    if !text
        .bytes()
        .fold(false, |special, byte| special | is_special(byte))
    {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    for (at, character) in text.char_indices() {
        match character {
            '&' => line.extend_from_slice(b"&amp;"),
            '<' => line.extend_from_slice(b"&lt;"),
            '>' => line.extend_from_slice(b"&gt;"),
            '_' if looks_escaped(&text.as_bytes()[at..]) => line.extend_from_slice(b"_x005F_"),
            '\t' | '\n' => line.push(character as u8),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                line.extend_from_slice(format!("_x{:04X}_", u32::from(character)).as_bytes());
            }
            _ => line.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The first byte of U+FFFE and U+FFFF in UTF-8, and of others.
const LEAST_OF_NONCHARACTERS: u8 = 0xef;

/// Does it begin like an escaped character: `_x001B_`?
fn looks_escaped(text: &[u8]) -> bool {
    matches!(text, [b'_', b'x', digits @ .., ] if digits.len() >= 5
        && digits[..4].iter().all(u8::is_ascii_hexdigit)
        && digits[4] == b'_')
}

/// Turns the direction of writing, or cannot be seen. Control characters are the writer's to escape, and joiners belong to the
/// spelling of names.
const fn is_deceptive(character: char) -> bool {
    is_obeyed_or_unseen(character)
        && !matches!(character, '\u{0}'..='\u{1f}' | '\u{200c}'..='\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_stays_as_it_is() {
        for text in [
            "",
            "=1+1",
            "-5",
            "@x",
            "Søren _x000D_ & Zoë\nline",
            "\u{1b}",
        ] {
            assert_eq!(safe(text), text);
        }
        assert_eq!(safe("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(safe("क\u{200d}ष"), "क\u{200d}ष");
    }

    #[test]
    fn naughty_texts_are_texts_in_a_workbook_and_none_is_a_formula() {
        let texts: Vec<String> =
            serde_json::from_str(include_str!("../../../fixtures/naughty-strings.json"))
                .expect("the list is an array of strings");
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, text) in (0..).zip(&texts) {
            let cell = safe(text);
            sheet.write_string(row, 0, &*cell).expect("it fits");
            sheet.write_string(row, 1, "end").expect("it fits");
        }
        let bytes = book.save_to_buffer().expect("memory can be written");
        let mut book: calamine::Xlsx<_> =
            calamine::Reader::new(std::io::Cursor::new(bytes)).expect("it is a workbook");
        let formulas = calamine::Reader::worksheet_formula(&mut book, "Sheet1").expect("a sheet");
        assert!(formulas.is_empty());
        let cells = calamine::Reader::worksheet_range(&mut book, "Sheet1").expect("a sheet");
        assert!(texts.len() > 150);
        for (row, text) in (0..).zip(&texts) {
            let cell = cells.get_value((row, 0));
            assert!(
                matches!(
                    cell,
                    None | Some(calamine::Data::Empty | calamine::Data::String(_))
                ),
                "{text:?} is {cell:?}"
            );
            let end = cells.get_value((row, 1)).map(ToString::to_string);
            assert_eq!(end.as_deref(), Some("end"), "{text:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_with_a_mark() {
        let long = "😀".repeat(20_000);
        let cut = safe(&long);
        assert!(cut.ends_with(CUT) && cut.encode_utf16().count() <= CELL);
        let whole = "x".repeat(CELL);
        assert_eq!(safe(&whole), whole);
    }
}
