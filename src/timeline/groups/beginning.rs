//! Groups and crowds as they are at the baseline.
//!
//! In: the shapes of the inventory. Out: groups and crowds in the order of the shapes that they have first, on any number of
//! threads.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::super::crowds::{Crowd, Crowds, population};
use super::super::traits::TraitRule;
use super::super::{State, Traits};
use super::acts::{Act, Deed, Tally};
use super::{Group, Groups, Setting, number};
use crate::inventory::Shape;
use crate::model::{EndpointSet, Level, ServerVersion};
use crate::plan::{Condition, PoolIndex};
use crate::threads::{Alike, Threads, all_but_one, both, in_parts, in_ranges};

impl Groups<'_> {
    /// Divides all users, and begins their paths.
    pub(super) fn begin(&mut self) {
        let (setting, shapes) = (&self.setting, &self.setting.inventory.shapes);
        let kind = |shape: usize| setting.kind(&shapes[shape]);
        let (threads, others) = (self.threads, all_but_one(self.threads));
        let groups = || alike(shapes.len(), threads, kind);
        let (groups, (traits, traits_of)) = both(threads, groups, || all_traits(setting, others));
        let pair = |shape: usize| (traits_of[shape], groups.numbers[shape]);
        let crowds = || alike(shapes.len(), threads, pair);
        let (crowds, population) = both(threads, crowds, || population(setting.inventory, others));
        let mut of_crowds = vec![0; crowds.firsts.len()];
        let mut of_groups = vec![0; groups.firsts.len()];
        for (shape, users) in population.into_iter().enumerate() {
            of_crowds[crowds.numbers[shape] as usize] += users;
            of_groups[groups.numbers[shape] as usize] += users;
        }
        let all_crowds = || {
            let firsts = crowds.firsts.iter().zip(of_crowds);
            let all = firsts.map(|(&shape, users)| Crowd {
                traits: traits_of[shape as usize],
                group: groups.numbers[shape as usize],
                users,
            });
            all.collect()
        };
        let all_groups = || {
            let firsts = groups.firsts.iter().zip(of_groups);
            let all = firsts.map(|(&shape, users)| setting.group(&shapes[shape as usize], users));
            all.collect()
        };
        let (all_groups, all_crowds) = both(threads, all_groups, all_crowds);
        self.crowds = Crowds {
            all: all_crowds,
            traits,
            of_shape: crowds.numbers,
            ..Crowds::default()
        };
        self.all = all_groups;
        self.part_named_users();
        self.start();
    }

    /// Gives every user whom some `where` names by SIP address a group of their own.
    fn part_named_users(&mut self) {
        let (plan, inventory) = (self.setting.plan, self.setting.inventory);
        let conditions = plan.filters().flat_map(|filter| &filter.conditions);
        let named: HashSet<&str> = conditions
            .filter_map(|condition| match condition {
                Condition::Sip(addresses) => Some(addresses.iter().map(String::as_str)),
                _ => None,
            })
            .flatten()
            .collect();
        if named.is_empty() {
            return;
        }
        let found = in_ranges(0..inventory.users.len(), self.threads, |users| {
            let mut near = inventory.users.near();
            let users = users.map(|user| (user, near.get(user)));
            let found = users.filter(|(_, (_, address))| named.contains(&*address.text()));
            let found = found.map(|(user, (shape, _))| (user, shape));
            found.collect::<Vec<(usize, usize)>>()
        });
        for (user, shape) in found.into_iter().flatten() {
            let crowd = self.crowds.of_shape[shape];
            let people = inventory.people(user);
            let part = self.part(self.crowds.all[crowd as usize].group as usize, people);
            self.all[part].named_user = u32::try_from(user).ok();
            self.crowds
                .part(crowd, &[number(user)], people, number(part));
        }
    }

    fn start(&mut self) {
        let serve = (!self.chats.is_empty()).then(|| Deed::Serve(self.chats.clone()));
        let deeds = serve.into_iter().chain([Deed::Start]);
        let acts: Vec<Act> = deeds.map(|deed| Act { stage: 0, deed }).collect();
        self.play_acts(&acts, &mut [Tally::default()]);
    }
}

impl Setting<'_> {
    /// All that operations can ask of a user at the baseline, apart from the SIP address.
    fn kind(&self, shape: &Shape) -> (bool, bool, PoolIndex, EndpointSet, u32) {
        (
            shape.group_chat,
            shape.organizer,
            PoolIndex(shape.pool),
            shape.endpoints,
            self.selector.answer(shape),
        )
    }

    fn group(&self, shape: &Shape, users: u64) -> Group {
        let (group_chat, organizer, pool, endpoints, answer) = self.kind(shape);
        let home = self.plan.pool(pool).server;
        let state = State {
            home,
            endpoints,
            brought: EndpointSet::EMPTY,
            chat: None,
            existing_meetings: [Level::Full; 3],
        };
        Group {
            answer,
            group_chat,
            organizer,
            named_user: None,
            users,
            pool,
            state,
            came_from_r2: home == ServerVersion::Ocs2007R2,
            hops: Vec::new(),
            before: (pool, state),
            path: 0,
            route: 0,
        }
    }
}

/// The different traits in the order of the shapes that have them first, and for each shape which it has. They are few, so each
/// thread numbers those that it meets.
fn all_traits(setting: &Setting<'_>, threads: Threads) -> (Vec<Traits>, Vec<u32>) {
    let rule = TraitRule::new(setting.plan, setting.knowledge);
    let shapes = &setting.inventory.shapes;
    let parts = in_parts(shapes, threads, |shapes| {
        let mut numbers = Numbers::default();
        let of_shapes = shapes
            .iter()
            .map(|shape| numbers.number(rule.traits(shape)));
        let of_shapes: Vec<u32> = of_shapes.collect();
        (numbers.list, of_shapes)
    });
    let (mut numbers, mut of_all) = (Numbers::default(), Vec::with_capacity(shapes.len()));
    for (traits, of_shapes) in parts {
        let new = traits.into_iter().map(|traits| numbers.number(traits));
        let new: Vec<u32> = new.collect();
        of_all.extend(of_shapes.into_iter().map(|old| new[old as usize]));
    }
    (numbers.list, of_all)
}

/// Traits with a number each.
#[derive(Default)]
struct Numbers {
    list: Vec<Traits>,
    of: FxHashMap<Traits, u32>,
}

impl Numbers {
    fn number(&mut self, traits: Traits) -> u32 {
        *self.of.entry(traits).or_insert_with(|| {
            self.list.push(traits);
            number(self.list.len() - 1)
        })
    }
}

/// So many values of which those with equal keys are alike.
fn alike<K: Hash + PartialEq>(
    length: usize,
    threads: Threads,
    key: impl Fn(usize) -> K + Sync,
) -> Alike {
    let are_alike = |one, other| key(one) == key(other);
    Alike::of(length, threads, |at| hash(key(at)), are_alike)
}

/// A hash of which all bits are good.
fn hash(value: impl Hash) -> u32 {
    let hash = FxBuildHasher.hash_one(value);
    (hash ^ hash >> 32) as u32
}
