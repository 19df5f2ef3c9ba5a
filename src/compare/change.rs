//! What differs between one person's findings on the two sides.
//!
//! A finding of one side is matched with one of the other that is about the same capability and of the same kind: first the one
//! at the same event, then in order of time. What is left over is new or gone.

use super::told::Told;
use crate::finding::Kind;
use crate::model::Capability;

/// How a finding differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Only the second side has it.
    New,
    /// Only the first side has it.
    Gone,
    /// It comes earlier on the second side.
    Earlier,
    /// It comes later on the second side.
    Later,
    /// It comes on the same day, but at another event, from another level, or for other reasons.
    Otherwise,
}

impl Effect {
    /// Every effect, in the order in which reports list them.
    pub const ALL: &'static [Self] = &[
        Self::New,
        Self::Gone,
        Self::Earlier,
        Self::Later,
        Self::Otherwise,
    ];

    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Earlier => "earlier",
            Self::Later => "later",
            Self::Otherwise => "otherwise",
        }
    }
}

/// One finding that differs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// The capability that the finding is about.
    pub capability: Capability,
    /// The kind of the finding.
    pub kind: Kind,
    /// How it differs.
    pub effect: Effect,
    /// As the first side tells it.
    pub before: Option<Told>,
    /// As the second side tells it.
    pub after: Option<Told>,
}

impl Change {
    fn new(before: Option<Told>, after: Option<Told>) -> Option<Self> {
        let effect = match (&before, &after) {
            (Some(old), Some(new)) if old.is_as(new) => return None,
            (Some(old), Some(new)) if old.date < new.date => Effect::Later,
            (Some(old), Some(new)) if old.date > new.date => Effect::Earlier,
            (Some(_), Some(_)) => Effect::Otherwise,
            (Some(_), None) => Effect::Gone,
            (None, _) => Effect::New,
        };
        let told = before.as_ref().or(after.as_ref())?;
        Some(Self {
            capability: told.capability,
            kind: told.kind(),
            effect,
            before,
            after,
        })
    }
}

/// What differs between two lists of findings, each in order of time; by capability, then kind, then time.
pub(super) fn changes(mut old: Vec<Told>, mut new: Vec<Told>) -> Vec<Change> {
    let mut changes = Vec::new();
    for &capability in Capability::ALL {
        for &kind in Kind::ALL {
            let mut left = take(&mut old, capability, kind);
            let mut right = take(&mut new, capability, kind);
            let mut pairs = at_one_event(&mut left, &mut right);
            let mut right = right.into_iter();
            pairs.extend(left.into_iter().map(|old| (Some(old), right.next())));
            pairs.extend(right.map(|new| (None, Some(new))));
            let differing = pairs.into_iter();
            changes.extend(differing.filter_map(|(old, new)| Change::new(old, new)));
        }
    }
    changes
}

type Pair = (Option<Told>, Option<Told>);

/// Takes out of both lists what they tell about one and the same event.
fn at_one_event(left: &mut Vec<Told>, right: &mut Vec<Told>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    left.retain(|old| {
        let same = right.iter().position(|new| new.event == old.event);
        if let Some(position) = same {
            pairs.push((Some(old.clone()), Some(right.remove(position))));
        }
        same.is_none()
    });
    pairs
}

fn take(told: &mut Vec<Told>, capability: Capability, kind: Kind) -> Vec<Told> {
    let is_taken = |told: &Told| (told.capability, told.kind()) == (capability, kind);
    let (taken, rest) = std::mem::take(told).into_iter().partition(is_taken);
    *told = rest;
    taken
}
