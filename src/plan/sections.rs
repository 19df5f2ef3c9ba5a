//! The sections of a plan file, each read into what it means.
//!
//! Two passes: the things that have ids first (pools, chat deployments), then what refers to them, so that the order of the
//! sections in the file does not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::NaiveDate;
use toml::de::DeTable;

use super::document::{Document, Need, Section, Text};
use super::filter::{FilterReader, comparable};
use super::{Application, Chat, ChatIndex, Plan, Pool, ServiceDate, order, stages};
use crate::knowledge::KnowledgeBase;
use crate::model::{Provider, ProviderSet, ServerVersion};

/// Reads the whole document. `None` where the plan's head cannot be read; the problems are in the document.
pub(super) fn read(
    document: &mut Document<'_>,
    text: &str,
    knowledge: &KnowledgeBase,
) -> Option<Plan> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut broken_lines = BTreeSet::new();
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        // What follows on the same line comes of the first mistake.
        if broken_lines.insert(document.line(&span)) {
            document.error("toml-syntax", span, one_line(error.message()));
        }
    }
    let section = Section {
        table: root.get_ref(),
        span: 0..0,
        what: "the plan",
    };
    // A broken header leaves its keys at the top, where they mean nothing.
    if errors.is_empty() {
        document.keys(
            &section,
            &[
                "plan",
                "pool",
                "chat",
                "application",
                "pic",
                "service",
                "stage",
            ],
        );
    }
    let head = head(document, &section);
    let pools = pools(document, &section);
    let mut filters = FilterReader {
        products: knowledge.products(),
        pool_ids: pools.iter().map(|pool| pool.id.clone()).collect(),
        columns: Vec::new(),
    };
    let chats = chats(document, &section, &mut filters);
    let applications = applications(document, &section, &chats);
    let (provisioned, yahoo_license_until) = pic(document, &section);
    let services = services(document, &section, knowledge);
    let reserved: Vec<&str> = knowledge
        .services()
        .iter()
        .map(|service| service.id.as_str())
        .collect();
    let placed = stages::read(document, &section, &mut filters, &chats, &reserved);
    let stages = order::checked(document, placed, head.baseline, head.end.as_ref());
    Some(Plan {
        name: head.name,
        baseline: head.baseline?,
        end: head.end.map(|(day, _)| day),
        pools,
        chats,
        applications,
        provisioned,
        yahoo_license_until,
        services,
        stages,
        columns: filters.columns,
    })
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The plan's head, as far as it can be read.
#[derive(Default)]
struct Head {
    name: String,
    baseline: Option<NaiveDate>,
    end: Option<(NaiveDate, Range<usize>)>,
}

fn head(document: &mut Document<'_>, root: &Section<'_>) -> Head {
    let Some(section) = document.section(root, "plan", "[plan]") else {
        if !root.table.contains_key("plan") {
            document.error("missing-key", 0..0, "the plan has no [plan] section").help =
                Some("begin with [plan], a name and `baseline = 2014-01-06`, the day the inventory describes".to_owned());
        }
        return Head::default();
    };
    document.keys(&section, &["name", "baseline", "end"]);
    let name = document
        .text(&section, "name", Need::Optional)
        .map_or("Unnamed plan", |(name, _)| name);
    Head {
        name: name.to_owned(),
        baseline: document
            .date(&section, "baseline", Need::Required)
            .map(|(day, _)| day),
        end: document.date(&section, "end", Need::Optional),
    }
}

/// Keeps the first place of each id and reports the further ones.
#[derive(Default)]
pub(super) struct Ids(BTreeMap<String, usize>);

impl Ids {
    /// Says whether the id is new.
    pub(super) fn add(
        &mut self,
        document: &mut Document<'_>,
        what: &str,
        (id, span): &Text<'_>,
    ) -> bool {
        let line = document.line(span);
        if let Some(first) = self.0.get(*id) {
            let message = format!("the id \"{id}\" of {what} stands already in line {first}");
            document.error("duplicate-id", span.clone(), message).help =
                Some("ids must be unique".to_owned());
            return false;
        }
        self.0.insert((*id).to_owned(), line);
        true
    }
}

