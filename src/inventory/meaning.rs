//! What a row says about its user: texts -> clients, pools, dates, or everything that is wrong with it.
//!
//! In: the cells of a record that matter, and the names of the knowledge base. Out: a [`Meaning`], or the [`Problem`]s of
//! the row, all of them. Rows with the same texts have the same meaning, which is worked out once.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::cell::{DateOrder, NoDate, YEARS, address, clean, date, public_im_flag, yes_or_no};
use super::columns::{EXTRA_COLUMN, Field, KeySource, Layout};
use super::pools::{PoolName, Pools};
use super::record::{DateSystem, Record};
use crate::diagnostic::nearest;
use crate::knowledge::products::{Products, Recognized};
use crate::model::{AddIn, AddInSet, EndpointSet, Provider, ProviderSet};

/// A text that was kept: its position in [`Texts`].
pub(crate) type TextId = u32;

/// Texts, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    ids: HashMap<Box<str>, TextId>,
    list: Vec<Box<str>>,
}

impl Texts {
    /// The id of the empty text, once it was asked for.
    pub(crate) fn id(&mut self, text: &str) -> TextId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = TextId::try_from(self.list.len()).unwrap_or(TextId::MAX);
        self.ids.insert(text.into(), id);
        self.list.push(text.into());
        id
    }

    pub(crate) fn text(&self, id: TextId) -> &str {
        self.list.get(id as usize).map_or("", |text| text)
    }
}

/// What one row says about its user. What is empty in the row is empty here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) pool: Option<PoolName>,
    /// The pool as the cell spells it.
    pub(crate) pool_text: TextId,
    pub(crate) endpoints: EndpointSet,
    /// Client texts that name no product; without repetition.
    pub(crate) unrecognized: Vec<TextId>,
    /// Client texts that are user agents of servers.
    pub(crate) servers: Vec<TextId>,
    pub(crate) group_chat: Option<bool>,
    pub(crate) providers: ProviderSet,
    pub(crate) pic_enabled: Option<bool>,
    pub(crate) license_end: Option<NaiveDate>,
    pub(crate) organizer: Option<bool>,
    pub(crate) add_ins: AddInSet,
    /// Add-in texts that no table knows.
    pub(crate) unknown_add_ins: Vec<TextId>,
    pub(crate) department: TextId,
    pub(crate) site: TextId,
    /// One text for each wanted column.
    pub(crate) values: Vec<TextId>,
}

impl Meaning {
    /// The first spelling of a pool among the rows of a user.
    pub(crate) fn first_pool_text(rows: &[&Self]) -> TextId {
        rows.iter()
            .find(|row| row.pool.is_some())
            .map_or(0, |row| row.pool_text)
    }
}

