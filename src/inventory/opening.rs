//! A source made ready for reading: its encoding, delimiter and header are known.
//!
//! In: a [`Source`] and the request. Out: its records below the header, with the [`Layout`] of its columns; or a refusal that
//! says what was found and what is needed.

use super::Request;
use super::columns::{Field, Layout, Mapping, is_header};
use super::delimited::Delimited;
use super::delimited::dialect::{TITLES, delimiter};
use super::delimited::encoding::{Trust, decide};
use super::delimited::feed::Feed;
use super::record::{ReadError, Record, Records};
use super::source::{ByteSource, Content, Source};
use crate::diagnostic::{Diagnostic, Place, nearest};

/// A source whose header was read; the records below it come next.
pub(crate) struct Opened<'a> {
    pub(crate) body: Body<'a>,
    pub(crate) layout: Layout,
    /// The row of the header.
    pub(crate) header_row: u64,
    pub(crate) sheet: Option<String>,
}

/// The records of a source.
pub(crate) enum Body<'a> {
    /// Of delimited text.
    Text(Box<Delimited<'a>>),
    /// Of anything else.
    Table(Box<dyn Records + 'a>),
}

impl<'a> Body<'a> {
    pub(crate) fn records(&mut self) -> &mut (dyn Records + 'a) {
        match self {
            Self::Text(records) => &mut **records,
            Self::Table(records) => &mut **records,
        }
    }
}

/// Opens a source and reads it down to its header.
pub(crate) fn open<'a>(
    source: &Source<'a>,
    request: &Request,
    trust: Trust,
) -> Result<Opened<'a>, ReadError> {
    let mut body = match source.content {
        Content::Text(bytes) => Body::Text(Box::new(text(&source.name, bytes, request, trust)?)),
        Content::Table(table) => Body::Table(table.open()?),
    };
    let records = body.records();
    let mut look = Look::default();
    let mut left = header_limit(request);
    while left > 0
        && let Some(record) = records.next_record()?
    {
        // Blank rows are no titles: a file may begin with any number of them.
        left -= u64::from(!record.is_blank());
        if is_wanted(&record, request) {
            let layout = Layout::new(&record, &request.mapping, &request.columns)
                .seen_under(request.last_seen.as_deref());
            let header_row = record.row();
            if layout.columns(Field::Sip).is_empty() {
                look.note(&record);
                break;
            }
            let sheet = records.sheet().map(str::to_owned);
            return Ok(Opened {
                body,
                layout,
                header_row,
                sheet,
            });
        }
        look.note(&record);
    }
    Err(look.refuse(&source.name, request))
}

/// How many records that are not blank are looked at; where the user says the row, as many as it takes to get there.
fn header_limit(request: &Request) -> u64 {
    request.header_row.unwrap_or(TITLES as u64)
}

fn is_wanted(record: &Record<'_>, request: &Request) -> bool {
    match request.header_row {
        Some(row) => record.row() == row,
        None => is_header(record, &request.mapping),
    }
}

fn text<'a>(
    file: &str,
    bytes: &'a dyn ByteSource,
    request: &Request,
    trust: Trust,
) -> Result<Delimited<'a>, ReadError> {
    let decision = decide(file, bytes, request.encoding.as_deref(), trust)?;
    let delimiter = match request.delimiter {
        Some(said) => said,
        None => {
            let sample = Feed::new(file, bytes, decision.clone())?.sample()?;
            delimiter(&sample, &request.mapping)
        }
    };
    Ok(Delimited::new(
        file,
        Feed::new(file, bytes, decision)?,
        delimiter,
    ))
}

/// What stands at the top of a table in which no header was found.
#[derive(Default)]
struct Look {
    first: Vec<String>,
    has_address: bool,
    is_format_table: bool,
}

/// With this the header begins that `Format-Table | Export-Csv` writes.
const FORMAT_TABLE: &str = "ClassId2e4f51ef21dd47e99d3c952918aff9cd";

impl Look {
    fn note(&mut self, record: &Record<'_>) {
        if record.is_blank() {
            return;
        }
        self.is_format_table |= record.text(0).starts_with(FORMAT_TABLE);
        if self.first.is_empty() || self.first.len() == 1 && record.len() > 1 {
            self.first = record.texts().map(str::to_owned).collect();
            self.has_address = record.texts().any(looks_like_address);
        }
    }

