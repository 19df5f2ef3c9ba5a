//! Texts of cells that were seen before, and what they turned out to mean.
//!
//! In: the bytes of a cell. Out: the number that was worked out for them once. Most columns of an inventory hold few
//! different texts, so that nearly every cell costs one look here.

use std::hash::{BuildHasher, RandomState};

/// A hash with a secret: nobody who writes a file can know which texts fall together.
///
/// Sixteen bytes at a time are mixed by a folded 64-bit multiplication, as in wyhash; the secret is new in every run and
/// never shows in any result.
#[derive(Clone, Debug)]
pub(crate) struct Keyed {
    secret: [u64; 3],
}

impl Keyed {
    /// A hash with a new secret.
    pub(crate) fn new() -> Self {
        let random = RandomState::new();
        Self {
            secret: [1_u8, 2, 3].map(|n| random.hash_one(n)),
        }
    }

    /// A hash with a fixed secret, for what must come out the same in every run.
    pub(crate) const fn fixed() -> Self {
        Self {
            secret: [
                0x9e37_79b9_7f4a_7c15,
                0xbf58_476d_1ce4_e5b9,
                0x94d0_49bb_1331_11eb,
            ],
        }
    }

    /// The hash of some bytes.
    #[inline]
    pub(crate) fn bytes(&self, bytes: &[u8]) -> u64 {
        let mut state = self.secret[2] ^ bytes.len() as u64;
        let mut rest = bytes;
        if rest.len() > 32 {
            // Two lanes, because a multiplication has to wait for the one before it in its lane.
            let mut other = !state;
            while rest.len() > 32 {
                state = self.mix(state, word(rest, 0), word(rest, 8));
                other = self.mix(other, word(rest, 16), word(rest, 24));
                rest = &rest[32..];
            }
            state ^= other.rotate_left(32);
        }
        if rest.len() > 16 {
            state = self.mix(state, word(rest, 0), word(rest, 8));
            rest = &rest[16..];
        }
        let (a, b) = ends(rest);
        let state = self.mix(state, a, b);
        fold(state ^ self.secret[0], self.secret[1])
    }

    /// A hash of two numbers for finding them in a table that compares them again: one multiplication.
    #[inline]
    pub(crate) fn once(&self, a: u64, b: u64) -> u64 {
        fold(a ^ self.secret[0], b ^ self.secret[1])
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

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// The first so many bytes of a text, at most sixteen, as two words.
#[inline]
fn halves(text: &[u8], length: usize) -> (u64, u64) {
    let sixteen = text.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [0; 16];
        padded[..length].copy_from_slice(&text[..length]);
        padded
    });
    let bits = 8 * length as u32;
    let mask = u128::MAX.checked_shr(128 - bits).unwrap_or(0);
    let both = u128::from_le_bytes(sixteen) & mask;
    (both as u64, (both >> 64) as u64)
}

/// Two words that, together with the length, say all about up to sixteen bytes.
#[inline]
fn ends(bytes: &[u8]) -> (u64, u64) {
    let length = bytes.len();
    if length >= 8 {
        (word(bytes, 0), word(bytes, length - 8))
    } else if length >= 4 {
        (half(bytes, 0), half(bytes, length - 4))
    } else if length > 0 {
        let [first, middle, last] = [bytes[0], bytes[length / 2], bytes[length - 1]].map(u64::from);
        (first | middle << 8 | last << 16, 0)
    } else {
        (0, 0)
    }
}

#[inline]
fn half(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, |four| u64::from(u32::from_le_bytes(four)))
}

/// Texts with a number each.
#[derive(Clone, Debug)]
pub(crate) struct Dictionary {
    hash: Keyed,
    slots: Vec<Slot>,
    used: usize,
    /// The texts of more than sixteen bytes, one behind the other.
    long: Vec<u8>,
}

/// A text: itself if it has up to sixteen bytes, else its hash and where it stands.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    a: u64,
    b: u64,
    /// Length and one; zero in an empty slot.
    length: u32,
    value: u32,
}

/// How many texts one dictionary holds at most: what comes later is worked out each time, so that a column in which every
/// cell is different costs time and not memory.
const MOST: usize = 1 << 16;

impl Dictionary {
    pub(crate) fn new(hash: Keyed) -> Self {
        Self {
            hash,
            slots: vec![Slot::default(); 32],
            used: 0,
            long: Vec::new(),
        }
    }

    /// The number of a text, if it was put in.
    #[inline]
    pub(crate) fn get(&self, text: &[u8]) -> Option<u32> {
        self.find(text, text.len())
    }

    /// The number of the first so many bytes of a text, if they were put in. With sixteen bytes to read there is no branch on
    /// the length, which is different from cell to cell.
    #[inline]
    pub(crate) fn find(&self, text: &[u8], length: usize) -> Option<u32> {
        let (a, b, hash) = self.key(text, length);
        let text = text.get(..length).unwrap_or(text);
        let mut at = self.start(hash);
        loop {
            let slot = &self.slots[at];
            if slot.length == 0 {
                return None;
            }
            if slot.a == a && slot.length as usize == text.len() + 1 && self.is_same(slot, b, text)
            {
                return Some(slot.value);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Puts a text in that is not there yet; does nothing once there are too many.
    pub(crate) fn put(&mut self, text: &[u8], value: u32) {
        let Ok(length) = u32::try_from(text.len() + 1) else {
            return;
        };
        if self.used >= MOST {
            return;
        }
        if (self.used + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let (a, mut b, hash) = self.key(text, text.len());
        if text.len() > 16 {
            b = self.long.len() as u64;
            self.long.extend_from_slice(text);
        }
        self.used += 1;
        self.insert(
            hash,
            Slot {
                a,
                b,
                length,
                value,
            },
        );
    }

    fn insert(&mut self, hash: u64, slot: Slot) {
        let mut at = self.start(hash);
        while self.slots[at].length != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = slot;
    }

    fn grow(&mut self) {
        let larger = vec![Slot::default(); self.slots.len() * 2];
        for slot in std::mem::replace(&mut self.slots, larger) {
            if slot.length != 0 {
                let hash = if slot.length > 17 {
                    slot.a
                } else {
                    self.short_hash(slot.a, slot.b, slot.length - 1)
                };
                self.insert(hash, slot);
            }
        }
    }

    #[inline]
    fn key(&self, text: &[u8], length: usize) -> (u64, u64, u64) {
        if length <= 16 {
            let (a, b) = halves(text, length);
            let hash = self.short_hash(a, b, length as u32);
            (a, b, hash)
        } else {
            let hash = self.hash.bytes(text.get(..length).unwrap_or(text));
            (hash, 0, hash)
        }
    }

    #[inline]
    fn short_hash(&self, a: u64, b: u64, length: u32) -> u64 {
        self.hash.once(a ^ u64::from(length) << 56, b)
    }

    #[inline]
    fn is_same(&self, slot: &Slot, b: u64, text: &[u8]) -> bool {
        if text.len() <= 16 {
            return slot.b == b;
        }
        let Ok(start) = usize::try_from(slot.b) else {
            return false;
        };
        self.long.get(start..start + text.len()) == Some(text)
    }

    #[inline]
    fn start(&self, hash: u64) -> usize {
        // The upper bits of a folded product are the better mixed ones.
        let at = (hash >> 20) as usize;
        at & (self.slots.len() - 1)
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
        fn texts_that_differ_anywhere_have_different_words(text in "[ab]{1,16}", at in 0_usize..16) {
            let mut other = text.clone().into_bytes();
            let at = at % other.len();
            other[at] = b'x';
            prop_assert_ne!(ends(text.as_bytes()), ends(&other));
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
