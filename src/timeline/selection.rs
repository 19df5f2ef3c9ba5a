//! Whether a group of users matches a `where`, decided quickly for very many groups.
//!
//! In: the plan's filters and the shapes of the inventory. Out: [`Selector`], which answers for one group. Texts are compared
//! once for each different text of a column, not for each user.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::groups::Group;
use crate::inventory::{Inventory, Shape};
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
    /// For each list of texts of the inventory, a number for how it answers every column condition of the plan: those with
    /// equal numbers answer alike.
    answers: Vec<u32>,
    /// For each such number a list of texts that answers so.
    examples: Vec<usize>,
}

/// A filter, made ready for the inventory.
pub(super) struct Selection {
    /// Those on anything but columns.
    conditions: Vec<Ready>,
    /// For each answer of columns: do all conditions on columns hold?
    answers: Vec<bool>,
}

enum Ready {
    Sip(Vec<String>),
    Pool(Vec<PoolIndex>),
    Client(EndpointSet),
    GroupChat(Vec<bool>),
    Organizer(Vec<bool>),
}

impl Selection {
    /// Does a group that matches do so whatever becomes of it?
    pub(super) fn is_lasting(&self) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|condition| !matches!(condition, Ready::Pool(_) | Ready::Client(_)))
    }
}

impl<'a> Selector<'a> {
    /// The first values of each shape are those of the plan's columns.
    pub(super) fn new(inventory: &'a Inventory, plan: &Plan) -> Self {
        let columns: Vec<ColumnTexts> = (0..plan.columns.len())
            .map(|column| ColumnTexts::new(inventory, column))
            .collect();
        let answers = answers(inventory, &columns, plan);
        let mut examples = Vec::new();
        for (values, &answer) in answers.iter().enumerate() {
            if answer as usize == examples.len() {
                examples.push(values);
            }
        }
        Self {
            inventory,
            columns,
            answers,
            examples,
        }
    }

    /// Makes a filter ready.
    pub(super) fn ready(&self, filter: &Filter) -> Selection {
        let mut columns: Vec<(&ColumnTexts, Vec<bool>)> = Vec::new();
        let mut conditions = Vec::new();
        for condition in &filter.conditions {
            conditions.push(match condition {
                Condition::Sip(addresses) => Ready::Sip(addresses.clone()),
                Condition::Pool(pools) => Ready::Pool(pools.clone()),
                Condition::Client(clients) => Ready::Client(*clients),
                Condition::GroupChat(answers) => Ready::GroupChat(answers.clone()),
                Condition::Organizer(answers) => Ready::Organizer(answers.clone()),
                Condition::Column(column, wanted) => {
                    let column = &self.columns[*column];
                    let matching = column.texts.iter().map(|text| wanted.contains(text));
                    columns.push((column, matching.collect()));
                    continue;
                }
            });
        }
        let holds = |&values: &usize| {
            let mut columns = columns.iter();
            columns.all(|(column, matching)| matching[column.text_of_values[values] as usize])
        };
        Selection {
            answers: self.examples.iter().map(holds).collect(),
            conditions,
        }
    }

    /// A number for how the columns of a shape answer the plan's conditions: shapes with equal numbers answer alike.
    pub(super) fn answer(&self, shape: &Shape) -> u32 {
        self.answers[shape.values.index()]
    }

    /// Does every condition hold for a group?
    pub(super) fn matches(&self, selection: &Selection, group: &Group) -> bool {
        let mut conditions = selection.conditions.iter();
        selection.answers[group.answer as usize]
            && conditions.all(|condition| self.holds(condition, group))
    }

    fn holds(&self, condition: &Ready, group: &Group) -> bool {
        match condition {
            Ready::Sip(addresses) => group.named_user.is_some_and(|user| {
                let sip = self.inventory.users.sip(user as usize);
                addresses.iter().any(|address| sip == **address)
            }),
            Ready::Pool(pools) => pools.contains(&group.pool),
            Ready::Client(clients) => group.state.endpoints.has_any(*clients),
            Ready::GroupChat(answers) => answers.contains(&group.group_chat),
            Ready::Organizer(answers) => answers.contains(&group.organizer),
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

/// For each list of texts of the inventory, a number for how it answers every column condition of the plan. Numbers are given in
/// the order in which they first appear.
fn answers(inventory: &Inventory, columns: &[ColumnTexts], plan: &Plan) -> Vec<u32> {
    let mut answers = vec![0; inventory.values.len()];
    for (position, column) in columns.iter().enumerate() {
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

/// A position as it is stored.
fn number(position: usize) -> u32 {
    u32::try_from(position).expect("there are fewer texts than users, which fit u32")
}
