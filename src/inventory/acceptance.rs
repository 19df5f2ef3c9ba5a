//! Rows of all files -> accepted users, and what has to be said about them.
//!
//! In: [`Rows`] and which of them belong together. Out: users with their shapes, in the order of their first rows; the
//! rows that are rejected with their user; diagnostics. What follows from one row alone is worked out once for all rows that
//! say the same.

use std::collections::{BTreeMap, HashMap};

use super::census::Census;
use super::columns::Field;
use super::duplicates::Groups;
use super::interpreter::Interpreter;
use super::meaning::Meaning;
use super::merging::{Disputed, Merged, NoUser, merge};
use super::notices::Notices;
use super::pools::PoolName;
use super::reading::REJECTED;
use super::rejected::Rejected;
use super::remarks::Remark;
use super::rows::Rows;
use super::users::Users;
use super::{ColumnKey, Request, Shape, messages};
use crate::diagnostic::Weight;
use crate::diagnostic::nearest;
use crate::knowledge::products::Recognized;

/// The accepted users, and what became of the rest.
pub(crate) struct Accepted {
    pub(crate) users: Users,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) rejected: Rejected,
    pub(crate) unrecognized_clients: u64,
}

/// Accepts users.
pub(crate) struct Acceptance<'a, 'i> {
    request: &'a Request,
    rows: &'a Rows,
    interpreter: &'a Interpreter<'i>,
    census: Option<&'a Census>,
    notices: &'a mut Notices,
    shape_ids: HashMap<Shape, u32>,
    shapes: Vec<Shape>,
    rejected: Rejected,
    unknown_pools: BTreeMap<u32, Unknown>,
    /// Texts of cells that deserve a word: how many users have them, and the first row.
    texts: BTreeMap<(TextKind, u32), Unknown>,
    unrecognized_clients: u64,
}

/// What one row alone makes of its user.
#[derive(Clone, Copy)]
enum Alone {
    /// Not asked yet.
    Unasked,
    /// A user of this shape; so many unrecognized clients; is there something to say?
    User {
        shape: u32,
        unrecognized: u32,
        is_remarkable: bool,
    },
    /// No user.
    Nobody,
}

/// Something that is not known: how many users have it, and the first row that names it.
struct Unknown {
    users: u64,
    row: u32,
}

/// Why a text deserves a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TextKind {
    Client,
    Server,
    AddIn,
}

impl<'a, 'i> Acceptance<'a, 'i> {
    pub(crate) fn new(
        request: &'a Request,
        rows: &'a Rows,
        interpreter: &'a Interpreter<'i>,
        census: Option<&'a Census>,
        notices: &'a mut Notices,
    ) -> Self {
        Self {
            request,
            rows,
            interpreter,
            census,
            notices,
            shape_ids: HashMap::new(),
            shapes: Vec::new(),
            rejected: Rejected::default(),
            unknown_pools: BTreeMap::new(),
            texts: BTreeMap::new(),
            unrecognized_clients: 0,
        }
    }

    /// Goes through all rows.
    pub(crate) fn run(mut self, groups: &Groups) -> Accepted {
        let rows = self.rows;
        let mut users = Users::new(rows.domains.clone());
        let mut alone = vec![Alone::Unasked; rows.meanings.len()];
        let mut group = 0;
        let mut later = groups.later.iter().copied().peekable();
        rows.for_each(|row, address, domain, meaning| {
            if meaning == REJECTED || later.next_if_eq(&row).is_some() {
                return;
            }
            let shape = if group < groups.len() && groups.rows(group)[0] == row {
                group += 1;
                self.several(groups.rows(group - 1))
            } else {
                self.single(row, meaning, &mut alone)
            };
            if let Some(shape) = shape {
                users.push(address, domain, shape);
            }
        });
        self.tell_unknown_pools();
        self.tell_texts();
        self.rejected.finish(&rows.files);
        Accepted {
            users,
            shapes: self.shapes,
            rejected: self.rejected,
            unrecognized_clients: self.unrecognized_clients,
        }
    }

