//! What an earlier report wrote down: `report.json` and the `findings.csv` beside it -> a side of a comparison.
//!
//! `report.json` tells what the report was made from, the horizon and the risks of the plan; people stand in `findings.csv`, so
//! only those who find something are known.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::told::{Risk, Told};
use crate::csv_text::unguarded;
use crate::diagnostic::{Diagnostic, Place};
use crate::finding::{Cause, Causes, Kind, Workaround};
use crate::model::{Capability, Level, Severity};

/// The version of `report.json` that is understood.
const FORMAT_VERSION: u32 = 1;

/// An earlier report.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What it was made from.
    pub run: RecordedRun,
    /// Its groups, phase by phase.
    pub groups: Vec<RecordedGroup>,
    /// The horizon of user-days.
    pub(super) end: NaiveDate,
    /// The risks of the plan.
    pub(super) risks: Vec<Risk>,
    /// The different lists of findings, each in order of time.
    pub(super) classes: Vec<Vec<Told>>,
    /// Everybody who finds something, with the list.
    pub(super) people: Vec<(String, usize)>,
}

/// What a report was made from, as far as two reports can differ in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedRun {
    /// The plan's name.
    pub plan: String,
    /// Digests of the plan.
    pub plan_sha256: Vec<String>,
    /// Digests of the inventories, sorted.
    pub inventory_sha256: Vec<String>,
    /// The reading of the documents.
    pub reading: String,
    /// Digest of the documents and judgements.
    pub knowledge_sha256: String,
    /// Version of the program.
    pub version: String,
    /// Are people and places under pseudonyms?
    pub is_pseudonymized: bool,
}

/// A group of users in an earlier report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedGroup {
    /// Its id.
    pub id: String,
    /// The phase's name.
    pub phase: String,
    /// How many users.
    pub users: u64,
    /// What they lose.
    pub changes: Vec<(Capability, Kind)>,
}

#[derive(Deserialize)]
struct Document {
    format_version: u32,
    tool: Tool,
    plan: Plan,
    reading: String,
    inputs: Vec<Input>,
    knowledge_sha256: String,
    events: Vec<Event>,
    plan_findings: Vec<PlanFinding>,
    phases: Vec<Phase>,
    #[serde(default)]
    pseudonymized: bool,
}

#[derive(Deserialize)]
struct Phase {
    name: String,
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    users: u64,
    changes: Vec<GroupChange>,
}

#[derive(Deserialize)]
struct GroupChange {
    capability: String,
    kind: String,
}

#[derive(Deserialize)]
struct Tool {
    version: String,
}

#[derive(Deserialize)]
struct Plan {
    name: String,
    end: NaiveDate,
}

#[derive(Deserialize)]
struct Input {
    kind: String,
    sha256: String,
}

#[derive(Deserialize)]
struct Event {
    id: String,
}

#[derive(Deserialize)]
struct PlanFinding {
    code: String,
    severity: String,
    event: usize,
    subject: String,
    message: String,
    rules: Vec<String>,
}

/// Reads a report that was written before.
///
/// In: the bytes of `report.json` and of `findings.csv`, each with the name that messages call it. Out: the report.
///
/// # Errors
/// What is wrong with one of the files, with the place.
pub fn read_report(
    (report_name, report): (&str, &[u8]),
    (findings_name, findings): (&str, &[u8]),
) -> Result<Recorded, Box<Diagnostic>> {
    let document: Document = serde_json::from_slice(report).map_err(|error| {
        let message = format!("this is not a report.json of cutover: {error}");
        wrong(report_name, message)
    })?;
    if document.format_version != FORMAT_VERSION {
        let version = document.format_version;
        let message =
            format!("the report has format version {version}; {FORMAT_VERSION} is understood");
        return Err(wrong(report_name, message));
    }
    let (classes, people) = people(findings_name, findings)?;
    Ok(Recorded {
        end: document.plan.end,
        risks: risks(report_name, &document)?,
        groups: groups(&document),
        run: run(document),
        classes,
        people,
    })
}

fn wrong(file: &str, message: String) -> Box<Diagnostic> {
    let place = Place::File {
        file: file.to_owned(),
    };
    let help = "name the report.json that `cutover report` wrote; findings.csv must lie beside it";
    Box::new(
        Diagnostic::error("report-unreadable", message)
            .at(place)
            .help(help),
    )
}

fn run(document: Document) -> RecordedRun {
    let digests = |kind: &str| {
        let inputs = document.inputs.iter().filter(|input| input.kind == kind);
        let mut digests: Vec<String> = inputs.map(|input| input.sha256.clone()).collect();
        digests.sort_unstable();
        digests
    };
    RecordedRun {
        plan_sha256: digests("plan"),
        inventory_sha256: digests("inventory"),
        plan: document.plan.name,
        reading: document.reading,
        knowledge_sha256: document.knowledge_sha256,
        version: document.tool.version,
        is_pseudonymized: document.pseudonymized,
    }
}

