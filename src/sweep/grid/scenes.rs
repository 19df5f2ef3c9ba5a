//! The pairs of days of a grid in parts on which no moving stage meets anything, and the scenes that have to be played.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::SweptEvent;
use super::super::block::{Block, Shifts};
use super::super::replay::{Motion, Scene};
use super::area::Area;
use super::{Answer, Axis, Cell, Passed, Point, Question, Settled, Verdict};
use crate::plan::shift::{Dates, Followers, LAST_DAY, obstacles, shifted};
use crate::plan::{Plan, StageIndex, stage_order};

/// What there is to say about a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// What is played in the scene at this position.
    Scene(usize),
    /// The plan does not allow it.
    Infeasible,
}

/// Pairs of days with one order of events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uncut {
    /// The positions of its ranges: of the first stage's days, of the second's, of the days between the two.
    pub(super) at: [usize; 3],
    pub(super) area: Area,
    pub(super) outcome: Outcome,
}

/// Everything that a grid has to look at.
pub(super) struct Scenes<'q> {
    plan: &'q Plan,
    question: &'q Question,
    blocks: [Block; 2],
    /// The shifts of each stage in ranges inside which it meets nothing that stands, and no limit.
    ranges: [Vec<Shifts>; 2],
    /// How stages move where the second stage is shifted no more than the first, and where it is shifted more.
    pub(super) motions: Vec<Motion>,
    /// Each stage's latest date; `None` where no pair of days is possible.
    pub(super) latest: Option<Dates>,
    /// What has to be played, those of one order and motion one after the other.
    pub(super) list: Vec<Scene>,
    pub(super) parts: Vec<Uncut>,
}

impl<'q> Scenes<'q> {
    pub(super) fn new(
        plan: &'q Plan,
        question: &'q Question,
        outside: &BTreeSet<NaiveDate>,
    ) -> Self {
        let moves_with = moves_with(plan, question);
        let blocks = [0, 1].map(|axis| {
            let stages = (0..plan.stages.len()).map(StageIndex);
            Block {
                members: stages.filter(|stage| moves_with[stage.0][axis]).collect(),
                lead: plan.stages[question.ranges[axis].stage.0].date,
            }
        });
        let mut scenes = Self {
            plan,
            question,
            motions: motions(&moves_with),
            blocks,
            ranges: [Vec::new(), Vec::new()],
            latest: None,
            list: Vec::new(),
            parts: Vec::new(),
        };
        scenes.cut(outside);
        scenes
    }

    /// Finds the parts, and the scenes of those that are possible.
    fn cut(&mut self, outside: &BTreeSet<NaiveDate>) {
        self.ranges = [0, 1].map(|axis| self.met_nothing(axis, outside));
        let gaps = self.gaps([0, 1].map(|axis| self.asked(axis)));
        let mut scenes: Vec<(Scene, usize)> = Vec::new();
        let [firsts, seconds] = self.ranges.clone();
        for (a, &first) in firsts.iter().enumerate() {
            for (b, &second) in seconds.iter().enumerate() {
                for (gap, &apart) in gaps.iter().enumerate() {
                    let Some(area) = Area::new([first, second], apart) else {
                        continue;
                    };
                    let dates = self.dates(area.corners()[0]);
                    if obstacles(self.plan, &dates).is_empty() {
                        let ends = self.dates([area.sides[0].last, area.sides[1].last]);
                        self.latest = Some(match self.latest.take() {
                            Some(latest) => latest.or_later(&ends),
                            None => ends,
                        });
                        let motion = usize::from(area.gap.first > 0).min(self.motions.len() - 1);
                        scenes.push((Scene::new(self.plan, dates, motion), self.parts.len()));
                    }
                    self.parts.push(Uncut {
                        at: [a, b, gap],
                        area,
                        outcome: Outcome::Infeasible,
                    });
                }
            }
        }
        // Neighboring orders have most in common; inside an order neighbors differ by what is passed between them.
        scenes.sort_by(|(one, at), (other, other_at)| {
            (one.motion, &one.order, at).cmp(&(other.motion, &other.order, other_at))
        });
        for (number, (scene, part)) in scenes.into_iter().enumerate() {
            self.parts[part].outcome = Outcome::Scene(number);
            self.list.push(scene);
        }
    }

