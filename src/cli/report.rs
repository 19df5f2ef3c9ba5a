//! `cutover report`: a folder of files that can be handed over.

use std::io;
use std::path::PathBuf;

use cutover::report::model::{self, OwnNames, People, Report};
use cutover::report::{findings, html, report_json};
use cutover::timeline;

use super::arguments::{FailOnArgument, MaterialArguments, ReadingArgument};
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::material::Material;
use super::output::Outputs;
use super::terminal::Terminal;

/// Write risk reports per phase, to be handed over: a page, data and lists
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover report --sample -o contoso
  cutover report --plan plan.toml --inventory users.csv -o report
  cutover report -p plan.toml -i users.csv -o report --reading strict --fail-on critical")]
pub(crate) struct Arguments {
    #[command(flatten)]
    material: MaterialArguments,

    #[command(flatten)]
    reading: ReadingArgument,

    /// The folder to write to; it is created, and of what is in it only an earlier report is replaced
    #[arg(short, long, value_name = "DIR", help_heading = "Output options")]
    output: PathBuf,

    #[command(flatten)]
    fail_on: FailOnArgument,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    let mut outputs = Outputs::default();
    let mut folder = None;
    let material = Material::read_with(
        &arguments.material,
        &knowledge,
        terminal,
        &mut outputs,
        model::header::columns,
        |_, _| {
            folder = Some(Folder::open(&arguments.output)?);
            Ok(())
        },
    )?;
    let Some(mut folder) = folder else {
        return Err(Failure::internal("the report's folder was not opened"));
    };
    let timeline = timeline::build(&material.plan, &material.inventory, &knowledge);
    let simulation =
        super::simulate::simulation(&timeline, &knowledge, arguments.reading, terminal);
    let run = model::Run {
        plan: Some(material.plan_file.clone()),
        inventories: material.files.digests()?,
        options: options(arguments),
        is_sample: arguments.material.sample,
    };
    let report = model::build(&timeline, &knowledge, &simulation, run, &OwnNames);
    let names = material.files.names(
        &arguments.material.inventory,
        &material.plan,
        &material.inventory,
    )?;
    let people = People::new(&timeline, &simulation, &names, &OwnNames);
    let run = findings::Run {
        timeline: &timeline,
        knowledge: &knowledge,
        simulation: &simulation,
    };
    write(&mut folder, &report, &people)?;
    folder.write("findings.csv", |out| {
        super::simulate::write_all_findings(&run, out)
    })?;
    for path in folder.paths() {
        outputs.spare(&path, "--output")?;
    }
    folder.finish(is_ours)?;
    Outputs::finish(material.rejected)?;
    terminal.say(&summary(&report, arguments));
    Ok(super::simulate::exit(&run, arguments.fail_on.fail_on))
}

/// Writes the files that the model alone fills.
fn write(folder: &mut Folder, report: &Report, people: &People<'_>) -> Result<(), Failure> {
    let page = html::render(report, people)
        .map_err(|error| Failure::internal(format!("the page could not be laid out: {error}")))?;
    folder.write("report.html", |out| out.write_all(page.as_bytes()))?;
    folder.write("report.json", |out| {
        serde_json::to_writer_pretty(&mut *out, &report_json::report(report))
            .map_err(io::Error::from)?;
        out.write_all(b"\n")
    })
}

/// The names of files that a report has, whatever its plan: an earlier one leaves with them.
fn is_ours(name: &str) -> bool {
    const FIXED: &[&str] = &[
        "report.html",
        "report.json",
        "report.md",
        "report.xlsx",
        "findings.csv",
        "calendar.ics",
    ];
    let is_numbered = |rest: &str, ends: &[&str]| {
        ends.iter().any(|end| {
            rest.strip_suffix(end).is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
            })
        })
    };
    FIXED.contains(&name)
        || name
            .strip_prefix("phase-")
            .is_some_and(|rest| is_numbered(rest, &["-users.csv", "-communications.csv"]))
        || name
            .strip_prefix("moves/")
            .is_some_and(|rest| is_numbered(rest, &[".csv", ".ps1"]))
}

/// The options that shape the report, in a fixed order.
fn options(arguments: &Arguments) -> Vec<(String, String)> {
    let inventory = &arguments.material.inventory;
    let mut options = vec![(
        "--reading".to_owned(),
        arguments.reading.reading.id().to_owned(),
    )];
    for (field, header) in &inventory.map {
        options.push((
            "--map".to_owned(),
            format!("{}={header}", field.canonical()),
        ));
    }
    let mut option = |name: &str, value: Option<String>| {
        options.extend(value.map(|value| (name.to_owned(), value)));
    };
    option("--sheet", inventory.sheet.clone());
    option(
        "--header-row",
        inventory.header_row.map(|row| row.to_string()),
    );
    option("--encoding", inventory.encoding.clone());
    option(
        "--delimiter",
        inventory.delimiter.map(|byte| char::from(byte).to_string()),
    );
    option(
        "--date-format",
        inventory.date_format.map(|order| format!("{order:?}")),
    );
    option(
        "--max-rejected",
        inventory.max_rejected.map(|share| share.to_string()),
    );
    options
}

/// One line on what was written.
fn summary(report: &Report, arguments: &Arguments) -> String {
    let numbers = &report.numbers;
    format!(
        "{}: {} of {} users lose something, {} user-days; written to {}\n",
        report.verdict.decision.name(),
        model::wording::number(numbers.losing),
        model::wording::number(numbers.users),
        model::wording::number(numbers.all_user_days()),
        cutover::terminal_text::safe(&arguments.output.to_string_lossy()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reports_own_files_are_replaced() {
        for name in [
            "report.html",
            "phase-12-users.csv",
            "phase-1-communications.csv",
            "moves/03.ps1",
        ] {
            assert!(is_ours(name), "{name}");
        }
        for name in [
            "plan.toml",
            "users.csv",
            "phase--users.csv",
            "phase-x-users.csv",
            "moves/notes.csv",
            "moves/.csv",
            "moves/03.txt",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
