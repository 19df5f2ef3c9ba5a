//! What the bytes of a text are, sixty-four at a time.
//!
//! In: a block of bytes. Out: a bit for each, by what it may mean. There are two ways to look: one for any machine, and one for
//! those that look at thirty-two bytes with one instruction.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_set1_epi8,
};

use wide::u8x16;

/// How many bytes are looked at at a time.
pub(super) const BLOCK: usize = 64;

/// What is in a block: bits for bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) delimiters: u64,
    pub(super) quotes: u64,
    /// NUL, line ends and control characters, without delimiters.
    pub(super) controls: u64,
}

/// The highest of the bytes that end a record: below stand NUL, tab, line feed, and nothing that is common.
const CONTROL: u8 = b'\r';

/// What is looked for, once for each byte that is looked at with one instruction.
#[derive(Clone, Copy)]
pub(super) struct Needles {
    delimiter: u8x16,
    quote: u8x16,
    control: u8x16,
}

impl Needles {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter: u8x16::splat(delimiter),
            quote: u8x16::splat(b'"'),
            control: u8x16::splat(CONTROL),
        }
    }

    /// Looks at the 64 bytes of a block, without a branch.
    ///
    /// Compilers make vectors of such loops by themselves, but do not find the instruction that gathers a bit of each byte; left
    /// to them this costs several times as many instructions.
    #[inline]
    pub(super) fn look(&self, block: &[u8; BLOCK]) -> Kinds {
        let bits = |bytes: u8x16| u64::from(bytes.move_mask().cast_unsigned());
        let (mut delimiters, mut quotes, mut controls) = (0, 0, 0);
        for (at, &sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::from(sixteen);
            delimiters |= bits(bytes.cmp_eq(self.delimiter)) << (at * 16);
            quotes |= bits(bytes.cmp_eq(self.quote)) << (at * 16);
            controls |= bits(bytes.min(self.control).cmp_eq(bytes)) << (at * 16);
        }
        Kinds {
            delimiters,
            quotes,
            controls: controls & !delimiters,
        }
    }
}

/// The same for machines with AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(super) struct WideNeedles {
    delimiter: __m256i,
    quote: __m256i,
    control: __m256i,
}

#[cfg(target_arch = "x86_64")]
impl WideNeedles {
    /// Has this machine all instructions that whoever looks so may be made of?
    #[inline]
    pub(super) fn can_be_used() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn new(delimiter: u8) -> Self {
        let splat = |byte: u8| _mm256_set1_epi8(byte.cast_signed());
        Self {
            delimiter: splat(delimiter),
            quote: splat(b'"'),
            control: splat(CONTROL),
        }
    }

    /// As [`Needles::look`].
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn look(self, block: &[u8; BLOCK]) -> Kinds {
        let bits = |bytes: __m256i| u64::from(_mm256_movemask_epi8(bytes).cast_unsigned());
        let (mut delimiters, mut quotes, mut controls) = (0, 0, 0);
        for (at, &half) in block.as_chunks::<32>().0.iter().enumerate() {
            let bytes: __m256i = bytemuck::cast(half);
            let is_control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, self.control), bytes);
            delimiters |= bits(_mm256_cmpeq_epi8(bytes, self.delimiter)) << (at * 32);
            quotes |= bits(_mm256_cmpeq_epi8(bytes, self.quote)) << (at * 32);
            controls |= bits(is_control) << (at * 32);
        }
        Kinds {
            delimiters,
            quotes,
            controls: controls & !delimiters,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_block_is_seen_byte_by_byte(block in proptest::collection::vec(0_u8..64, BLOCK), delimiter in 1_u8..64) {
            let block: [u8; BLOCK] = block.try_into().expect("it has the length");
            let kinds = Needles::new(delimiter).look(&block);
            for (at, byte) in block.into_iter().enumerate() {
                prop_assert_eq!(kinds.delimiters >> at & 1 == 1, byte == delimiter);
                prop_assert_eq!(kinds.quotes >> at & 1 == 1, byte == b'"');
                prop_assert_eq!(kinds.controls >> at & 1 == 1, byte < 14 && byte != delimiter);
            }
        }
    }
}
