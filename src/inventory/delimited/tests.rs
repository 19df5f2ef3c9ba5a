//! Records against those of the `csv` crate, and where ours differ on purpose.

use super::super::source::ByteSource;
use super::encoding::{Decision, Decoding};
use super::*;
use proptest::prelude::*;

/// Row numbers and fields; the sources give `piece` bytes at once.
fn read(text: &[u8], delimiter: u8, piece: usize) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
    let mut rows = Vec::new();
    each(text, delimiter, piece, |record| {
        rows.push((record.row(), record.texts().map(str::to_owned).collect()));
    })?;
    Ok(rows)
}

/// Shows every record; the sources give `piece` bytes at once.
fn each(
    text: &[u8],
    delimiter: u8,
    piece: usize,
    mut show: impl FnMut(&Record<'_>),
) -> Result<(), ReadError> {
    struct Pieces<'a>(&'a [u8], usize);
    impl ByteSource for Pieces<'_> {
        fn len(&self) -> std::io::Result<u64> {
            ByteSource::len(self.0)
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(self.1);
            self.0.read_at(offset, &mut buffer[..count])
        }
    }
    let source = Pieces(text, piece);
    let decision = Decision {
        decoding: Decoding::Utf8,
        skip: 0,
        diagnostics: Vec::new(),
    };
    let mut reader = Delimited::new("file", Feed::new("file", &source, decision)?, delimiter);
    while let Some(record) = reader.next_record()? {
        show(&record);
    }
    Ok(())
}

fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
    read(text.as_bytes(), b',', 3).expect("the text is well formed")
}

#[test]
fn row_numbers_are_lines_under_every_line_ending() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "\"x", "y\",2", "", "c"].join(end);
        let numbers: Vec<u64> = rows(&text).into_iter().map(|(row, _)| row).collect();
        assert_eq!(numbers, [1, 2, 4, 5], "{end:?}");
    }
}

#[test]
fn a_quote_that_never_closes_is_refused_with_its_line() {
    let error = read(b"a,b\n1,2\n3,\"x\ny\n", b',', 100).expect_err("the quote is open");
    assert_eq!(error.code, "quote-not-closed");
    assert!(error.message.contains("row 3"), "{}", error.message);
    let text = format!("a\n\"{}", "x\n".repeat(MAX_RECORD));
    assert_eq!(
        read(text.as_bytes(), b',', 1 << 20)
            .expect_err("too long")
            .code,
        "quote-not-closed"
    );
}

#[test]
fn nul_bytes_and_giant_fields_are_refused_with_their_row() {
    assert_eq!(
        read(b"a\nb\0\n", b',', 100).expect_err("NUL").code,
        "nul-byte"
    );
    let text = format!("a\n{}\n", "x".repeat(MAX_FIELD + 1));
    assert_eq!(
        read(text.as_bytes(), b',', 1 << 20).expect_err("long").code,
        "too-long"
    );
    let text = format!("a\n{}", "x,".repeat(MAX_RECORD));
    assert_eq!(
        read(text.as_bytes(), b',', 1 << 20).expect_err("long").code,
        "too-long"
    );
}

#[test]
fn text_behind_a_closing_quote_is_kept() {
    assert_eq!(rows("\"a\"\"b\"c\"d,e\n")[0].1, ["a\"bc\"d", "e"]);
    assert_eq!(rows("\"\",\"\"\"\"\n")[0].1, ["", "\""]);
}

/// The raw text of fields, and the fields.
type Raw = (Option<Vec<u8>>, Vec<String>);

/// From field `first` to field `last` of every record.
fn raw(text: &str, first: usize, last: usize) -> Vec<Raw> {
    let mut found = Vec::new();
    let read = each(text.as_bytes(), b',', 3, |record| {
        let raw = record.raw(first, last);
        let raw = raw.map(|(text, length)| text[..length].to_vec());
        let fields = (first..=last).map(|field| record.text(field).to_owned());
        found.push((raw, fields.collect()));
    });
    // Records before an error count too.
    drop(read);
    found
}

#[test]
fn raw_text_has_its_quotes_and_is_missing_where_a_field_was_rewritten() {
    let text = "a,b,c\nx,\"b,\",\"c\"\n\"a\",\"\",\"c\"\nx,b\nx,b,\"c\"\"\"\nx,b,\"c\"d\nx,,";
    let found: Vec<_> = raw(text, 1, 2).into_iter().map(|(raw, _)| raw).collect();
    let raw = |text: &str| Some(text.as_bytes().to_vec());
    let expected = [
        raw("b,c"),
        raw("\"b,\",\"c"),
        raw("\"\",\"c"),
        None,
        None,
        None,
        raw(","),
    ];
    assert_eq!(found, expected);
}

