//! The long sheets: a row for each finding, each person whom a phase hits, each message.

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::cell::Look::{Long, Number, Plain, Word};
use super::cell::{Cell, columns};
use super::table::{Sheet, Table};
use crate::finding::Finding;
use crate::report::findings::Run;
use crate::report::model::wording;
use crate::report::model::{People, Report};
use crate::simulate::Simulation;

/// Every finding of every person, in the order of `findings.csv`.
pub(super) fn write_findings(
    book: &mut Book,
    report: &Report,
    people: &People<'_>,
    run: &Run<'_>,
) -> Result<(), XlsxError> {
    let mut table = Table::begin(
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
    )?;
    let timeline = run.timeline;
    for (event, row) in report.events.iter().enumerate() {
        let phase = &report.phases[row.phase];
        for user in 0..people.len() {
            let path = timeline.path_of(user);
            let findings = run.simulation.findings_of(path);
            let here = findings.partition_point(|finding| finding.event < event);
            let mut here = (here..findings.len())
                .take_while(|&position| findings[position].event == event)
                .peekable();
            if here.peek().is_none() {
                continue;
            }
            let person = people.person(user);
            let group = phase.group_of_path(path);
            let group = group.map_or("", |group| &phase.groups[group].id);
            for position in here {
                let finding = &findings[position];
                let is_fall = finding.to < finding.from;
                table.row(&[
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
                    days_without(findings, position, run.simulation).into(),
                    if is_fall { group } else { "" }.into(),
                ])?;
            }
        }
    }
    table.finish()
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
pub(super) fn write_users(
    book: &mut Book,
    report: &Report,
    people: &People<'_>,
) -> Result<(), XlsxError> {
    let rows = report.phases.iter().map(|phase| phase.users_in_groups());
    let mut table = Table::begin(
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
    )?;
    for phase in &report.phases {
        let what: Vec<String> = phase.groups.iter().map(|group| group.what()).collect();
        for user in people.affected(phase) {
            let group = &phase.groups[user.group];
            table.row(&[
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
            ])?;
        }
    }
    table.finish()
}

/// What everybody is told, phase by phase.
pub(super) fn write_communications(
    book: &mut Book,
    report: &Report,
    people: &People<'_>,
    run: &Run<'_>,
) -> Result<(), XlsxError> {
    let products = run.knowledge.products();
    let rows = report
        .phases
        .iter()
        .map(|phase| people.communication_count(report, phase, products));
    let mut table = Table::begin(
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
            rows: rows.sum(),
            frozen: 4,
        },
    )?;
    for phase in &report.phases {
        for told in people.communications(report, phase, products) {
            let message = &told.message;
            table.row(&[
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
            ])?;
        }
    }
    table.finish()
}
