//! What holds for every inventory.

use cutover::inventory::Inventory;
use proptest::prelude::*;
use proptest::sample::select;

use super::{given_back, lines, read, two_pools};

/// A row: address, name, pool, client, department, organizer, license end.
type Row = [String; 7];

const HEADER: [&str; 7] = [
    "SipAddress",
    "DisplayName",
    "HomePool",
    "Client",
    "Department",
    "Organizer",
    "PicLicenseExpiry",
];

fn a_row() -> impl Strategy<Value = Row> {
    (
        select(vec![
            "anna@x.com",
            "SIP:Béla@x.com",
            "sip:carl@y.com",
            "dora@x.com",
            "",
            "Emil@X.com",
        ]),
        "[a-zé,;|\t \"'\n\r]{0,8}",
        select(vec![
            "r2",
            "R2 ",
            "l10",
            "",
            "nowhere",
            "CN=LC Services,CN=ocspool01,CN=Pools,DC=x",
        ]),
        select(vec![
            "lync-2010",
            "lync-2013; communicator-2007-r2",
            "",
            "Acme \"Soft\" 4",
            "lync-phone-edition",
        ]),
        "[ITé,\"; =+]{0,3}",
        select(vec!["yes", "NO", "", "perhaps"]),
        select(vec!["2014-04-30", "30.04.2014", "", "soon", "03/04/2014"]),
    )
        .prop_map(
            |(sip, name, pool, client, department, organizer, license)| {
                [
                    sip.to_owned(),
                    name,
                    pool.to_owned(),
                    client.to_owned(),
                    department,
                    organizer.to_owned(),
                    license.to_owned(),
                ]
            },
        )
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
struct Form {
    delimiter: char,
    is_quoted: bool,
    end: &'static str,
    encoding: &'static str,
    has_mark: bool,
    has_last_end: bool,
}

fn a_form() -> impl Strategy<Value = Form> {
    (
        select(vec![',', ';', '\t', '|']),
        any::<bool>(),
        select(vec!["\n", "\r\n", "\r"]),
        select(vec!["utf-8", "utf-16le", "utf-16be", "windows-1252"]),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(delimiter, is_quoted, end, encoding, has_mark, has_last_end)| Form {
                delimiter,
                is_quoted,
                end,
                encoding,
                has_mark,
                has_last_end,
            },
        )
}

const PLAIN: Form = Form {
    delimiter: ',',
    is_quoted: false,
    end: "\n",
    encoding: "utf-8",
    has_mark: false,
    has_last_end: true,
};

impl Form {
    fn write(self, rows: &[Row]) -> Vec<u8> {
        let line = |cells: Vec<&str>| -> String {
            let cells = cells.into_iter().map(|cell| self.cell(cell));
            cells.collect::<Vec<_>>().join(&self.delimiter.to_string())
        };
        let mut lines = vec![line(HEADER.to_vec())];
        lines.extend(
            rows.iter()
                .map(|row| line(row.iter().map(String::as_str).collect())),
        );
        let mut text = lines.join(self.end);
        if self.has_last_end {
            text.push_str(self.end);
        }
        self.encode(&text)
    }

    fn cell(self, cell: &str) -> String {
        if self.is_quoted || cell.contains([self.delimiter, '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    }

    fn encode(self, text: &str) -> Vec<u8> {
        let mark = if self.has_mark && self.encoding != "windows-1252" {
            "\u{feff}"
        } else {
            ""
        };
        let text = format!("{mark}{text}");
        match self.encoding {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "windows-1252" => text
                .chars()
                .map(|c| u8::try_from(c).expect("é and ASCII fit"))
                .collect(),
            _ => text.into_bytes(),
        }
    }
}

/// What an inventory says, apart from where it says it.
fn said(inventory: &Inventory) -> (Vec<String>, u64, u64, u64) {
    let counts = inventory.counts;
    (
        lines(inventory),
        counts.rows,
        counts.rows_rejected,
        counts.unrecognized_clients,
    )
}

fn outcome(files: &[(&str, &[u8])]) -> Option<(Vec<String>, u64, u64, u64)> {
    read(files, &two_pools()).ok().as_ref().map(said)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_table_is_the_same_inventory_however_it_is_written(
        rows in proptest::collection::vec(a_row(), 0..8), form in a_form(),
    ) {
        let (plain, other) = (PLAIN.write(&rows), form.write(&rows));
        prop_assert_eq!(outcome(&[("a", &plain)]), outcome(&[("a", &other)]), "{:?}", form);
    }

    #[test]
    fn rows_in_several_files_are_the_rows_of_one(
        rows in proptest::collection::vec(a_row(), 1..10), cuts in proptest::collection::vec(0_usize..10, 2),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).collect();
        cuts.sort_unstable();
        let parts = [&rows[..cuts[0]], &rows[cuts[0]..cuts[1]], &rows[cuts[1]..]].map(|part| PLAIN.write(part));
        let whole = PLAIN.write(&rows);
        let split = [("a", parts[0].as_slice()), ("b", &parts[1]), ("c", &parts[2])];
        prop_assert_eq!(outcome(&[("a", &whole)]), outcome(&split));
    }

    #[test]
    fn a_user_who_says_the_same_twice_is_the_same_user(rows in proptest::collection::vec(a_row(), 1..20)) {
        let (once, twice) = (PLAIN.write(&rows), PLAIN.write(&[&rows[..], &rows[..]].concat()));
        let users = |bytes: &[u8]| outcome(&[("a", bytes)]).map(|(users, ..)| users);
        prop_assert_eq!(users(&once), users(&twice));
    }

    #[test]
    fn rejected_rows_mended_and_imported_too_give_the_full_set(
        rows in proptest::collection::vec((0_u8..40, a_row()), 1..10),
    ) {
        let rows: Vec<Row> = rows
            .into_iter()
            .enumerate()
            .map(|(at, (_, mut row))| {
                row[0] = format!("user{at}@x.com");
                row[2] = "r2".into();
                row
            })
            .collect();
        let broken = PLAIN.write(&rows);
        let good: Vec<Row> = rows
            .iter()
            .cloned()
            .map(|row| row.map(|cell| if ["soon", "03/04/2014", "perhaps"].contains(&cell.as_str()) { String::new() } else { cell }))
            .collect();
        let back = given_back(&[("broken", &broken)], &two_pools());
        let mended = back.replace(",soon", ",").replace(",03/04/2014", ",").replace(",perhaps", ",");
        let mut with_mended = read(&[("broken", &broken), ("mended", mended.as_bytes())], &two_pools())
            .map(|inventory| lines(&inventory))
            .unwrap_or_default();
        let mut expected = read(&[("good", &PLAIN.write(&good))], &two_pools())
            .map(|inventory| lines(&inventory))
            .unwrap_or_default();
        with_mended.sort();
        expected.sort();
        prop_assert_eq!(with_mended, expected, "{}", back);
    }

    #[test]
    fn no_bytes_are_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), header in any::<bool>()) {
        let mut file = if header { b"SipAddress,HomePool,Client,PicLicenseExpiry\n".to_vec() } else { Vec::new() };
        file.extend(bytes);
        let _ = read(&[("a", &file)], &two_pools());
    }
}

/// A table of about a megabyte, with everything in it that has a place: rejected rows, short rows, unknown texts, line breaks.
fn a_large_table(end: &str, has_wide_cell: bool) -> String {
    let mut text = format!("SipAddress,DisplayName,HomePool,Client,Department,Organizer{end}");
    for row in 0..12_000 {
        let pool = ["r2", "l10", "r2", "nowhere", ""][row * row % 97 % 5];
        let client = [
            "lync-2010",
            "Acme Softphone",
            "lync-2013; communicator-2007-r2",
        ][row % 3];
        let organizer = ["yes", "no", "", "", "perhaps"][row % 31 % 5];
        let name = if row % 50 == 0 {
            format!("\"Anna{end}{row}\"")
        } else {
            format!("Änne {row}")
        };
        text.push_str(&format!(
            "sip:User{}@dom{}.example.com,{name},{pool},{client},IT {}",
            row % 11_000,
            row % 7,
            row % 13
        ));
        text.push_str(if row % 101 == 0 { "" } else { "," });
        text.push_str(if row % 101 == 0 { "" } else { organizer });
        text.push_str(end);
        if has_wide_cell && row == 3_000 {
            let cell = format!("wide@x.com,r2{end}").repeat(40_000);
            text.push_str(&format!("wide@x.com,\"{cell}\",r2,lync-2010,IT,yes{end}"));
        }
    }
    text
}

#[test]
fn several_threads_find_what_one_finds() {
    for (end, has_wide_cell) in [("\n", false), ("\r\n", true), ("\r", false), ("\n", true)] {
        let text = a_large_table(end, has_wide_cell);
        let all = |threads| {
            let request = cutover::inventory::Request {
                threads,
                ..two_pools()
            };
            let files = [
                ("large.csv", text.as_bytes()),
                ("again.csv", &text.as_bytes()[..text.len() / 3]),
            ];
            match read(&files, &request) {
                Ok(inventory) => {
                    let shapes: Vec<usize> = (0..inventory.users.len())
                        .map(|user| inventory.users.shape(user))
                        .collect();
                    (
                        said(&inventory),
                        shapes,
                        inventory.diagnostics,
                        given_back(&files, &request),
                    )
                }
                Err(refusal) => (
                    (Vec::new(), 0, 0, 0),
                    Vec::new(),
                    refusal.diagnostics,
                    String::new(),
                ),
            }
        };
        let one = all(1);
        for threads in [2, 3, 7] {
            let several = all(threads);
            assert!(one.0 == several.0, "users differ on {threads} threads");
            assert!(one.1 == several.1, "shapes differ on {threads} threads");
            assert_eq!(one.2, several.2, "{threads} threads");
            assert!(
                one.3 == several.3,
                "rejected rows differ on {threads} threads"
            );
        }
        assert!(has_wide_cell || !one.1.is_empty());
    }
}
