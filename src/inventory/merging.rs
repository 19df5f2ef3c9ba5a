//! Rows of one user -> the user, or why there is none.
//!
//! In: what the rows of one user say, in the order of reading. Out: a [`Merged`] user with everything that had to be
//! decided on the way (contract section 2): lists are united, of single values the first that is not empty counts, rows that
//! name different pools cost the user.

use chrono::NaiveDate;

use super::columns::Field;
use super::interpreter::{Interpreter, day};
use super::meaning::{Lists, Meaning, NOTHING};
use super::pools::PoolName;
use super::staleness;
use crate::model::{AddInSet, Client, EndpointSet, ProviderSet};

/// Why a user is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoUser {
    /// No row names a pool.
    NoPool,
    /// The rows name a pool that the plan does not know, by its number.
    UnknownPool(u32),
    /// Two rows, by their position among the user's rows, name different pools.
    PoolsDisagree(usize, usize),
}

/// A user made of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) pool: u16,
    pub(crate) endpoints: EndpointSet,
    pub(crate) unrecognized: Vec<u32>,
    pub(crate) group_chat: Option<bool>,
    pub(crate) providers: ProviderSet,
    pub(crate) pic_enabled: Option<bool>,
    pub(crate) license_end: Option<NaiveDate>,
    pub(crate) organizer: Option<bool>,
    pub(crate) add_ins: AddInSet,
    pub(crate) values: Vec<u32>,
    /// Values that disagree: what, and the positions of the row that counts and of the first that says otherwise.
    pub(crate) disagreements: Vec<(Disputed, usize, usize)>,
    /// Positions of rows whose clients are too old to count.
    pub(crate) stale: Vec<usize>,
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

/// Makes a user of what its rows say; there is at least one row.
pub(crate) fn merge(
    rows: &[Meaning],
    interpreter: &Interpreter<'_>,
    lists: &Lists,
    oldest: Option<u32>,
) -> Result<Merged, NoUser> {
    let mut user = Merged {
        pool: pool(rows, interpreter)?,
        ..Merged::default()
    };
    user.stale = staleness::stale(rows, interpreter, oldest);
    for (at, row) in rows.iter().enumerate() {
        user.providers.0 |= row.providers.0;
        if let Some(add_ins) = interpreter.add_ins.get(row.add_ins) {
            user.add_ins.0 |= add_ins.set.0;
        }
        let clients = interpreter.clients.get(row.clients);
        if let Some(clients) = clients.filter(|_| !user.stale.contains(&at)) {
            user.endpoints = user.endpoints.union(clients.endpoints);
            for &text in &clients.unrecognized {
                if !user.unrecognized.contains(&text) {
                    user.unrecognized.push(text);
                }
            }
        }
    }
    single_values(&mut user, rows, lists);
    Ok(user)
}

fn single_values(user: &mut Merged, rows: &[Meaning], lists: &Lists) {
    let mut first = First {
        rows,
        disagreements: Vec::new(),
    };
    user.group_chat = first.of(Field::GroupChat, |row| row.group_chat.said());
    user.pic_enabled = first.of(Field::PicEnabled, |row| row.pic_enabled.said());
    user.organizer = first.of(Field::Organizer, |row| row.organizer.said());
    user.license_end = first
        .of(Field::LicenseEnd, |row| filled(row.license_end))
        .and_then(day);
    if rows.iter().all(|row| row.values == rows[0].values) {
        user.values = lists.numbers(rows[0].values);
    } else {
        let values: Vec<Vec<u32>> = rows.iter().map(|row| lists.numbers(row.values)).collect();
        user.values = (0..values[0].len())
            .map(|column| {
                let value = |at: usize, _: &Meaning| filled(values[at][column]);
                let first = first.value(Disputed::Column(column), value);
                first.unwrap_or(NOTHING)
            })
            .collect();
    }
    user.disagreements = first.disagreements;
}

fn filled(number: u32) -> Option<u32> {
    (number != NOTHING).then_some(number)
}

fn pool(rows: &[Meaning], interpreter: &Interpreter<'_>) -> Result<u16, NoUser> {
    let mut named = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.pool != NOTHING);
    let (first, row) = named.next().ok_or(NoUser::NoPool)?;
    if let Some((other, _)) = named.find(|&(_, other)| other.pool != row.pool) {
        return Err(NoUser::PoolsDisagree(first, other));
    }
    match interpreter.pools.get(row.pool) {
        Some(&PoolName::Known(pool)) => Ok(pool),
        _ => Err(NoUser::UnknownPool(row.pool)),
    }
}

/// Takes first values and notes who disagrees.
struct First<'a> {
    rows: &'a [Meaning],
    disagreements: Vec<(Disputed, usize, usize)>,
}

impl First<'_> {
    fn of<T: PartialEq>(&mut self, field: Field, get: impl Fn(&Meaning) -> Option<T>) -> Option<T> {
        self.value(Disputed::Field(field), |_, row| get(row))
    }

    fn value<T: PartialEq>(
        &mut self,
        what: Disputed,
        get: impl Fn(usize, &Meaning) -> Option<T>,
    ) -> Option<T> {
        let mut given = self
            .rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| get(at, row).map(|value| (at, value)));
        let (at, value) = given.next()?;
        if let Some((other, _)) = given.find(|(_, other)| *other != value) {
            self.disagreements.push((what, at, other));
        }
        Some(value)
    }
}
