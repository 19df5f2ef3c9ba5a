//! The first sheet: advice, figures, what weighs most, and charts of these very cells.

use rust_xlsxwriter::{
    Chart, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartMarker, ChartMarkerType,
    ChartSolidFill, ChartType, Color, Url, XlsxError,
};

use super::Book;
use super::blocks::{Blocks, Place};
use super::cell::Cell;
use super::cell::Look::{Long, Number, Plain, Word};
use super::style::{AMBER, GRAY, GREEN, INK, RED, VIOLET};
use crate::report::charts;
use crate::report::model::Report;
use crate::report::model::header::UNDER_PSEUDONYMS;
use crate::report::model::wording;

const NAME: &str = "Summary";

/// So many reasons are on this sheet; Decisions has what is to be decided in full.
const REASONS: usize = 12;

/// The column in which charts begin.
const CHARTS: u16 = 13;

/// Rows that a chart takes, with some air.
const CHART_ROWS: u32 = 18;

/// The sheets, each with what it is for.
const SHEETS: [(&str, &str); 15] = [
    (
        "Phases",
        "dates, advice, figures, conditions and the way back of each phase",
    ),
    (
        "Matrix",
        "users by level for each event and capability, as a heat map",
    ),
    ("Findings", "every change of what somebody can do"),
    (
        "Cohorts",
        "users from whom a phase takes the same things, and why",
    ),
    ("Users", "everybody from whom a phase takes something"),
    (
        "Cross-user",
        "whose move takes meetings away from how many others",
    ),
    ("Remedies", "what would help, and how many"),
    ("Communications", "what to tell whom on which day"),
    (
        "Contested",
        "where the documents disagree, with the range of each figure",
    ),
    ("Unknowns", "what is not known, and what was assumed"),
    (
        "Rejected rows",
        "rows of the inventory that were not used, with the reason",
    ),
    ("Rules", "every rule that something here rests on"),
    ("Decisions", "for people: owner, decision, until, note"),
    (
        "Changes",
        "what differs from the earlier report, person by person",
    ),
    ("Run", "inputs with their digests, version, options"),
];

pub(super) fn write(book: &mut Book<'_>, report: &Report) -> Result<(), XlsxError> {
    let widths = [40, 13, 13, 13, 19, 12, 12, 12, 12, 12, 12, 12];
    let mut sheet = Blocks::begin(book, NAME, &widths)?;
    let header = &report.header;
    sheet.line(&header.plan, |styles| &styles.title)?;
    sheet.line(
        &format!(
            "Risk report per phase: baseline {}, user-days up to {}, reading {}.",
            header.baseline,
            header.end,
            header.reading.id()
        ),
        |styles| &styles.about,
    )?;
    if header.run.is_pseudonymized {
        sheet.line(UNDER_PSEUDONYMS, |styles| &styles.about)?;
    }
    sheet.gap();
    let row = sheet.next_row();
    let advice = Cell::from(report.verdict.decision.name());
    sheet.labelled("Advice", &advice, "")?;
    sheet.color_words(row, 1, row)?;
    sheet.line(&report.sentence(), |styles| &styles.plain)?;
    sheet.gap();
    write_numbers(&mut sheet, report)?;
    sheet.gap();
    let mut charts = Charts::default();
    write_phases(&mut sheet, report, &mut charts)?;
    sheet.gap();
    write_reasons(&mut sheet, report)?;
    sheet.gap();
    write_days(&mut sheet, report, &mut charts)?;
    sheet.gap();
    write_series(&mut sheet, report, &mut charts)?;
    sheet.gap();
    write_sheets(&mut sheet)?;
    charts.insert(&mut sheet)?;
    sheet.worksheet().set_screen_gridlines(false);
    sheet.worksheet().set_freeze_panes(1, 0)?;
    sheet.finish();
    Ok(())
}

