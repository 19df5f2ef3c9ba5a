//! `cutover report`: a folder of files that can be handed over.

mod previous;
mod pseudonyms;
mod workbook;

use std::io;
use std::path::PathBuf;

use cutover::compare::Side;
use cutover::inventory::{Names, Shown};
use cutover::knowledge::KnowledgeBase;
use cutover::report::model::user_loss::LossBook;
use cutover::report::model::{self, OwnNames, People, Report, Since};
use cutover::report::moves::{self, Earnest};
use cutover::report::{calendar, findings, html, markdown, people_csv, report_json};
use cutover::timeline;

use super::arguments::{FailOnArgument, MaterialArguments, ReadingArgument};
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::material::{Material, threads};
use super::memory;
use super::output::Outputs;
use super::terminal::Terminal;
use previous::Previous;
use pseudonyms::Disguise;
use workbook::Parts;

/// Write risk reports per phase, to be handed over: a page, data and lists
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover report --sample -o contoso
  cutover report --plan plan.toml --inventory users.csv -o report
  cutover report -p plan.toml -i users.csv -o report --reading strict --fail-on critical
  cutover report -p plan.toml -i users.csv -o report --previous report")]
pub(crate) struct Arguments {
    #[command(flatten)]
    material: MaterialArguments,

    #[command(flatten)]
    reading: ReadingArgument,

    /// The folder to write to; it is created, and of what is in it only an earlier report is replaced
    #[arg(short, long, value_name = "DIR", help_heading = "Output options")]
    output: PathBuf,

    /// Write scripts whose commands move users; without it each command has -WhatIf. Nothing is run in either case
    #[arg(long, help_heading = "Output options")]
    moves_for_real: bool,

    /// Put people, departments, sites, pools, stages and files under pseudonyms made with this key, so that the report can be
    /// shared; no moves are written then
    #[arg(
        long,
        value_name = "KEYFILE",
        conflicts_with = "moves_for_real",
        help_heading = "Output options"
    )]
    pseudonymize: Option<PathBuf>,

    /// An earlier report: what is new, gone or changed since then is shown, and what people wrote on the sheet Decisions of its
    /// workbook is carried over; it may be the folder that is written to
    #[arg(long, value_name = "DIR", help_heading = "Output options")]
    previous: Option<PathBuf>,

    #[command(flatten)]
    fail_on: FailOnArgument,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    memory::give_back_more();
    let knowledge = super::knowledge()?;
    let mut outputs = Outputs::default();
    let key = arguments.pseudonymize.as_deref();
    let mut disguise = Disguise::read(key, &arguments.output, &mut outputs)?;
    let is_pseudonymized = disguise.is_on();
    let (mut folder, mut previous) = (None, None);
    let mut material = Material::read_with(
        &arguments.material,
        &knowledge,
        terminal,
        &mut outputs,
        |_, _| {
            let limits = arguments.material.inventory.limits();
            let earlier = arguments.previous.as_deref();
            let earlier =
                earlier.map(|earlier| Previous::read(earlier, is_pseudonymized, &limits, terminal));
            previous = earlier.transpose()?;
            folder = Some(Folder::open(&arguments.output)?);
            Ok(())
        },
    )?;
    let Some(mut folder) = folder else {
        return Err(Failure::internal("the report's folder was not opened"));
    };
    let Shown { mut names, places } = material.files.shown(
        &arguments.material.inventory,
        &material.plan,
        &material.inventory,
    )?;
    material.inventory = material.inventory.with_places(places);
    if is_pseudonymized {
        // An address's pseudonym is the person's.
        names = Names::default();
    }
    let plan = disguise.plan(&material.plan);
    // Who is meant by a `where` is decided by real names; from then on nobody looks at them any more.
    let mut timeline = timeline::build(&plan, &material.inventory, &knowledge, threads());
    let renamed = disguise.inventory(&material.inventory);
    timeline.inventory = renamed.as_ref().unwrap_or(&material.inventory);
    let simulation =
        super::simulate::simulation(&timeline, &knowledge, arguments.reading, terminal).compact();
    let run = model::Run {
        plan: Some(material.plan_file.clone()),
        inventories: material.files.digests()?,
        options: options(arguments),
        is_sample: arguments.material.sample,
        is_pseudonymized: false,
    };
    let run = disguise.finish(run)?;
    let mut report = model::build(&timeline, &knowledge, &simulation, run, &OwnNames);
    // Long writing follows, and what the work so far has left in pieces is worth giving back.
    memory::give_back_now();
    let people = People::new(&timeline, &simulation, &names, &OwnNames);
    let run = findings::Run {
        timeline: &timeline,
        knowledge: &knowledge,
        simulation: &simulation,
    };
    report.since = previous.as_ref().map(|previous| {
        let now = Side::Simulated(workbook::simulated(run));
        Since::new(&previous.recorded, now, &report)
    });
    write(&mut folder, &report, &people)?;
    write_lists(&mut folder, &report, &people, &knowledge)?;
    if !is_pseudonymized {
        write_moves(&mut folder, &report, &people, arguments)?;
    }
    memory::give_back_now();
    let parts = Parts {
        report: &report,
        people: &people,
        run,
        material: &material,
        arguments: &arguments.material.inventory,
        previous: previous.as_ref(),
    };
    workbook::write(&mut folder, &parts, terminal)?;
    // Findings have addresses only.
    drop(names);
    memory::give_back_now();
    folder.write("findings.csv", |out| {
        super::simulate::write_all_findings(&run, out)
    })?;
    for path in folder.paths() {
        outputs.spare(&path, "--output")?;
    }
    let files = files(folder.names());
    folder.finish(is_ours)?;
    Outputs::finish(material.rejected)?;
    terminal.say(&summary(&report, arguments, &files));
    if is_pseudonymized {
        terminal.say("under pseudonyms: moves/ is left out, and so are display names and rejected rows; keep the key to yourself\n");
    }
    Ok(super::simulate::exit(&run, arguments.fail_on.fail_on))
}

