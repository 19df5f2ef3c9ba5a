//! How a test gets from texts to answers: a plan and an inventory, typed in the test, played through the library.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use cutover::inventory::{self, Inventory, Request, Source};
use cutover::knowledge::KnowledgeBase;
use cutover::model::Reading;
use cutover::plan::{self, Plan};
use cutover::report::findings::{self, Choice, Column, Run, Sort};
use cutover::simulate::{self, Outcome};
use cutover::timeline;

/// The documents, read once.
pub static KNOWLEDGE: LazyLock<KnowledgeBase> = LazyLock::new(|| {
    KnowledgeBase::bundled().expect("the bundled knowledge passes its own checks")
});

/// Four pools: `r2` on OCS 2007 R2, `l10` on Lync Server 2010, `l13` and `l13b` on Lync Server 2013.
pub const POOLS: &str = "\
[[pool]]\nid = \"r2\"\nserver = \"ocs-2007-r2\"\n\
[[pool]]\nid = \"l10\"\nserver = \"lync-server-2010\"\n\
[[pool]]\nid = \"l13\"\nserver = \"lync-server-2013\"\n\
[[pool]]\nid = \"l13b\"\nserver = \"lync-server-2013\"\n";

const HEADER: &str = "SipAddress,HomePool,Client,Department,GroupChat,PicProviders,PicEnabled,PicLicenseExpiry,Organizer,SchedulingAddIn,Wave";

/// A stage with further lines.
pub fn stage(id: &str, date: &str, lines: &str) -> String {
    format!("[[stage]]\nid = \"{id}\"\ndate = {date}\n{lines}\n")
}

/// A plan and an inventory that has been imported for it.
pub struct Case {
    pub plan: Plan,
    pub inventory: Inventory,
}

impl Case {
    /// Baseline 2014-01-06, the four pools, the plan's further sections, and an inventory of these rows, which may end early:
    /// address, pool, clients, department, Group Chat, providers, PIC enabled, license end, organizer, add-ins, wave.
    pub fn new(rows: &[&str], plan: &str) -> Self {
        Self::read(
            &with_header(rows),
            &format!("[plan]\nname = \"t\"\nbaseline = 2014-01-06\n{POOLS}{plan}"),
        )
    }

    /// The same with a horizon.
    pub fn until(end: &str, rows: &[&str], plan: &str) -> Self {
        Self::read(
            &with_header(rows),
            &format!("[plan]\nname = \"t\"\nbaseline = 2014-01-06\nend = {end}\n{POOLS}{plan}"),
        )
    }

    /// An inventory as CSV and a whole plan.
    pub fn read(csv: &str, plan: &str) -> Self {
        let (read, problems) = plan::read(plan, "plan.toml", &KNOWLEDGE);
        let plan = read.unwrap_or_else(|| panic!("the plan has problems: {problems:#?}"));
        let inventory = import(&[csv], &plan);
        Self { plan, inventory }
    }

    /// Simulates and hands the run to `ask`.
    pub fn simulation<T>(&self, reading: Reading, ask: impl FnOnce(&Run<'_>) -> T) -> T {
        let timeline = timeline::build(&self.plan, &self.inventory, &KNOWLEDGE, NonZeroUsize::MIN);
        let simulation = simulate::run(
            &timeline,
            &KNOWLEDGE,
            reading,
            NonZeroUsize::MIN,
            &mut |_, _| {},
        );
        ask(&Run {
            timeline: &timeline,
            knowledge: &KNOWLEDGE,
            simulation: &simulation,
        })
    }

    pub fn outcomes(&self, reading: Reading) -> Vec<Outcome> {
        self.simulation(reading, |run| run.simulation.outcomes.clone())
    }

    /// The findings file, with all columns.
    pub fn findings_csv(&self, reading: Reading, sort: Sort, threads: usize) -> String {
        self.simulation(reading, |run| {
            let mut out = Vec::new();
            let threads = NonZeroUsize::new(threads).expect("a test asks for at least one thread");
            findings::write(
                run,
                &Choice::default(),
                Column::ALL,
                sort,
                threads,
                &mut out,
            )
            .expect("a vector takes everything");
            String::from_utf8(out).expect("findings are UTF-8")
        })
    }

    /// The findings, cell by cell, without the header.
    pub fn findings(&self, reading: Reading) -> Vec<Vec<String>> {
        let text = self.findings_csv(reading, Sort::Inventory, 1);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader
            .records()
            .map(|record| {
                record
                    .expect("findings are CSV")
                    .iter()
                    .map(str::to_owned)
                    .collect()
            })
            .collect()
    }

    /// `code event` of each plan finding in the judged reading.
    pub fn plan_codes(&self) -> Vec<String> {
        self.simulation(Reading::Judged, |run| {
            run.simulation
                .plan_findings
                .iter()
                .map(|finding| format!("{} {}", finding.code.id(), finding.event))
                .collect()
        })
    }
}

/// Rows, which may end early, under the header of [`Case::new`].
pub fn with_header(rows: &[&str]) -> String {
    let columns = HEADER.split(',').count();
    let mut text = format!("{HEADER}\n");
    for row in rows {
        let missing = columns - row.split(',').count();
        text.push_str(row);
        text.push_str(&",".repeat(missing));
        text.push('\n');
    }
    text
}

/// Imports CSV texts, each a file of its own, for a plan.
pub fn import(files: &[&str], plan: &Plan) -> Inventory {
    let request = Request {
        pools: plan.pool_directory(),
        columns: plan.columns(),
        ..Request::default()
    };
    let bytes: Vec<Vec<u8>> = files.iter().map(|file| file.as_bytes().to_vec()).collect();
    let sources: Vec<Source<'_>> = bytes
        .iter()
        .enumerate()
        .map(|(number, bytes)| Source::text(format!("inventory-{number}.csv"), bytes))
        .collect();
    inventory::import(&sources, &request, KNOWLEDGE.products())
        .unwrap_or_else(|refusal| panic!("refused: {refusal:?}"))
}

/// Texts that some sink has reason to fear: control and hidden characters, formulas, markup, paths, very long ones
/// (`fixtures/naughty-strings.json`). Every sink is tested with all of them.
pub fn naughty_strings() -> Vec<String> {
    let list = include_str!("../../fixtures/naughty-strings.json");
    serde_json::from_str(list).expect("the list is an array of strings")
}
