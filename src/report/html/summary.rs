//! The first screen: verdict, numbers, what weighs most and what to do about it.

use crate::report::markup::visible;
use crate::report::model::header::UNDER_PSEUDONYMS;
use crate::report::model::wording::{self, number};
use crate::report::model::{Decision, Reason, Report};

/// How many reasons the first screen shows.
const TOP: usize = 5;

/// A number with its name, and a word on what it means.
pub(super) struct Tile {
    pub(super) name: &'static str,
    pub(super) figure: String,
    pub(super) more: String,
    pub(super) class: &'static str,
}

/// A reason against a plain go.
pub(super) struct ReasonView {
    pub(super) phase: usize,
    pub(super) severity: &'static str,
    pub(super) text: String,
    pub(super) action: String,
    pub(super) due: String,
}

impl ReasonView {
    pub(super) fn new(reason: &Reason) -> Self {
        Self {
            phase: reason.phase,
            severity: reason.severity.id(),
            text: visible(&reason.text),
            action: visible(reason.action_or_acceptance()),
            due: reason.due.to_string(),
        }
    }
}

/// An advice as its words, its sign and its style.
pub(super) struct DecisionView {
    pub(super) name: &'static str,
    /// The same in one word, for narrow columns.
    pub(super) short: &'static str,
    pub(super) sign: &'static str,
    pub(super) class: &'static str,
}

impl DecisionView {
    pub(super) const fn new(decision: Decision) -> Self {
        Self {
            name: decision.name(),
            sign: match decision {
                Decision::Go => "✓",
                Decision::GoWithConditions => "▲",
                Decision::NoGo => "✕",
            },
            short: match decision {
                Decision::Go => "Go",
                Decision::GoWithConditions => "Conditions",
                Decision::NoGo => "No-go",
            },
            class: decision.id(),
        }
    }
}

/// A line of the phase overview.
pub(super) struct PhaseLine {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) days: String,
    pub(super) decision: DecisionView,
    pub(super) moved: String,
    pub(super) newly: String,
    pub(super) still: String,
    pub(super) recovered: String,
    pub(super) user_days: String,
}

/// User-days of one capability.
pub(super) struct DaysLine {
    pub(super) capability: &'static str,
    pub(super) days: String,
    pub(super) peak: String,
}

/// Everything on the first screen, and the page's head.
pub(super) struct Summary {
    pub(super) plan: String,
    pub(super) is_sample: bool,
    /// What to know about names that are not the real ones.
    pub(super) pseudonyms: Option<&'static str>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) decision: DecisionView,
    pub(super) sentence: String,
    pub(super) tiles: Vec<Tile>,
    pub(super) reasons: Vec<ReasonView>,
    pub(super) more_reasons: usize,
    pub(super) phases: Vec<PhaseLine>,
    pub(super) days: Vec<DaysLine>,
    pub(super) all_days: String,
    pub(super) blame_plan: String,
    pub(super) blame_outside: String,
}

impl Summary {
    pub(super) fn new(report: &Report) -> Self {
        let (header, numbers) = (&report.header, &report.numbers);
        let reasons = &report.verdict.reasons;
        Self {
            plan: visible(&header.plan),
            is_sample: header.run.is_sample,
            pseudonyms: header.run.is_pseudonymized.then_some(UNDER_PSEUDONYMS),
            facts: vec![
                ("Baseline", header.baseline.to_string()),
                (
                    "Horizon",
                    format!("{} (that day does not count)", header.end),
                ),
                ("Reading", header.reading.id().to_owned()),
                ("Users", number(header.users)),
                ("Rows used", report.quality.rows_used()),
                ("Pools", number(header.pools as u64)),
                ("Stages", number(header.stages as u64)),
            ],
            decision: DecisionView::new(report.verdict.decision),
            sentence: report.sentence(),
            tiles: tiles(report),
            reasons: reasons.iter().take(TOP).map(ReasonView::new).collect(),
            more_reasons: reasons.len().saturating_sub(TOP),
            phases: report.telling_phases().map(phase_line).collect(),
            days: days(report),
            all_days: number(numbers.all_user_days()),
            blame_plan: number(numbers.blame.plan),
            blame_outside: number(numbers.blame.outside),
        }
    }
}

fn tiles(report: &Report) -> Vec<Tile> {
    let numbers = &report.numbers;
    let is_bad = |figure: u64, class: &'static str| if figure > 0 { class } else { "good" };
    let tile = |name, figure: u64, more: String, class| Tile {
        name,
        figure: number(figure),
        more,
        class,
    };
    vec![
        tile(
            "Users who lose something",
            numbers.losing,
            format!("of {}, at some time", wording::users(numbers.users)),
            is_bad(numbers.losing, "bad"),
        ),
        tile(
            "Still without at the end",
            numbers.affected_at_end,
            "after the last event".to_owned(),
            is_bad(numbers.affected_at_end, "bad"),
        ),
        tile(
            "Recovered by then",
            numbers.recovered,
            "lost something, have it all back".to_owned(),
            "good",
        ),
        tile(
            "Only restricted",
            numbers.restricted,
            format!("and unknown for {} more", number(numbers.uncertain)),
            is_bad(numbers.restricted, "warn"),
        ),
        tile(
            "User-days lost",
            numbers.all_user_days(),
            format!(
                "{} by the plan, {} from outside",
                number(numbers.blame.plan),
                number(numbers.blame.outside)
            ),
            is_bad(numbers.all_user_days(), "bad"),
        ),
        tile(
            "Plan findings that block",
            numbers.blocking_plan_findings as u64,
            format!(
                "of {}",
                wording::count(
                    numbers.plan_findings as u64,
                    "plan finding",
                    "plan findings"
                )
            ),
            is_bad(numbers.blocking_plan_findings as u64, "bad"),
        ),
    ]
}

fn phase_line(phase: &crate::report::model::Phase) -> PhaseLine {
    PhaseLine {
        number: phase.number,
        name: visible(&phase.name),
        days: phase.days(),
        decision: DecisionView::new(phase.verdict.decision),
        moved: number(phase.users_moved),
        newly: number(phase.touched.newly),
        still: number(phase.touched.still),
        recovered: number(phase.touched.recovered),
        user_days: number(phase.user_days.iter().sum()),
    }
}

fn days(report: &Report) -> Vec<DaysLine> {
    let days = report.days_by_capability().into_iter();
    days.map(|(capability, days, peak)| DaysLine {
        capability: wording::capability(capability),
        days: number(days),
        peak: number(peak),
    })
    .collect()
}
