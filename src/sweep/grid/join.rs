//! Neighboring parts of a grid with the same answer become one cell.
//!
//! The days of each stage stay cut only where that makes a difference for some day of the other stage, and a rectangle between
//! such cuts stays cut only where the two stages meet and that makes a difference.

use std::collections::{BTreeMap, BTreeSet};

use super::super::block::Shifts;
use super::area::Area;

/// A part of a grid before joining: the positions of its three ranges among the cuts, and what kind of answer it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Of the first stage's days, of the second's, and of the days between the two.
    pub(super) at: [usize; 3],
    pub(super) area: Area,
    /// Parts of one kind have the same answer.
    pub(super) kind: usize,
}

/// Parts that have become one cell.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) area: Area,
    /// One of the parts, by its position.
    pub(super) part: usize,
}

/// The positions of the ranges of the two stages' days that begin something new. The first of each always does.
pub(super) struct Cuts(pub(super) [BTreeSet<usize>; 2]);

impl Cuts {
    pub(super) fn new(parts: &[Part]) -> Self {
        let kinds: BTreeMap<[usize; 3], usize> =
            parts.iter().map(|part| (part.at, part.kind)).collect();
        let differs = |part: &Part, back: [usize; 2]| {
            let [a, b, gap] = part.at;
            let before = a.checked_sub(back[0]).zip(b.checked_sub(back[1]));
            let kind = before.and_then(|(a, b)| kinds.get(&[a, b, gap]));
            kind.is_some_and(|&kind| kind != part.kind)
        };
        let mut cuts = [BTreeSet::from([0]), BTreeSet::from([0])];
        for part in parts {
            for (axis, back) in [[1, 0], [0, 1]].into_iter().enumerate() {
                if differs(part, back) {
                    cuts[axis].insert(part.at[axis]);
                }
            }
        }
        // Where the stages stay equally far apart, the next part may lie across a corner.
        for part in parts {
            let [a, b, _] = part.at;
            if differs(part, [1, 1]) && !cuts[0].contains(&a) && !cuts[1].contains(&b) {
                cuts[0].insert(a);
            }
        }
        Self(cuts)
    }

    /// Which of the ranges between cuts a part lies in.
    fn range(&self, axis: usize, at: usize) -> usize {
        self.0[axis].range(..=at).count() - 1
    }
}

/// The cells that parts make, in order of the first stage's days, then the second's, then by how far they are apart.
pub(super) fn joined(parts: &[Part], cuts: &Cuts) -> Vec<Joined> {
    let mut rectangles: BTreeMap<[usize; 2], BTreeMap<usize, Joined>> = BTreeMap::new();
    for (position, part) in parts.iter().enumerate() {
        let [a, b, gap] = part.at;
        let rectangle = rectangles
            .entry([cuts.range(0, a), cuts.range(1, b)])
            .or_default();
        rectangle
            .entry(gap)
            .and_modify(|joined| joined.area = around(joined.area, part.area))
            .or_insert(Joined {
                area: part.area,
                part: position,
            });
    }
    let rectangles = rectangles.into_values();
    rectangles
        .flat_map(|rectangle| along_gap(parts, rectangle.into_values()))
        .collect()
}

/// The strips of a rectangle, joined where neighbors have the same answer.
fn along_gap(parts: &[Part], strips: impl Iterator<Item = Joined>) -> Vec<Joined> {
    let mut cells: Vec<Joined> = Vec::new();
    for strip in strips {
        let kind = |joined: &Joined| parts[joined.part].kind;
        match cells.last_mut().filter(|last| kind(last) == kind(&strip)) {
            Some(last) => last.area = around(last.area, strip.area),
            None => cells.push(strip),
        }
    }
    cells
}

/// The ranges of two areas together.
fn around(one: Area, other: Area) -> Area {
    let both = |one: Shifts, other: Shifts| Shifts {
        first: one.first.min(other.first),
        last: one.last.max(other.last),
    };
    Area {
        sides: [
            both(one.sides[0], other.sides[0]),
            both(one.sides[1], other.sides[1]),
        ],
        gap: both(one.gap, other.gap),
    }
}
