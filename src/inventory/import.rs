//! The import: sources -> inventory.
//!
//! In: [`Source`]s, a [`Request`], the names of the knowledge base. Out: an [`Inventory`] or a [`Refusal`]. Rows are read and
//! understood file by file, then merged user by user.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::columns::{Field, Layout};
use super::meaning::{Interpreter, Meaning, Problem, check_row};
use super::merging::{Disputed, Merged, NoUser, merge};
use super::notices::Notices;
use super::opening::{Opened, open};
use super::pools::Pools;
use super::record::{DateSystem, ReadError, Record};
use super::rows::{File, REJECTED, Rows};
use super::source::Source;
use super::{ColumnKey, Counts, Inventory, Request, Shape, cell};
use crate::diagnostic::{Diagnostic, Weight, nearest};
use crate::knowledge::Products;
use crate::knowledge::products::Recognized;

/// Why there is no inventory: at least one error, and what else was noticed.
#[derive(Debug)]
pub struct Refusal {
    /// What is wrong, in order of file and row.
    pub diagnostics: Vec<Diagnostic>,
    /// What had been counted by then.
    pub counts: Counts,
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
    let mut import = Import::new(request, products);
    for source in sources {
        if let Err(error) = import.read(source) {
            import
                .errors
                .push((import.rows.files.len().max(1) - 1, *error));
        }
    }
    import.finish()
}

struct Import<'a> {
    request: &'a Request,
    interpreter: Interpreter<'a>,
    rows: Rows,
    meanings: Meanings,
    notices: Notices,
    counts: Counts,
    headers: Vec<String>,
    names: BTreeSet<String>,
    fields: BTreeSet<Field>,
    errors: Vec<(usize, Diagnostic)>,
}

/// Meanings, each kept once.
#[derive(Default)]
struct Meanings {
    list: Vec<Meaning>,
    /// By the texts of the cells that matter, for the file that is being read.
    by_cells: HashMap<Box<[u8]>, u32>,
}

impl<'a> Import<'a> {
    fn new(request: &'a Request, products: &'a Products) -> Self {
        Self {
            request,
            interpreter: Interpreter::new(products, Pools::new(&request.pools), request.date_order),
            rows: Rows::default(),
            meanings: Meanings::default(),
            notices: Notices::default(),
            counts: Counts::default(),
            headers: Vec::new(),
            names: BTreeSet::new(),
            fields: BTreeSet::new(),
            errors: Vec::new(),
        }
    }

    fn read(&mut self, source: &Source<'_>) -> Result<(), ReadError> {
        let mut opened = open(source, self.request)?;
        self.counts.files += 1;
        let first = u32::try_from(self.rows.meanings.len()).unwrap_or(REJECTED);
        let number = self.rows.files.len();
        self.rows
            .files
            .push(File::new(&source.name, opened.sheet.clone(), first));
        self.meanings.by_cells.clear();
        self.note_headers(number, &opened);
        let system = opened.records.date_system();
        let mut short = ShortRows::default();
        while let Some(record) = opened.records.next_record()? {
            if record.is_blank() || is_end_mark(&record) {
                continue;
            }
            short.note(&record, &opened.layout);
            self.row(number, &record, &opened.layout, system);
        }
        short.tell(number, &self.rows.files[number], &mut self.notices);
        for diagnostic in opened.records.take_diagnostics() {
            self.notices.keep(number, diagnostic);
        }
        Ok(())
    }

    fn note_headers(&mut self, number: usize, opened: &Opened<'_>) {
        let layout = &opened.layout;
        let file = &self.rows.files[number];
        for &column in &layout.repeated {
            let header = &layout.headers[column];
            let message = format!("the header {header:?} occurs twice; the first column counts");
            let place = file.place(opened.header_row, Some(header.clone()));
            self.notices.keep(
                number,
                Diagnostic::warning("header-twice", message).at(place),
            );
        }
        self.headers.extend(layout.headers.iter().cloned());
        let own = layout.own_columns();
        self.names.extend(
            (0..layout.names.len())
                .filter(|column| !own.contains(column))
                .map(|column| layout.names[column].clone()),
        );
        self.fields.extend(
            Field::ALL
                .iter()
                .filter(|&&field| !layout.columns(field).is_empty()),
        );
    }

