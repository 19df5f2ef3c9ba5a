//! Addresses with a number each, packed: an inventory may have ten million of them.
//!
//! In: addresses one after the other, split at their domain. Out: the address and the number of any position. An address
//! costs its local part and two bytes for its length, two for its domain, and four for the number.

use std::ops::Range;

use super::address::{Address, split};
use super::dictionary::Keyed;
use super::domains::{APART, DomainId, Domains};
use super::plain::{Plain, address_hash};

/// How many addresses stand together at most: within a chunk offsets are short.
pub(crate) const CHUNK: usize = 1 << 16;
/// So many addresses count their offsets from the same byte.
const GROUP: usize = 32;
/// Longest local part that is stored beside the others.
const SHORT: usize = u16::MAX as usize / GROUP;
/// Local part, domain and number of up to [`CHUNK`] addresses.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    locals: Vec<u8>,
    /// Where each group of addresses begins.
    bases: Vec<u32>,
    /// Where each local part ends, from the beginning of its group.
    ends: Vec<u16>,
    domains: Vec<DomainId>,
    pub(crate) numbers: Vec<u32>,
    /// Addresses that stand apart, whole, by their position in the chunk.
    apart: Vec<(u16, Box<[u8]>)>,
}

impl Chunk {
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Appends an address. A domain without room, or a local part that is too long, puts it apart.
    #[inline]
    fn push(&mut self, local: &[u8], at_domain: &[u8], domain: DomainId, number: u32) {
        if domain == APART || local.len() > SHORT {
            let position = u16::try_from(self.len()).unwrap_or(u16::MAX);
            self.apart
                .push((position, [local, at_domain].concat().into()));
            self.append(b"", APART, number);
        } else {
            self.append(local, domain, number);
        }
    }

    #[inline]
    fn append(&mut self, local: &[u8], domain: DomainId, number: u32) {
        let start = self.locals.len();
        self.locals.extend_from_slice(local);
        self.note(start, domain, number);
    }

    #[inline]
    fn push_plain(&mut self, address: &Plain, domain: DomainId, number: u32) {
        let start = self.locals.len();
        address.append_local(&mut self.locals);
        self.note(start, domain, number);
    }

    /// Notes the address whose local part was appended last, from `start` on.
    #[inline]
    fn note(&mut self, start: usize, domain: DomainId, number: u32) {
        if self.ends.len().is_multiple_of(GROUP) {
            // A chunk holds 65,536 local parts of at most 2,047 bytes.
            self.bases.push(u32::try_from(start).unwrap_or(u32::MAX));
        }
        let base = self.bases.last().map_or(0, |&base| base as usize);
        let end = u16::try_from(self.locals.len() - base).unwrap_or(u16::MAX);
        self.ends.push(end);
        self.domains.push(domain);
        self.numbers.push(number);
    }

    fn end(&self, at: usize) -> usize {
        self.bases[at / GROUP] as usize + usize::from(self.ends[at])
    }

    fn start(&self, at: usize) -> usize {
        if at.is_multiple_of(GROUP) {
            self.bases[at / GROUP] as usize
        } else {
            self.end(at - 1)
        }
    }

    /// The address at a position.
    #[inline]
    pub(crate) fn address<'a>(&'a self, at: usize, domains: &'a Domains) -> Address<'a> {
        match self.domains[at] {
            APART => split(self.apart(at)),
            id => {
                // Both ends count from the same byte.
                let base = self.bases[at / GROUP] as usize;
                let start = match at % GROUP {
                    0 => base,
                    _ => base + usize::from(self.ends[at - 1]),
                };
                let end = base + usize::from(self.ends[at]);
                Address::new(&self.locals[start..end], domains.get(id))
            }
        }
    }

