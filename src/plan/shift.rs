//! Other dates for the stages: who moves along, and what stands in the way.
//!
//! In: a plan whose dates agree with each other, and the stages that shall stand elsewhere. Out: the dates of all stages, and
//! every [`Obstacle`] that would make a plan file with these dates a wrong one (contract section 3). The plan itself is never
//! changed here; [`Plan::on`] makes a copy with the dates.

use std::collections::BTreeSet;
use std::collections::VecDeque;

use chrono::{Days, NaiveDate};

use super::{Plan, StageIndex, Window, stage_order};
use crate::diagnostic::Diagnostic;

/// What stages do that come after a stage that moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Followers {
    /// They stay where they stand.
    #[default]
    Stay,
    /// They move along by as many days, those that come after them too.
    MoveAlong,
}

/// The date of every stage of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dates(Vec<NaiveDate>);

impl Dates {
    /// The dates as the plan has them.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self(plan.stages.iter().map(|stage| stage.date).collect())
    }

    /// The date of a stage.
    #[must_use]
    pub fn get(&self, stage: StageIndex) -> NaiveDate {
        self.0[stage.0]
    }

    /// The same dates, but for some stages that all move by so many days (backwards where negative).
    #[must_use]
    pub fn moved(&self, stages: &BTreeSet<StageIndex>, days: i64) -> Self {
        let mut dates = self.clone();
        for stage in stages {
            dates.0[stage.0] = later(dates.0[stage.0], days);
        }
        dates
    }

    /// The later one of both dates of each stage.
    #[must_use]
    pub fn or_later(&self, other: &Self) -> Self {
        let both = self.0.iter().zip(&other.0);
        Self(both.map(|(&one, &other)| one.max(other)).collect())
    }
}

/// The last day that a plan file can hold.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("that is a day");

/// A day so many days later (or earlier); the calendar's end where there is no such day.
fn later(day: NaiveDate, days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    if days < 0 {
        day.checked_sub_days(count).unwrap_or(NaiveDate::MIN)
    } else {
        day.checked_add_days(count).unwrap_or(NaiveDate::MAX)
    }
}

impl Plan {
    /// The same plan with other dates for its stages.
    #[must_use]
    pub fn on(&self, dates: &Dates) -> Self {
        let mut plan = self.clone();
        for (stage, &date) in plan.stages.iter_mut().zip(&dates.0) {
            stage.date = date;
        }
        plan
    }
}

/// The stages that come after some stages through `after`, directly or not, without those themselves.
#[must_use]
pub fn followers(plan: &Plan, stages: &BTreeSet<StageIndex>) -> BTreeSet<StageIndex> {
    let mut found = BTreeSet::new();
    for stage in stage_order(plan) {
        let comes_after = plan.stages[stage.0]
            .after
            .iter()
            .any(|before| stages.contains(before) || found.contains(before));
        if comes_after && !stages.contains(&stage) {
            found.insert(stage);
        }
    }
    found
}

/// The dates of all stages once some of them stand elsewhere.
///
/// With [`Followers::MoveAlong`] a stage that comes after moved ones moves by as many days as the one of these that moves
/// furthest towards the future; a stage that is itself among the shifts stands where it was told to.
#[must_use]
pub fn shifted(plan: &Plan, shifts: &[(StageIndex, NaiveDate)], along: Followers) -> Dates {
    let mut dates = Dates::of(plan);
    let mut moved_by: Vec<Option<i64>> = vec![None; plan.stages.len()];
    for &(stage, date) in shifts {
        moved_by[stage.0] = Some((date - plan.stages[stage.0].date).num_days());
    }
    if along == Followers::MoveAlong {
        for stage in stage_order(plan) {
            if moved_by[stage.0].is_none() {
                let before = plan.stages[stage.0].after.iter();
                moved_by[stage.0] = before.filter_map(|before| moved_by[before.0]).max();
            }
        }
    }
    for (date, days) in dates.0.iter_mut().zip(moved_by) {
        *date = later(*date, days.unwrap_or(0));
    }
    dates
}

/// Why a stage cannot stand on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It would stand before a stage that it comes after.
    After {
        /// The stage.
        stage: StageIndex,
        /// The one that it comes after.
        before: StageIndex,
    },
    /// It would stand on or before the day that the inventory describes.
    Baseline(StageIndex),
    /// It would stand after the plan's end.
    End(StageIndex),
    /// It would stand outside its window.
    Window(StageIndex),
    /// A plan file has no such day.
    Calendar(StageIndex),
}

/// Everything that is wrong with these dates, in order of the stages; empty where the plan can have them.
#[must_use]
pub fn obstacles(plan: &Plan, dates: &Dates) -> Vec<Obstacle> {
    let mut found = Vec::new();
    for (position, stage) in plan.stages.iter().enumerate() {
        let index = StageIndex(position);
        let day = dates.get(index);
        if day <= plan.baseline {
            found.push(Obstacle::Baseline(index));
        }
        if day > LAST_DAY {
            found.push(Obstacle::Calendar(index));
        } else if plan.end.is_some_and(|end| day > end) {
            found.push(Obstacle::End(index));
        }
        if stage.window.is_some_and(|window| !window.holds(day)) {
            found.push(Obstacle::Window(index));
        }
        let broken = stage
            .after
            .iter()
            .filter(|&&before| dates.get(before) > day);
        found.extend(broken.map(|&before| Obstacle::After {
            stage: index,
            before,
        }));
    }
    found
}

