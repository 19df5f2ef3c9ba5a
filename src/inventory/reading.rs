//! One stretch of a file -> its rows: the loop that sees every byte of ten million users.
//!
//! In: records below a header. Out: a [`Section`]: for every row its address and the number of what it says. Cells are looked
//! up in dictionaries; only texts never seen before go to the [`Interpreter`], which all sections share.

use std::sync::{Mutex, MutexGuard};

use memchr::memrchr;

use super::cell::{address, clean};
use super::columns::{Field, KeySource, Layout};
use super::dictionary::{Dictionary, Keyed};
use super::duplicates::{Seen, address_hash};
use super::interpreter::{Interpreter, answer, option_flag};
use super::meaning::{Answer, Lists, Meaning, Meanings, NOTHING};
use super::notices::Notices;
use super::packed::{DomainId, Domains, Packed};
use super::positions::Positions;
use super::problem::{Problem, of_row};
use super::record::{DateSystem, ReadError, Record, Records};
use super::remarks::{Remark, Remarks};
use crate::model::ProviderSet;

/// In place of a meaning: the row is rejected for what stands in it.
pub(crate) const REJECTED: u32 = u32::MAX;
/// In a dictionary: the text cannot be understood.
const BAD: u32 = u32::MAX;

/// The rows of one stretch of a file.
#[derive(Debug)]
pub(crate) struct Section {
    /// Addresses, with the number of the meaning or [`REJECTED`].
    pub(crate) rows: Packed,
    pub(crate) domains: Domains,
    /// Where the rows stand; counted from the beginning of the section.
    pub(crate) positions: Positions,
    pub(crate) remarks: Remarks,
    pub(crate) meanings: Meanings,
    pub(crate) lists: Lists,
    pub(crate) notices: Notices,
    /// Rows with fewer cells than the header, and the first of them.
    pub(crate) short: u64,
    pub(crate) first_short: u64,
    pub(crate) rejected: u64,
    /// How many cells beyond the last header a rejected row has at most.
    pub(crate) extra: usize,
}

/// What the sections of an import have in common.
pub(crate) struct Common<'a> {
    pub(crate) interpreter: Mutex<Interpreter<'a>>,
    /// The hash for everything that comes from files.
    pub(crate) hash: Keyed,
    /// Keep the texts of the fields as the files spell them?
    pub(crate) keeps_spelling: bool,
}

impl<'a> Common<'a> {
    /// The interpreter; a thread that panicked while it held it left it whole.
    pub(crate) fn interpreter(&self) -> MutexGuard<'_, Interpreter<'a>> {
        self.interpreter
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What a column's texts are understood as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pool,
    Clients,
    AddIns,
    Providers,
    Day,
    Answer,
    OptionFlag,
    Value(usize),
    /// An address in a wanted column.
    Address(usize),
    Spelling,
}

/// One column with the texts that it held so far.
struct Column {
    at: usize,
    kind: Kind,
    seen: Dictionary,
}

/// The columns in which a field's text may stand, first choice first.
struct Cell {
    columns: Vec<Column>,
}

/// Reads rows of one layout.
pub(crate) struct Reading<'a, 'c> {
    common: &'c Common<'a>,
    layout: &'c Layout,
    system: DateSystem,
    file: FilePlace<'c>,
    pool: Cell,
    clients: Cell,
    add_ins: Cell,
    license_end: Cell,
    last_seen: Cell,
    group_chat: Cell,
    pic_enabled: Cell,
    organizer: Cell,
    providers: Cell,
    values: Vec<Cell>,
    spelled: Vec<Cell>,
    sip: Vec<usize>,
    domain_ids: Dictionary,
    domain_hashes: Vec<u64>,
    scratch: Vec<u8>,
    section: Section,
}

/// How places in a file are named.
#[derive(Clone, Copy)]
pub(crate) struct FilePlace<'c> {
    pub(crate) file: &'c str,
    pub(crate) sheet: Option<&'c str>,
    /// The file's position among the sources.
    pub(crate) number: usize,
}