    fn row(&mut self, number: usize, record: &Record<'_>, layout: &Layout, system: DateSystem) {
        let row = u32::try_from(self.rows.meanings.len()).unwrap_or(REJECTED);
        self.rows.files[number].number_row(row, record.row());
        self.counts.rows += 1;
        let sip = address_of(record, layout);
        let meaning = match self.meaning(record, layout, system, &sip) {
            Ok(meaning) => meaning,
            Err(problems) => {
                self.tell(number, record.row(), &problems);
                REJECTED
            }
        };
        self.rows.addresses.push(&sip);
        self.rows.meanings.push(meaning);
    }

    fn meaning(
        &mut self,
        record: &Record<'_>,
        layout: &Layout,
        system: DateSystem,
        sip: &str,
    ) -> Result<u32, Vec<Problem>> {
        let problem = check_row(record, layout, sip);
        if problem.as_ref().is_some_and(Problem::is_no_user_at_all) {
            return Err(problem.into_iter().collect());
        }
        let key = layout.key_bytes(record);
        if let (None, Some(&known)) = (&problem, self.meanings.by_cells.get(key.as_slice())) {
            return Ok(known);
        }
        match self.interpreter.interpret(record, layout, system) {
            Ok(meaning) if problem.is_none() => {
                let id = u32::try_from(self.meanings.list.len()).unwrap_or(REJECTED);
                self.meanings.list.push(meaning);
                self.meanings.by_cells.insert(key.into(), id);
                Ok(id)
            }
            Ok(_) => Err(problem.into_iter().collect()),
            Err(problems) => Err(problem.into_iter().chain(problems).collect()),
        }
    }

    fn tell(&mut self, number: usize, row: u64, problems: &[Problem]) {
        let file = &self.rows.files[number];
        for problem in problems {
            self.notices.add(number, Weight::Error, problem.code, || {
                let message = format!("{}; the row is rejected", problem.message);
                let mut diagnostic = Diagnostic::error(problem.code, message)
                    .at(file.place(row, problem.column.clone()));
                diagnostic.help.clone_from(&problem.help);
                diagnostic
            });
        }
    }

    fn finish(mut self) -> Result<Inventory, Refusal> {
        if !self.errors.is_empty() {
            return Err(self.refuse());
        }
        let users = self.rows.by_user();
        let mut inventory = Inventory {
            headers: std::mem::take(&mut self.headers),
            names: std::mem::take(&mut self.names),
            fields: std::mem::take(&mut self.fields),
            ..Inventory::default()
        };
        self.accept(&users, &mut inventory);
        self.counts.rows_rejected = inventory.rejected.len() as u64;
        self.counts.rows_used = self.counts.rows - self.counts.rows_rejected;
        if inventory.users.is_empty() {
            self.errors.push((usize::MAX, self.nobody()));
            return Err(self.refuse());
        }
        inventory.counts = self.counts;
        inventory.pools = self.interpreter.pools.into_names();
        inventory.diagnostics = self.notices.finish();
        Ok(inventory)
    }

    fn refuse(mut self) -> Refusal {
        for (file, error) in std::mem::take(&mut self.errors) {
            self.notices.keep(file, error);
        }
        Refusal {
            diagnostics: self.notices.finish(),
            counts: self.counts,
        }
    }

    fn nobody(&self) -> Diagnostic {
        let message = if self.counts.rows == 0 {
            "the inventory has no row below its header".to_owned()
        } else {
            format!(
                "no user is left: all of the {} rows are rejected",
                self.counts.rows
            )
        };
        Diagnostic::error("no-user-left", message)
            .help("a user needs a SIP address and a pool that the plan knows")
    }

