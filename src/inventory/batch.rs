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

    /// Of each record the file's own bytes from the beginning of a field to the end of another, quotes included, with what
    /// follows them in the text; and their number. Equal bytes mean equal fields.
    #[inline]
    pub(crate) fn raw(
        self,
        first: usize,
        last: usize,
    ) -> impl Iterator<Item = (&'a [u8], usize)> + use<'a> {
        let ends = self.ends.iter().skip(last).step_by(self.columns);
        let starts = self.starts(first).into_iter();
        starts.zip(ends).map(move |(start, &end)| {
            let text = self.text.get(start as usize..).unwrap_or(b"");
            (text, (end - start) as usize)
        })
    }

    /// Where a field begins in each record.
    #[inline]
    fn starts(&self, field: usize) -> [u32; MOST] {
        let mut starts = [0; MOST];
        if let Some(before) = field.checked_sub(1) {
            let ends = self.ends.iter().skip(before).step_by(self.columns);
            for (start, end) in starts.iter_mut().zip(ends) {
                *start = end + 1;
            }
        } else {
            for (start, record) in starts.iter_mut().zip(self.records) {
                *start = record.start;
            }
        }
        starts
    }

    /// Of each record the bytes of a field without the quotes around it, with what follows them in the text; and their
    /// number.
    #[inline]
    pub(crate) fn shown(self, field: usize) -> impl Iterator<Item = (&'a [u8], usize)> + use<'a> {
        self.raw(field, field).map(|(text, length)| match text {
            [b'"', shown @ ..] if length > 1 => (shown, length - 2),
            _ => (text, length),
        })
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
