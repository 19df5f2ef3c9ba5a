//! The answers of a sweep, scene by scene, with as little played again as possible.
//!
//! In: scenes, each a day's dates with the order of the stages. Out: for each scene the sums, and whether somebody's findings
//! differ from the scene before. A new order of stages is a new timeline, and everybody is played through it once. Where stages
//! keep their order and only services' dates or the ends of licenses are passed, nobody's findings can change but of those who
//! use that service and whom a moving stage touches, so only they are played again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::SweptEvent;
use super::sums::{Calendar, Sums};
use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::model::{ProviderSet, Reading};
use crate::plan::shift::Dates;
use crate::plan::{Plan, StageIndex, StageOrder, stage_order_on};
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

/// One way in which the events can stand: dates, and the order of the stages that follows from them.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) dates: Dates,
    pub(super) order: StageOrder,
}

impl Scene {
    pub(super) fn new(plan: &Plan, dates: Dates) -> Self {
        Self {
            order: stage_order_on(plan, &dates),
            dates,
        }
    }
}

/// The events of every scene of a sweep: the same ones in different orders, each with a number that does not change.
struct Catalog {
    keys: Vec<Key>,
    numbers: BTreeMap<Key, usize>,
    events: Vec<SweptEvent>,
    calendar: Calendar,
    horizon: NaiveDate,
}

/// What holds in one scene.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) sums: Sums,
    /// The place of each event, by its number, in the order of the scene.
    pub(super) places: Vec<usize>,
    /// Is some user's finding another one than in the scene before?
    pub(super) differs: bool,
}

/// Everything a sweep found, before neighbors that agree are joined.
pub(super) struct Answers {
    pub(super) events: Vec<SweptEvent>,
    pub(super) horizon: NaiveDate,
    pub(super) answered: Vec<Answered>,
}

/// Everybody's findings in the scene played last, by path, in order of the events, which are named by their numbers.
struct Played<'a> {
    timeline: Timeline<'a>,
    findings: Vec<Vec<Finding>>,
    sums: Sums,
}

/// What moving stages pass between two scenes, beside stages.
#[derive(Default)]
struct Passed {
    providers: ProviderSet,
    licenses: BTreeSet<NaiveDate>,
}

pub(super) struct Replay<'a, 'q> {
    pub(super) plan: &'a Plan,
    pub(super) inventory: &'a Inventory,
    pub(super) knowledge: &'a KnowledgeBase,
    pub(super) reading: Reading,
    /// The axis along which each stage moves, if it does.
    pub(super) axes: &'q [Option<usize>],
    /// Dates among which is the latest that a moving stage can have.
    pub(super) latest: &'q Dates,
}

