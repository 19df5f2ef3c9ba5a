//! `report --previous`: what people wrote goes on, and what differs is told with names and causes.

use std::fs;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::program::Desk;

const USERS: &str = "\
SipAddress,HomePool,Client,Department,PicProviders,Organizer
a@x.com,r2,communicator-2007-r2,Sales,aol,yes
b@x.com,r2,communicator-2007-r2,Sales,aol,yes
c@x.com,r2,communicator-2007,IT,,no
";

/// Everybody goes to 2013; with `clients`, those who could not sign in get a client that can.
fn plan(date: &str, clients: bool) -> String {
    let client = if clients {
        "client = [{ replace = [\"communicator-2007\"], with = \"lync-2013\" }]\n"
    } else {
        ""
    };
    format!(
        "[plan]\nname = \"t\"\nbaseline = 2014-01-06\nend = 2014-12-31\n\
         [[pool]]\nid = \"r2\"\nserver = \"ocs-2007-r2\"\n\
         [[pool]]\nid = \"l13\"\nserver = \"lync-server-2013\"\n\
         [[stage]]\nid = \"go\"\ndate = {date}\nmove = [{{ from = [\"r2\"], to = \"l13\" }}]\n{client}"
    )
}

fn desk() -> Desk {
    Desk::new(&[
        ("plan.toml", &plan("2014-03-01", false)),
        ("users.csv", USERS),
    ])
}

const REPORT: [&str; 7] = ["report", "-p", "plan.toml", "-i", "users.csv", "-o", "out"];

fn run(desk: &Desk, more: &[&str]) -> crate::program::Ended {
    desk.run(&[&REPORT, more].concat())
}

fn sheet(path: &Path, name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook(path).expect("it is a workbook");
    let range = book.worksheet_range(name).expect("the sheet is there");
    let cell = |cell: &Data| match cell {
        Data::DateTime(day) => day.as_datetime().expect("a day").date().to_string(),
        other => other.to_string(),
    };
    range
        .rows()
        .map(|row| row.iter().map(cell).collect())
        .collect()
}

/// The rows of Decisions below the heads.
fn decisions(desk: &Desk) -> Vec<Vec<String>> {
    sheet(&desk.path("out/report.xlsx"), "Decisions")
        .into_iter()
        .skip(2)
        .collect()
}

/// Saves the sheet Decisions as somebody would who changed its cells: below the sentence and the heads.
fn save(desk: &Desk, rows: &[Vec<String>]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Decisions").expect("a name");
    for (at, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            sheet.write_string(at, column, text).expect("a cell");
        }
    }
    book.save(desk.path("out/report.xlsx")).expect("room");
}

fn json(desk: &Desk) -> Value {
    serde_json::from_str(&desk.text("out/report.json")).expect("JSON")
}

const OWNER: usize = 11;

#[test]
fn what_people_wrote_goes_on_also_when_its_group_is_gone_or_comes_back() {
    let desk = desk();
    run(&desk, &[]).with(0);
    let mut rows = sheet(&desk.path("out/report.xlsx"), "Decisions");
    rows[1].push("Ticket".to_owned());
    let at = rows.iter().position(|row| row[6].contains("Sign-in"));
    let at = at.expect("somebody cannot sign in");
    let id = rows[at][0].clone();
    let wrote = ["Ann", "=accept", "2014-05-31", "told them", "T-7"].map(str::to_owned);
    rows[at].truncate(OWNER);
    rows[at].extend(wrote.clone());
    rows.push(vec![String::new(); OWNER]);
    rows.last_mut()
        .expect("a row")
        .push("Bob asks himself".to_owned());
    save(&desk, &rows);
    // Dates may move: the group is the same.
    desk.put("plan.toml", plan("2014-04-05", false));
    run(&desk, &["--previous", "out"]).with(0);
    let found = decisions(&desk);
    let row = found.iter().find(|row| row[0] == id).expect("the group");
    assert_eq!((row[1].as_str(), &row[OWNER..]), ("known", &wrote[..]));
    assert_eq!(found.last().expect("rows")[1], "added");
    assert_eq!(found.last().expect("rows")[OWNER], "Bob asks himself");
    // The group goes, and what was written stays; what nobody wrote about goes after it was listed once.
    desk.put("plan.toml", plan("2014-04-05", true));
    for _ in 0..2 {
        run(&desk, &["--previous", "out"]).with(0);
        let found = decisions(&desk);
        let row = found.iter().find(|row| row[0] == id).expect("the group");
        assert_eq!((row[1].as_str(), &row[OWNER..]), ("gone", &wrote[..]));
    }
    desk.put("plan.toml", plan("2014-04-05", false));
    run(&desk, &["--previous", "out"]).with(0);
    let found = decisions(&desk);
    let row = found.iter().find(|row| row[0] == id).expect("the group");
    assert_eq!((row[1].as_str(), &row[OWNER..]), ("new", &wrote[..]));
}

