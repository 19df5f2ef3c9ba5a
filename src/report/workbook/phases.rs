//! The sheets with a row for each phase, group, crossing or measure.

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::cell::Look::{Long, Number, Plain, Word};
use super::cell::{Cell, columns};
use super::table::{Sheet, Table};
use crate::report::model::rollback::Point;
use crate::report::model::wording::{self, number};
use crate::report::model::{Group, Measure, Phase, Report};

/// So many values of a facet stand in a cell; `report.json` has more.
const VALUES: usize = 8;

/// A row for each phase.
pub(super) fn write_phases(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let mut table = Table::begin(
        book,
        Sheet {
            name: "Phases",
            about: "A row for each phase: dates, advice, whom it hits, and how to go back.",
            empty: "The plan has no phase.",
            columns: columns(&[
                ("Phase", 7, Plain),
                ("Name", 24, Plain),
                ("From", 11, Plain),
                ("Until", 11, Plain),
                ("Advice", 19, Word),
                ("Lose something", 11, Number),
                ("Newly affected", 11, Number),
                ("Still affected", 11, Number),
                ("Recovered", 11, Number),
                ("Only in between", 11, Number),
                ("Only restricted", 11, Number),
                ("Only unknown", 11, Number),
                ("User-days lost", 11, Number),
                ("By the plan", 11, Number),
                ("From outside", 11, Number),
                ("Moved", 10, Number),
                ("New clients", 10, Number),
                ("Helped by no single measure", 13, Number),
                ("Risks of the plan", 10, Number),
                ("Of them blocking", 10, Number),
                ("What is done", 60, Long),
                ("Conditions", 70, Long),
                ("Going back loses data from", 14, Plain),
                ("Why", 36, Long),
                ("No way back from", 14, Plain),
                ("Why there is none", 36, Long),
                ("On going back", 70, Long),
            ]),
            rows: report.phases.len() as u64,
            frozen: 2,
        },
    )?;
    for phase in &report.phases {
        let touched = &phase.touched;
        let risks = phase.plan_findings.iter();
        let blocking = risks.filter(|&&row| report.plan_findings[row].is_blocking());
        let (loses_data, impossible) = (
            phase.rollback.loses_data_from.as_ref(),
            phase.rollback.impossible_from.as_ref(),
        );
        let date = |point: Option<&Point>| Cell::from(point.map(|point| point.date));
        table.row(&[
            Cell::from(phase.number),
            (&phase.name).into(),
            phase.from.into(),
            phase.until.into(),
            phase.verdict.decision.name().into(),
            touched.losing.into(),
            touched.newly.into(),
            touched.still.into(),
            touched.recovered.into(),
            touched.passing.into(),
            touched.restricted.into(),
            touched.uncertain.into(),
            phase.user_days.iter().sum::<u64>().into(),
            phase.blame.plan.into(),
            phase.blame.outside.into(),
            phase.users_moved.into(),
            phase.users_reclient.into(),
            phase.beyond_help.into(),
            phase.plan_findings.len().into(),
            blocking.count().into(),
            deeds(report, phase).into(),
            conditions(phase).into(),
            date(loses_data),
            loses_data.map(|point| &point.why).into(),
            date(impossible),
            impossible.map(|point| &point.why).into(),
            notes(phase).into(),
        ])?;
    }
    table.finish()
}

fn deeds(report: &Report, phase: &Phase) -> String {
    let stages = phase.stages.iter().map(|stage| {
        let row = &report.events[stage.event];
        let deeds = stage.deeds().into_iter();
        let deeds: Vec<String> = deeds
            .map(|(what, text)| format!("{what}: {text}"))
            .collect();
        format!("{} {}. {}", row.date, row.title, deeds.join(". "))
    });
    stages.collect::<Vec<_>>().join("\n")
}

fn conditions(phase: &Phase) -> String {
    let reasons = phase.verdict.reasons.iter().map(|reason| {
        format!(
            "Before {}: {} → {}",
            reason.due,
            reason.text,
            reason.action_or_acceptance()
        )
    });
    reasons.collect::<Vec<_>>().join("\n")
}

fn notes(phase: &Phase) -> String {
    let notes = phase.rollback.notes.iter();
    let notes = notes.map(|note| format!("{} [{}]", note.text, note.source));
    notes.collect::<Vec<_>>().join("\n")
}

