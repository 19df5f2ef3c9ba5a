//! How much room the dates of the stages have.
//!
//! In: a plan whose dates agree with each other. Out: for each stage the earliest and the latest date that `after`, the windows,
//! the baseline and the plan's end leave it, how far it can move while all others stand, and the chain of stages without room
//! to spare.

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

/// The critical chain, first stage first.
///
/// A stage counts as taking as many days as the plan leaves it until the nearest stage that comes after it. The critical chain is
/// the longest chain of such days through `after` that ends with the plan's last stage: there is no room to spare between its
/// stages, and the plan ends earlier only if one of them does. Of chains of the same length the one over later stages is taken.
#[must_use]
pub fn critical_chain(plan: &Plan) -> Vec<StageIndex> {
    let order = stage_order(plan);
    let takes = durations(plan);
    let mut happens = vec![0; plan.stages.len()];
    for (position, stage) in order.iter().enumerate() {
        happens[stage.0] = position;
    }
    // The longest way to each stage, and the stage before it on that way.
    let mut longest: Vec<(i64, Option<StageIndex>)> = vec![(0, None); plan.stages.len()];
    for stage in &order {
        let before = plan.stages[stage.0].after.iter();
        let ways = before.map(|&before| (longest[before.0].0 + takes[before.0], before));
        if let Some((days, before)) = ways.max_by_key(|&(days, before)| (days, happens[before.0])) {
            longest[stage.0] = (days, Some(before));
        }
    }
    let mut chain: Vec<StageIndex> = order.last().copied().into_iter().collect();
    while let Some(before) = chain.last().and_then(|stage| longest[stage.0].1) {
        chain.push(before);
    }
    chain.reverse();
    chain
}

/// The days from each stage to the nearest one that comes after it; none where no stage does.
fn durations(plan: &Plan) -> Vec<i64> {
    let mut takes: Vec<Option<i64>> = vec![None; plan.stages.len()];
    for stage in &plan.stages {
        for before in &stage.after {
            let days = (stage.date - plan.stages[before.0].date).num_days();
            let takes = &mut takes[before.0];
            *takes = Some(takes.map_or(days, |known| known.min(days)));
        }
    }
    takes.into_iter().map(|days| days.unwrap_or(0)).collect()
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
    fn the_critical_chain_has_no_room_between_its_stages() {
        // pilot leaves 19 days to chat and 28 to wave-1, so nothing is to spare before chat, but nine days before wave-1;
        // wave-1 takes 61 days and chat 70.
        assert_eq!(
            critical_chain(&example()),
            [StageIndex(0), StageIndex(2), StageIndex(3)]
        );
    }

    #[test]
    fn a_long_wait_before_a_stage_is_room_and_not_critical() {
        let plan = plan(vec![
            stage("wave-1", "2014-02-22", &[]),
            stage("wave-2", "2014-03-08", &[0]),
            stage("pilot", "2014-06-14", &[1]),
            stage("clients", "2014-06-21", &[0]),
            stage("london", "2014-07-12", &[2, 3]),
        ]);
        let chain: Vec<usize> = critical_chain(&plan).iter().map(|stage| stage.0).collect();
        assert_eq!(chain, [0, 1, 2, 4]);
    }
}