    fn asked(&self, axis: usize) -> Shifts {
        let range = &self.question.ranges[axis];
        self.blocks[axis].shifts(range.from, range.to)
    }

    fn met_nothing(&self, axis: usize, outside: &BTreeSet<NaiveDate>) -> Vec<Shifts> {
        let [one, other] = &self.blocks;
        let moving: BTreeSet<StageIndex> = one.members.union(&other.members).copied().collect();
        let block = &self.blocks[axis];
        let mut cuts = block.cuts(self.plan, outside, &moving);
        for member in &block.members {
            let stage = &self.plan.stages[member.0];
            let window = stage.window.unwrap_or_default();
            let last = [self.plan.end, window.until, Some(LAST_DAY)];
            let before = [Some(self.plan.baseline)].into_iter().chain(last).flatten();
            let shift_to = |day: NaiveDate| (day - stage.date).num_days();
            cuts.extend(window.from.map(shift_to));
            cuts.extend(before.map(|day| shift_to(day) + 1));
        }
        self.asked(axis).cut(&cuts)
    }

    /// The days by which the second stage can be shifted more than the first, in ranges inside which no stage of the one meets
    /// one of the other.
    fn gaps(&self, [a, b]: [Shifts; 2]) -> Vec<Shifts> {
        let mut cuts: BTreeSet<i64> = BTreeSet::new();
        let date = |stage: &StageIndex| self.plan.stages[stage.0].date;
        for one in &self.blocks[0].members {
            for other in self.blocks[1].members.iter().filter(|other| *other != one) {
                let meet = (date(one) - date(other)).num_days();
                cuts.extend([meet, meet + 1]);
            }
        }
        if self.motions.len() > 1 {
            cuts.insert(1);
        }
        let all = Shifts {
            first: b.first - a.last,
            last: b.last - a.first,
        };
        all.cut(&cuts)
    }

    fn days(&self, shifts: [i64; 2]) -> [NaiveDate; 2] {
        [0, 1].map(|axis| self.blocks[axis].day(shifts[axis]))
    }

    /// The dates of all stages at a pair of shifts, as a dry run has them.
    fn dates(&self, shifts: [i64; 2]) -> Dates {
        let days = self.days(shifts);
        let ranges = &self.question.ranges;
        let told = [0, 1].map(|axis| (ranges[axis].stage, days[axis]));
        shifted(self.plan, &told, self.question.along)
    }

    /// The cell that covers an area, one of whose parts is given.
    pub(super) fn cell(&self, area: Area, part: usize, settled: &[Settled]) -> Cell {
        let [a, b] = area.sides;
        let lead = [0, 1].map(|axis| self.blocks[axis].lead);
        let between = (lead[1] - lead[0]).num_days();
        let corners = area.corners();
        let verdict = match self.parts[part].outcome {
            Outcome::Scene(scene) => Verdict::Feasible(Box::new(Answer {
                lost: settled[scene].lost,
                lines: settled[scene].lines,
                planned: lead,
            })),
            Outcome::Infeasible => Verdict::Infeasible(self.reasons(&corners)),
        };
        let [firsts, lasts] = [[a.first, b.first], [a.last, b.last]].map(|at| self.days(at));
        Cell {
            days: [[firsts[0], lasts[0]], [firsts[1], lasts[1]]],
            apart: (!area.is_rectangle())
                .then(|| [area.gap.first + between, area.gap.last + between]),
            corners: corners.into_iter().map(|at| self.days(at)).collect(),
            verdict,
        }
    }

