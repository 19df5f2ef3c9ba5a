//! How much room the dates of the stages have.
//!
//! In: a plan whose dates agree with each other. Out: for each stage the earliest and the latest date that `after`, the windows,
//! the baseline and the plan's end leave it, how far it can move while all others stand, and the chain of stages that carries a
//! delay to the end of the plan.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::shift::room;
use super::{Plan, StageIndex, stage_order};

/// The room of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// The first day on which it could stand if the stages before it stood as early as they can.
    pub earliest: NaiveDate,
    /// The last day on which it could stand if the stages after it stood as late as they can; `None` where nothing ends it.
    pub latest: Option<NaiveDate>,
    /// Days that it can be brought forward while all others stand.
    pub sooner: u64,
    /// Days that it can slip while all others stand: its slack; `None` where nothing stops it.
    pub slack: Option<u64>,
}

/// The room of every stage, in the order of the plan file.
#[must_use]
pub fn rooms(plan: &Plan) -> Vec<Room> {
    let earliest = earliest(plan);
    let latest = latest(plan);
    (0..plan.stages.len())
        .map(|stage| {
            let (first, last) = room(plan, &BTreeSet::from([StageIndex(stage)]));
            Room {
                earliest: earliest[stage],
                latest: latest[stage],
                sooner: first.unsigned_abs(),
                slack: last.map(i64::unsigned_abs),
            }
        })
        .collect()
}

fn earliest(plan: &Plan) -> Vec<NaiveDate> {
    let first_day = plan.baseline.succ_opt().unwrap_or(plan.baseline);
    let mut days = vec![first_day; plan.stages.len()];
    for index in stage_order(plan) {
        let stage = &plan.stages[index.0];
        let before = stage.after.iter().map(|before| days[before.0]);
        let window = stage.window.and_then(|window| window.from);
        days[index.0] = before.chain(window).fold(first_day, NaiveDate::max);
    }
    days
}

fn latest(plan: &Plan) -> Vec<Option<NaiveDate>> {
    let mut days: Vec<Option<NaiveDate>> = plan
        .stages
        .iter()
        .map(|stage| {
            let window = stage.window.and_then(|window| window.until);
            plan.end.into_iter().chain(window).min()
        })
        .collect();
    for index in stage_order(plan).into_iter().rev() {
        for before in &plan.stages[index.0].after {
            days[before.0] = days[before.0].into_iter().chain(days[index.0]).min();
        }
    }
    days
}

/// The critical chain, first stage first: from the last stage of the plan back through `after`, each time over the stage that
/// stands latest, because that one holds the next in its place. A delay of one of them by more than the days to the next delays
/// the end of the plan.
#[must_use]
pub fn critical_chain(plan: &Plan) -> Vec<StageIndex> {
    let order = stage_order(plan);
    let mut happens = vec![0; plan.stages.len()];
    for (position, stage) in order.iter().enumerate() {
        happens[stage.0] = position;
    }
    let mut chain: Vec<StageIndex> = order.last().copied().into_iter().collect();
    while let Some(last) = chain.last() {
        let before = plan.stages[last.0].after.iter().copied();
        let Some(binding) = before.max_by_key(|before| happens[before.0]) else {
            break;
        };
        chain.push(binding);
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::super::example::{day, plan, stage};
    use super::super::{StageIndex, Window};
    use super::*;

    fn example() -> Plan {
        let mut plan = plan(vec![
            stage("pilot", "2014-02-01", &[]),
            stage("wave-1", "2014-03-01", &[0]),
            stage("chat", "2014-02-20", &[0]),
            stage("retire", "2014-05-01", &[1, 2]),
        ]);
        plan.stages[0].window = Some(Window {
            from: Some(day("2014-01-20")),
            until: Some(day("2014-02-10")),
        });
        plan.end = Some(day("2014-06-30"));
        plan
    }

    #[test]
    fn earliest_and_latest_days_go_through_the_whole_graph() {
        let rooms = rooms(&example());
        assert_eq!(rooms[0].earliest, day("2014-01-20"));
        assert_eq!(rooms[0].latest, Some(day("2014-02-10")));
        assert_eq!(rooms[3].earliest, day("2014-01-20"));
        assert_eq!(rooms[1].latest, Some(day("2014-06-30")));
    }

    #[test]
    fn slack_is_what_the_stages_that_stand_leave() {
        let rooms = rooms(&example());
        assert_eq!((rooms[0].sooner, rooms[0].slack), (12, Some(9)));
        assert_eq!((rooms[2].sooner, rooms[2].slack), (19, Some(70)));
        assert_eq!((rooms[3].sooner, rooms[3].slack), (61, Some(60)));
    }

    #[test]
    fn without_an_end_the_last_stage_has_no_latest_day() {
        let mut plan = example();
        plan.end = None;
        let rooms = rooms(&plan);
        assert_eq!((rooms[3].latest, rooms[3].slack), (None, None));
        assert_eq!(rooms[1].latest, None);
        assert_eq!(rooms[0].latest, Some(day("2014-02-10")));
    }

    #[test]
    fn the_critical_chain_goes_over_the_stage_that_stands_latest() {
        assert_eq!(
            critical_chain(&example()),
            [StageIndex(0), StageIndex(1), StageIndex(3)]
        );
    }
}
