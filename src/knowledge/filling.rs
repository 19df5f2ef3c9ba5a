//! From cells, sentences and judgements to levels: every place of every lookup gets what the data says of it.
//!
//! In: the data and the rule book. Out: the lookups, what each cell was read as, and a problem for every place that
//! nothing fills, that two documents fill differently without a judgement, or that names something unknown.

mod table;

use toml::Spanned;

use super::data::{Data, Decision, FileIndex, Text, Where};
use super::lookup::{Axis, Lookup, Slot, Topic};
use super::rulebook::RuleBook;
use super::{Levels, Rule};
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::Level;

/// What the data makes of itself.
pub(super) struct Filled {
    /// One lookup for each topic, in order.
    pub(super) lookups: Vec<Lookup>,
    /// Each cell that gives a level: the topic and the level.
    pub(super) readings: Vec<(Rule, Topic, Level)>,
    pub(super) problems: Vec<Diagnostic>,
}

/// One statement about a place.
struct Claim {
    levels: Levels,
    rules: Vec<Rule>,
    is_decided: bool,
    file: FileIndex,
    span: std::ops::Range<usize>,
}

struct Filling<'a> {
    data: &'a Data,
    book: &'a RuleBook,
    clients: Vec<&'a str>,
    claims: Vec<Vec<Vec<Claim>>>,
    readings: Vec<(Rule, Topic, Level)>,
    problems: Vec<Diagnostic>,
}

/// Fills every lookup.
pub(super) fn fill(data: &Data, book: &RuleBook) -> Filled {
    let clients = data.products.1.clients.iter();
    let mut filling = Filling {
        data,
        book,
        clients: clients.map(|client| client.id.get_ref().as_str()).collect(),
        claims: Topic::ALL
            .iter()
            .map(|topic| (0..topic.places()).map(|_| Vec::new()).collect())
            .collect(),
        readings: Vec::new(),
        problems: Vec::new(),
    };
    let (file, capabilities) = &data.capabilities;
    for read in &capabilities.reads {
        filling.read(*file, read);
    }
    for level in &capabilities.levels {
        filling.decide(*file, level, None);
    }
    let (file, judgements) = &data.judgements;
    for judgement in judgements {
        let rule = book.find(judgement.id.get_ref());
        for decision in &judgement.decides {
            filling.decide(*file, decision, rule);
        }
    }
    filling.settle()
}

impl<'a> Filling<'a> {
    fn topic(&mut self, file: FileIndex, name: &Text) -> Option<Topic> {
        let topic = Topic::parse(name.get_ref());
        if topic.is_none() {
            let known = Topic::ALL.iter().map(|topic| topic.id());
            self.unknown(file, name, "unknown-capability", "capability", known);
        }
        topic
    }

