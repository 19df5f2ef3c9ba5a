//! `moves/NN.csv` and `moves/NN.ps1`: whom, with which command, and nothing that a name could slip in. The scripts are read by a
//! tokenizer that takes a small part of PowerShell, and no other.

use std::collections::BTreeMap;

use super::{NAUGHTY, hostile, json, rows, sample};
use crate::program::Desk;

/// A piece of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A string in straight single quotes, with its value.
    Text(String),
    /// Everything else that is no space and no comment, by words and single marks.
    Word(String),
}

/// Cuts a script into tokens. Takes printable ASCII, comments to the end of a line, strings in single quotes; no double quotes, no
/// backticks, no here-strings, no subexpressions, which the scripts do not need.
fn tokens(script: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for line in script.split("\r\n") {
        assert!(line.chars().all(|c| matches!(c, ' '..='~')), "{line}");
        let mut rest = line;
        loop {
            rest = rest.trim_start();
            let Some(first) = rest.chars().next() else {
                break;
            };
            match first {
                '#' => break,
                '\'' => {
                    let (mut text, mut after) = (String::new(), &rest[1..]);
                    loop {
                        let end = after.find('\'').expect("a string ends on its line");
                        text.push_str(&after[..end]);
                        after = &after[end + 1..];
                        match after.strip_prefix('\'') {
                            Some(more) => {
                                text.push('\'');
                                after = more;
                            }
                            None => break,
                        }
                    }
                    tokens.push(Token::Text(text));
                    rest = after;
                }
                '"' | '`' => panic!("{first} in {line}"),
                c if c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_') => {
                    let is_part =
                        |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_' | '.');
                    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                    tokens.push(Token::Word(rest[..end].to_owned()));
                    rest = &rest[end..];
                }
                c => {
                    assert!(
                        !rest.starts_with("@'") && !rest.starts_with("@\""),
                        "{line}"
                    );
                    tokens.push(Token::Word(c.to_string()));
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
    }
    tokens
}

fn words(tokens: &[Token]) -> Vec<&str> {
    let words = tokens.iter().filter_map(|token| match token {
        Token::Word(word) => Some(word.as_str()),
        Token::Text(_) => None,
    });
    words.collect()
}

/// How often each command that moves stands in a script, outside comments.
fn moving(script: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for word in words(&tokens(script)) {
        if word.starts_with("Move-") {
            *found.entry(word.to_owned()).or_default() += 1;
        }
    }
    found
}

fn scripts(desk: &Desk) -> Vec<(String, String, String)> {
    let entries = std::fs::read_dir(desk.path("out/moves")).expect("moves are there");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter_map(|name| name.strip_suffix(".ps1").map(str::to_owned))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let list = desk.text(&format!("out/moves/{name}.csv"));
            let script = desk.text(&format!("out/moves/{name}.ps1"));
            (name, list, script)
        })
        .collect()
}

#[test]
fn every_user_who_moves_stands_in_the_list_of_the_stage() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let json = json(&desk);
    let stages: Vec<&serde_json::Value> = json["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["kind"] == "stage")
        .collect();
    let scripts = scripts(&desk);
    let moving_stages = stages
        .iter()
        .filter(|stage| stage["users_moved"].as_u64() > Some(0));
    assert_eq!(moving_stages.count(), scripts.len());
    for (name, list, script) in scripts {
        let number: usize = name.parse().expect("a number");
        let stage = stages[number - 1];
        let rows = rows(&list);
        assert_eq!(Some(rows.len() as u64), stage["users_moved"].as_u64());
        assert!(list.starts_with('\u{feff}'));
        let check = format!("if ($batch.Count -ne {}) {{ throw", rows.len());
        assert!(script.contains(&check), "{script}");
        assert!(script.contains(stage["date"].as_str().expect("a date")));
    }
}

#[test]
fn legacy_users_move_with_their_own_command_and_nothing_moves_unless_told() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let scripts = scripts(&desk);
    let all: Vec<BTreeMap<String, usize>> =
        scripts.iter().map(|(.., script)| moving(script)).collect();
    // The first stage moves volunteers of two pools from 2007 R2, the last from 2010 to 2013.
    assert_eq!(
        all[0],
        BTreeMap::from([("Move-CsLegacyUser".to_owned(), 2)])
    );
    assert_eq!(
        all.last().expect("scripts").keys().collect::<Vec<_>>(),
        ["Move-CsUser"]
    );
    for (.., script) in &scripts {
        for line in script.lines().filter(|line| line.contains("Move-Cs")) {
            assert!(
                line.contains("-WhatIf }") || line.starts_with("# "),
                "{line}"
            );
        }
        let tokens = tokens(script);
        let words = words(&tokens);
        assert!(!words.contains(&"-Force"));
        let last_check = words
            .iter()
            .position(|word| *word == "throw")
            .expect("a check");
        let first_move = words.iter().position(|word| word.starts_with("Move-"));
        assert!(Some(last_check) < first_move);
    }
    let (desk, ended) = sample(&["--moves-for-real"]);
    ended.with(0);
    for (_, _, script) in self::scripts(&desk) {
        assert!(!words(&tokens(&script)).contains(&"-WhatIf"), "{script}");
        assert!(
            script.contains("-Confirm:$false }") && script.contains("# THE COMMANDS MOVE USERS")
        );
    }
}

#[test]
fn the_way_back_is_a_comment_with_its_cost_and_its_end() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    for (name, _, script) in scripts(&desk) {
        let (before, back) = script
            .split_once("# ---- The way back ----\r\n")
            .expect("every script has one");
        assert!(before.contains("Move-Cs"));
        assert!(
            back.lines().all(|line| line.starts_with("# ")),
            "{name}: {back}"
        );
        assert!(back.contains("Move-CsUser -Identity") && !back.contains("Move-CsLegacyUser"));
        assert!(back.contains("Going back loses data from"));
        assert!(back.contains("No way back to"), "{back}");
    }
}

#[test]
fn hostile_pools_are_strings_and_hostile_addresses_are_left_out() {
    let desk = hostile(&[]);
    let scripts = scripts(&desk);
    let (_, list, script) = &scripts[0];
    let tokens = tokens(script);
    let words = words(&tokens);
    for word in ["Remove-Item", "-Recurse", "$env", "calc", "n"] {
        assert!(
            !words.contains(&word),
            "{word} escaped its string:\n{script}"
        );
    }
    assert!(
        tokens.contains(&Token::Text(NAUGHTY[3].to_owned())),
        "{script}"
    );
    assert!(
        script.contains("[char]0x2019 + '; Remove-Item $env:TEMP; '"),
        "{script}"
    );
    let rows = rows(list);
    let left_out: Vec<&str> = rows
        .iter()
        .filter(|row| row["Batch"].is_empty())
        .map(|row| row["SipAddress"].as_str())
        .collect();
    assert_eq!(
        left_out,
        ["'=cmd@contoso.com", "*@contoso.com", "a;b@contoso.com"]
    );
    assert!(
        rows.iter()
            .all(|row| row["Batch"].is_empty() == row["Note"].starts_with("left out: "))
    );
    assert!(script.contains("# 3 users of the list are left out"));
    assert!(script.contains(&format!("-ne {})", NAUGHTY.len())));
}
