//! How far the report can be trusted: rows read and used, what was noticed about them, what was assumed, what stays unknown.

use std::collections::BTreeMap;

use super::{Context, wording};
use crate::diagnostic::Weight;
use crate::inventory::Counts;
use crate::model::{Capability, Client, Level, Provider};
use crate::simulate::Survey;

/// What was read and what became of it.
#[derive(Clone, Debug)]
pub struct Quality {
    /// Rows read, used, rejected.
    pub counts: Counts,
    /// Accepted users.
    pub users: u64,
    /// Users with at least one client that no table knows.
    pub users_with_unrecognized: u64,
    /// Users without a department in a file that has departments are not counted here; these have none at all.
    pub users_without_department: u64,
    /// Users without a site.
    pub users_without_site: u64,
    /// What the importer noticed, by code: errors first, then by number.
    pub noticed: Vec<Noticed>,
}

/// What the importer noticed, of one code.
#[derive(Clone, Debug)]
pub struct Noticed {
    /// The diagnostics' code.
    pub code: &'static str,
    /// How it weighs.
    pub weight: Weight,
    /// How often.
    pub count: u64,
    /// The first of them, as a sentence.
    pub first: String,
}

/// Something that was assumed because nobody said otherwise.
#[derive(Clone, Debug)]
pub struct Assumed {
    /// Stable code.
    pub code: &'static str,
    /// What was assumed, in one sentence.
    pub text: String,
    /// Users whose result depends on it.
    pub users: u64,
    /// How to say otherwise.
    pub instead: &'static str,
}

/// Users at unknown, of one capability and for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPart {
    /// The capability.
    pub capability: Capability,
    /// Why it is unknown.
    pub reason: &'static str,
    /// Users at unknown at the baseline.
    pub at_start: u64,
    /// Users at unknown after the last event.
    pub at_end: u64,
}

pub(super) fn quality(context: &Context<'_, '_>) -> Quality {
    let inventory = context.timeline.inventory;
    let count = |matches: &dyn Fn(&crate::inventory::Shape) -> bool| {
        let cohorts = context.timeline.cohorts().iter();
        let matching = cohorts.filter(|cohort| matches(&inventory.shapes[cohort.shape]));
        matching.map(|cohort| cohort.users).sum()
    };
    let (mut without_department, mut without_site) = (0, 0);
    for user in 0..inventory.users.len() {
        let (department, site) = inventory.place(user);
        let people = inventory.people(user);
        without_department += if department.is_empty() { people } else { 0 };
        without_site += if site.is_empty() { people } else { 0 };
    }
    Quality {
        counts: inventory.counts,
        users: context.total_users(),
        users_with_unrecognized: count(&|shape| shape.endpoints.has(Client::UNRECOGNIZED)),
        users_without_department: without_department,
        users_without_site: without_site,
        noticed: noticed(context),
    }
}

fn noticed(context: &Context<'_, '_>) -> Vec<Noticed> {
    let mut by_code: BTreeMap<&'static str, Noticed> = BTreeMap::new();
    for diagnostic in &context.timeline.inventory.diagnostics {
        let noticed = by_code.entry(diagnostic.code).or_insert_with(|| Noticed {
            code: diagnostic.code,
            weight: diagnostic.weight,
            count: 0,
            first: diagnostic.message.clone(),
        });
        noticed.count += 1;
        noticed.weight = noticed.weight.max(diagnostic.weight);
    }
    let mut noticed: Vec<Noticed> = by_code.into_values().collect();
    noticed.sort_by(|a, b| {
        let by_weight = b.weight.cmp(&a.weight);
        by_weight
            .then(b.count.cmp(&a.count))
            .then(a.code.cmp(b.code))
    });
    noticed
}

