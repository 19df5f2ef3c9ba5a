//! Which pools are live, and the risks of the plan itself (contract section 4.8).

use super::groups::{Groups, Tally};
use super::{Moment, PlanRisk};
use crate::finding::PlanCode;
use crate::knowledge::{Compatibility, KnowledgeBase};
use crate::model::ServerVersion;
use crate::plan::{ChatMigration, Move, Plan, PoolIndex, Stage};

/// When a pool goes live (contract section 3).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// At the baseline, because users are homed there and no stage publishes it.
    Baseline,
    /// With the first stage that publishes it.
    Published,
    /// With the first stage that moves somebody there.
    FirstMove,
}

/// The pools that are live, stage by stage, and the risks met so far.
#[derive(Clone)]
pub(super) struct LivePools<'a> {
    plan: &'a Plan,
    knowledge: &'a KnowledgeBase,
    begins: Vec<Begin>,
    is_live: Vec<bool>,
    is_retired: Vec<bool>,
    three_versions: bool,
    at: Moment,
    stage_id: &'a str,
    chat_versions: Vec<ServerVersion>,
    risks: Vec<PlanRisk>,
}

impl<'a> LivePools<'a> {
    pub(super) fn new(plan: &'a Plan, groups: &Groups<'a>) -> Self {
        let mut has_users = vec![false; plan.pools.len()];
        for group in groups.iter() {
            has_users[usize::from(group.pool.0)] = true;
        }
        let begins: Vec<Begin> = (0..plan.pools.len())
            .map(|pool| begin(plan, pool, has_users[pool]))
            .collect();
        let mut live = Self {
            plan,
            knowledge: groups.knowledge(),
            is_live: begins
                .iter()
                .map(|&begin| begin == Begin::Baseline)
                .collect(),
            begins,
            is_retired: vec![false; plan.pools.len()],
            three_versions: false,
            at: Moment::Baseline,
            stage_id: "baseline",
            chat_versions: plan.chats.iter().map(|chat| chat.server).collect(),
            risks: Vec::new(),
        };
        live.check_versions();
        live.check_applications(None);
        live
    }

    fn risk(&mut self, code: PlanCode, subject: String, message: String) {
        let rules = self.knowledge.plan_rules(code.id()).to_vec();
        self.risks.push(PlanRisk {
            code,
            moment: self.at,
            subject,
            message,
            rules,
        });
    }

    /// A stage has been played, at this position of the timeline's order, with this effect.
    pub(super) fn play(&mut self, stage: &'a Stage, position: usize, tally: &Tally) {
        self.begin(stage, position);
        let moves = stage.moves.iter().zip(&tally.moved);
        for (number, (operation, &moved)) in moves.enumerate() {
            self.check_move(operation, number);
            if !moved {
                self.matched_nobody("move", number, operation.line);
            }
        }
        let changes = stage.clients.iter().zip(&tally.changed);
        for (number, (change, &changed)) in changes.enumerate() {
            if !changed {
                self.matched_nobody("client", number, change.line);
            }
        }
        for (migration, &behind) in stage.chats.iter().zip(&tally.behind) {
            self.check_chat(migration, behind);
        }
        self.end(stage, &tally.users_on);
    }

    /// A stage begins: its pools go live, the published ones and those that receive their first users.
    fn begin(&mut self, stage: &'a Stage, position: usize) {
        self.at = Moment::Stage(position);
        self.stage_id = &stage.id;
        for &pool in &stage.publish {
            self.go_live(pool, Begin::Published);
        }
        for operation in &stage.moves {
            self.go_live(operation.to, Begin::FirstMove);
        }
    }

    fn go_live(&mut self, pool: PoolIndex, begin: Begin) {
        let pool = usize::from(pool.0);
        self.is_live[pool] |= self.begins[pool] == begin && !self.is_retired[pool];
    }

    /// A move to an older version, or into a pool that is not live.
    fn check_move(&mut self, operation: &Move, number: usize) {
        let to = self.plan.pool(operation.to);
        let newer = operation
            .from
            .iter()
            .map(|&pool| self.plan.pool(pool))
            .find(|pool| pool.server > to.server);
        let subject = format!("{} move {}", self.stage_id, number + 1);
        if let Some(from) = newer {
            let message = format!(
                "stage \"{}\" moves users back from \"{}\" ({}) to \"{}\" ({})",
                self.stage_id,
                from.id,
                from.server.name(),
                to.id,
                to.server.name()
            );
            self.risk(PlanCode::Rollback, subject.clone(), message);
        }
        if !self.is_live[usize::from(operation.to.0)] {
            let retired = self.is_retired[usize::from(operation.to.0)];
            let why = if retired {
                "was retired before"
            } else {
                "is published only later"
            };
            let message = format!(
                "stage \"{}\" moves users to pool \"{}\", which {why}",
                self.stage_id, to.id
            );
            self.risk(PlanCode::PoolNotLive, subject, message);
        }
    }

    /// A move or client change that changes no user.
    fn matched_nobody(&mut self, what: &str, number: usize, line: usize) {
        let subject = format!("{} {what} {}", self.stage_id, number + 1);
        let message = format!(
            "`{what}` number {} of stage \"{}\" (line {line}) changes no user",
            number + 1,
            self.stage_id
        );
        self.risk(PlanCode::MatchedNobody, subject, message);
    }

