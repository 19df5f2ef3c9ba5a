//! Cohorts in place of people: one user of the inventory stands for many.

use cutover::diagnostic::Diagnostic;
use cutover::inventory::{self, Inventory, Request, Source, Unit};
use cutover::model::Reading;
use cutover::report::findings::{Choice, Sort};
use cutover::report::{cohort_findings, json};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Case, KNOWLEDGE, stage};

const PEOPLE: &str = "\
SipAddress,HomePool,Client,Department,Organizer
a@x,r2,communicator-2007-r2,IT,yes
b@x,r2,communicator-2007-r2,IT,yes
c@x,r2,communicator-2007-r2,IT,yes
d@x,r2,FooChat 1.0,HR,no
e@x,r2,FooChat 1.0,HR,no
f@x,l13,lync-2013,HR,yes
g@x,nowhere,lync-2013,HR,yes
h@x,nowhere,lync-2013,HR,yes
";

const COHORTS: &str = "\
SipAddress,cutover-users,cutover-rows,cutover-line,HomePool,Client,Department,Organizer
k1,3,3,1,r2,communicator-2007-r2,IT,yes
k2,2,2,1,r2,FooChat 1.0,HR,no
k3,1,1,1,l13,lync-2013,HR,yes
k4,2,2,1,nowhere,lync-2013,HR,yes
";

fn plan() -> String {
    let one = stage(
        "wave",
        "2014-02-01",
        "move = [{ from = [\"r2\"], to = \"l13\", where = { department = [\"IT\", \"HR\"] } }]\n\
         client = [{ add = \"lync-web-app-2013\", where = { department = \"HR\" } }]",
    );
    format!(
        "[plan]\nname = \"t\"\nbaseline = 2014-01-06\nend = 2014-12-31\n{}{one}",
        crate::support::POOLS
    )
}

fn import(file: &str, plan: &cutover::plan::Plan) -> Result<Inventory, Vec<Diagnostic>> {
    let request = Request {
        unit: Unit::Cohort,
        pools: plan.pool_directory(),
        columns: plan.columns(),
        ..Request::default()
    };
    let bytes = file.as_bytes().to_vec();
    let sources = [Source::text("cohorts.csv", &bytes)];
    inventory::import(&sources, &request, KNOWLEDGE.products())
        .map_err(|refusal| refusal.diagnostics)
}

fn case(file: &str, plan: &str) -> Case {
    let (plan, problems) = cutover::plan::read(plan, "plan.toml", &KNOWLEDGE);
    let plan = plan.unwrap_or_else(|| panic!("the plan has problems: {problems:#?}"));
    let inventory = import(file, &plan).unwrap_or_else(|why| panic!("refused: {why:#?}"));
    Case { plan, inventory }
}

fn answer(case: &Case) -> Value {
    case.simulation(Reading::Judged, |run| {
        serde_json::to_value(json::simulation(
            run.timeline,
            run.knowledge,
            run.simulation,
        ))
        .expect("the answer is JSON")
    })
}

/// The findings of cohorts, cell by cell, without the header.
fn findings(case: &Case) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    case.simulation(Reading::Judged, |run| {
        cohort_findings::write(run, &Choice::default(), &mut out)
            .expect("a vector takes everything")
    });
    let mut reader = csv::Reader::from_reader(out.as_slice());
    let records = reader
        .records()
        .map(|record| record.expect("findings are CSV"));
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

fn problem(file: &str) -> &'static str {
    let (plan, _) = cutover::plan::read(&plan(), "plan.toml", &KNOWLEDGE);
    let plan = plan.expect("the plan is good");
    match import(file, &plan) {
        Ok(_) => "",
        Err(problems) => problems[0].code,
    }
}

#[test]
fn cohorts_give_the_answer_that_their_people_give() {
    let people = Case::read(PEOPLE, &plan());
    let cohorts = case(COHORTS, &plan());
    assert_eq!(answer(&cohorts), answer(&people));
    assert_eq!(answer(&cohorts)["inventory"]["users"], 6);
    assert_eq!(answer(&cohorts)["inventory"]["rows_rejected"], 2);
    assert_eq!(answer(&cohorts)["inventory"]["unrecognized_clients"], 2);
}

#[test]
fn a_finding_of_a_cohort_says_how_many_people_have_it_and_where_its_event_stands() {
    let found = findings(&case(COHORTS, &plan()));
    let people = Case::read(PEOPLE, &plan()).findings(Reading::Judged);
    let counted: u64 = found
        .iter()
        .map(|line| line[12].parse::<u64>().expect("a count"))
        .sum();
    assert_eq!(counted, people.len() as u64);
    let reach = found
        .iter()
        .find(|line| line[2] == "k1" && line[3] == "meeting-reach")
        .expect("the hosts moved");
    // Of four organizers, the three others.
    assert!(reach[10].ends_with("/3"), "{reach:?}");
    assert_eq!(reach[0], "wave");
    assert_eq!(reach[13], "1");
}

