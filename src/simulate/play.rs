//! Playing one path through the events of one reading.
//!
//! Only what can change is asked again: a stage asks everything of those whom it touches and meeting reach of everybody when
//! hosts moved; a service or license event asks about its provider alone.

use chrono::NaiveDate;

use super::cause::causes;
use super::level::{Inputs, Judge};
use super::story::Standing;
use super::totals::Totals;
use crate::finding::{Finding, Kind, Reach, Workaround, severity};
use crate::knowledge::{KnowledgeBase, Rule};
use crate::model::{Capability, Level, Provider, ProviderSet, Reading, ServerVersion};
use crate::timeline::{self, Event, EventKind, Hop, Path, State, Step, Timeline};

/// Is a run about sums only, or about findings too?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Totals,
    Findings,
}

/// What an event can change, beside the steps of the path itself.
#[derive(Clone, Copy)]
struct Occasion {
    date: NaiveDate,
    kind: EventKind,
    /// The provider whose service changes.
    provider: Option<Provider>,
    /// Organizers by server version after the event.
    organizers: [u64; 3],
    /// Did that change?
    hosts_moved: bool,
}

/// Plays paths in one reading and sums them up.
pub(super) struct Player<'a> {
    knowledge: &'a KnowledgeBase,
    pub(super) judge: Judge<'a>,
    end: NaiveDate,
    occasions: Vec<Occasion>,
    organizers_at_start: [u64; 3],
    changed_at_start: ProviderSet,
    totals: Totals,
}

