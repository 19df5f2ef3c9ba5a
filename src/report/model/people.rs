//! Names: the only place where a report meets single users. Formats ask here when they write.
//!
//! A report under pseudonyms is made from a renamed plan and inventory (`crate::pseudonym`), and so needs nothing here.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::{Phase, Report};
use crate::finding::{Finding, Kind};
use crate::inventory::Names;
use crate::simulate::Simulation;
use crate::timeline::{Cohort, Timeline};

/// How people and places are named in what is written.
pub trait Naming {
    /// A user's address.
    fn sip<'n>(&self, sip: Cow<'n, str>) -> Cow<'n, str>;
    /// A user's display name; the address is given too, because two people can have one name.
    fn name<'n>(&self, name: Cow<'n, str>, sip: &str) -> Cow<'n, str>;
    /// A department.
    fn department<'n>(&self, department: Cow<'n, str>) -> Cow<'n, str>;
    /// A site.
    fn site<'n>(&self, site: Cow<'n, str>) -> Cow<'n, str>;
    /// A pool's id.
    fn pool<'n>(&self, pool: Cow<'n, str>) -> Cow<'n, str>;
}

/// Everybody and everything by their own names.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnNames;

impl Naming for OwnNames {
    fn sip<'n>(&self, sip: Cow<'n, str>) -> Cow<'n, str> {
        sip
    }

    fn name<'n>(&self, name: Cow<'n, str>, _sip: &str) -> Cow<'n, str> {
        name
    }

    fn department<'n>(&self, department: Cow<'n, str>) -> Cow<'n, str> {
        department
    }

    fn site<'n>(&self, site: Cow<'n, str>) -> Cow<'n, str> {
        site
    }

    fn pool<'n>(&self, pool: Cow<'n, str>) -> Cow<'n, str> {
        pool
    }
}

/// A user from whom a phase takes something.
#[derive(Clone, Debug)]
pub struct AffectedUser<'p> {
    /// The position in the inventory's users.
    pub user: usize,
    /// The group's position in [`Phase::groups`].
    pub group: usize,
    /// The address.
    pub sip: Cow<'p, str>,
    /// The display name; empty where the inventory has none.
    pub name: Cow<'p, str>,
    /// The department; empty where the inventory has none.
    pub department: Cow<'p, str>,
    /// The site; empty where the inventory has none.
    pub site: Cow<'p, str>,
    /// The home pool before the phase.
    pub pool_before: Cow<'p, str>,
    /// The home pool after the phase.
    pub pool_after: Cow<'p, str>,
    /// The first day of the phase on which the user loses something.
    pub day: NaiveDate,
}

/// A user with what they are called.
#[derive(Clone, Debug)]
pub struct Person<'p> {
    /// The address.
    pub sip: Cow<'p, str>,
    /// The display name; empty where the inventory has none.
    pub name: Cow<'p, str>,
}

/// The users behind a report.
#[derive(Clone, Copy)]
pub struct People<'p> {
    timeline: &'p Timeline<'p>,
    simulation: &'p Simulation,
    names: &'p Names,
    naming: &'p (dyn Naming + Sync),
}

impl<'p> People<'p> {
    /// The users of a timeline; its inventory has their [places](crate::inventory::Places). Where nobody's name is wanted,
    /// `Names::default()` will do.
    #[must_use]
    pub fn new(
        timeline: &'p Timeline<'p>,
        simulation: &'p Simulation,
        names: &'p Names,
        naming: &'p (dyn Naming + Sync),
    ) -> Self {
        Self {
            timeline,
            simulation,
            names,
            naming,
        }
    }

    /// The timeline.
    #[must_use]
    pub fn timeline(&self) -> &'p Timeline<'p> {
        self.timeline
    }

