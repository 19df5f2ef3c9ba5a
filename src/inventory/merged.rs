//! The merged inventory as one CSV that can be reviewed, corrected and kept.
//!
//! In: [`Person`]s. Out: a header of all canonical columns and every further one, and a row for each user; behind them columns of
//! our own, which are not read again: what texts were taken for, and from which file and row each value comes. Imported
//! again, the file makes the same inventory (a property test holds us to it).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Inventory;
use super::Request;
use super::columns::{Field, OWN_COLUMNS};
use super::interpreter::leaves_bracket_open;
use super::provenance::{Cell, Columns, Person, Provenance, Resolver, Spot};
use super::record::ReadError;
use crate::csv_text::{guarded, unguarded};
use crate::knowledge::Products;

/// The most characters of a cell that every spreadsheet can hold.
const LONGEST_CELL: usize = 32_767;
/// The most that a remark of ours says, in bytes.
const LONGEST_NOTE: usize = 32_000;

/// Why a merged inventory could not be written.
#[derive(Debug)]
pub enum MergedError {
    /// The sources say something else than they did before.
    Read(ReadError),
    /// The output could not be written.
    Write(io::Error),
}

/// Writes the merged inventory; says how many rows there are below the header.
///
/// # Errors
/// Where the output cannot be written, or a user's rows no longer make a user.
pub fn write_merged(
    inventory: &Inventory,
    provenance: &Provenance,
    request: &Request,
    products: &Products,
    out: &mut dyn Write,
) -> Result<u64, MergedError> {
    let columns = Columns::of(provenance, request);
    let mut resolver = Resolver::new(provenance, &columns, request, products);
    let layout = Layout {
        provenance,
        columns: &columns,
        fields: provenance
            .fields()
            .filter(|&field| field != Field::Sip)
            .collect(),
        has_plan: request.pools.known.is_some(),
    };
    let mut writer = csv::Writer::from_writer(out);
    let mut put = |cells: Vec<String>| {
        let written = writer.write_record(cells.iter().map(|cell| safe_cell(cell).into_owned()));
        written.map_err(|error| MergedError::Write(error.into()))
    };
    put(layout.header())?;
    let mut rows = 0;
    for user in 0..inventory.users.len() {
        let sip = inventory.users.sip(user).text();
        let person = resolver.person(user, &sip);
        let person = person.map_err(MergedError::Read)?;
        for cells in layout.rows(&person) {
            put(cells)?;
            rows += 1;
        }
    }
    writer.flush().map_err(MergedError::Write)?;
    Ok(rows)
}

/// A cell without what no text file can hold, and without what a spreadsheet would compute.
fn safe_cell(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(guarded(&text.replace('\0', "\u{fffd}")).into_owned())
    } else {
        guarded(text)
    }
}

/// The columns of the file.
struct Layout<'a> {
    provenance: &'a Provenance,
    columns: &'a Columns,
    /// The fields of which it is said where they come from.
    fields: Vec<Field>,
    has_plan: bool,
}

