//! Plain addresses of many records.
//!
//! In: a [`Batch`]. Out: of each address the local part in lower case, the domain and the hash. Nearly every local part of every
//! inventory is short and made of printable ASCII, and all that has to be done to it takes a few instructions without a loop.
//! Domains are few; what they are made of is looked at once for each.

use std::ops::Range;

use wide::u8x16;

use super::batch::{Batch, MOST};
use super::blocks::{BLOCK, Blocks};
use super::dictionary::Keyed;
use super::domains::{DomainFinder, DomainId};
use super::record::Span;

/// The longest local part that is looked at so.
const LONGEST: usize = 2 * BLOCK - 1;

/// The addresses of some records, as far as they are plain: with a local part of printable ASCII without spaces, and a domain
/// that has an id. Of the others there is nothing.
pub(crate) struct Addresses {
    /// The local parts in lower case; what is behind their ends means nothing.
    locals: Box<[[u8; 2 * BLOCK]; MOST]>,
    /// How long the local parts are.
    lengths: [u8; MOST],
    domains: [DomainId; MOST],
    hashes: [u64; MOST],
    /// A bit for each that is not plain.
    odd: u64,
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            locals: Box::new([[0; 2 * BLOCK]; MOST]),
            lengths: [0; MOST],
            domains: [0; MOST],
            hashes: [0; MOST],
            odd: 0,
        }
    }
}

impl Addresses {
    /// Looks at the addresses in a column of some records.
    ///
    /// One thing is done for all of them after the other: where little is at hand the machine has a place for it.
    #[inline(never)]
    pub(crate) fn look(
        &mut self,
        batch: &Batch<'_>,
        column: usize,
        domains: &mut DomainFinder,
        keyed: &Keyed,
    ) {
        self.odd = 0;
        let mut of_domains = [Span::default(); MOST];
        let places = self.locals.iter_mut().zip(&mut self.lengths);
        let places = places.zip(&mut of_domains).enumerate();
        for ((number, ((lower, length), domain)), span) in places.zip(batch.shown(column)) {
            let bare = bare(batch.window(span));
            let at = local_part(bare, lower);
            *length = at.unwrap_or(0);
            let start = span.end - bare.1 as u32 + u32::from(*length);
            *domain = Span { start, ..span };
            self.odd |= u64::from(at.is_none()) << number;
        }
        for (number, &domain) in of_domains.iter().enumerate().take(batch.len()) {
            match domains.plain(batch.text, domain) {
                Some((id, of_domain)) => {
                    let (local, length) = self.local(number);
                    self.hashes[number] = address_hash(keyed, local, length, of_domain);
                    self.domains[number] = id;
                }
                None => self.odd |= 1 << number,
            }
        }
    }

    /// A bit for each that is not plain.
    pub(crate) fn odd(&self) -> u64 {
        self.odd
    }

    /// The hashes of some of them.
    pub(crate) fn hashes(&self, some: Range<usize>) -> &[u64] {
        &self.hashes[some]
    }

    /// How long the local parts of some of them are, and the ids of their domains.
    pub(crate) fn parts(&self, some: Range<usize>) -> impl Iterator<Item = (u8, DomainId)> {
        let lengths = self.lengths[some.clone()].iter();
        lengths.copied().zip(self.domains[some].iter().copied())
    }

    /// Appends the local parts of some of them.
    #[inline]
    pub(crate) fn append_locals(&self, some: Range<usize>, locals: &mut Vec<u8>) {
        for number in some {
            let (local, length) = self.local(number);
            let end = locals.len() + length;
            // A whole block has no length to look at; what is too much goes in the end.
            let (first, second) = local.split_at(BLOCK);
            locals.extend_from_slice(first);
            if length > BLOCK {
                locals.extend_from_slice(second);
            }
            locals.truncate(end);
        }
    }

    fn local(&self, number: usize) -> (&[u8; 2 * BLOCK], usize) {
        (&self.locals[number], usize::from(self.lengths[number]))
    }
}

/// A cell without the `sip:` with which it may begin.
#[inline]
pub(crate) fn bare((text, length): (&[u8], usize)) -> (&[u8], usize) {
    // A colon has the bit that makes letters small.
    let is_sip = |first: &[u8; 4]| u32::from_le_bytes(*first) | 0x2020_2020 == SIP;
    match text.first_chunk() {
        Some(first) if length >= 4 && is_sip(first) && first[3] == b':' => (&text[4..], length - 4),
        _ => (text, length),
    }
}

const SIP: u32 = u32::from_le_bytes(*b"sip:");

/// Puts a local part into lower case and says how long it is; the address is the first so many bytes of a text. `None` where it
/// is anything but printable ASCII, or begins with an apostrophe, is longer than [`LONGEST`] or has no domain, or where the text
/// ends soon behind it.
#[inline(always)]
fn local_part((text, length): (&[u8], usize), lower: &mut [u8; 2 * BLOCK]) -> Option<u8> {
    let window: &[u8; 2 * BLOCK] = text.first_chunk()?;
    let (first, second) = window.split_at(BLOCK);
    let (lower_first, lower_second) = lower.split_at_mut(BLOCK);
    let mut looked = Looked::new(first, lower_first);
    // Nearly every local part ends in the first half.
    if looked.ats == 0 {
        let more = Looked::new(second, lower_second);
        looked.ats |= more.ats << BLOCK;
        looked.odd |= more.odd << BLOCK;
    }
    let at = looked.ats.trailing_zeros() as usize;
    let own = looked.ats ^ looked.ats.wrapping_sub(1);
    let is_plain = at < length.min(LONGEST + 1) && looked.odd & own == 0 && window[0] != b'\'';
    is_plain.then_some(at as u8)
}

