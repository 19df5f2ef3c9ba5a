//! What a phase takes from the users of a path, one capability after the other, with what would help just them.
//!
//! In: timeline, documents, simulation. Out: [`LossBook`], asked path by path when lists of people are written. It keeps two
//! numbers for each finding that a measure lifts, and nothing for each user.

use chrono::NaiveDate;

use super::Phase;
use super::impact::{Spell, spells};
use super::wording;
use crate::finding::{Causes, Finding, Kind};
use crate::knowledge::{KnowledgeBase, Rule};
use crate::model::{Capability, Severity};
use crate::simulate::{Remedy, Simulation, survey};
use crate::timeline::Timeline;

/// What a phase does to one capability of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserLoss {
    /// What changes.
    pub capability: Capability,
    /// The worst that happens to it in the phase: lost, degraded or at-risk.
    pub kind: Kind,
    /// Why.
    pub causes: Causes,
    /// How bad it is.
    pub severity: Severity,
    /// The event at which it happens first, a position in [`super::Report::events`].
    pub event: usize,
    /// The day on which something lost is there again, at any level; `None` where it is not lost, or does not come back.
    pub back: Option<NaiveDate>,
    /// Days without it, of losses that begin in the phase, up to the horizon.
    pub days: u64,
    /// What would help, as orders; empty where no single measure does.
    pub remedies: Vec<String>,
    /// Public ids of the rules behind it.
    pub rules: Vec<String>,
}

/// What every path loses, and what would help.
pub struct LossBook<'b> {
    knowledge: &'b KnowledgeBase,
    simulation: &'b Simulation,
    /// For each path where its reliefs begin; one more entry at the end.
    begins: Vec<usize>,
    /// A finding's position among those of its path, and a measure that lifts it; path after path.
    reliefs: Vec<(u32, Remedy)>,
}

impl<'b> LossBook<'b> {
    /// Tries every measure on every path.
    #[must_use]
    pub fn new(
        timeline: &Timeline<'_>,
        knowledge: &'b KnowledgeBase,
        simulation: &'b Simulation,
    ) -> Self {
        let mut book = Self {
            knowledge,
            simulation,
            begins: vec![0],
            reliefs: Vec::new(),
        };
        survey(timeline, knowledge, simulation, &mut |_, survey| {
            let reliefs = survey.reliefs.iter();
            book.reliefs.extend(reliefs.filter_map(|relief| {
                let finding = u32::try_from(relief.finding).ok()?;
                Some((finding, relief.remedy))
            }));
            book.begins.push(book.reliefs.len());
        });
        book
    }

    /// What a phase takes from the users of a path, in the contract's order of capabilities; nothing where it takes nothing.
    #[must_use]
    pub fn of(&self, phase: &Phase, path: usize) -> Vec<UserLoss> {
        let findings = self.simulation.findings_of(path);
        let here = findings.iter().enumerate().filter(|(_, finding)| {
            finding.kind() != Kind::Restored && phase.events.contains(&finding.event)
        });
        let here: Vec<(usize, &Finding)> = here.collect();
        let spells = spells(findings, self.simulation);
        let of_capability = |&capability: &Capability| {
            let mut own = here.clone();
            own.retain(|(_, finding)| finding.capability == capability);
            self.loss(path, &own, &spells)
        };
        Capability::ALL.iter().filter_map(of_capability).collect()
    }

    /// The findings of one capability in a phase as one loss: the worst of them, the earliest where several are as bad.
    fn loss(&self, path: usize, own: &[(usize, &Finding)], spells: &[Spell]) -> Option<UserLoss> {
        let (_, worst) = own.iter().min_by_key(|(_, finding)| finding.kind())?;
        let (_, first) = own.first()?;
        let mut own_spells = spells
            .iter()
            .filter(|spell| own.iter().any(|&(position, _)| position == spell.finding));
        let days = own_spells.clone().map(|spell| spell.days).sum();
        let last = own_spells.next_back();
        let reliefs = &self.reliefs[self.begins[path]..self.begins[path + 1]];
        let mut remedies: Vec<Remedy> = reliefs
            .iter()
            .filter(|(finding, _)| {
                own.iter()
                    .any(|&(position, _)| u32::try_from(position) == Ok(*finding))
            })
            .map(|&(_, remedy)| remedy)
            .collect();
        remedies.sort_unstable();
        remedies.dedup();
        let mut rules: Vec<Rule> = own
            .iter()
            .flat_map(|(_, finding)| finding.rules.iter().copied())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        let date = |event: usize| self.simulation.outcomes[event].event.date;
        Some(UserLoss {
            capability: worst.capability,
            kind: worst.kind(),
            causes: worst.causes,
            severity: own
                .iter()
                .map(|(_, finding)| finding.severity)
                .max()
                .unwrap_or(worst.severity),
            event: first.event,
            back: last.and_then(|spell| spell.ends).map(date),
            days,
            remedies: remedies
                .into_iter()
                .map(|remedy| wording::action(remedy, self.knowledge))
                .collect(),
            rules: rules
                .into_iter()
                .map(|rule| self.knowledge.rule_id(rule).to_owned())
                .collect(),
        })
    }
}
