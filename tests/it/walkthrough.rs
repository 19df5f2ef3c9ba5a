//! README, tutorial and the page about other dates are run: each command prints what the page shows.
//!
//! A ```` ```console ```` block holds commands (`$ cutover …`) and what they print, standard error first. They run in a copy
//! of `fixtures/tutorial`. A line `…` stands for any lines that are left out. `UPDATE_EXPECTED=1 cargo test --test it walkthrough`
//! writes the blocks without such a line anew.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::pages::{blocks, page, root};

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
    // A command begins a line; what it prints may hold the sign anywhere else.
    let commands = format!("\n{block}");
    for command in commands.split("\n$ ").skip(1) {
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
    for name in ["README.md", "docs/tutorial.md", "docs/dry-run.md"] {
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
