//! Playing one path through the events of one reading.
//!
//! Only those are looked at again for whom something can change: at a stage those whom it touches, and everybody's meeting reach
//! when hosts moved; at the event of a service its users. All their levels are one word, and what differs in it has changed.

use std::sync::Arc;

use chrono::NaiveDate;

use super::cause::causes;
use super::concern::{Concerned, others_moved};
use super::evidence::{Evidence, Hops};
use super::level::Inputs;
use super::level_set::{Hosts, LevelSet};
use super::story::Standing;
use super::table::Table;
use super::totals::{Sums, Totals};
use crate::finding::{Finding, Kind, Reach, Workaround, severity};
use crate::model::{Capability, Level, Provider, ProviderSet, ServerVersion};
use crate::timeline::{self, Event, EventKind, Path, State, Step, Timeline};

/// What a run is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// How many users have which level after each event; nothing else is summed up.
    States,
    /// All sums.
    Totals,
    /// All sums, and findings.
    Findings,
}

/// What an event can change, beside the steps of the path itself.
#[derive(Clone, Copy)]
struct Occasion {
    date: NaiveDate,
    kind: EventKind,
    /// The provider whose service changes.
    provider: Option<Provider>,
    /// The providers whose services have changed after the event.
    changed: ProviderSet,
    /// Organizers by server version after the event.
    organizers: [u64; 3],
    /// Did that change?
    hosts_moved: bool,
    /// Those for whom it can change something, beside those who take a step at it or whose license ends.
    concerned: Concerned,
}

/// Plays paths in one reading and sums them up.
pub(super) struct Player<'a> {
    pub(super) table: Arc<Table<'a>>,
    evidence: Evidence,
    end: NaiveDate,
    occasions: Vec<Occasion>,
    /// The event of each stage, by its position in the order.
    of_stages: Vec<usize>,
    organizers_at_start: [u64; 3],
    changed_at_start: ProviderSet,
    sums: Sums,
}

/// Where a path stands while it is played.
pub(super) struct Position<'p> {
    pub(super) path: &'p Path,
    steps: std::slice::Iter<'p, Step>,
    next: Option<&'p Step>,
    pub(super) inputs: Inputs,
    pub(super) levels: LevelSet,
    /// The day since which a loss lasts.
    lost_since: [Option<NaiveDate>; Capability::COUNT],
    /// Changes of version so far, for the rules of existing meetings.
    hops: Hops,
}

impl<'a> Player<'a> {
    pub(super) fn new(timeline: &Timeline<'_>, table: &Arc<Table<'a>>, end: NaiveDate) -> Self {
        let judge = &table.judge;
        let events = timeline::events(timeline, judge.knowledge, judge.reading);
        Self::through(events, timeline, table, end)
    }

    /// A player for these events of a timeline, in the reading of a table.
    pub(super) fn through(
        events: Vec<Event>,
        timeline: &Timeline<'_>,
        table: &Arc<Table<'a>>,
        end: NaiveDate,
    ) -> Self {
        let (knowledge, reading) = (table.judge.knowledge, table.judge.reading);
        let plan = timeline.plan;
        let past = knowledge
            .services()
            .iter()
            .filter(|service| timeline::service_date(plan, service, reading) <= plan.baseline);
        let changed_at_start = past.fold(ProviderSet::EMPTY, |set, service| {
            set.with(service.provider)
        });
        let (mut organizers, mut changed) = (timeline.organizers, changed_at_start);
        let mut of_stages = vec![usize::MAX; timeline.effects.len()];
        let occasions = events.iter().enumerate().map(|(number, event)| {
            let after = match event.kind {
                EventKind::Stage(stage) => {
                    of_stages[stage] = number;
                    timeline.effects[stage].organizers
                }
                _ => organizers,
            };
            let hosts_moved = after != organizers;
            let others_moved = others_moved(organizers, after);
            organizers = after;
            let provider = match event.kind {
                EventKind::Service(service) => Some(knowledge.services()[service].provider),
                _ => None,
            };
            changed = provider.map_or(changed, |provider| changed.with(provider));
            Occasion {
                date: event.date,
                kind: event.kind,
                provider,
                changed,
                organizers,
                hosts_moved,
                concerned: Concerned::by(provider, others_moved),
            }
        });
        Self {
            table: Arc::clone(table),
            evidence: Evidence::default(),
            end,
            occasions: occasions.collect(),
            of_stages,
            organizers_at_start: timeline.organizers,
            changed_at_start,
            sums: Sums::new(events),
        }
    }

    /// Takes in what another player of the same events has summed up.
    pub(super) fn take_in(&mut self, other: Self) {
        self.sums.add(&other.sums);
    }

    /// The sums over all paths played.
    pub(super) fn into_totals(self) -> Totals {
        self.sums.finish()
    }

