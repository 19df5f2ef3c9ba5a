//! One side of a comparison: a simulation of today, or what an earlier report wrote down.
//!
//! People of a side fall into classes who find the same: the paths of a timeline, or the different lists of findings in a file.
//! What is asked of a class is asked once.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::told::{Risk, Told};
use crate::inventory::Inventory;
use crate::knowledge::KnowledgeBase;
use crate::simulate::Simulation;
use crate::timeline::Timeline;

use super::recorded::Recorded;

/// One of the two sides.
#[derive(Clone, Copy, Debug)]
pub enum Side<'a> {
    /// A simulation.
    Simulated(Simulated<'a>),
    /// An earlier report.
    Recorded(&'a Recorded),
}

/// A simulation with what is needed to tell it.
#[derive(Clone, Copy, Debug)]
pub struct Simulated<'a> {
    /// Who goes which way.
    pub timeline: &'a Timeline<'a>,
    /// What was found.
    pub simulation: &'a Simulation,
    /// The documents.
    pub knowledge: &'a KnowledgeBase,
}

impl<'a> Side<'a> {
    /// The address of somebody, by position.
    #[must_use]
    pub fn sip(&self, user: u32) -> Cow<'a, str> {
        match self {
            Self::Simulated(run) => run.timeline.inventory.users.sip(user as usize).text(),
            Self::Recorded(report) => Cow::Borrowed(&report.people[user as usize].0),
        }
    }

    /// The horizon of user-days.
    pub(super) fn horizon(&self) -> NaiveDate {
        match self {
            Self::Simulated(run) => run.simulation.end,
            Self::Recorded(report) => report.end,
        }
    }

    /// The inventory, where both sides of a comparison may share it.
    pub(super) fn inventory(&self) -> Option<&'a Inventory> {
        match self {
            Self::Simulated(run) => Some(run.timeline.inventory),
            Self::Recorded(_) => None,
        }
    }

    /// Does it know everybody, also those who find nothing?
    pub(super) fn knows_everybody(&self) -> bool {
        matches!(self, Self::Simulated(_))
    }

    /// How many people it knows.
    pub(super) fn people(&self) -> usize {
        match self {
            Self::Simulated(run) => run.timeline.inventory.users.len(),
            Self::Recorded(report) => report.people.len(),
        }
    }

    /// How many people somebody stands for.
    pub(super) fn stands_for(&self, user: u32) -> u64 {
        self.inventory()
            .map_or(1, |inventory| inventory.people(user as usize))
    }

    /// The class of somebody.
    pub(super) fn class_of(&self, user: u32) -> usize {
        match self {
            Self::Simulated(run) => run.timeline.path_of(user as usize),
            Self::Recorded(report) => report.people[user as usize].1,
        }
    }

    /// Every class with the number of people in it.
    pub(super) fn classes(&self) -> Vec<u64> {
        match self {
            Self::Simulated(run) => run.timeline.paths.iter().map(|path| path.users).collect(),
            Self::Recorded(report) => {
                let mut counts = vec![0; report.classes.len()];
                for &(_, class) in &report.people {
                    counts[class] += 1;
                }
                counts
            }
        }
    }

    /// What people of a class find, in order of time.
    pub(super) fn told(&self, class: usize) -> Vec<Told> {
        match self {
            Self::Simulated(run) => {
                let findings = run.simulation.findings_of(class).iter();
                findings
                    .map(|finding| {
                        let event = &run.simulation.outcomes[finding.event].event;
                        Told::new(finding, (&event.id, event.date), run.knowledge)
                    })
                    .collect()
            }
            Self::Recorded(report) => report.classes[class].clone(),
        }
    }

    /// The risks of the plan.
    pub(super) fn risks(&self) -> Vec<Risk> {
        match self {
            Self::Simulated(run) => {
                let findings = run.simulation.plan_findings.iter();
                findings
                    .map(|finding| Risk::new(finding, run.knowledge))
                    .collect()
            }
            Self::Recorded(report) => report.risks.clone(),
        }
    }
}