impl FilePlace<'_> {
    pub(crate) fn row(&self, row: u64, column: Option<String>) -> crate::diagnostic::Place {
        crate::diagnostic::Place::Row {
            file: self.file.to_owned(),
            sheet: self.sheet.map(str::to_owned),
            row,
            column,
        }
    }
}

impl Cell {
    fn new(columns: &[usize], kind: impl Fn(usize) -> Kind, hash: &Keyed) -> Self {
        let columns = columns.iter().map(|&at| Column {
            at,
            kind: kind(at),
            seen: Dictionary::new(hash.clone()),
        });
        Self {
            columns: columns.collect(),
        }
    }

    /// The number of the first text that is not empty.
    #[inline]
    fn number(&mut self, record: &Record<'_>, common: &Common<'_>, system: DateSystem) -> u32 {
        for column in &mut self.columns {
            let bytes = record.bytes(column.at);
            if bytes.is_empty() {
                continue;
            }
            let number = match column.seen.get(bytes) {
                Some(number) => number,
                None => column.learn(record.text(column.at), common, system),
            };
            if number != NOTHING {
                return number;
            }
        }
        NOTHING
    }

    /// What is wrong with the text that counts.
    fn problems(
        &self,
        record: &Record<'_>,
        layout: &Layout,
        common: &Common<'_>,
        system: DateSystem,
    ) -> Vec<Problem> {
        let filled = self
            .columns
            .iter()
            .find(|column| !clean(record.text(column.at)).is_empty());
        let Some(column) = filled else {
            return Vec::new();
        };
        let understood = column.understand(clean(record.text(column.at)), common, system);
        let problems = understood.err().unwrap_or_default().into_iter();
        problems
            .map(|problem| problem.under(&layout.headers[column.at]))
            .collect()
    }
}

impl Column {
    #[cold]
    fn learn(&mut self, cell: &str, common: &Common<'_>, system: DateSystem) -> u32 {
        let text = clean(cell);
        let number = if text.is_empty() {
            NOTHING
        } else {
            self.understand(text, common, system).unwrap_or(BAD)
        };
        self.seen.put(cell.as_bytes(), number);
        number
    }

    fn understand(
        &self,
        text: &str,
        common: &Common<'_>,
        system: DateSystem,
    ) -> Result<u32, Vec<Problem>> {
        let one = |problem| vec![problem];
        let mut interpreter = common.interpreter();
        match self.kind {
            Kind::Pool => Ok(interpreter.pool(text)),
            Kind::Clients => Ok(interpreter.clients(text)),
            Kind::AddIns => Ok(interpreter.add_ins(text)),
            Kind::Providers => interpreter.providers(text),
            Kind::Day => interpreter.day(text, system).map_err(one),
            Kind::Answer => answer(text).map_err(one),
            Kind::OptionFlag => option_flag(text).map_err(one),
            Kind::Value(column) => Ok(interpreter.value(column, text)),
            Kind::Address(column) => Ok(interpreter.value(column, &address(text))),
            Kind::Spelling => Ok(interpreter.texts.id(text)),
        }
    }
}

impl<'a, 'c> Reading<'a, 'c> {
    pub(crate) fn new(
        common: &'c Common<'a>,
        layout: &'c Layout,
        system: DateSystem,
        file: FilePlace<'c>,
    ) -> Self {
        let hash = &common.hash;
        let cell = |field, kind: Kind| Cell::new(layout.columns(field), |_| kind, hash);
        let flag_or_answer = |at| match layout.is_option_flags(at) {
            true => Kind::OptionFlag,
            false => Kind::Answer,
        };
        let mut domain_ids = Dictionary::new(hash.clone());
        domain_ids.put(b"", 0);
        Self {
            common,
            layout,
            system,
            file,
            pool: cell(Field::Pool, Kind::Pool),
            clients: cell(Field::Client, Kind::Clients),
            add_ins: cell(Field::AddIn, Kind::AddIns),
            license_end: cell(Field::LicenseEnd, Kind::Day),
            last_seen: Cell::new(&layout.last_seen, |_| Kind::Day, hash),
            group_chat: cell(Field::GroupChat, Kind::Answer),
            pic_enabled: Cell::new(layout.columns(Field::PicEnabled), flag_or_answer, hash),
            organizer: cell(Field::Organizer, Kind::Answer),
            providers: cell(Field::Providers, Kind::Providers),
            values: values(layout, hash),
            spelled: spelled(layout, common),
            sip: layout.columns(Field::Sip).to_vec(),
            domain_ids,
            domain_hashes: vec![hash.bytes(b"")],
            scratch: Vec::new(),
            section: Section {
                rows: Packed::default(),
                domains: Domains::default(),
                positions: Positions::default(),
                remarks: Remarks::default(),
                meanings: Meanings::new(hash.clone()),
                lists: Lists::new(hash.clone()),
                notices: Notices::default(),
                short: 0,
                first_short: 0,
                rejected: 0,
                extra: 0,
            },
        }
    }

