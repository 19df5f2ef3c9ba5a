//! Who may import whom, and what the library may not do (`docs/architecture.md`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module of the library may name, beside itself. The order is the one in which data flows.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("csv_text", &[]),
    ("digest", &[]),
    ("terminal_text", &[]),
    ("slots", &[]),
    ("threads", &["slots"]),
    ("model", &[]),
    ("diagnostic", &["model"]),
    ("knowledge", &["model", "diagnostic"]),
    ("finding", &["model", "knowledge"]),
    (
        "inventory",
        &[
            "model",
            "diagnostic",
            "knowledge",
            "csv_text",
            "terminal_text",
            "slots",
            "threads",
        ],
    ),
    // Of the inventory only the words in which columns and pools are asked for.
    ("plan", &["model", "diagnostic", "knowledge", "inventory"]),
    ("pseudonym", &["digest", "inventory", "plan"]),
    (
        "draft",
        &["model", "knowledge", "inventory", "terminal_text"],
    ),
    (
        "timeline",
        &[
            "model",
            "diagnostic",
            "finding",
            "knowledge",
            "inventory",
            "plan",
            "slots",
            "threads",
        ],
    ),
    (
        "simulate",
        &[
            "model",
            "finding",
            "knowledge",
            "inventory",
            "plan",
            "timeline",
            "threads",
        ],
    ),
    (
        "dry_run",
        &[
            "model",
            "diagnostic",
            "knowledge",
            "inventory",
            "plan",
            "timeline",
            "simulate",
        ],
    ),
    (
        "sweep",
        &[
            "model",
            "diagnostic",
            "finding",
            "knowledge",
            "inventory",
            "plan",
            "timeline",
            "simulate",
            "dry_run",
        ],
    ),
    (
        "compare",
        &[
            "model",
            "diagnostic",
            "csv_text",
            "finding",
            "knowledge",
            "inventory",
            "plan",
            "timeline",
            "simulate",
        ],
    ),
    (
        "report",
        &[
            "model",
            "diagnostic",
            "finding",
            "knowledge",
            "inventory",
            "plan",
            "threads",
            "timeline",
            "simulate",
            "dry_run",
            "sweep",
            "compare",
            "csv_text",
            "terminal_text",
            "digest",
        ],
    ),
    // Of the reports only the names of columns.
    (
        "sql",
        &["model", "diagnostic", "inventory", "plan", "report"],
    ),
];

/// What a pure library does not do: files, environment, processes, threads' clocks, printing.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::net",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime",
    "Local::now",
    "Utc::now",
    "::now()",
    "println!",
    "eprintln!",
    "print!(",
    "stdout()",
    "stderr()",
    "stdin()",
    "File::open",
    UNSAFE,
];

const UNSAFE: &str = "unsafe ";

/// The one file of the library that has unsafe code, with its reason beside it; `tests/sanitizer/run` goes through it.
const MAY_BE_UNSAFE: &str = "src/inventory/delimited/marks.rs";

#[test]
fn modules_import_only_what_lies_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in library() {
        let module = module_of(&path);
        let Some(allowed) = allowed.get(module.as_str()) else {
            wrong.push(format!(
                "{}: the module {module} is not in MAY_IMPORT",
                path.display()
            ));
            continue;
        };
        for (number, line) in code_lines(&text) {
            for name in names_after(line, "crate::") {
                if name != module && !allowed.contains(&name) {
                    wrong.push(format!(
                        "{}:{number}: {module} imports {name}",
                        path.display()
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "see docs/architecture.md:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_library_opens_no_file_reads_no_clock_and_prints_nothing() {
    let mut wrong = Vec::new();
    for (path, text) in library() {
        for (number, line) in code_lines(&text) {
            for impure in IMPURE.iter().filter(|impure| line.contains(**impure)) {
                if *impure == UNSAFE && path.ends_with(MAY_BE_UNSAFE) {
                    continue;
                }
                wrong.push(format!("{}:{number}: {impure}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "files, clock, environment and terminal belong to src/cli:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> = sources(Path::new("src"))
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(
        silent.is_empty(),
        "no `//!` at the top of {}",
        silent.join(", ")
    );
}

#[test]
fn no_file_of_the_program_is_longer_than_five_hundred_lines() {
    let long: Vec<String> = sources(Path::new("src"))
        .into_iter()
        .map(|(path, text)| (path, without_tests(&text).lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(
        long.is_empty(),
        "find the second noun in\n{}",
        long.join("\n")
    );
}

/// Every file of the library with its text.
fn library() -> Vec<(PathBuf, String)> {
    let of_binary = |path: &Path| {
        let text = path.to_string_lossy().replace('\\', "/");
        text == "src/main.rs"
            || text == "src/lib.rs"
            || text == "src/cli.rs"
            || text.starts_with("src/cli/")
    };
    let mut files = sources(Path::new("src"));
    files.retain(|(path, _)| !of_binary(path));
    files
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the tests run in the package's folder") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("sources are UTF-8");
            files.push((path, text));
        }
    }
    files.sort();
    files
}

/// `src/plan/filter.rs` and `src/plan.rs` belong to `plan`.
fn module_of(path: &Path) -> String {
    let first = path.components().nth(1).expect("a file below src");
    let name = first.as_os_str().to_string_lossy();
    name.strip_suffix(".rs").unwrap_or(&name).to_owned()
}

/// Lines with their numbers, without comments and without the tests at the end of a file.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = without_tests(text).lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(number, line)| (number + 1, line))
}

fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or(text)
}

/// The identifiers that follow a prefix; of `crate::{a, b}` both.
fn names_after<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for rest in line.split(prefix).skip(1) {
        let list = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or(list),
            None => &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())],
        };
        for name in list.split(',') {
            let name = name.trim();
            let end = name.find(|c| !is_part(c)).unwrap_or(name.len());
            if end > 0 {
                names.push(&name[..end]);
            }
        }
    }
    names
}
