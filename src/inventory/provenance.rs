//! Where the values of users come from: every cell of every row that counts, kept with its file and row.
//!
//! In: the sources again, and the inventory that was made of them. Out: [`Provenance`], from which a [`Person`] is resolved by
//! the same rules as the import. A simulation needs none of it, so the import does not keep it; whoever writes the merged
//! inventory down, or wants to know where one value comes from, reads the files once more.

mod columns;
mod person;
mod said;

use std::collections::HashMap;
use std::sync::Mutex;

use super::address::split;
use super::cell::{address, clean};
use super::columns::{Field, Layout};
use super::dictionary::Keyed;
use super::interpreter::Interpreter;
use super::opening::open;
use super::reading::{Common, FilePlace, Reading};
use super::record::{DateSystem, ReadError, Record};
use super::source::Source;
use super::texts::{TextId, Texts};
use super::{Inventory, Request, Users};
use crate::diagnostic::{Diagnostic, Place};
use crate::knowledge::Products;

pub use columns::{ColumnName, Columns};
pub use person::{Cell, Person, Resolver, Spot};
pub use said::Said;

/// A file, as far as its columns are concerned.
#[derive(Debug)]
struct FileColumns {
    name: String,
    sheet: Option<String>,
    layout: Layout,
    system: DateSystem,
}

/// A row that counts.
#[derive(Clone, Copy, Debug)]
struct Row {
    user: u32,
    file: u32,
    number: u64,
    /// Its stretch of [`Provenance::cells`].
    start: usize,
    end: usize,
}

/// The filled cells of the rows of accepted users.
#[derive(Debug)]
pub struct Provenance {
    files: Vec<FileColumns>,
    /// In the order of users, those of one user in the order of reading.
    rows: Vec<Row>,
    /// Position of the first row of each user, and the number of all at the end.
    starts: Vec<usize>,
    /// Column of the file and text, ascending by column within a row.
    cells: Vec<(u32, TextId)>,
    texts: Texts,
}

/// Reads the cells of accepted users, or of one of them.
///
/// In: the sources and the request of the import, and what it made of them; `only`: the position of the one user that is
/// wanted, all where `None`.
///
/// # Errors
/// Where a source cannot be read again, or says something else than it did before.
pub fn provenance(
    sources: &[Source<'_>],
    request: &Request,
    inventory: &Inventory,
    products: &Products,
    only: Option<usize>,
) -> Result<Provenance, ReadError> {
    let mut gathering = Gathering {
        users: Known::of(&inventory.users, only),
        files: Vec::new(),
        rows: Vec::new(),
        cells: Vec::new(),
        texts: Texts::new(Keyed::new()),
    };
    let common = Common {
        interpreter: Mutex::new(Interpreter::new(request, products)),
        hash: Keyed::new(),
    };
    for (number, source) in sources.iter().enumerate() {
        let mut opened = open(source, request, inventory.rejected.trust(number))?;
        let records = opened.body.records();
        let system = records.date_system();
        let file = FilePlace {
            file: &source.name,
            sheet: opened.sheet.as_deref(),
            number,
        };
        let mut reading = Reading::new(&common, &opened.layout, system, file);
        while let Some(record) = records.next_record()? {
            if Reading::is_row(&record) {
                gathering.row(&record, &opened.layout, &mut reading, number);
            }
        }
        gathering.files.push(FileColumns {
            name: source.name.clone(),
            sheet: opened.sheet,
            layout: opened.layout,
            system,
        });
    }
    let is_whole = only.is_some() || gathering.rows.len() as u64 == inventory.counts.rows_used;
    match gathering.finish(inventory.users.len()) {
        Some(provenance) if is_whole => Ok(provenance),
        _ => Err(changed(sources.iter().map(|source| source.name.as_str()))),
    }
}

/// The files are no longer what the inventory was made of.
fn changed<'a>(names: impl Iterator<Item = &'a str>) -> ReadError {
    let names: Vec<&str> = names.collect();
    let message = format!("{} changed while being read", names.join(", "));
    let diagnostic = Diagnostic::error("file-changed", message)
        .help("wait until whatever writes it has finished, then start again");
    Box::new(match names.first() {
        Some(&file) => diagnostic.at(Place::File {
            file: file.to_owned(),
        }),
        None => diagnostic,
    })
}

