//! `cutover check`: what is wrong with plan and inventory, and what was read.

use std::path::PathBuf;

use cutover::diagnostic::Diagnostic;
use cutover::inventory::Inventory;
use cutover::knowledge::KnowledgeBase;
use cutover::plan;
use cutover::report::check;
use cutover::report::profile::profile;

use super::arguments::{Format, InventoryArguments};
use super::diagnostics::{has_error, tell};
use super::exit::{Exit, Failure};
use super::material::{Files, check_stale, open_rejected, read_inputs, refuse_many, request};
use super::output::{Output, Outputs};
use super::plan_file::PlanFile;
use super::terminal::{Terminal, print_json};

/// Look for mistakes in a plan, an inventory, or both, and show what was read
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover check --plan plan.toml --inventory users.csv --inventory clients.xlsx
  cutover check -i users.csv --map Client=\"Agent string\"
  cutover check -p plan.toml --format json")]
pub(crate) struct Arguments {
    /// The plan, a TOML file; `-` is standard input
    #[arg(short, long, value_name = "FILE", required_unless_present_any = ["inventories", "sample"])]
    plan: Option<PathBuf>,

    /// Check the built-in example
    #[arg(long, conflicts_with_all = ["plan", "inventories"])]
    sample: bool,

    /// Print for a person (text) or a program (json)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    format: Format,

    #[command(flatten)]
    inventory: InventoryArguments,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    check_stale(
        &arguments.inventory,
        arguments.plan.is_some() || arguments.sample,
    )?;
    let mut outputs = Outputs::default();
    outputs.prints("the answer");
    read_inputs(
        arguments.plan.as_deref(),
        &arguments.inventory.inventories,
        &mut outputs,
    )?;
    let mut rejected = open_rejected(&arguments.inventory, &mut outputs)?;
    let file = (arguments.plan.is_some() || arguments.sample)
        .then(|| PlanFile::read(arguments.plan.as_deref(), &knowledge));
    let mut checked = Checked::default();
    checked.plan(file.as_ref());
    let has_inventory = arguments.sample || !arguments.inventory.inventories.is_empty();
    let inventory = if has_inventory {
        checked.inventory(
            arguments,
            file.as_ref(),
            &knowledge,
            terminal,
            rejected.as_mut(),
        )?
    } else {
        None
    };
    checked.answer(
        arguments,
        file.as_ref(),
        inventory.as_ref(),
        &knowledge,
        terminal,
    )?;
    if let Some(inventory) = &inventory {
        rejected = refuse_many(&arguments.inventory, inventory, rejected, terminal).or_else(
            |failure| {
                // A wrong plan goes before a refused inventory.
                if checked.is_plan_wrong {
                    Ok(None)
                } else {
                    Err(failure)
                }
            },
        )?;
    }
    Outputs::finish(rejected)?;
    Ok(checked.exit())
}

/// What was found, so far.
#[derive(Default)]
struct Checked {
    /// All diagnostics: the plan's, the inventory's, those of both together.
    diagnostics: Vec<Diagnostic>,
    is_plan_wrong: bool,
    is_inventory_refused: bool,
}

impl Checked {
    fn plan(&mut self, file: Option<&PlanFile>) {
        if let Some(file) = file {
            self.is_plan_wrong = file.plan.is_none();
            self.diagnostics.extend(file.diagnostics.iter().cloned());
        }
    }

    /// Imports the inventory: for the plan, or, where there is none or a wrong one, with every pool text a pool of its own.
    fn inventory(
        &mut self,
        arguments: &Arguments,
        file: Option<&PlanFile>,
        knowledge: &KnowledgeBase,
        terminal: Terminal,
        rejected: Option<&mut Output>,
    ) -> Result<Option<Inventory>, Failure> {
        let plan = file.and_then(|file| file.plan.as_ref());
        let request = request(&arguments.inventory, plan);
        let mut files = if arguments.sample {
            Files::sample(&arguments.inventory, terminal)
        } else {
            Files::open(&arguments.inventory, terminal)
        };
        let inventory = match files.import(&request, knowledge) {
            Ok(inventory) => inventory,
            Err(refusal) => {
                self.is_inventory_refused = true;
                if let (Some(rejected), Some(output)) = (&refusal.rejected, rejected) {
                    files.write_rejected(rejected, &request, knowledge, output, terminal)?;
                }
                self.diagnostics.extend(refusal.diagnostics);
                return Ok(None);
            }
        };
        self.diagnostics
            .extend(inventory.diagnostics.iter().cloned());
        if let Some(plan) = plan {
            let columns = plan::check_columns(plan, &inventory);
            self.is_plan_wrong |= has_error(&columns);
            self.diagnostics.extend(columns);
        }
        if let Some(output) = rejected {
            files.write_rejected(&inventory.rejected, &request, knowledge, output, terminal)?;
        }
        Ok(Some(inventory))
    }

    fn answer(
        &self,
        arguments: &Arguments,
        file: Option<&PlanFile>,
        inventory: Option<&Inventory>,
        knowledge: &KnowledgeBase,
        terminal: Terminal,
    ) -> Result<(), Failure> {
        let plan = file.and_then(|file| file.plan.as_ref());
        let profile = inventory.map(|inventory| profile(inventory, plan, knowledge.products()));
        let counts = inventory.map(|inventory| &inventory.counts);
        let read = counts.zip(profile.as_ref());
        if arguments.format == Format::Json {
            return print_json(&check::answer(&self.diagnostics, plan, read));
        }
        tell(terminal, &self.diagnostics, file.map(PlanFile::source));
        terminal.print(&check::text(plan, read, terminal.width()))?;
        if !has_error(&self.diagnostics) {
            terminal.say("Nothing stands against a simulation.\n");
        }
        Ok(())
    }

    fn exit(&self) -> Exit {
        if self.is_plan_wrong {
            Exit::Usage
        } else if self.is_inventory_refused {
            Exit::Inventory
        } else {
            Exit::Done
        }
    }
}
