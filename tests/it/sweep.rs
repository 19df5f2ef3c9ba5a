//! A sweep is what day-by-day runs say, in as few intervals as can be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::{Days, NaiveDate};
use cutover::model::{Capability, Reading};
use cutover::plan;
use cutover::plan::shift::Followers;
use cutover::sweep::{self, Answer, Question, Sweep, Verdict};
use proptest::prelude::*;

use crate::support::{Case, KNOWLEDGE, POOLS, import, with_header};

/// A stage as a test writes it, so that it can be written again with another date.
#[derive(Clone, Debug)]
struct Stage {
    date: NaiveDate,
    /// Positions of stages before it in the list.
    after: Vec<usize>,
    window: Option<(NaiveDate, NaiveDate)>,
    operation: String,
}

#[derive(Clone, Debug)]
struct Story {
    rows: Vec<String>,
    stages: Vec<Stage>,
    end: Option<NaiveDate>,
    /// In which order the stages stand in the file.
    is_reversed: bool,
    along: Followers,
    moving: Vec<usize>,
    reading: Reading,
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a test writes days well")
}

fn first_day() -> NaiveDate {
    day("2014-06-20")
}

/// Days on which much happens: licenses end on the 29th and 30th of June, services on the 30th and the 1st.
fn stage_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..16).prop_map(|days| first_day() + Days::new(days))
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    proptest::sample::select(texts)
}

/// People who have something to lose.
fn rows() -> impl Strategy<Value = Vec<String>> {
    let clients = one_of(&[
        "communicator-2007-r2",
        "communicator-2007-r2;live-meeting-2007",
        "communicator-2007;ocs-2007-r2-group-chat",
        "lync-2010",
        "lync-2010;lync-2010-group-chat",
        "lync-2013",
        "lync-phone-edition",
        "lync-2010-mobile",
        "live-meeting-2007",
        "FooChat 1.0",
    ]);
    let providers = one_of(&["", "aol", "yahoo", "aol;yahoo", "skype;yahoo"]);
    let license = one_of(&["", "", "2014-06-22", "2014-06-27", "2014-06-29"]);
    let pool = one_of(&["r2", "r2", "l10", "l10", "l13"]);
    let row = (pool, clients, one_of(&["IT", "HR"]), providers, license);
    proptest::collection::vec(row, 2..9).prop_map(|rows| {
        let numbered = rows.into_iter().enumerate();
        numbered
            .map(
                |(number, (pool, clients, department, providers, license))| {
                    format!("user{number}@x,{pool},{clients},{department},,{providers},,{license}")
                },
            )
            .collect()
    })
}

/// Changes that matter to them.
fn operation() -> impl Strategy<Value = String> {
    let filter = || {
        one_of(&[
            "",
            "",
            ", where = { department = \"IT\" }",
            ", where = { department = \"HR\" }",
            ", where = { sip = \"user1@x\" }",
        ])
    };
    let way = one_of(&[
        "from = [\"r2\"], to = \"l10\"",
        "from = [\"r2\"], to = \"l13\"",
        "from = [\"l10\"], to = \"l13\"",
        "from = [\"r2\", \"l10\"], to = \"l13\"",
        "from = [\"l13\"], to = \"l10\"",
    ]);
    let moved = (
        way,
        filter(),
        one_of(&["", "", "", ", limit = 1", ", limit = 2"]),
    )
        .prop_map(|(way, filter, limit)| format!("move = [{{ {way}{filter}{limit} }}]"));
    let change = one_of(&[
        "replace = [\"communicator-2007-r2\", \"communicator-2007\"], with = \"lync-2010\"",
        "replace = [\"communicator-2007-r2\", \"lync-2010\"], with = \"lync-2013\"",
        "replace = [\"lync-2010\", \"lync-2013\"], with = \"communicator-2007-r2\"",
        "add = \"lync-web-app-2013\"",
        "remove = [\"lync-2010\", \"communicator-2007\"]",
    ]);
    let changed = (change, filter())
        .prop_map(|(change, filter)| format!("client = [{{ {change}{filter} }}]"));
    let migrated = one_of(&[
        "migrate-chat = [{ chat = \"chat\", to = \"lync-server-2013\" }]",
        "migrate-chat = [{ chat = \"chat\", to = \"lync-server-2010\" }]",
    ])
    .prop_map(str::to_owned);
    let both =
        (moved.clone(), changed.clone()).prop_map(|(moved, changed)| moved + "\n" + &changed);
    prop_oneof![3 => moved, 2 => changed, 2 => both, 1 => migrated]
}

fn stages() -> impl Strategy<Value = Vec<Stage>> {
    let stage = (
        stage_day(),
        proptest::collection::vec(0_usize..12, 0..2),
        proptest::option::weighted(0.1, (0_u64..9, 0_u64..9)),
        operation(),
    );
    proptest::collection::vec(stage, 2..7).prop_map(|drafts| {
        let mut stages: Vec<Stage> = Vec::new();
        for (date, after, window, operation) in drafts {
            // Only what agrees with the dates, so that the plan as written is a good one.
            let after = after
                .into_iter()
                .filter(|&before| stages.get(before).is_some_and(|stage| stage.date <= date));
            let after: BTreeSet<usize> = after.collect();
            stages.push(Stage {
                date,
                after: after.into_iter().collect(),
                window: window
                    .map(|(before, behind)| (date - Days::new(before), date + Days::new(behind))),
                operation,
            });
        }
        stages
    })
}

