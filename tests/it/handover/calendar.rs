//! `calendar.ics`, read strictly: RFC 5545 as far as the file goes, and nothing besides.

use std::collections::{BTreeMap, BTreeSet};

use super::{NAUGHTY, hostile, json, sample};
use crate::program::Desk;

/// The properties of each entry, unfolded and unescaped, by their names with parameters.
fn entries(text: &str) -> Vec<BTreeMap<String, String>> {
    assert!(text.ends_with("\r\n"));
    let lines: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
    let mut unfolded: Vec<String> = Vec::new();
    for line in lines {
        assert!(line.len() <= 75, "{} bytes: {line}", line.len());
        assert!(!line.contains(['\r', '\n']) && !line.chars().any(char::is_control));
        match line.strip_prefix(' ') {
            Some(rest) => unfolded.last_mut().expect("a line before").push_str(rest),
            None => unfolded.push(line.to_owned()),
        }
    }
    let mut entries = Vec::new();
    let mut entry: Option<BTreeMap<String, String>> = None;
    let mut calendar = Vec::new();
    for line in unfolded {
        let (name, value) = line.split_once(':').expect("a name and a value");
        match (name, value) {
            ("BEGIN", "VEVENT") => assert!(entry.replace(BTreeMap::new()).is_none()),
            ("END", "VEVENT") => entries.push(entry.take().expect("an entry began")),
            _ => match &mut entry {
                Some(entry) => {
                    let before = entry.insert(name.to_owned(), unescaped(value));
                    assert_eq!(before, None, "{name} twice");
                }
                None => calendar.push(format!("{name}:{value}")),
            },
        }
    }
    assert_eq!(
        calendar.first().map(String::as_str),
        Some("BEGIN:VCALENDAR")
    );
    assert_eq!(calendar.last().map(String::as_str), Some("END:VCALENDAR"));
    assert!(calendar.contains(&"VERSION:2.0".to_owned()));
    entries
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next().expect("something is escaped") {
                'n' => text.push('\n'),
                escaped @ ('\\' | ';' | ',') => text.push(escaped),
                other => panic!("\\{other}"),
            },
            ';' | ',' => panic!("{value} has a bare {character}"),
            _ => text.push(character),
        }
    }
    text
}

#[test]
fn stages_and_dates_from_outside_are_whole_days_of_the_calendar() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let entries = entries(&desk.text("out/calendar.ics"));
    let json = json(&desk);
    let events: Vec<&serde_json::Value> = json["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["kind"] != "baseline")
        .collect();
    assert_eq!(entries.len(), events.len());
    let mut ids = BTreeSet::new();
    for (entry, event) in entries.iter().zip(events) {
        let compact = |day: &str| day.replace('-', "");
        let day = event["date"].as_str().expect("a date");
        let next = day
            .parse::<chrono::NaiveDate>()
            .ok()
            .and_then(|day| day.succ_opt());
        assert_eq!(entry["DTSTART;VALUE=DATE"], compact(day));
        assert_eq!(
            entry["DTEND;VALUE=DATE"],
            compact(&next.expect("a next day").to_string())
        );
        assert_eq!(entry["DTSTAMP"], "20140106T000000Z");
        assert_eq!(entry["SUMMARY"], event["title"].as_str().expect("a title"));
        assert!(ids.insert(&entry["UID"]), "{} twice", entry["UID"]);
    }
    let kinds: BTreeSet<&str> = entries.iter().map(|entry| &*entry["CATEGORIES"]).collect();
    assert_eq!(kinds, BTreeSet::from(["License", "Service", "Stage"]));
}

#[test]
fn a_later_report_with_another_date_moves_the_entry_it_has() {
    let plan = |day: &str| crate::program::PLAN.replace("2014-03-01", day);
    let ids = |day: &str| {
        let desk = Desk::new(&[
            ("plan.toml", &plan(day)),
            ("users.csv", crate::program::USERS),
        ]);
        desk.run(&["report", "-p", "plan.toml", "-i", "users.csv", "-o", "out"])
            .with(0);
        let entries = entries(&desk.text("out/calendar.ics"));
        let wave = entries.iter().find(|entry| entry["SUMMARY"] == "wave-1");
        let wave = wave.expect("the stage").clone();
        (wave["UID"].clone(), wave["DTSTART;VALUE=DATE"].clone())
    };
    let (first, second) = (ids("2014-03-01"), ids("2014-05-01"));
    assert_eq!(first.0, second.0);
    assert_eq!((&*first.1, &*second.1), ("20140301", "20140501"));
}

#[test]
fn hostile_texts_are_values_and_nothing_else() {
    let desk = hostile(&[]);
    let entries = entries(&desk.text("out/calendar.ics"));
    let stage = entries.iter().find(|entry| entry["SUMMARY"] == NAUGHTY[6]);
    let description = &stage.expect("the stage")["DESCRIPTION"];
    assert!(description.contains(NAUGHTY[2]), "{description}");
    assert!(
        entries
            .iter()
            .all(|entry| !entry.contains_key("X-INJECTED"))
    );
}
