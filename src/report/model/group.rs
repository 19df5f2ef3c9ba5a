//! Groups: users from whom a phase takes the same things for the same causes. People see groups first, then names.

use std::collections::{BTreeMap, HashMap};

use rustc_hash::FxHashMap;

use super::Context;
use super::phase::{Spans, findings_in, stages_until};
use super::remedy::Surveys;
use super::wording;
use crate::digest::{hexadecimal, sha256};
use crate::finding::{Causes, Finding, Kind, Workaround};
use crate::model::{Capability, EndpointSet, Severity};
use crate::plan::PoolIndex;
use crate::simulate::Remedy;
use crate::timeline::{Cohort, Timeline};

/// One thing that a group loses or keeps in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changes.
    pub capability: Capability,
    /// Lost, degraded or at-risk.
    pub kind: Kind,
    /// Why.
    pub causes: Causes,
    /// The worst severity among the group's findings.
    pub severity: Severity,
    /// What to use instead.
    pub workaround: Option<Workaround>,
    /// Users of the group who have it back, at any level, at the end of the phase.
    pub users_recovered: u64,
}

/// How the users of a group spread over pools, sites, departments or clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facet {
    /// The commonest values with their users, most users first; at most [`Facet::SHOWN`].
    pub values: Vec<(String, u64)>,
    /// How many further values there are.
    pub more_values: usize,
    /// The users of those.
    pub more_users: u64,
}

impl Facet {
    /// So many values are kept; reports for people show fewer.
    pub const SHOWN: usize = 50;

    /// The commonest values with their users in one line, at most so many; an empty value is `(none)`.
    #[must_use]
    pub fn line(&self, at_most: usize) -> String {
        let shown = self.values.iter().take(at_most);
        let mut parts: Vec<String> = shown
            .map(|(value, users)| {
                let value = if value.is_empty() { "(none)" } else { value };
                format!("{value} {}", wording::number(*users))
            })
            .collect();
        let hidden = self.values.len().saturating_sub(at_most) + self.more_values;
        if hidden > 0 {
            parts.push(wording::count(hidden as u64, "more", "more"));
        }
        parts.join("; ")
    }

    pub(super) fn new(counts: impl IntoIterator<Item = (String, u64)>) -> Self {
        let mut values: Vec<(String, u64)> = counts.into_iter().collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let more = values.split_off(values.len().min(Self::SHOWN));
        Self {
            values,
            more_values: more.len(),
            more_users: more.iter().map(|(_, users)| users).sum(),
        }
    }
}

/// Users from whom a phase takes the same things for the same causes.
#[derive(Clone, Debug)]
pub struct Group {
    /// Stable across runs: a digest of the phase's label, what is lost and why; not of dates, counts or names.
    pub id: String,
    /// What they lose, in the contract's order.
    pub changes: Vec<Change>,
    /// The worst severity.
    pub severity: Severity,
    /// How many.
    pub users: u64,
    /// Days without anything lost here, summed over users and capabilities.
    pub user_days: u64,
    /// The events at which it happens, with the users each time.
    pub events: Vec<(usize, u64)>,
    /// Their clients at the end of the phase, as names joined by ` + `.
    pub clients: Facet,
    /// Their pools, before and after the phase: `old` or `old → new`.
    pub pools: Facet,
    /// Their sites; an empty text stands for no value.
    pub sites: Facet,
    /// Their departments; an empty text stands for no value.
    pub departments: Facet,
    /// The measures that lift at least one of the losses: position in the phase's measures' ids, and the users helped.
    pub helped_by: Vec<(String, u64)>,
    /// Users of the group for whom no single measure lifts anything.
    pub beyond_help: u64,
    /// Public ids of the rules behind it.
    pub rules: Vec<String>,
}

impl Group {
    /// What it loses, in one line: `lost: Schedule meetings, Existing meetings; limited: Video, two people`.
    #[must_use]
    pub fn what(&self) -> String {
        let changes = self.changes.iter();
        what(changes.map(|change| (change.capability, change.kind)))
    }