impl Layout<'_> {
    fn header(&self) -> Vec<String> {
        let mut header: Vec<String> = Field::ALL
            .iter()
            .map(|field| field.canonical().to_owned())
            .collect();
        header.extend(
            self.columns
                .names
                .iter()
                .map(|column| column.header.clone()),
        );
        let own = |name: &str| format!("{OWN_COLUMNS}{name}");
        header.extend(self.has_plan.then(|| own("pool")));
        header.extend([own("recognized"), own("rows")]);
        header.extend(
            self.fields
                .iter()
                .map(|field| own(&format!("from-{}", field.canonical()))),
        );
        header.extend((!self.columns.names.is_empty()).then(|| own("from-other")));
        header
    }

    /// The rows of a person: one, unless the texts of clients or add-ins do not go into one cell.
    fn rows(&self, person: &Person) -> Vec<Vec<String>> {
        let clients = list_cells(&person.field(Field::Client).parts);
        let add_ins = list_cells(&person.field(Field::AddIn).parts);
        let further = clients.len().max(add_ins.len()).max(1);
        (0..further)
            .map(|number| {
                let list = |cells: &[String]| cells.get(number).cloned().unwrap_or_default();
                let mut row: Vec<String> = Field::ALL
                    .iter()
                    .map(|&field| match field {
                        Field::Sip => address_cell(&person.sip),
                        Field::Client => list(&clients),
                        Field::AddIn => list(&add_ins),
                        _ if number > 0 => String::new(),
                        _ => person.field(field).joined(),
                    })
                    .collect();
                if number == 0 {
                    self.put_rest(person, &mut row);
                } else {
                    row.resize(self.header().len(), String::new());
                }
                row
            })
            .collect()
    }

    fn put_rest(&self, person: &Person, row: &mut Vec<String>) {
        row.extend(
            (self.columns.names.iter().zip(&person.others)).map(|(column, cell)| {
                // Where a field is empty, its alias would be read in its place.
                match column.of {
                    Some(field) if person.field(field).is_empty() => String::new(),
                    _ => cell.joined(),
                }
            }),
        );
        row.extend(self.has_plan.then(|| person.pool.clone()));
        let recognized = person
            .recognized
            .iter()
            .map(|(text, what)| format!("{text} = {what}"));
        row.push(note(recognized));
        row.push(self.spots(&person.rows));
        row.extend(
            self.fields
                .iter()
                .map(|&field| self.spots(&person.field(field).from)),
        );
        row.extend((!self.columns.names.is_empty()).then(|| self.origins_of_others(person)));
    }

    /// `users.csv:2: Wave, Cost center; clients.xlsx[Users]:7: Workstation`
    fn origins_of_others(&self, person: &Person) -> String {
        let mut by_row: BTreeMap<Spot, Vec<&str>> = BTreeMap::new();
        for (column, cell) in self.columns.names.iter().zip(&person.others) {
            if let Some(&spot) = cell.from.first() {
                by_row.entry(spot).or_default().push(&column.header);
            }
        }
        let told = by_row.iter();
        note(told.map(|(&spot, headers)| {
            let headers = headers.iter().map(|&header| header.to_owned());
            format!(
                "{}: {}",
                self.provenance.spot(spot),
                note_with(", ", headers)
            )
        }))
    }

    /// `users.csv:2; clients.xlsx[Users]:7`
    fn spots(&self, spots: &[Spot]) -> String {
        note(spots.iter().map(|spot| self.provenance.spot(*spot)))
    }
}

/// Remarks in one cell, no more than go into it: what is left out is counted.
fn note(remarks: impl Iterator<Item = String>) -> String {
    note_with("; ", remarks)
}

fn note_with(separator: &str, remarks: impl Iterator<Item = String>) -> String {
    let (mut text, mut left_out) = (String::new(), 0_u64);
    for remark in remarks {
        if left_out > 0 || text.len() + remark.len() + separator.len() > LONGEST_NOTE {
            left_out += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(separator);
        }
        text.push_str(&remark);
    }
    if left_out > 0 {
        text.push_str(&format!("{separator}… and {left_out} more"));
    }
    text
}

/// An address as it is read again as the same one: one that could be taken for something else gets its scheme.
fn address_cell(sip: &str) -> String {
    if sip.contains('@') && !sip.starts_with("sip:") {
        sip.to_owned()
    } else {
        format!("sip:{sip}")
    }
}

/// The parts of a list in as few cells as can be read again as the same parts: a bracket that is never closed holds everything
/// behind it together, so each such part ends a cell.
fn list_cells(parts: &[String]) -> Vec<String> {
    let (open, closed): (Vec<&String>, Vec<&String>) =
        parts.iter().partition(|part| leaves_bracket_open(part));
    let mut cells: Vec<String> = Vec::new();
    let mut is_full = true;
    for part in closed.into_iter().chain(open) {
        match cells.last_mut() {
            Some(cell) if !is_full && cell.len() + part.len() + 2 <= LONGEST_CELL => {
                cell.push_str("; ");
                cell.push_str(part);
            }
            _ => cells.push(first_part(part).into_owned()),
        }
        is_full = leaves_bracket_open(part);
    }
    cells
}

/// The first part of a list as it is read again: reading takes an apostrophe off it, as it does from a whole cell. Further
/// parts have a space before them, and keep theirs.
fn first_part(part: &str) -> Cow<'_, str> {
    if unguarded(part) == part {
        Cow::Borrowed(part)
    } else {
        Cow::Owned(format!("'{part}"))
    }
}

impl Provenance {
    /// Where a row is, in few characters.
    #[must_use]
    pub fn spot(&self, spot: Spot) -> String {
        match self.file(spot.file) {
            (file, None) => format!("{file}:{}", spot.row),
            (file, Some(sheet)) => format!("{file}[{sheet}]:{}", spot.row),
        }
    }
}

/// Do two cells say the same? Lists have no order.
pub(crate) fn is_same(one: &Cell, other: &Cell) -> bool {
    let sorted = |cell: &Cell| {
        let mut parts = cell.parts.clone();
        parts.sort_unstable();
        parts
    };
    sorted(one) == sorted(other)
}
