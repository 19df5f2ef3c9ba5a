//! What the simulation says, sentence by sentence of contract section 4.

use std::num::NonZeroUsize;

use cutover::model::{Capability, Reading, ServerVersion};
use cutover::report::findings::{self, Choice, Column, Run, Sort};
use cutover::report::json;
use cutover::{simulate, timeline};

use crate::support::{Case, KNOWLEDGE, stage};

fn findings(case: &Case, capability: &str) -> Vec<String> {
    findings_in(case, Reading::Judged, capability)
}

/// `event sip from>to kind severity causes workaround detail`, without what is empty at the end.
fn findings_in(case: &Case, reading: Reading, capability: &str) -> Vec<String> {
    let lines = case.findings(reading);
    let of_capability = lines.iter().filter(|line| line[3] == capability);
    of_capability
        .map(|line| {
            let text = format!(
                "{} {} {}>{} {} {} {} {} {}",
                line[0], line[2], line[4], line[5], line[6], line[7], line[8], line[9], line[10]
            );
            text.trim_end().to_owned()
        })
        .collect()
}

/// `full limited none unknown not_used`.
fn state(case: &Case, event: &str, capability: Capability) -> [u64; 5] {
    let outcomes = case.outcomes(Reading::Judged);
    let outcome = outcomes
        .iter()
        .find(|outcome| outcome.event.id == event)
        .expect("the event exists");
    let counts = outcome.state[capability.index()];
    [
        counts.full,
        counts.limited,
        counts.none,
        counts.unknown,
        counts.not_used,
    ]
}

fn events(case: &Case, reading: Reading) -> Vec<String> {
    case.outcomes(reading)
        .iter()
        .map(|outcome| outcome.event.id.clone())
        .collect()
}

fn user_days(case: &Case, reading: Reading, capability: Capability) -> u64 {
    case.simulation(reading, |run| run.simulation.user_days[capability.index()])
}

fn move_all(from: &str, to: &str) -> String {
    format!("move = [{{ from = [\"{from}\"], to = \"{to}\" }}]")
}

#[test]
fn a_moved_communicator_user_loses_meetings_and_web_app_is_the_workaround() {
    let case = Case::new(
        &["a@x,r2,communicator-2007-r2"],
        &stage("s", "2014-02-01", &move_all("r2", "l13")),
    );
    assert_eq!(
        findings(&case, "sign-in"),
        ["s a@x full>limited degraded medium own-move"]
    );
    assert_eq!(
        findings(&case, "meeting-join"),
        ["s a@x full>none lost medium own-move lync-web-app-2013"]
    );
    assert_eq!(
        findings(&case, "meeting-schedule"),
        ["s a@x full>none lost medium own-move lync-2013-web-scheduler"]
    );
    assert_eq!(
        findings(&case, "existing-meetings"),
        ["s a@x full>none lost high own-move"]
    );
}

#[test]
fn somebody_elses_move_takes_meetings_away_and_is_named_as_the_cause() {
    let rows = [
        "a@x,r2,communicator-2007,,,,,,no",
        "b@x,r2,communicator-2007",
        "c@x,r2,communicator-2007",
    ];
    let only_c = "move = [{ from = [\"r2\"], to = \"l13\", where = { sip = \"sip:C@x\" } }]";
    let case = Case::new(&rows, &stage("s", "2014-02-01", only_c));
    assert_eq!(
        findings(&case, "meeting-reach"),
        [
            "s a@x full>limited degraded high others-move  1/2",
            "s b@x full>none lost high others-move  1/1",
            "s c@x full>none lost high own-move  1/1",
        ]
    );
}

#[test]
fn meeting_reach_is_not_used_where_there_is_no_other_organizer() {
    let case = Case::new(
        &[
            "a@x,r2,communicator-2007",
            "b@x,r2,communicator-2007,,,,,,no",
        ],
        "",
    );
    assert_eq!(
        state(&case, "baseline", Capability::MeetingReach),
        [1, 0, 0, 0, 1]
    );
}

