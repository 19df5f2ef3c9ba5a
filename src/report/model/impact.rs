//! Who is hit, when, for how long: the findings of every path, added up by phase.
//!
//! A user is *affected* from an event at which they lose a capability until they have it back at any level; what was missing
//! at the baseline already is not charged to the plan (contract section 4.7).

use super::phase::Spans;
use super::{ByCapability, PlanRow, Report};
use crate::finding::{Cause, Causes, Finding, Kind};
use crate::model::{Capability, Level};
use crate::simulate::Simulation;
use crate::timeline::Timeline;

/// A stretch of events in which the users of a path are without a capability that they lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spell {
    pub(super) capability: Capability,
    /// The finding's position among those of the path.
    pub(super) finding: usize,
    /// The event at which it was lost.
    pub(super) begins: usize,
    /// The event at which it came back.
    pub(super) ends: Option<usize>,
    /// Days up to the horizon.
    pub(super) days: u64,
    pub(super) causes: Causes,
}

/// The spells of a path, in order of their beginnings.
pub(super) fn spells(findings: &[Finding], simulation: &Simulation) -> Vec<Spell> {
    let date = |event: usize| simulation.outcomes[event].event.date.min(simulation.end);
    let mut spells: Vec<Spell> = Vec::new();
    let mut open: ByCapability<Option<usize>> = [None; Capability::COUNT];
    for (number, finding) in findings.iter().enumerate() {
        let index = finding.capability.index();
        if let Some(spell) = open[index].take() {
            spells[spell].ends = Some(finding.event);
        }
        if finding.to == Level::None {
            open[index] = Some(spells.len());
            spells.push(Spell {
                capability: finding.capability,
                finding: number,
                begins: finding.event,
                ends: None,
                days: 0,
                causes: finding.causes,
            });
        }
    }
    for spell in &mut spells {
        let until = spell.ends.map_or(simulation.end, date);
        spell.days = u64::try_from((until - date(spell.begins)).num_days()).unwrap_or(0);
    }
    spells
}

/// Is a set of causes of the plan's own making, or does it come from outside (a service or a license ends)?
#[must_use]
pub fn is_of_plan(causes: Causes) -> bool {
    causes
        .iter()
        .any(|cause| !matches!(cause, Cause::ServiceChange | Cause::LicenseExpiry))
}

/// Users by what a phase does to them. `newly`, `still`, `recovered` and `passing` share nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Not affected before, affected at its end.
    pub newly: u64,
    /// Affected before and at its end.
    pub still: u64,
    /// Affected before, no longer at its end.
    pub recovered: u64,
    /// Neither before nor at its end, but in between.
    pub passing: u64,
    /// Users who lose something at one of its events, whoever they are.
    pub losing: u64,
    /// Users who lose nothing at its events but are restricted in something.
    pub restricted: u64,
    /// Users who neither lose nor are restricted, but of whom something becomes unknown.
    pub uncertain: u64,
}

impl Touched {
    /// Users who are affected when the phase ends.
    #[must_use]
    pub const fn at_end(&self) -> u64 {
        self.newly + self.still
    }
}

/// User-days by whose making the loss is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blame {
    /// Moves, client changes and chat migrations of the plan (alone or together with something outside).
    pub plan: u64,
    /// Services and licenses that end, plan or no plan.
    pub outside: u64,
}

/// The numbers over the whole plan.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// All users.
    pub users: u64,
    /// Users who lose something at some event.
    pub losing: u64,
    /// Of them, those who have everything back after the last event.
    pub recovered: u64,
    /// Of them, those who are without something after the last event.
    pub affected_at_end: u64,
    /// Users who never lose anything but are restricted in something at some event.
    pub restricted: u64,
    /// Users who neither lose nor are restricted, but of whom something becomes unknown.
    pub uncertain: u64,
    /// Users without any finding but recoveries.
    pub untouched: u64,
    /// Days without, summed over users, by capability.
    pub user_days: ByCapability<u64>,
    /// The same, by whose making it is.
    pub blame: Blame,
    /// Plan findings that block: the critical ones.
    pub blocking_plan_findings: usize,
    /// All plan findings.
    pub plan_findings: usize,
}

impl Report {
    /// User-days by capability, most first, each with the most users without it at once; those without any are left out.
    #[must_use]
    pub fn days_by_capability(&self) -> Vec<(Capability, u64, u64)> {
        let days = Capability::ALL.iter().zip(self.numbers.user_days);
        let peak = |capability: Capability| {
            let intervals = self.intervals.iter();
            let intervals = intervals.filter(|interval| interval.capability == capability);
            intervals.map(|interval| interval.peak).max().unwrap_or(0)
        };
        let mut days: Vec<(Capability, u64, u64)> = days
            .filter(|&(_, days)| days > 0)
            .map(|(&capability, days)| (capability, days, peak(capability)))
            .collect();
        days.sort_by_key(|&(_, days, _)| std::cmp::Reverse(days));
        days
    }
}

impl Numbers {
    /// Days without anything, summed over users and capabilities.
    #[must_use]
    pub fn all_user_days(&self) -> u64 {
        self.user_days.iter().sum()
    }
}

