//! The answers of the knowledge base, signing in included: what the simulation asks, in dense tables.
//!
//! In: the lookups as the data fills them. Out: [`Answers`]. How signing in limits other capabilities (contract sections 4.3, 4.4
//! and 4.6) is stated here and nowhere else.

use super::lookup::{Axis, Lookup, Slot, Topic};
use super::{Levels, Rule};
use crate::model::{Client, EndpointSet, Level, Reading, ServerVersion};

/// Every answer.
#[derive(Debug)]
pub(super) struct Answers {
    lookups: Vec<Lookup>,
    /// By client, home version and feature.
    peer_to_peer: Vec<Slot>,
    /// By client, home version and hosting version.
    join: Vec<Slot>,
    /// By client and home version.
    public_im_client: Vec<Slot>,
}

/// Which of two parts a level comes from.
enum Source {
    SignIn,
    Other,
    Both,
}

impl Answers {
    /// `limited_sign_in`: the rules behind joining with a client whose signing in is limited.
    pub(super) fn of(
        lookups: Vec<Lookup>,
        not_counting: EndpointSet,
        limited_sign_in: &[Rule],
    ) -> Self {
        let mut answers = Self {
            lookups,
            peer_to_peer: Vec::new(),
            join: Vec::new(),
            public_im_client: Vec::new(),
        };
        for client in 0..Axis::Client.len() {
            let is_counting = !not_counting.has(Client(u8::try_from(client).unwrap_or(u8::MAX)));
            for home in 0..Axis::Server.len() {
                let sign_in = answers.at(Topic::SignIn, &[client, home]).clone();
                for feature in 0..Axis::Feature.len() {
                    let own = answers.at(Topic::PeerToPeer, &[client, home, feature]);
                    let slot = combined(&sign_in, own, gate);
                    answers.peer_to_peer.push(slot);
                }
                for host in 0..Axis::Server.len() {
                    let own = answers.at(Topic::Meeting, &[client, host]);
                    let slot = if is_counting {
                        join(&sign_in, own, host, limited_sign_in)
                    } else {
                        own.clone()
                    };
                    answers.join.push(slot);
                }
                let own = answers.at(Topic::PublicImClient, &[client]);
                let slot = combined(&sign_in, own, public_im);
                answers.public_im_client.push(slot);
            }
        }
        answers
    }

    /// The slot of a topic as the data gives it.
    pub(super) fn at(&self, topic: Topic, values: &[usize]) -> &Slot {
        self.lookup(topic).at(values)
    }

    pub(super) fn peer_to_peer(&self, client: usize, home: usize, feature: usize) -> &Slot {
        let place = (client * Axis::Server.len() + home) * Axis::Feature.len() + feature;
        &self.peer_to_peer[place]
    }

    pub(super) fn join(&self, client: usize, home: usize, host: usize) -> &Slot {
        &self.join[(client * Axis::Server.len() + home) * Axis::Server.len() + host]
    }

    pub(super) fn public_im_client(&self, client: usize, home: usize) -> &Slot {
        &self.public_im_client[client * Axis::Server.len() + home]
    }

    /// A topic's answers as the data gives them.
    pub(super) fn lookup(&self, topic: Topic) -> &Lookup {
        &self.lookups[topic as usize]
    }
}

/// Combines signing in with a capability's own level, reading by reading, and keeps the rules that the levels come from.
fn combined(sign_in: &Slot, own: &Slot, level: impl Fn(Level, Level) -> (Level, Source)) -> Slot {
    let mut rules = Vec::new();
    let of = |reading: Reading| {
        let (level, source) = level(sign_in.levels.get(reading), own.levels.get(reading));
        (level, source)
    };
    let mut levels = [Level::Unknown; 3];
    for (place, &reading) in levels.iter_mut().zip(Reading::ALL) {
        let (level, source) = of(reading);
        *place = level;
        if matches!(source, Source::SignIn | Source::Both) {
            rules.extend_from_slice(&sign_in.rules);
        }
        if matches!(source, Source::Other | Source::Both) {
            rules.extend_from_slice(&own.rules);
        }
    }
    let [judged, strict, lenient] = levels;
    Slot::new(
        Levels {
            judged,
            strict,
            lenient,
        },
        rules,
    )
}

/// Contract 4.3: no signing in, nothing; unknown signing in, unknown.
fn gate(sign_in: Level, own: Level) -> (Level, Source) {
    match sign_in {
        Level::None | Level::Unknown => (sign_in, Source::SignIn),
        Level::Limited | Level::Full => (own, Source::Other),
    }
}

/// Contract 4.4: as [`gate`], and limited signing in leaves meetings on versions before 2013 unknown.
fn join(sign_in: &Slot, own: &Slot, host: usize, limited_sign_in: &[Rule]) -> Slot {
    let is_2013 = host == ServerVersion::Lync2013.index();
    let is_limited = |reading: Reading| sign_in.levels.get(reading) == Level::Limited;
    let mut slot = combined(sign_in, own, |sign_in, own| match sign_in {
        Level::Limited if !is_2013 => (Level::Unknown, Source::SignIn),
        Level::Limited => (own, Source::Both),
        _ => gate(sign_in, own),
    });
    if !is_2013 && Reading::ALL.iter().any(|&reading| is_limited(reading)) {
        slot.rules.extend_from_slice(limited_sign_in);
        slot = Slot::new(slot.levels, slot.rules);
    }
    slot
}

/// Contract 4.6: no signing in or a client without public contacts gives none, before anything unknown.
fn public_im(sign_in: Level, own: Level) -> (Level, Source) {
    match (sign_in, own) {
        (Level::None, Level::None) => (Level::None, Source::Both),
        (Level::None, _) => (Level::None, Source::SignIn),
        (_, Level::None | Level::Unknown) => (own, Source::Other),
        (Level::Unknown, _) => (Level::Unknown, Source::SignIn),
        (Level::Limited | Level::Full, _) => (own, Source::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(level: Level, rule: u16) -> Slot {
        Slot::new(Levels::agreed(level), vec![Rule(rule)])
    }

    #[test]
    fn a_client_that_cannot_sign_in_has_nothing_and_the_sign_in_table_says_why() {
        let answer = combined(&slot(Level::None, 1), &slot(Level::Full, 2), gate);
        assert_eq!(
            (answer.levels.judged, answer.rules),
            (Level::None, vec![Rule(1)])
        );
    }

    #[test]
    fn limited_signing_in_leaves_older_meetings_unknown() {
        let (sign_in, meeting) = (slot(Level::Limited, 1), slot(Level::Full, 2));
        let on_2010 = join(&sign_in, &meeting, 1, &[Rule(9)]);
        assert_eq!(on_2010.levels.judged, Level::Unknown);
        assert_eq!(on_2010.rules, [Rule(1), Rule(9)]);
        let on_2013 = join(&sign_in, &meeting, 2, &[Rule(9)]);
        assert_eq!(on_2013.levels.judged, Level::Full);
    }
}
