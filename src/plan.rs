//! The dated stages of a migration: plan text -> [`Plan`].
//!
//! In: TOML as contract section 3 describes it. Out: a plan in which every id is resolved and every date is in order, or all
//! the problems of the file at once, each with its line. What is typed (`document`) and what is meant (this module's types) are
//! two things.

mod document;
pub mod filter;
mod order;
pub mod redate;
mod sections;
pub mod shift;
pub mod slack;
mod stages;

#[cfg(test)]
mod example;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::inventory::{ColumnKey, Inventory, PoolDirectory};
use crate::knowledge::{KnowledgeBase, Products};
use crate::model::{Client, EndpointSet, ProviderSet, ServerVersion};
use document::{Document, Text};
pub use filter::{Condition, Filter, PlanColumn};
pub use order::{StageOrder, stage_order, stage_order_on};

/// Largest plan that is read, in bytes. A plan is typed by people; a larger file is not one.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A pool's position in [`Plan::pools`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolIndex(pub u16);

/// A chat deployment's position in [`Plan::chats`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatIndex(pub u16);

/// A stage's position in [`Plan::stages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageIndex(pub usize);

/// A front end pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its id in the plan.
    pub id: String,
    /// The server version it runs.
    pub server: ServerVersion,
    /// Spellings in inventories, beside the id.
    pub names: Vec<String>,
    /// Its site, for people.
    pub site: String,
}

/// A Group Chat or Persistent Chat deployment.
#[derive(Clone, Debug)]
pub struct Chat {
    /// Its id in the plan.
    pub id: String,
    /// The generation of the chat server at the baseline.
    pub server: ServerVersion,
    /// Whom it serves.
    pub filter: Filter,
    /// Is the policy granted to users of 2013 Persistent Chat?
    pub persistent_chat_enabled: bool,
    /// Was that said, or is it the default?
    pub policy_stated: bool,
    /// Can older chat clients reach a 2013 deployment?
    pub legacy_endpoint: bool,
}

/// A program written against a chat API.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its id in the plan.
    pub id: String,
    /// The generation of the API it was written against.
    pub api: ServerVersion,
    /// The chat deployment it works with.
    pub chat: ChatIndex,
}

/// Another date for a service event of the knowledge base; it holds in every reading.
#[derive(Clone, Debug)]
pub struct ServiceDate {
    /// The service event's id.
    pub id: String,
    /// First day on which the change holds.
    pub date: NaiveDate,
}

/// First and last day on which a stage may stand, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// First possible day.
    pub from: Option<NaiveDate>,
    /// Last possible day.
    pub until: Option<NaiveDate>,
}

/// Users of some pools change to another pool.
#[derive(Clone, Debug)]
pub struct Move {
    /// The pools they come from.
    pub from: Vec<PoolIndex>,
    /// The pool they go to.
    pub to: PoolIndex,
    /// Which of them.
    pub filter: Filter,
    /// At most so many users, in ascending order of SIP address.
    pub limit: Option<u64>,
    /// The line in the plan, from 1.
    pub line: usize,
}

/// What a client change does to the endpoints of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientOperation {
    /// Drops the listed endpoints of a user who has at least one of them, and adds a client.
    Replace {
        /// The endpoints to drop.
        drop: EndpointSet,
        /// The client to add.
        with: Client,
    },
    /// Adds a client.
    Add(Client),
    /// Drops the listed endpoints.
    Remove(EndpointSet),
}

/// A client change at a stage.
#[derive(Clone, Debug)]
pub struct ClientChange {
    /// What it does.
    pub operation: ClientOperation,
    /// To whom.
    pub filter: Filter,
    /// The line in the plan, from 1.
    pub line: usize,
}

/// A chat deployment changes to another generation.
#[derive(Clone, Debug)]
pub struct ChatMigration {
    /// The deployment.
    pub chat: ChatIndex,
    /// Its new generation.
    pub to: ServerVersion,
    /// Is a legacy endpoint configured in doing so?
    pub legacy_endpoint: bool,
    /// The line in the plan, from 1.
    pub line: usize,
}