/// What the plan and the inventory leave to be assumed (contract sections 2 and 3); only what somebody depends on.
pub(super) fn assumptions(context: &Context<'_, '_>) -> Vec<Assumed> {
    let (timeline, plan) = (context.timeline, context.timeline.plan);
    let shapes = &timeline.inventory.shapes;
    let users_of = |matches: &dyn Fn(&crate::inventory::Shape) -> bool| -> u64 {
        let cohorts = timeline.cohorts().iter();
        let matching = cohorts.filter(|cohort| matches(&shapes[cohort.shape]));
        matching.map(|cohort| cohort.users).sum()
    };
    let provisioned: Vec<&str> = plan.provisioned.iter().map(Provider::id).collect();
    let unstated: Vec<&str> = plan
        .chats
        .iter()
        .filter(|chat| !chat.policy_stated)
        .map(|chat| chat.id.as_str())
        .collect();
    let uses_yahoo = |shape: &crate::inventory::Shape| {
        let assumed = shape.pic_enabled && shape.providers.is_empty();
        let listed = if assumed {
            plan.provisioned
        } else {
            shape.providers
        };
        listed.has(Provider::Yahoo)
    };
    let mut assumed = vec![
        Assumed {
            code: "every-provider",
            text: format!(
                "users who may use public IM, but of whom no provider is known, use every provisioned one: {}",
                provisioned.join(", ")
            ),
            users: users_of(&|shape| shape.pic_enabled && shape.providers.is_empty()),
            instead: "fill the column PicProviders",
        },
        Assumed {
            code: "add-in-from-client",
            text: "organizers schedule with the add-in that comes with their client".to_owned(),
            users: users_of(&|shape| shape.organizer && shape.add_ins.is_empty()),
            instead: "fill the column SchedulingAddIn",
        },
    ];
    if !unstated.is_empty() {
        assumed.push(Assumed {
            code: "persistent-chat-granted",
            text: format!(
                "the Persistent Chat policy is granted on {}",
                unstated.join(", ")
            ),
            users: users_of(&|shape| shape.group_chat),
            instead: "set persistent-chat-enabled in the plan",
        });
    }
    if plan.yahoo_license_until.is_none() {
        assumed.push(Assumed {
            code: "license-lasts",
            text: "users of Yahoo! without a license date are licensed until the service ends"
                .to_owned(),
            users: users_of(&|shape| shape.license_end.is_none() && uses_yahoo(shape)),
            instead: "set yahoo-license-until in the plan, or fill the column PicLicenseExpiry",
        });
    }
    assumed.retain(|assumed| assumed.users > 0);
    assumed
}

/// Users at unknown, in the making.
#[derive(Default)]
pub(super) struct Unknowns {
    counts: BTreeMap<(Capability, &'static str), (u64, u64)>,
}

impl Unknowns {
    pub(super) fn add(&mut self, context: &Context<'_, '_>, path: usize, survey: &Survey) {
        let path = &context.timeline.paths[path];
        for &capability in Capability::ALL {
            let index = capability.index();
            if survey.levels_at_start[index] == Some(Level::Unknown) {
                let reason = reason(capability, path.start.endpoints, path.start.chat.is_some());
                self.counts.entry((capability, reason)).or_default().0 += path.users;
            }
            if survey.levels_at_end[index] == Some(Level::Unknown) {
                let has_chat = survey.chat_at_end.is_some();
                let reason = reason(capability, survey.endpoints_at_end, has_chat);
                self.counts.entry((capability, reason)).or_default().1 += path.users;
            }
        }
    }

    pub(super) fn parts(&self, _context: &Context<'_, '_>) -> Vec<UnknownPart> {
        let counts = self.counts.iter();
        counts
            .map(|(&(capability, reason), &(at_start, at_end))| UnknownPart {
                capability,
                reason,
                at_start,
                at_end,
            })
            .collect()
    }
}

fn reason(
    capability: Capability,
    endpoints: crate::model::EndpointSet,
    has_chat: bool,
) -> &'static str {
    let has_unrecognized = endpoints
        .iter()
        .any(|client| client.in_tables() == Client::UNRECOGNIZED);
    match capability {
        Capability::GroupChat if !has_chat => "no chat deployment of the plan serves the user",
        _ if has_unrecognized => "a client is not recognized, or no table covers it",
        Capability::MeetingSchedule => "no scheduling add-in is known",
        _ => "the documents do not say",
    }
}

impl Noticed {
    /// How it weighs, as a word.
    #[must_use]
    pub const fn weight_name(&self) -> &'static str {
        match self.weight {
            Weight::Note => "note",
            Weight::Warning => "warning",
            Weight::Error => "error",
        }
    }
}

impl Quality {
    /// Its figures, each with a name.
    #[must_use]
    pub fn figures(&self) -> [(&'static str, u64); 9] {
        let counts = self.counts;
        [
            ("Files", counts.files as u64),
            ("Rows read", counts.rows),
            ("Rows used", counts.rows_used),
            ("Rows rejected", counts.rows_rejected),
            ("Users accepted", self.users),
            ("Client texts not recognized", counts.unrecognized_clients),
            ("Users with such a client", self.users_with_unrecognized),
            ("Users without department", self.users_without_department),
            ("Users without site", self.users_without_site),
        ]
    }

    /// The share of rows used, in words: `1,193 of 1,200 rows`.
    #[must_use]
    pub fn rows_used(&self) -> String {
        format!(
            "{} of {}",
            wording::number(self.counts.rows_used),
            wording::count(self.counts.rows, "row", "rows")
        )
    }
}
