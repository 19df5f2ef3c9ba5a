//! What moves and client changes do to one group.

use super::super::Hop;
use super::super::endpoints::change_endpoints;
use super::super::selection::Selection;
use super::{Group, Setting};
use crate::model::{Reading, ServerVersion};
use crate::plan::{ClientChange, ClientOperation, Move, PoolIndex};

/// A move, made ready for the inventory.
pub(super) struct ReadyMove {
    selection: Selection,
    /// By pool: are users moved from there?
    is_from: Vec<bool>,
    pub(super) to: PoolIndex,
}

/// Moves of one stage that stand one behind the other.
pub(super) struct Moves {
    list: Vec<ReadyMove>,
    /// The position of the first among the stage's moves.
    first: usize,
    /// By pool, which of them move users from there: most groups have nothing to do with most of them.
    from: Vec<u64>,
}

/// How many moves are kept together.
const TOGETHER: usize = u64::BITS as usize;

/// A client change, made ready for the inventory.
pub(super) struct Change {
    selection: Selection,
    operation: ClientOperation,
}

impl Setting<'_> {
    /// Moves made ready, in their order; the first of them stands at this position among the stage's.
    pub(super) fn moves(&self, moves: &[Move], first: usize) -> impl Iterator<Item = Moves> {
        let parts = moves.chunks(TOGETHER).zip((first..).step_by(TOGETHER));
        parts.map(|(moves, first)| {
            let list: Vec<ReadyMove> = moves.iter().map(|one| self.ready(one)).collect();
            let mut from = vec![0_u64; self.plan.pools.len()];
            for (number, operation) in list.iter().enumerate() {
                for (from, &is_from) in from.iter_mut().zip(&operation.is_from) {
                    *from |= u64::from(is_from) << number;
                }
            }
            Moves { list, first, from }
        })
    }

    pub(super) fn ready(&self, operation: &Move) -> ReadyMove {
        let mut is_from = vec![false; self.plan.pools.len()];
        for pool in &operation.from {
            is_from[usize::from(pool.0)] = true;
        }
        ReadyMove {
            selection: self.selector.ready(&operation.filter),
            is_from,
            to: operation.to,
        }
    }

    pub(super) fn selects(&self, operation: &ReadyMove, group: &Group) -> bool {
        operation.is_from[usize::from(group.pool.0)]
            && group.users > 0
            && self.selector.matches(&operation.selection, group)
    }

    /// Moves a group by each of the moves that select it; notes which of them change its pool.
    pub(super) fn move_group(&self, group: &mut Group, moves: &Moves, moved: &mut [bool]) {
        let mut rest = moves.from[usize::from(group.pool.0)];
        while rest != 0 {
            let number = rest.trailing_zeros() as usize;
            let operation = &moves.list[number];
            if self.selector.matches(&operation.selection, group) {
                moved[moves.first + number] |= group.pool != operation.to;
                self.move_to(group, operation.to);
            }
            // The ones behind it, from where the group is now.
            let behind = u64::MAX << number << 1;
            rest = moves.from[usize::from(group.pool.0)] & behind;
        }
    }

    pub(super) fn move_to(&self, group: &mut Group, to: PoolIndex) {
        let home = self.plan.pool(to).server;
        group.pool = to;
        if group.state.home == home {
            return;
        }
        if group.organizer {
            let hop = Hop {
                from: group.state.home,
                to: home,
                came_from_r2: group.came_from_r2,
            };
            let imposed = self
                .knowledge
                .existing_meetings(hop.from, hop.to, hop.came_from_r2)
                .levels;
            for reading in Reading::ALL {
                let level = &mut group.state.existing_meetings[reading.index()];
                // Existing meetings never improve by themselves (contract section 4.4).
                *level = (*level).min(imposed.get(*reading));
            }
            group.hops.push(hop);
        }
        group.state.home = home;
        group.came_from_r2 |= home == ServerVersion::Ocs2007R2;
    }

    /// Makes a client change ready.
    pub(super) fn change(&self, change: &ClientChange) -> Change {
        Change {
            selection: self.selector.ready(&change.filter),
            operation: change.operation,
        }
    }

    /// Changes the endpoints of a group by each of the changes that select it; notes which of them make a difference.
    pub(super) fn change_group(&self, group: &mut Group, changes: &[Change], changed: &mut [bool]) {
        for (change, changed) in changes.iter().zip(changed) {
            if self.selector.matches(&change.selection, group) {
                let before = group.state.endpoints;
                change_endpoints(&mut group.state, change.operation);
                *changed |= group.state.endpoints != before;
            }
        }
    }
}
