//! `--findings FILE.csv` (contract section 5.3): one line per finding.
//!
//! Everything of a line but the address is the same for all users of a path, so it is laid out once per path and event; a user
//! then costs a copy of bytes.

use std::io::{self, Write};

use crate::csv_text::guarded;
use crate::finding::{Finding, Kind};
use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Severity};
use crate::simulate::Simulation;
use crate::timeline::Timeline;

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

/// The lines of one path at one event, with gaps where the address goes.
#[derive(Default)]
struct Block {
    /// The bytes between the addresses; one more than there are addresses.
    pieces: Vec<Vec<u8>>,
}

/// Writes the findings, header first, lines ended by a line feed. Says how many lines of findings were written.
///
/// # Errors
/// What the writer says.
pub fn write(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    simulation: &Simulation,
    choice: &Choice,
    columns: &[Column],
    sort: Sort,
    out: &mut dyn Write,
) -> io::Result<u64> {
    out.write_all(&header(columns))?;
    let users = users_in_order(timeline, sort);
    let mut cursors: Vec<usize> = vec![0; timeline.paths.len()];
    let mut lines = 0;
    let mut buffer = Vec::with_capacity(BUFFER + 4096);
    for event in 0..simulation.outcomes.len() {
        let blocks = blocks(
            timeline,
            knowledge,
            simulation,
            choice,
            columns,
            event,
            &mut cursors,
        );
        if blocks.iter().all(Option::is_none) {
            continue;
        }
        for &user in &users {
            let Some(block) = &blocks[timeline.path_of(user)] else {
                continue;
            };
            lines += block.lines as u64;
            append(
                &mut buffer,
                &block.block,
                &address(timeline.inventory.users.sip(user)),
            );
            if buffer.len() >= BUFFER {
                out.write_all(&buffer)?;
                buffer.clear();
            }
        }
    }
    out.write_all(&buffer)?;
    Ok(lines)
}

/// How many bytes are gathered before they are handed on.
const BUFFER: usize = 128 * 1024;

fn users_in_order(timeline: &Timeline<'_>, sort: Sort) -> Vec<usize> {
    let addresses = &timeline.inventory.users;
    let mut users: Vec<usize> = (0..addresses.len()).collect();
    if sort == Sort::Sip {
        // Bytes of UTF-8 sort as code points do.
        users.sort_unstable_by(|&a, &b| addresses.sip(a).cmp(addresses.sip(b)));
    }
    users
}

struct Lines {
    lines: usize,
    block: Block,
}

/// The lines of every path at one event; the cursors remember how far each path's findings have been used.
fn blocks(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    simulation: &Simulation,
    choice: &Choice,
    columns: &[Column],
    event: usize,
    cursors: &mut [usize],
) -> Vec<Option<Lines>> {
    let outcome = &simulation.outcomes[event];
    let (id, date) = (cell(&outcome.event.id), outcome.event.date.to_string());
    let of_path = |(path, cursor): (usize, &mut usize)| {
        let rest = &simulation.findings_of(path)[*cursor..];
        let here = &rest[..rest.partition_point(|finding| finding.event <= event)];
        *cursor += here.len();
        let mut block = Block {
            pieces: vec![Vec::new()],
        };
        let mut lines = 0;
        for finding in here.iter().filter(|finding| choice.takes(finding)) {
            block.add(finding, knowledge, columns, &id, &date);
            lines += 1;
        }
        (lines > 0).then_some(Lines { lines, block })
    };
    (0..timeline.paths.len())
        .zip(cursors)
        .map(of_path)
        .collect()
}

impl Block {
    fn add(
        &mut self,
        finding: &Finding,
        knowledge: &KnowledgeBase,
        columns: &[Column],
        event: &str,
        date: &str,
    ) {
        for (number, column) in columns.iter().enumerate() {
            if number > 0 {
                self.text(",");
            }
            match column {
                Column::Event => self.text(event),
                Column::Date => self.text(date),
                Column::Sip => self.pieces.push(Vec::new()),
                Column::Capability => self.text(finding.capability.id()),
                Column::From => self.text(finding.from.id()),
                Column::To => self.text(finding.to.id()),
                Column::Kind => self.text(finding.kind().id()),
                Column::Severity => self.text(finding.severity.id()),
                Column::Causes => self.text(&joined(finding.causes.iter().map(|cause| cause.id()))),
                Column::Workaround => {
                    self.text(finding.workaround.map_or("", |workaround| workaround.id()))
                }
                Column::Detail => self.text(&detail(finding)),
                Column::Rules => self.text(&cell(&joined(
                    finding.rules.iter().map(|&rule| knowledge.rule_id(rule)),
                ))),
            }
        }
        self.text("\n");
    }

    fn text(&mut self, text: &str) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.extend_from_slice(text.as_bytes());
        }
    }
}

fn append(buffer: &mut Vec<u8>, block: &Block, address: &[u8]) {
    for (number, piece) in block.pieces.iter().enumerate() {
        if number > 0 {
            buffer.extend_from_slice(address);
        }
        buffer.extend_from_slice(piece);
    }
}

fn header(columns: &[Column]) -> Vec<u8> {
    let mut header = joined_with(columns.iter().map(|column| column.id()), ",").into_bytes();
    header.push(b'\n');
    header
}

fn joined<'t>(parts: impl Iterator<Item = &'t str>) -> String {
    joined_with(parts, ";")
}

fn joined_with<'t>(parts: impl Iterator<Item = &'t str>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

/// Out of reach / all, for meeting-reach; else empty.
#[must_use]
pub fn detail(finding: &Finding) -> String {
    finding.reach.map_or(String::new(), |reach| {
        format!("{}/{}", reach.out_of_reach, reach.organizers)
    })
}

/// A text as a CSV cell: guarded against formulas, quoted where it must be.
fn cell(text: &str) -> String {
    let text = guarded(text);
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

/// An address as a CSV cell. Nearly all are plain, and those are not copied.
fn address(sip: &str) -> std::borrow::Cow<'_, [u8]> {
    let first_is_plain = sip
        .as_bytes()
        .first()
        .is_some_and(u8::is_ascii_alphanumeric);
    if first_is_plain
        && !sip
            .bytes()
            .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
    {
        std::borrow::Cow::Borrowed(sip.as_bytes())
    } else {
        std::borrow::Cow::Owned(cell(sip).into_bytes())
    }
}
