//! .ods, .xls and .xlsb, and what is taken for a workbook and is none.

use cutover::inventory::workbook::Limits;

use super::child::{Told, read, read_with};
use super::made::{
    Parts, binary_cell, binary_record, binary_row, binary_text, label, ods, ole, patched, record,
    table, table_row, xls, xls_stream, xlsb, xlsx,
};

fn refused(workbook: &[u8]) -> (&'static str, String) {
    match read(workbook) {
        Told::Refused(refusal) => (refusal.code, refusal.message),
        told => panic!("{told:?} was read"),
    }
}

#[test]
fn ods_rows_and_cells_that_are_repeated_are_all_there() {
    let rows = format!(
        "{}<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"2\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell office:value-type=\"float\" office:value=\"712\" table:number-columns-repeated=\"2\"/>\
         <table:table-cell table:number-columns-repeated=\"16382\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
        table_row(&["sip", "pool"])
    );
    let told = read(&ods(&table("Users", &rows)).packed());
    assert_eq!(
        told.rows(),
        [
            (1, vec!["sip", "pool"]),
            (5, vec!["712", "712"]),
            (6, vec!["712", "712"])
        ]
    );
}

#[test]
fn ods_merged_hidden_and_annotated_cells_are_what_a_person_sees() {
    let rows = "<table:table-row><table:table-cell office:value-type=\"string\" table:number-rows-spanned=\"2\">\
         <office:annotation><text:p>by me</text:p></office:annotation><text:p>pool</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell></table:table-row>\
         <table:table-row><table:covered-table-cell office:value-type=\"string\"><text:p>below</text:p></table:covered-table-cell>\
         <table:table-cell office:value-type=\"string\"><text:p>b</text:p></table:table-cell></table:table-row>";
    let hidden = table("Old", &table_row(&["old"]))
        .replace("table:name", "table:style-name=\"hid\" table:name");
    let told = read(&ods(&format!("{hidden}{}", table("Users", rows))).packed());
    assert_eq!(
        told.rows(),
        [(1, vec!["pool", "a"]), (2, vec!["pool", "b"])]
    );
}

#[test]
fn an_ods_that_would_hang_or_fill_memory_is_refused_or_read() {
    let cut = ods("").with("content.xml", "<a:x><table:table table:name=\"U\"><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>");
    assert_eq!(refused(&cut.packed()).0, "workbook-damaged");
    let open_note = ods(&table(
        "U",
        "<table:table-row><table:table-cell><office:annotation><text:p></table:table-cell></table:table-row>",
    ));
    assert_eq!(refused(&open_note.packed()).0, "workbook-damaged");
    let wide = "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16384\"/></table:table-row>";
    let limits = Limits {
        cells: 100_000,
        ..Limits::default()
    };
    let Told::Refused(refusal) = read_with(
        &ods(&table("U", &wide.repeat(2000))).packed(),
        &limits,
        None,
    ) else {
        panic!("33 million cells were read");
    };
    assert_eq!(refusal.code, "workbook-limit");
    assert!(
        refusal
            .help
            .is_some_and(|help| help.contains("--max-cells 200000"))
    );
    let far = "<table:table-row table:number-rows-repeated=\"4294967295\"><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>";
    assert_eq!(
        refused(&ods(&table("U", far)).packed()).0,
        "workbook-damaged"
    );
}

#[test]
fn an_ods_without_its_type_is_read_and_a_protected_one_is_not() {
    let book = ods(&table("Users", &table_row(&["sip"])));
    assert_eq!(
        read(&book.clone().without("mimetype").packed()).rows(),
        [(1, vec!["sip"])]
    );
    let protected = book.with(
        "META-INF/manifest.xml",
        "<m:manifest><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>",
    );
    assert_eq!(refused(&protected.packed()).0, "workbook-password");
}

#[test]
fn an_xls_is_read() {
    let told = read(&xls(&[
        label(0, 0, "sip"),
        label(0, 1, "pool"),
        label(2, 1, "p"),
    ]
    .concat()));
    assert_eq!(told.rows(), [(1, vec!["sip", "pool"]), (3, vec!["", "p"])]);
}

#[test]
fn an_xls_that_claims_or_spreads_too_much_is_refused_before_memory_is_taken() {
    let mut dimensions = Vec::new();
    dimensions.extend(0u32.to_le_bytes());
    dimensions.extend(0xffff_0000u32.to_le_bytes());
    dimensions.extend([0, 0, 0xff, 0xff, 0, 0]);
    let (code, message) = refused(&xls(
        &[record(0x0200, &dimensions), label(0, 0, "sip")].concat()
    ));
    assert_eq!(code, "workbook-damaged", "{message}");
    let (code, message) = refused(&xls(&[label(0, 0, "a"), label(0, 65_535, "b")].concat()));
    assert!(
        code == "workbook-damaged" && message.contains("outside of any sheet"),
        "{message}"
    );
    let (code, message) = refused(&xls(&[label(0, 0, "a"), label(65_535, 255, "b")].concat()));
    assert!(
        code == "workbook-limit" && message.contains("spread so far apart"),
        "{message}"
    );
}

