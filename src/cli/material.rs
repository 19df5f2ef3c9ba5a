//! What most commands work with: a plan and the inventory imported for it, read and checked.
//!
//! In: the command line. Out: [`Material`], with everything that was noticed said on standard error; or the exit code of what
//! is wrong. A wrong plan goes before a refused inventory (contract section 5.1).

mod rejected;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;

use chrono::Days;
use cutover::diagnostic::Diagnostic;
use cutover::inventory::provenance::{Provenance, provenance};
use cutover::inventory::workbook::Limits;
use cutover::inventory::{self, Inventory, PoolDirectory, Refusal, Request, Shown, Unit, shown};
use cutover::knowledge::KnowledgeBase;
use cutover::plan::{self, Plan};
use cutover::report::model::InputFile;
use cutover::sql;

use super::arguments::{InventoryArguments, MaterialArguments};
use super::diagnostics::{has_error, tell};
use super::exit::{Exit, Failure};
use super::input;
use super::output::{Output, Outputs};
use super::plan_file::PlanFile;
use super::progress::Progress;
use super::sample;
use super::terminal::Terminal;

/// The inventory files of a command line, opened.
pub(crate) struct Files {
    inputs: Vec<input::Inventory>,
    sheet: Option<String>,
    limits: Limits,
    progress: Arc<Progress>,
    /// What was noticed in opening them.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Files {
    /// Opens the files that the command line names.
    pub(crate) fn open(arguments: &InventoryArguments, terminal: Terminal) -> Self {
        let mut files = Self::none(arguments, terminal);
        for path in &arguments.inventories {
            match input::open(path, &files.progress, &mut files.diagnostics) {
                Ok(input) => files.inputs.push(input),
                Err(problem) => files.diagnostics.push(*problem),
            }
        }
        files
    }

    /// The built-in files.
    pub(crate) fn sample(arguments: &InventoryArguments, terminal: Terminal) -> Self {
        let mut files = Self::none(arguments, terminal);
        for (name, bytes) in sample::inventories() {
            match input::hold(name, bytes, &mut files.diagnostics) {
                Ok(input) => files.inputs.push(input),
                Err(problem) => files.diagnostics.push(*problem),
            }
        }
        files
    }

    fn none(arguments: &InventoryArguments, terminal: Terminal) -> Self {
        Self {
            inputs: Vec::new(),
            sheet: arguments.sheet.clone(),
            limits: arguments.limits(),
            progress: Arc::new(Progress::new(terminal, "reading")),
            diagnostics: Vec::new(),
        }
    }

    /// Name, digest and size of each file, in the order of the command line. Every byte is read again.
    pub(crate) fn digests(&self) -> Result<Vec<InputFile>, Failure> {
        let digests = self.inputs.iter().map(input::Inventory::digest);
        let digests: Result<Vec<InputFile>, Box<Diagnostic>> = digests.collect();
        digests.map_err(|problem| Failure::unread(*problem))
    }

    /// Reads the display names, departments and sites of accepted users, in one more pass.
    pub(crate) fn shown(
        &self,
        arguments: &InventoryArguments,
        plan: &Plan,
        inventory: &Inventory,
    ) -> Result<Shown, Failure> {
        let request = request(arguments, Some(plan));
        let shown = input::with_sources(
            &self.inputs,
            self.sheet.as_deref(),
            self.limits,
            &request,
            |sources| shown(sources, &request, inventory),
        );
        shown.map_err(|problem| Failure::unread(*problem))
    }

    /// Reads where the values of accepted users come from, or those of one user, in one more pass.
    pub(crate) fn provenance(
        &self,
        request: &Request,
        inventory: &Inventory,
        knowledge: &KnowledgeBase,
        only: Option<usize>,
    ) -> Result<Provenance, Failure> {
        let read = input::with_sources(
            &self.inputs,
            self.sheet.as_deref(),
            self.limits,
            request,
            |sources| provenance(sources, request, inventory, knowledge.products(), only),
        );
        read.map_err(|problem| Failure::unread(*problem))
    }

