//! The suites: what is measured against what, and what was promised.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::files::{Files, rows};
use crate::run::{Job, Pairs};

const CORE: &str = "sign-in,meeting-join,group-chat,pic-aol,pic-yahoo,pic-windows-live";
const SEVEN: &str = "event,date,sip,capability,from,to,kind";
const USUAL: &[&str] = &[
    "csv1m", "memory", "xlsx1m", "sweep1m", "all1m", "small", "growth", "distinct", "report1m",
];

/// Runs the suites that are named, or the usual ones.
pub(crate) fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut rounds = 5;
    let mut named = Vec::new();
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--rounds" => rounds = words.next().ok_or("--rounds needs a number")?.parse()?,
            name => named.push(name),
        }
    }
    let bench = Bench {
        files: Files::find()?,
        rounds,
    };
    println!(
        "{:44} {:>8} {:>15} {:>8} {:>6} {:>9} {:>9}",
        "", "ratio", "range", "wall s", "cores", "peak MiB", "out MB"
    );
    for name in if named.is_empty() { USUAL } else { &named } {
        bench.suite(name)?;
    }
    Ok(())
}

struct Bench {
    files: Files,
    rounds: usize,
}

/// What was promised about a ratio: at most this, and at best this.
type Promise = Option<[f64; 2]>;

impl Bench {
    fn suite(&self, name: &str) -> Result<(), Box<dyn Error>> {
        match name {
            "csv1m" => self.csv("1m"),
            "csv10m" => self.csv("10m"),
            "memory" => self.memory("1m"),
            "memory10m" => self.memory("10m"),
            "xlsx1m" => self.xlsx("1m"),
            "sweep1m" => self.sweep("1m"),
            "all1m" => self.all("1m"),
            "small" => self.small(),
            "growth" => self.growth(),
            "distinct" => self.distinct(),
            "report1m" => self.report("1m"),
            "peers1m" => self.peers("1m"),
            "peers10m" => self.peers("10m"),
            _ => Err(format!("there is no suite {name}").into()),
        }
    }

    fn csv(&self, size: &str) -> Result<(), Box<dyn Error>> {
        let file = self.files.inventory(size, "csv")?;
        let base = |cores| self.yardstick("count", &file, cores);
        self.tell(
            &format!("{size} CSV / count loop, 2 cores"),
            &base(2)?,
            &self.simulate(&file, 2, &core()),
            Some([1.0, 0.7]),
        )?;
        self.tell(
            &format!("{size} CSV / count loop, 1 core"),
            &base(1)?,
            &self.simulate(&file, 1, &core()),
            Some([1.6, 1.15]),
        )?;
        let columns = ["--capability", CORE].map(OsString::from).to_vec();
        self.tell(
            &format!("{size} CSV, all columns / count loop, 2 cores"),
            &base(2)?,
            &self.simulate(&file, 2, &columns),
            Some([1.6, 1.1]),
        )
    }

    fn memory(&self, size: &str) -> Result<(), Box<dyn Error>> {
        let file = self.files.inventory(size, "csv")?;
        let run = self.simulate(&file, 2, &core()).run()?;
        tell_peak(&format!("{size} CSV, memory"), size, run.peak);
        Ok(())
    }

    fn xlsx(&self, size: &str) -> Result<(), Box<dyn Error>> {
        let file = self.files.inventory(size, "xlsx")?;
        let base = self.yardstick("cells", &file, 2)?;
        self.tell(
            &format!("{size} xlsx / calamine cell loop"),
            &base,
            &self.simulate(&file, 2, &core()),
            Some([1.2, 1.0]),
        )
    }

    fn sweep(&self, size: &str) -> Result<(), Box<dyn Error>> {
        let file = self.files.inventory(size, "csv")?;
        let [stage, first, last] = self.files.swept;
        let mut single = self.program("simulate", &file, &self.files.plan, 2);
        single
            .words
            .extend(["--format", "json"].map(OsString::from));
        let mut sweep = self.program("sweep", &file, &self.files.plan, 2);
        sweep.words.extend(
            [
                "--stage", stage, "--from", first, "--to", last, "--format", "json",
            ]
            .map(OsString::from),
        );
        self.tell(
            &format!("{size} sweep of a year / simulate"),
            &single,
            &sweep,
            Some([1.5, 1.15]),
        )
    }

    /// Time for each byte written: all capabilities against the core six.
    fn all(&self, size: &str) -> Result<(), Box<dyn Error>> {
        let file = self.files.inventory(size, "csv")?;
        let columns = ["--columns", SEVEN].map(OsString::from).to_vec();
        let (core, all) = (
            self.simulate(&file, 2, &core()),
            self.simulate(&file, 2, &columns),
        );
        let pairs = Pairs::measure(&core, &all, self.rounds)?;
        let per_byte = |base: &crate::run::Run, run: &crate::run::Run| {
            (run.wall / run.written as f64) / (base.wall / base.written as f64)
        };
        show(
            &format!("{size} 18 capabilities / core six, per byte"),
            &pairs,
            per_byte,
            Some([1.3, 1.0]),
        );
        Ok(())
    }

