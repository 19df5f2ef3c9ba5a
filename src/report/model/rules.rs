//! On whose word: every rule that something in the report rests on, with the place where it is printed.

use std::collections::BTreeMap;

use super::Context;
use super::remedy::Surveys;
use crate::knowledge::Rule;
use crate::model::Capability;

/// A rule and what rests on it.
#[derive(Clone, Debug)]
pub struct RuleUse {
    /// Its public id.
    pub id: String,
    /// The capabilities of findings that rest on it, in the contract's order.
    pub capabilities: Vec<Capability>,
    /// Findings that rest on it, users counted.
    pub findings: u64,
    /// Plan findings that rest on it.
    pub plan_findings: usize,
    /// Does a measure rest on it?
    pub supports_measure: bool,
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
            for &rule in &finding.rules {
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
    uses.into_iter()
        .map(|(rule, used)| row(context, rule, &used))
        .collect()
}

fn row(context: &Context<'_, '_>, rule: Rule, used: &Use) -> RuleUse {
    let capabilities = Capability::ALL.iter().copied();
    RuleUse {
        id: context.knowledge.rule_id(rule).to_owned(),
        capabilities: capabilities
            .filter(|capability| used.capabilities[capability.index()])
            .collect(),
        findings: used.findings,
        plan_findings: used.plan_findings,
        supports_measure: used.supports_measure,
    }
}
