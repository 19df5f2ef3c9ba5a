//! A sweep is what day-by-day runs say, in as few intervals as can be.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use cutover::model::{Capability, Reading};
use cutover::plan::shift::Followers;
use cutover::sweep::{self, Answer, Question, Sweep, Verdict};
use proptest::prelude::*;

use crate::stories::{Stage, Story, day, stories};
use crate::support::{Case, KNOWLEDGE};

/// What one day says: findings without dates, who loses what, and where losses begin and end.
pub struct Day {
    pub findings: BTreeSet<Vec<String>>,
    pub lost: BTreeMap<String, u64>,
    /// Capability, first day, and the day before which it ends.
    spells: Vec<(String, NaiveDate, Option<NaiveDate>)>,
    pub last_judged: NaiveDate,
}

impl Day {
    pub fn new(case: &Case, reading: Reading) -> Self {
        let lines = case.findings(reading);
        let mut open: BTreeMap<(String, String), NaiveDate> = BTreeMap::new();
        let mut losers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut spells = Vec::new();
        let mut findings = BTreeSet::new();
        for line in &lines {
            let who = (line[2].clone(), line[3].clone());
            let date = day(&line[1]);
            if let Some(since) = open.remove(&who) {
                spells.push((who.1.clone(), since, Some(date)));
            }
            if line[6] == "lost" {
                losers
                    .entry(who.1.clone())
                    .or_default()
                    .insert(who.0.clone());
                open.insert(who, date);
            }
            let mut without_date = line.clone();
            without_date.remove(1);
            findings.insert(without_date);
        }
        let endless = open.into_iter();
        spells.extend(endless.map(|((_, capability), since)| (capability, since, None)));
        let judged = case.outcomes(Reading::Judged);
        Self {
            findings,
            lost: losers
                .into_iter()
                .map(|(capability, users)| (capability, users.len() as u64))
                .collect(),
            spells,
            last_judged: judged.last().expect("the baseline is there").event.date,
        }
    }

    pub fn user_days(&self, horizon: NaiveDate) -> BTreeMap<String, i64> {
        let mut user_days = BTreeMap::new();
        for (capability, since, until) in &self.spells {
            let until = until.map_or(horizon, |until| until.min(horizon));
            *user_days.entry(capability.clone()).or_default() += (until - *since).num_days().max(0);
        }
        user_days.retain(|_, days| *days > 0);
        user_days
    }
}

pub fn by_name(figures: &[u64; Capability::COUNT]) -> BTreeMap<String, i64> {
    Capability::ALL
        .iter()
        .zip(figures)
        .filter(|(_, figure)| **figure > 0)
        .map(|(capability, figure)| (capability.id().to_owned(), *figure as i64))
        .collect()
}

fn swept(story: &Story, from: NaiveDate, to: NaiveDate) -> Sweep {
    let planned = story.stages[story.moving[0]].date;
    let case = story
        .case_on(planned)
        .expect("the plan as written is a good one");
    let stages = story.moving.iter().map(|stage| {
        case.plan
            .stage_named(&format!("s{stage}"))
            .expect("the plan has the stage")
    });
    let question = Question {
        stages: stages.collect(),
        along: story.along,
        from,
        to,
        reading: story.reading,
    };
    sweep::run(
        &case.plan,
        &case.inventory,
        &KNOWLEDGE,
        &question,
        &mut |_, _| {},
    )
}

