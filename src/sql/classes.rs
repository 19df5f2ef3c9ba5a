//! Texts of a column that no `where` of the plan tells apart.
//!
//! In: the plan. Out: [`Classes`] of one column. A cohort then carries one text for a whole class: where stages ask for two
//! departments, the forty others are one. Only texts are compared here, as `where` compares them; nothing else is decided.

use std::collections::BTreeMap;

use super::columns::NOT_ASCII;
use super::dialect::Dialect;
use crate::plan::{Condition, Plan};

/// The classes of one column's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Classes {
    /// Texts that some `where` names, lower case, with the text that stands for their class.
    named: Vec<(String, String)>,
    /// What stands for every text that no `where` names.
    other: String,
}

impl Classes {
    /// The classes of a column, by its position in [`Plan::columns`].
    pub(super) fn of(plan: &Plan, column: usize) -> Self {
        let conditions: Vec<&Vec<String>> = plan
            .filters()
            .flat_map(|filter| &filter.conditions)
            .filter_map(|condition| match condition {
                Condition::Column(of, texts) if *of == column => Some(texts),
                _ => None,
            })
            .collect();
        let mut stand_ins: BTreeMap<Vec<bool>, &str> = BTreeMap::new();
        let mut named = Vec::new();
        let texts: Vec<&String> = conditions.iter().copied().flatten().collect();
        // An empty cell stays empty, and importing takes apostrophes off: such texts stand for themselves.
        for &text in texts
            .iter()
            .filter(|text| !text.is_empty() && !text.starts_with('\''))
        {
            let answers = conditions.iter().map(|wanted| wanted.contains(text));
            let stand_in = *stand_ins.entry(answers.collect()).or_insert(text);
            if named.iter().all(|(known, _)| known != text) {
                named.push((text.clone(), stand_in.to_owned()));
            }
        }
        Self {
            named,
            other: other(&texts),
        }
    }

    /// The text that stands for a cell's class; the cell itself where an engine might compare it in another way than the
    /// importer does: with space or an apostrophe at its ends, or with letters beyond ASCII that no `where` names.
    pub(super) fn expression(&self, dialect: Dialect, cell: &str) -> String {
        let mut by_stand_in: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (text, stand_in) in &self.named {
            let texts = by_stand_in.entry(stand_in).or_default();
            texts.push(dialect.text(text));
        }
        let named = by_stand_in.into_iter().map(|(stand_in, texts)| {
            let (stand_in, texts) = (dialect.text(stand_in), texts.join(", "));
            format!("WHEN lower({cell}) IN ({texts}) THEN {stand_in} ")
        });
        let named: String = named.collect();
        let apostrophe = dialect.text("'");
        // About the lower case of these two letters engines disagree.
        let letters = dialect.text("\u{130}\u{3a3}");
        let strange = dialect.matches(cell, NOT_ASCII);
        let other = dialect.text(&self.other);
        format!(
            "CASE WHEN left({cell}, 1) = {apostrophe} OR translate({cell}, {letters}, '') <> {cell} THEN {cell} {named}\
             WHEN {cell} = '' OR trim({cell}) <> {cell} OR {strange} THEN {cell} ELSE {other} END"
        )
    }
}

/// A text that no `where` names.
fn other(named: &[&String]) -> String {
    let mut text = "other".to_owned();
    while named.contains(&&text) {
        text.push('-');
    }
    text
}
