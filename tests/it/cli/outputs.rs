//! Output files: whole under their final name, or not there; older ones stay until they are replaced.

use crate::program::{Desk, USERS, fabrikam, with_files};

const OLDER: &str = "older findings\n";

#[test]
fn findings_and_rejected_rows_are_files_and_the_summary_stays_on_standard_output() {
    let desk = fabrikam();
    let arguments = with_files("simulate", &["--findings", "f.csv", "--rejected", "r.csv"]);
    desk.run(&arguments).with(0).prints("Checked: 3 users");
    let header = "event,date,sip,capability,from,to,kind,severity,causes,workaround,detail,rules\n";
    assert!(
        desk.text("f.csv").starts_with(header),
        "{}",
        desk.text("f.csv")
    );
    assert!(desk.text("r.csv").contains("dan@fabrikam.com"));
    assert_eq!(desk.names(), ["f.csv", "plan.toml", "r.csv", "users.csv"]);
}

#[test]
fn findings_can_go_to_standard_output_and_the_summary_then_does_not() {
    let desk = fabrikam();
    let ended = desk
        .run(&with_files(
            "simulate",
            &["--findings", "-", "--kind", "lost"],
        ))
        .with(0);
    assert!(
        ended
            .out
            .lines()
            .skip(1)
            .all(|line| line.contains(",lost,")),
        "{}",
        ended.out
    );
    ended.says("Checked: 3 users");
    let both = with_files("simulate", &["--findings", "-", "--format", "json"]);
    desk.run(&both).with(2).says("standard output");
    let both = with_files("simulate", &["--findings", "-", "--rejected", "-"]);
    desk.run(&both).with(2).says("standard output");
}

#[test]
fn options_restrict_and_arrange_what_is_written() {
    let desk = fabrikam();
    let more = [
        "--findings",
        "-",
        "--columns",
        "sip,kind,capability",
        "--kind",
        "lost",
        "--capability",
        "pic-aol",
    ];
    let ended = desk.run(&with_files("simulate", &more)).with(0);
    assert_eq!(
        ended.out,
        "sip,kind,capability\nanna@fabrikam.com,lost,pic-aol\n"
    );
    let more = [
        "--findings",
        "-",
        "--min-severity",
        "critical",
        "--columns",
        "severity",
    ];
    let ended = desk.run(&with_files("simulate", &more)).with(0);
    assert!(
        ended.out.lines().skip(1).all(|line| line == "critical"),
        "{}",
        ended.out
    );
    desk.run(&with_files("simulate", &["--kind", "lost"]))
        .with(0)
        .says("--findings FILE");
}

#[test]
fn an_output_that_cannot_be_written_is_code_4_before_the_work_starts() {
    let desk = fabrikam();
    desk.run(&with_files("simulate", &["--findings", "no/such/f.csv"]))
        .with(4)
        .says("no such file or folder");
    desk.run(&with_files("simulate", &["--findings", "."]))
        .with(4)
        .says("it is a folder");
    desk.put("locked.csv", OLDER);
    let mut permissions = std::fs::metadata(desk.path("locked.csv"))
        .expect("just written")
        .permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(desk.path("locked.csv"), permissions).expect("our own file");
    let ended = desk
        .run(&with_files("simulate", &["--findings", "locked.csv"]))
        .with(4);
    assert_eq!(ended.out, "");
    assert_eq!(desk.text("locked.csv"), OLDER);
    assert_eq!(desk.names(), ["locked.csv", "plan.toml", "users.csv"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_code_4() {
    let desk = fabrikam();
    desk.run(&with_files("simulate", &["--findings", "/dev/full"]))
        .with(4)
        .says("the disk is full");
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it")
    };
    for arguments in [
        with_files("simulate", &["-q"]),
        with_files("simulate", &["-q", "--format", "json"]),
        vec!["man"],
    ] {
        let output = desk
            .command(&arguments)
            .stdout(full())
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("standard output cannot be written")
        );
    }
}

#[test]
fn a_failed_run_leaves_older_output_whole_and_nothing_half() {
    let desk = Desk::new(&[
        ("plan.toml", "[plan]\n"),
        ("users.csv", USERS),
        ("f.csv", OLDER),
    ]);
    desk.run(&with_files("simulate", &["--findings", "f.csv"]))
        .with(2);
    let desk = fabrikam();
    desk.put("f.csv", OLDER);
    desk.put("users.csv", "SipAddress,HomePool\n");
    desk.run(&with_files(
        "simulate",
        &["--findings", "f.csv", "--rejected", "r.csv"],
    ))
    .with(3);
    assert_eq!(desk.text("f.csv"), OLDER);
    assert_eq!(desk.names(), ["f.csv", "plan.toml", "users.csv"]);
}

#[test]
fn one_file_is_not_two_outputs_and_no_output_replaces_an_input() {
    let desk = fabrikam();
    desk.run(&with_files(
        "simulate",
        &["--findings", "x.csv", "--rejected", "./x.csv"],
    ))
    .with(2)
    .says("x.csv");
    desk.run(&with_files("simulate", &["--rejected", "users.csv"]))
        .with(2)
        .says("--inventory");
    desk.run(&["init", "-i", "users.csv", "-o", "users.csv"])
        .with(2)
        .says("--inventory");
    assert_eq!(desk.text("users.csv"), USERS);
}

#[test]
fn an_older_output_is_replaced_and_keeps_what_it_may() {
    let desk = fabrikam();
    desk.put("f.csv", OLDER.repeat(10_000));
    desk.run(&with_files("simulate", &["--findings", "f.csv"]))
        .with(0);
    assert!(!desk.text("f.csv").contains("older"));
}