/// One dated group of changes.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its id in the plan.
    pub id: String,
    /// Its name for people; the id where the plan gives none.
    pub name: String,
    /// The phase it belongs to; the id where the plan gives none.
    pub phase: String,
    /// The changes hold from the start of this day.
    pub date: NaiveDate,
    /// Stages that come before it; their dates are not later.
    pub after: Vec<StageIndex>,
    /// When it may stand.
    pub window: Option<Window>,
    /// Pools that go live.
    pub publish: Vec<PoolIndex>,
    /// Users who move, in order.
    pub moves: Vec<Move>,
    /// Clients that change, in order, after the moves.
    pub clients: Vec<ClientChange>,
    /// Chat deployments that are migrated, in order, after the clients.
    pub chats: Vec<ChatMigration>,
    /// Pools that are decommissioned, last.
    pub retire: Vec<PoolIndex>,
    /// The line in the plan, from 1.
    pub line: usize,
}

/// The plan, every id resolved.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name for people.
    pub name: String,
    /// The day the inventory describes.
    pub baseline: NaiveDate,
    /// Horizon of user-days; that day itself does not count.
    pub end: Option<NaiveDate>,
    /// The pools, in the order of the file.
    pub pools: Vec<Pool>,
    /// The chat deployments, in the order of the file.
    pub chats: Vec<Chat>,
    /// The applications, in the order of the file.
    pub applications: Vec<Application>,
    /// The providers that the organization has provisioned.
    pub provisioned: ProviderSet,
    /// The organization's last day licensed for Yahoo!.
    pub yahoo_license_until: Option<NaiveDate>,
    /// Other dates for service events.
    pub services: Vec<ServiceDate>,
    /// The stages, in the order of the file.
    pub stages: Vec<Stage>,
    /// The inventory columns that some `where` names, in order of first mention; [`Condition::Column`] points here.
    pub columns: Vec<PlanColumn>,
}

impl Plan {
    /// The inventory columns that some `where` names, as the importer is asked for them.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnKey> {
        self.columns
            .iter()
            .map(|column| column.key.clone())
            .collect()
    }

    /// For each of [`Self::columns`] the texts that some `where` names, in groups of those that every `where` treats alike: an
    /// importer that is told so finds fewer different users, and nobody is treated otherwise. Nothing is said about columns
    /// that are no fields: there the importer has to see whether rows disagree, in whatever texts.
    #[must_use]
    pub fn told_apart(&self) -> Vec<Option<Vec<Vec<String>>>> {
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(position, column)| match column.key {
                ColumnKey::Department | ColumnKey::Site => Some(self.alike(position)),
                ColumnKey::Header(_) => None,
            })
            .collect()
    }

    fn alike(&self, column: usize) -> Vec<Vec<String>> {
        let wanted: Vec<&Vec<String>> = self
            .filters()
            .flat_map(|filter| &filter.conditions)
            .filter_map(|condition| match condition {
                Condition::Column(of, wanted) if *of == column => Some(wanted),
                _ => None,
            })
            .collect();
        let mut groups: BTreeMap<Vec<bool>, BTreeSet<&String>> = BTreeMap::new();
        // An empty cell stays one.
        let texts = wanted.iter().copied().flatten();
        for text in texts.filter(|text| !text.is_empty()) {
            let answers = wanted.iter().map(|wanted| wanted.contains(text)).collect();
            groups.entry(answers).or_default().insert(text);
        }
        let groups = groups.into_values();
        groups
            .map(|texts| texts.into_iter().cloned().collect())
            .collect()
    }

    /// Every spelling of every pool.
    #[must_use]
    pub fn pool_directory(&self) -> PoolDirectory {
        let mut known = Vec::new();
        for (position, pool) in (0_u16..).zip(&self.pools) {
            known.push((pool.id.clone(), position));
            known.extend(pool.names.iter().map(|name| (name.clone(), position)));
        }
        PoolDirectory { known: Some(known) }
    }

    /// A pool.
    #[must_use]
    pub fn pool(&self, pool: PoolIndex) -> &Pool {
        &self.pools[usize::from(pool.0)]
    }

    /// Every `where`: those of the chat deployments, then those of the stages in the order of the file.
    pub fn filters(&self) -> impl Iterator<Item = &Filter> {
        let of_stages = self.stages.iter().flat_map(|stage| {
            let moves = stage.moves.iter().map(|operation| &operation.filter);
            moves.chain(stage.clients.iter().map(|change| &change.filter))
        });
        self.chats.iter().map(|chat| &chat.filter).chain(of_stages)
    }

    /// A chat deployment.
    #[must_use]
    pub fn chat(&self, chat: ChatIndex) -> &Chat {
        &self.chats[usize::from(chat.0)]
    }

    /// The position of the stage with this id.
    #[must_use]
    pub fn stage_named(&self, id: &str) -> Option<StageIndex> {
        self.stages
            .iter()
            .position(|stage| stage.id == id)
            .map(StageIndex)
    }
}

