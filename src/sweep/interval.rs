//! Neighboring stretches with the same answer become one interval.
//!
//! Two conditions of contract section 5.5 hold inside an interval: everybody has the same findings, and user-days are linear.
//! Joining from the first day on, as far as both hold, gives the fewest intervals there can be, because a part of a good
//! interval is a good interval.

use super::boundary::boundary;
use super::replay::{Answered, Answers};
use super::stretch::{Block, Shifts};
use super::{Answer, Interval, Verdict};
use crate::model::Capability;

/// Stretches in a row that make one interval.
struct Joined<'s> {
    shifts: Shifts,
    first: &'s Answered,
    last: &'s Answered,
}

impl<'s> Joined<'s> {
    fn new(answered: &'s Answered) -> Self {
        Self {
            shifts: answered.shifts,
            first: answered,
            last: answered,
        }
    }

    /// May the next stretch belong to the same interval?
    fn goes_on_in(&self, next: &Answered) -> bool {
        !next.differs && (0..Capability::COUNT).all(|capability| self.is_even(next, capability))
    }

    /// Do the user-days of a capability lie on one line through these days and the next stretch?
    fn is_even(&self, next: &Answered, capability: usize) -> bool {
        let (own, other) = (
            self.last.sums.user_days[capability],
            next.sums.user_days[capability],
        );
        let step = other.at(next.shifts.first) - own.at(self.shifts.last);
        let slope = if self.shifts.first == self.shifts.last {
            step
        } else {
            own.per_day
        };
        step == slope && (next.shifts.first == next.shifts.last || other.per_day == slope)
    }

    fn take(&mut self, next: &'s Answered) {
        self.shifts.last = next.shifts.last;
        self.last = next;
    }
}

/// The feasible intervals of a sweep, in order.
pub(super) fn joined(block: &Block, answers: &Answers) -> Vec<Interval> {
    let mut all: Vec<Joined<'_>> = Vec::new();
    for answered in &answers.answered {
        match all.last_mut().filter(|last| last.goes_on_in(answered)) {
            Some(last) => last.take(answered),
            None => all.push(Joined::new(answered)),
        }
    }
    let before = std::iter::once(None).chain(all.iter().map(Some));
    before
        .zip(&all)
        .map(|(before, joined)| Interval {
            first_day: block.day(joined.shifts.first),
            last_day: block.day(joined.shifts.last),
            verdict: Verdict::Feasible(Box::new(Answer {
                lost: joined.first.sums.lost,
                first: joined.first.sums.user_days_at(joined.shifts.first),
                last: joined.last.sums.user_days_at(joined.shifts.last),
                boundary: before.map_or_else(Default::default, |before| {
                    boundary(&answers.events, before.last, joined.first)
                }),
            })),
        })
        .collect()
}