    /// Why the stages cannot stand on the corner that is nearest to where the plan has them.
    fn reasons(&self, corners: &[[i64; 2]]) -> Vec<String> {
        let nearest = corners.iter().min_by_key(|[a, b]| a.abs() + b.abs());
        let dates = self.dates(nearest.copied().unwrap_or_default());
        let obstacles = obstacles(self.plan, &dates);
        let reasons = obstacles
            .iter()
            .map(|obstacle| obstacle.describe(self.plan, &dates));
        reasons.collect()
    }

    /// One of the two stages; its points are at the beginnings of the ranges at these positions.
    pub(super) fn axis(&self, axis: usize, cuts: &BTreeSet<usize>, events: &[SweptEvent]) -> Axis {
        let id = |stage: &StageIndex| self.plan.stages[stage.0].id.clone();
        let range = &self.question.ranges[axis];
        let along = self.blocks[axis].members.iter();
        let along = along.filter(|stage| **stage != range.stage);
        // The first range begins because the days asked for do.
        let cuts = cuts.iter().filter(|&&position| position > 0);
        let points = cuts.map(|&position| {
            let shift = self.ranges[axis][position].first;
            Point {
                day: self.blocks[axis].day(shift),
                passed: self.passed(axis, shift, events),
            }
        });
        Axis {
            stage: id(&range.stage),
            along: along.map(id).collect(),
            planned: self.blocks[axis].lead,
            from: range.from,
            to: range.to,
            points: points.collect(),
        }
    }

    /// What stages of a block come after from this shift on, while the other stage stands as planned.
    fn passed(&self, axis: usize, shift: i64, events: &[SweptEvent]) -> Vec<Passed> {
        let scene = |shift: i64| {
            let mut shifts = [0, 0];
            shifts[axis] = shift;
            Scene::new(self.plan, self.dates(shifts), 0)
        };
        let (before, after) = (scene(shift - 1), scene(shift));
        let mut passed = Vec::new();
        for &stage in &self.blocks[axis].members {
            let standing = events.iter().filter(|event| !event.moves);
            let met = standing.filter(|event| {
                !self.comes_after(&before, stage, event) && self.comes_after(&after, stage, event)
            });
            passed.extend(met.map(|event| Passed {
                stage: self.plan.stages[stage.0].id.clone(),
                event: event.id.clone(),
            }));
        }
        passed
    }

    /// Does a stage come after an event that stands?
    fn comes_after(&self, scene: &Scene, stage: StageIndex, event: &SweptEvent) -> bool {
        let date = scene.dates.get(stage);
        match self.plan.stage_named(&event.id).filter(|_| event.is_stage) {
            Some(other) if event.date == date => {
                let mut order = scene.order.iter();
                order.find(|&&next| next == stage || next == other) == Some(&other)
            }
            Some(_) => event.date < date,
            // What happens outside comes before stages on its day.
            None => event.date <= date,
        }
    }
}

/// With which of the two stages each stage moves; one that is asked for itself moves with itself alone.
fn moves_with(plan: &Plan, question: &Question) -> Vec<[bool; 2]> {
    let mut moves = vec![[false; 2]; plan.stages.len()];
    for stage in stage_order(plan) {
        let own = question.ranges.map(|range| range.stage == stage);
        moves[stage.0] = if own != [false; 2] || question.along == Followers::Stay {
            own
        } else {
            let before = plan.stages[stage.0].after.iter();
            before.fold([false; 2], |with, before| {
                [0, 1].map(|axis| with[axis] || moves[before.0][axis])
            })
        };
    }
    moves
}

/// How stages move where the second stage is shifted no more than the first, and, if that is another way, where it is shifted
/// more: a stage that comes after both follows the one that moves further.
fn motions(moves_with: &[[bool; 2]]) -> Vec<Motion> {
    let following = |first: usize| -> Motion {
        let axes = moves_with.iter().map(|with| {
            let order = [first, 1 - first];
            order.into_iter().find(|&axis| with[axis])
        });
        axes.collect()
    };
    let mut motions = vec![following(0), following(1)];
    motions.dedup();
    motions
}
