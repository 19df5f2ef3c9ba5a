//! The model of a report: figures that add up, groups that stay the same group, advice that follows its rules, measures that
//! really help.

use calamine::Reader as _;
use cutover::finding::Kind;
use cutover::inventory::{self, Names, Request, Source};
use cutover::model::{Capability, Reading};
use cutover::plan;
use cutover::report::findings::Run as Played;
use cutover::report::model::{self, Decision, OwnNames, People, Phase, Report, Run};

use crate::support::{Case, KNOWLEDGE, stage};

/// The report of a case in the judged reading.
fn report(case: &Case) -> Report {
    with_report(case, |report, _| report)
}

fn with_report<T>(case: &Case, ask: impl FnOnce(Report, &Played<'_>) -> T) -> T {
    case.simulation(Reading::Judged, |played| {
        let report = model::build(
            played.timeline,
            played.knowledge,
            played.simulation,
            Run::default(),
            &OwnNames,
        );
        ask(report, played)
    })
}

/// The built-in sample, imported as the program imports it for a report.
fn contoso() -> Case {
    let home = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios/contoso/");
    let read = |name: &str| std::fs::read(format!("{home}{name}")).expect("the fixture is there");
    let text = String::from_utf8(read("plan.toml")).expect("plans are UTF-8");
    let (plan, problems) = plan::read(&text, "plan.toml", &KNOWLEDGE);
    let plan = plan.unwrap_or_else(|| panic!("{problems:#?}"));
    let request = Request {
        pools: plan.pool_directory(),
        columns: plan.columns(),
        told_apart: plan.told_apart(),
        ..Request::default()
    };
    let clients = workbook_as_csv(&format!("{home}clients.xlsx"));
    let files = [
        ("users.csv", read("users.csv")),
        ("clients.csv", clients),
        ("waves.csv", read("waves.csv")),
    ];
    let sources: Vec<Source<'_>> = files
        .iter()
        .map(|(name, bytes)| Source::text(*name, bytes))
        .collect();
    let inventory = inventory::import(&sources, &request, KNOWLEDGE.products())
        .unwrap_or_else(|refusal| panic!("refused: {refusal:?}"));
    let shown = inventory::shown(&sources, &request, &inventory).expect("the same sources");
    let inventory = inventory.with_places(shown.places);
    Case { plan, inventory }
}

/// The first sheet of a workbook as CSV: the library reads tables, not workbooks.
fn workbook_as_csv(path: &str) -> Vec<u8> {
    let mut workbook = calamine::open_workbook_auto(path).expect("the fixture is a workbook");
    let sheet = workbook.worksheet_range_at(0).expect("it has a sheet");
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in sheet.expect("the sheet can be read").rows() {
        csv.write_record(row.iter().map(ToString::to_string))
            .expect("a vector takes everything");
    }
    csv.into_inner().expect("a vector takes everything")
}

/// Everybody from R2 to 2013 on one day, and two on 2010 who stay.
fn straight() -> Case {
    let rows = [
        "a@x.com,r2,communicator-2007-r2,Sales,,aol,,,yes",
        "b@x.com,r2,communicator-2007-r2,Sales,,,,,no",
        "c@x.com,r2,live-meeting-2007;communicator-2007-r2,IT,,,,,no",
        "d@x.com,l13,lync-2013,IT,,,,,no",
    ];
    let plan = stage(
        "all",
        "2014-03-01",
        "move = [{ from = [\"r2\"], to = \"l13\" }]",
    );
    Case::until("2014-12-31", &rows, &plan)
}

fn phase<'r>(report: &'r Report, name: &str) -> &'r Phase {
    let mut phases = report.phases.iter();
    phases
        .find(|phase| phase.name == name)
        .unwrap_or_else(|| panic!("no phase {name}"))
}