    fn refuse(&self, file: &str, request: &Request) -> ReadError {
        let diagnostic = if self.is_format_table {
            Diagnostic::error(
                "format-table-export",
                format!("{file} was written by Format-Table | Export-Csv: it holds the layout of a table, not its values"),
            )
            .help("export again with Select-Object in place of Format-Table")
        } else if self.first.is_empty() {
            Diagnostic::error("file-empty", format!("{file} has no row"))
                .help("a header with a SipAddress column and a row for each user are needed")
        } else if let Some(kind) = self.no_table() {
            Diagnostic::error("no-table", format!("{file} is {kind}, not a table"))
                .help("export the users as CSV, or save them as a workbook")
        } else {
            self.no_sip_column(file, request)
        };
        Box::new(diagnostic.at(Place::File {
            file: file.to_owned(),
        }))
    }

    /// What the file is instead of a table, going by its first characters.
    fn no_table(&self) -> Option<&'static str> {
        let start = self.first[0].trim_start().to_lowercase();
        if self.is_list() {
            return Some("a list of values as Format-List shows it");
        }
        let kinds = [
            ("<?xml", "XML"),
            ("<!doctype html", "a web page"),
            ("<html", "a web page"),
            ("%pdf-", "a PDF document"),
            ("{\\rtf", "a text document"),
            ("{", "JSON"),
            ("[", "JSON"),
        ];
        kinds
            .iter()
            .find(|(begin, _)| start.starts_with(begin))
            .map(|&(_, kind)| kind)
    }

    /// `SipAddress : sip:anna@contoso.com`, a line for each property.
    fn is_list(&self) -> bool {
        let name = self.first[0].split_once(" :").map(|(name, _)| name);
        self.first.len() == 1 && name.is_some_and(|name| Field::parse(name).is_some())
    }

    /// What seems to separate the columns, where it is nothing that is looked for: an unusual character, or many spaces.
    fn separator(&self) -> Option<&'static str> {
        const UNUSUAL: [&str; 13] = [
            "  ", "^", "~", ":", "#", "&", "*", "!", "/", "\\", "+", "%", "$",
        ];
        let [line] = self.first.as_slice() else {
            return None;
        };
        UNUSUAL.into_iter().find(|&separator| {
            let mut cells = line.split(separator);
            line.contains(separator) && cells.any(|cell| Field::parse(cell) == Some(Field::Sip))
        })
    }

    fn no_sip_column(&self, file: &str, request: &Request) -> Diagnostic {
        let message = format!(
            "{file} has no column with SIP addresses; found {}",
            self.found()
        );
        let diagnostic = Diagnostic::error("sip-column-missing", message);
        match self.separator() {
            Some("  ") => {
                return diagnostic.help(
                    "the columns are set with spaces, as on a screen: export the users with Export-Csv",
                );
            }
            Some(separator) => {
                let help =
                    format!("if {separator} separates the columns, say --delimiter {separator:?}");
                return diagnostic.help(help);
            }
            None => {}
        }
        let known: Vec<&str> = Field::Sip.headers().collect();
        if let Some(near) = self.near(&request.mapping) {
            return diagnostic.help(format!("if it is {near:?}, say --map SipAddress={near:?}"));
        }
        if self.has_address {
            return diagnostic.help("the first row looks like a user: put a header line above it");
        }
        diagnostic.help(format!(
            "one of these headers is needed: {}; or say --map SipAddress=HEADER",
            known.join(", ")
        ))
    }

    fn found(&self) -> String {
        const MANY: usize = 12;
        let shown: Vec<String> = self
            .first
            .iter()
            .take(MANY)
            .map(|cell| format!("{:?}", cell.chars().take(40).collect::<String>()))
            .collect();
        let rest = self.first.len().saturating_sub(MANY);
        let more = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        format!("{}{more}", shown.join(", "))
    }

    /// A header that is nearly one of those we know.
    fn near(&self, mapping: &Mapping) -> Option<&str> {
        self.first
            .iter()
            .map(|cell| cell.trim())
            .filter(|cell| !mapping.iter().any(|(_, header)| header == cell))
            .filter(|cell| Field::parse(cell).is_none())
            .find(|cell| nearest(cell, Field::Sip.headers()).is_some())
    }
}

fn looks_like_address(cell: &str) -> bool {
    let cell = cell.trim();
    cell.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("sip:"))
        || cell.contains('@')
}
