//! `report.xlsx`, read back: every sheet is there, its figures are those of `report.json`, text is text, and long sheets go on.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::num::NonZeroUsize;

use calamine::{Data, Range, Reader as _, Xlsx};
use cutover::inventory::Names;
use cutover::model::{Capability, Reading};
use cutover::report::findings::Run as Played;
use cutover::report::model::{self, OwnNames, People, Report, Run, wording};
use cutover::report::report_json;
use cutover::report::workbook::{Contents, ROWS, Temporary, write};
use serde_json::Value;

use crate::support::{Case, stage};

const SHEETS: [&str; 16] = [
    "Summary",
    "Phases",
    "Matrix",
    "Findings",
    "Cohorts",
    "Users",
    "Cross-user",
    "Remedies",
    "Communications",
    "Contested",
    "Unknowns",
    "Rejected rows",
    "Rules",
    "Decisions",
    "Changes",
    "Run",
];

const NO_ROWS: &str = "cutover-file,cutover-row,cutover-reason\n";

/// Hands the report of a case, as a workbook's bytes, to `ask`.
fn with_workbook<T>(
    case: &Case,
    contents: (&str, u32),
    ask: impl FnOnce(Vec<u8>, &Report, &Played<'_>) -> T,
) -> T {
    with_workbook_on(NonZeroUsize::MIN, case, contents, ask)
}

/// The same, on so many threads.
fn with_workbook_on<T>(
    threads: NonZeroUsize,
    case: &Case,
    (rejected, rows_per_sheet): (&str, u32),
    ask: impl FnOnce(Vec<u8>, &Report, &Played<'_>) -> T,
) -> T {
    case.simulation(Reading::Judged, |run| {
        let report = model::build(
            run.timeline,
            run.knowledge,
            run.simulation,
            Run::default(),
            &OwnNames,
        );
        let names = Names::default();
        let people = People::new(run.timeline, run.simulation, &names, &OwnNames);
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let mut bytes = Vec::new();
        let temporary = || Ok(Box::new(Cursor::new(Vec::new())) as Box<dyn Temporary>);
        let contents = Contents {
            report: &report,
            people: &people,
            run: *run,
            rejected: Some(&mut rejected.as_bytes()),
            compared: None,
            decisions: None,
            scratch: scratch.path(),
            temporary: &temporary,
            rows_per_sheet,
            threads,
        };
        write(contents, &mut bytes).expect("a vector takes everything");
        let left = std::fs::read_dir(scratch.path()).expect("the folder");
        assert_eq!(left.count(), 0, "temporary files are left");
        ask(bytes, &report, run)
    })
}

fn opened(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).expect("it is a workbook")
}

fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Range<Data> {
    let sheet = book.worksheet_range(name);
    sheet.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The rows of a sheet as maps from heads to cells; heads are those of the second row.
fn records(range: &Range<Data>) -> Vec<BTreeMap<String, Data>> {
    let mut rows = range.rows().skip(1);
    let heads: Vec<String> = rows
        .next()
        .expect("heads")
        .iter()
        .map(ToString::to_string)
        .collect();
    rows.map(|row| heads.iter().cloned().zip(row.iter().cloned()).collect())
        .collect()
}

fn number(cell: &Data) -> u64 {
    match cell {
        Data::Float(number) => *number as u64,
        Data::Int(number) => *number as u64,
        other => panic!("no number: {other:?}"),
    }
}

fn day(cell: &Data) -> String {
    match cell {
        Data::DateTime(day) => day
            .as_datetime()
            .expect("a day of the calendar")
            .date()
            .to_string(),
        other => panic!("no day: {other:?}"),
    }
}

/// Everybody is moved twice; something is lost, restricted, contested, unknown and assumed.
fn eventful() -> Case {
    let rows = [
        "a@x.com,r2,communicator-2007-r2;ocs-2007-r2-group-chat,Sales,yes,\"aol,yahoo\",,2014-02-10,yes",
        "b@x.com,r2,communicator-2007-r2;live-meeting-2007,IT,,aol,,,yes",
        "c@x.com,r2,communicator-2007,IT,,,,,no",
        "d@x.com,l10,lync-2010;lync-2010-group-chat,Sales,yes,windows-live,yes,,yes",
        "e@x.com,l10,lync-2010,,,,,,yes",
        "f@x.com,l10,some new client,HR,,,,,no",
        "g@x.com,l13,lync-2013,HR,,skype,,,yes",
    ];
    let rows = rows.map(|row| row.replace("\"aol,yahoo\"", "aol;yahoo"));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let plan = format!(
        "[[chat]]\nid = \"chat\"\nserver = \"ocs-2007-r2\"\n{}{}{}",
        stage(
            "pilot",
            "2014-02-01",
            "phase = \"one\"\nmove = [{ from = [\"r2\"], to = \"l10\", where = { department = \"IT\" } }]"
        ),
        stage(
            "rest",
            "2014-04-01",
            "phase = \"two\"\nmove = [{ from = [\"r2\", \"l10\"], to = \"l13\" }]\n\
             client = [{ replace = [\"communicator-2007\"], with = \"lync-2013\" }]"
        ),
        stage(
            "chat",
            "2014-06-01",
            "phase = \"two\"\nmigrate-chat = [{ chat = \"chat\", to = \"lync-server-2013\" }]\nretire = [\"r2\", \"l10\"]"
        ),
    );
    Case::until("2014-12-31", &rows, &plan)
}

/// Nothing happens to anybody.
fn uneventful() -> Case {
    let rows = ["a@x.com,l13,lync-2013,,,,,,no"];
    Case::until(
        "2014-12-31",
        &rows,
        &stage("b", "2014-03-01", "publish = [\"l13b\"]"),
    )
}

#[test]
fn every_sheet_is_there_and_says_so_where_it_is_empty() {
    with_workbook(&uneventful(), (NO_ROWS, ROWS), |bytes, _, _| {
        let mut book = opened(bytes);
        assert_eq!(book.sheet_names(), SHEETS);
        for (name, sentence) in [
            ("Findings", "Nothing changes for anybody."),
            ("Cohorts", "Nobody loses anything."),
            ("Users", "Nobody loses anything."),
            ("Cross-user", "No organizer changes to another version."),
            ("Communications", "Nothing changes for anybody."),
            ("Contested", "No figure differs between the readings."),
            ("Rejected rows", "Every row was used."),
            ("Decisions", "There is nothing to decide on."),
        ] {
            let range = sheet(&mut book, name);
            let cell = range.get_value((2, 0)).map(ToString::to_string);
            assert_eq!(cell.as_deref(), Some(sentence), "{name}");
        }
    });
}

#[test]
fn the_figures_are_those_of_the_json() {
    let case = eventful();
    let (mut book, json) = with_workbook(&case, (NO_ROWS, ROWS), |bytes, report, _| {
        let json = serde_json::to_value(report_json::report(report)).expect("plain data");
        (opened(bytes), json)
    });
    let summary = sheet(&mut book, "Summary");
    let figure = |label: &str| {
        let mut rows = summary.rows();
        let row = rows.find(|row| row[0] == *label);
        number(&row.unwrap_or_else(|| panic!("no {label}"))[1])
    };
    let numbers = &json["numbers"];
    for (label, key) in [
        ("Users", "users"),
        ("Lose something", "losing"),
        ("… and have everything back", "recovered"),
        ("… and are without something", "affected_at_end"),
        ("Only restricted", "restricted"),
        ("Only unknown", "uncertain"),
        ("Untouched", "untouched"),
        ("User-days lost", "all_user_days"),
        ("… that block", "blocking_plan_findings"),
    ] {
        assert_eq!(figure(label), numbers[key], "{label}");
    }
    assert_eq!(figure("… by the plan"), numbers["blame"]["plan"]);
    assert_eq!(figure("… from outside"), numbers["blame"]["outside"]);
    let phases = records(&sheet(&mut book, "Phases"));
    let expected = json["phases"].as_array().expect("phases");
    assert_eq!(phases.len(), expected.len());
    for (row, phase) in phases.iter().zip(expected) {
        assert_eq!(
            row["Name"].to_string(),
            phase["name"].as_str().expect("a name")
        );
        assert_eq!(day(&row["From"]), phase["from"].as_str().expect("a day"));
        assert_eq!(day(&row["Until"]), phase["until"].as_str().expect("a day"));
        for (head, key) in [
            ("Lose something", "losing"),
            ("Newly affected", "newly"),
            ("Still affected", "still"),
            ("Recovered", "recovered"),
            ("Only in between", "passing"),
            ("Only restricted", "restricted"),
            ("Only unknown", "uncertain"),
        ] {
            assert_eq!(number(&row[head]), phase["users"][key], "{head}");
        }
        let days = phase["user_days"].as_object().expect("user-days");
        let days: u64 = days.values().filter_map(Value::as_u64).sum();
        assert_eq!(number(&row["User-days lost"]), days);
        assert_eq!(number(&row["By the plan"]), phase["blame"]["plan"]);
        assert_eq!(number(&row["From outside"]), phase["blame"]["outside"]);
        assert_eq!(number(&row["Moved"]), phase["users_moved"]);
        assert_eq!(number(&row["New clients"]), phase["users_reclient"]);
    }
    matrix_is_that_of(&sheet(&mut book, "Matrix"), &json);
    groups_are_those_of(&mut book, &json);
    lists_are_those_of(&mut book, &json);
}

fn matrix_is_that_of(matrix: &Range<Data>, json: &Value) {
    let events = json["events"].as_array().expect("events");
    let rows = records(matrix);
    assert_eq!(rows.len(), 11 * events.len());
    for (at, row) in rows.iter().enumerate() {
        let event = &events[at % events.len()];
        assert_eq!(
            row["Event"].to_string(),
            event["title"].as_str().expect("a title")
        );
        assert_eq!(day(&row["Date"]), event["date"].as_str().expect("a day"));
        for &capability in Capability::ALL {
            let (state, changes, range) = (
                &event["state"][capability.id()],
                &event["changes"][capability.id()],
                &event["range"][capability.id()]["none"],
            );
            let expected = match row["Users at"].to_string().as_str() {
                "not used" => &state["not_used"],
                "lost here" => &changes["lost"],
                "limited here" => &changes["degraded"],
                "unknown here" => &changes["at-risk"],
                "recovered here" => &changes["restored"],
                "none, lenient" => &range[0],
                "none, strict" => &range[1],
                level => &state[level],
            };
            assert_eq!(number(&row[wording::capability(capability)]), *expected);
        }
    }
}

fn groups_are_those_of(book: &mut Xlsx<Cursor<Vec<u8>>>, json: &Value) {
    let phases = json["phases"].as_array().expect("phases");
    let groups: Vec<&Value> = phases
        .iter()
        .flat_map(|phase| phase["groups"].as_array().expect("groups"))
        .collect();
    assert!(groups.len() > 3);
    let cohorts = records(&sheet(book, "Cohorts"));
    assert_eq!(cohorts.len(), groups.len());
    let users = records(&sheet(book, "Users"));
    for (row, group) in cohorts.iter().zip(&groups) {
        let id = group["id"].as_str().expect("an id");
        assert_eq!(row["Group"].to_string(), id);
        assert_eq!(number(&row["Users"]), group["users"]);
        assert_eq!(number(&row["User-days lost"]), group["user_days"]);
        assert_eq!(
            number(&row["Helped by no single measure"]),
            group["beyond_help"]
        );
        let named = users.iter().filter(|user| user["Group"] == *id);
        assert_eq!(named.count() as u64, group["users"]);
    }
    let decisions = records(&sheet(book, "Decisions"));
    let mut expected: Vec<String> = groups
        .iter()
        .chain(
            &json["plan_findings"]
                .as_array()
                .expect("risks")
                .iter()
                .collect::<Vec<_>>(),
        )
        .map(|matter| matter["id"].as_str().expect("an id").to_owned())
        .collect();
    let mut ids: Vec<String> = decisions.iter().map(|row| row["Id"].to_string()).collect();
    ids.sort();
    expected.sort();
    assert_eq!(ids, expected);
    let measures = phases
        .iter()
        .flat_map(|phase| phase["measures"].as_array().expect("measures"));
    let remedies = records(&sheet(book, "Remedies"));
    assert_eq!(remedies.len(), measures.clone().count());
    for (row, measure) in remedies.iter().zip(measures) {
        assert_eq!(
            row["Measure"].to_string(),
            measure["id"].as_str().expect("an id")
        );
        assert_eq!(number(&row["Users helped"]), measure["users"]);
    }
    let crossings = phases
        .iter()
        .flat_map(|phase| phase["crossings"].as_array().expect("crossings"));
    let rows = records(&sheet(book, "Cross-user"));
    assert_eq!(rows.len(), crossings.clone().count());
    for (row, crossing) in rows.iter().zip(crossings) {
        assert_eq!(
            number(&row["Organizers who change"]),
            crossing["organizers"]
        );
        assert_eq!(number(&row["Users cut off"]), crossing["cut_off"]);
        assert_eq!(number(&row["Users restricted"]), crossing["restricted"]);
    }
}

fn lists_are_those_of(book: &mut Xlsx<Cursor<Vec<u8>>>, json: &Value) {
    let mut found: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for row in records(&sheet(book, "Findings")) {
        let cell = |head: &str| row[head].to_string();
        let key = (cell("Event"), cell("Capability"), cell("Change"));
        *found.entry(key).or_default() += 1;
    }
    let kinds = [
        ("lost", "lost"),
        ("degraded", "limited"),
        ("at-risk", "unknown"),
        ("restored", "recovered"),
    ];
    for event in json["events"].as_array().expect("events") {
        for &capability in Capability::ALL {
            for (kind, word) in kinds {
                let title = event["title"].as_str().expect("a title");
                let key = (
                    title.to_owned(),
                    wording::capability(capability).to_owned(),
                    word.to_owned(),
                );
                let count = found.remove(&key).unwrap_or(0);
                assert_eq!(count, event["changes"][capability.id()][kind], "{key:?}");
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
    for (name, list, head, key) in [
        ("Contested", "contested", "Without, strict", "strict"),
        (
            "Unknowns",
            "unknowns",
            "Users after the last event",
            "at_end",
        ),
        ("Rules", "rules", "Findings", "findings"),
    ] {
        let expected = json[list].as_array().expect("a list");
        assert!(!expected.is_empty(), "{name}");
        let rows = records(&sheet(book, name));
        for (row, item) in rows.iter().zip(expected) {
            assert_eq!(number(&row[head]), item[key], "{name}");
        }
    }
    let run = sheet(book, "Run");
    let mut rows = run.rows();
    let read = rows.find(|row| row[0] == *"Rows read");
    assert_eq!(number(&read.expect("rows")[1]), json["inventory"]["rows"]);
}

#[test]
fn text_stays_text_whatever_it_begins_with() {
    let naughty = [
        "=HYPERLINK(\"http://x\")",
        "+1",
        "-cmd|' /C calc'!A0",
        "@SUM(A1)",
        "_x000D_",
        "a\u{1b}[31m",
        "<b>&\"'",
        "{=1}",
    ];
    let csv: String = naughty
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let quoted = text.replace('"', "\"\"");
            format!("u{at}@x.com,r2,communicator-2007-r2,\"{quoted}\",yes\n")
        })
        .collect();
    let plan = format!(
        "[plan]\nname = \"=1+1\"\nbaseline = 2014-01-06\n{}{}",
        crate::support::POOLS,
        stage(
            "go",
            "2014-03-01",
            "move = [{ from = [\"r2\"], to = \"l13\" }]"
        )
    );
    let (read, problems) = cutover::plan::read(&plan, "plan.toml", &crate::support::KNOWLEDGE);
    let plan = read.unwrap_or_else(|| panic!("{problems:#?}"));
    let csv = format!("SipAddress,HomePool,Client,Department,Organizer\n{csv}");
    let csv = csv.into_bytes();
    let source = cutover::inventory::Source::text("users.csv", &csv);
    let request = cutover::inventory::Request {
        pools: plan.pool_directory(),
        columns: plan.columns(),
        ..Default::default()
    };
    let sources = [source];
    let inventory =
        cutover::inventory::import(&sources, &request, crate::support::KNOWLEDGE.products())
            .unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let shown = cutover::inventory::shown(&sources, &request, &inventory);
    let inventory = inventory.with_places(shown.expect("the same source").places);
    let case = Case { plan, inventory };
    let rejected = "Name,cutover-file,cutover-row,cutover-reason\n'=1+1,'=a.csv,7,no pool\n";
    with_workbook(&case, (rejected, ROWS), |bytes, _, _| {
        for (name, text) in parts(&bytes) {
            assert!(
                !name.contains("/sheet") || !text.contains("<f>"),
                "{name} has a formula"
            );
        }
        let mut book = opened(bytes);
        let rows = records(&sheet(&mut book, "Users"));
        let shown: Vec<String> = rows
            .iter()
            .map(|row| row["Department"].to_string())
            .collect();
        assert_eq!(shown, naughty);
        assert_eq!(
            sheet(&mut book, "Summary").get((0, 0)),
            Some(&Data::String("=1+1".to_owned()))
        );
        let rejected = sheet(&mut book, "Rejected rows");
        let row: Vec<&Data> = rejected.rows().nth(2).expect("a row").iter().collect();
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(
            row,
            [
                &text("=a.csv"),
                &Data::Float(7.0),
                &text("no pool"),
                &text("=1+1")
            ]
        );
    });
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let case = eventful();
    // Many short sheets: threads have something to share.
    for rows in [ROWS, 12] {
        let bytes = |threads| {
            let threads = NonZeroUsize::new(threads).expect("above zero");
            with_workbook_on(threads, &case, (NO_ROWS, rows), |bytes, _, _| bytes)
        };
        let once = bytes(1);
        assert!([1, 2, 5].map(bytes).iter().all(|again| *again == once));
    }
}

#[test]
fn the_rows_of_a_sheet_ascend_and_its_dimension_ends_with_the_last() {
    with_workbook(&eventful(), (NO_ROWS, ROWS), |bytes, _, _| {
        let mut sheets = 0;
        for (name, text) in parts(&bytes) {
            let Some((head, rows)) = text.split_once("<sheetData>") else {
                continue;
            };
            sheets += 1;
            let rows: Vec<u32> = rows
                .split("<row r=\"")
                .skip(1)
                .map(|row| row.split('"').next().expect("a number"))
                .map(|number| number.parse().expect("a number"))
                .collect();
            assert!(
                rows.is_sorted_by(|one, next| one < next),
                "{name}: {rows:?}"
            );
            let (_, end) = head.split_once("<dimension ref=\"A1:").expect("a range");
            let end = end.split('"').next().expect("its end");
            let last = rows.last().expect("every sheet has rows");
            assert_eq!(
                end.trim_start_matches(char::is_alphabetic),
                last.to_string(),
                "{name}"
            );
        }
        assert_eq!(sheets, SHEETS.len());
    });
}

#[test]
fn heads_stay_in_sight_and_have_filters_and_charts_name_cells() {
    with_workbook(&eventful(), (NO_ROWS, ROWS), |bytes, _, _| {
        let parts = parts(&bytes);
        let sheets = parts
            .iter()
            .filter(|(name, _)| name.starts_with("xl/worksheets/sheet"));
        for (name, text) in sheets.clone() {
            assert!(text.contains("state=\"frozen\""), "{name}");
        }
        // Summary and Run are no tables, no row was rejected, and there is no earlier report.
        let filtered = sheets.filter(|(_, text)| text.contains("<autoFilter"));
        assert_eq!(filtered.count(), SHEETS.len() - 4);
        let charts = parts
            .iter()
            .filter(|(name, _)| name.starts_with("xl/charts/chart"));
        let mut count = 0;
        for (name, text) in charts {
            count += 1;
            assert!(text.contains("<c:f>Summary!$"), "{name}");
        }
        assert_eq!(count, 3);
        let formats = parts
            .iter()
            .find(|(name, _)| name == "xl/worksheets/sheet3.xml");
        assert!(formats.expect("the matrix").1.contains("<colorScale>"));
    });
}

/// The text parts of a workbook.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip archive");
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).expect("a part");
            let mut text = String::new();
            part.read_to_string(&mut text).expect("XML is text");
            let name = part.name().expect("a name").into_owned();
            (name, text)
        })
        .collect()
}

