//! Cohorts in place of people, for `cutover simulate`: what `cutover sql` made a warehouse count.

use std::borrow::Cow;
use std::path::PathBuf;

use cutover::inventory::Unit;
use cutover::report::cohort_findings;
use cutover::report::findings::{Choice, Run};

use super::arguments::MaterialArguments;
use super::exit::Failure;
use super::output::{Output, Outputs};

/// Files of cohorts, and of their findings.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cohort options")]
pub(crate) struct CohortArguments {
    /// Simulate the cohorts in this file in place of an inventory; cutover sql prints the statement that makes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["inventories", "sample", "findings", "columns", "sort"])]
    pub(crate) cohorts: Vec<PathBuf>,

    /// Write the findings of cohorts to this CSV file; cutover sql --join prints the statement that joins them to people
    #[arg(long, value_name = "FILE", requires = "cohorts")]
    pub(crate) cohort_findings: Option<PathBuf>,
}

impl CohortArguments {
    /// Plan and inventory, or plan and cohorts where there are some.
    pub(crate) fn material<'a>(&self, people: &'a MaterialArguments) -> Cow<'a, MaterialArguments> {
        if self.cohorts.is_empty() {
            return Cow::Borrowed(people);
        }
        let mut material = people.clone();
        material.inventory.inventories.clone_from(&self.cohorts);
        material.inventory.unit = Unit::Cohort;
        Cow::Owned(material)
    }

    /// Opens the file of findings.
    pub(crate) fn open(&self, outputs: &mut Outputs) -> Result<Option<Output>, Failure> {
        let path = self.cohort_findings.as_ref();
        path.map(|path| outputs.open(path, "--cohort-findings"))
            .transpose()
    }
}

/// Writes the findings of cohorts.
pub(crate) fn write(run: &Run<'_>, choice: &Choice, output: &mut Output) -> Result<(), Failure> {
    output.write(|out| {
        cohort_findings::write(run, choice, out)?;
        Ok(())
    })
}