    fn small(&self) -> Result<(), Box<dyn Error>> {
        let file = self.files.folder_file("600.csv")?;
        let plan = self.files.own_plan()?;
        let mut version = Job {
            words: vec![program()],
            cores: 2,
            ..Job::default()
        };
        version.words.push("--version".into());
        let simulate = self.program("simulate", &file, &plan, 2);
        let pairs = Pairs::measure(&version, &simulate, self.rounds.max(21))?;
        show(
            "600 users CSV / --version",
            &pairs,
            |base, run| run.wall / base.wall,
            Some([10.0, 4.0]),
        );
        Ok(())
    }

    /// Time and memory for each row at three sizes.
    fn growth(&self) -> Result<(), Box<dyn Error>> {
        for size in ["100k", "1m", "10m"] {
            let file = self.files.inventory(size, "csv")?;
            self.alone(
                &format!("{size} CSV"),
                &self.simulate(&file, 2, &core()),
                rows(size),
            )?;
        }
        Ok(())
    }

    /// Every user has a department and a license date of their own.
    fn distinct(&self) -> Result<(), Box<dyn Error>> {
        let plan = self.files.own_plan()?;
        for size in ["100k", "1m"] {
            let file = self.files.inventory(size, "distinct")?;
            let mut job = self.program("simulate", &file, &plan, 2);
            let findings = self.files.output("findings.csv");
            job.words.extend(core());
            job.words.extend([
                "--findings".into(),
                findings.clone().into(),
                "--format".into(),
                "json".into(),
            ]);
            job.outputs.push(findings);
            self.alone(
                &format!("{size} CSV, every value another"),
                &job,
                rows(size),
            )?;
        }
        Ok(())
    }

    fn report(&self, size: &str) -> Result<(), Box<dyn Error>> {
        let file = self.files.inventory(size, "csv")?;
        let mut job = self.program("report", &file, &self.files.plan, 2);
        let folder = self.files.output("report");
        job.words.extend(["-o".into(), folder.clone().into()]);
        job.outputs.push(folder);
        let written = job.run()?.written;
        let filled = self.files.output("filled");
        let base = Job {
            words: vec![
                env::current_exe()?.into(),
                "fill".into(),
                written.to_string().into(),
                filled.clone().into(),
            ],
            cores: 2,
            outputs: vec![filled],
        };
        let pairs = Pairs::measure(&base, &job, self.rounds.min(3))?;
        let name = format!("{size} report / writing as many bytes");
        show(&name, &pairs, |base, run| run.wall / base.wall, None);
        let [_, _, peak] = pairs.spread(|_, run| run.peak);
        tell_peak(&format!("{size} report, memory"), size, peak);
        Ok(())
    }

    fn peers(&self, size: &str) -> Result<(), Box<dyn Error>> {
        let kit = self
            .files
            .kit
            .as_ref()
            .ok_or("the peers are in the kit: set BENCH_KIT and BENCH_DATA")?;
        let python = env::var_os("BENCH_PY")
            .ok_or("BENCH_PY names a Python that has the peers' packages")?;
        let file = self.files.inventory(size, "csv")?;
        for peer in ["duckdb_cohort", "polars_cohort"] {
            let outputs = vec![
                self.files.output("peer.csv"),
                self.files.output("peer.json"),
            ];
            let mut words: Vec<OsString> = vec![
                python.clone(),
                kit.join("peers").join(format!("{peer}.py")).into(),
                file.clone().into(),
            ];
            words.push(self.files.plan.clone().into());
            words.extend(outputs.iter().map(OsString::from));
            words.push("--ordered".into());
            let theirs = Job {
                words,
                cores: 2,
                outputs,
            };
            let ours = self.simulate(&file, 2, &core());
            let pairs = Pairs::measure(&ours, &theirs, self.rounds)?;
            let [times, low, high] = pairs.spread(|ours, theirs| theirs.wall / ours.wall);
            let [wall, ..] = pairs.spread(|_, theirs| theirs.wall);
            let verdict = verdict(-times, [-4.0, -7.0]);
            println!(
                "{:44} {times:8.2} {low:7.2}..{high:<6.2} {wall:8.2}  at least 4, at best 7: {verdict}",
                format!("{size} {peer} / ours")
            );
        }
        Ok(())
    }

