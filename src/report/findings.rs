//! `--findings FILE.csv` (contract section 5.3): one line per finding.
//!
//! Few users have lines at any one event, so those who have are listed first (`due`). Everything of a line but the address is
//! the same for very many of them, so it is laid out once per event (`lines`); a user then costs a copy of bytes. Stretches of
//! users are laid out on several threads and written in their order.

mod cells;
mod due;
mod lines;
mod order;
mod text;

use std::io::{self, Write};
use std::num::NonZeroUsize;

use crate::finding::{Finding, Kind};
use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Severity};
use crate::simulate::Simulation;
use crate::threads::try_in_turn;
use crate::timeline::Timeline;

use cells::Cells;
use due::Due;
use lines::{Lines, Part, Shown};
use order::Order;

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The event's id.
    Event,
    /// The event's date.
    Date,
    /// The user's address.
    Sip,
    /// What changed.
    Capability,
    /// The level before.
    From,
    /// The level after.
    To,
    /// The kind of change.
    Kind,
    /// How bad it is.
    Severity,
    /// Why.
    Causes,
    /// What to use instead.
    Workaround,
    /// For meeting-reach: out of reach / all.
    Detail,
    /// The rules behind it.
    Rules,
}

impl Column {
    /// Every column, in the contract's order.
    pub const ALL: &'static [Self] = &[
        Self::Event,
        Self::Date,
        Self::Sip,
        Self::Capability,
        Self::From,
        Self::To,
        Self::Kind,
        Self::Severity,
        Self::Causes,
        Self::Workaround,
        Self::Detail,
        Self::Rules,
    ];

    /// The header.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Date => "date",
            Self::Sip => "sip",
            Self::Capability => "capability",
            Self::From => "from",
            Self::To => "to",
            Self::Kind => "kind",
            Self::Severity => "severity",
            Self::Causes => "causes",
            Self::Workaround => "workaround",
            Self::Detail => "detail",
            Self::Rules => "rules",
        }
    }

    /// The column with this header.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.id() == id)
    }
}

/// Which findings are wanted.
#[derive(Clone, Debug)]
pub struct Choice {
    /// These capabilities.
    pub capabilities: Vec<Capability>,
    /// These kinds.
    pub kinds: Vec<Kind>,
    /// This severity or a worse one.
    pub min_severity: Severity,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            capabilities: Capability::ALL.to_vec(),
            kinds: Kind::ALL.to_vec(),
            min_severity: Severity::Info,
        }
    }
}

impl Choice {
    /// Is a finding wanted?
    #[must_use]
    pub fn takes(&self, finding: &Finding) -> bool {
        finding.severity >= self.min_severity
            && self.capabilities.contains(&finding.capability)
            && self.kinds.contains(&finding.kind())
    }
}

/// In which order users follow each other within an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The order of their first rows in the inventory.
    #[default]
    Inventory,
    /// Ascending order of SIP address, by code point.
    Sip,
}

/// Writes the findings, header first, lines ended by a line feed. Says how many lines of findings were written.
///
/// `threads` is how many may lay lines out at once; the bytes do not depend on it.
///
/// # Errors
/// What the writer says.
pub fn write(
    run: &Run<'_>,
    choice: &Choice,
    columns: &[Column],
    sort: Sort,
    threads: NonZeroUsize,
    out: &mut dyn Write,
) -> io::Result<u64> {
    out.write_all(&header(columns))?;
    let order = Order::new(run.timeline, sort, threads);
    let shown = Shown::new(run, choice, columns);
    let cells = Cells::new(&run.timeline.inventory.users);
    let mut spare: Vec<Part> = Vec::new();
    let mut written = 0;
    for due in Due::all(run, choice, threads) {
        for batch in due.batches(order.len()) {
            let lines = Lines::all(&shown, &due, batch.clone(), threads);
            let users = due.users(&order, batch, threads);
            let stretches: Vec<(&Lines<'_>, &Vec<u32>)> = lines
                .iter()
                .zip(&users)
                .flat_map(|(lines, stretches)| stretches.iter().map(move |users| (lines, users)))
                .collect();
            try_in_turn(
                threads,
                &stretches,
                &mut spare,
                |(lines, users), part| lines.lay_out(&cells, users, part),
                |part| {
                    written += part.lines;
                    out.write_all(part.bytes())
                },
            )?;
        }
    }
    Ok(written)
}

fn header(columns: &[Column]) -> Vec<u8> {
    let columns: Vec<&str> = columns.iter().map(|column| column.id()).collect();
    let mut header = columns.join(",").into_bytes();
    header.push(b'\n');
    header
}

/// What is written about.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The timeline.
    pub timeline: &'a Timeline<'a>,
    /// The documents.
    pub knowledge: &'a KnowledgeBase,
    /// What was found.
    pub simulation: &'a Simulation,
}
