//! On whose word: every rule that something in the report rests on, with the place where it is printed.

use std::collections::BTreeMap;

use super::remedy::Surveys;
use super::{Context, Report, wording};
use crate::knowledge::{
    CellFacts, CitedWording, Conflict, ConflictKind, DocumentFacts, Rule, RuleKind,
};
use crate::model::Capability;

/// A rule and what rests on it.
#[derive(Clone, Debug)]
pub struct RuleUse {
    /// Its public id.
    pub id: String,
    /// A cell, a sentence, or a judgement.
    pub kind: RuleKind,
    /// What it says: a cell as printed, a sentence in our words, a judgement's reading.
    pub says: String,
    /// The page; `None` for a judgement.
    pub document: Option<DocumentFacts>,
    /// The place in a table, with the footnotes; `None` where it is no cell.
    pub cell: Option<CellFacts>,
    /// Why a judgement reads the point so.
    pub reason: Option<String>,
    /// The capabilities of findings that rest on it, in the contract's order.
    pub capabilities: Vec<Capability>,
    /// Findings that rest on it, users counted.
    pub findings: u64,
    /// Plan findings that rest on it.
    pub plan_findings: usize,
    /// Does a measure rest on it?
    pub supports_measure: bool,
}

/// A point that the documents leave open, and on which a finding of the report rests.
#[derive(Clone, Debug)]
pub struct OpenPoint {
    /// Its public id.
    pub id: String,
    /// Contested, silent, assumed, or defined by this program.
    pub kind: ConflictKind,
    /// What it is about.
    pub title: String,
    /// The reading used, and what the others say instead.
    pub reading: String,
    /// Why.
    pub reason: String,
    /// The wordings that meet here.
    pub wordings: Vec<CitedWording>,
    /// The capabilities whose levels or dates differ between the readings because of it, in the contract's order.
    pub range: Vec<Capability>,
    /// Findings that rest on it, users counted.
    pub findings: u64,
}

#[derive(Default)]
struct Use {
    capabilities: [bool; Capability::COUNT],
    findings: u64,
    plan_findings: usize,
    supports_measure: bool,
}

/// Every rule used, in the knowledge base's order.
pub(super) fn rules(context: &Context<'_, '_>, surveys: &Surveys) -> Vec<RuleUse> {
    let mut uses: BTreeMap<Rule, Use> = BTreeMap::new();
    for (number, path) in context.timeline.paths.iter().enumerate() {
        for finding in context.simulation.findings_of(number) {
            for &rule in finding.rules.iter() {
                let used = uses.entry(rule).or_default();
                used.findings += path.users;
                used.capabilities[finding.capability.index()] = true;
            }
        }
    }
    for finding in &context.simulation.plan_findings {
        for &rule in &finding.rules {
            uses.entry(rule).or_default().plan_findings += 1;
        }
    }
    for rule in surveys.rules() {
        uses.entry(rule).or_default().supports_measure = true;
    }
    let conflicts = context.knowledge.conflicts();
    uses.into_iter()
        .map(|(rule, used)| row(context, &conflicts, rule, &used))
        .collect()
}

/// The open points among the rules used, in the order of the data.
pub(super) fn open_points(context: &Context<'_, '_>, rules: &[RuleUse]) -> Vec<OpenPoint> {
    let conflicts = context.knowledge.conflicts().into_iter();
    let used = conflicts.filter_map(|conflict| {
        let rule = rules.iter().find(|rule| rule.id == conflict.id);
        let rule = rule.filter(|rule| rule.findings > 0 || rule.plan_findings > 0)?;
        Some(OpenPoint {
            range: conflict.range,
            id: conflict.id,
            kind: conflict.kind,
            title: conflict.title,
            reading: conflict.reading,
            reason: conflict.reason,
            wordings: conflict.wordings,
            findings: rule.findings,
        })
    });
    used.collect()
}

fn row(context: &Context<'_, '_>, conflicts: &[Conflict], rule: Rule, used: &Use) -> RuleUse {
    let capabilities = Capability::ALL.iter().copied();
    let line = context.knowledge.rule_line(rule);
    let judgement = conflicts.iter().find(|conflict| conflict.rule == rule);
    RuleUse {
        kind: line.kind,
        says: judgement.map_or(line.line, |judgement| {
            format!("{}: {}", judgement.title, judgement.reading)
        }),
        document: context.knowledge.document(rule),
        cell: context.knowledge.cell(rule),
        reason: judgement.map(|judgement| judgement.reason.clone()),
        id: line.id,
        capabilities: capabilities
            .filter(|capability| used.capabilities[capability.index()])
            .collect(),
        findings: used.findings,
        plan_findings: used.plan_findings,
        supports_measure: used.supports_measure,
    }
}

impl Report {
    /// The ids of the open points because of which the readings differ in a capability.
    #[must_use]
    pub fn points_behind(&self, capability: Capability) -> Vec<&str> {
        let points = self.open_points.iter();
        let points = points.filter(|point| point.range.contains(&capability));
        points.map(|point| point.id.as_str()).collect()
    }
}

impl OpenPoint {
    /// The wordings that meet here, each with its document and dates.
    #[must_use]
    pub fn citations(&self) -> Vec<String> {
        let wordings = self.wordings.iter();
        wordings
            .map(|wording| format!("{} ({}, {})", wording.says, wording.document, wording.dates))
            .collect()
    }
}

impl RuleUse {
    /// The page it is from, or that it is a reading of ours.
    #[must_use]
    pub fn document_title(&self) -> &str {
        let page = self.document.as_ref();
        page.map_or("a reading of this program", |page| &page.title)
    }

    /// What rests on it, in words: capabilities, the plan, measures.
    #[must_use]
    pub fn used_by(&self) -> String {
        let capabilities = self.capabilities.iter().copied();
        let mut used_by: Vec<&str> = capabilities.map(wording::capability).collect();
        if self.plan_findings > 0 {
            used_by.push("the plan");
        }
        if self.supports_measure {
            used_by.push("a measure");
        }
        used_by.join(", ")
    }

    /// Where it is printed, in words: `table 1, row Lync 2010, column Lync Server 2013`; empty where it is no cell.
    #[must_use]
    pub fn place(&self) -> String {
        self.cell.as_ref().map_or(String::new(), |cell| {
            format!(
                "table {}, row {}, column {}",
                cell.table, cell.row, cell.column
            )
        })
    }

    /// What it says: a cell's wording, `blank` where nothing is printed; else the sentence.
    #[must_use]
    pub fn wording(&self) -> String {
        match &self.cell {
            Some(cell) if cell.says.is_empty() => "blank".to_owned(),
            Some(cell) => cell.says.clone(),
            None => self.says.clone(),
        }
    }

    /// Its footnotes, each as `4: what it says`.
    #[must_use]
    pub fn footnotes(&self) -> Vec<String> {
        let cell = self.cell.as_ref();
        let notes = cell
            .map(|cell| cell.footnotes.as_slice())
            .unwrap_or_default();
        notes
            .iter()
            .map(|note| format!("{}: {}", note.mark, note.note))
            .collect()
    }
}
