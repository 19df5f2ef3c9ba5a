//! What codes mean: plan findings, kinds and causes of findings, workarounds.

use serde::Serialize;

use super::KnowledgeBase;
use super::data::{CodeEntry, Text};

/// What a code means, why it matters, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeText {
    /// The stable code.
    pub code: String,
    /// Is it a finding about the plan, and not about a user?
    pub is_plan_finding: bool,
    /// What it says.
    pub meaning: String,
    /// Why it matters.
    pub matters: String,
    /// What to do.
    pub remedy: String,
    /// The public ids of the rules behind it; empty for words of the contract.
    pub rules: Vec<String>,
}

/// What to use instead of something that is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorkaroundText {
    /// The public id, as findings name it.
    pub id: String,
    /// What to do.
    pub meaning: String,
    /// The public ids of the rules behind it.
    pub rules: Vec<String>,
}

impl KnowledgeBase {
    /// Every code: plan findings, then the words of findings.
    #[must_use]
    pub fn codes(&self) -> Vec<CodeText> {
        let codes = &self.data.codes.1;
        let plan = codes.plan_findings.iter().map(|entry| text(entry, true));
        plan.chain(codes.terms.iter().map(|entry| text(entry, false)))
            .collect()
    }

    /// What a code means; `None` for one that is not known.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<CodeText> {
        self.codes().into_iter().find(|text| text.code == code)
    }

    /// What to use instead, by the workaround's public id.
    #[must_use]
    pub fn workaround(&self, id: &str) -> Option<WorkaroundText> {
        let entry = self.data.codes.1.workarounds.iter();
        let entry = entry.into_iter().find(|entry| entry.id.get_ref() == id)?;
        Some(WorkaroundText {
            id: id.to_owned(),
            meaning: entry.meaning.clone(),
            rules: ids(&entry.rules),
        })
    }
}

fn text(entry: &CodeEntry, is_plan_finding: bool) -> CodeText {
    CodeText {
        code: entry.code.get_ref().clone(),
        is_plan_finding,
        meaning: entry.meaning.clone(),
        matters: entry.matters.clone(),
        remedy: entry.remedy.clone(),
        rules: ids(&entry.rules),
    }
}

fn ids(rules: &[Text]) -> Vec<String> {
    rules.iter().map(|rule| rule.get_ref().clone()).collect()
}
