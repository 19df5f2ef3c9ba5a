//! Who uses which clients on which pool today: rows of any number of files -> users, nothing lost on the way.
//!
//! In: [`Source`]s, read by `delimited` or by somebody else's [`Table`](source::Table), and a [`Request`]. Out: [`Inventory`],
//! or a [`Refusal`] where nothing can be made of them. Every row that is read is used or rejected with a reason
//! (contract section 2).

mod acceptance;
mod address;
pub mod batch;
mod blocks;
pub mod cell;
mod census;
mod chunk;
pub mod columns;
mod delimited;
mod dictionary;
pub mod difference;
mod distinct;
mod domains;
mod duplicates;
mod fates;
mod import;
mod interpreter;
mod making;
mod meaning;
pub mod merged;
mod merging;
mod messages;
mod names;
mod neighbours;
mod notices;
mod opening;
mod packed;
mod places;
mod plain;
mod pools;
mod positions;
mod problem;
pub mod provenance;
mod reading;
pub mod record;
pub mod rejected;
mod remarks;
mod renamed;
mod roles;
mod rows;
mod sample;
mod shortcut;
mod shown;
pub mod source;
mod staleness;
mod table;
mod telling;
mod texts;
mod users;
pub mod workbook;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use chrono::{Datelike, NaiveDate};

pub use self::address::Address;
pub use self::cell::DateOrder;
pub use self::census::{LINE, MOST, ROWS, USERS};
pub use self::columns::Field;
pub(crate) use self::domains::DomainId;
pub use self::import::{Refusal, import};
pub use self::names::Names;
pub use self::places::Places;
pub use self::shown::{Shown, shown};
pub use self::source::{ByteSource, Source};
pub(crate) use self::users::Near;
pub use self::users::Users;
#[cfg(test)]
pub(crate) use self::users::users_of;

use crate::diagnostic::Diagnostic;
use crate::model::{AddInSet, EndpointSet, ProviderSet};

/// A column of the inventory that somebody wants to filter or group by, beside the canonical fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKey {
    /// The user's department.
    Department,
    /// The user's site.
    Site,
    /// Any other header, compared as headers are: normalized by [`normalize_header`].
    Header(String),
}

/// A header as headers are compared: without case, spaces, `-`, `_`, `.` (contract section 3).
#[must_use]
pub fn normalize_header(header: &str) -> String {
    header
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '.' | '\u{a0}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The pools an inventory may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolDirectory {
    /// Every spelling of every known pool (the id itself included), with the pool's position in the plan.
    /// Matched whole, without case and surrounding space. `None`: every text is a pool of its own (for `init`).
    pub known: Option<Vec<(String, u16)>>,
}

impl PoolDirectory {
    /// The first spelling of a pool.
    pub(crate) fn name(&self, pool: u16) -> &str {
        let known = self.known.as_deref().unwrap_or_default();
        known
            .iter()
            .find(|(_, of)| *of == pool)
            .map_or("", |(spelling, _)| spelling)
    }
}

/// Whom a user of the files stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// One person.
    #[default]
    Person,
    /// As many people as the column [`USERS`] says; `SipAddress` is a key.
    Cohort,
}

/// What the importer is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Whom a user of the files stands for.
    pub unit: Unit,
    /// The pools the plan knows.
    pub pools: PoolDirectory,
    /// The columns whose values each shape carries, in this order.
    pub columns: Vec<ColumnKey>,
    /// Which headers the user gave to which fields.
    pub mapping: columns::Mapping,
    /// The encoding of delimited text, by its label; by rule where `None`.
    pub encoding: Option<String>,
    /// The delimiter of delimited text; found on the header where `None`.
    pub delimiter: Option<u8>,
    /// The row of the header, from 1; found by its SIP address column where `None`.
    pub header_row: Option<u64>,
    /// The order of day and month in dates that can be read in two ways; such dates are refused where `None`.
    pub date_order: Option<DateOrder>,
    /// For each of [`Self::columns`] the only texts that matter, none of them empty, compared without case and surrounding space, in groups of
    /// those that make no difference: each group becomes its first text, and all other texts become one. `None`, or no
    /// entry: all texts are kept apart.
    pub told_apart: Vec<Option<Vec<Vec<String>>>>,
    /// The header of the column that says when a client was last seen: then the newest of each family counts.
    pub last_seen: Option<String>,
    /// Clients that were last seen before this day do not count; needs [`Self::last_seen`].
    pub stale_before: Option<NaiveDate>,
    /// How many threads may work; 0 counts as 1.
    pub threads: usize,
}

