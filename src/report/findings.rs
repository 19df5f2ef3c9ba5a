//! `--findings FILE.csv` (contract section 5.3): one line per finding.
//!
//! Everything of a line but the address is the same for all users of a path, so it is laid out once per path and event; a user
//! then costs a copy of bytes.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::Range;

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
    let users = Users::new(run.timeline, sort, threads);
    let mut cursors: Vec<usize> = vec![0; run.timeline.paths.len()];
    let mut written = 0;
    for event in 0..run.simulation.outcomes.len() {
        let lines = EventLines::new(run, choice, columns, event, &mut cursors);
        if lines.pieces.is_empty() {
            continue;
        }
        let counted = |total: &mut u64, out: &mut dyn Write, (buffer, lines): &(Vec<u8>, u64)| {
            *total += lines;
            out.write_all(buffer)
        };
        if threads.get() == 1 || users.len() <= CHUNK {
            for chunk in users.chunks() {
                counted(&mut written, out, &lines.lay_out(&users, chunk))?;
            }
        } else {
            in_order(
                threads,
                users.chunks(),
                |chunk| lines.lay_out(&users, chunk),
                |part| counted(&mut written, out, &part),
            )?;
        }
    }
    Ok(written)
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

/// How many users are laid out at once.
const CHUNK: usize = 4 * 1024;

/// The users in the order in which they are written.
struct Users<'a> {
    timeline: &'a Timeline<'a>,
    sorted: Option<Vec<u32>>,
    /// The path of each, in that order: every event asks for it again.
    paths: Vec<u32>,
}

impl<'a> Users<'a> {
    fn new(timeline: &'a Timeline<'a>, sort: Sort, threads: NonZeroUsize) -> Self {
        let users = &timeline.inventory.users;
        let sorted = (sort == Sort::Sip).then(|| {
            let mut sorted: Vec<u32> = (0..users.len())
                .filter_map(|user| u32::try_from(user).ok())
                .collect();
            // Bytes of UTF-8 sort as code points do.
            sorted.sort_unstable_by(|&a, &b| users.sip(a as usize).cmp(&users.sip(b as usize)));
            sorted
        });
        let paths = timeline.paths_of_users(sorted.as_deref(), threads);
        Self {
            timeline,
            sorted,
            paths,
        }
    }

    fn len(&self) -> usize {
        self.paths.len()
    }

    fn chunks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let len = self.len();
        (0..len)
            .step_by(CHUNK)
            .map(move |begin| begin..(begin + CHUNK).min(len))
    }

    fn at(&self, position: usize) -> usize {
        self.sorted
            .as_ref()
            .map_or(position, |sorted| sorted[position] as usize)
    }
}

/// The lines of every path at one event: pieces of text between which the address goes.
struct EventLines {
    bytes: Vec<u8>,
    /// Where each piece ends in `bytes`.
    pieces: Vec<usize>,
    /// The lines of each path.
    of_path: Vec<PathLines>,
    /// Has a path any? Asked for every user at every event, and small enough to stay near.
    has_lines: Vec<bool>,
}

/// The lines of one path at one event.
#[derive(Clone, Copy)]
struct PathLines {
    /// The first piece.
    first: u32,
    /// How many pieces; an address goes between each two.
    pieces: u32,
    /// How many lines.
    lines: u32,
}

impl EventLines {
    /// The cursors remember how far each path's findings have been used.
    fn new(
        run: &Run<'_>,
        choice: &Choice,
        columns: &[Column],
        event: usize,
        cursors: &mut [usize],
    ) -> Self {
        let outcome = &run.simulation.outcomes[event];
        let (id, date) = (cell(&outcome.event.id), outcome.event.date.to_string());
        let mut lines = Self {
            bytes: Vec::new(),
            pieces: Vec::new(),
            of_path: Vec::with_capacity(cursors.len()),
            has_lines: Vec::with_capacity(cursors.len()),
        };
        for (path, cursor) in cursors.iter_mut().enumerate() {
            let rest = &run.simulation.findings_of(path)[*cursor..];
            let here = &rest[..rest.partition_point(|finding| finding.event <= event)];
            *cursor += here.len();
            let first = lines.pieces.len();
            let mut count = 0;
            for finding in here.iter().filter(|finding| choice.takes(finding)) {
                lines.add(finding, run.knowledge, columns, (&id, &date));
                count += 1;
            }
            if count > 0 {
                lines.pieces.push(lines.bytes.len());
            }
            lines.has_lines.push(count > 0);
            lines.of_path.push(PathLines {
                first: number(first),
                pieces: number(lines.pieces.len() - first),
                lines: count,
            });
        }
        lines
    }

