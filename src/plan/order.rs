//! The order of the stages: what comes after what, and whether the dates agree with it.
//!
//! In: stages with their `after` lists. Out: the same stages with references resolved, problems noted; and the order in which
//! stages happen (contract section 4.7).

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::document::Document;
use super::shift::Dates;
use super::stages::PlacedStage;
use super::{Plan, Stage, StageIndex};

/// The stages in the order in which they happen.
pub type StageOrder = Vec<StageIndex>;

/// Resolves `after`, and checks cycles and dates. Everything wrong is noted in the document.
pub(super) fn checked(
    document: &mut Document<'_>,
    mut placed: Vec<PlacedStage>,
    baseline: Option<NaiveDate>,
    end: Option<&(NaiveDate, Range<usize>)>,
) -> Vec<Stage> {
    resolve(document, &mut placed);
    check_cycles(document, &placed);
    check_dates(document, &placed, baseline);
    check_end(document, &placed, baseline, end);
    placed.into_iter().map(|placed| placed.stage).collect()
}

fn resolve(document: &mut Document<'_>, placed: &mut [PlacedStage]) {
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for (position, stage) in placed.iter().enumerate() {
        positions.entry(stage.stage.id.clone()).or_insert(position);
    }
    for stage in placed {
        for (id, span) in &stage.after {
            match positions.get(id) {
                Some(&position) => stage.stage.after.push(StageIndex(position)),
                None => {
                    let message = format!(
                        "stage \"{}\" comes after \"{id}\", which is not in the plan",
                        stage.stage.id
                    );
                    document.unknown(
                        "unknown-stage",
                        span.clone(),
                        message,
                        id,
                        positions.keys().map(String::as_str),
                    );
                }
            }
        }
    }
}

/// One error for each set of stages that wait for each other.
fn check_cycles(document: &mut Document<'_>, placed: &[PlacedStage]) {
    let mut graph: DiGraph<usize, ()> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..placed.len())
        .map(|position| graph.add_node(position))
        .collect();
    for (position, stage) in placed.iter().enumerate() {
        for before in &stage.stage.after {
            graph.add_edge(nodes[before.0], nodes[position], ());
        }
    }
    // Not `tarjan_scc`: it recurses, and a long chain of stages would overflow the stack.
    let mut cycles: Vec<Vec<usize>> = Vec::new();
    for component in kosaraju_scc(&graph) {
        let waits_for_itself =
            component.len() == 1 && graph.contains_edge(component[0], component[0]);
        if component.len() > 1 || waits_for_itself {
            let mut members: Vec<usize> = component.iter().map(|&node| graph[node]).collect();
            members.sort_unstable();
            cycles.push(members);
        }
    }
    for members in cycles {
        let chain = shortest_cycle(placed, &members);
        let first = &placed[members[0]];
        let span = first.after.first().map_or(0..0, |(_, span)| span.clone());
        let names: Vec<&str> = chain
            .iter()
            .map(|&position| placed[position].stage.id.as_str())
            .collect();
        let message = format!("stages wait for each other: {}", names.join(" after "));
        document.error("stage-cycle", span, message).help =
            Some("take one of these out of `after`".to_owned());
    }
}

/// A shortest way from the first member back to itself through `after`, by breadth-first search inside the component.
fn shortest_cycle(placed: &[PlacedStage], members: &[usize]) -> Vec<usize> {
    let start = members[0];
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(position) = queue.pop_front() {
        for before in &placed[position].stage.after {
            if before.0 == start {
                let mut chain = vec![start, position];
                let mut at = position;
                while at != start {
                    at = came_from[&at];
                    chain.push(at);
                }
                chain.reverse();
                if position == start {
                    chain.pop();
                }
                return chain;
            }
            if members.binary_search(&before.0).is_ok() && !came_from.contains_key(&before.0) {
                came_from.insert(before.0, position);
                queue.push_back(before.0);
            }
        }
    }
    members.to_vec()
}

