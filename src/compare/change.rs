//! What differs between one person's findings on the two sides.
//!
//! A finding of one side is matched with one of the other that is about the same capability and of the same kind: first the one
//! at the same event, then in order of time. What is left over is new or gone.

use chrono::NaiveDate;

use super::{Side, days_between};
use crate::finding::{Finding, Kind};
use crate::model::Capability;
use crate::simulate::spells;

/// A finding as one side tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    /// The finding; its event is a position in that side's simulation.
    pub finding: Finding,
    /// The event's id.
    pub event: String,
    /// The event's date.
    pub date: NaiveDate,
    /// For a loss: the days that it lasts, up to the common horizon.
    pub days: Option<u64>,
}

impl Told {
    /// Is it the same in every respect that a file of findings shows?
    fn is_as(&self, other: &Self) -> bool {
        let (own, others) = (&self.finding, &other.finding);
        (&self.event, self.date) == (&other.event, other.date)
            && (own.from, own.to, own.severity, own.causes)
                == (others.from, others.to, others.severity, others.causes)
            && (own.workaround, own.reach, &own.rules)
                == (others.workaround, others.reach, &others.rules)
    }
}

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
        let finding = &before.as_ref().or(after.as_ref())?.finding;
        Some(Self {
            capability: finding.capability,
            kind: finding.kind(),
            effect,
            before,
            after,
        })
    }
}

/// What differs between the findings of those who take one path on the first side and one on the second; by capability, then
/// kind, then time. `None` where somebody is not on that side at all.
pub(super) fn changes(
    (before, old_path): (Side<'_>, Option<usize>),
    (after, new_path): (Side<'_>, Option<usize>),
    horizon: NaiveDate,
) -> Vec<Change> {
    let mut old = told(before, old_path, horizon);
    let mut new = told(after, new_path, horizon);
    let mut changes = Vec::new();
    for &capability in Capability::ALL {
        for &kind in Kind::ALL {
            let mut left = take(&mut old, capability, kind);
            let mut right = take(&mut new, capability, kind);
            let mut pairs = at_one_event(&mut left, &mut right);
            let mut right = right.into_iter();
            pairs.extend(left.into_iter().map(|old| (Some(old), right.next())));
            pairs.extend(right.map(|new| (None, Some(new))));
            changes.extend(
                pairs
                    .into_iter()
                    .filter_map(|(old, new)| Change::new(old, new)),
            );
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
    let (taken, rest) = std::mem::take(told)
        .into_iter()
        .partition(|told| (told.finding.capability, told.finding.kind()) == (capability, kind));
    *told = rest;
    taken
}

/// The findings of a path as a side tells them, in order of time.
fn told(side: Side<'_>, path: Option<usize>, horizon: NaiveDate) -> Vec<Told> {
    let Some(path) = path else { return Vec::new() };
    let findings = side.simulation.findings_of(path);
    let spells = spells(findings);
    let days_of = |finding: &Finding| {
        let is_begin =
            |capability, since| (capability, since) == (finding.capability, finding.event);
        let spell = spells
            .iter()
            .find(|spell| is_begin(spell.capability, spell.since))?;
        let until = spell.until.map_or(horizon, |until| side.date(until));
        Some(days_between(side.date(spell.since), until, horizon))
    };
    findings
        .iter()
        .map(|finding| Told {
            finding: finding.clone(),
            event: side.id(finding.event).to_owned(),
            date: side.date(finding.event),
            days: days_of(finding),
        })
        .collect()
}
