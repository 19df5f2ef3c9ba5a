//! Moves of the first so many users, in ascending order of SIP address.
//!
//! In: a move with a limit, and where all groups stand. Out: the groups of these users have moved; groups of whom only some
//! are among them are split.

use std::collections::BTreeMap;

use super::{Groups, number};
use crate::plan::Move;

impl Groups<'_> {
    /// Moves the first users whom an operation selects; did any user's pool change?
    pub(super) fn move_first_users(&mut self, operation: &Move, limit: u64) -> bool {
        let operation = self.setting.ready(operation);
        let groups = self.all.iter().enumerate();
        let selected = groups.filter(|(_, group)| self.setting.selects(&operation, group));
        let selected: Vec<usize> = selected.map(|(index, _)| index).collect();
        let mut moved = false;
        for index in self.first_users(&selected, limit) {
            let group = &mut self.all[index];
            moved |= group.pool != operation.to;
            self.setting.move_to(group, operation.to);
        }
        moved
    }

    /// The groups of the first so many users of some groups; groups are split for it.
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
        let chosen =
            self.crowds
                .first_users(&is_selected, limit, self.setting.inventory, self.threads);
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
}
