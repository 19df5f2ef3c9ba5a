//! Neighboring parts with the same answer become one interval.
//!
//! Two conditions of contract section 5.5 hold inside an interval: everybody has the same findings, and user-days are linear.
//! Joining from the first day on, as far as both hold, gives the fewest intervals there can be, because a part of a good
//! interval is a good interval.

use super::block::{Block, Shifts};
use super::boundary::boundary;
use super::replay::{Answered, Answers};
use super::{Answer, Interval, Verdict};
use crate::model::Capability;

/// Parts in a row that make one interval.
struct Joined<'s> {
    shifts: Shifts,
    first: &'s Answered,
    last: &'s Answered,
}

impl<'s> Joined<'s> {
    fn new(shifts: Shifts, answered: &'s Answered) -> Self {
        Self {
            shifts,
            first: answered,
            last: answered,
        }
    }

    /// May the next part belong to the same interval?
    fn goes_on_in(&self, shifts: Shifts, next: &Answered) -> bool {
        let mut capabilities = 0..Capability::COUNT;
        !next.differs && capabilities.all(|capability| self.is_even(shifts, next, capability))
    }

    /// Do the user-days of a capability lie on one line through these days and the next part?
    fn is_even(&self, shifts: Shifts, next: &Answered, capability: usize) -> bool {
        let (own, other) = (
            self.last.sums.user_days[capability],
            next.sums.user_days[capability],
        );
        let step = other.at([shifts.first, 0]) - own.at([self.shifts.last, 0]);
        let slope = if self.shifts.first == self.shifts.last {
            step
        } else {
            own.per_day[0]
        };
        step == slope && (shifts.first == shifts.last || other.per_day[0] == slope)
    }

    fn take(&mut self, shifts: Shifts, next: &'s Answered) {
        self.shifts.last = shifts.last;
        self.last = next;
    }
}

/// The feasible intervals of a sweep, in order; `parts` are the days of its scenes.
pub(super) fn joined(block: &Block, parts: &[Shifts], answers: &Answers) -> Vec<Interval> {
    let mut all: Vec<Joined<'_>> = Vec::new();
    for (&shifts, answered) in parts.iter().zip(&answers.answered) {
        match all
            .last_mut()
            .filter(|last| last.goes_on_in(shifts, answered))
        {
            Some(last) => last.take(shifts, answered),
            None => all.push(Joined::new(shifts, answered)),
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
                first: joined.first.sums.user_days_at([joined.shifts.first, 0]),
                last: joined.last.sums.user_days_at([joined.shifts.last, 0]),
                boundary: before.map_or_else(Default::default, |before| {
                    boundary(&answers.events, before.last, joined.first)
                }),
            })),
        })
        .collect()
}