#[test]
fn an_ole_file_whose_sectors_run_in_a_circle_is_refused() {
    let good = xls(&label(0, 0, "sip"));
    let mut circle = good.clone();
    // The directory's sector (number 1) follows itself.
    circle[512 + 4..512 + 8].copy_from_slice(&1u32.to_le_bytes());
    let (code, message) = refused(&circle);
    assert!(
        code == "workbook-damaged" && message.contains("circle"),
        "{message}"
    );
    assert_eq!(refused(&good[..600]).0, "workbook-truncated");
}

#[test]
fn a_protected_workbook_is_recognized_under_any_name() {
    assert_eq!(
        refused(&ole(&[
            ("EncryptedPackage", &[7; 5000]),
            ("EncryptionInfo", &[])
        ]))
        .0,
        "workbook-password"
    );
    let mut marked = patched(
        &xls_stream(&label(0, 0, "sip")),
        &[0x85, 0, 13, 0],
        &[0x2f, 0, 13, 0],
    );
    // The first byte of what was the sheet's record: any kind of protection.
    marked[24] = 1;
    assert_eq!(
        refused(&ole(&[("Workbook", &marked)])).0,
        "workbook-password"
    );
}

#[test]
fn what_the_library_panics_about_is_a_refusal() {
    // A record of a defined name that is too short for its own length.
    let mut stream = xls_stream(&label(0, 0, "sip"));
    stream.splice(20..20, record(0x0018, &[0; 3]));
    let (code, message) = refused(&ole(&[("Workbook", &stream)]));
    assert!(
        code == "workbook-fault" || code == "workbook-damaged",
        "{code} {message}"
    );
    assert!(!message.contains("panicked"));
}

#[test]
fn an_xlsb_is_read() {
    let cells = [
        binary_row(0),
        binary_cell(7, 0, &[0; 4]),
        binary_cell(6, 1, &binary_text("pool")),
        binary_row(2),
        binary_cell(5, 0, &712f64.to_le_bytes()),
        binary_cell(4, 1, &[1]),
        binary_cell(11, 2, &[0x17, 0, 0]),
    ]
    .concat();
    let told = read(&xlsb(&cells).packed());
    assert_eq!(
        told.rows(),
        [(1, vec!["shared", "pool"]), (3, vec!["712", "TRUE"])]
    );
    assert_eq!(
        told.notices(),
        ["cell-error: cell C3 (#REF!) holds an error instead of a value and counts as empty"]
    );
}

#[test]
fn xlsb_records_that_are_not_what_they_claim_are_refused() {
    let cases = [
        (
            "a short cell",
            [binary_row(0), binary_record(5, &[0; 2])].concat(),
            "cut off",
        ),
        (
            "a string that is not there",
            [binary_row(0), binary_cell(7, 0, &[9, 0, 0, 0])].concat(),
            "shared string",
        ),
        (
            "a row outside",
            binary_row(0x0020_0000),
            "outside of any sheet",
        ),
    ];
    for (case, cells, words) in cases {
        let (code, message) = refused(&xlsb(&cells).packed());
        assert!(
            code == "workbook-damaged" && message.contains(words),
            "{case}: {message}"
        );
    }
    let no_relation = xlsb(&[]).with("xl/_rels/workbook.bin.rels", "<Relationships/>");
    let (code, message) = refused(&no_relation.packed());
    assert!(
        code == "workbook-damaged" && message.contains("a sheet has no part"),
        "{message}"
    );
}

#[test]
fn xlsb_merged_cells_and_rows_in_disorder_are_put_right() {
    let merged = [1u32, 3, 0, 0]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect::<Vec<u8>>();
    let cells = [
        binary_row(3),
        binary_cell(6, 1, &binary_text("c")),
        binary_row(1),
        binary_cell(6, 0, &binary_text("pool")),
        binary_cell(6, 1, &binary_text("b")),
        binary_record(176, &merged),
    ]
    .concat();
    let told = read(&xlsb(&cells).packed());
    assert_eq!(
        told.rows(),
        [(2, vec!["pool", "b"]), (4, vec!["pool", "c"])]
    );
}

#[test]
fn what_is_no_workbook_is_named() {
    let zip = |parts: &[(&str, &str)]| Parts::new(parts).packed();
    let word = zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", "<w/>"),
    ]);
    let text = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", "<c/>"),
    ]);
    let cases = [
        ("a Word document", word),
        ("an OpenDocument file other than a spreadsheet", text),
        (
            "a zip archive with \"users.csv\"",
            zip(&[("users.csv", "SipAddress\n")]),
        ),
        ("a Word document", ole(&[("WordDocument", &[0; 5000])])),
        (
            "a web page (HTML)",
            b"<html><table></table></html>".to_vec(),
        ),
        ("an empty file", Vec::new()),
    ];
    for (words, bytes) in cases {
        let (code, message) = refused(&bytes);
        assert!(
            code == "not-a-workbook" && message.contains(words),
            "{code} {message}"
        );
    }
}

#[test]
fn a_zip_archive_with_a_protected_part_is_recognized() {
    let mut book = xlsx("").stored();
    for at in 0..book.len() - 10 {
        // The flags stand at different places in the headers of parts and in the directory.
        match &book[at..at + 4] {
            b"PK\x03\x04" => book[at + 6] |= 1,
            b"PK\x01\x02" => book[at + 8] |= 1,
            _ => (),
        }
    }
    assert_eq!(refused(&book).0, "workbook-password");
}