    fn unknown<'k>(
        &mut self,
        file: FileIndex,
        name: &Text,
        code: &'static str,
        what: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let message = format!("there is no {what} \"{}\"", name.get_ref());
        let mut problem = self.data.error(code, file, name, message);
        problem.help =
            nearest(name.get_ref(), known).map(|near| format!("did you mean \"{near}\"?"));
        self.problems.push(problem);
    }

    fn rules(&mut self, file: FileIndex, ids: &[Text]) -> Vec<Rule> {
        let mut rules = Vec::new();
        for id in ids {
            match self.book.find(id.get_ref()) {
                Some(rule) => rules.push(rule),
                None => self.unknown(file, id, "unknown-rule", "rule", self.book.ids()),
            }
        }
        rules
    }

    fn level(&mut self, file: FileIndex, name: &Text) -> Option<Level> {
        let level = Level::parse(name.get_ref());
        if level.is_none() {
            let known = Level::ALL.iter().map(|level| level.id());
            self.unknown(file, name, "unknown-level", "level", known);
        }
        level
    }

    fn levels(
        &mut self,
        file: FileIndex,
        judged: &Text,
        strict: Option<&Text>,
        lenient: Option<&Text>,
    ) -> Option<Levels> {
        let judged = self.level(file, judged)?;
        let mut other = |name: Option<&Text>| match name {
            Some(name) => self.level(file, name),
            None => Some(judged),
        };
        Some(Levels {
            judged,
            strict: other(strict)?,
            lenient: other(lenient)?,
        })
    }

    /// The values of one axis that a condition allows; all where it does not name the axis.
    fn axis_values(
        &mut self,
        file: FileIndex,
        topic: Topic,
        axis: usize,
        names: Option<&Vec<Text>>,
    ) -> Vec<usize> {
        let (_, axis) = topic.axes()[axis];
        let Some(names) = names else {
            return (0..axis.len()).collect();
        };
        let mut values = Vec::new();
        for name in names {
            match self.axis_value(axis, name.get_ref()) {
                Some(value) => values.push(value),
                None => {
                    let ids = axis.ids(&self.clients);
                    self.unknown(file, name, value_code(axis), "value", ids.into_iter());
                }
            }
        }
        values
    }

    fn axis_value(&self, axis: Axis, id: &str) -> Option<usize> {
        axis.ids(&self.clients)
            .iter()
            .position(|known| *known == id)
    }

    /// The allowed values of every axis of a topic.
    fn condition(
        &mut self,
        file: FileIndex,
        topic: Topic,
        condition: Option<&Where>,
    ) -> Vec<Vec<usize>> {
        if let Some(condition) = condition {
            for name in condition.get_ref().keys() {
                if topic.axis(name).is_none() {
                    let message = format!("{} has no \"{name}\"", topic.id());
                    let problem = self.data.error("unknown-axis", file, condition, message);
                    self.problems.push(problem);
                }
            }
        }
        (0..topic.axes().len())
            .map(|axis| {
                let name = topic.axes()[axis].0;
                let names = condition.and_then(|condition| condition.get_ref().get(name));
                self.axis_values(file, topic, axis, names)
            })
            .collect()
    }

    fn decide(&mut self, file: FileIndex, decision: &Decision, judgement: Option<Rule>) {
        let Some(topic) = self.topic(file, &decision.capability) else {
            return;
        };
        let levels = self.levels(
            file,
            &decision.level,
            decision.strict.as_ref(),
            decision.lenient.as_ref(),
        );
        let values = self.condition(file, topic, Some(&decision.condition));
        let cells = self.rules(file, &decision.cells);
        let mut rules = self.rules(file, &decision.rules);
        let Some(levels) = levels else { return };
        for cell in cells {
            self.readings.push((cell, topic, levels.judged));
            rules.push(cell);
        }
        rules.extend(judgement);
        for place in places(topic, &values) {
            let claim = Claim {
                levels,
                rules: rules.clone(),
                is_decided: judgement.is_some(),
                file,
                span: decision.capability.span(),
            };
            self.claims[topic as usize][place].push(claim);
        }
    }

    /// Makes the claims about each place one answer.
    fn settle(mut self) -> Filled {
        let mut lookups = Vec::new();
        for topic in Topic::ALL {
            let claims = std::mem::take(&mut self.claims[topic as usize]);
            let slots = claims
                .into_iter()
                .enumerate()
                .map(|(place, claims)| self.settle_place(topic, place, claims))
                .collect();
            lookups.push(Lookup { topic, slots });
        }
        Filled {
            lookups,
            readings: self.readings,
            problems: self.problems,
        }
    }

    fn settle_place(&mut self, topic: Topic, place: usize, claims: Vec<Claim>) -> Slot {
        let is_decided = claims.iter().any(|claim| claim.is_decided);
        let mut counting = claims.iter().filter(|claim| claim.is_decided == is_decided);
        let Some(first) = counting.next() else {
            let (file, wanted) = (self.data.capabilities.0, self.describe(topic, place));
            let message = format!("nothing gives a level for {wanted}");
            let at = Spanned::new(0..0, ());
            let problem = self.data.error("no-level", file, &at, message);
            self.problems.push(problem);
            return Slot::new(Levels::agreed(Level::Unknown), Vec::new());
        };
        if let Some(other) = counting.find(|claim| claim.levels != first.levels) {
            let code = if is_decided {
                "decided-twice"
            } else {
                "unjudged-disagreement"
            };
            let message = format!(
                "{}: {} here, {} elsewhere, and no judgement decides",
                self.describe(topic, place),
                other.levels.judged,
                first.levels.judged
            );
            let problem = Diagnostic::error(code, message)
                .at(self.data.place(other.file, other.span.clone()))
                .see(
                    self.data.place(first.file, first.span.clone()),
                    "the other level",
                );
            self.problems.push(problem);
        }
        let levels = first.levels;
        Slot::new(
            levels,
            claims.into_iter().flat_map(|claim| claim.rules).collect(),
        )
    }

    fn describe(&self, topic: Topic, place: usize) -> String {
        let values = topic.values(place);
        let words = topic
            .axes()
            .iter()
            .zip(values)
            .map(|(&(name, axis), value)| {
                let ids = axis.ids(&self.clients);
                format!("{name} {}", ids.get(value).unwrap_or(&"?"))
            });
        format!(
            "{} with {}",
            topic.id(),
            words.collect::<Vec<_>>().join(", ")
        )
    }
}

/// Every place that has one of the allowed values on each axis.
fn places(topic: Topic, values: &[Vec<usize>]) -> Vec<usize> {
    let mut places = vec![0];
    for (&(_, axis), allowed) in topic.axes().iter().zip(values) {
        places = places
            .iter()
            .flat_map(|place| allowed.iter().map(move |value| place * axis.len() + value))
            .collect();
    }
    places
}

/// The code of a value that an axis does not have.
fn value_code(axis: Axis) -> &'static str {
    match axis {
        Axis::Client => "unknown-product",
        _ => "unknown-value",
    }
}