fn write_numbers(sheet: &mut Blocks<'_, '_>, report: &Report) -> Result<(), XlsxError> {
    let numbers = &report.numbers;
    sheet.line("In numbers", |styles| &styles.part)?;
    let rows: [(&str, u64, &str); 12] = [
        (
            "Users",
            numbers.users,
            "all accepted users of the inventory",
        ),
        (
            "Lose something",
            numbers.losing,
            "at some event, for however long",
        ),
        (
            "… and have everything back",
            numbers.recovered,
            "after the last event",
        ),
        (
            "… and are without something",
            numbers.affected_at_end,
            "after the last event",
        ),
        (
            "Only restricted",
            numbers.restricted,
            "lose nothing, but can do something only in part",
        ),
        (
            "Only unknown",
            numbers.uncertain,
            "neither, but the documents do not say",
        ),
        (
            "Untouched",
            numbers.untouched,
            "nothing changes for the worse",
        ),
        (
            "User-days lost",
            numbers.all_user_days(),
            "days without something, summed over users and capabilities",
        ),
        (
            "… by the plan",
            numbers.blame.plan,
            "moves, client changes, chat migrations",
        ),
        (
            "… from outside",
            numbers.blame.outside,
            "services and licenses that end",
        ),
        ("Risks of the plan", numbers.plan_findings as u64, ""),
        (
            "… that block",
            numbers.blocking_plan_findings as u64,
            "of severity critical",
        ),
    ];
    for (label, number, remark) in rows {
        sheet.labelled(label, &number.into(), remark)?;
    }
    Ok(())
}

fn write_phases(
    sheet: &mut Blocks<'_, '_>,
    report: &Report,
    charts: &mut Charts,
) -> Result<(), XlsxError> {
    sheet.line("Phases", |styles| &styles.part)?;
    let heads = [
        ("Phase", Plain),
        ("Number", Plain),
        ("From", Plain),
        ("Until", Plain),
        ("Advice", Word),
        ("Newly affected", Number),
        ("Still affected", Number),
        ("Recovered", Number),
        ("Only in between", Number),
        ("Only restricted", Number),
        ("Only unknown", Number),
        ("User-days lost", Number),
    ];
    let rows = report.telling_phases().map(|phase| {
        let touched = &phase.touched;
        vec![
            Cell::from(&phase.name),
            Cell::from(phase.number),
            phase.from.into(),
            phase.until.into(),
            phase.verdict.decision.name().into(),
            touched.newly.into(),
            touched.still.into(),
            touched.recovered.into(),
            touched.passing.into(),
            touched.restricted.into(),
            touched.uncertain.into(),
            phase.user_days.iter().sum::<u64>().into(),
        ]
    });
    let place = sheet.table(&heads, rows, "The plan has no phase.")?;
    if place.last < place.first {
        return Ok(());
    }
    let mut chart = begin(
        ChartType::ColumnStacked,
        "Users by what each phase does to them",
    );
    for (column, color) in [(5, RED), (6, AMBER), (8, VIOLET), (7, GREEN)] {
        add_series(&mut chart, place, (1, column), color);
    }
    chart.x_axis().set_name("Phase");
    charts.all.push(chart);
    Ok(())
}

fn write_reasons(sheet: &mut Blocks<'_, '_>, report: &Report) -> Result<(), XlsxError> {
    sheet.line("What weighs most", |styles| &styles.part)?;
    let heads = [
        ("What happens", Long),
        ("Severity", Word),
        ("Phase", Plain),
        ("Decide before", Plain),
        ("Users", Number),
        ("What to do", Plain),
    ];
    let reasons = &report.verdict.reasons;
    let rows = reasons.iter().take(REASONS).map(|reason| {
        vec![
            Cell::from(&reason.text),
            reason.severity.id().into(),
            reason.phase.into(),
            reason.due.into(),
            reason.users.into(),
            reason.action_or_acceptance().into(),
        ]
    });
    sheet.table(&heads, rows, "Nothing of severity medium or worse happens.")?;
    let hidden = reasons.len().saturating_sub(REASONS) as u64;
    if hidden > 0 {
        let more = wording::count(hidden, "more reason is", "more reasons are");
        sheet.line(&format!("{more} on the sheet Phases."), |styles| {
            &styles.about
        })?;
    }
    Ok(())
}

