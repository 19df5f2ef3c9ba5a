//! What is new, gone or changed since an earlier report: who, because of what, and which groups came and went.
//!
//! In: an earlier report and the simulation of now. Out: [`Since`]. People are compared one by one (`compare`); what they share is
//! told in one line.

use std::collections::HashMap;

use super::{Report, wording};
use crate::compare::{
    Comparison, Effect, Occurrence, Recorded, RecordedRun, Risk, Side, Verdict, compare,
};
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::comparison::{Compared, heading, what, when};

/// So many lines and groups are shown to be read; `report.json` has all, and the workbook every person.
pub(crate) const SHOWN: usize = 40;

/// What differs from an earlier report.
#[derive(Clone, Debug)]
pub struct Since {
    /// What the earlier report was made from.
    pub earlier: RecordedRun,
    /// What of that is different now: `plan`, `inventory`, `reading`, `knowledge`, `program`.
    pub changed: Vec<&'static str>,
    /// Is it worse now?
    pub verdict: Verdict,
    /// Users for whom something differs.
    pub users: u64,
    /// What differs, with how many people share it: losses first, new ones before those that are gone.
    pub lines: Vec<SinceLine>,
    /// Risks of the plan that are new.
    pub risks_new: Vec<Risk>,
    /// Risks of the plan that are gone.
    pub risks_gone: Vec<Risk>,
    /// Groups that are new, gone, or have another number of users.
    pub groups: Vec<GroupChange>,
    /// The people behind the lines.
    pub comparison: Comparison,
}

/// People who share one difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinceLine {
    /// The kind of the finding.
    pub kind: Kind,
    /// How it differs.
    pub effect: Effect,
    /// In words: `newly lost`.
    pub heading: String,
    /// The capabilities.
    pub capabilities: Vec<Capability>,
    /// Their names in one line.
    pub what: String,
    /// When and why in the earlier report.
    pub before: Option<Occurrence>,
    /// When and why now.
    pub after: Option<Occurrence>,
    /// When and why: `2014-07-12 at wave-2 (own move), not on 2014-06-14`.
    pub when: String,
    /// How many people.
    pub users: u64,
    /// For losses: days summed over them in the earlier report, up to the common horizon.
    pub days_before: u64,
    /// The same now.
    pub days_after: u64,
    /// The addresses of the first of them.
    pub first: Vec<String>,
    /// The first of them and how many more, in one line.
    pub names: String,
}

/// A group that is new, gone, or has another number of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupChange {
    /// Its id.
    pub id: String,
    /// The phase's name.
    pub phase: String,
    /// What it loses.
    pub what: String,
    /// Users in the earlier report; 0 where it is new.
    pub users_before: u64,
    /// Users now; 0 where it is gone.
    pub users_after: u64,
}

impl GroupChange {
    /// `new`, `gone` or `changed`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match (self.users_before, self.users_after) {
            (0, _) => "new",
            (_, 0) => "gone",
            _ => "changed",
        }
    }
}

impl Since {
    /// Compares an earlier report with this one.
    #[must_use]
    pub fn new(earlier: &Recorded, now: Side<'_>, report: &Report) -> Self {
        let before = Side::Recorded(earlier);
        let comparison = compare(before, now);
        let compared = Compared {
            before,
            after: now,
            comparison: &comparison,
        };
        let lines = comparison.lines().into_iter().map(|line| SinceLine {
            kind: line.kind,
            effect: line.effect,
            heading: heading(line.kind, line.effect),
            what: what(&line),
            when: when(&line),
            users: line.users,
            days_before: line.days_before,
            days_after: line.days_after,
            first: compared.first_names(&line),
            names: compared.names(&line),
            capabilities: line.capabilities,
            before: line.before,
            after: line.after,
        });
        Self {
            lines: lines.collect(),
            changed: changed(&earlier.run, &of_now(report)),
            earlier: earlier.run.clone(),
            verdict: comparison.verdict(),
            users: comparison.users(),
            risks_new: comparison.risks_new.clone(),
            risks_gone: comparison.risks_gone.clone(),
            groups: groups(earlier, report),
            comparison,
        }
    }

    /// What differs, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Same => return "Nothing differs from the earlier report.".to_owned(),
            Verdict::NotWorse => "Not worse than the earlier report",
            Verdict::Worse => "Worse than the earlier report",
        };
        let users = wording::users(self.users);
        let count = |word: &str| {
            self.groups
                .iter()
                .filter(|group| group.word() == word)
                .count()
        };
        let because = if self.changed.is_empty() {
            String::new()
        } else {
            format!(
                "; what it was made from differs in: {}",
                self.changed.join(", ")
            )
        };
        format!(
            "{verdict}: something differs for {users}. Groups: {} new, {} gone, {} with another number of users{because}.",
            count("new"),
            count("gone"),
            count("changed")
        )
    }
}

fn of_now(report: &Report) -> RecordedRun {
    let (header, run) = (&report.header, &report.header.run);
    let mut inventories: Vec<String> = run
        .inventories
        .iter()
        .map(|file| file.sha256.clone())
        .collect();
    inventories.sort_unstable();
    RecordedRun {
        plan: header.plan.clone(),
        plan_sha256: run.plan.iter().map(|file| file.sha256.clone()).collect(),
        inventory_sha256: inventories,
        reading: header.reading.id().to_owned(),
        knowledge_sha256: header.knowledge_sha256.clone(),
        version: header.tool_version.to_owned(),
        is_pseudonymized: run.is_pseudonymized,
    }
}

/// What two reports were made from that differs.
#[must_use]
pub fn changed(old: &RecordedRun, new: &RecordedRun) -> Vec<&'static str> {
    [
        ("plan", old.plan_sha256 != new.plan_sha256),
        ("inventory", old.inventory_sha256 != new.inventory_sha256),
        ("reading", old.reading != new.reading),
        ("knowledge", old.knowledge_sha256 != new.knowledge_sha256),
        ("program", old.version != new.version),
    ]
    .into_iter()
    .filter_map(|(word, differs)| differs.then_some(word))
    .collect()
}

/// The groups that differ: those of now in their order, then those that are gone.
fn groups(earlier: &Recorded, report: &Report) -> Vec<GroupChange> {
    let mut before: HashMap<&str, u64> = earlier
        .groups
        .iter()
        .map(|group| (group.id.as_str(), group.users))
        .collect();
    let mut changes = Vec::new();
    for phase in &report.phases {
        for group in &phase.groups {
            let users_before = before.remove(group.id.as_str()).unwrap_or(0);
            if users_before != group.users {
                changes.push(GroupChange {
                    id: group.id.clone(),
                    phase: phase.name.clone(),
                    what: group.what(),
                    users_before,
                    users_after: group.users,
                });
            }
        }
    }
    let gone = earlier.groups.iter();
    let gone = gone.filter(|group| before.contains_key(group.id.as_str()));
    changes.extend(gone.map(|group| GroupChange {
        id: group.id.clone(),
        phase: group.phase.clone(),
        what: super::group::what(group.changes.iter().copied()),
        users_before: group.users,
        users_after: 0,
    }));
    changes
}