pub(super) fn server(
    document: &mut Document<'_>,
    section: &Section<'_>,
    key: &str,
) -> Option<ServerVersion> {
    let (id, span) = document.text(section, key, Need::Required)?;
    let version = ServerVersion::parse(id);
    if version.is_none() {
        let known = ServerVersion::ALL.iter().map(|version| version.id());
        document.unknown(
            "unknown-server",
            span,
            format!("\"{id}\" is not a server version"),
            id,
            known,
        );
    }
    version
}

fn pools(document: &mut Document<'_>, root: &Section<'_>) -> Vec<Pool> {
    let mut ids = Ids::default();
    let mut spellings: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut pools = Vec::new();
    for (position, section) in document
        .sections(root, "pool", "[[pool]]")
        .iter()
        .enumerate()
    {
        document.keys(section, &["id", "server", "names", "site"]);
        let id = document.id(section, Need::Required);
        let server = server(document, section, "server");
        let names = document.texts(section, "names", Need::Optional);
        let site = document
            .text(section, "site", Need::Optional)
            .map_or("", |(site, _)| site)
            .to_owned();
        // A repeated id is one problem, not also a spelling that belongs to two pools.
        let new = id.as_ref().filter(|id| ids.add(document, "[[pool]]", id));
        for spelling in new.into_iter().chain(&names) {
            claim(document, &mut spellings, position, spelling);
        }
        pools.push(Pool {
            id: id.map_or(String::new(), |(id, _)| id.to_owned()),
            server: server.unwrap_or(ServerVersion::Ocs2007R2),
            names: names.into_iter().map(|(name, _)| name.to_owned()).collect(),
            site,
        });
    }
    if pools.is_empty() && !root.table.contains_key("pool") {
        document.error("missing-key", 0..0, "the plan declares no pool").help =
            Some("add a [[pool]] with id, server and names for every pool of the inventory; `cutover init` drafts them".to_owned());
    } else if pools.len() > usize::from(u16::MAX) {
        document.error(
            "too-many",
            0..0,
            format!(
                "the plan declares {} pools; at most 65535 can be",
                pools.len()
            ),
        );
    }
    pools
}

/// A spelling may belong to one pool only.
fn claim(
    document: &mut Document<'_>,
    spellings: &mut BTreeMap<String, (usize, usize)>,
    position: usize,
    (text, span): &Text<'_>,
) {
    let line = document.line(span);
    let key = comparable(text);
    match spellings.get(&key) {
        Some(&(other, first)) if other != position => {
            let message = format!(
                "the pool spelling \"{text}\" belongs to another pool already, in line {first}"
            );
            document
                .error("duplicate-pool-name", span.clone(), message)
                .help = Some(
                "spellings are compared without case and surrounding space; give each to one pool"
                    .to_owned(),
            );
        }
        Some(_) => {}
        None => {
            spellings.insert(key, (position, line));
        }
    }
}

fn chats(
    document: &mut Document<'_>,
    root: &Section<'_>,
    filters: &mut FilterReader<'_>,
) -> Vec<Chat> {
    let mut ids = Ids::default();
    let mut chats = Vec::new();
    for section in document.sections(root, "chat", "[[chat]]") {
        document.keys(
            &section,
            &[
                "id",
                "server",
                "where",
                "persistent-chat-enabled",
                "legacy-endpoint",
            ],
        );
        let id = document.id(&section, Need::Required);
        if let Some(id) = &id {
            ids.add(document, "[[chat]]", id);
        }
        let server = server(document, &section, "server");
        let filter = filters.read(document, &section);
        chats.push(Chat {
            id: id.map_or(String::new(), |(id, _)| id.to_owned()),
            server: server.unwrap_or(ServerVersion::Ocs2007R2),
            filter,
            persistent_chat_enabled: document.yes_no(&section, "persistent-chat-enabled", true),
            policy_stated: section.table.contains_key("persistent-chat-enabled"),
            legacy_endpoint: document.yes_no(&section, "legacy-endpoint", false),
        });
    }
    chats
}

