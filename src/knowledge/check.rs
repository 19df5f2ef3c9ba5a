//! What the data must satisfy, one small function each.
//!
//! In: the data files and the rule book. Out: a diagnostic with line and column for everything that is wrong. What levels need
//! (that something gives one, and that nothing contradicts it unjudged) is reported where they are filled in.

mod judgements;
mod pages;
mod products;
mod reach;

use std::collections::HashMap;

use super::Rule;
use super::data::{Data, FileIndex, Text};
use super::lookup::Topic;
use super::rulebook::RuleBook;
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::Level;

/// What a check needs.
struct Checked<'a> {
    data: &'a Data,
    book: &'a RuleBook,
    readings: &'a [(Rule, Topic, Level)],
}

type Check = fn(&Checked<'_>) -> Vec<Diagnostic>;

/// Every check, in the order of the data flow: pages, names, judgements, what is reached.
const CHECKS: &[Check] = &[
    pages::ids_are_well_formed,
    pages::rules_have_ids_of_their_own,
    pages::tables_are_numbered_in_order,
    pages::rows_have_a_cell_for_each_column,
    pages::footnotes_are_printed_and_carried,
    pages::notes_say_something,
    pages::pages_are_dated,
    pages::dates_are_possible,
    pages::addresses_are_https,
    pages::asset_ids_are_well_formed,
    products::clients_stand_at_their_constants,
    products::clients_are_not_too_many,
    products::client_words_are_known,
    products::names_belong_to_one_product,
    products::agents_mean_known_products,
    products::providers_and_add_ins_are_known,
    judgements::kinds_are_known,
    judgements::a_contest_has_two_sides,
    judgements::reasons_are_given,
    judgements::wordings_exist,
    judgements::concerned_cells_exist,
    judgements::readings_are_ordered,
    reach::services_are_whole,
    reach::codes_are_unique_and_cite_rules,
    reach::assumptions_are_whole,
    reach::every_cell_is_used_or_excused,
];

/// Everything that is wrong, check by check.
pub(super) fn problems(
    data: &Data,
    book: &RuleBook,
    readings: &[(Rule, Topic, Level)],
) -> Vec<Diagnostic> {
    let checked = Checked {
        data,
        book,
        readings,
    };
    CHECKS.iter().flat_map(|check| check(&checked)).collect()
}

impl Checked<'_> {
    /// An error about a name that does not exist, with the nearest that does.
    fn unknown<'k>(
        &self,
        code: &'static str,
        file: FileIndex,
        name: &Text,
        what: &str,
        known: impl Iterator<Item = &'k str>,
    ) -> Diagnostic {
        let message = format!("there is no {what} \"{}\"", name.get_ref());
        let mut problem = self.data.error(code, file, name, message);
        problem.help =
            nearest(name.get_ref(), known).map(|near| format!("did you mean \"{near}\"?"));
        problem
    }

    /// The rules of a list that do not exist.
    fn unknown_rules(&self, file: FileIndex, rules: &[Text]) -> Vec<Diagnostic> {
        let unknown = rules
            .iter()
            .filter(|rule| self.book.find(rule.get_ref()).is_none());
        unknown
            .map(|rule| self.unknown("unknown-rule", file, rule, "rule", self.book.ids()))
            .collect()
    }
}

/// The second and later of texts that occur twice, each with the first.
fn repeated<'t>(
    checked: &Checked<'_>,
    texts: impl Iterator<Item = (FileIndex, &'t Text, String)>,
    what: &str,
) -> Vec<Diagnostic> {
    let mut seen: HashMap<String, (FileIndex, &Text)> = HashMap::new();
    let mut problems = Vec::new();
    for (file, text, id) in texts {
        if let Some(&(first_file, first)) = seen.get(&id) {
            let message = format!("the {what} \"{id}\" occurs twice");
            let problem = checked.data.error("duplicate-id", file, text, message);
            let place = checked.data.place(first_file, first.span());
            problems.push(problem.see(place, "the first one"));
        } else {
            seen.insert(id, (file, text));
        }
    }
    problems
}
