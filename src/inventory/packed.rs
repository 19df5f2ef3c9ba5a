//! Addresses with a number each, packed: an inventory may have ten million of them.
//!
//! In: addresses one after the other, split at their domain. Out: the address and the number of any position. An address
//! costs its local part and two bytes for its length, two for its domain, and four for the number.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// A SIP address in two parts, as it is stored, always split at its last `@`: comparing, printing and copying treat it as the
/// one text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address<'a> {
    local: &'a str,
    domain: &'a str,
}

impl<'a> Address<'a> {
    /// The part before the last `@`; everything where there is none.
    #[must_use]
    pub fn local(&self) -> &'a str {
        self.local
    }

    /// The last `@` and what follows it; empty where there is none.
    #[must_use]
    pub fn at_domain(&self) -> &'a str {
        self.domain
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.local.len() + self.domain.len()
    }

    /// No byte at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The address as one text.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        if self.domain.is_empty() {
            Cow::Borrowed(self.local)
        } else {
            Cow::Owned([self.local, self.domain].concat())
        }
    }

    /// Appends the address to a buffer.
    #[inline]
    pub fn append_to(&self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(self.local.as_bytes());
        buffer.extend_from_slice(self.domain.as_bytes());
    }

    fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.local.bytes().chain(self.domain.bytes())
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

impl PartialEq<str> for Address<'_> {
    fn eq(&self, other: &str) -> bool {
        self.len() == other.len() && self.bytes().eq(other.bytes())
    }
}

impl PartialEq<&str> for Address<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// By code point, as UTF-8 sorts (contract section 5.3).
impl Ord for Address<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let common = self.local.len().min(other.local.len());
        self.local.as_bytes()[..common]
            .cmp(&other.local.as_bytes()[..common])
            .then_with(|| self.bytes().skip(common).cmp(other.bytes().skip(common)))
    }
}

impl PartialOrd for Address<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How many addresses stand together: within a chunk offsets are short.
const CHUNK: usize = 1 << 16;
/// So many addresses count their offsets from the same byte.
const GROUP: usize = 32;
/// Longest local part that is stored beside the others.
const SHORT: usize = u16::MAX as usize / GROUP;
/// In place of a domain: the local part is too long or there are too many domains, so the address stands apart.
const APART: u16 = u16::MAX;

/// A domain's position among the [`Domains`]; [`u16::MAX`] where there is no room for it.
pub(crate) type DomainId = u16;

/// The domains of all addresses, with their `@`; the first is empty.
#[derive(Clone, Debug)]
pub(crate) struct Domains {
    list: Vec<Box<str>>,
}

impl Default for Domains {
    fn default() -> Self {
        Self {
            list: vec!["".into()],
        }
    }
}

impl Domains {
    /// Adds a domain that is not there yet.
    pub(crate) fn add(&mut self, domain: &str) -> DomainId {
        match u16::try_from(self.list.len()) {
            Ok(id) if id < APART => {
                self.list.push(domain.into());
                id
            }
            _ => APART,
        }
    }

    pub(crate) fn get(&self, id: DomainId) -> &str {
        self.list.get(usize::from(id)).map_or("", |domain| domain)
    }

    pub(crate) fn find(&self, domain: &str) -> Option<DomainId> {
        let at = self.list.iter().position(|known| **known == *domain)?;
        u16::try_from(at).ok()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|domain| &**domain)
    }
}

/// Local part, domain and number of many addresses.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    chunks: Vec<Chunk>,
    length: usize,
}

#[derive(Debug, Default)]
struct Chunk {
    locals: String,
    /// Where each group of addresses begins.
    bases: Vec<u32>,
    /// Where each local part ends, from the beginning of its group.
    ends: Vec<u16>,
    domains: Vec<DomainId>,
    numbers: Vec<u32>,
    /// Addresses that stand apart, whole, by their position in the chunk.
    apart: Vec<(u16, Box<str>)>,
}

impl Chunk {
    fn push(&mut self, local: &str, domain: DomainId, number: u32) {
        if self.ends.len().is_multiple_of(GROUP) {
            // A chunk holds 65,536 local parts of at most 2,047 bytes.
            self.bases
                .push(u32::try_from(self.locals.len()).unwrap_or(u32::MAX));
        }
        self.locals.push_str(local);
        let base = self.bases.last().map_or(0, |&base| base as usize);
        let end = u16::try_from(self.locals.len() - base).unwrap_or(u16::MAX);
        self.ends.push(end);
        self.domains.push(domain);
        self.numbers.push(number);
    }

    fn local(&self, at: usize) -> &str {
        let base = self.bases[at / GROUP] as usize;
        let start = if at.is_multiple_of(GROUP) {
            0
        } else {
            usize::from(self.ends[at - 1])
        };
        &self.locals[base + start..base + usize::from(self.ends[at])]
    }

    #[inline]
    fn for_each<'a>(
        &'a self,
        domains: &'a Domains,
        mut take: impl FnMut(Address<'a>, DomainId, u32),
    ) {
        let mut start = 0;
        for (at, (&domain, &number)) in self.domains.iter().zip(&self.numbers).enumerate() {
            let end = self.bases[at / GROUP] as usize + usize::from(self.ends[at]);
            let address = match domain {
                APART => split(self.apart(at)),
                id => Address {
                    local: &self.locals[start..end],
                    domain: domains.get(id),
                },
            };
            take(address, domain, number);
            start = end;
        }
    }

