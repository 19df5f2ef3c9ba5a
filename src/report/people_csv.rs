//! The lists of people of a phase as CSV: who loses what (`phase-N-users.csv`), and what to tell each of them
//! (`phase-N-communications.csv`).
//!
//! Written user by user in the order of the inventory. What is the same for all users of a path is laid out once and kept, up to
//! a bound, so that memory does not grow with the number of users.

use std::collections::HashMap;
use std::io::{self, Write};

use super::model::user_loss::{LossBook, UserLoss};
use super::model::{AffectedUser, People, Phase, Report, wording};
use crate::csv_text::guarded;
use crate::knowledge::Products;

/// The header of `phase-N-users.csv`.
pub const USERS: &[&str] = &[
    "sip",
    "name",
    "department",
    "site",
    "pool_before",
    "pool_after",
    "clients_after",
    "capability",
    "change",
    "severity",
    "date",
    "event",
    "causes",
    "back_on",
    "days_without",
    "remedy",
    "group",
    "rules",
];

/// The header of `phase-N-communications.csv`.
pub const COMMUNICATIONS: &[&str] = &[
    "sip",
    "name",
    "department",
    "site",
    "date",
    "capabilities",
    "changes",
    "instead",
];

/// So many bytes of lines are kept for the next users of the same paths.
const KEPT: usize = 32 << 20;

/// The cells of a line behind those that differ from user to user.
type Cells = Vec<String>;

/// Writes everybody from whom a phase takes something: a line for each person and capability.
///
/// # Errors
/// What the writer says.
pub fn write_users(
    report: &Report,
    phase: &Phase,
    people: &People<'_>,
    book: &LossBook<'_>,
    products: &Products,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(USERS)?;
    let mut known: HashMap<usize, Vec<Cells>> = HashMap::new();
    let mut kept = 0;
    for user in people.affected(phase) {
        let path = people.cohort(user.user).path;
        if kept > KEPT {
            known.clear();
            kept = 0;
        }
        let lines = known.entry(path).or_insert_with(|| {
            let clients = clients(people, phase, path, products);
            let losses = book.of(phase, path).into_iter();
            let lines: Vec<Cells> = losses
                .map(|loss| cells(report, phase, &user, &clients, &loss))
                .collect();
            kept += lines.iter().flatten().map(String::len).sum::<usize>();
            lines
        });
        for line in lines {
            let own = [
                &user.sip,
                &user.name,
                &user.department,
                &user.site,
                &user.pool_before,
                &user.pool_after,
            ];
            for cell in own {
                csv.write_field(guarded(cell).as_bytes())?;
            }
            csv.write_record(line.iter())?;
        }
    }
    csv.flush()
}

/// Writes everybody for whom a phase changes something: a line for each person, with sentences that can be mailed as they are.
///
/// # Errors
/// What the writer says.
pub fn write_communications(
    report: &Report,
    phase: &Phase,
    people: &People<'_>,
    products: &Products,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COMMUNICATIONS)?;
    for person in people.communications(report, phase, products) {
        let message = &person.message;
        let (day, capabilities) = (message.day.to_string(), message.capability_names());
        let cells = [
            &*person.sip,
            &*person.name,
            &*person.department,
            &*person.site,
            day.as_str(),
            capabilities.as_str(),
            message.changes.as_str(),
            message.instead.as_str(),
        ];
        for cell in cells {
            csv.write_field(guarded(cell).as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}

fn cells(
    report: &Report,
    phase: &Phase,
    user: &AffectedUser<'_>,
    clients: &str,
    loss: &UserLoss,
) -> Cells {
    let event = &report.events[loss.event];
    let cells = [
        clients.to_owned(),
        wording::capability(loss.capability).to_owned(),
        wording::kind(loss.kind).to_owned(),
        loss.severity.id().to_owned(),
        event.date.to_string(),
        event.title.clone(),
        wording::causes(loss.causes),
        loss.back.map_or(String::new(), |day| day.to_string()),
        loss.days.to_string(),
        loss.remedies.join("; "),
        phase.groups[user.group].id.clone(),
        loss.rules.join(";"),
    ];
    cells
        .into_iter()
        .map(|cell| guarded(&cell).into_owned())
        .collect()
}

/// The clients of the users of a path when a phase ends.
fn clients(people: &People<'_>, phase: &Phase, path: usize, products: &Products) -> String {
    let path = &people.timeline().paths[path];
    let steps = path.steps.iter();
    let last = steps
        .take_while(|step| step.stage < phase.stages_until)
        .last();
    let endpoints = last.map_or(path.start.endpoints, |step| step.state.endpoints);
    let names: Vec<&str> = endpoints
        .iter()
        .map(|client| products.client_name(client))
        .collect();
    names.join(" + ")
}