    /// Imports them. What was noticed in opening them comes first in what is noticed; a file that could not be opened
    /// is a reason to refuse.
    pub(crate) fn import(
        &mut self,
        request: &Request,
        knowledge: &KnowledgeBase,
    ) -> Result<Inventory, Refusal> {
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        let is_incomplete = has_error(&diagnostics);
        let imported = input::with_sources(
            &self.inputs,
            self.sheet.as_deref(),
            self.limits,
            request,
            |sources| inventory::import(sources, request, knowledge.products()),
        );
        self.progress.finish();
        match imported {
            Ok(mut inventory) => {
                diagnostics.append(&mut inventory.diagnostics);
                if is_incomplete {
                    return Err(Refusal {
                        diagnostics,
                        counts: inventory.counts,
                        rejected: None,
                    });
                }
                inventory.diagnostics = diagnostics;
                Ok(inventory)
            }
            Err(mut refusal) => {
                // Where no file could be opened, that no user is left goes without saying.
                if !self.inputs.is_empty() || !is_incomplete {
                    diagnostics.append(&mut refusal.diagnostics);
                }
                refusal.diagnostics = diagnostics;
                Err(refusal)
            }
        }
    }
}

/// How many threads may work.
pub(crate) fn threads() -> NonZeroUsize {
    available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// What the importer is asked for: for a plan, or with every pool text a pool of its own.
pub(crate) fn request(arguments: &InventoryArguments, plan: Option<&Plan>) -> Request {
    Request {
        unit: arguments.unit,
        pools: plan.map_or_else(PoolDirectory::default, Plan::pool_directory),
        columns: plan.map(Plan::columns).unwrap_or_default(),
        mapping: arguments.map.clone(),
        encoding: arguments.encoding.clone(),
        delimiter: arguments.delimiter,
        header_row: arguments.header_row,
        date_order: arguments.date_format,
        last_seen: arguments.last_seen.clone(),
        stale_before: plan
            .zip(arguments.stale_after)
            .and_then(|(plan, days)| plan.baseline.checked_sub_days(Days::new(u64::from(days)))),
        threads: threads().get(),
        ..Request::default()
    }
}

/// Plan and inventory, checked; nothing stands against working with them.
pub(crate) struct Material {
    /// The plan.
    pub(crate) plan: Plan,
    /// Its file, byte for byte.
    pub(crate) plan_bytes: Vec<u8>,
    /// The inventory, imported for the plan.
    pub(crate) inventory: Inventory,
    /// The file of rejected rows, written, but not yet under its final name.
    pub(crate) rejected: Option<Output>,
    /// The files that the inventory was read from.
    pub(crate) files: Files,
    /// The file that the plan was read from.
    pub(crate) plan_file: InputFile,
}

impl Material {
    /// Reads plan and inventory, and says what was noticed. `open_outputs` is called before the long work starts.
    pub(crate) fn read(
        arguments: &MaterialArguments,
        knowledge: &KnowledgeBase,
        terminal: Terminal,
        outputs: &mut Outputs,
        open_outputs: impl FnOnce(&mut Outputs) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        Self::read_with(arguments, knowledge, terminal, outputs, |_, outputs| {
            open_outputs(outputs)
        })
    }

    /// The same for a command that has to look at the plan before the long work starts.
    pub(crate) fn read_with(
        arguments: &MaterialArguments,
        knowledge: &KnowledgeBase,
        terminal: Terminal,
        outputs: &mut Outputs,
        prepare: impl FnOnce(&Plan, &mut Outputs) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        check_named(arguments)?;
        read_inputs(
            arguments.plan.as_deref(),
            &arguments.inventory.inventories,
            outputs,
        )?;
        let file = PlanFile::read(arguments.plan.as_deref(), knowledge);
        tell(terminal, &file.diagnostics, Some(file.source()));
        let Some(plan) = &file.plan else {
            return Err(Failure::told(Exit::Usage));
        };
        if arguments.inventory.unit == Unit::Cohort {
            let undecidable = sql::undecidable(plan);
            tell(terminal, &undecidable, Some(file.source()));
            if has_error(&undecidable) {
                return Err(Failure::told(Exit::Usage));
            }
        }
        let mut rejected = open_rejected(&arguments.inventory, outputs)?;
        prepare(plan, outputs)?;
        let mut request = request(&arguments.inventory, Some(plan));
        request.told_apart = plan.told_apart();
        let mut files = if arguments.sample {
            Files::sample(&arguments.inventory, terminal)
        } else {
            Files::open(&arguments.inventory, terminal)
        };
        let inventory = match files.import(&request, knowledge) {
            Ok(inventory) => inventory,
            Err(refusal) => {
                tell(terminal, &refusal.diagnostics, None);
                files.give_back(&refusal, &request, knowledge, rejected, terminal)?;
                return Err(Failure::told(Exit::Inventory));
            }
        };
        tell(terminal, &inventory.diagnostics, None);
        let columns = plan::check_columns(plan, &inventory);
        tell(terminal, &columns, Some(file.source()));
        if has_error(&columns) {
            return Err(Failure::told(Exit::Usage));
        }
        if let Some(output) = &mut rejected {
            files.write_rejected(&inventory.rejected, &request, knowledge, output, terminal)?;
        }
        rejected = refuse_many(&arguments.inventory, &inventory, rejected, terminal)?;
        Ok(Self {
            plan: file.plan.ok_or_else(|| Failure::told(Exit::Usage))?,
            plan_bytes: file.bytes,
            inventory,
            rejected,
            files,
            plan_file: file.file,
        })
    }
}

/// Opens the file for rejected rows.
pub(crate) fn open_rejected(
    arguments: &InventoryArguments,
    outputs: &mut Outputs,
) -> Result<Option<Output>, Failure> {
    let path = arguments.rejected.as_ref();
    path.map(|path| outputs.open(path, "--rejected"))
        .transpose()
}

/// `--max-rejected`: too many rejected rows are a refusal. The rows are given back all the same, to be mended. Where they are
/// not too many, the output comes back unfinished.
pub(crate) fn refuse_many(
    arguments: &InventoryArguments,
    inventory: &Inventory,
    rejected: Option<Output>,
    terminal: Terminal,
) -> Result<Option<Output>, Failure> {
    let counts = &inventory.counts;
    let Some(most) = arguments
        .max_rejected
        .filter(|most| most.is_exceeded(counts))
    else {
        return Ok(rejected);
    };
    let message = format!(
        "{} of {} rows are rejected, more than --max-rejected {most} allows",
        counts.rows_rejected, counts.rows
    );
    let help = match &arguments.rejected {
        Some(path) => format!(
            "mend the rows in {} and import it with the others",
            path.display()
        ),
        None => "--rejected FILE gives them back with their reasons".to_owned(),
    };
    Outputs::finish(rejected)?;
    tell(
        terminal,
        &[Diagnostic::error("too-many-rejected", message).help(help)],
        None,
    );
    Err(Failure::told(Exit::Inventory))
}

/// `--stale-after` counts back from a plan's baseline.
pub(crate) fn check_stale(arguments: &InventoryArguments, has_plan: bool) -> Result<(), Failure> {
    if arguments.stale_after.is_none() || has_plan {
        return Ok(());
    }
    Err(Failure::usage(
        "--stale-after counts back from the baseline of a plan, and no plan is given",
        "add --plan FILE, or leave --stale-after out: of each kind of client the newest counts",
    ))
}

/// Remembers what is read, and that standard input is read once.
pub(crate) fn read_inputs(
    plan: Option<&Path>,
    inventories: &[PathBuf],
    outputs: &mut Outputs,
) -> Result<(), Failure> {
    if let Some(plan) = plan {
        outputs.reads(plan, "--plan")?;
    }
    for path in inventories {
        outputs.reads(path, "--inventory")?;
    }
    Ok(())
}

/// Are a plan and an inventory named?
fn check_named(arguments: &MaterialArguments) -> Result<(), Failure> {
    let missing = if arguments.sample {
        return Ok(());
    } else if arguments.plan.is_none() {
        (
            "no plan is given",
            "add --plan FILE; cutover init drafts one, and --sample shows an example",
        )
    } else if arguments.inventory.inventories.is_empty() {
        (
            "no inventory is given",
            "add --inventory FILE for each file that tells who uses what; --sample shows an example",
        )
    } else {
        return Ok(());
    };
    Err(Failure::usage(missing.0, missing.1))
}
