//! Two simulations side by side, told in people: who loses what in one and not in the other, earlier or later, and why.
//!
//! In: two [`Side`]s, which may differ in plan, inventory, reading or documents, each simulated now or written down by an earlier
//! report. Out: a [`Comparison`]: the differences, gathered by cohorts of people to whom the same happens, and the totals on both
//! sides up to one common horizon. Taking away from somebody's findings what a comparison says was found before, and adding what
//! is found after, gives the other side's findings exactly.

mod change;
mod people;
mod recorded;
mod side;
mod summary;
mod told;

use chrono::NaiveDate;

use crate::finding::Kind;
use crate::model::{Capability, Severity};

pub use change::{Change, Effect};
pub use people::{Cohort, Person, Presence};
pub use recorded::{Recorded, RecordedGroup, RecordedRun, read_report};
pub use side::{Side, Simulated};
pub use summary::{Line, Occurrence};
pub use told::{Risk, Told};

/// One side in figures, by capability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Users with at least one loss.
    pub lost: [u64; Capability::COUNT],
    /// Days at none after a loss, summed over users, up to the common horizon.
    pub user_days: [u64; Capability::COUNT],
}

impl Totals {
    fn of(side: Side<'_>, horizon: NaiveDate) -> Self {
        let mut totals = Self::default();
        for (class, users) in side.classes().into_iter().enumerate() {
            let mut loses = [false; Capability::COUNT];
            for told in told::lasting(side.told(class), horizon) {
                let index = told.capability.index();
                loses[index] |= told.kind() == Kind::Lost;
                totals.user_days[index] += told.days.unwrap_or(0) * users;
            }
            for (lost, loses) in totals.lost.iter_mut().zip(loses) {
                *lost += if loses { users } else { 0 };
            }
        }
        totals
    }
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
    pub risks_gone: Vec<Risk>,
    /// Risks of the plan that only the second side has.
    pub risks_new: Vec<Risk>,
}

impl Comparison {
    /// Which side is worse. The second is worse if for some capability more users lose it or it is missing on more user-days,
    /// or if its plan has a risk of high or critical severity that the first one's does not have.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let is_more = |after: &[u64], before: &[u64]| after.iter().zip(before).any(|(a, b)| a > b);
        let mut risks = self.risks_new.iter();
        if is_more(&self.after.lost, &self.before.lost)
            || is_more(&self.after.user_days, &self.before.user_days)
            || risks.any(|risk| risk.severity >= Severity::High)
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
        self.cohorts.is_empty() && self.risks_gone.is_empty() && self.risks_new.is_empty()
    }

    /// The differences in lines, each with how many people share it: losses first, new ones before those that are gone, then by
    /// capability and date.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        summary::lines(&self.cohorts)
    }

    /// Users for whom something differs.
    #[must_use]
    pub fn users(&self) -> u64 {
        self.cohorts.iter().map(|cohort| cohort.count).sum()
    }
}

/// Compares two sides.
///
/// People are the same if their addresses are. In: the two sides, in the order in which the difference is to be read. Out: what
/// the second has that the first has not, and the other way round.
#[must_use]
pub fn compare(before: Side<'_>, after: Side<'_>) -> Comparison {
    let horizon = before.horizon().max(after.horizon());
    let (old, new) = (before.risks(), after.risks());
    Comparison {
        horizon,
        before: Totals::of(before, horizon),
        after: Totals::of(after, horizon),
        cohorts: people::cohorts(before, after, horizon),
        risks_gone: missing_from(&old, &new),
        risks_new: missing_from(&new, &old),
    }
}

/// The risks of the first list that the second does not have, each as often as it lacks it. A risk is the same if it is about
/// the same thing at the same event; figures in its message do not count.
fn missing_from(list: &[Risk], other: &[Risk]) -> Vec<Risk> {
    let key = |risk: &Risk| (risk.code.clone(), risk.event.clone(), risk.subject.clone());
    let mut rest: Vec<_> = other.iter().map(key).collect();
    let is_missing = |risk: &&Risk| match rest.iter().position(|other| *other == key(risk)) {
        Some(position) => {
            rest.swap_remove(position);
            false
        }
        None => true,
    };
    list.iter().filter(is_missing).cloned().collect()
}
