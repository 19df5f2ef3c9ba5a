//! Texts of cells that were seen before, and what they turned out to mean.
//!
//! In: the bytes of a cell. Out: the number that was worked out for them once. Most columns of an inventory hold few
//! different texts, so that nearly every cell costs one look here.

use std::hash::{BuildHasher, RandomState};

use super::blocks::{BLOCK, Blocks, Words};

/// A hash with a secret: nobody who writes a file can know which texts fall together.
///
/// Sixteen bytes after the other are mixed by a folded 64-bit multiplication, as in wyhash; the secret is new in every run and
/// never shows in any result.
#[derive(Clone, Debug)]
pub(crate) struct Keyed {
    secret: [u64; 4],
}

impl Keyed {
    /// A hash with a new secret.
    pub(crate) fn new() -> Self {
        let random = RandomState::new();
        Self {
            secret: [1_u8, 2, 3, 4].map(|n| random.hash_one(n)),
        }
    }

    /// A hash with a fixed secret, for what must come out the same in every run.
    pub(crate) const fn fixed() -> Self {
        Self {
            secret: [
                0x9e37_79b9_7f4a_7c15,
                0xbf58_476d_1ce4_e5b9,
                0x94d0_49bb_1331_11eb,
                0xd6e8_feb8_6659_fd93,
            ],
        }
    }

    /// The hash of some bytes.
    #[inline]
    pub(crate) fn bytes(&self, bytes: &[u8]) -> u64 {
        Blocks::new(bytes, bytes.len()).hash(self)
    }

    /// A hash of two numbers for finding them in a table that compares them again: one multiplication.
    #[inline]
    pub(crate) fn once(&self, a: u64, b: u64) -> u64 {
        fold(a ^ self.secret[0], b ^ self.secret[1])
    }

    /// Thirty-two bytes, mixed by two multiplications.
    #[inline]
    pub(crate) fn block(&self, [first, second]: Words) -> u64 {
        let [a, b, c, d] = self.secret;
        let first = fold(first as u64 ^ a, (first >> 64) as u64 ^ b);
        let second = fold(second as u64 ^ c, (second >> 64) as u64 ^ d);
        first.wrapping_add(second)
    }

    /// The hash of two numbers.
    #[inline]
    pub(crate) fn pair(&self, a: u64, b: u64) -> u64 {
        let state = self.mix(self.secret[2], a, b);
        fold(state ^ self.secret[0], self.secret[1])
    }

