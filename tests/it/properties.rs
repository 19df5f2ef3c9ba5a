//! What must hold for every inventory and every plan.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use cutover::finding::Kind;
use cutover::model::{Capability, Reading};
use cutover::report::findings::Sort;
use cutover::timeline;
use proptest::prelude::*;

use crate::support::{Case, KNOWLEDGE, POOLS, import, stage, with_header};

const CLIENTS: &[&str] = &[
    "lync-2013",
    "lync-2013-basic",
    "lync-web-app-2013",
    "lync-2010",
    "lync-2010-attendant",
    "lync-2010-attendee",
    "communicator-2007-r2",
    "communicator-2007",
    "live-meeting-2007",
    "lync-phone-edition",
    "lync-2010-mobile",
    "lync-2010-group-chat",
    "ocs-2007-r2-group-chat",
    "FooChat 1.0",
];
const PROVIDERS: &[&str] = &["aol", "yahoo", "windows-live", "skype", "xmpp"];
const POOL_IDS: &[&str] = &["r2", "l10", "l13", "l13b"];

fn some_of(values: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    proptest::sample::subsequence(values, 0..=most).prop_map(|chosen| chosen.join(";"))
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(values)
}

/// A row without its address.
fn row() -> impl Strategy<Value = String> {
    let expiry = one_of(&[
        "",
        "",
        "2014-01-05",
        "2014-03-31",
        "2014-06-28",
        "2014-06-29",
        "2015-01-31",
    ]);
    (
        one_of(POOL_IDS),
        some_of(CLIENTS, 3),
        one_of(&["IT", "HR", ""]),
        one_of(&["", "yes", "no"]),
        some_of(PROVIDERS, 2),
        (one_of(&["", "yes", "no"]), expiry, one_of(&["", "yes", "no"])),
        (one_of(&["", "", "online-meeting-add-in-lync-2010", "lync-2013-web-scheduler"]), one_of(&["1", "2", ""])),
    )
        .prop_map(|(pool, clients, department, chat, providers, (enabled, expiry, organizer), (add_ins, wave))| {
            format!("{pool},{clients},{department},{chat},{providers},{enabled},{expiry},{organizer},{add_ins},{wave}")
        })
}

fn rows() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(row(), 1..12).prop_map(|rows| {
        let numbered = rows.into_iter().enumerate();
        // The addresses fall while the rows rise, so that the order of rows and the order of addresses differ.
        numbered
            .map(|(number, row)| format!("user{:02}@contoso.com,{row}", 50 - number))
            .collect()
    })
}

fn filter() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        one_of(&["IT", "HR", ""])
            .prop_map(|department| format!(", where = {{ department = \"{department}\" }}")),
        one_of(&["1", "2"]).prop_map(|wave| format!(", where = {{ wave = \"{wave}\" }}")),
        one_of(&["yes", "no"]).prop_map(|chat| format!(", where = {{ group-chat = \"{chat}\" }}")),
        one_of(CLIENTS).prop_filter_map("has an id", |client| {
            (!client.contains(' '))
                .then(|| format!(", where = {{ client = [\"{client}\", \"unrecognized\"] }}"))
        }),
        (49_usize..51)
            .prop_map(|user| format!(", where = {{ sip = \"SIP:User{user}@contoso.com\" }}")),
    ]
}

fn operation() -> impl Strategy<Value = String> {
    let clients = &CLIENTS[..CLIENTS.len() - 1];
    let id = move || proptest::sample::select(clients);
    prop_oneof![
        (proptest::sample::subsequence(POOL_IDS, 1..3), one_of(POOL_IDS), filter(), 0_u64..4).prop_map(|(from, to, filter, limit)| {
            let limit = if limit == 0 { String::new() } else { format!(", limit = {limit}") };
            format!("move = [{{ from = {from:?}, to = \"{to}\"{filter}{limit} }}]")
        }),
        (id(), filter()).prop_map(|(client, filter)| format!("client = [{{ add = \"{client}\"{filter} }}]")),
        (id(), id(), filter())
            .prop_map(|(drop, with, filter)| format!("client = [{{ replace = [\"{drop}\"], with = \"{with}\"{filter} }}]")),
        (id(), filter()).prop_map(|(client, filter)| format!("client = [{{ remove = [\"{client}\"]{filter} }}]")),
        (one_of(&["lync-server-2010", "lync-server-2013"]), any::<bool>()).prop_map(|(to, legacy)| {
            format!("migrate-chat = [{{ chat = \"chat\", to = \"{to}\", legacy-endpoint = {legacy} }}]")
        }),
        one_of(POOL_IDS).prop_map(|pool| format!("publish = [\"{pool}\"]")),
        one_of(POOL_IDS).prop_map(|pool| format!("retire = [\"{pool}\"]")),
    ]
}

