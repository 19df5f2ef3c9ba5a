//! Names: what a text of an inventory or a plan means, as a client, a provider or an add-in.

use crate::model::{AddIn, Client, EndpointSet, Provider};

/// What a client text of an inventory turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognized<'a> {
    /// A client product.
    Client(Client),
    /// A server's or an application's user agent: no endpoint of a person.
    Server,
    /// No known product; with the nearest name, which is shown and never applied.
    Unrecognized(Option<&'a str>),
}

/// The products, with their names, aliases and user-agent rules.
#[derive(Debug)]
pub struct Products {}

impl Products {
    /// What one client text means (a product id, name, alias, or raw user-agent string).
    #[must_use]
    pub fn recognize_client(&self, _text: &str) -> Recognized<'_> {
        unimplemented!()
    }

    /// The client with exactly this public id, `unrecognized` included.
    #[must_use]
    pub fn client(&self, _id: &str) -> Option<Client> {
        unimplemented!()
    }

    /// Every client id, in the order of [`Client`].
    pub fn client_ids(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// A client's public id.
    #[must_use]
    pub fn client_id(&self, _client: Client) -> &str {
        unimplemented!()
    }

    /// A client's name for a person.
    #[must_use]
    pub fn client_name(&self, _client: Client) -> &str {
        unimplemented!()
    }

    /// The clients that do not count for sign-in, peer-to-peer and public IM: chat clients and meeting-only ones (4.2).
    #[must_use]
    pub fn not_counting(&self) -> EndpointSet {
        unimplemented!()
    }

    /// The chat clients among them.
    #[must_use]
    pub fn chat_clients(&self) -> EndpointSet {
        unimplemented!()
    }

    /// What a provider text means.
    #[must_use]
    pub fn recognize_provider(&self, _text: &str) -> Option<Provider> {
        unimplemented!()
    }

    /// What an add-in text means; `None` when no table knows it.
    #[must_use]
    pub fn recognize_add_in(&self, _text: &str) -> Option<AddIn> {
        unimplemented!()
    }
}
