//! The plan's course: one line for each event, with the people for whom something changes there.

use comfy_table::{Cell, CellAlignment};

use super::{lines, new_table, section};
use crate::finding::Kind;
use crate::model::Capability;
use crate::report::findings::Run;
use crate::report::model::wording::number;
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

/// The table of events.
pub(super) fn course(run: &Run<'_>, width: u16) -> String {
    let people = people(run);
    let mut table = new_table(width);
    table.set_header(
        ["date", "event", "moved"]
            .into_iter()
            .chain(COLUMNS.iter().map(|column| column.head)),
    );
    for (outcome, people) in run.simulation.outcomes.iter().zip(&people) {
        let event = &outcome.event;
        let moved = match event.kind {
            EventKind::Stage(_) => number(outcome.users_moved),
            _ => String::new(),
        };
        let mut row = vec![
            Cell::new(event.date),
            Cell::new(title(&event.id, &event.title)),
            Cell::new(moved).set_alignment(CellAlignment::Right),
        ];
        row.extend(people.iter().map(|kinds| Cell::new(changes(kinds))));
        table.add_row(row);
    }
    let head = "Course of the plan (users for whom something changes, each once in a cell)";
    section(head, &lines(&table))
}

fn title(id: &str, title: &str) -> String {
    if id == title {
        safe(id).into_owned()
    } else {
        format!("{}: {}", safe(id), safe(title))
    }
}

/// One line for each kind of change that there is.
fn changes(kinds: &[u64; Kind::ALL.len()]) -> String {
    let told: Vec<String> = Kind::ALL
        .iter()
        .zip(kinds)
        .filter(|&(_, &users)| users > 0)
        .map(|(kind, &users)| format!("{} {}", number(users), kind.id().replace('-', " ")))
        .collect();
    told.join("\n")
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
