//! The import: sources -> inventory.
//!
//! In: [`Source`]s, a [`Request`], the names of the knowledge base. Out: an [`Inventory`] or a [`Refusal`]. Files are read
//! one after the other, each on as many threads as are allowed; then rows become users.

use std::sync::Mutex;

use super::acceptance::Acceptance;
use super::census::Census;
use super::columns::{Field, Layout};
use super::dictionary::Keyed;
use super::duplicates::Seen;
use super::interpreter::Interpreter;
use super::messages;
use super::notices::Notices;
use super::opening::{Opened, open};
use super::reading::{Common, FilePlace, REJECTED, Reading, Section};
use super::record::ReadError;
use super::rejected::Rejected;
use super::rows::{File, Placed, Rows};
use super::source::{Content, Source};
use super::{Counts, Inventory, Request, Unit, normalize_header};
use crate::diagnostic::{Diagnostic, nearest};
use crate::knowledge::Products;

/// Why there is no inventory: at least one error, and what else was noticed.
#[derive(Debug)]
pub struct Refusal {
    /// What is wrong, in order of file and row.
    pub diagnostics: Vec<Diagnostic>,
    /// What had been counted by then.
    pub counts: Counts,
    /// The rejected rows, where all were read and no user was left.
    pub rejected: Option<Box<Rejected>>,
}

/// Reads inventories and merges them.
///
/// # Errors
/// A [`Refusal`] if a source cannot be read or has no SIP column, or if no user is left.
pub fn import(
    sources: &[Source<'_>],
    request: &Request,
    products: &Products,
) -> Result<Inventory, Refusal> {
    let mut import = Import::new(sources, request, products);
    if request.unit == Unit::Cohort {
        match Census::read(sources, request) {
            Ok(census) => import.census = Some(census),
            Err(problems) => {
                import.errors = problems;
                return Err(import.refuse());
            }
        }
    }
    for (number, source) in sources.iter().enumerate() {
        if let Err(error) = import.read(number, source) {
            import.errors.push((number, *error));
        }
    }
    import.finish()
}

struct Import<'a> {
    request: &'a Request,
    common: Common<'a>,
    seen: Vec<Seen>,
    files: Vec<File>,
    sections: Vec<Placed>,
    rows: u32,
    extra: usize,
    notices: Notices,
    inventory: Inventory,
    /// Whom users stand for, where they are cohorts.
    census: Option<Census>,
    errors: Vec<(usize, Diagnostic)>,
}

