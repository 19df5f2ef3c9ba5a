//! What would help, and how many: the single measures of [`crate::simulate::survey`], added up by phase.

use std::collections::{BTreeMap, HashMap};

use super::Context;
use super::quality::{UnknownPart, Unknowns};
use super::wording;
use crate::finding::{Causes, Kind};
use crate::knowledge::{KnowledgeBase, Rule};
use crate::model::{Capability, Client};
use crate::simulate::{Relief, Remedy, Survey, survey};

/// Something that can be done before a phase, and whom it helps.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its id, `add-client:lync-web-app-2013` for instance.
    pub id: String,
    /// What to do, as an order: `Give Lync Web App 2013`.
    pub action: String,
    /// What it takes, and what it does not do.
    pub note: &'static str,
    /// Users for whom it lifts at least one loss, restriction or unknown of the phase.
    pub users: u64,
    /// Of them, users to whom it gives back something they would lose.
    pub users_of_losses: u64,
    /// By capability: the users for whom it is lifted.
    pub lifts: Vec<(Capability, u64)>,
    /// Public ids of the rules behind the level with the measure.
    pub rules: Vec<String>,
}

/// A measure that lifts a loss.
#[derive(Clone, Debug)]
pub struct Help {
    /// The measure's id, see [`Measure::id`].
    pub measure: String,
    /// What to do, as an order.
    pub action: String,
    /// Users whom it helps.
    pub users: u64,
}

/// What makes two changes the same loss.
pub(super) type LossKey = (Capability, Kind, Causes);

/// The public id of a measure.
pub(super) fn id(remedy: Remedy, knowledge: &KnowledgeBase) -> String {
    match remedy {
        Remedy::AddClient(client) => {
            format!("add-client:{}", knowledge.products().client_id(client))
        }
        Remedy::LegacyEndpoint => "legacy-endpoint".to_owned(),
        Remedy::GrantPersistentChat => "grant-persistent-chat".to_owned(),
        Remedy::RenewLicense => "renew-license".to_owned(),
        Remedy::ReissueMeetings => "reissue-meetings".to_owned(),
    }
}

/// A measure in the making.
#[derive(Default)]
struct Draft {
    users: u64,
    users_of_losses: u64,
    lifts: BTreeMap<Capability, u64>,
    rules: Vec<Rule>,
}

/// The position of the empty list in [`Surveys::helps`].
const NOTHING: u32 = 0;

/// The surveys of all paths, added up.
pub(super) struct Surveys {
    /// For each phase: measures.
    drafts: Vec<BTreeMap<Remedy, Draft>>,
    /// For each phase: users who lose something that nothing brings back.
    beyond_help: Vec<u64>,
    /// For each phase and path: what helps, as a position in [`Self::helps`].
    helped_by: Vec<Vec<u32>>,
    /// What helps somebody, each list once.
    helps: Vec<Vec<Remedy>>,
    /// For a phase and a kind of loss: what lifts it, for how many users.
    lifts: HashMap<(usize, LossKey), BTreeMap<Remedy, u64>>,
    /// Users at unknown.
    unknowns: Unknowns,
    /// Findings of meetings that Lync Web App 2013 lets people join: path and position, ascending.
    web_app: Vec<(u32, u32)>,
}

impl Surveys {
    pub(super) fn new(context: &Context<'_, '_>) -> Self {
        let phases = context.spans.len();
        let mut surveys = Self {
            drafts: (0..phases).map(|_| BTreeMap::new()).collect(),
            beyond_help: vec![0; phases],
            helped_by: vec![vec![NOTHING; context.timeline.paths.len()]; phases],
            helps: vec![Vec::new()],
            lifts: HashMap::new(),
            unknowns: Unknowns::default(),
            web_app: Vec::new(),
        };
        survey(
            context.timeline,
            context.knowledge,
            context.simulation,
            &mut |path, survey| surveys.add(context, path, survey),
        );
        surveys
    }

