//! Whether a group of users matches a `where`, decided quickly for very many groups.
//!
//! In: the plan's filters and the shapes of the inventory. Out: [`Selector`], which answers for one group. Texts are compared
//! once for each different text of a column, not for each user.

use std::collections::HashMap;

use super::groups::Group;
use crate::inventory::Inventory;
use crate::model::EndpointSet;
use crate::plan::filter::comparable;
use crate::plan::{Condition, Filter, PoolIndex};

/// One column of the inventory that filters ask for.
struct ColumnTexts {
    /// For each shape, the position of its text.
    text_of_shape: Vec<u32>,
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
                addresses.iter().any(|address| address == sip)
            }),
            Ready::Pool(pools) => pools.contains(&group.pool),
            Ready::Client(clients) => group.state.endpoints.has_any(*clients),
            Ready::GroupChat(answers) => answers.contains(&shape.group_chat),
            Ready::Organizer(answers) => answers.contains(&shape.organizer),
            Ready::Column(column, matching) => {
                matching[self.columns[*column].text_of_shape[group.shape as usize] as usize]
            }
        }
    }
}

impl ColumnTexts {
    fn new(inventory: &Inventory, column: usize) -> Self {
        let mut positions: HashMap<&str, u32> = HashMap::new();
        let mut texts = Vec::new();
        let text_of_shape = inventory
            .shapes
            .iter()
            .map(|shape| {
                let text = &*shape.values[column];
                *positions.entry(text).or_insert_with(|| {
                    texts.push(comparable(text));
                    u32::try_from(texts.len() - 1)
                        .expect("there are fewer texts than shapes, which fit u32")
                })
            })
            .collect();
        Self {
            text_of_shape,
            texts,
        }
    }
}