fn stages() -> impl Strategy<Value = String> {
    let date = one_of(&[
        "2014-02-01",
        "2014-03-15",
        "2014-06-29",
        "2014-06-30",
        "2014-07-01",
        "2014-09-01",
    ]);
    proptest::collection::vec((date, operation()), 0..5).prop_map(|stages| {
        let numbered = stages.into_iter().enumerate();
        numbered
            .map(|(number, (date, operation))| stage(&format!("s{number}"), date, &operation))
            .collect()
    })
}

fn plan(stages: &str) -> String {
    format!(
        "[plan]\nname = \"t\"\nbaseline = 2014-01-06\n{POOLS}\
         [[chat]]\nid = \"chat\"\nserver = \"lync-server-2010\"\nwhere = {{ department = [\"IT\", \"\"] }}\n\
         [pic]\nprovisioned = [\"aol\", \"yahoo\", \"skype\", \"xmpp\"]\nyahoo-license-until = 2014-04-30\n{stages}"
    )
}

fn case(rows: &[String], stages: &str) -> Case {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    Case::read(&with_header(&rows), &plan(stages))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn totals_add_up_at_every_event_for_every_capability(rows in rows(), stages in stages()) {
        let case = case(&rows, &stages);
        let users = case.inventory.users.len() as u64;
        prop_assert_eq!(case.inventory.counts.rows, case.inventory.counts.rows_used + case.inventory.counts.rows_rejected);
        for reading in Reading::ALL {
            for outcome in case.outcomes(*reading) {
                for capability in Capability::ALL {
                    prop_assert_eq!(outcome.state[capability.index()].total(), users);
                }
            }
        }
    }

    #[test]
    fn at_the_end_of_any_day_lenient_loses_at_most_what_judged_does_and_judged_what_strict_does(rows in rows(), stages in stages()) {
        let case = case(&rows, &stages);
        let [judged, strict, lenient] = [Reading::Judged, Reading::Strict, Reading::Lenient].map(|reading| case.outcomes(reading));
        for day in judged.iter().chain(&lenient).map(|outcome| outcome.event.date) {
            let none = |outcomes: &[cutover::simulate::Outcome], capability: Capability| {
                let last = outcomes.iter().rfind(|outcome| outcome.event.date <= day).expect("the baseline comes first");
                last.state[capability.index()].none
            };
            for &capability in Capability::ALL {
                let [lenient, judged, strict] = [&lenient, &judged, &strict].map(|outcomes| none(outcomes, capability));
                prop_assert!(lenient <= judged && judged <= strict, "{} on {}: {} {} {}", capability, day, lenient, judged, strict);
            }
        }
    }

    #[test]
    fn shuffled_rows_and_split_files_give_the_same_bytes_in_order_of_address(
        rows in rows(), stages in stages(), seed in any::<u64>(), cut in 0_usize..12
    ) {
        let ordered = case(&rows, &stages);
        let mut shuffled: Vec<&String> = rows.iter().collect();
        shuffled.sort_by_key(|row| row.bytes().fold(seed, |hash, byte| hash.rotate_left(5) ^ u64::from(byte).wrapping_mul(0x9e37_79b9)));
        let (first, second) = shuffled.split_at(cut.min(shuffled.len()));
        let text = |rows: &[&String]| with_header(&rows.iter().map(|row| row.as_str()).collect::<Vec<_>>());
        let (first, second) = (text(first), text(second));
        let inventory = import(&[&first, &second], &ordered.plan);
        let split = Case { plan: ordered.plan.clone(), inventory };
        let bytes = |case: &Case, threads| case.findings_csv(Reading::Judged, Sort::Sip, threads);
        prop_assert_eq!(bytes(&ordered, 1), bytes(&split, 1));
    }

    #[test]
    fn every_finding_names_causes_and_rules_that_exist(rows in rows(), stages in stages()) {
        let case = case(&rows, &stages);
        for reading in Reading::ALL {
            for line in case.findings(*reading) {
                prop_assert!(!line[8].is_empty(), "no cause: {:?}", line);
                prop_assert!(!line[11].is_empty(), "no rule: {:?}", line);
                for rule in line[11].split(';') {
                    prop_assert!(KNOWLEDGE.rule_named(rule).is_some(), "unknown rule {} in {:?}", rule, line);
                }
            }
        }
    }

    #[test]
    fn a_plan_without_stages_changes_nothing_but_by_services_and_licenses(rows in rows()) {
        let case = case(&rows, "");
        for line in case.findings(Reading::Judged) {
            prop_assert!(["service-change", "license-expiry"].contains(&line[8].as_str()), "{:?}", line);
        }
    }

    #[test]
    fn users_alone_in_their_cohort_are_told_the_same_as_users_in_company(rows in rows(), stages in stages()) {
        // A column of its own value for each user, named by a `where` that changes nobody, forbids any two to share a shape.
        let together = case(&rows, &stages);
        let apart = stages.clone() + &stage("zz", "2014-09-02", "client = [{ remove = [\"lync-windows-store-app\"], where = { alone = \"x\" } }]");
        let mut text = String::new();
        for (number, line) in with_header(&rows.iter().map(String::as_str).collect::<Vec<_>>()).lines().enumerate() {
            let more = if number == 0 { "Alone".to_owned() } else { number.to_string() };
            text.push_str(&format!("{line},{more}\n"));
        }
        let alone = Case::read(&text, &plan(&apart));
        prop_assert_eq!(alone.inventory.shapes.len(), rows.len());
        prop_assert_eq!(together.findings(Reading::Judged), alone.findings(Reading::Judged));
    }

    #[test]
    fn changes_count_what_the_findings_file_lists(rows in rows(), stages in stages()) {
        let case = case(&rows, &stages);
        let lines = case.findings(Reading::Judged);
        for outcome in case.outcomes(Reading::Judged) {
            for capability in Capability::ALL {
                for kind in Kind::ALL {
                    let listed = lines
                        .iter()
                        .filter(|line| line[0] == outcome.event.id && line[3] == capability.id() && line[6] == kind.id())
                        .count() as u64;
                    prop_assert_eq!(listed, outcome.changes[capability.index()].get(*kind));
                }
            }
        }
    }
}

