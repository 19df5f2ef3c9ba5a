//! Everything that the files say about one user, field by field.
//!
//! In: a user's rows. Out: [`Said`]: each text with the file, row and header that it comes from, and whether it counts.

use super::super::columns::Field;
use super::super::interpreter::outside_brackets;
use super::{Cell, Person, Provenance, Row, Spot};
use crate::knowledge::Products;

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
            let cell = person.field(field);
            for row in self.rows_of(user) {
                let Some((column, text)) = self.field(row, field) else {
                    continue;
                };
                all.push(Said {
                    field,
                    text: text.to_owned(),
                    spot: Spot::of(row),
                    header: self.file_of(row).layout.headers[column].clone(),
                    counts: self.counts(row, field, cell, text, products),
                });
            }
        }
        all
    }

    /// A value counts if it is the one that was taken, or says the same as that one. Every row names the address and the pool
    /// that count, or there would be no user.
    fn counts(
        &self,
        row: &Row,
        field: Field,
        cell: &Cell,
        text: &str,
        products: &Products,
    ) -> bool {
        let spot = Spot::of(row);
        match field {
            Field::Sip | Field::Pool => true,
            Field::Client | Field::AddIn if !cell.from.contains(&spot) => false,
            Field::Client => outside_brackets(text).any(|part| is_client_of(part, cell, products)),
            Field::AddIn | Field::Providers => cell.from.contains(&spot),
            Field::Name | Field::Department | Field::Site => {
                cell.parts.iter().any(|part| part == text)
            }
            Field::GroupChat | Field::PicEnabled | Field::Organizer | Field::LicenseEnd => {
                cell.from.contains(&spot)
            }
        }
    }
}

fn is_client_of(part: &str, cell: &Cell, products: &Products) -> bool {
    use crate::knowledge::products::Recognized;
    match products.recognize_client(part) {
        Recognized::Client(client) => {
            let id = products.client_id(client);
            cell.parts.iter().any(|part| part == id)
        }
        Recognized::Server => false,
        Recognized::Unrecognized(_) => cell.parts.iter().any(|known| known == part),
    }
}
