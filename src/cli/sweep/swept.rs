//! What `cutover sweep` is asked and what it answers: one range of days, or a grid of two.

use std::io::{self, Write};

use cutover::inventory::Inventory;
use cutover::knowledge::KnowledgeBase;
use cutover::plan::Plan;
use cutover::report::{grid as grid_report, sweep as sweep_report};
use cutover::sweep::grid::{self, Grid};
use cutover::sweep::weight::Weights;
use cutover::sweep::{self, Question, Sweep};
use serde::Serialize;

use super::FileKind;

/// What is asked.
pub(super) enum Asked {
    /// Stages that move together.
    Stages(Question),
    /// Two stages, each on its own.
    Grid(grid::Question),
}

/// What is answered.
pub(super) enum Swept {
    Stages(Sweep),
    Grid(Grid),
}

impl Asked {
    pub(super) fn answer(
        &self,
        plan: &Plan,
        inventory: &Inventory,
        knowledge: &KnowledgeBase,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Swept {
        match self {
            Self::Stages(question) => {
                Swept::Stages(sweep::run(plan, inventory, knowledge, question, progress))
            }
            Self::Grid(question) => {
                Swept::Grid(grid::run(plan, inventory, knowledge, question, progress))
            }
        }
    }
}

impl Swept {
    /// Writes a file of this kind; `plan` is the plan's name.
    pub(super) fn write(
        &self,
        kind: FileKind,
        weights: &Weights,
        plan: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match kind {
            FileKind::Html => {
                let page = match self {
                    Self::Stages(sweep) => sweep_report::html::page(sweep, weights, plan),
                    Self::Grid(grid) => grid_report::html::page(grid, weights, plan),
                };
                out.write_all(page.map_err(io::Error::other)?.as_bytes())
            }
            FileKind::Json => self.json(out),
            FileKind::Csv => self.csv(out),
        }
    }

    pub(super) fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Stages(sweep) => written(&sweep_report::json::sweep(sweep), out),
            Self::Grid(grid) => written(&grid_report::json::grid(grid), out),
        }
    }

    pub(super) fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Stages(sweep) => sweep_report::csv::write(sweep, out),
            Self::Grid(grid) => grid_report::csv::write(grid, out),
        }
    }

    /// Everything, for a person.
    pub(super) fn text(&self, weights: &Weights, width: u16) -> String {
        match self {
            Self::Stages(sweep) => sweep_report::terminal::sweep(sweep, weights, width),
            Self::Grid(grid) => grid_report::terminal::grid(grid, weights, width),
        }
    }

    /// The best days and the runner-up.
    pub(super) fn best(&self, weights: &Weights) -> String {
        match self {
            Self::Stages(sweep) => sweep_report::terminal::best(sweep, weights),
            Self::Grid(grid) => grid_report::terminal::best(grid, weights),
        }
    }
}

fn written(data: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, data).map_err(io::Error::from)?;
    out.write_all(b"\n")
}
