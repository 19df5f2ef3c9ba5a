//! `timeline --format json`.

use serde::Serialize;

use super::{StageRow, Stages};

/// The version of the format; it changes when a script that reads the old one would break.
pub const FORMAT_VERSION: u32 = 1;

/// The stage graph.
#[derive(Clone, Debug, Serialize)]
pub struct Timeline<'p> {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The plan's name.
    pub plan: &'p str,
    /// The day the inventory describes.
    pub baseline: String,
    /// The plan's end, or null.
    pub end: Option<String>,
    /// The stages in the order in which they happen.
    pub stages: Vec<Stage<'p>>,
    /// Service events of the plan's time, by date.
    pub services: Vec<Service<'p>>,
    /// The ids of the critical chain, first stage first.
    pub critical_chain: Vec<&'p str>,
}

/// A stage with its room.
#[derive(Clone, Debug, Serialize)]
pub struct Stage<'p> {
    /// Its id.
    pub id: &'p str,
    /// Its phase.
    pub phase: &'p str,
    /// Its date.
    pub date: String,
    /// The ids of the stages that it comes after.
    pub after: Vec<&'p str>,
    /// The first day on which it could stand if the stages before it stood as early as they can.
    pub earliest: String,
    /// The last day on which it could stand if the stages after it stood as late as they can, or null.
    pub latest: Option<String>,
    /// Days that it can be brought forward while all others stand.
    pub sooner_days: u64,
    /// Days that it can slip while all others stand, or null where nothing stops it.
    pub slack_days: Option<u64>,
    /// Is it part of the critical chain?
    pub critical: bool,
}

/// Something from outside.
#[derive(Clone, Debug, Serialize)]
pub struct Service<'p> {
    /// Its id.
    pub id: &'p str,
    /// First day on which it holds.
    pub date: String,
}

/// Lays the stage graph out.
#[must_use]
pub fn timeline<'p>(stages: &Stages<'p>) -> Timeline<'p> {
    let id = |position: &usize| stages.stages[*position].id;
    let stage = |row: &StageRow<'p>| Stage {
        id: row.id,
        phase: row.phase,
        date: row.date.to_string(),
        after: row.after.iter().map(id).collect(),
        earliest: row.room.earliest.to_string(),
        latest: row.room.latest.map(|day| day.to_string()),
        sooner_days: row.room.sooner,
        slack_days: row.room.slack,
        critical: row.is_critical,
    };
    let services = stages.outside.iter().map(|row| Service {
        id: row.id,
        date: row.date.to_string(),
    });
    Timeline {
        format_version: FORMAT_VERSION,
        plan: stages.name,
        baseline: stages.baseline.to_string(),
        end: stages.end.map(|day| day.to_string()),
        stages: stages.stages.iter().map(stage).collect(),
        services: services.collect(),
        critical_chain: stages.critical_chain.iter().map(id).collect(),
    }
}
