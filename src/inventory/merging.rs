//! Rows of one user -> the user, or why there is none.
//!
//! In: what the rows of one user say, in the order of reading. Out: a [`Merged`] user with everything that had to be
//! decided on the way (contract section 2): lists are united, of single values the first that is not empty counts, rows that
//! name different pools cost the user.

use chrono::NaiveDate;

use super::columns::Field;
use super::meaning::{Meaning, TextId};
use super::pools::PoolName;
use crate::model::{AddInSet, Client, EndpointSet, ProviderSet};

/// Why a user is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoUser {
    /// No row names a pool.
    NoPool,
    /// The rows name a pool that the plan does not know, by its key.
    UnknownPool(String),
    /// Two rows, by their position among the user's rows, name different pools.
    PoolsDisagree(usize, usize),
}

/// A user made of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) pool: u16,
    pub(crate) endpoints: EndpointSet,
    pub(crate) unrecognized: Vec<TextId>,
    pub(crate) group_chat: Option<bool>,
    pub(crate) providers: ProviderSet,
    pub(crate) pic_enabled: Option<bool>,
    pub(crate) license_end: Option<NaiveDate>,
    pub(crate) organizer: Option<bool>,
    pub(crate) add_ins: AddInSet,
    pub(crate) values: Vec<TextId>,
    /// Values that disagree: what, and the positions of the row that counts and of the first that says otherwise.
    pub(crate) disagreements: Vec<(Disputed, usize, usize)>,
}

/// A single value about which rows disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disputed {
    /// A field.
    Field(Field),
    /// A wanted column, by its position in the request.
    Column(usize),
}

impl Merged {
    /// The endpoints as the simulation sees them: a text that names no product, or no client at all, is an endpoint too.
    pub(crate) fn all_endpoints(&self) -> EndpointSet {
        if self.endpoints.is_empty() || !self.unrecognized.is_empty() {
            self.endpoints.with(Client::UNRECOGNIZED)
        } else {
            self.endpoints
        }
    }
}

/// Makes a user of what its rows say; there is at least one.
pub(crate) fn merge(rows: &[&Meaning]) -> Result<Merged, NoUser> {
    let mut user = Merged {
        pool: pool(rows)?,
        ..Merged::default()
    };
    for row in rows {
        user.endpoints = user.endpoints.union(row.endpoints);
        user.providers = user.providers.union(row.providers);
        user.add_ins = user.add_ins.union(row.add_ins);
        for &text in &row.unrecognized {
            if !user.unrecognized.contains(&text) {
                user.unrecognized.push(text);
            }
        }
    }
    let mut first = First {
        rows,
        disagreements: Vec::new(),
    };
    user.group_chat = first.of(Field::GroupChat, |row| row.group_chat);
    user.pic_enabled = first.of(Field::PicEnabled, |row| row.pic_enabled);
    user.license_end = first.of(Field::LicenseEnd, |row| row.license_end);
    user.organizer = first.of(Field::Organizer, |row| row.organizer);
    first.of(Field::Department, |row| filled(row.department));
    first.of(Field::Site, |row| filled(row.site));
    for column in 0..rows[0].values.len() {
        let value = first.value(Disputed::Column(column), |row| filled(row.values[column]));
        user.values.push(value.unwrap_or_default());
    }
    user.disagreements = first.disagreements;
    Ok(user)
}

/// Text 0 is the empty one.
fn filled(text: TextId) -> Option<TextId> {
    (text != 0).then_some(text)
}

fn pool(rows: &[&Meaning]) -> Result<u16, NoUser> {
    let mut named = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| row.pool.as_ref().map(|pool| (at, pool)));
    let (first, pool) = named.next().ok_or(NoUser::NoPool)?;
    if let Some((other, _)) = named.find(|&(_, other)| other != pool) {
        return Err(NoUser::PoolsDisagree(first, other));
    }
    match pool {
        PoolName::Known(pool) => Ok(*pool),
        PoolName::Unknown(key) => Err(NoUser::UnknownPool(key.clone())),
    }
}

/// Takes first values and notes who disagrees.
struct First<'a> {
    rows: &'a [&'a Meaning],
    disagreements: Vec<(Disputed, usize, usize)>,
}

impl First<'_> {
    fn of<T: PartialEq>(&mut self, field: Field, get: impl Fn(&Meaning) -> Option<T>) -> Option<T> {
        self.value(Disputed::Field(field), get)
    }

    fn value<T: PartialEq>(
        &mut self,
        what: Disputed,
        get: impl Fn(&Meaning) -> Option<T>,
    ) -> Option<T> {
        let mut given = self
            .rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| get(row).map(|value| (at, value)));
        let (at, value) = given.next()?;
        if let Some((other, _)) = given.find(|(_, other)| *other != value) {
            self.disagreements.push((what, at, other));
        }
        Some(value)
    }
}
