//! Plain addresses, thirty-two bytes at a time.
//!
//! In: an address as a file has it. Out: its local part in lower case, where its domain begins, and its hash. Nearly every
//! address of every inventory is short and made of printable ASCII, and all that has to be done to it takes a few
//! instructions without a loop.

use wide::u8x16;

use super::blocks::{BLOCK, Blocks};
use super::dictionary::Keyed;

/// The longest address that is looked at so.
const LONGEST: usize = 2 * BLOCK;

/// An address of printable ASCII without spaces.
pub(crate) struct Plain {
    /// The address in lower case; what is behind its end means nothing.
    lower: [u8; LONGEST],
    /// The position of its last `@`.
    pub(crate) at: usize,
}

impl Plain {
    /// The first so many bytes of a text; `None` where this is no plain address with an `@`, or a long one, or the text ends
    /// soon behind it.
    #[inline]
    pub(crate) fn new(text: &[u8], length: usize) -> Option<Self> {
        let window: &[u8; LONGEST] = text.first_chunk()?;
        if !(1..=LONGEST).contains(&length) {
            return None;
        }
        let mut lower = [0; LONGEST];
        let (mut graphic, mut ats) = (0, 0);
        // Most addresses end in the first half.
        let places = lower.as_chunks_mut::<16>().0.iter_mut();
        let sixteens = window.as_chunks::<16>().0.iter().zip(places);
        for (number, (&sixteen, place)) in sixteens.enumerate().take(length.div_ceil(BLOCK) * 2) {
            let looked = Sixteen::new(sixteen);
            graphic |= u64::from(looked.graphic) << (number * 16);
            ats |= u64::from(looked.ats) << (number * 16);
            *place = looked.lower;
        }
        let own = u64::MAX >> (LONGEST - length);
        if graphic & own != own {
            return None;
        }
        let at = (ats & own).checked_ilog2()? as usize;
        Some(Self { lower, at })
    }

    /// The hash of the address, whose domain has this one.
    #[inline]
    pub(crate) fn hash(&self, keyed: &Keyed, domain: u64) -> u64 {
        address_hash(keyed, &self.lower, self.at, domain)
    }

    /// Appends the local part.
    #[inline]
    pub(crate) fn append_local(&self, locals: &mut Vec<u8>) {
        let end = locals.len() + self.at;
        // A whole block has no length to look at; what is too much goes in the end.
        let (first, second) = self.lower.split_at(BLOCK);
        locals.extend_from_slice(first);
        if self.at > BLOCK {
            locals.extend_from_slice(second);
        }
        locals.truncate(end);
    }
}

/// Sixteen bytes of an address.
struct Sixteen {
    lower: [u8; 16],
    /// A bit for each byte that is printable ASCII and no space.
    graphic: u16,
    /// A bit for each `@`.
    ats: u16,
}

impl Sixteen {
    #[inline]
    fn new(bytes: [u8; 16]) -> Self {
        let bytes = u8x16::from(bytes);
        let between = |first: u8, last: u8| {
            let from = bytes.max(u8x16::splat(first)).cmp_eq(bytes);
            from & bytes.min(u8x16::splat(last)).cmp_eq(bytes)
        };
        let mask = |bytes: u8x16| bytes.move_mask().cast_unsigned() as u16;
        Self {
            lower: (bytes | between(b'A', b'Z') & u8x16::splat(0x20)).to_array(),
            graphic: mask(between(b'!', b'~')),
            ats: mask(bytes.cmp_eq(u8x16::splat(b'@'))),
        }
    }
}

/// The hash of an address whose domain's hash is known; the local part is the first so many bytes of a text.
#[inline]
pub(crate) fn address_hash(keyed: &Keyed, text: &[u8], length: usize, domain: u64) -> u64 {
    Blocks::new(text, length).hash_from(keyed, domain.wrapping_add(length as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_appended_is_lower_case_and_has_the_hash_of_what_is_stored(
            local in "[!-~]{0,40}", rest in "@[!-?A-~]{0,23}", behind in "[a-z@ é]{64}", domain in any::<u64>(),
        ) {
            let keyed = Keyed::fixed();
            let address = format!("{local}{rest}");
            let whole = format!("{address}{behind}");
            let plain = Plain::new(whole.as_bytes(), address.len()).expect("it is plain and short");
            prop_assert_eq!(plain.at, local.len());
            let mut locals = b"before".to_vec();
            plain.append_local(&mut locals);
            let lowered = local.to_ascii_lowercase();
            prop_assert_eq!(&locals[6..], lowered.as_bytes());
            let hash = plain.hash(&keyed, domain);
            prop_assert_eq!(hash, address_hash(&keyed, lowered.as_bytes(), lowered.len(), domain));
            let with_more = format!("{lowered}{behind}");
            prop_assert_eq!(hash, address_hash(&keyed, with_more.as_bytes(), lowered.len(), domain));
        }

        #[test]
        fn anything_but_short_printable_ascii_with_a_domain_is_left_to_others(
            before in "[a-z]{0,20}", odd in "[ \t\u{7f}é\u{1}]", behind in "[a-z]{0,20}",
        ) {
            let is_plain = |address: &str| Plain::new(format!("{address}{:@<64}", "").as_bytes(), address.len()).is_some();
            let with_domain = format!("{before}{behind}@x");
            prop_assert!(is_plain(&with_domain));
            let has_odd_byte = format!("{before}{odd}{behind}@x");
            let has_no_domain = format!("{before}{behind}");
            let is_long = format!("{with_domain}{:x<64}", "");
            prop_assert!(!is_plain(&has_odd_byte) && !is_plain(&has_no_domain) && !is_plain(&is_long));
        }

        #[test]
        fn addresses_that_differ_have_different_hashes(one in "[ab]{0,40}", other in "[ab]{0,40}") {
            let keyed = Keyed::fixed();
            let hash = |text: &str| address_hash(&keyed, text.as_bytes(), text.len(), 7);
            prop_assert_eq!(hash(&one) == hash(&other), one == other);
        }
    }
}
