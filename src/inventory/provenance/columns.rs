//! Which columns beside the fields a merged inventory has, and what they are called there.
//!
//! In: the layouts of all files. Out: [`Columns`]. A column from which a field is taken first has its text under the field's
//! canonical header and is not kept a second time, unless somebody filters by it. Every other column keeps its header; where
//! two would be taken for one another, or for a field that the user mapped to another column, the later one is
//! called `Header (2)`.

use std::collections::{HashMap, HashSet};

use super::super::columns::{Field, Layout};
use super::super::{ColumnKey, Request, normalize_header};
use super::Provenance;

/// A further column of a merged inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnName {
    /// The header as the files spell it.
    pub header: String,
    /// The header as headers are compared.
    pub name: String,
    /// The field that is taken from it too, where its own header is empty.
    pub(crate) of: Option<Field>,
}

/// The columns beside the fields.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Their names, in the order of the files.
    pub names: Vec<ColumnName>,
    /// For each file and column of the file the position among the names.
    places: Vec<Vec<Option<usize>>>,
}

impl Columns {
    /// The further columns of all files.
    #[must_use]
    pub fn of(provenance: &Provenance, request: &Request) -> Self {
        let mut union = Union {
            columns: Self::default(),
            wanted: request.columns.iter().filter_map(header).collect(),
            known: HashMap::new(),
            taken: (Field::ALL.iter().flat_map(|field| field.headers()))
                .map(normalize_header)
                .collect(),
        };
        for file in &provenance.files {
            union.keep_secondary(&file.layout);
        }
        for (number, file) in provenance.files.iter().enumerate() {
            union.add(&file.layout, &provenance.filled_without_name(number));
        }
        union.columns
    }

    /// Where a column of a file goes.
    pub(super) fn place(&self, file: usize, column: usize) -> Option<usize> {
        *self.places[file].get(column)?
    }
}

fn header(key: &ColumnKey) -> Option<String> {
    match key {
        ColumnKey::Header(name) => Some(normalize_header(name)),
        ColumnKey::Department | ColumnKey::Site => None,
    }
}

impl Provenance {
    /// The columns of a file that have no header and yet something in them.
    fn filled_without_name(&self, file: usize) -> HashSet<usize> {
        let names = &self.files[file].layout.names;
        if names.iter().all(|name| !name.is_empty()) {
            return HashSet::new();
        }
        let rows = self.rows.iter().filter(|row| row.file as usize == file);
        let columns = rows
            .flat_map(|row| self.cells_of(row))
            .map(|&(column, _)| column as usize);
        columns
            .filter(|&column| names.get(column).is_some_and(String::is_empty))
            .collect()
    }
}

struct Union {
    columns: Columns,
    /// Headers that are kept though a field is taken from them.
    wanted: HashSet<String>,
    /// The position of a column by its name and how often the name stood before it in its file; `None`: as a field's alias.
    known: HashMap<(String, Option<usize>), usize>,
    /// Names that mean something already.
    taken: HashSet<String>,
}

impl Union {
    /// Columns that another one of the same field goes before hold something of their own.
    fn keep_secondary(&mut self, layout: &Layout) {
        for &field in Field::ALL {
            let later = layout.columns(field).iter().skip(1);
            self.wanted
                .extend(later.map(|&column| layout.names[column].clone()));
        }
    }

    fn add(&mut self, layout: &Layout, filled: &HashSet<usize>) {
        let mut before: HashMap<&str, usize> = HashMap::new();
        let mut places = Vec::new();
        for (column, name) in layout.names.iter().enumerate() {
            let times = before.entry(name).or_default();
            let header = &layout.headers[column];
            let is_dropped = layout.is_own(column) || name.is_empty() && !filled.contains(&column);
            places.push(match source_of(layout, column) {
                _ if is_dropped => None,
                Some(field) => self.alias(header, name, field),
                None => Some(self.other(header, name, *times)),
            });
            *times += 1;
        }
        self.columns.places.push(places);
    }

    /// A column from which a field is taken, where it is kept.
    fn alias(&mut self, header: &str, name: &str, field: Field) -> Option<usize> {
        if *name == normalize_header(field.canonical()) || !self.wanted.contains(name) {
            return None;
        }
        let key = (name.to_owned(), None);
        if let Some(&place) = self.known.get(&key) {
            return Some(place);
        }
        let place = self.push(header.to_owned(), name.to_owned(), Some(field));
        self.known.insert(key, place);
        Some(place)
    }

    /// Any other column; it gets a name that means nothing else.
    fn other(&mut self, header: &str, name: &str, times: usize) -> usize {
        if name.is_empty() {
            return self.push(String::new(), String::new(), None);
        }
        let key = (name.to_owned(), Some(times));
        if let Some(&place) = self.known.get(&key) {
            return place;
        }
        let (mut unique, mut unique_name) = (header.to_owned(), name.to_owned());
        let mut number = 2;
        while !self.taken.insert(unique_name.clone()) {
            unique = format!("{header} ({number})");
            unique_name = normalize_header(&unique);
            number += 1;
        }
        let place = self.push(unique, unique_name, None);
        self.known.insert(key, place);
        place
    }

    fn push(&mut self, header: String, name: String, of: Option<Field>) -> usize {
        self.columns.names.push(ColumnName { header, name, of });
        self.columns.names.len() - 1
    }
}

/// The field that is taken from a column, alone or among others.
fn source_of(layout: &Layout, column: usize) -> Option<Field> {
    let mut fields = Field::ALL.iter().copied();
    fields.find(|&field| layout.columns(field).contains(&column))
}
