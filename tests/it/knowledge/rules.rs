//! Rules for people and scripts: cells as printed, what uses them, contested points.

use std::collections::{BTreeMap, BTreeSet};

use cutover::knowledge::{CellExport, ConflictKind, Rule, RuleKind};
use cutover::model::{Capability, Client, Level, ServerVersion};

use super::bundled;

fn rule(id: &str) -> Rule {
    bundled()
        .rule_named(id)
        .unwrap_or_else(|| panic!("no rule {id}"))
}

const S0: &str = "0f126571-91a2-45d5-855c-1e4ddb45fc04";
const S1: &str = "69d427f8-57a5-4244-b2ed-f2eb7600285e";
const S2: &str = "35a29ae8-a667-4215-a487-0f530bfc34a8";
const S3: &str = "9c6eb500-647b-4ccd-a00e-2b8dd7c44a76";

#[test]
fn the_export_has_the_195_cells_of_seven_tables() {
    let cells = bundled().export();
    let mut tables: BTreeMap<(&str, u8), usize> = BTreeMap::new();
    for cell in &cells {
        *tables.entry((&cell.document, cell.table)).or_default() += 1;
    }
    let wanted = BTreeMap::from([
        ((S0, 1), 39),
        ((S0, 2), 54),
        ((S0, 3), 40),
        ((S0, 4), 12),
        ((S1, 1), 33),
        ((S2, 1), 9),
        ((S3, 1), 8),
    ]);
    assert_eq!(tables, wanted);
    assert_eq!(cells.len(), 195);
    let ids: BTreeSet<&str> = cells.iter().map(|cell| cell.id.as_str()).collect();
    assert_eq!(ids.len(), 195);
}

#[test]
fn an_exported_cell_has_the_fields_of_the_contract_in_their_order() {
    let json = serde_json::to_string(&bundled().export()[1]).expect("cells are plain data");
    assert_eq!(
        json,
        concat!(
            r#"{"id":"s0.t1.lync-2013.lync-server-2010","document":"0f126571-91a2-45d5-855c-1e4ddb45fc04","table":1,"#,
            r#""row":"Lync 2013","column":"Lync Server 2010","says":"Supported","footnotes":[5],"reading":"full","#,
            r#""basis":"sign-in; judged by c3, c18, c23"}"#
        )
    );
}

/// The cell of a document, table, row and column.
fn cell(document: &str, table: u8, row: &str, column: &str) -> CellExport {
    let mut cells = bundled().export().into_iter().filter(|cell| {
        cell.document == document && cell.table == table && cell.row == row && cell.column == column
    });
    let found = cells
        .next()
        .unwrap_or_else(|| panic!("no cell {row}, {column}"));
    assert!(cells.next().is_none());
    found
}

/// Document, table, row, column, wording, footnotes.
type Printed = (
    &'static str,
    u8,
    &'static str,
    &'static str,
    &'static str,
    &'static [u8],
);

#[test]
fn cells_stand_as_the_pages_print_them() {
    let wanted: &[Printed] = &[
        (
            S0,
            1,
            "Lync 2010 Attendee",
            "Lync Server 2013",
            "Not Supported",
            &[3],
        ),
        (
            S0,
            1,
            "Office Communicator 2007 R2",
            "Lync Server 2013",
            "Interoperable",
            &[4],
        ),
        (
            S0,
            1,
            "Lync 2010 Group Chat",
            "Office Communications Server 2007 R2",
            "Not Applicable",
            &[],
        ),
        (
            S0,
            2,
            "Office Communicator 2007 R2",
            "Application Sharing",
            "Yes",
            &[1],
        ),
        (S0, 2, "Lync 2010 Attendant", "Video", "", &[]),
        (
            S0,
            2,
            "Public IM (MSN, Windows Live Messenger)",
            "Video",
            "Yes",
            &[],
        ),
        // The label's footnote goes to every cell of its row, blank ones too.
        (
            S0,
            3,
            "Office Communicator 2007 R2",
            "Peer-to-peer IM",
            "Yes",
            &[4],
        ),
        (S0, 3, "Office Communicator 2007 R2", "Polling", "", &[4]),
        (S0, 3, "Lync Web App", "PowerPoint", "Yes", &[2]),
        (S0, 3, "Lync 2010", "PowerPoint", "Yes", &[3]),
        (
            S0,
            4,
            "Online Meeting Add-in for Lync 2013 (can be used with Office 2013, Outlook 2010, and Outlook 2007)",
            "Lync Server 2010",
            "Supported (new add-in features not available)",
            &[],
        ),
        (
            S1,
            1,
            "Lync 2010 Group Chat",
            "Lync Server 2013",
            "Not Applicable",
            &[],
        ),
        (
            S1,
            1,
            "Lync 2010 Group Chat",
            "Lync Server 2010",
            "Supported",
            &[1],
        ),
        (S1, 1, "Lync 2013", "Lync Server 2010", "Supported", &[]),
        (
            S2,
            1,
            "Lync Server 2010 Group Chat API",
            "Target server version: Lync Server 2013",
            "May be compatible, without support of category or user management.",
            &[],
        ),
        (
            S3,
            1,
            "Windows Live Messenger",
            "Federated Capabilities",
            "IM, Presence, Audio/Video",
            &[],
        ),
        (
            S3,
            1,
            "Skype",
            "Licensing Requirements",
            "Lync Server Client Access Licenses, Lync Online Plan 1/2/3",
            &[],
        ),
    ];
    for &(document, table, row, column, says, footnotes) in wanted {
        let cell = cell(document, table, row, column);
        assert_eq!(
            (cell.says.as_str(), cell.footnotes.as_slice()),
            (says, footnotes),
            "{row}, {column}"
        );
    }
}

