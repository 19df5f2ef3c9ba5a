//! The `cutover` program: parse arguments, hand over to the commands, exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::memory::give_back_at_once();
    if let Some(code) = cli::workbook_child::run_if_asked() {
        return code;
    }
    cli::main()
}
