//! Rows of all files -> accepted users.
//!
//! In: [`Rows`] and which of them belong together. Out: users with their shapes, in the order of their first rows, and the
//! rows that are rejected with their user. What follows from one row alone is worked out once for all rows that say the
//! same; users with several rows are merged one by one. What has to be said about it all, `telling` says.

use std::ops::Range;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::census::Census;
use super::chunk::Chunk;
use super::dictionary::Keyed;
use super::distinct::Shared;
use super::duplicates::Groups;
use super::fates::{Fates, NOBODY};
use super::interpreter::{Interpreter, day};
use super::meaning::{Lists, Meaning};
use super::merging::{Merged, Merger, NoUser};
use super::notices::Notices;
use super::reading::REJECTED;
use super::rejected::Rejected;
use super::remarks::Remark;
use super::rows::Rows;
use super::table::Key;
use super::telling::Telling;
use super::users::Users;
use super::{Request, Shape, Values, ValuesId};
use crate::model::EndpointSet;
use crate::threads::{Threads, both, in_parts, in_ranges};

/// Of how many meanings or groups the users are held until they have their shapes.
const AT_A_TIME: usize = 1 << 16;

/// Of so many groups together it is looked up what their rows say: these lie all over, and the machine waits for all at once.
const TOGETHER: usize = 32;

/// Among how many rows a thread looks for some at a time, about.
const ROWS: usize = 1 << 17;

/// The users that there would be with one row that says what some meanings say, as far as it can be said without the others.
#[derive(Default)]
struct Alone {
    users: Vec<Merged>,
    /// For each of the meanings: is there such a user?
    is_user: Vec<bool>,
    /// The meanings whose rows have to be found.
    wanted: Vec<usize>,
    /// How many unrecognized clients all users have together.
    unrecognized: u64,
}

/// The accepted users, and what became of the rest.
pub(crate) struct Accepted {
    pub(crate) users: Users,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) values: Vec<Values>,
    pub(crate) rejected: Rejected,
    pub(crate) unrecognized_clients: u64,
}

/// Accepts what can be accepted of all rows.
pub(crate) fn accept(
    request: &Request,
    rows: Rows,
    mut lists: Lists,
    interpreter: &Interpreter<'_>,
    census: Option<&Census>,
    notices: &mut Notices,
    (groups, hash): (&Groups, &Keyed),
) -> Accepted {
    let mut acceptance = Acceptance {
        threads: request.threads(),
        rows: &rows,
        lists: &mut lists,
        merger: Merger::new(interpreter, &rows.rare, request.oldest()),
        telling: Telling::new(request, &rows, interpreter, census, notices),
        census,
        shapes: Shared::new(hash, request.threads()),
        is_used: Vec::new(),
        chat_clients: interpreter.products().chat_clients(),
        rejected: Rejected::default(),
        unrecognized_clients: 0,
    };
    let fates = acceptance.fates(groups);
    acceptance.telling.finish();
    let mut rejected = acceptance.rejected;
    rejected.finish(&rows);
    let shapes = acceptance.shapes.into_values().zip(acceptance.is_used);
    let shapes = shapes.filter_map(|(shape, is_used)| is_used.then_some(shape));
    let unrecognized_clients = acceptance.unrecognized_clients;
    // What rows say is in the shapes now: it goes before the addresses close up.
    let (chunks, domains) = rows.into_addresses();
    let shapes = || shapes_of(shapes, &lists, interpreter);
    let close_up = || fates.close_up(chunks, groups, request.threads());
    let ((shapes, values), chunks) = both(request.threads(), shapes, close_up);
    drop(lists);
    Accepted {
        users: Users::new(chunks, domains),
        shapes,
        values,
        rejected,
        unrecognized_clients,
    }
}

struct Acceptance<'a, 'i, 'n> {
    threads: Threads,
    rows: &'a Rows,
    lists: &'a mut Lists,
    merger: Merger<'a, 'i>,
    telling: Telling<'a, 'i, 'n>,
    census: Option<&'a Census>,
    shapes: Shared<Merged>,
    /// Which of these somebody has.
    is_used: Vec<bool>,
    chat_clients: EndpointSet,
    rejected: Rejected,
    unrecognized_clients: u64,
}

