//! Users of a group who also agree in what never changes about them.
//!
//! No operation of a plan asks for traits, so they do not divide groups: what a stage does is worked out for a group, and what
//! that makes of its crowds is a matter of levels.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Traits;
use super::groups::number;
use crate::inventory::{Inventory, Near, Users};
use crate::threads::{Threads, in_ranges};

/// Users of one group with the same traits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowd {
    /// What never changes, as a position in [`Crowds::traits`].
    pub(super) traits: u32,
    /// The position of their group.
    pub(super) group: u32,
    /// How many.
    pub(super) users: u64,
}

/// All crowds, and who is in which.
#[derive(Clone, Default)]
pub(super) struct Crowds {
    pub(super) all: Vec<Crowd>,
    /// The different traits.
    pub(super) traits: Vec<Traits>,
    /// The crowd of each shape, before any was split.
    pub(super) of_shape: Vec<u32>,
    /// The crowd of each user who was parted from the others of the same shape.
    pub(super) parted: Parted,
}

/// The crowds of users who were parted from the others of their shape, by user. They are few among all users: a wave of
/// some hundreds, or people named one by one.
pub(super) type Parted = BTreeMap<u32, u32>;

/// Hands on some users with what is true of their crowds: of their shape's, as it is listed, or of their own.
pub(super) fn for_each_user<T: Copy>(
    users: &Users,
    range: Range<usize>,
    (of_shape, parted): (&[T], &Parted),
    of_crowd: impl Fn(u32) -> T,
    mut take: impl FnMut(u32, T),
) {
    let mut parted = parted.range(number(range.start)..).peekable();
    for (first, mut items) in users.items_in(range) {
        let mut user = number(first);
        loop {
            // Up to the next one who was parted there is nothing to ask for but the shape.
            let own = parted.next_if(|&(&own, _)| ((own - user) as usize) < items.len());
            let alike = own.map_or(items.len(), |(&own, _)| (own - user) as usize);
            for item in &items[..alike] {
                take(user, of_shape[item.number as usize]);
                user += 1;
            }
            let Some((_, &crowd)) = own else {
                break;
            };
            take(user, of_crowd(crowd));
            user += 1;
            items = &items[alike + 1..];
        }
    }
}

impl Crowds {
    /// The first so many users of some groups in ascending order of SIP address, by group and crowd.
    pub(super) fn first_users(
        &self,
        is_selected: &[bool],
        limit: usize,
        inventory: &Inventory,
        threads: Threads,
    ) -> BTreeMap<u32, BTreeMap<u32, Vec<u32>>> {
        // By shape, because every user is asked.
        let of_crowd = |crowd: u32| is_selected[self.all[crowd as usize].group as usize];
        let of_shape: Vec<bool> = self.of_shape.iter().map(|&crowd| of_crowd(crowd)).collect();
        let users = &inventory.users;
        let parts = in_ranges(0..users.len(), threads, |range| {
            let mut first = FirstUsers::new(users, limit);
            let asked = (&of_shape[..], &self.parted);
            for_each_user(users, range, asked, of_crowd, |user, is_selected| {
                if is_selected {
                    first.note(user);
                }
            });
            first.finish()
        });
        let mut first = FirstUsers::new(users, limit);
        for (_, user) in parts.into_iter().flatten() {
            first.note(user);
        }
        let mut chosen: BTreeMap<u32, BTreeMap<u32, Vec<u32>>> = BTreeMap::new();
        for (_, user) in first.finish() {
            let own = self.parted.get(&user).copied();
            let crowd = own.unwrap_or_else(|| self.of_shape[users.shape(user as usize)]);
            let group = chosen.entry(self.all[crowd as usize].group).or_default();
            group.entry(crowd).or_default().push(user);
        }
        chosen
    }

    /// Takes members of a crowd, so many people, into another group: all of them, or as a crowd of their own.
    pub(super) fn part(&mut self, crowd: u32, members: &[u32], people: u64, group: u32) {
        let from = &mut self.all[crowd as usize];
        if from.users == people {
            from.group = group;
            return;
        }
        from.users -= people;
        let part = Crowd {
            group,
            users: people,
            ..*from
        };
        let position = number(self.all.len());
        self.all.push(part);
        self.parted
            .extend(members.iter().map(|&user| (user, position)));
    }
}

/// Those of many users who come first in ascending order of SIP address.
struct FirstUsers<'a> {
    users: &'a Users,
    near: Near<'a>,
    limit: usize,
    /// With the beginnings of their addresses; more than wanted, until it is looked through.
    candidates: Vec<(u64, u32)>,
    /// Whoever has an address that begins beyond it is not among them.
    bar: u64,
}

impl<'a> FirstUsers<'a> {
    fn new(users: &'a Users, limit: usize) -> Self {
        Self {
            users,
            near: users.near(),
            limit,
            candidates: Vec::new(),
            bar: u64::MAX,
        }
    }

    /// Notes a user.
    fn note(&mut self, user: u32) {
        let beginning = self.near.get(user as usize).1.beginning();
        if beginning > self.bar {
            return;
        }
        self.candidates.push((beginning, user));
        if self.candidates.len() / 4 > self.limit.max(1 << 8) {
            self.look_through();
        }
    }

    #[cold]
    fn look_through(&mut self) {
        let (limit, users) = (self.limit, self.users);
        if limit < self.candidates.len() {
            let by_address = |(a, one): &(u64, u32), (b, other): &(u64, u32)| {
                let whole = || users.sip(*one as usize).cmp(&users.sip(*other as usize));
                a.cmp(b).then_with(whole)
            };
            self.candidates.select_nth_unstable_by(limit, by_address);
            self.bar = self.candidates[limit].0;
            self.candidates.truncate(limit);
        }
    }

    fn finish(mut self) -> Vec<(u64, u32)> {
        self.look_through();
        self.candidates
    }
}

/// How many users have each shape.
pub(super) fn population(inventory: &Inventory, threads: Threads) -> Vec<u64> {
    let users = &inventory.users;
    let parts = in_ranges(0..users.len(), threads, |range| {
        let mut population = vec![0; inventory.shapes.len()];
        for (first, items) in users.items_in(range) {
            match &inventory.people {
                None => {
                    for item in items {
                        population[item.number as usize] += 1;
                    }
                }
                Some(people) => {
                    for (item, people) in items.iter().zip(&people[first..]) {
                        population[item.number as usize] += people;
                    }
                }
            }
        }
        population
    });
    let mut parts = parts.into_iter();
    let mut population = parts.next().unwrap_or_default();
    for part in parts {
        let all = population.iter_mut().zip(part);
        all.for_each(|(all, more)| *all += more);
    }
    population
}
