//! The product list as it is written in the data.

use serde::Deserialize;
use toml::Spanned;

use crate::model::Client;

/// How a client counts (contract section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::knowledge) enum Kind {
    /// It counts for everything.
    Full,
    /// It joins meetings and does nothing else.
    MeetingOnly,
    /// It reaches chat rooms and does nothing else.
    Chat,
}

impl Kind {
    pub(in crate::knowledge) fn parse(word: &str) -> Option<Self> {
        match word {
            "full" => Some(Self::Full),
            "meeting-only" => Some(Self::MeetingOnly),
            "chat" => Some(Self::Chat),
            _ => None,
        }
    }
}

/// Every product, provider and add-in with its names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::knowledge) struct ProductList {
    #[serde(default)]
    pub(in crate::knowledge) ignored_words: Vec<String>,
    #[serde(default, rename = "client")]
    pub(in crate::knowledge) clients: Vec<ClientEntry>,
    #[serde(default)]
    pub(in crate::knowledge) server: ServerNames,
    #[serde(default, rename = "agent")]
    pub(in crate::knowledge) agents: Vec<AgentEntry>,
    #[serde(default, rename = "provider")]
    pub(in crate::knowledge) providers: Vec<NamedEntry>,
    #[serde(default, rename = "add-in")]
    pub(in crate::knowledge) add_ins: Vec<NamedEntry>,
}

impl ProductList {
    /// The clients with their positions, as many as a set of endpoints holds.
    pub(in crate::knowledge) fn numbered_clients(
        &self,
    ) -> impl Iterator<Item = (Client, &ClientEntry)> {
        (0..Client::MAX).map(Client).zip(&self.clients)
    }
}

/// One client product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::knowledge) struct ClientEntry {
    pub(in crate::knowledge) id: Spanned<String>,
    pub(in crate::knowledge) name: String,
    pub(in crate::knowledge) kind: Spanned<String>,
    pub(in crate::knowledge) brings: Option<Spanned<String>>,
    pub(in crate::knowledge) aliases: Vec<Spanned<String>>,
}

impl ClientEntry {
    /// Id, name and aliases.
    pub(in crate::knowledge) fn spellings(&self) -> impl Iterator<Item = &str> {
        let own = [self.id.get_ref().as_str(), self.name.as_str()];
        own.into_iter()
            .chain(self.aliases.iter().map(|alias| alias.get_ref().as_str()))
    }
}

/// Names of servers and applications.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::knowledge) struct ServerNames {
    pub(in crate::knowledge) names: Vec<Spanned<String>>,
}

/// A provider or an add-in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::knowledge) struct NamedEntry {
    pub(in crate::knowledge) id: Spanned<String>,
    pub(in crate::knowledge) aliases: Vec<Spanned<String>>,
}

impl NamedEntry {
    /// Id and aliases.
    pub(in crate::knowledge) fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.get_ref().as_str())
            .chain(self.aliases.iter().map(|alias| alias.get_ref().as_str()))
    }
}

/// What user-agent tokens mean, by version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::knowledge) struct AgentEntry {
    pub(in crate::knowledge) tokens: Vec<String>,
    pub(in crate::knowledge) is: Vec<AgentRule>,
}

/// One version of a token; the first that fits counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::knowledge) struct AgentRule {
    pub(in crate::knowledge) version: Option<Spanned<String>>,
    pub(in crate::knowledge) build: Option<u32>,
    pub(in crate::knowledge) named: Option<String>,
    pub(in crate::knowledge) client: Option<Spanned<String>>,
    /// Present where the agent is a server's or an application's.
    pub(in crate::knowledge) server: Option<bool>,
}
