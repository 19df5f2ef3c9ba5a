//! The merged inventory as a file: whatever it is made of, it is the same inventory when it is read again.

use cutover::inventory::difference::{Change, FieldChange, Side, difference};
use cutover::inventory::merged::write_merged;
use cutover::inventory::provenance::provenance;
use cutover::inventory::{ColumnKey, Inventory, Request, Source, import};
use proptest::prelude::*;
use proptest::sample::select;

use super::{lines, read, two_pools};
use crate::support::{KNOWLEDGE, naughty_strings};

/// What an inventory says, apart from where: users, their wanted columns, unrecognized clients. Without a plan pools are numbered
/// as they come, so there they are called by their names.
fn said(inventory: &Inventory) -> (Vec<String>, Vec<String>, u64) {
    let pool = |user: usize| inventory.shapes[inventory.users.shape(user)].pool;
    let name = |user: usize| {
        let name = inventory.pools.get(usize::from(pool(user)));
        name.map_or(String::new(), |name| name.to_lowercase())
    };
    let users = || 0..inventory.users.len();
    let mut said = lines(inventory);
    if !inventory.pools.is_empty() {
        for (line, user) in said.iter_mut().zip(users()) {
            *line = line.replace(&format!(" pool {} [", pool(user)), " [");
        }
    }
    let unrecognized = inventory.counts.unrecognized_clients;
    (said, users().map(name).collect(), unrecognized)
}

/// The merged file of an inventory, and what the inventory said; `None` where the files are refused.
fn merged(files: &[(&str, Vec<u8>)], request: &Request) -> Option<(String, Inventory)> {
    let sources: Vec<Source<'_>> = files
        .iter()
        .map(|(name, bytes)| Source::text(*name, bytes))
        .collect();
    let inventory = import(&sources, request, KNOWLEDGE.products()).ok()?;
    let origins = provenance(&sources, request, &inventory, KNOWLEDGE.products(), None)
        .expect("the same bytes");
    let mut out = Vec::new();
    write_merged(
        &inventory,
        &origins,
        request,
        KNOWLEDGE.products(),
        &mut out,
    )
    .expect("memory can be written");
    Some((String::from_utf8(out).expect("CSV is text"), inventory))
}

fn once(text: &str, request: &Request) -> String {
    merged(&[("a.csv", text.as_bytes().to_vec())], request)
        .expect("accepted")
        .0
}

/// The cells of a CSV without the columns of our own.
fn data(csv_text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv_text.as_bytes());
    let records: Vec<csv::StringRecord> = reader
        .records()
        .map(|record| record.expect("our own CSV"))
        .collect();
    let width = records[0]
        .iter()
        .take_while(|header| !header.starts_with("cutover-"))
        .count();
    records
        .iter()
        .map(|record| record.iter().take(width).map(str::to_owned).collect())
        .collect()
}

/// One cell of the first user, by header.
fn cell(csv_text: &str, header: &str) -> String {
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let at = reader
        .headers()
        .expect("a header")
        .iter()
        .position(|name| name == header);
    let record = reader
        .records()
        .next()
        .expect("a user")
        .expect("our own CSV");
    record[at.unwrap_or_else(|| panic!("no {header} in {csv_text}"))].to_owned()
}

const HEADERS: [&str; 14] = [
    "SipAddress",
    "UserUri",
    "Name",
    "RegistrarPool",
    "HomeServer",
    "ClientVersion",
    "Client",
    "Company",
    "Department",
    "Wave",
    "PublicNetworkEnabled",
    "msRTCSIP-OptionFlags",
    "PicProviders",
    "SchedulingAddIn",
];

fn a_text() -> impl Strategy<Value = String> {
    prop_oneof![
        // A text file that holds NUL bytes is refused.
        4 => select(naughty_strings().into_iter().filter(|text| !text.contains('\0')).collect::<Vec<_>>()),
        2 => "[a-cé'=+@;,(){}\t\r\n\" -]{0,9}",
        1 => Just(String::new()),
    ]
}

