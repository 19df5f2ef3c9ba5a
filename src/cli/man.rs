//! `cutover man`: manual pages.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;

use super::exit::{Exit, Failure};
use super::output::Outputs;
use super::terminal::to_standard_output;

/// Print the manual page, or write the pages of all commands
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover man > cutover.1
  cutover man --output-dir /usr/local/share/man/man1")]
pub(crate) struct Arguments {
    /// Write a page for each command to this folder, which exists
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut command = super::CommandLine::command();
    // Gives subcommands their global options.
    command.build();
    let Some(folder) = &arguments.output_dir else {
        to_standard_output(|out| Man::new(command).render(out))?;
        return Ok(Exit::Done);
    };
    let mut files = Outputs::default();
    let mut written = Vec::new();
    for (name, command) in pages(&command, "cutover") {
        let mut output = files.open(&folder.join(format!("{name}.1")), "--output-dir")?;
        output.write(|out| Man::new(command).title(name.to_uppercase()).render(out))?;
        written.push(output);
    }
    Outputs::finish(written)?;
    Ok(Exit::Done)
}

/// Every visible command with the name of its page: `cutover`, `cutover-rules`, `cutover-rules-show`.
fn pages(command: &clap::Command, name: &str) -> Vec<(String, clap::Command)> {
    let mut pages = vec![(name.to_owned(), command.clone())];
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        pages.extend(self::pages(inner, &format!("{name}-{}", inner.get_name())));
    }
    pages
}
