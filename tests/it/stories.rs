//! Small migrations in which much happens at once, for whoever moves dates or compares.

use std::collections::BTreeSet;
use std::fmt::Write;

use chrono::{Days, NaiveDate};
use cutover::model::Reading;
use cutover::plan;
use cutover::plan::shift::Followers;
use proptest::prelude::*;

use crate::support::{Case, KNOWLEDGE, POOLS, import, with_header};

/// A stage as a test writes it, so that it can be written again with another date.
#[derive(Clone, Debug)]
pub struct Stage {
    pub date: NaiveDate,
    /// Positions of stages before it in the list.
    pub after: Vec<usize>,
    pub window: Option<(NaiveDate, NaiveDate)>,
    pub operation: String,
}

#[derive(Clone, Debug)]
pub struct Story {
    pub rows: Vec<String>,
    pub stages: Vec<Stage>,
    pub end: Option<NaiveDate>,
    /// In which order the stages stand in the file.
    pub is_reversed: bool,
    pub along: Followers,
    pub moving: Vec<usize>,
    pub reading: Reading,
}

pub fn day(text: &str) -> NaiveDate {
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
pub fn rows() -> impl Strategy<Value = Vec<String>> {
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

pub fn stages() -> impl Strategy<Value = Vec<Stage>> {
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

pub fn stories() -> impl Strategy<Value = Story> {
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
    pub fn text(&self, dates: &[NaiveDate]) -> String {
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

    pub fn dates(&self, of_first: NaiveDate) -> Vec<NaiveDate> {
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

    pub fn planned(&self) -> Vec<NaiveDate> {
        self.stages.iter().map(|stage| stage.date).collect()
    }

    /// Two stages stand where they are told to. With a cascade, what comes after one of them moves as far as that one, and what
    /// comes after both as far as the one that moves further.
    pub fn dates_of_two(&self, told: [(usize, NaiveDate); 2]) -> Vec<NaiveDate> {
        let mut moved: Vec<Option<i64>> = vec![None; self.stages.len()];
        // A stage comes after earlier ones of the list only.
        for (position, stage) in self.stages.iter().enumerate() {
            let own = told.iter().find(|(told, _)| *told == position);
            moved[position] = match own {
                Some((_, day)) => Some((*day - stage.date).num_days()),
                None if self.along == Followers::MoveAlong => {
                    stage.after.iter().filter_map(|&before| moved[before]).max()
                }
                None => None,
            };
        }
        let stages = self.stages.iter().zip(moved);
        stages
            .map(|(stage, days)| stage.date + chrono::Duration::days(days.unwrap_or(0)))
            .collect()
    }

    /// The plan with the first stage on a day; `None` where the plan's own reader refuses it.
    pub fn case_on(&self, of_first: NaiveDate) -> Option<Case> {
        self.case_with(&self.dates(of_first))
    }

    /// The plan with these dates; `None` where the plan's own reader refuses it.
    pub fn case_with(&self, dates: &[NaiveDate]) -> Option<Case> {
        let text = self.text(dates);
        let (plan, _) = plan::read(&text, "plan.toml", &KNOWLEDGE);
        let plan = plan?;
        let rows: Vec<&str> = self.rows.iter().map(String::as_str).collect();
        let inventory = import(&[&with_header(&rows)], &plan);
        Some(Case { plan, inventory })
    }
}
