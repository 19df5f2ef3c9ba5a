//! `compare --format csv` and `dry-run --format csv`: a line for each person and difference.

use std::io::{self, Write};

use super::Compared;
use crate::compare::{Change, Told};
use crate::csv_text::guarded;

const HEADER: [&str; 22] = [
    "changed",
    "sip",
    "presence",
    "capability",
    "kind",
    "change",
    "event_before",
    "date_before",
    "from_before",
    "to_before",
    "severity_before",
    "causes_before",
    "detail_before",
    "days_before",
    "event_after",
    "date_after",
    "from_after",
    "to_after",
    "severity_after",
    "causes_after",
    "detail_after",
    "days_after",
];

/// Writes what differs, header first; each comparison with the word for what was changed: plan, inventory, reading, report.
///
/// # Errors
/// What the writer says.
pub fn write(steps: &[(&str, Compared<'_>)], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for (changed, compared) in steps {
        for cohort in &compared.comparison.cohorts {
            let lines: Vec<Vec<String>> = cohort.changes.iter().map(line).collect();
            for &person in &cohort.people {
                let sip = compared.sip(person);
                let sip = guarded(&sip);
                for line in &lines {
                    let person = [changed, &*sip, cohort.presence.id()].into_iter();
                    writer.write_record(person.chain(line.iter().map(String::as_str)))?;
                }
            }
        }
    }
    writer.flush()
}

fn line(change: &Change) -> Vec<String> {
    let fixed = [change.capability.id(), change.kind.id(), change.effect.id()];
    let fixed = fixed.map(str::to_owned).into_iter();
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    fixed.chain(cells(before)).chain(cells(after)).collect()
}

/// Event, date, levels, severity, causes, detail and days of one side; empty where it has no such finding.
fn cells(told: Option<&Told>) -> [String; 8] {
    let Some(told) = told else {
        return Default::default();
    };
    let causes: Vec<&str> = told.causes.iter().map(|cause| cause.id()).collect();
    [
        guarded(&told.event).into_owned(),
        told.date.to_string(),
        told.from.id().to_owned(),
        told.to.id().to_owned(),
        told.severity.id().to_owned(),
        causes.join(";"),
        told.detail.clone(),
        told.days.map_or_else(String::new, |days| days.to_string()),
    ]
}
