//! Plain addresses, sixteen bytes at a time.
//!
//! In: the local part of an address as a file has it. Out: the same in lower case, and the hash of the address. Nearly every
//! address of every inventory is made of printable ASCII, and all that has to be done to it fits in one pass.

use wide::u8x16;

use super::blocks::{BLOCK, BlockHash, beginning, block};
use super::dictionary::Keyed;

/// A block in lower case; `None` unless its first so many bytes are printable ASCII without spaces.
#[inline]
fn lower(block: [u8; BLOCK], length: usize) -> Option<[u8; BLOCK]> {
    let between = |bytes: u8x16, first: u8, last: u8| {
        bytes.max(u8x16::splat(first)).cmp_eq(bytes) & bytes.min(u8x16::splat(last)).cmp_eq(bytes)
    };
    let bytes = u8x16::from(block);
    let is_graphic = between(bytes, b'!', b'~').move_mask().cast_unsigned();
    let wanted = (1_u32 << length.min(BLOCK)) - 1;
    if is_graphic & wanted != wanted {
        return None;
    }
    let is_upper = between(bytes, b'A', b'Z');
    Some((bytes | is_upper & u8x16::splat(0x20)).to_array())
}

/// The hash of an address whose domain's hash is known; the local part is the first so many bytes of a text.
#[inline]
pub(crate) fn address_hash(keyed: &Keyed, text: &[u8], length: usize, domain: u64) -> u64 {
    let mut hash = BlockHash::new(keyed, domain.wrapping_add(length as u64));
    let (mut rest, mut left) = (text, length);
    while left > 0 {
        hash.take(beginning(block(rest), left));
        rest = rest.get(BLOCK..).unwrap_or_default();
        left = left.saturating_sub(BLOCK);
    }
    hash.finish()
}

/// Appends the first so many bytes of a text in lower case; the hash of the address, or `None` and nothing is appended,
/// unless they are printable ASCII without spaces.
#[inline]
pub(crate) fn append_lower(
    locals: &mut Vec<u8>,
    text: &[u8],
    length: usize,
    (keyed, domain): (&Keyed, u64),
) -> Option<u64> {
    let end = locals.len() + length;
    let mut hash = BlockHash::new(keyed, domain.wrapping_add(length as u64));
    let (mut rest, mut left) = (text, length);
    while left > 0 {
        let Some(lowered) = lower(block(rest), left) else {
            locals.truncate(end - length);
            return None;
        };
        hash.take(beginning(lowered, left));
        // A whole block has no length to look at; what is too much goes in the end.
        locals.extend_from_slice(&lowered);
        rest = rest.get(BLOCK..).unwrap_or_default();
        left = left.saturating_sub(BLOCK);
    }
    locals.truncate(end);
    Some(hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_appended_is_lower_case_and_has_the_hash_of_what_is_stored(
            text in "[!-~]{0,50}", behind in "[a-z é]{0,20}", domain in any::<u64>(),
        ) {
            let keyed = Keyed::fixed();
            let whole = format!("{text}{behind}");
            let mut locals = b"before".to_vec();
            let hash = append_lower(&mut locals, whole.as_bytes(), text.len(), (&keyed, domain));
            let lowered = text.to_ascii_lowercase();
            prop_assert_eq!(&locals[6..], lowered.as_bytes());
            prop_assert_eq!(hash, Some(address_hash(&keyed, lowered.as_bytes(), lowered.len(), domain)));
            let with_more = format!("{lowered}{behind}");
            prop_assert_eq!(hash, Some(address_hash(&keyed, with_more.as_bytes(), lowered.len(), domain)));
        }

        #[test]
        fn anything_but_printable_ascii_is_left_to_others(before in "[a-z]{0,40}", odd in "[ \t\u{7f}é\u{1}]", behind in "[a-z]{0,40}") {
            let text = format!("{before}{odd}{behind}");
            let mut locals = Vec::new();
            prop_assert_eq!(append_lower(&mut locals, text.as_bytes(), text.len(), (&Keyed::fixed(), 1)), None);
            prop_assert!(locals.is_empty());
        }

        #[test]
        fn addresses_that_differ_have_different_hashes(one in "[ab]{0,40}", other in "[ab]{0,40}") {
            let keyed = Keyed::fixed();
            let hash = |text: &str| address_hash(&keyed, text.as_bytes(), text.len(), 7);
            prop_assert_eq!(hash(&one) == hash(&other), one == other);
        }
    }
}