#[test]
fn chat_and_meeting_only_clients_do_not_sign_in_but_unrecognized_ones_may() {
    let case = Case::new(
        &[
            "a@x,l10,live-meeting-2007;lync-2010-group-chat",
            "b@x,l10,Foo 1",
            "c@x,l10,",
        ],
        "",
    );
    assert_eq!(
        state(&case, "baseline", Capability::SignIn),
        [0, 0, 0, 2, 1]
    );
    assert_eq!(case.inventory.counts.unrecognized_clients, 1);
}

#[test]
fn use_that_begins_later_is_no_finding_and_stays_used_without_an_endpoint() {
    let plan = stage("s1", "2014-02-01", "client = [{ add = \"lync-2013\" }]")
        + &stage(
            "s2",
            "2014-03-01",
            "client = [{ remove = [\"lync-2013\"] }]",
        );
    let case = Case::until(
        "2014-03-11",
        &["a@x,l10,lync-web-app-2010", "b@x,l10,lync-2010"],
        &plan,
    );
    assert_eq!(
        findings(&case, "sign-in"),
        ["s2 a@x full>none lost critical own-client"]
    );
    assert_eq!(state(&case, "s1", Capability::SignIn), [2, 0, 0, 0, 0]);
    assert_eq!(user_days(&case, Reading::Judged, Capability::SignIn), 10);
}

#[test]
fn a_blank_cell_is_none_and_in_the_lenient_reading_unknown() {
    let case = Case::new(&["a@x,l10,lync-2010-attendant"], "");
    assert_eq!(
        state(&case, "baseline", Capability::P2pVideo),
        [0, 0, 1, 0, 0]
    );
    let range = case.outcomes(Reading::Judged)[0].range[Capability::P2pVideo.index()];
    assert_eq!((range.lenient, range.strict), (0, 1));
}

#[test]
fn a_named_add_in_stays_and_an_added_endpoint_brings_its_own_for_as_long_as_it_is_there() {
    let rows = ["a@x,l13,communicator-2007-r2,,,,,,,conferencing-add-in-communicator-2007-r2"];
    let plan = stage("s1", "2014-02-01", "client = [{ add = \"lync-2010\" }]")
        + &stage(
            "s2",
            "2014-03-01",
            "client = [{ remove = [\"lync-2010\"] }]",
        );
    let case = Case::new(&rows, &plan);
    assert_eq!(
        findings(&case, "meeting-schedule"),
        [
            "s1 a@x none>full restored info own-client",
            "s2 a@x full>none lost medium own-client lync-2013-web-scheduler"
        ]
    );
}

#[test]
fn meetings_never_reissued_survive_the_first_hop_and_are_limited_after_the_second() {
    let plan = stage("s1", "2014-02-01", &move_all("r2", "l10"))
        + &stage("s2", "2014-03-01", &move_all("l10", "l13"));
    let case = Case::new(&["a@x,r2,lync-2010"], &plan);
    assert_eq!(
        findings(&case, "existing-meetings"),
        ["s2 a@x full>limited degraded low own-move"]
    );
}

#[test]
fn two_moves_in_one_stage_count_one_after_the_other() {
    let both = "move = [{ from = [\"r2\"], to = \"l10\" }, { from = [\"l10\"], to = \"l13\" }]";
    let case = Case::new(&["a@x,r2,lync-2013"], &stage("s", "2014-02-01", both));
    assert_eq!(
        findings(&case, "existing-meetings"),
        ["s a@x full>limited degraded low own-move"]
    );
    assert_eq!(case.outcomes(Reading::Judged)[1].users_moved, 1);
}

#[test]
fn there_and_back_in_one_stage_moves_nobody_but_costs_the_meetings() {
    let both = "move = [{ from = [\"r2\"], to = \"l13\" }, { from = [\"l13\"], to = \"r2\" }]";
    let case = Case::new(
        &["a@x,r2,communicator-2007-r2"],
        &stage("s", "2014-02-01", both),
    );
    assert_eq!(case.findings(Reading::Judged).len(), 1);
    assert_eq!(
        findings(&case, "existing-meetings"),
        ["s a@x full>none lost high own-move"]
    );
    assert_eq!(case.outcomes(Reading::Judged)[1].users_moved, 0);
    assert_eq!(case.plan_codes()[0], "rollback s");
}

