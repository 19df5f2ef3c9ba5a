//! Plan files, good and bad: every problem of contract section 3 is found, on its line, and nothing else.
//!
//! A bad plan under `fixtures/plans/bad` says what is wrong with it: `# expect: error stage-cycle 7` is an error with that
//! code on line 7; `-` stands where the file as a whole is concerned.

use std::path::{Path, PathBuf};

use cutover::diagnostic::{Diagnostic, Place, Weight};
use cutover::inventory::{self, Request, Source};
use cutover::plan::{self, Plan};

use crate::support::KNOWLEDGE;

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).expect("the fixtures are there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a fixture can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

fn read(bytes: &[u8], file: &str) -> (Option<Plan>, Vec<Diagnostic>) {
    match plan::decode(bytes, file) {
        Ok(text) => plan::read(text, file, &KNOWLEDGE),
        Err(problem) => (None, vec![*problem]),
    }
}

fn weight(problem: &Diagnostic) -> &'static str {
    match problem.weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Note => "note",
    }
}

fn described(problem: &Diagnostic) -> String {
    let line = match &problem.place {
        Some(Place::Text { line, .. }) => line.to_string(),
        _ => "-".to_owned(),
    };
    format!("{} {} {line}", weight(problem), problem.code)
}

/// `error stage-cycle 7` for each expectation that the file states about itself.
fn expected(bytes: &[u8]) -> Vec<String> {
    // The file may be of any encoding; its expectations are plain letters.
    let letters: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0).collect();
    let text = String::from_utf8_lossy(&letters);
    let mut expected: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# expect: "))
        .map(|expectation| expectation.trim_end().to_owned())
        .collect();
    expected.sort();
    expected
}

#[test]
fn a_bad_plan_has_exactly_the_problems_it_says_and_each_on_its_line() {
    let mut wrong = Vec::new();
    let files = fixtures("fixtures/plans/bad");
    for path in &files {
        let name = path
            .file_name()
            .expect("a file has a name")
            .to_string_lossy();
        let bytes = std::fs::read(path).expect("a fixture can be read");
        let (plan, problems) = read(&bytes, &name);
        let mut found: Vec<String> = problems.iter().map(described).collect();
        found.sort();
        let expected = expected(&bytes);
        if found != expected || expected.is_empty() {
            wrong.push(format!(
                "{name}: expected {expected:#?}, found {problems:#?}"
            ));
        }
        assert!(
            plan.is_none(),
            "{name}: a plan came out of a file with errors"
        );
    }
    assert!(files.len() > 35, "bad plans are missing");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_good_plan_has_no_problem() {
    let plans = fixtures("fixtures/plans/good");
    assert!(plans.len() > 5, "good plans are missing");
    let scenarios = fixtures("fixtures/scenarios/contoso");
    for path in plans.iter().chain(&scenarios) {
        let bytes = std::fs::read(path).expect("a fixture can be read");
        let (plan, problems) = read(&bytes, &path.to_string_lossy());
        assert!(problems.is_empty(), "{}: {problems:#?}", path.display());
        assert!(plan.is_some(), "{}", path.display());
    }
}

#[test]
fn every_problem_is_one_sentence_and_shows_no_control_character() {
    for path in fixtures("fixtures/plans/bad") {
        let bytes = std::fs::read(&path).expect("a fixture can be read");
        let (_, problems) = read(&bytes, "plan.toml");
        for problem in problems {
            let message = &problem.message;
            assert!(!message.ends_with('.'), "a full stop: {message}");
            assert!(
                message.starts_with(|c: char| !c.is_uppercase()),
                "an upper case beginning: {message}"
            );
            assert!(!message.contains('\n'), "a line break: {message}");
        }
    }
}

#[test]
fn a_where_key_that_no_inventory_file_has_is_named_with_the_nearest_column() {
    let text = "[plan]\nbaseline = 2014-01-06\n[[pool]]\nid = \"r2\"\nserver = \"ocs-2007-r2\"\n\
        [[stage]]\nid = \"s\"\ndate = 2014-02-01\n\
        move = [{ from = [\"r2\"], to = \"r2\", where = { wawe = \"1\", \"Flo or\" = 3, department = \"IT\" } }]\n";
    let (plan, problems) = plan::read(text, "plan.toml", &KNOWLEDGE);
    assert_eq!(problems, []);
    let plan = plan.expect("the plan is well formed");
    let csv = b"SipAddress,HomePool,Wave,floor\na@x,r2,1,3\n".to_vec();
    let request = Request {
        pools: plan.pool_directory(),
        columns: plan.columns(),
        ..Request::default()
    };
    let sources = [Source::text("inventory.csv", &csv)];
    let inventory =
        inventory::import(&sources, &request, KNOWLEDGE.products()).expect("one user is accepted");
    let problems = plan::check_columns(&plan, &inventory);
    let described: Vec<String> = problems.iter().map(described).collect();
    assert_eq!(
        described,
        ["warning where-column 9", "error where-column 9"]
    );
    assert_eq!(problems[1].help.as_deref(), Some("did you mean \"Wave\"?"));
}