    /// Takes in the users that can be taken in, in the order of their first rows.
    fn accept(&mut self, users: &[Vec<u32>], inventory: &mut Inventory) {
        let list = std::mem::take(&mut self.meanings.list);
        let mut shapes: HashMap<Shape, u32> = HashMap::new();
        let mut unknown: BTreeMap<String, (u64, u32)> = BTreeMap::new();
        for rows in users {
            let meanings: Vec<&Meaning> = rows
                .iter()
                .map(|&row| &list[self.rows.meanings[row as usize] as usize])
                .collect();
            match merge(&meanings) {
                Ok(user) => {
                    self.tell_user(rows, &meanings, &user);
                    self.counts.unrecognized_clients += user.unrecognized.len() as u64;
                    let shape = self.shape(&user);
                    let id = *shapes.entry(shape).or_insert_with_key(|shape| {
                        inventory.shapes.push(shape.clone());
                        u32::try_from(inventory.shapes.len() - 1).unwrap_or(u32::MAX)
                    });
                    inventory
                        .users
                        .push(self.rows.addresses.get(rows[0] as usize), id);
                }
                Err(why) => {
                    let reason = self.no_user(rows, &meanings, &why, &mut unknown);
                    inventory.rejected.reject_user(rows, reason);
                }
            }
        }
        for (row, &meaning) in self.rows.meanings.iter().enumerate() {
            if meaning == REJECTED {
                inventory
                    .rejected
                    .reject_row(u32::try_from(row).unwrap_or(REJECTED));
            }
        }
        inventory.rejected.sort(&self.rows);
        self.tell_unknown_pools(unknown);
    }

    fn shape(&self, user: &Merged) -> Shape {
        let endpoints = user.all_endpoints();
        let chat = self.interpreter.products().chat_clients();
        Shape {
            pool: user.pool,
            endpoints,
            group_chat: user.group_chat.unwrap_or(endpoints.has_any(chat)),
            providers: user.providers,
            pic_enabled: user.pic_enabled == Some(true) && user.providers.is_empty(),
            license_end: user.license_end,
            organizer: user.organizer.unwrap_or(true),
            add_ins: user.add_ins,
            values: user
                .values
                .iter()
                .map(|&text| self.interpreter.texts.text(text).into())
                .collect(),
        }
    }

    fn no_user(
        &mut self,
        rows: &[u32],
        meanings: &[&Meaning],
        why: &NoUser,
        unknown: &mut BTreeMap<String, (u64, u32)>,
    ) -> String {
        let sip = self.rows.addresses.get(rows[0] as usize);
        let file = self.rows.file(rows[0]);
        let texts = &self.interpreter.texts;
        match why {
            NoUser::NoPool => {
                let reason = "no row of the user names a pool".to_owned();
                self.notices.add(file, Weight::Error, "pool-missing", || {
                    Diagnostic::error(
                        "pool-missing",
                        format!("no row of {sip} names a pool; the user is rejected"),
                    )
                    .at(self.rows.place(rows[0]))
                });
                reason
            }
            NoUser::UnknownPool(key) => {
                unknown.entry(key.clone()).or_insert((0, rows[0])).0 += 1;
                format!(
                    "the plan does not know the pool {:?}",
                    texts.text(Meaning::first_pool_text(meanings))
                )
            }
            NoUser::PoolsDisagree(one, other) => {
                let (a, b) = (rows[*one], rows[*other]);
                let (x, y) = (
                    texts.text(meanings[*one].pool_text),
                    texts.text(meanings[*other].pool_text),
                );
                self.notices.add(file, Weight::Error, "pools-disagree", || {
                    let message = format!(
                        "the rows of {sip} name two pools, {x:?} and {y:?}; the user is rejected"
                    );
                    Diagnostic::error("pools-disagree", message)
                        .at(self.rows.place(a))
                        .see(self.rows.place(b), format!("{y:?} here"))
                });
                for meaning in meanings {
                    if let Some(super::pools::PoolName::Unknown(key)) = &meaning.pool {
                        unknown.entry(key.clone()).or_insert((0, rows[0])).0 += 1;
                        break;
                    }
                }
                format!(
                    "the user's rows name two pools: {x:?} in {} and {y:?} in {}",
                    self.spot(a),
                    self.spot(b)
                )
            }
        }
    }

    fn spot(&self, row: u32) -> String {
        let file = &self.rows.files[self.rows.file(row)];
        format!("{} row {}", file.name, file.number(row))
    }

    fn tell_unknown_pools(&mut self, unknown: BTreeMap<String, (u64, u32)>) {
        for (pool, (users, row)) in unknown {
            let file = self.rows.file(row);
            let near = nearest(&pool, self.interpreter.pools.spellings()).map(str::to_owned);
            let plural = if users == 1 { "user is" } else { "users are" };
            let message =
                format!("the plan does not know the pool {pool:?}; its {users} {plural} rejected");
            let diagnostic = Diagnostic::error("pool-unknown", message).at(self.rows.place(row));
            self.notices.keep(
                file,
                match near {
                    Some(near) => diagnostic.help(format!(
                        "did you mean {near:?}? If so, add this spelling to the pool's names"
                    )),
                    None => diagnostic.help("add it to the names of one of the plan's pools"),
                },
            );
        }
    }

