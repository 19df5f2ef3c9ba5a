//! Rows of one user -> the user, or why there is none.
//!
//! In: what the rows of one user say, in the order of reading. Out: a [`Merged`] user, and apart from it whatever had to be
//! decided on the way (contract section 2): lists are united, of single values the first that is not empty counts, rows that
//! name different pools cost the user.

use super::columns::Field;
use super::interpreter::Interpreter;
use super::meaning::{Clients, Lists, Meaning, NOTHING, Rare};
use super::pools::PoolName;
use super::staleness;
use crate::model::{AddInSet, Client, EndpointSet, ProviderSet};

/// Why a user is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoUser {
    /// No row names a pool.
    NoPool,
    /// The rows name a pool that the plan does not know, by its number.
    UnknownPool(u32),
    /// Two rows, by their position among the user's rows, name different pools.
    PoolsDisagree(usize, usize),
}

/// A user made of rows: everything that a shape is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Merged {
    pub(crate) pool: u16,
    pub(crate) endpoints: EndpointSet,
    pub(crate) group_chat: Option<bool>,
    pub(crate) providers: ProviderSet,
    pub(crate) pic_enabled: Option<bool>,
    /// Days of the common era, or [`NOTHING`].
    pub(crate) license_end: u32,
    pub(crate) organizer: Option<bool>,
    pub(crate) add_ins: AddInSet,
    /// The texts of the wanted columns, as a list.
    pub(crate) values: u32,
}

/// A single value about which rows disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disputed {
    /// A field.
    Field(Field),
    /// A wanted column, by its position in the request.
    Column(usize),
}

static NO_CLIENTS: Clients = Clients {
    endpoints: EndpointSet::EMPTY,
    unrecognized: Vec::new(),
    servers: Vec::new(),
};

/// What had to be decided to make a user: what, and the positions of the row that counts and of the first that says otherwise.
pub(crate) type Dispute = (Disputed, usize, usize);

/// Makes users of rows.
pub(crate) struct Merger<'a, 'i> {
    pub(crate) interpreter: &'a Interpreter<'i>,
    pub(crate) rare: &'a [Rare],
    /// Clients that were last seen before this day do not count.
    pub(crate) oldest: Option<u32>,
    /// What there is to say about the last user.
    pub(crate) disputes: Vec<Dispute>,
    /// Texts of clients of the last user that name no product.
    pub(crate) unrecognized: Vec<u32>,
    /// Positions of the last user's rows whose clients are too old to count.
    pub(crate) stale: Vec<usize>,
}

impl<'a, 'i> Merger<'a, 'i> {
    pub(crate) fn new(
        interpreter: &'a Interpreter<'i>,
        rare: &'a [Rare],
        oldest: Option<u32>,
    ) -> Self {
        Self {
            interpreter,
            rare,
            oldest,
            disputes: Vec::new(),
            unrecognized: Vec::new(),
            stale: Vec::new(),
        }
    }

    /// Makes a user of what its rows say; there is at least one row.
    pub(crate) fn merge(&mut self, rows: &[Meaning], lists: &mut Lists) -> Result<Merged, NoUser> {
        let user = self.merge_fields(rows)?;
        let values = self.values(rows, lists);
        Ok(Merged { values, ..user })
    }

    /// A user but for the texts of the wanted columns.
    pub(crate) fn merge_fields(&mut self, rows: &[Meaning]) -> Result<Merged, NoUser> {
        self.disputes.clear();
        if let [row] = rows {
            return self.only(row);
        }
        let mut user = Merged {
            pool: self.pool(rows)?,
            ..Merged::default()
        };
        self.clients(&mut user, rows);
        for row in rows {
            user.providers.0 |= row.flags.providers().0;
            if row.rare != 0 {
                let add_ins = self.rare[row.rare as usize].add_ins;
                let add_ins = self.interpreter.add_ins.get(add_ins);
                user.add_ins.0 |= add_ins.map_or(0, |cell| cell.set.0);
            }
        }
        user.group_chat = self.first(rows, Field::GroupChat, |row, _| row.flags.group_chat());
        user.pic_enabled = self.first(rows, Field::PicEnabled, |row, _| row.flags.pic_enabled());
        user.organizer = self.first(rows, Field::Organizer, |row, _| row.flags.organizer());
        let license = |row: &Meaning, rare: &[Rare]| filled(rare[row.rare as usize].license_end);
        let license_end = self.first(rows, Field::LicenseEnd, license);
        user.license_end = license_end.unwrap_or(NOTHING);
        Ok(user)
    }