/// Something that makes a row unusable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    /// The header of the column concerned.
    pub(crate) column: Option<String>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Problem {
    fn new(code: &'static str, column: Option<&str>, message: String) -> Self {
        Self {
            code,
            column: column.map(str::to_owned),
            message,
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Is the row no user's at all, so that nothing else in it can be wrong?
    pub(crate) fn is_no_user_at_all(&self) -> bool {
        matches!(self.code, "header-repeated" | "total-line")
    }

    /// The problem in one line, for the reason column of a row that is given back.
    pub(crate) fn reason(&self) -> String {
        let place = self
            .column
            .as_ref()
            .map_or(String::new(), |column| format!("{column}: "));
        let help = self
            .help
            .as_ref()
            .map_or(String::new(), |help| format!(" ({help})"));
        format!("{place}{}{help}", self.message)
    }
}

/// Works out what rows say; knows the texts and pools of all files.
pub(crate) struct Interpreter<'a> {
    products: &'a Products,
    date_order: Option<DateOrder>,
    pub(crate) pools: Pools,
    pub(crate) texts: Texts,
}

impl<'a> Interpreter<'a> {
    pub(crate) fn new(products: &'a Products, pools: Pools, date_order: Option<DateOrder>) -> Self {
        let mut texts = Texts::default();
        texts.id("");
        Self {
            products,
            date_order,
            pools,
            texts,
        }
    }

    pub(crate) fn products(&self) -> &'a Products {
        self.products
    }

    /// What a record says, or everything that is wrong with it. The address is checked apart, see [`check_row`].
    pub(crate) fn interpret(
        &mut self,
        record: &Record<'_>,
        layout: &Layout,
        system: DateSystem,
    ) -> Result<Meaning, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut meaning = Meaning::default();
        let row = Row { record, layout };
        if let Some((_, text)) = row.cell(Field::Pool) {
            meaning.pool = Some(self.pools.find(text));
            meaning.pool_text = self.texts.id(text);
        }
        if let Some((_, text)) = row.cell(Field::Client) {
            self.clients(text, &mut meaning);
        }
        if let Some((_, text)) = row.cell(Field::AddIn) {
            self.add_ins(text, &mut meaning);
        }
        if let Some((column, text)) = row.cell(Field::Providers) {
            meaning.providers = self.providers(row.header(column), text, &mut problems);
        }
        meaning.group_chat = row.yes_or_no(Field::GroupChat, &mut problems);
        meaning.organizer = row.yes_or_no(Field::Organizer, &mut problems);
        meaning.pic_enabled = row.yes_or_no(Field::PicEnabled, &mut problems);
        if let Some((column, text)) = row.cell(Field::LicenseEnd) {
            match date(text, self.date_order, system) {
                Ok(day) => meaning.license_end = Some(day),
                Err(why) => problems.push(no_date(row.header(column), text, why)),
            }
        }
        meaning.department = self.field(&row, Field::Department);
        meaning.site = self.field(&row, Field::Site);
        meaning.values = layout
            .keys
            .iter()
            .map(|key| match key {
                KeySource::Column(column) => self.texts.id(clean(record.text(*column))),
                KeySource::Field(Field::Sip) => {
                    let sip = row
                        .cell(Field::Sip)
                        .map_or(String::new(), |(_, text)| address(text));
                    self.texts.id(&sip)
                }
                KeySource::Field(field) => self.field(&row, *field),
                KeySource::Missing => self.texts.id(""),
            })
            .collect();
        if problems.is_empty() {
            Ok(meaning)
        } else {
            Err(problems)
        }
    }

    fn field(&mut self, row: &Row<'_, '_>, field: Field) -> TextId {
        let text = row.cell(field).map_or("", |(_, text)| text);
        self.texts.id(text)
    }

    fn clients(&mut self, cell: &str, meaning: &mut Meaning) {
        for text in outside_brackets(cell) {
            match self.products.recognize_client(text) {
                Recognized::Client(client) => meaning.endpoints = meaning.endpoints.with(client),
                Recognized::Server => add(&mut meaning.servers, self.texts.id(text)),
                Recognized::Unrecognized(_) => {
                    add(&mut meaning.unrecognized, self.texts.id(text));
                }
            }
        }
    }

    fn add_ins(&mut self, cell: &str, meaning: &mut Meaning) {
        for text in outside_brackets(cell) {
            let add_in = self
                .products
                .recognize_add_in(text)
                .unwrap_or(AddIn::Unknown);
            if add_in == AddIn::Unknown {
                add(&mut meaning.unknown_add_ins, self.texts.id(text));
            }
            meaning.add_ins = meaning.add_ins.with(add_in);
        }
    }

    fn providers(&self, header: &str, cell: &str, problems: &mut Vec<Problem>) -> ProviderSet {
        let mut set = ProviderSet::default();
        for text in cell
            .split([';', ','])
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            match self.products.recognize_provider(text) {
                Some(provider) => set = set.with(provider),
                None => problems.push(unknown_provider(header, text)),
            }
        }
        set
    }
}

fn add(list: &mut Vec<TextId>, text: TextId) {
    if !list.contains(&text) {
        list.push(text);
    }
}

/// A record with the layout it stands in.
struct Row<'r, 'l> {
    record: &'r Record<'r>,
    layout: &'l Layout,
}

impl<'r> Row<'r, '_> {
    /// The first cell of a field that is not empty, with its column.
    fn cell(&self, field: Field) -> Option<(usize, &'r str)> {
        self.layout
            .columns(field)
            .iter()
            .map(|&column| (column, clean(self.record.text(column))))
            .find(|(_, text)| !text.is_empty())
    }

    fn header(&self, column: usize) -> &str {
        &self.layout.headers[column]
    }

    fn yes_or_no(&self, field: Field, problems: &mut Vec<Problem>) -> Option<bool> {
        let (column, text) = self.cell(field)?;
        let is_flags = self.layout.is_option_flags(column);
        let value = if is_flags {
            public_im_flag(text)
        } else {
            yes_or_no(text)
        };
        if value.is_none() {
            let expected = if is_flags {
                "a whole number"
            } else {
                "yes or no"
            };
            problems.push(Problem::new(
                if is_flags {
                    "flags-invalid"
                } else {
                    "yes-no-invalid"
                },
                Some(self.header(column)),
                format!("{text:?} is not {expected}"),
            ));
        }
        value
    }
}