    /// The causes of everything that it loses.
    #[must_use]
    pub fn cause_words(&self) -> String {
        let all = self.changes.iter().flat_map(|change| change.causes.iter());
        wording::causes(all.fold(Causes::default(), Causes::with))
    }

    /// The same in parts: a kind of change as a word, and the capabilities.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let changes = self.changes.iter();
        parts(changes.map(|change| (change.capability, change.kind)))
    }
}

/// What some changes take, in one line.
pub(super) fn what(changes: impl Iterator<Item = (Capability, Kind)> + Clone) -> String {
    let parts: Vec<String> = parts(changes)
        .into_iter()
        .map(|(kind, names)| format!("{kind}: {names}"))
        .collect();
    parts.join("; ")
}

fn parts(changes: impl Iterator<Item = (Capability, Kind)> + Clone) -> Vec<(&'static str, String)> {
    let kinds = [Kind::Lost, Kind::Degraded, Kind::AtRisk];
    let of_kind = |kind: Kind| {
        let mut capabilities: Vec<Capability> = changes
            .clone()
            .filter(|&(_, of)| of == kind)
            .map(|(capability, _)| capability)
            .collect();
        capabilities.dedup();
        let names: Vec<&str> = capabilities.into_iter().map(wording::capability).collect();
        (wording::kind(kind), names.join(", "))
    };
    let parts = kinds.into_iter().map(of_kind);
    parts.filter(|(_, names)| !names.is_empty()).collect()
}

/// What makes two users members of one group.
type Key = Vec<(Capability, Kind, Causes)>;

/// The key of a path in a phase; empty where the phase takes nothing.
fn key(findings: &[Finding], spans: &Spans, phase: usize) -> Key {
    let mut key: Key = findings_in(findings, spans, phase)
        .filter(|(_, finding)| finding.kind() != Kind::Restored)
        .map(|(_, finding)| (finding.capability, finding.kind(), finding.causes))
        .collect();
    key.sort_unstable();
    key.dedup();
    key
}

/// A stable id: a letter and ten hexadecimal digits of a digest over a phase's label and some changes.
pub(super) fn stable_id(
    letter: &str,
    phase: &str,
    changes: &[(Capability, Kind, Causes)],
) -> String {
    let mut text = format!("{letter} 1\n{phase}\n");
    for (capability, kind, causes) in changes {
        let causes: Vec<&str> = causes.iter().map(|cause| cause.id()).collect();
        text.push_str(&format!(
            "{capability} {} {}\n",
            kind.id(),
            causes.join(";")
        ));
    }
    format!("{letter}-{}", &hexadecimal(&sha256(text.as_bytes()))[..10])
}

/// A stable id over some texts.
pub(super) fn stable_text_id(letter: &str, texts: &[&str]) -> String {
    let mut text = format!("{letter} 1\n");
    for part in texts {
        text.push_str(&format!("{} {part}\n", part.len()));
    }
    format!("{letter}-{}", &hexadecimal(&sha256(text.as_bytes()))[..10])
}

/// A group in the making.
struct Draft {
    group: Group,
    events: BTreeMap<usize, u64>,
    clients: BTreeMap<EndpointSet, u64>,
    pools: BTreeMap<(u16, u16), u64>,
    sites: HashMap<String, u64>,
    departments: HashMap<String, u64>,
    helped_by: BTreeMap<Remedy, u64>,
    rules: Vec<crate::knowledge::Rule>,
}

/// The groups of a phase, worst first, and the group of each path.
pub(super) fn groups(
    context: &Context<'_, '_>,
    surveys: &Surveys,
    phase: usize,
) -> (Vec<Group>, Vec<Option<u32>>) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut known: HashMap<Key, u32> = HashMap::new();
    let mut group_of_path: Vec<Option<u32>> = Vec::with_capacity(context.timeline.paths.len());
    for path in 0..context.timeline.paths.len() {
        let findings = context.simulation.findings_of(path);
        let key = key(findings, context.spans, phase);
        if key.is_empty() {
            group_of_path.push(None);
            continue;
        }
        let next = u32::try_from(drafts.len()).expect("groups are fewer than paths, which fit u32");
        let group = *known.entry(key).or_insert_with_key(|key| {
            drafts.push(Draft::new(&context.spans.labels[phase], key));
            next
        });
        drafts[group as usize].add_path(context, surveys, phase, path);
        group_of_path.push(Some(group));
    }
    for cohort in context.timeline.cohorts() {
        if let (Some(group), 1..) = (group_of_path[cohort.path], cohort.users) {
            let pools = pools_around(context, phase, cohort);
            let users = drafts[group as usize].pools.entry(pools).or_default();
            *users += cohort.users;
        }
    }
    add_places(context, &mut drafts, &group_of_path);
    in_order(context, drafts, group_of_path)
}