impl Request {
    /// How many threads may work.
    pub(crate) fn threads(&self) -> NonZeroUsize {
        NonZeroUsize::new(self.threads).unwrap_or(NonZeroUsize::MIN)
    }

    /// The day before which clients are too old, as the interpreter numbers days.
    pub(crate) fn oldest(&self) -> Option<u32> {
        let day = self.stale_before?;
        u32::try_from(day.num_days_from_ce()).ok()
    }
}

/// Everything about a user that a simulation can depend on. Users who agree in all of it share one shape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Position of the home pool: in the plan's list, or in [`Inventory::pools`] where every text is a pool.
    pub pool: u16,
    /// The user's endpoints; a user without any client has `unrecognized`.
    pub endpoints: EndpointSet,
    /// Uses Group Chat.
    pub group_chat: bool,
    /// The public IM providers listed.
    pub providers: ProviderSet,
    /// May use public IM though no provider is listed: every provisioned provider is assumed.
    pub pic_enabled: bool,
    /// Last day of the user's own PIC license.
    pub license_end: Option<NaiveDate>,
    /// Schedules meetings.
    pub organizer: bool,
    /// The add-ins that the inventory names; empty set: none named, so they are derived from the endpoints.
    pub add_ins: AddInSet,
    /// The texts of [`Request::columns`], for [`Inventory::values`].
    pub values: ValuesId,
}

/// One text for each of [`Request::columns`].
pub(crate) type Values = Box<[Box<str>]>;

/// The texts of a shape, as a position in the inventory's list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValuesId(u32);

impl ValuesId {
    /// The position, as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How many rows and what became of them. `rows = rows_used + rows_rejected`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files read.
    pub files: usize,
    /// Records below the headers that are not blank.
    pub rows: u64,
    /// Rows that belong to an accepted user.
    pub rows_used: u64,
    /// Rows given back with a reason.
    pub rows_rejected: u64,
    /// Pairs of accepted user and unrecognized client text.
    pub unrecognized_clients: u64,
}

/// The inventory: users, what was rejected, and what was noticed.
#[derive(Debug, Default)]
pub struct Inventory {
    /// How many rows and what became of them.
    pub counts: Counts,
    /// The headers of all files as they are spelt there.
    pub headers: Vec<String>,
    /// The pools, by name, where every text is a pool of its own.
    pub pools: Vec<String>,
    /// The different users.
    pub shapes: Vec<Shape>,
    /// The different lists of texts, see [`Self::values`].
    pub(crate) values: Vec<Values>,
    /// The accepted users.
    pub users: Users,
    /// Everything noticed, in order of file and row.
    pub diagnostics: Vec<Diagnostic>,
    /// Which rows were rejected.
    pub rejected: rejected::Rejected,
    /// Where users belong; nowhere, until it was read ([`shown()`]).
    pub(crate) places: Places,
    /// How many people each user stands for, where users are cohorts.
    pub(crate) people: Option<Vec<u64>>,
    /// The headers as they are compared.
    pub(crate) names: BTreeSet<String>,
    /// The fields that some file has a column for.
    pub(crate) fields: BTreeSet<Field>,
}

impl Inventory {
    /// One text for each of [`Request::columns`], trimmed; empty where the cell or the column is missing.
    #[must_use]
    pub fn values(&self, shape: usize) -> &[Box<str>] {
        self.values_of(&self.shapes[shape])
    }

    /// The same for one of this inventory's shapes.
    #[must_use]
    pub fn values_of(&self, shape: &Shape) -> &[Box<str>] {
        &self.values[shape.values.index()]
    }

    /// How many people a user stands for: one, unless users are cohorts.
    #[must_use]
    pub fn people(&self, user: usize) -> u64 {
        self.people.as_ref().map_or(1, |people| people[user])
    }

    /// How many people all users stand for.
    #[must_use]
    pub fn population(&self) -> u64 {
        let all = self.people.as_ref().map(|people| people.iter().sum());
        all.unwrap_or(self.users.len() as u64)
    }

    /// Does some file have this column, literally or as the field whose canonical header it is?
    #[must_use]
    pub fn has_column(&self, key: &ColumnKey) -> bool {
        let name = match key {
            ColumnKey::Department => return self.fields.contains(&Field::Department),
            ColumnKey::Site => return self.fields.contains(&Field::Site),
            ColumnKey::Header(name) => normalize_header(name),
        };
        self.names.contains(&name)
            || self
                .fields
                .iter()
                .any(|field| normalize_header(field.canonical()) == name)
    }
}