fn a_sip() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(vec!["anna@x.com", "SIP:Béla@x.com", "sip:carl@y.com", "'=dora@x.com", "sip:sip:emil@x.com", "total.fritz",
            "SipAddress", "422", "\u{a0}anna@X.com "]).prop_map(str::to_owned),
        1 => a_text(),
    ]
}

fn a_cell(header: &'static str) -> BoxedStrategy<String> {
    let one_of = |texts: &[&'static str]| select(texts.to_vec()).prop_map(str::to_owned).boxed();
    match header {
        "SipAddress" => a_sip().boxed(),
        "UserUri" => prop_oneof![5 => Just(String::new()), 1 => a_sip()].boxed(),
        "RegistrarPool" => one_of(&[
            "r2",
            "R2 ",
            "l10",
            "",
            "CN=LC Services,CN=ocspool01,CN=Pools,DC=x",
        ]),
        "HomeServer" => one_of(&["r2", "", ""]),
        "ClientVersion" => one_of(&[
            "lync-2010",
            "lync-2013; Office Communicator 2007 R2",
            "",
            "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)",
            "RTCC/3.5.0.0 MediationServer",
            "unrecognized",
        ]),
        "Client" | "SchedulingAddIn" => prop_oneof![
            a_text(),
            one_of(&["lync-2013", "a (b", ") c (", "x [y; z]", "'=1; '=2"])
        ]
        .boxed(),
        "PublicNetworkEnabled" => one_of(&["TRUE", "no", "", ""]),
        "msRTCSIP-OptionFlags" => one_of(&["257", "384", ""]),
        "PicProviders" => one_of(&["AOL, MSN", "yahoo", "", ""]),
        _ => a_text().boxed(),
    }
}

/// A header that nobody asked for: any text, or one that looks like a whole header of its own under another delimiter.
fn a_hostile_header() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => a_text(),
        1 => (select(vec!["|", ";", "\t"]), 0..40_usize, select(vec!["", "\n"]))
            .prop_map(|(bar, bars, end)| format!("a{end}{bar}sip{bar}{end}{}", bar.repeat(bars))),
    ]
}

/// A file with some of the headers, perhaps one of them twice or a hostile one more.
fn a_file() -> impl Strategy<Value = Vec<u8>> {
    let headers = proptest::sample::subsequence(HEADERS[1..].to_vec(), 0..HEADERS.len() - 1);
    (headers, a_hostile_header()).prop_flat_map(|(mut headers, hostile)| {
        headers.insert(0, "SipAddress");
        headers.push("Wave");
        let cells: Vec<BoxedStrategy<String>> = headers
            .iter()
            .map(|header| a_cell(header))
            .chain([a_text().boxed()])
            .collect();
        let header: Vec<String> = headers
            .iter()
            .map(|&header| header.to_owned())
            .chain([hostile])
            .collect();
        proptest::collection::vec(cells, 0..6).prop_map(move |rows| {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&header).expect("memory");
            for row in rows {
                writer.write_record(&row).expect("memory");
            }
            writer.into_inner().expect("memory")
        })
    })
}

