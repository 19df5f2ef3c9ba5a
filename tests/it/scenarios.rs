//! Whole stories: a plan, an inventory, and what is found.
//!
//! Each folder of `fixtures/scenarios` but `contoso` is one effect. Its README states findings, plan findings and user-days,
//! worked out by hand; the program must agree. `expected` holds what the program wrote, so that a change of any byte is
//! seen: `UPDATE_EXPECTED=1 cargo test --test it scenarios` writes it anew, and never touches a README.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cutover::model::{Capability, Reading};
use cutover::report::findings::Sort;
use cutover::report::json;

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
        serde_json::to_string_pretty(&answer).expect("the answer is plain data") + "\n"
    })
}

#[test]
fn what_the_program_writes_is_what_it_wrote_before() {
    let mut wrong = String::new();
    for folder in small() {
        let case = case(&folder);
        let files = [
            ("simulate.json", json_of(&case, Reading::Judged)),
            (
                "findings.csv",
                case.findings_csv(Reading::Judged, Sort::Inventory, 1),
            ),
            (
                "findings-strict.csv",
                case.findings_csv(Reading::Strict, Sort::Inventory, 1),
            ),
            (
                "findings-lenient.csv",
                case.findings_csv(Reading::Lenient, Sort::Inventory, 1),
            ),
        ];
        for (name, found) in files {
            wrong += &expect(&folder.join("expected").join(name), &found).unwrap_or_default();
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong}\nis it meant? UPDATE_EXPECTED=1 writes the files anew"
    );
}