#[test]
fn a_forgotten_legacy_endpoint_cuts_old_chat_clients_off() {
    let chat = "[[chat]]\nid = \"chat\"\nserver = \"lync-server-2010\"\n";
    let migrate = |rest: &str| {
        let line =
            format!("migrate-chat = [{{ chat = \"chat\", to = \"lync-server-2013\"{rest} }}]");
        Case::new(
            &["a@x,l13,lync-2010-group-chat"],
            &(chat.to_owned() + &stage("s", "2014-02-01", &line)),
        )
    };
    assert_eq!(
        findings(&migrate(""), "group-chat"),
        ["s a@x full>none lost high chat-migration"]
    );
    let kept = migrate(", legacy-endpoint = true");
    assert_eq!(
        findings(&kept, "group-chat"),
        ["s a@x full>limited degraded medium chat-migration"]
    );
    assert_eq!(
        findings_in(&kept, Reading::Strict, "group-chat"),
        ["s a@x full>none lost high chat-migration"]
    );
}

#[test]
fn where_no_single_cause_is_enough_all_candidates_are_named() {
    let chat = "[[chat]]\nid = \"chat\"\nserver = \"lync-server-2013\"\n".to_owned();
    let back =
        move_all("l13", "l10") + "\nclient = [{ replace = [\"lync-2013\"], with = \"lync-2010\" }]";
    let case = Case::new(
        &["a@x,l13,lync-2013,,yes"],
        &(chat.clone() + &stage("s", "2014-02-01", &back)),
    );
    assert_eq!(
        findings(&case, "group-chat"),
        ["s a@x full>none lost high own-move;own-client"]
    );
    let there = move_all("l10", "l13") + "\nclient = [{ add = \"lync-2013\" }]";
    let case = Case::new(
        &["a@x,l10,lync-2010,,yes"],
        &(chat + &stage("s", "2014-02-01", &there)),
    );
    assert_eq!(
        findings(&case, "group-chat"),
        ["s a@x none>full restored info own-move;own-client"]
    );
}

#[test]
fn each_service_ends_at_its_own_event_on_the_same_day() {
    let case = Case::new(&["a@x,l10,lync-2010,,,aol;yahoo"], "");
    assert_eq!(
        events(&case, Reading::Judged),
        ["baseline", "aol-end", "yahoo-end"]
    );
    assert_eq!(
        findings(&case, "pic-aol"),
        ["aol-end a@x full>none lost high service-change"]
    );
    assert_eq!(
        findings(&case, "pic-yahoo"),
        ["yahoo-end a@x full>none lost high service-change"]
    );
}

#[test]
fn the_lenient_reading_ends_a_day_later_without_negative_days() {
    let plan = stage("s", "2014-06-30", "client = [{ remove = [\"lync-2013\"] }]");
    let case = Case::new(&["a@x,l10,lync-2010,,,aol"], &plan);
    assert_eq!(
        events(&case, Reading::Lenient),
        ["baseline", "s", "aol-end", "yahoo-end"]
    );
    assert_eq!(user_days(&case, Reading::Lenient, Capability::PicAol), 0);
    let ranges: Vec<_> = case
        .outcomes(Reading::Judged)
        .iter()
        .map(|outcome| {
            (
                outcome.event.id.clone(),
                outcome.range[Capability::PicAol.index()],
            )
        })
        .map(|(id, range)| format!("{id} {} {}", range.lenient, range.strict))
        .collect();
    assert_eq!(
        ranges,
        ["baseline 0 0", "aol-end 1 1", "yahoo-end 1 1", "s 0 1"]
    );
}

#[test]
fn a_users_own_license_date_goes_before_the_plans() {
    let rows = [
        "a@x,l10,lync-2010,,,yahoo,,2014-05-31",
        "b@x,l10,lync-2010,,,yahoo",
    ];
    let case = Case::new(&rows, "[pic]\nyahoo-license-until = 2014-04-30\n");
    assert_eq!(
        findings(&case, "pic-yahoo"),
        [
            "license-expiry:2014-05-01 b@x full>none lost high license-expiry",
            "license-expiry:2014-06-01 a@x full>none lost high license-expiry",
        ]
    );
}

