//! Inventories so large that the program asks for large pages, for which it begins anew.

use super::super::program::{Desk, Ended, PLAN, USERS};

/// The rows of [`USERS`] for eighteen times as many people, with notes just below the longest cell there may be.
fn large() -> Desk {
    let note = "x".repeat(1_000_000);
    let (header, rows) = USERS.split_once('\n').expect("a header");
    let mut inventory = format!("{header},Note\n");
    for number in 0..18 {
        for row in rows.lines() {
            inventory += &format!("{number}.{row},{note}\n");
        }
    }
    assert!(inventory.len() > 64 << 20);
    Desk::new(&[("plan.toml", PLAN), ("users.csv", &inventory)])
}

#[test]
fn who_begins_anew_with_large_pages_says_what_others_say() {
    let desk = large();
    let run = |name: &str, tunables: Option<&str>| {
        // The plan comes from standard input, of which the second beginning must find everything.
        let arguments = ["simulate", "-p", "-", "-i", "users.csv", "--findings", name];
        let plan = std::fs::File::open(desk.path("plan.toml")).expect("just written");
        let mut command = desk.command(&arguments);
        command.stdin(plan);
        if let Some(tunables) = tunables {
            command.env("GLIBC_TUNABLES", tunables);
        }
        Ended::of(command.output().expect("the program starts")).with(0)
    };
    let (anew, as_told) = (run("anew.csv", None), run("told.csv", Some("")));
    assert_eq!(anew.out, as_told.out);
    assert_eq!(anew.err, as_told.err);
    assert!(anew.out.contains("54 users"), "{}", anew.out);
    assert_eq!(desk.text("anew.csv"), desk.text("told.csv"));
    assert_eq!(
        desk.names(),
        ["anew.csv", "plan.toml", "told.csv", "users.csv"]
    );
}
