//! What a workbook may cost, and what happens when it costs more: the whole program, parent and child.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::made::{label, ole, record, row, xls_stream, xlsx};

/// `cutover check` of this workbook, written to a file.
fn check(workbook: &[u8], name: &str, arguments: &[&str]) -> Output {
    let folder = TempDir::new().expect("there is a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, workbook).expect("there is room");
    Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["check", "-i"])
        .arg(path)
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn words(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!words.contains("panicked"), "{words}");
    words
}

fn users(count: u32) -> String {
    let rows =
        (2..count + 2).map(|number| row(number, &[&format!("u{number}@contoso.com"), "pool"]));
    format!(
        "{}{}",
        row(1, &["SipAddress", "HomePool"]),
        rows.collect::<String>()
    )
}

#[test]
fn a_workbook_is_read_whatever_its_name() {
    let workbook = xlsx(&users(3)).packed();
    for name in ["users.xlsx", "users.xls", "users.csv", "users"] {
        let output = check(&workbook, name, &[]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains("3 users"), "{told}{}", words(&output));
    }
    let text = check(
        b"SipAddress,HomePool\nanna@contoso.com,pool\n",
        "users.xlsx",
        &[],
    );
    assert!(words(&text).contains("is named .xlsx but holds text"));
    assert!(String::from_utf8_lossy(&text.stdout).contains("1 user"));
}

#[test]
fn a_workbook_on_standard_input_is_read() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["check", "-i", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = program.stdin.take().expect("it is piped");
    input
        .write_all(&xlsx(&users(700)).packed())
        .expect("it is read");
    drop(input);
    let output = program.wait_with_output().expect("it ends");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("700 users"),
        "{}",
        words(&output)
    );
}

#[test]
fn more_memory_than_granted_is_a_refusal_that_says_how_to_grant_more() {
    let string = format!("<si><t>{}</t></si>", "x".repeat(1000));
    let strings = format!("<sst>{}</sst>", string.repeat(20_000));
    let workbook = xlsx(&users(3))
        .with("xl/sharedStrings.xml", strings)
        .packed();
    let output = check(&workbook, "users.xlsx", &["--max-memory", "8M"]);
    let words = words(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(
        words.contains("takes more than 8 MiB of memory") && words.contains("--max-memory 24M"),
        "{words}"
    );
    assert_eq!(check(&workbook, "users.xlsx", &[]).status.code(), Some(0));
}

#[test]
fn more_cells_than_granted_is_a_refusal_that_says_how_to_grant_more() {
    let workbook = xlsx(&users(300)).packed();
    let output = check(&workbook, "users.xlsx", &["--max-cells", "500"]);
    let words = words(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(
        words.contains("behind cell B250") && words.contains("--max-cells 1000"),
        "{words}"
    );
}

#[test]
fn a_panic_of_the_library_is_a_refusal_and_nothing_of_it_is_seen() {
    let mut stream = xls_stream(&label(0, 0, "sip"));
    stream.splice(20..20, record(0x0018, &[0; 3]));
    let output = check(&ole(&[("Workbook", &stream)]), "users.xls", &[]);
    let words = words(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(words.contains("workbook-fault"), "{words}");
}

#[test]
fn the_child_ends_when_nobody_holds_its_standard_input() {
    let folder = TempDir::new().expect("there is a temporary folder");
    let path = folder.path().join("users.xlsx");
    // More than a pipe holds, so that the child waits for a reader that never comes.
    std::fs::write(&path, xlsx(&users(20_000)).packed()).expect("there is room");
    let mut child = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["__read-workbook", "400000000", "20000000"])
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdin.take());
    child.wait().expect("it ends by itself");
}