    /// The program on an inventory.
    fn program(&self, command: &str, file: &Path, plan: &Path, cores: usize) -> Job {
        let mut words = vec![
            program(),
            command.into(),
            "--plan".into(),
            plan.into(),
            "--inventory".into(),
            file.into(),
        ];
        words.push("--quiet".into());
        Job {
            words,
            cores,
            outputs: Vec::new(),
        }
    }

    /// The kit's job: findings to a new file, figures as JSON.
    fn simulate(&self, file: &Path, cores: usize, options: &[OsString]) -> Job {
        let mut job = self.program("simulate", file, &self.files.plan, cores);
        let findings = self.files.output("findings.csv");
        job.words.extend(options.iter().cloned());
        job.words.extend([
            "--findings".into(),
            findings.clone().into(),
            "--format".into(),
            "json".into(),
        ]);
        job.outputs.push(findings);
        job
    }

    fn yardstick(&self, mode: &str, file: &Path, cores: usize) -> Result<Job, Box<dyn Error>> {
        let words = vec![env::current_exe()?.into(), mode.into(), file.into()];
        Ok(Job {
            words,
            cores,
            outputs: Vec::new(),
        })
    }

    fn tell(
        &self,
        name: &str,
        base: &Job,
        job: &Job,
        promise: Promise,
    ) -> Result<(), Box<dyn Error>> {
        let pairs = Pairs::measure(base, job, self.rounds)?;
        show(name, &pairs, |base, run| run.wall / base.wall, promise);
        Ok(())
    }

    /// A job by itself, with what it takes for each row.
    fn alone(&self, name: &str, job: &Job, rows: u64) -> Result<(), Box<dyn Error>> {
        let pairs = Pairs::measure(job, job, self.rounds.min(3))?;
        let [wall, low, high] = pairs.spread(|_, run| run.wall);
        let [cores, ..] = pairs.spread(|_, run| run.cpu / run.wall);
        let [_, _, peak] = pairs.spread(|_, run| run.peak);
        let [written, ..] = pairs.spread(|_, run| run.written as f64 / 1e6);
        let (nanoseconds, bytes) = (
            wall * 1e9 / rows as f64,
            peak * f64::from(1 << 20) / rows as f64,
        );
        println!(
            "{name:44} {:8} {low:7.2}..{high:<6.2} {wall:8.2} {cores:6.2} {peak:9.0} {written:9.1}  {nanoseconds:.0} ns and {bytes:.0} B a row",
            ""
        );
        Ok(())
    }
}

impl Files {
    /// An inventory that is made here whatever the kit is.
    fn folder_file(&self, name: &str) -> Result<PathBuf, Box<dyn Error>> {
        let path = self.output(name);
        crate::inventory::write("csv", rows("600"), &path)?;
        Ok(path)
    }
}

fn core() -> Vec<OsString> {
    ["--capability", CORE, "--columns", SEVEN]
        .map(OsString::from)
        .to_vec()
}

fn program() -> OsString {
    env::var_os("CUTOVER").unwrap_or_else(|| env!("CARGO_BIN_EXE_cutover").into())
}

fn show(
    name: &str,
    pairs: &Pairs,
    ratio: impl Fn(&crate::run::Run, &crate::run::Run) -> f64,
    promise: Promise,
) {
    let [middle, low, high] = pairs.spread(ratio);
    let [wall, ..] = pairs.spread(|_, run| run.wall);
    let [cores, ..] = pairs.spread(|_, run| run.cpu / run.wall);
    let [_, _, peak] = pairs.spread(|_, run| run.peak);
    let [written, ..] = pairs.spread(|_, run| run.written as f64 / 1e6);
    let promised = promise.map_or(String::new(), |promise| {
        format!(
            "  must {}, aim {}: {}",
            promise[0],
            promise[1],
            verdict(middle, promise)
        )
    });
    println!(
        "{name:44} {middle:8.2} {low:7.2}..{high:<6.2} {wall:8.3} {cores:6.2} {peak:9.0} {written:9.1}{promised}"
    );
}

/// Says how a peak stands to what was promised for so many rows.
fn tell_peak(name: &str, size: &str, peak: f64) {
    let mib = |bytes: u64, more: f64| (bytes * rows(size)) as f64 / f64::from(1 << 20) + more;
    let (must, aim) = (mib(40, 32.0), mib(24, 16.0));
    let verdict = verdict(peak, [must, aim]);
    println!("{name:44} peak {peak:.0} MiB, must {must:.0}, aim {aim:.0}: {verdict}");
}

/// How a figure stands to what was promised.
fn verdict(figure: f64, [must, aim]: [f64; 2]) -> &'static str {
    if figure <= aim {
        "aim reached"
    } else if figure <= must {
        "kept"
    } else {
        "MISSED"
    }
}
