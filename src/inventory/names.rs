//! What people are called, in little room: names are words, and most words belong to many people.
//!
//! In: the display name of each user, in any order. Out: [`Names`]. A name is kept as the numbers of its words, a byte or two
//! for each; words that are met when there are very many already stand for themselves.

use std::borrow::Cow;

use super::dictionary::Keyed;
use super::texts::Texts;

/// So many users count from the same byte.
const GROUP: usize = 16;
/// So many different words have numbers.
const WORDS: usize = 1 << 16;
/// In place of a word's number: the word itself follows, its length in bytes before it.
const ITSELF: usize = 0;

/// The display name of each user.
#[derive(Debug, Default)]
pub struct Names {
    words: Option<Texts>,
    /// For each user the number of bytes that follow, and in these the words of the name.
    codes: Vec<u8>,
    /// Where the codes of each group of users begin.
    begins: Vec<usize>,
}

impl Names {
    /// A user's name: the first that is not empty in the order of reading; empty where there is none.
    #[must_use]
    pub fn of(&self, user: usize) -> Cow<'_, str> {
        let none = Cow::Borrowed("");
        let (Some(words), Some(&begin)) = (&self.words, self.begins.get(user / GROUP)) else {
            return none;
        };
        let mut codes = &self.codes[begin..];
        for _ in 0..user % GROUP {
            take_name(&mut codes);
        }
        let mut name = take_name(&mut codes);
        if name.is_empty() {
            return none;
        }
        let mut text = Cow::Borrowed(take_word(&mut name, words));
        while !name.is_empty() {
            let text = text.to_mut();
            text.push(' ');
            text.push_str(take_word(&mut name, words));
        }
        text
    }
}

/// Takes the first name off some codes; empty where nothing is left.
fn take_name<'c>(codes: &mut &'c [u8]) -> &'c [u8] {
    let length = take_number(codes).min(codes.len());
    let (name, rest) = codes.split_at(length);
    *codes = rest;
    name
}

/// Takes the first word off a name.
fn take_word<'n>(name: &mut &'n [u8], words: &'n Texts) -> &'n str {
    match take_number(name) {
        ITSELF => std::str::from_utf8(take_name(name)).unwrap_or_default(),
        number => words.text(u32::try_from(number - 1).unwrap_or_default()),
    }
}

/// Takes a number off, whose bytes have seven bits each, the lowest first.
fn take_number(codes: &mut &[u8]) -> usize {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = codes.split_first() {
        *codes = rest;
        number |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            break;
        }
    }
    number
}

fn put_number(codes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        codes.push(number as u8 | 0x80);
        number >>= 7;
    }
    codes.push(number as u8);
}

/// Names under collection.
pub(super) struct Gathering {
    words: Texts,
    codes: Vec<u8>,
    /// Where the code of each user begins; zero, where a name without words stands, for those who have none yet.
    starts: Vec<u32>,
    name: Vec<u8>,
}

impl Gathering {
    /// Nobody of so many users has a name yet.
    pub(super) fn new(users: usize) -> Self {
        Self {
            words: Texts::new(Keyed::new()),
            codes: vec![0],
            starts: vec![0; users],
            name: Vec::new(),
        }
    }

    /// Keeps a user's name, unless it is empty or they have one; one that is longer than anybody's is cut.
    pub(super) fn keep(&mut self, user: usize, name: &str) {
        if name.is_empty() || self.starts[user] != 0 {
            return;
        }
        let mut length = name.len().min(usize::from(u16::MAX));
        while !name.is_char_boundary(length) {
            length -= 1;
        }
        self.name.clear();
        for word in name[..length].split(' ') {
            let known = if self.words.len() < WORDS {
                Some(self.words.id(word))
            } else {
                self.words.find(word)
            };
            match known {
                Some(number) => put_number(&mut self.name, number as usize + 1),
                None => {
                    put_number(&mut self.name, ITSELF);
                    put_number(&mut self.name, word.len());
                    self.name.extend_from_slice(word.as_bytes());
                }
            }
        }
        let Ok(start) = u32::try_from(self.codes.len()) else {
            return;
        };
        self.starts[user] = start;
        put_number(&mut self.codes, self.name.len());
        self.codes.extend_from_slice(&self.name);
    }

    /// Puts the names in the order of the users.
    pub(super) fn finish(self) -> Names {
        let mut codes = Vec::with_capacity(self.codes.len());
        let mut begins = Vec::with_capacity(self.starts.len().div_ceil(GROUP));
        for (user, &start) in self.starts.iter().enumerate() {
            if user.is_multiple_of(GROUP) {
                begins.push(codes.len());
            }
            let name = take_name(&mut &self.codes[start as usize..]);
            put_number(&mut codes, name.len());
            codes.extend_from_slice(name);
        }
        codes.shrink_to_fit();
        Names {
            words: Some(self.words),
            codes,
            begins,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_longer_than_anybodys_is_cut_between_letters() {
        let mut names = Gathering::new(2);
        names.keep(0, &"é".repeat(40_000));
        names.keep(1, "Bert");
        let names = names.finish();
        assert_eq!(names.of(0).len(), usize::from(u16::MAX) - 1);
        assert_eq!(names.of(1), "Bert");
        assert_eq!(names.of(2), "");
        assert_eq!(Names::default().of(0), "");
    }

    #[test]
    fn names_of_more_words_than_have_numbers_come_back_too() {
        let users = WORDS + 5_000;
        let name = |user: usize| format!("Ann{user} née O'Hara ({user})");
        let mut names = Gathering::new(users);
        (0..users).for_each(|user| names.keep(user, &name(user)));
        let names = names.finish();
        for user in [0, 15, 16, WORDS / 2, WORDS - 1, WORDS + 4_999] {
            assert_eq!(names.of(user), name(user));
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back_in_whatever_order_it_came(
            all in proptest::collection::vec("[ab é]{0,9}|[a-z]{1,3} [a-z]{120,140}", 1..60),
            turn in 0_usize..60,
        ) {
            let mut names = Gathering::new(all.len());
            for at in 0..all.len() {
                let user = (at + turn) % all.len();
                names.keep(user, &all[user]);
                names.keep(user, "another");
            }
            let names = names.finish();
            for (user, name) in all.iter().enumerate() {
                let expected = if name.is_empty() { "another" } else { name };
                prop_assert_eq!(names.of(user), expected);
            }
        }
    }
}
