//! `cutover sweep`: a stage on every day of a range, or two stages on every pair of days, exactly.

mod range;
mod swept;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::ValueEnum;
use cutover::diagnostic::Diagnostic;
use cutover::dry_run::{day, unknown_stage};
use cutover::model::Capability;
use cutover::plan::shift::Followers;
use cutover::plan::{Plan, StageIndex};
use cutover::sweep::weight::Weights;
use cutover::sweep::{Question, grid};

use super::arguments::{MaterialArguments, ReadingArgument};
use super::diagnostics::tell;
use super::exit::{Exit, Failure};
use super::material::Material;
use super::output::Outputs;
use super::progress::Progress;
use super::terminal::{Terminal, to_standard_output};
use range::StageRange;
use swept::{Asked, Swept};

/// Put a stage on every day of a range, or two on every pair of days: who loses what when, exactly, and which days are best
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover sweep --sample --stage l13-wave-2 --from 2014-05-01 --to 2014-09-30
  cutover sweep -p plan.toml -i users.csv --stage wave-2 --from 2014-05-01 --to 2014-09-30 --cascade --best
  cutover sweep -p plan.toml -i users.csv --stage wave-2 --stage wave-3 --from 2014-05-01 --to 2014-09-30 -o sweep.html
  cutover sweep -p plan.toml -i users.csv --stage wave-2 --from 2014-05-01 --to 2014-09-30 --format json
  cutover sweep --sample --grid l13-wave-2=2014-06-01..2014-08-31 --grid l13-wave-3=2014-07-01..2014-09-30")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) material: MaterialArguments,

    /// The stage to move; given several times, the stages move together as a block, and the days are the first one's
    #[arg(long = "stage", value_name = "ID", requires = "from", requires = "to")]
    stages: Vec<String>,

    /// First day
    #[arg(long, value_name = "DAY", value_parser = a_day, requires = "stages")]
    from: Option<NaiveDate>,

    /// Last day, included
    #[arg(long, value_name = "DAY", value_parser = a_day, requires = "stages")]
    to: Option<NaiveDate>,

    /// Given twice: put two stages on every pair of days, each moved on its own; both days of a range are included
    #[arg(
        long = "grid",
        value_name = "STAGE=DAY..DAY",
        required_unless_present = "stages",
        conflicts_with = "stages"
    )]
    grid: Vec<StageRange>,

    /// Let the stages that come after move along by as many days
    #[arg(long)]
    cascade: bool,

    #[command(flatten)]
    reading: ReadingArgument,

    /// Print only the best interval and the runner-up
    #[arg(long, help_heading = "Output options")]
    best: bool,

    /// What a day without a capability weighs in finding the best days, as in pic-aol=0,sign-in=20
    #[arg(long = "weight", value_name = "CAPABILITY=N", value_delimiter = ',', value_parser = weight, help_heading = "Output options")]
    weights: Vec<(Capability, u64)>,

    /// Print a chart for a person (text), or data for a program (json, csv)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        conflicts_with = "best",
        hide_possible_values = true,
        help_heading = "Output options"
    )]
    format: Format,

    /// Write the sweep to this file too: a page (.html), .json or .csv
    #[arg(short, long, value_name = "FILE", value_parser = output_file, help_heading = "Output options")]
    output: Option<(PathBuf, FileKind)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A chart and the intervals
    #[default]
    Text,
    /// Everything, for a program
    Json,
    /// A line for each interval and capability
    Csv,
}

/// What a file named by `--output` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    Html,
    Json,
    Csv,
}

fn a_day(text: &str) -> Result<NaiveDate, String> {
    day(text).ok_or_else(|| "a day is expected, as in 2014-06-30".to_owned())
}

fn weight(text: &str) -> Result<(Capability, u64), String> {
    const MOST: u64 = 1_000_000;
    let (id, number) = text
        .split_once('=')
        .ok_or("CAPABILITY=N is expected, as in pic-aol=0")?;
    let capability = Capability::parse(id).ok_or_else(|| {
        let known = Capability::ALL.iter().map(|capability| capability.id());
        format!(
            "there is no capability {id:?}; there are {}",
            known.collect::<Vec<_>>().join(", ")
        )
    })?;
    let number = number.parse().ok().filter(|&number| number <= MOST);
    number
        .map(|number| (capability, number))
        .ok_or_else(|| format!("a whole number from 0 to {MOST} is expected"))
}