#[test]
fn no_cell_of_the_meeting_table_carries_its_footnote_1() {
    let carried = bundled()
        .export()
        .into_iter()
        .filter(|cell| cell.document == S0 && cell.table == 3 && cell.footnotes.contains(&1));
    assert_eq!(carried.count(), 0);
}

#[test]
fn levels_taken_from_cells_are_the_ones_their_wording_stands_for() {
    let reading = |document, table, row, column| cell(document, table, row, column).reading;
    assert_eq!(
        reading(S0, 1, "Office Communicator 2007 R2", "Lync Server 2013"),
        Some("limited")
    );
    assert_eq!(
        reading(S0, 1, "Lync 2010 Group Chat", "Lync Server 2013"),
        Some("limited")
    );
    assert_eq!(
        reading(S1, 1, "Lync 2010 Group Chat", "Lync Server 2013"),
        Some("none")
    );
    assert_eq!(reading(S0, 2, "Lync Phone Edition", "Video"), Some("none"));
    assert_eq!(reading(S0, 2, "Public IM (AOL, Yahoo!)", "Video"), None);
    assert_eq!(reading(S0, 3, "Lync Web App", "PowerPoint"), Some("full"));
    assert_eq!(reading(S0, 3, "Lync 2010", "PowerPoint"), Some("limited"));
    assert_eq!(reading(S3, 1, "Yahoo!", "Licensing Requirements"), None);
}

#[test]
fn every_cell_is_used_or_says_why_not() {
    let coverage = bundled().coverage();
    assert_eq!(
        (coverage.total, coverage.used, coverage.unused),
        (195, 189, 6)
    );
    for cell in &coverage.cells {
        assert_eq!(
            cell.used_by.is_empty(),
            cell.unused_because.is_some(),
            "{}",
            cell.id
        );
    }
    for cell in bundled().export() {
        let first = cell.basis.split([',', ';', ':']).next().expect("a basis");
        let is_capability = Capability::parse(first).is_some();
        let is_known =
            is_capability || first == "no capability" || first.starts_with("application");
        assert!(is_known, "{}: {}", cell.id, cell.basis);
    }
}

#[test]
fn every_rule_has_one_line_and_is_found_by_its_id() {
    let lines = bundled().rules();
    let kinds = |kind| lines.iter().filter(|line| line.kind == kind).count();
    assert_eq!(kinds(RuleKind::Cell), 195);
    assert!(kinds(RuleKind::Statement) > 70 && kinds(RuleKind::Judgement) >= 24);
    for line in &lines {
        let rule = rule(&line.id);
        assert_eq!(bundled().rule_id(rule), line.id);
        assert!(
            !line.line.is_empty() && !line.line.contains('\n'),
            "{}",
            line.id
        );
        assert_eq!(line.document.is_none(), line.kind == RuleKind::Judgement);
    }
}

#[test]
fn a_rule_shows_where_it_is_printed_what_it_is_read_as_and_what_rests_on_it() {
    let detail = bundled().rule_detail(rule("s0.t1.communicator-2007-r2.lync-server-2013"));
    let document = detail.document.expect("cells stand on a page");
    assert_eq!(document.title, "Client interoperability in Lync 2013");
    assert_eq!(document.assetid.as_deref(), Some(S0));
    assert_eq!(document.dates(), "2016-03-04");
    let cell = detail.cell.expect("it is a cell");
    assert_eq!((cell.table, cell.says.as_str()), (1, "Interoperable"));
    assert_eq!(cell.heading, "Client");
    assert_eq!(cell.footnotes.len(), 1);
    assert!(cell.footnotes[0].note.contains("Lync Web App 2013"));
    assert_eq!(detail.reading, Some("limited"));
    assert!(
        detail
            .used_by
            .iter()
            .any(|capability| capability == "sign-in")
    );
    assert!(detail.judgements.iter().any(|judgement| judgement == "c2"));
    assert_eq!(
        detail.section.as_deref(),
        Some("Server and Client Compatibility")
    );
}

