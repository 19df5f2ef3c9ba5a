//! What stands behind the phases: cross-user effects, contested readings, assumptions, data quality, rules, and the run.

use crate::knowledge::{ConflictKind, DocumentFacts};
use crate::report::markup::visible;
use crate::report::model::wording::{self, number};
use crate::report::model::{Crossing, InputFile, OpenPoint, Report};

/// So many values of a facet stand in one line.
const LINE: usize = 4;

/// Everything behind the phases.
pub(super) struct BackMatter {
    pub(super) crossings: Vec<CrossingView>,
    /// Stages that move organizers to another version and take nothing from anybody.
    pub(super) harmless: usize,
    pub(super) contested: Vec<ContestedView>,
    /// Points on which documents contradict each other.
    pub(super) contested_points: Vec<PointView>,
    /// Points that the documents are silent on, or that had to be understood or defined.
    pub(super) other_points: Vec<PointView>,
    pub(super) assumptions: Vec<(String, String, &'static str)>,
    pub(super) unknowns: Vec<UnknownView>,
    pub(super) rows: String,
    pub(super) quality: Vec<(&'static str, String)>,
    pub(super) noticed: Vec<NoticedView>,
    pub(super) rules: Vec<RuleView>,
    pub(super) files: Vec<(String, String, String)>,
    pub(super) options: Vec<(String, String)>,
    pub(super) knowledge: String,
    pub(super) version: &'static str,
}

pub(super) struct CrossingView {
    pub(super) phase: usize,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) versions: String,
    pub(super) organizers: String,
    pub(super) raw_organizers: u64,
    pub(super) cut_off: String,
    pub(super) raw_cut_off: u64,
    pub(super) restricted: String,
    pub(super) raw_restricted: u64,
    pub(super) helped: String,
    pub(super) pools: String,
    pub(super) clients: String,
}

pub(super) struct ContestedView {
    pub(super) capability: &'static str,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) lenient: String,
    pub(super) chosen: String,
    pub(super) strict: String,
    /// The open points behind it.
    pub(super) points: String,
}

pub(super) struct UnknownView {
    pub(super) capability: &'static str,
    pub(super) reason: &'static str,
    pub(super) at_start: String,
    pub(super) at_end: String,
}

pub(super) struct NoticedView {
    pub(super) weight: &'static str,
    pub(super) code: &'static str,
    pub(super) count: String,
    pub(super) first: String,
}

/// A point that the documents leave open.
pub(super) struct PointView {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) reading: String,
    pub(super) reason: String,
    /// The capabilities it makes a difference to.
    pub(super) range: String,
    pub(super) findings: String,
    pub(super) wordings: Vec<String>,
}

pub(super) struct RuleView {
    pub(super) id: String,
    pub(super) wording: String,
    pub(super) footnotes: Vec<String>,
    pub(super) document: String,
    pub(super) dates: String,
    pub(super) place: String,
    pub(super) used_by: String,
    pub(super) findings: String,
    pub(super) raw_findings: u64,
}

impl BackMatter {
    pub(super) fn new(report: &Report) -> Self {
        let (crossings, harmless) = crossings(report);
        let points = report.open_points.iter();
        let (contested_points, other_points): (Vec<&OpenPoint>, Vec<&OpenPoint>) =
            points.partition(|point| point.kind == ConflictKind::Contested);
        let run = &report.header.run;
        let files = run.plan.iter().chain(&run.inventories);
        let options = run.options.iter();
        let assumptions = report.assumptions.iter();
        Self {
            crossings,
            harmless,
            contested: contested(report),
            contested_points: contested_points.into_iter().map(PointView::new).collect(),
            other_points: other_points.into_iter().map(PointView::new).collect(),
            assumptions: assumptions
                .map(|assumed| {
                    (
                        visible(&assumed.text),
                        number(assumed.users),
                        assumed.instead,
                    )
                })
                .collect(),
            unknowns: unknowns(report),
            rows: report.quality.rows_used(),
            quality: quality(report),
            noticed: noticed(report),
            rules: rules(report),
            files: files.map(file).collect(),
            options: options
                .map(|(option, value)| (visible(option), visible(value)))
                .collect(),
            knowledge: report.header.knowledge_sha256.clone(),
            version: report.header.tool_version,
        }
    }
}