/// Writes the files that the model alone fills.
fn write(folder: &mut Folder, report: &Report, people: &People<'_>) -> Result<(), Failure> {
    let page = html::render(report, people)
        .map_err(|error| Failure::internal(format!("the page could not be laid out: {error}")))?;
    folder.write("report.html", |out| out.write_all(page.as_bytes()))?;
    let page = markdown::render(report);
    folder.write("report.md", |out| out.write_all(page.as_bytes()))?;
    folder.write("report.json", |out| {
        serde_json::to_writer_pretty(&mut *out, &report_json::report(report))
            .map_err(io::Error::from)?;
        out.write_all(b"\n")
    })?;
    let calendar = calendar::render(report);
    folder.write("calendar.ics", |out| out.write_all(calendar.as_bytes()))
}

/// Writes the lists of people of each phase.
fn write_lists(
    folder: &mut Folder,
    report: &Report,
    people: &People<'_>,
    knowledge: &KnowledgeBase,
) -> Result<(), Failure> {
    let book = LossBook::new(people.timeline(), knowledge, people.simulation());
    for phase in report.telling_phases() {
        let products = knowledge.products();
        folder.write(&format!("phase-{}-users.csv", phase.number), |out| {
            people_csv::write_users(report, phase, people, &book, products, out)
        })?;
        let name = format!("phase-{}-communications.csv", phase.number);
        folder.write(&name, |out| {
            people_csv::write_communications(report, phase, people, products, out)
        })?;
    }
    Ok(())
}

/// Writes whom each stage moves, and the commands that would do it.
fn write_moves(
    folder: &mut Folder,
    report: &Report,
    people: &People<'_>,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let earnest = if arguments.moves_for_real {
        Earnest::ForReal
    } else {
        Earnest::WhatIf
    };
    for stage in moves::moving_stages(report, people) {
        let mut written = None;
        folder.write(&format!("{}.csv", stage.file()), |out| {
            written = Some(moves::write_list(&stage, people, out)?);
            Ok(())
        })?;
        let Some(written) = written else { continue };
        let script = moves::script(report, &stage, people, &written, earnest);
        folder.write(&format!("{}.ps1", stage.file()), |out| {
            out.write_all(script.as_bytes())
        })?;
    }
    Ok(())
}

/// The names of files that a report has, whatever its plan: an earlier one leaves with them.
fn is_ours(name: &str) -> bool {
    const FIXED: &[&str] = &[
        "report.html",
        "report.json",
        "report.md",
        workbook::NAME,
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
        "--previous",
        arguments.previous.as_ref().map(|_| "yes".to_owned()),
    );
    option(
        "--max-rejected",
        inventory.max_rejected.map(|share| share.to_string()),
    );
    options
}

/// The files of a report in one line: those whose names differ by a number only stand together.
fn files(names: &[String]) -> String {
    let mut kinds: Vec<(String, &str, usize)> = Vec::new();
    for name in names {
        let kind = kind(name);
        match kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((.., count)) => *count += 1,
            None => kinds.push((kind, name, 1)),
        }
    }
    let kinds = kinds.into_iter().map(|(kind, first, count)| match count {
        1 => first.to_owned(),
        _ => format!("{kind} ({count})"),
    });
    kinds.collect::<Vec<_>>().join(", ")
}

/// A file's name with `N` in place of its number; its ending may have a digit of its own.
fn kind(name: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut kind = String::new();
    let mut in_number = false;
    for c in stem.chars() {
        if !c.is_ascii_digit() {
            kind.push(c);
        } else if !in_number {
            kind.push('N');
        }
        in_number = c.is_ascii_digit();
    }
    format!("{kind}.{ending}")
}

/// What was found, and what was written.
fn summary(report: &Report, arguments: &Arguments, files: &str) -> String {
    let numbers = &report.numbers;
    format!(
        "{}: {} of {} users lose something, {} user-days; written to {}: {files}\n",
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
    fn files_that_differ_by_a_number_stand_together() {
        let names = [
            "report.html",
            "phase-1-users.csv",
            "phase-2-users.csv",
            "phase-12-users.csv",
            "moves/03.csv",
            "moves/03.ps1",
            "moves/14.ps1",
        ];
        assert_eq!(
            files(&names.map(str::to_owned)),
            "report.html, phase-N-users.csv (3), moves/03.csv, moves/N.ps1 (2)"
        );
    }

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
