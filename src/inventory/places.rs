//! Where people belong: departments and sites, as they are shown.
//!
//! In: what the rows of users say, in the order of reading. Out: [`Places`]. A simulation is told no more of these texts than
//! its plan tells apart, or nearly every user would be unlike the others; so they are kept apart from shapes: a number for each
//! user, and each pair of texts once.

use std::collections::HashMap;

use super::Inventory;
use super::dictionary::Keyed;
use super::texts::{TextId, Texts};

/// A department and a site.
type Pair = (TextId, TextId);

/// The department and the site of each user.
#[derive(Debug)]
pub struct Places {
    texts: Texts,
    pairs: Vec<Pair>,
    of_user: Numbers,
}

/// The number of each user's pair, in two bytes as long as there are few pairs.
#[derive(Clone, Debug)]
enum Numbers {
    Few(Vec<u16>),
    Many(Vec<u32>),
}

impl Numbers {
    /// A user's number; zero for users that were not counted.
    #[inline]
    fn get(&self, user: usize) -> u32 {
        match self {
            Self::Few(numbers) => numbers.get(user).map_or(0, |&number| u32::from(number)),
            Self::Many(numbers) => numbers.get(user).copied().unwrap_or(0),
        }
    }

    fn set(&mut self, user: usize, number: u32) {
        match (&mut *self, u16::try_from(number)) {
            (Self::Few(numbers), Ok(number)) => numbers[user] = number,
            (Self::Few(numbers), Err(_)) => {
                let mut numbers: Vec<u32> = numbers.iter().copied().map(u32::from).collect();
                numbers[user] = number;
                *self = Self::Many(numbers);
            }
            (Self::Many(numbers), _) => numbers[user] = number,
        }
    }
}

impl Default for Places {
    fn default() -> Self {
        Self {
            texts: Texts::new(Keyed::new()),
            pairs: vec![(0, 0)],
            of_user: Numbers::Few(Vec::new()),
        }
    }
}

impl Places {
    /// The same places under other names; `name` is asked for each department and each site.
    pub(super) fn renamed(
        &self,
        department: &mut dyn FnMut(&str) -> String,
        site: &mut dyn FnMut(&str) -> String,
    ) -> Self {
        let mut texts = Texts::new(Keyed::new());
        let pairs = self.pairs.iter().map(|&pair| {
            let (own_department, own_site) = self.texts_of(pair);
            (
                texts.id(&department(own_department)),
                texts.id(&site(own_site)),
            )
        });
        Self {
            pairs: pairs.collect(),
            texts,
            of_user: self.of_user.clone(),
        }
    }

    fn texts_of(&self, (department, site): Pair) -> (&str, &str) {
        (self.texts.text(department), self.texts.text(site))
    }
}

impl Inventory {
    /// The same inventory, whose users belong to these places.
    #[must_use]
    pub fn with_places(self, places: Places) -> Self {
        Self { places, ..self }
    }

    /// A user's department and site, trimmed; empty where the cell or the column is missing, or [`Places`] were not read.
    #[must_use]
    pub fn place(&self, user: usize) -> (&str, &str) {
        self.place_numbered(self.place_number(user))
    }

    /// The number of a user's department and site together.
    #[inline]
    pub(crate) fn place_number(&self, user: usize) -> u32 {
        self.places.of_user.get(user)
    }

    /// The department and the site with a number.
    pub(crate) fn place_numbered(&self, number: u32) -> (&str, &str) {
        self.places.texts_of(self.places.pairs[number as usize])
    }
}

/// Places under collection.
pub(super) struct Gathering {
    places: Places,
    numbers: HashMap<Pair, u32>,
}

impl Gathering {
    /// Nobody of so many users belongs anywhere yet.
    pub(super) fn new(users: usize) -> Self {
        Self {
            places: Places {
                of_user: Numbers::Few(vec![0; users]),
                ..Places::default()
            },
            numbers: HashMap::from([((0, 0), 0)]),
        }
    }

    /// Takes in what a row of a user says: of each text the first counts that is not empty.
    pub(super) fn keep(&mut self, user: usize, department: &str, site: &str) {
        let places = &mut self.places;
        let known = places.pairs[places.of_user.get(user) as usize];
        let mut pair = known;
        if known.0 == 0 {
            pair.0 = places.texts.id(department);
        }
        if known.1 == 0 {
            pair.1 = places.texts.id(site);
        }
        if pair == known {
            return;
        }
        let number = *self.numbers.entry(pair).or_insert_with(|| {
            places.pairs.push(pair);
            u32::try_from(places.pairs.len() - 1).expect("fewer than rows, which fit u32")
        });
        places.of_user.set(user, number);
    }

    pub(super) fn finish(self) -> Places {
        self.places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_text_the_first_counts_that_is_not_empty() {
        let mut places = Gathering::new(3);
        places.keep(0, "", "Berlin");
        places.keep(0, "Sales", "Paris");
        places.keep(2, "Sales", "Berlin");
        let inventory = Inventory::default().with_places(places.finish());
        assert_eq!(inventory.place(0), ("Sales", "Berlin"));
        assert_eq!(inventory.place(1), ("", ""));
        assert_eq!(inventory.place_number(0), inventory.place_number(2));
        assert_eq!(inventory.place(99), ("", ""));
    }

    #[test]
    fn there_may_be_as_many_places_as_users() {
        let users = usize::from(u16::MAX) + 10;
        let mut places = Gathering::new(users);
        for user in 0..users {
            places.keep(user, &user.to_string(), "Berlin");
        }
        let inventory = Inventory::default().with_places(places.finish());
        for user in [0, 1, users - 12, users - 11, users - 1] {
            assert_eq!(inventory.place(user), (user.to_string().as_str(), "Berlin"));
        }
    }
}