#[test]
fn user_days_of_phases_add_up_to_those_of_the_simulation_and_so_does_blame() {
    with_report(&contoso(), |report, played| {
        for &capability in Capability::ALL {
            let index = capability.index();
            let of_phases: u64 = report
                .phases
                .iter()
                .map(|phase| phase.user_days[index])
                .sum();
            assert_eq!(
                of_phases, played.simulation.user_days[index],
                "{capability}"
            );
            assert_eq!(of_phases, report.numbers.user_days[index], "{capability}");
            let intervals = report.intervals.iter();
            let of_intervals: u64 = intervals
                .filter(|interval| interval.capability == capability)
                .map(|interval| interval.user_days)
                .sum();
            assert_eq!(of_phases, of_intervals, "{capability}");
        }
        let numbers = &report.numbers;
        assert!(numbers.all_user_days() > 0);
        assert_eq!(
            numbers.blame.plan + numbers.blame.outside,
            numbers.all_user_days()
        );
        for phase in &report.phases {
            let days: u64 = phase.user_days.iter().sum();
            assert_eq!(phase.blame.plan + phase.blame.outside, days);
            assert_eq!(
                phase.losses.iter().map(|loss| loss.user_days).sum::<u64>(),
                days
            );
            assert_eq!(
                phase
                    .groups
                    .iter()
                    .map(|group| group.user_days)
                    .sum::<u64>(),
                days
            );
        }
    });
}

#[test]
fn who_is_affected_when_a_phase_ends_is_who_is_so_when_the_next_begins() {
    let report = report(&contoso());
    for pair in report.phases.windows(2) {
        assert_eq!(
            pair[0].touched.at_end(),
            pair[1].touched.still + pair[1].touched.recovered,
            "{} and {}",
            pair[0].name,
            pair[1].name
        );
    }
    let last = report.phases.last().expect("there are phases");
    assert_eq!(last.touched.at_end(), report.numbers.affected_at_end);
    let numbers = &report.numbers;
    assert_eq!(numbers.losing, numbers.recovered + numbers.affected_at_end);
    assert_eq!(
        numbers.users,
        numbers.losing + numbers.restricted + numbers.uncertain + numbers.untouched
    );
}

#[test]
fn everybody_from_whom_a_phase_takes_something_is_in_exactly_one_group() {
    with_report(&contoso(), |report, played| {
        let names = Names::default();
        let people = People::new(played.timeline, played.simulation, &names, &OwnNames);
        for phase in &report.phases {
            let hit = (0..people.len()).filter(|&user| {
                let findings = people.findings(user).iter();
                let mut here = findings.filter(|finding| phase.events.contains(&finding.event));
                here.any(|finding| finding.kind() != Kind::Restored)
            });
            let hit: Vec<usize> = hit.collect();
            let listed: Vec<usize> = people.affected(phase).map(|user| user.user).collect();
            assert_eq!(hit, listed, "{}", phase.name);
            assert_eq!(phase.users_in_groups(), listed.len() as u64);
            let touched = &phase.touched;
            assert_eq!(
                phase.users_in_groups(),
                touched.losing + touched.restricted + touched.uncertain
            );
            for group in &phase.groups {
                for facet in [
                    &group.clients,
                    &group.pools,
                    &group.sites,
                    &group.departments,
                ] {
                    let shown: u64 = facet.values.iter().map(|(_, users)| users).sum();
                    assert_eq!(shown + facet.more_users, group.users);
                }
            }
        }
    });
}

#[test]
fn losses_by_cause_are_the_findings_of_the_matrix() {
    let report = report(&contoso());
    for phase in &report.phases {
        for &capability in Capability::ALL {
            for &kind in Kind::ALL {
                let losses = phase.losses.iter();
                let users: u64 = losses
                    .filter(|loss| (loss.capability, loss.kind) == (capability, kind))
                    .map(|loss| loss.users)
                    .sum();
                let events = phase.events.iter().map(|&event| &report.events[event]);
                let findings: u64 = events
                    .map(|event| event.changes[capability.index()].get(kind))
                    .sum();
                // A user can lose, get back and lose again in one phase, and is then counted once.
                assert!(users <= findings && (users > 0) == (findings > 0));
            }
        }
    }
}

