//! The inventory importer: what it makes of files as they really are.

mod fixtures;
mod merged;
mod properties;
mod shortcut;

use cutover::inventory::rejected::write_rejected;
use cutover::inventory::{
    ByteSource, ColumnKey, DateOrder, Field, Inventory, PoolDirectory, Refusal, Request, Source,
    import,
};
use cutover::model::{AddIn, Client, Provider};

use crate::support::KNOWLEDGE;

/// Two pools: `r2`, also `ocspool01`, and `l10`, also `l10.contoso.com` and `1:2`.
fn two_pools() -> Request {
    let known = [
        ("r2", 0),
        ("ocspool01", 0),
        ("l10", 1),
        ("l10.contoso.com", 1),
        ("1:2", 1),
    ];
    Request {
        pools: PoolDirectory {
            known: Some(known.map(|(name, pool)| (name.to_owned(), pool)).to_vec()),
        },
        columns: vec![ColumnKey::Department, ColumnKey::Header("wave".into())],
        ..Request::default()
    }
}

fn read(files: &[(&str, &[u8])], request: &Request) -> Result<Inventory, Refusal> {
    let bytes: Vec<(&str, Vec<u8>)> = files
        .iter()
        .map(|(name, bytes)| (*name, bytes.to_vec()))
        .collect();
    let sources: Vec<Source<'_>> = bytes
        .iter()
        .map(|(name, bytes)| Source::text(*name, bytes))
        .collect();
    let inventory = import(&sources, request, KNOWLEDGE.products());
    let counts = match &inventory {
        Ok(inventory) => inventory.counts,
        Err(refusal) => refusal.counts,
    };
    assert!(inventory.is_err() || counts.rows == counts.rows_used + counts.rows_rejected);
    inventory
}

fn accepted(text: &str) -> Inventory {
    read(&[("file.csv", text.as_bytes())], &two_pools())
        .unwrap_or_else(|refusal| panic!("refused: {:#?}", refusal.diagnostics))
}

fn refused(text: &str) -> Refusal {
    read(&[("file.csv", text.as_bytes())], &two_pools()).expect_err("the inventory is no good")
}

/// One line for each user: everything that is known about it.
fn lines(inventory: &Inventory) -> Vec<String> {
    (0..inventory.users.len())
        .map(|user| line(inventory, user))
        .collect()
}

fn line(inventory: &Inventory, user: usize) -> String {
    let products = KNOWLEDGE.products();
    let shape = &inventory.shapes[inventory.users.shape(user)];
    let clients: Vec<&str> = shape
        .endpoints
        .iter()
        .map(|client| products.client_id(client))
        .collect();
    let providers: Vec<&str> = shape.providers.iter().map(Provider::id).collect();
    let add_ins: Vec<&str> = shape.add_ins.iter().map(AddIn::id).collect();
    let flags = [
        (shape.group_chat, "chat"),
        (shape.organizer, "organizer"),
        (shape.pic_enabled, "pic"),
    ];
    let flags: Vec<&str> = flags
        .into_iter()
        .filter_map(|(is, name)| is.then_some(name))
        .collect();
    let license = shape
        .license_end
        .map_or(String::new(), |day| day.to_string());
    format!(
        "{} pool {} [{}] {} [{}] {license} [{}] {:?}",
        inventory.users.sip(user),
        shape.pool,
        clients.join(" "),
        flags.join(" "),
        providers.join(" "),
        add_ins.join(" "),
        inventory.values_of(shape)
    )
}

/// The rejected rows as they are given back.
fn given_back(files: &[(&str, &[u8])], request: &Request) -> String {
    let inventory = read(files, request);
    let rejected = match &inventory {
        Ok(inventory) => &inventory.rejected,
        Err(refusal) => refusal.rejected.as_deref().expect("all rows were read"),
    };
    let bytes: Vec<(&str, Vec<u8>)> = files
        .iter()
        .map(|(name, bytes)| (*name, bytes.to_vec()))
        .collect();
    let sources: Vec<Source<'_>> = bytes
        .iter()
        .map(|(name, bytes)| Source::text(*name, bytes))
        .collect();
    let mut out = Vec::new();
    let written = write_rejected(rejected, &sources, request, KNOWLEDGE.products(), &mut out)
        .expect("memory can be written");
    let counts = inventory.map_or_else(|refusal| refusal.counts, |inventory| inventory.counts);
    assert_eq!(written, counts.rows_rejected);
    String::from_utf8(out).expect("CSV is text")
}