/// The users whose rows are wanted, to be found by their addresses.
struct Known<'a> {
    by_address: HashMap<super::Address<'a>, u32>,
}

impl<'a> Known<'a> {
    fn of(users: &'a Users, only: Option<usize>) -> Self {
        let wanted = match only {
            Some(user) => user..user + 1,
            None => 0..users.len(),
        };
        let number = |user: usize| u32::try_from(user).unwrap_or(u32::MAX);
        Self {
            by_address: wanted.map(|user| (users.sip(user), number(user))).collect(),
        }
    }
}

struct Gathering<'a> {
    users: Known<'a>,
    files: Vec<FileColumns>,
    rows: Vec<Row>,
    cells: Vec<(u32, TextId)>,
    texts: Texts,
}

impl Gathering<'_> {
    fn row(
        &mut self,
        record: &Record<'_>,
        layout: &Layout,
        reading: &mut Reading<'_, '_>,
        file: usize,
    ) {
        let addresses = layout.columns(Field::Sip).iter();
        let mut addresses = addresses.map(|&column| address(record.text(column)));
        let Some(address) = addresses.find(|address| !address.is_empty()) else {
            return;
        };
        let user = self.users.by_address.get(&split(address.as_bytes()));
        let Some(&user) = user else {
            return;
        };
        if !reading.problems_of(record).is_empty() {
            return;
        }
        let start = self.cells.len();
        for (column, text) in (0_u32..).zip(record.texts()) {
            let text = clean(text);
            if !text.is_empty() {
                self.cells.push((column, self.texts.id(text)));
            }
        }
        self.rows.push(Row {
            user,
            file: u32::try_from(file).unwrap_or(u32::MAX),
            number: record.row(),
            start,
            end: self.cells.len(),
        });
    }

    /// Brings the rows of each user together; `None` if one of them has no row.
    fn finish(mut self, users: usize) -> Option<Provenance> {
        self.rows.sort_by_key(|row| row.user);
        let wanted = self.users.by_address.len();
        let mut starts = vec![0; users + 1];
        for row in &self.rows {
            starts[row.user as usize + 1] += 1;
        }
        let found = starts.iter().filter(|&&rows| rows > 0).count();
        for user in 0..users {
            starts[user + 1] += starts[user];
        }
        (found == wanted).then_some(Provenance {
            files: self.files,
            rows: self.rows,
            starts,
            cells: self.cells,
            texts: self.texts,
        })
    }
}

impl Provenance {
    /// The rows of a user, in the order of reading.
    fn rows_of(&self, user: usize) -> &[Row] {
        &self.rows[self.starts[user]..self.starts[user + 1]]
    }

    fn file_of(&self, row: &Row) -> &FileColumns {
        &self.files[row.file as usize]
    }

    /// The filled cells of a row: column and text.
    fn cells_of(&self, row: &Row) -> &[(u32, TextId)] {
        &self.cells[row.start..row.end]
    }

    /// What a row has in a column; `None` if nothing.
    fn cell(&self, row: &Row, column: usize) -> Option<&str> {
        let cells = self.cells_of(row);
        let column = u32::try_from(column).ok()?;
        let at = cells.binary_search_by_key(&column, |&(column, _)| column);
        Some(self.texts.text(cells[at.ok()?].1))
    }

    /// What a row says about a field, and in which column.
    fn field(&self, row: &Row, field: Field) -> Option<(usize, &str)> {
        let columns = self.file_of(row).layout.columns(field).iter();
        let mut texts = columns.map(|&column| self.cell(row, column).map(|text| (column, text)));
        texts.find_map(|text| text)
    }

    /// The error that the files no longer say what they did.
    pub(crate) fn changed(&self) -> ReadError {
        changed(self.files.iter().map(|file| file.name.as_str()))
    }

    /// The name of a file, and its sheet, as [`Spot`]s number files.
    #[must_use]
    pub fn file(&self, number: usize) -> (&str, Option<&str>) {
        let file = &self.files[number];
        (&file.name, file.sheet.as_deref())
    }

    /// The fields that some file has a column for.
    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        let has = |field: Field| {
            let mut files = self.files.iter();
            files.any(|file| !file.layout.columns(field).is_empty())
        };
        Field::ALL.iter().copied().filter(move |&field| has(field))
    }
}