    fn apart(&self, at: usize) -> &str {
        self.apart
            .binary_search_by_key(&at, |&(position, _)| usize::from(position))
            .map_or("", |found| &self.apart[found].1)
    }
}

impl Packed {
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Appends an address. A domain without room, or a local part that is too long, puts it apart.
    pub(crate) fn push(&mut self, local: &str, at_domain: &str, domain: DomainId, number: u32) {
        if self.length.is_multiple_of(CHUNK) {
            self.begin_chunk();
        }
        let position = self.length % CHUNK;
        self.length += 1;
        let Some(chunk) = self.chunks.last_mut() else {
            return;
        };
        if domain == APART || local.len() > SHORT {
            let position = u16::try_from(position).unwrap_or(u16::MAX);
            chunk
                .apart
                .push((position, [local, at_domain].concat().into()));
            chunk.push("", APART, number);
        } else {
            chunk.push(local, domain, number);
        }
    }

    /// A full chunk gives back what it does not need; the next one is as large from the start.
    fn begin_chunk(&mut self) {
        let next = match self.chunks.last_mut() {
            None => Chunk::default(),
            Some(full) => {
                full.locals.shrink_to_fit();
                Chunk {
                    locals: String::with_capacity(full.locals.len()),
                    bases: Vec::with_capacity(CHUNK / GROUP),
                    ends: Vec::with_capacity(CHUNK),
                    domains: Vec::with_capacity(CHUNK),
                    numbers: Vec::with_capacity(CHUNK),
                    apart: Vec::new(),
                }
            }
        };
        self.chunks.push(next);
    }

    /// The address at a position.
    pub(crate) fn address<'a>(&'a self, at: usize, domains: &'a Domains) -> Address<'a> {
        let (chunk, at) = (&self.chunks[at / CHUNK], at % CHUNK);
        match chunk.domains[at] {
            APART => split(chunk.apart(at)),
            id => Address {
                local: chunk.local(at),
                domain: domains.get(id),
            },
        }
    }

    /// Hands on every address, with its position and number.
    pub(crate) fn for_each<'a>(
        &'a self,
        domains: &'a Domains,
        mut take: impl FnMut(usize, Address<'a>, DomainId, u32),
    ) {
        let mut position = 0;
        for chunk in &self.chunks {
            chunk.for_each(domains, |address, domain, number| {
                take(position, address, domain, number);
                position += 1;
            });
        }
    }

    /// The number at a position.
    #[inline]
    pub(crate) fn number(&self, at: usize) -> u32 {
        self.chunks[at / CHUNK].numbers[at % CHUNK]
    }

    /// Gives every domain a new id.
    pub(crate) fn renumber_domains(&mut self, new: &[DomainId]) {
        for domain in self.chunks.iter_mut().flat_map(|chunk| &mut chunk.domains) {
            if let Some(&id) = new.get(usize::from(*domain)) {
                *domain = id;
            }
        }
    }
}

/// An address at its last `@`.
pub(crate) fn split(address: &str) -> Address<'_> {
    let (local, domain) = address.split_at(address.rfind('@').unwrap_or(address.len()));
    Address { local, domain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(addresses: &[String]) -> (Packed, Domains) {
        let (mut packed, mut domains) = (Packed::default(), Domains::default());
        for (number, address) in (0_u32..).zip(addresses) {
            let parts = split(address);
            let domain = domains
                .find(parts.domain)
                .unwrap_or_else(|| domains.add(parts.domain));
            packed.push(parts.local, parts.domain, domain, number);
        }
        (packed, domains)
    }

    proptest! {
        #[test]
        fn every_address_comes_back_and_sorts_as_text(
            addresses in proptest::collection::vec("[a-c@é]{0,6}|[ab]{2040,2060}@[ab]", 1..100),
        ) {
            let (packed, domains) = packed(&addresses);
            for (at, address) in addresses.iter().enumerate() {
                let found = packed.address(at, &domains);
                prop_assert_eq!(found.text(), address.as_str());
                prop_assert_eq!(found.to_string(), address.as_str());
                prop_assert_eq!(packed.number(at) as usize, at);
                let first = packed.address(0, &domains);
                prop_assert_eq!(found.cmp(&first), address.cmp(&addresses[0]));
                prop_assert_eq!(found == first, *address == addresses[0]);
            }
        }
    }

    #[test]
    fn chunks_follow_each_other() {
        let addresses: Vec<String> = (0..CHUNK * 2 + 5).map(|n| format!("user{n}@x")).collect();
        let (packed, domains) = packed(&addresses);
        for at in [0, 1, GROUP, CHUNK - 1, CHUNK, CHUNK * 2, CHUNK * 2 + 4] {
            assert!(packed.address(at, &domains) == *addresses[at]);
        }
    }

    #[test]
    fn more_domains_than_ids_are_no_problem() {
        let addresses: Vec<String> = (0..70_000).map(|n| format!("a@{n}")).collect();
        let (mut packed, mut domains) = (Packed::default(), Domains::default());
        for address in &addresses {
            let parts = split(address);
            let domain = domains.add(parts.domain);
            packed.push(parts.local, parts.domain, domain, 0);
        }
        assert!(packed.address(69_999, &domains) == *addresses[69_999]);
        assert!(packed.address(5, &domains) == *addresses[5]);
    }
}
