//! Bad data is reported with its code and line, one fixture for each thing that can be wrong.
//!
//! A fixture under `fixtures/knowledge/bad` changes the bundled data: `add` a file, `append` to one, or `edit` one line of one.
//! Its lines are counted in the fixture itself; `edited` is the line that was edited.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cutover::diagnostic::{Diagnostic, Place};
use cutover::knowledge::KnowledgeBase;
use proptest::prelude::*;

/// One fixture, read.
struct BadData {
    files: Vec<(String, String)>,
    /// The file in which the problems are looked for.
    file: String,
    expected: BTreeSet<(String, usize)>,
}

fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let start = format!("# {key}: ");
    text.lines().find_map(|line| line.strip_prefix(&start))
}

impl BadData {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("the fixture is readable");
        let change = value(&text, "change").expect("a fixture changes something");
        let (how, name) = change.split_once(' ').expect("how and which file");
        let mut files: Vec<(String, String)> = KnowledgeBase::bundled_files()
            .iter()
            .map(|&(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        if how == "add" {
            files.push((name.to_owned(), String::new()));
        }
        let changed = files
            .iter_mut()
            .find(|file| file.0 == name)
            .expect("the changed file exists");
        let (mut before, mut edited) = (0, 0);
        if how == "edit" {
            let (old, new) = (
                value(&text, "old").expect("old"),
                value(&text, "new").expect("new"),
            );
            let at = changed.1.find(old).expect("the old text is there");
            edited = changed.1[..at].lines().count() + usize::from(changed.1[..at].ends_with('\n'));
            changed.1 = changed.1.replacen(old, new, 1);
        } else {
            before = changed.1.lines().count();
            changed.1 += &text;
        }
        let expected = text
            .lines()
            .filter_map(|line| line.strip_prefix("# expect: error "))
            .map(|line| {
                let (code, line) = line.split_once(' ').expect("code and line");
                let line = match line {
                    "edited" => edited,
                    number => before + number.parse::<usize>().expect("a line"),
                };
                (code.to_owned(), line)
            })
            .collect();
        let file = value(&text, "looks at").unwrap_or(name).to_owned();
        Self {
            files,
            file,
            expected,
        }
    }

    fn load(&self) -> Result<KnowledgeBase, Vec<Diagnostic>> {
        let files = self.files.iter();
        let files: Vec<(&str, &str)> = files
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        KnowledgeBase::load(&files)
    }
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/knowledge/bad");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of bad data")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

/// The code and line of a problem in a file.
fn line_in(problem: &Diagnostic, wanted: &str) -> Option<(String, usize)> {
    match &problem.place {
        Some(Place::Text { file, line, .. }) if file == wanted => {
            Some((problem.code.to_owned(), *line))
        }
        _ => None,
    }
}

#[test]
fn bad_data_is_reported_with_its_code_and_line() {
    assert!(fixtures().len() > 50);
    for path in fixtures() {
        let bad = BadData::read(&path);
        let problems = match bad.load() {
            Ok(_) => panic!("{} was accepted", path.display()),
            Err(problems) => problems,
        };
        let found: BTreeSet<(String, usize)> = problems
            .iter()
            .filter_map(|problem| line_in(problem, &bad.file))
            .collect();
        for problem in &problems {
            assert!(problem.place.is_some(), "{}: {problem:?}", path.display());
            assert!(!problem.message.ends_with('.'), "{problem:?}");
        }
        assert_eq!(found, bad.expected, "{}: {problems:#?}", path.display());
    }
}

#[test]
fn a_missing_file_is_a_problem_and_no_panic() {
    let bundled = KnowledgeBase::bundled_files();
    for missing in [
        "products.toml",
        "judgements.toml",
        "capabilities.toml",
        "codes.toml",
        "services.toml",
    ] {
        let files: Vec<(&str, &str)> = bundled
            .iter()
            .copied()
            .filter(|&(name, _)| name != missing)
            .collect();
        let problems = KnowledgeBase::load(&files).expect_err("a file is missing");
        assert!(
            problems
                .iter()
                .any(|problem| problem.code == "data-missing"),
            "{missing}"
        );
    }
    assert!(KnowledgeBase::load(&[]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Loading is total: whatever a file contains, it gives problems or a knowledge base.
    #[test]
    fn damaged_data_never_panics(file in 0_usize..31, at in 0.0_f64..1.0, length in 0_usize..200, put in "\\PC{0,12}") {
        let mut files: Vec<(String, String)> = KnowledgeBase::bundled_files()
            .iter()
            .map(|&(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        let count = files.len();
        let text: Vec<char> = files[file % count].1.chars().collect();
        let start = ((text.len() as f64) * at) as usize;
        let end = (start + length).min(text.len());
        let damaged: String = text[..start].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&text[end..]).collect();
        files[file % count].1 = damaged;
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        if let Err(problems) = KnowledgeBase::load(&files) {
            prop_assert!(!problems.is_empty());
        }
    }
}