/// The crossings that take something from somebody, and how many do not.
fn crossings(report: &Report) -> (Vec<CrossingView>, usize) {
    let all = report.phases.iter().flat_map(|phase| {
        let crossings = phase.crossings.iter();
        crossings.map(move |crossing| (phase.number, crossing))
    });
    let (harmful, harmless): (Vec<_>, Vec<_>) =
        all.partition(|(_, crossing)| crossing.cut_off + crossing.restricted > 0);
    let views = harmful
        .into_iter()
        .map(|(phase, crossing)| CrossingView::new(report, phase, crossing));
    (views.collect(), harmless.len())
}

fn file(file: &InputFile) -> (String, String, String) {
    (visible(&file.name), number(file.bytes), file.sha256.clone())
}

impl PointView {
    fn new(point: &OpenPoint) -> Self {
        let range = point.range.iter().copied().map(wording::capability);
        Self {
            range: range.collect::<Vec<_>>().join(", "),
            id: point.id.clone(),
            kind: point.kind.id(),
            title: point.title.clone(),
            reading: point.reading.clone(),
            reason: point.reason.clone(),
            findings: number(point.findings),
            wordings: point.citations(),
        }
    }
}

impl CrossingView {
    fn new(report: &Report, phase: usize, crossing: &Crossing) -> Self {
        let event = &report.events[crossing.event];
        Self {
            phase,
            date: event.date.to_string(),
            title: super::matrix::title(event),
            versions: format!("{} → {}", crossing.from.name(), crossing.to.name()),
            organizers: number(crossing.organizers),
            raw_organizers: crossing.organizers,
            cut_off: number(crossing.cut_off),
            raw_cut_off: crossing.cut_off,
            restricted: number(crossing.restricted),
            raw_restricted: crossing.restricted,
            helped: number(crossing.helped_by_web_app),
            pools: visible(&crossing.pools.line(LINE)),
            clients: visible(&crossing.clients.line(LINE)),
        }
    }
}

fn contested(report: &Report) -> Vec<ContestedView> {
    let rows = report.contested.iter().map(|row| {
        let event = &report.events[row.event];
        ContestedView {
            points: report.points_behind(row.capability).join(", "),
            capability: wording::capability(row.capability),
            date: event.date.to_string(),
            title: super::matrix::title(event),
            lenient: number(row.lenient),
            chosen: number(row.chosen),
            strict: number(row.strict),
        }
    });
    rows.collect()
}

fn unknowns(report: &Report) -> Vec<UnknownView> {
    let parts = report.unknowns.iter().map(|part| UnknownView {
        capability: wording::capability(part.capability),
        reason: part.reason,
        at_start: number(part.at_start),
        at_end: number(part.at_end),
    });
    parts.collect()
}

fn quality(report: &Report) -> Vec<(&'static str, String)> {
    let figures = report.quality.figures().into_iter();
    figures
        .map(|(name, figure)| (name, number(figure)))
        .collect()
}

fn noticed(report: &Report) -> Vec<NoticedView> {
    let noticed = report.quality.noticed.iter().map(|noticed| NoticedView {
        weight: noticed.weight_name(),
        code: noticed.code,
        count: number(noticed.count),
        first: visible(&noticed.first),
    });
    noticed.collect()
}

fn rules(report: &Report) -> Vec<RuleView> {
    let rules = report.rules.iter().map(|rule| {
        let page = rule.document.as_ref();
        RuleView {
            id: rule.id.clone(),
            wording: rule.wording(),
            footnotes: rule.footnotes(),
            document: rule.document_title().to_owned(),
            dates: page.map_or(String::new(), DocumentFacts::dates),
            place: rule.place(),
            used_by: rule.used_by(),
            findings: number(rule.findings),
            raw_findings: rule.findings,
        }
    });
    rules.collect()
}
