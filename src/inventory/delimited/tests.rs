//! Records against those of the `csv` crate, and where ours differ on purpose.

use super::super::batch::MOST;
use super::super::source::ByteSource;
use super::encoding::{Decision, Decoding};
use super::*;
use proptest::prelude::*;

/// Row numbers and fields; the sources give `piece` bytes at once.
fn read(text: &[u8], delimiter: u8, piece: usize) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
    with_reader(text, delimiter, piece, |reader| {
        let mut rows = Vec::new();
        while let Some(record) = reader.next_record()? {
            rows.push(row(&record));
        }
        Ok(rows)
    })
}

fn row(record: &Record<'_>) -> (u64, Vec<String>) {
    (record.row(), record.texts().map(str::to_owned).collect())
}

/// Shows a reader; its source gives `piece` bytes at once.
fn with_reader<T>(
    text: &[u8],
    delimiter: u8,
    piece: usize,
    show: impl FnOnce(&mut Delimited<'_>) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
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
    show(&mut Delimited::new("file", feed(&source)?, delimiter))
}

fn feed(source: &dyn ByteSource) -> Result<Feed<'_>, ReadError> {
    let decision = Decision {
        decoding: Decoding::Utf8,
        skip: 0,
        diagnostics: Vec::new(),
    };
    Feed::new("file", source, decision)
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

/// Rows, read in batches where that is possible; `show` is shown every batch.
fn in_batches(
    reader: &mut Delimited<'_>,
    columns: usize,
    mut show: impl FnMut(&Batch<'_>),
) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
    let (mut rows, mut fields) = (Vec::new(), Vec::new());
    loop {
        if let Some(batch) = reader.next_batch(columns)? {
            assert!((1..=MOST).contains(&batch.len()));
            show(&batch);
            rows.extend((0..batch.len()).map(|number| row(&batch.record(number, &mut fields))));
        } else if let Some(record) = reader.next_record()? {
            rows.push(row(&record));
        } else {
            return Ok(rows);
        }
    }
}

#[test]
fn a_batch_has_the_bytes_of_its_file_and_ends_where_a_record_differs() {
    let text =
        "a,b,c\nx,\"b,\",\"c\"\r\n\"a\",\"\",\"c\"\nx,b\nx,b,\"c\"\"\"\nx,b,\nx,,\nx,\"\n\",\n";
    // What is marked ends before the last 64 bytes.
    let text = format!("{text}{}", "-".repeat(128));
    let mut found = Vec::new();
    let rows = with_reader(text.as_bytes(), b',', 1000, |reader| {
        in_batches(reader, 3, |batch| {
            let own = |span: Span| {
                let (text, length) = batch.window(span);
                String::from_utf8_lossy(&text[..length]).into_owned()
            };
            let raw: Vec<String> = batch.raw(1, 2).map(own).collect();
            let shown: Vec<String> = batch.shown(2).map(own).collect();
            found.push((batch.row, raw, shown));
        })
    });
    assert_eq!(rows.expect("it can be read").len(), 9);
    let texts = |texts: &[&str]| {
        texts
            .iter()
            .map(|&text| text.to_owned())
            .collect::<Vec<_>>()
    };
    let expected = [
        (
            1,
            texts(&["b,c", "\"b,\",\"c\"", "\"\",\"c\""]),
            texts(&["c", "c", "c"]),
        ),
        (6, texts(&["b,", ","]), texts(&["", ""])),
    ];
    assert_eq!(found, expected);
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
    fn records_in_batches_are_those_read_by_themselves_and_equal_bytes_mean_equal_fields(
        text in prop_oneof![table(), jumble(), "((a|\"a\"|\"a,\"|),){2}(b|)(\n|\r\n)".prop_map(|line| line.repeat(50))],
        piece in 1_usize..200, columns in 1_usize..4, first in 0_usize..3,
    ) {
        let mut seen = std::collections::BTreeMap::new();
        let mut fields = Vec::new();
        let first = first.min(columns - 1);
        let found = with_reader(text.as_bytes(), b',', piece, |reader| {
            in_batches(reader, columns, |batch| {
                for (number, span) in batch.raw(first, columns - 1).enumerate() {
                    let (text, length) = batch.window(span);
                    let (_, texts) = row(&batch.record(number, &mut fields));
                    let texts = texts[first..].to_vec();
                    assert_eq!(seen.entry(text[..length].to_vec()).or_insert_with(|| texts.clone()), &texts);
                }
            })
        });
        prop_assert_eq!(
            found.map_err(|error| error.code),
            read(text.as_bytes(), b',', piece).map_err(|error| error.code)
        );
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
