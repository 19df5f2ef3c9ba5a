//! What the documents say, and which of them: the only place with rules.
//!
//! In: the data files under `knowledge/data`, embedded. Out: [`KnowledgeBase`], whose every answer carries the rules it rests
//! on, so that a finding can name them.

pub mod products;

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::model::{AddIn, Client, Feature, Level, Provider, Reading, ServerVersion};

pub use products::Products;

/// A rule's position in [`KnowledgeBase::rules`]: a cell of a table, a sentence of a document, or a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(pub u16);

/// One level for each reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Levels {
    /// The level in the judged reading.
    pub judged: Level,
    /// The level in the strict reading.
    pub strict: Level,
    /// The level in the lenient reading.
    pub lenient: Level,
}

impl Levels {
    /// The same level in every reading.
    #[must_use]
    pub const fn agreed(level: Level) -> Self {
        Self {
            judged: level,
            strict: level,
            lenient: level,
        }
    }

    /// The level in one reading.
    #[must_use]
    pub const fn get(self, reading: Reading) -> Level {
        match reading {
            Reading::Judged => self.judged,
            Reading::Strict => self.strict,
            Reading::Lenient => self.lenient,
        }
    }
}

/// What the knowledge base answers: never a bare level.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The level in each reading.
    pub levels: Levels,
    /// The cells, sentences and judgements it rests on; never empty.
    pub rules: &'a [Rule],
}

/// A dated fact from outside the plan: a service begins, changes or ends.
#[derive(Clone, Debug)]
pub struct Service {
    /// Public id, `aol-end` for instance; services are listed in ascending order of id.
    pub id: String,
    /// The provider it changes.
    pub provider: Provider,
    /// First day on which the change holds, by reading (index of [`Reading::ALL`]).
    pub date: [NaiveDate; 3],
    /// What happens, for a person.
    pub title: String,
    /// The rules behind it.
    pub rules: Vec<Rule>,
}

/// How an application fits its chat server (the SDK compatibility table).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compatibility {
    /// "Compatible", by design or not.
    Compatible,
    /// "May be compatible".
    Limited,
    /// "Incompatible".
    Incompatible,
}

/// Something that a level can rest on without a cell of its own: assumptions and conditions of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// With no endpoint left the level is none (4.1).
    NoEndpoint,
    /// No scheduling add-in is known, named or derived: unknown (4.4).
    NoAddIn,
    /// No chat deployment serves the user: unknown (4.5).
    NoChatDeployment,
    /// Persistent Chat needs a home on Lync Server 2013 and the policy (4.5).
    PersistentChatNotGranted,
    /// The provider is not provisioned: none (4.6).
    NotProvisioned,
    /// The Yahoo! license ran out: none (4.6).
    LicenseExpired,
}

/// The documents, read: every rule and every answer.
#[derive(Debug)]
pub struct KnowledgeBase {
    services: Vec<Service>,
    products: Products,
}

impl KnowledgeBase {
    /// The knowledge that ships with the program.
    ///
    /// # Errors
    /// What the data checks find; never for the bundled data of a released program.
    pub fn bundled() -> Result<Self, Vec<Diagnostic>> {
        unimplemented!()
    }

    /// The products, their names and how texts of inventories resolve to them.
    #[must_use]
    pub fn products(&self) -> &Products {
        &self.products
    }

    /// The dated facts, in ascending order of id.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The public id of a rule.
    #[must_use]
    pub fn rule_id(&self, _rule: Rule) -> &str {
        unimplemented!()
    }

    /// Contract 4.2: what a client can do about signing in on a home server version.
    #[must_use]
    pub fn sign_in(&self, _client: Client, _home: ServerVersion) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.3: the level of one endpoint for a peer-to-peer feature, the sign-in of that endpoint included.
    #[must_use]
    pub fn peer_to_peer(
        &self,
        _client: Client,
        _home: ServerVersion,
        _feature: Feature,
    ) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.4: M(c, H), what a client can do in a meeting hosted on a server version.
    #[must_use]
    pub fn meeting(&self, _client: Client, _host: ServerVersion) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.4: join(c, V, H), with the sign-in of the endpoint on its home version V included.
    #[must_use]
    pub fn join(&self, _client: Client, _home: ServerVersion, _host: ServerVersion) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.4: S(a, V), scheduling with an add-in on a home server version; [`AddIn::Unknown`] is unknown.
    #[must_use]
    pub fn scheduling(&self, _add_in: AddIn, _home: ServerVersion) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.4: the add-in that comes with a client, if any.
    #[must_use]
    pub fn derived_add_in(&self, _client: Client) -> Option<AddIn> {
        unimplemented!()
    }

    /// Contract 4.4: the Live Meeting row of the sign-in table.
    #[must_use]
    pub fn live_meeting(&self, _home: ServerVersion) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.4: what a move between versions does to meetings that exist, for a user who never was on OCS 2007 R2
    /// during the plan (`came_from_r2` false) or was.
    ///
    /// The answer is the level that the move imposes; where it leaves the meetings as they are, the level is full.
    #[must_use]
    pub fn existing_meetings(
        &self,
        _from: ServerVersion,
        _to: ServerVersion,
        _came_from_r2: bool,
    ) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.5: G(c, W). `legacy`: a legacy endpoint was configured when chat was migrated to 2013. For the Lync 2013
    /// clients on a 2013 chat server the answer is the one for a user homed on 2013 with the policy granted.
    #[must_use]
    pub fn group_chat(&self, _client: Client, _chat: ServerVersion, _legacy: bool) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.6: the client's part of public IM, the sign-in of that endpoint included.
    #[must_use]
    pub fn public_im_client(&self, _client: Client, _home: ServerVersion) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.6: the provider's part of public IM. `changed`: the provider's dated service event lies in the past.
    /// `lync_2013`: the user has a Lync 2013 endpoint (matters to XMPP only).
    #[must_use]
    pub fn public_im_provider(
        &self,
        _provider: Provider,
        _home: ServerVersion,
        _changed: bool,
        _lync_2013: bool,
    ) -> Answer<'_> {
        unimplemented!()
    }

    /// Contract 4.8: the SDK compatibility table for an application's API against its chat server.
    #[must_use]
    pub fn application(
        &self,
        _api: ServerVersion,
        _chat: ServerVersion,
    ) -> (Compatibility, &[Rule]) {
        unimplemented!()
    }

    /// The rules behind an assumption; never empty.
    #[must_use]
    pub fn assumption(&self, _assumption: Assumption) -> &[Rule] {
        unimplemented!()
    }

    /// The rules behind a plan finding's code (contract 4.8), `three-versions-live` for instance.
    #[must_use]
    pub fn plan_rules(&self, _code: &str) -> &[Rule] {
        unimplemented!()
    }
}
