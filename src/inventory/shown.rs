//! What is shown of people and nothing is worked out from: display names, departments, sites.
//!
//! In: the sources again, and the users that were accepted from them. Out: [`Shown`]. A simulation needs none of it, so the import
//! does not keep it; a report reads it in one more pass.

use std::hash::{BuildHasher as _, RandomState};

use super::address::{Address, split};
use super::cell::{address, clean};
use super::columns::Field;
use super::names::{self, Names};
use super::opening::open;
use super::places::{self, Places};
use super::reading::Reading;
use super::record::{ReadError, Record};
use super::source::Source;
use super::users::Users;
use super::{Inventory, Request};

/// What is shown of each user.
#[derive(Debug, Default)]
pub struct Shown {
    /// Display names.
    pub names: Names,
    /// Departments and sites.
    pub places: Places,
}

/// Reads what is shown of accepted users.
///
/// In: the sources and the request of the import, and what it made of them. Out: names, departments and sites; where several
/// rows tell of a user, the first that is not empty counts (contract section 2), for departments and sites among the rows that
/// are used.
///
/// # Errors
/// Where a source cannot be read again.
pub fn shown(
    sources: &[Source<'_>],
    request: &Request,
    inventory: &Inventory,
) -> Result<Shown, ReadError> {
    let users = inventory.users.len();
    let (mut names, mut places) = (names::Gathering::new(users), places::Gathering::new(users));
    let mut known = Known::new(&inventory.users);
    for (number, source) in sources.iter().enumerate() {
        let mut opened = open(source, request, inventory.rejected.trust(number))?;
        let columns = |field| opened.layout.columns(field).to_vec();
        let addresses = columns(Field::Sip);
        let fields = [Field::Name, Field::Department, Field::Site].map(columns);
        if fields.iter().all(Vec::is_empty) {
            continue;
        }
        let records = opened.body.records();
        let mut rejected = inventory.rejected.own_of_file(number).peekable();
        let mut position = 0;
        while let Some(record) = records.next_record()? {
            if !Reading::is_row(&record) {
                continue;
            }
            let is_used = rejected.next_if_eq(&position).is_none();
            position += 1;
            let whose = addresses.iter();
            let mut whose = whose.map(|&column| address(record.text(column)));
            let Some(whose) = whose.find(|address| !address.is_empty()) else {
                continue;
            };
            let Some(user) = known.find(split(whose.as_bytes())) else {
                continue;
            };
            let [name, department, site] = [0, 1, 2].map(|field| first(&record, &fields[field]));
            names.keep(user, name);
            if is_used {
                places.keep(user, department, site);
            }
        }
    }
    drop(known);
    Ok(Shown {
        names: names.finish(),
        places: places.finish(),
    })
}

/// The first text of some columns that is not empty.
fn first<'r>(record: &Record<'r>, columns: &[usize]) -> &'r str {
    let mut texts = columns.iter().map(|&column| clean(record.text(column)));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

/// Finds users by their addresses. Rows mostly come in the order of the users, so the next one is tried first.
struct Known<'u> {
    users: &'u Users,
    next: usize,
    index: Option<Index<'u>>,
}

impl<'u> Known<'u> {
    fn new(users: &'u Users) -> Self {
        Self {
            users,
            next: 0,
            index: None,
        }
    }

    fn find(&mut self, address: Address<'_>) -> Option<usize> {
        if self.next < self.users.len() && self.users.sip(self.next) == address {
            self.next += 1;
            return Some(self.next - 1);
        }
        let index = self.index.get_or_insert_with(|| Index::new(self.users));
        let user = index.find(address).ok().map(|user| user as usize)?;
        if user > self.next {
            self.next = user + 1;
        }
        Some(user)
    }
}

/// Users in the slots of their addresses' hashes, with as few bytes for each of them as that takes.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{PoolDirectory, import};
    use crate::knowledge::KnowledgeBase;

    #[test]
    fn the_first_text_counts_that_is_not_empty_whatever_file_it_is_in() {
        let pools = "SipAddress,HomePool,GroupChat,Department\nSIP:Anna@x.com,p,,\nbert@x.com,p,perhaps,Sales\n\
                     cleo@x.com,p,,IT\nbert@x.com,p,,Law\n";
        let people = "Name;SipAddress;City;Abteilung;Department\n;anna@x.com; Köln ;;\n\
                      \"O'Hara, Anna\";sip:anna@x.com;Bonn;;Finance\n\
                      Anna;anna@x.com;;;\nBert;nobody@x.com;;;\n'=Cleo;CLEO@x.com;;;Law\n";
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
            mapping: vec![(Field::Site, "City".to_owned())],
            ..Request::default()
        };
        let inventory = import(&sources, &request, knowledge.products()).expect("an inventory");
        assert_eq!(inventory.counts.rows_rejected, 2);
        let shown = shown(&sources, &request, &inventory).expect("the same sources");
        let user = |address: &str| {
            let mut users = 0..inventory.users.len();
            let found = users.find(|&user| inventory.users.sip(user).text() == address);
            found.expect("accepted")
        };
        let [anna, bert, cleo] = ["anna@x.com", "bert@x.com", "cleo@x.com"].map(user);
        let names = [anna, bert, cleo].map(|user| shown.names.of(user).into_owned());
        assert_eq!(names, ["O'Hara, Anna", "", "=Cleo"]);
        let inventory = inventory.with_places(shown.places);
        assert_eq!(inventory.place(anna), ("Finance", "Köln"));
        assert_eq!(inventory.place(bert), ("Law", ""));
        assert_eq!(inventory.place(cleo), ("IT", ""));
    }
}
