//! Names compared as people write them: without case, spaces, punctuation and words that carry nothing.

use std::collections::HashMap;

/// No name is longer than this many characters, once compared; longer texts are no names.
const LONGEST: usize = 120;

/// Texts longer than this many bytes get no suggestion: it would cost too much for too little.
const LONGEST_SUGGESTED: usize = 64;

/// A name counts as near at a Jaro-Winkler similarity of this or more.
const NEAR: f64 = 0.84;

/// Known names, each with what it stands for.
#[derive(Debug)]
pub(super) struct Names<T> {
    ignored: Vec<String>,
    by_key: HashMap<String, T>,
    /// For suggestions: comparison key, its letters, and the position of the name to show.
    keys: Vec<(String, Letters, usize)>,
    shown: Vec<String>,
}

impl<T: Copy + PartialEq> Names<T> {
    pub(super) fn new(ignored: &[String]) -> Self {
        Self {
            ignored: ignored.to_vec(),
            by_key: HashMap::new(),
            keys: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// Adds the spellings of one thing; suggestions show `name`. A spelling that is taken stays with the first.
    pub(super) fn add_all<'s>(
        &mut self,
        value: T,
        name: &str,
        spellings: impl IntoIterator<Item = &'s str>,
    ) {
        self.shown.push(name.to_owned());
        for spelling in spellings {
            for key in [plain_key(spelling), key(spelling, &self.ignored)] {
                if !key.is_empty() && !self.by_key.contains_key(&key) {
                    self.by_key.insert(key.clone(), value);
                    let letters = Letters::of(&key);
                    self.keys.push((key, letters, self.shown.len() - 1));
                }
            }
        }
    }

    /// What a text stands for, if it is a name.
    pub(super) fn find(&self, text: &str) -> Option<T> {
        if text.len() > 4 * LONGEST {
            return None;
        }
        let plain = plain_key(text);
        if let Some(value) = self.by_key.get(&plain) {
            return Some(*value);
        }
        self.by_key.get(&key(text, &self.ignored)).copied()
    }

    /// The name nearest to a short text that is none; user agents get no suggestion.
    pub(super) fn nearest(&self, text: &str) -> Option<&str> {
        if text.len() > LONGEST_SUGGESTED || text.contains('/') {
            return None;
        }
        let typed = key(text, &self.ignored);
        let letters = Letters::of(&typed);
        let mut best: Option<(f64, usize)> = None;
        for (key, known, shown) in &self.keys {
            if !letters.may_be_near(known) {
                continue;
            }
            let score = strsim::jaro_winkler(&typed, key);
            if score >= NEAR && best.is_none_or(|(highest, _)| score > highest) {
                best = Some((score, *shown));
            }
        }
        best.map(|(_, shown)| self.shown[shown].as_str())
    }
}

/// How often each letter and digit occurs in a key, for a cheap bound on its similarity to another.
#[derive(Clone, Copy, Debug)]
struct Letters {
    counts: [u8; 37],
    length: u32,
}

impl Letters {
    fn of(key: &str) -> Self {
        let mut letters = Self {
            counts: [0; 37],
            length: 0,
        };
        for character in key.chars() {
            let place = match character {
                'a'..='z' => character as usize - 'a' as usize,
                '0'..='9' => 26 + character as usize - '0' as usize,
                _ => 36,
            };
            letters.counts[place] = letters.counts[place].saturating_add(1);
            letters.length += 1;
        }
        letters
    }

    /// Could the similarity reach [`NEAR`]? Jaro is at most `(m/a + m/b + 1) / 3` for `m` common letters, and the prefix
    /// bonus takes at most four tenths of what is missing.
    fn may_be_near(&self, other: &Self) -> bool {
        if self.length == 0 || other.length == 0 {
            return false;
        }
        let common: u32 = self
            .counts
            .iter()
            .zip(&other.counts)
            .map(|(&a, &b)| u32::from(a.min(b)))
            .sum();
        let common = f64::from(common);
        let jaro = (common / f64::from(self.length) + common / f64::from(other.length) + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro) >= NEAR
    }
}

/// Letters and digits only, in lower case.
fn plain_key(text: &str) -> String {
    let lower = text
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase);
    lower.take(LONGEST + 1).collect()
}

/// The same without ignored words and without version numbers in words of their own (`4.0.7577.314`).
pub(super) fn key(text: &str, ignored: &[String]) -> String {
    let mut key = String::new();
    let words = text.split(|character: char| {
        character.is_whitespace() || matches!(character, '(' | ')' | '[' | ']' | ',' | '/' | ':')
    });
    for word in words {
        if is_version(word) {
            continue;
        }
        let word = plain_key(word);
        if !ignored.contains(&word) {
            key.push_str(&word);
        }
        if key.len() > 4 * LONGEST {
            break;
        }
    }
    key
}

/// Three numbers or more with points between them, with or without a `v` before.
fn is_version(word: &str) -> bool {
    let numbers = word.strip_prefix(['v', 'V']).unwrap_or(word);
    numbers.split('.').count() >= 3
        && numbers
            .split('.')
            .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names<u8> {
        let mut names = Names::new(&["microsoft".to_owned()]);
        names.add_all(1, "Lync 2013", ["lync-2013", "Lync 2013"]);
        names.add_all(2, "Lync 2010", ["lync-2010"]);
        names
    }

    #[test]
    fn spelling_does_not_matter_but_letters_do() {
        for text in [
            "LYNC  2013",
            "lync_2013",
            "Microsoft Lync-2013",
            "\u{a0}Lync 2013\t",
        ] {
            assert_eq!(names().find(text), Some(1), "{text}");
        }
        assert_eq!(
            names().find("Microsoft Lync 2013 (15.0.4420.1017)"),
            Some(1)
        );
        assert_eq!(names().find("Lync 2014"), None);
    }

    #[test]
    fn the_cheap_bound_never_hides_a_near_name() {
        let texts = [
            "Lync 2103",
            "lync2010x",
            "ync 2013",
            "Lnyc 2013",
            "Lync",
            "zebra",
        ];
        for text in texts {
            let typed = key(text, &[]);
            for known in ["lync2013", "lync2010"] {
                if strsim::jaro_winkler(&typed, known) >= NEAR {
                    assert!(
                        Letters::of(&typed).may_be_near(&Letters::of(known)),
                        "{text}"
                    );
                }
            }
        }
        assert_eq!(names().nearest("Lync 2103"), Some("Lync 2013"));
        assert_eq!(names().nearest("zebra"), None);
    }

    #[test]
    fn a_very_long_text_is_no_name() {
        assert_eq!(names().find(&"lync 2013".repeat(100_000)), None);
        assert_eq!(names().nearest(&"lync 2013".repeat(100_000)), None);
    }
}