    /// The shape of a user with one row.
    fn single(&mut self, row: u32, meaning: u32, alone: &mut [Alone]) -> Option<u32> {
        let known = &mut alone[meaning as usize];
        if matches!(known, Alone::Unasked) {
            *known = self.ask(meaning);
        }
        match *known {
            Alone::User {
                shape,
                unrecognized,
                is_remarkable,
            } => {
                if unrecognized > 0 {
                    self.unrecognized_clients += u64::from(unrecognized) * self.people(row);
                }
                if is_remarkable {
                    self.note_texts(&[row], &[self.rows.meanings[meaning as usize]]);
                }
                Some(shape)
            }
            Alone::Nobody | Alone::Unasked => {
                self.refuse(&[row], &[self.rows.meanings[meaning as usize]]);
                None
            }
        }
    }

    /// How many people the user of a row stands for.
    fn people(&self, row: u32) -> u64 {
        self.census
            .map_or(1, |census| census.people(&self.rows.address(row).text()))
    }

    fn ask(&mut self, meaning: u32) -> Alone {
        let meaning = self.rows.meanings[meaning as usize];
        match self.merge(&[meaning]) {
            Ok(user) => Alone::User {
                shape: self.shape(&user),
                unrecognized: u32::try_from(user.unrecognized.len()).unwrap_or(u32::MAX),
                is_remarkable: self.is_remarkable(&meaning),
            },
            Err(_) => Alone::Nobody,
        }
    }

    fn is_remarkable(&self, meaning: &Meaning) -> bool {
        let clients = self.interpreter.clients.get(meaning.clients);
        let add_ins = self.interpreter.add_ins.get(meaning.add_ins);
        clients.is_some_and(|cell| !cell.unrecognized.is_empty() || !cell.servers.is_empty())
            || add_ins.is_some_and(|cell| !cell.unknown.is_empty())
            || meaning.seen != 0
    }

    /// The shape of a user with several rows.
    fn several(&mut self, rows: &[u32]) -> Option<u32> {
        let meanings: Vec<Meaning> = rows
            .iter()
            .map(|&row| self.rows.meanings[self.rows.meaning(row) as usize])
            .collect();
        match self.merge(&meanings) {
            Ok(user) => {
                self.tell_user(rows, &meanings, &user);
                self.unrecognized_clients += user.unrecognized.len() as u64 * self.people(rows[0]);
                Some(self.shape(&user))
            }
            Err(_) => {
                self.refuse(rows, &meanings);
                None
            }
        }
    }

    fn merge(&self, meanings: &[Meaning]) -> Result<Merged, NoUser> {
        merge(
            meanings,
            self.interpreter,
            &self.rows.lists,
            self.request.oldest(),
        )
    }

    fn shape(&mut self, user: &Merged) -> u32 {
        let endpoints = user.all_endpoints();
        let chat = self.interpreter.products().chat_clients();
        let texts = &self.interpreter.texts;
        let shape = Shape {
            pool: user.pool,
            endpoints,
            group_chat: user.group_chat.unwrap_or(endpoints.has_any(chat)),
            providers: user.providers,
            pic_enabled: user.pic_enabled == Some(true) && user.providers.is_empty(),
            license_end: user.license_end,
            organizer: user.organizer.unwrap_or(true),
            add_ins: user.add_ins,
            values: user
                .values
                .iter()
                .map(|&text| texts.text(text).into())
                .collect(),
        };
        let next = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        let shapes = &mut self.shapes;
        *self.shape_ids.entry(shape).or_insert_with_key(|shape| {
            shapes.push(shape.clone());
            next
        })
    }

    /// Rejects a user with its rows.
    fn refuse(&mut self, rows: &[u32], meanings: &[Meaning]) {
        let Err(why) = self.merge(meanings) else {
            return;
        };
        self.note_unknown(rows, meanings);
        let reason = match why {
            NoUser::NoPool => {
                let (sip, place) = (self.rows.address(rows[0]), || self.rows.place(rows[0]));
                let file = self.rows.file(rows[0]);
                self.notices
                    .add(file, Weight::Error, messages::POOL_MISSING, || {
                        messages::pool_missing(&sip).at(place())
                    });
                "no row of the user names a pool".to_owned()
            }
            NoUser::UnknownPool(pool) => {
                format!("the plan does not know the pool {:?}", self.pool(pool))
            }
            NoUser::PoolsDisagree(one, other) => self.disagreement(rows, meanings, one, other),
        };
        self.rejected.reject(rows, reason);
    }

