//! Addresses with a number each: an inventory may have ten million of them.
//!
//! In: addresses one after the other. Out: [chunks](Chunk) of them.

use std::ops::Range;

use super::chunk::{CHUNK, Chunk};
use super::domains::DomainId;
use super::plain::Addresses;

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
            room: first.map_or(self.room, Chunk::room),
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

    /// Appends some plain addresses; among the numbers, theirs stand where they stand.
    pub(crate) fn push_plain(
        &mut self,
        addresses: &Addresses,
        mut some: Range<usize>,
        numbers: &[u32],
    ) {
        while !some.is_empty() {
            let room = self.chunks.len() * CHUNK - self.length;
            if room == 0 {
                self.begin_chunk();
                continue;
            }
            let own = some.start..some.end.min(some.start + room);
            some.start = own.end;
            self.length += own.len();
            if let Some(chunk) = self.chunks.last_mut() {
                chunk.push_plain(addresses, own, numbers);
            }
        }
    }

    /// A full chunk gives back what it does not need; the next one is as large from the start.
    #[cold]
    fn begin_chunk(&mut self) {
        if let Some(full) = self.chunks.last_mut() {
            full.shrink_full();
            self.room = full.room();
        }
        // Local parts are about as long as before; a little more room keeps most chunks from growing to twice that.
        let (addresses, bytes) = self.room;
        let addresses = CHUNK.min(addresses + addresses / 16);
        let next = Chunk::with_room((addresses, bytes + bytes / 16));
        self.chunks.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::split;
    use super::super::chunk::GROUP;
    use super::super::dictionary::Keyed;
    use super::super::domains::{DomainFinder, Domains};
    use super::super::plain::{address_hash, looked_at};
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
                prop_assert_eq!(packed.chunks[0].number(at) as usize, at);
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
            let found = (0..chunk.len()).map(|at| (chunk.number(at), chunk.address(at, &domains).to_string()));
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
    fn plain_addresses_stand_as_if_they_were_put_in_one_by_one() {
        let cells: Vec<String> = (0..64)
            .map(|n| format!("{:u<1$}@x{2}", "", n % 50, n % 3))
            .collect();
        let mut finder = DomainFinder::new(&Keyed::fixed());
        let addresses = looked_at(&cells, &mut finder);
        let numbers: Vec<u32> = (0..64).collect();
        let mut packed = Packed::default();
        let mut expected = Vec::new();
        while packed.len() < CHUNK + 200 {
            let first = packed.len() % 7;
            let some = first..64 - packed.len() % 11;
            expected.extend(some.clone());
            packed.push_plain(&addresses, some, &numbers);
        }
        for (at, &cell) in expected.iter().enumerate() {
            let found = packed.chunks[at / CHUNK].number(at % CHUNK) as usize;
            assert_eq!(
                (found, text(&packed, at, &finder.domains)),
                (cell, cells[cell].clone())
            );
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