fn no_date(header: &str, text: &str, why: NoDate) -> Problem {
    let (code, message) = match why {
        NoDate::Ambiguous => (
            "date-ambiguous",
            format!("{text:?} can be read in two ways"),
        ),
        NoDate::OutOfRange => {
            let message = format!("{text:?} lies outside {} to {}", YEARS.start(), YEARS.end());
            ("date-out-of-range", message)
        }
        NoDate::NotADate => ("date-invalid", format!("{text:?} is not a date")),
    };
    let problem = Problem::new(code, Some(header), message);
    match why {
        NoDate::Ambiguous => problem.help("say --date-format dd/mm/yyyy or mm/dd/yyyy"),
        NoDate::OutOfRange => problem,
        NoDate::NotADate => problem.help("write YYYY-MM-DD"),
    }
}

fn unknown_provider(header: &str, text: &str) -> Problem {
    let known = Provider::ALL.iter().map(|provider| provider.id());
    let list: Vec<&str> = known.clone().collect();
    let help = match nearest(text, known) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("known are {}", list.join(", ")),
    };
    let message = format!("{text:?} is no public IM provider");
    Problem::new("provider-unknown", Some(header), message).help(help)
}

/// The parts of a cell between semicolons that stand outside brackets; without the empty ones.
pub(crate) fn outside_brackets(cell: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut start) = (0_usize, 0);
    let mut parts = Vec::new();
    for (at, c) in cell.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => {
                parts.push(&cell[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&cell[start..]);
    parts.into_iter().map(clean).filter(|part| !part.is_empty())
}

/// Words with which the last line of an export begins; lower case.
#[rustfmt::skip]
const TOTALS: &[&str] = &[
    "total", "totals", "grand total", "sum", "subtotal", "count", "summe", "gesamt", "gesamtsumme", "anzahl", "somme",
    "suma", "totaal", "totale",
];

/// What makes a row unusable as a whole: no address, a header again, a total, cells beyond the last column.
pub(crate) fn check_row(record: &Record<'_>, layout: &Layout, sip: &str) -> Option<Problem> {
    let sip_header = || Some(layout.headers[layout.columns(Field::Sip)[0]].as_str());
    if layout.is_repeated_by(record) {
        let message = "the row repeats the header".to_owned();
        return Some(Problem::new("header-repeated", None, message));
    }
    if is_total(record, sip) {
        let message = "the row is a total, not a user".to_owned();
        return Some(Problem::new("total-line", None, message));
    }
    if sip.is_empty() {
        let message = "there is no SIP address".to_owned();
        return Some(Problem::new("sip-missing", sip_header(), message));
    }
    let extra = (layout.headers.len()..record.len())
        .filter(|&column| !clean(record.text(column)).is_empty())
        .chain(
            layout
                .extra_columns()
                .filter(|&column| !clean(record.text(column)).is_empty()),
        )
        .count();
    (extra > 0).then(|| {
        let message = format!(
            "the row has {} cells under {} headers",
            layout.headers.len() - layout.extra_columns().count() + extra,
            layout.headers.len() - layout.extra_columns().count()
        );
        Problem::new("row-too-long", None, message)
            .help(format!("quote cells that contain the delimiter; cells too many are kept in {EXTRA_COLUMN}1 and so on"))
    })
}

/// A line that counts or adds up the rows above: it has no address and begins with a word for total.
fn is_total(record: &Record<'_>, sip: &str) -> bool {
    if sip.contains('@') {
        return false;
    }
    let first = record.texts().map(clean).find(|text| !text.is_empty());
    first.is_some_and(|text| {
        let text = text.to_lowercase();
        let word = text.trim_end_matches(|c: char| {
            c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | ',' | ':' | '=')
        });
        TOTALS.iter().any(|&total| {
            word == total
                || text
                    .strip_prefix(total)
                    .is_some_and(|rest| rest.starts_with([':', ' ', '=', '(']))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_inside_brackets_do_not_separate() {
        let parts: Vec<&str> =
            outside_brackets(" a; Purple/2.10 (linux; RTC/5.0 [x;y]) ;;lync-2010;").collect();
        assert_eq!(
            parts,
            ["a", "Purple/2.10 (linux; RTC/5.0 [x;y])", "lync-2010"]
        );
    }
}
