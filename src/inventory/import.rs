//! The import: sources -> inventory.
//!
//! In: [`Source`]s, a [`Request`], the names of the knowledge base. Out: an [`Inventory`] or a [`Refusal`]. Files are read
//! one after the other, each on as many threads as are allowed; then rows become users.

use std::sync::{Mutex, PoisonError};

use super::acceptance::accept;
use super::census::Census;
use super::columns::{Field, Layout};
use super::delimited::Delimited;
use super::delimited::encoding::{NOT_UTF8, Trust};
use super::dictionary::Keyed;
use super::duplicates::Seen;
use super::interpreter::Interpreter;
use super::messages;
use super::notices::Notices;
use super::opening::{Body, open};
use super::reading::{Common, FilePlace, REJECTED, Reading, Vocabulary};
use super::record::{ReadError, Records};
use super::rejected::Rejected;
use super::rows::{File, Placed, Rows};
use super::source::{Content, Source};
use super::{Counts, Inventory, Request, Unit, normalize_header};
use crate::diagnostic::{Diagnostic, nearest};
use crate::knowledge::Products;
use crate::threads::on_threads;

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
    vocabularies: Vec<Vocabulary>,
    rows: u32,
    extra: usize,
    notices: Notices,
    inventory: Inventory,
    /// Whom users stand for, where they are cohorts.
    census: Option<Census>,
    errors: Vec<(usize, Diagnostic)>,
    /// Files that are not the UTF-8 that they were taken for.
    doubted: Vec<usize>,
}

