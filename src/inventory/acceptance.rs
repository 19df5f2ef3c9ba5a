//! Rows of all files -> accepted users.
//!
//! In: [`Rows`] and which of them belong together. Out: users with their shapes, in the order of their first rows, and the
//! rows that are rejected with their user. What follows from one row alone is worked out once for all rows that say the
//! same; users with several rows are merged one by one. What has to be said about it all, `telling` says.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::census::Census;
use super::chunk::Chunk;
use super::dictionary::Keyed;
use super::distinct::{Distinct, hash_of};
use super::duplicates::Groups;
use super::fates::{Fates, NOBODY};
use super::interpreter::{Interpreter, day};
use super::making::{Alone, Maker, decided};
use super::meaning::{Lists, Meaning};
use super::merging::{Merged, Merger, NoUser};
use super::notices::Notices;
use super::reading::REJECTED;
use super::rejected::Rejected;
use super::rows::Rows;
use super::table::Key;
use super::telling::Telling;
use super::users::Users;
use super::{Request, Shape, Values, ValuesId};
use crate::model::EndpointSet;
use crate::threads::{Threads, in_parts, in_ranges, in_turn};

/// Of how many meanings the users are made at a time.
const AT_A_TIME: usize = 1 << 12;

/// Of how many groups the users are held until they have their shapes.
const GROUPS: usize = 1 << 16;

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
        shapes: Distinct::default(),
        hash,
        is_used: Vec::new(),
        chat_clients: interpreter.products().chat_clients(),
        rejected: Rejected::default(),
        unrecognized_clients: 0,
    };
    let fates = acceptance.fates(groups);
    acceptance.telling.finish();
    let mut rejected = acceptance.rejected;
    rejected.finish(&rows);
    let shapes = acceptance
        .shapes
        .into_list()
        .into_iter()
        .zip(acceptance.is_used);
    let shapes = shapes.filter_map(|(shape, is_used)| is_used.then_some(shape));
    let unrecognized_clients = acceptance.unrecognized_clients;
    // What rows say is in the shapes now: it goes before the addresses close up.
    let (mut chunks, domains) = rows.into_addresses();
    let shapes = || shapes_of(shapes, &lists, interpreter);
    let (shapes, values) = fates.close_up(&mut chunks, groups, request.threads(), shapes);
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
    shapes: Distinct<Merged>,
    hash: &'a Keyed,
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

    /// Who makes users about whom there is nothing to say.
    fn maker(&self) -> Maker<'_> {
        Maker {
            rows: self.rows,
            merger: &self.merger,
            telling: &self.telling,
            hash: self.hash,
            chat_clients: self.chat_clients,
            is_of_many: self.census.is_some(),
        }
    }

    /// For each meaning the shape of users with one row that says it, whether there are any or not: so shapes have the same order
    /// however meanings were numbered. Says which meanings' rows are wanted.
    fn all_alone(&mut self, counts: &[u64], is_wanted: &mut [bool]) -> Vec<u32> {
        let mut of_meanings = vec![NOBODY; counts.len()];
        let mut unrecognized = 0;
        let mut shapes = std::mem::take(&mut self.shapes);
        let (maker, all) = (self.maker(), &self.rows.in_order);
        let mut rest = all.iter();
        in_turn(
            self.threads,
            &all.chunks(AT_A_TIME).collect::<Vec<_>>(),
            |meanings, alone: &mut Alone| maker.alone(meanings, counts, alone),
            |alone| {
                for (user, &at) in alone.users.iter().zip(&mut rest) {
                    if let &Some((hash, user)) = user {
                        of_meanings[at as usize] = shapes.number(hash, user);
                    }
                }
                alone.wanted.iter().for_each(|&at| is_wanted[at] = true);
                unrecognized += alone.unrecognized;
            },
        );
        self.shapes = shapes;
        self.unrecognized_clients += unrecognized;
        of_meanings
    }

    /// The shapes of all users with several rows. Most are quiet, and made by all threads; the others follow in their order,
    /// because there is something to say about them.
    fn all_several(&mut self, groups: &Groups) -> Vec<u32> {
        let mut shapes = Vec::with_capacity(groups.len());
        for begin in (0..groups.len()).step_by(GROUPS) {
            let range = begin..groups.len().min(begin + GROUPS);
            let (maker, lists) = (self.maker(), &*self.lists);
            let parts = in_ranges(range, self.threads, |range| {
                maker.quiet_in(range, groups, lists)
            });
            for (group, user) in (begin..).zip(parts.into_iter().flatten()) {
                let user = user.or_else(|| self.several(groups.rows(group)));
                let shape = user.map(|user| self.shapes.number(hash_of(self.hash, &user), user));
                shapes.push(shape.unwrap_or(NOBODY));
            }
        }
        shapes
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

    /// Goes through the rows that stand alone and say something that is wanted.
    fn name_rows(&mut self, groups: &Groups, is_wanted: &[bool]) {
        let mut firsts = groups.firsts_from(0).map(|(row, _)| row).peekable();
        let mut later = groups.later_from(0).peekable();
        let rows = self.rows;
        let find = |&(start, chunk): &(u32, &Chunk), found: &mut Vec<(u32, u32)>| {
            let numbers = (start..).zip(chunk.numbers());
            found.clear();
            found.extend(numbers.filter(|&(_, number)| {
                is_wanted
                    .get(number as usize)
                    .is_some_and(|&is_wanted| is_wanted)
            }));
        };
        in_turn(self.threads, &rows.with_starts(), find, |found| {
            for &(row, number) in found {
                while firsts.next_if(|&first| first < row).is_some() {}
                while later.next_if(|&later| later < row).is_some() {}
                if firsts.peek() != Some(&row) && later.peek() != Some(&row) {
                    self.name_row(row, rows.meanings[number as usize]);
                }
            }
        });
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