#[test]
fn rows_that_do_not_fit_go_on_in_a_next_sheet_that_says_so() {
    const FIT: u32 = 4;
    let case = eventful();
    let (mut whole, mut short) = [ROWS, FIT]
        .map(|rows| with_workbook(&case, (NO_ROWS, rows), |bytes, _, _| opened(bytes)))
        .into();
    for table in ["Findings", "Users", "Communications", "Rules"] {
        let all = records(&sheet(&mut whole, table));
        let mut parted = Vec::new();
        let names: Vec<String> = short.sheet_names();
        let own: Vec<&String> = names
            .iter()
            .filter(|name| *name == table || name.starts_with(&format!("{table} (")))
            .collect();
        assert!(
            own.len() > 1 && *own[1] == format!("{table} (2)"),
            "{own:?}"
        );
        for (at, name) in own.iter().enumerate() {
            let range = sheet(&mut short, name);
            let sentence = range.get((0, 0)).expect("a sentence").to_string();
            let goes_on = format!("goes on in \"{table} ({})\"", at + 2);
            assert_eq!(
                sentence.contains(&goes_on),
                at + 1 < own.len(),
                "{sentence}"
            );
            let first = at * (FIT as usize - 2) + 1;
            assert!(
                sentence.contains(&format!("Rows {first} to ")),
                "{sentence}"
            );
            assert!(range.height() <= FIT as usize);
            parted.extend(records(&range));
        }
        assert_eq!(parted, all);
    }
}
