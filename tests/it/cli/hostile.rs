//! Texts of plans, inventories and command lines never reach a terminal as they are.

use cutover::terminal_text::is_obeyed_or_unseen;

use crate::program::{Desk, Ended};

/// Clears the screen, sets the title, turns the reading direction, hides letters, breaks lines.
const EVIL: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}evil\u{2066}\u{200b}\u{2028}\u{e0041}\u{7f}";

/// No character that a terminal obeys or hides, but for line feeds.
#[track_caller]
fn assert_safe(what: &str, ended: &Ended) {
    for (stream, text) in [("stdout", &ended.out), ("stderr", &ended.err)] {
        let raw = text.chars().find(|&c| c != '\n' && is_obeyed_or_unseen(c));
        assert!(raw.is_none(), "{what}: {raw:?} on {stream}:\n{text:?}");
    }
}

/// A plan and an inventory in which every text is hostile, escaped as TOML asks for it.
fn desk() -> Desk {
    let toml: String = EVIL
        .chars()
        .map(|c| format!("\\U{:08x}", u32::from(c)))
        .collect();
    let plan = format!(
        "[plan]\nname = \"{toml}\"\nbaseline = 2014-01-06\n\
         [[pool]]\nid = \"old{toml}\"\nserver = \"ocs-2007-r2\"\nnames = [\"o\"]\n\
         [[pool]]\nid = \"new{toml}\"\nserver = \"lync-server-2013\"\n\
         [[stage]]\nid = \"s{toml}\"\nname = \"{toml}\"\nphase = \"{toml}\"\ndate = 2014-03-01\n\
         move = [{{ from = [\"old{toml}\"], to = \"new{toml}\" }}]\n"
    );
    let users = format!(
        "SipAddress,HomePool,Client,Department,PicProviders,{EVIL}\n\
         anna{EVIL}@x.com,o,Communicator 2007 R2,{EVIL},,{EVIL}\n\
         ben@x.com,o,{EVIL},,,\n\
         cleo@x.com,{EVIL},Lync 2010,,,\n\
         dan@x.com,o,Lync 2010,,{EVIL},\n"
    );
    Desk::new(&[("plan.toml", &plan), ("users.csv", &users)])
}

#[test]
fn answers_and_diagnostics_show_hostile_texts_written_out() {
    let desk = desk();
    let person = format!("anna{EVIL}@x.com");
    for command in [
        &["simulate", "-p", "plan.toml", "-i", "users.csv"][..],
        &["check", "-p", "plan.toml", "-i", "users.csv"],
        &["check", "-i", "users.csv"],
        &["explain", &person, "-p", "plan.toml", "-i", "users.csv"],
        &["explain", "ben@x.com", "-p", "plan.toml", "-i", "users.csv"],
        &["init", "-i", "users.csv"],
    ] {
        let ended = desk.run(command).with(0);
        assert_safe(&format!("{command:?}"), &ended);
        let all = format!("{}{}", ended.out, ended.err);
        assert!(
            ["<U+001B>", "\\U0000001B", "\\u{1b}"]
                .iter()
                .any(|shown| all.contains(shown)),
            "{command:?} shows nothing of it:\n{all}"
        );
    }
}

#[test]
fn with_colors_only_colors_are_sent() {
    let ended = desk()
        .run(&[
            "simulate",
            "-p",
            "plan.toml",
            "-i",
            "users.csv",
            "--color",
            "always",
        ])
        .with(0);
    for text in [&ended.out, &ended.err] {
        let sequences = text.split('\u{1b}').skip(1);
        for sequence in sequences {
            let end = sequence
                .find(|c: char| c.is_ascii_alphabetic())
                .expect("a sequence ends");
            assert!(
                sequence.starts_with('[') && &sequence[end..=end] == "m",
                "{sequence:?}"
            );
        }
        assert!(!text.contains('\u{9b}'));
    }
}

#[test]
fn a_wrong_plan_is_quoted_harmlessly() {
    let desk = Desk::new(&[(
        "plan.toml",
        &format!("[plan]\nname = \"{EVIL}\n{EVIL} = 1\n[[{EVIL}]]\n"),
    )]);
    let ended = desk.run(&["check", "-p", "plan.toml"]).with(2);
    assert_safe("plan", &ended);
    let desk = Desk::new(&[(
        "plan.toml",
        "[plan]\r\nnmae = \"a\u{202e}b\"\r\n\"\\u001b[2J\" = 1\r\n",
    )]);
    let ended = desk.run(&["check", "-p", "plan.toml"]).with(2);
    assert_safe("keys", &ended);
}

#[test]
fn command_lines_are_repeated_harmlessly() {
    for arguments in [
        &["simulate", EVIL][..],
        &["simulate", "--fail-on", EVIL],
        &["simulate", "--map", EVIL],
        &["explain", EVIL],
        &["rules", "show", EVIL],
        &["check", "-p", EVIL],
        &["check", "-i", EVIL],
        &["check", "-p", EVIL, "-p", EVIL],
    ] {
        let ended = crate::program::cutover(arguments);
        assert!(matches!(ended.code, 2 | 3), "{arguments:?}: {ended:?}");
        assert_safe(&format!("{arguments:?}"), &ended);
    }
    let ended = Desk::new(&[]).run(&["init", "-i", "x.csv", "-o", EVIL]);
    assert!(matches!(ended.code, 3 | 4), "{ended:?}");
    assert_safe("output", &ended);
}

#[test]
fn files_of_a_report_have_names_of_ours_alone() {
    let desk = desk();
    let report = [
        "report",
        "-q",
        "-p",
        "plan.toml",
        "-i",
        "users.csv",
        "-o",
        "report",
    ];
    desk.run(&report).with(0);
    let mut folders = vec![desk.path("report")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it was written") {
            let path = entry.expect("it can be listed").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a plain name");
            let is_ours = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            assert!(
                name.chars().all(is_ours) && !name.starts_with('.'),
                "{name:?}"
            );
            files += 1;
            folders.extend(path.is_dir().then_some(path));
        }
    }
    assert!(files > 1);
}