    #[inline]
    fn mix(&self, state: u64, a: u64, b: u64) -> u64 {
        fold(a ^ self.secret[0] ^ state, b ^ self.secret[1])
    }
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

/// Texts with a value each.
#[derive(Clone, Debug)]
pub(crate) struct Dictionary<V = u32> {
    keyed: Keyed,
    /// The numbers of texts and one, by their hashes; zero where free.
    slots: Vec<u32>,
    texts: Vec<Text<V>>,
    /// The blocks of longer texts but for the last of each, one text behind the other.
    blocks: Vec<[u8; BLOCK]>,
}

/// A text.
#[derive(Clone, Copy, Debug)]
struct Text<V> {
    /// The last block, filled up with zeros. For most texts there is no other.
    last: [u8; BLOCK],
    length: u32,
    /// Where the blocks before the last begin.
    before: u32,
    value: V,
}

/// How many texts one dictionary holds at most: what comes later is worked out each time, so that a column in which every
/// cell is different costs time and not memory.
const MOST: usize = 1 << 16;

/// So many slots there are for each text at least: where nearly every text stands in its own place, the machine rarely guesses
/// wrong that it does.
const ROOM: usize = 4;

/// The longest text that is kept, in bytes.
const LONGEST: usize = 1 << 12;

impl<V: Copy> Dictionary<V> {
    pub(crate) fn new(keyed: Keyed) -> Self {
        Self {
            keyed,
            slots: vec![0; 32],
            texts: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// The value of a text, if it was put in.
    #[inline]
    pub(crate) fn get(&self, text: &[u8]) -> Option<V> {
        self.find(text, text.len())
    }

    /// The value of the first so many bytes of a text, if they were put in.
    ///
    /// Called for every cell: calling it for itself would be a sixth of its cost.
    #[inline(always)]
    pub(crate) fn find(&self, text: &[u8], length: usize) -> Option<V> {
        self.find_blocks(&Blocks::new(text, length))
    }

    /// The value of a text, if it was put in.
    #[inline(always)]
    pub(crate) fn find_blocks(&self, blocks: &Blocks<'_>) -> Option<V> {
        let mut at = blocks.place(&self.keyed);
        loop {
            let number = *self.slots.get(at & (self.slots.len() - 1))?;
            let known = self.texts.get(number.checked_sub(1)? as usize)?;
            if known.length as usize == blocks.length()
                && blocks.end_with(&known.last)
                && blocks.begin_with(&self.blocks, known.before as usize)
            {
                return Some(known.value);
            }
            at += 1;
        }
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Puts a text in that is not there yet; does nothing with a very long one, or once there are too many.
    pub(crate) fn put(&mut self, text: &[u8], value: V) {
        if self.texts.len() >= MOST || text.len() > LONGEST {
            return;
        }
        if (self.texts.len() + 1) * ROOM > self.slots.len() {
            self.grow();
        }
        let blocks = Blocks::new(text, text.len());
        let before = self.blocks.len() as u32;
        let last = blocks.put(&mut self.blocks);
        self.texts.push(Text {
            last,
            length: text.len() as u32,
            before,
            value,
        });
        self.insert(self.texts.len() as u32, blocks.place(&self.keyed));
    }

    fn insert(&mut self, number: u32, mut at: usize) {
        let mask = self.slots.len() - 1;
        while self.slots[at & mask] != 0 {
            at += 1;
        }
        self.slots[at & mask] = number;
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for at in 0..self.texts.len() {
            let Text {
                last,
                length,
                before,
                ..
            } = &self.texts[at];
            let blocks = Blocks::of(&self.blocks[*before as usize..], last, *length as usize);
            self.insert(at as u32 + 1, blocks.place(&self.keyed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn every_text_gets_its_own_number_back(texts in proptest::collection::vec("[ab]{0,20}", 0..300)) {
            let mut dictionary = Dictionary::new(Keyed::new());
            let mut expected: HashMap<String, u32> = HashMap::new();
            for (number, text) in texts.iter().enumerate() {
                if dictionary.get(text.as_bytes()).is_none() {
                    dictionary.put(text.as_bytes(), number as u32);
                    prop_assert!(expected.insert(text.clone(), number as u32).is_none());
                }
                prop_assert_eq!(dictionary.get(text.as_bytes()), expected.get(text).copied());
            }
        }

        #[test]
        fn texts_that_differ_anywhere_have_different_hashes(text in "[ab]{1,70}", at in 0_usize..70) {
            let mut other = text.clone().into_bytes();
            let at = at % other.len();
            other[at] = b'x';
            let keyed = Keyed::fixed();
            prop_assert_ne!(keyed.bytes(text.as_bytes()), keyed.bytes(&other));
        }
    }

    #[test]
    fn a_full_dictionary_forgets_nothing_and_takes_nothing_more() {
        let mut dictionary = Dictionary::new(Keyed::fixed());
        for number in 0..=MOST as u32 {
            dictionary.put(number.to_string().as_bytes(), number);
        }
        assert_eq!(dictionary.get(b"0"), Some(0));
        assert_eq!(
            dictionary.get((MOST - 1).to_string().as_bytes()),
            Some(MOST as u32 - 1)
        );
        assert_eq!(dictionary.get(MOST.to_string().as_bytes()), None);
    }
}
