//! `where`: which users an operation, or a chat deployment, is about.
//!
//! In: a `where` table of the plan. Out: a [`Filter`], all of whose conditions must hold (contract section 3).

use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::document::{Document, Section, Text};
use super::{PoolIndex, unknown_client, unknown_pool};
use crate::diagnostic::Place;
use crate::inventory::{ColumnKey, normalize_header};
use crate::knowledge::Products;
use crate::model::EndpointSet;

/// One key of a `where`, with the values any of which will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The user is one of these: SIP addresses, lower case, without `sip:`.
    Sip(Vec<String>),
    /// The user's current pool is one of these.
    Pool(Vec<PoolIndex>),
    /// The user has one of these endpoints.
    Client(EndpointSet),
    /// The user uses Group Chat (one of these answers).
    GroupChat(Vec<bool>),
    /// The user schedules meetings (one of these answers).
    Organizer(Vec<bool>),
    /// A column of the inventory has one of these texts: trimmed, lower case. The column is its position in
    /// [`super::Plan::columns`].
    Column(usize, Vec<String>),
}

/// Which users: those for whom every condition holds. No condition: everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The conditions, in the order of their keys.
    pub conditions: Vec<Condition>,
}

/// A column that some `where` of the plan names, with the first place that does.
#[derive(Clone, Debug)]
pub struct PlanColumn {
    /// The column.
    pub key: ColumnKey,
    /// The key as it stands in the plan.
    pub typed: String,
    /// Where it stands first.
    pub place: Place,
}

/// A text as `where` compares it: without surrounding space (no-break space too) and case.
#[must_use]
pub fn comparable(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A SIP address as it is compared: lower case, trimmed, without `sip:`.
#[must_use]
pub fn comparable_sip(text: &str) -> String {
    let lower = comparable(text);
    lower
        .strip_prefix("sip:")
        .map_or_else(|| lower.clone(), |rest| rest.trim_start().to_owned())
}

/// What is needed to read a `where`.
pub(super) struct FilterReader<'p> {
    pub(super) products: &'p Products,
    pub(super) pool_ids: Vec<String>,
    pub(super) columns: Vec<PlanColumn>,
}

impl FilterReader<'_> {
    /// The `where` of a section; everybody if it has none.
    pub(super) fn read(&mut self, document: &mut Document<'_>, section: &Section<'_>) -> Filter {
        let Some(filter) = document.section(section, "where", "`where`") else {
            return Filter::default();
        };
        let conditions = filter
            .table
            .iter()
            .filter_map(|(key, value)| self.condition(document, key.get_ref(), key.span(), value))
            .collect();
        Filter { conditions }
    }

    fn condition(
        &mut self,
        document: &mut Document<'_>,
        key: &str,
        span: Range<usize>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Condition> {
        let normalized = normalize_header(key);
        if matches!(normalized.as_str(), "groupchat" | "organizer") {
            let answers = yes_no_values(document, key, value)?;
            return Some(if normalized == "organizer" {
                Condition::Organizer(answers)
            } else {
                Condition::GroupChat(answers)
            });
        }
        let values = text_values(document, key, value)?;
        Some(match normalized.as_str() {
            "sip" | "sipaddress" => Condition::Sip(
                values
                    .iter()
                    .map(|(text, _)| comparable_sip(text))
                    .collect(),
            ),
            "pool" => Condition::Pool(self.pools(document, &values)),
            "client" => Condition::Client(self.clients(document, &values)),
            _ => {
                let column = self.column(document, key, normalized, span);
                Condition::Column(
                    column,
                    values.iter().map(|(text, _)| comparable(text)).collect(),
                )
            }
        })
    }

    fn pools(
        &self,
        document: &mut Document<'_>,
        values: &[(String, Range<usize>)],
    ) -> Vec<PoolIndex> {
        let mut pools = Vec::new();
        for (id, span) in values {
            let known = self
                .pool_ids
                .iter()
                .position(|pool| comparable(pool) == comparable(id));
            match known.and_then(|position| u16::try_from(position).ok()) {
                Some(position) => pools.push(PoolIndex(position)),
                None => unknown_pool(document, (id.as_str(), span.clone()), &self.pool_ids),
            }
        }
        pools
    }

    fn clients(
        &self,
        document: &mut Document<'_>,
        values: &[(String, Range<usize>)],
    ) -> EndpointSet {
        let mut clients = EndpointSet::EMPTY;
        for (id, span) in values {
            match self.products.client(&comparable(id)) {
                Some(client) => clients = clients.with(client),
                None => unknown_client(document, (id.as_str(), span.clone()), self.products),
            }
        }
        clients
    }

    fn column(
        &mut self,
        document: &Document<'_>,
        typed: &str,
        normalized: String,
        span: Range<usize>,
    ) -> usize {
        let key = match normalized.as_str() {
            "department" => ColumnKey::Department,
            "site" => ColumnKey::Site,
            _ => ColumnKey::Header(normalized),
        };
        self.columns
            .iter()
            .position(|column| column.key == key)
            .unwrap_or_else(|| {
                self.columns.push(PlanColumn {
                    key,
                    typed: typed.to_owned(),
                    place: document.place(span),
                });
                self.columns.len() - 1
            })
    }
}

/// The values of a key as texts; numbers and dates count by the text a person sees.
fn text_values(
    document: &mut Document<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
) -> Option<Vec<(String, Range<usize>)>> {
    let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    if items.is_empty() {
        document
            .error(
                "empty-list",
                value.span(),
                format!("`{key}` of `where` lists no value, so nobody can match"),
            )
            .help = Some("leave the key out to match everybody".to_owned());
        return None;
    }
    let mut values = Vec::new();
    for item in items {
        match text_of(item.get_ref()) {
            Some(text) => values.push((text, item.span())),
            None => {
                document.error(
                    "wrong-type",
                    item.span(),
                    format!(
                        "`{key}` of `where` must be a text or a list of texts, found a {}",
                        item.get_ref().type_str()
                    ),
                );
            }
        }
    }
    Some(values)
}

fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(day) => Some(day.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn yes_no_values(
    document: &mut Document<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
) -> Option<Vec<bool>> {
    let mut answers = Vec::new();
    for (text, span) in text_values(document, key, value)? {
        match comparable(&text).as_str() {
            "yes" | "true" => answers.push(true),
            "no" | "false" => answers.push(false),
            _ => {
                let advice = "expected yes, no, true or false".to_owned();
                document
                    .error(
                        "wrong-type",
                        span,
                        format!("`{key}` of `where` cannot be \"{text}\""),
                    )
                    .help = Some(advice);
            }
        }
    }
    Some(answers)
}

/// A list of client ids outside `where`.
pub(super) fn client_set(
    document: &mut Document<'_>,
    ids: Vec<Text<'_>>,
    products: &Products,
) -> EndpointSet {
    let mut clients = EndpointSet::EMPTY;
    for (id, span) in ids {
        match products.client(id) {
            Some(client) => clients = clients.with(client),
            None => unknown_client(document, (id, span), products),
        }
    }
    clients
}
