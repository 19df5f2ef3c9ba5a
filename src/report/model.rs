//! The one model of a report: everything that any of its files says, computed once.
//!
//! In: a timeline, the documents, a finished simulation, and what only the program knows about the run ([`Run`]). Out: a
//! [`Report`]. Formats lay it out and compute nothing, so their numbers are the same. There is no user in it: groups of
//! users are described by what they have in common, and names are attached when something is written ([`people`]). Memory
//! therefore grows with the number of different users, not with their number.

mod advice;
pub mod communication;
pub mod contested;
pub mod crossing;
pub mod group;
pub mod header;
pub mod impact;
pub mod matter;
pub mod people;
pub mod phase;
pub mod quality;
pub mod remedy;
pub mod rollback;
pub mod rules;
pub mod since;
pub mod stage;
pub mod timeline;
pub mod user_loss;
pub mod verdict;
pub mod wording;

use std::borrow::Cow;

use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Severity};
use crate::plan::PoolIndex;
use crate::simulate::Simulation;
use crate::timeline::Timeline;

pub use communication::{Communication, Message};
pub use contested::Contested;
pub use crossing::Crossing;
pub use group::{Change, Facet, Group};
pub use header::{Header, InputFile, Run};
pub use impact::{Numbers, Touched};
pub use matter::Matter;
pub use people::{AffectedUser, Naming, OwnNames, People};
pub use phase::{Loss, Phase};
pub use quality::{Assumed, Noticed, Quality, UnknownPart};
pub use remedy::{Help, Measure};
pub use rollback::Rollback;
pub use rules::{OpenPoint, RuleUse};
pub use since::{GroupChange, Since, SinceLine};
pub use stage::{PoolMove, StageRow};
pub use timeline::{EventRow, LossInterval};
pub use verdict::{Decision, Reason, Verdict};

/// Everything a report says.
#[derive(Debug)]
pub struct Report {
    /// What the report is about and was made from.
    pub header: Header,
    /// Go or no-go over all phases: the worst of them, with the reasons that weigh most.
    pub verdict: Verdict,
    /// The numbers over the whole plan.
    pub numbers: Numbers,
    /// The events in order: timeline, matrix and series at once.
    pub events: Vec<EventRow>,
    /// For each capability the stretches of time in which somebody has lost it.
    pub intervals: Vec<LossInterval>,
    /// Risks of the plan itself, in order of their events.
    pub plan_findings: Vec<PlanRow>,
    /// The phases in order of their first events.
    pub phases: Vec<Phase>,
    /// Points on which the documents disagree, with what hangs on them.
    pub contested: Vec<Contested>,
    /// Points that the documents leave open and on which something here rests.
    pub open_points: Vec<OpenPoint>,
    /// What was assumed, with the number of users who depend on it.
    pub assumptions: Vec<Assumed>,
    /// Users at unknown, by capability and reason.
    pub unknowns: Vec<UnknownPart>,
    /// What was read and what became of it.
    pub quality: Quality,
    /// Every rule that a finding of this report rests on.
    pub rules: Vec<RuleUse>,
    /// What differs from an earlier report, where there is one; [`build`] knows of none.
    pub since: Option<Since>,
    /// Findings of meetings that can be joined with Lync Web App 2013: path and position among its findings, ascending.
    web_app: Vec<(u32, u32)>,
}

impl Report {
    /// Can the meetings of a finding be joined with Lync Web App 2013?
    fn web_app_helps(&self, path: usize, finding: usize) -> bool {
        let place = u32::try_from(path).ok().zip(u32::try_from(finding).ok());
        place.is_some_and(|place| self.web_app.binary_search(&place).is_ok())
    }
}

/// A risk of the plan itself, with its event resolved.
#[derive(Clone, Debug)]
pub struct PlanRow {
    /// Stable across runs: a digest of code, event and subject.
    pub id: String,
    /// The code, see [`crate::finding::PlanCode`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The event's position in [`Report::events`].
    pub event: usize,
    /// The phase's position in [`Report::phases`].
    pub phase: usize,
    /// The pool, deployment, application or operation concerned.
    pub subject: String,
    /// One sentence, with the figures.
    pub message: String,
    /// Public ids of the rules behind it.
    pub rules: Vec<String>,
}

