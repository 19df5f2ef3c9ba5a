//! `report.json`: the model of a report for programs. Its schema is `docs/report.schema.json`.
//!
//! Structs of its own, as in `json`, so that the model can change without the public format changing. There is no user in it:
//! who is hit stands in `findings.csv` and the files of the phases, so its size does not grow with the number of users.

mod phase;
mod previous;

use std::collections::BTreeMap;

use serde::Serialize;

use super::json::{ByCapability, Changes, Inventory, Range, State};
use super::model::{self, Report};
use phase::{Blame, PhaseJson, Verdict};
use previous::Previous;

/// The version of the format; it changes when a script that reads the old one would break.
pub const FORMAT_VERSION: u32 = 1;

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct ReportJson {
    format_version: u32,
    tool: Tool,
    plan: Plan,
    reading: &'static str,
    inventory: Inventory,
    inputs: Vec<Input>,
    options: BTreeMap<String, String>,
    knowledge_sha256: String,
    sample: bool,
    pseudonymized: bool,
    verdict: Verdict,
    numbers: Numbers,
    events: Vec<Event>,
    intervals: Vec<Interval>,
    plan_findings: Vec<PlanFinding>,
    phases: Vec<PhaseJson>,
    contested: Vec<Contested>,
    open_points: Vec<OpenPoint>,
    assumptions: Vec<Assumption>,
    unknowns: Vec<Unknown>,
    quality: Quality,
    rules: Vec<Rule>,
    previous: Option<Previous>,
}

#[derive(Clone, Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Plan {
    name: String,
    baseline: String,
    end: String,
    pools: usize,
    stages: usize,
}

/// A file that was read.
#[derive(Clone, Debug, Serialize)]
struct Input {
    kind: &'static str,
    name: String,
    sha256: String,
    bytes: u64,
}

