//! Which days are best: user-days of different capabilities weighed against each other.

use chrono::NaiveDate;

use super::grid::Grid;
use super::{Sweep, Verdict};
use crate::model::Capability;

/// How much a day without each capability weighs.
///
/// By default a day without meetings, Group Chat or sign-in is what counts most; the six peer-to-peer features together weigh as
/// much as one of these, because they are usually lost together. Existing meetings are put right once by issuing them anew, so
/// their days do not weigh more than a peer-to-peer feature's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights([u64; Capability::COUNT]);

impl Default for Weights {
    fn default() -> Self {
        let mut weights = [1; Capability::COUNT];
        for (capability, weight) in [
            (Capability::SignIn, 12),
            (Capability::MeetingJoin, 6),
            (Capability::MeetingReach, 3),
            (Capability::MeetingSchedule, 6),
            (Capability::GroupChat, 6),
            (Capability::PicAol, 2),
            (Capability::PicYahoo, 2),
            (Capability::PicWindowsLive, 2),
            (Capability::PicSkype, 2),
            (Capability::PicXmpp, 2),
        ] {
            weights[capability.index()] = weight;
        }
        Self(weights)
    }
}

impl Weights {
    /// The weight of a day without a capability.
    #[must_use]
    pub const fn get(&self, capability: Capability) -> u64 {
        self.0[capability.index()]
    }

    /// The same weights, but for one capability.
    #[must_use]
    pub const fn with(mut self, capability: Capability, weight: u64) -> Self {
        self.0[capability.index()] = weight;
        self
    }

    /// User-days, each multiplied by its weight; the largest number there is where the sum does not fit.
    #[must_use]
    pub fn weigh(&self, user_days: &[u64; Capability::COUNT]) -> u64 {
        let weighed = self.0.iter().zip(user_days);
        weighed
            .map(|(weight, days)| weight.saturating_mul(*days))
            .fold(0, u64::saturating_add)
    }
}

/// An interval with its best day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// The interval, as a position in [`Sweep::intervals`].
    pub interval: usize,
    /// The day of it with the fewest weighted user-days; the earlier one of two that are equal.
    pub day: NaiveDate,
    /// Weighted user-days on that day.
    pub weighted: u64,
}

/// The feasible intervals, best first; of two that are equal the earlier one.
#[must_use]
pub fn ranked(sweep: &Sweep, weights: &Weights) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = sweep
        .intervals
        .iter()
        .enumerate()
        .filter_map(|(position, interval)| {
            let Verdict::Feasible(answer) = &interval.verdict else {
                return None;
            };
            // User-days are linear between the two, so one of them is the best day.
            let (first, last) = (weights.weigh(&answer.first), weights.weigh(&answer.last));
            Some(Ranked {
                interval: position,
                day: if last < first {
                    interval.last_day
                } else {
                    interval.first_day
                },
                weighted: first.min(last),
            })
        })
        .collect();
    ranked.sort_by_key(|ranked| (ranked.weighted, ranked.interval));
    ranked
}

/// A cell of a grid with its best pair of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedCell {
    /// The cell, as a position in [`Grid::cells`].
    pub cell: usize,
    /// The pair of days with the fewest weighted user-days; the earlier one of two that are equal, by the first stage's day, then
    /// the second's.
    pub days: [NaiveDate; 2],
    /// Weighted user-days there.
    pub weighted: u64,
}

/// The feasible cells, best first; of two that are equal the one whose best pair comes first.
#[must_use]
pub fn ranked_cells(grid: &Grid, weights: &Weights) -> Vec<RankedCell> {
    let mut ranked: Vec<RankedCell> = grid
        .cells
        .iter()
        .enumerate()
        .filter_map(|(position, cell)| {
            let answer = cell.answer()?;
            // User-days are linear between the corners, so one of them is the best.
            let corners = cell.corners.iter();
            let weighed = corners.map(|&days| (weights.weigh(&answer.user_days_on(days)), days));
            weighed.min().map(|(weighted, days)| RankedCell {
                cell: position,
                days,
                weighted,
            })
        })
        .collect();
    ranked.sort_by_key(|ranked| (ranked.weighted, ranked.days));
    ranked
}
