//! Some thousand addresses with a number each, packed.
//!
//! In: addresses one after the other, split at their domain. Out: the address and the number of any position. An address
//! costs its local part and two bytes for its length, two for its domain, and four for the number.

use std::ops::Range;

use super::address::{Address, split};
use super::dictionary::Keyed;
use super::domains::{APART, DomainId, Domains};
use super::plain::{Addresses, address_hash};

/// How many addresses stand together at most: within a chunk offsets are short.
pub(crate) const CHUNK: usize = 1 << 16;
/// So many addresses count their offsets from the same byte.
pub(super) const GROUP: usize = 32;
/// Longest local part that is stored beside the others.
const SHORT: usize = u16::MAX as usize / GROUP;

/// Local part, domain and number of up to [`CHUNK`] addresses.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    locals: Vec<u8>,
    /// Where each group of addresses begins.
    bases: Vec<u32>,
    items: Vec<Item>,
    /// Addresses that stand apart, whole, by their position in the chunk.
    apart: Vec<(u16, Box<[u8]>)>,
}

/// What belongs to an address beside the local part. It stands in one place: whoever asks for one user waits for it once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) number: u32,
    /// Where the local part ends, from the beginning of its group.
    end: u16,
    domain: DomainId,
}

impl Chunk {
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Room for about so many addresses, and so many bytes of local parts.
    pub(super) fn with_room((addresses, bytes): (usize, usize)) -> Self {
        Self {
            locals: Vec::with_capacity(bytes),
            bases: Vec::with_capacity(addresses.div_ceil(GROUP)),
            items: Vec::with_capacity(addresses),
            apart: Vec::new(),
        }
    }

    /// For how many addresses and bytes of local parts another one like this needs room.
    pub(super) fn room(&self) -> (usize, usize) {
        (self.len(), self.locals.len())
    }

    /// Gives back what a full chunk does not need.
    pub(super) fn shrink_full(&mut self) {
        self.locals.shrink_to_fit();
    }

