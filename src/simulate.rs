//! Who can do what after each event: timeline + knowledge -> states, findings, user-days.
//!
//! Every path is played once per reading; users are attached when something is written. In: a [`Timeline`] and the
//! [`KnowledgeBase`]. Out: a [`Simulation`].

mod cause;
mod level;
mod play;
mod relief;
mod rerun;
mod spell;
mod story;
mod totals;

use chrono::NaiveDate;

use crate::finding::{Finding, Kind, PlanFinding};
use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Reading};
use crate::timeline::{self, Event, Moment, Timeline};
use play::{Player, Wanted};
pub use relief::{Relief, Remedy, Survey, survey};
pub use rerun::Rerun;
pub use spell::{Spell, spells};
pub use story::{Standing, story};
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
    findings: Vec<Finding>,
    /// For each path, where its findings begin; one more entry at the end.
    begins: Vec<usize>,
}

impl Simulation {
    /// The findings of everybody who takes a path, by event, then capability.
    #[must_use]
    pub fn findings_of(&self, path: usize) -> &[Finding] {
        &self.findings[self.begins[path]..self.begins[path + 1]]
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
/// the machine. `progress` is told how many paths are done, of how many.
#[must_use]
pub fn run(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    reading: Reading,
    progress: &mut dyn FnMut(usize, usize),
) -> Simulation {
    let end = timeline::horizon(timeline, knowledge);
    let mut totals = Vec::with_capacity(Reading::ALL.len());
    let mut findings = Vec::new();
    let mut begins = vec![0];
    for (number, &each) in Reading::ALL.iter().enumerate() {
        let mut player = Player::new(timeline, knowledge, each, end);
        let wanted = if each == reading {
            Wanted::Findings
        } else {
            Wanted::Totals
        };
        for (position, path) in timeline.paths.iter().enumerate() {
            player.play(path, wanted, &mut findings);
            if wanted == Wanted::Findings {
                begins.push(findings.len());
            }
            progress(
                number * timeline.paths.len() + position + 1,
                Reading::ALL.len() * timeline.paths.len(),
            );
        }
        totals.push(player.into_totals());
    }
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
        begins,
    }
}

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
