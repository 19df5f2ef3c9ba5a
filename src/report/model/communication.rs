//! What each person is told about a phase: what changes for them on which day, and what to do instead. One message per person and
//! phase, in sentences that can be mailed as they are.
//!
//! Sentences are made once for all who go the same way over the same pools. Everything in them is said by the findings and
//! the plan; where the documents know nothing to use instead, the advice is plain (telephone, e-mail, service desk), and no
//! product is named.

use std::borrow::Cow;
use std::hash::Hash;
use std::rc::Rc;

use chrono::NaiveDate;
use rustc_hash::{FxHashMap, FxHashSet};

use super::impact::Spell;
use super::{People, Phase, Report, advice};
use crate::finding::{Finding, Kind};
use crate::knowledge::Products;
use crate::model::{Capability, EndpointSet, Level};
use crate::simulate::Outcome;
use crate::timeline::{Cohort, EventKind, Route};

/// What one person is told about one phase, in the form of `M`.
#[derive(Clone, Debug)]
pub struct Communication<'p, M> {
    /// The position in the inventory's users.
    pub user: usize,
    /// The address.
    pub sip: Cow<'p, str>,
    /// The display name; empty where the inventory has none.
    pub name: Cow<'p, str>,
    /// The department; empty where the inventory has none.
    pub department: Cow<'p, str>,
    /// The site; empty where the inventory has none.
    pub site: Cow<'p, str>,
    /// What they are told; shared by all who are told the same.
    pub message: Rc<M>,
}

/// What people are told about a phase.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// The first day on which something changes for them.
    pub day: NaiveDate,
    /// The capabilities that change, in the contract's order; none where only the pool or the clients change.
    pub capabilities: Vec<Capability>,
    /// What changes, in sentences that name their days.
    pub changes: String,
    /// What to do instead, in sentences.
    pub instead: String,
}

impl Message {
    /// The names of the capabilities, joined by `; `.
    #[must_use]
    pub fn capability_names(&self) -> String {
        let names = self.capabilities.iter();
        let names: Vec<&str> = names
            .map(|&capability| super::wording::capability(capability))
            .collect();
        names.join("; ")
    }
}

impl<'p> People<'p> {
    /// A message for everybody for whom a phase changes something (a capability in either direction, the pool, the clients), in the
    /// order of the inventory. A message is kept in the form that it is wanted in, and in no other.
    pub fn communications<'q, M: Eq + Hash + 'q>(
        &'q self,
        report: &'q Report,
        phase: &'q Phase,
        products: &'q Products,
        form: impl Fn(Message) -> M + 'q,
    ) -> impl Iterator<Item = Communication<'p, M>> + 'q {
        let mut told = Told::default();
        (0..self.len()).filter_map(move |user| {
            let cohort = self.cohort(user);
            let message = || {
                let writer = self.writer(report, phase, products, cohort);
                writer.message()
            };
            let message = told.message(cohort, message, &form)?;
            Some(self.communication(user, message))
        })
    }

    /// Who writes what the people of a cohort are told about a phase.
    fn writer<'w>(
        &'w self,
        report: &'w Report,
        phase: &'w Phase,
        products: &'w Products,
        cohort: &Cohort,
    ) -> Writer<'w, 'p> {
        Writer {
            people: self,
            report,
            phase,
            products,
            path: cohort.path,
            route: self.timeline().route(cohort),
        }
    }

    /// How many people [`Self::communications`] gives.
    #[must_use]
    pub fn communication_count(&self, report: &Report, phase: &Phase, products: &Products) -> u64 {
        let cohorts = self.timeline().cohorts().iter();
        let told = cohorts.filter(|cohort| {
            let writer = self.writer(report, phase, products, cohort);
            writer.has_something_to_say()
        });
        told.map(|cohort| cohort.users).sum()
    }

    fn communication<M>(&self, user: usize, message: Rc<M>) -> Communication<'p, M> {
        let (sip, naming) = (
            self.timeline().inventory.users.sip(user).text(),
            self.naming(),
        );
        let (department, site) = self.place(user);
        Communication {
            user,
            name: naming.name(self.own_name(user), &sip),
            sip: naming.sip(sip),
            department,
            site,
            message,
        }
    }
}

/// Messages that were made, each once: there are few, and many ways to the same one.
struct Told<M> {
    /// By path and route, both of which fit 32 bits.
    known: FxHashMap<(u32, u32), Option<Rc<M>>>,
    messages: FxHashSet<Rc<M>>,
    /// Bytes that are kept, about.
    kept: usize,
}

impl<M> Default for Told<M> {
    fn default() -> Self {
        Self {
            known: FxHashMap::default(),
            messages: FxHashSet::default(),
            kept: 0,
        }
    }
}

impl<M: Eq + Hash> Told<M> {
    /// So many bytes are kept at most.
    const MOST: usize = 4 << 20;

