//! Pages that are written by the program: help texts in `docs/guide.md`, and `docs/diagnostics.md`, which is the catalog of codes.
//! `UPDATE_EXPECTED=1 cargo test --test it docs` writes both anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cutover::diagnostic::catalog::{Area, CODES};
use cutover::inventory::Field;

use crate::pages::{blocks, page, root};
use crate::program::cutover;

const PAGE: &str = "docs/diagnostics.md";

#[test]
fn the_page_of_diagnostics_is_the_catalog() {
    let mut page = String::from(
        "# Diagnostics\n\nWhat can be wrong in files, by code. `cutover explain CODE` says the same. This page is written by \
         `UPDATE_EXPECTED=1 cargo test --test it docs`.\n",
    );
    for area in Area::ALL {
        let _ = writeln!(
            page,
            "\n## {}\n\n| code | what is wrong | what to do |\n|---|---|---|",
            area.name()
        );
        for code in CODES.iter().filter(|code| code.area == area) {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} |",
                code.code,
                cell(code.meaning),
                cell(code.remedy)
            );
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let found = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        found == page,
        "{PAGE} is old: UPDATE_EXPECTED=1 cargo test --test it docs"
    );
}

#[test]
fn the_fields_on_the_page_of_inventories_are_those_that_are_read() {
    const NAME: &str = "docs/inventory-format.md";
    let mut table = String::from("\n| field | meaning | further headers |\n|---|---|---|\n");
    for field in Field::ALL {
        let aliases: Vec<String> = field
            .aliases()
            .iter()
            .map(|alias| format!("`{alias}`"))
            .collect();
        let _ = writeln!(
            table,
            "| `{}` | {} | {} |",
            field.canonical(),
            cell(field.meaning()),
            aliases.join(", ")
        );
    }
    let found = page(NAME);
    let (before, rest) = found
        .split_once("<!-- fields -->\n")
        .expect("the mark is there");
    let (_, after) = rest
        .split_once("<!-- end of fields -->")
        .expect("the mark is there");
    let written = format!("{before}<!-- fields -->\n{table}\n<!-- end of fields -->{after}");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(root().join(NAME), &written).expect("the page can be written");
    }
    assert!(
        page(NAME) == written,
        "{NAME} is old: UPDATE_EXPECTED=1 cargo test --test it docs"
    );
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn help_texts_in_the_guide_are_the_programs() {
    let mut guide = page("docs/guide.md");
    for block in blocks(&guide.clone(), "console") {
        let command = block.lines().next().unwrap_or_default();
        let arguments = command
            .strip_prefix("$ cutover ")
            .expect("a command of ours");
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let help = cutover(&arguments).with(0).out;
        guide = guide.replace(
            &format!("```console\n{block}```"),
            &format!("```console\n{command}\n{}\n```", help.trim_end()),
        );
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(root().join("docs/guide.md"), &guide).expect("the page can be written");
    }
    assert!(
        page("docs/guide.md") == guide,
        "docs/guide.md is old: UPDATE_EXPECTED=1 cargo test --test it docs"
    );
}

#[test]
fn the_guide_has_every_command() {
    let guide = page("docs/guide.md");
    let help = cutover(&["--help"]).with(0).out;
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next());
    let commands = commands.expect("help lists the commands").lines();
    // Descriptions go on in lines that are indented further.
    for line in commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let name = line.trim().split(' ').next().unwrap_or_default();
        assert!(
            guide.contains(&format!("$ cutover {name} --help")),
            "{name} is not in the guide"
        );
    }
}

/// Where the codes are that people may see.
const SOURCES: [&str; 7] = [
    "src/plan.rs",
    "src/plan",
    "src/inventory.rs",
    "src/inventory",
    "src/dry_run.rs",
    "src/compare",
    "src/cli",
];

#[test]
fn every_code_that_is_said_is_in_the_catalog_and_every_one_in_the_catalog_is_said() {
    let (mut said, mut texts) = (BTreeSet::new(), String::new());
    for source in SOURCES {
        for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(source)) {
            let text = fs::read_to_string(&file).expect("sources are UTF-8");
            let text = text
                .split("\n#[cfg(test)]\nmod tests")
                .next()
                .unwrap_or_default();
            said.extend(codes_in(text));
            texts.push_str(text);
        }
    }
    let known: BTreeSet<String> = CODES.iter().map(|code| code.code.to_owned()).collect();
    let missing: Vec<&String> = said.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "not in src/diagnostic/catalog.rs: {missing:?}"
    );
    let unsaid: Vec<&String> = known
        .iter()
        .filter(|code| !texts.contains(&format!("\"{code}\"")))
        .collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).into_iter().flatten();
    entries
        .flat_map(|entry| files(&entry.expect("a folder can be listed").path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The texts that stand where a diagnostic's code stands.
fn codes_in(text: &str) -> BTreeSet<String> {
    const OPENINGS: [&str; 8] = [
        "Diagnostic::error(",
        "Diagnostic::warning(",
        "Diagnostic::note(",
        "Problem::new(",
        "problem(",
        ".unknown(",
        ".error(",
        ".warning(",
    ];
    let mut codes = BTreeSet::new();
    for opening in OPENINGS {
        for rest in text.split(opening).skip(1) {
            if let Some(code) = rest
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            {
                codes.insert(code.to_owned());
            }
        }
    }
    // Codes that have a name of their own: constants in one line.
    for line in text.lines() {
        let named = line
            .split_once(": &str = \"")
            .filter(|(name, _)| name.contains("const "));
        if let Some(code) = named.and_then(|(_, rest)| rest.strip_suffix("\";")) {
            codes.insert(code.to_owned());
        }
    }
    codes.retain(|code| {
        code.contains('-')
            && !code.ends_with('-')
            && !code.starts_with("cutover-")
            && code
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    });
    codes
}
