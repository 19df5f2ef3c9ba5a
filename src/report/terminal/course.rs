//! The plan's course: one line for each event, with the people for whom something changes there.

use comfy_table::{Cell, CellAlignment};

use super::{lines, new_table, section};
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::findings::Run;
use crate::report::model::wording::number;
use crate::simulate::Outcome;
use crate::terminal_text::safe;
use crate::timeline::EventKind;

/// Capabilities that share a column.
struct Column {
    head: &'static str,
    capabilities: &'static [Capability],
}

const COLUMNS: [Column; 5] = [
    Column {
        head: "sign-in",
        capabilities: &[Capability::SignIn],
    },
    Column {
        head: "two people",
        capabilities: &[
            Capability::P2pIm,
            Capability::P2pPresence,
            Capability::P2pVoice,
            Capability::P2pVideo,
            Capability::P2pSharing,
            Capability::P2pFileTransfer,
        ],
    },
    Column {
        head: "meetings",
        capabilities: &[
            Capability::MeetingJoin,
            Capability::MeetingReach,
            Capability::MeetingSchedule,
            Capability::LiveMeeting,
            Capability::ExistingMeetings,
        ],
    },
    Column {
        head: "Group Chat",
        capabilities: &[Capability::GroupChat],
    },
    Column {
        head: "public IM",
        capabilities: &[
            Capability::PicAol,
            Capability::PicYahoo,
            Capability::PicWindowsLive,
            Capability::PicSkype,
            Capability::PicXmpp,
        ],
    },
];

/// Users of one event by column and kind of change, each user once in each.
type People = [[u64; Kind::ALL.len()]; COLUMNS.len()];

/// Below this width, in columns, a table would break every word: events become paragraphs.
pub(super) const NARROW: u16 = 100;

/// The events, each with the users for whom something changes.
pub(super) fn course(run: &Run<'_>, width: u16) -> String {
    let people = people(run);
    let shown: Vec<usize> = (0..COLUMNS.len())
        .filter(|&column| {
            people
                .iter()
                .any(|event| event[column].iter().any(|&users| users > 0))
        })
        .collect();
    let text = if width < NARROW {
        paragraphs(run, &people, &shown)
    } else {
        table(run, &people, &shown, width)
    };
    let head = "Course of the plan (users for whom something changes, each once in a cell)";
    section(head, &text)
}

fn table(run: &Run<'_>, people: &[People], shown: &[usize], width: u16) -> String {
    let mut table = new_table(width);
    let heads = shown.iter().map(|&column| COLUMNS[column].head);
    table.set_header(["date", "event", "moved"].into_iter().chain(heads));
    for (outcome, people) in run.simulation.outcomes.iter().zip(people) {
        let event = &outcome.event;
        let mut row = vec![
            Cell::new(event.date),
            Cell::new(title(&event.id, &event.title)),
            Cell::new(moved(outcome)).set_alignment(CellAlignment::Right),
        ];
        let cells = shown
            .iter()
            .map(|&column| Cell::new(changes(&people[column]).join("\n")));
        row.extend(cells);
        table.add_row(row);
    }
    lines(&table)
}

fn paragraphs(run: &Run<'_>, people: &[People], shown: &[usize]) -> String {
    let mut text = String::new();
    for (outcome, people) in run.simulation.outcomes.iter().zip(people) {
        let event = &outcome.event;
        text.push_str(&format!(
            " {}  {}\n",
            event.date,
            title(&event.id, &event.title)
        ));
        if outcome.users_moved > 0 {
            text.push_str(&format!("   moved: {}\n", moved(outcome)));
        }
        for &column in shown {
            let changes = changes(&people[column]);
            if !changes.is_empty() {
                text.push_str(&format!(
                    "   {}: {}\n",
                    COLUMNS[column].head,
                    changes.join(", ")
                ));
            }
        }
    }
    text
}

fn moved(outcome: &Outcome) -> String {
    match outcome.event.kind {
        EventKind::Stage(_) => number(outcome.users_moved),
        _ => String::new(),
    }
}

fn title(id: &str, title: &str) -> String {
    if id == title {
        safe(id).into_owned()
    } else {
        format!("{}: {}", safe(id), safe(title))
    }
}

/// `12 lost` and so on, for each kind of change that there is.
fn changes(kinds: &[u64; Kind::ALL.len()]) -> Vec<String> {
    let told = Kind::ALL
        .iter()
        .zip(kinds)
        .filter(|&(_, &users)| users > 0)
        .map(|(kind, &users)| format!("{} {}", number(users), kind.id().replace('-', " ")));
    told.collect()
}

fn people(run: &Run<'_>) -> Vec<People> {
    let mut people = vec![People::default(); run.simulation.outcomes.len()];
    for (position, path) in run.timeline.paths.iter().enumerate() {
        let findings = run.simulation.findings_of(position);
        for at_event in findings.chunk_by(|a, b| a.event == b.event) {
            let sums = &mut people[at_event[0].event];
            for (column, sums) in COLUMNS.iter().zip(sums) {
                for (&kind, sum) in Kind::ALL.iter().zip(sums) {
                    let is_hit = at_event.iter().any(|finding| {
                        finding.kind() == kind && column.capabilities.contains(&finding.capability)
                    });
                    *sum += if is_hit { path.users } else { 0 };
                }
            }
        }
    }
    people
}