/// Counts the departments and sites of every group's users.
fn add_places(context: &Context<'_, '_>, drafts: &mut [Draft], group_of_path: &[Option<u32>]) {
    let inventory = context.timeline.inventory;
    let mut counts: FxHashMap<(u32, u32), u64> = FxHashMap::default();
    let everybody = 0..inventory.users.len();
    context
        .timeline
        .for_each_path(None, everybody, |user, path| {
            if let Some(group) = group_of_path[path] {
                let user = user as usize;
                let place = inventory.place_number(user);
                *counts.entry((group, place)).or_default() += inventory.people(user);
            }
        });
    let mut counts: Vec<((u32, u32), u64)> = counts.into_iter().collect();
    counts.sort_unstable();
    for ((group, place), users) in counts {
        let (department, site) = inventory.place_numbered(place);
        let draft = &mut drafts[group as usize];
        for (counts, text) in [
            (&mut draft.sites, site),
            (&mut draft.departments, department),
        ] {
            match counts.get_mut(text) {
                Some(known) => *known += users,
                None => {
                    counts.insert(text.to_owned(), users);
                }
            }
        }
    }
}

/// Worst first, then by users, then by id; the paths' groups follow.
fn in_order(
    context: &Context<'_, '_>,
    drafts: Vec<Draft>,
    group_of_path: Vec<Option<u32>>,
) -> (Vec<Group>, Vec<Option<u32>>) {
    let mut groups: Vec<(usize, Group)> = drafts
        .into_iter()
        .map(|draft| draft.finish(context))
        .enumerate()
        .collect();
    groups.sort_by(|(_, a), (_, b)| {
        let by_weight = b.severity.cmp(&a.severity).then(b.users.cmp(&a.users));
        by_weight.then_with(|| a.id.cmp(&b.id))
    });
    let mut rank = vec![0_u32; groups.len()];
    for (new, (old, _)) in (0_u32..).zip(&groups) {
        rank[*old] = new;
    }
    let of_path = group_of_path
        .into_iter()
        .map(|group| group.map(|group| rank[group as usize]));
    let of_path = of_path.collect();
    (
        groups.into_iter().map(|(_, group)| group).collect(),
        of_path,
    )
}

impl Draft {
    fn new(phase: &str, key: &Key) -> Self {
        let changes = key.iter().map(|&(capability, kind, causes)| Change {
            capability,
            kind,
            causes,
            severity: Severity::Info,
            workaround: None,
            users_recovered: 0,
        });
        Self {
            group: Group {
                id: stable_id("g", phase, key),
                changes: changes.collect(),
                severity: Severity::Info,
                users: 0,
                user_days: 0,
                events: Vec::new(),
                clients: Facet::default(),
                pools: Facet::default(),
                sites: Facet::default(),
                departments: Facet::default(),
                helped_by: Vec::new(),
                beyond_help: 0,
                rules: Vec::new(),
            },
            events: BTreeMap::new(),
            clients: BTreeMap::new(),
            pools: BTreeMap::new(),
            sites: HashMap::new(),
            departments: HashMap::new(),
            helped_by: BTreeMap::new(),
            rules: Vec::new(),
        }
    }