#[test]
fn every_alias_of_every_field_is_found() {
    for &field in Field::ALL {
        for header in field.headers() {
            let sip = if field == Field::Sip {
                header
            } else {
                "SipAddress"
            };
            let pool = if field == Field::Pool {
                header
            } else {
                "HomePool"
            };
            let text = match field {
                Field::Sip | Field::Pool => format!("{sip},{pool},Client\na@x,r2,lync-2010\n"),
                _ => format!("{sip},{pool},{header}\na@x,r2,\n"),
            };
            assert_eq!(accepted(&text).users.len(), 1, "{header}");
        }
    }
}

#[test]
fn a_mapping_goes_before_the_aliases() {
    let text = "SipAddress,HomePool,Client,Agent string\na@x,r2,lync-2010,lync-2013\n";
    let request = Request {
        mapping: vec![(Field::Client, "agent-string".into())],
        ..two_pools()
    };
    let inventory = read(&[("f", text.as_bytes())], &request).expect("it is good");
    assert!(inventory.shapes[0].endpoints.has(Client::LYNC_2013));
    assert!(!inventory.shapes[0].endpoints.has(Client::LYNC_2010));
}

#[test]
fn a_mapped_header_that_no_file_has_is_refused_with_the_nearest() {
    let request = Request {
        mapping: vec![(Field::Client, "Agent sting".into())],
        ..two_pools()
    };
    let text = "SipAddress,HomePool,Agent string\na@x,r2,lync-2013\n";
    let refusal = read(&[("f", text.as_bytes())], &request).expect_err("there is no such header");
    assert_eq!(refusal.diagnostics[0].code, "mapped-header-missing");
    let help = refusal.diagnostics[0].help.as_deref();
    assert_eq!(help, Some("did you mean \"Agent string\"?"));
}

#[test]
fn the_header_row_can_be_given() {
    let text = "SIP,HomePool\nlater,the header\nSipAddress,HomePool,Client\na@x,r2,lync-2010\n";
    let request = Request {
        header_row: Some(3),
        ..two_pools()
    };
    let inventory = read(&[("f", text.as_bytes())], &request).expect("it is good");
    assert_eq!((inventory.counts.rows, inventory.users.len()), (1, 1));
}

#[test]
fn the_date_order_can_be_given() {
    let text = "SipAddress,HomePool,PicProviders,PicLicenseExpiry\na@x,r2,yahoo,03/04/2014\n";
    for (order, expected) in [
        (DateOrder::DayMonthYear, "2014-04-03"),
        (DateOrder::MonthDayYear, "2014-03-04"),
    ] {
        let request = Request {
            date_order: Some(order),
            ..two_pools()
        };
        let inventory = read(&[("f", text.as_bytes())], &request).expect("it is good");
        let day = inventory.shapes[0].license_end.map(|day| day.to_string());
        assert_eq!(day.as_deref(), Some(expected));
    }
}

#[test]
fn an_encoding_and_a_delimiter_can_be_given() {
    let bytes = b"SipAddress#HomePool#Department\na@x#r2#\xb3\xf3d\x9f\n";
    let request = Request {
        encoding: Some("windows-1250".into()),
        delimiter: Some(b'#'),
        ..two_pools()
    };
    let inventory = read(&[("f", bytes)], &request).expect("it is good");
    assert_eq!(&*inventory.values(0)[0], "łódź");
}

