//! How to go back after the stages of a phase, what it costs, and from when on it loses data or is no longer possible.
//!
//! The facts are Microsoft's own; each note names the page it is from, as reports have to be defended.

use chrono::NaiveDate;

use super::Context;
use crate::model::ServerVersion;
use crate::plan::Stage;
use crate::timeline::EventKind;

/// A thing to know about going back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is, in whole sentences.
    pub text: &'static str,
    /// The page it is from; for a conclusion of ours, the pages it follows from.
    pub source: &'static str,
}

/// A day from which on going back costs more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The event's position in [`super::Report::events`].
    pub event: usize,
    /// Its date.
    pub date: NaiveDate,
    /// Why.
    pub why: String,
}

/// Going back after a phase.
#[derive(Clone, Debug, Default)]
pub struct Rollback {
    /// From when on going back loses data; `None` where nothing of the phase does.
    pub loses_data_from: Option<Point>,
    /// From when on there is nothing left to go back to.
    pub impossible_from: Option<Point>,
    /// What it takes and costs.
    pub notes: Vec<Note>,
}

const DOWNGRADE: Note = Note {
    text: "Going back means moving users to the old pools again. Meetings scheduled with the new clients meanwhile do not work there, and those clients have to be taken back.",
    source: "Migration process (Lync Server 2013 migration guides from Lync Server 2010 and from OCS 2007 R2)",
};
const TO_OCS: Note = Note {
    text: "Move-CsUser to an OCS 2007 R2 pool loses functionality and data; meetings created on Lync Server may have to be scheduled again, and the older client may have to be installed again.",
    source: "Move-CsUser (Lync Server 2013 cmdlet help, 2013-02-22)",
};
const NO_FORCE: Note = Note {
    text: "Never use -Force for it: conferences and contacts of the account are discarded and cannot be brought back.",
    source: "Move-CsUser (Lync Server 2013 cmdlet help, 2013-02-22)",
};
const CONTACT_STORE: Note = Note {
    text: "Users whose contacts are in the Unified Contact Store: run Invoke-CsUcsRollback and take the policy away before moving them back to Lync Server 2010, or their contact list is lost (another sentence of the same page says the move does it by itself).",
    source: "Roll back migrated users (Lync Server 2013)",
};
const RESPONSE_GROUPS: Note = Note {
    text: "Keep the old response groups until nobody wants to go back: they are the only way back, and deleting one ends the migrated one too.",
    source: "Migrate response groups (Lync Server 2013)",
};
const CHAT: Note = Note {
    text: "Chat content is exported once and imported once. What is written after the import exists on the new server only.",
    source: "Follows from: Migration process details, Persistent Chat Server 2013 (2012-10-19)",
};
const ARCHIVES: Note = Note {
    text: "Archiving and monitoring data stay where they were written, in either direction.",
    source: "Migrating archiving and monitoring servers (Lync Server 2013)",
};

/// What a stage does that going back depends on.
#[derive(Default)]
struct Deeds {
    up_from_r2: bool,
    up_to_2013: bool,
    from_2010_to_2013: bool,
    moves_up: bool,
    migrates_chat: bool,
    changes_clients: bool,
    retires: Vec<String>,
}

impl Deeds {
    fn of(context: &Context<'_, '_>, stage: &Stage) -> Self {
        let plan = context.timeline.plan;
        let mut deeds = Self {
            migrates_chat: !stage.chats.is_empty(),
            changes_clients: !stage.clients.is_empty(),
            retires: stage
                .retire
                .iter()
                .map(|&pool| context.pool(pool))
                .collect(),
            ..Self::default()
        };
        for operation in &stage.moves {
            let to = plan.pool(operation.to).server;
            for from in operation.from.iter().map(|&pool| plan.pool(pool).server) {
                deeds.moves_up |= from < to;
                deeds.up_from_r2 |= from == ServerVersion::Ocs2007R2 && from < to;
                deeds.up_to_2013 |= from < to && to == ServerVersion::Lync2013;
                deeds.from_2010_to_2013 |= from == ServerVersion::Lync2010 && from < to;
            }
        }
        deeds
    }
}

/// The rollback part of a phase with these events.
pub(super) fn rollback(context: &Context<'_, '_>, events: &[usize]) -> Rollback {
    let mut rollback = Rollback::default();
    let mut all = Deeds::default();
    for &event in events {
        let outcome = &context.simulation.outcomes[event];
        let EventKind::Stage(position) = outcome.event.kind else {
            continue;
        };
        let plan = context.timeline.plan;
        let stage = &plan.stages[context.timeline.order[position].0];
        let deeds = Deeds::of(context, stage);
        let point = |why: String| Point {
            event,
            date: outcome.event.date,
            why,
        };
        if rollback.loses_data_from.is_none()
            && let Some(why) = loses_data(&deeds)
        {
            rollback.loses_data_from = Some(point(why.to_owned()));
        }
        if rollback.impossible_from.is_none() && !deeds.retires.is_empty() {
            let why = format!("decommissioned: {}", deeds.retires.join(", "));
            rollback.impossible_from = Some(point(why));
        }
        all.up_from_r2 |= deeds.up_from_r2;
        all.up_to_2013 |= deeds.up_to_2013;
        all.from_2010_to_2013 |= deeds.from_2010_to_2013;
        all.moves_up |= deeds.moves_up;
        all.migrates_chat |= deeds.migrates_chat;
    }
    rollback.notes = notes(&all);
    rollback
}

fn loses_data(deeds: &Deeds) -> Option<&'static str> {
    if deeds.moves_up && deeds.changes_clients {
        Some("from the first meeting that a moved user schedules with the new client")
    } else if deeds.moves_up {
        Some("from the first meeting that a moved user schedules on the new pool")
    } else if deeds.migrates_chat {
        Some("from the first message written after the chat content was imported")
    } else {
        None
    }
}

fn notes(deeds: &Deeds) -> Vec<Note> {
    let notes = [
        (deeds.moves_up, DOWNGRADE),
        (deeds.up_from_r2, TO_OCS),
        (deeds.moves_up, NO_FORCE),
        (deeds.from_2010_to_2013, CONTACT_STORE),
        (deeds.up_to_2013, RESPONSE_GROUPS),
        (deeds.migrates_chat, CHAT),
        (deeds.moves_up, ARCHIVES),
    ];
    let notes = notes.into_iter().filter(|(applies, _)| *applies);
    notes.map(|(_, note)| note).collect()
}
