//! The accepted users.
//!
//! In: users in the order of their first rows. Out: the address and the shape of any of them.

use super::packed::{Address, DomainId, Domains, Packed};

/// The accepted users, in the order of their first rows.
#[derive(Debug, Default)]
pub struct Users {
    packed: Packed,
    domains: Domains,
}

impl Users {
    pub(crate) fn new(domains: Domains) -> Self {
        Self {
            packed: Packed::default(),
            domains,
        }
    }

    /// How many users.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packed.len()
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
        self.packed.number(user) as usize
    }

    /// A user's SIP address, lower case, without `sip:`.
    #[must_use]
    #[inline]
    pub fn sip(&self, user: usize) -> Address<'_> {
        self.packed.address(user, &self.domains)
    }

    pub(crate) fn push(&mut self, address: Address<'_>, domain: DomainId, shape: u32) {
        self.packed
            .push(address.local(), address.at_domain(), domain, shape);
    }
}
