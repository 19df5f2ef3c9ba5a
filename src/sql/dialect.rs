//! The two dialects: how names and texts are quoted, and how each spells what the statements need.
//!
//! In: names and texts from plans and command lines, which may be hostile, and expressions made here. Out: SQL text in which
//! no name and no text can become anything else. Everything in which the dialects differ stands in this file.

/// An engine's SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// Apache Spark SQL.
    Spark,
}

/// White space of any kind and invisible characters: what the importer takes off both ends of a cell.
const SPACE: &str = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\
    \u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{200b}\u{2060}\u{feff}";

/// A part of a list of clients: anything but semicolons outside brackets. No character needs a backslash, which the
/// dialects read differently, and no repetition can match a text in two ways, which would be slow.
const PART: &str = "[^;()]|[(]([^()]|[(][^()]*[)])*[)]";

impl Dialect {
    /// Every dialect.
    pub const ALL: &'static [Self] = &[Self::DuckDb, Self::Spark];

    /// The id on the command line.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::Spark => "spark",
        }
    }

    /// A name as an identifier; `None` where the dialect has no safe way to write it.
    ///
    /// Spark replaces `${...}` before it parses, and its command line splits at semicolons inside quoted names.
    pub(super) fn name(self, name: &str) -> Option<String> {
        let is_safe = match self {
            Self::DuckDb => !name.contains('\0'),
            Self::Spark => !name.contains([';', '$']) && !name.contains(char::is_control),
        };
        let quoted = match self {
            Self::DuckDb => format!("\"{}\"", name.replace('"', "\"\"")),
            Self::Spark => format!("`{}`", name.replace('`', "``")),
        };
        (is_safe && !name.is_empty()).then_some(quoted)
    }

    /// A text as a literal, whatever is in it.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            Self::DuckDb => duckdb_text(text),
            Self::Spark => spark_text(text),
        }
    }

    /// The type of texts.
    const fn string(self) -> &'static str {
        match self {
            Self::DuckDb => "VARCHAR",
            Self::Spark => "STRING",
        }
    }

    /// A value of any type as a text; empty for NULL.
    pub(super) fn cell(self, value: &str) -> String {
        format!("coalesce(CAST({value} AS {}), '')", self.string())
    }

    /// A column of texts without a value.
    pub(super) fn nothing(self, name: &str) -> String {
        format!("CAST(NULL AS {}) AS {name}", self.string())
    }

    /// Does a text match a pattern somewhere? The pattern is one of ours, without quotes and backslashes.
    pub(super) fn matches(self, text: &str, pattern: &str) -> String {
        match self {
            Self::DuckDb => format!("regexp_matches({text}, '{pattern}')"),
            Self::Spark => format!("{text} RLIKE '{pattern}'"),
        }
    }

    /// A text without white space of any kind at both ends.
    pub(super) fn trimmed(self, text: &str) -> String {
        let space = self.text(SPACE);
        match self {
            Self::DuckDb => format!("trim({text}, {space})"),
            Self::Spark => format!("trim(BOTH {space} FROM {text})"),
        }
    }

    /// A text without the apostrophes at its beginning.
    pub(super) fn without_apostrophes(self, text: &str) -> String {
        match self {
            Self::DuckDb => format!("ltrim({text}, '''')"),
            Self::Spark => format!("trim(LEADING {} FROM {text})", self.text("'")),
        }
    }

    /// What stands before a part that is used several times: DuckDB would keep its rows, which may be all of the table.
    pub(super) const fn again(self) -> &'static str {
        match self {
            Self::DuckDb => "NOT MATERIALIZED ",
            Self::Spark => "",
        }
    }

    /// The parts of a list of clients (semicolons outside brackets separate), each once, in order.
    pub(super) fn client_list(self, text: &str) -> String {
        match self {
            Self::DuckDb => sorted_in_duckdb(&format!("regexp_extract_all({text}, '({PART})+')")),
            Self::Spark => sorted_in_spark(&format!("regexp_extract_all({text}, '({PART})+', 0)")),
        }
    }

    /// Is a text nothing but parts of a list of clients and semicolons?
    pub(super) fn is_client_list(self, text: &str) -> String {
        self.matches(text, &format!("^(;|{PART})*$"))
    }

    /// The parts of a list of providers (semicolons and commas separate), each once, in order.
    pub(super) fn provider_list(self, text: &str) -> String {
        let parts = format!("replace({text}, ',', ';')");
        match self {
            Self::DuckDb => sorted_in_duckdb(&format!("string_split({parts}, ';')")),
            Self::Spark => sorted_in_spark(&format!("split({parts}, ';')")),
        }
    }

    /// Texts of a group behind each other, ordered by `place` (if there is one), then by themselves.
    pub(super) fn joined(self, text: &str, place: Option<&str>) -> String {
        match (self, place) {
            (Self::DuckDb, Some(place)) => {
                format!("string_agg({text}, '' ORDER BY {place}, {text})")
            }
            (Self::DuckDb, None) => format!("string_agg({text}, '' ORDER BY {text})"),
            (Self::Spark, Some(place)) => {
                format!("array_join(array_sort(collect_list(struct({place}, {text}))).{text}, '')")
            }
            (Self::Spark, None) => format!("array_join(array_sort(collect_list({text})), '')"),
        }
    }

    /// A digest of a text, in hexadecimal digits.
    pub(super) fn digest(self, text: &str) -> String {
        match self {
            Self::DuckDb => format!("sha256({text})"),
            Self::Spark => format!("sha2({text}, 256)"),
        }
    }

    /// The position of a text in a list of texts.
    pub(super) fn position(self, texts: &[&str], text: &str) -> String {
        let list: Vec<String> = texts.iter().map(|text| self.text(text)).collect();
        match self {
            Self::DuckDb => format!("list_position([{}], {text})", list.join(", ")),
            Self::Spark => format!("array_position(array({}), {text})", list.join(", ")),
        }
    }

    /// A table, with columns that it may lack as columns without values.
    ///
    /// In DuckDB an empty table that has them is united by name. Spark cannot do that in SQL; there an empty table is joined
    /// naturally: columns that both have are the table's, the others have no value. Both engines see that nothing is
    /// united or joined.
    pub(super) fn with_columns(self, table: &str, columns: &[String]) -> String {
        if columns.is_empty() {
            return table.to_owned();
        }
        let nothing: Vec<String> = columns.iter().map(|name| self.nothing(name)).collect();
        let nothing = nothing.join(", ");
        match self {
            Self::DuckDb => {
                format!("(SELECT * FROM {table} UNION ALL BY NAME SELECT {nothing} WHERE false)")
            }
            Self::Spark => {
                format!("(SELECT * FROM {table} NATURAL LEFT JOIN (SELECT {nothing} WHERE false))")
            }
        }
    }
}

