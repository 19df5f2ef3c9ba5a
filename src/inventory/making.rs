//! What rows say -> users about whom there is nothing to say.
//!
//! In: the meanings of rows. Out: users, as far as they can be made without a word to anybody. Several threads make them at the same
//! time; whoever is to be talked about is left to [`acceptance`](super::acceptance).

use std::ops::Range;

use super::dictionary::Keyed;
use super::distinct::hash_of;
use super::duplicates::Groups;
use super::meaning::{Lists, Meaning};
use super::merging::{Merged, Merger};
use super::remarks::Remark;
use super::rows::Rows;
use super::telling::Telling;
use crate::model::EndpointSet;

/// Of so many groups together it is looked up what their rows say: these lie all over, and the machine waits for all at once.
const TOGETHER: usize = 32;

/// The users that there would be with one row that says what some meanings say, as far as it can be said without the others.
#[derive(Default)]
pub(super) struct Alone {
    /// For each of the meanings the user, if there is one, and a hash to number the user by.
    pub(super) users: Vec<Option<(u32, Merged)>>,
    /// The meanings whose rows have to be found.
    pub(super) wanted: Vec<usize>,
    /// How many unrecognized clients all users have together.
    pub(super) unrecognized: u64,
}

/// Makes users.
pub(super) struct Maker<'m> {
    pub(super) rows: &'m Rows,
    pub(super) merger: &'m Merger<'m, 'm>,
    pub(super) telling: &'m Telling<'m, 'm, 'm>,
    pub(super) hash: &'m Keyed,
    pub(super) chat_clients: EndpointSet,
    /// May a row stand for many people?
    pub(super) is_of_many: bool,
}

impl Maker<'_> {
    /// The users with one row that says what these meanings say, where there are so many of these rows.
    pub(super) fn alone(&self, meanings: &[u32], counts: &[u64], alone: &mut Alone) {
        let mut merger = self.merger();
        alone.users.clear();
        alone.wanted.clear();
        alone.unrecognized = 0;
        for &at in meanings {
            let at = at as usize;
            let (meaning, has_rows) = (&self.rows.meanings[at], counts[at] > 0);
            let user = merger.merge_fields(std::slice::from_ref(meaning)).ok();
            let user = user.map(|user| {
                let values = meaning.values;
                let user = decided(Merged { values, ..user }, self.chat_clients);
                (hash_of(self.hash, &user), user)
            });
            // Where users stand for many people, their rows are gone through one by one.
            if user.is_some() && !self.is_of_many {
                alone.unrecognized += counts[at] * merger.unrecognized.len() as u64;
            }
            if has_rows && (user.is_none() || self.telling.is_remarkable(meaning)) {
                alone.wanted.push(at);
            }
            alone.users.push(user);
        }
    }

    fn merger(&self) -> Merger<'_, '_> {
        Merger::new(
            self.merger.interpreter,
            self.merger.rare,
            self.merger.oldest,
        )
    }

    /// The users of some groups, as far as there is nothing to say about them.
    pub(super) fn quiet_in(
        &self,
        range: Range<usize>,
        groups: &Groups,
        lists: &Lists,
    ) -> Vec<Option<Merged>> {
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
                let (meanings, remarks) = (&meanings[own.clone()], &remarks[own]);
                users.push(self.quiet(meanings, remarks, &mut merger, lists));
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
        lists: &Lists,
    ) -> Option<Merged> {
        let mut user = merger.merge_fields(meanings).ok()?;
        user.values = merger.known_values(meanings, lists)?;
        let user = decided(user, self.chat_clients);
        let is_quiet = merger.disputes.is_empty()
            && !meanings
                .iter()
                .any(|meaning| self.telling.is_remarkable(meaning))
            && Remark::do_agree(remarks);
        is_quiet.then_some(user)
    }
}

/// With an answer to everything that was left open, as the contract has it (section 2): users who then agree are one shape.
pub(super) fn decided(user: Merged, chat_clients: EndpointSet) -> Merged {
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
