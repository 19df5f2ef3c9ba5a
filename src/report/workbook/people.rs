//! The long sheets: a row for each finding, each person whom a phase hits, each message.

use std::io;
use std::ops::Range;

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::cell::Look::{Long, Number, Plain, Word};
use super::cell::{Cell, columns};
use super::rows::Field;
use super::table::{MadeRows, Sheet, Table};
use crate::finding::Finding;
use crate::knowledge::Products;
use crate::report::findings::Run;
use crate::report::model::people::Person;
use crate::report::model::wording;
use crate::report::model::{People, Phase, Report};
use crate::simulate::Simulation;

/// Every finding of every person, in the order of `findings.csv`.
pub(super) fn write_findings<'c>(
    book: &mut Book<'c>,
    report: &'c Report,
    people: &'c People<'c>,
    run: Run<'c>,
) -> Result<(), XlsxError> {
    Table::make(
        book,
        Sheet {
            name: "Findings",
            about: "Every change of what somebody can do, in order of time. What each rests on is in findings.csv, and for each group on the sheet Cohorts.",
            empty: "Nothing changes for anybody.",
            columns: columns(&[
                ("Phase", 7, Plain),
                ("Date", 11, Plain),
                ("Event", 24, Plain),
                ("Address", 32, Plain),
                ("Name", 24, Plain),
                ("Capability", 26, Plain),
                ("Change", 11, Word),
                ("Severity", 10, Word),
                ("From", 9, Plain),
                ("To", 9, Word),
                ("Because of", 24, Plain),
                ("Instead", 24, Plain),
                ("Organizers out of reach", 12, Number),
                ("Of so many", 10, Number),
                ("Days without", 10, Number),
                ("Group", 14, Plain),
            ]),
            rows: run.simulation.finding_count(),
            frozen: 4,
        },
        |fields| {
            let findings = Findings {
                report,
                people,
                run,
                counts: counts(&run),
                fields,
            };
            Box::new(move |rows, out| findings.make(rows, out))
        },
    )
}

/// How many findings there are at each event.
fn counts(run: &Run<'_>) -> Vec<u64> {
    let mut counts = vec![0; run.simulation.outcomes.len()];
    for (number, path) in run.timeline.paths.iter().enumerate() {
        for finding in run.simulation.findings_of(number) {
            counts[finding.event] += path.users;
        }
    }
    counts
}

/// What the sheet of findings is made of.
struct Findings<'c> {
    report: &'c Report,
    people: &'c People<'c>,
    run: Run<'c>,
    counts: Vec<u64>,
    fields: Vec<Field>,
}

impl Findings<'_> {
    /// Writes the rows with these numbers.
    fn make(&self, rows: Range<u64>, out: &mut MadeRows<'_>) -> io::Result<()> {
        let mut at = 0;
        for (event, &count) in self.counts.iter().enumerate() {
            if at < rows.end && at + count > rows.start {
                self.make_event(event, at, &rows, out)?;
            }
            at += count;
        }
        Ok(())
    }

    /// Writes those of them that belong to an event, whose first row has the number `at`.
    fn make_event(
        &self,
        event: usize,
        mut at: u64,
        rows: &Range<u64>,
        out: &mut MadeRows<'_>,
    ) -> io::Result<()> {
        let (people, simulation) = (self.people, self.run.simulation);
        for user in 0..people.len() {
            let path = self.run.timeline.path_of(user);
            let findings = simulation.findings_of(path);
            let first = findings.partition_point(|finding| finding.event < event);
            let here = findings[first..].iter();
            let here = here.take_while(|finding| finding.event == event).count();
            let begin = at;
            at += here as u64;
            if here == 0 || at <= rows.start {
                continue;
            }
            if begin >= rows.end {
                break;
            }
            let person = people.person(user);
            for (number, position) in (begin..).zip(first..first + here) {
                if rows.contains(&number) {
                    self.make_row(event, path, position, &person, out)?;
                }
            }
        }
        Ok(())
    }

    fn make_row(
        &self,
        event: usize,
        path: usize,
        position: usize,
        person: &Person<'_>,
        out: &mut MadeRows<'_>,
    ) -> io::Result<()> {
        let (row, simulation) = (&self.report.events[event], self.run.simulation);
        let phase = &self.report.phases[row.phase];
        let findings = simulation.findings_of(path);
        let finding = &findings[position];
        let group = if finding.to < finding.from {
            phase.group_of_path(path)
        } else {
            None
        };
        out.row(
            &self.fields,
            &[
                Cell::from(row.phase),
                row.date.into(),
                (&row.title).into(),
                (&person.sip).into(),
                (&person.name).into(),
                wording::capability(finding.capability).into(),
                wording::kind(finding.kind()).into(),
                finding.severity.id().into(),
                finding.from.id().into(),
                finding.to.id().into(),
                wording::causes(finding.causes).into(),
                finding.workaround.map(|instead| instead.name()).into(),
                finding.reach.map(|reach| reach.out_of_reach).into(),
                finding.reach.map(|reach| reach.organizers).into(),
                days_without(findings, position, simulation).into(),
                group.map(|group| &phase.groups[group].id).into(),
            ],
        )
    }
}

