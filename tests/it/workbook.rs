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

    #[test]
    fn a_table_is_the_same_inventory_as_a_workbook_and_as_text(rows in prop::collection::vec(a_row(), 1..8)) {
        let header = ["SipAddress", "DisplayName", "HomePool", "Client", "Department", "Organizer", "PicLicenseExpiry"];
        let mut table = vec![header.map(str::to_owned).to_vec()];
        table.extend(rows);
        let mut text = csv::Writer::from_writer(Vec::new());
        for row in &table {
            text.write_record(row).expect("memory can be written");
        }
        let text = text.into_inner().expect("memory can be written");
        prop_assert_eq!(merged("users.csv", &text), merged("users.xlsx", &sheet_of_texts(&table)));
    }
}

/// Address, name, pool, client, department, organizer, license end.
fn a_row() -> impl Strategy<Value = Vec<String>> {
    let of = |texts: &[&str]| {
        prop::sample::select(
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>(),
        )
    };
    (
        of(&[
            "anna@x.com",
            "SIP:Béla@x.com",
            "dora@x.com",
            "",
            "Emil@X.com",
        ]),
        "[a-zé,;|\" ']{0,8}",
        of(&[
            "r2",
            "R2 ",
            "l10",
            "",
            "CN=LC Services,CN=ocspool01,CN=Pools,DC=x",
        ]),
        of(&[
            "lync-2010",
            "lync-2013; communicator-2007-r2",
            "",
            "Acme \"Soft\" 4",
        ]),
        "[ITé,\"; =+]{0,3}",
        of(&["yes", "NO", "", "perhaps"]),
        of(&["2014-04-30", "30.04.2014", "", "soon", "03/04/2014"]),
    )
        .prop_map(
            |(sip, name, pool, client, department, organizer, license)| {
                vec![sip, name, pool, client, department, organizer, license]
            },
        )
}

/// The merged inventory that `import` makes of a file, without where its values come from, and the exit code.
fn merged(name: &str, bytes: &[u8]) -> (Vec<Vec<String>>, Option<i32>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("there is room");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cutover"))
        .arg("import")
        .arg("-i")
        .arg(&path)
        .output()
        .expect("the program starts");
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let headers = reader.headers().expect("it is CSV").clone();
    let records = reader.records().map(|record| {
        let record = record.expect("it is CSV");
        let cells = headers.iter().zip(&record);
        let cells = cells.filter(|(header, _)| !header.starts_with("cutover-"));
        cells
            .map(|(header, cell)| format!("{header}={cell}"))
            .collect()
    });
    (records.collect(), output.status.code())
}