    /// Reads records until they end.
    pub(crate) fn read<R: Records + ?Sized>(
        mut self,
        records: &mut R,
        seen: &mut Seen,
    ) -> Result<Section, ReadError> {
        while let Some(record) = records.next_record()? {
            self.row(&record, seen);
        }
        Ok(self.section)
    }

    #[inline]
    fn row(&mut self, record: &Record<'_>, seen: &mut Seen) {
        self.address(record);
        let at = memrchr(b'@', &self.scratch);
        if at.is_none() && is_no_row(record) {
            return;
        }
        self.count(record);
        let meaning = self.meaning(record);
        let is_suspect = at.is_none()
            || record.len() > self.layout.headers.len()
            || !self.layout.extra_columns().is_empty();
        let number = match meaning {
            Some(meaning) if !is_suspect || self.whole(record).is_none() => {
                self.section.meanings.id(&meaning)
            }
            _ => self.reject(record),
        };
        self.keep(number, at, seen);
        let remark = Remark::of(record, self.layout);
        self.section.remarks.push(remark);
    }

    /// Puts the address of a record into `scratch`, lower case and without `sip:`.
    #[inline]
    fn address(&mut self, record: &Record<'_>) {
        self.scratch.clear();
        for &column in &self.sip {
            let bytes = record.bytes(column);
            if bytes.is_empty() {
                continue;
            }
            let is_plain = bytes[0] != b'\'' && is_graphic(bytes);
            let bare = match bytes {
                [s, i, p, b':', rest @ ..] if [*s, *i, *p].eq_ignore_ascii_case(b"sip") => rest,
                _ => bytes,
            };
            if is_plain {
                self.scratch.extend_from_slice(bare);
                self.scratch.make_ascii_lowercase();
            } else {
                let text = address(record.text(column));
                self.scratch.extend_from_slice(text.as_bytes());
            }
            if !self.scratch.is_empty() {
                return;
            }
        }
    }

    fn count(&mut self, record: &Record<'_>) {
        let section = &mut self.section;
        section.positions.push(section.rows.len(), record.row());
        if record.len() < self.layout.headers.len() {
            if section.short == 0 {
                section.first_short = record.row();
            }
            section.short += 1;
        }
    }

    /// What the cells say; `None` if one of them cannot be understood.
    #[inline]
    fn meaning(&mut self, record: &Record<'_>) -> Option<Meaning> {
        let (common, system) = (self.common, self.system);
        let mut is_good = true;
        let mut number = |cell: &mut Cell| {
            let number = cell.number(record, common, system);
            is_good &= number != BAD;
            number
        };
        let mut meaning = Meaning {
            pool: number(&mut self.pool),
            clients: number(&mut self.clients),
            add_ins: number(&mut self.add_ins),
            license_end: number(&mut self.license_end),
            seen: number(&mut self.last_seen),
            group_chat: Answer::from_number(number(&mut self.group_chat)),
            pic_enabled: Answer::from_number(number(&mut self.pic_enabled)),
            organizer: Answer::from_number(number(&mut self.organizer)),
            providers: ProviderSet(u8::try_from(number(&mut self.providers)).unwrap_or(0)),
            ..Meaning::default()
        };
        let lists = &mut self.section.lists;
        for cell in &mut self.values {
            meaning.values = lists.push(meaning.values, number(cell));
        }
        for cell in &mut self.spelled {
            meaning.spelled = lists.push(meaning.spelled, number(cell));
        }
        is_good.then_some(meaning)
    }

