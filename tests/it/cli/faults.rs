//! When writing goes wrong, or reading: one clear sentence, the right code, older output whole.

use std::io::Write;
use std::process::Stdio;

use crate::program::{Desk, PLAN, USERS, command, fabrikam, with_files};

const OLDER: &str = "older\n";

/// Every command that prints data, with files of [`fabrikam`].
fn printing() -> Vec<Vec<&'static str>> {
    let mut commands = vec![
        with_files("simulate", &["-q", "--format", "json"]),
        with_files("simulate", &["-q", "--findings", "-"]),
        with_files("check", &["-q"]),
        with_files("check", &["-q", "--format", "json"]),
        with_files("import", &["-q"]),
        with_files("import", &["-q", "--against", "users.csv"]),
        with_files(
            "import",
            &["-q", "--against", "users.csv", "--format", "json"],
        ),
        with_files("explain", &["-q", "anna@fabrikam.com"]),
        with_files("dry-run", &["-q", "--shift", "wave-1=+7d"]),
        with_files(
            "dry-run",
            &["-q", "--shift", "wave-1=+7d", "--format", "csv"],
        ),
        vec!["timeline", "-q", "-p", "plan.toml"],
    ];
    let sweep = [
        "-q",
        "--stage",
        "wave-1",
        "--from",
        "2014-02-01",
        "--to",
        "2014-03-01",
    ];
    commands.push(with_files("sweep", &sweep));
    commands.push(with_files(
        "sweep",
        &[&sweep[..], &["--format", "json"]].concat(),
    ));
    commands.extend([
        vec!["init", "-q", "-i", "users.csv"],
        vec!["rules", "list"],
        vec!["rules", "export", "--format", "json"],
        vec!["sql", "-p", "plan.toml", "--dialect", "duckdb"],
        vec!["completions", "bash"],
        vec!["man"],
    ]);
    commands
}

#[test]
fn a_reader_who_went_away_is_no_error() {
    let desk = fabrikam();
    for arguments in printing() {
        let mut child = desk
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let ended = child.wait_with_output().expect("it ends");
        let words = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}: {words}");
        assert!(
            !words.contains("cannot be written"),
            "{arguments:?}: {words}"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_under_any_output_is_code_4_and_one_sentence() {
    let desk = fabrikam();
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it")
    };
    for arguments in printing() {
        let output = desk
            .command(&arguments)
            .stdout(full())
            .output()
            .expect("the program starts");
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}: {words}");
        assert!(
            words.contains("standard output cannot be written: the disk is full"),
            "{arguments:?}: {words}"
        );
    }
    for arguments in [
        with_files("simulate", &["--findings", "/dev/full"]),
        with_files("simulate", &["--rejected", "/dev/full"]),
        with_files("check", &["--rejected", "/dev/full"]),
        with_files("import", &["-o", "/dev/full"]),
        with_files("import", &["-o", "x.csv", "--rejected", "/dev/full"]),
        with_files(
            "import",
            &["--against", "users.csv", "--changes", "/dev/full"],
        ),
        vec!["init", "-i", "users.csv", "-o", "/dev/full"],
    ] {
        desk.run(&arguments)
            .with(4)
            .says("/dev/full cannot be written: the disk is full");
    }
    assert_eq!(desk.names(), ["plan.toml", "users.csv"]);
}

#[test]
fn a_run_that_is_killed_leaves_older_output_whole() {
    let desk = Desk::new(&[
        ("plan.toml", PLAN),
        ("f.csv", OLDER),
        ("m.csv", OLDER),
        ("r.csv", OLDER),
    ]);
    let runs = [
        vec![
            "simulate",
            "-p",
            "plan.toml",
            "-i",
            "-",
            "--findings",
            "f.csv",
            "--rejected",
            "r.csv",
        ],
        vec!["import", "-i", "-", "-o", "m.csv", "--rejected", "r.csv"],
    ];
    for arguments in runs {
        let mut child = desk
            .command(&arguments)
            .stdin(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // The program waits for the rest of its input, which never comes.
        let mut input = child.stdin.take().expect("piped");
        input.write_all(USERS.as_bytes()).expect("it listens");
        child.kill().expect("it has not ended");
        child.wait().expect("it ends");
        drop(input);
        for name in ["f.csv", "m.csv", "r.csv"] {
            assert_eq!(desk.text(name), OLDER, "{arguments:?}");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_code_4_before_the_work_starts() {
    let desk = fabrikam();
    for path in ["users.csv/x", "no/such/x"] {
        for arguments in [
            with_files("simulate", &["--findings", path]),
            with_files("import", &["-o", path]),
            with_files("import", &["--rejected", path]),
            with_files("report", &["-o", path]),
            vec!["init", "-i", "users.csv", "-o", path],
        ] {
            let ended = desk.run(&arguments).with(4).says("cannot be written");
            assert_eq!(
                (ended.out.as_str(), ended.err.lines().count()),
                ("", ended.err.lines().count().min(2))
            );
        }
    }
    assert_eq!(desk.names(), ["plan.toml", "users.csv"]);
}

#[test]
fn an_input_that_is_no_file_says_what_it_is() {
    let desk = fabrikam();
    desk.run(&["check", "-i", "."])
        .with(3)
        .says("it is a folder");
    desk.run(&["check", "-p", "."])
        .with(2)
        .says("it is a folder");
    desk.run(&["check", "-i", "gone.csv"])
        .with(3)
        .says("no such file or folder");
    desk.run(&["import", "-i", "users.csv/x"])
        .with(3)
        .says("a part of the path is not a folder");
}

#[test]
#[cfg(unix)]
fn a_pipe_is_read_like_a_file() {
    let desk = fabrikam();
    let made = std::process::Command::new("mkfifo")
        .arg(desk.path("pipe"))
        .status();
    assert!(made.expect("every Unix has mkfifo").success());
    let (path, users) = (desk.path("pipe"), desk.text("users.csv"));
    let writer = std::thread::spawn(move || std::fs::write(path, users));
    let merged = command(&desk.path("."), &["import", "-q", "-i", "pipe"])
        .output()
        .expect("the program starts");
    writer.join().expect("it writes").expect("somebody reads");
    let direct = desk.run(&["import", "-q", "-i", "users.csv"]).with(0).out;
    assert_eq!(
        String::from_utf8_lossy(&merged.stdout).replace("pipe:", "users.csv:"),
        direct
    );
}