#[test]
fn group_ids_outlive_other_dates_other_users_and_another_order() {
    let ids = |case: &Case| -> Vec<String> {
        let report = report(case);
        let groups = report.phases.iter().flat_map(|phase| &phase.groups);
        let mut ids: Vec<String> = groups.map(|group| group.id.clone()).collect();
        ids.sort();
        ids
    };
    // The third organizer is there from the start: without any other, meetings of others would not be used.
    let rows = [
        "a@x.com,r2,communicator-2007-r2,Sales,,,,,yes",
        "b@x.com,r2,communicator-2007,IT,,,,,no",
        "d@x.com,r2,communicator-2007-r2,Finance,,,,,yes",
    ];
    let plan = |date: &str| stage("all", date, "move = [{ from = [\"r2\"], to = \"l13\" }]");
    let first = ids(&Case::until("2014-12-31", &rows, &plan("2014-03-01")));
    let later = ids(&Case::until("2014-12-31", &rows, &plan("2014-04-05")));
    let more = [
        rows[2],
        rows[1],
        rows[0],
        "c@x.com,r2,communicator-2007-r2,Finance,,,,,yes",
    ];
    let more = ids(&Case::until("2014-12-31", &more, &plan("2014-03-01")));
    assert_eq!(first, later);
    assert_eq!(first, more);
    assert!(first.len() == 2 && first[0].starts_with("g-") && first[0].len() == 12);
}

#[test]
fn advice_is_no_go_for_what_is_critical_conditions_for_high_and_medium_else_go() {
    let decision = |rows: &[&str], lines: &str| {
        let case = Case::until("2014-12-31", rows, &stage("all", "2014-03-01", lines));
        report(&case).verdict.decision
    };
    let to_2013 = "move = [{ from = [\"r2\"], to = \"l13\" }]";
    // Communicator 2007 cannot sign in to 2013.
    let old = [
        "a@x.com,r2,communicator-2007",
        "d@x.com,l13,lync-2013,,,,,,no",
    ];
    assert_eq!(decision(&old, to_2013), Decision::NoGo);
    let middle = [
        "a@x.com,r2,communicator-2007-r2,,,,,,no",
        "d@x.com,l13,lync-2013,,,,,,no",
    ];
    assert_eq!(decision(&middle, to_2013), Decision::GoWithConditions);
    let new = [
        "a@x.com,l10,lync-2013,,,,,,no",
        "d@x.com,l13,lync-2013,,,,,,no",
    ];
    let moved = "move = [{ from = [\"l10\"], to = \"l13\" }]";
    assert_eq!(decision(&new, moved), Decision::Go);
    // A critical plan finding is enough: a pool is retired with its users on it.
    assert_eq!(decision(&new, "retire = [\"l10\"]"), Decision::NoGo);
}

#[test]
fn a_reason_names_what_helps_most_and_the_day_before_which_it_is_due() {
    let report = report(&straight());
    let phase = phase(&report, "all");
    let join = phase
        .verdict
        .reasons
        .iter()
        .find(|reason| reason.code == "meeting-join")
        .expect("Communicator 2007 R2 cannot join 2013 meetings");
    assert_eq!(join.users, Some(3));
    assert_eq!(join.due.to_string(), "2014-03-01");
    let action = join.action.as_deref().expect("the web app helps");
    assert!(action.contains("Lync"), "{action}");
    let live = phase
        .verdict
        .reasons
        .iter()
        .find(|reason| reason.code == "live-meeting");
    assert_eq!(live.expect("Live Meeting is lost").action, None);
    // Live Meeting of c, and AOL of a on the day it ends for everybody.
    assert_eq!(phase.beyond_help, 2);
}

