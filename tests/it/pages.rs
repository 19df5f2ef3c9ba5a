//! README and docs keep to what the program does: their commands are run, their plans are read, their tables are the code's.
//!
//! A ```` ```console ```` block holds commands (`$ cutover …`) and what they print, standard error first. They run in a copy
//! of `fixtures/tutorial`. A line `…` stands for any lines that are left out. `UPDATE_EXPECTED=1 cargo test --test it pages`
//! writes the blocks without such a line anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use cutover::finding::{Cause, Kind, PlanCode};
use cutover::model::{Capability, Severity};
use cutover::plan;

use crate::support::KNOWLEDGE;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    let text = std::fs::read_to_string(root().join(name));
    text.unwrap_or_else(|error| panic!("{name}: {error}"))
        .replace("\r\n", "\n")
}

/// The texts between fences with this word behind them.
fn blocks<'t>(page: &'t str, word: &str) -> Vec<&'t str> {
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

/// A folder of its own with the tutorial's files, removed at the end.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let files =
        std::fs::read_dir(root().join("fixtures/tutorial")).expect("the tutorial has files");
    for file in files {
        let from = file.expect("a file can be listed").path();
        let name = from.file_name().expect("a file has a name");
        std::fs::copy(&from, folder.path().join(name)).expect("a file can be copied");
    }
    folder
}

/// The words of a command line; quotation marks keep blanks together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is a word").push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a command prints; `None` where it is none of ours.
fn run(line: &str, folder: &Path) -> Option<String> {
    let ours = line
        .strip_prefix("cargo run --release -- ")
        .or_else(|| line.strip_prefix("cutover "))?;
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(words(ours))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "120")
        .output()
        .expect("the program can be started");
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text += &String::from_utf8_lossy(&output.stdout);
    Some(text.replace("\r\n", "\n"))
}

/// Do the lines agree, where `…` stands for any?
fn agree(shown: &str, found: &str) -> bool {
    let mut parts = shown.split("…\n");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = found.strip_prefix(first) else {
        return false;
    };
    let mut is_open = false;
    for part in parts {
        is_open = part.is_empty();
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.trim().is_empty() || is_open
}

/// A console block as it should be, and whether what it shows is wrong.
fn replayed(block: &str, folder: &Path) -> (String, Vec<String>) {
    let mut fresh = String::new();
    let mut wrong = Vec::new();
    for command in block.split("$ ").skip(1) {
        let (line, shown) = command.split_once('\n').unwrap_or((command, ""));
        let found = run(line, folder).unwrap_or_else(|| shown.to_owned());
        let is_right = agree(shown, &found) || shown.trim_end() == found.trim_end();
        if !is_right {
            wrong.push(format!("$ {line}\nshown:\n{shown}\nfound:\n{found}"));
        }
        let keeps = is_right || shown.contains("…\n");
        let text = if keeps { shown } else { &found };
        writeln!(fresh, "$ {line}\n{}", text.trim_end()).expect("a text takes everything");
    }
    (fresh.replace("\n\n$ ", "\n$ "), wrong)
}

#[test]
fn commands_in_the_pages_print_what_the_pages_show() {
    let mut wrong = Vec::new();
    for name in ["README.md", "docs/tutorial.md"] {
        let text = page(name);
        let folder = workplace();
        let mut fresh = text.clone();
        for block in blocks(&text, "console") {
            let (replayed, differences) = replayed(block, folder.path());
            fresh = fresh.replace(block, &replayed);
            wrong.extend(
                differences
                    .into_iter()
                    .map(|difference| format!("{name}: {difference}")),
            );
        }
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(root().join(name), fresh).expect("the page can be written");
        }
    }
    let is_update = std::env::var_os("UPDATE_EXPECTED").is_some();
    assert!(wrong.is_empty() || is_update, "{}", wrong.join("\n\n"));
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
