//! `explain`: one user's story through the plan, event by event, with the documents behind every change.
//!
//! In: a finished run and a user. Out: a [`Story`], for a program as serde structs of their own, for a person as text
//! (`explain/text.rs`).

mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use super::findings::Run;
use super::json::FORMAT_VERSION;
use super::model::wording;
use crate::finding::Finding;
use crate::knowledge::{Rule, RuleLine};
use crate::model::{Capability, EndpointSet, Level, Reading};
use crate::simulate::{Standing, story, survey};
use crate::timeline::{EventKind, Route};

pub use text::text;

/// One user's story.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The address, lower case, without `sip:`.
    pub sip: String,
    /// The reading of the documents.
    pub reading: &'static str,
    /// What is known about the user at the baseline.
    pub facts: Facts,
    /// Where the values come from, as files and rows.
    pub origins: Vec<Origin>,
    /// The events in order, those at which nothing changes for the user included.
    pub events: Vec<Chapter>,
}

/// What the simulation knows about a user at the baseline.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// Id of the home pool.
    pub pool: String,
    /// The server version it runs.
    pub server: &'static str,
    /// Client ids.
    pub clients: Vec<String>,
    /// Uses Group Chat.
    pub group_chat: bool,
    /// Schedules meetings.
    pub organizer: bool,
    /// Public IM providers used.
    pub providers: Vec<&'static str>,
    /// First day without a Yahoo! license, if a license ends before the service does.
    pub unlicensed_from: Option<String>,
    /// Add-ins that the inventory names.
    pub add_ins: Vec<&'static str>,
}

/// Where a value of the inventory comes from.
#[derive(Clone, Debug, Serialize)]
pub struct Origin {
    /// The field's canonical header.
    pub field: String,
    /// The text in the file.
    pub value: String,
    /// The file, as the user gave it.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row, as a person sees it.
    pub row: u64,
    /// The header of the column.
    pub header: Option<String>,
    /// Does the value count, or does another row's go before it?
    pub counts: bool,
}

/// An event.
#[derive(Clone, Debug, Serialize)]
pub struct Chapter {
    /// The event's id.
    pub id: String,
    /// Its kind.
    pub kind: &'static str,
    /// Its date.
    pub date: String,
    /// What happens.
    pub title: String,
    /// The pool before and after, where it changes.
    pub moved: Option<Moved>,
    /// The client ids after, where they change.
    pub clients: Option<Vec<String>>,
    /// The levels after the event; only at the baseline and at the last event.
    pub levels: Vec<Standpoint>,
    /// What changes for the user.
    pub changes: Vec<Change>,
}

/// A change of pool.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// The pool's id before.
    pub from: String,
    /// The pool's id after.
    pub to: String,
    /// The server version after.
    pub server: &'static str,
}

/// A capability with its level in every reading.
#[derive(Clone, Debug, Serialize)]
pub struct Standpoint {
    /// The capability.
    pub capability: &'static str,
    /// In the reading of the story; absent: not used.
    pub level: Option<&'static str>,
    /// In the other readings, where they differ.
    pub otherwise: Vec<Otherwise>,
    /// What it rests on.
    pub rules: Vec<Basis>,
}

/// A level in another reading.
#[derive(Clone, Debug, Serialize)]
pub struct Otherwise {
    /// The reading.
    pub reading: &'static str,
    /// The level.
    pub level: Option<&'static str>,
}

/// A rule and what it says.
#[derive(Clone, Debug, Serialize)]
pub struct Basis {
    /// The rule's id.
    pub id: String,
    /// What it says and where.
    pub says: String,
}

/// A finding of this user.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The capability.
    pub capability: &'static str,
    /// The level before.
    pub from: &'static str,
    /// The level after.
    pub to: &'static str,
    /// lost, degraded, at-risk or restored.
    pub kind: &'static str,
    /// How bad it is.
    pub severity: &'static str,
    /// Why.
    pub causes: Vec<&'static str>,
    /// What to use instead.
    pub workaround: Option<&'static str>,
    /// For meeting-reach: out of reach / all.
    pub detail: Option<String>,
    /// What it rests on.
    pub rules: Vec<Basis>,
    /// The levels in the other readings, where they differ.
    pub otherwise: Vec<Otherwise>,
    /// What would help.
    pub remedies: Vec<Help>,
}