    /// The simulation.
    #[must_use]
    pub fn simulation(&self) -> &'p Simulation {
        self.simulation
    }

    /// How people and places are named.
    #[must_use]
    pub fn naming(&self) -> &'p (dyn Naming + Sync) {
        self.naming
    }

    /// A user's display name as the inventory has it.
    pub(super) fn own_name(&self, user: usize) -> Cow<'p, str> {
        self.names.of(user)
    }

    /// A user's department and site as they are shown.
    pub(super) fn place(&self, user: usize) -> (Cow<'p, str>, Cow<'p, str>) {
        let (department, site) = self.timeline.inventory.place(user);
        (
            self.naming.department(Cow::Borrowed(department)),
            self.naming.site(Cow::Borrowed(site)),
        )
    }

    /// How many users there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.timeline.inventory.users.len()
    }

    /// Is there nobody?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cohort of a user: shape, path, route of pools.
    #[must_use]
    pub fn cohort(&self, user: usize) -> &'p Cohort {
        &self.timeline.cohorts()[self.timeline.cohort_of(user)]
    }

    /// The findings of a user, by event, then capability.
    #[must_use]
    pub fn findings(&self, user: usize) -> &'p [Finding] {
        self.simulation.findings_of(self.timeline.path_of(user))
    }

    /// What a user is called.
    #[must_use]
    pub fn person(&self, user: usize) -> Person<'p> {
        let sip = self.timeline.inventory.users.sip(user).text();
        Person {
            name: self.naming.name(self.names.of(user), &sip),
            sip: self.naming.sip(sip),
        }
    }

    /// Everybody from whom a phase takes something, in the order of the inventory.
    pub fn affected<'q>(&'q self, phase: &'q Phase) -> impl Iterator<Item = AffectedUser<'p>> + 'q {
        (0..self.len()).filter_map(move |user| {
            let group = phase.group_of_path(self.timeline.path_of(user))?;
            Some(self.user(phase, user, group))
        })
    }

    /// The first so many of them, those of the worst groups first; within a group in the order of the inventory.
    #[must_use]
    pub fn worst_affected(&self, phase: &Phase, at_most: usize) -> Vec<AffectedUser<'p>> {
        // So many of each group are wanted; larger groups further down may get none.
        let mut wanted: Vec<usize> = Vec::with_capacity(phase.groups.len());
        let mut rest = at_most;
        for group in &phase.groups {
            let users = usize::try_from(group.users).unwrap_or(usize::MAX);
            wanted.push(users.min(rest));
            rest -= users.min(rest);
        }
        let mut chosen: Vec<Vec<usize>> = vec![Vec::new(); phase.groups.len()];
        for user in 0..self.len() {
            let Some(group) = phase.group_of_path(self.timeline.path_of(user)) else {
                continue;
            };
            if chosen[group].len() < wanted[group] {
                chosen[group].push(user);
            }
        }
        let chosen = chosen.into_iter().enumerate();
        chosen
            .flat_map(|(group, users)| users.into_iter().map(move |user| (user, group)))
            .map(|(user, group)| self.user(phase, user, group))
            .collect()
    }

    fn user(&self, phase: &Phase, user: usize, group: usize) -> AffectedUser<'p> {
        let (inventory, plan) = (self.timeline.inventory, self.timeline.plan);
        let route = self.timeline.route(self.cohort(user));
        let pool = |stages| {
            let pool = plan.pool(route.before(stages));
            self.naming.pool(Cow::Borrowed(&pool.id))
        };
        let first = self
            .findings(user)
            .iter()
            .find(|finding| {
                finding.kind() != Kind::Restored && phase.events.contains(&finding.event)
            })
            .map_or(phase.from, |finding| {
                self.simulation.outcomes[finding.event].event.date
            });
        let sip = inventory.users.sip(user).text();
        let (department, site) = self.place(user);
        AffectedUser {
            user,
            group,
            name: self.naming.name(self.names.of(user), &sip),
            sip: self.naming.sip(sip),
            department,
            site,
            pool_before: pool(phase.stages_before),
            pool_after: pool(phase.stages_until),
            day: first,
        }
    }
}

impl Report {
    /// The phases that have something to say: all with stages, and phase 0 where something happens there.
    pub fn telling_phases(&self) -> impl Iterator<Item = &Phase> {
        self.phases.iter().filter(|phase| !phase.is_quiet())
    }
}
