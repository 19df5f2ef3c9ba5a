//! Which pool a text means: spellings of the plan, distinguished names of Active Directory.
//!
//! In: the text of a pool cell. Out: a pool of the plan, or the key under which an unknown pool is counted.

use std::collections::HashMap;

use super::PoolDirectory;

/// What the text of a pool cell names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PoolName {
    /// A pool of the directory.
    Known(u16),
    /// A pool that the directory does not know: how it is spelt, without case.
    Unknown(String),
}

/// The pools, to be found by any spelling.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    spellings: HashMap<String, u16>,
    /// Every text is a pool of its own: the names, first spelling first.
    open: Option<Vec<String>>,
}

impl Pools {
    pub(crate) fn new(directory: &PoolDirectory) -> Self {
        match &directory.known {
            None => Self {
                spellings: HashMap::new(),
                open: Some(Vec::new()),
            },
            Some(known) => Self {
                spellings: known
                    .iter()
                    .map(|(spelling, pool)| (spelling.trim().to_lowercase(), *pool))
                    .collect(),
                open: None,
            },
        }
    }

    /// The pool that a cell names, by its whole text first, then by the pool's part of a distinguished name.
    pub(crate) fn find(&mut self, text: &str) -> PoolName {
        let whole = text.to_lowercase();
        if let Some(&pool) = self.spellings.get(&whole) {
            return PoolName::Known(pool);
        }
        let short = distinguished(text).unwrap_or_else(|| text.to_owned());
        let key = short.trim().to_lowercase();
        if let Some(&pool) = self.spellings.get(&key) {
            return PoolName::Known(pool);
        }
        self.declare(key, short)
    }

    fn declare(&mut self, key: String, spelling: String) -> PoolName {
        let Some(names) = &mut self.open else {
            return PoolName::Unknown(key);
        };
        let Ok(pool) = u16::try_from(names.len()) else {
            return PoolName::Unknown(key);
        };
        names.push(spelling.trim().to_owned());
        self.spellings.insert(key, pool);
        PoolName::Known(pool)
    }

    /// The name of a pool where every text is a pool of its own; empty otherwise.
    pub(crate) fn name(&self, pool: u16) -> &str {
        let names = self.open.as_deref().unwrap_or_default();
        names.get(usize::from(pool)).map_or("", String::as_str)
    }

    /// The names of the pools where every text is a pool of its own; none otherwise.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.open.unwrap_or_default()
    }

    /// Every spelling that is known, for suggestions; in ascending order.
    pub(crate) fn spellings(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.spellings.keys().map(String::as_str).collect();
        all.sort_unstable();
        all
    }
}

/// The pool's name in a distinguished name: the value in front of `CN=Pools` (contract section 3).
fn distinguished(text: &str) -> Option<String> {
    let parts = relative_names(text);
    let container = parts
        .iter()
        .position(|(key, value)| key == "cn" && value.eq_ignore_ascii_case("pools"))?;
    let (key, value) = &parts[container.checked_sub(1)?];
    (key == "cn" && !value.is_empty()).then(|| value.clone())
}

/// The `key=value` parts of a distinguished name, keys in lower case, escaped characters resolved.
fn relative_names(text: &str) -> Vec<(String, String)> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => parts
                .last_mut()
                .map_or((), |part| part.extend(chars.next())),
            ',' => parts.push(String::new()),
            _ => parts.last_mut().map_or((), |part| part.push(c)),
        }
    }
    parts
        .iter()
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (key.trim().to_lowercase(), value.trim().to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools() -> Pools {
        Pools::new(&PoolDirectory {
            known: Some(vec![
                ("r2-emea".into(), 0),
                (" OcsPool01 ".into(), 0),
                ("1:2".into(), 1),
            ]),
        })
    }

    #[test]
    fn a_pool_is_found_whole_and_without_case() {
        assert_eq!(pools().find("OCSPOOL01"), PoolName::Known(0));
        assert_eq!(
            pools().find("ocspool01.contoso.com"),
            PoolName::Unknown("ocspool01.contoso.com".into())
        );
    }

    #[test]
    fn a_distinguished_name_matches_by_the_part_before_the_pools_container() {
        let dn = |pool: &str| {
            format!("CN=LC Services, CN=Microsoft,cn={pool},CN=Pools,CN=RTC Service,DC=contoso")
        };
        assert_eq!(pools().find(&dn("OCSPOOL01")), PoolName::Known(0));
        assert_eq!(pools().find(&dn("1:2")), PoolName::Known(1));
        assert_eq!(pools().find(&dn("a\\,b")), PoolName::Unknown("a,b".into()));
        assert_eq!(
            pools().find("CN=Pools,DC=x"),
            PoolName::Unknown("cn=pools,dc=x".into())
        );
    }

    #[test]
    fn without_a_directory_every_text_is_a_pool() {
        let mut pools = Pools::new(&PoolDirectory::default());
        assert_eq!(pools.find("Pool-B"), PoolName::Known(0));
        assert_eq!(pools.find("pool-b"), PoolName::Known(0));
        assert_eq!(pools.find("x"), PoolName::Known(1));
        assert_eq!(pools.into_names(), ["Pool-B", "x"]);
    }
}