    fn disagreement(
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
        let (a, b) = (rows[one], rows[other]);
        let all = self.rows;
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

    fn note_unknown(&mut self, rows: &[u32], meanings: &[Meaning]) {
        let people = self.people(rows[0]);
        let mut noted = Vec::new();
        for (&row, meaning) in rows.iter().zip(meanings) {
            let pool = self.interpreter.pools.get(meaning.pool);
            if matches!(pool, Some(PoolName::Unknown(_))) && !noted.contains(&meaning.pool) {
                noted.push(meaning.pool);
                let unknown = Unknown { users: 0, row };
                self.unknown_pools
                    .entry(meaning.pool)
                    .or_insert(unknown)
                    .users += people;
            }
        }
    }

    fn tell_unknown_pools(&mut self) {
        let spellings = self.interpreter.known_pools.spellings();
        let mut shown = 0;
        for (pool, unknown) in std::mem::take(&mut self.unknown_pools) {
            let name = self.pool(pool);
            let place = self.rows.place(unknown.row);
            let file = self.rows.file(unknown.row);
            shown += 1;
            if shown <= messages::POOLS_SHOWN {
                let near = nearest(&name, spellings.iter().copied());
                let message = messages::pool_unknown(&name, unknown.users, near);
                self.notices.keep(file, message.at(place));
            }
        }
    }

    /// What has to be said about an accepted user with several rows.
    fn tell_user(&mut self, rows: &[u32], meanings: &[Meaning], user: &Merged) {
        for &(what, one, other) in &user.disagreements {
            self.tell_disagreement(rows, what, one, other);
        }
        let remarks: Vec<Remark> = rows.iter().map(|&row| self.rows.remark(row)).collect();
        if remarks.iter().any(|remark| *remark != remarks[0]) {
            for (field, one, other) in Remark::disagreements(&remarks) {
                self.tell_disagreement(rows, Disputed::Field(field), one, other);
            }
        }
        for &at in &user.stale {
            let (all, row) = (self.rows, rows[at]);
            self.notices
                .add(all.file(row), Weight::Note, messages::CLIENT_STALE, || {
                    messages::client_stale(&all.address(row)).at(all.place(row))
                });
        }
        self.note_texts(rows, meanings);
    }

    fn tell_disagreement(&mut self, rows: &[u32], what: Disputed, one: usize, other: usize) {
        let name = match what {
            Disputed::Field(field) => field.canonical(),
            Disputed::Column(column) => match &self.request.columns[column] {
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

    /// Notes the texts of a user that are not known, each once.
    fn note_texts(&mut self, rows: &[u32], meanings: &[Meaning]) {
        let people = self.people(rows[0]);
        let mut noted = Vec::new();
        for (&row, meaning) in rows.iter().zip(meanings) {
            let clients = self.interpreter.clients.get(meaning.clients);
            let add_ins = self.interpreter.add_ins.get(meaning.add_ins);
            let unrecognized = clients.map_or(&[][..], |cell| &cell.unrecognized);
            let servers = clients.map_or(&[][..], |cell| &cell.servers);
            let unknown = add_ins.map_or(&[][..], |cell| &cell.unknown);
            let texts = (unrecognized.iter().map(|&text| (TextKind::Client, text)))
                .chain(servers.iter().map(|&text| (TextKind::Server, text)))
                .chain(unknown.iter().map(|&text| (TextKind::AddIn, text)));
            for text in texts {
                if !noted.contains(&text) {
                    noted.push(text);
                    let first = Unknown { users: 0, row };
                    self.texts.entry(text).or_insert(first).users += people;
                }
            }
        }
    }

    fn tell_texts(&mut self) {
        let all = self.rows;
        let products = self.interpreter.products();
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
            let (file, place) = (all.file(row), || all.place(row));
            match kind {
                TextKind::Client => {
                    self.notices
                        .add(file, Weight::Warning, messages::CLIENT_UNRECOGNIZED, || {
                            let near = match products.recognize_client(text) {
                                Recognized::Unrecognized(near) => near,
                                _ => None,
                            };
                            messages::client_unrecognized(text, users, near).at(place())
                        });
                }
                TextKind::Server => {
                    self.notices
                        .add(file, Weight::Note, messages::SERVER_AGENT, || {
                            messages::server_agent(text, users).at(place())
                        });
                }
                TextKind::AddIn => {
                    self.notices
                        .add(file, Weight::Warning, messages::ADD_IN_UNKNOWN, || {
                            messages::add_in_unknown(text, users).at(place())
                        });
                }
            }
        }
    }
}
