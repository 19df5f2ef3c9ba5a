//! The program as a person or a script meets it: exit codes, what goes where, files that are whole or absent.

mod faults;
mod hostile;
mod import;
mod large;
mod outputs;

use std::io::Write;
use std::process::Stdio;

use super::program::{Desk, PLAN, USERS, cutover, fabrikam, with_files};

const COMMANDS: [&str; 12] = [
    "init",
    "check",
    "import",
    "simulate",
    "dry-run",
    "sweep",
    "timeline",
    "report",
    "explain",
    "rules",
    "completions",
    "man",
];

#[test]
fn help_opens_with_examples_and_goes_to_standard_output() {
    for command in COMMANDS {
        let help = cutover(&[command, "--help"]).with(0);
        assert!(
            help.out.starts_with("Examples:\n  cutover "),
            "{command}: {}",
            help.out
        );
        assert_eq!(help.err, "");
    }
    let help = cutover(&["--help"]).with(0).prints("Exit codes:");
    assert!(help.out.starts_with("Examples:\n"), "{}", help.out);
    assert!(!help.out.contains("__read-workbook"), "{}", help.out);
}

#[test]
fn the_version_is_the_packages() {
    let version = cutover(&["--version"]).with(0);
    assert_eq!(
        version.out,
        format!("cutover {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_usage_is_code_2_and_prints_no_data() {
    for arguments in [
        &["simulat"][..],
        &["simulate", "--sampel"],
        &["simulate", "--sample", "--plan", "plan.toml"],
        &["simulate", "--sample", "--fail-on", "terrible"],
        &["simulate", "--sample", "--max-rejected", "-3"],
        &["simulate", "--sample", "--map", "Clint=X"],
        &["simulate", "--sample", "--encoding", "klingon"],
        &["simulate", "--sample", "--date-format", "soon"],
        &["simulate", "--sample", "--capability", "telepathy"],
        &["simulate", "--sample", "--columns", "event,color"],
        &["explain"],
        &["rules", "show"],
        &["completions", "tcsh"],
        &[],
    ] {
        let ended = cutover(arguments).with(2);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert!(ended.err.len() > 20, "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_missing_plan_or_inventory_option_says_what_to_add() {
    cutover(&["simulate"]).with(2).says("--plan FILE");
    cutover(&["simulate", "--plan", "p.toml"])
        .with(2)
        .says("--inventory FILE");
    cutover(&["check"]).with(2).says("--plan <FILE>");
}

#[test]
fn a_simulation_prints_its_answer_to_standard_output_and_ends_with_0() {
    let ended = fabrikam().run(&with_files("simulate", &[])).with(0);
    let ended = ended
        .prints("Fabrikam")
        .prints("wave-1")
        .prints("aol-end")
        .prints("Checked: 3 users");
    assert!(ended.err.contains("pool-unknown"), "{}", ended.err);
    assert!(!ended.out.contains("pool-unknown"), "{}", ended.out);
}

#[test]
fn json_is_all_that_stands_on_standard_output() {
    let ended = fabrikam()
        .run(&with_files("simulate", &["--format", "json"]))
        .with(0);
    let answer: serde_json::Value = serde_json::from_str(&ended.out).expect("one JSON document");
    assert_eq!(answer["format_version"], 1);
    assert_eq!(answer["inventory"]["users"], 3);
    assert_eq!(answer["inventory"]["rows_rejected"], 1);
}

#[test]
fn findings_fail_a_run_only_where_asked_and_bad_enough() {
    let desk = fabrikam();
    desk.run(&with_files("simulate", &[])).with(0);
    desk.run(&with_files("simulate", &["--fail-on", "low"]))
        .with(1);
    desk.run(&with_files("simulate", &["--fail-on", "high"]))
        .with(1);
    desk.put(
        "plan.toml",
        PLAN.split("[[stage]]")
            .next()
            .expect("the plan has a stage"),
    );
    desk.put(
        "users.csv",
        "SipAddress,HomePool,Client\nanna@fabrikam.com,old,Communicator 2007 R2\n",
    );
    let ended = desk
        .run(&with_files("simulate", &["--fail-on", "medium"]))
        .with(0);
    ended.prints("0 findings");
}

#[test]
fn every_problem_of_a_plan_is_shown_with_line_and_column() {
    let plan = PLAN
        .replace("ocs-2007-r2", "ocs-2007-r3")
        .replace("2014-03-01", "2013-03-01")
        .replace("to = \"new\"", "to = \"nwe\"");
    let desk = Desk::new(&[("plan.toml", &plan), ("users.csv", USERS)]);
    for command in ["simulate", "check"] {
        let ended = desk.run(&with_files(command, &[])).with(2);
        ended
            .says("error[unknown-server]")
            .says("plan.toml:8:10")
            .says("error[before-baseline]")
            .says("error[unknown-pool]")
            .says("new");
    }
}

#[test]
fn a_wrong_plan_goes_before_a_refused_inventory() {
    let desk = Desk::new(&[("plan.toml", "[plan]\n"), ("users.csv", "a,b\n1,2\n")]);
    desk.run(&with_files("simulate", &[])).with(2);
    let ended = desk.run(&with_files("check", &[])).with(2);
    ended.says("missing-key").says("sip-column-missing");
}

#[test]
fn files_that_are_not_there_are_named() {
    let desk = fabrikam();
    desk.run(&[
        "simulate",
        "-p",
        "plan.toml",
        "-i",
        "no.csv",
        "-i",
        "none.csv",
    ])
    .with(3)
    .says("no.csv cannot be read: no such file")
    .says("none.csv cannot be read: no such file");
    desk.run(&["simulate", "-p", "no.toml", "-i", "users.csv"])
        .with(2)
        .says("no.toml cannot be read");
    desk.run(&["simulate", "-p", ".", "-i", "users.csv"])
        .with(2)
        .says("it is a folder");
    desk.run(&["simulate", "-p", "plan.toml", "-i", "."])
        .with(3)
        .says("it is a folder");
}

#[test]
fn an_inventory_that_cannot_be_used_is_code_3_and_says_what_is_needed() {
    let desk = fabrikam();
    for (table, expected) in [
        ("", "empty"),
        ("Name,Age\nAnna,7\n", "SIP addresses"),
        ("SipAddress,HomePool\n", "no row below its header"),
        (
            "SipAddress,HomePool\nanna@fabrikam.com,elsewhere\n",
            "no user is left",
        ),
        (
            "<html><table><tr><td>SipAddress</td></tr></table></html>",
            "web page",
        ),
    ] {
        desk.put("users.csv", table);
        for command in ["simulate", "check"] {
            desk.run(&with_files(command, &[])).with(3).says(expected);
        }
    }
}

#[test]
fn what_is_a_workbook_is_decided_by_content() {
    let desk = fabrikam();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(USERS.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet
                .write_string(row, column, cell)
                .expect("a small sheet");
        }
    }
    desk.put(
        "users.csv",
        book.save_to_buffer().expect("a small workbook"),
    );
    desk.run(&with_files("simulate", &[]))
        .with(0)
        .prints("Checked: 3 users");
    let bytes = std::fs::read(desk.path("users.csv")).expect("just written");
    let mut child = desk
        .command(&["simulate", "-p", "plan.toml", "-i", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(&bytes)
        .expect("the program reads");
    let output = child.wait_with_output().expect("the program ends");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Checked: 3 users"));
}

#[test]
fn a_dash_is_standard_input_for_one_file() {
    let desk = fabrikam();
    desk.feed(&["simulate", "-p", "-", "-i", "users.csv"], PLAN)
        .with(0)
        .prints("Fabrikam");
    desk.feed(&["simulate", "-p", "plan.toml", "-i", "-"], USERS)
        .with(0)
        .says("standard input, row 5");
    desk.feed(&["simulate", "-p", "-", "-i", "-"], USERS)
        .with(2)
        .says("only once");
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_change_nothing() {
    let desk = fabrikam();
    let plain = desk.run(&with_files("simulate", &[])).with(0).out;
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    desk.put("plan.toml", windows(PLAN));
    desk.put("users.csv", windows(USERS));
    assert_eq!(desk.run(&with_files("simulate", &[])).with(0).out, plain);
    desk.put("plan.toml", windows(&PLAN.replace("ocs-2007-r2", "x")));
    desk.run(&with_files("check", &[]))
        .with(2)
        .says("plan.toml:8:10");
}

#[test]
fn more_rejected_rows_than_allowed_are_a_refusal_and_are_given_back() {
    let desk = fabrikam();
    desk.run(&with_files("simulate", &["--max-rejected", "1"]))
        .with(0);
    desk.run(&with_files("simulate", &["--max-rejected", "25%"]))
        .with(0);
    for most in ["0", "24%"] {
        let ended = desk.run(&with_files(
            "simulate",
            &["--max-rejected", most, "--rejected", "bad.csv"],
        ));
        let ended = ended.with(3).says("1 of 4 rows are rejected");
        assert_eq!(ended.out, "");
        assert!(desk.text("bad.csv").contains("dan@fabrikam.com"));
    }
}

#[test]
fn a_column_that_no_file_has_is_a_mistake_of_the_plan() {
    let desk = fabrikam();
    let plan = PLAN.replace("to = \"new\" }", "to = \"new\", where = { wave = 1 } }");
    desk.put("plan.toml", plan);
    for command in ["simulate", "check"] {
        desk.run(&with_files(command, &[]))
            .with(2)
            .says("where-column")
            .says("plan.toml:19:");
    }
}

#[test]
fn quiet_leaves_errors_only() {
    let desk = fabrikam();
    let loud = desk.run(&with_files("simulate", &[])).with(0);
    let quiet = desk.run(&with_files("simulate", &["--quiet"])).with(0);
    assert_eq!(quiet.out, loud.out);
    assert!(
        loud.err.contains("warning[client-unrecognized]"),
        "{}",
        loud.err
    );
    assert!(!quiet.err.contains("warning["), "{}", quiet.err);
    assert!(quiet.err.contains("error[pool-unknown]"), "{}", quiet.err);
}

#[test]
fn colors_come_only_when_asked_for_where_nobody_watches() {
    let desk = fabrikam();
    let plain = desk.run(&with_files("simulate", &[]));
    assert!(!plain.out.contains('\u{1b}') && !plain.err.contains('\u{1b}'));
    let colored = desk.run(&with_files("simulate", &["--color", "always"]));
    assert!(colored.out.contains("\u{1b}[") && colored.err.contains("\u{1b}["));
    let mut asked = desk.command(&with_files(
        "simulate",
        &["--color=always", "--color=never"],
    ));
    assert_eq!(
        asked.output().expect("the program starts").status.code(),
        Some(2)
    );
    let mut forced = desk.command(&with_files("simulate", &[]));
    let forced = forced
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    assert!(!forced.stdout.contains(&0x1b), "NO_COLOR goes first");
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let desk = fabrikam();
    let mut child = desk
        .command(&with_files(
            "simulate",
            &["--fail-on", "high", "--findings", "f.csv", "-q"],
        ))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!String::from_utf8_lossy(&output.stderr).contains("standard output"));
    assert!(desk.text("f.csv").starts_with("event,date,sip"));
}

#[test]
fn check_shows_what_was_read() {
    let ended = fabrikam().run(&with_files("check", &[])).with(0);
    ended
        .prints("4 rows in 1 file, 3 used, 1 rejected")
        .prints("Users by pool")
        .prints("Plan: Fabrikam")
        .says("Zebra 3000");
    let ended = fabrikam()
        .run(&with_files("check", &["--format", "json"]))
        .with(0);
    let answer: serde_json::Value = serde_json::from_str(&ended.out).expect("one JSON document");
    assert_eq!(answer["format_version"], 1);
    assert_eq!(
        answer["profile"]["pools"][0],
        serde_json::json!({ "id": "old", "users": 3 })
    );
    let codes: Vec<&str> = answer["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|diagnostic| diagnostic["code"].as_str())
        .collect();
    assert!(
        codes.contains(&"pool-unknown") && codes.contains(&"client-unrecognized"),
        "{codes:?}"
    );
}

#[test]
fn check_works_with_a_plan_or_an_inventory_alone() {
    let desk = fabrikam();
    desk.run(&["check", "-p", "plan.toml"])
        .with(0)
        .prints("1 stage");
    desk.run(&["check", "-i", "users.csv"])
        .with(0)
        .prints("elsewhere");
}

#[test]
fn a_drafted_plan_is_fine_once_its_dates_are_filled_in() {
    let desk = fabrikam();
    desk.run(&["init", "-i", "users.csv", "-o", "draft.toml"])
        .with(0);
    let draft = desk.text("draft.toml");
    let arguments = ["check", "-p", "draft.toml", "-i", "users.csv"];
    desk.run(&arguments).with(2).says("wrong-date");
    let mut month = 0;
    let filled: Vec<String> = draft
        .lines()
        .map(|line| {
            if line.contains("= \"YYYY-MM-DD\"") {
                month += 1;
            }
            line.replace("\"YYYY-MM-DD\"", &format!("2014-{month:02}-01"))
                .replace("\"?\"", "\"lync-server-2010\"")
        })
        .collect();
    desk.put("draft.toml", filled.join("\n"));
    desk.run(&arguments)
        .with(0)
        .prints("4 rows in 1 file, 4 used, 0 rejected");
    desk.run(&["simulate", "-p", "draft.toml", "-i", "users.csv"])
        .with(0);
}

#[test]
fn completions_and_manual_pages_are_printed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        cutover(&["completions", shell]).with(0).prints("simulate");
    }
    cutover(&["man"]).with(0).prints(".TH cutover 1");
    let desk = Desk::new(&[]);
    desk.run(&["man", "--output-dir", "."]).with(0);
    assert!(
        desk.names().contains(&"cutover-simulate.1".to_owned()),
        "{:?}",
        desk.names()
    );
    assert!(
        desk.text("cutover-rules-show.1")
            .contains("CUTOVER-RULES-SHOW")
    );
}

#[test]
fn tables_fit_the_terminal_and_narrow_ones_get_paragraphs() {
    let desk = fabrikam();
    let plan = PLAN.replace(
        "date = 2014-03-01",
        "name = \"第一波：本社の全員をまとめて新しいプールへ移す\"\ndate = 2014-03-01",
    );
    desk.put("plan.toml", plan);
    for (columns, width) in [
        ("40", 99),
        ("80", 99),
        ("100", 100),
        ("120", 120),
        ("160", 160),
    ] {
        let mut command = desk.command(&with_files("simulate", &["-q"]));
        let output = command
            .env("COLUMNS", columns)
            .output()
            .expect("the program starts");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(text.contains("第一波"), "{text}");
        // The closing line is one line, for those who search for it.
        let lines = text.lines().filter(|line| !line.contains("Checked: "));
        let widest = lines.map(unicode_width::UnicodeWidthStr::width).max();
        assert!(
            widest.is_some_and(|widest| widest <= width),
            "{columns}: {widest:?}\n{text}"
        );
        assert_eq!(
            text.contains(" date "),
            columns.len() == 3,
            "{columns}\n{text}"
        );
    }
}

#[test]
fn a_simulation_says_what_was_found_and_what_was_checked() {
    let ended = fabrikam().run(&with_files("simulate", &["-q"])).with(0);
    let ended = ended
        .prints("3 users on 2 pools, 2014-01-06 to 2014-12-31, judged reading")
        .prints("2014-03-01  wave-1")
        .prints("2014-06-30  aol-end: ")
        .prints("Public IM: AOL lost")
        .prints("What is lost, and what helps")
        .prints("After the last event")
        .prints(
            "Checked: 3 users (3 of 4 rows used, 1 rejected, 1 client unrecognized), 1 stage and",
        );
    assert!(ended.out.trim_end().ends_with("rules."), "{}", ended.out);
}

#[test]
fn one_persons_story_names_documents_readings_and_remedies() {
    let desk = fabrikam();
    for address in ["anna@fabrikam.com", "sip:ANNA@fabrikam.com"] {
        let arguments = [
            "explain",
            address,
            "-p",
            "plan.toml",
            "-i",
            "users.csv",
            "-q",
        ];
        let ended = desk.run(&arguments).with(0);
        ended
            .prints("homed on old (ocs-2007-r2); clients: communicator-2007-r2")
            .prints("2014-03-01 wave-1")
            .prints("moves from old to new (lync-server-2013)")
            .prints("meeting-join lost: full → none (medium; own-move)")
            .prints("because s0.t3.communicator-2007-r2")
            .prints("\"Client interoperability in Lync 2013\", 2016-03-04")
            .prints("meanwhile: Lync Web App 2013")
            .prints("to do   ")
            .prints("pic-aol lost: full → none (high; service-change)")
            .prints("After the last event");
    }
    let arguments = [
        "explain",
        "anna@fabrikam.com",
        "-p",
        "plan.toml",
        "-i",
        "users.csv",
        "--format",
        "json",
    ];
    let ended = desk.run(&arguments).with(0);
    let story: serde_json::Value = serde_json::from_str(&ended.out).expect("one JSON document");
    assert_eq!(story["facts"]["clients"][0], "communicator-2007-r2");
    let arguments = [
        "explain",
        "ana@fabrikam.com",
        "-p",
        "plan.toml",
        "-i",
        "users.csv",
    ];
    desk.run(&arguments)
        .with(2)
        .says("did you mean anna@fabrikam.com?");
}

#[test]
fn codes_capabilities_and_rules_are_explained() {
    for (code, expected) in [
        ("three-versions-live", "plan finding, critical"),
        ("pool-unknown", "diagnostic"),
        ("toml-syntax", "diagnostic"),
        ("others-move", "to do"),
        ("meeting-reach", "capability"),
        ("c1", "judgement"),
        ("s0.t1.lync-2013.lync-server-2010", "footnote 5"),
    ] {
        cutover(&["explain", code]).with(0).prints(expected);
    }
    cutover(&["explain", "three-version-live"])
        .with(2)
        .says("did you mean three-versions-live?");
}

#[test]
fn the_knowledge_base_can_be_looked_at() {
    cutover(&["rules", "list", "--kind", "judgement"])
        .with(0)
        .prints("c24");
    cutover(&["rules", "list", "--document", "s9"])
        .with(2)
        .says(", s0, s1, ");
    cutover(&["rules", "show", "c1"])
        .with(0)
        .prints("Group Chat");
    cutover(&["rules", "show", "s0.t1.lync-2013.lync-server-2012"])
        .with(2)
        .says("did you mean s0.t1.lync-2013.lync-server-201");
    cutover(&["rules", "conflicts", "--kind", "contested"])
        .with(0)
        .prints("range    group-chat");
    let arguments = [
        "rules",
        "conflicts",
        "--plan",
        "plan.toml",
        "--inventory",
        "users.csv",
        "-q",
    ];
    fabrikam()
        .run(&arguments)
        .with(0)
        .prints("of the plan rest on it");
    cutover(&["rules", "coverage"])
        .with(0)
        .prints("195 cells: ");
    cutover(&["rules", "clients"])
        .with(0)
        .prints("communicator-2007-r2");
    let ended = cutover(&["rules", "export", "--format", "json"]).with(0);
    let cells: serde_json::Value = serde_json::from_str(&ended.out).expect("one JSON document");
    assert_eq!(cells.as_array().map(Vec::len), Some(195));
}
