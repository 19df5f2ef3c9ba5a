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

impl<'a> Batch<'a> {
    /// How many records.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Of each record where the file's own bytes from the beginning of a column to the end of another stand in the text, quotes
    /// included. Equal bytes mean equal fields.
    #[inline]
    pub(crate) fn raw(&self, first: usize, last: usize) -> impl Iterator<Item = Span> + use<'a> {
        let before = first.wrapping_sub(1);
        let rows = self.ends.chunks_exact(self.columns);
        self.records.iter().zip(rows).map(move |(record, ends)| {
            // The first field has none before it, and there is no such position.
            let start = ends.get(before).map_or(record.start, |end| end + 1);
            let end = ends.get(last).map_or(start, |&end| end);
            Span { start, end }
        })
    }

    /// Of each record where a field stands in the text, without the quotes around it.
    #[inline]
    pub(crate) fn shown(&self, field: usize) -> impl Iterator<Item = Span> + use<'a> {
        let text = self.text;
        self.raw(field, field).map(move |span| span.shown(text))
    }

    /// The bytes of a stretch and what follows them, and how many they are.
    #[inline]
    pub(crate) fn window(&self, span: Span) -> (&'a [u8], usize) {
        let text = self.text.get(span.start as usize..);
        (text.unwrap_or_default(), span.len())
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
        let field = Span { start, end };
        start = end + 1;
        field.shown(text)
    }));
}
