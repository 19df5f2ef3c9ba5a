//! A grid is what runs on every pair of days say.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use cutover::model::Capability;
use cutover::plan::shift::Followers;
use cutover::sweep::grid::{self, Cell, Grid, Question, Range};
use cutover::sweep::weight::{Weights, ranked_cells};
use proptest::prelude::*;

use cutover::report::grid as report;

use crate::pages::root;
use crate::program::cutover;
use crate::stories::{Story, day, stories};
use crate::support::{Case, KNOWLEDGE, stage};
use crate::sweep::{Day, by_name};

type Pair = [NaiveDate; 2];

/// Two stages and the ranges of days on which they stand.
struct Asked<'s> {
    story: &'s Story,
    stages: [usize; 2],
    ranges: [Pair; 2],
}

impl Asked<'_> {
    fn grid(&self) -> Grid {
        let case = self
            .story
            .case_with(&self.story.planned())
            .expect("the plan as written is a good one");
        let ranges = [0, 1].map(|axis| Range {
            stage: case
                .plan
                .stage_named(&format!("s{}", self.stages[axis]))
                .expect("the plan has the stage"),
            from: self.ranges[axis][0],
            to: self.ranges[axis][1],
        });
        let question = Question {
            ranges,
            along: self.story.along,
            reading: self.story.reading,
        };
        grid::run(
            &case.plan,
            &case.inventory,
            &KNOWLEDGE,
            &question,
            &mut |_, _| {},
        )
    }

    /// A run for every pair of days; `None` where the plan's own reader refuses it.
    fn runs(&self) -> BTreeMap<Pair, Option<Day>> {
        let mut runs = BTreeMap::new();
        for first in days(self.ranges[0]) {
            for second in days(self.ranges[1]) {
                let told = [(self.stages[0], first), (self.stages[1], second)];
                let case = self.story.case_with(&self.story.dates_of_two(told));
                let run = case.map(|case| Day::new(&case, self.story.reading));
                runs.insert([first, second], run);
            }
        }
        runs
    }
}

fn days([from, to]: Pair) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |&day| day <= to)
}

/// Every pair of days is in one cell, which says what the run on these days says.
fn check_pairs(grid: &Grid, runs: &BTreeMap<Pair, Option<Day>>) -> Result<(), TestCaseError> {
    let mut first_of: BTreeMap<usize, &Day> = BTreeMap::new();
    for (&pair, run) in runs {
        let mut cells = (0..grid.cells.len()).filter(|&cell| grid.cells[cell].holds(pair));
        let position = cells.next().expect("every pair is in a cell");
        prop_assert!(cells.next().is_none(), "{:?} is in two cells", pair);
        let cell = &grid.cells[position];
        let Some(run) = run else {
            prop_assert!(cell.answer().is_none(), "{:?} {:#?}", pair, cell);
            continue;
        };
        let answer = cell.answer();
        prop_assert!(answer.is_some(), "{:?} {:#?}", pair, cell);
        let answer = answer.expect("just now");
        let first = first_of.entry(position).or_insert(run);
        prop_assert_eq!(&first.findings, &run.findings, "{:?}", pair);
        let lost = by_name(&answer.lost).into_iter();
        let lost: BTreeMap<String, u64> = lost.map(|(name, n)| (name, n as u64)).collect();
        prop_assert_eq!(&run.lost, &lost, "{:?}", pair);
        let told = by_name(&answer.user_days_on(pair));
        prop_assert_eq!(run.user_days(grid.horizon), told, "{:?}", pair);
    }
    Ok(())
}

/// The best pair is the best of all runs, the earliest of those that are equal.
fn check_best(grid: &Grid, runs: &BTreeMap<Pair, Option<Day>>) -> Result<(), TestCaseError> {
    let weights = Weights::default();
    let weighed = runs.iter().filter_map(|(&pair, run)| {
        let user_days = run.as_ref()?.user_days(grid.horizon);
        let days = Capability::ALL.iter().map(|capability| {
            let days = user_days.get(capability.id()).copied().unwrap_or(0);
            days as u64 * weights.get(*capability)
        });
        Some((days.sum::<u64>(), pair))
    });
    let ranked = ranked_cells(grid, &weights);
    let best = ranked.first().map(|best| (best.weighted, best.days));
    prop_assert_eq!(best, weighed.min());
    Ok(())
}

/// Where a stage's days are cut, something is another on both sides, for some day of the other stage.
fn check_points(grid: &Grid, runs: &BTreeMap<Pair, Option<Day>>) -> Result<(), TestCaseError> {
    for axis in [0, 1] {
        for point in &grid.axes[axis].points {
            let differs = runs
                .keys()
                .filter(|pair| pair[axis] == point.day)
                .any(|&after| {
                    // The day before with the other stage on the same day, or a day earlier too.
                    let mut before = after;
                    before[axis] = after[axis] - Days::new(1);
                    let mut across = before;
                    across[1 - axis] = after[1 - axis] - Days::new(1);
                    [before, across].iter().any(|before| {
                        runs.contains_key(before) && differ(grid, runs, *before, after)
                    })
                });
            prop_assert!(differs, "{:?} {:#?}", point, grid.axes);
        }
    }
    Ok(())
}

