//! A TOML text, read with positions: typed getters that report what they do not find and go on.
//!
//! In: text and a file name. Out: values with their spans, and every problem met on the way. The plan's own meaning is not
//! known here; only keys, types and places.

use std::ops::Range;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Place, nearest};

/// A text of the document with its place.
pub(super) type Text<'t> = (&'t str, Range<usize>);

/// Must a key be there?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// One table of the document, `[[stage]]` for instance, with the word that messages use for it.
#[derive(Clone)]
pub(super) struct Section<'t> {
    pub(super) table: &'t DeTable<'t>,
    pub(super) span: Range<usize>,
    pub(super) what: &'static str,
}

/// The text being read, and everything wrong with it so far.
pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    line_starts: Vec<usize>,
    pub(super) problems: Vec<Diagnostic>,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str, file: &'a str) -> Self {
        let ends = text
            .bytes()
            .enumerate()
            .filter(|&(_, byte)| byte == b'\n')
            .map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        Self {
            file,
            text,
            line_starts,
            problems: Vec::new(),
        }
    }

    /// The place of a byte range; a range past the end is the end.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let line = self.line_starts.partition_point(|&begin| begin <= start);
        let column = self.text[self.line_starts[line - 1]..start].chars().count() + 1;
        let end = span.end.clamp(start, self.text.len());
        Place::Text {
            file: self.file.to_owned(),
            span: start..end,
            line,
            column,
        }
    }

    /// The line of a byte range, from 1.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.line_starts
            .partition_point(|&begin| begin <= span.start)
    }

    /// Notes an error at a place and gives it back for advice.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let problem = Diagnostic::error(code, message).at(self.place(span));
        self.problems.push(problem);
        self.problems
            .last_mut()
            .expect("a problem was pushed just now")
    }

    /// Notes a name that is not one of the known ones, with the nearest of them or the list.
    pub(super) fn unknown<'k>(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: String,
        typed: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let help = match nearest(typed, known.clone()) {
            Some(name) => format!("did you mean \"{name}\"?"),
            None => expected(known),
        };
        self.error(code, span, message).help = Some(help);
    }

    /// Reports every key of a table that is not among `known`.
    pub(super) fn keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for key in section.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let message = format!("unknown key \"{name}\" in {}", section.what);
                self.unknown(
                    "unknown-key",
                    key.span(),
                    message,
                    name,
                    known.iter().copied(),
                );
            }
        }
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, what: &str, wanted: &str) {
        let found = value.get_ref().type_str();
        self.error(
            "wrong-type",
            value.span(),
            format!(
                "`{key}` of {what} must be {wanted}, found {}",
                article(found)
            ),
        );
    }

    /// The value of a key; reports a required one that is missing.
    pub(super) fn value<'t>(
        &mut self,
        section: &Section<'t>,
        key: &str,
        need: Need,
    ) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = section.table.get(key);
        if value.is_none() && need == Need::Required {
            self.error(
                "missing-key",
                section.span.clone(),
                format!("{} needs the key `{key}`", section.what),
            );
        }
        value
    }

    /// A text.
    pub(super) fn text<'t>(
        &mut self,
        section: &Section<'t>,
        key: &str,
        need: Need,
    ) -> Option<Text<'t>> {
        let value = self.value(section, key, need)?;
        match value.get_ref() {
            DeValue::String(text) => Some((text.as_ref(), value.span())),
            _ => {
                self.wrong_type(value, key, section.what, "a text in quotes");
                None
            }
        }
    }

    /// A text that is not empty: an id.
    pub(super) fn id<'t>(&mut self, section: &Section<'t>, need: Need) -> Option<Text<'t>> {
        let (id, span) = self.text(section, "id", need)?;
        if id.trim().is_empty() {
            self.error(
                "empty-id",
                span,
                format!("the id of {} is empty", section.what),
            );
            return None;
        }
        Some((id, span))
    }

    /// A yes or no.
    pub(super) fn yes_no(&mut self, section: &Section<'_>, key: &str, default: bool) -> bool {
        match self.value(section, key, Need::Optional) {
            None => default,
            Some(value) => value.get_ref().as_bool().unwrap_or_else(|| {
                self.wrong_type(value, key, section.what, "true or false");
                default
            }),
        }
    }

    /// A whole number of at least 1.
    pub(super) fn count(&mut self, section: &Section<'_>, key: &str) -> Option<u64> {
        let value = self.value(section, key, Need::Optional)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none_or(|n| n == 0) {
            self.wrong_type(value, key, section.what, "a whole number of at least 1");
            return None;
        }
        number
    }

    /// A day. Only a bare TOML date will do: no quotes, no time of day.
    pub(super) fn date(
        &mut self,
        section: &Section<'_>,
        key: &str,
        need: Need,
    ) -> Option<(NaiveDate, Range<usize>)> {
        let value = self.value(section, key, need)?;
        let day = match value.get_ref() {
            DeValue::Datetime(stamp) if stamp.time.is_none() && stamp.offset.is_none() => {
                stamp.date.filter(|date| date.year >= 1900).and_then(|d| {
                    NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day))
                })
            }
            _ => None,
        };
        if day.is_none() {
            let found = article(value.get_ref().type_str());
            self.error(
                "wrong-date",
                value.span(),
                format!("`{key}` of {} must be a day, found {found}", section.what),
            )
            .help =
                Some("write it as 2014-06-30, without quotes and without a time of day".to_owned());
        }
        day.map(|day| (day, value.span()))
    }

    /// A list of texts; a single text counts as a list of one.
    pub(super) fn texts<'t>(
        &mut self,
        section: &Section<'t>,
        key: &str,
        need: Need,
    ) -> Vec<Text<'t>> {
        self.value(section, key, need)
            .map_or_else(Vec::new, |value| self.texts_of(value, key, section.what))
    }

    /// The texts of a value that is a text or a list of texts.
    pub(super) fn texts_of<'t>(
        &mut self,
        value: &'t Spanned<DeValue<'t>>,
        key: &str,
        what: &str,
    ) -> Vec<Text<'t>> {
        match value.get_ref() {
            DeValue::String(text) => vec![(text.as_ref(), value.span())],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| {
                    let text = item.get_ref().as_str();
                    if text.is_none() {
                        self.wrong_type(item, key, what, "a list of texts in quotes");
                    }
                    Some((text?, item.span()))
                })
                .collect(),
            _ => {
                self.wrong_type(value, key, what, "a list of texts in quotes");
                Vec::new()
            }
        }
    }

    /// One table under a key.
    pub(super) fn section<'t>(
        &mut self,
        parent: &Section<'t>,
        key: &str,
        what: &'static str,
    ) -> Option<Section<'t>> {
        let value = self.value(parent, key, Need::Optional)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section {
                table,
                span: value.span(),
                what,
            }),
            _ => {
                self.wrong_type(value, key, parent.what, "a table");
                None
            }
        }
    }

    /// All tables of a list under a key, `[[stage]]` for instance.
    pub(super) fn sections<'t>(
        &mut self,
        parent: &Section<'t>,
        key: &str,
        what: &'static str,
    ) -> Vec<Section<'t>> {
        let Some(value) = self.value(parent, key, Need::Optional) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(value, key, parent.what, "a list of tables");
            if value.get_ref().is_table()
                && let Some(problem) = self.problems.last_mut()
            {
                problem.help = Some(format!("write [[{key}]], with two brackets, once for each"));
            }
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => sections.push(Section {
                    table,
                    span: item.span(),
                    what,
                }),
                _ => self.wrong_type(item, key, parent.what, "a list of tables"),
            }
        }
        sections
    }
}

/// "one of a, b, c", for advice.
fn expected<'k>(known: impl Iterator<Item = &'k str>) -> String {
    const SHOWN: usize = 24;
    let known: Vec<_> = known.take(SHOWN + 1).collect();
    match known.len() {
        0 => "nothing of that kind is declared".to_owned(),
        n if n > SHOWN => format!("expected one of {}, …", known[..SHOWN].join(", ")),
        _ => format!("expected one of {}", known.join(", ")),
    }
}

fn article(kind: &str) -> String {
    match kind {
        "string" => "a text".to_owned(),
        "integer" => "a whole number".to_owned(),
        "float" => "a number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "datetime" => "a date or time".to_owned(),
        "array" => "a list".to_owned(),
        other => format!("a {other}"),
    }
}