#[derive(Clone, Debug, Serialize)]
struct Numbers {
    users: u64,
    losing: u64,
    recovered: u64,
    affected_at_end: u64,
    restricted: u64,
    uncertain: u64,
    untouched: u64,
    user_days: ByCapability<u64>,
    all_user_days: u64,
    blame: Blame,
    blocking_plan_findings: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Event {
    number: usize,
    id: String,
    kind: &'static str,
    date: String,
    title: String,
    phase: usize,
    users_moved: u64,
    users_reclient: u64,
    state: ByCapability<State>,
    changes: ByCapability<Changes>,
    range: ByCapability<Range>,
}

#[derive(Clone, Debug, Serialize)]
struct Interval {
    capability: &'static str,
    from: String,
    until: String,
    open: bool,
    peak: u64,
    user_days: u64,
}

#[derive(Clone, Debug, Serialize)]
struct PlanFinding {
    id: String,
    code: &'static str,
    severity: &'static str,
    blocking: bool,
    event: usize,
    phase: usize,
    subject: String,
    message: String,
    rules: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Contested {
    event: usize,
    capability: &'static str,
    lenient: u64,
    chosen: u64,
    strict: u64,
}

#[derive(Clone, Debug, Serialize)]
struct Assumption {
    code: &'static str,
    text: String,
    users: u64,
    instead: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Unknown {
    capability: &'static str,
    reason: &'static str,
    at_start: u64,
    at_end: u64,
}

#[derive(Clone, Debug, Serialize)]
struct Quality {
    users_with_unrecognized: u64,
    users_without_department: u64,
    users_without_site: u64,
    noticed: Vec<Noticed>,
}

#[derive(Clone, Debug, Serialize)]
struct Noticed {
    code: &'static str,
    weight: &'static str,
    count: u64,
    first: String,
}

#[derive(Clone, Debug, Serialize)]
struct OpenPoint {
    id: String,
    kind: &'static str,
    title: String,
    reading: String,
    reason: String,
    range: Vec<&'static str>,
    findings: u64,
    wordings: Vec<Wording>,
}

#[derive(Clone, Debug, Serialize)]
struct Wording {
    rule: String,
    says: String,
    document: String,
    dates: String,
}

#[derive(Clone, Debug, Serialize)]
struct Document {
    title: String,
    assetid: Option<String>,
    url: Option<String>,
    dates: String,
}

#[derive(Clone, Debug, Serialize)]
struct Cell {
    table: u8,
    row: String,
    column: String,
    says: String,
    footnotes: Vec<Footnote>,
}

#[derive(Clone, Debug, Serialize)]
struct Footnote {
    mark: u8,
    note: String,
}

#[derive(Clone, Debug, Serialize)]
struct Rule {
    id: String,
    kind: &'static str,
    says: String,
    reason: Option<String>,
    document: Option<Document>,
    cell: Option<Cell>,
    capabilities: Vec<&'static str>,
    findings: u64,
    plan_findings: usize,
    supports_measure: bool,
}

/// Lays a report out for programs.
#[must_use]
pub fn report(report: &Report) -> ReportJson {
    let header = &report.header;
    let run = &header.run;
    let plans = run.plan.iter().map(|file| Input::new("plan", file));
    let inventories = run
        .inventories
        .iter()
        .map(|file| Input::new("inventory", file));
    let events = report.events.iter().enumerate();
    ReportJson {
        format_version: FORMAT_VERSION,
        tool: Tool {
            name: "cutover",
            version: header.tool_version,
        },
        plan: Plan {
            name: header.plan.clone(),
            baseline: header.baseline.to_string(),
            end: header.end.to_string(),
            pools: header.pools,
            stages: header.stages,
        },
        reading: header.reading.id(),
        inventory: inventory(report),
        inputs: plans.chain(inventories).collect(),
        options: run.options.iter().cloned().collect(),
        knowledge_sha256: header.knowledge_sha256.clone(),
        sample: run.is_sample,
        pseudonymized: run.is_pseudonymized,
        verdict: Verdict::new(&report.verdict),
        numbers: numbers(report),
        events: events.map(|(number, row)| event(number, row)).collect(),
        intervals: report.intervals.iter().map(interval).collect(),
        plan_findings: report.plan_findings.iter().map(plan_finding).collect(),
        phases: report.phases.iter().map(PhaseJson::new).collect(),
        contested: report.contested.iter().map(contested).collect(),
        open_points: report.open_points.iter().map(open_point).collect(),
        assumptions: report.assumptions.iter().map(assumption).collect(),
        unknowns: report.unknowns.iter().map(unknown).collect(),
        quality: quality(&report.quality),
        rules: report.rules.iter().map(rule).collect(),
        previous: report.since.as_ref().map(Previous::new),
    }
}

impl Input {
    fn new(kind: &'static str, file: &model::InputFile) -> Self {
        Self {
            kind,
            name: file.name.clone(),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
        }
    }
}

fn inventory(report: &Report) -> Inventory {
    let counts = report.header.counts;
    Inventory {
        files: counts.files,
        rows: counts.rows,
        rows_used: counts.rows_used,
        rows_rejected: counts.rows_rejected,
        users: report.header.users,
        unrecognized_clients: counts.unrecognized_clients,
    }
}

fn numbers(report: &Report) -> Numbers {
    let numbers = &report.numbers;
    Numbers {
        users: numbers.users,
        losing: numbers.losing,
        recovered: numbers.recovered,
        affected_at_end: numbers.affected_at_end,
        restricted: numbers.restricted,
        uncertain: numbers.uncertain,
        untouched: numbers.untouched,
        user_days: ByCapability(numbers.user_days.to_vec()),
        all_user_days: numbers.all_user_days(),
        blame: Blame::new(numbers.blame),
        blocking_plan_findings: numbers.blocking_plan_findings,
    }
}

fn event(number: usize, row: &model::EventRow) -> Event {
    Event {
        number,
        id: row.id.clone(),
        kind: row.kind,
        date: row.date.to_string(),
        title: row.title.clone(),
        phase: row.phase,
        users_moved: row.users_moved,
        users_reclient: row.users_reclient,
        state: ByCapability(row.state.iter().map(State::new).collect()),
        changes: ByCapability(row.changes.iter().map(Changes::new).collect()),
        range: ByCapability(row.range.iter().map(Range::new).collect()),
    }
}

fn interval(interval: &model::LossInterval) -> Interval {
    Interval {
        capability: interval.capability.id(),
        from: interval.from.to_string(),
        until: interval.until.to_string(),
        open: interval.is_open,
        peak: interval.peak,
        user_days: interval.user_days,
    }
}

fn plan_finding(row: &model::PlanRow) -> PlanFinding {
    PlanFinding {
        id: row.id.clone(),
        code: row.code,
        severity: row.severity.id(),
        blocking: row.is_blocking(),
        event: row.event,
        phase: row.phase,
        subject: row.subject.clone(),
        message: row.message.clone(),
        rules: row.rules.clone(),
    }
}

fn contested(row: &model::Contested) -> Contested {
    Contested {
        event: row.event,
        capability: row.capability.id(),
        lenient: row.lenient,
        chosen: row.chosen,
        strict: row.strict,
    }
}

fn assumption(assumed: &model::Assumed) -> Assumption {
    Assumption {
        code: assumed.code,
        text: assumed.text.clone(),
        users: assumed.users,
        instead: assumed.instead,
    }
}

fn unknown(part: &model::UnknownPart) -> Unknown {
    Unknown {
        capability: part.capability.id(),
        reason: part.reason,
        at_start: part.at_start,
        at_end: part.at_end,
    }
}

fn quality(quality: &model::Quality) -> Quality {
    let noticed = quality.noticed.iter().map(|noticed| Noticed {
        code: noticed.code,
        weight: noticed.weight_name(),
        count: noticed.count,
        first: noticed.first.clone(),
    });
    Quality {
        users_with_unrecognized: quality.users_with_unrecognized,
        users_without_department: quality.users_without_department,
        users_without_site: quality.users_without_site,
        noticed: noticed.collect(),
    }
}

fn open_point(point: &model::OpenPoint) -> OpenPoint {
    let wordings = point.wordings.iter().map(|wording| Wording {
        rule: wording.rule.clone(),
        says: wording.says.clone(),
        document: wording.document.clone(),
        dates: wording.dates.clone(),
    });
    OpenPoint {
        id: point.id.clone(),
        kind: point.kind.id(),
        title: point.title.clone(),
        reading: point.reading.clone(),
        reason: point.reason.clone(),
        range: point
            .range
            .iter()
            .map(|capability| capability.id())
            .collect(),
        findings: point.findings,
        wordings: wordings.collect(),
    }
}

fn rule(rule: &model::RuleUse) -> Rule {
    let capabilities = rule.capabilities.iter();
    Rule {
        id: rule.id.clone(),
        kind: rule.kind.id(),
        says: rule.says.clone(),
        reason: rule.reason.clone(),
        document: rule.document.as_ref().map(|document| Document {
            title: document.title.clone(),
            assetid: document.assetid.clone(),
            url: document.url.clone(),
            dates: document.dates(),
        }),
        cell: rule.cell.as_ref().map(cell),
        capabilities: capabilities.map(|capability| capability.id()).collect(),
        findings: rule.findings,
        plan_findings: rule.plan_findings,
        supports_measure: rule.supports_measure,
    }
}

fn cell(cell: &crate::knowledge::CellFacts) -> Cell {
    let footnotes = cell.footnotes.iter().map(|note| Footnote {
        mark: note.mark,
        note: note.note.clone(),
    });
    Cell {
        table: cell.table,
        row: cell.row.clone(),
        column: cell.column.clone(),
        says: cell.says.clone(),
        footnotes: footnotes.collect(),
    }
}
