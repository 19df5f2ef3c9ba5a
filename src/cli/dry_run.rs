//! `cutover dry-run`: the plan on other dates beside the plan as written.

use std::path::PathBuf;

use clap::ValueEnum;
use cutover::compare::{Comparison, Effect, Side, Simulated, compare};
use cutover::dry_run::{DryRun, ServiceShift, Shift};
use cutover::knowledge::KnowledgeBase;
use cutover::model::Severity;
use cutover::plan::Plan;
use cutover::plan::redate::redated;
use cutover::report::comparison::{Compared, csv, json, markdown, terminal as text};
use cutover::timeline;

use super::arguments::{FailOnArgument, MaterialArguments, ReadingArgument};
use super::diagnostics::tell;
use super::exit::{Exit, Failure};
use super::material::{Material, threads};
use super::output::{Output, Outputs};
use super::simulate::simulation;
use super::sweep::followers;
use super::terminal::{Terminal, print_json, to_standard_output};

/// Put stages or service events on other dates: who newly loses what, no longer, earlier or later
#[derive(Clone, Debug, clap::Args)]
#[command(
    before_help = "\
Examples:
  cutover dry-run --sample --shift l13-wave-2=+2w
  cutover dry-run -p plan.toml -i users.csv --shift wave-2=2014-07-12 --shift pilot=+7d
  cutover dry-run -p plan.toml -i users.csv --shift wave-2=+2w --cascade --write later.toml
  cutover dry-run -p plan.toml -i users.csv --service aol-end=2014-08-31 --format csv > people.csv",
    group = clap::ArgGroup::new("dates").required(true).multiple(true)
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) material: MaterialArguments,

    /// Put a stage on another day: a date, or days or weeks from its date, as in +7d or -2w
    #[arg(long = "shift", value_name = "STAGE=DAY", group = "dates")]
    shifts: Vec<Shift>,

    /// Put a service event on another day
    #[arg(long = "service", value_name = "ID=DAY", group = "dates")]
    services: Vec<ServiceShift>,

    /// Let the stages that come after move along by as many days
    #[arg(long)]
    cascade: bool,

    #[command(flatten)]
    reading: ReadingArgument,

    /// Save the plan with the new dates, comments and layout kept
    #[arg(long, value_name = "FILE", help_heading = "Output options")]
    write: Option<PathBuf>,

    /// Print what differs for a person (text), as tables (md), or with every name (json, csv)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        help_heading = "Output options"
    )]
    format: Format,

    #[command(flatten)]
    fail_on: FailOnArgument,
}

/// How a difference is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines with the first names
    #[default]
    Text,
    /// Everything, for a program
    Json,
    /// A line for each person and difference
    Csv,
    /// Tables for a wiki or a pull request
    Md,
}

impl Format {
    /// Remembers that standard output is taken.
    pub(crate) fn take_standard_output(self, outputs: &mut Outputs) {
        match self {
            Self::Text => {}
            Self::Json => outputs.prints("--format json"),
            Self::Csv => outputs.prints("--format csv"),
            Self::Md => outputs.prints("--format md"),
        }
    }
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    let mut outputs = Outputs::default();
    arguments.format.take_standard_output(&mut outputs);
    let mut prepared = None;
    let material = Material::read_with(
        &arguments.material,
        &knowledge,
        terminal,
        &mut outputs,
        |plan, outputs| {
            let dry_run = dry_run(arguments, plan, &knowledge, terminal)?;
            let path = arguments.write.as_ref();
            let file = path.map(|path| outputs.open(path, "--write")).transpose()?;
            prepared = Some((dry_run, file));
            Ok(())
        },
    )?;
    let (dry_run, mut file) =
        prepared.ok_or_else(|| Failure::internal("the dry run was not prepared"))?;
    if let Some(file) = &mut file {
        write_plan(&dry_run, &material.plan_bytes, file)?;
    }
    let before = timeline::build(&material.plan, &material.inventory, &knowledge, threads());
    let after = timeline::build(&dry_run.plan, &material.inventory, &knowledge, threads());
    let old = simulation(&before, &knowledge, arguments.reading, terminal);
    let new = simulation(&after, &knowledge, arguments.reading, terminal);
    let side = |timeline, simulation| {
        Side::Simulated(Simulated {
            timeline,
            simulation,
            knowledge: &knowledge,
        })
    };
    let (before, after) = (side(&before, &old), side(&after, &new));
    let comparison = compare(before, after);
    let compared = Compared {
        before,
        after,
        comparison: &comparison,
    };
    let prints_plan = file.as_ref().is_some_and(Output::is_standard_output);
    Outputs::finish(file.into_iter().chain(material.rejected))?;
    if !prints_plan {
        print(arguments, &dry_run, &compared, terminal)?;
    }
    Ok(exit(&comparison, arguments.fail_on.fail_on))
}

fn dry_run(
    arguments: &Arguments,
    plan: &Plan,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<DryRun, Failure> {
    let along = followers(arguments.cascade);
    DryRun::new(
        plan,
        &arguments.shifts,
        along,
        &arguments.services,
        knowledge,
    )
    .map_err(|problems| {
        tell(terminal, &problems, None);
        Failure::told(Exit::Usage)
    })
}

fn write_plan(dry_run: &DryRun, bytes: &[u8], output: &mut Output) -> Result<(), Failure> {
    // The plan was read from these bytes, so they are text and name every id.
    let text = str::from_utf8(bytes).map_err(|error| Failure::internal(error.to_string()))?;
    let text = redated(text, &dry_run.new_dates())
        .map_err(|error| Failure::internal(error.to_string()))?;
    output.write(|out| out.write_all(text.as_bytes()))
}

fn print(
    arguments: &Arguments,
    dry_run: &DryRun,
    compared: &Compared<'_>,
    terminal: Terminal,
) -> Result<(), Failure> {
    match arguments.format {
        Format::Text => {
            let (head, text) = (text::dry_run_heading(dry_run), text::difference(compared));
            terminal.print(&(head + &text))
        }
        Format::Json => print_json(&json::dry_run(dry_run, compared, arguments.reading.reading)),
        Format::Csv => to_standard_output(|out| csv::write(&[("plan", *compared)], out)),
        Format::Md => {
            let head = markdown::dry_run_heading(dry_run);
            terminal.print(&(head + &markdown::difference(compared, 2)))
        }
    }
}

/// Does something appear that is as bad as `--fail-on` says?
fn exit(comparison: &Comparison, fail_on: Option<Severity>) -> Exit {
    let Some(gate) = fail_on else {
        return Exit::Done;
    };
    let risks = comparison.risks_new.iter().map(|risk| risk.severity);
    let changes = comparison.cohorts.iter().flat_map(|cohort| &cohort.changes);
    let appearing = changes
        .filter(|change| change.effect == Effect::New)
        .filter_map(|change| change.after.as_ref())
        .map(|told| told.severity);
    if risks.chain(appearing).any(|severity| severity >= gate) {
        Exit::Findings
    } else {
        Exit::Done
    }
}