/// How far stages may move together while all others stand: first and last number of days from where they stand now, both
/// included; `None` where nothing holds them.
///
/// In: a plan whose dates agree with each other, so that zero always lies between the two.
#[must_use]
pub fn room(plan: &Plan, stages: &BTreeSet<StageIndex>) -> (i64, Option<i64>) {
    let mut first = i64::MIN;
    let mut last = i64::MAX;
    let mut not_before = |day: NaiveDate, own: NaiveDate| first = first.max((day - own).num_days());
    let mut not_after = |day: NaiveDate, own: NaiveDate| last = last.min((day - own).num_days());
    for (position, stage) in plan.stages.iter().enumerate() {
        let moves = stages.contains(&StageIndex(position));
        for before in &stage.after {
            let other = plan.stages[before.0].date;
            match (moves, stages.contains(before)) {
                (true, false) => not_before(other, stage.date),
                (false, true) => not_after(stage.date, other),
                _ => {}
            }
        }
        if moves {
            not_before(later(plan.baseline, 1), stage.date);
            let window = stage.window.unwrap_or_default();
            if let Some(from) = window.from {
                not_before(from, stage.date);
            }
            for until in [plan.end, window.until].into_iter().flatten() {
                not_after(until, stage.date);
            }
        }
    }
    (first, (last < i64::MAX).then_some(last))
}

