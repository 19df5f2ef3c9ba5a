//! `cutover compare`: two plans, inventories, readings or reports, told in people.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use cutover::compare::{Comparison, Recorded, Side, Simulated, Verdict, compare, read_report};
use cutover::inventory::{Inventory, Request};
use cutover::knowledge::KnowledgeBase;
use cutover::model::Reading;
use cutover::plan::{self, Plan};
use cutover::report::comparison::{Compared, csv, json, markdown, terminal as text};
use cutover::report::model::since::changed;
use cutover::simulate::Simulation;
use cutover::timeline::{self, Timeline};

use super::arguments::{InventoryArguments, ReadingArgument, ids};
use super::diagnostics::{has_error, tell};
use super::dry_run::Format;
use super::exit::{Exit, Failure};
use super::input;
use super::material::{Files, request, threads};
use super::output::Outputs;
use super::plan_file::PlanFile;
use super::simulate::simulation;
use super::terminal::{Terminal, print_json, to_standard_output};

/// Compare two plans, inventories, readings or reports: for whom does what differ, and because of which change
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover compare plan.toml later.toml --inventory users.csv
  cutover compare plan.toml -i january.csv --other-inventory march.csv
  cutover compare plan.toml -i users.csv --other-reading strict --format md
  cutover compare plan.toml later.toml -i users.csv --fail-on worse
  cutover compare january/report.json march/report.json")]
pub(crate) struct Arguments {
    /// The first plan, or the report.json (or the folder) of an earlier report
    #[arg(value_name = "A")]
    first: PathBuf,

    /// The second plan or report; without it, another inventory or reading is compared
    #[arg(value_name = "B")]
    second: Option<PathBuf>,

    #[command(flatten)]
    inventory: InventoryArguments,

    /// Another inventory for the second side; give it several times to merge files
    #[arg(
        long = "other-inventory",
        value_name = "FILE",
        help_heading = "Inventory options"
    )]
    other_inventories: Vec<PathBuf>,

    #[command(flatten)]
    reading: ReadingArgument,

    /// Another reading for the second side
    #[arg(long, value_name = "READING", value_parser = ids(Reading::ALL, Reading::id))]
    other_reading: Option<Reading>,

    /// Print what differs for a person, or with every name for a program
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Output options"
    )]
    format: Format,

    /// Exit with code 1 if the second side is worse: more people lose something, on more days, or the plan has a new high risk
    #[arg(long, value_name = "WHEN", help_heading = "Output options")]
    fail_on: Option<Gate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Gate {
    /// The second side is worse
    Worse,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let second = arguments.second.as_deref();
    match (is_report(&arguments.first), second.map(is_report)) {
        (true, Some(true)) => reports(
            arguments,
            &arguments.first,
            second.unwrap_or(&arguments.first),
            terminal,
        ),
        (false, None | Some(false)) => plans(arguments, terminal),
        _ => Err(Failure::usage(
            "a report can only be compared with a report",
            "name two plans, or two report.json files",
        )),
    }
}

/// A folder or a file of that ending is a report; everything else is a plan.
fn is_report(path: &Path) -> bool {
    let is_json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    is_json || path.is_dir()
}

/// What one side of one step is simulated from: positions of its plan and its inventory, and its reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Setting {
    plan: usize,
    inventory: usize,
    reading: Reading,
}

fn plans(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    let steps = steps(arguments)?;
    check_inputs(arguments)?;
    let plans = read_plans(arguments, &knowledge, terminal)?;
    let (imports, import_of) = import(arguments, &plans, &steps, &knowledge, terminal)?;
    let settings = || std::iter::once(&steps.0).chain(steps.1.iter().map(|(_, setting)| setting));
    let timelines: Vec<Timeline<'_>> = settings()
        .zip(&import_of)
        .map(|(setting, &import)| {
            timeline::build(
                &plans[setting.plan],
                &imports[import],
                &knowledge,
                threads(),
            )
        })
        .collect();
    let simulations: Vec<Simulation> = settings()
        .zip(&timelines)
        .map(|(setting, timeline)| {
            let reading = ReadingArgument {
                reading: setting.reading,
            };
            simulation(timeline, &knowledge, reading, terminal)
        })
        .collect();
    let sides: Vec<Side<'_>> = timelines
        .iter()
        .zip(&simulations)
        .map(|(timeline, simulation)| {
            Side::Simulated(Simulated {
                timeline,
                simulation,
                knowledge: &knowledge,
            })
        })
        .collect();
    let changed = steps.1.iter().map(|&(changed, _)| vec![changed]).collect();
    finish(arguments, &sides, changed, terminal)
}

