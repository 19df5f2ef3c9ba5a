//! Addresses as cells.
//!
//! In: users. Out: the address of each as it stands in the file. Nearly every address is short and its own cell; then it takes two
//! copies of a fixed length and one look at its local part, because domains are few and known.

use wide::u8x16;

use super::text::PADDING;
use crate::csv_text::push_cell;
use crate::inventory::{DomainId, Near, Users};

/// How long each of the two parts of a short address is at most.
const HALF: usize = PADDING / 2;

/// Addresses as cells.
pub(super) struct Cells<'a> {
    users: &'a Users,
    /// By their ids; `None` for those of which no cell is made in the short way.
    domains: Vec<Option<Domain>>,
}

/// A domain that is its own cell, and nothing behind it.
#[derive(Clone, Copy)]
struct Domain {
    bytes: [u8; HALF],
    length: usize,
}

/// The cell of a short address.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// The cell; what is behind its end means nothing.
    bytes: [u8; PADDING],
    length: Option<usize>,
}

impl Default for Short {
    fn default() -> Self {
        Self {
            bytes: [0; PADDING],
            length: None,
        }
    }
}

impl Short {
    /// The cell, in the first so many bytes; `None` for an address that is [long](Cells::long).
    #[inline]
    pub(super) fn get(&self) -> Option<(&[u8; PADDING], usize)> {
        self.length.map(|length| (&self.bytes, length))
    }

    /// Puts an address together, of whose local part is known where it stands and how long it is.
    #[inline]
    fn put(&mut self, local: &[u8], length: usize, domain: Option<&Domain>) {
        self.length = None;
        if let (Some(local), Some(domain)) = (local.first_chunk::<HALF>(), domain)
            && length <= HALF
        {
            self.bytes[..HALF].copy_from_slice(local);
            self.bytes[length..length + HALF].copy_from_slice(&domain.bytes);
            // What stands behind a local part may be anything, at worst something for which it takes the long way.
            if !has_quoted(local) && !is_formula(self.bytes[0]) {
                self.length = Some(length + domain.length);
            }
        }
    }
}

impl<'a> Cells<'a> {
    /// For the addresses of these users.
    pub(super) fn new(users: &'a Users) -> Self {
        Self {
            users,
            domains: users.domains().map(Domain::new).collect(),
        }
    }

    /// For looking at many users of whom each mostly stands near the one before.
    pub(super) fn near(&self) -> NearCells<'_> {
        NearCells {
            near: self.users.near(),
            domains: &self.domains,
        }
    }

    /// The cell of any user's address.
    pub(super) fn long(&self, user: usize) -> Vec<u8> {
        cell(&self.users.sip(user).text())
    }
}

impl Domain {
    fn new(domain: &[u8]) -> Option<Self> {
        let mut bytes = [0; HALF];
        bytes.get_mut(..domain.len())?.copy_from_slice(domain);
        (!has_quoted(&bytes)).then_some(Self {
            bytes,
            length: domain.len(),
        })
    }
}

/// Cells of users of whom each mostly stands near the one before.
pub(super) struct NearCells<'a> {
    near: Near<'a>,
    domains: &'a [Option<Domain>],
}

impl NearCells<'_> {
    /// Puts together the address of a user, and says the position of the user's shape.
    #[inline]
    pub(super) fn look(&mut self, user: usize, address: &mut Short) -> usize {
        let (shape, (local, length, domain)) = self.near.window(user);
        address.put(local, length, self.domain(domain));
        shape
    }

    /// A domain; `None` also where the address [stands apart](crate::inventory::Users).
    #[inline]
    fn domain(&self, id: DomainId) -> Option<&Domain> {
        self.domains.get(usize::from(id)).and_then(Option::as_ref)
    }
}

/// A text as a CSV cell.
pub(super) fn cell(text: &str) -> Vec<u8> {
    let mut cell = Vec::new();
    push_cell(&mut cell, text);
    cell
}

/// May a text that begins so be taken for a formula, or have been changed because it might?
#[inline]
fn is_formula(first: u8) -> bool {
    matches!(first, b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\'')
}

/// Is there a byte for which a cell has to be quoted?
#[inline]
fn has_quoted(bytes: &[u8; HALF]) -> bool {
    let sixteens = bytes.as_chunks().0.iter();
    let any = sixteens.fold(u8x16::ZERO, |any, &sixteen| {
        let bytes = u8x16::from(sixteen);
        let is = |byte: u8| bytes.cmp_eq(u8x16::splat(byte));
        any | is(b',') | is(b'"') | is(b'\n') | is(b'\r')
    });
    any.move_mask() != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::users_of;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_cell_of_an_address_is_that_of_its_text(
            texts in proptest::collection::vec(
                "[-=+@'\t\r\n,\"a-f0-9é.]{0,3}[a-f0-9é.]{0,40}[,\"\n\ra]?[a-f]{0,9}(@[a-f.]{0,30}[,\"\n\ra]?[a-f]{0,9})?",
                1..9,
            ),
        ) {
            let users = users_of(texts.iter().map(String::as_bytes));
            let cells = Cells::new(&users);
            let (mut near, mut short) = (cells.near(), Short::default());
            for (user, text) in texts.iter().enumerate() {
                prop_assert_eq!(near.look(user, &mut short), 0);
                let expected = cell(text);
                if let Some((bytes, length)) = short.get() {
                    prop_assert_eq!(&bytes[..length], &expected[..]);
                }
                prop_assert_eq!(cells.long(user), expected);
            }
        }
    }

    #[test]
    fn usual_addresses_are_short() {
        let mut texts = vec![
            "anna@contoso.com",
            "bert@emea.contoso.com",
            "=1@contoso.com",
        ];
        texts.extend(["somebody.with.a.longer.name@contoso.com"; 9]);
        texts.extend([
            "d,e@contoso.com",
            "and.whatever.stands.behind.it@contoso.com",
        ]);
        let users = users_of(texts.iter().map(|text| text.as_bytes()));
        let cells = Cells::new(&users);
        let mut short = Short::default();
        let mut is_short = |user| {
            cells.near().look(user, &mut short);
            short.get().is_some()
        };
        let found: Vec<bool> = [0, 1, 2, 5, 12].into_iter().map(&mut is_short).collect();
        assert_eq!(found, [true, true, false, true, false]);
    }
}
