//! A comparison, applied to the first side's findings, gives the second side's.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use cutover::compare::{
    Change, Comparison, Person, Presence, Side, Simulated, Told, Verdict, compare, read_report,
};
use cutover::model::Reading;
use cutover::report::model::{self, OwnNames, Run};
use cutover::report::report_json;
use cutover::simulate::{self, Simulation};
use cutover::timeline::{self, Timeline};
use proptest::prelude::*;

use crate::stories::{Story, stories};
use crate::support::{Case, KNOWLEDGE, stage};

/// Hands a case to `ask` as a side.
fn with_side<T>(
    case: &Case,
    reading: Reading,
    ask: impl FnOnce(&Timeline<'_>, &Simulation) -> T,
) -> T {
    let timeline = timeline::build(&case.plan, &case.inventory, &KNOWLEDGE, NonZeroUsize::MIN);
    let simulation = simulate::run(
        &timeline,
        &KNOWLEDGE,
        reading,
        NonZeroUsize::MIN,
        &mut |_, _| {},
    );
    ask(&timeline, &simulation)
}

fn side<'a>(timeline: &'a Timeline<'a>, simulation: &'a Simulation) -> Side<'a> {
    Side::Simulated(Simulated {
        timeline,
        simulation,
        knowledge: &KNOWLEDGE,
    })
}

/// What two cases differ in.
fn compared<T>(
    (one, reading): (&Case, Reading),
    (other, other_reading): (&Case, Reading),
    ask: impl FnOnce(Side<'_>, Side<'_>, &Comparison) -> T,
) -> T {
    with_side(one, reading, |old, before| {
        with_side(other, other_reading, |new, after| {
            let (before, after) = (side(old, before), side(new, after));
            ask(before, after, &compare(before, after))
        })
    })
}