fn by_wave_and_company() -> Request {
    Request {
        columns: vec![
            ColumnKey::Department,
            ColumnKey::Site,
            ColumnKey::Header("wave".into()),
            ColumnKey::Header("company".into()),
            ColumnKey::Header("homepool".into()),
        ],
        ..two_pools()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_merged_file_is_the_same_inventory_again(one in a_file(), other in a_file(), has_plan in any::<bool>()) {
        let mut request = by_wave_and_company();
        if !has_plan {
            request.pools.known = None;
        }
        let files = [("one.csv", one), ("other.csv", other)];
        let Some((first, inventory)) = merged(&files, &request) else {
            return Ok(());
        };
        let again = [("merged.csv", first.clone().into_bytes())];
        let Some((second, reread)) = merged(&again, &request) else {
            let refusal = read(&[("merged.csv", first.as_bytes())], &request).expect_err("refused");
            return Err(TestCaseError::fail(format!("{:#?}\n{first}", refusal.diagnostics)));
        };
        prop_assert_eq!(said(&inventory), said(&reread), "{}", first);
        prop_assert_eq!(reread.counts.rows_rejected, 0, "{}", first);
        prop_assert_eq!(data(&first), data(&second));
    }
}

#[test]
fn a_person_in_several_rows_and_files_is_one_row_with_where_each_value_comes_from() {
    let files = [
        (
            "users.csv",
            b"SipAddress,DisplayName,RegistrarPool\nsip:Anna@x.com,Anna,ocspool01\n".to_vec(),
        ),
        (
            "clients.csv",
            b"User URI;User agent;Seat\nanna@x.com;Acme 3;7\nanna@x.com;Lync 2010;8\n".to_vec(),
        ),
    ];
    let (text, _) = merged(&files, &two_pools()).expect("accepted");
    assert_eq!(text.lines().count(), 2, "{text}");
    for (header, expected) in [
        ("SipAddress", "anna@x.com"),
        ("HomePool", "ocspool01"),
        ("Client", "lync-2010; Acme 3"),
        ("Seat", "7"),
        ("cutover-pool", "r2"),
        (
            "cutover-recognized",
            "Acme 3 = unrecognized; Lync 2010 = lync-2010",
        ),
        ("cutover-rows", "users.csv:2; clients.csv:2; clients.csv:3"),
        ("cutover-from-HomePool", "users.csv:2"),
        ("cutover-from-Client", "clients.csv:2; clients.csv:3"),
        ("cutover-from-other", "clients.csv:2: Seat"),
    ] {
        assert_eq!(cell(&text, header), expected, "{header}");
    }
}

#[test]
fn a_header_that_holds_bars_does_not_make_bars_the_delimiter_of_the_merged_file() {
    let header = format!("a\n|sip|{}", "|".repeat(40));
    let text = format!("SipAddress,HomePool,Client,\"{header}\"\na@x,r2,lync-2010,7\n");
    let (merged, inventory) =
        merged(&[("a.csv", text.into_bytes())], &two_pools()).expect("accepted");
    assert_eq!(cell(&merged, &header), "7");
    let again = read(&[("merged.csv", merged.as_bytes())], &two_pools()).expect("accepted");
    assert_eq!(said(&again), said(&inventory));
}

#[test]
fn texts_that_do_not_go_into_one_cell_get_rows_of_their_own() {
    let long = format!(
        "SipAddress,HomePool,Client\na@x,r2,{}\n",
        "z".repeat(20_000)
    );
    let long = format!(
        "{long}a@x,,{}\na@x,,one (two\na@x,,three [four\n",
        "y".repeat(20_000)
    );
    let text = once(&long, &two_pools());
    assert_eq!(
        text.lines().count(),
        4,
        "two texts too long together, and the second open bracket"
    );
    let again = read(&[("merged.csv", text.as_bytes())], &two_pools()).expect("accepted");
    assert_eq!(
        (again.users.len(), again.counts.unrecognized_clients),
        (1, 4)
    );
}

#[test]
fn clients_that_do_not_count_are_not_written_and_dates_are_written_one_way() {
    let text = "SipAddress,HomePool,Client,Seen,PicLicenseExpiry\n\
                a@x,r2,Lync 2010,2012-01-01,30/04/2014\na@x,r2,Lync 2013,2013-12-01,\n";
    let request = Request {
        last_seen: Some("Seen".into()),
        date_order: Some(cutover::inventory::DateOrder::DayMonthYear),
        ..two_pools()
    };
    let merged = once(text, &request);
    assert_eq!(cell(&merged, "Client"), "lync-2013");
    assert_eq!(cell(&merged, "cutover-from-Client"), "a.csv:3");
    assert_eq!(cell(&merged, "PicLicenseExpiry"), "2014-04-30");
}

#[test]
fn a_column_that_the_user_mapped_away_keeps_its_texts_under_a_name_that_means_nothing_else() {
    let request = Request {
        mapping: vec![(cutover::inventory::Field::Client, "Agent".into())],
        ..two_pools()
    };
    let merged = once(
        "SipAddress,HomePool,Client,Agent,Wave,Wave\na@x,r2,desk,Lync 2010,1,2\n",
        &request,
    );
    let row: Vec<String> = ["Client", "Client (2)", "Wave", "Wave (2)"]
        .map(|header| cell(&merged, header))
        .to_vec();
    assert_eq!(row, ["lync-2010", "desk", "1", "2"]);
}

#[test]
fn an_earlier_inventory_tells_who_is_new_changed_the_same_and_gone() {
    let earlier = b"SipAddress,DisplayName,HomePool,Client,Seat,Old\n\
        a@x,Anna,r2,Lync 2010,1,\nb@x,Ben,r2,OC/9 (x),2,\nc@x,Cleo,ocspool01,\"lync-2013;lync-2010\",3,\nd@x,Dan,r2,,4,\n"
        .to_vec();
    let later = b"SipAddress,Name,RegistrarPool,ClientVersion,Seat,New\n\
        e@x,Eva,l10,,5,\na@x,Anna,l10,lync-2010,1,\nb@x,Ben,r2,,7,\nc@x,Cleo,R2,Lync 2010; Lync 2013,3,\n"
        .to_vec();
    let request = two_pools();
    let products = KNOWLEDGE.products();
    let both = [earlier, later].map(|bytes| {
        let sources = [Source::text("f.csv", &bytes)];
        let inventory = import(&sources, &request, products).expect("accepted");
        let origins =
            provenance(&sources, &request, &inventory, products, None).expect("the same bytes");
        (inventory, origins)
    });
    let side = |of: usize| Side {
        inventory: &both[of].0,
        provenance: &both[of].1,
        request: &request,
    };
    let found = difference(side(0), side(1), products).expect("the same bytes");
    let change = |field: &str, from: &str, to: &str| FieldChange {
        field: field.into(),
        from: from.into(),
        to: to.into(),
    };
    assert_eq!(
        found.people,
        [
            ("e@x".to_owned(), Change::New),
            (
                "a@x".to_owned(),
                Change::Changed(vec![change("HomePool", "r2", "l10")])
            ),
            (
                "b@x".to_owned(),
                Change::Changed(vec![
                    change("Client", "OC/9 (x)", ""),
                    change("Seat", "2", "7")
                ])
            ),
            ("d@x".to_owned(), Change::Gone),
        ]
    );
    assert_eq!((found.same, found.counts()), (1, (1, 2, 1)));
    assert_eq!(
        (found.columns_new, found.columns_gone),
        (vec!["New".to_owned()], vec!["Old".to_owned()])
    );
}

#[test]
fn files_that_say_something_else_the_second_time_are_an_error() {
    let before = b"SipAddress,HomePool\na@x,r2\nb@x,r2\n".to_vec();
    let inventory = read(&[("f.csv", &before)], &two_pools()).expect("accepted");
    let now = b"SipAddress,HomePool\na@x,r2\n".to_vec();
    let sources = [Source::text("f.csv", &now)];
    let problem = provenance(
        &sources,
        &two_pools(),
        &inventory,
        KNOWLEDGE.products(),
        None,
    )
    .expect_err("a row is missing");
    assert_eq!(problem.code, "file-changed");
}

#[test]
fn a_user_with_thousands_of_clients_fits_into_cells_and_what_is_left_out_of_remarks_is_counted() {
    let rows: String = (0..6_000)
        .map(|number| format!("a@x,r2,Client number {number}\n"))
        .collect();
    let text = once(&format!("SipAddress,HomePool,Client\n{rows}"), &two_pools());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.expect("our own CSV");
        assert!(record.iter().all(|cell| cell.len() <= 32_767));
    }
    for header in ["cutover-recognized", "cutover-rows", "cutover-from-Client"] {
        assert!(cell(&text, header).ends_with(" more"), "{header}");
    }
    let again = read(&[("merged.csv", text.as_bytes())], &two_pools()).expect("accepted");
    let found = (again.users.len(), again.counts.unrecognized_clients);
    assert_eq!(found, (1, 6_000));
}
