//! What has to be said about users: who is not accepted and why, which values disagree, which texts are not known.
//!
//! In: rows that were merged, or could not be. Out: diagnostics, and the reasons with which rows are given back. Unknown
//! pools and texts are said once each, with the number of users concerned.

use std::collections::{BTreeMap, HashSet};

use super::census::Census;
use super::columns::Field;
use super::interpreter::Interpreter;
use super::meaning::{AddIns, Clients, Meaning, NOTHING};
use super::merging::{Disputed, Merger, NoUser};
use super::notices::Notices;
use super::pools::PoolName;
use super::remarks::Remark;
use super::rows::Rows;
use super::{ColumnKey, Request, messages};
use crate::diagnostic::{Diagnostic, Weight, nearest};

/// Something that is not known: how many users have it, and the first row that names it.
struct Unknown {
    users: u64,
    row: u32,
}

/// Why a text deserves a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum TextKind {
    Client,
    Server,
    AddIn,
}

/// Says what has to be said.
pub(crate) struct Telling<'a, 'i, 'n> {
    request: &'a Request,
    rows: &'a Rows,
    interpreter: &'a Interpreter<'i>,
    census: Option<&'a Census>,
    notices: &'n mut Notices,
    unknown_pools: BTreeMap<u32, Unknown>,
    texts: BTreeMap<(TextKind, u32), Unknown>,
}

impl<'a, 'i, 'n> Telling<'a, 'i, 'n> {
    pub(crate) fn new(
        request: &'a Request,
        rows: &'a Rows,
        interpreter: &'a Interpreter<'i>,
        census: Option<&'a Census>,
        notices: &'n mut Notices,
    ) -> Self {
        Self {
            request,
            rows,
            interpreter,
            census,
            notices,
            unknown_pools: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    /// How many people the user of a row stands for.
    pub(crate) fn people(&self, row: u32) -> u64 {
        self.census
            .map_or(1, |census| census.people(&self.rows.address(row).text()))
    }

    fn clients(&self, meaning: &Meaning) -> Option<&'a Clients> {
        self.interpreter.clients.get(meaning.clients)
    }

    fn add_ins(&self, meaning: &Meaning) -> Option<&'a AddIns> {
        let rare = &self.rows.rare[meaning.rare as usize];
        self.interpreter.add_ins.get(rare.add_ins)
    }

    /// Does a row deserve a word even if its user is accepted?
    pub(crate) fn is_remarkable(&self, meaning: &Meaning) -> bool {
        let rare = &self.rows.rare[meaning.rare as usize];
        let clients = self.clients(meaning);
        clients.is_some_and(|cell| !cell.unrecognized.is_empty() || !cell.servers.is_empty())
            || self
                .add_ins(meaning)
                .is_some_and(|cell| !cell.unknown.is_empty())
            || rare.seen != NOTHING
    }

    /// Says what there is to say about an accepted user with several rows, which was just merged.
    pub(crate) fn user(&mut self, rows: &[u32], meanings: &[Meaning], merged: &Merger<'_, '_>) {
        for &(what, one, other) in &merged.disputes {
            self.dispute(rows, what, one, other);
        }
        let remarks: Vec<Remark> = rows.iter().map(|&row| self.rows.remark(row)).collect();
        if remarks.iter().any(|remark| *remark != remarks[0]) {
            for (field, one, other) in Remark::disagreements(&remarks) {
                self.dispute(rows, Disputed::Field(field), one, other);
            }
        }
        self.stale(rows, &merged.stale);
        if meanings.iter().any(|meaning| self.is_remarkable(meaning)) {
            self.texts(rows, meanings);
        }
    }

    /// Says that clients of some of these rows do not count.
    pub(crate) fn stale(&mut self, rows: &[u32], stale: &[usize]) {
        let all = self.rows;
        for &at in stale {
            let row = rows[at];
            self.notices
                .add(all.file(row), Weight::Note, messages::CLIENT_STALE, || {
                    messages::client_stale(&all.address(row)).at(all.place(row))
                });
        }
    }

    fn dispute(&mut self, rows: &[u32], what: Disputed, one: usize, other: usize) {
        let name = match what {
            Disputed::Field(field) => field.canonical(),
            Disputed::Column(column) => match &self.request.columns[column] {
                // Fields are watched whether somebody wants their column or not.
                ColumnKey::Header(name) if Field::parse(name).is_none() => name,
                _ => return,
            },
        };
        let (all, first, second) = (self.rows, rows[one], rows[other]);
        self.notices.add(
            all.file(first),
            Weight::Warning,
            messages::VALUES_DISAGREE,
            || {
                messages::values_disagree(&all.address(first), name)
                    .at(all.place(first))
                    .see(all.place(second), "this row says otherwise")
            },
        );
    }

    /// Says why rows make no user; gives the reason with which they are given back.
    pub(crate) fn nobody(&mut self, rows: &[u32], meanings: &[Meaning], why: NoUser) -> String {
        self.note_pools(rows, meanings);
        match why {
            NoUser::NoPool => {
                let (all, row) = (self.rows, rows[0]);
                self.notices
                    .add(all.file(row), Weight::Error, messages::POOL_MISSING, || {
                        messages::pool_missing(&all.address(row)).at(all.place(row))
                    });
                "no row of the user names a pool".to_owned()
            }
            NoUser::UnknownPool(pool) => {
                format!("the plan does not know the pool {:?}", self.pool(pool))
            }
            NoUser::PoolsDisagree(one, other) => self.two_pools(rows, meanings, one, other),
        }
    }

