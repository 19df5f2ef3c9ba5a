//! `--cohort-findings FILE.csv`: one line per finding of a cohort, to be joined back to people where they are.
//!
//! The columns are those of the findings file (contract section 5.3) with the cohort's key in place of the address, then how
//! many people the cohort has, then the number of the event, so that an engine can sort by it.

use std::io::{self, Write};

use super::findings::{Choice, Column, Run};
use crate::csv_text::guarded;
use crate::finding::Finding;

/// The column with the key of the cohort.
pub const COHORT: &str = "cohort";
/// The column that says how many people the cohort has.
pub const USERS: &str = "users";
/// The column with the position of the event in the timeline; the baseline is 0.
pub const EVENT_NUMBER: &str = "event_number";

/// Writes the findings of cohorts, header first, by event, then in the order of the cohorts, then by capability. Says how
/// many lines of findings were written.
///
/// # Errors
/// What the writer says.
pub fn write(run: &Run<'_>, choice: &Choice, out: &mut dyn Write) -> io::Result<u64> {
    let mut writer = csv::Writer::from_writer(out);
    let columns = Column::ALL.iter().map(|column| match column {
        Column::Sip => COHORT,
        column => column.id(),
    });
    writer.write_record(columns.chain([USERS, EVENT_NUMBER]))?;
    let inventory = run.timeline.inventory;
    let mut written = 0;
    for event in 0..run.simulation.outcomes.len() {
        for cohort in 0..inventory.users.len() {
            let findings = run.simulation.findings_of(run.timeline.path_of(cohort));
            let first = findings.partition_point(|finding| finding.event < event);
            let here = findings[first..].iter();
            let wanted = here.take_while(|finding| finding.event == event);
            for finding in wanted.filter(|finding| choice.takes(finding)) {
                let line = line(run, finding, cohort, event);
                writer.write_record(line.iter().map(|cell| guarded(cell).into_owned()))?;
                written += 1;
            }
        }
    }
    writer.flush()?;
    Ok(written)
}

fn line(run: &Run<'_>, finding: &Finding, cohort: usize, event: usize) -> Vec<String> {
    let inventory = run.timeline.inventory;
    let happened = &run.simulation.outcomes[event].event;
    let joined = |parts: Vec<&str>| parts.join(";");
    let cells = Column::ALL.iter().map(|column| match column {
        Column::Event => happened.id.clone(),
        Column::Date => happened.date.to_string(),
        Column::Sip => inventory.users.sip(cohort).to_string(),
        Column::Capability => finding.capability.id().to_owned(),
        Column::From => finding.from.id().to_owned(),
        Column::To => finding.to.id().to_owned(),
        Column::Kind => finding.kind().id().to_owned(),
        Column::Severity => finding.severity.id().to_owned(),
        Column::Causes => joined(finding.causes.iter().map(|cause| cause.id()).collect()),
        Column::Workaround => finding
            .workaround
            .map_or(String::new(), |workaround| workaround.id().to_owned()),
        Column::Detail => finding.detail(),
        Column::Rules => {
            let rules = finding.rules.iter();
            joined(rules.map(|&rule| run.knowledge.rule_id(rule)).collect())
        }
    });
    let people = inventory.people(cohort).to_string();
    cells.chain([people, event.to_string()]).collect()
}