proptest! {
    #[test]
    fn equal_raw_text_means_equal_fields(
        text in "([ab]?\"?[ab,]?\"?[,,\n]){0,30}", first in 0_usize..3, more in 0_usize..3,
    ) {
        let last = first + more;
        let mut seen = std::collections::BTreeMap::new();
        for (raw, fields) in raw(&text, first, last) {
            if let Some(raw) = raw {
                prop_assert_eq!(seen.entry(raw).or_insert_with(|| fields.clone()), &fields);
            }
        }
    }
}

/// One record after the other by the byte: what reading by blocks must come to.
fn by_the_byte(text: &[u8], delimiter: u8) -> Result<Vec<(u64, Vec<String>)>, &'static str> {
    let (mut bytes, mut at, mut row) = (text.to_vec(), 0, 1);
    let (mut fields, mut quoted, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    while at < bytes.len() {
        let text = Text {
            bytes: &bytes,
            delimiter,
            at_end: true,
        };
        let (next, lines) = match text.scan(at, &mut fields, &mut quoted) {
            Scan::Record { next, lines } => (next, lines),
            Scan::More { .. } => return Err("quote-not-closed"),
            Scan::Nul => return Err("nul-byte"),
        };
        for &field in &quoted {
            fields[field] = unquote(&mut bytes, fields[field]);
        }
        let record = Record::new(row, &bytes, &fields);
        rows.push((row, record.texts().map(str::to_owned).collect()));
        (at, row) = (next, row + lines);
    }
    Ok(rows)
}

/// A text of fields that are about as long as the blocks by which text is looked at, of quotes where they should stand and
/// where they should not, and of all kinds of line ends.
fn table() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        6 => "[ab]{0,4}",
        2 => "[abä]{50,80}",
        4 => "[ab,;\r\n]{0,12}".prop_map(|text| format!("\"{text}\"")),
        2 => "[ab,\r\n]{50,80}".prop_map(|text| format!("\"{text}\"")),
        2 => "[ab]{40,70}(\"\"){1,3}[ab,\n]{0,20}".prop_map(|text| format!("\"{text}\"")),
        2 => "(\"\"|[ab,\n]){0,40}".prop_map(|text| format!("\"{text}\"")),
    ];
    let wrong = prop_oneof![
        "[ab\t]{1,60}\"[ab]{0,2}",
        "\"[ab,]{0,70}\"[ab]\"?",
        "\"[ab]{0,60}"
    ];
    let end = prop_oneof![
        6 => Just(","),
        2 => Just("\n"),
        2 => Just("\r\n"),
        1 => Just("\r"),
        1 => Just(";"),
    ];
    let fields = proptest::collection::vec((field, end.clone()), 0..30);
    (fields, any::<prop::sample::Index>(), wrong, 0..4, end).prop_map(
        |(mut fields, at, wrong, how_wrong, end)| {
            if how_wrong == 0 {
                fields.insert(at.index(fields.len() + 1), (wrong, end));
            }
            let fields = fields.into_iter();
            fields.map(|(field, end)| field + end).collect()
        },
    )
}

/// Any order of what matters.
fn jumble() -> impl Strategy<Value = String> {
    "([ab]{55,66}|[ab]|,|,|\"\"|\"|\"\",|,\"|\r|\n|\r\n|\t|;|ä){0,60}\0?"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn records_found_by_blocks_are_those_found_by_the_byte(
        text in prop_oneof![table(), jumble()], piece in 1_usize..200, delimiter in prop::sample::select(b",;\t\"".as_slice()),
    ) {
        let found = read(text.as_bytes(), delimiter, piece).map_err(|error| error.code);
        prop_assert_eq!(found, by_the_byte(text.as_bytes(), delimiter));
    }

    #[test]
    fn fields_are_those_of_the_csv_crate(
        text in prop_oneof![table(), jumble(), "[ab,;\"\"\r\n]{0,40}"], piece in 1_usize..200,
    ) {
        // Unclosed quotes are an error here and none there; blank lines are records here and none there.
        let Ok(rows) = read(text.as_bytes(), b',', piece) else {
            prop_assert!(text.contains(['"', '\0']));
            return Ok(());
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let expected: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.expect("it is UTF-8").iter().map(str::to_owned).collect())
            .collect();
        let found: Vec<Vec<String>> = rows
            .into_iter()
            .map(|(_, fields)| fields)
            .filter(|fields| *fields != [""])
            .collect();
        let expected: Vec<_> = expected.into_iter().filter(|fields| *fields != [""]).collect();
        prop_assert_eq!(found, expected);
    }
}
