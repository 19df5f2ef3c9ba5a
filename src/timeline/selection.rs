//! Whether a group of users matches a `where`, decided quickly for very many groups.
//!
//! In: the plan's filters and the shapes of the inventory. Out: [`Selector`], which answers for one group. Texts are compared
//! once for each different text of a column, not for each user.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::groups::Group;
use crate::inventory::Inventory;
use crate::model::EndpointSet;
use crate::plan::filter::comparable;
use crate::plan::{Condition, Filter, Plan, PoolIndex};

/// One column of the inventory that filters ask for.
struct ColumnTexts {
    /// For each list of texts of the inventory, the position of this column's text.
    text_of_values: Vec<u32>,
    /// The different texts, as filters compare them.
    texts: Vec<String>,
}

/// The columns of the inventory, ready to be asked.
pub(super) struct Selector<'a> {
    inventory: &'a Inventory,
    columns: Vec<ColumnTexts>,
}

/// A filter, made ready for the inventory.
pub(super) struct Selection {
    conditions: Vec<Ready>,
}

enum Ready {
    Sip(Vec<String>),
    Pool(Vec<PoolIndex>),
    Client(EndpointSet),
    GroupChat(Vec<bool>),
    Organizer(Vec<bool>),
    /// The column, and for each of its texts whether it matches.
    Column(usize, Vec<bool>),
}

impl<'a> Selector<'a> {
    /// The first `columns` values of each shape are the ones that filters may ask for.
    pub(super) fn new(inventory: &'a Inventory, columns: usize) -> Self {
        Self {
            inventory,
            columns: (0..columns)
                .map(|column| ColumnTexts::new(inventory, column))
                .collect(),
        }
    }

    /// Makes a filter ready.
    pub(super) fn ready(&self, filter: &Filter) -> Selection {
        let conditions = filter.conditions.iter().map(|condition| match condition {
            Condition::Sip(addresses) => Ready::Sip(addresses.clone()),
            Condition::Pool(pools) => Ready::Pool(pools.clone()),
            Condition::Client(clients) => Ready::Client(*clients),
            Condition::GroupChat(answers) => Ready::GroupChat(answers.clone()),
            Condition::Organizer(answers) => Ready::Organizer(answers.clone()),
            Condition::Column(column, wanted) => Ready::Column(
                *column,
                self.columns[*column]
                    .texts
                    .iter()
                    .map(|text| wanted.contains(text))
                    .collect(),
            ),
        });
        Selection {
            conditions: conditions.collect(),
        }
    }

    /// For each list of texts of the inventory, a number for how it answers every column condition of the plan: those with
    /// equal numbers answer alike.
    pub(super) fn answers(&self, plan: &Plan) -> Vec<u32> {
        let mut answers = vec![0; self.inventory.values.len()];
        for (position, column) in self.columns.iter().enumerate() {
            let kinds = column.kinds(plan, position);
            let mut combined: FxHashMap<(u32, u32), u32> = FxHashMap::default();
            for (answer, &text) in answers.iter_mut().zip(&column.text_of_values) {
                let next = number(combined.len());
                *answer = *combined
                    .entry((*answer, kinds[text as usize]))
                    .or_insert(next);
            }
        }
        answers
    }

    /// Does every condition hold for a group?
    pub(super) fn matches(&self, selection: &Selection, group: &Group) -> bool {
        selection
            .conditions
            .iter()
            .all(|condition| self.holds(condition, group))
    }

    fn holds(&self, condition: &Ready, group: &Group) -> bool {
        let shape = &self.inventory.shapes[group.shape as usize];
        match condition {
            Ready::Sip(addresses) => group.named_user.is_some_and(|user| {
                let sip = self.inventory.users.sip(user as usize);
                addresses.iter().any(|address| sip == **address)
            }),
            Ready::Pool(pools) => pools.contains(&group.pool),
            Ready::Client(clients) => group.state.endpoints.has_any(*clients),
            Ready::GroupChat(answers) => answers.contains(&shape.group_chat),
            Ready::Organizer(answers) => answers.contains(&shape.organizer),
            Ready::Column(column, matching) => {
                matching[self.columns[*column].text_of_values[shape.values.index()] as usize]
            }
        }
    }
}

impl ColumnTexts {
    fn new(inventory: &Inventory, column: usize) -> Self {
        let mut positions: HashMap<&str, u32> = HashMap::new();
        let mut texts = Vec::new();
        let text_of_values = inventory.values.iter().map(|values| {
            let text = &*values[column];
            *positions.entry(text).or_insert_with(|| {
                texts.push(comparable(text));
                number(texts.len() - 1)
            })
        });
        Self {
            text_of_values: text_of_values.collect(),
            texts,
        }
    }

    /// For each text, a number for how it answers the plan's conditions on this column.
    fn kinds(&self, plan: &Plan, position: usize) -> Vec<u32> {
        let conditions: Vec<&Vec<String>> = plan
            .filters()
            .flat_map(|filter| &filter.conditions)
            .filter_map(|condition| match condition {
                Condition::Column(column, wanted) if *column == position => Some(wanted),
                _ => None,
            })
            .collect();
        let mut numbers: HashMap<Vec<bool>, u32> = HashMap::new();
        let kind = |text: &String| {
            let answers = conditions
                .iter()
                .map(|wanted| wanted.contains(text))
                .collect();
            let next = number(numbers.len());
            *numbers.entry(answers).or_insert(next)
        };
        self.texts.iter().map(kind).collect()
    }
}

/// A position as it is stored.
fn number(position: usize) -> u32 {
    u32::try_from(position).expect("there are fewer texts than users, which fit u32")
}