    /// Hands on the hashes of all addresses, some at a time, at most 64, with the position of the first of these; `of_domains`
    /// are the hashes of the domains.
    #[inline]
    pub(crate) fn for_some_hashes(
        &self,
        keyed: &Keyed,
        of_domains: &[u64],
        mut take: impl FnMut(usize, &[u64]),
    ) {
        let (mut start, mut hashes) = (0, [0; GROUP]);
        for (group, &base) in self.bases.iter().enumerate() {
            let first = group * GROUP;
            let positions = first..self.len().min(first + GROUP);
            let hashes = &mut hashes[..positions.len()];
            for (hash, at) in hashes.iter_mut().zip(positions) {
                let end = base as usize + usize::from(self.ends[at]);
                *hash = match of_domains.get(usize::from(self.domains[at])) {
                    Some(&of_domain) => {
                        address_hash(keyed, &self.locals[start..], end - start, of_domain)
                    }
                    None => {
                        let (local, domain) = split(self.apart(at)).parts();
                        address_hash(keyed, local, local.len(), keyed.bytes(domain))
                    }
                };
                start = end;
            }
            take(first, hashes);
        }
    }

    fn apart(&self, at: usize) -> &[u8] {
        self.apart
            .binary_search_by_key(&at, |&(position, _)| usize::from(position))
            .map_or(b"", |found| &self.apart[found].1)
    }

    /// Keeps the addresses to which `keep` gives a number, by position and old number, and numbers them so.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(usize, u32) -> Option<u32>) {
        let length = self.len();
        let mut kept = 0;
        // As long as nothing is dropped only numbers change.
        while kept < length {
            let Some(number) = keep(kept, self.numbers[kept]) else {
                break;
            };
            self.numbers[kept] = number;
            kept += 1;
        }
        if kept == length {
            return;
        }
        let mut closing = Closing {
            bases: self.bases.clone(),
            apart: std::mem::take(&mut self.apart),
            kept,
            write: self.start(kept),
        };
        self.apart = closing.apart_in(0..kept, 0).collect();
        let mut at = kept + 1;
        while at < length {
            let (begin, first) = (at, closing.kept);
            while at < length
                && let Some(number) = keep(at, self.numbers[at])
            {
                self.numbers[first + at - begin] = number;
                at += 1;
            }
            self.move_up(begin..at, &mut closing);
            // The one behind the stretch is dropped.
            at += 1;
        }
        self.locals.truncate(closing.write);
        self.bases.truncate(closing.kept.div_ceil(GROUP));
        self.ends.truncate(closing.kept);
        self.domains.truncate(closing.kept);
        self.numbers.truncate(closing.kept);
    }

    /// Moves a stretch of addresses up to those that were kept so far; the one before it was dropped.
    fn move_up(&mut self, stretch: Range<usize>, closing: &mut Closing) {
        if stretch.is_empty() {
            return;
        }
        let old_end =
            |ends: &[u16], at: usize| closing.bases[at / GROUP] as usize + usize::from(ends[at]);
        let from = old_end(&self.ends, stretch.start - 1);
        let to = old_end(&self.ends, stretch.end - 1);
        self.locals.copy_within(from..to, closing.write);
        let (first, shift) = (closing.kept, from - closing.write);
        let mut start = closing.write;
        for (kept, at) in (first..).zip(stretch.clone()) {
            if kept.is_multiple_of(GROUP) {
                self.bases[kept / GROUP] = u32::try_from(start).unwrap_or(u32::MAX);
            }
            start = old_end(&self.ends, at) - shift;
            let base = self.bases[kept / GROUP] as usize;
            self.ends[kept] = u16::try_from(start - base).unwrap_or(u16::MAX);
        }
        self.domains.copy_within(stretch.clone(), first);
        self.apart.extend(closing.apart_in(stretch.clone(), first));
        closing.write = start;
        closing.kept += stretch.len();
    }

    /// Gives every domain a new id. An address whose domain has no room any more stands apart from now on.
    pub(crate) fn renumber_domains(&mut self, old: &Domains, new: &[DomainId]) {
        let is_out = |domain: DomainId| new.get(usize::from(domain)) == Some(&APART);
        if new.contains(&APART) {
            self.put_apart(old, is_out);
        }
        for domain in &mut self.domains {
            if let Some(&id) = new.get(usize::from(*domain)) {
                *domain = id;
            }
        }
    }

    fn put_apart(&mut self, old: &Domains, is_out: impl Fn(DomainId) -> bool) {
        let positions = 0..self.len();
        self.apart = positions
            .filter(|&at| self.domains[at] == APART || is_out(self.domains[at]))
            .map(|at| {
                let mut whole = Vec::new();
                self.address(at, old).append_to(&mut whole);
                (u16::try_from(at).unwrap_or(u16::MAX), whole.into())
            })
            .collect();
        for domain in &mut self.domains {
            if is_out(*domain) {
                *domain = APART;
            }
        }
    }

    /// Gives back what it does not need.
    pub(crate) fn shrink(&mut self) {
        self.locals.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.domains.shrink_to_fit();
        self.numbers.shrink_to_fit();
    }
}