#[test]
fn a_license_that_ends_the_day_before_the_service_is_an_event_only_where_the_service_lasts_longer()
{
    let case = Case::new(&["a@x,l10,lync-2010,,,yahoo,,2014-06-29"], "");
    assert_eq!(
        events(&case, Reading::Judged),
        ["baseline", "aol-end", "yahoo-end"]
    );
    assert_eq!(
        events(&case, Reading::Lenient),
        [
            "baseline",
            "license-expiry:2014-06-30",
            "aol-end",
            "yahoo-end"
        ]
    );
}

#[test]
fn stages_of_one_day_follow_the_file_as_far_as_dependencies_allow() {
    let plan = stage("c", "2014-02-01", "after = [\"b\"]")
        + &stage("a", "2014-02-01", "")
        + &stage("b", "2014-02-01", "after = [\"a\"]")
        + &stage("z", "2014-01-20", "");
    let case = Case::until("2014-02-01", &["a@x,l10,lync-2010"], &plan);
    assert_eq!(
        events(&case, Reading::Judged),
        ["baseline", "z", "a", "b", "c"]
    );
}

#[test]
fn a_limit_takes_the_first_addresses() {
    let rows = [
        "SIP:B@x,r2,communicator-2007-r2",
        "a@x,r2,communicator-2007-r2",
    ];
    let case = Case::new(
        &rows,
        &stage(
            "s",
            "2014-02-01",
            "move = [{ from = [\"r2\"], to = \"l13\", limit = 1 }]",
        ),
    );
    assert_eq!(
        findings(&case, "sign-in"),
        ["s a@x full>limited degraded medium own-move"]
    );
}

#[test]
fn three_versions_are_reported_where_they_begin_and_retired_pools_with_their_users() {
    let plan = stage("s1", "2014-02-01", "publish = [\"l13\"]")
        + &stage("s2", "2014-02-02", "publish = [\"l13b\"]")
        + &stage("s3", "2014-02-03", "retire = [\"r2\"]");
    let case = Case::new(&["a@x,r2,communicator-2007-r2", "b@x,l10,lync-2010"], &plan);
    assert_eq!(
        case.plan_codes(),
        [
            "three-versions-live s1",
            "retired-with-users s3",
            "users-left-behind yahoo-end",
            "users-left-behind yahoo-end"
        ]
    );
}

#[test]
fn a_pool_is_live_from_its_first_move_and_never_after_retirement() {
    let plan = stage(
        "s1",
        "2014-02-01",
        "move = [{ from = [\"r2\"], to = \"l10\", where = { sip = \"a@x\" } }]",
    ) + &stage(
        "s2",
        "2014-02-02",
        &(move_all("l10", "r2") + "\nretire = [\"l10\"]"),
    ) + &stage("s3", "2014-02-03", &move_all("r2", "l10"));
    let case = Case::new(
        &["a@x,r2,communicator-2007-r2", "b@x,r2,communicator-2007-r2"],
        &plan,
    );
    let codes = case.plan_codes();
    assert!(
        codes.contains(&"rollback s2".to_owned()) && codes.contains(&"pool-not-live s3".to_owned()),
        "{codes:?}"
    );
    assert!(
        !codes
            .iter()
            .any(|code| code.starts_with("retired-with-users")),
        "{codes:?}"
    );
}

#[test]
fn an_application_is_held_against_its_chat_at_the_baseline_and_after_each_migration() {
    let plan = "[[chat]]\nid = \"chat\"\nserver = \"ocs-2007-r2\"\n\
                [[application]]\nid = \"x\"\napi = \"lync-server-2013\"\nchat = \"chat\"\n\
                [[application]]\nid = \"y\"\napi = \"ocs-2007-r2\"\nchat = \"chat\"\n"
        .to_owned()
        + &stage(
            "s",
            "2014-02-01",
            "migrate-chat = [{ chat = \"chat\", to = \"lync-server-2013\" }]",
        )
        + &stage("t", "2014-02-02", "");
    let case = Case::new(&["a@x,l13,communicator-2007-r2"], &plan);
    assert_eq!(
        case.plan_codes(),
        ["application-incompatible baseline", "application-limited s"]
    );
}