#[test]
fn any_header_can_be_a_column_of_a_filter() {
    let users = "SipAddress,HomePool,Client\na@x,r2,lync-2010\nb@x,r2,lync-2010\n";
    let waves = "SIP URI,Wave\nsip:A@x, 3 \n";
    let inventory = read(
        &[("users", users.as_bytes()), ("waves", waves.as_bytes())],
        &two_pools(),
    )
    .expect("it is good");
    assert_eq!(&*inventory.values(inventory.users.shape(0))[1], "3");
    assert_eq!(&*inventory.values(inventory.users.shape(1))[1], "");
    assert!(inventory.has_column(&ColumnKey::Header("wave".into())));
    assert!(inventory.has_column(&ColumnKey::Header("homepool".into())));
    assert!(!inventory.has_column(&ColumnKey::Header("region".into())));
    assert!(!inventory.has_column(&ColumnKey::Department));
}

#[test]
fn texts_that_nobody_asks_for_become_one() {
    let text = "SipAddress,HomePool,Department,Wave\na@x,r2,it,1\nb@x,r2,HR,2\nc@x,r2,Tax,3\nd@x,r2, IT ,4\ne@x,r2,Law,5\n";
    let request = Request {
        told_apart: vec![Some(vec![vec!["It".into(), "Tax".into()]]), Some(vec![])],
        ..two_pools()
    };
    let inventory = read(&[("f", text.as_bytes())], &request).expect("it is good");
    let shapes: Vec<usize> = (0..5).map(|user| inventory.users.shape(user)).collect();
    assert_eq!(&*inventory.values(shapes[0])[0], "it");
    assert_eq!(shapes[1], shapes[4]);
    assert_ne!(shapes[0], shapes[1]);
    assert_eq!((shapes[2], shapes[3]), (shapes[0], shapes[0]));
}

#[test]
fn the_newest_client_of_a_family_counts_where_a_column_says_when_it_was_seen() {
    let text = "SipAddress,HomePool,Client,Seen\n\
        a@x,r2,communicator-2007-r2,2013-01-01\n\
        a@x,r2,lync-phone-edition,2012-01-01\n\
        a@x,r2,lync-2010,2014-01-05\n\
        b@x,r2,lync-phone-edition,2012-01-01\n\
        b@x,r2,lync-2010,\n";
    let request = Request {
        last_seen: Some("seen".into()),
        ..two_pools()
    };
    let inventory = read(&[("f", text.as_bytes())], &request).expect("it is good");
    assert!(lines(&inventory)[0].contains("[lync-2010 lync-phone-edition]"));
    let stale = Request {
        stale_before: chrono::NaiveDate::from_ymd_opt(2013, 10, 1),
        ..request
    };
    let inventory = read(&[("f", text.as_bytes())], &stale).expect("it is good");
    assert!(lines(&inventory)[0].contains("[lync-2010]"));
    assert!(lines(&inventory)[1].contains("[lync-2010]"));
    let notes = inventory
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == "client-stale");
    assert_eq!(notes.count(), 3);
    assert!(lines(&accepted(text))[0].contains("communicator-2007-r2"));
}