/// Something that would help.
#[derive(Clone, Debug, Serialize)]
pub struct Help {
    /// What to do.
    pub action: String,
    /// The level with it.
    pub level: &'static str,
    /// What it takes.
    pub note: &'static str,
}

/// Tells the story of a user (its position in the inventory).
#[must_use]
pub fn tell(run: &Run<'_>, user: usize, origins: Vec<Origin>) -> Story {
    let path = run.timeline.path_of(user);
    let readings = Reading::ALL.iter();
    let teller = Teller {
        run,
        path,
        route: run
            .timeline
            .route(&run.timeline.cohorts()[run.timeline.cohort_of(user)]),
        standings: readings
            .map(|&reading| story(run.timeline, run.knowledge, path, reading))
            .collect(),
        helps: helps(run, path),
        readings: run
            .knowledge
            .conflicts()
            .into_iter()
            .map(|point| (point.id, point.reading))
            .collect(),
    };
    Story {
        format_version: FORMAT_VERSION,
        sip: run.timeline.inventory.users.sip(user).text().into_owned(),
        reading: run.simulation.reading.id(),
        facts: teller.facts(),
        origins,
        events: teller.chapters(),
    }
}

/// What would help, for each finding of a path.
fn helps(run: &Run<'_>, wanted: usize) -> Vec<Vec<Help>> {
    let mut helps: Vec<Vec<Help>> = Vec::new();
    survey(
        run.timeline,
        run.knowledge,
        run.simulation,
        &mut |path, survey| {
            if path != wanted {
                return;
            }
            helps.resize_with(run.simulation.findings_of(path).len(), Vec::new);
            for relief in &survey.reliefs {
                helps[relief.finding].push(Help {
                    action: wording::action(relief.remedy, run.knowledge),
                    level: relief.to.id(),
                    note: wording::note(relief.remedy),
                });
            }
        },
    );
    helps
}

struct Teller<'t, 'a> {
    run: &'t Run<'a>,
    path: usize,
    route: &'t Route,
    /// By reading, in the order of [`Reading::ALL`].
    standings: Vec<Vec<Standing>>,
    helps: Vec<Vec<Help>>,
    /// How each open point is read, by its rule's id.
    readings: BTreeMap<String, String>,
}

impl Teller<'_, '_> {
    fn reading(&self) -> Reading {
        self.run.simulation.reading
    }

    fn facts(&self) -> Facts {
        let path = &self.run.timeline.paths[self.path];
        let pool = self.run.timeline.plan.pool(self.route.start);
        Facts {
            pool: pool.id.clone(),
            server: pool.server.id(),
            clients: self.clients(path.start.endpoints),
            group_chat: path.traits.group_chat,
            organizer: path.traits.organizer,
            providers: path
                .traits
                .providers
                .iter()
                .map(|provider| provider.id())
                .collect(),
            unlicensed_from: path.traits.unlicensed_from.map(|day| day.to_string()),
            add_ins: path
                .traits
                .add_ins
                .iter()
                .map(|add_in| add_in.id())
                .collect(),
        }
    }

    fn clients(&self, endpoints: EndpointSet) -> Vec<String> {
        let products = self.run.knowledge.products();
        endpoints
            .iter()
            .map(|client| products.client_id(client).to_owned())
            .collect()
    }

    fn chapters(&self) -> Vec<Chapter> {
        let standings = &self.standings[self.reading().index()];
        let findings = self.run.simulation.findings_of(self.path);
        let last = standings.len().saturating_sub(1);
        (0..standings.len())
            .map(|event| {
                let standing = &standings[event];
                let before = event
                    .checked_sub(1)
                    .map(|before| standings[before].endpoints);
                let is_end = event == 0 || event == last;
                let here = findings
                    .iter()
                    .enumerate()
                    .filter(|(_, finding)| finding.event == event);
                Chapter {
                    id: standing.event.id.clone(),
                    kind: standing.event.kind.id(),
                    date: standing.event.date.to_string(),
                    title: standing.event.title.clone(),
                    moved: self.moved(standing.event.kind),
                    clients: before
                        .filter(|&before| before != standing.endpoints)
                        .map(|_| self.clients(standing.endpoints)),
                    levels: if is_end {
                        self.levels(standing)
                    } else {
                        Vec::new()
                    },
                    changes: here
                        .map(|(number, finding)| self.change(number, finding, standing))
                        .collect(),
                }
            })
            .collect()
    }

