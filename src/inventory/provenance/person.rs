//! The rows of a user -> one person, as a merged inventory has it.
//!
//! In: a user's rows. Out: [`Person`]: what each field and column says, in the words in which it is written, and from which
//! rows. What counts is decided by the importer's own [`Merger`], so that a merged inventory cannot say anything
//! else than the import.

use std::collections::{BTreeSet, HashSet};

use super::super::Request;
use super::super::cell::clean;
use super::super::columns::Field;
use super::super::dictionary::Keyed;
use super::super::interpreter::{Interpreter, answer, day, option_flag, outside_brackets};
use super::super::meaning::{Flags, Lists, Meaning, NOTHING, Rare};
use super::super::merging::{Merged, Merger};
use super::super::record::ReadError;
use super::{Columns, Provenance, Row};
use crate::knowledge::Products;
use crate::knowledge::products::Recognized;
use crate::model::{AddIn, Provider};

/// A row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The file, by its position among the sources.
    pub file: usize,
    /// The row, as a person sees it.
    pub row: u64,
}

/// What is said about a person under one header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The parts of a list, or the one text; none where nothing is said.
    pub parts: Vec<String>,
    /// The rows that say it, in the order of reading: the first that is not empty, of lists all.
    pub from: Vec<Spot>,
}

impl Cell {
    fn text(text: Option<(String, Spot)>) -> Self {
        let (parts, from) = text.into_iter().unzip();
        Self { parts, from }
    }

    /// The parts as one text.
    #[must_use]
    pub fn joined(&self) -> String {
        self.parts.join("; ")
    }

    /// Is nothing said?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// A person of the merged inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The address, lower case, without `sip:`.
    pub sip: String,
    /// What each field says, in the order of [`Field::ALL`]: pools, names, departments and sites as they are written first,
    /// everything else in canonical words.
    pub fields: Vec<Cell>,
    /// What each further column says, in the order of [`Columns::names`].
    pub others: Vec<Cell>,
    /// The pool that the text names: its id in the plan, or its name where every text is a pool.
    pub pool: String,
    /// Texts of clients and add-ins that were understood as something: the text, and the id of what it is.
    pub recognized: Vec<(String, String)>,
    /// All rows of the person.
    pub rows: Vec<Spot>,
}

impl Person {
    /// What a field says.
    #[must_use]
    pub fn field(&self, field: Field) -> &Cell {
        &self.fields[field.index()]
    }
}

/// Makes persons of users.
pub struct Resolver<'a> {
    provenance: &'a Provenance,
    columns: &'a Columns,
    request: &'a Request,
    interpreter: Interpreter<'a>,
}

/// What a user's rows mean, each by itself.
struct Meanings {
    rows: Vec<Meaning>,
    rare: Vec<Rare>,
}

impl<'a> Resolver<'a> {
    /// For the users of an inventory, by the request of its import.
    #[must_use]
    pub fn new(
        provenance: &'a Provenance,
        columns: &'a Columns,
        request: &'a Request,
        products: &'a Products,
    ) -> Self {
        Self {
            provenance,
            columns,
            request,
            interpreter: Interpreter::new(request, products),
        }
    }

    /// The person that a user (by its position and address) is.
    ///
    /// # Errors
    /// Where its rows make no user, which they did before.
    pub fn person(&mut self, user: usize, sip: &str) -> Result<Person, ReadError> {
        let rows = self.provenance.rows_of(user);
        let meanings = self.meanings(rows);
        let mut merger = Merger::new(&self.interpreter, &meanings.rare, self.request.oldest());
        let mut lists = Lists::new(&Keyed::new());
        let merged = merger.merge(&meanings.rows, &mut lists);
        let merged = merged.map_err(|_| self.provenance.changed())?;
        let (unrecognized, stale) = (merger.unrecognized, merger.stale);
        let stale = stale.into_iter().collect();
        let telling = Telling {
            resolver: self,
            rows,
            meanings: &meanings,
            merged: &merged,
            unrecognized: &unrecognized,
            stale: &stale,
        };
        Ok(Person {
            sip: sip.to_owned(),
            fields: Field::ALL
                .iter()
                .map(|&field| telling.field(field, sip))
                .collect(),
            others: telling.others(),
            pool: self.pool(merged.pool),
            recognized: telling.recognized(),
            rows: rows.iter().map(Spot::of).collect(),
        })
    }

