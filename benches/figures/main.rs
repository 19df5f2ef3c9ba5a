//! The promised figures, and how to get them: `cargo bench --bench figures`.
//!
//! Each figure is a ratio of whole runs that alternate (base, program, base, program, ...), so that what else the machine
//! does falls on both; the median is quoted with its range. Findings go to a file that does not exist when a run starts. With
//! the benchmark kit at hand (`BENCH_KIT`, its data in `BENCH_DATA`), its inventories and its plan are used and its peers
//! can be measured; else inventories are made here. Public tools do the measuring: `/usr/bin/time` and `taskset`.
//!
//! ```text
//! cargo bench --bench figures                         every suite but the peers, 1 M rows
//! cargo bench --bench figures -- csv10m --rounds 5    one suite
//! cargo bench --bench figures -- peers10m             needs BENCH_KIT and BENCH_PY
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod files;
mod inventory;
mod run;
mod suites;
mod yardstick;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["count", file] => yardstick::count(Path::new(file)),
        ["cells", file] => yardstick::cells(Path::new(file)),
        ["fill", bytes, file] => bytes
            .parse()
            .map_err(Into::into)
            .and_then(|bytes| yardstick::fill(bytes, Path::new(file))),
        ["write", kind, rows, file] => rows
            .parse()
            .map_err(Into::into)
            .and_then(|rows| inventory::write(kind, rows, Path::new(file))),
        _ => suites::run(&words),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
