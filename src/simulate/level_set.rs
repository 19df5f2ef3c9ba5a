//! The levels of all capabilities in one machine word.
//!
//! A level is written as a ladder of three bits: one for each rung above none that it reaches. So the better of two levels is
//! their "or" and the worse their "and", for all capabilities at once, and what differs between two words has changed.

use crate::model::{Capability, Level, ServerVersion};

/// Bits of a ladder.
const RUNGS: usize = Level::ALL.len() - 1;
/// All rungs of the first ladder.
const LADDER: u64 = (1 << RUNGS) - 1;
/// What stands for "not used": no ladder has a rung without those below it.
const NOT_USED: u64 = 0b010;
/// What each ladder means; those that cannot be, and the one for "not used", mean no level.
pub(super) const MEANINGS: [Option<Level>; 1 << RUNGS] = [
    Some(Level::None),
    Some(Level::Unknown),
    None,
    Some(Level::Limited),
    None,
    None,
    None,
    Some(Level::Full),
];

/// Some of the ladders of a [`LevelSet`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ladders(u64);

impl Ladders {
    /// Those of the capabilities.
    const CAPABILITIES: Self = Self((1 << (Capability::COUNT * RUNGS)) - 1);

    /// These and that of a capability.
    pub(super) fn with(self, capability: Capability) -> Self {
        Self(self.0 | LADDER << of(capability))
    }

    /// Both.
    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Some server versions, as the ladders of joining their meetings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hosts(u64);

impl Hosts {
    /// Those that host any of these organizers, given by version.
    pub(super) fn of(organizers: [u64; 3]) -> Self {
        let ladder = |host: usize| u64::from(organizers[host] > 0) * (LADDER << (host * RUNGS));
        Self(ladder(0) | ladder(1) | ladder(2))
    }
}

/// A level of each capability, or that it is not used; and one of joining the meetings on each server version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LevelSet(u64);

/// The first bit of a capability's ladder.
fn of(capability: Capability) -> usize {
    capability.index() * RUNGS
}

/// The first bit of the ladder of joining meetings on a version.
fn of_host(host: ServerVersion) -> usize {
    (Capability::COUNT + host.index()) * RUNGS
}

const fn ladder(level: Level) -> u64 {
    match level {
        Level::None => 0,
        Level::Unknown => 0b001,
        Level::Limited => 0b011,
        Level::Full => 0b111,
    }
}

/// What the first ladder of a word means.
fn meaning(word: u64) -> Option<Level> {
    MEANINGS[(word & LADDER) as usize]
}

impl LevelSet {
    /// None everywhere.
    pub(super) const NONE: Self = Self(0);
    /// Full everywhere.
    pub(super) const FULL: Self = Self(u64::MAX);

    /// The same with another level of a capability.
    pub(super) fn with(self, capability: Capability, level: Level) -> Self {
        let place = of(capability);
        Self(self.0 & !(LADDER << place) | ladder(level) << place)
    }

    /// The same with a capability not used.
    pub(super) fn without(self, capability: Capability) -> Self {
        self.but_for(Ladders::default().with(capability), Self::NOWHERE_USED)
    }

    /// The same with another level of joining meetings on a version.
    pub(super) fn with_join(self, host: ServerVersion, level: Level) -> Self {
        let place = of_host(host);
        Self(self.0 & !(LADDER << place) | ladder(level) << place)
    }

    /// The level of a capability; `None` where it is not used.
    pub(super) fn get(self, capability: Capability) -> Option<Level> {
        meaning(self.0 >> of(capability))
    }

    /// The level of joining meetings on a version.
    pub(super) fn join(self, host: ServerVersion) -> Level {
        meaning(self.0 >> of_host(host)).unwrap_or(Level::None)
    }

    /// The worst and the best level of joining meetings on some versions; `None` for no version.
    pub(super) fn joins(self, hosts: Hosts) -> Option<(Level, Level)> {
        if hosts.0 == 0 {
            return None;
        }
        let joins = self.0 >> (Capability::COUNT * RUNGS);
        let (best, worst) = (joins & hosts.0, joins | !hosts.0);
        let best = best | best >> RUNGS | best >> (2 * RUNGS);
        let worst = worst & worst >> RUNGS & worst >> (2 * RUNGS);
        Some((meaning(worst)?, meaning(best)?))
    }

    /// The ladder of a capability, for those who count by it.
    pub(super) fn ladder(self, capability: Capability) -> usize {
        (self.0 >> of(capability) & LADDER) as usize
    }

