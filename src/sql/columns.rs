//! Which columns of a table of users a cohort needs, and in which form.
//!
//! In: the plan, and the table's columns as far as they are known. Out: [`Columns`]. What the importer decides (which client,
//! pool, day or provider a text means) is not decided here: texts are carried as they are. Only what surely means the same
//! becomes the same text, so that cohorts are few; a text about which there could be two opinions stays as it is.

use super::classes::Classes;
use super::dialect::Dialect;
use crate::diagnostic::{Diagnostic, nearest};
use crate::inventory::columns::{KeySource, Layout};
use crate::inventory::record::RecordBuffer;
use crate::inventory::{ColumnKey, Field, normalize_header};
use crate::plan::Plan;

/// In which form a column is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Text,
    /// A list of clients or add-ins: each once, in order.
    Clients,
    /// A list of providers: each once, in order.
    Providers,
    /// Yes or no, in lower case.
    YesNo,
    /// A day, without midnight behind it.
    Day,
    /// One text for each class of texts that no `where` tells apart.
    Classes(Classes),
}

/// A column that cohorts carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Carried {
    /// Its name in the table.
    pub(super) name: String,
    /// In which form.
    pub(super) form: Form,
}

/// The columns of a table of users.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Those with SIP addresses, first choice first.
    pub(super) addresses: Vec<String>,
    /// Those that cohorts carry.
    pub(super) carried: Vec<Carried>,
    /// Those that the table may lack.
    pub(super) absent: Vec<String>,
}

/// The fields that no simulation needs of itself.
const IDLE: &[Field] = &[Field::Sip, Field::Name, Field::Department, Field::Site];

impl Columns {
    /// The columns that cohorts need for a plan: of a table whose columns are `known`, or of a table with any of the canonical
    /// columns.
    ///
    /// # Errors
    /// Where the table has no column with SIP addresses, or not one that a `where` names.
    pub(super) fn new(plan: &Plan, known: Option<&[String]>) -> Result<Self, Vec<Diagnostic>> {
        let names = known.map_or_else(|| assumed(plan), <[String]>::to_vec);
        let mut header = RecordBuffer::default();
        header.begin(1);
        names.iter().for_each(|name| header.push(name));
        let layout = Layout::new(&header.record(), &Vec::new(), &plan.columns());
        let problems = problems(plan, &layout, &names);
        if !problems.is_empty() {
            return Err(problems);
        }
        let own = |columns: &[usize]| columns.iter().map(|&at| names[at].clone()).collect();
        let carried = carried(plan, &layout, &names);
        let canonical = carried
            .iter()
            .map(|carried| carried.name.clone())
            .filter(|name| canonical().any(|canonical| canonical == name));
        Ok(Self {
            addresses: own(layout.columns(Field::Sip)),
            absent: match known {
                Some(_) => Vec::new(),
                None => canonical.collect(),
            },
            carried,
        })
    }
}

/// The canonical headers that can matter, addresses first.
fn canonical() -> impl Iterator<Item = &'static str> {
    let fields = Field::ALL.iter().filter(|&&field| field != Field::Name);
    fields.map(|field| field.canonical())
}

/// The columns of a table of which only the plan is known: the canonical ones, and those that a `where` names.
fn assumed(plan: &Plan) -> Vec<String> {
    let mut names: Vec<String> = canonical().map(str::to_owned).collect();
    for column in &plan.columns {
        let is_new = names
            .iter()
            .all(|name| normalize_header(name) != normalize_header(&column.typed));
        if is_new {
            names.push(column.typed.trim().to_owned());
        }
    }
    names
}

fn problems(plan: &Plan, layout: &Layout, names: &[String]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if layout.columns(Field::Sip).is_empty() {
        let message = format!(
            "the table has no column with SIP addresses; its columns are {}",
            names.join(", ")
        );
        problems.push(
            Diagnostic::error("sip-column-missing", message)
                .help("a column named SipAddress, or one of its other names, is needed"),
        );
    }
    for (column, key) in plan.columns.iter().zip(&layout.keys) {
        // A department or a site that no table has is the empty one, as in a file.
        if *key != KeySource::Missing || !matches!(column.key, ColumnKey::Header(_)) {
            continue;
        }
        let message = format!(
            "the table has no column \"{}\", which `where` asks for",
            column.typed
        );
        let help = match nearest(&column.typed, names.iter().map(String::as_str)) {
            Some(name) => format!("did you mean \"{name}\"?"),
            None => format!("its columns are {}", names.join(", ")),
        };
        problems.push(
            Diagnostic::error("where-column", message)
                .at(column.place.clone())
                .help(help),
        );
    }
    problems
}

fn carried(plan: &Plan, layout: &Layout, names: &[String]) -> Vec<Carried> {
    let mut carried: Vec<Option<Form>> = vec![None; names.len()];
    for &field in Field::ALL.iter().filter(|field| !IDLE.contains(field)) {
        for &column in layout.columns(field) {
            carried[column] = Some(form(field));
        }
    }
    for (position, key) in layout.keys.iter().enumerate() {
        let columns = match key {
            KeySource::Column(column) => std::slice::from_ref(column),
            KeySource::Field(field) => layout.columns(*field),
            KeySource::Missing => &[],
        };
        for &column in columns {
            carried[column] = Some(match carried[column] {
                None => Form::Classes(Classes::of(plan, position)),
                Some(_) => Form::Text,
            });
        }
    }
    let columns = carried.into_iter().zip(names);
    columns
        .filter_map(|(form, name)| {
            let name = name.clone();
            form.map(|form| Carried { name, form })
        })
        .collect()
}

const fn form(field: Field) -> Form {
    match field {
        Field::Client | Field::AddIn => Form::Clients,
        Field::Providers => Form::Providers,
        Field::GroupChat | Field::PicEnabled | Field::Organizer => Form::YesNo,
        Field::LicenseEnd => Form::Day,
        Field::Sip | Field::Name | Field::Pool | Field::Department | Field::Site => Form::Text,
    }
}

impl Form {
    /// A cell in this form. The cell is a text.
    pub(super) fn expression(&self, dialect: Dialect, cell: &str) -> String {
        let strange = dialect.matches(cell, NOT_ASCII);
        match self {
            Self::Text => cell.to_owned(),
            Self::Classes(classes) => classes.expression(dialect, cell),
            Self::YesNo => format!("CASE WHEN {strange} THEN {cell} ELSE lower({cell}) END"),
            Self::Providers => {
                let list = dialect.provider_list(cell);
                format!("CASE WHEN {strange} THEN {cell} ELSE {list} END")
            }
            Self::Clients => {
                // With other brackets than round ones, with apostrophes (which importing may take off the first part), or
                // very long, a list stays as it is.
                let apart = dialect.text("[]{}'");
                let (list, is_list) = (dialect.client_list(cell), dialect.is_client_list(cell));
                format!(
                    "CASE WHEN {cell} LIKE '%;%' AND length({cell}) < 1000 AND NOT {strange} \
                     AND translate({cell}, {apart}, '') = {cell} AND {is_list} THEN {list} ELSE {cell} END"
                )
            }
            Self::Day => {
                let midnight =
                    dialect.matches(cell, "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00:00([.]0+)?$");
                format!("CASE WHEN {midnight} THEN left({cell}, 10) ELSE {cell} END")
            }
        }
    }
}

/// Matches a text in which something is not a visible ASCII character or a space: about such texts the engines and the
/// importer may have two opinions.
pub(super) const NOT_ASCII: &str = "[^ -~]";
