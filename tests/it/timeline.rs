//! The stage graph: room that is really there, and texts that nothing hostile gets out of.

use chrono::Days;
use cutover::model::Reading;
use cutover::plan;
use cutover::plan::slack::rooms;
use cutover::report::stages::{Stages, graphviz, json, mermaid, table};
use proptest::prelude::*;

use crate::stories::stories;
use crate::support::{Case, KNOWLEDGE, stage};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_stage_can_stand_wherever_its_slack_says_and_not_a_day_beyond(story in stories()) {
        let planned = story.planned();
        let read = |dates: &[chrono::NaiveDate]| plan::read(&story.text(dates), "plan.toml", &KNOWLEDGE).0;
        let Some(plan) = read(&planned) else {
            return Err(TestCaseError::reject("not a good plan"));
        };
        let rooms = rooms(&plan);
        for position in 0..story.stages.len() {
            let index = plan.stage_named(&format!("s{position}")).expect("the plan has the stage");
            let room = rooms[index.0];
            let on = |date| {
                let mut dates = planned.clone();
                dates[position] = date;
                read(&dates).is_some()
            };
            let date = planned[position];
            prop_assert!(on(date - Days::new(room.sooner)) && !on(date - Days::new(room.sooner + 1)));
            if let Some(slack) = room.slack {
                prop_assert!(on(date + Days::new(slack)) && !on(date + Days::new(slack + 1)));
            } else {
                prop_assert!(on(date + Days::new(3650)));
            }
            prop_assert!(room.earliest <= date && room.latest.is_none_or(|latest| date <= latest));
        }
    }

    #[test]
    fn all_stages_can_stand_on_their_earliest_days_and_on_their_latest(story in stories()) {
        let (plan, _) = plan::read(&story.text(&story.planned()), "plan.toml", &KNOWLEDGE);
        prop_assume!(plan.is_some());
        let plan = plan.expect("assumed just now");
        let rooms = rooms(&plan);
        let of = |day: fn(&plan::slack::Room) -> chrono::NaiveDate| {
            let dates: Vec<_> = (0..story.stages.len())
                .map(|position| day(&rooms[plan.stage_named(&format!("s{position}")).expect("it is there").0]))
                .collect();
            plan::read(&story.text(&dates), "plan.toml", &KNOWLEDGE).0.is_some()
        };
        prop_assert!(of(|room| room.earliest));
        prop_assert!(of(|room| room.latest.unwrap_or(chrono::NaiveDate::from_ymd_opt(2099, 1, 1).expect("a day"))));
    }
}

const HOSTILE: &str = "\\\"];\\n  click s0 <script>|\u{202e}";

fn hostile() -> Case {
    let stages = format!(
        "{}{}",
        stage(HOSTILE, "2014-02-01", ""),
        stage("b", "2014-03-01", &format!("after = [\"{HOSTILE}\"]"))
    );
    Case::new(&["a@x,r2,communicator-2007-r2"], &stages)
}

#[test]
fn hostile_ids_stay_inside_their_quotes() {
    let case = hostile();
    let stages = Stages::new(&case.plan, &KNOWLEDGE, Reading::Judged);
    let diagram = mermaid::mermaid(&stages);
    assert_eq!(
        diagram
            .lines()
            .filter(|line| line.contains("click"))
            .count(),
        1,
        "{diagram}"
    );
    assert!(
        diagram.contains(
            "s0[\"#34;#93;#59;\u{fffd}  click s0 #60;script#62;#124;\u{fffd} 2014-02-01\"]"
        ),
        "{diagram}"
    );
    let graph = graphviz::graphviz(&stages);
    assert!(graph.contains("s0 [label=\"\\\"];\u{fffd}  click s0 &lt;script&gt;|\u{fffd}\\n2014-02-01\", penwidth=3];"), "{graph}");
    let shown = table::table(&stages, 200);
    assert!(
        !shown.contains('\u{202e}') && shown.contains("<U+202E>"),
        "{shown}"
    );
}

#[test]
fn the_json_names_every_stage_with_its_room() {
    let case = hostile();
    let stages = Stages::new(&case.plan, &KNOWLEDGE, Reading::Judged);
    let json = serde_json::to_value(json::timeline(&stages)).expect("plain structs");
    assert_eq!(json["stages"][1]["after"][0], json["stages"][0]["id"]);
    assert_eq!(json["stages"][0]["slack_days"], 28);
    assert_eq!(json["stages"][1]["latest"], serde_json::Value::Null);
    assert_eq!(json["stages"][1]["slack_days"], serde_json::Value::Null);
    assert_eq!(json["services"][0]["id"], "aol-end");
    assert_eq!(json["critical_chain"].as_array().map(Vec::len), Some(2));
}