/// More paths than one thread is given: users with license ends and clients of their own.
fn many_paths() -> Case {
    let first = chrono::NaiveDate::from_ymd_opt(2014, 1, 7).expect("a day");
    let clients = [
        "communicator-2007-r2",
        "lync-2010",
        "lync-2013",
        "lync-phone-edition",
        "what?",
    ];
    let mut rows = Vec::new();
    for day in 0..170 {
        let license_end = first + chrono::Days::new(day);
        for (number, client) in clients.iter().enumerate() {
            for pool in ["r2", "l10"] {
                rows.push(format!(
                    "u{day}-{number}@{pool},{pool},{client},,,yahoo;aol,,{license_end}"
                ));
            }
        }
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let plan = stage(
        "one",
        "2014-03-01",
        "move = [{ from = [\"r2\"], to = \"l13\" }]\npublish = [\"l13\"]",
    ) + &stage(
        "two",
        "2014-05-01",
        "move = [{ from = [\"l10\"], to = \"l13\" }]",
    );
    Case::new(&rows, &plan)
}

#[test]
fn several_threads_say_what_one_says() {
    let case = many_paths();
    let said = |threads: usize| {
        let threads = NonZeroUsize::new(threads).expect("above zero");
        let timeline = timeline::build(&case.plan, &case.inventory, &KNOWLEDGE, threads);
        assert!(
            timeline.paths.len() > 1500,
            "{} paths",
            timeline.paths.len()
        );
        let mut last = (0, 0);
        let mut progress = |done, total| last = (done, total);
        let simulation = simulate::run(
            &timeline,
            &KNOWLEDGE,
            Reading::Judged,
            threads,
            &mut progress,
        );
        assert!(last.0 > 0 && last.0 <= last.1 && last.1 == timeline.paths.len());
        let run = Run {
            timeline: &timeline,
            knowledge: &KNOWLEDGE,
            simulation: &simulation,
        };
        let mut findings = Vec::new();
        let (choice, columns) = (Choice::default(), Column::ALL);
        findings::write(
            &run,
            &choice,
            columns,
            Sort::Inventory,
            threads,
            &mut findings,
        )
        .expect("a vector takes everything");
        let figures = serde_json::to_string(&json::simulation(&timeline, &KNOWLEDGE, &simulation));
        (findings, figures.expect("it is JSON"))
    };
    let one = said(1);
    assert!(one.0.len() > 100_000);
    for threads in [2, 3, 7] {
        assert!(said(threads) == one, "{threads} threads");
    }
}

#[test]
fn who_comes_under_another_chat_deployment_by_a_move_or_a_client_is_served_by_it_from_then_on() {
    for condition in ["pool = \"r2\"", "client = \"communicator-2007-r2\""] {
        let chats = format!(
            "[[chat]]\nid = \"old\"\nserver = \"ocs-2007-r2\"\nwhere = {{ {condition} }}\n\
             [[chat]]\nid = \"new\"\nserver = \"lync-server-2013\"\n"
        );
        let change = stage(
            "change",
            "2014-03-01",
            "move = [{ from = [\"r2\"], to = \"l13\" }]\npublish = [\"l13\"]\n\
             client = [{ replace = [\"communicator-2007-r2\"], with = \"lync-2013\" }]",
        );
        let case = Case::new(&["a@x,r2,communicator-2007-r2,,yes"], &(chats + &change));
        let timeline = timeline::build(&case.plan, &case.inventory, &KNOWLEDGE, NonZeroUsize::MIN);
        let path = &timeline.paths[timeline.path_of(0)];
        let generation = |state: &timeline::State| state.chat.map(|chat| chat.generation);
        assert_eq!(generation(&path.start), Some(ServerVersion::Ocs2007R2));
        let after: Vec<_> = path
            .steps
            .iter()
            .map(|step| generation(&step.state))
            .collect();
        assert_eq!(after, [Some(ServerVersion::Lync2013)], "{condition}");
    }
}
