//! `cutover sweep`: a stage on every day of a range, exactly.

use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::ValueEnum;
use cutover::diagnostic::Diagnostic;
use cutover::dry_run::{day, unknown_stage};
use cutover::model::Capability;
use cutover::plan::shift::Followers;
use cutover::plan::{Plan, StageIndex};
use cutover::report::sweep::{csv, html, json, terminal as chart};
use cutover::sweep::weight::Weights;
use cutover::sweep::{self, Question, Sweep};

use super::arguments::{MaterialArguments, ReadingArgument};
use super::diagnostics::tell;
use super::exit::{Exit, Failure};
use super::material::{Columns, Material};
use super::output::{Output, Outputs};
use super::progress::Progress;
use super::terminal::{Terminal, print_json, to_standard_output};

/// Put a stage on every day of a range: who loses what on which days, exactly, and which days are best
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover sweep --sample --stage l13-wave-2 --from 2014-05-01 --to 2014-09-30
  cutover sweep -p plan.toml -i users.csv --stage wave-2 --from 2014-05-01 --to 2014-09-30 --cascade --best
  cutover sweep -p plan.toml -i users.csv --stage wave-2 --stage wave-3 --from 2014-05-01 --to 2014-09-30 -o sweep.html
  cutover sweep -p plan.toml -i users.csv --stage wave-2 --from 2014-05-01 --to 2014-09-30 --format json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    material: MaterialArguments,

    /// The stage to move; given several times, the stages move together as a block, and the days are the first one's
    #[arg(long = "stage", value_name = "ID", required = true)]
    stages: Vec<String>,

    /// First day
    #[arg(long, value_name = "DAY", value_parser = a_day)]
    from: NaiveDate,

    /// Last day, included
    #[arg(long, value_name = "DAY", value_parser = a_day)]
    to: NaiveDate,

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
    if arguments.to < arguments.from {
        return Err(Failure::usage(
            format!(
                "--to {} lies before --from {}",
                arguments.to, arguments.from
            ),
            "give the first day to --from and the last to --to",
        ));
    }
    let mut outputs = Outputs::default();
    match arguments.format {
        Format::Json => outputs.prints("--format json"),
        Format::Csv => outputs.prints("--format csv"),
        Format::Text => {}
    }
    let (mut file, mut stages) = (None, Vec::new());
    let material = Material::read_with(
        &arguments.material,
        &knowledge,
        terminal,
        &mut outputs,
        &Columns::Plan,
        |plan, outputs| {
            stages = named_stages(plan, &arguments.stages, terminal)?;
            let path = arguments.output.as_ref().map(|(path, _)| path);
            file = path
                .map(|path| outputs.open(path, "--output"))
                .transpose()?;
            Ok(())
        },
    )?;
    let question = Question {
        stages,
        along: followers(arguments.cascade),
        from: arguments.from,
        to: arguments.to,
        reading: arguments.reading.reading,
    };
    let progress = Progress::new(terminal, "sweeping");
    let sweep = sweep::run(
        &material.plan,
        &material.inventory,
        &knowledge,
        &question,
        &mut |done, total| {
            progress.set(done as u64, total as u64);
        },
    );
    progress.finish();
    let weights = arguments
        .weights
        .iter()
        .fold(Weights::default(), |weights, &(capability, weight)| {
            weights.with(capability, weight)
        });
    if let (Some(output), Some((_, kind))) = (&mut file, &arguments.output) {
        write(&sweep, &weights, &material.plan, *kind, output)?;
    }
    Outputs::finish(file.into_iter().chain(material.rejected))?;
    print(arguments, &sweep, &weights, terminal)?;
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

fn named_stages(
    plan: &Plan,
    ids: &[String],
    terminal: Terminal,
) -> Result<Vec<StageIndex>, Failure> {
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

fn write(
    sweep: &Sweep,
    weights: &Weights,
    plan: &Plan,
    kind: FileKind,
    output: &mut Output,
) -> Result<(), Failure> {
    output.write(|out| match kind {
        FileKind::Html => {
            let page = html::page(sweep, weights, &plan.name).map_err(io::Error::other)?;
            out.write_all(page.as_bytes())
        }
        FileKind::Csv => csv::write(sweep, out),
        FileKind::Json => {
            serde_json::to_writer_pretty(&mut *out, &json::sweep(sweep))
                .map_err(io::Error::from)?;
            out.write_all(b"\n")
        }
    })
}

fn print(
    arguments: &Arguments,
    sweep: &Sweep,
    weights: &Weights,
    terminal: Terminal,
) -> Result<(), Failure> {
    let writes_data = arguments
        .output
        .as_ref()
        .is_some_and(|(path, _)| path == Path::new("-"));
    match arguments.format {
        Format::Json => print_json(&json::sweep(sweep)),
        Format::Csv => to_standard_output(|out| csv::write(sweep, out)),
        Format::Text if arguments.best => terminal.print(&chart::best(sweep, weights)),
        Format::Text if writes_data => Ok(()),
        Format::Text => terminal.print(&chart::sweep(sweep, weights, terminal.width())),
    }
}
