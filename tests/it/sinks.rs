//! One function for each sink, each tried with every text of `fixtures/naughty-strings.json`: what comes out can be taken for
//! nothing but text, and where it can be read back it is the same text.

use cutover::csv_text::{guarded, unguarded};
use cutover::report::{markdown_text, markup, powershell_text};
use cutover::terminal_text::{is_obeyed_or_unseen, masked, safe, safe_lines, shortened};

use crate::support::naughty_strings;

#[track_caller]
fn each(check: impl Fn(&str)) {
    let texts = naughty_strings();
    assert!(texts.len() > 150);
    for text in &texts {
        check(text);
        // And with something before it and behind it.
        check(&format!("Anna {text} Berg"));
        check(&format!("{text}{text}"));
    }
}

#[test]
fn a_terminal_gets_nothing_that_it_would_obey_or_hide() {
    let is_safe = |shown: &str| !shown.contains(is_obeyed_or_unseen);
    each(|text| {
        assert!(is_safe(&safe(text)), "{text:?}");
        assert!(is_safe(&shortened(text, 10)), "{text:?}");
        assert!(shortened(text, 10).chars().count() < 160, "{text:?}");
        assert!(safe_lines(text).split('\n').all(is_safe), "{text:?}");
        let masked = masked(text);
        assert_eq!(
            masked.len(),
            text.len(),
            "{text:?}: places in it have moved"
        );
        let left = masked
            .chars()
            .find(|&c| is_obeyed_or_unseen(c) && c != '\t' && c != '\n');
        assert_eq!(left, None, "{text:?}");
    });
}

#[test]
fn a_cell_of_csv_is_no_formula_and_is_read_back() {
    each(|text| {
        let cell = guarded(text);
        let is_number = |cell: &str| {
            cell.chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ','))
        };
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']) || is_number(&cell),
            "{text:?}: a spreadsheet would compute {cell:?}"
        );
        assert_eq!(unguarded(&cell), text);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["a", &*cell, "z"]).expect("memory");
        let bytes = writer.into_inner().expect("memory");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes.as_slice());
        let record = reader.records().next().expect("a record").expect("CSV");
        assert_eq!(unguarded(&record[1]), text);
    });
}

#[test]
fn json_is_read_back_and_ends_no_script() {
    each(|text| {
        let json = serde_json::to_string(text).expect("a text");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
        let script = markup::script_json(&[text]).expect("a text");
        assert!(!script.contains(['<', '>']), "{text:?}: {script}");
        assert_eq!(
            serde_json::from_str::<Vec<String>>(&script).expect("JSON"),
            [text]
        );
    });
}

#[test]
fn a_page_gets_no_element_no_attribute_and_nothing_unseen() {
    each(|text| {
        let html = markup::escaped(text);
        assert!(!html.contains(['<', '>', '"', '\'']), "{text:?}: {html}");
        let references = ["#38;", "#60;", "#62;", "#34;", "#39;"];
        for rest in html.split('&').skip(1) {
            assert!(
                references
                    .iter()
                    .any(|reference| rest.starts_with(reference)),
                "{text:?}: {html}"
            );
        }
        for c in html.chars().chain(markup::visible(text).chars()) {
            assert!(
                !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c),
                "{text:?}: {c:?}"
            );
        }
    });
}

#[test]
fn markdown_gets_no_markup_no_link_and_no_new_line() {
    each(|text| {
        let markdown = markdown_text::escaped(text);
        let left = markdown.find([
            '\n', '\r', '\t', '`', '*', '_', '[', ']', '<', '>', '|', '\\', '~', '$', '@', ':', '!',
        ]);
        assert_eq!(left, None, "{text:?}: {markdown}");
        assert!(
            !markdown.starts_with(['-', '+', '=']),
            "{text:?}: {markdown}"
        );
        assert!(!markdown.contains("www."), "{text:?}: {markdown}");
        for rest in markdown.split('&').skip(1) {
            let digits = rest.strip_prefix('#').and_then(|rest| rest.split_once(';'));
            let is_reference = digits.is_some_and(|(digits, _)| digits.parse::<u32>().is_ok());
            assert!(is_reference, "{text:?}: {markdown}");
        }
        assert!(
            !markdown.contains(is_obeyed_or_unseen),
            "{text:?}: {markdown:?}"
        );
    });
}

#[test]
fn powershell_gets_a_string_and_a_comment_that_end_where_they_should() {
    each(|text| {
        for script in [
            powershell_text::quoted(text),
            powershell_text::commented(text),
        ] {
            let is_plain = |c: char| c == ' ' || c.is_ascii_graphic();
            assert!(script.chars().all(is_plain), "{text:?}: {script:?}");
        }
        let quoted = powershell_text::quoted(text);
        assert!(
            quoted.matches('\'').count().is_multiple_of(2),
            "{text:?}: {quoted}"
        );
    });
}
