//! Texts of cells -> numbers that stand for what they mean.
//!
//! In: the text of a cell, cleaned and not empty, and the names of the knowledge base. Out: a number, or a [`Problem`]. Every
//! different text comes here about once per column (`dictionary` remembers), so this may take its time. What the numbers
//! stand for is kept in lists here, the same for all files and threads.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{Datelike, NaiveDate};

use super::cell::{clean, date, public_im_flag, yes_or_no};
use super::dictionary::Keyed;
use super::meaning::{AddIns, Clients, answer_number};
use super::pools::{PoolName, Pools};
use super::problem::Problem;
use super::record::DateSystem;
use super::texts::{TextId, Texts};
use super::{DateOrder, Request};
use crate::knowledge::Products;
use crate::knowledge::products::Recognized;
use crate::model::{AddIn, ProviderSet};

/// Values with numbers from 1 on, each kept once.
#[derive(Debug)]
pub(crate) struct Numbered<T> {
    numbers: HashMap<T, u32>,
    list: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            list: Vec::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn number(&mut self, value: T) -> u32 {
        if let Some(&number) = self.numbers.get(&value) {
            return number;
        }
        self.list.push(value.clone());
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.numbers.insert(value, number);
        number
    }

    /// The value with a number; none for 0.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.list.get((number as usize).checked_sub(1)?)
    }
}

/// Understands cells, and keeps what their numbers stand for.
pub(crate) struct Interpreter<'a> {
    products: &'a Products,
    date_order: Option<DateOrder>,
    told_apart: Vec<Option<HashMap<String, TextId>>>,
    pub(crate) known_pools: Pools,
    pub(crate) pools: Numbered<PoolName>,
    pub(crate) clients: Numbered<Clients>,
    pub(crate) add_ins: Numbered<AddIns>,
    pub(crate) texts: Texts,
    other: TextId,
}

/// In a wanted column: some text that nobody asks for.
pub(crate) const OTHER: &str = "\u{1}";

impl<'a> Interpreter<'a> {
    pub(crate) fn new(request: &Request, products: &'a Products) -> Self {
        let mut texts = Texts::new(Keyed::new());
        let other = texts.id(OTHER);
        let told_apart = (0..request.columns.len())
            .map(|column| {
                let asked = request.told_apart.get(column)?.as_ref()?;
                let groups = asked.iter().filter_map(|group| {
                    let first = texts.id(&comparable(group.first()?));
                    Some(group.iter().map(move |text| (comparable(text), first)))
                });
                Some(groups.flatten().collect())
            })
            .collect();
        Self {
            products,
            date_order: request.date_order,
            told_apart,
            known_pools: Pools::new(&request.pools),
            pools: Numbered::default(),
            clients: Numbered::default(),
            add_ins: Numbered::default(),
            texts,
            other,
        }
    }

    pub(crate) fn products(&self) -> &'a Products {
        self.products
    }

    /// The number of the pool that a text names.
    pub(crate) fn pool(&mut self, text: &str) -> u32 {
        let name = self.known_pools.find(text);
        self.pools.number(name)
    }

    /// The number of the clients that a text names.
    pub(crate) fn clients(&mut self, text: &str) -> u32 {
        let mut clients = Clients::default();
        for text in outside_brackets(text) {
            match self.products.recognize_client(text) {
                Recognized::Client(client) => clients.endpoints = clients.endpoints.with(client),
                Recognized::Server => clients.servers.push(self.texts.id(text)),
                Recognized::Unrecognized => clients.unrecognized.push(self.texts.id(text)),
            }
        }
        each_once(&mut clients.servers);
        each_once(&mut clients.unrecognized);
        self.clients.number(clients)
    }

    /// The number of the add-ins that a text names.
    pub(crate) fn add_ins(&mut self, text: &str) -> u32 {
        let mut add_ins = AddIns::default();
        for text in outside_brackets(text) {
            match self.products.recognize_add_in(text) {
                Some(add_in) if add_in != AddIn::Unknown => {
                    add_ins.set = add_ins.set.with(add_in);
                }
                _ => {
                    add_ins.set = add_ins.set.with(AddIn::Unknown);
                    add_ins.unknown.push(self.texts.id(text));
                }
            }
        }
        each_once(&mut add_ins.unknown);
        self.add_ins.number(add_ins)
    }

    /// The providers that a text lists, as the bits of the set.
    pub(crate) fn providers(&self, text: &str) -> Result<u32, Vec<Problem>> {
        let (mut set, mut problems) = (ProviderSet::EMPTY, Vec::new());
        for text in text
            .split([';', ','])
            .map(clean)
            .filter(|text| !text.is_empty())
        {
            match self.products.recognize_provider(text) {
                Some(provider) => set = set.with(provider),
                None => problems.push(Problem::no_provider(text)),
            }
        }
        if problems.is_empty() {
            Ok(u32::from(set.0))
        } else {
            Err(problems)
        }
    }

    /// The day that a text names, in days of the common era.
    pub(crate) fn day(&self, text: &str, system: DateSystem) -> Result<u32, Problem> {
        date(text, self.date_order, system)
            .map(|day| u32::try_from(day.num_days_from_ce()).unwrap_or(0))
            .map_err(|why| Problem::no_date(text, why))
    }

    /// The number of a text in a wanted column.
    pub(crate) fn value(&mut self, column: usize, text: &str) -> u32 {
        match self.told_apart.get(column) {
            Some(Some(asked)) => {
                let text = text.to_lowercase();
                asked.get(&text).copied().unwrap_or(self.other)
            }
            _ => self.texts.id(text),
        }
    }
}

/// A text as it is compared with those that are told apart.
fn comparable(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Yes or no.
pub(crate) fn answer(text: &str) -> Result<u32, Problem> {
    let said = yes_or_no(text).ok_or_else(|| Problem::no_answer(text))?;
    Ok(answer_number(said))
}

/// The first of the option flags.
pub(crate) fn option_flag(text: &str) -> Result<u32, Problem> {
    let said = public_im_flag(text).ok_or_else(|| Problem::no_flags(text))?;
    Ok(answer_number(said))
}

/// The day with a number that [`Interpreter::day`] gave.
pub(crate) fn day(number: u32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(number).ok().filter(|&number| number > 0)?)
}

fn each_once(texts: &mut Vec<TextId>) {
    texts.sort_unstable();
    texts.dedup();
}

/// Does a bracket that opens in a text never close there? It would hold what follows in the same cell together with it.
pub(crate) fn leaves_bracket_open(text: &str) -> bool {
    let depth = text.chars().fold(0_usize, |depth, c| match c {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth.saturating_sub(1),
        _ => depth,
    });
    depth > 0
}

/// The parts of a cell between semicolons that stand outside brackets; without the empty ones.
pub(crate) fn outside_brackets(cell: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut start) = (0_usize, 0);
    let mut parts = Vec::new();
    for (at, c) in cell.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => {
                parts.push(&cell[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&cell[start..]);
    parts.into_iter().map(clean).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_inside_brackets_do_not_separate() {
        let parts: Vec<&str> =
            outside_brackets(" a; Purple/2.10 (linux; RTC/5.0 [x;y]) ;;lync-2010;").collect();
        assert_eq!(
            parts,
            ["a", "Purple/2.10 (linux; RTC/5.0 [x;y])", "lync-2010"]
        );
    }

    #[test]
    fn a_day_survives_its_number() {
        let day_of = NaiveDate::from_ymd_opt(2014, 6, 30);
        let number = day_of.map_or(0, |day| day.num_days_from_ce()) as u32;
        assert_eq!(day(number), day_of);
        assert_eq!(day(0), None);
    }
}