    /// The levels of all capabilities, in their order.
    pub(super) fn all(self) -> [Option<Level>; Capability::COUNT] {
        std::array::from_fn(|index| self.get(Capability::ALL[index]))
    }

    /// The better level everywhere.
    pub(super) fn best(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The worse level everywhere.
    pub(super) fn worst(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The same but for some capabilities, whose levels another one gives.
    pub(super) fn but_for(self, some: Ladders, other: Self) -> Self {
        Self(self.0 & !some.0 | other.0 & some.0)
    }

    /// The same with all capabilities but these not used.
    pub(super) fn only(self, used: Ladders) -> Self {
        let not_used = Ladders(Ladders::CAPABILITIES.0 & !used.0);
        self.but_for(not_used, Self::NOWHERE_USED)
    }

    /// No capability used.
    const NOWHERE_USED: Self = {
        let mut word = 0;
        let mut number = 0;
        while number < Capability::COUNT {
            word |= NOT_USED << (number * RUNGS);
            number += 1;
        }
        Self(word)
    };

    /// The capabilities whose level is another one there, or which are used only here or there; in their order.
    pub(super) fn changed(self, other: Self) -> impl Iterator<Item = Capability> {
        let mut rest = (self.0 ^ other.0) & Ladders::CAPABILITIES.0;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let number = rest.trailing_zeros() as usize / RUNGS;
            rest &= !(LADDER << (number * RUNGS));
            Some(Capability::ALL[number])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_comes_back_as_it_was_put_in_and_leaves_the_others_alone() {
        for &capability in Capability::ALL {
            for &level in Level::ALL {
                for before in [LevelSet::NONE, LevelSet::FULL] {
                    let after = before.with(capability, level);
                    assert_eq!(after.get(capability), Some(level));
                    let others = before.with(capability, Level::None);
                    assert_eq!(after.with(capability, Level::None), others);
                }
            }
        }
        for &host in ServerVersion::ALL {
            let set = LevelSet::NONE.with_join(host, Level::Limited);
            assert_eq!(set.join(host), Level::Limited);
            assert_eq!(set.all(), LevelSet::NONE.all());
        }
    }

    #[test]
    fn the_better_and_the_worse_of_two_levels_are_those_of_their_order() {
        for &one in Level::ALL {
            for &other in Level::ALL {
                let set = |level| LevelSet::NONE.with(Capability::PicXmpp, level);
                let best = set(one).best(set(other));
                let worst = set(one).worst(set(other));
                assert_eq!(best, set(one.max(other)));
                assert_eq!(worst, set(one.min(other)));
            }
        }
    }

    #[test]
    fn the_worst_and_best_join_are_those_on_the_versions_that_host_somebody() {
        let set = LevelSet::NONE
            .with_join(ServerVersion::Lync2010, Level::Full)
            .with_join(ServerVersion::Lync2013, Level::Unknown);
        assert_eq!(set.joins(Hosts::of([0; 3])), None);
        let both = set.joins(Hosts::of([0, 1, 7]));
        assert_eq!(both, Some((Level::Unknown, Level::Full)));
        let all = set.joins(Hosts::of([2, 1, 7]));
        assert_eq!(all, Some((Level::None, Level::Full)));
        let one = set.joins(Hosts::of([2, 0, 0]));
        assert_eq!(one, Some((Level::None, Level::None)));
    }

    #[test]
    fn what_is_not_used_has_no_level_and_begins_to_be_used_with_any() {
        let used = Ladders::default().with(Capability::GroupChat);
        let set = LevelSet::FULL.only(used);
        for &capability in Capability::ALL {
            let is_used = capability == Capability::GroupChat;
            assert_eq!(set.get(capability), is_used.then_some(Level::Full));
        }
        assert_eq!(set.join(ServerVersion::Lync2010), Level::Full);
        for &level in Level::ALL {
            let begun = set.with(Capability::PicAol, level);
            let changed: Vec<Capability> = set.changed(begun).collect();
            assert_eq!(changed, [Capability::PicAol]);
        }
    }

    #[test]
    fn changes_come_in_the_order_of_the_capabilities() {
        let before = LevelSet::FULL;
        let after = before
            .with(Capability::PicXmpp, Level::None)
            .with(Capability::SignIn, Level::Limited)
            .with_join(ServerVersion::Lync2013, Level::None);
        let changed: Vec<Capability> = before.changed(after).collect();
        assert_eq!(changed, [Capability::SignIn, Capability::PicXmpp]);
    }
}
