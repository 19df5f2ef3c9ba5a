//! Everything that the files say about one user, field by field.
//!
//! In: a user's rows. Out: [`Said`]: each text with the file, row and header that it comes from, and whether it counts.

use std::collections::HashSet;

use super::super::columns::Field;
use super::super::interpreter::outside_brackets;
use super::{Cell, Person, Provenance, Spot};
use crate::knowledge::Products;
use crate::knowledge::products::Recognized;

/// What one row says about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The field.
    pub field: Field,
    /// The text as it is in the file, without space around it.
    pub text: String,
    /// The row.
    pub spot: Spot,
    /// The header above it.
    pub header: String,
    /// Does the value count, or does another row's go before it?
    pub counts: bool,
}

impl Provenance {
    /// What the rows of a user say, by field, in the order of reading; `person` is what was made of it.
    #[must_use]
    pub fn said(&self, user: usize, person: &Person, products: &Products) -> Vec<Said> {
        let mut all = Vec::new();
        for &field in Field::ALL {
            let counting = Counting::of(person.field(field), field, products);
            for row in self.rows_of(user) {
                let Some((column, text)) = self.field(row, field) else {
                    continue;
                };
                all.push(Said {
                    field,
                    text: text.to_owned(),
                    spot: Spot::of(row),
                    header: self.file_of(row).layout.headers[column].clone(),
                    counts: counting.has(Spot::of(row), text),
                });
            }
        }
        all
    }
}

/// What counts of a field.
struct Counting<'a> {
    field: Field,
    products: &'a Products,
    from: HashSet<Spot>,
    parts: HashSet<&'a str>,
}

impl<'a> Counting<'a> {
    fn of(cell: &'a Cell, field: Field, products: &'a Products) -> Self {
        Self {
            field,
            products,
            from: cell.from.iter().copied().collect(),
            parts: cell.parts.iter().map(String::as_str).collect(),
        }
    }

    /// Does what a row says count? It does if it is what was taken, or says the same. Every row names the address and the pool that
    /// count, or there would be no user.
    fn has(&self, spot: Spot, text: &str) -> bool {
        match self.field {
            Field::Sip | Field::Pool => true,
            Field::Name | Field::Department | Field::Site => self.parts.contains(text),
            Field::Client => {
                self.from.contains(&spot)
                    && outside_brackets(text).any(|part| self.has_client(part))
            }
            Field::AddIn
            | Field::Providers
            | Field::GroupChat
            | Field::PicEnabled
            | Field::Organizer
            | Field::LicenseEnd => self.from.contains(&spot),
        }
    }

    fn has_client(&self, part: &str) -> bool {
        match self.products.recognize_client(part) {
            Recognized::Client(client) => self.parts.contains(self.products.client_id(client)),
            Recognized::Server => false,
            Recognized::Unrecognized => self.parts.contains(part),
        }
    }
}
