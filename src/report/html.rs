//! `report.html`: the whole report as one page that needs nothing else.
//!
//! In: a [`Report`] and the [`People`] behind it. Out: the page. It fetches nothing, and its security policy forbids it to: only
//! the style and the script that stand in it are allowed, by their hashes. All words and figures are in the markup; the script
//! makes long lists searchable. Everything foreign goes through `markup`.

mod back_matter;
mod matrix;
mod people;
mod phase;
mod since;
mod summary;

use askama::Template;

use super::charts;
use super::model::{People, Report};
use crate::digest::{base64, sha256};
use back_matter::BackMatter;
use matrix::{EventKey, MatrixPart};
use phase::PhaseView;
use since::SinceView;
use summary::Summary;

/// The page's only style sheet.
const STYLE: &str = include_str!("templates/report.css");
/// The page's only script.
const SCRIPT: &str = include_str!("templates/report.js");

/// The page.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    summary: Summary,
    since: Option<SinceView>,
    timeline: String,
    intervals: Vec<IntervalView>,
    events: Vec<EventKey>,
    matrix: Vec<MatrixPart>,
    multiples: Vec<Multiple>,
    series: SeriesTable,
    phases: Vec<PhaseView>,
    back: BackMatter,
}

/// A stretch of time in which somebody goes without, for the table behind the timeline.
struct IntervalView {
    capability: &'static str,
    from: String,
    until: String,
    peak: String,
    user_days: String,
}

/// One of the small charts.
struct Multiple {
    name: &'static str,
    chart: String,
}

/// The figures behind the small charts.
struct SeriesTable {
    capabilities: Vec<&'static str>,
    rows: Vec<(String, String, Vec<String>)>,
}

/// Lays the page out.
///
/// # Errors
/// What the template engine says; never for a report that [`super::model::build`] made.
pub fn render(report: &Report, people: &People<'_>) -> askama::Result<String> {
    let series = charts::series(report);
    let multiples = series.iter().map(|series| Multiple {
        name: super::model::wording::capability(series.capability),
        chart: charts::steps(report, series),
    });
    let share = people::share(report);
    let phases: Result<Vec<PhaseView>, serde_json::Error> = report
        .telling_phases()
        .map(|phase| PhaseView::new(report, phase, people, share))
        .collect();
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        summary: Summary::new(report),
        since: report.since.as_ref().map(SinceView::new),
        timeline: charts::timeline(report),
        intervals: report.intervals.iter().map(IntervalView::new).collect(),
        events: matrix::events(report),
        matrix: matrix::parts(report),
        multiples: multiples.collect(),
        series: series_table(report, &series),
        phases: phases.map_err(askama::Error::custom)?,
        back: BackMatter::new(report),
    };
    page.render()
}

/// The page's own style and script, nothing else, from nowhere else.
fn policy() -> String {
    let hash = |text: &str| base64(&sha256(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

impl IntervalView {
    fn new(interval: &super::model::LossInterval) -> Self {
        use super::model::wording::{capability, number};
        Self {
            capability: capability(interval.capability),
            from: interval.from.to_string(),
            until: interval.until_words(),
            peak: number(interval.peak),
            user_days: number(interval.user_days),
        }
    }
}

fn series_table(report: &Report, series: &[charts::Series]) -> SeriesTable {
    use super::model::wording::{capability, number};
    let rows = report.events.iter().enumerate().map(|(position, event)| {
        let figures = series
            .iter()
            .map(|series| number(series.points[position].1))
            .collect();
        (event.date.to_string(), matrix::title(event), figures)
    });
    SeriesTable {
        capabilities: series
            .iter()
            .map(|series| capability(series.capability))
            .collect(),
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_fetches_nothing_and_writes_no_markup() {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "fetch(",
            "XMLHttpRequest",
            "import(",
            "setAttribute(\"style",
            ".style.",
        ] {
            assert!(!SCRIPT.contains(word), "{word}");
        }
    }

    #[test]
    fn style_and_script_cannot_end_their_elements() {
        assert!(!STYLE.contains("</") && !STYLE.contains("url(") && !STYLE.contains("@import"));
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
    }
}