impl PlanRow {
    /// Does it keep a phase from being a plain go (contract 4.8, `docs/reports.md`)?
    #[must_use]
    pub fn is_blocking(&self) -> bool {
        self.severity == Severity::Critical
    }
}

/// Computes the report.
///
/// In: a timeline whose inventory has its users' [places](crate::inventory::Places), the simulation of that timeline, and how pools,
/// sites and departments are named. Out: the report; the same for the same input.
#[must_use]
pub fn build(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    simulation: &Simulation,
    run: Run,
    naming: &dyn Naming,
) -> Report {
    let events = timeline::events(timeline, simulation);
    let spans = phase::spans(simulation);
    let impact = impact::Impact::new(timeline, simulation, &spans);
    let plan_findings = plan_rows(knowledge, simulation, &spans);
    let context = Context {
        timeline,
        knowledge,
        simulation,
        spans: &spans,
        impact: &impact,
        plan_findings: &plan_findings,
        naming,
    };
    let survey = remedy::Surveys::new(&context);
    let phases = phase::phases(&context, &survey);
    let numbers = impact.numbers(&plan_findings);
    let rules = rules::rules(&context, &survey);
    Report {
        since: None,
        verdict: verdict::overall(&phases),
        intervals: timeline::intervals(&context),
        contested: contested::contested(&context),
        assumptions: quality::assumptions(&context),
        unknowns: survey.unknowns(&context),
        web_app: survey.into_web_app(),
        quality: quality::quality(&context),
        open_points: rules::open_points(&context, &rules),
        rules,
        header: header::header(&context, run),
        numbers,
        events,
        plan_findings,
        phases,
    }
}

/// What every part of the model is computed from.
struct Context<'c, 'a> {
    timeline: &'c Timeline<'a>,
    knowledge: &'c KnowledgeBase,
    simulation: &'c Simulation,
    spans: &'c phase::Spans,
    impact: &'c impact::Impact,
    plan_findings: &'c [PlanRow],
    naming: &'c dyn Naming,
}

impl Context<'_, '_> {
    fn total_users(&self) -> u64 {
        self.timeline.inventory.population()
    }

    /// A pool's id, as it is named in what is written.
    fn pool(&self, pool: PoolIndex) -> String {
        let id = Cow::Borrowed(self.timeline.plan.pool(pool).id.as_str());
        self.naming.pool(id).into_owned()
    }

    fn rule_ids(&self, rules: &[crate::knowledge::Rule]) -> Vec<String> {
        let ids = rules.iter().map(|&rule| self.knowledge.rule_id(rule));
        ids.map(str::to_owned).collect()
    }
}

fn plan_rows(
    knowledge: &KnowledgeBase,
    simulation: &Simulation,
    spans: &phase::Spans,
) -> Vec<PlanRow> {
    let outcomes = &simulation.outcomes;
    let findings = simulation.plan_findings.iter().map(|finding| {
        let event = outcomes
            .iter()
            .position(|outcome| outcome.event.id == finding.event);
        let event = event.unwrap_or(0);
        let rules = finding.rules.iter().map(|&rule| knowledge.rule_id(rule));
        PlanRow {
            id: String::new(),
            code: finding.code.id(),
            severity: finding.code.severity(),
            event,
            phase: spans.phase_of_event[event],
            subject: finding.subject.clone(),
            message: finding.message.clone(),
            rules: rules.map(str::to_owned).collect(),
        }
    });
    let mut rows: Vec<PlanRow> = findings.collect();
    let events: Vec<String> = outcomes
        .iter()
        .map(|outcome| outcome.event.id.clone())
        .collect();
    matter::identify(&mut rows, &events);
    rows
}

/// One value for each capability, in the contract's order.
pub type ByCapability<T> = [T; Capability::COUNT];
