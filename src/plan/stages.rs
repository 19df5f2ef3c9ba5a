//! The stages of a plan file: what each does, with its references resolved but for `after`.

use std::ops::Range;

use chrono::NaiveDate;

use super::document::{Document, Need, Section, Text};
use super::filter::{FilterReader, client_set};
use super::sections::{Ids, chat_reference, server};
use super::{
    Chat, ChatMigration, ClientChange, ClientOperation, Move, PoolIndex, Stage, Window,
    unknown_client, unknown_pool,
};
use crate::knowledge::Products;
use crate::model::Client;

/// A stage as read, with the places that later checks point at.
pub(super) struct PlacedStage {
    pub(super) stage: Stage,
    /// Where its date stands; `None` where it has none that can be read.
    pub(super) date_span: Option<Range<usize>>,
    pub(super) after: Vec<(String, Range<usize>)>,
}

const STAGE_KEYS: &[&str] = &[
    "id",
    "name",
    "phase",
    "date",
    "after",
    "window",
    "publish",
    "move",
    "client",
    "migrate-chat",
    "retire",
];

/// Every stage, in the order of the file.
pub(super) fn read(
    document: &mut Document<'_>,
    root: &Section<'_>,
    filters: &mut FilterReader<'_>,
    chats: &[Chat],
    reserved: &[&str],
) -> Vec<PlacedStage> {
    let mut ids = Ids::default();
    let mut stages = Vec::new();
    for section in document.sections(root, "stage", "[[stage]]") {
        document.keys(&section, STAGE_KEYS);
        let id = document.id(&section, Need::Required);
        if let Some((id, span)) = &id {
            ids.add(document, "[[stage]]", &(id, span.clone()));
            if *id == "baseline" || id.starts_with("license-expiry:") || reserved.contains(id) {
                let message = format!(
                    "a stage cannot have the id \"{id}\", which another event of the timeline has"
                );
                document.error("reserved-id", span.clone(), message).help =
                    Some("choose another id".to_owned());
            }
        }
        let date = document.date(&section, "date", Need::Required);
        let stage = stage(document, &section, filters, chats, (id, date.clone()));
        let after = document.texts(&section, "after", Need::Optional);
        let after = after.into_iter().map(|(id, span)| (id.to_owned(), span));
        stages.push(PlacedStage {
            stage,
            date_span: date.map(|(_, span)| span),
            after: after.collect(),
        });
    }
    stages
}

type IdAndDate<'t> = (Option<Text<'t>>, Option<(NaiveDate, Range<usize>)>);

fn stage(
    document: &mut Document<'_>,
    section: &Section<'_>,
    filters: &mut FilterReader<'_>,
    chats: &[Chat],
    (id, date): IdAndDate<'_>,
) -> Stage {
    let name = document
        .text(section, "name", Need::Optional)
        .map(|(name, _)| name.to_owned());
    let phase = document
        .text(section, "phase", Need::Optional)
        .map(|(phase, _)| phase.to_owned());
    let window = window(document, section, date.as_ref());
    let publish = pool_list(document, section, "publish", filters, Need::Optional);
    let moves = document.sections(section, "move", "`move`");
    let moves = moves
        .iter()
        .filter_map(|entry| pool_move(document, entry, filters))
        .collect();
    let clients = document.sections(section, "client", "`client`");
    let clients = clients
        .iter()
        .filter_map(|entry| client_change(document, entry, filters))
        .collect();
    let migrations = document.sections(section, "migrate-chat", "`migrate-chat`");
    let chats = migrations
        .iter()
        .filter_map(|entry| chat_migration(document, entry, chats))
        .collect();
    let retire = pool_list(document, section, "retire", filters, Need::Optional);
    // A stage without id or date is reported already; the others are still checked against it.
    let id = id.map_or("", |(id, _)| id).to_owned();
    Stage {
        name: name.unwrap_or_else(|| id.clone()),
        phase: phase.unwrap_or_else(|| id.clone()),
        date: date.map_or(NaiveDate::MIN, |(day, _)| day),
        after: Vec::new(),
        window,
        publish,
        moves,
        clients,
        chats,
        retire,
        line: document.line(&section.span),
        id,
    }
}

fn window(
    document: &mut Document<'_>,
    section: &Section<'_>,
    date: Option<&(NaiveDate, Range<usize>)>,
) -> Option<Window> {
    let section = document.section(section, "window", "`window`")?;
    document.keys(&section, &["from", "until"]);
    let from = document.date(&section, "from", Need::Optional);
    let until = document.date(&section, "until", Need::Optional);
    let window = Window {
        from: from.as_ref().map(|(day, _)| *day),
        until: until.as_ref().map(|(day, _)| *day),
    };
    if let (Some((from, _)), Some((until, span))) = (&from, &until)
        && until < from
    {
        document.error(
            "window-empty",
            span.clone(),
            format!("the window ends on {until}, before it begins on {from}"),
        );
        return Some(window);
    }
    if let Some((day, span)) = date
        && (window.from.is_some_and(|from| *day < from)
            || window.until.is_some_and(|until| *day > until))
    {
        let message = format!(
            "the date {day} is outside the stage's window ({})",
            window.describe()
        );
        document.error("outside-window", span.clone(), message).help = Some(
            "both days of a window are included; move the date or widen the window".to_owned(),
        );
    }
    Some(window)
}