    fn add(
        &mut self,
        finding: &Finding,
        knowledge: &KnowledgeBase,
        columns: &[Column],
        (event, date): (&str, &str),
    ) {
        for (number, column) in columns.iter().enumerate() {
            if number > 0 {
                self.text(",");
            }
            match column {
                Column::Event => self.text(event),
                Column::Date => self.text(date),
                Column::Sip => self.pieces.push(self.bytes.len()),
                Column::Capability => self.text(finding.capability.id()),
                Column::From => self.text(finding.from.id()),
                Column::To => self.text(finding.to.id()),
                Column::Kind => self.text(finding.kind().id()),
                Column::Severity => self.text(finding.severity.id()),
                Column::Causes => self.text(&joined(finding.causes.iter().map(|cause| cause.id()))),
                Column::Workaround => {
                    self.text(finding.workaround.map_or("", |workaround| workaround.id()))
                }
                Column::Detail => self.text(&finding.detail()),
                Column::Rules => self.text(&cell(&joined(
                    finding.rules.iter().map(|&rule| knowledge.rule_id(rule)),
                ))),
            }
        }
        self.text("\n");
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// The lines of some users, and how many they are.
    fn lay_out(&self, users: &Users<'_>, chunk: Range<usize>) -> (Vec<u8>, u64) {
        let mut buffer = Vec::with_capacity(chunk.len() * 64);
        let mut written = 0;
        let mut sip = Vec::new();
        for (position, &path) in chunk.clone().zip(&users.paths[chunk]) {
            if self.has_lines[path as usize] {
                let of_path = self.of_path[path as usize];
                written += u64::from(of_path.lines);
                sip.clear();
                let user = users.at(position);
                users.timeline.inventory.users.sip(user).append_to(&mut sip);
                self.append(&mut buffer, of_path, &address(&sip));
            }
        }
        (buffer, written)
    }

    fn append(&self, buffer: &mut Vec<u8>, of_path: PathLines, address: &[u8]) {
        let first = of_path.first as usize;
        let before = first.checked_sub(1);
        let mut begin = before.map_or(0, |piece| self.pieces[piece]);
        let pieces = &self.pieces[first..first + of_path.pieces as usize];
        for (number, &end) in pieces.iter().enumerate() {
            if number > 0 {
                buffer.extend_from_slice(address);
            }
            buffer.extend_from_slice(&self.bytes[begin..end]);
            begin = end;
        }
    }
}

/// A position as it is stored: there are fewer different lines than users, which fit.
fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Makes parts on several threads and hands them on in order.
fn in_order<T: Send>(
    threads: NonZeroUsize,
    chunks: impl Iterator<Item = Range<usize>>,
    make: impl Fn(Range<usize>) -> T + Sync,
    mut take: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    let chunks: Vec<Range<usize>> = chunks.collect();
    std::thread::scope(|scope| {
        // Worker n makes every n-th part; each has a short queue, so that memory stays bounded.
        let queues: Vec<_> = (0..threads.get())
            .map(|worker| {
                let (sender, receiver) = std::sync::mpsc::sync_channel(QUEUE);
                let (chunks, make) = (&chunks, &make);
                scope.spawn(move || {
                    for chunk in chunks.iter().skip(worker).step_by(threads.get()) {
                        if sender.send(make(chunk.clone())).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        for number in 0..chunks.len() {
            let part = queues[number % threads.get()]
                .recv()
                .map_err(|_| io::Error::other("a thread that lays out findings ended early"))?;
            take(part)?;
        }
        Ok(())
    })
}

/// How many parts a thread may be ahead of the writer.
const QUEUE: usize = 2;

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
fn address(sip: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let first_is_plain = sip.first().is_some_and(u8::is_ascii_alphanumeric);
    // Without a way out of the loop, which would cost more than the few bytes that it saves.
    let is_quoted = sip.iter().fold(false, |is_quoted, byte| {
        is_quoted | matches!(byte, b',' | b'"' | b'\n' | b'\r')
    });
    if first_is_plain && !is_quoted {
        std::borrow::Cow::Borrowed(sip)
    } else {
        std::borrow::Cow::Owned(cell(&String::from_utf8_lossy(sip)).into_bytes())
    }
}
