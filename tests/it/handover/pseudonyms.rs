//! `--pseudonymize`: everything of a report under other names, the same ones everywhere, and no real one anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{json, rows};
use crate::program::Desk;

/// Stands in every name that somebody could want to keep: of people, places, pools, stages, files, headers and clients.
const MARK: &str = "qzx";

const KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

const PLAN: &str = "\
[plan]
name = \"Qzx Corporation\"
baseline = 2014-01-06
end = 2014-12-31

[[pool]]
id = \"qzx-old\"
server = \"ocs-2007-r2\"
names = [\"ocs.qzx.example\"]
site = \"Qzxville\"

[[pool]]
id = \"qzx-middle\"
server = \"lync-server-2010\"

[[pool]]
id = \"qzx-new\"
server = \"lync-server-2013\"

[[chat]]
id = \"qzx-chat\"
server = \"ocs-2007-r2\"

[[application]]
id = \"qzx-bot\"
api = \"ocs-2007-r2\"
chat = \"qzx-chat\"

[[stage]]
id = \"qzx-wave\"
name = \"Wave of Qzx\"
phase = \"Qzx phase\"
date = 2014-03-01
publish = [\"qzx-new\"]
move = [
  { from = [\"qzx-old\"], to = \"qzx-new\", where = { department = \"Qzx sales\" } },
  { from = [\"qzx-old\"], to = \"qzx-new\", where = { QzxTeam = \"qzx red\" }, limit = 1 },
  { from = [\"qzx-old\"], to = \"qzx-middle\", where = { sip = \"nobody@qzx.example\" } },
]
migrate-chat = [{ chat = \"qzx-chat\", to = \"lync-server-2013\" }]
retire = [\"qzx-old\"]
";

const USERS: &str = "\
SipAddress,DisplayName,HomePool,QzxAgent,Department,Site,GroupChat,PicProviders,Organizer,QzxTeam
annqzx@qzx.example,Annqzx Qzx,qzx-old,Communicator 2007 R2,Qzx sales,Qzxville,yes,aol,yes,qzx blue
bobqzx@qzx.example,Bobqzx Qzx,ocs.qzx.example,Communicator 2007,Qzx sales,Qzxburg,no,,yes,qzx red
cidqzx@qzx.example,Cidqzx Qzx,qzx-old,Qzx Messenger 3000,Qzx legal,Qzxville,no,yahoo,yes,qzx red
danqzx@qzx.example,Danqzx Qzx,qzx-middle,Lync 2010,,,no,,yes,
eveqzx@qzx.example,Eveqzx Qzx,qzx-elsewhere,Lync 2010,Qzx legal,Qzxville,no,,yes,
fayqzx@qzx.example,Fayqzx Qzx,qzx-old,Lync 2010,Qzx legal,Qzxville,no,qzx-net,yes,
";

fn desk(plan: &str) -> Desk {
    Desk::new(&[
        ("qzx-plan.toml", plan),
        ("qzx-users.csv", USERS),
        ("key", KEY),
    ])
}

const ARGUMENTS: [&str; 9] = [
    "report",
    "--plan",
    "qzx-plan.toml",
    "--inventory",
    "qzx-users.csv",
    "--map",
    "Client=QzxAgent",
    "--output",
    "out",
];

fn run(desk: &Desk, more: &[&str]) {
    let arguments: Vec<&str> = ARGUMENTS.iter().chain(more).copied().collect();
    desk.run(&arguments).with(0);
}

/// The bytes of every file below a folder, those inside workbooks too, by their names.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("listed").path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(contents(&path));
            continue;
        }
        if name.ends_with(".xlsx") {
            let mut workbook =
                zip::ZipArchive::new(File::open(&path).expect("a file")).expect("a workbook");
            for number in 0..workbook.len() {
                let mut part = workbook.by_index(number).expect("a part");
                let mut bytes = Vec::new();
                part.read_to_end(&mut bytes).expect("it can be unpacked");
                found.insert(format!("{name}/{number}"), bytes);
            }
        }
        found.insert(name, std::fs::read(&path).expect("a file"));
    }
    found
}

#[test]
fn no_name_of_the_inventory_or_the_plan_is_in_any_file() {
    let desk = desk(PLAN);
    run(&desk, &[]);
    let plain = contents(&desk.path("out"));
    let has_mark = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(MARK);
    assert!(plain.values().filter(|bytes| has_mark(bytes)).count() > 6);
    assert!(plain.keys().any(|name| name.contains("moves")));
    run(&desk, &["--pseudonymize", "key"]);
    let shown = contents(&desk.path("out"));
    assert!(shown.len() > 6);
    for (name, bytes) in &shown {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        assert!(
            !text.contains(MARK),
            "{name}: {}",
            text.split(MARK).next().unwrap_or_default()
        );
        // The digests of the files as they are would let anybody try whether a file is the one.
        for (_, input) in contents_of_inputs(&desk) {
            assert!(!text.contains(&input), "{name} has a digest");
        }
    }
    assert!(!shown.keys().any(|name| name.contains("moves")));
    assert_eq!(json(&desk)["pseudonymized"], true);
    assert!(desk.text("out/report.md").contains("under pseudonyms"));
    assert!(desk.text("out/report.html").contains("under pseudonyms"));
}

/// The SHA-256 of each input.
fn contents_of_inputs(desk: &Desk) -> Vec<(&'static str, String)> {
    let inputs = ["qzx-plan.toml", "qzx-users.csv", "key"];
    inputs
        .map(|name| {
            let bytes = std::fs::read(desk.path(name)).expect("an input");
            let digest = cutover::digest::sha256(&bytes);
            (name, cutover::digest::hexadecimal(&digest))
        })
        .to_vec()
}

#[test]
fn findings_are_those_of_the_real_names_and_each_name_has_one_pseudonym_in_every_file() {
    let desk = desk(PLAN);
    run(&desk, &[]);
    let real = rows(&desk.text("out/findings.csv"));
    let real_users = rows(&desk.text("out/phase-1-users.csv"));
    let real_numbers = json(&desk)["numbers"].clone();
    run(&desk, &["--pseudonymize", "key"]);
    let shown = rows(&desk.text("out/findings.csv"));
    assert_eq!(json(&desk)["numbers"], real_numbers);
    assert_eq!(real.len(), shown.len());
    let mut pseudonym_of: BTreeMap<String, String> = BTreeMap::new();
    for (real, shown) in real.iter().zip(&shown) {
        for column in [
            "date",
            "capability",
            "from",
            "to",
            "causes",
            "severity",
            "detail",
            "rules",
        ] {
            assert_eq!(real[column], shown[column]);
        }
        let known = pseudonym_of
            .entry(real["sip"].clone())
            .or_insert_with(|| shown["sip"].clone());
        assert_eq!(*known, shown["sip"]);
    }
    let different: BTreeSet<&String> = pseudonym_of.values().collect();
    assert_eq!(different.len(), pseudonym_of.len());
    assert!(different.len() >= 4);
    let users = rows(&desk.text("out/phase-1-users.csv"));
    assert_eq!(users.len(), real_users.len());
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for (real, shown) in real_users.iter().zip(&users) {
        assert_eq!(pseudonym_of[&real["sip"]], shown["sip"]);
        assert_eq!(shown["name"], "");
        for column in ["department", "site", "pool_before", "pool_after"] {
            let name = format!(
                "{} {}",
                column.split('_').next().unwrap_or_default(),
                real[column]
            );
            let known = places.entry(name).or_insert_with(|| shown[column].clone());
            assert_eq!(*known, shown[column]);
            assert_eq!(real[column].is_empty(), shown[column].is_empty());
        }
    }
    let different: BTreeSet<&String> = places.values().filter(|name| !name.is_empty()).collect();
    assert!(different.len() >= 6, "{places:?}");
    let page = desk.text("out/report.html");
    let json = desk.text("out/report.json");
    for (name, pseudonym) in places.iter().filter(|(name, _)| name.starts_with("pool")) {
        assert!(
            page.contains(pseudonym) && json.contains(pseudonym),
            "{name}"
        );
    }
}

#[test]
fn another_run_has_the_same_pseudonyms_and_another_key_has_others() {
    let first = desk(PLAN);
    run(&first, &["--pseudonymize", "key"]);
    let second = desk(&PLAN.replace("2014-03-01", "2014-05-01"));
    run(&second, &["--pseudonymize", "key"]);
    let sips = |desk: &Desk| -> BTreeSet<String> {
        let rows = rows(&desk.text("out/findings.csv")).into_iter();
        rows.map(|mut row| row.remove("sip").expect("an address"))
            .collect()
    };
    assert_eq!(sips(&first), sips(&second));
    let groups = |desk: &Desk| -> BTreeSet<String> {
        let json = json(desk);
        let groups = json["phases"][1]["groups"].as_array().expect("groups");
        groups.iter().map(|group| group["id"].to_string()).collect()
    };
    assert_eq!(groups(&first), groups(&second));
    second.put("key", KEY.to_uppercase());
    run(&second, &["--pseudonymize", "key"]);
    assert!(sips(&first).is_disjoint(&sips(&second)));
    assert!(groups(&first).is_disjoint(&groups(&second)));
}

#[test]
fn a_key_that_is_missing_short_or_handed_over_is_refused_with_a_way_to_make_one() {
    let desk = desk(PLAN);
    let refused = |more: &[&str], what: &str| {
        let arguments: Vec<&str> = ARGUMENTS.iter().chain(more).copied().collect();
        desk.run(&arguments).with(2).says(what);
        assert!(!desk.path("out/report.html").exists());
    };
    refused(&["--pseudonymize", "none"], "openssl rand -out KEYFILE 32");
    desk.put("short", "0123456789");
    refused(&["--pseudonymize", "short"], "the key has 10 bytes");
    desk.put("dull", "a".repeat(64));
    refused(&["--pseudonymize", "dull"], "not random");
    std::fs::create_dir(desk.path("out")).expect("room");
    desk.put("out/key", KEY);
    refused(
        &["--pseudonymize", "out/key"],
        "lies in the folder of the report",
    );
    refused(
        &["--pseudonymize", "key", "--moves-for-real"],
        "cannot be used with",
    );
}
