//! The generated tables of `docs/knowledge-base.md` are what the data says.

use std::fs;
use std::path::Path;

use super::bundled;

const END: &str = "<!-- end -->";

/// The document with its generated parts made anew.
fn made_anew(document: &str) -> String {
    let mut text = document.to_owned();
    for (name, table) in bundled().handbook() {
        let begin = format!("<!-- generated: {name} -->\n");
        let start = text
            .find(&begin)
            .unwrap_or_else(|| panic!("no place for {name}"));
        let start = start + begin.len();
        let end = start + text[start..].find(END).expect("every place ends");
        text.replace_range(start..end, &format!("\n{table}\n"));
    }
    text
}

#[test]
fn the_tables_of_the_documentation_are_what_the_data_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/knowledge-base.md");
    let document = fs::read_to_string(&path)
        .expect("the document is there")
        .replace("\r\n", "\n");
    let wanted = made_anew(&document);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &wanted).expect("the document can be written");
        return;
    }
    assert!(
        document == wanted,
        "docs/knowledge-base.md is not what the data says; UPDATE_EXPECTED=1 writes it anew"
    );
    let places = document.matches("<!-- generated: ").count();
    assert_eq!(
        places,
        bundled().handbook().len(),
        "a place that nothing fills"
    );
}

#[test]
fn a_generated_table_has_as_many_cells_in_each_row() {
    for (name, table) in bundled().handbook() {
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        let wanted = columns(table.lines().next().expect("a header"));
        assert!(table.lines().count() > 2, "{name} is empty");
        for line in table.lines() {
            assert_eq!(columns(line), wanted, "{name}: {line}");
        }
    }
}
