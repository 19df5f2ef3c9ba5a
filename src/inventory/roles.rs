//! What a column's texts are understood as.
//!
//! In: a layout. Out: its [`Column`]s that matter, each with a dictionary of the texts that it held so far.

use super::cell::{address, clean};
use super::columns::{Field, KeySource, Layout};
use super::dictionary::Dictionary;
use super::interpreter::{answer, option_flag};
use super::meaning::NOTHING;
use super::problem::Problem;
use super::reading::Common;
use super::record::{DateSystem, Record};

/// In a dictionary: the text cannot be understood.
pub(crate) const BAD: u32 = u32::MAX;

/// What every row has a number for, in the order in which problems are told; behind these come the wanted columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Role {
    Pool,
    Clients,
    GroupChat,
    Providers,
    PicEnabled,
    LicenseEnd,
    Organizer,
    AddIns,
    LastSeen,
}

impl Role {
    /// How many there are.
    pub(crate) const FIXED: usize = Self::LastSeen as usize + 1;
}

/// How a text becomes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pool,
    Clients,
    AddIns,
    Providers,
    Day,
    Answer,
    OptionFlag,
    /// A text of a wanted column.
    Value(usize),
    /// An address in a wanted column.
    Address(usize),
}

/// One column with the texts that it held so far.
pub(crate) struct Column {
    /// Position in the record.
    pub(crate) at: usize,
    /// Position among the numbers of a row.
    pub(crate) slot: usize,
    kind: Kind,
    seen: Dictionary,
}

impl Column {
    /// What the cell of a record says: [`NOTHING`], [`BAD`], or a number of the column's kind.
    #[inline]
    pub(crate) fn number(
        &mut self,
        record: &Record<'_>,
        common: &Common<'_>,
        system: DateSystem,
    ) -> u32 {
        let (text, length) = record.window(self.at);
        if length == 0 {
            return NOTHING;
        }
        match self.seen.find(text, length) {
            Some(number) => number,
            None => self.learn(record.text(self.at), common, system),
        }
    }

    /// Works out what a cell says, and remembers it.
    #[cold]
    fn learn(&mut self, cell: &str, common: &Common<'_>, system: DateSystem) -> u32 {
        let text = clean(cell);
        let number = if text.is_empty() {
            NOTHING
        } else {
            self.understand(text, common, system).unwrap_or(BAD)
        };
        self.seen.put(cell.as_bytes(), number);
        number
    }

    /// Works out what a cleaned text says, which is not empty.
    pub(crate) fn understand(
        &self,
        text: &str,
        common: &Common<'_>,
        system: DateSystem,
    ) -> Result<u32, Vec<Problem>> {
        let one = |problem| vec![problem];
        let mut interpreter = common.interpreter();
        match self.kind {
            Kind::Pool => Ok(interpreter.pool(text)),
            Kind::Clients => Ok(interpreter.clients(text)),
            Kind::AddIns => Ok(interpreter.add_ins(text)),
            Kind::Providers => interpreter.providers(text),
            Kind::Day => interpreter.day(text, system).map_err(one),
            Kind::Answer => answer(text).map_err(one),
            Kind::OptionFlag => option_flag(text).map_err(one),
            Kind::Value(column) => Ok(interpreter.value(column, text)),
            Kind::Address(column) => Ok(interpreter.value(column, &address(text))),
        }
    }
}

/// The columns of a layout that matter, first choice of a role first.
pub(crate) fn columns(layout: &Layout, common: &Common<'_>) -> Vec<Column> {
    let mut all = Vec::new();
    let mut add = |at: usize, slot: usize, kind: Kind| {
        all.push(Column {
            at,
            slot,
            kind,
            seen: Dictionary::new(common.hash.clone()),
        });
    };
    for (field, role, kind) in FIELDS {
        for &at in layout.columns(field) {
            let is_flags = role == Role::PicEnabled && layout.is_option_flags(at);
            let kind = if is_flags { Kind::OptionFlag } else { kind };
            add(at, role as usize, kind);
        }
    }
    for &at in &layout.last_seen {
        add(at, Role::LastSeen as usize, Kind::Day);
    }
    for (value, key) in layout.keys.iter().enumerate() {
        let slot = Role::FIXED + value;
        match key {
            KeySource::Column(at) => add(*at, slot, Kind::Value(value)),
            KeySource::Field(Field::Sip) => {
                let columns = layout.columns(Field::Sip).iter();
                columns.for_each(|&at| add(at, slot, Kind::Address(value)));
            }
            KeySource::Field(field) => {
                let columns = layout.columns(*field).iter();
                columns.for_each(|&at| add(at, slot, Kind::Value(value)));
            }
            KeySource::Missing => {}
        }
    }
    all
}

const FIELDS: [(Field, Role, Kind); 8] = [
    (Field::Pool, Role::Pool, Kind::Pool),
    (Field::Client, Role::Clients, Kind::Clients),
    (Field::GroupChat, Role::GroupChat, Kind::Answer),
    (Field::Providers, Role::Providers, Kind::Providers),
    (Field::PicEnabled, Role::PicEnabled, Kind::Answer),
    (Field::LicenseEnd, Role::LicenseEnd, Kind::Day),
    (Field::Organizer, Role::Organizer, Kind::Answer),
    (Field::AddIn, Role::AddIns, Kind::AddIns),
];