/// Where a path stands while it is played.
pub(super) struct Position<'p> {
    pub(super) path: &'p Path,
    steps: std::slice::Iter<'p, Step>,
    next: Option<&'p Step>,
    pub(super) inputs: Inputs,
    pub(super) levels: [Option<Level>; Capability::COUNT],
    /// The day since which a loss lasts.
    lost_since: [Option<NaiveDate>; Capability::COUNT],
    /// Changes of version so far, for the rules of existing meetings.
    hops: Vec<Hop>,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        timeline: &Timeline<'_>,
        knowledge: &'a KnowledgeBase,
        reading: Reading,
        end: NaiveDate,
    ) -> Self {
        let events = timeline::events(timeline, knowledge, reading);
        Self::through(events, timeline, knowledge, reading, end)
    }

    /// A player for these events of a timeline, in this reading.
    pub(super) fn through(
        events: Vec<Event>,
        timeline: &Timeline<'_>,
        knowledge: &'a KnowledgeBase,
        reading: Reading,
        end: NaiveDate,
    ) -> Self {
        let plan = timeline.plan;
        let past = knowledge
            .services()
            .iter()
            .filter(|service| timeline::service_date(plan, service, reading) <= plan.baseline);
        let changed_at_start = past.fold(ProviderSet::EMPTY, |set, service| {
            set.with(service.provider)
        });
        let mut organizers = timeline.organizers;
        let occasions = events.iter().map(|event| {
            let after = match event.kind {
                EventKind::Stage(stage) => timeline.effects[stage].organizers,
                _ => organizers,
            };
            let hosts_moved = after != organizers;
            organizers = after;
            let provider = match event.kind {
                EventKind::Service(service) => Some(knowledge.services()[service].provider),
                _ => None,
            };
            Occasion {
                date: event.date,
                kind: event.kind,
                provider,
                organizers,
                hosts_moved,
            }
        });
        Self {
            knowledge,
            judge: Judge {
                knowledge,
                reading,
                provisioned: plan.provisioned,
            },
            end,
            occasions: occasions.collect(),
            organizers_at_start: timeline.organizers,
            changed_at_start,
            totals: Totals::new(events),
        }
    }

    /// Takes in what another player of the same events has summed up.
    pub(super) fn take_in(&mut self, other: Self) {
        self.totals.add(&other.totals);
    }

    /// The sums over all paths played.
    pub(super) fn into_totals(mut self) -> Totals {
        // Each path noted only its changes; a running sum makes states of them.
        for event in 1..self.totals.states.len() {
            let before = self.totals.states[event - 1];
            for (now, before) in self.totals.states[event].iter_mut().zip(before) {
                now.add(&before);
            }
        }
        self.totals
    }

    /// Plays one path; its findings are appended in order of event and capability.
    pub(super) fn play(&mut self, path: &Path, wanted: Wanted, findings: &mut Vec<Finding>) {
        let mut position = self.begin(path);
        for event in 1..self.occasions.len() {
            self.pass(event, &mut position, wanted, findings);
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
        let rules = Capability::ALL.iter().map(|&capability| {
            let used = position.levels[capability.index()].is_some();
            if used {
                self.evidence(position, capability)
            } else {
                Vec::new()
            }
        });
        Standing {
            event: event.clone(),
            home: position.inputs.home,
            endpoints: position.inputs.endpoints,
            chat: position.inputs.chat,
            levels: position.levels,
            rules: rules.collect(),
        }
    }

    /// A path at the baseline.
    pub(super) fn begin<'p>(&mut self, path: &'p Path) -> Position<'p> {
        let inputs = self.start(path);
        let levels: [Option<Level>; Capability::COUNT] = std::array::from_fn(|index| {
            self.judge
                .level(Capability::ALL[index], &path.traits, &inputs)
        });
        for (counts, level) in self.totals.states[0].iter_mut().zip(levels) {
            *counts.at(level) += path.users;
        }
        let mut steps = path.steps.iter();
        let next = steps.next();
        Position {
            path,
            steps,
            next,
            inputs,
            levels,
            lost_since: [None; Capability::COUNT],
            hops: Vec::new(),
        }
    }

    fn start(&self, path: &Path) -> Inputs {
        let state = &path.start;
        Inputs {
            home: state.home,
            endpoints: state.endpoints,
            brought: state.brought,
            signs_in: !self.judge.counting(state.endpoints).is_empty(),
            organizers: others(self.organizers_at_start, path, state.home),
            chat: state.chat,
            existing_meetings: state.existing_meetings[self.judge.reading.index()],
            changed: self.changed_at_start,
            licensed: path
                .traits
                .unlicensed_from
                .is_none_or(|day| day > self.totals.events[0].date),
        }
    }

    /// Passes one event.
    pub(super) fn pass(
        &mut self,
        event: usize,
        position: &mut Position<'_>,
        wanted: Wanted,
        findings: &mut Vec<Finding>,
    ) {
        let occasion = self.occasions[event];
        let before = position.inputs;
        match occasion.kind {
            EventKind::Baseline => {}
            EventKind::Service(_) => {
                if let Some(provider) = occasion.provider {
                    position.inputs.changed = before.changed.with(provider);
                    self.compare(
                        event,
                        position,
                        &before,
                        &[provider.capability()],
                        wanted,
                        findings,
                    );
                }
            }
            EventKind::License => {
                if position.path.traits.unlicensed_from == Some(occasion.date) {
                    position.inputs.licensed = false;
                    self.compare(
                        event,
                        position,
                        &before,
                        &[Capability::PicYahoo],
                        wanted,
                        findings,
                    );
                }
            }
            EventKind::Stage(stage) => {
                let step = position.next.filter(|step| step.stage == stage);
                if let Some(step) = step {
                    self.take(position, step);
                }
                if step.is_some() || occasion.hosts_moved {
                    position.inputs.organizers =
                        others(occasion.organizers, position.path, position.inputs.home);
                    let asked = if step.is_some() {
                        Capability::ALL
                    } else {
                        &[Capability::MeetingReach]
                    };
                    self.compare(event, position, &before, asked, wanted, findings);
                }
            }
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
        inputs.signs_in |= !self.judge.counting(endpoints).is_empty();
        inputs.chat = chat;
        inputs.existing_meetings = existing_meetings[self.judge.reading.index()];
        position.hops.extend_from_slice(&step.hops);
        position.next = position.steps.next();
    }

    /// Asks capabilities again and notes what changed.
    fn compare(
        &mut self,
        event: usize,
        position: &mut Position<'_>,
        before: &Inputs,
        asked: &[Capability],
        wanted: Wanted,
        findings: &mut Vec<Finding>,
    ) {
        for &capability in asked {
            let index = capability.index();
            let old = position.levels[index];
            let new = self
                .judge
                .level(capability, &position.path.traits, &position.inputs);
            if new == old {
                continue;
            }
            let users = position.path.users;
            position.levels[index] = new;
            let counts = &mut self.totals.states[event][index];
            // The difference to the event before; `into_totals` sums it up, so that no state ever is negative.
            *counts.at(old) = counts.at(old).wrapping_sub(users);
            *counts.at(new) = counts.at(new).wrapping_add(users);
            if let (Some(from), Some(to)) = (old, new) {
                self.totals.changes[event][index].add(Kind::of(from, to), users);
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
        self.totals.user_days[capability.index()] += u64::try_from(days).unwrap_or(0) * users;
    }

    fn finding(
        &self,
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
            out_of_reach: self.judge.out_of_reach(inputs),
            organizers: inputs.organizers.iter().sum(),
        });
        Finding {
            event,
            capability,
            from,
            to,
            severity: severity(capability, kind, workaround, reach),
            causes: causes(&self.judge, capability, traits, before, inputs, to),
            workaround,
            reach,
            rules: self.evidence(position, capability),
        }
    }

    fn evidence(&self, position: &Position<'_>, capability: Capability) -> Vec<Rule> {
        if capability == Capability::ExistingMeetings {
            return existing_meetings_evidence(self.knowledge, &position.hops);
        }
        self.judge
            .evidence(capability, &position.path.traits, &position.inputs)
    }
}

/// The rules of every change of version that a user's existing meetings went through.
pub(super) fn existing_meetings_evidence(knowledge: &KnowledgeBase, hops: &[Hop]) -> Vec<Rule> {
    let rules = hops.iter().flat_map(|hop| {
        knowledge
            .existing_meetings(hop.from, hop.to, hop.came_from_r2)
            .rules
    });
    let mut rules: Vec<Rule> = rules.copied().collect();
    rules.sort_unstable();
    rules.dedup();
    rules
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
