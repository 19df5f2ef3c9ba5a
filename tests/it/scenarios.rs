//! Whole stories: a plan, an inventory, and what is found.
//!
//! Each folder of `fixtures/scenarios` but `contoso` is one effect. Its README states findings, plan findings and user-days,
//! worked out by hand; the program must agree. `expected` holds what the program wrote, so that a change of any byte is
//! seen: `UPDATE_EXPECTED=1 cargo test --test it scenarios` writes it anew, and never touches a README.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cutover::finding::PlanCode;
use cutover::model::{Capability, Reading};
use cutover::report::findings::Sort;
use cutover::report::json;
use serde_json::Value;

use crate::support::{Case, KNOWLEDGE};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folders of the small scenarios.
fn small() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root()).expect("the scenarios are there");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a scenario can be listed").path())
        .filter(|path| path.join("inventory.csv").exists())
        .collect();
    folders.sort();
    assert!(folders.len() > 20, "scenarios are missing");
    folders
}

fn case(folder: &Path) -> Case {
    Case::read(
        &text(&folder.join("inventory.csv")),
        &text(&folder.join("plan.toml")),
    )
}

/// The rows of the table under a heading of a README, cell by cell, without the table's own header.
fn table(readme: &str, heading: &str) -> Vec<Vec<String>> {
    let section = readme
        .split(&format!("\n## {heading}\n"))
        .nth(1)
        .unwrap_or_else(|| panic!("the README has no section {heading}"));
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|line| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// The findings that a README states: several people and several capabilities in one row are one finding each.
fn stated_findings(readme: &str) -> BTreeSet<String> {
    let mut findings = BTreeSet::new();
    for row in table(readme, "Findings") {
        for who in row[1].split(", ") {
            for capability in row[2].split(", ") {
                let rest = row[3..].join(" | ");
                findings.insert(format!(
                    "{} | {who}@contoso.com | {capability} | {rest}",
                    row[0]
                ));
            }
        }
    }
    findings
}

fn found_findings(case: &Case) -> BTreeSet<String> {
    let findings = case.findings(Reading::Judged);
    findings
        .iter()
        .map(|line| {
            let from_level = line[4..11].join(" | ");
            format!("{} | {} | {} | {from_level}", line[0], line[2], line[3])
        })
        .collect()
}

fn differences(stated: &BTreeSet<String>, found: &BTreeSet<String>) -> String {
    let missing = stated
        .difference(found)
        .map(|line| format!("  stated, not found: {line}\n"));
    let surplus = found
        .difference(stated)
        .map(|line| format!("  found, not stated: {line}\n"));
    missing.chain(surplus).collect()
}

/// `event | code | severity | subject`, the subject where the README states one.
fn plan_findings(case: &Case, stated: &BTreeSet<String>) -> BTreeSet<String> {
    case.simulation(Reading::Judged, |run| {
        let findings = run.simulation.plan_findings.iter();
        findings
            .map(|finding| {
                let (code, severity) = (finding.code.id(), finding.code.severity().id());
                let bare = format!("{} | {code} | {severity} | ", finding.event);
                if stated.contains(&bare) {
                    bare
                } else {
                    bare + &finding.subject
                }
            })
            .collect()
    })
}

fn user_days(case: &Case) -> BTreeSet<String> {
    case.simulation(Reading::Judged, |run| {
        let days = Capability::ALL.iter().zip(run.simulation.user_days);
        days.filter(|(_, days)| *days > 0)
            .map(|(capability, days)| format!("{capability} | {days}"))
            .collect()
    })
}

#[test]
fn the_program_finds_what_was_worked_out_by_hand() {
    let mut wrong = String::new();
    for folder in small() {
        let readme = text(&folder.join("README.md"));
        let case = case(&folder);
        let joined = |heading| -> BTreeSet<String> {
            table(&readme, heading)
                .iter()
                .map(|row| row.join(" | "))
                .collect()
        };
        let risks = joined("Plan findings");
        let differences = differences(&stated_findings(&readme), &found_findings(&case))
            + &differences(&risks, &plan_findings(&case, &risks))
            + &differences(&joined("User-days"), &user_days(&case));
        if !differences.is_empty() {
            wrong += &format!("{}:\n{differences}", folder.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Compares with a file under `expected`, or writes it where the environment asks for that.
fn expect(path: &Path, found: &str) -> Option<String> {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        let folder = path.parent().expect("an expected file lies in a folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        std::fs::write(path, found).expect("the expected file can be written");
        return None;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    (expected != found).then(|| {
        let line = expected
            .lines()
            .zip(found.lines())
            .take_while(|(a, b)| a == b)
            .count();
        let of = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
        format!(
            "{}, line {}:\n  expected {}\n  found    {}\n",
            path.display(),
            line + 1,
            of(&expected),
            of(found)
        )
    })
}

fn json_of(case: &Case, reading: Reading) -> String {
    case.simulation(reading, |run| {
        let answer = json::simulation(run.timeline, &KNOWLEDGE, run.simulation);
        serde_json::to_string(&answer).expect("the answer is plain data")
    })
}

#[test]
fn what_the_program_writes_is_what_it_wrote_before() {
    let mut wrong = String::new();
    for folder in small() {
        let (case, expected) = (case(&folder), folder.join("expected"));
        let findings = |reading| case.findings_csv(reading, Sort::Inventory, 1);
        let judged = findings(Reading::Judged);
        let compare =
            |name: &str, found: &str| expect(&expected.join(name), found).unwrap_or_default();
        wrong += &compare("summary.txt", &summary(&json_of(&case, Reading::Judged)));
        wrong += &compare("findings.csv", &judged);
        for (reading, name) in [(Reading::Strict, "strict"), (Reading::Lenient, "lenient")] {
            let found = findings(reading);
            let file = format!("findings-{name}.csv");
            // Where a reading changes nothing there is no file to say so.
            if found != judged {
                wrong += &compare(&file, &found);
            } else if expected.join(&file).exists() {
                wrong += &format!("{}: {file} says what findings.csv says\n", folder.display());
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong}\nis it meant? UPDATE_EXPECTED=1 writes the files anew"
    );
}

/// The program itself, in Contoso's folder: what it writes to standard output, and to a file if one is asked for.
fn contoso(arguments: &[&str], written: Option<&str>) -> (String, String) {
    let folder = root().join("contoso");
    let away = tempfile::tempdir().expect("a temporary folder can be made");
    let file = away.path().join(written.unwrap_or("nothing"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
    command.arg("simulate").args(arguments).current_dir(&folder);
    for inventory in ["users.csv", "clients.xlsx", "waves.csv"] {
        command.args(["--inventory", inventory]);
    }
    if let Some(option) = written {
        command.arg(format!("--{option}")).arg(&file);
    }
    let output = command
        .env("NO_COLOR", "1")
        .env("COLUMNS", "120")
        .output()
        .expect("the program can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    let text = String::from_utf8(output.stdout).expect("the output is UTF-8");
    let file = std::fs::read_to_string(&file).unwrap_or_default();
    (text.replace("\r\n", "\n"), file)
}

/// `full 2, none 1`: what is not zero.
fn counts(value: &Value) -> String {
    let counts = value.as_object().expect("counts by name").iter();
    let counts = counts.filter(|(_, count)| **count != 0);
    let counts: Vec<String> = counts
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    counts.join(", ")
}

/// What one event changes for a capability and leaves behind; nothing where nothing changes and the event is not the first.
fn told(event: &Value, capability: &str) -> Option<String> {
    let (changes, state) = (
        counts(&event["changes"][capability]),
        counts(&event["state"][capability]),
    );
    if changes.is_empty() && event["kind"] != "baseline" {
        return None;
    }
    let range = &event["range"][capability]["none"];
    let range = match (range[0].as_u64(), range[1].as_u64()) {
        (Some(0), Some(0)) => String::new(),
        (Some(lenient), Some(strict)) => format!(" (none {lenient} to {strict})"),
        _ => panic!("a range has two numbers"),
    };
    let arrow = if changes.is_empty() { "" } else { " -> " };
    Some(format!("  {capability}: {changes}{arrow}{state}{range}"))
}

/// The JSON answer as lines that a person can compare: what changes at each event, and what it leaves behind.
fn summary(answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).expect("the answer is JSON");
    let mut lines = vec![format!("inventory: {}", counts(&answer["inventory"]))];
    for event in answer["events"].as_array().expect("events") {
        let text = |key: &str| event[key].as_str().unwrap_or("").to_owned();
        let (moved, reclient) = (&event["users_moved"], &event["users_reclient"]);
        lines.push(format!(
            "{} {}: {moved} moved, {reclient} new clients",
            text("date"),
            text("id")
        ));
        let capabilities = Capability::ALL.iter().map(|capability| capability.id());
        lines.extend(capabilities.filter_map(|capability| told(event, capability)));
    }
    for finding in answer["plan_findings"].as_array().expect("plan findings") {
        let text = |key: &str| finding[key].as_str().unwrap_or("").to_owned();
        lines.push(format!(
            "{} {}: {}",
            text("event"),
            text("code"),
            text("message")
        ));
    }
    lines.push(format!("user-days: {}", counts(&answer["user_days"])));
    lines.join("\n") + "\n"
}

#[test]
fn contoso_is_told_as_before() {
    let expected = root().join("contoso/expected");
    let mut wrong = String::new();
    let mut compare = |name: &str, found: &str| {
        wrong += &expect(&expected.join(name), found).unwrap_or_default();
    };
    for (plan, prefix) in [("plan.toml", ""), ("plan-hasty.toml", "hasty-")] {
        for reading in Reading::ALL.iter().map(|reading| reading.id()) {
            let arguments = ["--plan", plan, "--reading", reading, "--format", "json"];
            let (answer, _) = contoso(&arguments, None);
            compare(&format!("{prefix}summary-{reading}.txt"), &summary(&answer));
        }
        let (terminal, _) = contoso(&["--plan", plan], None);
        compare(&format!("{prefix}terminal.txt"), &terminal);
    }
    let columns = "event,date,sip,capability,from,to,kind,severity,causes,workaround,detail";
    let (_, findings) = contoso(
        &["--plan", "plan.toml", "--columns", columns],
        Some("findings"),
    );
    compare("findings.csv", &findings);
    let (_, rejected) = contoso(&["--plan", "plan.toml"], Some("rejected"));
    compare("rejected.csv", &rejected);
    assert!(
        wrong.is_empty(),
        "{wrong}\nis it meant? UPDATE_EXPECTED=1 writes the files anew"
    );
}

#[test]
fn the_hasty_plan_has_every_risk_that_a_plan_can_have() {
    let (answer, _) = contoso(&["--plan", "plan-hasty.toml", "--format", "json"], None);
    let answer: Value = serde_json::from_str(&answer).expect("the answer is JSON");
    let findings = answer["plan_findings"].as_array().expect("plan findings");
    let found: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    let all: BTreeSet<&str> = PlanCode::ALL.iter().map(|code| code.id()).collect();
    assert_eq!(found, all);
}
