//! The rows of all files, packed: whose they are, what they say, where they stand.
//!
//! In: rows as they are read. Out: for every row its address, its meaning and its place. A row is known by its position
//! among the rows of all files, in the order of reading.

use std::collections::HashMap;

use super::users::Addresses;
use crate::diagnostic::Place;

/// In place of a meaning: the row is rejected for what stands in it.
pub(crate) const REJECTED: u32 = u32::MAX;

/// Where the rows of one file stand.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) sheet: Option<String>,
    /// Position of its first row.
    pub(crate) first: u32,
    /// Where the row number is not the one before and one: position and number.
    jumps: Vec<(u32, u64)>,
}

impl File {
    pub(crate) fn new(name: &str, sheet: Option<String>, first: u32) -> Self {
        Self {
            name: name.to_owned(),
            sheet,
            first,
            jumps: Vec::new(),
        }
    }

    /// Notes that the row at a position has this number.
    pub(crate) fn number_row(&mut self, row: u32, number: u64) {
        let expected = self.jumps.last().map(|&(at, n)| n + u64::from(row - at));
        if expected != Some(number) {
            self.jumps.push((row, number));
        }
    }

    /// The number of the row at a position, as a person sees it.
    pub(crate) fn number(&self, row: u32) -> u64 {
        let behind = self.jumps.partition_point(|&(at, _)| at <= row);
        let (at, number) = self.jumps[behind - 1];
        number + u64::from(row - at)
    }

    /// A place in this file.
    pub(crate) fn place(&self, number: u64, column: Option<String>) -> Place {
        Place::Row {
            file: self.name.clone(),
            sheet: self.sheet.clone(),
            row: number,
            column,
        }
    }
}

/// The rows of all files.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) addresses: Addresses,
    /// For every row the position of its meaning, or [`REJECTED`].
    pub(crate) meanings: Vec<u32>,
    pub(crate) files: Vec<File>,
}

impl Rows {
    /// The position of the file in which a row stands.
    pub(crate) fn file(&self, row: u32) -> usize {
        self.files.partition_point(|file| file.first <= row) - 1
    }

    /// The place of a row.
    pub(crate) fn place(&self, row: u32) -> Place {
        let file = &self.files[self.file(row)];
        file.place(file.number(row), None)
    }

    /// The rows that are not rejected, by user, in the order of the users' first rows.
    pub(crate) fn by_user(&self) -> Vec<Vec<u32>> {
        let mut users: Vec<Vec<u32>> = Vec::new();
        let mut by_address: HashMap<&str, usize> = HashMap::new();
        for (row, &meaning) in self.meanings.iter().enumerate() {
            if meaning == REJECTED {
                continue;
            }
            let user = *by_address
                .entry(self.addresses.get(row))
                .or_insert_with(|| {
                    users.push(Vec::new());
                    users.len() - 1
                });
            users[user].push(u32::try_from(row).unwrap_or(REJECTED));
        }
        users
    }
}
