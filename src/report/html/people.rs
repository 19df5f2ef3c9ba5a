//! The list of the people whom a phase hits: some in the markup, more as data that the page's script searches.
//!
//! A page with every name of a large organization is slow and helps nobody. So many names per phase are on the page; the rest
//! are in the CSV of the phase and in the workbook, and the page says so.

use std::collections::HashMap;

use serde::Serialize;

use crate::report::markup::{script_json, visible};
use crate::report::model::wording::number;
use crate::report::model::{AffectedUser, People, Phase, Report};

/// So many names of a phase can be searched on the page.
pub(super) const SEARCHABLE: usize = 5_000;
/// So many names can be searched on the page in all phases together.
const SEARCHABLE_IN_ALL: usize = 20_000;
/// So many names of a phase are in the markup, for reading without script and on paper.
const PRINTED: usize = 50;

/// How many names each phase of a report gets.
pub(super) fn share(report: &Report) -> usize {
    let phases = report
        .telling_phases()
        .filter(|phase| !phase.groups.is_empty())
        .count();
    SEARCHABLE.min(SEARCHABLE_IN_ALL / phases.max(1))
}

/// A person in the markup.
pub(super) struct PersonView {
    pub(super) name: String,
    pub(super) sip: String,
    pub(super) department: String,
    pub(super) site: String,
    pub(super) pools: String,
    pub(super) what: String,
    pub(super) day: String,
}

/// The list of a phase.
pub(super) struct PeopleView {
    pub(super) printed: Vec<PersonView>,
    /// Everybody in the data, thousands apart.
    pub(super) searchable: String,
    pub(super) all: String,
    pub(super) have_names: bool,
    pub(super) are_all_printed: bool,
    pub(super) are_all_searchable: bool,
    /// The data, ready for its script element.
    pub(super) data: String,
}

/// What the script reads. Texts that many people share are positions in lists.
#[derive(Serialize)]
struct Data {
    departments: Vec<String>,
    sites: Vec<String>,
    pools: Vec<String>,
    days: Vec<String>,
    groups: Vec<GroupData>,
    people: Vec<(String, String, usize, usize, usize, usize, usize)>,
}

#[derive(Serialize)]
struct GroupData {
    id: String,
    what: String,
}

/// Different texts in order of first appearance.
#[derive(Default)]
struct Texts {
    all: Vec<String>,
    known: HashMap<String, usize>,
}

impl Texts {
    fn position(&mut self, text: &str) -> usize {
        if let Some(&position) = self.known.get(text) {
            return position;
        }
        self.all.push(visible(text));
        self.known.insert(text.to_owned(), self.all.len() - 1);
        self.all.len() - 1
    }
}

impl PeopleView {
    pub(super) fn new(
        phase: &Phase,
        people: &People<'_>,
        share: usize,
    ) -> Result<Self, serde_json::Error> {
        let worst = people.worst_affected(phase, share);
        let printed = worst.iter().take(PRINTED);
        let all = phase.users_in_groups();
        Ok(Self {
            printed: printed.map(|user| PersonView::new(phase, user)).collect(),
            searchable: number(worst.len() as u64),
            all: number(all),
            have_names: worst.iter().any(|user| !user.name.is_empty()),
            are_all_printed: all <= PRINTED as u64,
            are_all_searchable: all <= worst.len() as u64,
            data: script_json(&data(phase, &worst))?,
        })
    }
}

impl PersonView {
    fn new(phase: &Phase, user: &AffectedUser<'_>) -> Self {
        Self {
            name: visible(&user.name),
            sip: visible(&user.sip),
            department: visible(&user.department),
            site: visible(&user.site),
            pools: visible(&pools(user)),
            what: phase.groups[user.group].what(),
            day: user.day.to_string(),
        }
    }
}

fn pools(user: &AffectedUser<'_>) -> String {
    if user.pool_before == user.pool_after {
        user.pool_after.to_string()
    } else {
        format!("{} → {}", user.pool_before, user.pool_after)
    }
}

fn data(phase: &Phase, worst: &[AffectedUser<'_>]) -> Data {
    let [mut departments, mut sites, mut pool_texts, mut days] =
        std::array::from_fn(|_| Texts::default());
    let people = worst.iter().map(|user| {
        (
            visible(&user.name),
            visible(&user.sip),
            departments.position(&user.department),
            sites.position(&user.site),
            pool_texts.position(&pools(user)),
            user.group,
            days.position(&user.day.to_string()),
        )
    });
    let people = people.collect();
    let groups = phase.groups.iter().map(|group| GroupData {
        id: group.id.clone(),
        what: group.what(),
    });
    Data {
        people,
        groups: groups.collect(),
        departments: departments.all,
        sites: sites.all,
        pools: pool_texts.all,
        days: days.all,
    }
}
