//! .xlsx files that are awkward or hostile, each with what has to come of it.

use calamine::{Data, Reader, Xlsx};
use cutover::inventory::workbook::Limits;

use super::child::{Told, read, read_with};
use super::made::{book, patched, row, xlsx};

fn refused(workbook: &[u8]) -> (&'static str, String) {
    match read(workbook) {
        Told::Refused(refusal) => (refusal.code, refusal.message),
        told => panic!("{told:?} was read"),
    }
}

#[test]
fn a_stray_cell_in_the_last_corner_costs_nothing() {
    let told = read(&xlsx("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>").packed());
    let rows = told.rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[1].0, rows[1].1.len(), rows[1].1[16_383]),
        (1_048_576, 16_384, "2")
    );
}

#[test]
fn a_count_that_a_file_makes_up_is_not_believed() {
    for count in ["4000000000", "18446744073709551615"] {
        let strings =
            format!("<sst count=\"{count}\" uniqueCount=\"{count}\"><si><t>sip</t></si></sst>");
        let book = xlsx("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>")
            .with("xl/sharedStrings.xml", strings);
        assert_eq!(read(&book.packed()).rows(), [(1, vec!["sip"])]);
    }
}

#[test]
fn a_string_number_that_does_not_exist_leaves_its_cell_empty_and_is_said() {
    let told = read(
        &xlsx("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>-1</v></c><c r=\"C1\" t=\"s\"><v>x</v></c>\
               <c r=\"D1\" t=\"s\"><v>3</v></c><c r=\"E1\" t=\"s\"><v>2</v></c></row>")
        .packed(),
    );
    assert_eq!(told.rows(), [(1, vec!["sip", "", "", "", "x & y"])]);
    assert_eq!(
        told.notices(),
        [
            "cell-unreadable: 3 cells (B1 (-1), C1 (x), D1 (3)) hold a value that cannot be understood and count as empty"
        ]
    );
}

#[test]
fn an_error_costs_its_cell_and_not_the_sheet() {
    let told = read(
        &xlsx("<row r=\"1\"><c r=\"A1\" t=\"e\"><v>#SPILL!</v></c><c r=\"B1\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>\
               <c r=\"C1\"><v>7</v></c></row>")
        .packed(),
    );
    assert_eq!(told.rows(), [(1, vec!["", "", "7"])]);
    assert_eq!(
        told.notices(),
        [
            "cell-error: 2 cells (A1 (#SPILL!), B1 (#DIV/0!)) hold an error instead of a value and count as empty"
        ]
    );
}

#[test]
fn a_formula_without_result_is_said_and_one_with_an_empty_text_is_not() {
    let told = read(
        &xlsx("<row r=\"1\"><c r=\"A1\"><f>B1</f></c><c r=\"B1\"><f>C1</f><v/></c><c r=\"C1\" t=\"str\"><f>D1</f><v></v></c>\
               <c r=\"D1\"><f t=\"shared\" ref=\"D1:D4000000000\" si=\"4000000000\">1+1</f><v>2</v></c></row>")
        .packed(),
    );
    assert_eq!(told.rows(), [(1, vec!["", "", "", "2"])]);
    assert_eq!(
        told.notices(),
        [
            "cell-not-calculated: 2 cells (A1, B1) hold a formula without its result in the file and count as empty"
        ]
    );
}

#[test]
fn rows_in_disorder_are_put_in_order() {
    let rows = [
        row(3, &["c"]),
        row(1, &["a"]),
        row(2, &["b"]),
        row(3, &["", "d"]),
    ]
    .concat();
    let told = read(&xlsx(&rows).packed());
    assert_eq!(
        told.rows(),
        [(1, vec!["a"]), (2, vec!["b"]), (3, vec!["c", "d"])]
    );
    assert!(told.notices()[0].starts_with("rows-sorted"));
}

#[test]
fn the_value_of_a_merged_cell_counts_for_all_its_rows() {
    let rows = [
        row(1, &["sip", "pool"]),
        row(2, &["a", "p"]),
        row(3, &["b"]),
        row(4, &["c"]),
        row(5, &["d"]),
    ]
    .concat();
    let sheet = format!(
        "<worksheet><sheetData>{rows}</sheetData><mergeCells><mergeCell ref=\"B2:C4\"/><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>"
    );
    let told = read(&xlsx("").with("xl/worksheets/sheet1.xml", sheet).packed());
    assert_eq!(
        told.rows()[1..],
        [
            (2, vec!["a", "p"]),
            (3, vec!["b", "p"]),
            (4, vec!["c", "p"]),
            (5, vec!["d"])
        ]
    );
    assert_eq!(
        told.notices(),
        ["cell-merged: 2 cells (B3, B4) take the value of the merged cell that covers them"]
    );
}

