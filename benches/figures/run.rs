//! One run of a command, measured; and pairs of runs.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A command, the cores it may have, and the files it writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    pub(crate) words: Vec<OsString>,
    /// How many cores; 0: as many as there are.
    pub(crate) cores: usize,
    pub(crate) outputs: Vec<PathBuf>,
}

/// What a run took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of work.
    pub(crate) cpu: f64,
    /// Peak memory in MiB; 0 where `/usr/bin/time` is not there.
    pub(crate) peak: f64,
    /// Bytes written.
    pub(crate) written: u64,
}

const TIME: &str = "/usr/bin/time";

impl Job {
    /// Runs the command once; its outputs are deleted before and after.
    pub(crate) fn run(&self) -> Result<Run, Box<dyn Error>> {
        let notes = std::env::temp_dir().join(format!("figures-{}.time", std::process::id()));
        let mut words: Vec<OsString> = Vec::new();
        if fs::exists(TIME)? {
            words.extend([TIME, "-f", "%U %S %M", "-o"].map(OsString::from));
            words.push(notes.clone().into());
        }
        if self.cores > 0 && fs::exists("/usr/bin/taskset")? {
            let cores = format!("0-{}", self.cores - 1);
            words.extend(["taskset", "-c", &cores].map(OsString::from));
        }
        words.extend(self.words.iter().cloned());
        self.clear();
        let start = Instant::now();
        let status = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        let wall = start.elapsed().as_secs_f64();
        if !status.success() {
            return Err(format!("{:?} ended with {status}", self.words).into());
        }
        let noted = fs::read_to_string(&notes).unwrap_or_default();
        let numbers: Vec<f64> = noted
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        let written = self.outputs.iter().map(|path| size(path)).sum();
        self.clear();
        let _ = fs::remove_file(notes);
        Ok(match numbers.as_slice() {
            &[user, system, peak] => Run {
                wall,
                cpu: user + system,
                peak: peak / 1024.0,
                written,
            },
            _ => Run {
                wall,
                written,
                ..Run::default()
            },
        })
    }

    fn clear(&self) {
        for path in &self.outputs {
            let _ = fs::remove_file(path);
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// The bytes of a file, or of all files in a folder; none where there is neither.
fn size(path: &Path) -> u64 {
    let inside = fs::read_dir(path).into_iter().flatten().flatten();
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => inside.map(|entry| size(&entry.path())).sum(),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    }
}

/// Runs of a base and of a command, in turn.
pub(crate) struct Pairs(Vec<(Run, Run)>);

impl Pairs {
    /// Runs both once unmeasured, so that files are in memory, then so many times in turn.
    pub(crate) fn measure(base: &Job, job: &Job, rounds: usize) -> Result<Self, Box<dyn Error>> {
        base.run()?;
        job.run()?;
        let mut pairs = Vec::new();
        for _ in 0..rounds.max(1) {
            pairs.push((base.run()?, job.run()?));
        }
        Ok(Self(pairs))
    }

    /// Median, smallest and greatest of what `of` makes of a pair.
    pub(crate) fn spread(&self, of: impl Fn(&Run, &Run) -> f64) -> [f64; 3] {
        let mut all: Vec<f64> = self.0.iter().map(|(base, run)| of(base, run)).collect();
        all.sort_by(f64::total_cmp);
        [all[all.len() / 2], all[0], all[all.len() - 1]]
    }
}