    fn pool(&self, pool: u16) -> String {
        match self.request.pools.known {
            Some(_) => self.request.pools.name(pool).to_owned(),
            None => self.interpreter.known_pools.name(pool).to_owned(),
        }
    }

    /// What each row means; number 0 of the rare ones is a row that says nothing rare.
    fn meanings(&mut self, rows: &[Row]) -> Meanings {
        let mut rare = vec![Rare::default()];
        let rows = rows
            .iter()
            .map(|row| {
                let (meaning, of_row) = self.meaning(row);
                rare.push(of_row);
                Meaning {
                    rare: u32::try_from(rare.len() - 1).unwrap_or(0),
                    ..meaning
                }
            })
            .collect();
        Meanings { rows, rare }
    }

    fn meaning(&mut self, row: &Row) -> (Meaning, Rare) {
        let file = self.provenance.file_of(row);
        let said = |field: Field| self.provenance.field(row, field);
        let yes_no = |field: Field| match said(field) {
            Some((column, text))
                if field == Field::PicEnabled && file.layout.is_option_flags(column) =>
            {
                option_flag(text).unwrap_or(NOTHING)
            }
            Some((_, text)) => answer(text).unwrap_or(NOTHING),
            None => NOTHING,
        };
        let answers = [Field::GroupChat, Field::PicEnabled, Field::Organizer].map(yes_no);
        let interpreter = &mut self.interpreter;
        let text = |field: Field| said(field).map(|(_, text)| text);
        let seen = file
            .layout
            .last_seen
            .iter()
            .find_map(|&column| self.provenance.cell(row, column));
        let day = |text: Option<&str>| {
            let number = text.map(|text| interpreter.day(text, file.system));
            number.and_then(Result::ok).unwrap_or(NOTHING)
        };
        let (license_end, seen) = (day(text(Field::LicenseEnd)), day(seen));
        let providers = text(Field::Providers).map(|text| interpreter.providers(text));
        let providers = providers.and_then(Result::ok).unwrap_or(0);
        let meaning = Meaning {
            pool: text(Field::Pool).map_or(NOTHING, |text| interpreter.pool(text)),
            clients: text(Field::Client).map_or(NOTHING, |text| interpreter.clients(text)),
            flags: Flags::new(answers[0], answers[1], answers[2], providers),
            ..Meaning::default()
        };
        let rare = Rare {
            add_ins: text(Field::AddIn).map_or(NOTHING, |text| interpreter.add_ins(text)),
            license_end,
            seen,
        };
        (meaning, rare)
    }
}

impl Spot {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            file: row.file as usize,
            row: row.number,
        }
    }
}

/// Puts what was merged into words.
struct Telling<'t, 'a> {
    resolver: &'t Resolver<'a>,
    rows: &'t [Row],
    meanings: &'t Meanings,
    merged: &'t Merged,
    unrecognized: &'t [u32],
    stale: &'t BTreeSet<usize>,
}

impl Telling<'_, '_> {
    fn field(&self, field: Field, sip: &str) -> Cell {
        match field {
            Field::Sip => Cell {
                parts: vec![sip.to_owned()],
                from: self.rows.iter().take(1).map(Spot::of).collect(),
            },
            Field::Name | Field::Pool | Field::Department | Field::Site => Cell::text(
                self.first(field)
                    .map(|(text, spot)| (text.to_owned(), spot)),
            ),
            Field::Client => self.list(field, self.clients()),
            Field::Providers => {
                let providers = self.merged.providers.iter();
                self.list(
                    field,
                    providers.map(|provider| provider.id().to_owned()).collect(),
                )
            }
            Field::AddIn => self.list(field, self.add_ins()),
            Field::GroupChat => self.single(field, self.merged.group_chat.map(word)),
            Field::PicEnabled => self.single(field, self.merged.pic_enabled.map(word)),
            Field::Organizer => self.single(field, self.merged.organizer.map(word)),
            Field::LicenseEnd => self.single(
                field,
                day(self.merged.license_end).map(|day| day.to_string()),
            ),
        }
    }

    /// The first row that says something about a field.
    fn first(&self, field: Field) -> Option<(&str, Spot)> {
        let mut rows = self.rows.iter();
        rows.find_map(|row| {
            let (_, text) = self.resolver.provenance.field(row, field)?;
            Some((text, Spot::of(row)))
        })
    }

    fn single(&self, field: Field, text: Option<String>) -> Cell {
        Cell::text(text.zip(self.first(field).map(|(_, spot)| spot)))
    }

