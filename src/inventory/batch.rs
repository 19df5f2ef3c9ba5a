//! Records of the same shape that follow one another, as they stand in their text.
//!
//! In: where their fields end. Out: one column of all of them after the other. Looking at the same column of many records
//! takes fewer instructions than looking at all columns of each, and the machine waits for many places in memory at once.

use super::record::{Record, Span};

/// How many records a batch has at most.
pub(crate) const MOST: usize = 64;

/// Where a record begins, and where the next one does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) start: u32,
    pub(crate) next: u32,
}

/// Records with so many fields each, at most [`MOST`], in which every field is as the file has it: nothing has to be taken out of it but the
/// quotes around it. Each of them is one line.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The row of the first one, as [`Record::row`] says it.
    pub(crate) row: u64,
    pub(crate) text: &'a [u8],
    pub(crate) records: &'a [Extent],
    /// Where the fields of all of them end.
    pub(crate) ends: &'a [u32],
    pub(crate) columns: usize,
}

/// For each record of a batch a stretch of its text; what is beyond the last record means nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretches {
    starts: [u32; MOST],
    /// In bytes.
    lengths: [u32; MOST],
}

impl Default for Stretches {
    fn default() -> Self {
        Self {
            starts: [0; MOST],
            lengths: [0; MOST],
        }
    }
}

impl<'a> Batch<'a> {
    /// How many records.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Of each record where the file's own bytes from the beginning of a field to the end of another stand in the text, quotes
    /// included. Equal bytes mean equal fields.
    #[inline]
    pub(crate) fn raw(&self, first: usize, last: usize) -> Stretches {
        let mut found = Stretches::default();
        if let Some(before) = first.checked_sub(1) {
            let ends = self.ends.iter().skip(before).step_by(self.columns);
            for (start, end) in found.starts.iter_mut().zip(ends) {
                *start = end + 1;
            }
        } else {
            for (start, record) in found.starts.iter_mut().zip(self.records) {
                *start = record.start;
            }
        }
        let ends = self.ends.iter().skip(last).step_by(self.columns);
        let places = found.lengths.iter_mut().zip(&found.starts);
        for ((length, start), end) in places.zip(ends) {
            *length = end - start;
        }
        found
    }

    /// Of each record where a field stands in the text, without the quotes around it.
    #[inline]
    pub(crate) fn shown(&self, field: usize) -> Stretches {
        let mut found = self.raw(field, field);
        let places = found.starts.iter_mut().zip(&mut found.lengths);
        for (start, length) in places.take(self.len()) {
            let is_quoted = self.text.get(*start as usize) == Some(&b'"') && *length > 1;
            *start += u32::from(is_quoted);
            *length -= 2 * u32::from(is_quoted);
        }
        found
    }

    /// The text of a record in a stretch, with what follows it; and its length.
    #[inline]
    pub(crate) fn text(&self, of: &Stretches, number: usize) -> (&'a [u8], usize) {
        let start = of.starts[number] as usize;
        let text = self.text.get(start..).unwrap_or(b"");
        (text, of.lengths[number] as usize)
    }

    /// One of the records; its fields are put into `fields`.
    pub(crate) fn record<'f>(&self, number: usize, fields: &'f mut Vec<Span>) -> Record<'f>
    where
        'a: 'f,
    {
        let start = self.records[number].start;
        let ends = self.ends.chunks_exact(self.columns).nth(number);
        show(self.text, start, ends.unwrap_or_default(), fields);
        Record::new(self.row + number as u64, self.text, fields)
    }
}

/// Puts the fields of a record that begins at `start` into `fields`, each without the quotes around it.
pub(crate) fn show(text: &[u8], mut start: u32, ends: &[u32], fields: &mut Vec<Span>) {
    fields.clear();
    fields.extend(ends.iter().map(|&end| {
        let is_quoted = text.get(start as usize) == Some(&b'"') && end - start > 1;
        let quote = u32::from(is_quoted);
        let field = Span {
            start: start + quote,
            end: end - quote,
        };
        start = end + 1;
        field
    }));
}
