//! `cutover init`: drafts a plan from an inventory.

use std::path::PathBuf;

use cutover::draft::{FILL_IN, draft};

use super::arguments::InventoryArguments;
use super::diagnostics::tell;
use super::exit::{Exit, Failure};
use super::material::{Files, check_stale, open_rejected, read_inputs, refuse_many, request};
use super::output::Outputs;
use super::terminal::{Terminal, to_standard_output};

/// Draft a plan from an inventory: the pools found, what they may run, stages without dates
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover init --inventory users.csv --inventory clients.xlsx > plan.toml
  cutover init -i users.csv --output plan.toml")]
pub(crate) struct Arguments {
    /// Write the plan to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    inventory: InventoryArguments,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    check_stale(&arguments.inventory, false)?;
    let mut outputs = Outputs::default();
    read_inputs(None, &arguments.inventory.inventories, &mut outputs)?;
    let mut plan = match &arguments.output {
        Some(path) => Some(outputs.open(path, "--output")?),
        None => {
            outputs.prints("the plan");
            None
        }
    };
    let mut rejected = open_rejected(&arguments.inventory, &mut outputs)?;
    let mut files = Files::open(&arguments.inventory, terminal);
    let request = request(&arguments.inventory, None);
    let inventory = match files.import(&request, &knowledge) {
        Ok(inventory) => inventory,
        Err(refusal) => {
            tell(terminal, &refusal.diagnostics, None);
            files.give_back(&refusal, &request, &knowledge, rejected, terminal)?;
            return Err(Failure::told(Exit::Inventory));
        }
    };
    tell(terminal, &inventory.diagnostics, None);
    if let Some(output) = &mut rejected {
        files.write_rejected(&inventory.rejected, &request, &knowledge, output, terminal)?;
    }
    let rejected = refuse_many(&arguments.inventory, &inventory, rejected, terminal)?;
    let text = draft(&inventory, knowledge.products());
    match &mut plan {
        Some(output) => output.write(|out| out.write_all(text.as_bytes()))?,
        None => to_standard_output(|out| out.write_all(text.as_bytes()))?,
    }
    Outputs::finish(plan.into_iter().chain(rejected))?;
    terminal.say(&format!(
        "Next: fill in every {FILL_IN}, confirm the server versions, then run cutover check.\n"
    ));
    Ok(Exit::Done)
}
