//! Two simulations side by side, told in people: who loses what in one and not in the other, earlier or later, and why.
//!
//! In: two [`Side`]s, which may differ in plan, inventory, reading or several of these. Out: a [`Comparison`]: the differences,
//! gathered by cohorts of people to whom the same happens, and the totals on both sides up to one common horizon. Taking away
//! from somebody's findings what a comparison says was found before, and adding what is found after, gives the other side's
//! findings exactly.

mod change;
mod people;
mod summary;

use chrono::NaiveDate;

use crate::finding::{Kind, PlanFinding};
use crate::inventory::Address;
use crate::model::{Capability, Severity};
use crate::simulate::{Simulation, spells};
use crate::timeline::Timeline;

pub use change::{Change, Effect, Told};
pub use people::{Cohort, Presence};
pub use summary::{Line, Occurrence};

/// One of the two simulations.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Who goes which way.
    pub timeline: &'a Timeline<'a>,
    /// What was found.
    pub simulation: &'a Simulation,
}

impl<'a> Side<'a> {
    /// A user's address.
    #[must_use]
    pub fn sip(&self, user: u32) -> Address<'a> {
        self.timeline.inventory.users.sip(user as usize)
    }

    /// The date of an event of this side, by its position.
    fn date(&self, event: usize) -> NaiveDate {
        self.simulation.outcomes[event].event.date
    }

    fn id(&self, event: usize) -> &'a str {
        &self.simulation.outcomes[event].event.id
    }

    fn totals(&self, horizon: NaiveDate) -> Totals {
        let mut totals = Totals::default();
        for (position, path) in self.timeline.paths.iter().enumerate() {
            let findings = self.simulation.findings_of(position);
            let mut loses = [false; Capability::COUNT];
            for finding in findings
                .iter()
                .filter(|finding| finding.kind() == Kind::Lost)
            {
                loses[finding.capability.index()] = true;
            }
            for (lost, loses) in totals.lost.iter_mut().zip(loses) {
                *lost += if loses { path.users } else { 0 };
            }
            for spell in spells(findings) {
                let until = spell.until.map_or(horizon, |until| self.date(until));
                totals.user_days[spell.capability.index()] +=
                    days_between(self.date(spell.since), until, horizon) * path.users;
            }
        }
        totals
    }
}

/// The days from the first day to before the second, those before the horizon only.
fn days_between(since: NaiveDate, until: NaiveDate, horizon: NaiveDate) -> u64 {
    u64::try_from((until.min(horizon) - since).num_days()).unwrap_or(0)
}

/// One side in figures, by capability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Users with at least one loss.
    pub lost: [u64; Capability::COUNT],
    /// Days at none after a loss, summed over users, up to the common horizon.
    pub user_days: [u64; Capability::COUNT],
}

/// Which side is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing differs.
    Same,
    /// The second side loses less somewhere and nowhere more, or the findings differ without that.
    NotWorse,
    /// The second side loses more somewhere.
    Worse,
}

impl Verdict {
    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::NotWorse => "not-worse",
            Self::Worse => "worse",
        }
    }
}

/// What differs between two simulations.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The horizon of user-days on both sides: the later one of theirs; that day does not count.
    pub horizon: NaiveDate,
    /// The first side in figures.
    pub before: Totals,
    /// The second side in figures.
    pub after: Totals,
    /// People to whom the same happens, in the order of their first members; those for whom nothing differs are left out.
    pub cohorts: Vec<Cohort>,
    /// Risks of the plan that only the first side has.
    pub plan_findings_gone: Vec<PlanFinding>,
    /// Risks of the plan that only the second side has.
    pub plan_findings_new: Vec<PlanFinding>,
}

impl Comparison {
    /// Which side is worse. The second is worse if for some capability more users lose it or it is missing on more user-days,
    /// or if its plan has a risk of high or critical severity that the first one's does not have.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let is_more = |after: &[u64], before: &[u64]| after.iter().zip(before).any(|(a, b)| a > b);
        let mut risks = self.plan_findings_new.iter();
        if is_more(&self.after.lost, &self.before.lost)
            || is_more(&self.after.user_days, &self.before.user_days)
            || risks.any(|risk| risk.code.severity() >= Severity::High)
        {
            Verdict::Worse
        } else if self.is_empty() {
            Verdict::Same
        } else {
            Verdict::NotWorse
        }
    }

    /// Does nothing differ?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cohorts.is_empty()
            && self.plan_findings_gone.is_empty()
            && self.plan_findings_new.is_empty()
    }

    /// The differences in lines, each with how many people share it: losses first, new ones before those that are gone, then by
    /// capability and date.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        summary::lines(&self.cohorts)
    }

    /// Users for whom something differs.
    #[must_use]
    pub fn users(&self) -> usize {
        self.cohorts.iter().map(|cohort| cohort.users.len()).sum()
    }
}

/// Compares two simulations.
///
/// People are the same if their addresses are. In: the two sides, in the order in which the difference is to be read. Out: what
/// the second has that the first has not, and the other way round.
#[must_use]
pub fn compare(before: Side<'_>, after: Side<'_>) -> Comparison {
    let horizon = before.simulation.end.max(after.simulation.end);
    let (old, new) = (
        &before.simulation.plan_findings,
        &after.simulation.plan_findings,
    );
    Comparison {
        horizon,
        before: before.totals(horizon),
        after: after.totals(horizon),
        cohorts: people::cohorts(before, after, horizon),
        plan_findings_gone: missing_from(old, new),
        plan_findings_new: missing_from(new, old),
    }
}

/// The risks of the first list that the second does not have, each as often as it lacks it. A risk is the same if it is about
/// the same thing at the same event; figures in its message do not count.
fn missing_from(list: &[PlanFinding], other: &[PlanFinding]) -> Vec<PlanFinding> {
    let key = |risk: &PlanFinding| (risk.code, risk.event.clone(), risk.subject.clone());
    let mut rest: Vec<_> = other.iter().map(key).collect();
    list.iter()
        .filter(
            |risk| match rest.iter().position(|other| *other == key(risk)) {
                Some(position) => {
                    rest.swap_remove(position);
                    false
                }
                None => true,
            },
        )
        .cloned()
        .collect()
}
