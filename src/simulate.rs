//! Who can do what after each event: timeline + knowledge -> states, findings, user-days.
//!
//! Every path is played once per reading; users are attached when something is written. In: a [`Timeline`] and the
//! [`KnowledgeBase`]. Out: a [`Simulation`].

mod cause;
mod concern;
mod evidence;
mod level;
mod level_set;
mod play;
mod relief;
mod rerun;
mod spell;
mod story;
mod table;
mod totals;

use std::num::NonZeroUsize;
use std::ops;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::finding::{Finding, Kind, PlanFinding};
use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Reading};
use crate::threads::in_parts_telling;
use crate::timeline::{self, Event, Moment, Timeline};
use play::{Player, Wanted};
pub use relief::{Relief, Remedy, Survey, survey};
pub use rerun::{Rerun, Reruns};
pub use spell::{Spell, spells};
pub use story::{Standing, story};
use table::Table;
pub use totals::{Changes, Counts, Range, Totals};

/// What one event leaves behind.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The event.
    pub event: Event,
    /// Users whose pool changed at it.
    pub users_moved: u64,
    /// Users whose endpoints changed at it.
    pub users_reclient: u64,
    /// Users by level after it, for each capability.
    pub state: [Counts; Capability::COUNT],
    /// Findings at it by kind (users), for each capability.
    pub changes: [Changes; Capability::COUNT],
    /// Users at none after it, from the lenient to the strict reading.
    pub range: [Range; Capability::COUNT],
}

/// The answer of one run.
#[derive(Debug)]
pub struct Simulation {
    /// The reading of the documents.
    pub reading: Reading,
    /// The horizon of user-days; that day does not count.
    pub end: NaiveDate,
    /// What each event leaves behind, in order.
    pub outcomes: Vec<Outcome>,
    /// Risks of the plan itself, in order of their events.
    pub plan_findings: Vec<PlanFinding>,
    /// Days spent at none after a loss, summed over users, for each capability.
    pub user_days: [u64; Capability::COUNT],
    /// Findings of every path, by event, then capability; see [`Self::findings_of`].
    findings: Vec<PathFindings>,
}

/// The findings of a stretch of the paths.
#[derive(Debug, Default)]
struct PathFindings {
    /// The first of the paths.
    first: usize,
    list: Vec<Finding>,
    /// For each path, where its findings stand.
    places: Vec<ops::Range<u32>>,
}

impl PathFindings {
    /// Notes that the findings from `begin` on are those of the next path.
    fn note(&mut self, begin: usize) {
        let place = |at: usize| u32::try_from(at).expect("findings of paths fit u32");
        self.places.push(place(begin)..place(self.list.len()));
    }

    fn of(&self, at: usize) -> &[Finding] {
        let place = &self.places[at];
        &self.list[place.start as usize..place.end as usize]
    }

    /// The same with each list of findings once.
    fn shared(self) -> Self {
        let mut shared = Self {
            first: self.first,
            ..Self::default()
        };
        let mut known: FxHashMap<&[Finding], ops::Range<u32>> = FxHashMap::default();
        for at in 0..self.places.len() {
            let findings = self.of(at);
            if let Some(place) = known.get(findings) {
                shared.places.push(place.clone());
                continue;
            }
            let begin = shared.list.len();
            shared.list.extend_from_slice(findings);
            shared.note(begin);
            known.insert(findings, shared.places[at].clone());
        }
        shared.list.shrink_to_fit();
        shared
    }
}

impl Simulation {
    /// The findings of everybody who takes a path, by event, then capability.
    #[must_use]
    pub fn findings_of(&self, path: usize) -> &[Finding] {
        let behind = self.findings.partition_point(|part| part.first <= path);
        let part = &self.findings[behind - 1];
        part.of(path - part.first)
    }

    /// Keeps findings that are the same for several paths once. Worth its time for whoever goes on to hold much else beside them.
    #[must_use]
    pub fn compact(self) -> Self {
        let findings = self.findings.into_iter().map(PathFindings::shared);
        Self {
            findings: findings.collect(),
            ..self
        }
    }

    /// How many findings there are, users counted (a finding of a path with five users counts five).
    #[must_use]
    pub fn finding_count(&self) -> u64 {
        let kinds = self.outcomes.iter().flat_map(|outcome| &outcome.changes);
        kinds
            .map(|changes| Kind::ALL.iter().map(|&kind| changes.get(kind)).sum::<u64>())
            .sum()
    }
}