fn pool_reference(
    document: &mut Document<'_>,
    (id, span): Text<'_>,
    filters: &FilterReader<'_>,
) -> Option<PoolIndex> {
    let position = filters
        .pool_ids
        .iter()
        .position(|pool| pool == id)
        .and_then(|position| u16::try_from(position).ok());
    if position.is_none() {
        unknown_pool(document, (id, span), &filters.pool_ids);
    }
    position.map(PoolIndex)
}

fn pool_list(
    document: &mut Document<'_>,
    section: &Section<'_>,
    key: &str,
    filters: &FilterReader<'_>,
    need: Need,
) -> Vec<PoolIndex> {
    let ids = document.texts(section, key, need);
    ids.into_iter()
        .filter_map(|id| pool_reference(document, id, filters))
        .collect()
}

fn pool_move(
    document: &mut Document<'_>,
    entry: &Section<'_>,
    filters: &mut FilterReader<'_>,
) -> Option<Move> {
    document.keys(entry, &["from", "to", "where", "limit"]);
    let from = pool_list(document, entry, "from", filters, Need::Required);
    let listed = entry.table.get("from");
    if let Some(value) = listed
        && value
            .get_ref()
            .as_array()
            .is_some_and(|items| items.iter().next().is_none())
    {
        document.error(
            "empty-list",
            value.span(),
            "`from` of `move` lists no pool, so nobody can move",
        );
    }
    let to = document
        .text(entry, "to", Need::Required)
        .and_then(|id| pool_reference(document, id, filters));
    let filter = filters.read(document, entry);
    let limit = document.count(entry, "limit");
    Some(Move {
        from,
        to: to?,
        filter,
        limit,
        line: document.line(&entry.span),
    })
}

fn client_change(
    document: &mut Document<'_>,
    entry: &Section<'_>,
    filters: &mut FilterReader<'_>,
) -> Option<ClientChange> {
    document.keys(entry, &["replace", "with", "add", "remove", "where"]);
    let filter = filters.read(document, entry);
    let operation = client_operation(document, entry, filters.products)?;
    Some(ClientChange {
        operation,
        filter,
        line: document.line(&entry.span),
    })
}

fn client_operation(
    document: &mut Document<'_>,
    entry: &Section<'_>,
    products: &Products,
) -> Option<ClientOperation> {
    let has = |key: &str| entry.table.contains_key(key);
    let kinds = ["replace", "add", "remove"]
        .iter()
        .filter(|key| has(key))
        .count();
    if kinds != 1 || (has("with") && !has("replace")) {
        let message = "a client change needs exactly one of `replace` (together with `with`), `add` and `remove`";
        document.error("client-change", entry.span.clone(), message);
        return None;
    }
    if has("add") {
        return added_client(document, entry, "add", products).map(ClientOperation::Add);
    }
    let key = if has("replace") { "replace" } else { "remove" };
    let listed = document.texts(entry, key, Need::Required);
    let empty = entry.table.get(key).filter(|value| {
        value
            .get_ref()
            .as_array()
            .is_some_and(|items| items.iter().next().is_none())
    });
    if let Some(value) = empty {
        document.error(
            "empty-list",
            value.span(),
            format!("`{key}` lists no client, so nothing can change"),
        );
    }
    let drop = client_set(document, listed, products);
    if key == "remove" {
        return Some(ClientOperation::Remove(drop));
    }
    added_client(document, entry, "with", products)
        .map(|with| ClientOperation::Replace { drop, with })
}

/// A client that a stage rolls out; nobody rolls out an unrecognized one.
fn added_client(
    document: &mut Document<'_>,
    entry: &Section<'_>,
    key: &str,
    products: &Products,
) -> Option<Client> {
    let (id, span) = document.text(entry, key, Need::Required)?;
    match products.client(id) {
        Some(Client::UNRECOGNIZED) => {
            let message =
                format!("`{key}` cannot be \"unrecognized\": name the client that is rolled out");
            document.error("unknown-client", span, message);
            None
        }
        Some(client) => Some(client),
        None => {
            unknown_client(document, (id, span), products);
            None
        }
    }
}

fn chat_migration(
    document: &mut Document<'_>,
    entry: &Section<'_>,
    chats: &[Chat],
) -> Option<ChatMigration> {
    document.keys(entry, &["chat", "to", "legacy-endpoint"]);
    let chat = chat_reference(document, entry, chats);
    let to = server(document, entry, "to");
    let legacy_endpoint = document.yes_no(entry, "legacy-endpoint", false);
    Some(ChatMigration {
        chat: chat?,
        to: to?,
        legacy_endpoint,
        line: document.line(&entry.span),
    })
}