#[test]
fn a_loss_is_due_on_its_own_day_though_others_lose_the_same_before_for_another_cause() {
    let rows = [
        "a@x.com,l10,lync-2010,,,yahoo,,2014-03-31,no",
        "b@x.com,l10,lync-2010,,,yahoo,,,no",
    ];
    let plan = stage("up", "2014-02-01", "publish = [\"l13\"]");
    let report = report(&Case::until("2014-12-31", &rows, &plan));
    let reasons = phase(&report, "up").verdict.reasons.iter();
    let mut due: Vec<String> = reasons
        .filter(|reason| reason.code == "pic-yahoo")
        .map(|reason| reason.due.to_string())
        .collect();
    due.sort();
    assert_eq!(due, ["2014-04-01", "2014-06-30"]);
}

#[test]
fn a_measure_helps_exactly_those_whom_it_helps_when_the_plan_takes_it() {
    let before = report(&straight());
    let measures = &phase(&before, "all").measures;
    let web_app = measures
        .iter()
        .find(|measure| measure.id == "add-client:lync-web-app-2013")
        .expect("the documented workaround");
    let lifted = |capability: Capability| {
        let mut lifts = web_app.lifts.iter();
        lifts
            .find(|(lifted, _)| *lifted == capability)
            .map_or(0, |&(_, users)| users)
    };
    let mut with = straight();
    let stage = "move = [{ from = [\"r2\"], to = \"l13\" }]\nclient = [{ add = \"lync-web-app-2013\", where = { pool = \"l13\" } }]";
    let text = crate::support::stage("all", "2014-03-01", stage);
    with.plan = Case::until("2014-12-31", &["a@x.com,r2,lync-2013"], &text).plan;
    let after = report(&with);
    for capability in [Capability::MeetingJoin, Capability::MeetingReach] {
        let lost = |report: &Report| {
            let losses = phase(report, "all").losses.iter();
            losses
                .filter(|loss| loss.capability == capability && loss.kind != Kind::Restored)
                .map(|loss| loss.users)
                .sum::<u64>()
        };
        assert_eq!(
            lost(&before) - lost(&after),
            lifted(capability),
            "{capability}"
        );
    }
    assert_eq!(lifted(Capability::MeetingJoin), 3);
}

#[test]
fn whose_move_takes_meetings_away_from_how_many_is_told_by_stage() {
    let rows = [
        "boss@x.com,l10,lync-2010,,,,,,yes",
        "aide@x.com,l10,lync-2010,,,,,,yes",
        "old1@x.com,l10,communicator-2007-r2,,,,,,no",
        "old2@x.com,l10,communicator-2007,,,,,,no",
        "new@x.com,l10,lync-2013,,,,,,no",
    ];
    let lines = "move = [{ from = [\"l10\"], to = \"l13\", where = { sip = [\"boss@x.com\", \"aide@x.com\"] } }]";
    let case = Case::until("2014-12-31", &rows, &stage("bosses", "2014-03-01", lines));
    let report = report(&case);
    let crossings = &phase(&report, "bosses").crossings;
    assert_eq!(crossings.len(), 1);
    let crossing = &crossings[0];
    assert_eq!((crossing.organizers, crossing.cut_off), (2, 2));
    assert_eq!(crossing.helped_by_web_app, 2);
    assert_eq!(crossing.pools.values, [("l10 → l13".to_owned(), 2)]);
    assert_eq!(crossing.clients.values.len(), 2);
}

#[test]
fn going_back_loses_data_from_the_first_move_up_and_is_over_when_the_pool_is_gone() {
    let rows = ["a@x.com,l10,lync-2010", "d@x.com,l13,lync-2013"];
    let move_up = stage(
        "up",
        "2014-03-01",
        "phase = \"p\"\nmove = [{ from = [\"l10\"], to = \"l13\" }]",
    );
    let retire = stage("off", "2014-05-01", "phase = \"p\"\nretire = [\"l10\"]");
    let report = report(&Case::until(
        "2014-12-31",
        &rows,
        &format!("{move_up}{retire}"),
    ));
    let rollback = &phase(&report, "p").rollback;
    let day =
        |point: &Option<model::rollback::Point>| point.as_ref().map(|point| point.date.to_string());
    assert_eq!(
        day(&rollback.loses_data_from).as_deref(),
        Some("2014-03-01")
    );
    assert_eq!(
        day(&rollback.impossible_from).as_deref(),
        Some("2014-05-01")
    );
    assert!(rollback.notes.iter().all(|note| !note.source.is_empty()));
}

