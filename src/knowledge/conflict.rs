//! The points that the documents leave open: both wordings, the reading used, and what depends on it.

use serde::Serialize;

use super::citation::RuleLine;
use super::lookup::{Axis, Topic};
use super::{KnowledgeBase, Levels, Rule, Service};
use crate::model::{Capability, Client, Feature, Provider, ServerVersion};

/// Why a point is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// Wordings contradict each other.
    Contested,
    /// No page says anything.
    Silent,
    /// A page says something that has to be understood.
    Assumed,
    /// A rule of this program's own.
    Defined,
}

impl ConflictKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Contested, Self::Silent, Self::Assumed, Self::Defined];

    /// The word for it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Contested => "contested",
            Self::Silent => "silent",
            Self::Assumed => "assumed",
            Self::Defined => "defined",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// One wording of an open point, with the page it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CitedWording {
    /// The rule's public id.
    pub rule: String,
    /// A cell as printed, or a sentence in our words.
    pub says: String,
    /// The page's title.
    pub document: String,
    /// The page's dates.
    pub dates: String,
}

/// Levels that depend on an open point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependence {
    /// The capabilities concerned.
    pub capabilities: Vec<Capability>,
    /// The client, where it matters.
    pub client: Option<Client>,
    /// The server version that matters: of the home, the host, the chat server or the move's target.
    pub version: Option<ServerVersion>,
    /// The level in each reading.
    pub levels: Levels,
}

/// An open point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The rule under which findings cite it.
    pub rule: Rule,
    /// Its public id, `c1` for instance.
    pub id: String,
    /// Why it is open.
    pub kind: ConflictKind,
    /// What it is about.
    pub title: String,
    /// The wordings that meet here.
    pub wordings: Vec<CitedWording>,
    /// The cells concerned; `*` stands for any part of an id.
    pub concerns: Vec<String>,
    /// The reading used, and what the strict and the lenient one say instead.
    pub reading: String,
    /// Why.
    pub reason: String,
    /// The levels that rest on it; empty where it only says how to read.
    pub decides: Vec<Dependence>,
    /// The ids of the dated facts that rest on it.
    pub services: Vec<String>,
    /// The capabilities whose levels or dates differ between the readings because of it, in the contract's order.
    pub range: Vec<Capability>,
}

impl KnowledgeBase {
    /// Every open point, in the order of the data; a finding depends on one where its rules contain [`Conflict::rule`].
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        let judgements = self.data.judgements.1.iter();
        judgements
            .filter_map(|judgement| {
                let rule = self.book.find(judgement.id.get_ref())?;
                let (decides, services) = (self.decided_by(rule), self.dated_by(rule));
                let texts = |list: &[super::data::Text]| -> Vec<String> {
                    list.iter().map(|text| text.get_ref().clone()).collect()
                };
                Some(Conflict {
                    rule,
                    id: judgement.id.get_ref().clone(),
                    kind: ConflictKind::parse(judgement.kind.get_ref())?,
                    title: judgement.title.clone(),
                    wordings: texts(&judgement.wordings)
                        .iter()
                        .filter_map(|id| self.cited(id))
                        .collect(),
                    concerns: texts(&judgement.concerns),
                    reading: judgement.reading.get_ref().clone(),
                    reason: judgement.reason.get_ref().clone(),
                    range: range(&decides, &services),
                    services: services.iter().map(|service| service.id.clone()).collect(),
                    decides,
                })
            })
            .collect()
    }

    fn cited(&self, id: &str) -> Option<CitedWording> {
        let rule = self.book.find(id)?;
        let RuleLine { id, line, .. } = self.rule_line(rule);
        let document = self.document(rule);
        Some(CitedWording {
            rule: id,
            says: line,
            dates: document
                .as_ref()
                .map_or_else(String::new, super::citation::DocumentFacts::dates),
            document: document.map_or_else(String::new, |document| document.title),
        })
    }

    /// The levels that cite a judgement, as the data gives them.
    fn decided_by(&self, judgement: Rule) -> Vec<Dependence> {
        let mut decided = Vec::new();
        for topic in Topic::ALL {
            for (place, slot) in self.answers.lookup(topic).slots.iter().enumerate() {
                if slot.rules.binary_search(&judgement).is_ok() {
                    decided.push(self.dependence(topic, place));
                }
            }
        }
        decided
    }

    /// The dated facts that cite a judgement.
    fn dated_by(&self, judgement: Rule) -> Vec<&Service> {
        let services = self.services.iter();
        services
            .filter(|service| service.rules.contains(&judgement))
            .collect()
    }

    fn dependence(&self, topic: Topic, place: usize) -> Dependence {
        let values = topic.values(place);
        let of = |wanted: Axis| {
            // Of two server versions the later axis is the one that matters: the target of a move.
            let mut axes = topic.axes().iter().zip(&values);
            axes.rfind(|((_, axis), _)| *axis == wanted)
                .map(|(_, &value)| value)
        };
        Dependence {
            capabilities: capabilities(topic, of(Axis::Feature), of(Axis::Provider)),
            client: of(Axis::Client).and_then(|value| u8::try_from(value).ok().map(Client)),
            version: of(Axis::Server).map(|value| ServerVersion::ALL[value]),
            levels: self.answers.at(topic, &values).levels,
        }
    }
}

fn range(decides: &[Dependence], services: &[&Service]) -> Vec<Capability> {
    let levels = decides
        .iter()
        .filter(|dependence| dependence.levels != Levels::agreed(dependence.levels.judged))
        .flat_map(|dependence| dependence.capabilities.iter().copied());
    let dates = services
        .iter()
        .filter(|service| service.date.iter().any(|date| *date != service.date[0]))
        .map(|service| service.provider.capability());
    let mut capabilities: Vec<Capability> = levels.chain(dates).collect();
    capabilities.sort_unstable();
    capabilities.dedup();
    capabilities
}

fn capabilities(topic: Topic, feature: Option<usize>, provider: Option<usize>) -> Vec<Capability> {
    let all = Capability::ALL.iter().copied();
    match topic {
        Topic::SignIn => vec![Capability::SignIn],
        Topic::PeerToPeer => all
            .filter(|capability| capability.feature() == feature.map(|value| Feature::ALL[value]))
            .filter(|capability| capability.feature().is_some())
            .collect(),
        Topic::Meeting => vec![Capability::MeetingJoin, Capability::MeetingReach],
        Topic::Scheduling => vec![Capability::MeetingSchedule],
        Topic::LiveMeeting => vec![Capability::LiveMeeting],
        Topic::ExistingMeetings => vec![Capability::ExistingMeetings],
        Topic::GroupChat => vec![Capability::GroupChat],
        Topic::PublicImProvider => {
            let provider = provider.map(|value| Provider::ALL[value].capability());
            provider.into_iter().collect()
        }
        Topic::PublicImClient => all
            .filter(|capability| capability.provider().is_some())
            .collect(),
        Topic::Application => Vec::new(),
    }
}