#[test]
fn a_dated_sentence_shows_its_day_and_a_judgement_its_reason() {
    let start = bundled().rule_detail(rule("s3.skype-start"));
    assert_eq!(
        start.date.map(|date| date.to_string()).as_deref(),
        Some("2013-05-23")
    );
    assert_eq!(start.kind, RuleKind::Statement);
    let document = start.document.expect("a page");
    assert_eq!(document.dates(), "2014-07-23, topic of 2013-10-07");
    let judgement = bundled().rule_detail(rule("c8"));
    assert!(judgement.judgement.is_some() && judgement.reason.is_some());
    assert!(judgement.document.is_none());
}

#[test]
fn an_unknown_rule_gets_the_nearest_one() {
    assert_eq!(bundled().rule_named("s3.aol-ends"), None);
    assert_eq!(bundled().nearest_rule("s3.aol-ends"), Some("s3.aol-end"));
}

#[test]
fn all_twenty_four_points_of_the_documents_are_answered() {
    let conflicts = bundled().conflicts();
    for number in 1..=24 {
        let id = format!("c{number}");
        let conflict = conflicts.iter().find(|conflict| conflict.id == id);
        let conflict = conflict.unwrap_or_else(|| panic!("{id} is not answered"));
        assert!(
            !conflict.reading.is_empty() && !conflict.reason.is_empty(),
            "{id}"
        );
        assert!(!conflict.wordings.is_empty(), "{id} shows no wording");
        if conflict.kind == ConflictKind::Contested {
            assert!(conflict.wordings.len() >= 2, "{id} shows one side only");
        }
        for wording in &conflict.wordings {
            assert!(
                !wording.document.is_empty() && !wording.dates.is_empty(),
                "{id}"
            );
        }
    }
}

#[test]
fn a_contested_point_names_the_levels_that_depend_on_it() {
    let conflicts = bundled().conflicts();
    let c6 = conflicts
        .iter()
        .find(|conflict| conflict.id == "c6")
        .expect("c6");
    assert_eq!(
        c6.range,
        [Capability::MeetingJoin, Capability::MeetingReach]
    );
    assert_eq!(c6.decides.len(), 1);
    let dependence = &c6.decides[0];
    assert_eq!(dependence.client, Some(Client::LYNC_2010_ATTENDEE));
    assert_eq!(dependence.version, Some(ServerVersion::Lync2013));
    assert_eq!(
        dependence.capabilities,
        [Capability::MeetingJoin, Capability::MeetingReach]
    );
    assert_eq!(dependence.levels.lenient, Level::Limited);
    let answer = bundled().meeting(Client::LYNC_2010_ATTENDEE, ServerVersion::Lync2013);
    assert!(answer.rules.contains(&c6.rule));
}

#[test]
fn codes_say_what_they_mean_why_it_matters_and_what_to_do() {
    for code in [
        "three-versions-live",
        "rollback",
        "pool-not-live",
        "retired-with-users",
        "matched-nobody",
        "chat-before-users",
        "users-left-behind",
        "application-incompatible",
        "application-limited",
        "lost",
        "degraded",
        "at-risk",
        "restored",
        "already-lacking",
        "own-move",
        "own-client",
        "others-move",
        "chat-migration",
        "service-change",
        "license-expiry",
    ] {
        let text = bundled()
            .code(code)
            .unwrap_or_else(|| panic!("{code} is not explained"));
        assert!(!text.meaning.is_empty() && !text.matters.is_empty() && !text.remedy.is_empty());
        assert_eq!(text.is_plan_finding, !text.rules.is_empty(), "{code}");
        for id in &text.rules {
            rule(id);
        }
    }
    assert_eq!(bundled().code("no-such-code"), None);
}

#[test]
fn both_workarounds_rest_on_rules() {
    for id in ["lync-web-app-2013", "lync-2013-web-scheduler"] {
        let workaround = bundled()
            .workaround(id)
            .unwrap_or_else(|| panic!("{id} is missing"));
        assert!(!workaround.rules.is_empty());
    }
}

#[test]
fn the_readings_differ_where_the_contract_says_and_nowhere_else() {
    let ranges: Vec<(String, Vec<&str>)> = bundled()
        .conflicts()
        .into_iter()
        .filter(|conflict| !conflict.range.is_empty())
        .map(|conflict| {
            (
                conflict.id,
                conflict
                    .range
                    .iter()
                    .map(|capability| capability.id())
                    .collect(),
            )
        })
        .collect();
    let meetings = || vec!["meeting-join", "meeting-reach"];
    let blanks = vec!["p2p-voice", "p2p-video", "p2p-sharing", "p2p-file-transfer"];
    let wanted = [
        ("c1", vec!["group-chat"]),
        ("c6", meetings()),
        ("c8", vec!["pic-aol", "pic-yahoo"]),
        ("c9", vec!["pic-windows-live"]),
        ("c19", blanks),
        ("c23", meetings()),
        ("existing-meetings-from-r2", vec!["existing-meetings"]),
    ];
    assert_eq!(ranges, wanted.map(|(id, range)| (id.to_owned(), range)));
}
