//! README and docs keep to what the program does: their plans are read, their tables are the code's, their links lead somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cutover::finding::{Cause, Kind, PlanCode};
use cutover::model::{Capability, Severity};
use cutover::plan;

use crate::support::KNOWLEDGE;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn page(name: &str) -> String {
    let text = std::fs::read_to_string(root().join(name));
    text.unwrap_or_else(|error| panic!("{name}: {error}"))
        .replace("\r\n", "\n")
}

/// The texts between fences with this word behind them.
pub(crate) fn blocks<'t>(page: &'t str, word: &str) -> Vec<&'t str> {
    let opening = format!("```{word}\n");
    let parts = page.split(opening.as_str()).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap_or_default())
        .collect()
}

/// The cells of every table row of a page, without the ticks around code.
fn rows(page: &str) -> Vec<Vec<String>> {
    let rows = page
        .lines()
        .filter(|line| line.starts_with('|') && !line.starts_with("|---"));
    rows.map(|line| {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().replace('`', "")).collect()
    })
    .collect()
}

#[test]
fn files_in_the_pages_are_the_tutorials_files() {
    let mut shown = 0;
    for (word, ending) in [("csv", "csv"), ("toml", "toml")] {
        for name in ["README.md", "docs/tutorial.md"] {
            let text = page(name);
            for block in blocks(&text, word) {
                let files = std::fs::read_dir(root().join("fixtures/tutorial")).expect("files");
                let is_one = files
                    .map(|file| file.expect("a file can be listed").path())
                    .filter(|path: &PathBuf| path.extension().is_some_and(|found| found == ending))
                    .any(|path| {
                        let whole = std::fs::read_to_string(path).expect("a text");
                        whole.replace("\r\n", "\n").contains(block)
                    });
                assert!(
                    is_one,
                    "{name} shows what no file of the tutorial holds:\n{block}"
                );
                shown += 1;
            }
        }
    }
    assert!(shown > 1, "the pages show no files");
}

#[test]
fn the_examples_of_the_plan_format_are_one_plan() {
    let text = blocks(&page("docs/plan-format.md"), "toml").concat();
    let (plan, problems) = plan::read(&text, "docs/plan-format.md", &KNOWLEDGE);
    assert_eq!(problems, []);
    assert_eq!(plan.expect("the plan is well formed").stages.len(), 3);
}

#[test]
fn every_code_of_a_bad_plan_is_in_the_plan_format() {
    let documented: BTreeSet<String> = rows(&page("docs/plan-format.md"))
        .into_iter()
        .filter(|row| row.len() == 2 && row[0].contains('-') && !row[0].contains(' '))
        .map(|row| row[0].clone())
        .collect();
    let mut shown = BTreeSet::new();
    let folder = std::fs::read_dir(root().join("fixtures/plans/bad")).expect("the bad plans");
    for file in folder {
        let bytes = std::fs::read(file.expect("a file can be listed").path()).expect("bytes");
        let letters: Vec<u8> = bytes.into_iter().filter(|&byte| byte != 0).collect();
        let text = String::from_utf8_lossy(&letters).into_owned();
        let expectations = text
            .lines()
            .filter_map(|line| line.strip_prefix("# expect: error "));
        shown.extend(expectations.filter_map(|line| line.split(' ').next().map(str::to_owned)));
    }
    // A file of 16 MiB, 65 536 pools and an inventory's columns are no fixtures; tests of the plan reader have them.
    let elsewhere = ["plan-too-large", "too-many", "where-column"].map(str::to_owned);
    shown.extend(elsewhere);
    assert_eq!(documented, shown);
}

#[test]
fn the_tables_of_the_findings_page_are_the_codes() {
    let rows = rows(&page("docs/findings.md"));
    let first: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row[0].split([' ', ',']))
        .collect();
    let ids = Capability::ALL.iter().map(|capability| capability.id());
    let ids = ids.chain(Kind::ALL.iter().map(|kind| kind.id()));
    let ids = ids.chain(Cause::ALL.iter().map(|cause| cause.id()));
    for id in ids.chain(Severity::ALL.iter().map(|severity| severity.id())) {
        assert!(first.contains(id), "{id} is not on the page");
    }
    for code in PlanCode::ALL {
        let is_there = rows
            .iter()
            .any(|row| row.len() == 3 && row[0] == code.id() && row[1] == code.severity().id());
        assert!(
            is_there,
            "{} is not on the page with its severity",
            code.id()
        );
    }
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut pages: Vec<PathBuf> = vec![root().join("README.md")];
    let docs = std::fs::read_dir(root().join("docs")).expect("the docs are there");
    pages.extend(docs.map(|file| file.expect("a file can be listed").path()));
    for path in pages
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
    {
        let text = std::fs::read_to_string(path).expect("a page is text");
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let folder = path.parent().expect("a page lies in a folder");
            assert!(folder.join(target).exists(), "{}: {target}", path.display());
        }
    }
}