/// Every sentence of contract 5.5, against runs on every single day.
fn check(story: &Story, from: NaiveDate, to: NaiveDate) -> Result<(), TestCaseError> {
    let sweep = swept(story, from, to);
    let days: BTreeMap<NaiveDate, Option<Day>> = from
        .iter_days()
        .take_while(|&day| day <= to)
        .map(|day| {
            (
                day,
                story
                    .case_on(day)
                    .map(|case| Day::new(&case, story.reading)),
            )
        })
        .collect();
    let latest = days.values().flatten().map(|day| day.last_judged).max();
    let horizon = story.end.or(latest);
    let mut next = from;
    for interval in &sweep.intervals {
        prop_assert_eq!(interval.first_day, next, "no gaps");
        prop_assert!(interval.last_day >= interval.first_day);
        next = interval.last_day + Days::new(1);
        for day in interval.first_day.iter_days().take_while(|&day| day < next) {
            let brute = &days[&day];
            prop_assert_eq!(
                brute.is_some(),
                matches!(interval.verdict, Verdict::Feasible(_)),
                "{} {:#?}",
                day,
                interval
            );
            let (Some(brute), Verdict::Feasible(answer)) = (brute, &interval.verdict) else {
                continue;
            };
            let first = days[&interval.first_day]
                .as_ref()
                .expect("its days are feasible");
            prop_assert_eq!(
                &brute.findings,
                &first.findings,
                "{} in {} to {}",
                day,
                interval.first_day,
                interval.last_day
            );
            let lost: BTreeMap<String, u64> = by_name(&answer.lost)
                .into_iter()
                .map(|(name, users)| (name, users as u64))
                .collect();
            prop_assert_eq!(&brute.lost, &lost);
            let horizon = horizon.expect("a feasible day has events");
            prop_assert_eq!(horizon, sweep.horizon);
            let told = interval
                .user_days_on(day)
                .expect("a feasible day has user-days");
            prop_assert_eq!(brute.user_days(horizon), by_name(&told), "{}", day);
        }
    }
    prop_assert_eq!(next, to + Days::new(1), "the range is covered");
    for pair in sweep.intervals.windows(2) {
        let (Verdict::Feasible(one), Verdict::Feasible(other)) =
            (&pair[0].verdict, &pair[1].verdict)
        else {
            let both = [&pair[0].verdict, &pair[1].verdict];
            prop_assert!(
                both.iter()
                    .any(|verdict| matches!(verdict, Verdict::Feasible(_))),
                "two infeasible neighbors"
            );
            continue;
        };
        let findings = |day: NaiveDate| &days[&day].as_ref().expect("feasible").findings;
        let differ = findings(pair[0].last_day) != findings(pair[1].first_day);
        prop_assert!(
            differ || !is_one_line((one, pair[0].days()), (other, pair[1].days())),
            "{:#?}",
            pair
        );
    }
    Ok(())
}

/// Could user-days of two neighbors be one linear stretch?
fn is_one_line((one, days): (&Answer, i64), (other, others): (&Answer, i64)) -> bool {
    (0..Capability::COUNT).all(|index| {
        let points = [
            one.first[index],
            one.last[index],
            other.first[index],
            other.last[index],
        ]
        .map(|n| n as i64);
        let places = [0, days - 1, days, days + others - 1];
        let line = |a: usize, b: usize, c: usize| {
            (points[b] - points[a]) * (places[c] - places[b])
                == (points[c] - points[b]) * (places[b] - places[a])
        };
        line(0, 1, 2) && line(1, 2, 3) && line(0, 2, 3)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_sweep_is_what_runs_on_every_day_say_in_as_few_intervals_as_can_be(story in stories()) {
        prop_assume!(story.case_on(story.stages[story.moving[0]].date).is_some());
        check(&story, day("2014-06-12"), day("2014-07-12"))?;
    }
}

#[test]
fn the_planned_dates_are_kept_where_nothing_moves() {
    let story = Story {
        rows: vec!["a@x,r2,communicator-2007-r2,,,aol".to_owned()],
        stages: vec![Stage {
            date: day("2014-06-25"),
            after: Vec::new(),
            window: None,
            operation: "move = [{ from = [\"r2\"], to = \"l13\" }]".to_owned(),
        }],
        end: Some(day("2014-07-10")),
        is_reversed: false,
        along: Followers::Stay,
        moving: vec![0],
        reading: Reading::Judged,
    };
    assert_eq!(story.dates(day("2014-06-25")), story.planned());
    let sweep = swept(&story, day("2014-06-10"), day("2014-07-20"));
    let days: Vec<(String, String, bool)> = sweep
        .intervals
        .iter()
        .map(|interval| {
            let is_feasible = matches!(interval.verdict, Verdict::Feasible(_));
            (
                interval.first_day.to_string(),
                interval.last_day.to_string(),
                is_feasible,
            )
        })
        .collect();
    let expected = [
        ("2014-06-10", "2014-06-15", false),
        ("2014-06-16", "2014-07-10", true),
        ("2014-07-11", "2014-07-20", false),
    ];
    assert_eq!(
        days,
        expected.map(|(first, last, is_feasible)| (first.to_owned(), last.to_owned(), is_feasible))
    );
}
