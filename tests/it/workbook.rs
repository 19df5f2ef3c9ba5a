//! Workbooks, read by the program's own child process.

mod child;
mod limits;
mod made;
mod others;
mod written;
mod xlsx;

use child::{Told, read};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

/// A workbook of one sheet of texts.
fn sheet_of_texts(table: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in table.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet
                .write_string(row as u32, column as u16, text)
                .expect("the test made it");
        }
    }
    book.save_to_buffer().expect("the test made it")
}

#[test]
fn a_plain_workbook_is_read_as_a_person_sees_it() {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = book.add_worksheet();
    sheet
        .write_row(
            0,
            0,
            ["SipAddress", "Cost center", "PicLicenseExpiry", "Organizer"],
        )
        .expect("the test made it");
    sheet
        .write_string(2, 0, "anna@contoso.com")
        .expect("the test made it");
    sheet.write_number(2, 1, 712.0).expect("the test made it");
    sheet
        .write_number_with_format(2, 2, 41_759.0, &date)
        .expect("the test made it");
    sheet.write_boolean(2, 3, true).expect("the test made it");
    let told = read(&book.save_to_buffer().expect("the test made it"));
    assert_eq!(
        told.rows(),
        [
            (
                1,
                vec!["SipAddress", "Cost center", "PicLicenseExpiry", "Organizer"]
            ),
            (3, vec!["anna@contoso.com", "712", "2014-04-30", "TRUE"]),
        ]
    );
}

#[test]
fn a_cut_off_workbook_is_refused_in_its_own_words() {
    let book = sheet_of_texts(&[vec!["SipAddress".into()]]);
    let Told::Refused(refusal) = read(&book[..book.len() / 2]) else {
        panic!("half a workbook was read");
    };
    assert_eq!(refusal.code, "workbook-truncated");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_table_of_texts_comes_back_as_it_was_written(
        table in prop::collection::vec(prop::collection::vec("[ -~äöüŁ山\u{a0}\t\n]{0,12}", 1..6), 1..12)
    ) {
        let told = read(&sheet_of_texts(&table));
        let expected: Vec<(u64, Vec<&str>)> = table
            .iter()
            .enumerate()
            .map(|(row, cells)| {
                let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
                (row as u64 + 1, cells[..filled].iter().map(String::as_str).collect())
            })
            .filter(|(_, cells): &(u64, Vec<&str>)| !cells.is_empty())
            .collect();
        if expected.is_empty() {
            prop_assert!(matches!(told, Told::Refused(_)));
        } else {
            prop_assert_eq!(told.rows(), expected);
        }
    }
}
