//! The domains of addresses.
//!
//! In: domains as they stand in addresses that are being read. Out: the id of each and its hash. There are few different ones,
//! so that what has to be known of a domain is worked out once for each way of writing it.

use std::collections::HashMap;

use super::blocks::Blocks;
use super::dictionary::{Dictionary, Keyed};
use super::record::Span;

/// In place of a domain: the local part is too long or there are too many domains, so the address stands apart.
pub(crate) const APART: u16 = u16::MAX;

/// A domain's position among the [`Domains`]; [`u16::MAX`] where there is no room for it.
pub(crate) type DomainId = u16;

/// The domains of all addresses, with their `@`; the first is empty.
#[derive(Clone, Debug)]
pub(crate) struct Domains {
    list: Vec<Box<[u8]>>,
    /// Filled by [`Self::id`] alone.
    ids: HashMap<Box<[u8]>, DomainId>,
}

impl Default for Domains {
    fn default() -> Self {
        Self {
            list: vec![Box::default()],
            ids: HashMap::from([(Box::default(), 0)]),
        }
    }
}

impl Domains {
    /// Adds a domain that is not there yet.
    pub(crate) fn add(&mut self, domain: &[u8]) -> DomainId {
        match u16::try_from(self.list.len()) {
            Ok(id) if id < APART => {
                self.list.push(domain.into());
                id
            }
            _ => APART,
        }
    }

    #[inline]
    pub(crate) fn get(&self, id: DomainId) -> &[u8] {
        self.list.get(usize::from(id)).map_or(b"", |domain| domain)
    }

    /// The id of a domain, which is added if it is new.
    pub(crate) fn id(&mut self, domain: &[u8]) -> DomainId {
        if let Some(&id) = self.ids.get(domain) {
            return id;
        }
        let id = self.add(domain);
        if id != APART {
            self.ids.insert(domain.into(), id);
        }
        id
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.list.iter().map(|domain| &**domain)
    }
}

/// Finds domains, and adds those that are new.
pub(crate) struct DomainFinder {
    keyed: Keyed,
    pub(crate) domains: Domains,
    /// Ids by the domain in lower case; and by the domain as it is written, with its hash, `None` for one that has to be looked at
    /// with more care.
    ids: Dictionary,
    written: Dictionary<Option<(DomainId, u64)>>,
    /// The hash of each domain that has an id.
    hashes: Vec<u64>,
}

impl DomainFinder {
    pub(crate) fn new(keyed: &Keyed) -> Self {
        let mut ids = Dictionary::new(keyed.clone());
        ids.put(b"", 0);
        Self {
            domains: Domains::default(),
            written: Dictionary::new(keyed.clone()),
            hashes: vec![keyed.bytes(b"")],
            ids,
            keyed: keyed.clone(),
        }
    }

    /// The id of a domain in lower case, and its hash.
    pub(crate) fn find(&mut self, domain: &[u8]) -> (DomainId, u64) {
        let id = match self.ids.get(domain) {
            Some(id) => DomainId::try_from(id).unwrap_or(DomainId::MAX),
            None => self.learn(domain),
        };
        let hash = self.hashes.get(usize::from(id)).copied();
        (id, hash.unwrap_or_else(|| self.keyed.bytes(domain)))
    }

    #[cold]
    fn learn(&mut self, domain: &[u8]) -> DomainId {
        let id = self.domains.add(domain);
        self.ids.put(domain, u32::from(id));
        if usize::from(id) == self.hashes.len() && id != DomainId::MAX {
            self.hashes.push(self.keyed.bytes(domain));
        }
        id
    }

    /// The id and the hash of the domain that stands somewhere in a text as it is written; `None` unless it is printable ASCII
    /// and has an id.
    #[inline]
    pub(crate) fn plain(&mut self, text: &[u8], span: Span) -> Option<(DomainId, u64)> {
        let (start, length) = (span.start as usize, span.len());
        match self
            .written
            .find_blocks(&Blocks::within(text, start, length))
        {
            Some(found) => found,
            None => self.learn_plain(&text[start..start + length]),
        }
    }

    #[cold]
    fn learn_plain(&mut self, domain: &[u8]) -> Option<(DomainId, u64)> {
        // A further `@` would make it a part of the local part.
        let is_plain = domain.iter().all(u8::is_ascii_graphic)
            && !domain.iter().skip(1).any(|&byte| byte == b'@');
        let found = is_plain.then(|| self.find(&domain.to_ascii_lowercase()));
        let found = found.filter(|&(id, _)| id != APART);
        self.written.put(domain, found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_id_however_it_is_written() {
        let mut finder = DomainFinder::new(&Keyed::fixed());
        let plain = |finder: &mut DomainFinder, text: &str, end: u32| {
            finder.plain(text.as_bytes(), Span { start: 1, end })
        };
        let one = plain(&mut finder, "a@Contoso.com,next", 13);
        assert_eq!(plain(&mut finder, "b@contoso.COM", 13), one);
        assert_eq!(Some(finder.find(b"@contoso.com")), one);
        assert_eq!(plain(&mut finder, "a@köln", 7), None);
        assert_eq!(plain(&mut finder, "a@home@contoso.com", 18), None);
        assert_ne!(finder.find("@köln".as_bytes()).0, 0);
    }

    #[test]
    fn domains_without_an_id_have_hashes_of_their_own() {
        let mut finder = DomainFinder::new(&Keyed::fixed());
        for number in 0..u32::from(DomainId::MAX) + 10 {
            finder.find(format!("@{number}").as_bytes());
        }
        let (one, other) = (finder.find(b"@65540"), finder.find(b"@65541"));
        assert_eq!((one.0, other.0), (DomainId::MAX, DomainId::MAX));
        assert_ne!(one.1, other.1);
        assert_eq!(finder.plain(b"@65541", Span { start: 0, end: 6 }), None);
    }
}
