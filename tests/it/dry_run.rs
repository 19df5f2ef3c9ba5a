//! A dry run says what the plan file with the new dates would say, and refuses what the plan's reader would refuse.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cutover::dry_run::{DryRun, Shift, Target};
use cutover::plan;
use cutover::plan::redate::redated;
use proptest::prelude::*;

use crate::stories::stories;
use crate::support::{Case, KNOWLEDGE, import, with_header};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_dry_run_equals_a_simulation_of_the_plan_file_with_the_new_dates(story in stories(), days in -9_i64..10) {
        let written = story.text(&story.planned());
        let (plan, _) = plan::read(&written, "plan.toml", &KNOWLEDGE);
        prop_assume!(plan.is_some());
        let plan = plan.expect("assumed just now");
        let shifts: Vec<Shift> = story
            .moving
            .iter()
            .map(|stage| Shift { stage: format!("s{stage}"), target: Target::Days(days) })
            .collect();
        let new_day = story.stages[story.moving[0]].date + chrono::Duration::days(days);
        let expected = story.text(&story.dates(new_day));
        let (expected_plan, _) = plan::read(&expected, "plan.toml", &KNOWLEDGE);
        match DryRun::new(&plan, &shifts, story.along, &[], &KNOWLEDGE) {
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(expected_plan.is_none(), "refused, but the plan's reader takes it: {:#?}", problems);
            }
            Ok(run) => {
                let text = redated(&written, &run.new_dates()).expect("the plan was read from this text");
                prop_assert_eq!(&text, &expected);
                let plan = expected_plan.expect("the plan's reader takes what a dry run takes");
                let rows: Vec<&str> = story.rows.iter().map(String::as_str).collect();
                let inventory = || import(&[&with_header(&rows)], &plan);
                let dry = Case { plan: run.plan, inventory: inventory() };
                let file = Case { inventory: inventory(), plan: plan.clone() };
                prop_assert_eq!(dry.findings(story.reading), file.findings(story.reading));
                prop_assert_eq!(dry.plan_codes(), file.plan_codes());
                let days = |case: &Case| case.simulation(story.reading, |run| run.simulation.user_days);
                prop_assert_eq!(days(&dry), days(&file));
            }
        }
    }
}

fn contoso(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/scenarios/contoso")
        .join(file)
}

fn dry_run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["dry-run", "--plan"])
        .arg(contoso("plan.toml"))
        .arg("--inventory")
        .arg(contoso("users.csv"))
        .arg("--inventory")
        .arg(contoso("waves.csv"))
        .args(["--quiet", "--encoding", "windows-1252"])
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[test]
fn a_broken_dependency_is_refused_with_the_chain_of_stages() {
    let output = dry_run(&["--shift", "l13-wave-2=2014-09-01"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("shift-breaks-after"), "{said}");
    assert!(
        said.contains("l13-wave-2 -> l13-wave-3 -> l13-remaining"),
        "{said}"
    );
    assert!(said.contains("--cascade"), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn an_unknown_stage_is_refused_with_the_nearest_one() {
    let output = dry_run(&["--shift", "l13-wave2=+7d"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("did you mean \"l13-wave-2\"?"), "{said}");
}

#[test]
fn the_plan_is_saved_with_nothing_but_its_dates_changed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let saved = folder.path().join("later.toml");
    let write = ["--write", saved.to_str().expect("the path is UTF-8")];
    let output = dry_run(&[&["--shift", "l13-wave-3=+0d"], &write[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let read = |path: &Path| std::fs::read(path).expect("the file is there");
    assert_eq!(read(&saved), read(&contoso("plan.toml")), "byte for byte");

    let later = [
        "--shift",
        "l13-wave-2=+1w",
        "--cascade",
        "--service",
        "aol-end=2014-08-31",
    ];
    let output = dry_run(&[&later, &write[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let (old, new) = (text(&read(&contoso("plan.toml"))), text(&read(&saved)));
    let changed: Vec<(&str, &str)> = old
        .lines()
        .zip(new.lines())
        .filter(|(old, new)| old != new)
        .collect();
    let dates = [
        ("date = 2014-07-12", "date = 2014-07-19"),
        ("date = 2014-08-16", "date = 2014-08-23"),
        ("date = 2014-08-30", "date = 2014-09-06"),
        ("date = 2014-09-13", "date = 2014-09-20"),
        ("date = 2014-10-04", "date = 2014-10-11"),
    ];
    assert_eq!(changed, dates);
    assert!(new.ends_with("\n\n[[service]]\nid = \"aol-end\"\ndate = 2014-08-31\n"));
    let (plan, problems) = plan::read(&new, "later.toml", &KNOWLEDGE);
    assert!(plan.is_some(), "{problems:?}");
}

#[test]
fn people_are_named_in_data_and_counted_for_a_person() {
    let shift = ["--shift", "l13-wave-3=2014-08-23"];
    let said = text(&dry_run(&shift).stdout);
    assert!(
        said.contains("l13-wave-3 on 2014-08-23, not on 2014-08-16 (+7 days)"),
        "{said}"
    );
    let json = text(&dry_run(&[&shift[..], &["--format", "json"]].concat()).stdout);
    let json: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    assert_eq!(json["format_version"], 1);
    assert_eq!(json["moved"][0]["stage"], "l13-wave-3");
    let cohorts = json["difference"]["cohorts"].as_array().expect("a list");
    let named: usize = cohorts
        .iter()
        .map(|cohort| cohort["sips"].as_array().map_or(0, Vec::len))
        .sum();
    assert_eq!(json["difference"]["users"], named);
    let csv = text(&dry_run(&[&shift[..], &["--format", "csv"]].concat()).stdout);
    let changes: usize = cohorts
        .iter()
        .map(|cohort| {
            cohort["sips"].as_array().map_or(0, Vec::len)
                * cohort["changes"].as_array().map_or(0, Vec::len)
        })
        .sum();
    assert_eq!(csv.lines().count(), changes + 1);
}

#[test]
fn a_shift_back_and_forth_changes_nothing() {
    let output = dry_run(&["--shift", "l13-wave-3=+0d"]);
    let said = text(&output.stdout);
    assert!(
        said.contains("every date as planned") && said.contains("Nothing differs."),
        "{said}"
    );
}
