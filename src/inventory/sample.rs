//! A look at the first rows of a file: which columns say so little that their texts can be looked up together?
//!
//! In: the first rows. Out: stretches of columns. Three columns of yes or no side by side have a handful of different texts
//! between them; a column of departments beside one of client versions has as many as there are rows.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::dictionary::Keyed;
use super::record::Record;

/// How many rows are looked at.
const ROWS: usize = 4096;

/// Columns belong together if of so many rows in the second half at most one has a text that was never met before.
const RARELY: usize = 25;

/// The texts of the first rows, by their hashes.
pub(crate) struct Sample {
    /// The columns, ascending.
    columns: Vec<usize>,
    /// Row by row, a hash for each of the columns.
    hashes: Vec<u64>,
    keyed: Keyed,
}

impl Sample {
    /// A sample of these columns.
    pub(crate) fn new(mut columns: Vec<usize>, keyed: &Keyed) -> Self {
        columns.sort_unstable();
        columns.dedup();
        Self {
            columns,
            hashes: Vec::new(),
            keyed: keyed.clone(),
        }
    }

    /// Notes a row; says whether the sample is full.
    pub(crate) fn note(&mut self, record: &Record<'_>) -> bool {
        let hash = |&column: &usize| self.keyed.bytes(record.bytes(column));
        self.hashes.extend(self.columns.iter().map(hash));
        self.hashes.len() >= ROWS * self.columns.len()
    }

    /// The columns in stretches of such as belong together, ascending; a column beside which there is none stands alone.
    pub(crate) fn stretches(&self) -> Vec<RangeInclusive<usize>> {
        let mut stretches: Vec<RangeInclusive<usize>> = Vec::new();
        let mut texts: Vec<u64> = Vec::new();
        for (position, &column) in self.columns.iter().enumerate() {
            let own = self.texts(position);
            if let Some(last) = stretches.last_mut()
                && *last.end() + 1 == column
            {
                let pairs = texts.iter().zip(&own);
                let both: Vec<u64> = pairs.map(|(&a, &b)| self.keyed.pair(a, b)).collect();
                if is_repetitive(&both) {
                    *last = *last.start()..=column;
                    texts = both;
                    continue;
                }
            }
            stretches.push(column..=column);
            texts = own;
        }
        stretches
    }

    /// Are the texts of a column mostly such as were met before?
    pub(crate) fn is_repetitive(&self, column: usize) -> bool {
        let position = self.columns.binary_search(&column);
        position.is_ok_and(|position| is_repetitive(&self.texts(position)))
    }

    fn texts(&self, position: usize) -> Vec<u64> {
        let rows = self.hashes.chunks_exact(self.columns.len());
        rows.map(|row| row[position]).collect()
    }
}

fn is_repetitive(texts: &[u64]) -> bool {
    let (first, second) = texts.split_at(texts.len() / 2);
    let mut met: HashSet<u64> = first.iter().copied().collect();
    let new = second.iter().filter(|&&text| met.insert(text)).count();
    new * RARELY <= second.len()
}

#[cfg(test)]
mod tests {
    use super::super::record::RecordBuffer;
    use super::*;

    #[test]
    fn columns_belong_together_while_their_texts_together_are_few() {
        let mut sample = Sample::new(vec![5, 1, 2, 3, 7, 8, 1], &Keyed::fixed());
        let mut full = false;
        for row in 0..ROWS {
            assert!(!full);
            let mut record = RecordBuffer::default();
            record.begin(row as u64 + 2);
            let cells = [
                row,
                row % 2,
                row % 3,
                row % 701,
                row,
                row % 5,
                row % 7,
                row % 8,
                row % 9,
            ];
            cells.iter().for_each(|cell| record.push(&cell.to_string()));
            full = sample.note(&record.record());
        }
        assert!(full);
        // 2 x 3 texts are few, 6 x 701 too many; 5 has no neighbour; 8 x 9 are few.
        assert_eq!(sample.stretches(), [1..=2, 3..=3, 5..=5, 7..=8]);
        assert!(sample.is_repetitive(3));
        assert!(!sample.is_repetitive(0));
    }
}
