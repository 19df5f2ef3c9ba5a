//! Stages that move together, and the days on which something can change for it.
//!
//! Days are counted as the shift from where the stages stand in the plan. In: a plan, stages, and a range of shifts. Out: the
//! shifts that the plan allows, and those at which a moving stage meets something: between two of them nothing can change but dates.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::replay::Motion;
use crate::plan::shift::{Dates, Followers, followers, room};
use crate::plan::{Plan, StageIndex};

/// The stages that move together.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) members: BTreeSet<StageIndex>,
    /// Where the stage stands whose day is asked for.
    pub(super) lead: NaiveDate,
}

/// Days in a row, as shifts: first and last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shifts {
    pub(super) first: i64,
    pub(super) last: i64,
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
        Self { members, lead }
    }

    /// The block as the one axis along which stages move.
    pub(super) fn motion(&self, plan: &Plan) -> Motion {
        let stages = (0..plan.stages.len()).map(StageIndex);
        stages
            .map(|stage| self.members.contains(&stage).then_some(0))
            .collect()
    }

    pub(super) fn shifts(&self, from: NaiveDate, to: NaiveDate) -> Shifts {
        Shifts {
            first: (from - self.lead).num_days(),
            last: (to - self.lead).num_days(),
        }
    }

    /// The day of the first stage at a shift.
    pub(super) fn day(&self, shift: i64) -> NaiveDate {
        // Shifts come from days, so the way back ends on one; the sum fits, since days count from year 1 and are few.
        i32::try_from(i64::from(self.lead.num_days_from_ce()) + shift)
            .ok()
            .and_then(NaiveDate::from_num_days_from_ce_opt)
            .unwrap_or(self.lead)
    }

    /// These dates with the block so many days later.
    pub(super) fn moved(&self, dates: &Dates, shift: i64) -> Dates {
        dates.moved(&self.members, shift)
    }

    /// The shifts that the plan allows, within those asked for, while all other stages stand.
    pub(super) fn possible(&self, plan: &Plan, asked: Shifts) -> Option<Shifts> {
        let (first, last) = room(plan, &self.members);
        let shifts = Shifts {
            first: asked.first.max(first),
            last: last.map_or(asked.last, |last| asked.last.min(last)),
        };
        (shifts.first <= shifts.last).then_some(shifts)
    }

    /// The shifts with which the order of events becomes another one, but for stages of `moving`, which do not stand.
    ///
    /// A standing stage is met on a day and left behind on the next: on the day itself the order of the file counts. What happens
    /// outside comes before stages on its day, so it is passed on that day.
    pub(super) fn cuts(
        &self,
        plan: &Plan,
        outside: &BTreeSet<NaiveDate>,
        moving: &BTreeSet<StageIndex>,
    ) -> BTreeSet<i64> {
        let mut cuts: BTreeSet<i64> = BTreeSet::new();
        for member in &self.members {
            let shift_to = |day: NaiveDate| (day - plan.stages[member.0].date).num_days();
            for (position, standing) in plan.stages.iter().enumerate() {
                if !moving.contains(&StageIndex(position)) {
                    cuts.extend([shift_to(standing.date), shift_to(standing.date) + 1]);
                }
            }
            cuts.extend(outside.iter().map(|&day| shift_to(day)));
        }
        cuts
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
