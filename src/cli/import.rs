//! `cutover import`: the merged inventory as one clean file, and what differs from an earlier one.

use std::path::{Path, PathBuf};

use cutover::inventory::difference::{Difference, Side, difference};
use cutover::inventory::merged::{MergedError, write_merged};
use cutover::inventory::provenance::Provenance;
use cutover::inventory::{Inventory, Request};
use cutover::knowledge::KnowledgeBase;
use cutover::plan::Plan;
use cutover::report::difference as told;
use cutover::report::model::wording::{count, number, users};

use super::arguments::{Format, InventoryArguments};
use super::diagnostics::tell;
use super::exit::{Exit, Failure};
use super::input;
use super::material::{Files, check_stale, open_rejected, read_inputs, refuse_many, request};
use super::output::{Output, Outputs};
use super::plan_file::PlanFile;
use super::terminal::{Terminal, print_json, to_standard_output};

/// Merge inventories into one clean CSV, with where each value comes from, or compare them with an earlier import
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover import -i users.csv -i clients.xlsx --output merged.csv --rejected bad.csv
  cutover import -i users.csv -i clients.xlsx --plan plan.toml > merged.csv
  cutover import -i users.csv -i clients.xlsx --against merged.csv --changes changes.csv")]
pub(crate) struct Arguments {
    /// Write the merged inventory to this file; without it and without --against it goes to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// A plan: users of pools that it does not know are rejected, and the pools' ids are written too
    #[arg(short, long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// Say who is new, changed, the same and gone since this earlier import
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,

    /// Write every change since the earlier import to this CSV file
    #[arg(long, value_name = "FILE", requires = "against")]
    changes: Option<PathBuf>,

    /// Print what differs for a person (text) or a program (json)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        requires = "against"
    )]
    format: Format,

    #[command(flatten)]
    inventory: InventoryArguments,
}

/// The files that are written.
struct Written {
    merged: Option<Output>,
    changes: Option<Output>,
    rejected: Option<Output>,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    if arguments.inventory.inventories.is_empty() {
        return Err(Failure::usage(
            "no inventory is given",
            "add --inventory FILE for each file that tells who uses what",
        ));
    }
    check_stale(&arguments.inventory, arguments.plan.is_some())?;
    let mut written = open_outputs(arguments)?;
    let plan = read_plan(arguments, &knowledge, terminal)?;
    let later = Read::new(
        &arguments.inventory,
        plan.as_ref(),
        &knowledge,
        terminal,
        &mut written.rejected,
    )?;
    written.rejected = refuse_many(
        &arguments.inventory,
        &later.inventory,
        written.rejected,
        terminal,
    )?;
    if let Some(earlier) = &arguments.against {
        let found = against(earlier, &later, plan.as_ref(), &knowledge, terminal)?;
        if let Some(output) = &mut written.changes {
            output.write(|out| told::write(&found, out))?;
        }
        match arguments.format {
            Format::Json => print_json(&told::answer(&found))?,
            Format::Text => terminal.print(&told::text(&found, &input::name(earlier)))?,
        }
    }
    if arguments.output.is_some() || arguments.against.is_none() {
        later.write(&knowledge, written.merged.as_mut())?;
    }
    Outputs::finish(
        [written.merged, written.changes, written.rejected]
            .into_iter()
            .flatten(),
    )?;
    terminal.say(&summary(&later.inventory));
    Ok(Exit::Done)
}

/// What was made of how much, in a line.
fn summary(inventory: &Inventory) -> String {
    let counts = inventory.counts;
    format!(
        "{}: {} in {}, {} used, {} rejected\n",
        users(inventory.users.len() as u64),
        count(counts.rows, "row", "rows"),
        count(counts.files as u64, "file", "files"),
        number(counts.rows_used),
        number(counts.rows_rejected),
    )
}

