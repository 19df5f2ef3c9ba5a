//! The files of a report beside the page and the model: Markdown, lists of people, calendar, moves. Each is read again by somebody
//! else's reader or by a strict one of the test's, and says what the other files say.

mod calendar;
mod lists;
mod markdown;
mod moves;
mod pseudonyms;

use std::collections::BTreeMap;

use crate::program::{Desk, Ended};

/// Texts that would do something if a file let them: markup, Mermaid, PowerShell, calendar, spreadsheet.
pub(crate) const NAUGHTY: [&str; 8] = [
    "<script>alert(1)</script>",
    "a | b | [x](javascript:alert(1)) ![i](http://x.example/i.png)",
    "`code` **bold** <!-- # heading",
    "'; Remove-Item C:\\ -Recurse #",
    "\u{2019}; Remove-Item $env:TEMP; \u{2018} \u{201a}\u{201b}",
    "x\u{202e} $(calc) \"q\" `n",
    "title A; section B : crit, 2014-01-01 %%{init: {}}%%",
    "=HYPERLINK(\"http://x.example\");X-INJECTED:1,2\\",
];

/// A folder in which a report of the built-in sample was written into `out`.
pub(crate) fn sample(more: &[&str]) -> (Desk, Ended) {
    let desk = Desk::new(&[]);
    let mut arguments = vec!["report", "--sample", "--output", "out"];
    arguments.extend_from_slice(more);
    let ended = desk.run(&arguments);
    (desk, ended)
}

/// A folder in which a report full of hostile texts was written into `out`.
pub(crate) fn hostile(more: &[&str]) -> Desk {
    let toml = |text: &str| serde_json::to_string(text).expect("a text is JSON");
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut rows = String::from("SipAddress,DisplayName,HomePool,Client,Department,Site\r\n");
    for (number, text) in NAUGHTY.iter().enumerate() {
        let sip = format!("user{number}@contoso.com");
        let cells = [
            sip.as_str(),
            text,
            NAUGHTY[3],
            "communicator-2007-r2",
            text,
            NAUGHTY[(number + 3) % NAUGHTY.len()],
        ];
        rows.push_str(&cells.map(cell).join(","));
        rows.push_str("\r\n");
    }
    for sip in ["=cmd@contoso.com", "*@contoso.com", "a;b@contoso.com"] {
        rows.push_str(&format!("{sip},x,{},lync-2010,,\r\n", cell(NAUGHTY[4])));
    }
    let plan = format!(
        "[plan]\nname = {}\nbaseline = 2014-01-06\nend = 2014-12-31\n\
         [[pool]]\nid = {}\nserver = \"ocs-2007-r2\"\n\
         [[pool]]\nid = {}\nserver = \"lync-server-2010\"\nnames = [{}]\n\
         [[pool]]\nid = {}\nserver = \"lync-server-2013\"\n\
         [[stage]]\nid = {}\nname = {}\nphase = {}\ndate = 2014-03-01\npublish = [{4}]\n\
         move = [{{ from = [{1}, {2}], to = {4} }}]\nretire = [{1}]\n",
        toml(NAUGHTY[0]),
        toml(NAUGHTY[3]),
        toml(NAUGHTY[4]),
        toml(NAUGHTY[7]),
        toml(NAUGHTY[5]),
        toml(NAUGHTY[1]),
        toml(NAUGHTY[6]),
        toml(NAUGHTY[2]),
    );
    let desk = Desk::new(&[("plan.toml", &plan), ("users.csv", &rows)]);
    let mut arguments = vec![
        "report",
        "-p",
        "plan.toml",
        "-i",
        "users.csv",
        "--output",
        "out",
    ];
    arguments.extend_from_slice(more);
    desk.run(&arguments).with(0);
    desk
}

/// The rows of a CSV by their headers.
pub(crate) fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().expect("a header").clone();
    reader
        .records()
        .map(|record| {
            let record = record.expect("as many cells as heads");
            let cells = heads.iter().zip(&record);
            cells
                .map(|(head, cell)| (head.to_owned(), cell.to_owned()))
                .collect()
        })
        .collect()
}

/// `report.json` of a folder.
pub(crate) fn json(desk: &Desk) -> serde_json::Value {
    serde_json::from_str(&desk.text("out/report.json")).expect("JSON")
}

#[test]
fn the_terminal_names_the_files_and_fail_on_decides_the_exit_code() {
    let (desk, ended) = sample(&["--fail-on", "high"]);
    ended
        .with(1)
        .says("report.html, report.md, report.json, calendar.ics")
        .says("phase-N-users.csv (9), phase-N-communications.csv (9)");
    assert!(desk.path("out/report.md").exists());
    let (_, ended) = sample(&["--fail-on", "critical", "--quiet"]);
    let ended = ended.with(0);
    assert!(!ended.err.contains("report.md"), "{}", ended.err);
}

#[test]
fn file_names_carry_numbers_and_nothing_of_plan_or_inventory() {
    let desk = hostile(&[]);
    let mut names = Vec::new();
    for folder in ["out", "out/moves"] {
        let entries = std::fs::read_dir(desk.path(folder)).expect("it is there");
        names.extend(entries.map(|entry| {
            let entry = entry.expect("listed");
            entry.file_name().to_string_lossy().into_owned()
        }));
    }
    names.sort();
    let expected = [
        "01.csv",
        "01.ps1",
        "calendar.ics",
        "findings.csv",
        "moves",
        "phase-1-communications.csv",
        "phase-1-users.csv",
        "report.html",
        "report.json",
        "report.md",
        "report.xlsx",
    ];
    assert_eq!(names, expected);
}
