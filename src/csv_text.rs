//! Text cells in the CSV files that we write and read: nothing that a spreadsheet would take for a formula.
//!
//! In: a text. Out: the text as it stands in a CSV cell, and back. One place, because every CSV of the program has to agree
//! (contract section 5.1). Quoting is the `csv` writer's, but for lines that are put together from ready pieces.

use std::borrow::Cow;

/// A text as it is written into a CSV cell: with one apostrophe in front if it begins with `=`, `+`, `-`, `@`, tab or
/// carriage return, or with apostrophes before one of these. A lone `-` and plain numbers stay as they are.
///
/// ```
/// use cutover::csv_text::{guarded, unguarded};
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(guarded("-12.5"), "-12.5");
/// assert_eq!(unguarded("'=1+1"), "=1+1");
/// ```
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) && !is_plain_number(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Adds a text to a line as a cell of several, guarded and quoted as the `csv` writer quotes.
pub(crate) fn push_cell(line: &mut Vec<u8>, text: &str) {
    let text = guarded(text);
    let is_quoted = |byte: u8| (byte == b',') | (byte == b'"') | (byte == b'\n') | (byte == b'\r');
    // Without a way out of the loop, so that many bytes are looked at together.
    if !text.bytes().fold(false, |any, byte| any | is_quoted(byte)) {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            line.push(byte);
        }
        line.push(byte);
    }
    line.push(b'"');
}

/// The text of a CSV cell without the apostrophe that [`guarded`] put there; takes exactly one off.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_dangerous(rest) => rest,
        _ => cell,
    }
}

/// Begins, behind any number of apostrophes, with a character that makes a formula.
fn is_dangerous(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A lone minus sign, or a number with an optional sign: no spreadsheet computes anything from it.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        && digits.matches(['.', ',']).count() <= 1;
    text == "-" || numeric
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_get_one_apostrophe() {
        for text in [
            "=1", "+cmd", "-x", "@SUM(A1)", "\tx", "\r=1", "'=1", "''=1", "-1+1", "+49 30",
        ] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
    }

    #[test]
    fn plain_text_numbers_and_a_lone_minus_stay() {
        for text in [
            "", "a=1", "-", "-5", "+4930", "-0.25", "1,5", "'quoted'", "O'Neil", " =1",
        ] {
            assert_eq!(guarded(text), text);
        }
    }

    #[test]
    fn a_cell_written_by_somebody_else_loses_one_apostrophe_only() {
        assert_eq!(unguarded("'-5"), "-5");
        assert_eq!(unguarded("''=1"), "'=1");
        assert_eq!(unguarded("'tis"), "'tis");
    }

    proptest! {
        #[test]
        fn a_pushed_cell_is_the_one_that_the_writer_writes(text in "['=+@\\t\\r\\n\", aé0-9]{0,8}") {
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record(["x", &guarded(&text)]).expect("a vector takes everything");
            let written = csv.into_inner().expect("a vector takes everything");
            let mut line = b"x,".to_vec();
            push_cell(&mut line, &text);
            line.push(b'\n');
            prop_assert_eq!(line, written);
        }

        #[test]
        fn what_is_written_is_read_back(text in "['=+@\t\r0-9a.,-]{0,6}") {
            let cell = guarded(&text);
            prop_assert!(unguarded(&cell) == text || (cell == text && text.starts_with('\'')));
            prop_assert_eq!(guarded(unguarded(&cell)).into_owned(), cell.into_owned());
        }
    }
}
