//! Options that several commands share, and how their values are understood.
//!
//! In: texts of the command line. Out: values of the library's types, or an error of `clap`'s that says what was expected.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use cutover::diagnostic::nearest;
use cutover::finding::Kind;
use cutover::inventory::workbook::Limits;
use cutover::inventory::{Counts, DateOrder, Field, Unit};
use cutover::model::{Capability, Reading, Severity};
use cutover::report::findings::{Choice, Column, Sort};

use super::terminal::Color;

/// Options of every command.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct GlobalArguments {
    /// Use colors: auto (on a terminal, and not with NO_COLOR), always, never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        help_heading = "General options"
    )]
    pub(crate) color: Color,

    /// Say errors only
    #[arg(short, long, global = true, help_heading = "General options")]
    pub(crate) quiet: bool,
}

/// The inventory files, and what to know about them.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Inventory options")]
pub(crate) struct InventoryArguments {
    /// A CSV, TSV, .xlsx, .xlsb, .xls or .ods file; give it several times to merge files, `-` is standard input
    #[arg(short, long = "inventory", value_name = "FILE")]
    pub(crate) inventories: Vec<PathBuf>,

    /// Whom a user of these files stands for.
    #[arg(skip)]
    pub(crate) unit: Unit,

    /// Read a field from another header, as in Client="Agent string"
    #[arg(long, value_name = "FIELD=HEADER", value_parser = mapping)]
    pub(crate) map: Vec<(Field, String)>,

    /// Read this sheet of a workbook, not the first visible one with a header
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,

    /// The header stands in this row
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) header_row: Option<u64>,

    /// Encoding of text files, as in windows-1252
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub(crate) encoding: Option<String>,

    /// Delimiter of text files: a character, or tab
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub(crate) delimiter: Option<u8>,

    /// Order of day and month in dates such as 03/04/2014, as in dd/mm/yyyy
    #[arg(long, value_name = "FORMAT", value_parser = date_order)]
    pub(crate) date_format: Option<DateOrder>,

    /// Several clients a person over time: this column says when each was last seen, and the newest of a kind counts
    #[arg(long, value_name = "HEADER")]
    pub(crate) last_seen: Option<String>,

    /// Clients last seen longer than this before the plan's baseline do not count, as in 90d
    #[arg(long, value_name = "DAYS", value_parser = days, requires = "last_seen")]
    pub(crate) stale_after: Option<u32>,

    /// Refuse the inventory if more rows than this are rejected, as in 100 or 0.5%
    #[arg(long, value_name = "N|N%")]
    pub(crate) max_rejected: Option<Share>,

    /// Write rejected rows to this CSV file, each with its reason
    #[arg(long, value_name = "FILE")]
    pub(crate) rejected: Option<PathBuf>,

    /// Memory for reading a workbook, as in 400M
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_memory: Option<u64>,

    /// Most cells of a workbook that are read
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_cells: Option<u64>,

    /// Time for reading a workbook, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) deadline: Option<u64>,
}

impl InventoryArguments {
    /// What reading a workbook may cost.
    pub(crate) fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            memory: self.max_memory.unwrap_or(usual.memory),
            cells: self.max_cells.unwrap_or(usual.cells),
            deadline: self.deadline.map(Duration::from_secs).or(usual.deadline),
        }
    }
}

/// Plan and inventory, as most commands need them.
#[derive(Clone, Debug, Args)]
pub(crate) struct MaterialArguments {
    /// The plan, a TOML file; `-` is standard input
    #[arg(short, long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,

    /// Use the built-in example: Contoso, 600 people, three OCS pools and a Lync Server 2010 pool
    #[arg(long, conflicts_with_all = ["plan", "inventories"])]
    pub(crate) sample: bool,

    #[command(flatten)]
    pub(crate) inventory: InventoryArguments,
}

/// How contested points of the documents are read.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output options")]
pub(crate) struct ReadingArgument {
    /// How to read the documents where they contradict each other or are silent
    #[arg(long, value_name = "READING", default_value = "judged", value_parser = ids(Reading::ALL, Reading::id))]
    pub(crate) reading: Reading,
}