    fn add_path(
        &mut self,
        context: &Context<'_, '_>,
        surveys: &Surveys,
        phase: usize,
        path: usize,
    ) {
        let users = context.timeline.paths[path].users;
        let findings = context.simulation.findings_of(path);
        let spells = super::impact::spells(findings, context.simulation);
        let (_, last) = context.spans.bounds(phase);
        self.group.users += users;
        let mut events = Vec::new();
        for (position, finding) in findings_in(findings, context.spans, phase) {
            if finding.kind() == Kind::Restored {
                continue;
            }
            events.push(finding.event);
            let spell = spells.iter().find(|spell| spell.finding == position);
            self.group.user_days += users * spell.map_or(0, |spell| spell.days);
            let recovers = spell.is_some_and(|spell| spell.ends.is_some_and(|event| event <= last));
            self.add_change(finding, if recovers { users } else { 0 });
        }
        events.dedup();
        for event in events {
            *self.events.entry(event).or_default() += users;
        }
        let clients = endpoints_after(context.timeline, path, last, context);
        *self.clients.entry(clients).or_default() += users;
        let helped_by = surveys.helped_by(phase, path);
        if helped_by.is_empty() {
            self.group.beyond_help += users;
        }
        for &remedy in helped_by {
            *self.helped_by.entry(remedy).or_default() += users;
        }
    }

    fn add_change(&mut self, finding: &Finding, users_recovered: u64) {
        let changes = &mut self.group.changes;
        let same = changes.iter_mut().find(|change| {
            (change.capability, change.kind, change.causes)
                == (finding.capability, finding.kind(), finding.causes)
        });
        if let Some(change) = same {
            change.severity = change.severity.max(finding.severity);
            change.workaround = change.workaround.or(finding.workaround);
            change.users_recovered += users_recovered;
        }
        self.group.severity = self.group.severity.max(finding.severity);
        self.rules.extend_from_slice(&finding.rules);
        self.rules.sort_unstable();
        self.rules.dedup();
    }

    fn finish(self, context: &Context<'_, '_>) -> Group {
        let products = context.knowledge.products();
        let clients = self.clients.into_iter().map(|(clients, users)| {
            let names: Vec<&str> = clients
                .iter()
                .map(|client| products.client_name(client))
                .collect();
            (names.join(" + "), users)
        });
        let pools = self.pools.into_iter().map(|((before, after), users)| {
            let (before, after) = (PoolIndex(before), PoolIndex(after));
            let text = if before == after {
                context.pool(before)
            } else {
                format!("{} → {}", context.pool(before), context.pool(after))
            };
            (text, users)
        });
        let named = |counts: HashMap<String, u64>, name: &dyn Fn(String) -> String| {
            let named = counts
                .into_iter()
                .map(|(value, users)| (name(value), users));
            Facet::new(named.collect::<Vec<_>>())
        };
        let naming = context.naming;
        let helped_by = self.helped_by.into_iter();
        let mut helped_by: Vec<(String, u64)> = helped_by
            .map(|(remedy, users)| (super::remedy::id(remedy, context.knowledge), users))
            .collect();
        helped_by.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Group {
            events: self.events.into_iter().collect(),
            clients: Facet::new(clients),
            pools: Facet::new(pools),
            sites: named(self.sites, &|site| naming.site(site.into()).into_owned()),
            departments: named(self.departments, &|department| {
                naming.department(department.into()).into_owned()
            }),
            helped_by,
            rules: context.rule_ids(&self.rules),
            ..self.group
        }
    }
}

/// The endpoints of a path's users after an event.
fn endpoints_after(
    timeline: &Timeline<'_>,
    path: usize,
    event: usize,
    context: &Context<'_, '_>,
) -> EndpointSet {
    let path = &timeline.paths[path];
    let stage = stages_until(context.simulation, event);
    let steps = path.steps.iter().take_while(|step| step.stage < stage);
    steps
        .last()
        .map_or(path.start.endpoints, |step| step.state.endpoints)
}

/// The pools of a cohort before the first and after the last event of a phase.
fn pools_around(context: &Context<'_, '_>, phase: usize, cohort: &Cohort) -> (u16, u16) {
    let (first, last) = context.spans.bounds(phase);
    let route = context.timeline.route(cohort);
    let before = first
        .checked_sub(1)
        .map_or(0, |event| stages_until(context.simulation, event));
    let after = stages_until(context.simulation, last);
    (route.before(before).0, route.before(after).0)
}
