//! Points of ways as they grow: each knows the one before it, and is kept once however many groups pass it.

use crate::slots::Slots;

/// A point of a way.
pub(super) trait Point: PartialEq + Sized {
    /// The number of the point before; `None` where a way begins.
    fn before(&self) -> Option<u32>;

    /// The same behind another point, for one that is not a beginning.
    fn behind(self, before: u32) -> Self;

    /// A hash of what tells nearly all points apart.
    fn hash(&self) -> u32;
}

/// Points with numbers.
pub(super) struct Points<P> {
    /// The number of the first of them; those before stand elsewhere.
    first: u32,
    list: Vec<P>,
    slots: Slots,
}

impl<P> Default for Points<P> {
    fn default() -> Self {
        Self {
            first: 0,
            list: Vec::new(),
            slots: Slots::default(),
        }
    }
}

impl<P: Point> Points<P> {
    /// No points yet; they will be numbered from behind these on.
    pub(super) fn beside(&self) -> Self {
        Self {
            first: self.first + number(self.list.len()),
            ..Self::default()
        }
    }

    /// The number of the first point.
    pub(super) fn first(&self) -> u32 {
        self.first
    }

    /// The points, where none of them stands elsewhere: their numbers are positions.
    pub(super) fn list(&self) -> &[P] {
        &self.list
    }

    /// Takes in points that go on from these; gives the new number of each.
    pub(super) fn take_in(&mut self, beside: Self) -> Vec<u32> {
        let mut new = Vec::with_capacity(beside.list.len());
        for point in beside.list {
            new.push(self.add(match point.before() {
                Some(before) => point.behind(renumbered(before, beside.first, &new)),
                None => point,
            }));
        }
        new
    }

    /// The number of a point, which is added if it is new.
    pub(super) fn add(&mut self, point: P) -> u32 {
        let Self { list, slots, .. } = self;
        let next = number(list.len());
        let at = slots.find_or_add(point.hash(), next, |at| list[at as usize] == point);
        if at == next {
            list.push(point);
        }
        self.first + at
    }
}

/// The new number of a point; those before the first are as they were.
pub(super) fn renumbered(point: u32, first: u32, new: &[u32]) -> u32 {
    point
        .checked_sub(first)
        .map_or(point, |at| new[at as usize])
}

/// A position as it is stored.
fn number(position: usize) -> u32 {
    u32::try_from(position)
        .expect("points are fewer than users times stages, in practice far below u32")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A letter and the point before it.
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Letter(Option<u32>, u8);

    impl Point for Letter {
        fn before(&self) -> Option<u32> {
            self.0
        }

        fn behind(self, before: u32) -> Self {
            Self(Some(before), self.1)
        }

        fn hash(&self) -> u32 {
            u32::from(self.1)
        }
    }

    /// The number of a word's last point.
    fn add(points: &mut Points<Letter>, mut last: Option<u32>, word: &[u8]) -> Option<u32> {
        for &letter in word {
            last = Some(points.add(Letter(last, letter)));
        }
        last
    }

    /// The word whose last point this is.
    fn word(points: &Points<Letter>, mut last: Option<u32>) -> Vec<u8> {
        let mut word = Vec::new();
        while let Some(at) = last {
            let Letter(before, letter) = points.list()[at as usize];
            word.insert(0, letter);
            last = before;
        }
        word
    }

    proptest! {
        #[test]
        fn words_that_were_taken_in_are_the_same_and_stand_there_once(
            known in proptest::collection::vec("[ab]{1,4}", 1..10),
            more in proptest::collection::vec((0..10_usize, "[ab]{1,4}"), 0..20),
        ) {
            let mut points = Points::default();
            let known: Vec<_> = known.iter().map(|word| add(&mut points, None, word.as_bytes())).collect();
            let mut beside = points.beside();
            let ends: Vec<_> = more.iter().map(|(at, word)| {
                let from = known.get(*at).copied().flatten();
                (from, add(&mut beside, from, word.as_bytes()))
            }).collect();
            let first = beside.first();
            let new = points.take_in(beside);
            for ((from, end), (_, more)) in ends.into_iter().zip(&more) {
                let end = end.map(|end| renumbered(end, first, &new));
                let mut expected = word(&points, from);
                expected.extend_from_slice(more.as_bytes());
                prop_assert_eq!(word(&points, end), expected);
                prop_assert_eq!(add(&mut points, from, more.as_bytes()), end);
            }
            for (at, point) in points.list().iter().enumerate() {
                prop_assert!(!points.list()[..at].contains(point));
            }
        }
    }
}
