//! `import --against`: who is new, changed, the same and gone; for a person, for a program, and as CSV.
//!
//! In: a [`Difference`]. Out: a text, serde structs of their own, or lines. Nothing is decided here.

use std::io::{self, Write};

use serde::Serialize;

use super::json::FORMAT_VERSION;
use super::model::wording::users;
use crate::csv_text::guarded;
use crate::inventory::difference::{Change, Difference, FieldChange};
use crate::terminal_text::shortened;

/// The whole answer, for a program.
#[derive(Clone, Debug, Serialize)]
pub struct Answer<'a> {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// How many users are in the later inventory only.
    pub new: usize,
    /// How many are in both and not the same.
    pub changed: usize,
    /// How many are the same.
    pub same: usize,
    /// How many are in the earlier inventory only.
    pub gone: usize,
    /// Columns that only the later inventory has.
    pub columns_new: &'a [String],
    /// Columns that only the earlier one has.
    pub columns_gone: &'a [String],
    /// Everybody who is not the same.
    pub users: Vec<User<'a>>,
}

/// Somebody who is not the same.
#[derive(Clone, Debug, Serialize)]
pub struct User<'a> {
    /// The address, lower case, without `sip:`.
    pub sip: &'a str,
    /// `new`, `changed` or `gone`.
    pub change: &'static str,
    /// What changed, field by field.
    pub fields: Vec<Field<'a>>,
}

/// A field that changed.
#[derive(Clone, Debug, Serialize)]
pub struct Field<'a> {
    /// Its header.
    pub field: &'a str,
    /// What it said.
    pub from: &'a str,
    /// What it says.
    pub to: &'a str,
}

/// The answer for a program.
#[must_use]
pub fn answer(difference: &Difference) -> Answer<'_> {
    let (new, changed, gone) = difference.counts();
    let users = difference.people.iter();
    Answer {
        format_version: FORMAT_VERSION,
        new,
        changed,
        same: difference.same,
        gone,
        columns_new: &difference.columns_new,
        columns_gone: &difference.columns_gone,
        users: users
            .map(|(sip, change)| User {
                sip,
                change: word(change),
                fields: fields(change).iter().map(field).collect(),
            })
            .collect(),
    }
}

fn field(change: &FieldChange) -> Field<'_> {
    Field {
        field: &change.field,
        from: &change.from,
        to: &change.to,
    }
}

fn word(change: &Change) -> &'static str {
    match change {
        Change::New => "new",
        Change::Changed(_) => "changed",
        Change::Gone => "gone",
    }
}

fn fields(change: &Change) -> &[FieldChange] {
    match change {
        Change::Changed(fields) => fields,
        Change::New | Change::Gone => &[],
    }
}

/// How many users of a kind are named.
const SHOWN: usize = 20;
/// How much of a text is shown.
const LONGEST: usize = 80;

/// The answer for a person: counts, the first users of each kind, and the columns that only one side has.
#[must_use]
pub fn text(difference: &Difference, earlier: &str) -> String {
    let (new, changed, gone) = difference.counts();
    let mut text = format!(
        "Against {}: {} new, {changed} changed, {} same, {gone} gone\n",
        shortened(earlier, LONGEST),
        users(new as u64),
        difference.same,
    );
    for kind in ["new", "changed", "gone"] {
        let people = difference
            .people
            .iter()
            .filter(|(_, change)| word(change) == kind);
        for (sip, change) in people.clone().take(SHOWN) {
            text.push_str(&format!("  {kind:<8} {}", shortened(sip, LONGEST)));
            let told: Vec<String> = fields(change).iter().map(told).collect();
            if !told.is_empty() {
                text.push_str(&format!(": {}", told.join("; ")));
            }
            text.push('\n');
        }
        let left_out = people.count().saturating_sub(SHOWN);
        if left_out > 0 {
            text.push_str(&format!(
                "  {kind:<8} {left_out} more; --changes FILE lists all\n"
            ));
        }
    }
    for (columns, what) in [
        (&difference.columns_new, "new"),
        (&difference.columns_gone, "gone"),
    ] {
        if !columns.is_empty() {
            let names: Vec<_> = columns
                .iter()
                .map(|column| shortened(column, LONGEST))
                .collect();
            text.push_str(&format!("  columns {what}: {}\n", names.join(", ")));
        }
    }
    text
}

fn told(change: &FieldChange) -> String {
    let quoted = |text: &str| match text {
        "" => "nothing".to_owned(),
        text => format!("\"{}\"", shortened(text, LONGEST)),
    };
    let header = shortened(&change.field, LONGEST);
    format!(
        "{header} from {} to {}",
        quoted(&change.from),
        quoted(&change.to)
    )
}

/// Writes a line for everybody who is new or gone, and for each field that changed: `change,sip,field,from,to`.
///
/// # Errors
/// What the writer says.
pub fn write(difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["change", "sip", "field", "from", "to"])?;
    for (sip, change) in &difference.people {
        let mut line = |field: &str, from: &str, to: &str| {
            let cells = [word(change), sip, field, from, to];
            writer.write_record(cells.map(|cell| guarded(cell).into_owned()))
        };
        match change {
            Change::Changed(fields) => {
                for change in fields {
                    line(&change.field, &change.from, &change.to)?;
                }
            }
            Change::New | Change::Gone => line("", "", "")?,
        }
    }
    writer.flush()
}