fn differ(grid: &Grid, runs: &BTreeMap<Pair, Option<Day>>, before: Pair, after: Pair) -> bool {
    let findings = |pair: &Pair| runs[pair].as_ref().map(|run| &run.findings);
    let cell = |pair| grid.cell_of(pair).expect("every pair has a cell");
    let function = |cell: &Cell| {
        let answer = cell.answer();
        answer.map(|answer| {
            let slopes = Capability::ALL
                .iter()
                .map(|&capability| answer.per_day(capability));
            (answer.user_days_on(after), slopes.collect::<Vec<_>>())
        })
    };
    findings(&before) != findings(&after) || function(cell(before)) != function(cell(after))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_grid_is_what_runs_on_every_pair_of_days_say(
        story in stories(), other in 1_usize..6, begins in (0_u64..14, 0_u64..14)
    ) {
        let first = story.moving[0];
        let second = (first + other) % story.stages.len();
        prop_assume!(first != second);
        prop_assume!(story.case_with(&story.planned()).is_some());
        let range = |begin: u64| {
            let from = day("2014-06-14") + Days::new(begin);
            [from, from + Days::new(6)]
        };
        let asked = Asked {
            story: &story,
            stages: [first, second],
            ranges: [range(begins.0), range(begins.1)],
        };
        let (grid, runs) = (asked.grid(), asked.runs());
        let latest = runs.values().flatten().map(|run| run.last_judged).max();
        if let Some(horizon) = story.end.or(latest) {
            prop_assert_eq!(grid.horizon, horizon);
        }
        check_pairs(&grid, &runs)?;
        check_best(&grid, &runs)?;
        check_points(&grid, &runs)?;
    }
}

/// Two waves, and a third stage that comes after both.
fn three_stages(along: Followers) -> Story {
    let stage = |date: &str, after: &[usize], operation: &str| crate::stories::Stage {
        date: day(date),
        after: after.to_vec(),
        window: None,
        operation: operation.to_owned(),
    };
    Story {
        rows: vec![
            "a@x,r2,communicator-2007-r2,IT,,aol".to_owned(),
            "b@x,r2,communicator-2007-r2,HR,,yahoo".to_owned(),
        ],
        stages: vec![
            stage(
                "2014-06-20",
                &[],
                "move = [{ from = [\"r2\"], to = \"l13\", where = { department = \"IT\" } }]",
            ),
            stage(
                "2014-06-21",
                &[],
                "move = [{ from = [\"r2\"], to = \"l13\", where = { department = \"HR\" } }]",
            ),
            stage(
                "2014-06-24",
                &[0, 1],
                "client = [{ replace = [\"communicator-2007-r2\"], with = \"lync-2013\" }]",
            ),
        ],
        end: Some(day("2014-07-31")),
        is_reversed: false,
        along,
        moving: vec![0],
        reading: cutover::model::Reading::Judged,
    }
}

#[test]
fn a_stage_after_both_stays_in_the_way_or_moves_as_far_as_the_later_one() {
    for along in [Followers::Stay, Followers::MoveAlong] {
        let story = three_stages(along);
        let asked = Asked {
            story: &story,
            stages: [0, 1],
            ranges: [
                [day("2014-06-18"), day("2014-07-06")],
                [day("2014-06-18"), day("2014-07-06")],
            ],
        };
        let (grid, runs) = (asked.grid(), asked.runs());
        let checks = [
            check_pairs(&grid, &runs),
            check_best(&grid, &runs),
            check_points(&grid, &runs),
        ];
        assert!(checks.iter().all(Result::is_ok), "{checks:?}");
        let is_possible = |pair| {
            grid.cell_of(pair)
                .is_some_and(|cell| cell.answer().is_some())
        };
        assert_eq!(
            is_possible([day("2014-06-25"), day("2014-06-21")]),
            along == Followers::MoveAlong
        );
    }
}

/// The grid of the page about other dates.
fn desks(options: &[&str]) -> crate::program::Ended {
    let file = |name: &str| {
        let path = root().join("fixtures/tutorial").join(name);
        path.to_str().expect("the path is UTF-8").to_owned()
    };
    let (plan, inventory) = (file("desks.toml"), file("desks.csv"));
    let mut arguments = vec!["sweep", "--plan", &plan, "--inventory", &inventory];
    arguments.extend(options);
    cutover(&arguments)
}

const RANGES: [&str; 4] = [
    "--grid",
    "telephones=2014-06-01..2014-07-31",
    "--grid",
    "wave-1=2014-06-01..2014-08-15",
];