/// When findings fail the run.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output options")]
pub(crate) struct FailOnArgument {
    /// Exit with code 1 if there is a finding of this severity or a worse one
    #[arg(long, value_name = "SEVERITY", value_parser = ids(GATES, Severity::id))]
    pub(crate) fail_on: Option<Severity>,
}

/// What `--fail-on` can be: recoveries fail nothing.
const GATES: &[Severity] = &[
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
];

/// Which findings are written, and how.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Findings options")]
pub(crate) struct FindingsArguments {
    /// Write every finding, one line per person and change, to this CSV file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) findings: Option<PathBuf>,

    /// Write findings of these capabilities only
    #[arg(long = "capability", value_name = "LIST", value_delimiter = ',', value_parser = ids(Capability::ALL, Capability::id), hide_possible_values = true)]
    pub(crate) capabilities: Vec<Capability>,

    /// Write findings of these kinds only
    #[arg(long = "kind", value_name = "LIST", value_delimiter = ',', value_parser = ids(Kind::ALL, Kind::id))]
    pub(crate) kinds: Vec<Kind>,

    /// Write findings of this severity or worse only
    #[arg(long, value_name = "SEVERITY", value_parser = ids(Severity::ALL, Severity::id))]
    pub(crate) min_severity: Option<Severity>,

    /// Write these columns, in this order
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = ids(Column::ALL, Column::id), hide_possible_values = true)]
    pub(crate) columns: Vec<Column>,

    /// Order of people within an event: inventory, or sip (by address)
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "inventory",
        hide_possible_values = true
    )]
    pub(crate) sort: SortOrder,
}

impl FindingsArguments {
    /// Which findings are written.
    pub(crate) fn choice(&self) -> Choice {
        let mut choice = Choice::default();
        if !self.capabilities.is_empty() {
            choice.capabilities.clone_from(&self.capabilities);
        }
        if !self.kinds.is_empty() {
            choice.kinds.clone_from(&self.kinds);
        }
        choice.min_severity = self.min_severity.unwrap_or(choice.min_severity);
        choice
    }

    /// Which columns are written.
    pub(crate) fn columns(&self) -> &[Column] {
        if self.columns.is_empty() {
            Column::ALL
        } else {
            &self.columns
        }
    }

    /// The options that say something about the file of findings, without which they mean nothing.
    pub(crate) fn without_file(&self) -> Option<&'static str> {
        if self.findings.is_some() {
            return None;
        }
        [
            ("--capability", self.capabilities.is_empty()),
            ("--kind", self.kinds.is_empty()),
            ("--min-severity", self.min_severity.is_none()),
            ("--columns", self.columns.is_empty()),
            ("--sort", self.sort == SortOrder::Inventory),
        ]
        .into_iter()
        .find_map(|(option, is_absent)| (!is_absent).then_some(option))
    }
}

/// In which order people follow each other in the file of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortOrder {
    /// As in the inventory.
    #[default]
    Inventory,
    /// By SIP address.
    Sip,
}

impl From<SortOrder> for Sort {
    fn from(order: SortOrder) -> Self {
        match order {
            SortOrder::Inventory => Self::Inventory,
            SortOrder::Sip => Self::Sip,
        }
    }
}

/// For a person or for a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a person.
    #[default]
    Text,
    /// For a program.
    Json,
}

/// So many rows, or so many of a hundred.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Share {
    Rows(u64),
    Percent(f64),
}

impl Share {
    /// Were more rows rejected than this?
    pub(crate) fn is_exceeded(self, counts: &Counts) -> bool {
        match self {
            Self::Rows(most) => counts.rows_rejected > most,
            // Counts of rows are far below 2^53.
            Self::Percent(most) => counts.rows_rejected as f64 * 100.0 > most * counts.rows as f64,
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected =
            || "a number of rows, or a percentage from 0% to 100%, is expected".to_owned();
        match text.strip_suffix('%') {
            None => text.parse().map(Self::Rows).map_err(|_| expected()),
            Some(number) => match number.trim().parse::<f64>() {
                Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Self::Percent(percent)),
                _ => Err(expected()),
            },
        }
    }
}

/// Reads one of the values by its public id; `clap` lists them and suggests the nearest.
pub(crate) fn ids<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    id: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|&value| id(value))).try_map(move |text| {
        all.iter()
            .copied()
            .find(|&value| id(value) == text)
            .ok_or("not one of the possible values")
    })
}