fn output_file(text: &str) -> Result<(PathBuf, FileKind), String> {
    let path = PathBuf::from(text);
    let extension = path
        .extension()
        .map(|extension| extension.to_ascii_lowercase());
    let kind = match extension
        .as_deref()
        .and_then(|extension| extension.to_str())
    {
        Some("html" | "htm") => FileKind::Html,
        Some("json") => FileKind::Json,
        Some("csv") => FileKind::Csv,
        _ => return Err("a file name that ends in .html, .json or .csv is expected".to_owned()),
    };
    Ok((path, kind))
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    check_ranges(arguments)?;
    let mut outputs = Outputs::default();
    match arguments.format {
        Format::Json => outputs.prints("--format json"),
        Format::Csv => outputs.prints("--format csv"),
        Format::Text => {}
    }
    let (mut file, mut asked) = (None, None);
    let material = Material::read_with(
        &arguments.material,
        &knowledge,
        terminal,
        &mut outputs,
        |plan, outputs| {
            asked = Some(question(plan, arguments, terminal)?);
            let path = arguments.output.as_ref().map(|(path, _)| path);
            file = path
                .map(|path| outputs.open(path, "--output"))
                .transpose()?;
            Ok(())
        },
    )?;
    let asked = asked.ok_or_else(|| Failure::internal("the sweep was not prepared"))?;
    let progress = Progress::new(terminal, "sweeping");
    let swept = asked.answer(
        &material.plan,
        &material.inventory,
        &knowledge,
        &mut |done, total| progress.set(done as u64, total as u64),
    );
    progress.finish();
    let weights = arguments
        .weights
        .iter()
        .fold(Weights::default(), |weights, &(capability, weight)| {
            weights.with(capability, weight)
        });
    if let (Some(output), Some((_, kind))) = (&mut file, &arguments.output) {
        output.write(|out| swept.write(*kind, &weights, &material.plan.name, out))?;
    }
    Outputs::finish(file.into_iter().chain(material.rejected))?;
    print(arguments, &swept, &weights, terminal)?;
    Ok(Exit::Done)
}

/// What `--cascade` says.
pub(crate) fn followers(cascade: bool) -> Followers {
    if cascade {
        Followers::MoveAlong
    } else {
        Followers::Stay
    }
}

/// The ranges make sense, whatever the plan says.
fn check_ranges(arguments: &Arguments) -> Result<(), Failure> {
    if let (Some(from), Some(to)) = (arguments.from, arguments.to)
        && to < from
    {
        return Err(Failure::usage(
            format!("--to {to} lies before --from {from}"),
            "give the first day to --from and the last to --to",
        ));
    }
    match &arguments.grid[..] {
        [] => Ok(()),
        [one, other] if one.stage == other.stage => Err(Failure::usage(
            format!("--grid is given stage \"{}\" twice", one.stage),
            "name two different stages; for one stage there is --stage with --from and --to",
        )),
        [_, _] => Ok(()),
        _ => Err(Failure::usage(
            "a grid has two stages",
            "give --grid twice, as in --grid wave-2=2014-05-01..2014-07-31 --grid wave-3=2014-06-01..2014-09-30",
        )),
    }
}

/// What is asked, with the plan's stages.
fn question(plan: &Plan, arguments: &Arguments, terminal: Terminal) -> Result<Asked, Failure> {
    let along = followers(arguments.cascade);
    let reading = arguments.reading.reading;
    if let [one, other] = &arguments.grid[..] {
        let stages = named_stages(plan, &[&one.stage, &other.stage], terminal)?;
        let ranges = [(one, stages[0]), (other, stages[1])].map(|(range, stage)| grid::Range {
            stage,
            from: range.from,
            to: range.to,
        });
        return Ok(Asked::Grid(grid::Question {
            ranges,
            along,
            reading,
        }));
    }
    let ids: Vec<&str> = arguments.stages.iter().map(String::as_str).collect();
    let (Some(from), Some(to)) = (arguments.from, arguments.to) else {
        return Err(Failure::internal("a range without days was let through"));
    };
    Ok(Asked::Stages(Question {
        stages: named_stages(plan, &ids, terminal)?,
        along,
        from,
        to,
        reading,
    }))
}

fn named_stages(plan: &Plan, ids: &[&str], terminal: Terminal) -> Result<Vec<StageIndex>, Failure> {
    let mut stages: Vec<StageIndex> = Vec::new();
    let mut problems: Vec<Diagnostic> = Vec::new();
    for id in ids {
        match plan.stage_named(id) {
            Some(stage) if stages.contains(&stage) => {}
            Some(stage) => stages.push(stage),
            None => problems.push(unknown_stage(plan, id)),
        }
    }
    if problems.is_empty() {
        return Ok(stages);
    }
    tell(terminal, &problems, None);
    Err(Failure::told(Exit::Usage))
}

fn print(
    arguments: &Arguments,
    swept: &Swept,
    weights: &Weights,
    terminal: Terminal,
) -> Result<(), Failure> {
    let writes_data = arguments
        .output
        .as_ref()
        .is_some_and(|(path, _)| path == Path::new("-"));
    match arguments.format {
        Format::Json => to_standard_output(|out| swept.json(out)),
        Format::Csv => to_standard_output(|out| swept.csv(out)),
        Format::Text if arguments.best => terminal.print(&swept.best(weights)),
        Format::Text if writes_data => Ok(()),
        Format::Text => terminal.print(&swept.text(weights, terminal.width())),
    }
}