/// A line of the file of findings as a comparison tells it.
fn line(sip: &str, told: &Told) -> Vec<String> {
    let causes: Vec<&str> = told.causes.iter().map(|cause| cause.id()).collect();
    [
        told.event.as_str(),
        &told.date.to_string(),
        sip,
        told.capability.id(),
        told.from.id(),
        told.to.id(),
        told.kind().id(),
        told.severity.id(),
        &causes.join(";"),
        told.workaround.map_or("", |workaround| workaround.id()),
        &told.detail,
        &told.rules.join(";"),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn address(before: Side<'_>, after: Side<'_>, person: Person) -> String {
    match person {
        Person::Before(user) => before.sip(user).into_owned(),
        Person::After(user) => after.sip(user).into_owned(),
    }
}

/// Takes away what was found before, adds what is found after.
fn applied(
    findings: Vec<Vec<String>>,
    (before, after): (Side<'_>, Side<'_>),
    comparison: &Comparison,
) -> Result<Vec<Vec<String>>, TestCaseError> {
    let mut count: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    for finding in findings {
        *count.entry(finding).or_default() += 1;
    }
    for cohort in &comparison.cohorts {
        for &person in &cohort.people {
            let sip = address(before, after, person);
            for Change { before, after, .. } in &cohort.changes {
                for (told, one) in [(before, -1), (after, 1)] {
                    if let Some(told) = told {
                        *count.entry(line(&sip, told)).or_default() += one;
                    }
                }
            }
        }
    }
    prop_assert!(
        count.values().all(|&count| count >= 0),
        "something is taken away that was not there"
    );
    count.retain(|_, count| *count > 0);
    Ok(count.into_keys().collect())
}

fn sorted(mut findings: Vec<Vec<String>>) -> Vec<Vec<String>> {
    findings.sort_unstable();
    findings
}

fn case(story: &Story) -> Option<Case> {
    story.case_on(story.stages[story.moving[0]].date)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_comparison_applied_to_one_sides_findings_gives_the_others(one in stories(), other in stories(), same_people in any::<bool>()) {
        let mut other = other;
        if same_people {
            other.rows.clone_from(&one.rows);
        }
        let (first, second) = (case(&one), case(&other));
        prop_assume!(first.is_some() && second.is_some());
        let (first, second) = (first.expect("assumed"), second.expect("assumed"));
        compared((&first, one.reading), (&second, other.reading), |before, after, comparison| {
            let given = applied(first.findings(one.reading), (before, after), comparison)?;
            prop_assert_eq!(given, sorted(second.findings(other.reading)));
            let lost = |case: &Case, reading| {
                let findings = case.findings(reading);
                let lost = findings.iter().filter(|line| line[6] == "lost");
                let losses: std::collections::BTreeSet<(String, String)> = lost.map(|line| (line[3].clone(), line[2].clone())).collect();
                losses.len() as u64
            };
            prop_assert_eq!(comparison.before.lost.iter().sum::<u64>(), lost(&first, one.reading));
            prop_assert_eq!(comparison.after.lost.iter().sum::<u64>(), lost(&second, other.reading));
            Ok(())
        })?;
    }

    #[test]
    fn a_plan_compared_with_itself_differs_in_nothing(story in stories()) {
        let (one, other) = (case(&story), case(&story));
        prop_assume!(one.is_some());
        let (one, other) = (one.expect("assumed"), other.expect("assumed"));
        compared((&one, story.reading), (&other, story.reading), |_, _, comparison| {
            prop_assert!(comparison.is_empty());
            prop_assert_eq!(comparison.verdict(), Verdict::Same);
            prop_assert_eq!(comparison.before, comparison.after);
            Ok(())
        })?;
    }

    #[test]
    fn a_report_that_was_written_tells_what_its_simulation_told(story in stories()) {
        let case = case(&story);
        prop_assume!(case.is_some());
        let case = case.expect("assumed");
        with_side(&case, story.reading, |timeline, simulation| {
            let report = model::build(timeline, &KNOWLEDGE, simulation, Run::default(), &OwnNames);
            let json = serde_json::to_vec(&report_json::report(&report)).expect("plain structs");
            let findings = case.findings_csv(story.reading, cutover::report::findings::Sort::Sip, 1);
            let recorded = read_report(("report.json", &json), ("findings.csv", findings.as_bytes()));
            let recorded = recorded.map_err(|problem| TestCaseError::fail(problem.message.clone()))?;
            let comparison = compare(Side::Recorded(&recorded), side(timeline, simulation));
            prop_assert!(comparison.is_empty(), "{:#?}", comparison);
            prop_assert_eq!(comparison.before, comparison.after);
            Ok(())
        })?;
    }
}

#[test]
fn a_later_stage_is_told_as_later_with_the_days_it_wins() {
    let plan = |date| {
        Case::until(
            "2014-12-31",
            &["a@x,r2,communicator-2007-r2"],
            &stage("s", date, "move = [{ from = [\"r2\"], to = \"l13\" }]"),
        )
    };
    let (early, late) = (plan("2014-02-01"), plan("2014-02-11"));
    compared(
        (&early, Reading::Judged),
        (&late, Reading::Judged),
        |_, _, comparison| {
            let lines = comparison.lines();
            let lost: Vec<_> = lines
                .iter()
                .filter(|line| line.kind.id() == "lost")
                .collect();
            assert!(lost.iter().all(
                |line| line.effect.id() == "later" && line.days_before - line.days_after == 10
            ));
            assert_eq!(comparison.verdict(), Verdict::NotWorse);
        },
    );
    compared(
        (&late, Reading::Judged),
        (&early, Reading::Judged),
        |_, _, comparison| {
            assert_eq!(comparison.verdict(), Verdict::Worse);
        },
    );
}

#[test]
fn people_who_come_and_go_are_told_apart_from_people_who_stay() {
    let plan = stage(
        "s",
        "2014-02-01",
        "move = [{ from = [\"r2\"], to = \"l13\" }]",
    );
    let one = Case::new(
        &["a@x,r2,communicator-2007-r2", "b@x,r2,communicator-2007-r2"],
        &plan,
    );
    let other = Case::new(
        &["b@x,r2,communicator-2007-r2", "c@x,r2,communicator-2007-r2"],
        &plan,
    );
    compared(
        (&one, Reading::Judged),
        (&other, Reading::Judged),
        |before, after, comparison| {
            let told: Vec<(Presence, Vec<String>)> = comparison
                .cohorts
                .iter()
                .map(|cohort| {
                    let people = cohort
                        .people
                        .iter()
                        .map(|&person| address(before, after, person));
                    (cohort.presence, people.collect())
                })
                .collect();
            let expected = [(Presence::OnlyAfter, "c@x"), (Presence::OnlyBefore, "a@x")];
            assert_eq!(
                told,
                expected.map(|(presence, sip)| (presence, vec![sip.to_owned()]))
            );
        },
    );
}

#[test]
fn a_damaged_report_is_refused_with_a_reason() {
    let empty = ("findings.csv", &b"event\n"[..]);
    for (json, why) in [
        ("{", "not a report.json"),
        ("{\"format_version\": 1}", "missing field"),
    ] {
        let problem =
            read_report(("report.json", json.as_bytes()), empty).expect_err("that is damaged");
        assert!(problem.message.contains(why), "{}", problem.message);
    }
}
