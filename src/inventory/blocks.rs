//! Texts, thirty-two bytes at a time.
//!
//! In: a text, given by its first byte, its length and whatever stands behind it. Out: its hash, and whether it is another
//! one. Cells are short and differ in length, so that what costs is every byte, word or branch for itself.

use wide::u8x16;

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

/// The first so many bytes of a block; the others are zero.
#[inline]
fn beginning(block: &[u8; BLOCK], length: usize) -> Words {
    let [first, second] = words(block);
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
        Self::within(text, 0, length)
    }

    /// So many bytes of a text, from `start` on.
    #[inline]
    pub(crate) fn within(text: &'t [u8], start: usize, length: usize) -> Self {
        let before = length.saturating_sub(1) & !(BLOCK - 1);
        let at = start + before;
        let last = match text.get(at..at + BLOCK).and_then(<[u8]>::first_chunk) {
            Some(block) => beginning(block, length - before),
            None => beginning(&padded(&text[at..]), length - before),
        };
        Self {
            length,
            whole: text[start..at].as_chunks().0,
            last,
        }
    }

    /// A text of so many bytes as [`Self::put`] left it.
    pub(crate) fn of(before: &'t [[u8; BLOCK]], last: &[u8; BLOCK], length: usize) -> Self {
        Self {
            length,
            whole: &before[..length.saturating_sub(1) / BLOCK],
            last: words(last),
        }
    }

    /// How many bytes the text has.
    #[inline]
    pub(crate) fn length(&self) -> usize {
        self.length
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
        let mut sum = add(begin, keyed.block(self.last));
        for block in self.whole {
            sum = add(sum, keyed.block(words(block)));
        }
        sum
    }

    /// A place for the text in a table.
    #[inline]
    pub(crate) fn place(&self, keyed: &Keyed) -> usize {
        // The upper bits of a folded product are the better mixed ones.
        (self.hash(keyed) >> 20) as usize
    }

    /// Is this the last block of the text, filled up with zeros?
    #[inline]
    pub(crate) fn end_with(&self, last: &[u8; BLOCK]) -> bool {
        different(words(last), self.last) == 0
    }

    /// Are these the blocks before the last, from `at` on?
    #[inline]
    pub(crate) fn begin_with(&self, blocks: &[[u8; BLOCK]], at: usize) -> bool {
        let Some(blocks) = blocks.get(at..at + self.whole.len()) else {
            return false;
        };
        let mut difference = u8x16::ZERO;
        for (one, other) in blocks.iter().zip(self.whole) {
            for (one, other) in one.as_chunks().0.iter().zip(other.as_chunks().0) {
                difference |= u8x16::from(*one) ^ u8x16::from(*other);
            }
        }
        difference.cmp_eq(u8x16::ZERO).all()
    }

    /// Appends the blocks before the last; the last one, filled up with zeros.
    pub(crate) fn put(&self, all: &mut Vec<[u8; BLOCK]>) -> [u8; BLOCK] {
        all.extend_from_slice(self.whole);
        let mut last = [0; BLOCK];
        for (half, word) in last.as_chunks_mut().0.iter_mut().zip(self.last) {
            *half = word.to_le_bytes();
        }
        last
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
            let mut before = Vec::new();
            let last = Blocks::new(text, text.len()).put(&mut before);
            prop_assert!(blocks.end_with(&last) && blocks.begin_with(&before, 0));
            let kept = Blocks::of(&before, &last, text.len());
            prop_assert_eq!(kept.hash(&keyed), blocks.hash(&keyed));
            prop_assert_eq!(kept.place(&keyed), blocks.place(&keyed));
        }

        #[test]
        fn texts_that_differ_anywhere_are_told_apart(text in "[ab]{1,70}", at in 0_usize..70) {
            let mut other = text.clone().into_bytes();
            let at = at % other.len();
            other[at] = b'x';
            let keyed = Keyed::fixed();
            let blocks = Blocks::new(&other, other.len());
            prop_assert_ne!(Blocks::new(text.as_bytes(), text.len()).hash(&keyed), blocks.hash(&keyed));
            let mut before = Vec::new();
            let text = Blocks::new(text.as_bytes(), text.len());
            prop_assert_ne!(text.place(&keyed), blocks.place(&keyed));
            let last = text.put(&mut before);
            prop_assert!(text.length != blocks.length || !(blocks.end_with(&last) && blocks.begin_with(&before, 0)));
        }
    }
}
