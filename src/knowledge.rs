//! What the documents say, and which of them: the only place with rules.
//!
//! In: the data files under `knowledge/data`, embedded. Out: [`KnowledgeBase`], whose every answer carries the rules it rests
//! on, so that a finding can name them.

mod answers;
mod bundle;
mod check;
mod citation;
mod conflict;
mod coverage;
mod data;
mod filling;
mod glossary;
mod handbook;
mod lookup;
pub mod products;
mod rulebook;
mod uses;

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::model::{AddIn, Client, Feature, Level, Provider, Reading, ServerVersion};

use answers::Answers;
use data::{Data, ServiceEntry, Text};
use filling::Filled;
use lookup::Topic;
use rulebook::RuleBook;

pub use citation::{CellFacts, DocumentFacts, FootnoteText, RuleDetail, RuleKind, RuleLine};
pub use conflict::{CitedWording, Conflict, ConflictKind, Dependence};
pub use coverage::{CellExport, CellUse, Coverage};
pub use glossary::{CodeText, WorkaroundText};
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

impl Compatibility {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Limited => "may be compatible",
            Self::Incompatible => "incompatible",
        }
    }
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

impl Assumption {
    /// Every assumption.
    pub const ALL: [Self; 6] = [
        Self::NoEndpoint,
        Self::NoAddIn,
        Self::NoChatDeployment,
        Self::PersistentChatNotGranted,
        Self::NotProvisioned,
        Self::LicenseExpired,
    ];

    /// The id under which the data gives its rules.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoEndpoint => "no-endpoint",
            Self::NoAddIn => "no-add-in",
            Self::NoChatDeployment => "no-chat-deployment",
            Self::PersistentChatNotGranted => "persistent-chat-not-granted",
            Self::NotProvisioned => "not-provisioned",
            Self::LicenseExpired => "license-expired",
        }
    }
}

/// The documents, read: every rule and every answer.
#[derive(Debug)]
pub struct KnowledgeBase {
    data: Data,
    book: RuleBook,
    answers: Answers,
    services: Vec<Service>,
    products: Products,
    assumptions: HashMap<String, Vec<Rule>>,
    plan_rules: HashMap<String, Vec<Rule>>,
    readings: Vec<(Rule, Topic, Level)>,
}

/// What looks through data, the rules in it, and the level that is read from each cell.
type Check = fn(&Data, &RuleBook, &[(Rule, Topic, Level)]) -> Vec<Diagnostic>;

impl KnowledgeBase {
    /// The knowledge that ships with the program.
    ///
    /// The data checks, half of the time this takes, have been done when the program was tested, and are not done again.
    ///
    /// # Errors
    /// What keeps the data from being read; never for the bundled data of a released program.
    pub fn bundled() -> Result<Self, Vec<Diagnostic>> {
        Self::read(Self::bundled_files(), |_, _, _| Vec::new())
    }