fn sorted_in_duckdb(parts: &str) -> String {
    format!(
        "array_to_string(list_sort(list_distinct([trim(part) FOR part IN {parts} IF trim(part) <> ''])), ';')"
    )
}

fn sorted_in_spark(parts: &str) -> String {
    format!(
        "array_join(array_sort(array_distinct(array_remove(transform({parts}, part -> trim(part)), ''))), ';')"
    )
}

/// Quotes are doubled; nothing else means anything inside a literal. What cannot be seen is written by its number.
fn duckdb_text(text: &str) -> String {
    let is_seen = |c: char| !c.is_control() && (c == ' ' || !SPACE.contains(c));
    let mut pieces: Vec<String> = Vec::new();
    let mut seen = String::new();
    for c in text.chars() {
        if is_seen(c) {
            seen.push(c);
            continue;
        }
        if !seen.is_empty() {
            pieces.push(quoted(&std::mem::take(&mut seen)));
        }
        pieces.push(format!("chr({})", u32::from(c)));
    }
    if !seen.is_empty() || pieces.is_empty() {
        pieces.push(quoted(&seen));
    }
    match pieces.as_slice() {
        [one] => one.clone(),
        _ => format!("concat({})", pieces.join(", ")),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Letters, digits and a few signs stand for themselves under every setting of Spark; whatever else is written as its bytes,
/// because quotes and backslashes are read differently under different settings and `${...}` is replaced.
fn spark_text(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | ',' | '@');
    if text.chars().all(is_plain) {
        return format!("'{text}'");
    }
    let bytes: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
    format!("CAST(X'{bytes}' AS STRING)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_stays_a_text() {
        let text = "x'; DROP TABLE users; --\\' ${env:HOME}";
        assert_eq!(
            Dialect::DuckDb.text(text),
            "'x''; DROP TABLE users; --\\'' ${env:HOME}'"
        );
        let spark = Dialect::Spark.text(text);
        let digits = spark
            .strip_prefix("CAST(X'")
            .and_then(|rest| rest.strip_suffix("' AS STRING)"));
        assert!(digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())));
    }

    #[test]
    fn what_cannot_be_seen_is_written_by_its_number() {
        assert_eq!(
            Dialect::DuckDb.text("a\u{a0}b"),
            "concat('a', chr(160), 'b')"
        );
        assert_eq!(Dialect::DuckDb.text("\0"), "chr(0)");
        assert_eq!(Dialect::DuckDb.text(""), "''");
        assert_eq!(Dialect::Spark.text("München"), "'München'");
    }

    #[test]
    fn a_hostile_name_is_quoted_or_refused() {
        assert_eq!(
            Dialect::DuckDb.name("a\" FROM x; --").as_deref(),
            Some("\"a\"\" FROM x; --\"")
        );
        assert_eq!(Dialect::Spark.name("a`b").as_deref(), Some("`a``b`"));
        assert_eq!(Dialect::Spark.name("a`; DROP TABLE users"), None);
        assert_eq!(Dialect::Spark.name("${spark.home}"), None);
        assert_eq!(Dialect::DuckDb.name("a\0b"), None);
        assert_eq!(Dialect::DuckDb.name(""), None);
    }
}