    fn message(
        &mut self,
        cohort: &Cohort,
        make: impl FnOnce() -> Option<Message>,
        form: impl Fn(Message) -> M,
    ) -> Option<Rc<M>> {
        let way = (cohort.path as u32, cohort.route as u32);
        if let Some(known) = self.known.get(&way) {
            return known.clone();
        }
        if self.kept > Self::MOST {
            *self = Self::default();
        }
        let message = make().map(|message| {
            let length = message.changes.len() + message.instead.len();
            let message = form(message);
            match self.messages.get(&message) {
                Some(same) => Rc::clone(same),
                None => {
                    self.kept += length;
                    let message = Rc::new(message);
                    self.messages.insert(Rc::clone(&message));
                    message
                }
            }
        });
        self.known.insert(way, message.clone());
        self.kept += size_of::<((u32, u32), Option<Rc<M>>)>();
        message
    }
}

/// Writes what everybody on one path and one route is told about a phase.
struct Writer<'w, 'p> {
    people: &'w People<'p>,
    report: &'w Report,
    phase: &'w Phase,
    products: &'w Products,
    path: usize,
    route: &'w Route,
}

/// A message in the making.
#[derive(Default)]
struct Draft {
    day: Option<NaiveDate>,
    capabilities: Vec<Capability>,
    changes: Vec<String>,
    instead: Vec<String>,
}

impl Draft {
    fn change(&mut self, day: NaiveDate, sentence: String) {
        self.day.get_or_insert(day);
        self.changes.push(sentence);
    }

    fn advise(&mut self, sentence: String) {
        if !self.instead.contains(&sentence) {
            self.instead.push(sentence);
        }
    }
}

impl Writer<'_, '_> {
    /// Does [`Self::message`] give a message? Known without a word of it.
    fn has_something_to_say(&self) -> bool {
        let events = &self.phase.events;
        let findings = self.people.simulation().findings_of(self.path);
        let has_findings = || findings.iter().any(|one| events.contains(&one.event));
        let outcomes = &self.people.simulation().outcomes;
        let is_change = |&event: &usize| match outcomes[event].event.kind {
            EventKind::Stage(stage) => {
                let clients = self.clients_around(stage);
                self.route.before(stage) != self.route.after(stage)
                    || clients.is_some_and(|(old, new)| old != new)
            }
            EventKind::Baseline | EventKind::Service(_) | EventKind::License => false,
        };
        has_findings() || events.iter().any(is_change)
    }

    fn message(&self) -> Option<Message> {
        let simulation = self.people.simulation();
        let findings = simulation.findings_of(self.path);
        let spells = super::impact::spells(findings, simulation);
        let mut draft = Draft::default();
        let mut new_clients = EndpointSet::EMPTY;
        for &event in &self.phase.events {
            let outcome = &simulation.outcomes[event];
            if let EventKind::Stage(stage) = outcome.event.kind {
                let gained = self.stage(stage, outcome, &mut draft);
                new_clients = new_clients.union(gained);
            }
            self.findings(event, findings, &spells, &mut draft);
        }
        if draft.instead.is_empty() {
            draft.instead.push(if new_clients.is_empty() {
                "You have nothing to do.".to_owned()
            } else {
                format!(
                    "Use {} from then on.",
                    listed(&self.clients(new_clients), "and")
                )
            });
        }
        draft.capabilities.sort_unstable();
        draft.capabilities.dedup();
        Some(Message {
            day: draft.day?,
            capabilities: draft.capabilities,
            changes: draft.changes.join(" "),
            instead: draft.instead.join(" "),
        })
    }

    /// Says what a stage does to pool and clients; gives the clients that are new.
    fn stage(&self, stage: usize, outcome: &Outcome, draft: &mut Draft) -> EndpointSet {
        let plan = self.people.timeline().plan;
        let mut parts = Vec::new();
        let (before, after) = (self.route.before(stage), self.route.after(stage));
        if before != after {
            let (old, new) = (plan.pool(before), plan.pool(after));
            let pool = self.people.naming().pool(Cow::Borrowed(&new.id));
            parts.push(if old.server == new.server {
                format!("your account moves to another pool ({pool})")
            } else {
                format!("your account moves to {} (pool {pool})", new.server.name())
            });
        }
        let mut gained = EndpointSet::EMPTY;
        if let Some((old, new)) = self.clients_around(stage) {
            gained = new.without(old);
            parts.extend(self.client_change(gained, old.without(new)));
        }
        if !parts.is_empty() {
            let day = outcome.event.date;
            draft.change(day, format!("On {} {}.", spoken(day), parts.join(", and ")));
        }
        gained
    }

    /// The clients before and after a stage that changes something.
    fn clients_around(&self, stage: usize) -> Option<(EndpointSet, EndpointSet)> {
        let path = &self.people.timeline().paths[self.path];
        let position = path.steps.iter().position(|step| step.stage == stage)?;
        let before = position.checked_sub(1);
        let old = before.map_or(&path.start, |before| &path.steps[before].state);
        Some((old.endpoints, path.steps[position].state.endpoints))
    }