    /// The data files that ship with the program, as (name, text).
    #[must_use]
    pub fn bundled_files() -> &'static [(&'static str, &'static str)] {
        bundle::FILES
    }

    /// Reads data files given as (name, text); the names are those of [`Self::bundled_files`].
    ///
    /// # Errors
    /// Every problem of the data, with its line and column.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Diagnostic>> {
        Self::read(files, check::problems)
    }

    fn read(files: &[(&str, &str)], check: Check) -> Result<Self, Vec<Diagnostic>> {
        let (data, mut problems) = Data::read(files);
        let book = RuleBook::of(&data);
        let products = Products::of(&data.products.1);
        let Filled {
            lookups,
            readings,
            problems: unfilled,
        } = filling::fill(&data, &book);
        problems.extend(unfilled);
        problems.extend(check(&data, &book, &readings));
        if !problems.is_empty() {
            return Err(problems);
        }
        let codes = &data.codes.1;
        let known = |ids: &[Text]| -> Vec<Rule> {
            ids.iter()
                .filter_map(|id| book.find(id.get_ref()))
                .collect()
        };
        let assumptions: HashMap<String, Vec<Rule>> = codes
            .assumptions
            .iter()
            .map(|entry| (entry.id.get_ref().clone(), known(&entry.rules)))
            .collect();
        let plan_rules = codes
            .plan_findings
            .iter()
            .map(|entry| (entry.code.get_ref().clone(), known(&entry.rules)))
            .collect();
        let limited_sign_in = assumptions
            .get("limited-sign-in")
            .map_or(&[][..], Vec::as_slice);
        let mut services: Vec<Service> = data
            .services
            .1
            .iter()
            .filter_map(|entry| service(entry, known(&entry.rules)))
            .collect();
        services.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self {
            answers: Answers::of(lookups, products.not_counting(), limited_sign_in),
            services,
            products,
            assumptions,
            plan_rules,
            readings,
            data,
            book,
        })
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
    pub fn rule_id(&self, rule: Rule) -> &str {
        self.book.id(rule)
    }

    /// The rule with exactly this public id.
    #[must_use]
    pub fn rule_named(&self, id: &str) -> Option<Rule> {
        self.book.find(id)
    }

    /// Contract 4.2: what a client can do about signing in on a home server version.
    #[must_use]
    pub fn sign_in(&self, client: Client, home: ServerVersion) -> Answer<'_> {
        let place = [tabled(client), home.index()];
        self.answers.at(Topic::SignIn, &place).answer()
    }

    /// Contract 4.3: the level of one endpoint for a peer-to-peer feature, the sign-in of that endpoint included.
    #[must_use]
    pub fn peer_to_peer(
        &self,
        client: Client,
        home: ServerVersion,
        feature: Feature,
    ) -> Answer<'_> {
        self.answers
            .peer_to_peer(tabled(client), home.index(), feature.index())
            .answer()
    }

    /// Contract 4.4: M(c, H), what a client can do in a meeting hosted on a server version.
    #[must_use]
    pub fn meeting(&self, client: Client, host: ServerVersion) -> Answer<'_> {
        let place = [tabled(client), host.index()];
        self.answers.at(Topic::Meeting, &place).answer()
    }

    /// Contract 4.4: join(c, V, H), with the sign-in of the endpoint on its home version V included.
    #[must_use]
    pub fn join(&self, client: Client, home: ServerVersion, host: ServerVersion) -> Answer<'_> {
        self.answers
            .join(tabled(client), home.index(), host.index())
            .answer()
    }

    /// Contract 4.4: S(a, V), scheduling with an add-in on a home server version; [`AddIn::Unknown`] is unknown.
    #[must_use]
    pub fn scheduling(&self, add_in: AddIn, home: ServerVersion) -> Answer<'_> {
        let place = [add_in.index(), home.index()];
        self.answers.at(Topic::Scheduling, &place).answer()
    }

    /// Contract 4.4: the add-in that comes with a client, if any.
    #[must_use]
    pub fn derived_add_in(&self, client: Client) -> Option<AddIn> {
        self.products.brings(client)
    }

    /// Contract 4.4: the Live Meeting row of the sign-in table.
    #[must_use]
    pub fn live_meeting(&self, home: ServerVersion) -> Answer<'_> {
        self.answers
            .at(Topic::LiveMeeting, &[home.index()])
            .answer()
    }

    /// Contract 4.4: what a move between versions does to meetings that exist, for a user who never was on OCS 2007 R2
    /// during the plan (`came_from_r2` false) or was.
    ///
    /// The answer is the level that the move imposes; where it leaves the meetings as they are, the level is full.
    #[must_use]
    pub fn existing_meetings(
        &self,
        from: ServerVersion,
        to: ServerVersion,
        came_from_r2: bool,
    ) -> Answer<'_> {
        let place = [from.index(), to.index(), usize::from(came_from_r2)];
        self.answers.at(Topic::ExistingMeetings, &place).answer()
    }

    /// Contract 4.5: G(c, W). `legacy`: a legacy endpoint was configured when chat was migrated to 2013. For the Lync 2013
    /// clients on a 2013 chat server the answer is the one for a user homed on 2013 with the policy granted.
    #[must_use]
    pub fn group_chat(&self, client: Client, chat: ServerVersion, legacy: bool) -> Answer<'_> {
        let place = [tabled(client), chat.index(), usize::from(legacy)];
        self.answers.at(Topic::GroupChat, &place).answer()
    }

    /// Contract 4.6: the client's part of public IM, the sign-in of that endpoint included. Clients that only serve meetings
    /// or chat have none.
    #[must_use]
    pub fn public_im_client(&self, client: Client, home: ServerVersion) -> Answer<'_> {
        self.answers
            .public_im_client(tabled(client), home.index())
            .answer()
    }

    /// Contract 4.6: the provider's part of public IM. `changed`: the provider's dated service event lies in the past.
    /// `lync_2013`: the user has a Lync 2013 endpoint (matters to XMPP only).
    #[must_use]
    pub fn public_im_provider(
        &self,
        provider: Provider,
        home: ServerVersion,
        changed: bool,
        lync_2013: bool,
    ) -> Answer<'_> {
        let place = [
            provider.index(),
            home.index(),
            usize::from(changed),
            usize::from(lync_2013),
        ];
        self.answers.at(Topic::PublicImProvider, &place).answer()
    }

    /// Contract 4.8: the SDK compatibility table for an application's API against its chat server.
    #[must_use]
    pub fn application(&self, api: ServerVersion, chat: ServerVersion) -> (Compatibility, &[Rule]) {
        let answer = self
            .answers
            .at(Topic::Application, &[api.index(), chat.index()])
            .answer();
        let compatibility = match answer.levels.judged {
            Level::Full => Compatibility::Compatible,
            Level::Limited | Level::Unknown => Compatibility::Limited,
            Level::None => Compatibility::Incompatible,
        };
        (compatibility, answer.rules)
    }

    /// The rules behind an assumption; never empty.
    #[must_use]
    pub fn assumption(&self, assumption: Assumption) -> &[Rule] {
        self.assumptions
            .get(assumption.id())
            .map_or(&[], Vec::as_slice)
    }

    /// The rules behind a plan finding's code (contract 4.8), `three-versions-live` for instance.
    #[must_use]
    pub fn plan_rules(&self, code: &str) -> &[Rule] {
        self.plan_rules.get(code).map_or(&[], Vec::as_slice)
    }
}

/// The client's position on the axis of clients.
fn tabled(client: Client) -> usize {
    usize::from(client.in_tables().0)
}

/// A service as the data has it; `None` where a word or date is wrong, which the checks report.
fn service(entry: &ServiceEntry, rules: Vec<Rule>) -> Option<Service> {
    let judged = data::day(entry.date.get_ref())?;
    let other = |date: &Option<toml::Spanned<toml::value::Datetime>>| match date {
        Some(date) => data::day(date.get_ref()),
        None => Some(judged),
    };
    Some(Service {
        id: entry.id.get_ref().clone(),
        provider: Provider::parse(entry.provider.get_ref())?,
        date: [judged, other(&entry.strict)?, other(&entry.lenient)?],
        title: entry.title.clone(),
        rules,
    })
}