/// The text of a plan file: UTF-8, with or without byte order mark.
///
/// # Errors
/// A file that is too large, or not UTF-8; with the line of the first wrong byte.
pub fn decode<'b>(bytes: &'b [u8], file: &str) -> Result<&'b str, Box<Diagnostic>> {
    let whole = || Place::File {
        file: file.to_owned(),
    };
    if bytes.len() > MAX_BYTES {
        let message = format!(
            "the plan has {} bytes; a plan has at most {MAX_BYTES}",
            bytes.len()
        );
        let problem = Diagnostic::error("plan-too-large", message).at(whole());
        return Err(Box::new(problem.help("is this the inventory?")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let message = format!("the plan is not UTF-8 text: line {line} has a byte that is not");
        let problem = Diagnostic::error("plan-not-utf8", message).at(whole());
        Box::new(problem.help("save it as UTF-8 (in Notepad: Save as, Encoding UTF-8)"))
    })
}

/// Reads a plan.
///
/// In: the text, the file's name for messages, and the knowledge base for client, provider and service ids. Out: the plan, if
/// nothing is wrong with the file, and all diagnostics in order of place.
#[must_use]
pub fn read(text: &str, file: &str, knowledge: &KnowledgeBase) -> (Option<Plan>, Vec<Diagnostic>) {
    let mut document = Document::new(text, file);
    let plan = sections::read(&mut document, text, knowledge);
    let mut problems = document.problems;
    drop_echoes(&mut problems);
    problems.sort_by_key(|problem| match &problem.place {
        Some(Place::Text { span, .. }) => (span.start, span.end),
        _ => (0, 0),
    });
    (plan.filter(|_| problems.is_empty()), problems)
}

/// Where the text is not TOML, parts of it are not read; what is missing or unknown only for that is not worth a word.
fn drop_echoes(problems: &mut Vec<Diagnostic>) {
    const ECHOES: &[&str] = &[
        "missing-key",
        "unknown-pool",
        "unknown-chat",
        "unknown-stage",
    ];
    let line = |problem: &Diagnostic| match problem.place {
        Some(Place::Text { line, .. }) => line,
        _ => 0,
    };
    let is_syntax = |problem: &Diagnostic| problem.code == "toml-syntax";
    let broken: Vec<usize> = problems
        .iter()
        .filter(|problem| is_syntax(problem))
        .map(line)
        .collect();
    if !broken.is_empty() {
        problems.retain(|problem| {
            let nowhere =
                matches!(&problem.place, Some(Place::Text { span, .. }) if span.is_empty());
            let echo = nowhere || ECHOES.contains(&problem.code) || broken.contains(&line(problem));
            is_syntax(problem) || !echo
        });
    }
}

/// Checks the plan's `where` keys against the inventory: a header that no inventory file has is an error; a department or site
/// that no file has can only match the empty text, which is a warning.
#[must_use]
pub fn check_columns(plan: &Plan, inventory: &Inventory) -> Vec<Diagnostic> {
    let missing = plan
        .columns
        .iter()
        .filter(|column| !inventory.has_column(&column.key));
    missing
        .map(|column| missing_column(column, inventory))
        .collect()
}

fn missing_column(column: &PlanColumn, inventory: &Inventory) -> Diagnostic {
    let message = format!(
        "no inventory file has a column \"{}\", which `where` asks for",
        column.typed
    );
    let help = match nearest(&column.typed, inventory.headers.iter().map(String::as_str)) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => format!("columns found: {}", inventory.headers.join(", ")),
    };
    let problem = match column.key {
        ColumnKey::Header(_) => Diagnostic::error("where-column", message),
        ColumnKey::Department | ColumnKey::Site => Diagnostic::warning("where-column", message),
    };
    problem.at(column.place.clone()).help(help)
}

fn unknown_pool(document: &mut Document<'_>, (id, span): Text<'_>, pool_ids: &[String]) {
    let known = pool_ids.iter().map(String::as_str);
    document.unknown(
        "unknown-pool",
        span,
        format!("pool \"{id}\" is not declared in the plan"),
        id,
        known,
    );
}

fn unknown_client(document: &mut Document<'_>, (id, span): Text<'_>, products: &Products) {
    let known: Vec<&str> = products.client_ids().collect();
    let message = format!("\"{id}\" is not a client id");
    document.unknown("unknown-client", span, message, id, known.iter().copied());
}
