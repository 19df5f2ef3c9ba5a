//! The answers of a sweep, scene by scene, with as little played again as possible.
//!
//! In: scenes, each a way in which the events can stand, with the order of the stages. Out: everybody's findings in each scene,
//! shown to whoever watches, and what has changed since the scene before. A new order of stages is a new timeline, and everybody
//! is played through it once. Where stages keep their order and only services' dates or the ends of licenses are passed, nobody's
//! findings can change but of those who use that service and whom a moving stage touches, so only they are played again.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use chrono::NaiveDate;

use super::SweptEvent;
use super::sums::{Calendar, Sums};
use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::model::{ProviderSet, Reading};
use crate::plan::shift::Dates;
use crate::plan::{Plan, StageIndex, StageOrder, stage_order_on};
use crate::simulate::{Rerun, Reruns};
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

    fn axis(self, motion: &Motion) -> Option<usize> {
        match self {
            Self::Stage(stage) => motion[stage.0],
            _ => None,
        }
    }
}

/// One way in which the events can stand: dates, and the order of the stages that follows from them.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) dates: Dates,
    pub(super) order: StageOrder,
    /// How the stages move around there, as a position in [`Replay::motions`].
    pub(super) motion: usize,
}

impl Scene {
    pub(super) fn new(plan: &Plan, dates: Dates, motion: usize) -> Self {
        Self {
            order: stage_order_on(plan, &dates),
            dates,
            motion,
        }
    }

    fn goes_on_in(&self, next: &Self) -> bool {
        (&self.order, self.motion) == (&next.order, next.motion)
    }
}

/// The axis along which each stage moves, if it does.
pub(super) type Motion = Vec<Option<usize>>;

/// The events of every scene of a sweep: the same ones in different orders, each with a number that does not change.
struct Catalog<'k> {
    reruns: Reruns<'k>,
    keys: Vec<Key>,
    numbers: BTreeMap<Key, usize>,
    events: Vec<SweptEvent>,
    /// One for each motion.
    calendars: Vec<Calendar>,
    horizon: NaiveDate,
}

/// What all scenes have in common.
pub(super) struct Setting {
    /// The events; empty where there is no scene.
    pub(super) events: Vec<SweptEvent>,
    /// The horizon of user-days.
    pub(super) horizon: NaiveDate,
}

/// Everybody's findings in one scene, by path, in order of the events, which are named by their numbers.
pub(super) struct Played<'a> {
    pub(super) timeline: Timeline<'a>,
    pub(super) findings: Vec<Vec<Finding>>,
    pub(super) sums: Sums,
    /// The place of each event, by its number, in the order of the scene.
    pub(super) places: Vec<usize>,
}

/// What a scene has to do with the one before.
pub(super) enum Turn<'p, 'a> {
    /// Everything was played anew; the scene before, if there was one.
    Anew(Option<&'p Played<'a>>),
    /// The stages keep their order; these paths of theirs have other findings.
    Again(Vec<usize>),
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
    /// How stages move; one that ever moves does so in each of them.
    pub(super) motions: &'q [Motion],
    /// Dates among which is the latest that a moving stage can have.
    pub(super) latest: &'q Dates,
}

