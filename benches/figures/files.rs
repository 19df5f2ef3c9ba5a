//! Where the inventories and the plan are: those of the kit where it is at hand, else made here.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::inventory;

/// Inventories, plan, and what depends on them.
pub(crate) struct Files {
    folder: PathBuf,
    /// The plan.
    pub(crate) plan: PathBuf,
    /// The stage that a sweep moves, the first day and the last.
    pub(crate) swept: [&'static str; 3],
    /// The folder of the kit.
    pub(crate) kit: Option<PathBuf>,
}

impl Files {
    /// The kit's files if `BENCH_KIT` and `BENCH_DATA` name them; else a folder under `target`.
    pub(crate) fn find() -> Result<Self, Box<dyn Error>> {
        let named = |name: &str| env::var_os(name).map(PathBuf::from);
        if let (Some(kit), Some(folder)) = (named("BENCH_KIT"), named("BENCH_DATA")) {
            return Ok(Self {
                folder,
                plan: kit.join("plan.toml"),
                swept: ["l13-amer", "2014-04-06", "2015-03-31"],
                kit: Some(kit),
            });
        }
        let target = named("CARGO_TARGET_DIR")
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"));
        let folder = target.join("figures");
        fs::create_dir_all(&folder)?;
        let plan = folder.join("plan.toml");
        fs::write(&plan, inventory::plan())?;
        Ok(Self {
            folder,
            plan,
            swept: inventory::SWEPT,
            kit: None,
        })
    }

    /// An inventory: `100k`, `1m` or `10m` rows as `csv` or `xlsx`; `distinct` is always made here.
    pub(crate) fn inventory(&self, size: &str, kind: &str) -> Result<PathBuf, Box<dyn Error>> {
        let (name, kind) = match kind {
            "distinct" => (format!("{size}-distinct.csv"), "distinct"),
            kind => (format!("{size}.{kind}"), kind),
        };
        let path = self.folder.join(name);
        if !path.exists() {
            let part = path.with_extension("part");
            inventory::write(kind, rows(size), &part)?;
            fs::rename(part, &path)?;
        }
        Ok(path)
    }

    /// A plan for inventories that are made here whatever the kit is.
    pub(crate) fn own_plan(&self) -> Result<PathBuf, Box<dyn Error>> {
        let path = self.folder.join("own-plan.toml");
        fs::write(&path, inventory::plan())?;
        Ok(path)
    }

    /// An output that does not exist yet.
    pub(crate) fn output(&self, name: &str) -> PathBuf {
        self.folder
            .join(format!("figures-{}-{name}", std::process::id()))
    }
}

/// How many rows a size is.
pub(crate) fn rows(size: &str) -> u64 {
    match size {
        "600" => 600,
        "100k" => 100_000,
        "10m" => 10_000_000,
        _ => 1_000_000,
    }
}
