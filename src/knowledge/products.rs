//! Names: what a text of an inventory or a plan means, as a client, a provider or an add-in.
//!
//! In: the product list of the knowledge data. Out: [`Products`], which resolves public ids exactly, names and aliases without
//! regard to case, spaces and punctuation, and raw user agents by their tokens. Near misses are suggested, never applied.

mod agent;
mod list;
mod name;

use std::collections::HashMap;

use crate::model::{AddIn, Client, EndpointSet, Provider};

use agent::Agents;
pub(super) use list::{Kind, ProductList};
use name::{Names, key};

/// What a client text of an inventory turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognized {
    /// A client product.
    Client(Client),
    /// A server's or an application's user agent: no endpoint of a person.
    Server,
    /// No known product.
    Unrecognized,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Client(Client),
    Server,
}

#[derive(Debug)]
struct Product {
    id: String,
    name: String,
    brings: Option<AddIn>,
}

/// The products, with their names, aliases and user-agent rules.
#[derive(Debug)]
pub struct Products {
    clients: Vec<Product>,
    not_counting: EndpointSet,
    chat_clients: EndpointSet,
    by_id: HashMap<String, Client>,
    names: Names<Meaning>,
    agents: Agents,
    providers: Names<Provider>,
    add_ins: Names<AddIn>,
}

impl Products {
    /// The products of a list; entries that the data checks refuse are left out.
    pub(super) fn of(list: &ProductList) -> Self {
        let mut clients = Vec::new();
        let mut by_id = HashMap::new();
        let mut names = Names::new(&list.ignored_words);
        let (mut not_counting, mut chat_clients) = (EndpointSet::EMPTY, EndpointSet::EMPTY);
        for (client, entry) in list.numbered_clients() {
            clients.push(Product {
                id: entry.id.get_ref().clone(),
                name: entry.name.clone(),
                brings: entry
                    .brings
                    .as_ref()
                    .and_then(|id| AddIn::parse(id.get_ref())),
            });
            by_id.entry(entry.id.get_ref().clone()).or_insert(client);
            match Kind::parse(entry.kind.get_ref()) {
                Some(Kind::Chat) => {
                    chat_clients = chat_clients.with(client);
                    not_counting = not_counting.with(client);
                }
                Some(Kind::MeetingOnly) => not_counting = not_counting.with(client),
                Some(Kind::Full) | None => {}
            }
            if client != Client::UNRECOGNIZED {
                names.add_all(Meaning::Client(client), &entry.name, entry.spellings());
            }
        }
        for name in &list.server.names {
            names.add_all(Meaning::Server, name.get_ref(), [name.get_ref().as_str()]);
        }
        Self {
            agents: Agents::of(&list.agents, &by_id),
            providers: named(list, &list.providers, Provider::parse),
            add_ins: named(list, &list.add_ins, AddIn::parse),
            clients,
            not_counting,
            chat_clients,
            by_id,
            names,
        }
    }

    /// What one client text means (a product id, name, alias, or raw user-agent string).
    ///
    /// Takes time in proportion to the text.
    #[must_use]
    pub fn recognize_client(&self, text: &str) -> Recognized {
        if let Some(client) = self.by_id.get(text) {
            if *client == Client::UNRECOGNIZED {
                return Recognized::Unrecognized;
            }
            return Recognized::Client(*client);
        }
        let meaning = self.names.find(text).or_else(|| self.agents.find(text));
        match meaning {
            Some(Meaning::Client(client)) => Recognized::Client(client),
            Some(Meaning::Server) => Recognized::Server,
            None => Recognized::Unrecognized,
        }
    }

    /// The name nearest to a text that is not recognized, to be shown and never applied.
    ///
    /// A short text is compared with every name; for a long one there is no suggestion.
    #[must_use]
    pub fn nearest_client(&self, text: &str) -> Option<&str> {
        if self.by_id.contains_key(text) {
            return None;
        }
        self.names.nearest(text)
    }

    /// The client with exactly this public id, `unrecognized` included.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<Client> {
        self.by_id.get(id).copied()
    }

    /// Every client id, in the order of [`Client`].
    pub fn client_ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.clients.iter().map(|product| product.id.as_str())
    }

    /// A client's public id.
    #[must_use]
    pub fn client_id(&self, client: Client) -> &str {
        self.product(client).map_or("", |product| &product.id)
    }

    /// A client's name for a person.
    #[must_use]
    pub fn client_name(&self, client: Client) -> &str {
        self.product(client).map_or("", |product| &product.name)
    }

    /// The add-in that comes with a client (contract section 4.4).
    #[must_use]
    pub fn brings(&self, client: Client) -> Option<AddIn> {
        self.product(client)?.brings
    }

    fn product(&self, client: Client) -> Option<&Product> {
        self.clients.get(usize::from(client.0))
    }

    /// The clients that do not count for sign-in, peer-to-peer and public IM: chat clients and meeting-only ones (4.2).
    #[must_use]
    pub fn not_counting(&self) -> EndpointSet {
        self.not_counting
    }

    /// The chat clients among them.
    #[must_use]
    pub fn chat_clients(&self) -> EndpointSet {
        self.chat_clients
    }

    /// What a provider text means.
    #[must_use]
    pub fn recognize_provider(&self, text: &str) -> Option<Provider> {
        self.providers.find(text)
    }

    /// What an add-in text means; `None` when no table knows it.
    #[must_use]
    pub fn recognize_add_in(&self, text: &str) -> Option<AddIn> {
        self.add_ins.find(text)
    }
}

fn named<T: Copy + PartialEq>(
    list: &ProductList,
    entries: &[list::NamedEntry],
    parse: impl Fn(&str) -> Option<T>,
) -> Names<T> {
    let mut names = Names::new(&list.ignored_words);
    for entry in entries {
        if let Some(value) = parse(entry.id.get_ref()) {
            names.add_all(value, entry.id.get_ref(), entry.spellings());
        }
    }
    names
}

/// The form under which a text is compared with names: for the check that no two products share one.
pub(super) fn comparison_key(list: &ProductList, text: &str) -> String {
    key(text, &list.ignored_words)
}