#[test]
fn rejected_rows_come_back_as_they_were_and_are_good_once_mended() {
    let one = "SipAddress,HomePool,Client,PicLicenseExpiry\n\
        a@x,r2,lync-2010,soon\n\
        \"b@x\",nowhere,\"lync-2010; \"\"x\"\"\",\n\
        c@x,r2,'=formula,2014-04-30\n";
    let two = "Wave;SIP URI;Pool\n1;b@x;\n2;d@x;r2;too;many\n3;;r2\n";
    let files = [("one.csv", one.as_bytes()), ("two.csv", two.as_bytes())];
    let back = given_back(&files, &two_pools());
    let mut reader = csv::Reader::from_reader(back.as_bytes());
    let headers: Vec<String> = reader
        .headers()
        .expect("there is a header")
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        headers[..7],
        [
            "SipAddress",
            "HomePool",
            "Client",
            "PicLicenseExpiry",
            "Wave",
            "SIP URI",
            "Pool"
        ]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("CSV")).collect();
    let place = |row: &csv::StringRecord| {
        let tail: Vec<String> = row.iter().skip(row.len() - 3).map(str::to_owned).collect();
        (tail[0].clone(), tail[1].clone(), tail[2].clone())
    };
    let places: Vec<(String, String, String)> = rows.iter().map(place).collect();
    let spots: Vec<(&str, &str)> = places.iter().map(|(f, r, _)| (&**f, &**r)).collect();
    assert_eq!(
        spots,
        [
            ("one.csv", "2"),
            ("one.csv", "3"),
            ("two.csv", "2"),
            ("two.csv", "3"),
            ("two.csv", "4")
        ]
    );
    assert_eq!(&rows[1][2], "lync-2010; \"x\"");
    assert!(places[0].2.contains("not a date"), "{}", places[0].2);
    assert!(places[2].2.contains("nowhere"), "{}", places[2].2);
    let mended = back
        .replace("soon", "2014-04-30")
        .replace("nowhere", "l10")
        .replace("too,many", ",")
        .replace("3,,r2", "3,e@x,r2");
    let all = read(
        &[files[0], files[1], ("mended.csv", mended.as_bytes())],
        &two_pools(),
    )
    .expect("it is good");
    let mut users: Vec<String> = (0..all.users.len())
        .map(|user| all.users.sip(user).to_string())
        .collect();
    users.sort();
    assert_eq!(users, ["a@x", "c@x", "d@x", "e@x"], "b@x has two pools now");
}

#[test]
fn everybody_rejected_is_a_refusal_that_still_gives_the_rows_back() {
    let text = "SipAddress,HomePool\na@x,nowhere\n,r2\n";
    let refusal = refused(text);
    assert_eq!(
        refusal.diagnostics.last().map(|d| d.code),
        Some("no-user-left")
    );
    let back = given_back(&[("f", text.as_bytes())], &two_pools());
    assert_eq!(back.lines().count(), 3);
}

#[test]
fn problems_of_all_files_are_told_at_once() {
    let files: [(&str, &[u8]); 3] = [
        ("one", b"Name\nx\n"),
        ("two", b"SipAddress,HomePool\na@x,r2\n"),
        ("three", b"SipAddress,HomePool\na@x,\"r2\n"),
    ];
    let refusal = read(&files, &two_pools()).expect_err("two files are no good");
    let codes: Vec<&str> = refusal.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["sip-column-missing", "quote-not-closed"]);
}

#[test]
fn without_a_directory_every_pool_text_is_a_pool() {
    let text = "SipAddress,HomePool\na@x,OCS01\nb@x,ocs01 \nc@x,\"CN=LC Services,CN=Microsoft,CN=emea,CN=Pools\"\n";
    let request = Request::default();
    let inventory = read(&[("f", text.as_bytes())], &request).expect("it is good");
    assert_eq!(inventory.pools, ["OCS01", "emea"]);
    assert_eq!(inventory.users.len(), 3);
}

/// A file of which the last part is gone when it comes to reading it.
struct CutShort {
    bytes: Vec<u8>,
    length: u64,
}

impl ByteSource for CutShort {
    fn len(&self) -> std::io::Result<u64> {
        Ok(self.length)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.bytes.read_at(offset, buffer)
    }
}

#[test]
fn a_file_that_is_cut_short_while_it_is_read_is_refused_with_what_was_there() {
    for threads in [1, 3] {
        let bytes = b"SipAddress,HomePool\na@x,r2\n".repeat(40_000);
        let file = CutShort {
            length: bytes.len() as u64 + 1,
            bytes,
        };
        let request = Request {
            threads,
            ..two_pools()
        };
        let sources = [Source::text("users.csv", &file)];
        let refusal =
            import(&sources, &request, KNOWLEDGE.products()).expect_err("it is not whole");
        assert_eq!(refusal.diagnostics.len(), 1, "{:#?}", refusal.diagnostics);
        assert_eq!(
            refusal.diagnostics[0].message,
            "users.csv had 1080001 bytes and ended after 1080000 while it was read"
        );
    }
}
