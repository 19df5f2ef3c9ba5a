//! The lists of people of each phase.

use std::collections::{BTreeMap, BTreeSet};

use super::{NAUGHTY, hostile, json, rows, sample};

#[test]
fn everybody_who_loses_something_stands_in_the_list_of_the_phase_once_for_each_capability() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let json = json(&desk);
    let events = json["events"].as_array().expect("events");
    let phase_of: BTreeMap<&str, u64> = events
        .iter()
        .map(|event| {
            let id = event["id"].as_str().expect("an id");
            (id, event["phase"].as_u64().expect("a phase"))
        })
        .collect();
    let mut wanted: BTreeMap<u64, BTreeSet<(String, String)>> = BTreeMap::new();
    for finding in rows(&desk.text("out/findings.csv")) {
        if finding["kind"] != "restored" {
            let phase = phase_of[finding["event"].as_str()];
            let capability = cutover::model::Capability::parse(&finding["capability"]);
            let name = cutover::report::model::wording::capability(capability.expect("known"));
            wanted
                .entry(phase)
                .or_default()
                .insert((finding["sip"].clone(), name.to_owned()));
        }
    }
    assert!(wanted.len() > 3);
    for phase in json["phases"].as_array().expect("phases") {
        let number = phase["number"].as_u64().expect("a number");
        let path = format!("out/phase-{number}-users.csv");
        if !desk.path(&path).exists() {
            assert_eq!((number, wanted.get(&0)), (0, None));
            continue;
        }
        let rows = rows(&desk.text(&path));
        let listed: BTreeSet<(String, String)> = rows
            .iter()
            .map(|row| (row["sip"].clone(), row["capability"].clone()))
            .collect();
        assert_eq!(listed.len(), rows.len(), "{path} has somebody twice");
        assert_eq!(listed, wanted.remove(&number).unwrap_or_default(), "{path}");
        let days: u64 = rows
            .iter()
            .map(|row| row["days_without"].parse::<u64>().expect("days"))
            .sum();
        let expected: u64 = phase["user_days"]
            .as_object()
            .expect("user-days")
            .values()
            .map(|days| days.as_u64().expect("days"))
            .sum();
        assert_eq!(days, expected, "{path}");
        let groups = phase["groups"].as_array().expect("groups");
        for row in &rows {
            assert!(
                groups
                    .iter()
                    .any(|group| group["id"] == row["group"].as_str())
            );
        }
    }
    assert!(wanted.is_empty());
}

#[test]
fn a_list_says_why_what_helps_and_when_it_is_back() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let rows = rows(&desk.text("out/phase-3-users.csv"));
    let yahoo = rows
        .iter()
        .find(|row| row["capability"] == "Public IM: Yahoo!" && row["change"] == "lost");
    let yahoo = yahoo.expect("licenses end in phase 3");
    assert_eq!(yahoo["date"], "2014-04-01");
    assert_eq!(yahoo["causes"], "license end");
    assert_eq!(yahoo["back_on"], "");
    assert_eq!(yahoo["days_without"], "274");
    assert!(yahoo["remedy"].contains("Yahoo! license"), "{yahoo:?}");
    assert!(!yahoo["rules"].is_empty() && !yahoo["clients_after"].is_empty());
}

#[test]
fn a_loss_that_ends_within_the_plan_has_the_day_on_which_it_is_back() {
    let desk = crate::program::Desk::new(&[
        (
            "plan.toml",
            "[plan]\nname = \"t\"\nbaseline = 2014-01-06\nend = 2014-12-31\n\
             [[pool]]\nid = \"l10\"\nserver = \"lync-server-2010\"\n\
             [[pool]]\nid = \"l13\"\nserver = \"lync-server-2013\"\n\
             [[stage]]\nid = \"up\"\ndate = 2014-03-01\nphase = \"p\"\nmove = [{ from = [\"l10\"], to = \"l13\" }]\n\
             [[stage]]\nid = \"client\"\ndate = 2014-03-31\nphase = \"p\"\nclient = [{ replace = [\"communicator-2007\"], with = \"lync-2013\" }]\n",
        ),
        (
            "users.csv",
            "SipAddress,HomePool,Client,Organizer\na@x.com,l10,communicator-2007,no\nb@x.com,l13,lync-2013,no\n",
        ),
    ]);
    desk.run(&["report", "-p", "plan.toml", "-i", "users.csv", "-o", "out"])
        .with(0);
    let rows = rows(&desk.text("out/phase-1-users.csv"));
    let sign_in = rows.iter().find(|row| row["capability"] == "Sign-in");
    let sign_in = sign_in.expect("Communicator 2007 cannot sign in to 2013");
    assert_eq!(sign_in["back_on"], "2014-03-31");
    assert_eq!(sign_in["days_without"], "30");
    assert_eq!(sign_in["causes"], "own move");
    let people = super::rows(&desk.text("out/phase-1-communications.csv"));
    assert_eq!(people.len(), 1);
    assert_eq!(people[0]["sip"], "a@x.com");
    assert_eq!(people[0]["date"], "2014-03-01");
}

#[test]
fn everybody_to_whom_something_happens_gets_one_message_and_nobody_two() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    for number in 1..=9 {
        let messages = rows(&desk.text(&format!("out/phase-{number}-communications.csv")));
        let told: BTreeSet<&String> = messages.iter().map(|row| &row["sip"]).collect();
        assert_eq!(told.len(), messages.len());
        for row in &messages {
            assert!(row["changes"].ends_with('.') && row["instead"].ends_with('.'));
            assert_eq!(row["date"].len(), "2014-01-06".len());
        }
        let users = rows(&desk.text(&format!("out/phase-{number}-users.csv")));
        for row in &users {
            assert!(told.contains(&row["sip"]), "{} is not told", row["sip"]);
        }
    }
}

#[test]
fn no_cell_of_a_list_begins_a_formula() {
    let desk = hostile(&[]);
    let mut guarded = 0;
    for name in [
        "phase-1-users.csv",
        "phase-1-communications.csv",
        "moves/01.csv",
        "findings.csv",
    ] {
        for row in rows(&desk.text(&format!("out/{name}"))) {
            for cell in row.values() {
                assert!(
                    !cell.starts_with(['=', '+', '@', '\t', '\r']),
                    "{name}: {cell}"
                );
                guarded += usize::from(cell.starts_with("'="));
            }
        }
    }
    assert!(guarded > 3);
    let users = desk.text("out/phase-1-users.csv");
    assert!(users.contains(&format!("'{}", NAUGHTY[7].replace('"', "\"\""))));
}
