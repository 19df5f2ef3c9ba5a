//! Files with one quirk each, and what becomes of them: `fixtures/inventories/<quirk>.csv` and `<quirk>.expected`.
//!
//! `UPDATE_EXPECTED=1` writes the expectations anew; they are reviewed like code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cutover::diagnostic::{Diagnostic, Place};
use cutover::inventory::Counts;

use super::{given_back, lines, read, two_pools};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/inventories")
}

#[test]
fn every_quirk_comes_out_as_expected() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .collect();
    files.sort();
    assert!(files.len() > 50);
    let mut wrong = Vec::new();
    for file in files {
        let found = outcome(&file);
        let expected = file.with_extension("expected");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected, &found).expect("the folder can be written");
        }
        let text = std::fs::read_to_string(&expected).unwrap_or_default();
        if text.replace("\r\n", "\n") != found {
            wrong.push(format!("{}\n{found}", expected.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn outcome(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("it can be read");
    let name = path
        .file_name()
        .map_or("", |name| name.to_str().unwrap_or(""));
    let files = [(name, bytes.as_slice())];
    let mut text = String::new();
    let (counts, diagnostics) = match read(&files, &two_pools()) {
        Ok(inventory) => {
            for line in lines(&inventory) {
                let _ = writeln!(text, "user {line}");
            }
            (inventory.counts, inventory.diagnostics)
        }
        Err(refusal) => {
            let _ = writeln!(text, "refused");
            (refusal.counts, refusal.diagnostics)
        }
    };
    let Counts {
        rows,
        rows_used,
        rows_rejected,
        unrecognized_clients,
        ..
    } = counts;
    let _ = writeln!(
        text,
        "rows {rows} used {rows_used} rejected {rows_rejected} unrecognized {unrecognized_clients}"
    );
    for diagnostic in &diagnostics {
        tell(&mut text, diagnostic);
    }
    if rows_rejected > 0 {
        for row in given_back(&files, &two_pools()).lines() {
            let _ = writeln!(text, "back {row}");
        }
    }
    text
}

fn tell(text: &mut String, diagnostic: &Diagnostic) {
    let Diagnostic {
        weight,
        code,
        message,
        place,
        related,
        help,
    } = diagnostic;
    let _ = writeln!(text, "{weight:?} {code}{}: {message}", spot(place.as_ref()));
    for (place, why) in related {
        let _ = writeln!(text, "  see{}: {why}", spot(Some(place)));
    }
    if let Some(help) = help {
        let _ = writeln!(text, "  help: {help}");
    }
}

fn spot(place: Option<&Place>) -> String {
    match place {
        Some(Place::Row { row, column, .. }) => {
            let column = column.as_ref();
            format!(
                " at {row}{}",
                column.map_or(String::new(), |column| format!(" {column}"))
            )
        }
        _ => String::new(),
    }
}