#[test]
fn a_pool_that_the_plan_does_not_know_is_counted_in_people() {
    let cohorts = case(COHORTS, &plan());
    let messages: Vec<&str> = cohorts
        .inventory
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == "pool-unknown")
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].contains("2 users"), "{messages:?}");
}

#[test]
fn a_person_whom_the_plan_names_is_a_cohort_of_their_own() {
    let named = stage(
        "wave",
        "2014-02-01",
        "move = [{ from = [\"r2\"], to = \"l13\", where = { sip = \"b@x\" } }]",
    );
    let plan = format!(
        "[plan]\nname = \"t\"\nbaseline = 2014-01-06\n{}{named}",
        crate::support::POOLS
    );
    let people =
        "SipAddress,HomePool,Client\na@x,r2,lync-2010\nb@x,r2,lync-2010\nc@x,r2,lync-2010\n";
    let cohorts =
        "SipAddress,cutover-users,HomePool,Client\nk1,2,r2,lync-2010\nb@x,1,r2,lync-2010\n";
    assert_eq!(
        answer(&case(cohorts, &plan)),
        answer(&Case::read(people, &plan))
    );
}

#[test]
fn a_row_that_stands_for_more_rows_than_people_is_counted_as_often() {
    let file = "SipAddress,cutover-users,cutover-rows,cutover-line,HomePool,Client,PicLicenseExpiry\n\
                k1,2,5,1,r2,lync-2010,\n\
                k1,2,3,2,r2,lync-2010,soon\n\
                ,0,4,1,,,\n";
    let answer = answer(&case(file, &plan().replace("department", "HomePool")));
    let counts = &answer["inventory"];
    assert_eq!(
        (
            &counts["rows"],
            &counts["rows_used"],
            &counts["rows_rejected"],
            &counts["users"]
        ),
        (&12.into(), &5.into(), &7.into(), &2.into())
    );
}

#[test]
fn counts_that_cannot_be_right_are_refused() {
    let header = "SipAddress,cutover-users,cutover-rows,cutover-line,HomePool\n";
    let file = |rows: &str| problem(&format!("{header}{rows}"));
    assert_eq!(
        problem("SipAddress,HomePool\na@x,r2\n"),
        "cohort-column-missing"
    );
    for count in ["", "-1", "1.5", "many", "99999999999999", "0"] {
        assert_eq!(
            file(&format!("k,{count},1,1,r2\n")),
            "cohort-count-invalid",
            "{count:?}"
        );
    }
    assert_eq!(file("k,2,2,1,r2\nk,3,2,2,r2\n"), "cohort-count-invalid");
    assert_eq!(file("k,2,2,2,r2\n"), "cohort-line-missing");
    assert_eq!(file("k,2,2,1,r2\nk,2,2,1,r2\n"), "cohort-line-missing");
    assert_eq!(file("k,9999999999999,1,1,r2\n"), "cohort-too-large");
    assert_eq!(
        file("k,1000000000000,1,1,r2\nl,1,1,1,r2\n"),
        "cohort-too-large"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn people_counted_by_their_rows_give_the_same_answer(
        kinds in proptest::collection::vec(
            (
                proptest::sample::select(vec!["r2", "l10", "l13", "gone"]),
                proptest::sample::select(vec!["", "lync-2010", "lync-2013;FooChat", "communicator-2007-r2", "lync-2010-group-chat"]),
                proptest::sample::select(vec!["IT", "HR", ""]),
                proptest::sample::select(vec!["yes", "no", "", "perhaps"]),
                1_u64..5,
            ),
            1..12,
        )
    ) {
        let mut people = "SipAddress,HomePool,Client,Department,Organizer\nz@x,r2,lync-2010,,yes\n".to_owned();
        let mut cohorts = "SipAddress,cutover-users,HomePool,Client,Department,Organizer\nkz,1,r2,lync-2010,,yes\n".to_owned();
        for (number, (pool, client, department, organizer, count)) in kinds.iter().enumerate() {
            let cells = format!("{pool},{client},{department},{organizer}");
            cohorts.push_str(&format!("k{number},{count},{cells}\n"));
            for person in 0..*count {
                people.push_str(&format!("p{number}-{person}@x,{cells}\n"));
            }
        }
        let (direct, counted) = (Case::read(&people, &plan()), case(&cohorts, &plan()));
        prop_assert_eq!(answer(&counted), answer(&direct));
        let written: u64 = findings(&counted).iter().map(|line| line[12].parse::<u64>().expect("a count")).sum();
        let lines = direct.findings_csv(Reading::Judged, Sort::Sip, 1).lines().count() - 1;
        prop_assert_eq!(written, lines as u64);
    }
}
