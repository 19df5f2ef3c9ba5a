//! The answers of a sweep, stretch by stretch, with as little played again as possible.
//!
//! In: the stretches on which the stages keep one order. Out: for each stretch on which all events keep one order, the sums, and
//! whether somebody's findings differ from the stretch before. A new order of stages is a new timeline, and everybody is played
//! through it once. When a moving stage only passes a service's end or the end of licenses, nobody's findings can change but of
//! those who use that service and whom the stage touches, so only they are played again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::stretch::{Block, Shifts, Stretch};
use super::sums::{Calendar, Sums};
use super::{Question, SweptEvent};
use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::model::ProviderSet;
use crate::plan::{Plan, StageIndex};
use crate::simulate::Rerun;
use crate::timeline::{self, Event, EventKind, Orders, Path, Timeline, path_pairs};

/// An event, whatever its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Baseline,
    Service(usize),
    License(NaiveDate),
    Stage(StageIndex),
}

impl Key {
    fn of(event: &Event, timeline: &Timeline<'_>) -> Self {
        match event.kind {
            EventKind::Baseline => Self::Baseline,
            EventKind::Service(service) => Self::Service(service),
            EventKind::License => Self::License(event.date),
            EventKind::Stage(position) => Self::Stage(timeline.order[position]),
        }
    }
}

/// The events of every day of a sweep: the same ones in different orders, each with a number that does not change.
struct Catalog {
    numbers: BTreeMap<Key, usize>,
    events: Vec<SweptEvent>,
    calendar: Calendar,
    horizon: NaiveDate,
}

/// What holds on the days of one stretch.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) shifts: Shifts,
    pub(super) sums: Sums,
    /// The place of each event, by its number, in the order of these days.
    pub(super) places: Vec<usize>,
    /// Is some user's finding another one than on the stretch before?
    pub(super) differs: bool,
}

/// Everything a sweep found, before neighbors that agree are joined.
pub(super) struct Answers {
    pub(super) events: Vec<SweptEvent>,
    pub(super) horizon: NaiveDate,
    pub(super) answered: Vec<Answered>,
}

/// Everybody's findings on the stretch played last, by path, in order of the events, which are named by their numbers.
struct Played<'a> {
    timeline: Timeline<'a>,
    findings: Vec<Vec<Finding>>,
    sums: Sums,
}

/// What a moving stage passes at the beginning of a stretch, beside stages.
#[derive(Default)]
struct Passed {
    providers: ProviderSet,
    licenses: BTreeSet<NaiveDate>,
}

pub(super) struct Replay<'a, 'q> {
    pub(super) plan: &'a Plan,
    pub(super) inventory: &'a Inventory,
    pub(super) knowledge: &'a KnowledgeBase,
    pub(super) question: &'q Question,
    pub(super) block: &'q Block,
    pub(super) possible: Shifts,
}