    fn two_pools(
        &mut self,
        rows: &[u32],
        meanings: &[Meaning],
        one: usize,
        other: usize,
    ) -> String {
        let (x, y) = (
            self.pool(meanings[one].pool),
            self.pool(meanings[other].pool),
        );
        let (all, a, b) = (self.rows, rows[one], rows[other]);
        self.notices
            .add(all.file(a), Weight::Error, messages::POOLS_DISAGREE, || {
                messages::pools_disagree(&all.address(a), &x, &y)
                    .at(all.place(a))
                    .see(all.place(b), format!("{y:?} here"))
            });
        let spot = |row| format!("{} row {}", all.files[all.file(row)].name, all.number(row));
        format!(
            "the user's rows name two pools: {x:?} in {} and {y:?} in {}",
            spot(a),
            spot(b)
        )
    }

    /// How a pool is called in messages.
    fn pool(&self, number: u32) -> String {
        match self.interpreter.pools.get(number) {
            Some(PoolName::Unknown(key)) => key.clone(),
            Some(&PoolName::Known(pool)) => self.request.pools.name(pool).to_owned(),
            None => String::new(),
        }
    }

    fn note_pools(&mut self, rows: &[u32], meanings: &[Meaning]) {
        let people = self.people(rows[0]);
        let mut noted = HashSet::new();
        for (&row, meaning) in rows.iter().zip(meanings) {
            let pool = self.interpreter.pools.get(meaning.pool);
            if matches!(pool, Some(PoolName::Unknown(_))) && noted.insert(meaning.pool) {
                let unknown = self.unknown_pools.entry(meaning.pool);
                unknown
                    .or_insert(Unknown { users: 0, row })
                    .note(people, row);
            }
        }
    }

    /// Notes the texts of a user that are not known, each once.
    pub(crate) fn texts(&mut self, rows: &[u32], meanings: &[Meaning]) {
        let people = self.people(rows[0]);
        let mut noted = HashSet::new();
        for (&row, meaning) in rows.iter().zip(meanings) {
            let (clients, add_ins) = (self.clients(meaning), self.add_ins(meaning));
            let unrecognized = clients.map_or(&[][..], |cell| &cell.unrecognized);
            let servers = clients.map_or(&[][..], |cell| &cell.servers);
            let unknown = add_ins.map_or(&[][..], |cell| &cell.unknown);
            let texts = (unrecognized.iter().map(|&text| (TextKind::Client, text)))
                .chain(servers.iter().map(|&text| (TextKind::Server, text)))
                .chain(unknown.iter().map(|&text| (TextKind::AddIn, text)));
            for text in texts.filter(|text| noted.insert(*text)) {
                let unknown = self.texts.entry(text);
                unknown
                    .or_insert(Unknown { users: 0, row })
                    .note(people, row);
            }
        }
    }

    /// Says what was collected.
    pub(crate) fn finish(mut self) {
        self.tell_pools();
        self.tell_texts();
    }

    fn tell_pools(&mut self) {
        let spellings = self.interpreter.known_pools.spellings();
        let mut pools: Vec<(u32, String, u64)> = std::mem::take(&mut self.unknown_pools)
            .into_iter()
            .map(|(pool, unknown)| (unknown.row, self.pool(pool), unknown.users))
            .collect();
        pools.sort_unstable();
        let left_out = pools.len().saturating_sub(messages::POOLS_SHOWN);
        for (row, name, users) in pools.into_iter().take(messages::POOLS_SHOWN) {
            let near = nearest(&name, spellings.iter().copied());
            let message = messages::pool_unknown(&name, users, near);
            let place = self.rows.place(row);
            self.notices.keep(self.rows.file(row), message.at(place));
        }
        if left_out > 0 {
            self.notices
                .keep(usize::MAX, messages::more_unknown_pools(left_out));
        }
    }

    fn tell_texts(&mut self) {
        let mut texts: Vec<(u32, TextKind, &str, u64)> = std::mem::take(&mut self.texts)
            .into_iter()
            .map(|((kind, text), seen)| {
                (
                    seen.row,
                    kind,
                    self.interpreter.texts.text(text),
                    seen.users,
                )
            })
            .collect();
        texts.sort_unstable();
        for (row, kind, text, users) in texts {
            let (weight, code) = match kind {
                TextKind::Client => (Weight::Warning, messages::CLIENT_UNRECOGNIZED),
                TextKind::Server => (Weight::Note, messages::SERVER_AGENT),
                TextKind::AddIn => (Weight::Warning, messages::ADD_IN_UNKNOWN),
            };
            let all = self.rows;
            let interpreter = self.interpreter;
            self.notices.add(all.file(row), weight, code, || {
                told(kind, text, users, interpreter).at(all.place(row))
            });
        }
    }
}

fn told(kind: TextKind, text: &str, users: u64, interpreter: &Interpreter<'_>) -> Diagnostic {
    match kind {
        TextKind::Client => {
            let near = interpreter.products().nearest_client(text);
            messages::client_unrecognized(text, users, near)
        }
        TextKind::Server => messages::server_agent(text, users),
        TextKind::AddIn => messages::add_in_unknown(text, users),
    }
}

impl Unknown {
    fn note(&mut self, people: u64, row: u32) {
        self.users += people;
        self.row = self.row.min(row);
    }
}
