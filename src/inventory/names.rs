//! What people are called: the display names of an inventory, read when somebody wants to write them down.
//!
//! In: the sources again, and the users that were accepted from them. Out: [`Names`]. A simulation needs no names, so the
//! import does not keep them; a report reads them in one more pass.

use std::hash::{BuildHasher as _, RandomState};

use super::address::{Address, split};
use super::cell::{address, clean};
use super::columns::Field;
use super::opening::open;
use super::reading::Reading;
use super::record::{ReadError, Record};
use super::source::Source;
use super::users::Users;
use super::{Inventory, Request};

/// A name, as a stretch of [`Names::text`].
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u16,
}

/// The display name of each user.
#[derive(Debug, Default)]
pub struct Names {
    text: String,
    spans: Vec<Span>,
}

impl Names {
    /// A user's name: the first that is not empty in the order of reading; empty where there is none.
    #[must_use]
    pub fn of(&self, user: usize) -> &str {
        let span = self.spans.get(user).copied().unwrap_or_default();
        let start = span.start as usize;
        &self.text[start..start + usize::from(span.length)]
    }

    /// Keeps a name; one that is longer than anybody's is cut.
    fn keep(&mut self, user: usize, name: &str) {
        let mut length = name.len().min(usize::from(u16::MAX));
        while !name.is_char_boundary(length) {
            length -= 1;
        }
        let Ok(start) = u32::try_from(self.text.len() + length) else {
            return;
        };
        let length = u16::try_from(length).unwrap_or(u16::MAX);
        self.text.push_str(&name[..usize::from(length)]);
        self.spans[user] = Span {
            start: start - u32::from(length),
            length,
        };
    }
}

/// Reads the names of accepted users.
///
/// In: the sources and the request of the import, and what it made of them. Out: their names; users without one have none.
///
/// # Errors
/// Where a source cannot be read again.
pub fn names(
    sources: &[Source<'_>],
    request: &Request,
    inventory: &Inventory,
) -> Result<Names, ReadError> {
    let users = &inventory.users;
    let mut names = Names {
        text: String::new(),
        spans: vec![Span::default(); users.len()],
    };
    let known = Index::new(users);
    for (number, source) in sources.iter().enumerate() {
        let mut opened = open(source, request, inventory.rejected.trust(number))?;
        let (addresses, columns) = (
            opened.layout.columns(Field::Sip).to_vec(),
            opened.layout.columns(Field::Name).to_vec(),
        );
        if columns.is_empty() {
            continue;
        }
        let records = opened.body.records();
        while let Some(record) = records.next_record()? {
            if !Reading::is_row(&record) {
                continue;
            }
            let Some(name) = first(&record, &columns, |cell| clean(cell).to_owned()) else {
                continue;
            };
            let address = first(&record, &addresses, address).unwrap_or_default();
            if let Some(user) = known.get(split(address.as_bytes()))
                && names.of(user).is_empty()
            {
                names.keep(user, &name);
            }
        }
    }
    names.text.shrink_to_fit();
    Ok(names)
}

/// Finds users by their addresses, with as few bytes for each of them as that takes.
struct Index<'u> {
    users: &'u Users,
    /// With a secret: nobody who writes an inventory can know which addresses fall together.
    hasher: RandomState,
    /// A user's number in the first free slot from that of the address's hash on.
    slots: Vec<u32>,
}

impl<'u> Index<'u> {
    const FREE: u32 = u32::MAX;

    fn new(users: &'u Users) -> Self {
        let mut index = Self {
            users,
            hasher: RandomState::new(),
            slots: vec![Self::FREE; (users.len() * 3 / 2 + 1).next_power_of_two()],
        };
        for (number, user) in (0..users.len()).zip(0..Self::FREE) {
            if let Err(slot) = index.find(users.sip(number)) {
                index.slots[slot] = user;
            }
        }
        index
    }

    fn get(&self, address: Address<'_>) -> Option<usize> {
        self.find(address).ok().map(|user| user as usize)
    }

    /// The user of an address, or the slot where they would stand. There is always a free one.
    fn find(&self, address: Address<'_>) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = self.hasher.hash_one(address) as usize & mask;
        loop {
            match self.slots[slot] {
                Self::FREE => return Err(slot),
                user if self.users.sip(user as usize) == address => return Ok(user),
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

/// The first text of some columns that is not empty.
fn first(record: &Record<'_>, columns: &[usize], read: impl Fn(&str) -> String) -> Option<String> {
    let mut texts = columns.iter().map(|&column| read(record.text(column)));
    texts.find(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{PoolDirectory, import};
    use crate::knowledge::KnowledgeBase;

    #[test]
    fn a_name_is_the_first_that_is_not_empty_whatever_file_it_is_in() {
        let pools = "SipAddress,HomePool\nSIP:Anna@x.com,p\nbert@x.com,p\ncleo@x.com,p\n";
        let people = "Name;SipAddress\n;anna@x.com\n\"O'Hara, Anna\";sip:anna@x.com\nAnna;anna@x.com\nBert;nobody@x.com\n'=Cleo;CLEO@x.com\n";
        let [pools, people] = [pools, people].map(|text| text.as_bytes().to_vec());
        let sources = [
            Source::text("pools.csv", &pools),
            Source::text("people.csv", &people),
        ];
        let knowledge = KnowledgeBase::bundled().expect("the bundled knowledge is sound");
        let request = Request {
            pools: PoolDirectory {
                known: Some(vec![("p".to_owned(), 0)]),
            },
            ..Request::default()
        };
        let inventory = import(&sources, &request, knowledge.products()).expect("an inventory");
        let names = names(&sources, &request, &inventory).expect("the same sources");
        let all: Vec<&str> = (0..3).map(|user| names.of(user)).collect();
        assert_eq!(all, ["O'Hara, Anna", "", "=Cleo"]);
        assert_eq!(names.of(99), "");
    }

    #[test]
    fn a_name_longer_than_anybodys_is_cut_between_letters() {
        let mut names = Names {
            text: String::new(),
            spans: vec![Span::default(); 2],
        };
        names.keep(0, &"é".repeat(40_000));
        names.keep(1, "Bert");
        assert_eq!(names.of(0).len(), usize::from(u16::MAX) - 1);
        assert_eq!(names.of(1), "Bert");
    }
}