impl<'a> Replay<'a, '_> {
    /// `progress` is told how many orders of stages have been played, of how many.
    pub(super) fn answers(&self, progress: &mut dyn FnMut(usize, usize)) -> Answers {
        let stretches = self.block.stretches(self.plan, self.possible);
        let orders: Vec<_> = stretches
            .iter()
            .map(|stretch| stretch.order.clone())
            .collect();
        let count = orders.len();
        let mut catalog: Option<Catalog> = None;
        let mut answered = Vec::new();
        let mut before: Option<Played<'a>> = None;
        let timelines = Orders::new(self.plan, self.inventory, self.knowledge, orders);
        for (number, (stretch, timeline)) in stretches.iter().zip(timelines).enumerate() {
            let catalog = catalog.get_or_insert_with(|| self.catalog(&timeline));
            before = Some(self.play_order(stretch, timeline, catalog, before, &mut answered));
            progress(number + 1, count);
        }
        let (events, horizon) = catalog.map_or_else(
            || (Vec::new(), self.plan.baseline),
            |catalog| (catalog.events, catalog.horizon),
        );
        Answers {
            events,
            horizon,
            answered,
        }
    }

    fn catalog(&self, timeline: &Timeline<'_>) -> Catalog {
        let last = self.block.dates(self.possible.last);
        let horizon = timeline::horizon_on(timeline, &last, self.knowledge);
        let events = timeline::events_on(
            timeline,
            &self.block.planned,
            self.knowledge,
            self.question.reading,
        );
        let moves = |event: &Event| match Key::of(event, timeline) {
            Key::Stage(stage) => self.block.members.contains(&stage),
            _ => false,
        };
        let numbers = events.iter().enumerate();
        Catalog {
            numbers: numbers
                .map(|(number, event)| (Key::of(event, timeline), number))
                .collect(),
            calendar: Calendar::new(
                events.iter().map(|event| (event.date, moves(event))),
                horizon,
            ),
            events: events
                .iter()
                .map(|event| SweptEvent {
                    id: event.id.clone(),
                    title: event.title.clone(),
                    date: event.date,
                    moves: moves(event),
                    is_stage: matches!(event.kind, EventKind::Stage(_)),
                })
                .collect(),
            horizon,
        }
    }

    /// One order of the stages: everybody is played on its first days, and those concerned again wherever a moving stage
    /// passes something else.
    fn play_order(
        &self,
        stretch: &Stretch,
        timeline: Timeline<'a>,
        catalog: &Catalog,
        before: Option<Played<'a>>,
        answered: &mut Vec<Answered>,
    ) -> Played<'a> {
        let passes = self.passes(stretch, &timeline);
        let mut parts = stretch
            .shifts
            .cut(&passes.keys().copied().collect())
            .into_iter();
        let mut played = Played {
            findings: Vec::with_capacity(timeline.paths.len()),
            sums: Sums::new(catalog.events.len()),
            timeline,
        };
        if let Some(shifts) = parts.next() {
            let numbers = self.play_all(&mut played, shifts, catalog);
            let differs = before.is_none_or(|before| played.differs_from(&before));
            answered.push(Answered::new(shifts, &played, &numbers, differs));
        }
        for shifts in parts {
            let passed = &passes[&shifts.first];
            let (numbers, differs) = self.play_again(&mut played, shifts, passed, catalog);
            answered.push(Answered::new(shifts, &played, &numbers, differs));
        }
        played
    }

    /// Where, after its first day, moving stages pass services' dates and the ends of licenses in a stretch. On the day itself
    /// these come before stages, so that day already belongs to the time after.
    fn passes(&self, stretch: &Stretch, timeline: &Timeline<'_>) -> BTreeMap<i64, Passed> {
        let mut passes: BTreeMap<i64, Passed> = BTreeMap::new();
        let dates = self.block.dates(stretch.shifts.first);
        for event in timeline::events_on(timeline, &dates, self.knowledge, self.question.reading) {
            for shift in self.block.meetings(event.date) {
                if shift <= stretch.shifts.first || shift > stretch.shifts.last {
                    continue;
                }
                match event.kind {
                    EventKind::Service(service) => {
                        let passed = &mut passes.entry(shift).or_default().providers;
                        *passed = passed.with(self.knowledge.services()[service].provider);
                    }
                    EventKind::License => {
                        passes.entry(shift).or_default().licenses.insert(event.date);
                    }
                    EventKind::Baseline | EventKind::Stage(_) => {}
                }
            }
        }
        passes
    }

    fn rerun(
        &self,
        timeline: &Timeline<'_>,
        shifts: Shifts,
        catalog: &Catalog,
    ) -> (Rerun<'a>, Vec<usize>) {
        let dates = self.block.dates(shifts.first);
        let rerun = Rerun::new(timeline, &dates, self.knowledge, self.question.reading);
        let numbers = rerun.events().iter();
        let numbers = numbers
            .map(|event| catalog.numbers[&Key::of(event, timeline)])
            .collect();
        (rerun, numbers)
    }

    fn play_all(&self, played: &mut Played<'_>, shifts: Shifts, catalog: &Catalog) -> Vec<usize> {
        let (mut rerun, numbers) = self.rerun(&played.timeline, shifts, catalog);
        for path in &played.timeline.paths {
            let findings = renumbered(rerun.findings(path), &numbers);
            played.sums.add(&findings, path.users, &catalog.calendar);
            played.findings.push(findings);
        }
        numbers
    }

    fn play_again(
        &self,
        played: &mut Played<'_>,
        shifts: Shifts,
        passed: &Passed,
        catalog: &Catalog,
    ) -> (Vec<usize>, bool) {
        let (mut rerun, numbers) = self.rerun(&played.timeline, shifts, catalog);
        let moving: Vec<bool> = played
            .timeline
            .order
            .iter()
            .map(|stage| self.block.members.contains(stage))
            .collect();
        let mut differs = false;
        for (path, findings) in played.timeline.paths.iter().zip(&mut played.findings) {
            if passed.concerns(path) && path.steps.iter().any(|step| moving[step.stage]) {
                let new = renumbered(rerun.findings(path), &numbers);
                played
                    .sums
                    .take_off(findings, path.users, &catalog.calendar);
                played.sums.add(&new, path.users, &catalog.calendar);
                differs |= !are_the_same(findings, &new);
                *findings = new;
            }
        }
        (numbers, differs)
    }
}

impl Answered {
    fn new(shifts: Shifts, played: &Played<'_>, numbers: &[usize], differs: bool) -> Self {
        let mut places = vec![0; numbers.len()];
        for (place, &number) in numbers.iter().enumerate() {
            places[number] = place;
        }
        Self {
            shifts,
            sums: played.sums.clone(),
            places,
            differs,
        }
    }
}

impl Passed {
    /// Can it matter to those who take a path when this was passed?
    fn concerns(&self, path: &Path) -> bool {
        let traits = &path.traits;
        self.providers
            .iter()
            .any(|provider| traits.providers.has(provider))
            || traits
                .unlicensed_from
                .is_some_and(|day| self.licenses.contains(&day))
    }
}

impl Played<'_> {
    /// Has any user other findings than before?
    fn differs_from(&self, before: &Self) -> bool {
        self.sums.lost != before.sums.lost
            || self.sums.changes != before.sums.changes
            || path_pairs(&before.timeline, &self.timeline)
                .any(|(old, new)| !are_the_same(&before.findings[old], &self.findings[new]))
    }
}

fn renumbered(mut findings: Vec<Finding>, numbers: &[usize]) -> Vec<Finding> {
    for finding in &mut findings {
        finding.event = numbers[finding.event];
    }
    findings
}

/// Do two lists hold the same findings, in whatever order?
fn are_the_same(one: &[Finding], other: &[Finding]) -> bool {
    fn ordered(findings: &[Finding]) -> Vec<&Finding> {
        let mut ordered: Vec<&Finding> = findings.iter().collect();
        ordered.sort_unstable_by_key(|finding| (finding.event, finding.capability));
        ordered
    }
    one == other || (one.len() == other.len() && ordered(one) == ordered(other))
}