    /// What is wrong with the row as a whole.
    #[cold]
    fn whole(&self, record: &Record<'_>) -> Option<Problem> {
        of_row(record, self.layout, &String::from_utf8_lossy(&self.scratch))
    }

    #[cold]
    fn reject(&mut self, record: &Record<'_>) -> u32 {
        let problems = self.problems(record);
        let place = &self.file;
        for problem in &problems {
            self.section.notices.reject(place, record.row(), problem);
        }
        let extra = record.len().saturating_sub(self.layout.headers.len())
            + self.layout.extra_columns().len();
        self.section.rejected += 1;
        self.section.extra = self.section.extra.max(extra);
        REJECTED
    }

    /// Everything that is wrong with a row.
    fn problems(&self, record: &Record<'_>) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.whole(record).into_iter().collect();
        if problems.iter().any(Problem::is_no_user_at_all) {
            return problems;
        }
        for cell in [
            &self.providers,
            &self.group_chat,
            &self.organizer,
            &self.pic_enabled,
            &self.license_end,
            &self.last_seen,
        ] {
            problems.extend(cell.problems(record, self.layout, self.common, self.system));
        }
        problems
    }

    /// What is wrong with a record that is a row.
    pub(crate) fn problems_of(&mut self, record: &Record<'_>) -> Vec<Problem> {
        self.address(record);
        self.problems(record)
    }

    /// Is a record a row at all, and not blank or the mark behind the end?
    pub(crate) fn is_row(record: &Record<'_>) -> bool {
        !is_no_row(record)
    }

    #[inline]
    fn keep(&mut self, number: u32, at: Option<usize>, seen: &mut Seen) {
        if number == REJECTED {
            self.section.rows.push("", "", 0, REJECTED);
            return;
        }
        let (local, domain) = self.scratch.split_at(at.unwrap_or(self.scratch.len()));
        let id = match self.domain_ids.get(domain) {
            Some(id) => id,
            None => {
                let id = self.section.domains.add(text(domain));
                self.domain_ids.put(domain, u32::from(id));
                if usize::from(id) == self.domain_hashes.len() {
                    self.domain_hashes.push(self.common.hash.bytes(domain));
                }
                u32::from(id)
            }
        };
        let domain_hash = match self.domain_hashes.get(id as usize) {
            Some(&hash) => hash,
            None => self.common.hash.bytes(domain),
        };
        seen.note(address_hash(&self.common.hash, local, domain_hash));
        let id = DomainId::try_from(id).unwrap_or(DomainId::MAX);
        self.section
            .rows
            .push(text(local), text(domain), id, number);
    }
}

fn values(layout: &Layout, hash: &Keyed) -> Vec<Cell> {
    layout
        .keys
        .iter()
        .enumerate()
        .map(|(at, key)| match key {
            KeySource::Column(column) => Cell::new(&[*column], |_| Kind::Value(at), hash),
            KeySource::Field(Field::Sip) => {
                Cell::new(layout.columns(Field::Sip), |_| Kind::Address(at), hash)
            }
            KeySource::Field(field) => Cell::new(layout.columns(*field), |_| Kind::Value(at), hash),
            KeySource::Missing => Cell::new(&[], |_| Kind::Value(at), hash),
        })
        .collect()
}

fn spelled(layout: &Layout, common: &Common<'_>) -> Vec<Cell> {
    if !common.keeps_spelling {
        return Vec::new();
    }
    Field::ALL
        .iter()
        .map(|&field| Cell::new(layout.columns(field), |_| Kind::Spelling, &common.hash))
        .collect()
}

/// A blank record, or the Ctrl-Z that ends text files of old systems.
fn is_no_row(record: &Record<'_>) -> bool {
    record.is_blank() || record.len() == 1 && record.text(0).trim() == "\u{1a}"
}

/// Printable ASCII without spaces.
#[inline]
fn is_graphic(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(true, |all, byte| all & byte.is_ascii_graphic())
}

/// Addresses are cut at ASCII characters, so that the parts are text.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("")
}