impl<'a> Import<'a> {
    fn new(sources: &[Source<'_>], request: &'a Request, products: &'a Products) -> Self {
        let bytes: u64 = sources.iter().map(size).sum();
        let hash = Keyed::new();
        Self {
            request,
            common: Common {
                interpreter: Mutex::new(Interpreter::new(request, products)),
                hash,
                keeps_spelling: request.detail == super::Detail::Origins,
            },
            seen: vec![Seen::new(bytes)],
            files: Vec::new(),
            sections: Vec::new(),
            rows: 0,
            extra: 0,
            notices: Notices::default(),
            inventory: Inventory::default(),
            census: None,
            errors: Vec::new(),
        }
    }

    fn read(&mut self, number: usize, source: &Source<'_>) -> Result<(), ReadError> {
        self.files.push(File {
            name: source.name.clone(),
            sheet: None,
            first: self.rows,
        });
        let mut opened = open(source, self.request)?;
        self.files[number].sheet.clone_from(&opened.sheet);
        let file = self.files[number].place(number);
        note_headers(&opened, &file, &mut self.notices);
        self.inventory.note_columns(&opened.layout);
        let system = opened.records.date_system();
        let reading = Reading::new(&self.common, &opened.layout, system, file);
        let section = reading.read(&mut *opened.records, &mut self.seen[0])?;
        for diagnostic in opened.records.take_diagnostics() {
            self.notices.keep(number, diagnostic);
        }
        self.take(number, section, 0);
        Ok(())
    }

    fn take(&mut self, number: usize, mut section: Section, shift: u64) {
        let file = self.files[number].place(number);
        // Workbooks end a row at its last filled cell.
        if section.short > 0 && file.sheet.is_none() {
            let place = file.row(section.first_short + shift, None);
            self.notices
                .keep(number, messages::rows_short(section.short).at(place));
        }
        let rows = u32::try_from(section.rows.len()).unwrap_or(u32::MAX);
        self.rows = self.rows.saturating_add(rows);
        let counts = &mut self.inventory.counts;
        counts.rows += u64::from(rows);
        counts.rows_rejected += section.rejected;
        self.extra = self.extra.max(section.extra);
        self.notices
            .append(std::mem::take(&mut section.notices), shift);
        self.sections.push(Placed { section, shift });
    }

    fn finish(mut self) -> Result<Inventory, Refusal> {
        self.inventory.counts.files = self.files.len();
        self.check_mapping();
        if !self.errors.is_empty() {
            return Err(self.refuse());
        }
        let interpreter = self.common.interpreter.into_inner();
        let interpreter = interpreter.unwrap_or_else(std::sync::PoisonError::into_inner);
        let rows = Rows::new(self.files, self.sections, &self.common.hash);
        let groups = rows.groups(self.seen, &self.common.hash);
        let acceptance = Acceptance::new(
            self.request,
            &rows,
            &interpreter,
            self.census.as_ref(),
            &mut self.notices,
        );
        let accepted = acceptance.run(&groups);
        let mut inventory = self.inventory;
        inventory.counts.rows_rejected += accepted.rejected.users_rows();
        inventory.counts.rows_used = inventory.counts.rows - inventory.counts.rows_rejected;
        if let Some(census) = &self.census {
            inventory.counts.rows = census.rows();
            inventory.counts.rows_used = rows_used(&rows, &accepted.rejected, census);
            inventory.counts.rows_rejected = inventory.counts.rows - inventory.counts.rows_used;
            let people = (0..accepted.users.len())
                .map(|user| census.people(&accepted.users.sip(user).text()));
            inventory.people = Some(people.collect());
        }
        inventory.counts.unrecognized_clients = accepted.unrecognized_clients;
        inventory.users = accepted.users;
        inventory.shapes = accepted.shapes;
        inventory.rejected = accepted.rejected;
        inventory.rejected.extra = self.extra;
        if inventory.users.is_empty() {
            let error = messages::nobody_left(inventory.counts.rows);
            self.notices.keep(usize::MAX, error);
            return Err(Refusal {
                diagnostics: self.notices.finish(),
                counts: inventory.counts,
                rejected: Some(Box::new(inventory.rejected)),
            });
        }
        inventory.diagnostics = self.notices.finish();
        inventory.pools = interpreter.known_pools.into_names();
        Ok(inventory)
    }

    /// Every header that the user mapped must be in some file.
    fn check_mapping(&mut self) {
        let said = self.request.mapping.iter().map(|(_, header)| header);
        for header in said.chain(&self.request.last_seen) {
            if self.inventory.names.contains(&normalize_header(header)) || !self.errors.is_empty() {
                continue;
            }
            let near = nearest(header, self.inventory.headers.iter().map(String::as_str));
            let error = messages::mapped_header_missing(header, near);
            self.errors.push((usize::MAX, error));
        }
    }

    fn refuse(mut self) -> Refusal {
        for (file, error) in self.errors {
            self.notices.keep(file, error);
        }
        Refusal {
            diagnostics: self.notices.finish(),
            counts: self.inventory.counts,
            rejected: None,
        }
    }
}

/// How many rows of people belong to accepted cohorts.
fn rows_used(rows: &Rows, rejected: &Rejected, census: &Census) -> u64 {
    let mut used = 0;
    rows.for_each(|row, _, _, meaning| {
        if meaning != REJECTED {
            used += census.times(row);
        }
    });
    used - rejected.rows().map(|row| census.times(row)).sum::<u64>()
}

/// How many bytes a source has, about: what a workbook unpacks to is not known.
fn size(source: &Source<'_>) -> u64 {
    const TABLE: u64 = 64 << 20;
    match source.content {
        Content::Text(bytes) => bytes.len().unwrap_or(TABLE),
        Content::Table(_) => TABLE,
    }
}

fn note_headers(opened: &Opened<'_>, file: &FilePlace<'_>, notices: &mut Notices) {
    for &column in &opened.layout.repeated {
        let header = &opened.layout.headers[column];
        notices.add(
            file.number,
            crate::diagnostic::Weight::Warning,
            messages::HEADER_TWICE,
            || messages::header_twice(header).at(file.row(opened.header_row, Some(header.clone()))),
        );
    }
}

impl Inventory {
    fn note_columns(&mut self, layout: &Layout) {
        self.headers.extend(layout.headers.iter().cloned());
        self.names.extend(
            (0..layout.names.len())
                .filter(|&column| !layout.is_own(column))
                .map(|column| layout.names[column].clone()),
        );
        self.fields.extend(
            Field::ALL
                .iter()
                .filter(|&&field| !layout.columns(field).is_empty()),
        );
    }
}
