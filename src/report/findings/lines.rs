//! The lines of everybody at one event.

use std::num::NonZeroUsize;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::cells::{Cells, Short, cell};
use super::due::{Due, PathSet};
use super::text::{PADDING, Text};
use super::{Choice, Column, Run};
use crate::finding::{Causes, Finding, Reach, Workaround};
use crate::knowledge::Rule;
use crate::model::{Capability, Level, Severity};
use crate::threads::on_threads;
use crate::timeline::Timeline;

/// For how many users it is looked up at a time what their lines are.
const AT_A_TIME: usize = 32;

/// A thread for the lines of fewer paths costs more than it saves.
const WORTH_A_THREAD: usize = 1000;

/// What is shown of the findings.
pub(super) struct Shown<'a> {
    run: &'a Run<'a>,
    choice: &'a Choice,
    columns: &'a [Column],
}

/// All that a line says of a finding; what no column shows is left out, so that more are alike.
#[derive(PartialEq, Eq, Hash)]
struct Said<'a> {
    capability: Capability,
    from: Level,
    to: Level,
    severity: Severity,
    causes: Causes,
    workaround: Option<Workaround>,
    reach: Option<Reach>,
    rules: &'a [Rule],
}

impl<'a> Shown<'a> {
    pub(super) fn new(run: &'a Run<'a>, choice: &'a Choice, columns: &'a [Column]) -> Self {
        Self {
            run,
            choice,
            columns,
        }
    }

    fn said(&self, finding: &'a Finding) -> Said<'a> {
        let shows = |column| self.columns.contains(&column);
        Said {
            capability: finding.capability,
            from: finding.from,
            to: finding.to,
            severity: finding.severity,
            causes: finding.causes,
            workaround: finding.workaround,
            reach: finding.reach.filter(|_| shows(Column::Detail)),
            rules: if shows(Column::Rules) {
                &finding.rules
            } else {
                &[]
            },
        }
    }
}

/// Some lines, as they are written.
#[derive(Default)]
pub(super) struct Part {
    text: Text,
    /// How many lines.
    pub(super) lines: u64,
}

impl Part {
    /// The lines.
    pub(super) fn bytes(&self) -> &[u8] {
        self.text.bytes()
    }
}

/// The lines of every path at one event: pieces of text between which the address goes. Paths that say the same share them.
pub(super) struct Lines<'a> {
    timeline: &'a Timeline<'a>,
    /// With [`PADDING`] at the end.
    text: Vec<u8>,
    /// Where each piece ends in `text`.
    pieces: Vec<usize>,
    blocks: Vec<Block>,
    /// The paths that have lines, and the block of each of them.
    paths: PathSet,
    of_paths: Vec<u32>,
}

/// All lines of one path at one event.
#[derive(Clone, Copy, Default)]
struct Block {
    /// Where its text begins.
    begin: usize,
    /// The first piece.
    first: usize,
    /// The piece behind the last; an address goes between each two.
    end: usize,
    /// How many lines.
    lines: u64,
}

/// What belongs to a user who has lines.
#[derive(Clone, Copy, Default)]
struct Found {
    block: Block,
    address: Short,
}

/// Lines that are being made.
struct Making<'a> {
    lines: Lines<'a>,
    /// The event's id, as a cell, and its date.
    id: Vec<u8>,
    date: String,
    /// The blocks of those of whom something was said before.
    known: FxHashMap<Vec<Said<'a>>, u32>,
    /// What is said of the path.
    said: Vec<Said<'a>>,
}

impl<'a> Making<'a> {
    fn new(shown: &Shown<'a>, due: &Due, event: usize) -> Self {
        let happened = &shown.run.simulation.outcomes[event].event;
        Self {
            lines: Lines {
                timeline: shown.run.timeline,
                text: Vec::new(),
                pieces: Vec::new(),
                blocks: Vec::new(),
                paths: due.paths(event),
                of_paths: Vec::new(),
            },
            id: cell(&happened.id),
            date: happened.date.to_string(),
            known: FxHashMap::default(),
            said: Vec::new(),
        }
    }

    /// Adds the next path that has lines, with its findings at the event.
    fn add(&mut self, shown: &Shown<'a>, findings: &'a [Finding]) {
        let here = findings.iter();
        let here = here.filter(|finding| shown.choice.takes(finding));
        self.said.clear();
        self.said
            .extend(here.clone().map(|finding| shown.said(finding)));
        let block = match self.known.get(&self.said) {
            Some(&block) => block,
            None => {
                let block = self.lines.block(shown, here, (&self.id, &self.date));
                self.known.insert(std::mem::take(&mut self.said), block);
                block
            }
        };
        self.lines.of_paths.push(block);
    }

    fn finish(mut self) -> Lines<'a> {
        let text = &mut self.lines.text;
        text.resize(text.len() + PADDING, 0);
        self.lines
    }
}