    /// Chat is migrated while users it serves are homed on an older version.
    fn check_chat(&mut self, migration: &ChatMigration, users_behind: u64) {
        self.chat_versions[usize::from(migration.chat.0)] = migration.to;
        if users_behind == 0 {
            return;
        }
        let chat = &self.plan.chat(migration.chat).id;
        let message = format!(
            "stage \"{}\" migrates chat \"{chat}\" to {} while {users_behind} of its Group Chat users are homed on an older version",
            self.stage_id,
            migration.to.name()
        );
        self.risk(PlanCode::ChatBeforeUsers, chat.clone(), message);
    }

    /// A stage ends, with so many users on each pool: pools are retired, and what is live now is looked at.
    fn end(&mut self, stage: &Stage, users_on: &[u64]) {
        let mut retired: Vec<PoolIndex> = stage.retire.clone();
        retired.sort_unstable();
        retired.dedup();
        for pool in retired {
            self.is_live[usize::from(pool.0)] = false;
            self.is_retired[usize::from(pool.0)] = true;
            let users = users_on[usize::from(pool.0)];
            if users > 0 {
                let id = &self.plan.pool(pool).id;
                let message = format!(
                    "stage \"{}\" retires pool \"{id}\" with {users} users on it",
                    stage.id
                );
                self.risk(PlanCode::RetiredWithUsers, id.clone(), message);
            }
        }
        self.check_versions();
        if !stage.chats.is_empty() {
            self.check_applications(Some(stage));
        }
    }

    /// Pools of three versions live at once, where it begins.
    fn check_versions(&mut self) {
        let live = ServerVersion::ALL.iter().filter(|&&version| {
            self.plan
                .pools
                .iter()
                .zip(&self.is_live)
                .any(|(pool, &is_live)| is_live && pool.server == version)
        });
        let all = live.count() == ServerVersion::ALL.len();
        if all && !self.three_versions {
            let pools: Vec<&str> = self
                .plan
                .pools
                .iter()
                .zip(&self.is_live)
                .filter(|&(_, &is_live)| is_live)
                .map(|(pool, _)| pool.id.as_str())
                .collect();
            let message = format!(
                "pools of OCS 2007 R2, Lync Server 2010 and Lync Server 2013 are live at once: {}",
                pools.join(", ")
            );
            self.risk(
                PlanCode::ThreeVersionsLive,
                self.stage_id.to_owned(),
                message,
            );
        }
        self.three_versions = all;
    }

    /// Applications against their chat servers: all at the baseline, later those whose chat the stage migrates.
    fn check_applications(&mut self, stage: Option<&Stage>) {
        for application in &self.plan.applications {
            if stage.is_some_and(|stage| {
                stage
                    .chats
                    .iter()
                    .all(|migration| migration.chat != application.chat)
            }) {
                continue;
            }
            let server = self.chat_versions[usize::from(application.chat.0)];
            let (compatibility, rules) = self.knowledge.application(application.api, server);
            let (code, verb) = match compatibility {
                Compatibility::Compatible => continue,
                Compatibility::Limited => (PlanCode::ApplicationLimited, "may work only in part"),
                Compatibility::Incompatible => (PlanCode::ApplicationIncompatible, "cannot work"),
            };
            let message = format!(
                "application \"{}\" (API of {}) {verb} with chat \"{}\" on {}",
                application.id,
                application.api.name(),
                self.plan.chat(application.chat).id,
                server.name()
            );
            let rules = rules.to_vec();
            self.risks.push(PlanRisk {
                code,
                moment: self.at,
                subject: application.id.clone(),
                message,
                rules,
            });
        }
    }

    /// After the last stage: users on a version older than the newest declared pool's.
    pub(super) fn finish(&mut self, groups: &Groups<'_>) {
        self.at = Moment::End;
        let Some(newest) = self.plan.pools.iter().map(|pool| pool.server).max() else {
            return;
        };
        let users_on = self.users_on(groups);
        for (pool, users) in self.plan.pools.iter().zip(users_on) {
            if pool.server < newest && users > 0 {
                let message = format!(
                    "{users} users stay on pool \"{}\" ({}) to the end",
                    pool.id,
                    pool.server.name()
                );
                self.risk(PlanCode::UsersLeftBehind, pool.id.clone(), message);
            }
        }
    }

    /// How many users each pool has.
    fn users_on(&self, groups: &Groups<'_>) -> Vec<u64> {
        let mut users_on = vec![0; self.plan.pools.len()];
        for group in groups.iter() {
            users_on[usize::from(group.pool.0)] += group.users;
        }
        users_on
    }

    /// The risks, in order of their moments.
    pub(super) fn into_risks(self) -> Vec<PlanRisk> {
        self.risks
    }
}

/// A pool that some stage publishes is live from there on; any other from the baseline if users are homed there, else from the
/// first stage with a move to it (contract section 3).
fn begin(plan: &Plan, pool: usize, has_users: bool) -> Begin {
    let mut published = plan.stages.iter().flat_map(|stage| &stage.publish);
    if published.any(|&index| usize::from(index.0) == pool) {
        Begin::Published
    } else if has_users {
        Begin::Baseline
    } else {
        Begin::FirstMove
    }
}