    /// The numbers of the addresses.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.items.iter().map(|item| item.number)
    }

    /// The addresses' numbers, each with what else belongs to it.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// The numbers, to be changed.
    pub(crate) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut u32> {
        self.items.iter_mut().map(|item| &mut item.number)
    }

    /// The number of the address at a position.
    #[inline]
    pub(crate) fn number(&self, at: usize) -> u32 {
        self.items[at].number
    }

    /// Gives the address at a position another number.
    pub(crate) fn renumber(&mut self, at: usize, number: u32) {
        self.items[at].number = number;
    }

    /// Appends an address. A domain without room, or a local part that is too long, puts it apart.
    #[inline]
    pub(super) fn push(&mut self, local: &[u8], at_domain: &[u8], domain: DomainId, number: u32) {
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

    /// Appends some plain addresses; among the numbers, theirs stand where they stand.
    pub(super) fn push_plain(
        &mut self,
        addresses: &Addresses,
        mut some: Range<usize>,
        numbers: &[u32],
    ) {
        while !some.is_empty() {
            let of_group = self.items.len() % GROUP;
            if of_group == 0 {
                self.begin_group(self.locals.len());
            }
            let own = some.start..some.end.min(some.start + GROUP - of_group);
            some.start = own.end;
            let base = self.bases.last().map_or(0, |&base| base as usize);
            let mut end = self.locals.len() - base;
            let items = addresses.parts(own.clone()).zip(&numbers[own.clone()]);
            let items = items.map(|((length, domain), &number)| {
                end += usize::from(length);
                Item {
                    number,
                    end: short(end),
                    domain,
                }
            });
            self.items.extend(items);
            addresses.append_locals(own, &mut self.locals);
        }
    }

    fn begin_group(&mut self, start: usize) {
        // A chunk holds 65,536 local parts of at most 2,047 bytes.
        self.bases.push(u32::try_from(start).unwrap_or(u32::MAX));
    }

    /// Notes the address whose local part was appended last, from `start` on.
    #[inline]
    fn note(&mut self, start: usize, domain: DomainId, number: u32) {
        if self.items.len().is_multiple_of(GROUP) {
            self.begin_group(start);
        }
        let base = self.bases.last().map_or(0, |&base| base as usize);
        self.items.push(Item {
            number,
            end: short(self.locals.len() - base),
            domain,
        });
    }

    fn end(&self, at: usize) -> usize {
        self.bases[at / GROUP] as usize + usize::from(self.items[at].end)
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
        match self.window(at) {
            (.., APART) => split(self.apart(at)),
            (text, length, id) => Address::new(&text[..length], domains.get(id)),
        }
    }

    /// The local part at a position with whatever stands behind it, how many bytes are its own, and the id of the domain, which is
    /// [`APART`] where the local part is not here.
    #[inline]
    pub(crate) fn window(&self, at: usize) -> (&[u8], usize, DomainId) {
        let item = self.items[at];
        // Both ends count from the same byte.
        let base = self.bases[at / GROUP] as usize;
        let start = match at % GROUP {
            0 => 0,
            _ => self.items[at - 1].end,
        };
        let text = &self.locals[base + usize::from(start)..];
        (text, usize::from(item.end - start), item.domain)
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
            let items = &self.items[first..self.len().min(first + GROUP)];
            let hashes = &mut hashes[..items.len()];
            for (hash, (at, item)) in hashes.iter_mut().zip((first..).zip(items)) {
                let end = base as usize + usize::from(item.end);
                *hash = match of_domains.get(usize::from(item.domain)) {
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
            let Some(number) = keep(kept, self.items[kept].number) else {
                break;
            };
            self.items[kept].number = number;
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
            let begin = at;
            while at < length
                && let Some(number) = keep(at, self.items[at].number)
            {
                self.items[at].number = number;
                at += 1;
            }
            self.move_up(begin..at, &mut closing);
            // The one behind the stretch is dropped.
            at += 1;
        }
        self.locals.truncate(closing.write);
        self.bases.truncate(closing.kept.div_ceil(GROUP));
        self.items.truncate(closing.kept);
    }

    /// Moves a stretch of addresses up to those that were kept so far; the one before it was dropped.
    fn move_up(&mut self, stretch: Range<usize>, closing: &mut Closing) {
        if stretch.is_empty() {
            return;
        }
        let old_end =
            |item: &Item, at: usize| closing.bases[at / GROUP] as usize + usize::from(item.end);
        let dropped = stretch.start - 1;
        let from = old_end(&self.items[dropped], dropped);
        let to = old_end(&self.items[stretch.end - 1], stretch.end - 1);
        self.locals.copy_within(from..to, closing.write);
        let (first, shift) = (closing.kept, from - closing.write);
        let mut start = closing.write;
        for (kept, at) in (first..).zip(stretch.clone()) {
            if kept.is_multiple_of(GROUP) {
                self.bases[kept / GROUP] = u32::try_from(start).unwrap_or(u32::MAX);
            }
            let item = self.items[at];
            start = old_end(&item, at) - shift;
            let base = self.bases[kept / GROUP] as usize;
            self.items[kept] = Item {
                end: short(start - base),
                ..item
            };
        }
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
        for item in &mut self.items {
            if let Some(&id) = new.get(usize::from(item.domain)) {
                item.domain = id;
            }
        }
    }

    fn put_apart(&mut self, old: &Domains, is_out: impl Fn(DomainId) -> bool) {
        let positions = 0..self.len();
        self.apart = positions
            .filter(|&at| self.items[at].domain == APART || is_out(self.items[at].domain))
            .map(|at| {
                let mut whole = Vec::new();
                self.address(at, old).append_to(&mut whole);
                (u16::try_from(at).unwrap_or(u16::MAX), whole.into())
            })
            .collect();
        for item in &mut self.items {
            if is_out(item.domain) {
                item.domain = APART;
            }
        }
    }

    /// Gives back what it does not need.
    pub(crate) fn shrink(&mut self) {
        self.locals.shrink_to_fit();
        self.items.shrink_to_fit();
    }
}

/// Where a local part ends within its group, as it is stored.
fn short(end: usize) -> u16 {
    u16::try_from(end).unwrap_or(u16::MAX)
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