    fn client_change(&self, gained: EndpointSet, dropped: EndpointSet) -> Option<String> {
        let (new, old) = (self.clients(gained), self.clients(dropped));
        match (new.is_empty(), old.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("you get {}", listed(&new, "and"))),
            (true, false) => Some(format!("{} is taken away", listed(&old, "and"))),
            (false, false) => Some(format!(
                "you get {} instead of {}",
                listed(&new, "and"),
                listed(&old, "and")
            )),
        }
    }

    fn clients(&self, clients: EndpointSet) -> Vec<Cow<'static, str>> {
        let clients = clients.iter();
        clients
            .map(|client| Cow::Owned(self.products.client_name(client).to_owned()))
            .collect()
    }

    /// Says what the findings at one event mean: for each kind and end of it one sentence.
    fn findings(&self, event: usize, findings: &[Finding], spells: &[Spell], draft: &mut Draft) {
        let day = self.report.events[event].date;
        let mut sentences: Vec<(Way, Vec<Cow<'static, str>>)> = Vec::new();
        let here = findings.iter().enumerate();
        for (position, finding) in here.filter(|(_, finding)| finding.event == event) {
            let back = self.comes_back(position, findings, spells);
            let way = Way::of(finding, back);
            let what = advice::doing(finding);
            match sentences.iter_mut().find(|(known, _)| *known == way) {
                Some((_, all)) => all.push(what),
                None => sentences.push((way, vec![what])),
            }
            draft.capabilities.push(finding.capability);
            if finding.kind() != Kind::Restored {
                let by_web_app = self.report.web_app_helps(self.path, position);
                draft.advise(advice::instead(finding, by_web_app).to_owned());
            }
        }
        sentences.sort_by_key(|(way, _)| *way);
        for (way, what) in sentences {
            draft.change(day, way.sentence(day, &what));
        }
    }

    /// The day on which something lost is there again, at least in part.
    fn comes_back(
        &self,
        position: usize,
        findings: &[Finding],
        spells: &[Spell],
    ) -> Option<NaiveDate> {
        let spell = spells.iter().find(|spell| spell.finding == position)?;
        let event = spell.ends?;
        let is_back = findings.iter().any(|finding| {
            (finding.event, finding.capability) == (event, spell.capability)
                && finding.to >= Level::Limited
        });
        is_back.then(|| self.report.events[event].date)
    }
}

/// How something changes for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// No longer, until the day on which it is back.
    Lost(Option<NaiveDate>),
    /// With restrictions.
    Limited,
    /// Perhaps.
    Unknown,
    /// Gained, or had back.
    Gained,
    /// Without the restrictions that there were.
    Whole,
    /// Gained, with restrictions.
    InPart,
    /// Gained, perhaps.
    Perhaps,
}

impl Way {
    fn of(finding: &Finding, back: Option<NaiveDate>) -> Self {
        match (finding.kind(), finding.to) {
            // Out of reach of some organizers: what can no longer be done is said, not what still can.
            (Kind::Degraded, _) if advice::is_partly_lost(finding) => Self::Lost(None),
            (Kind::Lost, _) => Self::Lost(back),
            (Kind::Degraded, _) => Self::Limited,
            (Kind::AtRisk, _) => Self::Unknown,
            (Kind::Restored, Level::Full) if finding.from == Level::Limited => Self::Whole,
            (Kind::Restored, Level::Full) => Self::Gained,
            (Kind::Restored, Level::Limited) => Self::InPart,
            (Kind::Restored, Level::Unknown | Level::None) => Self::Perhaps,
        }
    }

    fn sentence(self, day: NaiveDate, what: &[Cow<'static, str>]) -> String {
        let since = format!("From {} on", spoken(day));
        let any = listed(what, "or");
        let all = listed(what, "and");
        match self {
            Self::Lost(None) => format!("{since} you can no longer {any}."),
            Self::Lost(Some(back)) => format!(
                "From {} until {} you cannot {any}; after that you can again.",
                spoken(day),
                spoken(back.pred_opt().unwrap_or(back))
            ),
            Self::Limited => format!("{since} you can {all} only with restrictions."),
            Self::Unknown => format!("{since} it is not certain that you can {all}."),
            Self::Gained => format!("{since} you can {all}."),
            Self::Whole => format!("{since} you can {all} without the restrictions of before."),
            Self::InPart => format!("{since} you can {all}, with restrictions."),
            Self::Perhaps => format!("{since} you can perhaps {all}."),
        }
    }
}

/// A day as people say it: `1 May 2014`.
fn spoken(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `a`, `a or b`, `a, b or c`.
fn listed(parts: &[Cow<'static, str>], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.to_string(),
        [most @ .., last] => format!("{} {word} {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_lists_are_said_as_people_say_them() {
        let day = NaiveDate::from_ymd_opt(2014, 5, 1).expect("a day");
        assert_eq!(spoken(day), "1 May 2014");
        let parts = ["sign in", "see presence", "use chat rooms"].map(Cow::Borrowed);
        assert_eq!(listed(&parts[..1], "or"), "sign in");
        assert_eq!(
            listed(&parts, "or"),
            "sign in, see presence or use chat rooms"
        );
    }
}