/// Plays every path through the events, in all three readings for totals and ranges, in one for findings.
///
/// In: the timeline, the documents, the reading wanted. Out: states, findings, user-days; the same for the same input, whatever
/// the machine and on however many threads. `progress` is told how many paths are done, of how many.
#[must_use]
pub fn run(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    reading: Reading,
    threads: NonZeroUsize,
    progress: &mut dyn FnMut(usize, usize),
) -> Simulation {
    let end = timeline::horizon(timeline, knowledge);
    let readings = Reading::ALL.iter();
    let tables: Vec<Arc<Table<'_>>> = readings
        .map(|&each| Table::of(timeline.plan, knowledge, each))
        .collect();
    let readings = Reading::ALL.iter();
    let events: Vec<Vec<Event>> = readings
        .map(|&each| timeline::events(timeline, knowledge, each))
        .collect();
    let players = || {
        let players = tables.iter().zip(&events);
        let player = |(table, events): (_, &Vec<Event>)| {
            Player::through(events.clone(), timeline, table, end)
        };
        players.map(player).collect()
    };
    let done = AtomicUsize::new(0);
    let parts = in_parts_telling(
        &timeline.paths,
        threads,
        WORTH_A_THREAD,
        progress,
        |paths, progress| {
            let mut part = Part::new(players());
            for path in paths {
                part.play(path, reading);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress(done, timeline.paths.len());
            }
            part
        },
    );
    let (players, findings) = joined(parts, players());
    let totals: Vec<Totals> = players.into_iter().map(Player::into_totals).collect();
    let chosen = &totals[reading.index()];
    let outcomes = (0..chosen.events.len())
        .map(|position| outcome(timeline, &totals, reading, position))
        .collect();
    let plan_findings = plan_findings(timeline, &chosen.events);
    Simulation {
        reading,
        end,
        outcomes,
        plan_findings,
        user_days: chosen.user_days,
        findings,
    }
}

/// What has become of a stretch of the paths.
struct Part<'k> {
    /// One for each reading.
    players: Vec<Player<'k>>,
    findings: PathFindings,
}

impl<'k> Part<'k> {
    fn new(players: Vec<Player<'k>>) -> Self {
        Self {
            players,
            findings: PathFindings::default(),
        }
    }

    /// Plays a path in every reading: in one for findings, in the others for what ranges are made of.
    fn play(&mut self, path: &timeline::Path, reading: Reading) {
        let begin = self.findings.list.len();
        for (&each, player) in Reading::ALL.iter().zip(&mut self.players) {
            let wanted = if each == reading {
                Wanted::Findings
            } else {
                Wanted::States
            };
            player.play(path, wanted, &mut self.findings.list);
        }
        self.findings.note(begin);
    }
}

/// The sums of all stretches in one player for each reading, and their findings.
fn joined<'k>(
    parts: Vec<Part<'k>>,
    mut players: Vec<Player<'k>>,
) -> (Vec<Player<'k>>, Vec<PathFindings>) {
    let mut first = 0;
    let mut all = Vec::new();
    for part in parts {
        for (player, of_part) in players.iter_mut().zip(part.players) {
            player.take_in(of_part);
        }
        let findings = PathFindings {
            first,
            ..part.findings
        };
        first += findings.places.len();
        all.push(findings);
    }
    (players, all)
}

/// A thread for fewer paths costs more than it saves.
const WORTH_A_THREAD: usize = 1000;

fn outcome(
    timeline: &Timeline<'_>,
    totals: &[Totals],
    reading: Reading,
    position: usize,
) -> Outcome {
    let chosen = &totals[reading.index()];
    let event = &chosen.events[position];
    let effect = match event.kind {
        timeline::EventKind::Stage(stage) => Some(&timeline.effects[stage]),
        _ => None,
    };
    let lenient = totals[Reading::Lenient.index()].state_after(event);
    let strict = totals[Reading::Strict.index()].state_after(event);
    Outcome {
        event: event.clone(),
        users_moved: effect.map_or(0, |effect| effect.users_moved),
        users_reclient: effect.map_or(0, |effect| effect.users_reclient),
        state: chosen.states[position],
        changes: chosen.changes[position],
        range: std::array::from_fn(|capability| Range {
            lenient: lenient[capability].none,
            strict: strict[capability].none,
        }),
    }
}

/// Names the event of each risk of the plan.
fn plan_findings(timeline: &Timeline<'_>, events: &[Event]) -> Vec<PlanFinding> {
    let name = |moment: Moment| match moment {
        Moment::Baseline => "baseline".to_owned(),
        Moment::Stage(position) => timeline.plan.stages[timeline.order[position].0].id.clone(),
        Moment::End => events
            .last()
            .map_or_else(|| "baseline".to_owned(), |event| event.id.clone()),
    };
    let risks = timeline.risks.iter();
    risks
        .map(|risk| PlanFinding {
            code: risk.code,
            event: name(risk.moment),
            subject: risk.subject.clone(),
            message: risk.message.clone(),
            rules: risk.rules.clone(),
        })
        .collect()
}
