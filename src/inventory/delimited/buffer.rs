//! Bytes under way, with a mark on each that may end a field.
//!
//! In: pieces of UTF-8 text from a [`Feed`]. Out: the bytes of the record that is being read and of what follows it, and the
//! positions of all delimiters, quotes, line ends and control characters among them. Sixty-four bytes are looked at at a
//! time, sixteen in one instruction; whether text beyond ASCII is valid UTF-8 is checked on the
//! way.

use wide::u8x16;

use super::super::record::ReadError;
use super::feed::Feed;

/// How many bytes are looked at at a time.
const BLOCK: usize = 64;

/// A window on a text.
pub(crate) struct Buffer {
    delimiter: u8,
    /// Storage; what is behind `end` means nothing.
    pub(crate) bytes: Vec<u8>,
    /// Offset in the file of the first of them.
    pub(crate) base: u64,
    pub(crate) end: usize,
    /// Start of what was not read yet.
    pub(crate) at: usize,
    /// Positions of bytes that may end a field, up to `marked`.
    pub(crate) marks: Marks,
    pub(crate) marked: usize,
    /// Start of text that is not yet known to be valid, if it is not behind `marked`.
    unchecked: Option<usize>,
    is_valid: bool,
    /// Does nothing follow behind `end`?
    pub(crate) at_end: bool,
}

impl Buffer {
    /// A window that begins at an offset of the file.
    pub(crate) fn new(delimiter: u8, base: u64) -> Self {
        Self {
            delimiter,
            bytes: Vec::new(),
            base,
            end: 0,
            at: 0,
            marks: Marks::default(),
            marked: 0,
            unchecked: None,
            is_valid: true,
            at_end: false,
        }
    }

    /// Is everything read?
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// How many bytes are not read yet.
    pub(crate) fn pending(&self) -> usize {
        self.end - self.at
    }

    /// Forgets what was read, and the marks before `mark`.
    pub(crate) fn forget(&mut self, mark: usize) {
        let at = self.at;
        self.bytes.copy_within(at..self.end, 0);
        self.marks.forget(mark, u32::try_from(at).unwrap_or(0));
        self.base += at as u64;
        self.at = 0;
        self.end -= at;
        self.marked -= at;
        self.unchecked = self.unchecked.map(|start| start - at);
    }

    /// Gets more text and marks it.
    ///
    /// # Errors
    /// Where the feed has one, and [`NOT_UTF8`](super::encoding::NOT_UTF8) where the text is not what it was taken for.
    pub(crate) fn fill(&mut self, feed: &mut Feed<'_>) -> Result<(), ReadError> {
        let pending = self.pending();
        self.at_end = !feed.fill(&mut self.bytes, &mut self.end, pending)?;
        self.mark();
        if self.is_valid {
            Ok(())
        } else {
            Err(feed.not_utf8())
        }
    }

    /// Marks the bytes behind `marked`: whole blocks, and at the end of the text the rest.
    fn mark(&mut self) {
        while self.marked + BLOCK <= self.end {
            let Some(block) = self.bytes[self.marked..].first_chunk() else {
                break;
            };
            let found = look(block, self.delimiter);
            self.take(found, BLOCK);
        }
        if self.at_end && self.marked < self.end {
            let mut block = [b' '; BLOCK];
            let rest = self.end - self.marked;
            block[..rest].copy_from_slice(&self.bytes[self.marked..self.end]);
            let found = look(&block, self.delimiter);
            self.take(found, rest);
        }
        if let Some(start) = self.unchecked {
            self.check(start);
        }
    }

    #[inline]
    fn take(&mut self, found: Found, length: usize) {
        // The buffer holds a record of at most 16 MiB and one piece more.
        let base = u32::try_from(self.marked).unwrap_or(u32::MAX);
        self.marks.push(base, found.hits);
        match (found.is_ascii, self.unchecked) {
            (false, None) => self.unchecked = Some(self.marked),
            (true, Some(start)) => {
                self.is_valid &= std::str::from_utf8(&self.bytes[start..self.marked]).is_ok();
                self.unchecked = None;
            }
            _ => {}
        }
        self.marked += length;
    }

    /// Checks text whose last character may not be complete yet.
    fn check(&mut self, start: usize) {
        self.unchecked = match std::str::from_utf8(&self.bytes[start..self.marked]) {
            Ok(_) => None,
            Err(error) => {
                self.is_valid &= error.error_len().is_none() && !self.at_end;
                Some(start + error.valid_up_to())
            }
        };
    }
}

/// Positions in ascending order.
#[derive(Default)]
pub(crate) struct Marks {
    /// Storage; what is behind `length` means nothing.
    list: Vec<u32>,
    length: usize,
}

impl Marks {
    /// All of them.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[u32] {
        &self.list[..self.length]
    }

    /// Appends the positions of the bits that are set, counted from `base`.
    #[inline]
    fn push(&mut self, base: u32, mut bits: u64) {
        if self.list.len() < self.length + BLOCK {
            self.list.resize(2 * self.list.len() + BLOCK, 0);
        }
        // With room for a whole block at hand no single mark has to be checked.
        let Some(room) = self.list[self.length..].first_chunk_mut::<BLOCK>() else {
            return;
        };
        let mut count = 0;
        while bits != 0 {
            room[count % BLOCK] = base + bits.trailing_zeros();
            count += 1;
            bits &= bits - 1;
        }
        self.length += count;
    }

    /// Forgets the first so many, and counts the others from `base` on.
    fn forget(&mut self, first: usize, base: u32) {
        self.list.copy_within(first..self.length, 0);
        self.length -= first;
        for mark in &mut self.list[..self.length] {
            *mark -= base;
        }
    }
}

/// What is in a block.
#[derive(Clone, Copy)]
struct Found {
    /// A bit for each byte that may end a field.
    hits: u64,
    is_ascii: bool,
}

/// The highest of the bytes that may end a field whatever the delimiter is: below stand NUL, tab, line feed, carriage return
/// and nothing that is common.
const CONTROL: u8 = 13;

/// Looks at the 64 bytes of a block, without a branch.
///
/// Compilers make vectors of such loops by themselves, but do not find the instruction that gathers a bit of each byte; left
/// to them this costs several times as many instructions.
#[inline]
fn look(block: &[u8; BLOCK], delimiter: u8) -> Found {
    let [delimiter, quote, control] = [delimiter, b'"', CONTROL].map(u8x16::splat);
    let (mut hits, mut all) = (0, u8x16::ZERO);
    for (at, &sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
        let bytes = u8x16::from(sixteen);
        let is_control = bytes.min(control).cmp_eq(bytes);
        let is_hit = is_control | bytes.cmp_eq(delimiter) | bytes.cmp_eq(quote);
        hits |= highest_bits(is_hit) << (at * 16);
        all |= bytes;
    }
    Found {
        hits,
        is_ascii: highest_bits(all) == 0,
    }
}

#[inline]
fn highest_bits(bytes: u8x16) -> u64 {
    u64::from(bytes.move_mask().cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_block_is_seen_byte_by_byte(block in proptest::collection::vec(any::<u8>(), BLOCK)) {
            let block: [u8; BLOCK] = block.try_into().expect("it has the length");
            let found = look(&block, b';');
            for (at, byte) in block.into_iter().enumerate() {
                let expected = byte == b';' || byte == b'"' || byte < 14;
                prop_assert_eq!(found.hits >> at & 1 == 1, expected);
            }
            prop_assert_eq!(found.is_ascii, block.is_ascii());
        }
    }
}
