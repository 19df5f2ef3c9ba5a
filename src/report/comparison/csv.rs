//! `compare --format csv` and `dry-run --format csv`: a line for each person and difference.

use std::io::{self, Write};

use super::Compared;
use crate::compare::Told;
use crate::csv_text::guarded;
use crate::report::findings::detail;

const HEADER: [&str; 21] = [
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

/// Writes what differs, header first.
///
/// # Errors
/// What the writer says.
pub fn write(compared: &Compared<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for cohort in &compared.comparison.cohorts {
        let lines: Vec<Vec<String>> = cohort
            .changes
            .iter()
            .map(|change| {
                let fixed = [change.capability.id(), change.kind.id(), change.effect.id()];
                let fixed = fixed.map(str::to_owned).into_iter();
                fixed
                    .chain(cells(change.before.as_ref()))
                    .chain(cells(change.after.as_ref()))
                    .collect()
            })
            .collect();
        for &user in &cohort.users {
            let sip = compared.sip(cohort.presence, user);
            let sip = guarded(&sip);
            for line in &lines {
                let person = [&*sip, cohort.presence.id()].into_iter();
                writer.write_record(person.chain(line.iter().map(String::as_str)))?;
            }
        }
    }
    writer.flush()
}

/// Event, date, levels, severity, causes, detail and days of one side; empty where it has no such finding.
fn cells(told: Option<&Told>) -> [String; 8] {
    let Some(told) = told else {
        return Default::default();
    };
    let finding = &told.finding;
    let causes: Vec<&str> = finding.causes.iter().map(|cause| cause.id()).collect();
    [
        guarded(&told.event).into_owned(),
        told.date.to_string(),
        finding.from.id().to_owned(),
        finding.to.id().to_owned(),
        finding.severity.id().to_owned(),
        causes.join(";"),
        detail(finding),
        told.days.map_or_else(String::new, |days| days.to_string()),
    ]
}