/// Where a chunk stands while it closes up.
struct Closing {
    /// Where each group of addresses began before.
    bases: Vec<u32>,
    /// The addresses that stand apart, by their positions before.
    apart: Vec<(u16, Box<[u8]>)>,
    /// How many addresses are kept so far, and where the next local part goes.
    kept: usize,
    write: usize,
}

impl Closing {
    /// The addresses of a stretch that stand apart, by their positions when the stretch begins at `first`.
    fn apart_in(
        &self,
        stretch: Range<usize>,
        first: usize,
    ) -> impl Iterator<Item = (u16, Box<[u8]>)> + use<> {
        let place = |at: usize| {
            self.apart
                .partition_point(|&(own, _)| usize::from(own) < at)
        };
        let found = self.apart[place(stretch.start)..place(stretch.end)].to_vec();
        found.into_iter().map(move |(at, address)| {
            let at = first + usize::from(at) - stretch.start;
            (u16::try_from(at).unwrap_or(u16::MAX), address)
        })
    }
}

/// Local part, domain and number of many addresses.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    pub(crate) chunks: Vec<Chunk>,
    length: usize,
    /// For about how many addresses the next chunk needs room, and for how many bytes of local parts; zero if that is not
    /// known.
    room: (usize, usize),
}

impl Packed {
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Gives back what these addresses do not need; what others are put into, about as many.
    pub(crate) fn another(&mut self) -> Self {
        if let Some(last) = self.chunks.last_mut() {
            last.shrink();
        }
        let first = self.chunks.first();
        Self {
            room: first.map_or(self.room, |first| (first.len(), first.locals.len())),
            ..Self::default()
        }
    }