impl<'a> Replay<'a, '_> {
    /// Plays the scenes one after the other; those of one order and motion should follow each other. `watch` is shown each;
    /// `progress` is told how many orders of stages have been played, of how many.
    pub(super) fn play(
        &self,
        scenes: &[Scene],
        watch: &mut dyn FnMut(&Played<'a>, Turn<'_, 'a>),
        progress: &mut dyn FnMut(usize, usize),
    ) -> Setting {
        let groups: Vec<&[Scene]> = scenes.chunk_by(Scene::goes_on_in).collect();
        let orders = groups.iter().map(|group| group[0].order.clone()).collect();
        let mut catalog: Option<Catalog<'a>> = None;
        let mut before: Option<Played<'a>> = None;
        let (plan, inventory, knowledge) = (self.plan, self.inventory, self.knowledge);
        let timelines = Orders::new(plan, inventory, knowledge, orders, NonZeroUsize::MIN);
        for (number, (group, timeline)) in groups.iter().zip(timelines).enumerate() {
            let catalog = catalog.get_or_insert_with(|| self.catalog(&timeline));
            before = Some(self.play_order(group, timeline, catalog, before, watch));
            progress(number + 1, groups.len());
        }
        match catalog {
            Some(catalog) => Setting {
                events: catalog.events,
                horizon: catalog.horizon,
            },
            None => Setting {
                events: Vec::new(),
                horizon: self.plan.end.unwrap_or(self.plan.baseline),
            },
        }
    }

    fn catalog(&self, timeline: &Timeline<'_>) -> Catalog<'a> {
        let horizon = timeline::horizon_on(timeline, self.latest, self.knowledge);
        let planned = Dates::of(self.plan);
        let events = timeline::events_on(timeline, &planned, self.knowledge, self.reading);
        let keys: Vec<Key> = events
            .iter()
            .map(|event| Key::of(event, timeline))
            .collect();
        let calendar = |motion: &Motion| {
            let dates = events.iter().zip(&keys);
            let dates = dates.map(|(event, key)| (event.date, key.axis(motion)));
            Calendar::new(dates, horizon)
        };
        let swept = events.iter().zip(&keys).map(|(event, key)| SweptEvent {
            id: event.id.clone(),
            title: event.title.clone(),
            date: event.date,
            moves: self.moves(*key),
            is_stage: matches!(key, Key::Stage(_)),
        });
        Catalog {
            reruns: Reruns::new(self.plan, self.knowledge, self.reading),
            events: swept.collect(),
            calendars: self.motions.iter().map(calendar).collect(),
            numbers: keys
                .iter()
                .enumerate()
                .map(|(number, &key)| (key, number))
                .collect(),
            keys,
            horizon,
        }
    }

    fn moves(&self, key: Key) -> bool {
        let motions = self.motions.first();
        motions.is_some_and(|motion| key.axis(motion).is_some())
    }

    /// Scenes of one order of the stages: everybody is played in the first of them, and those concerned again wherever a moving
    /// stage passes something else.
    fn play_order(
        &self,
        scenes: &[Scene],
        timeline: Timeline<'a>,
        catalog: &Catalog<'a>,
        before: Option<Played<'a>>,
        watch: &mut dyn FnMut(&Played<'a>, Turn<'_, 'a>),
    ) -> Played<'a> {
        let mut played = Played {
            findings: Vec::with_capacity(timeline.paths.len()),
            sums: Sums::new(catalog.events.len()),
            timeline,
            places: Vec::new(),
        };
        for (number, scene) in scenes.iter().enumerate() {
            let calendar = &catalog.calendars[scene.motion];
            let (mut rerun, numbers) = self.rerun(&played.timeline, scene, catalog);
            let last = std::mem::replace(&mut played.places, places(&numbers));
            if number == 0 {
                played.play_all(&mut rerun, &numbers, calendar);
                watch(&played, Turn::Anew(before.as_ref()));
            } else {
                let passed = self.passed(catalog, &last, &played.places);
                let again = self.play_again(&mut played, &mut rerun, &numbers, &passed, calendar);
                watch(&played, Turn::Again(again));
            }
        }
        played
    }

    fn rerun(
        &self,
        timeline: &Timeline<'_>,
        scene: &Scene,
        catalog: &Catalog<'a>,
    ) -> (Rerun<'a>, Vec<usize>) {
        let rerun = catalog.reruns.on(timeline, &scene.dates);
        let events = rerun.events().iter();
        let numbers = events.map(|event| catalog.numbers[&Key::of(event, timeline)]);
        let numbers = numbers.collect();
        (rerun, numbers)
    }

    /// The services and ends of licenses that some moving stage stands on another side of.
    fn passed(&self, catalog: &Catalog<'a>, before: &[usize], after: &[usize]) -> Passed {
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

    /// Plays those again whom it can concern; gives the paths on which something else is found.
    fn play_again(
        &self,
        played: &mut Played<'_>,
        rerun: &mut Rerun<'_>,
        numbers: &[usize],
        passed: &Passed,
        calendar: &Calendar,
    ) -> Vec<usize> {
        let order = played.timeline.order.iter();
        let moving: Vec<bool> = order.map(|&stage| self.moves(Key::Stage(stage))).collect();
        let mut others = Vec::new();
        let paths = played.timeline.paths.iter().zip(&mut played.findings);
        for (number, (path, findings)) in paths.enumerate() {
            if passed.concerns(path) && path.steps.iter().any(|step| moving[step.stage]) {
                let new = renumbered(rerun.findings(path), numbers);
                played.sums.take_off(findings, path.users, calendar);
                played.sums.add(&new, path.users, calendar);
                if !are_the_same(findings, &new) {
                    others.push(number);
                }
                *findings = new;
            }
        }
        others
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
    fn play_all(&mut self, rerun: &mut Rerun<'_>, numbers: &[usize], calendar: &Calendar) {
        for path in &self.timeline.paths {
            let findings = renumbered(rerun.findings(path), numbers);
            self.sums.add(&findings, path.users, calendar);
            self.findings.push(findings);
        }
    }

    /// Has any user other findings than before?
    pub(super) fn differs_from(&self, before: &Self) -> bool {
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
    one == other || (one.len() == other.len() && in_order(one) == in_order(other))
}

/// Findings by the numbers of their events, which does not depend on when these happen.
pub(super) fn in_order(findings: &[Finding]) -> Vec<&Finding> {
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_unstable_by_key(|finding| (finding.event, finding.capability));
    ordered
}
