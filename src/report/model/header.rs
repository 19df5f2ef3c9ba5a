//! What a report is about and what it was made from. No clock: dates come from the plan.

use chrono::NaiveDate;

use super::Context;
use crate::digest::{Sha256, hexadecimal};
use crate::inventory::Counts;
use crate::knowledge::KnowledgeBase;
use crate::model::Reading;

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Its name as the user gave it, without folders.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a reader of a report under pseudonyms has to know, in one sentence.
pub const UNDER_PSEUDONYMS: &str = "People, departments, sites, pools, stages, phases and files are under pseudonyms; digests of files are keyed.";

/// What only the program knows about the run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The plan file; `None` for the built-in sample.
    pub plan: Option<InputFile>,
    /// The inventory files, in the order given; none for the built-in sample.
    pub inventories: Vec<InputFile>,
    /// The options that shape the report, each with its value, in a fixed order.
    pub options: Vec<(String, String)>,
    /// Is it the built-in sample?
    pub is_sample: bool,
    /// Are people and places under pseudonyms?
    pub is_pseudonymized: bool,
}

/// The head of a report.
#[derive(Clone, Debug)]
pub struct Header {
    /// The plan's name.
    pub plan: String,
    /// The day the inventory describes.
    pub baseline: NaiveDate,
    /// The horizon of user-days; that day itself does not count.
    pub end: NaiveDate,
    /// The reading of the documents.
    pub reading: Reading,
    /// The version of this program.
    pub tool_version: &'static str,
    /// SHA-256 of the built-in documents and judgements, in hexadecimal.
    pub knowledge_sha256: String,
    /// The files, digests and options.
    pub run: Run,
    /// Rows read, used, rejected.
    pub counts: Counts,
    /// Accepted users.
    pub users: u64,
    /// Pools of the plan.
    pub pools: usize,
    /// Stages of the plan.
    pub stages: usize,
}

pub(super) fn header(context: &Context<'_, '_>, run: Run) -> Header {
    let timeline = context.timeline;
    Header {
        plan: timeline.plan.name.clone(),
        baseline: timeline.plan.baseline,
        end: context.simulation.end,
        reading: context.simulation.reading,
        tool_version: env!("CARGO_PKG_VERSION"),
        knowledge_sha256: knowledge_sha256(),
        run,
        counts: timeline.inventory.counts,
        users: context.total_users(),
        pools: timeline.plan.pools.len(),
        stages: timeline.plan.stages.len(),
    }
}

/// One digest over the names and texts of all data files, in their fixed order.
fn knowledge_sha256() -> String {
    let mut digest = Sha256::default();
    for (name, text) in KnowledgeBase::bundled_files() {
        for part in [name, text] {
            digest.update(&(part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
    }
    hexadecimal(&digest.finish())
}