/// Users of whom nearly all differ, so many that threads share them: their groups, crowds, and paths.
fn different_rows() -> Vec<String> {
    let mut rows = Vec::new();
    for (number, pool) in POOL_IDS.iter().cycle().enumerate().take(6000) {
        let clients = [number / 4, number / 52, number / 676].map(|at| CLIENTS[at % 13]);
        let chat = ["yes", "no"][number / 7 % 2];
        let department = ["IT", "HR", ""][number % 3];
        let providers = ["aol", "yahoo", "yahoo;skype", ""][number / 11 % 4];
        rows.push(format!(
            "user{:02}@contoso.com,{pool},{},{department},{chat},{providers},yes,2014-0{}-15,,,{}",
            9999 - number,
            clients.join(";"),
            2 + number % 5,
            1 + number / 13 % 2,
        ));
    }
    // Two whom plans name.
    rows.push("user49@contoso.com,r2,lync-2013,IT,yes,aol".to_owned());
    rows.push("user50@contoso.com,l10,,HR,,".to_owned());
    rows
}

static DIFFERENT_ROWS: LazyLock<String> = LazyLock::new(|| {
    let rows = different_rows();
    with_header(&rows.iter().map(String::as_str).collect::<Vec<_>>())
});

/// All that a timeline says.
fn told(case: &Case, threads: usize) -> String {
    let threads = NonZeroUsize::new(threads).expect("above zero");
    let timeline = timeline::build(&case.plan, &case.inventory, &KNOWLEDGE, threads);
    let cohorts = timeline.cohorts().iter();
    let routes: Vec<_> = cohorts.map(|cohort| timeline.route(cohort)).collect();
    let users = 0..case.inventory.users.len();
    let paths: Vec<usize> = users.map(|user| timeline.path_of(user)).collect();
    assert!(timeline.paths.len() > 2000, "{}", timeline.paths.len());
    format!(
        "{:?}",
        (
            &timeline.effects,
            timeline.organizers,
            &timeline.paths,
            &timeline.risks,
            timeline.cohorts(),
            routes,
            paths,
        )
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_timeline_is_the_same_on_any_number_of_threads(stages in stages(), limit in 1..5000_u32) {
        let limited = format!(
            "move = [{{ from = [\"r2\"], to = \"l10\" }}, {{ from = [\"l10\"], to = \"l13\", limit = {limit} }}, \
             {{ from = [\"l10\"], to = \"l13b\", where = {{ group-chat = \"yes\" }} }}]"
        );
        let stages = stages + &stage("limited", "2014-05-01", &limited);
        let case = Case::read(&DIFFERENT_ROWS, &plan(&stages));
        let one = told(&case, 1);
        for threads in [2, 3, 5] {
            prop_assert!(told(&case, threads) == one, "{} threads", threads);
        }
    }
}

#[test]
fn findings_are_the_same_bytes_on_one_thread_and_on_several() {
    let rows: Vec<String> = (0..40_000)
        .map(|number| {
            format!(
                "user{number}@contoso.com,{},communicator-2007-r2,IT,,aol",
                if number % 3 == 0 { "r2" } else { "l10" }
            )
        })
        .collect();
    let case = case(
        &rows,
        &stage(
            "s",
            "2014-02-01",
            "move = [{ from = [\"r2\", \"l10\"], to = \"l13\" }]",
        ),
    );
    let one = case.findings_csv(Reading::Judged, Sort::Inventory, 1);
    assert!(one.lines().count() > 40_000);
    assert_eq!(one, case.findings_csv(Reading::Judged, Sort::Inventory, 3));
}
