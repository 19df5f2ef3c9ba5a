//! The lists of people of a phase as CSV: who loses what (`phase-N-users.csv`), and what to tell each of them
//! (`phase-N-communications.csv`).
//!
//! Written user by user in the order of the inventory. What is the same for all users of a path, or for all who are told the same, is laid out
//! once and kept as the bytes of the line, up to a bound, so that memory does not grow with the number of users.

use std::io::{self, Write};
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::model::user_loss::{LossBook, UserLoss};
use super::model::{AffectedUser, Message, People, Phase, Report, wording};
use crate::csv_text::push_cell;
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
const KEPT: usize = 4 << 20;

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
    out.write_all(&line(USERS))?;
    let mut kept = Kept::default();
    let (mut own, mut lines) = (Vec::new(), Vec::new());
    for user in people.affected(phase) {
        let path = people.cohort(user.user).path;
        let ends = kept.of_path(path, || {
            let clients = clients(people, phase, path, products);
            let losses = book.of(phase, path).into_iter();
            let ends = losses.map(|loss| line(&cells(report, phase, &user, &clients, &loss)));
            ends.collect()
        });
        own.clear();
        for cell in [
            &user.sip,
            &user.name,
            &user.department,
            &user.site,
            &user.pool_before,
            &user.pool_after,
        ] {
            push_cell(&mut own, cell);
            own.push(b',');
        }
        lines.clear();
        for end in ends {
            lines.extend_from_slice(&own);
            lines.extend_from_slice(end);
        }
        out.write_all(&lines)?;
    }
    Ok(())
}

/// Ends of lines that are the same for all users of a path, each text once: there are few, and many paths to the same ones.
#[derive(Default)]
struct Kept {
    /// For a path, where its lines begin and end among the numbers.
    paths: FxHashMap<usize, Range<usize>>,
    numbers: Vec<u32>,
    texts: Vec<Rc<[u8]>>,
    known: FxHashMap<Rc<[u8]>, u32>,
    /// Bytes that are kept, about.
    bytes: usize,
}

impl Kept {
    /// The ends of a path's lines, made where they are not known.
    fn of_path(
        &mut self,
        path: usize,
        make: impl FnOnce() -> Vec<Vec<u8>>,
    ) -> impl Iterator<Item = &[u8]> {
        if !self.paths.contains_key(&path) {
            if self.bytes > KEPT {
                *self = Self::default();
            }
            let begin = self.numbers.len();
            for text in make() {
                let number = self.number(text);
                self.numbers.push(number);
            }
            self.paths.insert(path, begin..self.numbers.len());
            self.bytes += size_of::<(usize, Range<usize>)>() + size_of_val(&self.numbers[begin..]);
        }
        let numbers = &self.numbers[self.paths[&path].clone()];
        numbers.iter().map(|&number| &*self.texts[number as usize])
    }

    fn number(&mut self, text: Vec<u8>) -> u32 {
        if let Some(&number) = self.known.get(text.as_slice()) {
            return number;
        }
        let number = u32::try_from(self.texts.len()).expect("bounded by their bytes");
        self.bytes += text.len() + size_of::<(Rc<[u8]>, Rc<[u8]>, u32)>();
        let text: Rc<[u8]> = text.into();
        self.texts.push(Rc::clone(&text));
        self.known.insert(text, number);
        number
    }
}

/// Some cells as a line, or the end of one.
fn line<T: AsRef<str>>(cells: &[T]) -> Vec<u8> {
    let mut line = Vec::new();
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            line.push(b',');
        }
        push_cell(&mut line, cell.as_ref());
    }
    line.push(b'\n');
    line
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
    out.write_all(&line(COMMUNICATIONS))?;
    let mut own = Vec::new();
    for person in people.communications(report, phase, products, told) {
        own.clear();
        for cell in [&person.sip, &person.name, &person.department, &person.site] {
            push_cell(&mut own, cell);
            own.push(b',');
        }
        own.extend_from_slice(&person.message);
        out.write_all(&own)?;
    }
    Ok(())
}

/// The end of the line of everybody who is told something.
fn told(message: Message) -> Box<[u8]> {
    let cells = [
        &message.day.to_string(),
        &message.capability_names(),
        &message.changes,
        &message.instead,
    ];
    line(&cells).into()
}

fn cells(
    report: &Report,
    phase: &Phase,
    user: &AffectedUser<'_>,
    clients: &str,
    loss: &UserLoss,
) -> Vec<String> {
    let event = &report.events[loss.event];
    vec![
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
    ]
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
