//! One plan's stages in one order or in several, without beginning anew each time.
//!
//! In: a plan, its inventory, and orders of its stages. Out: a [`Timeline`] for each. What an order has in common with the one
//! before is played once: where they part, everybody's standing is kept and gone back to.

use super::groups::{Groups, Standing};
use super::live::LivePools;
use super::{StageEffect, Timeline};
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::plan::{Plan, Stage, StageIndex, StageOrder};
use crate::threads::Threads;

/// A moment to go back to.
struct Saved<'k> {
    /// How many stages have been played.
    depth: usize,
    standing: Standing,
    live: LivePools<'k>,
}

/// The timelines of a plan whose stages are played in these orders, one after the other.
pub struct Orders<'a, 'k> {
    plan: &'a Plan,
    inventory: &'a Inventory,
    orders: std::vec::IntoIter<StageOrder>,
    groups: Groups<'k>,
    live: LivePools<'k>,
    organizers: [u64; 3],
    effects: Vec<StageEffect>,
    played: StageOrder,
    /// By ascending depth; each true of the stages played so far.
    saved: Vec<Saved<'k>>,
}

impl<'a: 'k, 'k> Orders<'a, 'k> {
    /// In: a plan, an inventory that was imported with the plan's pools and columns, and orders that each hold every stage once.
    /// Out: the same timelines on any number of threads.
    #[must_use]
    pub fn new(
        plan: &'a Plan,
        inventory: &'a Inventory,
        knowledge: &'k KnowledgeBase,
        orders: Vec<StageOrder>,
        threads: Threads,
    ) -> Self {
        let groups = Groups::new(plan, inventory, knowledge, threads);
        let live = LivePools::new(plan, &groups);
        Self {
            plan,
            inventory,
            orders: orders.into_iter(),
            organizers: groups.organizers(),
            groups,
            live,
            effects: Vec::new(),
            played: Vec::new(),
            saved: Vec::new(),
        }
    }

    fn play(&mut self, order: &[StageIndex]) {
        self.go_back(common(&self.played, order));
        let next = self.orders.as_slice().first();
        let parting = next.map(|next| common(order, next));
        while self.effects.len() < order.len() {
            let depth = self.effects.len();
            if parting.is_some() && (depth == 0 || parting == Some(depth)) {
                self.save();
            }
            let end = parting.filter(|&parting| parting > depth);
            self.play_stages(&order[depth..end.unwrap_or(order.len())]);
        }
        self.played = order.to_vec();
    }

    fn play_stages(&mut self, stages: &[StageIndex]) {
        let plan = self.plan;
        let stages = stages.iter().map(|stage| &plan.stages[stage.0]);
        let stages: Vec<&Stage> = stages.collect();
        let tallies = self.groups.play(&stages, self.effects.len());
        for (stage, tally) in stages.into_iter().zip(tallies) {
            self.live.play(stage, self.effects.len(), &tally);
            self.effects.push(tally.effect);
        }
    }

    fn save(&mut self) {
        let depth = self.effects.len();
        if self.saved.last().is_none_or(|saved| saved.depth < depth) {
            self.saved.push(Saved {
                depth,
                standing: self.groups.standing(),
                live: self.live.clone(),
            });
        }
    }

    /// Back to the last saved moment at which no more than so many stages had been played. The beginning always is one, where
    /// another order follows.
    fn go_back(&mut self, depth: usize) {
        if self.effects.len() <= depth {
            return;
        }
        self.saved
            .truncate(self.saved.partition_point(|saved| saved.depth <= depth));
        if let Some(saved) = self.saved.last() {
            self.groups.go_back(&saved.standing);
            self.live = saved.live.clone();
            self.effects.truncate(saved.depth);
        }
    }
}

impl<'a: 'k, 'k> Iterator for Orders<'a, 'k> {
    type Item = Timeline<'a>;

    fn next(&mut self) -> Option<Timeline<'a>> {
        let order = self.orders.next()?;
        self.play(&order);
        let mut live = self.live.clone();
        live.finish(&self.groups);
        let (paths, membership) = self.groups.timeline_parts(self.orders.len() == 0);
        Some(Timeline {
            plan: self.plan,
            inventory: self.inventory,
            order,
            effects: self.effects.clone(),
            organizers: self.organizers,
            paths,
            risks: live.into_risks(),
            membership,
        })
    }
}

/// How many stages two orders have in common at their beginning.
fn common(one: &[StageIndex], other: &[StageIndex]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}
