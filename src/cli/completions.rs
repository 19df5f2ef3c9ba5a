//! `cutover completions`: what a shell needs to complete commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use super::exit::{Exit, Failure};
use super::terminal::to_standard_output;

/// Print completions for a shell
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover completions bash > ~/.local/share/bash-completion/completions/cutover
  cutover completions powershell >> $PROFILE")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    // Into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    let mut command = super::CommandLine::command();
    clap_complete::generate(arguments.shell, &mut command, "cutover", &mut script);
    to_standard_output(|out| out.write_all(&script))?;
    Ok(Exit::Done)
}