/// A row for each group of users.
pub(super) fn write_cohorts(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let groups = report.phases.iter().map(|phase| phase.groups.len() as u64);
    let mut table = Table::begin(
        book,
        Sheet {
            name: "Cohorts",
            about: "A row for each group: users from whom a phase takes the same things for the same causes. Who they are: sheet Users, by group.",
            empty: "Nobody loses anything.",
            columns: columns(&[
                ("Group", 14, Plain),
                ("Phase", 7, Plain),
                ("Phase name", 22, Plain),
                ("Severity", 10, Word),
                ("Users", 10, Number),
                ("What", 60, Long),
                ("Because of", 26, Long),
                ("User-days lost", 11, Number),
                ("First day", 11, Plain),
                ("Events", 40, Long),
                ("Clients after the phase", 36, Long),
                ("Pools", 32, Long),
                ("Sites", 28, Long),
                ("Departments", 32, Long),
                ("What helps, and how many", 50, Long),
                ("Helped by no single measure", 13, Number),
                ("Rules", 50, Long),
            ]),
            rows: groups.sum(),
            frozen: 1,
        },
    )?;
    for phase in &report.phases {
        for group in &phase.groups {
            let first = group.events.first().map(|&(event, _)| event);
            table.row(&[
                Cell::from(&group.id),
                phase.number.into(),
                (&phase.name).into(),
                group.severity.id().into(),
                group.users.into(),
                group.what().into(),
                group.cause_words().into(),
                group.user_days.into(),
                first.map(|event| report.events[event].date).into(),
                events(report, group).into(),
                group.clients.line(VALUES).into(),
                group.pools.line(VALUES).into(),
                group.sites.line(VALUES).into(),
                group.departments.line(VALUES).into(),
                help(phase, group).into(),
                group.beyond_help.into(),
                group.rules.join(", ").into(),
            ])?;
        }
    }
    table.finish()
}

fn events(report: &Report, group: &Group) -> String {
    let events = group.events.iter().map(|&(event, users)| {
        let row = &report.events[event];
        format!("{} {} ({})", row.date, row.title, wording::users(users))
    });
    events.collect::<Vec<_>>().join("\n")
}

fn help(phase: &Phase, group: &Group) -> String {
    let help = phase.help_of(group);
    let help = help.map(|(action, users)| format!("{action} ({})", number(users)));
    help.collect::<Vec<_>>().join("\n")
}

/// A row for each stage and pair of versions between which organizers change.
pub(super) fn write_crossings(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let crossings = report
        .phases
        .iter()
        .map(|phase| phase.crossings.len() as u64);
    let mut table = Table::begin(
        book,
        Sheet {
            name: "Cross-user",
            about: "Whose move takes meetings away from how many others: a row for each stage at which organizers change to another version.",
            empty: "No organizer changes to another version.",
            columns: columns(&[
                ("Phase", 7, Plain),
                ("Date", 11, Plain),
                ("Event", 26, Plain),
                ("Meetings were on", 18, Plain),
                ("Meetings are on", 18, Plain),
                ("Organizers who change", 12, Number),
                ("Users cut off", 12, Number),
                ("Users restricted", 12, Number),
                ("Of those cut off, helped by Lync Web App 2013", 18, Number),
                ("Organizers by pool", 44, Long),
                ("Those cut off, by clients", 50, Long),
            ]),
            rows: crossings.sum(),
            frozen: 3,
        },
    )?;
    for phase in &report.phases {
        for crossing in &phase.crossings {
            let row = &report.events[crossing.event];
            table.row(&[
                Cell::from(phase.number),
                row.date.into(),
                (&row.title).into(),
                crossing.from.name().into(),
                crossing.to.name().into(),
                crossing.organizers.into(),
                crossing.cut_off.into(),
                crossing.restricted.into(),
                crossing.helped_by_web_app.into(),
                crossing.pools.line(VALUES).into(),
                crossing.clients.line(VALUES).into(),
            ])?;
        }
    }
    table.finish()
}

/// A row for each measure of each phase.
pub(super) fn write_measures(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let measures = report
        .phases
        .iter()
        .map(|phase| phase.measures.len() as u64);
    let mut table = Table::begin(
        book,
        Sheet {
            name: "Remedies",
            about: "What would help, and how many. Each measure is counted alone; one person can be helped by several.",
            empty: "Nothing has to be remedied, or no single measure helps.",
            columns: columns(&[
                ("Phase", 7, Plain),
                ("Phase name", 22, Plain),
                ("Before", 11, Plain),
                ("What to do", 44, Long),
                ("Users helped", 11, Number),
                ("Of them, get back what they would lose", 16, Number),
                ("What it lifts, and for how many", 60, Long),
                ("What it takes", 60, Long),
                ("Rules", 50, Long),
                ("Measure", 32, Plain),
            ]),
            rows: measures.sum(),
            frozen: 2,
        },
    )?;
    for phase in &report.phases {
        for measure in &phase.measures {
            table.row(&[
                Cell::from(phase.number),
                (&phase.name).into(),
                phase.from.into(),
                (&measure.action).into(),
                measure.users.into(),
                measure.users_of_losses.into(),
                lifts(measure).into(),
                measure.note.into(),
                measure.rules.join(", ").into(),
                (&measure.id).into(),
            ])?;
        }
    }
    table.finish()
}

fn lifts(measure: &Measure) -> String {
    let lifts = measure.lifts.iter();
    let lifts = lifts.map(|&(capability, users)| {
        format!("{} {}", wording::capability(capability), number(users))
    });
    lifts.collect::<Vec<_>>().join("; ")
}
