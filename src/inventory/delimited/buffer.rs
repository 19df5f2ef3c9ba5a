//! Bytes under way, with a mark on each that may end a field.
//!
//! In: pieces of UTF-8 text from a [`Feed`]. Out: the bytes of the record that is being read and of what follows it, and the
//! positions of all delimiters, quotes, line ends and control characters among them. Sixty-four bytes are looked at at a
//! time, in a form that compilers turn into vector instructions; whether text beyond ASCII is valid UTF-8 is checked on the
//! way.

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
    pub(crate) marks: Vec<u32>,
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
            marks: Vec::new(),
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
        self.marks.drain(..mark);
        for mark in &mut self.marks {
            *mark -= u32::try_from(at).unwrap_or(0);
        }
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
        let mut hits = found.hits;
        while hits != 0 {
            self.marks.push(base + hits.trailing_zeros());
            hits &= hits - 1;
        }
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

/// What is in a block.
#[derive(Clone, Copy)]
struct Found {
    /// A bit for each byte that may end a field.
    hits: u64,
    is_ascii: bool,
}

/// Looks at the 64 bytes of a block, without a branch.
#[inline]
fn look(block: &[u8; BLOCK], delimiter: u8) -> Found {
    let mut is_hit = [0_u8; BLOCK];
    let mut all = 0_u8;
    for (hit, &byte) in is_hit.iter_mut().zip(block) {
        // Below 14 stand NUL, tab, line feed, carriage return and nothing that is common.
        *hit = u8::from(byte == delimiter) | u8::from(byte == b'"') | u8::from(byte < 14);
        all |= byte;
    }
    let mut hits = 0;
    for (at, eight) in is_hit.chunks_exact(8).enumerate() {
        let word = eight
            .iter()
            .rev()
            .fold(0, |word, &hit| word << 8 | u64::from(hit));
        // The product gathers the lowest bits of the eight bytes in the highest byte.
        hits |= (word.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (at * 8);
    }
    Found {
        hits,
        is_ascii: all < 0x80,
    }
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