/// The groups; of a change that this program does not know, nothing is said.
fn groups(document: &Document) -> Vec<RecordedGroup> {
    let groups = document
        .phases
        .iter()
        .flat_map(|phase| phase.groups.iter().map(move |group| (phase, group)));
    let groups = groups.map(|(phase, group)| {
        let changes = group.changes.iter().filter_map(|change| {
            Capability::parse(&change.capability).zip(Kind::parse(&change.kind))
        });
        RecordedGroup {
            id: group.id.clone(),
            phase: phase.name.clone(),
            users: group.users,
            changes: changes.collect(),
        }
    });
    groups.collect()
}

fn risks(file: &str, document: &Document) -> Result<Vec<Risk>, Box<Diagnostic>> {
    let findings = document.plan_findings.iter();
    findings
        .map(|finding| {
            let event = document.events.get(finding.event);
            let known = event.zip(Severity::parse(&finding.severity));
            let (event, severity) = known.ok_or_else(|| {
                wrong(
                    file,
                    format!("the plan finding \"{}\" is damaged", finding.code),
                )
            })?;
            Ok(Risk {
                code: finding.code.clone(),
                severity,
                event: event.id.clone(),
                subject: finding.subject.clone(),
                message: finding.message.clone(),
                rules: finding.rules.clone(),
            })
        })
        .collect()
}

type People = (Vec<Vec<Told>>, Vec<(String, usize)>);

/// Everybody in a file of findings with what they find, in the order of the file.
fn people(file: &str, bytes: &[u8]) -> Result<People, Box<Diagnostic>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let headers = reader
        .headers()
        .cloned()
        .map_err(|error| wrong(file, error.to_string()))?;
    let columns = Columns::find(&headers)
        .ok_or_else(|| wrong(file, "this is not a findings.csv of cutover".to_owned()))?;
    let mut position_of: HashMap<String, usize> = HashMap::new();
    let mut lists: Vec<(String, Vec<Told>)> = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|error| wrong(file, error.to_string()))?;
        let (sip, told) = columns.read(&record).ok_or_else(|| {
            wrong(
                file,
                format!("record {} below the header is damaged", number + 1),
            )
        })?;
        let position = *position_of.entry(sip).or_insert_with_key(|sip| {
            lists.push((sip.clone(), Vec::new()));
            lists.len() - 1
        });
        lists[position].1.push(told);
    }
    let mut class_of: HashMap<Vec<Told>, usize> = HashMap::new();
    let mut classes: Vec<Vec<Told>> = Vec::new();
    let people = lists.into_iter().map(|(sip, told)| {
        let class = *class_of.entry(told).or_insert_with_key(|told| {
            classes.push(told.clone());
            classes.len() - 1
        });
        (sip, class)
    });
    let people = people.collect();
    Ok((classes, people))
}

/// Where each column of a file of findings stands.
struct Columns {
    event: usize,
    date: usize,
    sip: usize,
    capability: usize,
    from: usize,
    to: usize,
    severity: usize,
    causes: usize,
    workaround: usize,
    detail: usize,
    rules: usize,
}

impl Columns {
    fn find(headers: &csv::StringRecord) -> Option<Self> {
        let at = |name: &str| headers.iter().position(|header| header == name);
        Some(Self {
            event: at("event")?,
            date: at("date")?,
            sip: at("sip")?,
            capability: at("capability")?,
            from: at("from")?,
            to: at("to")?,
            severity: at("severity")?,
            causes: at("causes")?,
            workaround: at("workaround")?,
            detail: at("detail")?,
            rules: at("rules")?,
        })
    }

    fn read(&self, record: &csv::StringRecord) -> Option<(String, Told)> {
        let cell = |column: usize| record.get(column);
        let workaround = match cell(self.workaround)? {
            "" => None,
            id => Some(Workaround::parse(id)?),
        };
        let mut causes = Causes::default();
        for id in cell(self.causes)?.split(';') {
            causes = causes.with(Cause::ALL.iter().copied().find(|cause| cause.id() == id)?);
        }
        let rules = cell(self.rules)
            .map(unguarded)?
            .split(';')
            .map(str::to_owned);
        let told = Told {
            event: unguarded(cell(self.event)?).to_owned(),
            date: cell(self.date)?.parse().ok()?,
            capability: Capability::parse(cell(self.capability)?)?,
            from: Level::parse(cell(self.from)?)?,
            to: Level::parse(cell(self.to)?)?,
            severity: Severity::parse(cell(self.severity)?)?,
            causes,
            workaround,
            detail: cell(self.detail)?.to_owned(),
            rules: rules.collect(),
            days: None,
        };
        Some((unguarded(cell(self.sip)?).to_owned(), told))
    }
}
