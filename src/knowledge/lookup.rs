//! Dense tables of answers: one place for each combination of client, server version and so on.
//!
//! A [`Topic`] is what is looked up; its axes are fixed here, its levels come from the data alone.

use super::{Answer, Levels, Rule};
use crate::model::{AddIn, Client, Feature, Provider, ServerVersion};

/// What an axis of a lookup counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// The clients that tables cover, and `unrecognized`.
    Client,
    /// The server versions.
    Server,
    /// The peer-to-peer features.
    Feature,
    /// The scheduling add-ins, the unknown one included.
    AddIn,
    /// The public IM providers.
    Provider,
    /// No, then yes.
    Flag,
}

impl Axis {
    /// How many values it has.
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Client => Client::UNRECOGNIZED.0 as usize + 1,
            Self::Server => ServerVersion::ALL.len(),
            Self::Feature => Feature::ALL.len(),
            Self::AddIn => AddIn::ALL.len(),
            Self::Provider => Provider::ALL.len(),
            Self::Flag => 2,
        }
    }

    /// The values' public ids, in order; `clients` are those of the product list.
    pub(super) fn ids<'a>(self, clients: &[&'a str]) -> Vec<&'a str> {
        match self {
            Self::Client => clients.iter().take(self.len()).copied().collect(),
            Self::Server => ServerVersion::ALL.iter().map(|value| value.id()).collect(),
            Self::Feature => Feature::ALL.iter().map(|value| value.id()).collect(),
            Self::AddIn => AddIn::ALL.iter().map(|value| value.id()).collect(),
            Self::Provider => Provider::ALL.iter().map(|value| value.id()).collect(),
            Self::Flag => vec!["no", "yes"],
        }
    }
}

/// Something that the data gives levels for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// Contract 4.2.
    SignIn,
    /// Contract 4.3, signing in aside.
    PeerToPeer,
    /// M(c, H) of contract 4.4.
    Meeting,
    /// S(a, V) of contract 4.4.
    Scheduling,
    /// Live Meeting of contract 4.4.
    LiveMeeting,
    /// What a move does to existing meetings, contract 4.4.
    ExistingMeetings,
    /// G(c, W) of contract 4.5.
    GroupChat,
    /// The provider's part of contract 4.6.
    PublicImProvider,
    /// The client's part of contract 4.6, signing in aside.
    PublicImClient,
    /// Chat programs, contract 4.8.
    Application,
}

impl Topic {
    pub(super) const ALL: [Self; 10] = [
        Self::SignIn,
        Self::PeerToPeer,
        Self::Meeting,
        Self::Scheduling,
        Self::LiveMeeting,
        Self::ExistingMeetings,
        Self::GroupChat,
        Self::PublicImProvider,
        Self::PublicImClient,
        Self::Application,
    ];

    /// The word for it in the data.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::PeerToPeer => "peer-to-peer",
            Self::Meeting => "meeting",
            Self::Scheduling => "scheduling",
            Self::LiveMeeting => "live-meeting",
            Self::ExistingMeetings => "existing-meetings",
            Self::GroupChat => "group-chat",
            Self::PublicImProvider => "public-im-provider",
            Self::PublicImClient => "public-im-client",
            Self::Application => "application",
        }
    }

    pub(super) fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.id() == id)
    }

    /// The names of its axes, in order.
    pub(super) const fn axes(self) -> &'static [(&'static str, Axis)] {
        match self {
            Self::SignIn => &[("client", Axis::Client), ("home", Axis::Server)],
            Self::PeerToPeer => &[
                ("client", Axis::Client),
                ("home", Axis::Server),
                ("feature", Axis::Feature),
            ],
            Self::Meeting => &[("client", Axis::Client), ("host", Axis::Server)],
            Self::Scheduling => &[("add-in", Axis::AddIn), ("home", Axis::Server)],
            Self::LiveMeeting => &[("home", Axis::Server)],
            Self::ExistingMeetings => &[
                ("from", Axis::Server),
                ("to", Axis::Server),
                ("came-from-r2", Axis::Flag),
            ],
            Self::GroupChat => &[
                ("client", Axis::Client),
                ("chat", Axis::Server),
                ("legacy-endpoint", Axis::Flag),
            ],
            Self::PublicImProvider => &[
                ("provider", Axis::Provider),
                ("home", Axis::Server),
                ("changed", Axis::Flag),
                ("lync-2013", Axis::Flag),
            ],
            Self::PublicImClient => &[("client", Axis::Client)],
            Self::Application => &[("api", Axis::Server), ("chat", Axis::Server)],
        }
    }

    /// The position of an axis.
    pub(super) fn axis(self, name: &str) -> Option<usize> {
        self.axes().iter().position(|&(known, _)| known == name)
    }

    /// How many places a lookup of it has.
    pub(super) fn places(self) -> usize {
        self.axes().iter().map(|&(_, axis)| axis.len()).product()
    }

    /// The place of one value for each axis.
    pub(super) fn place(self, values: &[usize]) -> usize {
        self.axes()
            .iter()
            .zip(values)
            .fold(0, |place, (&(_, axis), &value)| place * axis.len() + value)
    }

    /// The values of a place.
    pub(super) fn values(self, mut place: usize) -> Vec<usize> {
        let mut values: Vec<usize> = self
            .axes()
            .iter()
            .rev()
            .map(|&(_, axis)| {
                let value = place % axis.len();
                place /= axis.len();
                value
            })
            .collect();
        values.reverse();
        values
    }
}

/// The levels of one place with the rules behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) levels: Levels,
    /// Sorted, each once.
    pub(super) rules: Vec<Rule>,
}

impl Slot {
    pub(super) fn new(levels: Levels, mut rules: Vec<Rule>) -> Self {
        rules.sort_unstable();
        rules.dedup();
        Self { levels, rules }
    }

    pub(super) fn answer(&self) -> Answer<'_> {
        Answer {
            levels: self.levels,
            rules: &self.rules,
        }
    }
}

/// One topic's answers.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    pub(super) topic: Topic,
    pub(super) slots: Vec<Slot>,
}

impl Lookup {
    /// The slot of one value for each axis.
    pub(super) fn at(&self, values: &[usize]) -> &Slot {
        &self.slots[self.topic.place(values)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_own_values() {
        for topic in Topic::ALL {
            for place in 0..topic.places() {
                assert_eq!(topic.place(&topic.values(place)), place);
            }
        }
        assert_eq!(Topic::PeerToPeer.places(), 17 * 3 * 6);
    }
}
