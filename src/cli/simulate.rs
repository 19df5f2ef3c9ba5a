//! `cutover simulate`: who loses what at each stage, why, and on whose word.

use cutover::knowledge::KnowledgeBase;
use cutover::model::Severity;
use cutover::report::findings::{self, Run};
use cutover::report::{json, terminal as summary};
use cutover::simulate::{self, Simulation};
use cutover::timeline::{self, Timeline};

use super::arguments::{
    FailOnArgument, FindingsArguments, Format, MaterialArguments, ReadingArgument,
};
use super::cohorts::{self, CohortArguments};
use super::exit::{Exit, Failure};
use super::material::{Material, threads};
use super::output::{Output, Outputs};
use super::progress::Progress;
use super::terminal::{Terminal, print_json};

/// Simulate the plan: who loses what at each stage, and why
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover simulate --sample
  cutover simulate --plan plan.toml --inventory users.csv --inventory clients.xlsx
  cutover simulate -p plan.toml -i users.csv --findings findings.csv --kind lost --fail-on high
  cutover simulate -p plan.toml -i users.csv --reading strict --format json
  cutover simulate -p plan.toml --cohorts cohorts.csv --cohort-findings cohort-findings.csv")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) material: MaterialArguments,

    #[command(flatten)]
    reading: ReadingArgument,

    /// Print a summary for a person (text), or all figures for a program (json)
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

    #[command(flatten)]
    findings: FindingsArguments,

    #[command(flatten)]
    cohorts: CohortArguments,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    let mut outputs = Outputs::default();
    if arguments.format == Format::Json {
        outputs.prints("--format json");
    }
    let mut findings_file = None;
    let mut cohort_findings = None;
    let material = Material::read(
        &arguments.cohorts.material(&arguments.material),
        &knowledge,
        terminal,
        &mut outputs,
        |outputs| {
            let path = arguments.findings.findings.as_ref();
            findings_file = path
                .map(|path| outputs.open(path, "--findings"))
                .transpose()?;
            cohort_findings = arguments.cohorts.open(outputs)?;
            Ok(())
        },
    )?;
    let without_file = arguments.findings.without_file();
    if let Some(option) = without_file.filter(|_| cohort_findings.is_none()) {
        terminal.say(&format!(
            "note: {option} says which findings are written; add --findings FILE\n"
        ));
    }
    let timeline = timeline::build(&material.plan, &material.inventory, &knowledge, threads());
    let simulation = simulation(&timeline, &knowledge, arguments.reading, terminal);
    let run = Run {
        timeline: &timeline,
        knowledge: &knowledge,
        simulation: &simulation,
    };
    if let Some(output) = &mut findings_file {
        write_findings(&run, &arguments.findings, output)?;
    }
    if let Some(output) = &mut cohort_findings {
        cohorts::write(&run, &arguments.findings.choice(), output)?;
    }
    let files = [findings_file, cohort_findings, material.rejected];
    let files: Vec<Output> = files.into_iter().flatten().collect();
    let prints_data = files.iter().any(Output::is_standard_output);
    Outputs::finish(files)?;
    match arguments.format {
        Format::Json => print_json(&json::simulation(&timeline, &knowledge, &simulation))?,
        Format::Text if prints_data => {
            terminal.say(&summary::summary(&run, terminal.error_width()))
        }
        Format::Text => terminal.print(&summary::summary(&run, terminal.width()))?,
    }
    let exit = exit(&run, arguments.fail_on.fail_on);
    // The process is about to end: giving all of it back piece by piece would only take time.
    std::mem::forget((simulation, timeline));
    std::mem::forget(material.inventory);
    Ok(exit)
}

/// Simulates, and shows how far it is.
pub(crate) fn simulation(
    timeline: &Timeline<'_>,
    knowledge: &KnowledgeBase,
    reading: ReadingArgument,
    terminal: Terminal,
) -> Simulation {
    let progress = Progress::new(terminal, "simulating");
    let mut tell = |done: usize, total: usize| progress.set(done as u64, total as u64);
    let simulation = simulate::run(timeline, knowledge, reading.reading, threads(), &mut tell);
    progress.finish();
    simulation
}

fn write_findings(
    run: &Run<'_>,
    arguments: &FindingsArguments,
    output: &mut Output,
) -> Result<(), Failure> {
    output.write(|out| {
        let (choice, columns) = (arguments.choice(), arguments.columns());
        findings::write(run, &choice, columns, arguments.sort.into(), threads(), out)?;
        Ok(())
    })
}

/// Writes every finding, as `--findings` does without further options.
pub(crate) fn write_all_findings(
    run: &Run<'_>,
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    let choice = findings::Choice::default();
    let sort = findings::Sort::default();
    findings::write(run, &choice, findings::Column::ALL, sort, threads(), out)?;
    Ok(())
}

/// Is anything as bad as `--fail-on` says?
pub(crate) fn exit(run: &Run<'_>, fail_on: Option<Severity>) -> Exit {
    let Some(gate) = fail_on else {
        return Exit::Done;
    };
    let plan = run
        .simulation
        .plan_findings
        .iter()
        .map(|finding| finding.code.severity());
    let users = (0..run.timeline.paths.len())
        .flat_map(|path| run.simulation.findings_of(path))
        .map(|finding| finding.severity);
    if plan.chain(users).any(|severity| severity >= gate) {
        Exit::Findings
    } else {
        Exit::Done
    }
}