fn write_days(
    sheet: &mut Blocks<'_, '_>,
    report: &Report,
    charts: &mut Charts,
) -> Result<(), XlsxError> {
    sheet.line("User-days lost by capability", |styles| &styles.part)?;
    let heads = [
        ("Capability", Plain),
        ("User-days", Number),
        ("Most users at once", Number),
    ];
    let days = report.days_by_capability();
    let rows = days.iter().map(|&(capability, days, peak)| {
        vec![
            Cell::from(wording::capability(capability)),
            days.into(),
            peak.into(),
        ]
    });
    let place = sheet.table(&heads, rows, "No day is lost.")?;
    if place.last >= place.first {
        let mut chart = begin(ChartType::Bar, "User-days lost by capability");
        add_series(&mut chart, place, (0, 1), INK);
        chart.legend().set_hidden();
        // Bars are drawn from below.
        chart.y_axis().set_reverse();
        charts.all.push(chart);
    }
    Ok(())
}

fn write_series(
    sheet: &mut Blocks<'_, '_>,
    report: &Report,
    charts: &mut Charts,
) -> Result<(), XlsxError> {
    const TEAL: Color = Color::RGB(0x00_838F);
    const BROWN: Color = Color::RGB(0x6D_4C41);
    const COLORS: [Color; 8] = [INK, RED, AMBER, VIOLET, GREEN, TEAL, BROWN, GRAY];
    sheet.line(
        "Users without each capability, after each event",
        |styles| &styles.part,
    )?;
    let series = charts::series(report);
    let mut heads = vec![("Event", Plain), ("Date", Plain)];
    let names = series
        .iter()
        .map(|series| wording::capability(series.capability));
    heads.extend(names.map(|name| (name, Number)));
    let rows = report.events.iter().enumerate().map(|(at, event)| {
        let mut cells = vec![Cell::from(&event.title), event.date.into()];
        cells.extend(series.iter().map(|series| Cell::from(series.points[at].1)));
        cells
    });
    let place = sheet.table(&heads, rows, "")?;
    if series.is_empty() {
        return Ok(());
    }
    let mut chart = begin(
        ChartType::Line,
        "Users without each capability, after each event",
    );
    for (at, color) in (2..).zip((0..series.len()).map(|at| COLORS[at % COLORS.len()])) {
        let line = chart.add_series();
        line.set_name((NAME, place.head, at))
            .set_categories((NAME, place.first, 1, place.last, 1))
            .set_values((NAME, place.first, at, place.last, at))
            .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(color).set_width(2)))
            .set_marker(
                ChartMarker::new()
                    .set_type(ChartMarkerType::Circle)
                    .set_size(4)
                    .set_format(
                        ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(color)),
                    ),
            );
    }
    chart
        .x_axis()
        .set_text_axis(true)
        .set_num_format("yyyy-mm-dd")
        .set_font(ChartFont::new().set_rotation(-45));
    chart.set_height(380);
    charts.all.push(chart);
    Ok(())
}

fn write_sheets(sheet: &mut Blocks<'_, '_>) -> Result<(), XlsxError> {
    sheet.line("The sheets", |styles| &styles.part)?;
    for (name, what) in SHEETS {
        let row = sheet.next_row();
        sheet.labelled(name, &Cell::from(what), "")?;
        let link = Url::new(format!("internal:'{name}'!A1")).set_text(name);
        sheet.worksheet().write_url(row, 0, link)?;
    }
    Ok(())
}

/// The charts, put in their places when the tables stand.
#[derive(Default)]
struct Charts {
    all: Vec<Chart>,
}

impl Charts {
    fn insert(&self, sheet: &mut Blocks<'_, '_>) -> Result<(), XlsxError> {
        for (row, chart) in (2..).step_by(CHART_ROWS as usize).zip(&self.all) {
            sheet.worksheet().insert_chart(row, CHARTS, chart)?;
        }
        Ok(())
    }
}

fn begin(kind: ChartType, title: &str) -> Chart {
    let mut chart = Chart::new(kind);
    chart.title().set_name(title);
    chart.set_alt_text(format!(
        "{title}; the figures are in the table of that name."
    ));
    chart.set_width(720).set_height(340);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.y_axis().set_num_format("#,##0");
    chart
}

fn add_series(chart: &mut Chart, place: Place, (names, column): (u16, u16), color: Color) {
    let mut fill = ChartFormat::new();
    fill.set_solid_fill(ChartSolidFill::new().set_color(color));
    chart
        .add_series()
        .set_name((NAME, place.head, column))
        .set_categories((NAME, place.first, names, place.last, names))
        .set_values((NAME, place.first, column, place.last, column))
        .set_format(&mut fill)
        .set_gap(60);
}