#[test]
fn what_is_new_and_gone_is_told_in_every_file_as_compare_tells_it() {
    let desk = desk();
    run(&desk, &[]).with(0);
    assert_eq!(json(&desk)["previous"], Value::Null);
    for page in ["out/report.html", "out/report.md"] {
        assert!(!desk.text(page).contains("Since the earlier report"));
    }
    fs::rename(desk.path("out"), desk.path("before")).expect("room");
    desk.put("plan.toml", plan("2014-03-01", true));
    run(&desk, &["--previous", "before"]).with(0);
    let previous = json(&desk)["previous"].clone();
    assert_eq!(previous["changed"], serde_json::json!(["plan"]));
    let compared = desk
        .run(&["compare", "before", "out", "--format", "json"])
        .with(0);
    let compared: Value = serde_json::from_str(&compared.out).expect("JSON");
    let difference = &compared["steps"][0]["difference"];
    assert_eq!(previous["users"], difference["users"]);
    assert_eq!(previous["verdict"], difference["verdict"]);
    let lines = previous["lines"].as_array().expect("lines");
    let line = lines
        .iter()
        .find(|line| line["change"] == "gone" && line["capabilities"][0] == "sign-in")
        .unwrap_or_else(|| panic!("{lines:#?}"));
    assert_eq!(line["people"], serde_json::json!(["c@x.com"]));
    assert_eq!(line["before"]["causes"], serde_json::json!(["own-move"]));
    let groups = previous["groups"].as_array().expect("groups");
    assert!(
        groups
            .iter()
            .any(|group| group["users_after"] == 0 && group["users_before"] == 1)
    );
    let page = desk.text("out/report.html");
    for text in [
        "Since the earlier report",
        "no longer lost",
        "c@x.com",
        "own move",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let page = desk.text("out/report.md");
    for text in [
        "\n## Since the earlier report\n",
        "| no longer lost | Sign-in; ",
        "| gone | ",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("c@x.com"));
    let changes = sheet(&desk.path("out/report.xlsx"), "Changes");
    assert!(
        changes
            .iter()
            .any(|row| row[..4] == ["c@x.com", "Sign-in", "lost", "gone"]),
        "{changes:#?}"
    );
}

#[test]
fn the_same_again_differs_in_nothing() {
    let desk = desk();
    run(&desk, &[]).with(0);
    run(&desk, &["--previous", "out"]).with(0);
    let previous = json(&desk)["previous"].clone();
    assert_eq!(previous["verdict"], "same");
    assert_eq!(previous["groups"], serde_json::json!([]));
    assert!(decisions(&desk).iter().all(|row| row[1] == "known"));
}

#[test]
fn an_earlier_report_that_cannot_be_read_is_refused_and_nothing_is_touched() {
    let desk = desk();
    run(&desk, &["--previous", "nowhere"])
        .with(3)
        .says("nowhere");
    assert_eq!(desk.names(), ["plan.toml", "users.csv"]);
    run(&desk, &[]).with(0);
    let whole = desk.text("out/report.json");
    let workbook = fs::read(desk.path("out/report.xlsx")).expect("a workbook");
    for (bytes, message) in [
        (b"PK\x03\x04 no workbook".to_vec(), "report.xlsx"),
        (b"a,b\n1,2\n".to_vec(), "report.xlsx"),
        (workbook[..workbook.len() / 2].to_vec(), "report.xlsx"),
    ] {
        desk.put("out/report.xlsx", &bytes);
        run(&desk, &["--previous", "out"])
            .with(3)
            .says(message)
            .says("restore the workbook");
        assert_eq!(
            fs::read(desk.path("out/report.xlsx")).expect("a file"),
            bytes
        );
    }
    save(&desk, &[vec!["nothing of ours".to_owned()]]);
    run(&desk, &["--previous", "out"]).with(3).says("no heads");
    fs::remove_file(desk.path("out/report.xlsx")).expect("it is there");
    run(&desk, &["--previous", "out"])
        .with(0)
        .says("no decisions are carried over");
    desk.put(
        "out/report.json",
        whole.replacen("\"format_version\": 1", "\"format_version\": 9", 1),
    );
    run(&desk, &["--previous", "out"])
        .with(3)
        .says("format version 9");
    desk.put("out/report.json", "{}");
    run(&desk, &["--previous", "out"])
        .with(3)
        .says("report.json");
}

#[test]
fn under_pseudonyms_the_workbook_has_no_real_name_and_only_such_reports_are_compared() {
    let desk = desk();
    let key: Vec<u8> = (0..64).collect();
    desk.put("key", key);
    desk.put(
        "users.csv",
        format!("{USERS}zoe@x.com,nowhere,lync-2013,Sales,,no\n"),
    );
    run(&desk, &[]).with(0);
    let pseudonyms = ["--previous", "out", "--pseudonymize", "key"];
    run(&desk, &pseudonyms).with(2).says("real names");
    run(&desk, &pseudonyms[2..]).with(0);
    let path = desk.path("out/report.xlsx");
    let mut book: Xlsx<_> = calamine::open_workbook(&path).expect("it is a workbook");
    for (name, range) in book.worksheets() {
        for text in range.used_cells().map(|(_, _, cell)| cell.to_string()) {
            for real in ["@x.com", "Sales", "nowhere", "zoe"] {
                assert!(!text.contains(real), "{name}: {text}");
            }
        }
    }
    run(&desk, &pseudonyms).with(0);
    assert_eq!(json(&desk)["previous"]["verdict"], "same");
    run(&desk, &["--previous", "out"])
        .with(2)
        .says("pseudonyms");
}