impl<'a> Replay<'a, '_> {
    /// Plays the scenes one after the other. `progress` is told how many orders of stages have been played, of how many.
    pub(super) fn answers(
        &self,
        scenes: &[Scene],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Answers {
        let groups: Vec<&[Scene]> = scenes
            .chunk_by(|one, next| one.order == next.order)
            .collect();
        let orders = groups.iter().map(|group| group[0].order.clone()).collect();
        let mut catalog: Option<Catalog> = None;
        let mut answered = Vec::with_capacity(scenes.len());
        let mut before: Option<Played<'a>> = None;
        let timelines = Orders::new(self.plan, self.inventory, self.knowledge, orders);
        for (number, (group, timeline)) in groups.iter().zip(timelines).enumerate() {
            let catalog = catalog.get_or_insert_with(|| self.catalog(&timeline));
            before = Some(self.play_order(group, timeline, catalog, before, &mut answered));
            progress(number + 1, groups.len());
        }
        let (events, horizon) = catalog.map_or_else(
            || (Vec::new(), self.plan.end.unwrap_or(self.plan.baseline)),
            |catalog| (catalog.events, catalog.horizon),
        );
        Answers {
            events,
            horizon,
            answered,
        }
    }

    fn catalog(&self, timeline: &Timeline<'_>) -> Catalog {
        let horizon = timeline::horizon_on(timeline, self.latest, self.knowledge);
        let planned = Dates::of(self.plan);
        let events = timeline::events_on(timeline, &planned, self.knowledge, self.reading);
        let keys: Vec<Key> = events
            .iter()
            .map(|event| Key::of(event, timeline))
            .collect();
        let axis = |key: &Key| match key {
            Key::Stage(stage) => self.axes[stage.0],
            _ => None,
        };
        let dates = events
            .iter()
            .zip(&keys)
            .map(|(event, key)| (event.date, axis(key)));
        let calendar = Calendar::new(dates, horizon);
        let swept = events.iter().zip(&keys).map(|(event, key)| SweptEvent {
            id: event.id.clone(),
            title: event.title.clone(),
            date: event.date,
            moves: axis(key).is_some(),
            is_stage: matches!(key, Key::Stage(_)),
        });
        Catalog {
            events: swept.collect(),
            numbers: keys
                .iter()
                .enumerate()
                .map(|(number, &key)| (key, number))
                .collect(),
            keys,
            calendar,
            horizon,
        }
    }

    /// Scenes of one order of the stages: everybody is played in the first of them, and those concerned again wherever a moving
    /// stage passes something else.
    fn play_order(
        &self,
        scenes: &[Scene],
        timeline: Timeline<'a>,
        catalog: &Catalog,
        before: Option<Played<'a>>,
        answered: &mut Vec<Answered>,
    ) -> Played<'a> {
        let mut played = Played {
            findings: Vec::with_capacity(timeline.paths.len()),
            sums: Sums::new(catalog.events.len()),
            timeline,
        };
        for (number, scene) in scenes.iter().enumerate() {
            let (mut rerun, numbers) = self.rerun(&played.timeline, scene, catalog);
            let places = places(&numbers);
            let differs = match answered.last().filter(|_| number > 0) {
                Some(last) => {
                    let passed = self.passed(catalog, &last.places, &places);
                    self.play_again(&mut played, &mut rerun, &numbers, &passed, catalog)
                }
                None => {
                    played.play_all(&mut rerun, &numbers, catalog);
                    before
                        .as_ref()
                        .is_none_or(|before| played.differs_from(before))
                }
            };
            answered.push(Answered {
                sums: played.sums.clone(),
                places,
                differs,
            });
        }
        played
    }

    fn rerun(
        &self,
        timeline: &Timeline<'_>,
        scene: &Scene,
        catalog: &Catalog,
    ) -> (Rerun<'a>, Vec<usize>) {
        let rerun = Rerun::new(timeline, &scene.dates, self.knowledge, self.reading);
        let events = rerun.events().iter();
        let numbers = events.map(|event| catalog.numbers[&Key::of(event, timeline)]);
        let numbers = numbers.collect();
        (rerun, numbers)
    }

    /// The services and ends of licenses that some moving stage stands on another side of.
    fn passed(&self, catalog: &Catalog, before: &[usize], after: &[usize]) -> Passed {
        let mut passed = Passed::default();
        let moving = (0..before.len()).filter(|&number| catalog.events[number].moves);
        for stage in moving {
            for (number, key) in catalog.keys.iter().enumerate() {
                if (before[stage] < before[number]) == (after[stage] < after[number]) {
                    continue;
                }
                match *key {
                    Key::Service(service) => {
                        let provider = self.knowledge.services()[service].provider;
                        passed.providers = passed.providers.with(provider);
                    }
                    Key::License(day) => {
                        passed.licenses.insert(day);
                    }
                    Key::Baseline | Key::Stage(_) => {}
                }
            }
        }
        passed
    }

    /// Plays those again whom it can concern; says whether anybody finds something else.
    fn play_again(
        &self,
        played: &mut Played<'_>,
        rerun: &mut Rerun<'_>,
        numbers: &[usize],
        passed: &Passed,
        catalog: &Catalog,
    ) -> bool {
        let order = played.timeline.order.iter();
        let moving: Vec<bool> = order.map(|stage| self.axes[stage.0].is_some()).collect();
        let mut differs = false;
        for (path, findings) in played.timeline.paths.iter().zip(&mut played.findings) {
            if passed.concerns(path) && path.steps.iter().any(|step| moving[step.stage]) {
                let new = renumbered(rerun.findings(path), numbers);
                let calendar = &catalog.calendar;
                played.sums.take_off(findings, path.users, calendar);
                played.sums.add(&new, path.users, calendar);
                differs |= !are_the_same(findings, &new);
                *findings = new;
            }
        }
        differs
    }
}

/// The place of each number in a list of them.
fn places(numbers: &[usize]) -> Vec<usize> {
    let mut places = vec![0; numbers.len()];
    for (place, &number) in numbers.iter().enumerate() {
        places[number] = place;
    }
    places
}

impl Passed {
    /// Can it matter to those who take a path when this was passed?
    fn concerns(&self, path: &Path) -> bool {
        let traits = &path.traits;
        let mut providers = self.providers.iter();
        providers.any(|provider| traits.providers.has(provider))
            || traits
                .unlicensed_from
                .is_some_and(|day| self.licenses.contains(&day))
    }
}

impl Played<'_> {
    fn play_all(&mut self, rerun: &mut Rerun<'_>, numbers: &[usize], catalog: &Catalog) {
        for path in &self.timeline.paths {
            let findings = renumbered(rerun.findings(path), numbers);
            self.sums.add(&findings, path.users, &catalog.calendar);
            self.findings.push(findings);
        }
    }

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
