//! The accepted users.
//!
//! In: users in the order of their first rows. Out: the address and the shape of any of them.

use std::ops::Range;

use super::address::Address;
use super::chunk::{CHUNK, Chunk, Item};
use super::domains::{DomainId, Domains};
#[cfg(test)]
use super::{address::split, packed::Packed};

/// The accepted users, in the order of their first rows.
#[derive(Debug, Default)]
pub struct Users {
    chunks: Vec<Chunk>,
    /// Position of the first user of each chunk, and the number of all at the end.
    starts: Vec<usize>,
    domains: Domains,
}

impl Users {
    /// Users whose numbers are those of their shapes.
    pub(crate) fn new(mut chunks: Vec<Chunk>, domains: Domains) -> Self {
        chunks.retain(|chunk| chunk.len() > 0);
        let mut starts = vec![0];
        for chunk in &chunks {
            starts.push(starts[starts.len() - 1] + chunk.len());
        }
        Self {
            chunks,
            starts,
            domains,
        }
    }

    /// How many users.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// No user at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of a user's shape in [`Inventory::shapes`](super::Inventory::shapes).
    #[must_use]
    #[inline]
    pub fn shape(&self, user: usize) -> usize {
        let (chunk, at) = self.find(user);
        chunk.number(at) as usize
    }

    /// The positions of all users' shapes, in the order of the users.
    pub fn shapes(&self) -> impl Iterator<Item = usize> {
        let numbers = self.chunks.iter().flat_map(Chunk::numbers);
        numbers.map(|number| number as usize)
    }

    /// Some users in stretches, each with its first user; their numbers are the positions of their shapes.
    pub(crate) fn items_in(&self, users: Range<usize>) -> impl Iterator<Item = (usize, &[Item])> {
        let first = match users.is_empty() {
            true => self.chunks.len(),
            false => self.chunk_of(users.start),
        };
        let chunks = self.chunks.iter().zip(&self.starts).skip(first);
        let chunks = chunks.take_while(move |&(_, &start)| start < users.end);
        chunks.map(move |(chunk, &start)| {
            let begin = users.start.max(start);
            let end = users.end.min(start + chunk.len());
            (begin, &chunk.items()[begin - start..end - start])
        })
    }

    /// A user's SIP address, lower case, without `sip:`.
    #[must_use]
    #[inline]
    pub fn sip(&self, user: usize) -> Address<'_> {
        let (chunk, at) = self.find(user);
        chunk.address(at, &self.domains)
    }

    /// The domains of all addresses, by their ids.
    pub(crate) fn domains(&self) -> impl Iterator<Item = &[u8]> {
        self.domains.iter()
    }

    /// For asking for many users of whom each mostly stands near the one before.
    pub(crate) fn near(&self) -> Near<'_> {
        Near {
            users: self,
            chunk: 0,
            range: 0..0,
        }
    }

    /// The chunk of a user and the position in it. No chunk is longer than [`CHUNK`], so it is rarely far from there.
    #[inline]
    fn find(&self, user: usize) -> (&Chunk, usize) {
        let chunk = self.chunk_of(user);
        (&self.chunks[chunk], user - self.starts[chunk])
    }

    #[inline]
    fn chunk_of(&self, user: usize) -> usize {
        let chunk = user / CHUNK;
        if self.starts[chunk + 1] <= user {
            chunk + self.starts[chunk..].partition_point(|&start| start <= user) - 1
        } else {
            chunk
        }
    }
}

/// Remembers the chunk of the last user that was asked for.
pub(crate) struct Near<'a> {
    users: &'a Users,
    chunk: usize,
    /// The users of that chunk.
    range: Range<usize>,
}

impl<'a> Near<'a> {
    /// The position of a user's shape, and the user's address.
    #[inline]
    pub(crate) fn get(&mut self, user: usize) -> (usize, Address<'a>) {
        let (chunk, at) = self.find(user);
        let address = chunk.address(at, &self.users.domains);
        (chunk.number(at) as usize, address)
    }

    /// The position of a user's shape, and the address as [`Chunk::window`] has it.
    #[inline]
    pub(crate) fn window(&mut self, user: usize) -> (usize, (&'a [u8], usize, DomainId)) {
        let (chunk, at) = self.find(user);
        (chunk.number(at) as usize, chunk.window(at))
    }

    #[inline]
    fn find(&mut self, user: usize) -> (&'a Chunk, usize) {
        if !self.range.contains(&user) {
            self.chunk = self.users.chunk_of(user);
            self.range = self.users.starts[self.chunk]..self.users.starts[self.chunk + 1];
        }
        (&self.users.chunks[self.chunk], user - self.range.start)
    }
}

/// Users with these addresses, all of one shape.
#[cfg(test)]
pub(crate) fn users_of<'a>(addresses: impl Iterator<Item = &'a [u8]>) -> Users {
    let (mut packed, mut domains) = (Packed::default(), Domains::default());
    for address in addresses {
        let (local, domain) = split(address).parts();
        let id = domains.id(domain);
        packed.push(local, domain, id, 0);
    }
    Users::new(packed.chunks, domains)
}
