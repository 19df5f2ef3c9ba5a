//! What never changes about a user during the plan, as far as levels depend on it.

use chrono::NaiveDate;

use super::{Traits, events};
use crate::inventory::Shape;
use crate::knowledge::KnowledgeBase;
use crate::model::{AddInSet, Client, Provider, ProviderSet, Reading};
use crate::plan::Plan;

/// What is needed to say a user's traits: the plan's part of public IM.
pub(super) struct TraitRule {
    provisioned: ProviderSet,
    plan_until: Option<NaiveDate>,
    baseline: NaiveDate,
    /// From this day on no reading has the service any more.
    service_end: Option<NaiveDate>,
}

impl TraitRule {
    pub(super) fn new(plan: &Plan, knowledge: &KnowledgeBase) -> Self {
        let ends = Reading::ALL
            .iter()
            .filter_map(|&reading| events::yahoo_end(plan, knowledge, reading));
        Self {
            provisioned: plan.provisioned,
            plan_until: plan.yahoo_license_until,
            baseline: plan.baseline,
            service_end: ends.max(),
        }
    }

    /// The traits of a shape. What cannot matter is left out, so that more users share a path.
    pub(super) fn traits(&self, shape: &Shape) -> Traits {
        let assumed = shape.pic_enabled && shape.providers.is_empty();
        let providers = if assumed {
            self.provisioned
        } else {
            shape.providers
        };
        let uses_yahoo = providers.has(Provider::Yahoo);
        Traits {
            group_chat: shape.group_chat,
            organizer: shape.organizer,
            live_meeting: shape.endpoints.has(Client::LIVE_MEETING_2007),
            providers,
            unlicensed_from: if uses_yahoo {
                self.unlicensed_from(shape.license_end)
            } else {
                None
            },
            add_ins: if shape.organizer {
                shape.add_ins
            } else {
                AddInSet::EMPTY
            },
        }
    }

    /// First day without license: the day after the user's own last day, else after the plan's.
    fn unlicensed_from(&self, own: Option<NaiveDate>) -> Option<NaiveDate> {
        let first_without = own.or(self.plan_until)?.succ_opt()?;
        let first_without = first_without.max(self.baseline);
        self.service_end
            .is_none_or(|end| first_without < end)
            .then_some(first_without)
    }
}
