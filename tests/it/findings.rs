//! The findings file against what it is made of: users, their paths, and the findings of these.

use std::num::NonZeroUsize;

use cutover::csv_text::guarded;
use cutover::finding::Finding;
use cutover::model::Reading;
use cutover::report::findings::{self, Choice, Column, Run, Sort};

use crate::support::{Case, KNOWLEDGE, stage};

/// Users of whom some have an address that is no CSV cell as it stands, and a plan that moves only some of those alike.
fn odd_addresses() -> Case {
    let rows: Vec<String> = (0..5_000)
        .map(|number| {
            let local = match number {
                70 | 2_500 => format!("\"o'neil, {number}\""),
                71 => format!("\"\"\"quoted{number}\"\"\""),
                72 | 4_999 => format!("=sum{number}"),
                73 => format!("'+{number}"),
                74 => format!("-{number}"),
                75 => format!("é{number}"),
                _ => format!("user{}", number * 7_919 % 5_000),
            };
            let (local, quote) = match local.strip_suffix('"') {
                Some(open) => (open.to_owned(), "\""),
                None => (local, ""),
            };
            let pool = if number % 3 == 0 { "r2" } else { "l10" };
            let client = ["communicator-2007-r2", "lync-2010", "lync-2013"][number % 5 % 3];
            let license_end = if number % 4 == 0 { "2014-02-10" } else { "" };
            format!("{local}@x{quote},{pool},{client},IT,,yahoo;aol,,{license_end},yes")
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let pilot = stage(
        "pilot",
        "2014-02-01",
        "move = [{ from = [\"r2\", \"l10\"], to = \"l13\", limit = 1700 }]\npublish = [\"l13\"]",
    );
    let rest = stage(
        "rest",
        "2014-05-01",
        "move = [{ from = [\"r2\", \"l10\"], to = \"l13\" }]\n\
         client = [{ replace = [\"lync-2010\"], with = \"lync-2013\" }]",
    );
    Case::new(&rows, &(pilot + &rest))
}

/// The cells of a finding's line.
fn line(run: &Run<'_>, sip: &str, finding: &Finding) -> Vec<String> {
    let event = &run.simulation.outcomes[finding.event].event;
    let joined = |parts: Vec<&str>| parts.join(";");
    let cells = Column::ALL.iter().map(|column| match column {
        Column::Event => event.id.clone(),
        Column::Date => event.date.to_string(),
        Column::Sip => sip.to_owned(),
        Column::Capability => finding.capability.id().to_owned(),
        Column::From => finding.from.id().to_owned(),
        Column::To => finding.to.id().to_owned(),
        Column::Kind => finding.kind().id().to_owned(),
        Column::Severity => finding.severity.id().to_owned(),
        Column::Causes => joined(finding.causes.iter().map(|cause| cause.id()).collect()),
        Column::Workaround => {
            let workaround = finding.workaround.map(|workaround| workaround.id());
            workaround.unwrap_or_default().to_owned()
        }
        Column::Detail => finding.detail(),
        Column::Rules => {
            let rules = finding.rules.iter();
            joined(rules.map(|&rule| KNOWLEDGE.rule_id(rule)).collect())
        }
    });
    cells.map(|cell| guarded(&cell).into_owned()).collect()
}

/// The file as it has to be, made the long way.
fn expected(run: &Run<'_>, sort: Sort) -> Vec<u8> {
    let users = &run.timeline.inventory.users;
    let mut order: Vec<usize> = (0..users.len()).collect();
    if sort == Sort::Sip {
        order.sort_by_key(|&user| users.sip(user).to_string());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = Column::ALL.iter().map(|column| column.id());
    writer
        .write_record(header)
        .expect("a vector takes everything");
    for event in 0..run.simulation.outcomes.len() {
        for &user in &order {
            let findings = run.simulation.findings_of(run.timeline.path_of(user));
            for finding in findings.iter().filter(|finding| finding.event == event) {
                let line = line(run, &users.sip(user).to_string(), finding);
                writer
                    .write_record(line)
                    .expect("a vector takes everything");
            }
        }
    }
    writer.into_inner().expect("a vector takes everything")
}

#[test]
fn every_user_gets_the_lines_of_their_path_with_their_address_as_a_cell_of_csv() {
    odd_addresses().simulation(Reading::Judged, |run| {
        for sort in [Sort::Inventory, Sort::Sip] {
            let expected = expected(run, sort);
            for odd in ["\"o'neil, 70@x\"", "\"\"\"quoted71", ",'=sum72@x", ",é75@x"] {
                assert!(String::from_utf8_lossy(&expected).contains(odd), "{odd}");
            }
            for threads in [1, 2, 5] {
                let threads = NonZeroUsize::new(threads).expect("above zero");
                let mut out = Vec::new();
                let lines = findings::write(
                    run,
                    &Choice::default(),
                    Column::ALL,
                    sort,
                    threads,
                    &mut out,
                );
                let count = expected.iter().filter(|&&byte| byte == b'\n').count() as u64 - 1;
                assert_eq!(lines.ok(), Some(count));
                assert!(out == expected, "{sort:?} on {threads} threads");
            }
        }
    });
}

#[test]
fn columns_come_as_asked_for_even_without_address_or_with_it_twice() {
    let case = odd_addresses();
    case.simulation(Reading::Judged, |run| {
        let written = |columns: &[Column]| {
            let mut out = Vec::new();
            let (choice, threads) = (Choice::default(), NonZeroUsize::MIN);
            findings::write(run, &choice, columns, Sort::Inventory, threads, &mut out)
                .expect("a vector takes everything");
            let mut reader = csv::Reader::from_reader(out.as_slice());
            let rows = reader
                .records()
                .map(|row| row.expect("rows are equally long"));
            rows.map(|row| row.iter().map(str::to_owned).collect())
                .collect::<Vec<Vec<String>>>()
        };
        let all = written(Column::ALL);
        let asked = written(&[Column::Sip, Column::Kind, Column::Sip]);
        let without = written(&[Column::Kind]);
        assert_eq!(all.len(), asked.len());
        assert_eq!(all.len(), without.len());
        for ((all, asked), without) in all.iter().zip(asked).zip(without) {
            assert_eq!(asked, [&*all[2], &*all[6], &*all[2]]);
            assert_eq!(without, [&*all[6]]);
        }
    });
}