    /// Plays one path; its findings, if they are wanted, are appended in order of event and capability.
    pub(super) fn play(&mut self, path: &Path, wanted: Wanted, findings: &mut Vec<Finding>) {
        let mut position = self.begin(path);
        let license_end = self.license_end(path);
        let mut concerned = Concerned::of(&path.traits, position.inputs.home);
        let mut next = self.next_step(&position);
        for event in 1..self.occasions.len() {
            let is_concerned = self.occasions[event].concerned.has(concerned);
            if is_concerned || event == next || event == license_end {
                // Events that were left out have moved others, and changed the services of others.
                let before = &self.occasions[event - 1];
                position.inputs.organizers = others(before.organizers, path, position.inputs.home);
                position.inputs.changed = before.changed;
                self.pass(event, &mut position, wanted, findings);
                concerned = Concerned::of(&path.traits, position.inputs.home);
                next = self.next_step(&position);
            }
        }
        for capability in Capability::ALL {
            if let Some(since) = position.lost_since[capability.index()] {
                self.count_days(*capability, since, self.end, path.users);
            }
        }
    }

    /// Plays one path and tells where it stands after each of the reading's events.
    pub(super) fn walk(&mut self, path: &Path, events: &[Event]) -> Vec<Standing> {
        let mut position = self.begin(path);
        let mut standings = Vec::with_capacity(events.len());
        for (number, event) in events.iter().enumerate() {
            if number > 0 {
                self.pass(number, &mut position, Wanted::Totals, &mut Vec::new());
            }
            standings.push(self.standing(&position, event));
        }
        standings
    }

    fn standing(&self, position: &Position<'_>, event: &Event) -> Standing {
        let (traits, inputs) = (&position.path.traits, &position.inputs);
        let rules = Capability::ALL.iter().map(|&capability| {
            let judge = &self.table.judge;
            match position.levels.get(capability) {
                Some(_) => judge.evidence(capability, traits, inputs, position.hops),
                None => Vec::new(),
            }
        });
        Standing {
            event: event.clone(),
            home: position.inputs.home,
            endpoints: position.inputs.endpoints,
            chat: position.inputs.chat,
            levels: position.levels.all(),
            rules: rules.collect(),
        }
    }

