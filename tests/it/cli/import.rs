//! `cutover import`: files in, one clean file out, and what changed since the last time.

use crate::program::{Desk, PLAN, fabrikam};

const CLIENTS: &str = "User URI;User agent;Seen\nanna@fabrikam.com;Lync 2013;2014-01-02\nBEN@fabrikam.com;Zebra 3000;2014-01-03\n";

fn desk() -> Desk {
    let desk = fabrikam();
    desk.put("clients.csv", CLIENTS);
    desk
}

const BOTH: [&str; 5] = ["import", "-i", "users.csv", "-i", "clients.csv"];

fn import<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&BOTH[..], more].concat()
}

#[test]
fn the_merged_file_simulates_as_the_files_do() {
    let desk = desk();
    let ended = desk
        .run(&import(&["-p", "plan.toml", "-o", "merged.csv"]))
        .with(0);
    assert_eq!(ended.out, "");
    ended.says("3 users: 6 rows in 2 files, 5 used, 1 rejected");
    let simulate = |files: &[&str]| {
        let arguments = [
            &["simulate", "-q", "-p", "plan.toml", "--findings", "-"],
            files,
        ]
        .concat();
        desk.run(&arguments).with(0).out
    };
    let merged = simulate(&["-i", "merged.csv"]);
    assert!(merged.lines().count() > 5);
    assert_eq!(merged, simulate(&["-i", "users.csv", "-i", "clients.csv"]));
}

#[test]
fn without_an_output_it_goes_to_standard_output_and_without_a_plan_every_pool_is_one() {
    let desk = desk();
    let all = desk.run(&import(&["-q"])).with(0).out;
    assert_eq!(all.lines().count(), 5, "{all}");
    assert!(
        all.contains("\ndan@fabrikam.com,Dan,elsewhere,lync-2013,"),
        "{all}"
    );
    assert!(!all.contains("cutover-pool"));
    assert_eq!(desk.names(), ["clients.csv", "plan.toml", "users.csv"]);
}

#[test]
fn a_dry_run_against_an_earlier_import_says_what_changed_and_writes_nothing_else() {
    let desk = desk();
    desk.run(&import(&["-o", "merged.csv"])).with(0);
    desk.run(&import(&["--against", "merged.csv"]))
        .with(0)
        .prints("Against merged.csv: 0 users new, 0 changed, 4 same, 0 gone\n");
    desk.put(
        "clients.csv",
        "User URI;User agent;Seen\nanna@fabrikam.com;Lync 2010;2014-01-02\neva@fabrikam.com;Lync 2010;\n",
    );
    desk.put(
        "users.csv",
        "SipAddress,HomePool\nanna@fabrikam.com,ocs.fabrikam.com\nben@fabrikam.com,old\neva@fabrikam.com,=new\n",
    );
    let ended = desk
        .run(&import(&[
            "-q",
            "--against",
            "merged.csv",
            "--changes",
            "changes.csv",
        ]))
        .with(0);
    assert_eq!(
        ended.out,
        "Against merged.csv: 1 user new, 2 changed, 0 same, 2 gone\n  \
         new      eva@fabrikam.com\n  \
         changed  anna@fabrikam.com: DisplayName from \"Anna\" to nothing; Client from \"lync-2013; communicator-2007-r2\" to \"lync-2010\"; PicProviders from \"aol\" to nothing\n  \
         changed  ben@fabrikam.com: DisplayName from \"Ben\" to nothing; Client from \"lync-2010; Zebra 3000\" to nothing; Seen from \"2014-01-03\" to nothing\n  \
         gone     cleo@fabrikam.com\n  \
         gone     dan@fabrikam.com\n"
    );
    let changes = desk.text("changes.csv");
    assert!(
        changes
            .starts_with("change,sip,field,from,to\nchanged,anna@fabrikam.com,DisplayName,Anna,\n")
            && changes.contains("\nnew,eva@fabrikam.com,,,\n")
            && changes.ends_with("\ngone,dan@fabrikam.com,,,\n"),
        "{changes}"
    );
    assert_eq!(
        desk.names(),
        [
            "changes.csv",
            "clients.csv",
            "merged.csv",
            "plan.toml",
            "users.csv"
        ]
    );
    let answer = desk
        .run(&import(&[
            "-q",
            "--against",
            "merged.csv",
            "--format",
            "json",
        ]))
        .with(0)
        .out;
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["users"][2]["change"], "new");
    assert_eq!(answer["users"][0]["fields"][1]["to"], "lync-2010");
}

#[test]
fn rejected_rows_mended_and_imported_with_the_rest_are_the_full_set() {
    let desk = desk();
    desk.run(&import(&[
        "-p",
        "plan.toml",
        "-o",
        "merged.csv",
        "--rejected",
        "bad.csv",
    ]))
    .with(0);
    let bad = desk.text("bad.csv");
    desk.put("mended.csv", bad.replace("elsewhere", "old"));
    desk.run(&[
        "import",
        "-i",
        "merged.csv",
        "-i",
        "mended.csv",
        "-p",
        "plan.toml",
        "-o",
        "full.csv",
    ])
    .with(0)
    .says("4 users: 4 rows in 2 files, 4 used, 0 rejected");
    desk.put(
        "users.csv",
        desk.text("users.csv").replace("elsewhere", "old"),
    );
    desk.run(&import(&["-q", "-p", "plan.toml", "--against", "full.csv"]))
        .with(0)
        .prints("0 users new, 0 changed, 4 same, 0 gone");
}

#[test]
fn an_explanation_says_where_each_value_comes_from() {
    let desk = desk();
    let asked = [
        "explain",
        "anna@fabrikam.com",
        "-q",
        "-p",
        "plan.toml",
        "-i",
        "users.csv",
        "-i",
        "clients.csv",
    ];
    desk.run(&asked)
        .with(0)
        .prints("HomePool: \"ocs.fabrikam.com\" from users.csv, row 2\n")
        .prints("Client: \"Communicator 2007 R2\" from users.csv, row 2\n")
        .prints("Client: \"Lync 2013\" from clients.csv, row 2\n");
    let seen = [&asked[..], &["--last-seen", "Seen", "--stale-after", "3d"]].concat();
    desk.run(&seen)
        .with(0)
        .prints("Client: \"Lync 2013\" from clients.csv, row 2 (does not count)\n");
}

#[test]
fn what_cannot_work_together_is_said() {
    let desk = desk();
    desk.run(&["import"]).with(2).says("no inventory is given");
    desk.run(&import(&["--stale-after", "90d", "--last-seen", "Seen"]))
        .with(2)
        .says("--stale-after counts back from the baseline of a plan");
    desk.run(&import(&["-o", "users.csv"]))
        .with(2)
        .says("--inventory");
    desk.run(&import(&["--changes", "c.csv"]))
        .with(2)
        .says("--against");
    desk.run(&import(&["-o", "-", "--against", "users.csv"]))
        .with(2)
        .says("standard output");
    desk.run(&import(&["--against", "nothing.csv"]))
        .with(3)
        .says("nothing.csv cannot be read");
    desk.put("wrong.toml", PLAN.replace("2014-03-01", "soon"));
    desk.run(&import(&["-p", "wrong.toml"])).with(2);
    desk.run(&import(&[
        "--max-rejected",
        "0",
        "-p",
        "plan.toml",
        "-o",
        "m.csv",
    ]))
    .with(3)
    .says("more than --max-rejected 0 allows");
    assert!(!desk.path("m.csv").exists());
}
