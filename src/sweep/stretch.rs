//! The days of a sweep, cut where the order of the events changes.
//!
//! In: a plan, the stages that move together, and a range of days for the first of them. Out: the possible days, and the
//! stretches of them on which the stages happen in one order. Between two cuts nothing can change but dates. Days are counted
//! as the shift from where the stages stand in the plan.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use crate::plan::shift::{Dates, Followers, followers, room};
use crate::plan::{Plan, StageIndex, StageOrder, stage_order_on};

/// The stages that move together.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) members: BTreeSet<StageIndex>,
    /// Where they stand in the plan, and everybody else.
    pub(super) planned: Dates,
    /// Where the stage stands whose day is asked for.
    pub(super) lead: NaiveDate,
}

/// Days in a row, as shifts: first and last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shifts {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Shifts on which the stages happen in one order.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) shifts: Shifts,
    pub(super) order: StageOrder,
}

impl Block {
    pub(super) fn new(plan: &Plan, stages: &[StageIndex], along: Followers) -> Self {
        let mut members: BTreeSet<StageIndex> = stages.iter().copied().collect();
        if along == Followers::MoveAlong {
            members.extend(followers(plan, &members));
        }
        let lead = stages
            .first()
            .map_or(plan.baseline, |stage| plan.stages[stage.0].date);
        Self {
            members,
            planned: Dates::of(plan),
            lead,
        }
    }

    pub(super) fn shift_of(&self, day: NaiveDate) -> i64 {
        (day - self.lead).num_days()
    }

    /// The day of the first stage at a shift.
    pub(super) fn day(&self, shift: i64) -> NaiveDate {
        // Shifts come from days, so the way back ends on one; the sum fits, since days count from year 1 and are few.
        i32::try_from(i64::from(self.lead.num_days_from_ce()) + shift)
            .ok()
            .and_then(NaiveDate::from_num_days_from_ce_opt)
            .unwrap_or(self.lead)
    }

    pub(super) fn dates(&self, shift: i64) -> Dates {
        self.planned.moved(&self.members, shift)
    }

    /// The shifts that the plan allows, within those asked for.
    pub(super) fn possible(&self, plan: &Plan, asked: Shifts) -> Option<Shifts> {
        let (first, last) = room(plan, &self.members);
        let shifts = Shifts {
            first: asked.first.max(first),
            last: last.map_or(asked.last, |last| asked.last.min(last)),
        };
        (shifts.first <= shifts.last).then_some(shifts)
    }

    /// The possible shifts, cut wherever a moving stage meets a standing one or leaves it behind, and joined again where that
    /// leaves the order as it was.
    pub(super) fn stretches(&self, plan: &Plan, possible: Shifts) -> Vec<Stretch> {
        let mut cuts = BTreeSet::from([possible.first]);
        for (position, standing) in plan.stages.iter().enumerate() {
            if !self.members.contains(&StageIndex(position)) {
                for met in self.meetings(standing.date) {
                    cuts.extend([met, met + 1]);
                }
            }
        }
        let mut stretches: Vec<Stretch> = Vec::new();
        for shifts in possible.cut(&cuts) {
            let order = stage_order_on(plan, &self.dates(shifts.first));
            match stretches.last_mut().filter(|last| last.order == order) {
                Some(last) => last.shifts.last = shifts.last,
                None => stretches.push(Stretch { shifts, order }),
            }
        }
        stretches
    }

    /// The shifts at which a moving stage stands on a day.
    pub(super) fn meetings(&self, day: NaiveDate) -> impl Iterator<Item = i64> {
        self.members
            .iter()
            .map(move |&member| (day - self.planned.get(member)).num_days())
    }
}

impl Shifts {
    /// These shifts in parts, each but the first beginning at one of the cuts.
    pub(super) fn cut(self, cuts: &BTreeSet<i64>) -> Vec<Self> {
        let inside = cuts.range(self.first..=self.last).copied();
        let begins: BTreeSet<i64> = inside.chain([self.first]).collect();
        let begins: Vec<i64> = begins.into_iter().collect();
        let ends = begins
            .iter()
            .skip(1)
            .map(|next| next - 1)
            .chain([self.last]);
        begins
            .iter()
            .zip(ends)
            .map(|(&first, last)| Self { first, last })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_cut_at_what_lies_inside() {
        let shifts = Shifts { first: -3, last: 4 };
        let cut = |cuts: &[i64]| {
            let parts = shifts.cut(&cuts.iter().copied().collect());
            parts
                .iter()
                .map(|part| (part.first, part.last))
                .collect::<Vec<_>>()
        };
        assert_eq!(cut(&[]), [(-3, 4)]);
        assert_eq!(cut(&[-3, 5, -9]), [(-3, 4)]);
        assert_eq!(cut(&[0, 1, 4]), [(-3, -1), (0, 0), (1, 3), (4, 4)]);
    }
}