fn check_dates(document: &mut Document<'_>, placed: &[PlacedStage], baseline: Option<NaiveDate>) {
    for stage in placed {
        let Some(span) = &stage.date_span else {
            continue;
        };
        let day = stage.stage.date;
        if let Some(baseline) = baseline.filter(|&baseline| day <= baseline) {
            let message = format!(
                "stage \"{}\" stands on {day}, which is not after the baseline {baseline}",
                stage.stage.id
            );
            document
                .error("before-baseline", span.clone(), message)
                .help = Some(
                "the baseline is the day the inventory describes; stages come later".to_owned(),
            );
        }
        for before in &stage.stage.after {
            let other = &placed[before.0].stage;
            if other.date > day {
                let message = format!(
                    "stage \"{}\" stands on {day}, before \"{}\" on {}, which it comes after",
                    stage.stage.id, other.id, other.date
                );
                document.error("date-order", span.clone(), message).help = Some(format!(
                    "move it to {} or later, or take \"{}\" out of `after`",
                    other.date, other.id
                ));
            }
        }
    }
}

fn check_end(
    document: &mut Document<'_>,
    placed: &[PlacedStage],
    baseline: Option<NaiveDate>,
    end: Option<&(NaiveDate, Range<usize>)>,
) {
    let Some((end, span)) = end else { return };
    let stages = placed.iter().map(|stage| &stage.stage);
    let message = match (stages.max_by_key(|stage| stage.date), baseline) {
        (Some(stage), _) if stage.date > *end => format!(
            "the plan ends on {end}, before its last stage \"{}\" on {}",
            stage.id, stage.date
        ),
        (_, Some(baseline)) if *end < baseline => {
            format!("the plan ends on {end}, before its baseline {baseline}")
        }
        _ => return,
    };
    document.error("end-too-early", span.clone(), message).help =
        Some("`end` is the horizon of user-days: the first day that does not count".to_owned());
}

/// The order in which the stages happen: by date; on one day always the first in the file whose dependencies are done
/// (contract section 4.7).
///
/// In: a plan without cycles whose dates agree with `after`. Out: every stage once.
#[must_use]
pub fn stage_order(plan: &Plan) -> StageOrder {
    stage_order_on(plan, &Dates::of(plan))
}

/// The order in which the stages happen on other dates, which agree with `after` as well.
#[must_use]
pub fn stage_order_on(plan: &Plan, dates: &Dates) -> StageOrder {
    let date = |position: usize| dates.get(StageIndex(position));
    let mut waiting: Vec<usize> = (0..plan.stages.len()).collect();
    waiting.sort_by_key(|&position| (date(position), position));
    let mut done = vec![false; plan.stages.len()];
    let mut order = Vec::with_capacity(waiting.len());
    let mut day_begin = 0;
    while day_begin < waiting.len() {
        let day = date(waiting[day_begin]);
        let day_end =
            day_begin + waiting[day_begin..].partition_point(|&position| date(position) == day);
        order_day(plan, &waiting[day_begin..day_end], &mut done, &mut order);
        day_begin = day_end;
    }
    order
}

/// The stages of one day, given in file order, appended in the order in which they happen.
fn order_day(plan: &Plan, today: &[usize], done: &mut [bool], order: &mut StageOrder) {
    let mut blocked_by: BTreeMap<usize, usize> = BTreeMap::new();
    let mut frees: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut ready = std::collections::BTreeSet::new();
    for &position in today {
        let open: Vec<usize> = plan.stages[position]
            .after
            .iter()
            .map(|before| before.0)
            .filter(|&before| !done[before])
            .collect();
        if open.is_empty() {
            ready.insert(position);
        }
        blocked_by.insert(position, open.len());
        for before in open {
            frees.entry(before).or_default().push(position);
        }
    }
    while let Some(position) = ready.pop_first() {
        done[position] = true;
        order.push(StageIndex(position));
        for &next in frees.get(&position).map_or(&[][..], Vec::as_slice) {
            let open = blocked_by
                .get_mut(&next)
                .expect("every stage of the day was counted above");
            *open -= 1;
            if *open == 0 {
                ready.insert(next);
            }
        }
    }
}