    /// A path at the baseline.
    pub(super) fn begin<'p>(&mut self, path: &'p Path) -> Position<'p> {
        let inputs = self.start(path);
        let levels = self.table.levels(&path.traits, &inputs);
        self.sums.begin(levels, path.users);
        let mut steps = path.steps.iter();
        let next = steps.next();
        Position {
            path,
            steps,
            next,
            inputs,
            levels,
            lost_since: [None; Capability::COUNT],
            hops: Hops::default(),
        }
    }

    fn start(&self, path: &Path) -> Inputs {
        let state = &path.start;
        Inputs {
            home: state.home,
            endpoints: state.endpoints,
            brought: state.brought,
            signs_in: !self.table.judge.counting(state.endpoints).is_empty(),
            organizers: others(self.organizers_at_start, path, state.home),
            chat: state.chat,
            existing_meetings: state.existing_meetings[self.table.judge.reading.index()],
            changed: self.changed_at_start,
            licensed: path
                .traits
                .unlicensed_from
                .is_none_or(|day| day > self.sums.events[0].date),
        }
    }

    /// The event at which the next step of a path is taken.
    fn next_step(&self, position: &Position<'_>) -> usize {
        let next = position.next.map(|step| self.of_stages[step.stage]);
        next.unwrap_or(usize::MAX)
    }

    /// The event at which the license of a path's users ends.
    fn license_end(&self, path: &Path) -> usize {
        let ends = |day| {
            let is_end =
                |occasion: &Occasion| occasion.kind == EventKind::License && occasion.date == day;
            self.occasions.iter().position(is_end)
        };
        let end = path.traits.unlicensed_from.and_then(ends);
        end.unwrap_or(usize::MAX)
    }

    /// Passes one event.
    pub(super) fn pass(
        &mut self,
        event: usize,
        position: &mut Position<'_>,
        wanted: Wanted,
        findings: &mut Vec<Finding>,
    ) {
        let occasion = &self.occasions[event];
        let path = position.path;
        let before;
        let levels = match occasion.kind {
            EventKind::Baseline => return,
            EventKind::Service(_) => {
                let Some(provider) = occasion.provider else {
                    return;
                };
                if position.levels.get(provider.capability()).is_none() {
                    position.inputs.changed = position.inputs.changed.with(provider);
                    return;
                }
                before = position.inputs;
                position.inputs.changed = before.changed.with(provider);
                self.table.levels(&path.traits, &position.inputs)
            }
            EventKind::License => {
                if path.traits.unlicensed_from != Some(occasion.date) {
                    return;
                }
                before = position.inputs;
                position.inputs.licensed = false;
                self.table.levels(&path.traits, &position.inputs)
            }
            EventKind::Stage(stage) => {
                if let Some(step) = position.next.filter(|step| step.stage == stage) {
                    before = position.inputs;
                    self.take(position, step);
                    let home = position.inputs.home;
                    position.inputs.organizers = others(occasion.organizers, path, home);
                    self.table.levels(&path.traits, &position.inputs)
                } else if occasion.hosts_moved {
                    let organizers = others(occasion.organizers, path, position.inputs.home);
                    if Hosts::of(organizers) == Hosts::of(position.inputs.organizers) {
                        position.inputs.organizers = organizers;
                        return;
                    }
                    before = position.inputs;
                    position.inputs.organizers = organizers;
                    self.table.reach(position.levels, &position.inputs)
                } else {
                    return;
                }
            }
        };
        if levels != position.levels {
            self.change(event, position, &before, levels, wanted, findings);
        }
    }

    fn take<'p>(&self, position: &mut Position<'p>, step: &'p Step) {
        let State {
            home,
            endpoints,
            brought,
            chat,
            existing_meetings,
        } = step.state;
        let inputs = &mut position.inputs;
        inputs.home = home;
        inputs.endpoints = endpoints;
        inputs.brought = brought;
        inputs.signs_in |= !self.table.judge.counting(endpoints).is_empty();
        inputs.chat = chat;
        inputs.existing_meetings = existing_meetings[self.table.judge.reading.index()];
        position.hops = position.hops.with(&step.hops);
        position.next = position.steps.next();
    }

    /// Notes what is changed by other levels.
    fn change(
        &mut self,
        event: usize,
        position: &mut Position<'_>,
        before: &Inputs,
        levels: LevelSet,
        wanted: Wanted,
        findings: &mut Vec<Finding>,
    ) {
        let last = std::mem::replace(&mut position.levels, levels);
        let users = position.path.users;
        for capability in last.changed(levels) {
            self.sums.change(event, capability, last, levels, users);
            let both = (last.get(capability), levels.get(capability));
            if wanted != Wanted::States
                && let (Some(from), Some(to)) = both
            {
                self.sums.find(event, capability, Kind::of(from, to), users);
                self.keep_days(event, position, capability, to);
                if wanted == Wanted::Findings {
                    findings.push(self.finding(event, position, before, capability, from, to));
                }
            }
        }
    }

    /// Begins or ends a spell at none that a loss began.
    fn keep_days(
        &mut self,
        event: usize,
        position: &mut Position<'_>,
        capability: Capability,
        to: Level,
    ) {
        let date = self.occasions[event].date;
        let since = position.lost_since[capability.index()].take();
        if let Some(since) = since {
            self.count_days(capability, since, date, position.path.users);
        }
        if to == Level::None {
            position.lost_since[capability.index()] = Some(date);
        }
    }

    /// Adds the days from `since` until before `until`, those up to the horizon.
    fn count_days(
        &mut self,
        capability: Capability,
        since: NaiveDate,
        until: NaiveDate,
        users: u64,
    ) {
        let days = (until.min(self.end) - since).num_days();
        self.sums
            .spend(capability, u64::try_from(days).unwrap_or(0) * users);
    }

    fn finding(
        &mut self,
        event: usize,
        position: &Position<'_>,
        before: &Inputs,
        capability: Capability,
        from: Level,
        to: Level,
    ) -> Finding {
        let (traits, inputs) = (&position.path.traits, &position.inputs);
        let kind = Kind::of(from, to);
        let workaround = workaround(capability, to, inputs.home);
        let reach = (capability == Capability::MeetingReach).then(|| Reach {
            out_of_reach: out_of_reach(position.levels, inputs),
            organizers: inputs.organizers.iter().sum(),
        });
        Finding {
            event,
            capability,
            from,
            to,
            severity: severity(capability, kind, workaround, reach),
            causes: causes(&self.table, capability, traits, before, inputs, to),
            workaround,
            reach,
            rules: self
                .evidence
                .of(&self.table.judge, capability, traits, inputs, position.hops),
        }
    }
}

/// How many of the other organizers the user cannot join.
fn out_of_reach(levels: LevelSet, inputs: &Inputs) -> u64 {
    let unreachable = ServerVersion::ALL
        .iter()
        .filter(|&&host| levels.join(host) == Level::None);
    unreachable
        .map(|host| inputs.organizers[host.index()])
        .sum()
}

/// The organizers without the user.
fn others(mut organizers: [u64; 3], path: &Path, home: ServerVersion) -> [u64; 3] {
    if path.traits.organizer {
        organizers[home.index()] -= 1;
    }
    organizers
}

/// What to use instead of something that is lost on Lync Server 2013 (contract section 4.4).
fn workaround(capability: Capability, level: Level, home: ServerVersion) -> Option<Workaround> {
    match (capability, level, home) {
        (Capability::MeetingJoin, Level::None, ServerVersion::Lync2013) => {
            Some(Workaround::LyncWebApp2013)
        }
        (Capability::MeetingSchedule, Level::None, ServerVersion::Lync2013) => {
            Some(Workaround::WebScheduler)
        }
        _ => None,
    }
}
