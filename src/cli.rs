//! What a person types and sees: the only place with files, terminal and child processes.
//!
//! In: the command line. Out: files, standard output for data, standard error for everything else, and an exit code
//! (contract section 5.1). One file per command; what commands share is arguments, inputs, outputs and the terminal.

mod arguments;
mod check;
mod cohorts;
mod compare;
mod completions;
mod diagnostics;
mod dry_run;
mod exit;
mod explain;
mod folder;
mod import;
mod init;
mod input;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod large_pages;
mod man;
mod material;
pub(crate) mod memory;
mod output;
mod plan_file;
mod progress;
mod report;
mod rules;
mod sample;
mod simulate;
mod sql;
mod sweep;
mod terminal;
mod timeline;
pub(crate) mod workbook_child;

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use cutover::knowledge::KnowledgeBase;
use cutover::terminal_text::{is_obeyed_or_unseen, safe, safe_lines};

use arguments::GlobalArguments;
use exit::{Exit, Failure, REPORT};
use terminal::{Color, Terminal};

/// Who loses meetings, Group Chat or public IM at each stage of an OCS 2007 R2 to Lync Server migration, and on whose word
#[derive(Debug, Parser)]
#[command(
    name = "cutover",
    version,
    before_help = EXAMPLES,
    after_help = EXIT_CODES,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    global: GlobalArguments,
}

const EXAMPLES: &str = "\
Examples:
  See what the program does, on built-in data:
    cutover simulate --sample
  Draft a plan from your inventory, then look for mistakes in both:
    cutover init -i users.csv > plan.toml
    cutover check -p plan.toml -i users.csv -i clients.xlsx
  Who loses what, when and why; exit code 1 if something is bad:
    cutover simulate -p plan.toml -i users.csv -i clients.xlsx --fail-on high
  One person's story, with the documents behind it:
    cutover explain anna@contoso.com -p plan.toml -i users.csv -i clients.xlsx";

const EXIT_CODES: &str = "\
Exit codes:
  0   done; nothing at or above --fail-on
  1   done; findings at or above --fail-on
  2   wrong usage, or a wrong plan file
  3   the inventory is refused or unreadable
  4   output could not be written
  70  an error of the program itself";

#[derive(Debug, Subcommand)]
enum Command {
    Init(Box<init::Arguments>),
    Check(Box<check::Arguments>),
    Import(Box<import::Arguments>),
    Simulate(Box<simulate::Arguments>),
    DryRun(Box<dry_run::Arguments>),
    Sweep(Box<sweep::Arguments>),
    Compare(Box<compare::Arguments>),
    Timeline(Box<timeline::Arguments>),
    Report(Box<report::Arguments>),
    Sql(sql::Arguments),
    Explain(Box<explain::Arguments>),
    Rules(rules::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let terminal = Terminal::new(color_asked(&arguments), false);
    panic::set_hook(Box::new(remember));
    match panic::catch_unwind(AssertUnwindSafe(|| run(&arguments, terminal))) {
        Ok(exit) => exit.into(),
        Err(_) => {
            terminal.insist(&own_fault());
            Exit::Internal.into()
        }
    }
}

fn run(arguments: &[OsString], terminal: Terminal) -> Exit {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => return refuse(&error, arguments, terminal),
    };
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    large_pages::ask_for(line.command.simulated());
    let terminal = Terminal::new(line.global.color, line.global.quiet);
    let outcome = line.command.run(terminal);
    outcome.unwrap_or_else(|failure| {
        terminal.fail(&failure);
        failure.exit
    })
}

impl Command {
    /// The inventories of a command that is about time more than about memory.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn simulated(&self) -> &[std::path::PathBuf] {
        match self {
            Self::Simulate(arguments) => &arguments.material.inventory.inventories,
            Self::DryRun(arguments) => &arguments.material.inventory.inventories,
            Self::Sweep(arguments) => &arguments.material.inventory.inventories,
            _ => &[],
        }
    }

    fn run(self, terminal: Terminal) -> Result<Exit, Failure> {
        match self {
            Self::Init(arguments) => init::run(&arguments, terminal),
            Self::Check(arguments) => check::run(&arguments, terminal),
            Self::Import(arguments) => import::run(&arguments, terminal),
            Self::Simulate(arguments) => simulate::run(&arguments, terminal),
            Self::DryRun(arguments) => dry_run::run(&arguments, terminal),
            Self::Sweep(arguments) => sweep::run(&arguments, terminal),
            Self::Compare(arguments) => compare::run(&arguments, terminal),
            Self::Timeline(arguments) => timeline::run(&arguments, terminal),
            Self::Report(arguments) => report::run(&arguments, terminal),
            Self::Sql(arguments) => sql::run(&arguments, terminal),
            Self::Explain(arguments) => explain::run(&arguments, terminal),
            Self::Rules(arguments) => rules::run(&arguments, terminal),
            Self::Completions(arguments) => completions::run(&arguments),
            Self::Man(arguments) => man::run(&arguments),
        }
    }
}

/// The documents. That they pass their own checks is tested, so anything else is our own fault.
fn knowledge() -> Result<KnowledgeBase, Failure> {
    KnowledgeBase::bundled().map_err(|problems| {
        let first = problems.first().map(|problem| problem.message.as_str());
        let first = first.unwrap_or("no reason given");
        Failure::internal(format!("the built-in rules are damaged: {first}"))
    })
}

/// Help, the version, or wrong usage.
fn refuse(error: &clap::Error, arguments: &[OsString], terminal: Terminal) -> Exit {
    let styled = error.render().ansi().to_string();
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return match terminal.print(&styled) {
            Ok(()) => Exit::Done,
            Err(failure) => {
                terminal.fail(&failure);
                failure.exit
            }
        };
    }
    // The message repeats what was typed, which a script may have taken from anywhere.
    let is_hostile = |argument: &OsString| argument.to_string_lossy().contains(is_obeyed_or_unseen);
    if arguments.iter().any(is_hostile) {
        terminal.insist(&safe_lines(&error.to_string()));
    } else {
        terminal.insist(&styled);
    }
    Exit::Usage
}

/// `--color`, looked up by hand: it has to be known where the command line itself is wrong.
fn color_asked(arguments: &[OsString]) -> Color {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str());
    let mut asked = Color::Auto;
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color=") {
            Some(value) => Some(value),
            None if word == "--color" => words.next(),
            None if word == "--" => break,
            None => None,
        };
        asked = match value {
            Some("always") => Color::Always,
            Some("never") => Color::Never,
            _ => asked,
        };
    }
    asked
}

/// What the last panic said, and where.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn remember(panic: &panic::PanicHookInfo<'_>) {
    let payload = panic.payload();
    let said = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = format!("{said} at {place}");
}

fn own_fault() -> String {
    let panic = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
    format!(
        "error: {} (cutover {})\n  help: {REPORT}\n",
        safe(&panic),
        env!("CARGO_PKG_VERSION")
    )
}
