//! Texts, thirty-two bytes at a time.
//!
//! In: a text, given by its first byte, its length and whatever stands behind it. Out: its hash, and whether it is another
//! one. Cells are short and differ in length, so that what costs is every byte, word or branch for itself.

use super::dictionary::Keyed;

/// How many bytes are looked at at a time.
pub(crate) const BLOCK: usize = 32;

/// A block as numbers.
pub(crate) type Words = [u128; 2];

/// Before any position as many bytes are kept as it is away from the middle; behind the middle none.
const KEEP: [u8; 2 * BLOCK] = {
    let mut keep = [0; 2 * BLOCK];
    let mut at = 0;
    while at < BLOCK {
        keep[at] = 0xff;
        at += 1;
    }
    keep
};

#[inline]
fn words(block: &[u8; BLOCK]) -> Words {
    let (first, second) = (block.first_chunk(), block.last_chunk());
    let number = |half: Option<&[u8; BLOCK / 2]>| half.map_or(0, |&half| u128::from_le_bytes(half));
    [number(first), number(second)]
}

/// The first bytes of a text as a block, of which only so many count; the others are zero.
#[inline]
fn beginning(text: &[u8], length: usize) -> Words {
    let [first, second] = match text.first_chunk() {
        Some(block) => words(block),
        None => words(&padded(text)),
    };
    let mask = KEEP[BLOCK - length.min(BLOCK)..].first_chunk();
    let [of_first, of_second] = mask.map_or([u128::MAX; 2], words);
    [first & of_first, second & of_second]
}

/// A text shorter than a block, and zeros behind it.
#[cold]
fn padded(text: &[u8]) -> [u8; BLOCK] {
    let mut padded = [0; BLOCK];
    padded[..text.len()].copy_from_slice(text);
    padded
}

/// A text in blocks.
#[derive(Clone, Copy)]
pub(crate) struct Blocks<'t> {
    length: usize,
    /// All but the last one.
    whole: &'t [[u8; BLOCK]],
    /// The last one, which may not be whole.
    last: Words,
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
            last: beginning(rest, length - before),
        }
    }

    /// The hash of the text.
    #[inline]
    pub(crate) fn hash(&self, keyed: &Keyed) -> u64 {
        self.hash_from(keyed, self.length as u64)
    }

    /// The hash of the text; other beginnings give other hashes.
    ///
    /// Mixing a block does not wait for those before it: the machine multiplies several at once.
    #[inline]
    pub(crate) fn hash_from(&self, keyed: &Keyed, begin: u64) -> u64 {
        let mut sum = begin;
        for block in self.whole {
            sum = add(sum, keyed.block(words(block)));
        }
        keyed.once(add(sum, keyed.block(self.last)), begin)
    }

    /// Is it the text that [`append_padded`] appended here?
    #[inline]
    pub(crate) fn is_padded(&self, padded: &[[u8; BLOCK]]) -> bool {
        let Some((before, [end, ..])) = padded.split_at_checked(self.whole.len()) else {
            return self.length == 0;
        };
        let mut difference = different(words(end), self.last);
        for (one, other) in before.iter().zip(self.whole) {
            difference |= different(words(one), words(other));
        }
        difference == 0 || self.length == 0
    }
}

/// Zero if two blocks are equal.
#[inline]
fn different([a, b]: Words, [c, d]: Words) -> u128 {
    (a ^ c) | (b ^ d)
}

/// Adds a mixed block; blocks in another order come to another sum.
#[inline]
fn add(sum: u64, block: u64) -> u64 {
    sum.rotate_left(29).wrapping_add(block)
}

/// Appends a text, filled up to a whole block with zeros.
pub(crate) fn append_padded(all: &mut Vec<[u8; BLOCK]>, text: &[u8]) {
    let (blocks, rest) = text.as_chunks();
    all.extend_from_slice(blocks);
    if !rest.is_empty() {
        all.push(padded(rest));
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
