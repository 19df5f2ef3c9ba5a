//! Small plans for the tests of this module's neighbors.

use chrono::NaiveDate;

use super::{Plan, Stage, StageIndex};
use crate::model::ProviderSet;

/// A day written as in a plan.
pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a test writes days well")
}

/// A stage that changes nothing.
pub(super) fn stage(id: &str, date: &str, after: &[usize]) -> Stage {
    Stage {
        id: id.to_owned(),
        name: id.to_owned(),
        phase: id.to_owned(),
        date: day(date),
        after: after.iter().map(|&before| StageIndex(before)).collect(),
        window: None,
        publish: Vec::new(),
        moves: Vec::new(),
        clients: Vec::new(),
        chats: Vec::new(),
        retire: Vec::new(),
        line: 1,
    }
}

/// A plan of these stages whose baseline is 2014-01-06.
pub(super) fn plan(stages: Vec<Stage>) -> Plan {
    Plan {
        name: "Example".to_owned(),
        baseline: day("2014-01-06"),
        end: None,
        pools: Vec::new(),
        chats: Vec::new(),
        applications: Vec::new(),
        provisioned: ProviderSet::EMPTY,
        yahoo_license_until: None,
        services: Vec::new(),
        stages,
        columns: Vec::new(),
    }
}
