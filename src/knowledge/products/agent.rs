//! Raw user-agent strings: `token/version` pairs outside parentheses, which may nest.

use std::collections::HashMap;

use super::Meaning;
use super::list::{AgentEntry, AgentRule};
use crate::model::Client;

/// Longest token that any rule knows, with room to spare.
const LONGEST_TOKEN: usize = 64;

/// The rules about tokens, in the order in which they decide.
#[derive(Debug)]
pub(super) struct Agents {
    entries: Vec<Entry>,
    exact: HashMap<String, usize>,
    /// Tokens that are beginnings, in lower case.
    beginnings: Vec<(String, usize)>,
}

#[derive(Debug)]
struct Entry {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    version: Vec<u32>,
    build: u32,
    named: Option<String>,
    meaning: Meaning,
}

/// A token of a text with its version; a version that is no number is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pair {
    token: String,
    version: Vec<u32>,
}

impl Agents {
    pub(super) fn of(list: &[AgentEntry], clients: &HashMap<String, Client>) -> Self {
        let mut agents = Self {
            entries: Vec::new(),
            exact: HashMap::new(),
            beginnings: Vec::new(),
        };
        // Each token is an entry of its own, so that within `OC, UCCAPI` the first decides over the second.
        for entry in list {
            for token in &entry.tokens {
                let position = agents.entries.len();
                let token = token.to_ascii_lowercase();
                match token.strip_suffix('*') {
                    Some(beginning) => agents.beginnings.push((beginning.to_owned(), position)),
                    None => {
                        agents.exact.entry(token).or_insert(position);
                    }
                }
                let rules = entry.is.iter().filter_map(|rule| compiled(rule, clients));
                agents.entries.push(Entry {
                    rules: rules.collect(),
                });
            }
        }
        agents
    }

    /// What a user agent means; `None` when it is none, or one that no rule knows.
    pub(super) fn find(&self, text: &str) -> Option<Meaning> {
        let (outside, inside) = split_parentheses(text);
        let is_agent = outside.contains('/') || outside.split_whitespace().nth(1).is_none();
        if !is_agent {
            return None;
        }
        let (position, pair) = pairs(&outside)
            .filter_map(|pair| Some((self.position(&pair.token)?, pair)))
            .min_by_key(|&(position, _)| position)?;
        let rules = &self.entries[position].rules;
        rules
            .iter()
            .find(|rule| rule.fits(&pair.version, &inside))
            .map(|rule| rule.meaning)
    }

    fn position(&self, token: &str) -> Option<usize> {
        if let Some(position) = self.exact.get(token) {
            return Some(*position);
        }
        self.beginnings
            .iter()
            .find(|(beginning, _)| token.starts_with(beginning.as_str()))
            .map(|&(_, position)| position)
    }
}

impl Rule {
    fn fits(&self, version: &[u32], inside: &str) -> bool {
        version.starts_with(&self.version)
            && (self.build == 0 || version.get(2).is_some_and(|&build| build >= self.build))
            && self.named.as_ref().is_none_or(|name| inside.contains(name))
    }
}

fn compiled(rule: &AgentRule, clients: &HashMap<String, Client>) -> Option<Rule> {
    let meaning = match &rule.client {
        Some(id) => Meaning::Client(*clients.get(id.get_ref())?),
        None => Meaning::Server,
    };
    Some(Rule {
        version: rule
            .version
            .as_ref()
            .map_or_else(Vec::new, |version| numbers(version.get_ref())),
        build: rule.build.unwrap_or(0),
        named: rule.named.as_ref().map(|name| name.to_ascii_lowercase()),
        meaning,
    })
}

/// The text outside and inside parentheses, in lower case; an open one that never closes takes the rest.
fn split_parentheses(text: &str) -> (String, String) {
    let (mut outside, mut inside) = (String::new(), String::new());
    let mut depth = 0_usize;
    for character in text.chars() {
        match character {
            '(' => {
                depth += 1;
                outside.push(' ');
            }
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(character.to_ascii_lowercase()),
            _ => inside.push(character.to_ascii_lowercase()),
        }
    }
    (outside, inside)
}

fn pairs(outside: &str) -> impl Iterator<Item = Pair> {
    outside
        .split(|character: char| character.is_whitespace() || character.is_control())
        .filter_map(|word| {
            let word = word.trim_matches([',', ';', '"', '\'']);
            let (token, version) = word.split_once('/').unwrap_or((word, ""));
            (!token.is_empty() && token.len() <= LONGEST_TOKEN).then(|| Pair {
                token: token.to_owned(),
                version: numbers(version),
            })
        })
}

/// The numbers of a version up to the first part that is none; at most four count.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .take(4)
        .map_while(|number| number.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_parentheses_is_set_apart_even_when_they_nest_or_never_close() {
        let (outside, inside) =
            split_parentheses("CPE/4.0 (Microsoft Lync (Beta) Phone) OCPhone/4.0");
        assert_eq!(
            outside.split_whitespace().collect::<Vec<_>>(),
            ["cpe/4.0", "ocphone/4.0"]
        );
        assert_eq!(inside, "microsoft lync beta phone");
        assert_eq!(split_parentheses("A/1 (B/2").0.trim(), "a/1");
    }

    #[test]
    fn a_version_ends_at_the_first_part_that_is_no_number() {
        assert_eq!(numbers("4.0.7577.314"), [4, 0, 7577, 314]);
        assert_eq!(numbers("5.x.1"), [5]);
        assert_eq!(numbers(""), [0_u32; 0]);
        assert_eq!(numbers("99999999999.1"), [0_u32; 0]);
    }
}
