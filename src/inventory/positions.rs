//! Where rows stand in their file.
//!
//! In: row numbers as they are met, mostly one after the other. Out: the number of any row. Only the jumps are kept.

/// The row numbers of rows that follow each other.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    /// Position and number of each row that does not follow the one before it.
    jumps: Vec<(u32, u64)>,
    next: u64,
}

impl Positions {
    /// Notes the number of the row at a position, the next one.
    #[inline]
    pub(crate) fn push(&mut self, position: usize, number: u64) {
        if number != self.next || self.jumps.is_empty() {
            let position = u32::try_from(position).unwrap_or(u32::MAX);
            self.jumps.push((position, number));
        }
        self.next = number + 1;
    }

    /// Notes the numbers of so many rows that follow each other, from a position on.
    #[inline]
    pub(crate) fn push_all(&mut self, position: usize, first: u64, count: usize) {
        if count > 0 {
            self.push(position, first);
            self.next = first + count as u64;
        }
    }

    /// The number of the row at a position.
    pub(crate) fn number(&self, position: u32) -> u64 {
        let behind = self.jumps.partition_point(|&(at, _)| at <= position);
        behind
            .checked_sub(1)
            .map(|jump| self.jumps[jump])
            .map_or(0, |(at, number)| number + u64::from(position - at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_between_jumps() {
        let mut positions = Positions::default();
        positions.push_all(0, 2, 3);
        positions.push_all(3, 5, 0);
        for (position, number) in [(3, 7), (4, 8), (5, 20)] {
            positions.push(position, number);
        }
        let found: Vec<u64> = (0..6).map(|position| positions.number(position)).collect();
        assert_eq!(found, [2, 3, 4, 7, 8, 20]);
        assert_eq!(positions.jumps.len(), 3);
    }
}