#[test]
fn a_sheet_in_utf_16_or_with_prefixes_is_read_all_the_same() {
    let rows =
        "<x:row r=\"1\"><x:c r=\"A1\" t=\"inlineStr\"><x:is><x:t>äŁ山</x:t></x:is></x:c></x:row>";
    let sheet =
        format!("<x:worksheet><!-- <row> --><x:sheetData>{rows}</x:sheetData></x:worksheet>");
    let wide: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(sheet.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for part in [sheet.into_bytes(), wide] {
        let told = read(&xlsx("").with("xl/worksheets/sheet1.xml", part).packed());
        assert_eq!(told.rows(), [(1, vec!["äŁ山"])]);
    }
}

#[test]
fn a_date_that_is_none_stays_a_number_and_is_said() {
    let told = read(
        &xlsx("<row r=\"1\"><c r=\"A1\" s=\"1\"><v>41759</v></c><c r=\"B1\" s=\"1\"><v>-1</v></c><c r=\"C1\" s=\"1\"><v>NaN</v></c>\
               <c r=\"D1\" s=\"1\"><v>1e300</v></c><c r=\"E1\" t=\"d\"><v>2014-04-30T00:00:00</v></c></row>")
        .packed(),
    );
    let rows = told.rows();
    assert_eq!(rows[0].1[..3], ["2014-04-30", "-1", ""]);
    assert_eq!(rows[0].1[4], "2014-04-30");
    let notices = told.notices();
    assert!(
        notices[0].starts_with("cell-unreadable: cell C1 (NaN)"),
        "{notices:?}"
    );
    assert!(
        notices[1].starts_with("cell-date-outside: 2 cells (B1 (-1), D1"),
        "{notices:?}"
    );
}

#[test]
fn dates_count_from_1904_where_the_workbook_says_so() {
    let says = "<workbook><workbookPr date1904=\"1\"/><sheets><sheet name=\"Users\" r:id=\"rId1\"/></sheets></workbook>";
    let told = read(
        &xlsx("<row r=\"1\"><c r=\"A1\" s=\"1\"><v>40297</v></c></row>")
            .with("xl/workbook.xml", says)
            .packed(),
    );
    assert_eq!(told.rows(), [(1, vec!["2014-04-30"])]);
}

#[test]
fn rows_and_columns_outside_of_any_sheet_are_refused() {
    for cell in [
        "A4294967296",
        "A4294967297",
        "XFE1",
        "A1048577",
        "AAAAAAAAA1",
        "A99999999999",
        "A0",
        "1A",
    ] {
        let (code, message) =
            refused(&xlsx(&format!("<row><c r=\"{cell}\"><v>1</v></c></row>")).packed());
        assert_eq!(code, "workbook-damaged", "{cell}: {message}");
    }
    assert_eq!(
        refused(&xlsx("<row r=\"4294967296\"><c><v>1</v></c></row>").packed()).0,
        "workbook-damaged"
    );
}

#[test]
fn an_error_behind_good_cells_names_the_last_good_one() {
    let (_, message) = refused(
        &xlsx(&format!(
            "{}<row r=\"2\"><c r=\"A2\"><v>1</w></c></row>",
            row(1, &["a", "b"])
        ))
        .packed(),
    );
    assert!(
        message.contains("behind cell B1 of sheet \"Users\""),
        "{message}"
    );
}

#[test]
fn damaged_packages_are_refused_each_in_its_own_words() {
    let good = xlsx(&row(1, &["sip-address"]));
    let stored = good.stored();
    let cases = [
        ("a wrong checksum", patched(&stored, b"sip-address<", b"sip-adTress<"), "checksum"),
        (
            "two parts of one name",
            patched(
                &good.clone().with("xl/worksheets/sheet9.xml", "<worksheet/>").stored(),
                b"sheet9.xml",
                b"sheet1.xml",
            ),
            "the same name",
        ),
        ("no workbook part", good.clone().without("xl/workbook.xml").packed(), "its main part"),
        ("no sheet part", good.clone().without("xl/worksheets/sheet1.xml").packed(), "is missing"),
        (
            "an entity bomb",
            good.clone()
                .with("xl/worksheets/sheet1.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>")
                .packed(),
            "nothing says what &b; is",
        ),
        (
            "a sheet that is cut off",
            good.clone().with("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\"/>").packed(),
            "it ends too early",
        ),
        (
            "a sheet without cells",
            good.clone().with("xl/worksheets/sheet1.xml", "<worksheet/>").packed(),
            "it has no table of cells",
        ),
    ];
    for (case, bytes, words) in cases {
        let (code, message) = refused(&bytes);
        assert!(
            code == "workbook-damaged" && message.contains(words),
            "{case}: {code} {message}"
        );
    }
}

#[test]
fn a_part_that_unpacks_to_more_than_it_says_is_refused() {
    let rows: String = (1..2000).map(|number| row(number, &["a"])).collect();
    let good = xlsx(&rows);
    let size = (rows.len()
        + "<?xml version=\"1.0\"?><worksheet><sheetData></sheetData></worksheet>".len())
        as u32;
    let lie = patched(&good.packed(), &size.to_le_bytes(), &1000u32.to_le_bytes());
    assert_ne!(lie, good.packed());
    assert_eq!(refused(&lie).0, "workbook-damaged");
}

#[test]
fn sheets_that_nobody_sees_are_read_only_if_they_are_named() {
    let hidden = xlsx(&row(1, &["hidden"]))
        .with(
            "xl/worksheets/sheet2.xml",
            format!(
                "<worksheet><sheetData>{}</sheetData></worksheet>",
                row(1, &["seen"])
            ),
        )
        .with(
            "xl/workbook.xml",
            book(&[
                ("Graph", "rId5", "visible"),
                ("Old", "rId1", "veryHidden"),
                ("New & true", "rId4", "visible"),
            ])
            .replace("&", "&amp;"),
        );
    assert_eq!(read(&hidden.packed()).rows(), [(1, vec!["seen"])]);
    let named = read_with(&hidden.packed(), &Limits::default(), Some(" old"));
    assert_eq!(named.rows(), [(1, vec!["hidden"])]);
    let Told::Refused(refusal) =
        read_with(&hidden.packed(), &Limits::default(), Some("Nwe & true"))
    else {
        panic!("a sheet that does not exist was read");
    };
    assert_eq!(refusal.code, "sheet-unknown");
    assert_eq!(
        refusal.help.as_deref(),
        Some("did you mean \"New & true\"? its sheets are \"Old\", \"New & true\"")
    );
    let all_hidden = hidden.with("xl/workbook.xml", book(&[("Old", "rId1", "hidden")]));
    assert_eq!(refused(&all_hidden.packed()).0, "workbook-no-sheet");
    assert_eq!(
        refused(&xlsx("").with("xl/workbook.xml", book(&[])).packed()).0,
        "workbook-no-sheet"
    );
    assert_eq!(
        refused(&xlsx("<row r=\"1\"><c r=\"A1\" s=\"1\"/></row>").packed()).0,
        "workbook-empty"
    );
}

#[test]
fn hidden_rows_count_and_are_said() {
    let rows = "<row r=\"1\"><c><v>1</v></c></row><row r=\"2\" hidden=\"1\"><c><v>2</v></c></row>\
                <row r='3' hidden='1'/><row r='4' hidden='true'><c><v>4</v></c></row>";
    let told = read(&xlsx(rows).packed());
    assert_eq!(
        told.rows(),
        [(1, vec!["1"]), (2, vec!["2"]), (4, vec!["4"])]
    );
    assert_eq!(
        told.notices(),
        ["row-hidden: 2 rows (2, 4) are hidden in the sheet and count all the same"]
    );
}

#[test]
fn which_of_several_sheets_is_read_is_said() {
    let two = xlsx(&row(1, &["first"]))
        .with(
            "xl/worksheets/sheet2.xml",
            "<worksheet><sheetData/></worksheet>",
        )
        .with(
            "xl/workbook.xml",
            book(&[("Users", "rId1", "visible"), ("Notes", "rId4", "hidden")]),
        );
    assert_eq!(
        read(&two.packed()).notices(),
        [
            "sheet-chosen: the sheet \"Users\" is read: it is the first visible one with a header row"
        ]
    );
}

#[test]
fn a_workbook_of_everything_agrees_with_calamine() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let texts = [
        "a\nb",
        " x ",
        "_x000D_",
        "00712",
        "=1+1",
        "<&>\"'",
        "😀\u{a0}",
    ];
    for number in 0..500u32 {
        let column = (number % 7) as u16;
        sheet
            .write_string(number, column, texts[number as usize % texts.len()])
            .expect("it fits");
        sheet
            .write_number(number, 8, f64::from(number) * 1.25 - 100.0)
            .expect("it fits");
        sheet
            .write_boolean(number, 9, number % 3 == 0)
            .expect("it fits");
    }
    let bytes = book.save_to_buffer().expect("memory takes everything");
    let mut library: Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(&bytes)).expect("it was just written");
    let range = library.worksheet_range("Sheet1").expect("it is there");
    let told = read(&bytes);
    for (row, cells) in told.rows() {
        for (column, text) in cells.iter().enumerate() {
            let expected = match range.get_value((row as u32 - 1, column as u32)) {
                None | Some(Data::Empty) => String::new(),
                Some(Data::Bool(yes)) => yes.to_string().to_uppercase(),
                Some(other) => other.to_string(),
            };
            assert_eq!(*text, expected, "row {row}, column {column}");
        }
    }
    assert_eq!(told.rows().len(), 500);
}
