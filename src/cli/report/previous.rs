//! `--previous DIR`: an earlier report, read before anything of the new one is in its place.

use std::fs;
use std::path::Path;

use cutover::compare::Recorded;
use cutover::diagnostic::{Diagnostic, Place};
use cutover::inventory::workbook::Limits;
use cutover::report::workbook::{DECISIONS, DecisionHeads, Decisions};

use super::super::compare::recorded;
use super::super::diagnostics::tell;
use super::super::exit::{Exit, Failure};
use super::super::input;
use super::super::terminal::Terminal;
use super::super::workbook_child::{self, Source};
use super::workbook::NAME;

/// An earlier report.
pub(super) struct Previous {
    /// What was found.
    pub(super) recorded: Recorded,
    /// What people decided; `None` where it has no workbook.
    pub(super) decisions: Option<Decisions>,
}

impl Previous {
    /// Reads a report's `report.json`, `findings.csv` and `report.xlsx`. In: its folder, and what reading a workbook may cost.
    pub(super) fn read(
        folder: &Path,
        is_pseudonymized: bool,
        limits: &Limits,
        terminal: Terminal,
    ) -> Result<Self, Failure> {
        let recorded = recorded(folder, terminal)?;
        if recorded.run.is_pseudonymized != is_pseudonymized {
            let (message, help) = if is_pseudonymized {
                (
                    "the earlier report has real names, this one pseudonyms",
                    "name an earlier report that was made with the same --pseudonymize KEYFILE",
                )
            } else {
                (
                    "the earlier report has pseudonyms, this one real names",
                    "name an earlier report without pseudonyms, or add --pseudonymize with its key",
                )
            };
            return Err(Failure::usage(format!("--previous: {message}"), help));
        }
        let workbook = if folder.is_dir() {
            folder.join(NAME)
        } else {
            folder.with_file_name(NAME)
        };
        let decisions = decisions(&workbook, limits, terminal).map_err(|problem| {
            tell(terminal, &[*problem], None);
            Failure::told(Exit::Inventory)
        })?;
        Ok(Self {
            recorded,
            decisions,
        })
    }
}

/// What people wrote in a workbook, which may come from anybody: it is read as an inventory's is.
fn decisions(
    path: &Path,
    limits: &Limits,
    terminal: Terminal,
) -> Result<Option<Decisions>, Box<Diagnostic>> {
    let name = input::name(path);
    let Ok(metadata) = fs::metadata(path) else {
        terminal.say(&format!(
            "there is no {name}: no decisions are carried over\n"
        ));
        return Ok(None);
    };
    let source = Source::File(path.to_owned(), metadata.len());
    let opened = workbook_child::records(&name, &source, Some(DECISIONS), limits, &DecisionHeads);
    let mut records = opened.map_err(|problem| Box::new(problem.help(WITHOUT)))?;
    let decisions = Decisions::read(&mut records);
    let decisions = decisions.map_err(|problem| Box::new(problem.help(WITHOUT)))?;
    decisions.map(Some).ok_or_else(|| {
        let message = format!("the sheet \"{DECISIONS}\" has no heads \"Id\" and \"Owner\"");
        let place = Place::File { file: name };
        Box::new(
            Diagnostic::error("report-unreadable", message)
                .at(place)
                .help(WITHOUT),
        )
    })
}

/// What to do where nothing can be carried over.
const WITHOUT: &str =
    "restore the workbook, or move it out of the folder to go on without what people wrote in it";
