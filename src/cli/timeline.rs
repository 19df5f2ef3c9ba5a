//! `cutover timeline`: the stages in order, the room that each date has, and the chain that a delay travels along.

use std::path::PathBuf;

use clap::ValueEnum;
use cutover::report::stages::{Stages, graphviz, json, mermaid, table};

use super::arguments::ReadingArgument;
use super::diagnostics::tell;
use super::exit::{Exit, Failure};
use super::plan_file::PlanFile;
use super::terminal::{Terminal, print_json};

/// Show the stages in order, the earliest and latest day of each, its slack, and the critical chain
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover timeline --sample
  cutover timeline --plan plan.toml
  cutover timeline -p plan.toml --format mermaid > stages.mmd
  cutover timeline -p plan.toml --format graphviz | dot -Tsvg > stages.svg")]
pub(crate) struct Arguments {
    /// The plan, a TOML file; `-` is standard input
    #[arg(short, long, value_name = "FILE", required_unless_present = "sample")]
    plan: Option<PathBuf>,

    /// Use the plan of the built-in example
    #[arg(long, conflicts_with = "plan")]
    sample: bool,

    #[command(flatten)]
    reading: ReadingArgument,

    /// Show the stages as a table (text), as data (json), or as a graph (mermaid, graphviz)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        help_heading = "Output options"
    )]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for a person
    #[default]
    Text,
    /// For a program
    Json,
    /// A flowchart for pages that draw Mermaid
    Mermaid,
    /// DOT text for Graphviz
    Graphviz,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    let file = PlanFile::read(arguments.plan.as_deref(), &knowledge);
    tell(terminal, &file.diagnostics, Some(file.source()));
    let Some(plan) = &file.plan else {
        return Err(Failure::told(Exit::Usage));
    };
    let stages = Stages::new(plan, &knowledge, arguments.reading.reading);
    match arguments.format {
        Format::Text => terminal.print(&table::table(&stages, terminal.width()))?,
        Format::Json => print_json(&json::timeline(&stages))?,
        Format::Mermaid => terminal.print(&mermaid::mermaid(&stages))?,
        Format::Graphviz => terminal.print(&graphviz::graphviz(&stages))?,
    }
    Ok(Exit::Done)
}