impl<'a> Import<'a> {
    fn new(sources: &[Source<'_>], request: &'a Request, products: &'a Products) -> Self {
        let bytes: u64 = sources.iter().map(size).sum();
        let hash = Keyed::new();
        // Where every text is a pool of its own, pools are numbered as they come.
        let threads = match request.pools.known {
            Some(_) => request.threads().get(),
            None => 1,
        };
        Self {
            request,
            common: Common {
                interpreter: Mutex::new(Interpreter::new(request, products)),
                hash,
            },
            seen: (0..threads).map(|_| Seen::new(bytes)).collect(),
            files: Vec::new(),
            sections: Vec::new(),
            vocabularies: Vec::new(),
            rows: 0,
            extra: 0,
            notices: Notices::default(),
            inventory: Inventory::default(),
            census: None,
            errors: Vec::new(),
            doubted: Vec::new(),
        }
    }

    fn read(&mut self, number: usize, source: &Source<'_>) -> Result<(), ReadError> {
        self.files.push(File {
            name: source.name.clone(),
            sheet: None,
            first: self.rows,
        });
        match self.read_trusting(number, source, Trust::Untested) {
            Err(error) if error.code == NOT_UTF8 => {
                self.doubted.push(number);
                self.read_trusting(number, source, Trust::Failed)
            }
            result => result,
        }
    }

    fn read_trusting(
        &mut self,
        number: usize,
        source: &Source<'_>,
        trust: Trust,
    ) -> Result<(), ReadError> {
        let mut opened = open(source, self.request, trust)?;
        self.files[number].sheet.clone_from(&opened.sheet);
        let file = self.files[number].place(number);
        let system = opened.body.records().date_system();
        let reading = || Reading::new(&self.common, &opened.layout, system, file);
        let first = self.vocabularies.len();
        let (read, diagnostics) = match opened.body {
            Body::Text(mut records) => {
                let diagnostics = records.take_diagnostics();
                (
                    read_text(*records, &reading, &mut self.seen, first)?,
                    diagnostics,
                )
            }
            Body::Table(mut records) => {
                let mut reading = reading();
                let section = reading.read(&mut *records, &mut self.seen[0])?;
                let placed = Placed {
                    section,
                    shift: 0,
                    vocabulary: first,
                };
                let read = (vec![placed], vec![reading.finish()]);
                (read, records.take_diagnostics())
            }
        };
        let (sections, mut vocabularies) = read;
        self.vocabularies.append(&mut vocabularies);
        note_headers(&opened.layout, opened.header_row, &file, &mut self.notices);
        self.inventory.note_columns(&opened.layout);
        for diagnostic in diagnostics {
            self.notices.keep(number, diagnostic);
        }
        // Workbooks end a row at its last filled cell.
        if file.sheet.is_none() {
            note_short(&sections, &file, &mut self.notices);
        }
        for placed in sections {
            self.take(placed);
        }
        Ok(())
    }

    fn take(&mut self, mut placed: Placed) {
        let section = &mut placed.section;
        let rows = u32::try_from(section.rows.len()).unwrap_or(u32::MAX);
        self.rows = self.rows.saturating_add(rows);
        let counts = &mut self.inventory.counts;
        counts.rows += u64::from(rows);
        counts.rows_rejected += section.rejected;
        self.extra = self.extra.max(section.extra);
        self.notices
            .append(std::mem::take(&mut section.notices), placed.shift);
        self.sections.push(placed);
    }

    fn finish(mut self) -> Result<Inventory, Refusal> {
        self.inventory.counts.files = self.files.len();
        self.check_mapping();
        if !self.errors.is_empty() {
            return Err(self.refuse());
        }
        let interpreter = self.common.interpreter.into_inner();
        let interpreter = interpreter.unwrap_or_else(PoisonError::into_inner);
        let hash = &self.common.hash;
        let (rows, lists) = Rows::new(
            self.files,
            self.sections,
            (self.vocabularies, hash),
            self.request.threads(),
        );
        let groups = rows.groups(self.seen, hash, self.request.threads());
        let census = self.census.as_ref();
        let stood_for = census.map(|census| rows_stood_for(&rows, census));
        let accepted = accept(
            self.request,
            rows,
            lists,
            &interpreter,
            census,
            &mut self.notices,
            (&groups, hash),
        );
        let mut inventory = self.inventory;
        inventory.counts.rows_rejected += accepted.rejected.users_rows();
        inventory.counts.rows_used = inventory.counts.rows - inventory.counts.rows_rejected;
        if let (Some(census), Some(stood_for)) = (census, stood_for) {
            let rejected = accepted.rejected.rows().map(|row| census.times(row));
            inventory.counts.rows = census.rows();
            inventory.counts.rows_used = stood_for - rejected.sum::<u64>();
            inventory.counts.rows_rejected = inventory.counts.rows - inventory.counts.rows_used;
            let people = (0..accepted.users.len())
                .map(|user| census.people(&accepted.users.sip(user).text()));
            inventory.people = Some(people.collect());
        }
        inventory.counts.unrecognized_clients = accepted.unrecognized_clients;
        inventory.users = accepted.users;
        inventory.shapes = accepted.shapes;
        inventory.values = accepted.values;
        inventory.rejected = accepted.rejected;
        inventory.rejected.extra = self.extra;
        inventory.rejected.doubted = self.doubted;
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

/// How many rows of people stand behind the rows that are not rejected for themselves.
fn rows_stood_for(rows: &Rows, census: &Census) -> u64 {
    let mut all = 0;
    for (start, chunk) in rows.with_starts() {
        for (row, number) in (start..).zip(chunk.numbers()) {
            if number != REJECTED {
                all += census.times(row);
            }
        }
    }
    all
}

/// How many bytes a source has, about: what a workbook unpacks to is not known.
fn size(source: &Source<'_>) -> u64 {
    const TABLE: u64 = 64 << 20;
    match source.content {
        Content::Text(bytes) => bytes.len().unwrap_or(TABLE),
        Content::Table(_) => TABLE,
    }
}

/// Reads delimited text on as many threads as have a place for what they see; each takes the next part as soon as it is done
/// with one. The vocabularies are numbered from `first` on.
fn read_text<'a: 'c, 'c>(
    records: Delimited<'_>,
    reading: &(impl Fn() -> Reading<'a, 'c> + Sync),
    seen: &mut [Seen],
    first: usize,
) -> Result<(Vec<Placed>, Vec<Vocabulary>), ReadError> {
    let parts = records.into_parts(seen.len())?;
    let workers = seen.len().min(parts.len());
    let queue = Mutex::new(parts.into_iter().enumerate());
    let next = || {
        let queue = queue.lock();
        queue.unwrap_or_else(PoisonError::into_inner).next()
    };
    let work = |seen: &mut Seen| {
        let (mut reading, mut done) = (reading(), Vec::new());
        while let Some((number, mut part)) = next() {
            let start = part.offset();
            let section = reading.read(&mut part, seen);
            part.close();
            done.push((number, start, part, section));
        }
        (reading, done)
    };
    let (mut readings, mut done) = (Vec::new(), Vec::new());
    for (worker, (reading, parts)) in on_threads(&mut seen[..workers], work)
        .into_iter()
        .enumerate()
    {
        readings.push(reading);
        done.extend(parts.into_iter().map(|part| (part, first + worker)));
    }
    done.sort_unstable_by_key(|((number, ..), _)| *number);
    let mut sections = Vec::new();
    let (mut offset, mut line) = (None, 1);
    for ((number, start, mut part, section), vocabulary) in done {
        let offset = offset.get_or_insert(start);
        let (section, shift, vocabulary) = match section {
            // The first part counts from the beginning of the file, the others from their own.
            Ok(section) if start == *offset => (section, line - 1, vocabulary),
            Err(error) if number == 0 => return Err(error),
            // The guess was wrong, or there is an error whose place has to be told right.
            _ => {
                part = part.again_from(*offset, line);
                (readings[0].read(&mut part, &mut seen[0])?, 0, first)
            }
        };
        sections.push(Placed {
            section,
            shift,
            vocabulary,
        });
        *offset = part.offset();
        line = part.line() + shift;
    }
    Ok((
        sections,
        readings.into_iter().map(Reading::finish).collect(),
    ))
}

fn note_short(sections: &[Placed], file: &FilePlace<'_>, notices: &mut Notices) {
    let count = sections.iter().map(|placed| placed.section.short).sum();
    let first = sections.iter().find(|placed| placed.section.short > 0);
    if let Some(Placed { section, shift, .. }) = first {
        let place = file.row(section.first_short + shift, None);
        notices.keep(file.number, messages::rows_short(count).at(place));
    }
}

fn note_headers(layout: &Layout, row: u64, file: &FilePlace<'_>, notices: &mut Notices) {
    for &column in &layout.repeated {
        let header = &layout.headers[column];
        notices.add(
            file.number,
            crate::diagnostic::Weight::Warning,
            messages::HEADER_TWICE,
            || messages::header_twice(header).at(file.row(row, Some(header.clone()))),
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