/// The findings of every path, added up.
#[derive(Debug)]
pub(super) struct Impact {
    /// After each event, users without a capability that they lost, by capability.
    pub(super) without: Vec<ByCapability<u64>>,
    /// For each phase: who is touched.
    pub(super) touched: Vec<Touched>,
    /// For each phase: user-days of losses that begin there.
    pub(super) user_days: Vec<ByCapability<u64>>,
    /// For each phase: the same by whose making.
    pub(super) blame: Vec<Blame>,
    /// For each phase: users of whom something becomes unknown, whatever else happens to them.
    pub(super) at_risk: Vec<u64>,
    overall: Touched,
    recovered: u64,
    at_end: u64,
    users: u64,
}

/// How bad the findings of a path at some events are, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worst {
    Nothing,
    Unknown,
    Restriction,
    Loss,
}

fn worst<'f>(findings: impl Iterator<Item = &'f Finding>) -> Worst {
    findings
        .map(|finding| match finding.kind() {
            Kind::Lost => Worst::Loss,
            Kind::Degraded => Worst::Restriction,
            Kind::AtRisk => Worst::Unknown,
            Kind::Restored => Worst::Nothing,
        })
        .max()
        .unwrap_or(Worst::Nothing)
}

impl Touched {
    fn count(&mut self, worst: Worst, users: u64) {
        match worst {
            Worst::Loss => self.losing += users,
            Worst::Restriction => self.restricted += users,
            Worst::Unknown => self.uncertain += users,
            Worst::Nothing => {}
        }
    }
}

impl Impact {
    pub(super) fn new(timeline: &Timeline<'_>, simulation: &Simulation, spans: &Spans) -> Self {
        let (events, phases) = (simulation.outcomes.len(), spans.len());
        let mut impact = Self {
            without: vec![[0; Capability::COUNT]; events],
            touched: vec![Touched::default(); phases],
            user_days: vec![[0; Capability::COUNT]; phases],
            blame: vec![Blame::default(); phases],
            at_risk: vec![0; phases],
            overall: Touched::default(),
            recovered: 0,
            at_end: 0,
            users: timeline.inventory.population(),
        };
        for (number, path) in timeline.paths.iter().enumerate() {
            let findings = simulation.findings_of(number);
            if !findings.is_empty() {
                let spells = spells(findings, simulation);
                impact.add_spells(&spells, spans, path.users);
                impact.add_path(findings, &spells, spans, path.users);
            }
        }
        impact
    }

    fn add_spells(&mut self, spells: &[Spell], spans: &Spans, users: u64) {
        for spell in spells {
            let index = spell.capability.index();
            for without in &mut self.without[spell.begins..spell.ends.unwrap_or(spans.events())] {
                without[index] += users;
            }
            let phase = spans.phase_of_event[spell.begins];
            self.user_days[phase][index] += users * spell.days;
            let blame = &mut self.blame[phase];
            if is_of_plan(spell.causes) {
                blame.plan += users * spell.days;
            } else {
                blame.outside += users * spell.days;
            }
        }
    }

    fn add_path(&mut self, findings: &[Finding], spells: &[Spell], spans: &Spans, users: u64) {
        self.overall.count(worst(findings.iter()), users);
        let is_open = spells.iter().any(|spell| spell.ends.is_none());
        if is_open {
            self.at_end += users;
        } else if !spells.is_empty() {
            self.recovered += users;
        }
        for (phase, touched) in self.touched.iter_mut().enumerate() {
            let is_here = |finding: &&Finding| spans.phase_of_event[finding.event] == phase;
            let worst = worst(findings.iter().filter(is_here));
            touched.count(worst, users);
            if findings
                .iter()
                .any(|finding| is_here(&finding) && finding.kind() == Kind::AtRisk)
            {
                self.at_risk[phase] += users;
            }
            let (before, after) = affected(spells, spans, phase);
            match (before, after) {
                (false, true) => touched.newly += users,
                (true, true) => touched.still += users,
                (true, false) => touched.recovered += users,
                (false, false) if worst == Worst::Loss => touched.passing += users,
                (false, false) => {}
            }
        }
    }

    pub(super) fn numbers(&self, plan_findings: &[PlanRow]) -> Numbers {
        let mut user_days = [0; Capability::COUNT];
        let mut blame = Blame::default();
        for (days, of_phase) in self.user_days.iter().zip(&self.blame) {
            for (sum, days) in user_days.iter_mut().zip(days) {
                *sum += days;
            }
            blame.plan += of_phase.plan;
            blame.outside += of_phase.outside;
        }
        let Touched {
            losing,
            restricted,
            uncertain,
            ..
        } = self.overall;
        Numbers {
            users: self.users,
            losing,
            recovered: self.recovered,
            affected_at_end: self.at_end,
            restricted,
            uncertain,
            untouched: self.users - losing - restricted - uncertain,
            user_days,
            blame,
            blocking_plan_findings: plan_findings.iter().filter(|row| row.is_blocking()).count(),
            plan_findings: plan_findings.len(),
        }
    }
}

/// Is a path affected before the first event of a phase, and after its last one?
fn affected(spells: &[Spell], spans: &Spans, phase: usize) -> (bool, bool) {
    let (first, last) = spans.bounds(phase);
    let at = |event: Option<usize>| {
        event.is_some_and(|event| {
            spells
                .iter()
                .any(|spell| spell.begins <= event && spell.ends.is_none_or(|end| end > event))
        })
    };
    (at(first.checked_sub(1)), at(Some(last)))
}