    fn moved(&self, kind: EventKind) -> Option<Moved> {
        let EventKind::Stage(stage) = kind else {
            return None;
        };
        let (from, to) = (self.route.before(stage), self.route.after(stage));
        let plan = self.run.timeline.plan;
        (from != to).then(|| Moved {
            from: plan.pool(from).id.clone(),
            to: plan.pool(to).id.clone(),
            server: plan.pool(to).server.id(),
        })
    }

    fn levels(&self, standing: &Standing) -> Vec<Standpoint> {
        let capabilities = Capability::ALL.iter();
        capabilities
            .map(|&capability| Standpoint {
                capability: capability.id(),
                level: standing.levels[capability.index()].map(Level::id),
                otherwise: self.otherwise(standing, capability),
                rules: self.basis(&standing.rules[capability.index()]),
            })
            .collect()
    }

    /// The levels in the other readings at the end of the same event, or of its day where that reading lacks the event.
    fn otherwise(&self, standing: &Standing, capability: Capability) -> Vec<Otherwise> {
        let level = standing.levels[capability.index()];
        let others = Reading::ALL
            .iter()
            .filter(|&&reading| reading != self.reading());
        others
            .filter_map(|&reading| {
                let standings = &self.standings[reading.index()];
                let same = standings
                    .iter()
                    .position(|other| other.event.id == standing.event.id);
                let position = same.or_else(|| {
                    let date = standing.event.date;
                    standings
                        .partition_point(|other| other.event.date <= date)
                        .checked_sub(1)
                })?;
                let other = standings[position].levels[capability.index()];
                (other != level).then(|| Otherwise {
                    reading: reading.id(),
                    level: other.map(Level::id),
                })
            })
            .collect()
    }

    fn change(&self, number: usize, finding: &Finding, standing: &Standing) -> Change {
        Change {
            capability: finding.capability.id(),
            from: finding.from.id(),
            to: finding.to.id(),
            kind: finding.kind().id(),
            severity: finding.severity.id(),
            causes: finding.causes.iter().map(|cause| cause.id()).collect(),
            workaround: finding.workaround.map(|workaround| workaround.name()),
            detail: finding
                .reach
                .map(|reach| format!("{}/{}", reach.out_of_reach, reach.organizers)),
            rules: self.basis(&finding.rules),
            otherwise: self.otherwise(standing, finding.capability),
            remedies: self.helps.get(number).cloned().unwrap_or_default(),
        }
    }

    fn basis(&self, rules: &[Rule]) -> Vec<Basis> {
        let knowledge = self.run.knowledge;
        rules
            .iter()
            .map(|&rule| Basis {
                id: knowledge.rule_id(rule).to_owned(),
                says: self.says(rule),
            })
            .collect()
    }

    /// What a rule says, and where: for a cell its document, table and footnotes, for an open point how it is read.
    fn says(&self, rule: Rule) -> String {
        let knowledge = self.run.knowledge;
        let RuleLine { id, mut line, .. } = knowledge.rule_line(rule);
        let Some(document) = knowledge.document(rule) else {
            let reading = self.readings.get(&id).map_or("", String::as_str);
            return format!("{line}. {reading} (our reading)");
        };
        let cell = knowledge.cell(rule);
        for footnote in cell.iter().flat_map(|cell| &cell.footnotes) {
            line.push_str(&format!("; footnote {}: {}", footnote.mark, footnote.note));
        }
        let table = cell.map_or_else(String::new, |cell| format!("table {} of ", cell.table));
        format!(
            "{line} ({table}\"{}\", {})",
            document.title,
            document.dates()
        )
    }
}