#[test]
fn data_for_programs_says_the_user_days_of_the_planned_pair() {
    let json = desks(&[&RANGES[..], &["--format", "json"]].concat())
        .with(0)
        .out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    assert_eq!(json["grid"], serde_json::json!(["telephones", "wave-1"]));
    assert_eq!(json["points"][0][0]["day"], "2014-06-30");
    assert_eq!(
        json["points"][0][0]["passed"],
        serde_json::json!([["telephones", "aol-end"], ["telephones", "yahoo-end"]])
    );
    let date = |value: &serde_json::Value| day(value.as_str().expect("a day"));
    let planned = [date(&json["planned"][0]), date(&json["planned"][1])];
    let holds = |cell: &&serde_json::Value| {
        let lies_within = |axis: usize| {
            let days = &cell["days"][axis];
            (date(&days[0])..=date(&days[1])).contains(&planned[axis])
        };
        let apart = (planned[1] - planned[0]).num_days();
        let is_right = cell.get("apart").is_none_or(|range| {
            let end = |end: usize| range[end].as_i64().expect("a number of days");
            (end(0)..=end(1)).contains(&apart)
        });
        lies_within(0) && lies_within(1) && is_right
    };
    let cells = json["cells"].as_array().expect("a list").iter();
    let found: Vec<_> = cells.filter(holds).collect();
    assert_eq!(found.len(), 1);
    let cell = found[0];
    let aol = &cell["user_days"]["pic-aol"];
    let per_day = |axis: usize| {
        let days = (planned[axis] - date(&cell["at"][axis])).num_days();
        aol["per_day"][axis].as_i64().expect("a number") * days
    };
    assert_eq!(
        aol["at"].as_i64().expect("a number") + per_day(0) + per_day(1),
        311
    );
    assert_eq!(cell["lost"]["pic-aol"], 3);
}

#[test]
fn the_lines_for_spreadsheets_cover_every_cell() {
    let json = desks(&[&RANGES[..], &["--format", "json"]].concat())
        .with(0)
        .out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    let csv = desks(&[&RANGES[..], &["--format", "csv"]].concat())
        .with(0)
        .out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut places: Vec<Vec<String>> = reader
        .records()
        .map(|record| {
            record
                .expect("a line")
                .iter()
                .take(7)
                .map(str::to_owned)
                .collect()
        })
        .collect();
    places.dedup();
    assert_eq!(
        places.len(),
        json["cells"].as_array().expect("a list").len()
    );
    let possible = places.iter().filter(|place| place[6] == "yes").count();
    assert_eq!(possible, 4);
}

#[test]
fn the_best_pair_and_the_runner_up_are_told_alone() {
    let told = desks(&[&RANGES[..], &["--best"]].concat()).with(0).out;
    assert!(
        told.starts_with("Best: telephones on 2014-07-31, wave-1 on 2014-08-02, 2,170 weighted"),
        "{told}"
    );
    assert!(
        told.contains("Runner-up: ")
            && told.contains("As planned, on 2014-06-14 and 2014-07-12: 3,286"),
        "{told}"
    );
    assert!(!told.contains("What changes"), "{told}");
}

#[test]
fn a_grid_has_two_different_stages_that_the_plan_knows() {
    desks(&RANGES[..2]).with(2).says("a grid has two stages");
    let twice = [&RANGES[..2], &RANGES[..2]].concat();
    desks(&twice).with(2).says("stage \"telephones\" twice");
    let unknown = [&RANGES[..2], &["--grid", "wave-l=2014-06-01..2014-08-15"]].concat();
    desks(&unknown).with(2).says("did you mean \"wave-1\"?");
    desks(&["--grid", "wave-1=2014-06-01"])
        .with(2)
        .says("STAGE=DAY..DAY");
    desks(&[&RANGES[..], &["--stage", "wave-1"]].concat()).with(2);
    desks(&["--stage", "wave-1"]).with(2).says("--from");
}

#[test]
fn hostile_ids_stay_text_on_the_page_and_on_the_terminal() {
    const HOSTILE: &str = "<script>alert(1)</script>\u{1b}[2J";
    let escaped = "<script>alert(1)</script>\\u001b[2J";
    let stages = format!(
        "{}{}",
        stage(
            escaped,
            "2014-02-01",
            "move = [{ from = [\"r2\"], to = \"l13\" }]"
        ),
        stage("b", "2014-03-01", "")
    );
    let case = Case::new(&["a@x,r2,communicator-2007-r2"], &stages);
    let range = |id: &str| Range {
        stage: case.plan.stage_named(id).expect("the plan has the stage"),
        from: day("2014-01-20"),
        to: day("2014-03-20"),
    };
    let question = Question {
        ranges: [range(HOSTILE), range("b")],
        along: Followers::Stay,
        reading: cutover::model::Reading::Judged,
    };
    let grid = grid::run(
        &case.plan,
        &case.inventory,
        &KNOWLEDGE,
        &question,
        &mut |_, _| {},
    );
    let weights = Weights::default();
    let page = report::html::page(&grid, &weights, HOSTILE).expect("the page is laid out");
    assert!(
        !page.contains("<script") && !page.contains('\u{1b}'),
        "{page}"
    );
    assert!(
        page.contains("<svg") && page.contains("Content-Security-Policy"),
        "{page}"
    );
    let shown = report::terminal::grid(&grid, &weights, 100);
    assert!(!shown.contains("\u{1b}[2J"), "{shown}");
}
