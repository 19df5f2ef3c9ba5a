//! Neighboring parts with the same answer become one interval.
//!
//! Two conditions of contract section 5.5 hold inside an interval: everybody has the same findings, and user-days are linear.
//! Joining from the first day on, as far as both hold, gives the fewest intervals there can be, because a part of a good
//! interval is a good interval.

use super::block::{Block, Shifts};
use super::boundary::boundary;
use super::replay::{Played, Turn};
use super::sums::Sums;
use super::{Answer, Interval, SweptEvent, Verdict};
use crate::model::Capability;

/// What holds on the days of one part.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) sums: Sums,
    /// The place of each event, by its number, in the order of these days.
    pub(super) places: Vec<usize>,
    /// Is some user's finding another one than in the part before?
    differs: bool,
}

impl Answered {
    pub(super) fn new(played: &Played<'_>, turn: &Turn<'_, '_>) -> Self {
        Self {
            sums: played.sums.clone(),
            places: played.places.clone(),
            differs: match turn {
                Turn::Anew(before) => before.is_none_or(|before| played.differs_from(before)),
                Turn::Again(others) => !others.is_empty(),
            },
        }
    }
}

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

/// The feasible intervals of a sweep, in order, from what holds in its parts.
pub(super) fn joined(
    block: &Block,
    parts: &[Shifts],
    answers: &[Answered],
    events: &[SweptEvent],
) -> Vec<Interval> {
    let mut all: Vec<Joined<'_>> = Vec::new();
    for (&shifts, answered) in parts.iter().zip(answers) {
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
                    boundary(events, before.last, joined.first)
                }),
            })),
        })
        .collect()
}
