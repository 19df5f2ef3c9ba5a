//! `--pseudonymize KEYFILE`: the key, and what of a run is shown under it.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use cutover::inventory::Inventory;
use cutover::plan::Plan;
use cutover::pseudonym::{Pseudonyms, Unusable};
use cutover::report::model::{InputFile, Run};

use super::super::exit::Failure;
use super::super::input;
use super::super::output::Outputs;

/// The longest key that is read, in bytes.
const LONGEST: usize = 1 << 20;
/// How to get a key.
const HOW: &str =
    "a key is a file of at least 32 random bytes; make one with: openssl rand -out KEYFILE 32";

/// The pseudonyms of a run; without a key everything keeps its name.
#[derive(Default)]
pub(super) struct Disguise {
    pseudonyms: Option<Pseudonyms>,
}

impl Disguise {
    /// Reads the key, where one is named. It may not lie in the folder that is handed over.
    pub(super) fn read(
        key: Option<&Path>,
        output: &Path,
        outputs: &mut Outputs,
    ) -> Result<Self, Failure> {
        let Some(path) = key else {
            return Ok(Self::default());
        };
        outputs.reads(path, "--pseudonymize")?;
        let bytes = input::read_small(path, LONGEST).map_err(|problem| {
            Failure::usage(format!("--pseudonymize: {}", problem.message), HOW)
        })?;
        if bytes.len() > LONGEST {
            let message = format!("--pseudonymize: the key has more than {LONGEST} bytes");
            return Err(Failure::usage(message, HOW));
        }
        let place = |path| fs::canonicalize(path).ok();
        if let (Some(key), Some(output)) = (place(path), place(output))
            && key.starts_with(output)
        {
            return Err(Failure::usage(
                "--pseudonymize: the key lies in the folder of the report",
                "keep it elsewhere: whoever has it can find out who is who",
            ));
        }
        let pseudonyms = Pseudonyms::new(&bytes).map_err(refused)?;
        Ok(Self {
            pseudonyms: Some(pseudonyms),
        })
    }

    /// Is there a key?
    pub(super) fn is_on(&self) -> bool {
        self.pseudonyms.is_some()
    }

    /// The plan as it is shown.
    pub(super) fn plan<'p>(&mut self, plan: &'p Plan) -> Cow<'p, Plan> {
        match &mut self.pseudonyms {
            Some(pseudonyms) => Cow::Owned(pseudonyms.plan(plan)),
            None => Cow::Borrowed(plan),
        }
    }

    /// The inventory as it is shown; `None` where it is shown as it is.
    pub(super) fn inventory(&mut self, inventory: &Inventory) -> Option<Inventory> {
        let pseudonyms = self.pseudonyms.as_mut()?;
        Some(pseudonyms.inventory(inventory))
    }

    /// The run as it is shown: files without their names and with digests that need the key, no headers and no sheets. This is the
    /// last word: from here on every name has its pseudonym, and no two share one.
    pub(super) fn finish(self, mut run: Run) -> Result<Run, Failure> {
        let Some(pseudonyms) = self.pseudonyms else {
            return Ok(run);
        };
        let shown = |name: String, file: &InputFile| InputFile {
            name,
            sha256: pseudonyms.file_digest(&file.sha256),
            bytes: file.bytes,
        };
        run.plan = run.plan.map(|file| shown("plan".to_owned(), &file));
        let inventories = (1..).zip(&run.inventories);
        run.inventories = inventories
            .map(|(number, file)| shown(format!("inventory {number}"), file))
            .collect();
        for (option, value) in &mut run.options {
            if option == "--map" || option == "--sheet" {
                "(not shown)".clone_into(value);
            }
        }
        run.options
            .push(("--pseudonymize".to_owned(), "yes".to_owned()));
        run.is_pseudonymized = true;
        pseudonyms.check().map_err(refused)?;
        Ok(run)
    }
}

fn refused(problem: Unusable) -> Failure {
    Failure::usage(format!("--pseudonymize: {problem}"), HOW)
}
