//! Why an interval begins where it does: what the moving stages have passed, and which counts that changes.

use super::interval::Answered;
use super::{Boundary, Difference, Pass, SweptEvent};
use crate::finding::Kind;
use crate::model::Capability;

/// The difference between the last days of one interval and the first of the next.
pub(super) fn boundary(events: &[SweptEvent], before: &Answered, after: &Answered) -> Boundary {
    Boundary {
        passes: passes(events, before, after),
        differences: differences(before, after),
    }
}

fn passes(events: &[SweptEvent], before: &Answered, after: &Answered) -> Vec<Pass> {
    let standing = |number: &usize| !events[*number].moves;
    let moving = (0..events.len()).filter(|&number| events[number].moves);
    let mut passes = Vec::new();
    for stage in moving {
        for event in (0..events.len()).filter(standing) {
            let was_first = before.places[stage] < before.places[event];
            let is_first = after.places[stage] < after.places[event];
            if was_first != is_first {
                passes.push(Pass { stage, event });
            }
        }
    }
    passes
}

fn differences(before: &Answered, after: &Answered) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (event, (old, new)) in before
        .sums
        .changes
        .iter()
        .zip(&after.sums.changes)
        .enumerate()
    {
        for &capability in Capability::ALL {
            for &kind in Kind::ALL {
                let users = |changes: &super::sums::EventChanges| {
                    changes[capability.index()][kind as usize]
                };
                if users(old) != users(new) {
                    differences.push(Difference {
                        event,
                        capability,
                        kind,
                        before: users(old),
                        after: users(new),
                    });
                }
            }
        }
    }
    differences
}
