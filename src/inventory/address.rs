//! A SIP address as it is stored.
//!
//! In: two stretches of bytes. Out: one text, to be compared, printed and copied.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// A SIP address in two parts, always split at its last `@`: comparing, printing and copying treat it as the one text it is.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Address<'a> {
    local: &'a [u8],
    domain: &'a [u8],
}

impl<'a> Address<'a> {
    #[inline]
    pub(crate) fn new(local: &'a [u8], domain: &'a [u8]) -> Self {
        Self { local, domain }
    }

    /// The part before the last `@`; everything where there is none.
    #[must_use]
    pub fn local(&self) -> &'a str {
        std::str::from_utf8(self.local).unwrap_or("")
    }

    /// The last `@` and what follows it; empty where there is none.
    #[must_use]
    pub fn at_domain(&self) -> &'a str {
        std::str::from_utf8(self.domain).unwrap_or("")
    }

    /// The bytes of both parts.
    #[inline]
    pub(crate) fn parts(&self) -> (&'a [u8], &'a [u8]) {
        (self.local, self.domain)
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
            Cow::Borrowed(self.local())
        } else {
            Cow::Owned([self.local(), self.at_domain()].concat())
        }
    }

    /// Appends the address to a buffer.
    #[inline]
    pub fn append_to(&self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(self.local);
        buffer.extend_from_slice(self.domain);
    }

    /// The first eight bytes as a number: an address with a smaller one comes first, and most need no further look.
    #[inline]
    pub(crate) fn beginning(&self) -> u64 {
        if let Some(first) = self.local.first_chunk() {
            return u64::from_be_bytes(*first);
        }
        self.bytes()
            .copied()
            .chain(std::iter::repeat(0))
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(byte))
    }

    /// The first sixteen bytes as a number, in the same way.
    pub(crate) fn long_beginning(&self) -> u128 {
        let mut first = [0; 16];
        let (local, rest) = first.split_at_mut(self.local.len().min(16));
        local.copy_from_slice(&self.local[..local.len()]);
        let domain = &self.domain[..rest.len().min(self.domain.len())];
        rest[..domain.len()].copy_from_slice(domain);
        u128::from_be_bytes(first)
    }

    fn bytes(&self) -> impl Iterator<Item = &'a u8> + use<'a> {
        self.local.iter().chain(self.domain)
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

impl fmt::Debug for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text(), f)
    }
}

impl PartialEq<str> for Address<'_> {
    fn eq(&self, other: &str) -> bool {
        self.len() == other.len() && self.bytes().eq(other.as_bytes())
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
        self.local[..common]
            .cmp(&other.local[..common])
            .then_with(|| self.bytes().skip(common).cmp(other.bytes().skip(common)))
    }
}

impl PartialOrd for Address<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An address at its last `@`.
pub(crate) fn split(address: &[u8]) -> Address<'_> {
    let at = memchr::memrchr(b'@', address).unwrap_or(address.len());
    let (local, domain) = address.split_at(at);
    Address { local, domain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn addresses_compare_and_print_as_texts(one in "[a-c@é]{0,9}", other in "[a-c@é]{0,9}") {
            let (a, b) = (split(one.as_bytes()), split(other.as_bytes()));
            prop_assert_eq!(a.cmp(&b), one.cmp(&other));
            prop_assert_eq!(a == b, one == other);
            prop_assert!(a.beginning() > b.beginning() || a.long_beginning() > b.long_beginning() || a <= b);
            prop_assert_eq!(a.long_beginning() >> 64, u128::from(a.beginning()));
            prop_assert_eq!(a == *other, one == other);
            prop_assert_eq!(a.to_string(), one.clone());
            if a.beginning() != b.beginning() {
                prop_assert_eq!(a.beginning().cmp(&b.beginning()), one.cmp(&other));
            }
            let mut bytes = Vec::new();
            a.append_to(&mut bytes);
            prop_assert_eq!(bytes, one.into_bytes());
        }
    }
}