impl<'a, 'i> Acceptance<'a, 'i, '_> {
    fn fates(&mut self, groups: &Groups) -> Fates {
        let counts = self.count_alone(groups);
        // Rows of these meanings have to be found one by one: to be given back, or to be named.
        let mut is_wanted = vec![false; counts.len()];
        let alone = self.all_alone(&counts, &mut is_wanted);
        let of_groups = self.all_several(groups);
        if is_wanted.contains(&true) {
            self.name_rows(groups, &is_wanted);
        }
        let mut fates = Fates {
            alone,
            groups: of_groups,
        };
        self.is_used = fates.pass_over_unused(&counts);
        fates
    }

    /// How many rows of each meaning stand alone.
    fn count_alone(&self, groups: &Groups) -> Vec<u64> {
        let parts = in_parts(&self.rows.chunks, self.threads, |chunks| {
            let mut counts = vec![0_u32; self.rows.meanings.len()];
            for number in chunks.iter().flat_map(Chunk::numbers) {
                if number != REJECTED {
                    counts[number as usize] += 1;
                }
            }
            counts
        });
        let mut counts = vec![0; self.rows.meanings.len()];
        for part in parts {
            for (count, more) in counts.iter_mut().zip(part) {
                *count += u64::from(more);
            }
        }
        let in_groups = in_parts(groups.all_rows(), self.threads, |rows| {
            let numbers = rows.iter().map(|&row| self.rows.meaning_number(row));
            numbers.collect::<Vec<u32>>()
        });
        for number in in_groups.into_iter().flatten() {
            counts[number as usize] -= 1;
        }
        counts
    }

    /// For each meaning the shape of users with one row that says it, whether there are any or not: so shapes have the same order
    /// however meanings were numbered. Says which meanings' rows are wanted.
    fn all_alone(&mut self, counts: &[u64], is_wanted: &mut [bool]) -> Vec<u32> {
        let mut shapes = vec![NOBODY; counts.len()];
        let rows = self.rows;
        for meanings in rows.in_order.chunks(AT_A_TIME) {
            let parts = in_parts(meanings, self.threads, |some| self.alone(some, counts));
            let (mut users, mut is_user) = (Vec::new(), Vec::new());
            for part in parts {
                part.wanted.iter().for_each(|&at| is_wanted[at] = true);
                self.unrecognized_clients += part.unrecognized;
                users.push(part.users);
                is_user.push(part.is_user);
            }
            let numbers = self.number_all(&users, is_user.into_iter().flatten());
            for (&at, number) in meanings.iter().zip(numbers) {
                shapes[at as usize] = number;
            }
        }
        shapes
    }

    /// The users with one row that says what these meanings say, where there are so many of these rows.
    fn alone(&self, meanings: &[u32], counts: &[u64]) -> Alone {
        let mut merger = self.merger();
        let mut alone = Alone {
            users: Vec::with_capacity(meanings.len()),
            is_user: Vec::with_capacity(meanings.len()),
            ..Alone::default()
        };
        for &at in meanings {
            let at = at as usize;
            let (meaning, has_rows) = (&self.rows.meanings[at], counts[at] > 0);
            let user = merger.merge_fields(std::slice::from_ref(meaning));
            alone.is_user.push(user.is_ok());
            let is_remarkable = match user {
                Err(_) => true,
                Ok(user) => {
                    let user = Merged {
                        values: meaning.values,
                        ..user
                    };
                    alone.users.push(decided(user, self.chat_clients));
                    // Where users stand for many people, their rows are gone through one by one.
                    if self.census.is_none() {
                        alone.unrecognized += counts[at] * merger.unrecognized.len() as u64;
                    }
                    self.telling.is_remarkable(meaning)
                }
            };
            if has_rows && is_remarkable {
                alone.wanted.push(at);
            }
        }
        alone
    }

    fn merger(&self) -> Merger<'a, 'i> {
        Merger::new(
            self.merger.interpreter,
            self.merger.rare,
            self.merger.oldest,
        )
    }

    /// The shapes of users, or of nobody where there is none.
    fn number_all(
        &mut self,
        users: &[Vec<Merged>],
        is_user: impl Iterator<Item = bool>,
    ) -> impl Iterator<Item = u32> {
        let mut numbers = self.shapes.number_all(users).into_iter();
        is_user.map(move |is_user| match is_user {
            true => numbers.next().unwrap_or(NOBODY),
            false => NOBODY,
        })
    }

    /// The shapes of all users with several rows. Most are quiet, and made by all threads; the others follow in their order,
    /// because there is something to say about them.
    fn all_several(&mut self, groups: &Groups) -> Vec<u32> {
        let mut shapes = Vec::with_capacity(groups.len());
        for begin in (0..groups.len()).step_by(AT_A_TIME) {
            let range = begin..groups.len().min(begin + AT_A_TIME);
            let parts = in_ranges(range, self.threads, |range| self.quiet_in(range, groups));
            let users = (begin..).zip(parts.into_iter().flatten());
            let users =
                users.map(|(group, user)| user.or_else(|| self.several(groups.rows(group))));
            let users: Vec<Option<Merged>> = users.collect();
            let is_user = users.iter().map(Option::is_some);
            let known = users.iter().copied().flatten().collect();
            shapes.extend(self.number_all(&[known], is_user));
        }
        shapes
    }

    /// The users of some groups, as far as there is nothing to say about them.
    fn quiet_in(&self, range: Range<usize>, groups: &Groups) -> Vec<Option<Merged>> {
        let mut merger = self.merger();
        let (mut meanings, mut remarks) = (Vec::new(), Vec::new());
        let mut users = Vec::with_capacity(range.len());
        for begin in range.clone().step_by(TOGETHER) {
            let some = begin..range.end.min(begin + TOGETHER);
            let rows = groups.rows_of(some.clone());
            meanings.clear();
            meanings.extend(rows.iter().map(|&row| *self.rows.meaning(row)));
            remarks.clear();
            remarks.extend(rows.iter().map(|&row| self.rows.remark(row)));
            let mut first = 0;
            for group in some {
                let own = first..first + groups.rows(group).len();
                first = own.end;
                users.push(self.quiet(&meanings[own.clone()], &remarks[own], &mut merger));
            }
        }
        users
    }

    /// The user with several rows about whom there is nothing to say.
    fn quiet(
        &self,
        meanings: &[Meaning],
        remarks: &[Remark],
        merger: &mut Merger<'_, '_>,
    ) -> Option<Merged> {
        let mut user = merger.merge_fields(meanings).ok()?;
        user.values = merger.known_values(meanings, self.lists)?;
        let user = decided(user, self.chat_clients);
        let is_quiet = merger.disputes.is_empty()
            && !meanings
                .iter()
                .any(|meaning| self.telling.is_remarkable(meaning))
            && Remark::do_agree(remarks);
        is_quiet.then_some(user)
    }

    /// The user with several rows, whatever there is to say; nobody where the rows are rejected.
    fn several(&mut self, rows: &[u32]) -> Option<Merged> {
        let meanings: Vec<Meaning> = rows.iter().map(|&row| *self.rows.meaning(row)).collect();
        match self.merger.merge(&meanings, self.lists) {
            Ok(user) => {
                let people = self.telling.people(rows[0]);
                self.unrecognized_clients += people * self.merger.unrecognized.len() as u64;
                self.telling.user(rows, &meanings, &self.merger);
                Some(decided(user, self.chat_clients))
            }
            Err(why) => {
                self.refuse(rows, &meanings, why);
                None
            }
        }
    }

    fn refuse(&mut self, rows: &[u32], meanings: &[Meaning], why: NoUser) {
        let reason = self.telling.nobody(rows, meanings, why);
        self.rejected.reject(rows, reason);
    }

    /// Goes through the rows that stand alone and say something that is wanted. They may be many, so not all are found at once.
    fn name_rows(&mut self, groups: &Groups, is_wanted: &[bool]) {
        let mut firsts = groups.firsts_from(0).map(|(row, _)| row).peekable();
        let mut later = groups.later_from(0).peekable();
        let chunks = self.rows.with_starts();
        let at_a_time = ROWS * self.threads.get();
        let turn = |start: u32| start as usize / at_a_time;
        for chunks in chunks.chunk_by(|&(one, _), &(other, _)| turn(one) == turn(other)) {
            let found = in_parts(chunks, self.threads, |chunks| wanted_in(chunks, is_wanted));
            for (row, number) in found.into_iter().flatten() {
                while firsts.next_if(|&first| first < row).is_some() {}
                while later.next_if(|&later| later < row).is_some() {}
                if firsts.peek() != Some(&row) && later.peek() != Some(&row) {
                    self.name_row(row, self.rows.meanings[number as usize]);
                }
            }
        }
    }

    fn name_row(&mut self, row: u32, meaning: Meaning) {
        match self.merger.merge(&[meaning], self.lists) {
            Ok(_) => {
                if self.census.is_some() {
                    let people = self.telling.people(row);
                    self.unrecognized_clients += people * self.merger.unrecognized.len() as u64;
                }
                self.telling.stale(&[row], &self.merger.stale);
                self.telling.texts(&[row], &[meaning]);
            }
            Err(why) => self.refuse(&[row], &[meaning], why),
        }
    }
}

