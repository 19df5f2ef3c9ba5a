//! How long a loss lasts: the spells at none that user-days count (contract section 4.7).

use crate::finding::{Finding, Kind};
use crate::model::Capability;

/// A stretch at none that began with a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// What was lost.
    pub capability: Capability,
    /// The event of the loss, as its finding has it.
    pub since: usize,
    /// The event that ended it; `None` where it lasts to the horizon.
    pub until: Option<usize>,
}

/// The spells of one path, by their beginnings.
///
/// In: the path's findings in the order of the events. A loss ends with the capability's next finding, since that is a rise.
#[must_use]
pub fn spells(findings: &[Finding]) -> Vec<Spell> {
    let mut open: [Option<usize>; Capability::COUNT] = [None; Capability::COUNT];
    let mut spells: Vec<Spell> = Vec::new();
    for finding in findings {
        let open = &mut open[finding.capability.index()];
        if let Some(spell) = open.take() {
            spells[spell].until = Some(finding.event);
        }
        if finding.kind() == Kind::Lost {
            *open = Some(spells.len());
            spells.push(Spell {
                capability: finding.capability,
                since: finding.event,
                until: None,
            });
        }
    }
    spells
}