    fn add(&mut self, context: &Context<'_, '_>, path: usize, survey: &Survey) {
        let users = context.timeline.paths[path].users;
        let findings = context.simulation.findings_of(path);
        self.unknowns.add(context, path, survey);
        let mut helped = vec![false; findings.len()];
        // For each phase the measures that help, with what they lift.
        let mut here: BTreeMap<(usize, Remedy), Vec<LossKey>> = BTreeMap::new();
        for relief in &survey.reliefs {
            let finding = &findings[relief.finding];
            let phase = context.spans.phase_of_event[finding.event];
            helped[relief.finding] = true;
            self.note_web_app(path, relief, finding.capability);
            let lifted = here.entry((phase, relief.remedy)).or_default();
            let what = (finding.capability, finding.kind(), finding.causes);
            if !lifted.contains(&what) {
                lifted.push(what);
            }
            let draft = self.drafts[phase].entry(relief.remedy).or_default();
            draft.rules.extend_from_slice(&relief.rules);
            draft.rules.sort_unstable();
            draft.rules.dedup();
        }
        let mut helps: BTreeMap<usize, Vec<Remedy>> = BTreeMap::new();
        for &(phase, remedy) in here.keys() {
            helps.entry(phase).or_default().push(remedy);
        }
        for (phase, helps) in helps {
            self.helped_by[phase][path] = self.position(helps);
        }
        for ((phase, remedy), lifted) in here {
            let draft = self.drafts[phase].entry(remedy).or_default();
            draft.users += users;
            if lifted.iter().any(|(_, kind, _)| *kind == Kind::Lost) {
                draft.users_of_losses += users;
            }
            let mut capabilities: Vec<Capability> =
                lifted.iter().map(|&(capability, ..)| capability).collect();
            capabilities.sort_unstable();
            capabilities.dedup();
            for capability in capabilities {
                *draft.lifts.entry(capability).or_default() += users;
            }
            for loss in lifted {
                let lifts = self.lifts.entry((phase, loss)).or_default();
                *lifts.entry(remedy).or_default() += users;
            }
        }
        for (phase, beyond_help) in self.beyond_help.iter_mut().enumerate() {
            let lost = findings.iter().zip(&helped).any(|(finding, helped)| {
                !helped
                    && finding.kind() == Kind::Lost
                    && context.spans.phase_of_event[finding.event] == phase
            });
            if lost {
                *beyond_help += users;
            }
        }
    }

    /// Where a list of measures stands in [`Self::helps`].
    fn position(&mut self, helps: Vec<Remedy>) -> u32 {
        let known = self.helps.iter().position(|known| *known == helps);
        let position = known.unwrap_or_else(|| {
            self.helps.push(helps);
            self.helps.len() - 1
        });
        u32::try_from(position).expect("lists of measures are fewer than paths, which fit u32")
    }

    fn note_web_app(&mut self, path: usize, relief: &Relief, capability: Capability) {
        let is_joining = matches!(
            capability,
            Capability::MeetingJoin | Capability::MeetingReach
        );
        if is_joining
            && relief.remedy == Remedy::AddClient(Client::LYNC_WEB_APP_2013)
            && let (Ok(path), Ok(finding)) = (u32::try_from(path), u32::try_from(relief.finding))
        {
            self.web_app.push((path, finding));
        }
    }

    /// Findings of meetings that Lync Web App 2013 lets people join: path and position, ascending.
    pub(super) fn into_web_app(self) -> Vec<(u32, u32)> {
        self.web_app
    }

    /// The measures that help the users of a path in a phase.
    pub(super) fn helped_by(&self, phase: usize, path: usize) -> &[Remedy] {
        &self.helps[self.helped_by[phase][path] as usize]
    }

    /// What lifts a kind of loss in a phase, for how many users: most users first.
    pub(super) fn lifts(
        &self,
        context: &Context<'_, '_>,
        phase: usize,
        loss: LossKey,
    ) -> Vec<Help> {
        let Some(lifts) = self.lifts.get(&(phase, loss)) else {
            return Vec::new();
        };
        let lifts = lifts.iter().map(|(&remedy, &users)| Help {
            measure: id(remedy, context.knowledge),
            action: wording::action(remedy, context.knowledge),
            users,
        });
        let mut lifts: Vec<Help> = lifts.collect();
        // Stable: of those that help as many, the newest client comes first.
        lifts.sort_by_key(|help| std::cmp::Reverse(help.users));
        lifts
    }

    /// Users who lose something in a phase that no single measure brings back.
    pub(super) fn beyond_help(&self, phase: usize) -> u64 {
        self.beyond_help[phase]
    }

    /// The measures of a phase, those first that help most.
    pub(super) fn measures(&self, context: &Context<'_, '_>, phase: usize) -> Vec<Measure> {
        let drafts = self.drafts[phase].iter();
        let mut measures: Vec<Measure> = drafts
            .map(|(&remedy, draft)| Measure {
                id: id(remedy, context.knowledge),
                action: wording::action(remedy, context.knowledge),
                note: wording::note(remedy),
                users: draft.users,
                users_of_losses: draft.users_of_losses,
                lifts: draft
                    .lifts
                    .iter()
                    .map(|(&capability, &users)| (capability, users))
                    .collect(),
                rules: context.rule_ids(&draft.rules),
            })
            .collect();
        measures.sort_by(|a, b| {
            let by_users = (b.users_of_losses, b.users).cmp(&(a.users_of_losses, a.users));
            by_users.then_with(|| a.id.cmp(&b.id))
        });
        measures
    }

    /// Every rule behind a measure of some phase.
    pub(super) fn rules(&self) -> impl Iterator<Item = Rule> + '_ {
        let drafts = self.drafts.iter().flat_map(BTreeMap::values);
        drafts.flat_map(|draft| draft.rules.iter().copied())
    }

    /// Users at unknown, by capability and reason.
    pub(super) fn unknowns(&self, context: &Context<'_, '_>) -> Vec<UnknownPart> {
        self.unknowns.parts(context)
    }
}
