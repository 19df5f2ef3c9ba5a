//! What becomes of each row: it begins a user, or it goes.
//!
//! In: the shapes of users, by what a row that stands alone says and by group. Out: the rows that begin users, numbered by
//! their shapes.

use super::chunk::Chunk;
use super::duplicates::Groups;
use crate::threads::{Threads, beside};

/// In place of a shape: there is no user.
pub(super) const NOBODY: u32 = u32::MAX;

/// What becomes of rows: the shape of the user, or [`NOBODY`].
pub(super) struct Fates {
    /// Of a row that stands alone, by what it says.
    pub(super) alone: Vec<u32>,
    /// Of each group.
    pub(super) groups: Vec<u32>,
}

impl Fates {
    /// Numbers shapes without those that nobody has; so many rows of each meaning stand alone. Says of each shape, by its number
    /// until now, whether somebody has it; of those behind the last nothing.
    pub(super) fn pass_over_unused(&mut self, counts: &[u64]) -> Vec<bool> {
        let alone = self.alone.iter().zip(counts);
        let alone = alone.filter_map(|(&shape, &rows)| (rows > 0).then_some(shape));
        let mut is_used = Vec::new();
        for shape in alone.chain(self.groups.iter().copied()) {
            if shape != NOBODY {
                let shape = shape as usize;
                if shape >= is_used.len() {
                    is_used.resize(shape + 1, false);
                }
                is_used[shape] = true;
            }
        }
        if is_used.contains(&false) {
            let mut used = 0;
            let new = is_used.iter().map(|&is_used| {
                used += u32::from(is_used);
                if is_used { used - 1 } else { NOBODY }
            });
            let new: Vec<u32> = new.collect();
            for shape in self.alone.iter_mut().chain(&mut self.groups) {
                *shape = new.get(*shape as usize).copied().unwrap_or(NOBODY);
            }
        }
        is_used
    }

    /// Takes the rows out that begin no user, and numbers the others by their shapes, while something else is done here.
    pub(super) fn close_up<A>(
        &self,
        chunks: &mut [Chunk],
        groups: &Groups,
        threads: Threads,
        meanwhile: impl FnOnce() -> A,
    ) -> A {
        let mut start = 0;
        let placed = chunks.iter_mut().map(|chunk| {
            let first = start;
            start += u32::try_from(chunk.len()).unwrap_or(u32::MAX);
            (first, chunk)
        });
        beside(threads, meanwhile, placed, |(start, chunk)| {
            self.close_chunk(start, chunk, groups);
        })
    }

    fn close_chunk(&self, start: u32, chunk: &mut Chunk, groups: &Groups) {
        // All that stand alone at first, and then the few that do not.
        for number in chunk.numbers_mut() {
            // Rows that are rejected for themselves have a number beyond all meanings.
            *number = self.alone.get(*number as usize).copied().unwrap_or(NOBODY);
        }
        let end = start + u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        for (row, group) in groups.firsts_from(start).take_while(|&(row, _)| row < end) {
            chunk.renumber((row - start) as usize, self.groups[group]);
        }
        for row in groups.later_from(start).take_while(|&row| row < end) {
            chunk.renumber((row - start) as usize, NOBODY);
        }
        chunk.retain(|_, shape| (shape != NOBODY).then_some(shape));
        chunk.shrink();
    }
}