    /// Appends an address.
    #[inline]
    pub(crate) fn push(&mut self, local: &[u8], at_domain: &[u8], domain: DomainId, number: u32) {
        if self.chunks.len() * CHUNK == self.length {
            self.begin_chunk();
        }
        self.length += 1;
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(local, at_domain, domain, number);
        }
    }

    /// Appends a plain address, of whose domain there is an id.
    #[inline]
    pub(crate) fn push_plain(&mut self, address: &Plain, domain: DomainId, number: u32) {
        if self.chunks.len() * CHUNK == self.length {
            self.begin_chunk();
        }
        self.length += 1;
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push_plain(address, domain, number);
        }
    }

    /// A full chunk gives back what it does not need; the next one is as large from the start.
    #[cold]
    fn begin_chunk(&mut self) {
        if let Some(full) = self.chunks.last_mut() {
            full.locals.shrink_to_fit();
            self.room = (full.len(), full.locals.len());
        }
        // Local parts are about as long as before; a little more room keeps most chunks from growing to twice that.
        let (addresses, bytes) = self.room;
        let addresses = CHUNK.min(addresses + addresses / 16);
        let next = Chunk {
            locals: Vec::with_capacity(bytes + bytes / 16),
            bases: Vec::with_capacity(addresses.div_ceil(GROUP)),
            ends: Vec::with_capacity(addresses),
            domains: Vec::with_capacity(addresses),
            numbers: Vec::with_capacity(addresses),
            apart: Vec::new(),
        };
        self.chunks.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(addresses: &[String]) -> (Packed, Domains) {
        let (mut packed, mut domains) = (Packed::default(), Domains::default());
        for (number, address) in (0_u32..).zip(addresses) {
            let parts = split(address.as_bytes());
            let domain = parts.at_domain().as_bytes();
            let id = domains.id(domain);
            packed.push(parts.local().as_bytes(), domain, id, number);
        }
        (packed, domains)
    }

    fn text(packed: &Packed, at: usize, domains: &Domains) -> String {
        packed.chunks[at / CHUNK]
            .address(at % CHUNK, domains)
            .to_string()
    }

    fn addresses() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("[a-c@é]{0,6}|[ab]{2040,2060}@[ab]", 1..100)
    }

    proptest! {
        #[test]
        fn every_address_comes_back(addresses in addresses()) {
            let (packed, domains) = packed(&addresses);
            for (at, address) in addresses.iter().enumerate() {
                prop_assert_eq!(&text(&packed, at, &domains), address);
                prop_assert_eq!(packed.chunks[0].numbers[at] as usize, at);
            }
            let keyed = Keyed::fixed();
            let of_domains: Vec<u64> = domains.iter().map(|domain| keyed.bytes(domain)).collect();
            let mut all = Vec::new();
            packed.chunks[0].for_some_hashes(&keyed, &of_domains, |first, hashes| {
                assert_eq!(first, all.len());
                all.extend_from_slice(hashes);
            });
            let hash = |address: &String| {
                let (local, domain) = split(address.as_bytes()).parts();
                address_hash(&keyed, local, local.len(), keyed.bytes(domain))
            };
            let expected: Vec<u64> = addresses.iter().map(hash).collect();
            prop_assert_eq!(all, expected);
        }

        #[test]
        fn what_is_kept_closes_up(addresses in addresses(), dropped in proptest::collection::vec(any::<bool>(), 100)) {
            let (mut packed, domains) = packed(&addresses);
            let chunk = &mut packed.chunks[0];
            chunk.retain(|at, number| (!dropped[at]).then_some(number + 7));
            let found = (0..chunk.len()).map(|at| (chunk.numbers[at], chunk.address(at, &domains).to_string()));
            let found: Vec<(u32, String)> = found.collect();
            let expected: Vec<(u32, String)> = (7..)
                .zip(&addresses)
                .zip(&dropped)
                .filter(|(_, dropped)| !**dropped)
                .map(|((number, address), _)| (number, address.clone()))
                .collect();
            for (at, (_, address)) in expected.iter().enumerate() {
                prop_assert_eq!(chunk.address(at, &domains).text(), address.as_str());
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn chunks_follow_each_other() {
        let addresses: Vec<String> = (0..CHUNK * 2 + 5).map(|n| format!("user{n}@x")).collect();
        let (packed, domains) = packed(&addresses);
        for at in [0, 1, GROUP, CHUNK - 1, CHUNK, CHUNK * 2, CHUNK * 2 + 4] {
            assert_eq!(text(&packed, at, &domains), addresses[at]);
        }
    }

    #[test]
    fn more_domains_than_ids_are_no_problem() {
        let (mut packed, mut domains) = (Packed::default(), Domains::default());
        for n in 0..70_000 {
            let domain = format!("@{n}");
            let id = domains.add(domain.as_bytes());
            packed.push(b"a", domain.as_bytes(), id, 0);
        }
        assert_eq!(text(&packed, 69_999, &domains), "a@69999");
        assert_eq!(text(&packed, 5, &domains), "a@5");
    }
}
