//! Texts, sixteen bytes at a time.
//!
//! In: a text, given by its first byte, its length and whatever stands behind it. Out: its hash, and whether it is another
//! one. Cells are short and differ in length, so that what costs is every byte, word or branch for itself.

use super::dictionary::Keyed;

/// How many bytes are looked at at a time.
pub(crate) const BLOCK: usize = 16;

/// The first bytes of a text, as many as fit a block; zeros behind its end.
#[inline]
pub(crate) fn block(text: &[u8]) -> [u8; BLOCK] {
    text.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [0; BLOCK];
        padded[..text.len()].copy_from_slice(text);
        padded
    })
}

/// For each number of bytes a mask that keeps so many.
const MASKS: [u128; BLOCK + 1] = {
    let mut masks = [0; BLOCK + 1];
    let mut length = 1;
    while length <= BLOCK {
        masks[length] = masks[length - 1] << 8 | 0xff;
        length += 1;
    }
    masks
};

/// The first so many bytes of a block as a number; what stands behind them does not count.
#[inline]
pub(crate) fn beginning(block: [u8; BLOCK], length: usize) -> u128 {
    u128::from_le_bytes(block) & MASKS[length.min(BLOCK)]
}

/// A text in blocks.
#[derive(Clone, Copy)]
pub(crate) struct Blocks<'t> {
    length: usize,
    /// All but the last one.
    whole: &'t [[u8; BLOCK]],
    /// The last one, which may not be whole.
    last: u128,
}

impl<'t> Blocks<'t> {
    /// The first so many bytes of a text.
    #[inline]
    pub(crate) fn new(text: &'t [u8], length: usize) -> Self {
        let before = length.saturating_sub(1) & !(BLOCK - 1);
        let (whole, rest) = text.split_at(before);
        Self {
            length,
            whole: whole.as_chunks().0,
            last: beginning(block(rest), length - before),
        }
    }

    /// The hash of the text.
    #[inline]
    pub(crate) fn hash(self, keyed: &Keyed) -> u64 {
        let mut hash = BlockHash::new(keyed, self.length as u64);
        for &block in self.whole {
            hash.take(u128::from_le_bytes(block));
        }
        hash.take(self.last);
        hash.finish()
    }

    /// Is it the text that [`append_padded`] appended here?
    #[inline]
    pub(crate) fn is_padded(self, padded: &[[u8; BLOCK]]) -> bool {
        let Some((before, [end, ..])) = padded.split_at_checked(self.whole.len()) else {
            return self.length == 0;
        };
        let mut difference = u128::from_le_bytes(*end) ^ self.last;
        for (&one, &other) in before.iter().zip(self.whole) {
            difference |= u128::from_le_bytes(one) ^ u128::from_le_bytes(other);
        }
        difference == 0 || self.length == 0
    }
}

/// A hash that takes one block after the other. What becomes of a block depends on where it stands and not on those before
/// it: the machine multiplies several at once.
#[derive(Clone, Copy)]
pub(crate) struct BlockHash<'k> {
    keyed: &'k Keyed,
    sum: u64,
    place: u64,
}

impl<'k> BlockHash<'k> {
    /// The hash of nothing yet; other beginnings give other hashes.
    #[inline]
    pub(crate) fn new(keyed: &'k Keyed, begin: u64) -> Self {
        Self {
            keyed,
            sum: begin,
            place: 0,
        }
    }

    #[inline]
    pub(crate) fn take(&mut self, block: u128) {
        /// Odd, so that no two places are the same.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let (a, b) = (block as u64, (block >> 64) as u64);
        let mixed = self.keyed.once(a ^ self.place, b.wrapping_add(self.place));
        self.sum = self.sum.wrapping_add(mixed);
        self.place = self.place.wrapping_add(STEP);
    }

    #[inline]
    pub(crate) fn finish(self) -> u64 {
        self.keyed.once(self.sum, self.place)
    }
}

/// Appends a text, zeros behind it up to the next whole block.
pub(crate) fn append_padded(all: &mut Vec<[u8; BLOCK]>, text: &[u8]) {
    let (blocks, rest) = text.as_chunks();
    all.extend_from_slice(blocks);
    if !rest.is_empty() {
        all.push(block(rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_stands_behind_a_text_does_not_count(text in "[ab]{0,50}", behind in "[c-f]{0,20}") {
            let keyed = Keyed::fixed();
            let whole = format!("{text}{behind}");
            let (text, whole) = (text.as_bytes(), whole.as_bytes());
            let blocks = Blocks::new(whole, text.len());
            prop_assert_eq!(Blocks::new(text, text.len()).hash(&keyed), blocks.hash(&keyed));
            let mut padded = Vec::new();
            append_padded(&mut padded, text);
            prop_assert!(blocks.is_padded(&padded));
        }

        #[test]
        fn texts_that_differ_anywhere_are_told_apart(text in "[ab]{1,70}", at in 0_usize..70) {
            let mut other = text.clone().into_bytes();
            let at = at % other.len();
            other[at] = b'x';
            let keyed = Keyed::fixed();
            let blocks = Blocks::new(&other, other.len());
            prop_assert_ne!(Blocks::new(text.as_bytes(), text.len()).hash(&keyed), blocks.hash(&keyed));
            let mut padded = Vec::new();
            append_padded(&mut padded, text.as_bytes());
            prop_assert!(!blocks.is_padded(&padded));
        }
    }
}