/// Opens everything that is written before the long work starts.
fn open_outputs(arguments: &Arguments) -> Result<Written, Failure> {
    let mut outputs = Outputs::default();
    read_inputs(
        arguments.plan.as_deref(),
        &arguments.inventory.inventories,
        &mut outputs,
    )?;
    if let Some(path) = &arguments.against {
        outputs.reads(path, "--against")?;
        outputs.prints("the comparison");
    } else if arguments.output.is_none() {
        outputs.prints("the merged inventory");
    }
    let mut open = |path: &Option<PathBuf>, option: &str| {
        path.as_ref()
            .map(|path| outputs.open(path, option))
            .transpose()
    };
    let merged = open(&arguments.output, "--output")?;
    let changes = open(&arguments.changes, "--changes")?;
    let rejected = open_rejected(&arguments.inventory, &mut outputs)?;
    Ok(Written {
        merged,
        changes,
        rejected,
    })
}

fn read_plan(
    arguments: &Arguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<Option<Plan>, Failure> {
    let Some(path) = &arguments.plan else {
        return Ok(None);
    };
    let file = PlanFile::read(Some(path), knowledge);
    tell(terminal, &file.diagnostics, Some(file.source()));
    match file.plan {
        Some(plan) => Ok(Some(plan)),
        None => Err(Failure::told(Exit::Usage)),
    }
}

/// An inventory that was imported, with everything that its files say.
struct Read {
    request: Request,
    inventory: Inventory,
    provenance: Provenance,
}

impl Read {
    fn new(
        arguments: &InventoryArguments,
        plan: Option<&Plan>,
        knowledge: &KnowledgeBase,
        terminal: Terminal,
        rejected: &mut Option<Output>,
    ) -> Result<Self, Failure> {
        let request = request(arguments, plan);
        let mut files = Files::open(arguments, terminal);
        let inventory = match files.import(&request, knowledge) {
            Ok(inventory) => inventory,
            Err(refusal) => {
                tell(terminal, &refusal.diagnostics, None);
                files.give_back(&refusal, &request, knowledge, rejected.take(), terminal)?;
                return Err(Failure::told(Exit::Inventory));
            }
        };
        tell(terminal, &inventory.diagnostics, None);
        if let Some(output) = rejected {
            files.write_rejected(&inventory.rejected, &request, knowledge, output, terminal)?;
        }
        let provenance = files.provenance(&request, &inventory, knowledge, None)?;
        Ok(Self {
            request,
            inventory,
            provenance,
        })
    }

    fn write(&self, knowledge: &KnowledgeBase, output: Option<&mut Output>) -> Result<(), Failure> {
        let mut unread = None;
        let fill = |out: &mut dyn std::io::Write| match write_merged(
            &self.inventory,
            &self.provenance,
            &self.request,
            knowledge.products(),
            out,
        ) {
            Ok(_) => Ok(()),
            Err(MergedError::Write(error)) => Err(error),
            Err(MergedError::Read(problem)) => {
                unread = Some(problem);
                Ok(())
            }
        };
        match output {
            Some(output) => output.write(fill)?,
            None => to_standard_output(fill)?,
        }
        unread.map_or(Ok(()), |problem| Err(Failure::unread(*problem)))
    }

    fn side(&self) -> Side<'_> {
        Side {
            inventory: &self.inventory,
            provenance: &self.provenance,
            request: &self.request,
        }
    }
}

/// What differs from an earlier import, which is read for the same plan and needs no options of its own.
fn against(
    path: &Path,
    later: &Read,
    plan: Option<&Plan>,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<Difference, Failure> {
    let arguments = InventoryArguments {
        inventories: vec![path.to_owned()],
        ..InventoryArguments::default()
    };
    let earlier = Read::new(&arguments, plan, knowledge, terminal, &mut None)?;
    let found = difference(earlier.side(), later.side(), knowledge.products());
    found.map_err(|problem| Failure::unread(*problem))
}
