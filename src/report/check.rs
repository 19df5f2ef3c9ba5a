//! `check`: what is wrong with plan and inventory, and what was read; for a person and for a program.
//!
//! In: diagnostics and a [`Profile`]. Out: serde structs of their own, or a text. Nothing is decided here.

use serde::Serialize;

use super::json::{FORMAT_VERSION, Inventory as Counted};
use super::model::wording::{count, number, users};
use super::profile::{Profile, Share};
use super::terminal::{HEADING, lines, new_table, section};
use crate::diagnostic::{self, Place, Weight};
use crate::inventory::Counts;
use crate::plan::Plan;
use crate::terminal_text::safe;

/// The whole answer, for a program.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Everything noticed, in order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The plan; absent where none was asked about or it is wrong.
    pub plan: Option<Head>,
    /// What was read; absent where no inventory was asked about or it is refused.
    pub inventory: Option<Counted>,
    /// What it holds.
    pub profile: Option<Figures>,
}

/// One problem in a file.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnostic {
    /// `error`, `warning` or `note`.
    pub weight: &'static str,
    /// Its code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Option<Spot>,
    /// Further places.
    pub related: Vec<Related>,
    /// What to do.
    pub help: Option<String>,
}

/// A place in a file: with line and column in a plan, with row and header in a table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Spot {
    /// The file, as the user gave it.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The line of a text, from 1.
    pub line: Option<usize>,
    /// The column in that line in characters, from 1.
    pub column: Option<usize>,
    /// The row of a table, as a person sees it.
    pub row: Option<u64>,
    /// The header of the column.
    pub header: Option<String>,
}

/// A further place, and why it matters.
#[derive(Clone, Debug, Serialize)]
pub struct Related {
    /// Where.
    pub place: Spot,
    /// Why.
    pub why: String,
}

/// The plan in figures.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// The day the inventory describes.
    pub baseline: String,
    /// How many pools.
    pub pools: usize,
    /// How many stages.
    pub stages: usize,
}

/// The inventory in figures (users).
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// By home pool.
    pub pools: Vec<Figure>,
    /// By client.
    pub clients: Vec<Figure>,
    /// By public IM provider.
    pub providers: Vec<Figure>,
    /// Every provisioned provider is assumed.
    pub any_provider: u64,
    /// Users of Group Chat.
    pub group_chat: u64,
    /// Who schedule meetings.
    pub organizers: u64,
    /// Of whom the add-in is derived from the clients.
    pub derived_add_ins: u64,
    /// With a license date of their own.
    pub license_dates: u64,
    /// With an unrecognized client.
    pub unrecognized: u64,
}

/// A name and its users.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Public id or name.
    pub id: String,
    /// How many users.
    pub users: u64,
}

/// The answer for a program.
#[must_use]
pub fn answer(
    diagnostics: &[diagnostic::Diagnostic],
    plan: Option<&Plan>,
    read: Option<(&Counts, &Profile)>,
) -> Answer {
    Answer {
        format_version: FORMAT_VERSION,
        diagnostics: diagnostics.iter().map(entry).collect(),
        plan: plan.map(|plan| Head {
            name: plan.name.clone(),
            baseline: plan.baseline.to_string(),
            pools: plan.pools.len(),
            stages: plan.stages.len(),
        }),
        inventory: read.map(|(counts, profile)| Counted {
            files: counts.files,
            rows: counts.rows,
            rows_used: counts.rows_used,
            rows_rejected: counts.rows_rejected,
            users: profile.users,
            unrecognized_clients: counts.unrecognized_clients,
        }),
        profile: read.map(|(_, profile)| figures(profile)),
    }
}

fn entry(diagnostic: &diagnostic::Diagnostic) -> Diagnostic {
    let related = diagnostic.related.iter();
    Diagnostic {
        weight: weight(diagnostic.weight),
        code: diagnostic.code,
        message: diagnostic.message.clone(),
        place: diagnostic.place.as_ref().map(spot),
        related: related
            .map(|(place, why)| Related {
                place: spot(place),
                why: why.clone(),
            })
            .collect(),
        help: diagnostic.help.clone(),
    }
}