/// The days that a loss lasts: until the capability's next finding, or the horizon.
fn days_without(findings: &[Finding], position: usize, simulation: &Simulation) -> Option<u64> {
    let lost = &findings[position];
    if lost.to != crate::model::Level::None {
        return None;
    }
    let date = |event: usize| simulation.outcomes[event].event.date.min(simulation.end);
    let next = findings[position + 1..]
        .iter()
        .find(|next| next.capability == lost.capability);
    let until = next.map_or(simulation.end, |next| date(next.event));
    u64::try_from((until - date(lost.event)).num_days()).ok()
}

/// Everybody from whom a phase takes something, phase by phase.
pub(super) fn write_users<'c>(
    book: &mut Book<'c>,
    report: &'c Report,
    people: &'c People<'c>,
) -> Result<(), XlsxError> {
    let rows = report.phases.iter().map(|phase| phase.users_in_groups());
    Table::make(
        book,
        Sheet {
            name: "Users",
            about: "Everybody from whom a phase takes something: a row for each person and phase.",
            empty: "Nobody loses anything.",
            columns: columns(&[
                ("Phase", 7, Plain),
                ("Phase name", 22, Plain),
                ("Address", 32, Plain),
                ("Name", 24, Plain),
                ("Department", 18, Plain),
                ("Site", 14, Plain),
                ("Pool before", 16, Plain),
                ("Pool after", 16, Plain),
                ("First day", 11, Plain),
                ("Severity", 10, Word),
                ("What", 60, Plain),
                ("Group", 14, Plain),
            ]),
            rows: rows.sum(),
            frozen: 4,
        },
        |fields| Box::new(move |rows, out| make_users(report, people, &fields, rows, out)),
    )
}

fn make_users(
    report: &Report,
    people: &People<'_>,
    fields: &[Field],
    rows: Range<u64>,
    out: &mut MadeRows<'_>,
) -> io::Result<()> {
    for (phase, rows) in within(&rows, &report.phases, |phase| phase.users_in_groups()) {
        let what: Vec<String> = phase.groups.iter().map(|group| group.what()).collect();
        for user in people.affected(phase).skip(rows.start).take(rows.len()) {
            let group = &phase.groups[user.group];
            let cells = [
                Cell::from(phase.number),
                (&phase.name).into(),
                (&user.sip).into(),
                (&user.name).into(),
                (&user.department).into(),
                (&user.site).into(),
                (&user.pool_before).into(),
                (&user.pool_after).into(),
                user.day.into(),
                group.severity.id().into(),
                (&what[user.group]).into(),
                (&group.id).into(),
            ];
            out.row(fields, &cells)?;
        }
    }
    Ok(())
}

/// The phases that some rows of a list belong to, each with its own numbers of these rows. In: how many rows a phase has.
fn within<'p>(
    rows: &Range<u64>,
    phases: &'p [Phase],
    count: impl Fn(&Phase) -> u64,
) -> Vec<(&'p Phase, Range<usize>)> {
    let mut within = Vec::new();
    let mut first = 0;
    for phase in phases {
        let all = count(phase);
        let own = rows.start.max(first)..rows.end.min(first + all);
        if own.start < own.end {
            let number = |row: u64| usize::try_from(row - first).unwrap_or(usize::MAX);
            within.push((phase, number(own.start)..number(own.end)));
        }
        first += all;
    }
    within
}

/// What everybody is told, phase by phase.
pub(super) fn write_communications<'c>(
    book: &mut Book<'c>,
    report: &'c Report,
    people: &'c People<'c>,
    run: Run<'c>,
) -> Result<(), XlsxError> {
    let products = run.knowledge.products();
    let counts: Vec<u64> = report
        .phases
        .iter()
        .map(|phase| people.communication_count(report, phase, products))
        .collect();
    Table::make(
        book,
        Sheet {
            name: "Communications",
            about: "What to tell whom: a row for each person and phase, in sentences that can be mailed as they are.",
            empty: "Nothing changes for anybody.",
            columns: columns(&[
                ("Phase", 7, Plain),
                ("Phase name", 22, Plain),
                ("Address", 32, Plain),
                ("Name", 24, Plain),
                ("Department", 18, Plain),
                ("Site", 14, Plain),
                ("Day", 11, Plain),
                ("Capabilities", 30, Long),
                ("What changes for you", 70, Long),
                ("What to do instead", 50, Long),
            ]),
            rows: counts.iter().sum(),
            frozen: 4,
        },
        |fields| {
            Box::new(move |rows, out| {
                for (phase, rows) in within(&rows, &report.phases, |phase| counts[phase.number]) {
                    make_communications(report, phase, people, products, &fields, rows, out)?;
                }
                Ok(())
            })
        },
    )
}

fn make_communications(
    report: &Report,
    phase: &Phase,
    people: &People<'_>,
    products: &Products,
    fields: &[Field],
    rows: Range<usize>,
    out: &mut MadeRows<'_>,
) -> io::Result<()> {
    let all = people.communications(report, phase, products, |message| message);
    for told in all.skip(rows.start).take(rows.len()) {
        let message = &told.message;
        let cells = [
            Cell::from(phase.number),
            (&phase.name).into(),
            (&told.sip).into(),
            (&told.name).into(),
            (&told.department).into(),
            (&told.site).into(),
            message.day.into(),
            message.capability_names().into(),
            (&message.changes).into(),
            (&message.instead).into(),
        ];
        out.row(fields, &cells)?;
    }
    Ok(())
}