#[test]
fn phases_are_what_shares_a_label_and_outside_dates_belong_to_the_stage_before() {
    let rows = ["a@x.com,r2,communicator-2007-r2,,,aol"];
    let plan = [
        stage(
            "one",
            "2014-02-01",
            "phase = \"first\"\npublish = [\"l10\"]",
        ),
        stage(
            "two",
            "2014-08-01",
            "phase = \"second\"\npublish = [\"l13\"]",
        ),
        stage(
            "three",
            "2014-09-01",
            "phase = \"first\"\npublish = [\"l13b\"]",
        ),
    ];
    let report = report(&Case::until("2014-12-31", &rows, &plan.concat()));
    let names: Vec<&str> = report
        .phases
        .iter()
        .map(|phase| phase.name.as_str())
        .collect();
    assert_eq!(names, ["Before the first stage", "first", "second"]);
    let ids = |phase: &Phase| -> Vec<String> {
        let events = phase.events.iter();
        events
            .map(|&event| report.events[event].id.clone())
            .collect()
    };
    assert_eq!(
        ids(&report.phases[1]),
        ["one", "aol-end", "yahoo-end", "three"]
    );
    assert_eq!(ids(&report.phases[2]), ["two"]);
    assert!(report.phases[0].is_quiet());
}

#[test]
fn every_rule_has_words_and_every_cell_its_place() {
    let report = report(&contoso());
    assert!(report.rules.len() > 20);
    for rule in &report.rules {
        assert!(
            !rule.id.is_empty() && !rule.wording().is_empty(),
            "{rule:?}"
        );
        match &rule.cell {
            Some(cell) => {
                assert!(rule.document.is_some() && !cell.row.is_empty() && !cell.column.is_empty());
            }
            None => assert!(rule.document.is_some() || rule.reason.is_some(), "{rule:?}"),
        }
    }
    let cited = report.phases.iter().flat_map(|phase| &phase.groups);
    for id in cited.flat_map(|group| &group.rules) {
        assert!(report.rules.iter().any(|rule| rule.id == *id), "{id}");
    }
}

#[test]
fn the_worst_groups_names_come_first_where_not_all_are_wanted() {
    with_report(&contoso(), |report, played| {
        let names = Names::default();
        let people = People::new(played.timeline, played.simulation, &names, &OwnNames);
        let phase = report
            .phases
            .iter()
            .max_by_key(|phase| phase.groups.len())
            .expect("phases");
        let some = people.worst_affected(phase, 40);
        assert_eq!(some.len(), 40);
        assert!(some.windows(2).all(|pair| pair[0].group <= pair[1].group));
        let all = people.worst_affected(phase, usize::MAX);
        assert_eq!(all.len() as u64, phase.users_in_groups());
        let first: Vec<usize> = all.iter().take(40).map(|user| user.user).collect();
        assert_eq!(some.iter().map(|user| user.user).collect::<Vec<_>>(), first);
        assert!(some.iter().all(|user| !user.department.is_empty()));
    });
}

#[test]
fn the_range_of_a_contested_figure_holds_the_figure() {
    let report = report(&contoso());
    assert!(!report.contested.is_empty());
    for row in &report.contested {
        assert!(
            row.lenient <= row.chosen && row.chosen <= row.strict,
            "{row:?}"
        );
    }
    let contested = report
        .open_points
        .iter()
        .filter(|point| !point.range.is_empty());
    for row in &report.contested {
        // What is already so at the baseline is no finding, so its point need not be among those used.
        if row.event > 0 && row.chosen != row.strict {
            assert!(
                contested
                    .clone()
                    .any(|point| point.range.contains(&row.capability))
            );
        }
    }
}