/// A weight's public word.
const fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Note => "note",
        Weight::Warning => "warning",
        Weight::Error => "error",
    }
}

fn spot(place: &Place) -> Spot {
    match place.clone() {
        Place::Text {
            file, line, column, ..
        } => Spot {
            file,
            line: Some(line),
            column: Some(column),
            ..Spot::default()
        },
        Place::Row {
            file,
            sheet,
            row,
            column,
        } => Spot {
            file,
            sheet,
            row: Some(row),
            header: column,
            ..Spot::default()
        },
        Place::File { file } => Spot {
            file,
            ..Spot::default()
        },
    }
}

fn figures(profile: &Profile) -> Figures {
    let list = |shares: &[Share]| {
        let shares = shares.iter().map(|share| Figure {
            id: share.id.clone(),
            users: share.users,
        });
        shares.collect()
    };
    Figures {
        pools: list(&profile.pools),
        clients: list(&profile.clients),
        providers: list(&profile.providers),
        any_provider: profile.any_provider,
        group_chat: profile.group_chat,
        organizers: profile.organizers,
        derived_add_ins: profile.derived_add_ins,
        license_dates: profile.license_dates,
        unrecognized: profile.unrecognized,
    }
}

/// The answer for a person, without the diagnostics; `width` is that of the terminal, in columns.
#[must_use]
pub fn text(plan: Option<&Plan>, read: Option<(&Counts, &Profile)>, width: u16) -> String {
    let mut sections = Vec::new();
    if let Some((counts, profile)) = read {
        sections.push(format!(
            "{HEADING}Inventory{HEADING:#}: {} in {}, {} used, {} rejected; {}, {} unrecognized\n",
            count(counts.rows, "row", "rows"),
            count(counts.files as u64, "file", "files"),
            number(counts.rows_used),
            number(counts.rows_rejected),
            users(profile.users),
            count(counts.unrecognized_clients, "client", "clients"),
        ));
        sections.push(shares("Users by pool", &profile.pools, width));
        sections.push(shares(
            "Users by client (a user with two counts twice)",
            &profile.clients,
            width,
        ));
        sections.push(features(profile));
    }
    if let Some(plan) = plan {
        sections.push(format!(
            "{HEADING}Plan{HEADING:#}: {}; {} and {}, from {}\n",
            safe(&plan.name),
            count(plan.pools.len() as u64, "pool", "pools"),
            count(plan.stages.len() as u64, "stage", "stages"),
            plan.baseline,
        ));
    }
    sections.retain(|section| !section.is_empty());
    sections.join("\n")
}

fn shares(head: &str, shares: &[Share], width: u16) -> String {
    if shares.is_empty() {
        return String::new();
    }
    let mut table = new_table(width);
    for share in shares {
        table.add_row([number(share.users), safe(&share.name).into_owned()]);
    }
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    section(head, &lines(&table))
}

/// What people use beside clients, and what is assumed where the inventory says nothing.
fn features(profile: &Profile) -> String {
    let providers: Vec<String> = profile
        .providers
        .iter()
        .map(|share| format!("{} {}", share.name, number(share.users)))
        .collect();
    let told = [
        (profile.organizers, "schedule meetings".to_owned()),
        (
            profile.derived_add_ins,
            "of them with the add-in that comes with their client, which is assumed (SchedulingAddIn says otherwise)".to_owned(),
        ),
        (profile.group_chat, "use Group Chat".to_owned()),
        (
            profile.any_provider,
            "may use public IM and list no provider: every provisioned one is assumed (PicProviders says otherwise)".to_owned(),
        ),
        (profile.license_dates, "have a license date of their own".to_owned()),
        (
            profile.unrecognized,
            "have a client that is not recognized, or none at all: what they can do is unknown".to_owned(),
        ),
    ];
    let told: String = told
        .into_iter()
        .filter(|(users, _)| *users > 0)
        .map(|(users, what)| format!("  {:>7}  {what}\n", number(users)))
        .collect();
    let told = match providers.as_slice() {
        [] => told,
        providers => format!("{told}  Public IM, users: {}\n", providers.join(", ")),
    };
    section("Users who", &told)
}