/// The rows of chunks, each given with its first row, that have a meaning that is wanted; with its number.
fn wanted_in(chunks: &[(u32, &Chunk)], is_wanted: &[bool]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for &(start, chunk) in chunks {
        for (row, number) in (start..).zip(chunk.numbers()) {
            if number != REJECTED && is_wanted[number as usize] {
                found.push((row, number));
            }
        }
    }
    found
}

/// The shapes, and the different lists of texts that they have.
fn shapes_of(
    merged: impl Iterator<Item = Merged>,
    lists: &Lists,
    interpreter: &Interpreter<'_>,
) -> (Vec<Shape>, Vec<Values>) {
    let mut position_of: FxHashMap<u32, ValuesId> = FxHashMap::default();
    let mut values: Vec<Values> = Vec::new();
    let mut days: FxHashMap<u32, Option<NaiveDate>> = FxHashMap::default();
    let text = |number| interpreter.texts.text(number).into();
    let shapes = merged.map(|user| Shape {
        pool: user.pool,
        endpoints: user.endpoints,
        group_chat: user.group_chat == Some(true),
        providers: user.providers,
        pic_enabled: user.pic_enabled == Some(true),
        license_end: *days
            .entry(user.license_end)
            .or_insert_with(|| day(user.license_end)),
        organizer: user.organizer == Some(true),
        add_ins: user.add_ins,
        values: *position_of.entry(user.values).or_insert_with(|| {
            let position = u32::try_from(values.len()).unwrap_or(u32::MAX);
            values.push(lists.numbers(user.values).into_iter().map(text).collect());
            ValuesId(position)
        }),
    });
    (shapes.collect(), values)
}

/// With an answer to everything that was left open, as the contract has it (section 2): users who then agree are one shape.
fn decided(user: Merged, chat_clients: EndpointSet) -> Merged {
    let uses_chat = user
        .group_chat
        .unwrap_or(user.endpoints.has_any(chat_clients));
    let is_assumed = user.pic_enabled == Some(true) && user.providers.is_empty();
    Merged {
        group_chat: Some(uses_chat),
        pic_enabled: Some(is_assumed),
        organizer: Some(user.organizer.unwrap_or(true)),
        ..user
    }
}

impl Key for Merged {
    fn hash(&self, keyed: &Keyed) -> u64 {
        let answers = [self.group_chat, self.pic_enabled, self.organizer];
        let answers = answers.into_iter().fold(0_u64, |packed, answer| {
            packed << 2 | answer.map_or(0, |answer| 1 + u64::from(answer))
        });
        let small = u64::from(self.pool)
            | u64::from(self.providers.0) << 16
            | u64::from(self.add_ins.0) << 24
            | answers << 32;
        let large = u64::from(self.license_end) | u64::from(self.values) << 32;
        keyed.pair(self.endpoints.0 ^ keyed.pair(small, 0), large)
    }
}