pub(super) fn chat_reference(
    document: &mut Document<'_>,
    section: &Section<'_>,
    chats: &[Chat],
) -> Option<ChatIndex> {
    let (id, span) = document.text(section, "chat", Need::Required)?;
    let position = chats
        .iter()
        .position(|chat| chat.id == id)
        .and_then(|position| u16::try_from(position).ok());
    if position.is_none() {
        let known = chats.iter().map(|chat| chat.id.as_str());
        document.unknown(
            "unknown-chat",
            span,
            format!("chat deployment \"{id}\" is not declared in the plan"),
            id,
            known,
        );
    }
    position.map(ChatIndex)
}

fn applications(
    document: &mut Document<'_>,
    root: &Section<'_>,
    chats: &[Chat],
) -> Vec<Application> {
    let mut ids = Ids::default();
    let mut applications = Vec::new();
    for section in document.sections(root, "application", "[[application]]") {
        document.keys(&section, &["id", "api", "chat"]);
        let id = document.id(&section, Need::Required);
        if let Some(id) = &id {
            ids.add(document, "[[application]]", id);
        }
        let api = server(document, &section, "api");
        let chat = chat_reference(document, &section, chats);
        if let (Some((id, _)), Some(api), Some(chat)) = (id, api, chat) {
            applications.push(Application {
                id: id.to_owned(),
                api,
                chat,
            });
        }
    }
    applications
}

fn pic(document: &mut Document<'_>, root: &Section<'_>) -> (ProviderSet, Option<NaiveDate>) {
    let default = ProviderSet::of(&[
        Provider::Aol,
        Provider::Yahoo,
        Provider::WindowsLive,
        Provider::Skype,
    ]);
    let Some(section) = document.section(root, "pic", "[pic]") else {
        return (default, None);
    };
    document.keys(&section, &["provisioned", "yahoo-license-until"]);
    let until = document
        .date(&section, "yahoo-license-until", Need::Optional)
        .map(|(day, _)| day);
    if !section.table.contains_key("provisioned") {
        return (default, until);
    }
    let mut provisioned = ProviderSet::EMPTY;
    for (id, span) in document.texts(&section, "provisioned", Need::Optional) {
        match Provider::parse(id) {
            Some(provider) => provisioned = provisioned.with(provider),
            None => {
                let known = Provider::ALL.iter().map(|provider| provider.id());
                document.unknown(
                    "unknown-provider",
                    span,
                    format!("\"{id}\" is not a public IM provider"),
                    id,
                    known,
                );
            }
        }
    }
    (provisioned, until)
}

fn services(
    document: &mut Document<'_>,
    root: &Section<'_>,
    knowledge: &KnowledgeBase,
) -> Vec<ServiceDate> {
    let mut ids = Ids::default();
    let mut services = Vec::new();
    for section in document.sections(root, "service", "[[service]]") {
        document.keys(&section, &["id", "date"]);
        let id = document.id(&section, Need::Required);
        let date = document.date(&section, "date", Need::Required);
        let Some((id, span)) = id else { continue };
        ids.add(document, "[[service]]", &(id, span.clone()));
        if !knowledge.services().iter().any(|service| service.id == id) {
            let known = knowledge
                .services()
                .iter()
                .map(|service| service.id.as_str());
            document.unknown(
                "unknown-service",
                span,
                format!("\"{id}\" is not a service event"),
                id,
                known,
            );
        } else if let Some((date, _)) = date {
            services.push(ServiceDate {
                id: id.to_owned(),
                date,
            });
        }
    }
    services
}