fn stories() -> impl Strategy<Value = Story> {
    let along = prop_oneof![Just(Followers::Stay), Just(Followers::MoveAlong)];
    (
        rows(),
        stages(),
        proptest::option::of(18_u64..25),
        any::<bool>(),
        along,
        proptest::collection::vec(0_usize..6, 1..3),
        proptest::sample::select(Reading::ALL),
    )
        .prop_map(|(rows, stages, end, is_reversed, along, moving, reading)| {
            let mut distinct: Vec<usize> = Vec::new();
            for stage in moving.iter().map(|stage| stage % stages.len()) {
                if !distinct.contains(&stage) {
                    distinct.push(stage);
                }
            }
            Story {
                rows,
                end: end.map(|days| first_day() + Days::new(days)),
                stages,
                is_reversed,
                along,
                moving: distinct,
                reading,
            }
        })
}

impl Story {
    fn text(&self, dates: &[NaiveDate]) -> String {
        let end = self
            .end
            .map_or(String::new(), |end| format!("end = {end}\n"));
        let mut text = format!(
            "[plan]\nname = \"t\"\nbaseline = 2014-06-15\n{end}{POOLS}\
             [[chat]]\nid = \"chat\"\nserver = \"lync-server-2010\"\n\
             [pic]\nprovisioned = [\"aol\", \"yahoo\", \"skype\"]\nyahoo-license-until = 2014-06-24\n"
        );
        let mut order: Vec<usize> = (0..self.stages.len()).collect();
        if self.is_reversed {
            order.reverse();
        }
        for position in order {
            let stage = &self.stages[position];
            let after: Vec<String> = stage
                .after
                .iter()
                .map(|before| format!("\"s{before}\""))
                .collect();
            let _ = writeln!(
                text,
                "[[stage]]\nid = \"s{position}\"\ndate = {}\nafter = [{}]\n{}",
                dates[position],
                after.join(", "),
                stage.operation
            );
            if let Some((from, until)) = stage.window {
                let _ = writeln!(text, "window = {{ from = {from}, until = {until} }}");
            }
        }
        text
    }

    /// The stages that move: those asked for, and with a cascade all that come after them.
    fn members(&self) -> BTreeSet<usize> {
        let mut members: BTreeSet<usize> = self.moving.iter().copied().collect();
        if self.along == Followers::MoveAlong {
            // A stage comes after earlier ones of the list only.
            for (position, stage) in self.stages.iter().enumerate() {
                if stage.after.iter().any(|before| members.contains(before)) {
                    members.insert(position);
                }
            }
        }
        members
    }

    fn dates(&self, of_first: NaiveDate) -> Vec<NaiveDate> {
        let days = of_first - self.stages[self.moving[0]].date;
        let members = self.members();
        let stages = self.stages.iter().enumerate();
        stages
            .map(|(position, stage)| {
                if members.contains(&position) {
                    stage.date + days
                } else {
                    stage.date
                }
            })
            .collect()
    }

    fn planned(&self) -> Vec<NaiveDate> {
        self.stages.iter().map(|stage| stage.date).collect()
    }

    /// The plan with the first stage on a day; `None` where the plan's own reader refuses it.
    fn case_on(&self, of_first: NaiveDate) -> Option<Case> {
        let text = self.text(&self.dates(of_first));
        let (plan, _) = plan::read(&text, "plan.toml", &KNOWLEDGE);
        let plan = plan?;
        let rows: Vec<&str> = self.rows.iter().map(String::as_str).collect();
        let inventory = import(&[&with_header(&rows)], &plan);
        Some(Case { plan, inventory })
    }
}

/// What one day says: findings without dates, who loses what, and where losses begin and end.
struct Day {
    findings: BTreeSet<Vec<String>>,
    lost: BTreeMap<String, u64>,
    /// Capability, first day, and the day before which it ends.
    spells: Vec<(String, NaiveDate, Option<NaiveDate>)>,
    last_judged: NaiveDate,
}

impl Day {
    fn new(case: &Case, reading: Reading) -> Self {
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

    fn user_days(&self, horizon: NaiveDate) -> BTreeMap<String, i64> {
        let mut user_days = BTreeMap::new();
        for (capability, since, until) in &self.spells {
            let until = until.map_or(horizon, |until| until.min(horizon));
            *user_days.entry(capability.clone()).or_default() += (until - *since).num_days().max(0);
        }
        user_days.retain(|_, days| *days > 0);
        user_days
    }
}

fn by_name(figures: &[u64; Capability::COUNT]) -> BTreeMap<String, i64> {
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