fn mapping(text: &str) -> Result<(Field, String), String> {
    let (field, header) = text
        .split_once('=')
        .filter(|(_, header)| !header.trim().is_empty())
        .ok_or("FIELD=HEADER is expected, as in Client=\"Agent string\"")?;
    let known = || Field::ALL.iter().map(|field| field.canonical());
    let field = Field::parse(field).ok_or_else(|| match nearest(field, known()) {
        Some(near) => format!("there is no field {field:?}; did you mean {near}?"),
        None => format!(
            "there is no field {field:?}; the fields are {}",
            known().collect::<Vec<_>>().join(", ")
        ),
    })?;
    Ok((field, header.trim().to_owned()))
}

fn encoding(label: &str) -> Result<String, String> {
    match encoding_rs::Encoding::for_label(label.as_bytes()) {
        Some(_) => Ok(label.to_owned()),
        None => Err("utf-8, utf-16le, utf-16be, windows-1252 or another name of the WHATWG encoding standard is expected".to_owned()),
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "pipe" => Ok(b'|'),
        _ => match text.as_bytes() {
            [b'"' | b'\r' | b'\n' | 0] => {
                Err("quotation marks and line breaks delimit nothing".to_owned())
            }
            &[byte] if byte.is_ascii() => Ok(byte),
            _ => Err("one character is expected, or tab, comma, semicolon, pipe".to_owned()),
        },
    }
}

fn date_order(text: &str) -> Result<DateOrder, String> {
    DateOrder::parse(text)
        .ok_or_else(|| "dd/mm/yyyy, mm/dd/yyyy or yyyy/mm/dd is expected".to_owned())
}

fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix(['d', 'D']).unwrap_or(text).trim();
    number
        .parse()
        .map_err(|_| "a number of days is expected, as in 90d".to_owned())
}

fn size(text: &str) -> Result<u64, String> {
    let text = text.trim().to_ascii_uppercase();
    let text = text
        .strip_suffix("IB")
        .or_else(|| text.strip_suffix('B'))
        .unwrap_or(&text);
    let (number, shift) = match text.chars().last() {
        Some('K') => (&text[..text.len() - 1], 10),
        Some('M') => (&text[..text.len() - 1], 20),
        Some('G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    const LEAST: u64 = 1 << 20;
    let bytes = number
        .trim()
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(1 << shift));
    bytes
        .filter(|&bytes| bytes >= LEAST)
        .ok_or_else(|| "a size of at least 1M is expected, as in 400M or 2G".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: u64, rows_rejected: u64) -> Counts {
        Counts {
            rows,
            rows_rejected,
            rows_used: rows - rows_rejected,
            ..Counts::default()
        }
    }

    #[test]
    fn a_share_is_exceeded_by_more_not_by_as_many() {
        let share = |text: &str| text.parse::<Share>().expect("a share");
        assert!(!share("5").is_exceeded(&counts(10, 5)));
        assert!(share("5").is_exceeded(&counts(10, 6)));
        assert!(!share("50%").is_exceeded(&counts(10, 5)));
        assert!(share("0.5%").is_exceeded(&counts(100, 1)));
        assert!(share("0").is_exceeded(&counts(100, 1)));
    }

    #[test]
    fn a_share_is_neither_negative_nor_more_than_all() {
        for text in ["-1", "101%", "x", "", "%", "-0.1%", "NaN%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("400M"), Ok(400 << 20));
        assert_eq!(size("2 GiB"), Ok(2 << 30));
        assert!(size("12").is_err() && size("99999999999G").is_err() && size("M").is_err());
    }

    #[test]
    fn a_mapping_names_a_field_and_a_header() {
        assert_eq!(
            mapping("client=Agent string"),
            Ok((Field::Client, "Agent string".to_owned()))
        );
        assert!(mapping("Clint=x").is_err_and(|why| why.contains("did you mean Client?")));
        assert!(mapping("Client").is_err());
    }

    #[test]
    fn delimiters_are_characters_or_have_names() {
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert_eq!(delimiter(";"), Ok(b';'));
        assert!(delimiter("\"").is_err() && delimiter("::").is_err() && delimiter("é").is_err());
    }
}
