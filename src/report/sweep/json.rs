//! `sweep --format json` (contract section 5.5).

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::model::Capability;
use crate::sweep::{self, Verdict};

/// The version of the format; it changes when a script that reads the old one would break.
pub const FORMAT_VERSION: u32 = 1;

/// Values by capability, in the contract's order, without those that are nothing.
#[derive(Clone, Debug, Default)]
pub struct Sparse<T>(pub Vec<(Capability, T)>);

impl<T: Serialize> Serialize for Sparse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (capability, value) in &self.0 {
            map.serialize_entry(capability.id(), value)?;
        }
        map.end()
    }
}

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
pub struct Sweep {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The stage that the days are about.
    pub stage: String,
    /// Further stages that were asked to move with it; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// The intervals, in order and without gaps.
    pub intervals: Vec<Interval>,
}

/// Days in a row with the same answer.
#[derive(Clone, Debug, Serialize)]
pub struct Interval {
    /// First day.
    pub first_day: String,
    /// Last day, included.
    pub last_day: String,
    /// Can the stages stand there?
    pub feasible: bool,
    /// Users with at least one loss, zeros left out.
    pub lost: Sparse<u64>,
    /// User-days on the first and on the last day, linear between, left out where both are zero.
    pub user_days: Sparse<[u64; 2]>,
}

/// Lays a sweep out as contract section 5.5 says.
#[must_use]
pub fn sweep(sweep: &sweep::Sweep) -> Sweep {
    let mut stages = sweep.stages.iter().cloned();
    Sweep {
        format_version: FORMAT_VERSION,
        stage: stages.next().unwrap_or_default(),
        with: stages.collect(),
        intervals: sweep.intervals.iter().map(interval).collect(),
    }
}

fn interval(interval: &sweep::Interval) -> Interval {
    let (mut lost, mut user_days) = (Sparse::default(), Sparse::default());
    if let Verdict::Feasible(answer) = &interval.verdict {
        for &capability in Capability::ALL {
            let index = capability.index();
            if answer.lost[index] > 0 {
                lost.0.push((capability, answer.lost[index]));
            }
            let days = [answer.first[index], answer.last[index]];
            if days != [0, 0] {
                user_days.0.push((capability, days));
            }
        }
    }
    Interval {
        first_day: interval.first_day.to_string(),
        last_day: interval.last_day.to_string(),
        feasible: matches!(interval.verdict, Verdict::Feasible(_)),
        lost,
        user_days,
    }
}