    /// A user with a single row, as most are: nothing disagrees.
    fn only(&mut self, row: &Meaning) -> Result<Merged, NoUser> {
        let pool = self.pool(std::slice::from_ref(row))?;
        let mut user = Merged {
            pool,
            providers: row.flags.providers(),
            group_chat: row.flags.group_chat(),
            pic_enabled: row.flags.pic_enabled(),
            organizer: row.flags.organizer(),
            ..Merged::default()
        };
        self.clients(&mut user, std::slice::from_ref(row));
        if row.rare != 0 {
            let rare = self.rare[row.rare as usize];
            let add_ins = self.interpreter.add_ins.get(rare.add_ins);
            user.add_ins = add_ins.map_or_else(AddInSet::default, |cell| cell.set);
            user.license_end = rare.license_end;
        }
        Ok(user)
    }

    fn pool(&self, rows: &[Meaning]) -> Result<u16, NoUser> {
        let named = rows.iter().position(|row| row.pool != NOTHING);
        let first = named.ok_or(NoUser::NoPool)?;
        let pool = rows[first].pool;
        let other = rows
            .iter()
            .position(|row| row.pool != NOTHING && row.pool != pool);
        match (other, self.interpreter.pools.get(pool)) {
            (Some(other), _) => Err(NoUser::PoolsDisagree(first, other)),
            (None, Some(&PoolName::Known(pool))) => Ok(pool),
            (None, _) => Err(NoUser::UnknownPool(pool)),
        }
    }

    fn clients(&mut self, user: &mut Merged, rows: &[Meaning]) {
        self.unrecognized.clear();
        self.stale.clear();
        let (interpreter, rare) = (self.interpreter, self.rare);
        let clients = |row: &Meaning| interpreter.clients.get(row.clients).unwrap_or(&NO_CLIENTS);
        if rows
            .iter()
            .any(|row| rare[row.rare as usize].seen != NOTHING)
        {
            let dated: Vec<(u32, &Clients)> = rows
                .iter()
                .map(|row| (rare[row.rare as usize].seen, clients(row)))
                .collect();
            let current = staleness::current(&dated, self.oldest);
            user.endpoints = current.endpoints;
            self.unrecognized = current.unrecognized;
            self.stale = current.stale;
        } else {
            for clients in rows.iter().map(clients) {
                user.endpoints = user.endpoints.union(clients.endpoints);
                self.unrecognized.extend_from_slice(&clients.unrecognized);
            }
        }
        if self.unrecognized.len() > 1 {
            self.unrecognized.sort_unstable();
            self.unrecognized.dedup();
        }
        // A text that names no product, and no client at all, is an endpoint too.
        if user.endpoints.is_empty() || !self.unrecognized.is_empty() {
            user.endpoints = user.endpoints.with(Client::UNRECOGNIZED);
        }
    }

    fn first<T: PartialEq>(
        &mut self,
        rows: &[Meaning],
        field: Field,
        get: impl Fn(&Meaning, &[Rare]) -> Option<T>,
    ) -> Option<T> {
        let rare = self.rare;
        let value = |row: &Meaning| get(row, rare);
        let first = rows.iter().position(|row| value(row).is_some())?;
        let counts = value(&rows[first]);
        let disagrees = |row: &Meaning| {
            let other = value(row);
            other.is_some() && other != counts
        };
        if let Some(other) = rows.iter().position(disagrees) {
            self.disputes.push((Disputed::Field(field), first, other));
        }
        counts
    }

    fn values(&mut self, rows: &[Meaning], lists: &mut Lists) -> u32 {
        match same_values(rows) {
            Some(same) => same,
            None => {
                let texts = self.texts(rows, lists).into_iter();
                texts.fold(0, |list, text| lists.push(list, text))
            }
        }
    }

    /// The texts of the wanted columns, where there is such a list already.
    pub(crate) fn known_values(&mut self, rows: &[Meaning], lists: &Lists) -> Option<u32> {
        same_values(rows).or_else(|| {
            let mut texts = self.texts(rows, lists).into_iter();
            texts.try_fold(0, |list, text| lists.find(list, text))
        })
    }

    /// The text of each wanted column.
    fn texts(&mut self, rows: &[Meaning], lists: &Lists) -> Vec<u32> {
        let values: Vec<Vec<u32>> = rows.iter().map(|row| lists.numbers(row.values)).collect();
        let columns = values.iter().map(Vec::len).max().unwrap_or(0);
        let texts = (0..columns).map(|column| {
            let said = |at: usize| filled(values[at].get(column).copied().unwrap_or(NOTHING));
            let first = (0..rows.len()).find(|&at| said(at).is_some());
            let counts = first.and_then(said);
            let other = (0..rows.len()).find(|&at| said(at).is_some() && said(at) != counts);
            if let (Some(first), Some(other)) = (first, other) {
                self.disputes.push((Disputed::Column(column), first, other));
            }
            counts.unwrap_or(NOTHING)
        });
        texts.collect()
    }
}

/// The list of texts that all rows have.
fn same_values(rows: &[Meaning]) -> Option<u32> {
    let first = rows[0].values;
    rows.iter().all(|row| row.values == first).then_some(first)
}

fn filled(number: u32) -> Option<u32> {
    (number != NOTHING).then_some(number)
}