impl<'a> Lines<'a> {
    /// The lines of each of some events. A path's findings at all of them are looked at together: they stand together.
    fn of_events(
        shown: &Shown<'a>,
        due: &Due,
        events: impl Iterator<Item = usize> + Clone,
    ) -> Vec<Self> {
        let making = events.clone().map(|event| Making::new(shown, due, event));
        let mut making: Vec<Making<'a>> = making.collect();
        let mut place_of = vec![None; shown.run.simulation.outcomes.len()];
        for (place, event) in events.clone().enumerate() {
            place_of[event] = Some(place);
        }
        for path in 0..shown.run.timeline.paths.len() {
            if !due.has_lines(path) {
                continue;
            }
            let findings = shown.run.simulation.findings_of(path);
            for here in findings.chunk_by(|one, other| one.event == other.event) {
                let event = here[0].event;
                if let Some(place) = place_of[event]
                    && due.has_lines_at(path, event)
                {
                    making[place].add(shown, here);
                }
            }
        }
        making.into_iter().map(Making::finish).collect()
    }

    /// The lines of each of some events; several threads make them.
    pub(super) fn all(
        shown: &Shown<'a>,
        due: &Due,
        events: Range<usize>,
        threads: NonZeroUsize,
    ) -> Vec<Self> {
        let threads = match shown.run.timeline.paths.len() {
            ..WORTH_A_THREAD => 1,
            _ => threads.get().min(events.len()),
        };
        // One after the other to each thread: events of many people follow each other.
        let mut of_threads = on_threads(0..threads, |first| {
            let events = events.clone().skip(first).step_by(threads);
            Self::of_events(shown, due, events).into_iter()
        });
        let turns = (0..of_threads.len()).cycle().take(events.len());
        turns
            .filter_map(|thread| of_threads[thread].next())
            .collect()
    }

    fn block<'f>(
        &mut self,
        shown: &Shown<'_>,
        findings: impl Iterator<Item = &'f Finding>,
        at: (&[u8], &str),
    ) -> u32 {
        let (begin, first) = (self.text.len(), self.pieces.len());
        let mut lines = 0;
        for finding in findings {
            self.add(finding, shown, at);
            lines += 1;
        }
        self.pieces.push(self.text.len());
        self.blocks.push(Block {
            begin,
            first,
            end: self.pieces.len(),
            lines,
        });
        u32::try_from(self.blocks.len() - 1).unwrap_or(u32::MAX)
    }

    fn add(&mut self, finding: &Finding, shown: &Shown<'_>, (event, date): (&[u8], &str)) {
        for (number, column) in shown.columns.iter().enumerate() {
            if number > 0 {
                self.text(",");
            }
            match column {
                Column::Event => self.text(event),
                Column::Date => self.text(date),
                Column::Sip => self.pieces.push(self.text.len()),
                Column::Capability => self.text(finding.capability.id()),
                Column::From => self.text(finding.from.id()),
                Column::To => self.text(finding.to.id()),
                Column::Kind => self.text(finding.kind().id()),
                Column::Severity => self.text(finding.severity.id()),
                Column::Causes => self.text(joined(finding.causes.iter().map(|cause| cause.id()))),
                Column::Workaround => {
                    self.text(finding.workaround.map_or("", |workaround| workaround.id()));
                }
                Column::Detail => self.text(finding.detail()),
                Column::Rules => {
                    let rules = finding.rules.iter();
                    let ids = rules.map(|&rule| shown.run.knowledge.rule_id(rule));
                    self.text(cell(&joined(ids)));
                }
            }
        }
        self.text("\n");
    }

    fn text(&mut self, text: impl AsRef<[u8]>) {
        self.text.extend_from_slice(text.as_ref());
    }

    /// The lines of some users who have lines.
    pub(super) fn lay_out(&self, cells: &Cells<'_>, users: &[u32], part: &mut Part) {
        part.text.clear();
        part.lines = 0;
        let mut near = cells.near();
        let mut found = [Found::default(); AT_A_TIME];
        for users in users.chunks(AT_A_TIME) {
            // What belongs to a user is found in places far apart; the machine waits for those of all at once.
            for (found, &user) in found.iter_mut().zip(users) {
                let shape = near.look(user as usize, &mut found.address);
                let path = self.timeline.path_with_shape(user as usize, shape);
                let block = self.of_paths[self.paths.position(path)];
                found.block = self.blocks[block as usize];
            }
            for (found, &user) in found.iter().zip(users) {
                part.lines += found.block.lines;
                let (block, text) = (found.block, &mut part.text);
                match found.address.get() {
                    Some((bytes, length)) => {
                        self.append(block, text, length, |text| text.put_short(bytes, length));
                    }
                    None => {
                        let cell = cells.long(user as usize);
                        self.append(block, text, cell.len(), |text| text.put(&cell));
                    }
                }
            }
        }
    }

    /// The lines of a user, whose address `put` puts into them.
    #[inline]
    fn append(&self, block: Block, text: &mut Text, length: usize, put: impl Fn(&mut Text)) {
        let pieces = &self.pieces[block.first..block.end];
        let Some((&first, others)) = pieces.split_first() else {
            return;
        };
        let of_block = pieces[pieces.len() - 1] - block.begin;
        text.make_room(of_block + others.len() * length);
        text.put_padded(&self.text[block.begin..], first - block.begin);
        let mut last = first;
        for &end in others {
            put(text);
            text.put_padded(&self.text[last..], end - last);
            last = end;
        }
    }
}

fn joined<'t>(parts: impl Iterator<Item = &'t str>) -> String {
    parts.collect::<Vec<_>>().join(";")
}