/// Says what differs from side to side, and whether the last is worse than the first.
fn finish(
    arguments: &Arguments,
    sides: &[Side<'_>],
    changed: Vec<Vec<&'static str>>,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    let comparisons: Vec<Comparison> = sides
        .windows(2)
        .map(|pair| compare(pair[0], pair[1]))
        .collect();
    let steps: Vec<(Vec<&'static str>, Compared<'_>)> = changed
        .into_iter()
        .zip(sides.windows(2))
        .zip(&comparisons)
        .map(|((changed, pair), comparison)| {
            let compared = Compared {
                before: pair[0],
                after: pair[1],
                comparison,
            };
            (changed, compared)
        })
        .collect();
    let verdict = match (sides, &*comparisons) {
        (_, [only]) => only.verdict(),
        ([first, .., last], _) => compare(*first, *last).verdict(),
        _ => Verdict::Same,
    };
    print(arguments.format, verdict, &steps, terminal)?;
    Ok(match (arguments.fail_on, verdict) {
        (Some(Gate::Worse), Verdict::Worse) => Exit::Findings,
        _ => Exit::Done,
    })
}

fn print(
    format: Format,
    verdict: Verdict,
    steps: &[(Vec<&'static str>, Compared<'_>)],
    terminal: Terminal,
) -> Result<(), Failure> {
    match format {
        Format::Json => print_json(&json::comparing(verdict, steps)),
        Format::Csv => {
            let words: Vec<String> = steps.iter().map(|(changed, _)| changed.join(";")).collect();
            let steps: Vec<(&str, Compared<'_>)> = words
                .iter()
                .zip(steps)
                .map(|(word, &(_, compared))| (word.as_str(), compared))
                .collect();
            to_standard_output(|out| csv::write(&steps, out))
        }
        Format::Md => {
            let steps = steps.iter();
            let parts = steps.map(|(changed, compared)| {
                format!(
                    "{}{}",
                    markdown::step_heading(changed),
                    markdown::difference(compared, 3)
                )
            });
            let parts: Vec<String> = parts.collect();
            terminal.print(&format!("# Comparison\n\n{}", parts.join("\n")))
        }
        Format::Text => {
            let steps = steps.iter();
            let parts = steps.map(|(changed, compared)| {
                text::step_heading(changed) + &text::difference(compared)
            });
            terminal.print(&parts.collect::<Vec<_>>().join("\n"))
        }
    }
}

type Steps = (Setting, Vec<(&'static str, Setting)>);

/// The settings one after the other, each with what changed: first the plan, then the inventory, then the reading.
fn steps(arguments: &Arguments) -> Result<Steps, Failure> {
    let first = Setting {
        plan: 0,
        inventory: 0,
        reading: arguments.reading.reading,
    };
    let mut steps: Vec<(&'static str, Setting)> = Vec::new();
    let mut now = first;
    if arguments.second.is_some() {
        now.plan = 1;
        steps.push(("plan", now));
    }
    if !arguments.other_inventories.is_empty() {
        now.inventory = 1;
        steps.push(("inventory", now));
    }
    if let Some(reading) = arguments.other_reading {
        now.reading = reading;
        steps.push(("reading", now));
    }
    if steps.is_empty() {
        return Err(Failure::usage(
            "there is nothing to compare with",
            "name a second plan, or add --other-inventory or --other-reading",
        ));
    }
    Ok((first, steps))
}

fn check_inputs(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.inventory.inventories.is_empty() {
        return Err(Failure::usage(
            "no inventory is given",
            "add --inventory FILE for each file that tells who uses what",
        ));
    }
    if arguments.inventory.rejected.is_some() || arguments.inventory.max_rejected.is_some() {
        return Err(Failure::usage(
            "compare writes no rejected rows",
            "use `cutover check` with --rejected and --max-rejected",
        ));
    }
    let mut outputs = Outputs::default();
    let plans = std::iter::once(&arguments.first).chain(&arguments.second);
    for path in plans {
        outputs.reads(path, "a plan")?;
    }
    let inventories = arguments.inventory.inventories.iter();
    for path in inventories.chain(&arguments.other_inventories) {
        outputs.reads(path, "an inventory")?;
    }
    Ok(())
}

fn read_plans(
    arguments: &Arguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<Vec<Plan>, Failure> {
    let paths = std::iter::once(&arguments.first).chain(&arguments.second);
    // Both are read before the first is refused: all problems of both at once.
    let files: Vec<PlanFile> = paths
        .map(|path| PlanFile::read(Some(path), knowledge))
        .collect();
    for file in &files {
        tell(terminal, &file.diagnostics, Some(file.source()));
    }
    let plans = files.into_iter().map(|file| file.plan);
    plans
        .collect::<Option<Vec<Plan>>>()
        .ok_or_else(|| Failure::told(Exit::Usage))
}

/// The inventories as each setting wants them, and which of them each setting has. Where two plans ask for the same pools and
/// columns, an inventory is imported once for both.
fn import(
    arguments: &Arguments,
    plans: &[Plan],
    steps: &Steps,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<(Vec<Inventory>, Vec<usize>), Failure> {
    let other = InventoryArguments {
        inventories: arguments.other_inventories.clone(),
        ..arguments.inventory.clone()
    };
    let mut files = [
        Files::open(&arguments.inventory, terminal),
        Files::open(&other, terminal),
    ];
    let mut keys: Vec<(Request, usize)> = Vec::new();
    let mut imports = Vec::new();
    let mut import_of = Vec::new();
    for setting in std::iter::once(&steps.0).chain(steps.1.iter().map(|(_, setting)| setting)) {
        let plan = &plans[setting.plan];
        let request = request(&arguments.inventory, Some(plan));
        let known = keys.iter().position(|(known, inventory)| {
            *inventory == setting.inventory
                && (&known.pools, &known.columns) == (&request.pools, &request.columns)
        });
        let position = match known {
            Some(position) => position,
            None => {
                let files = &mut files[setting.inventory];
                imports.push(imported(files, &request, plan, knowledge, terminal)?);
                keys.push((request, setting.inventory));
                imports.len() - 1
            }
        };
        import_of.push(position);
    }
    Ok((imports, import_of))
}

fn imported(
    files: &mut Files,
    request: &Request,
    plan: &Plan,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<Inventory, Failure> {
    let inventory = files.import(request, knowledge).map_err(|refusal| {
        tell(terminal, &refusal.diagnostics, None);
        Failure::told(Exit::Inventory)
    })?;
    tell(terminal, &inventory.diagnostics, None);
    let columns = plan::check_columns(plan, &inventory);
    tell(terminal, &columns, None);
    if has_error(&columns) {
        return Err(Failure::told(Exit::Usage));
    }
    Ok(inventory)
}

/// Two reports that were written before.
fn reports(
    arguments: &Arguments,
    first: &Path,
    second: &Path,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    let inventory = &arguments.inventory.inventories;
    if !inventory.is_empty()
        || !arguments.other_inventories.is_empty()
        || arguments.other_reading.is_some()
    {
        return Err(Failure::usage(
            "two reports are compared as they were written",
            "leave out inventories and readings",
        ));
    }
    let (before, after) = (recorded(first, terminal)?, recorded(second, terminal)?);
    let sides = [Side::Recorded(&before), Side::Recorded(&after)];
    finish(
        arguments,
        &sides,
        vec![changed(&before.run, &after.run)],
        terminal,
    )
}

/// An earlier report: a folder, or its report.json, with findings.csv beside it.
pub(super) fn recorded(path: &Path, terminal: Terminal) -> Result<Recorded, Failure> {
    let report = if path.is_dir() {
        path.join("report.json")
    } else {
        path.to_owned()
    };
    let findings = report.with_file_name("findings.csv");
    let read = || {
        let (text, people) = (input::read_whole(&report)?, input::read_whole(&findings)?);
        let (name, people_name) = (input::name(&report), input::name(&findings));
        read_report((&name, &text), (&people_name, &people))
    };
    read().map_err(|problem| {
        tell(terminal, &[*problem], None);
        Failure::told(Exit::Inventory)
    })
}