impl Window {
    /// The window for a person, as in "2014-01-20 to 2014-03-01".
    #[must_use]
    pub fn describe(self) -> String {
        match (self.from, self.until) {
            (Some(from), Some(until)) => format!("{from} to {until}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(until)) => format!("until {until}"),
            (None, None) => "any day".to_owned(),
        }
    }

    /// May a stage stand on this day?
    #[must_use]
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// The stages that a moved stage runs into: itself, then all that come after it and would stand before it, in order.
fn chain(plan: &Plan, dates: &Dates, moved: StageIndex) -> Vec<StageIndex> {
    let day = dates.get(moved);
    let mut chain = vec![moved];
    let mut queue = VecDeque::from([moved]);
    while let Some(at) = queue.pop_front() {
        for (position, stage) in plan.stages.iter().enumerate() {
            let index = StageIndex(position);
            let is_next = stage.after.contains(&at) && dates.get(index) < day;
            if is_next && !chain.contains(&index) {
                chain.push(index);
                queue.push_back(index);
            }
        }
    }
    chain
}

impl Obstacle {
    /// One sentence that says what is in the way, for a person; without a full stop.
    #[must_use]
    pub fn describe(&self, plan: &Plan, dates: &Dates) -> String {
        let name = |stage: StageIndex| format!("\"{}\"", plan.stages[stage.0].id);
        match *self {
            Self::After { stage, before } => format!(
                "stage {} would stand on {}, before {} on {}, which it comes after",
                name(stage),
                dates.get(stage),
                name(before),
                dates.get(before)
            ),
            Self::Baseline(stage) => format!(
                "stage {} would stand on {}, which is not after the baseline {}",
                name(stage),
                dates.get(stage),
                plan.baseline
            ),
            Self::End(stage) => format!(
                "stage {} would stand on {}, after the plan's end{}",
                name(stage),
                dates.get(stage),
                plan.end.map_or(String::new(), |end| format!(" {end}"))
            ),
            Self::Window(stage) => format!(
                "stage {} would stand on {}, outside its window ({})",
                name(stage),
                dates.get(stage),
                plan.stages[stage.0]
                    .window
                    .map_or_else(String::new, Window::describe)
            ),
            Self::Calendar(stage) => format!(
                "stage {} would stand after {LAST_DAY}, the last day that a plan can name",
                name(stage)
            ),
        }
    }

    /// The obstacle as a diagnostic, with the chain of stages concerned and what to do.
    #[must_use]
    pub fn diagnostic(&self, plan: &Plan, dates: &Dates, along: Followers) -> Diagnostic {
        let message = self.describe(plan, dates);
        let problem = |code| Diagnostic::error(code, message.clone());
        match *self {
            Self::After { before, stage } => {
                let id = |stage: StageIndex| plan.stages[stage.0].id.as_str();
                let chain: Vec<&str> = match chain(plan, dates, before) {
                    chain if dates.get(before) != plan.stages[before.0].date => {
                        chain.into_iter().map(id).collect()
                    }
                    _ => vec![id(before), id(stage)],
                };
                let chain = chain.join(" -> ");
                problem("shift-breaks-after").help(match along {
                    Followers::Stay => format!(
                        "these belong together: {chain}; move them all, or let what comes after move along with --cascade"
                    ),
                    Followers::MoveAlong => format!("these belong together: {chain}; move \"{}\" too", id(before)),
                })
            }
            Self::Baseline(_) => problem("shift-before-baseline")
                .help("the baseline is the day the inventory describes; stages come later"),
            Self::End(_) => problem("shift-after-end")
                .help("choose an earlier day, or move `end` of [plan] in the plan file"),
            Self::Window(_) => problem("shift-outside-window")
                .help("both days of a window are included; choose a day inside, or widen it in the plan file"),
            Self::Calendar(_) => problem("shift-beyond-calendar").help("choose an earlier day"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{day, plan, stage};
    use super::*;

    fn set(stages: &[usize]) -> BTreeSet<StageIndex> {
        stages.iter().map(|&stage| StageIndex(stage)).collect()
    }

    /// pilot -> wave-1 -> wave-2 -> retire, and chat on its own.
    fn chain_plan() -> Plan {
        plan(vec![
            stage("pilot", "2014-02-01", &[]),
            stage("wave-1", "2014-03-01", &[0]),
            stage("wave-2", "2014-04-01", &[1]),
            stage("retire", "2014-05-01", &[2, 4]),
            stage("chat", "2014-04-15", &[]),
        ])
    }

    #[test]
    fn followers_are_found_through_others() {
        let plan = chain_plan();
        assert_eq!(followers(&plan, &set(&[1])), set(&[2, 3]));
        assert_eq!(followers(&plan, &set(&[3])), set(&[]));
    }

    #[test]
    fn what_comes_after_moves_by_as_many_days() {
        let plan = chain_plan();
        let shifts = [(StageIndex(1), day("2014-03-11"))];
        let dates = shifted(&plan, &shifts, Followers::MoveAlong);
        assert_eq!(dates.get(StageIndex(2)), day("2014-04-11"));
        assert_eq!(dates.get(StageIndex(3)), day("2014-05-11"));
        assert_eq!(dates.get(StageIndex(4)), day("2014-04-15"));
        let alone = shifted(&plan, &shifts, Followers::Stay);
        assert_eq!(alone.get(StageIndex(2)), day("2014-04-01"));
    }

    #[test]
    fn a_stage_that_was_told_where_to_stand_does_not_move_along() {
        let plan = chain_plan();
        let shifts = [
            (StageIndex(1), day("2014-03-11")),
            (StageIndex(2), day("2014-04-03")),
        ];
        let dates = shifted(&plan, &shifts, Followers::MoveAlong);
        assert_eq!(dates.get(StageIndex(2)), day("2014-04-03"));
        assert_eq!(dates.get(StageIndex(3)), day("2014-05-03"));
    }

    #[test]
    fn a_broken_dependency_names_the_whole_chain() {
        let plan = chain_plan();
        let dates = shifted(
            &plan,
            &[(StageIndex(1), day("2014-06-01"))],
            Followers::Stay,
        );
        let found = obstacles(&plan, &dates);
        assert_eq!(
            found,
            [Obstacle::After {
                stage: StageIndex(2),
                before: StageIndex(1)
            }]
        );
        let problem = found[0].diagnostic(&plan, &dates, Followers::Stay);
        assert_eq!(
            problem.message,
            "stage \"wave-2\" would stand on 2014-04-01, before \"wave-1\" on 2014-06-01, which it comes after"
        );
        assert!(
            problem
                .help
                .is_some_and(|help| help.contains("wave-1 -> wave-2 -> retire"))
        );
    }

    #[test]
    fn every_limit_of_the_plan_is_an_obstacle() {
        let mut plan = chain_plan();
        plan.end = Some(day("2014-12-31"));
        plan.stages[0].window = Some(Window {
            from: Some(day("2014-01-20")),
            until: None,
        });
        let on = |stage, date| shifted(&plan, &[(StageIndex(stage), day(date))], Followers::Stay);
        assert_eq!(
            obstacles(&plan, &on(0, "2014-01-19")),
            [Obstacle::Window(StageIndex(0))]
        );
        assert_eq!(
            obstacles(&plan, &on(4, "2014-01-06")),
            [Obstacle::Baseline(StageIndex(4))]
        );
        assert_eq!(
            obstacles(&plan, &on(3, "2015-01-01")),
            [Obstacle::End(StageIndex(3))]
        );
        assert_eq!(obstacles(&plan, &on(3, "2014-12-31")), []);
    }

    #[test]
    fn the_room_of_a_block_is_where_nothing_is_in_the_way() {
        let mut plan = chain_plan();
        plan.end = Some(day("2014-05-21"));
        // wave-1 and wave-2 together: pilot 28 days before, retire 30 days after wave-2.
        assert_eq!(room(&plan, &set(&[1, 2])), (-28, Some(30)));
        // retire alone: chat stands 16 days before it, the plan ends 20 days after it.
        assert_eq!(room(&plan, &set(&[3])), (-16, Some(20)));
        // chat alone: the baseline, and retire.
        assert_eq!(room(&plan, &set(&[4])), (-98, Some(16)));
        plan.end = None;
        assert_eq!(room(&plan, &set(&[3])).1, None);
    }
}
