//! `report.xlsx`, written into the folder of a report.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use cutover::compare::{Side, Simulated};
use cutover::report::comparison::Compared;
use cutover::report::findings::Run;
use cutover::report::model::{People, Report};
use cutover::report::workbook::{Contents, ROWS, Temporary, write as write_workbook};
use tempfile::spooled_tempfile_in;

use super::super::arguments::InventoryArguments;
use super::super::exit::Failure;
use super::super::folder::Folder;
use super::super::material::{Material, request, threads};
use super::super::terminal::Terminal;
use super::previous::Previous;

/// The file's name.
pub(super) const NAME: &str = "report.xlsx";

/// So many bytes of a temporary file are held in memory before there is one.
const IN_MEMORY: usize = 1 << 18;

/// What the workbook is made of.
pub(super) struct Parts<'p> {
    pub(super) report: &'p Report,
    pub(super) people: &'p People<'p>,
    pub(super) run: Run<'p>,
    pub(super) material: &'p Material,
    pub(super) arguments: &'p InventoryArguments,
    pub(super) previous: Option<&'p Previous>,
}

/// Writes the workbook. Its temporary files lie in the folder's own, so that nothing of it is left anywhere else.
pub(super) fn write(
    folder: &mut Folder,
    parts: &Parts<'_>,
    terminal: Terminal,
) -> Result<(), Failure> {
    let &Parts {
        report,
        people,
        run,
        material,
        arguments,
        previous,
    } = parts;
    let after = Side::Simulated(simulated(run));
    let since = previous.zip(report.since.as_ref());
    let compared = since.map(|(previous, since)| Compared {
        before: Side::Recorded(&previous.recorded),
        after,
        comparison: &since.comparison,
    });
    let scratch = folder.scratch().to_owned();
    // Under pseudonyms nothing is shown as it was.
    let mut rows = if report.header.run.is_pseudonymized {
        None
    } else {
        let rows = rejected(&scratch, run, material, arguments, terminal)?;
        Some(BufReader::new(rows))
    };
    let rejected = rows.as_mut().map(|rows| rows as &mut dyn Read);
    let temporary = || {
        let place = spooled_tempfile_in(IN_MEMORY, &scratch);
        Ok(Box::new(place) as Box<dyn Temporary>)
    };
    folder.write(NAME, |out| {
        let contents = Contents {
            report,
            people,
            run,
            rejected,
            compared,
            decisions: previous.and_then(|previous| previous.decisions.as_ref()),
            scratch: &scratch,
            temporary: &temporary,
            rows_per_sheet: ROWS,
            threads: threads(),
        };
        write_workbook(contents, out)
    })
}

/// The run as one side of a comparison.
pub(super) fn simulated(run: Run<'_>) -> Simulated<'_> {
    Simulated {
        timeline: run.timeline,
        simulation: run.simulation,
        knowledge: run.knowledge,
    }
}

/// The rejected rows, in a file that is gone when it is closed.
fn rejected(
    scratch: &Path,
    run: Run<'_>,
    material: &Material,
    arguments: &InventoryArguments,
    terminal: Terminal,
) -> Result<File, Failure> {
    let failed = |error: std::io::Error| Failure::output(scratch, &error);
    let mut file = tempfile::tempfile_in(scratch).map_err(failed)?;
    let request = request(arguments, Some(&material.plan));
    material.files.rejected_into(
        &material.inventory.rejected,
        &request,
        run.knowledge,
        terminal,
        |fill| {
            let mut out = BufWriter::new(&file);
            fill(&mut out).and_then(|()| out.flush()).map_err(failed)
        },
    )?;
    file.rewind().map_err(failed)?;
    Ok(file)
}