/// What is in a block of an address.
struct Looked {
    /// A bit for each byte that is no printable ASCII, or a space.
    odd: u64,
    /// A bit for each `@`.
    ats: u64,
}

impl Looked {
    /// Looks at a block, and puts it into lower case.
    #[inline]
    fn new(block: &[u8], lower: &mut [u8]) -> Self {
        let mut looked = Self { odd: 0, ats: 0 };
        let sixteens = block.as_chunks().0.iter().zip(lower.as_chunks_mut().0);
        for (number, (&bytes, lower)) in sixteens.enumerate() {
            let bytes = u8x16::from(bytes);
            let is_between = |first: u8, last: u8| {
                let from_first = bytes - u8x16::splat(first);
                from_first
                    .min(u8x16::splat(last - first))
                    .cmp_eq(from_first)
            };
            let bits = |bytes: u8x16| u64::from(bytes.move_mask().cast_unsigned() as u16);
            let is_capital = is_between(b'A', b'Z');
            *lower = (bytes | is_capital & u8x16::splat(0x20)).to_array();
            looked.odd |= (bits(is_between(b'!', b'~')) ^ 0xffff) << (number * 16);
            looked.ats |= bits(bytes.cmp_eq(u8x16::splat(b'@'))) << (number * 16);
        }
        looked
    }
}

/// The hash of an address whose domain's hash is known; the local part is the first so many bytes of a text.
#[inline]
pub(crate) fn address_hash(keyed: &Keyed, text: &[u8], length: usize, domain: u64) -> u64 {
    Blocks::new(text, length).hash_from(keyed, domain.wrapping_add(length as u64))
}

/// What is found in a file with these cells, in one column.
#[cfg(test)]
pub(super) fn looked_at(cells: &[String], domains: &mut DomainFinder) -> Addresses {
    let mut text = String::new();
    let mut records = Vec::new();
    for cell in cells {
        let start = text.len() as u32;
        text = text + cell + "\n";
        let next = text.len() as u32;
        records.push(super::batch::Extent { start, next });
    }
    let text = text + &"behind@it".repeat(8);
    let ends: Vec<u32> = records.iter().map(|record| record.next - 1).collect();
    let batch = Batch {
        row: 1,
        text: text.as_bytes(),
        records: &records,
        ends: &ends,
        columns: 1,
    };
    let mut addresses = Addresses::default();
    addresses.look(&batch, 0, domains, &Keyed::fixed());
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_appended_is_lower_case_and_has_the_hash_of_what_is_stored(
            parts in proptest::collection::vec(("(sip:|SIP:)?", "([!-&(-?A-~][!-?A-~]{0,61})?", "@[!-?A-~]{0,40}"), 1..MOST),
        ) {
            let cells: Vec<String> = parts.iter().map(|(scheme, local, domain)| format!("\"{scheme}{local}{domain}\"")).collect();
            let (keyed, mut domains) = (Keyed::fixed(), DomainFinder::new(&Keyed::fixed()));
            let addresses = looked_at(&cells, &mut domains);
            prop_assert_eq!(addresses.odd(), 0);
            let all = 0..cells.len();
            let (mut locals, mut expected) = (b"before".to_vec(), b"before".to_vec());
            addresses.append_locals(all.clone(), &mut locals);
            let found = addresses.hashes(all.clone()).iter().zip(addresses.parts(all));
            for ((&hash, (length, id)), (_, local, domain)) in found.zip(&parts) {
                let local = local.to_ascii_lowercase();
                expected.extend_from_slice(local.as_bytes());
                let (own_id, of_domain) = domains.find(domain.to_ascii_lowercase().as_bytes());
                prop_assert_eq!((usize::from(length), id), (local.len(), own_id));
                prop_assert_eq!(hash, address_hash(&keyed, local.as_bytes(), local.len(), of_domain));
            }
            prop_assert_eq!(locals, expected);
        }

        #[test]
        fn anything_but_a_short_local_part_of_printable_ascii_and_a_domain_is_left_to_others(
            before in "[a-z]{0,20}", odd in "[ \t\u{7f}é\u{1}]", behind in "[a-z]{0,20}",
        ) {
            let cells = [
                format!("{before}{behind}@x"),
                format!("{before}{odd}{behind}@x"),
                format!("{before}{behind}@{odd}x"),
                format!("{before}{behind}@x@y"),
                format!("{before}{behind}"),
                format!("{before:x<64}@x"),
                format!("sip:'{behind}@x"),
                String::new(),
            ];
            let addresses = looked_at(&cells, &mut DomainFinder::new(&Keyed::fixed()));
            prop_assert_eq!(addresses.odd(), 0b1111_1110);
        }

        #[test]
        fn addresses_that_differ_have_different_hashes(one in "[ab]{0,40}", other in "[ab]{0,40}") {
            let keyed = Keyed::fixed();
            let hash = |text: &str| address_hash(&keyed, text.as_bytes(), text.len(), 7);
            prop_assert_eq!(hash(&one) == hash(&other), one == other);
        }
    }
}
