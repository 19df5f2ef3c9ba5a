//! What moves and client changes do to groups.
//!
//! In: the operations of a stage. Out: groups that have moved or changed their clients; they are split only where a limit takes
//! some of their users. All operations are done to one group before the next one is looked at, wherever that is the same.

use std::collections::BTreeMap;

use super::super::Hop;
use super::super::endpoints::change_endpoints;
use super::super::selection::Selection;
use super::{Group, Groups, number};
use crate::model::{Reading, ServerVersion};
use crate::plan::{ClientChange, Move, PoolIndex};

/// A move, made ready for the inventory.
struct ReadyMove {
    selection: Selection,
    /// By pool: are users moved from there?
    is_from: Vec<bool>,
    to: PoolIndex,
}

/// How many operations are done to one group before the next one is looked at.
const TOGETHER: usize = u64::BITS as usize;

impl Groups<'_> {
    /// Moves the users that each operation selects, one operation after the other; says of each whether any user's pool
    /// changed.
    pub(super) fn move_users(&mut self, operations: &[Move]) -> Vec<bool> {
        let mut moved = Vec::with_capacity(operations.len());
        // What selects groups one by one is done for each group in one go; a limit has to know all of them.
        for together in operations.chunk_by(|a, b| a.limit.is_none() && b.limit.is_none()) {
            let ready: Vec<ReadyMove> = together.iter().map(|one| self.ready(one)).collect();
            match (together, &*ready) {
                (
                    [
                        Move {
                            limit: Some(limit), ..
                        },
                    ],
                    [ready],
                ) => {
                    moved.push(self.move_first_users(ready, *limit));
                }
                _ => moved.extend(self.move_groups(&ready)),
            }
        }
        moved
    }

    fn move_groups(&mut self, operations: &[ReadyMove]) -> Vec<bool> {
        let mut moved = vec![false; operations.len()];
        for (operations, moved) in operations.chunks(TOGETHER).zip(moved.chunks_mut(TOGETHER)) {
            // By pool, the operations that move users from there: most groups have nothing to do with most of them.
            let mut from = vec![0_u64; self.plan.pools.len()];
            for (number, operation) in operations.iter().enumerate() {
                for (from, &is_from) in from.iter_mut().zip(&operation.is_from) {
                    *from |= u64::from(is_from) << number;
                }
            }
            for index in 0..self.all.len() {
                let mut rest = match self.all[index].users {
                    0 => 0,
                    _ => from[usize::from(self.all[index].pool.0)],
                };
                while rest != 0 {
                    let number = rest.trailing_zeros() as usize;
                    let operation = &operations[number];
                    if self
                        .selector
                        .matches(&operation.selection, &self.all[index])
                    {
                        moved[number] |= self.all[index].pool != operation.to;
                        self.move_group(index, operation.to);
                    }
                    // The ones behind it, from where the group is now.
                    let behind = u64::MAX << number << 1;
                    rest = from[usize::from(self.all[index].pool.0)] & behind;
                }
            }
        }
        moved
    }

    fn move_first_users(&mut self, operation: &ReadyMove, limit: u64) -> bool {
        let selected =
            (0..self.all.len()).filter(|&index| self.selects(operation, &self.all[index]));
        let selected: Vec<usize> = selected.collect();
        let mut moved = false;
        for index in self.first_users(&selected, limit) {
            moved |= self.all[index].pool != operation.to;
            self.move_group(index, operation.to);
        }
        moved
    }

    fn ready(&self, operation: &Move) -> ReadyMove {
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

    fn selects(&self, operation: &ReadyMove, group: &Group) -> bool {
        operation.is_from[usize::from(group.pool.0)]
            && group.users > 0
            && self.selector.matches(&operation.selection, group)
    }

    /// The groups of the first so many users of some groups, in ascending order of SIP address; groups are split for it.
    fn first_users(&mut self, selected: &[usize], limit: u64) -> Vec<usize> {
        let total: u64 = selected.iter().map(|&index| self.all[index].users).sum();
        let Some(limit) = usize::try_from(limit)
            .ok()
            .filter(|&limit| (limit as u64) < total)
        else {
            return selected.to_vec();
        };
        let mut is_selected = vec![false; self.all.len()];
        for &index in selected {
            is_selected[index] = true;
        }
        let chosen = self.crowds.first_users(&is_selected, limit, self.inventory);
        chosen
            .into_iter()
            .map(|(group, members)| self.part_members(group as usize, &members))
            .collect()
    }

    /// The group of exactly these members of a group, given by their crowds.
    fn part_members(&mut self, index: usize, members: &BTreeMap<u32, Vec<u32>>) -> usize {
        let count = members.values().map(|members| members.len() as u64).sum();
        if self.all[index].users == count {
            return index;
        }
        let part = self.part(index, count);
        for (&crowd, members) in members {
            let people = members.len() as u64;
            self.crowds.part(crowd, members, people, number(part));
        }
        part
    }

    fn move_group(&mut self, index: usize, to: PoolIndex) {
        let home = self.plan.pool(to).server;
        let group = &mut self.all[index];
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

    /// Changes the endpoints of the users that each operation selects, one operation after the other; says of each whether any
    /// user's endpoints changed.
    pub(super) fn change_clients(&mut self, changes: &[ClientChange]) -> Vec<bool> {
        let ready = changes
            .iter()
            .map(|change| self.selector.ready(&change.filter));
        let ready: Vec<Selection> = ready.collect();
        let mut changed = vec![false; changes.len()];
        if changes.is_empty() {
            return changed;
        }
        for group in self.all.iter_mut().filter(|group| group.users > 0) {
            for ((change, selection), changed) in changes.iter().zip(&ready).zip(&mut changed) {
                if self.selector.matches(selection, group) {
                    let before = group.state.endpoints;
                    change_endpoints(&mut group.state, change.operation);
                    *changed |= group.state.endpoints != before;
                }
            }
        }
        changed
    }
}