    /// What has to be said about an accepted user.
    fn tell_user(&mut self, rows: &[u32], meanings: &[&Meaning], user: &Merged) {
        for &(what, one, other) in &user.disagreements {
            self.tell_disagreement(rows, what, one, other);
        }
        for (&row, meaning) in rows.iter().zip(meanings) {
            self.tell_texts(row, meaning);
        }
    }

    fn tell_disagreement(&mut self, rows: &[u32], what: Disputed, one: usize, other: usize) {
        let name = match what {
            Disputed::Field(field) => field.canonical(),
            Disputed::Column(column) => match &self.request.columns[column] {
                ColumnKey::Header(name) if Field::parse(name).is_none() => name,
                _ => return,
            },
        };
        let sip = self.rows.addresses.get(rows[0] as usize);
        let file = self.rows.file(rows[one]);
        self.notices
            .add(file, Weight::Warning, "values-disagree", || {
                Diagnostic::warning(
                    "values-disagree",
                    format!("two rows of {sip} disagree about {name}; the first counts"),
                )
                .at(self.rows.place(rows[one]))
                .see(self.rows.place(rows[other]), "this row says otherwise")
            });
    }

    fn tell_texts(&mut self, row: u32, meaning: &Meaning) {
        let file = self.rows.file(row);
        let texts = &self.interpreter.texts;
        for &text in &meaning.unrecognized {
            let text = texts.text(text);
            let products = self.interpreter.products();
            self.notices
                .add(file, Weight::Warning, "client-unrecognized", || {
                    let diagnostic = Diagnostic::warning(
                        "client-unrecognized",
                        format!("{text:?} is no client that is known here"),
                    )
                    .at(self.rows.place(row));
                    match products.recognize_client(text) {
                        Recognized::Unrecognized(Some(near)) => {
                            diagnostic.help(format!("did you mean {near}?"))
                        }
                        _ => diagnostic,
                    }
                });
        }
        for &text in &meaning.servers {
            let text = texts.text(text);
            self.notices.add(file, Weight::Note, "server-agent", || {
                Diagnostic::note(
                    "server-agent",
                    format!("{text:?} is a server's user agent, no endpoint of a person"),
                )
                .at(self.rows.place(row))
            });
        }
        for &text in &meaning.unknown_add_ins {
            let text = texts.text(text);
            self.notices
                .add(file, Weight::Warning, "add-in-unknown", || {
                    Diagnostic::warning(
                        "add-in-unknown",
                        format!("{text:?} is no scheduling add-in that is known here"),
                    )
                    .at(self.rows.place(row))
                });
        }
    }
}

/// How many rows have fewer cells than the header.
#[derive(Default)]
struct ShortRows {
    count: u64,
    first: u64,
}

impl ShortRows {
    fn note(&mut self, record: &Record<'_>, layout: &Layout) {
        if record.len() < layout.headers.len() {
            if self.count == 0 {
                self.first = record.row();
            }
            self.count += 1;
        }
    }

    fn tell(&self, number: usize, file: &File, notices: &mut Notices) {
        // Workbooks end a row at its last filled cell.
        if self.count > 0 && file.sheet.is_none() {
            let plural = if self.count == 1 {
                "row has"
            } else {
                "rows have"
            };
            let message = format!(
                "{} {plural} fewer cells than the header; the missing ones count as empty",
                self.count
            );
            notices.keep(
                number,
                Diagnostic::note("rows-short", message).at(file.place(self.first, None)),
            );
        }
    }
}

/// The first address in a record that is not empty, as users are told apart.
pub(crate) fn address_of(record: &Record<'_>, layout: &Layout) -> String {
    layout
        .columns(Field::Sip)
        .iter()
        .map(|&column| cell::address(record.text(column)))
        .find(|address| !address.is_empty())
        .unwrap_or_default()
}

/// Ctrl-Z ends text files of old systems.
pub(crate) fn is_end_mark(record: &Record<'_>) -> bool {
    record.len() == 1 && record.text(0).trim() == "\u{1a}"
}