    fn list(&self, field: Field, parts: Vec<String>) -> Cell {
        if parts.is_empty() {
            return Cell::default();
        }
        let says = |&at: &usize| {
            let is_current = field != Field::Client || !self.stale.contains(&at);
            is_current
                && self
                    .resolver
                    .provenance
                    .field(&self.rows[at], field)
                    .is_some()
        };
        let from = (0..self.rows.len())
            .filter(says)
            .map(|at| Spot::of(&self.rows[at]));
        Cell {
            parts,
            from: from.collect(),
        }
    }

    /// The products by their ids, then the texts that name none.
    fn clients(&self) -> Vec<String> {
        let interpreter = &self.resolver.interpreter;
        let of_rows = self.meanings.rows.iter();
        let of_rows = of_rows.filter_map(|row| interpreter.clients.get(row.clients));
        let named = of_rows.fold(crate::model::EndpointSet::EMPTY, |all, clients| {
            all.union(clients.endpoints)
        });
        // A user without any client counts as unrecognized; no text says so.
        let counting = self
            .merged
            .endpoints
            .iter()
            .filter(|client| named.has(*client));
        let products = interpreter.products();
        let ids = counting.map(|client| products.client_id(client).to_owned());
        let texts = self.unrecognized.iter();
        ids.chain(in_order(texts.map(|&text| interpreter.texts.text(text))))
            .collect()
    }

    fn add_ins(&self) -> Vec<String> {
        let interpreter = &self.resolver.interpreter;
        let known = self
            .merged
            .add_ins
            .iter()
            .filter(|&add_in| add_in != AddIn::Unknown);
        let ids = known.map(|add_in| add_in.id().to_owned());
        let cells = self.meanings.rare.iter();
        let cells = cells.filter_map(|rare| interpreter.add_ins.get(rare.add_ins));
        let texts = cells.flat_map(|cell| &cell.unknown);
        ids.chain(in_order(texts.map(|&text| interpreter.texts.text(text))))
            .collect()
    }

    fn others(&self) -> Vec<Cell> {
        let resolver = self.resolver;
        let mut cells = vec![Cell::default(); resolver.columns.names.len()];
        for row in self.rows {
            for &(column, text) in resolver.provenance.cells_of(row) {
                let place = resolver.columns.place(row.file as usize, column as usize);
                if let Some(cell) = place
                    .map(|place| &mut cells[place])
                    .filter(|cell| cell.is_empty())
                {
                    let text = resolver.provenance.texts.text(text).to_owned();
                    *cell = Cell::text(Some((text, Spot::of(row))));
                }
            }
        }
        cells
    }

    /// What the texts of clients, add-ins and providers were taken for, where they are not ids themselves.
    fn recognized(&self) -> Vec<(String, String)> {
        let products = self.resolver.interpreter.products();
        let mut found: Vec<(String, String)> = Vec::new();
        // One user can have any number of texts.
        let mut known: HashSet<String> = HashSet::new();
        let mut note = |text: &str, what: Option<&str>| {
            if let Some(what) = what.filter(|what| *what != text)
                && !known.contains(text)
            {
                known.insert(text.to_owned());
                found.push((text.to_owned(), what.to_owned()));
            }
        };
        for row in self.rows {
            let said = |field: Field| {
                self.resolver
                    .provenance
                    .field(row, field)
                    .map_or("", |(_, text)| text)
            };
            for text in outside_brackets(said(Field::Client)) {
                note(
                    text,
                    Some(match products.recognize_client(text) {
                        Recognized::Client(client) => products.client_id(client),
                        Recognized::Server => "server",
                        Recognized::Unrecognized => "unrecognized",
                    }),
                );
            }
            for text in outside_brackets(said(Field::AddIn)) {
                let add_in = products
                    .recognize_add_in(text)
                    .filter(|&add_in| add_in != AddIn::Unknown);
                note(text, Some(add_in.map_or("unrecognized", AddIn::id)));
            }
            for text in said(Field::Providers).split([';', ',']).map(clean) {
                note(text, products.recognize_provider(text).map(Provider::id));
            }
        }
        found
    }
}

/// Texts in an order that does not depend on who else is in the inventory, each once.
fn in_order<'t>(texts: impl Iterator<Item = &'t str>) -> impl Iterator<Item = String> {
    let texts: BTreeSet<&str> = texts.collect();
    texts
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

fn word(is_yes: bool) -> String {
    if is_yes { "yes" } else { "no" }.to_owned()
}
