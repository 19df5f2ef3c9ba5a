//! Pseudonyms: plan and inventory under names from which nobody gets the real ones without the key.
//!
//! In: a secret key, and the plan and the inventory that somebody wants to share what is found about. Out: the same under
//! pseudonyms. A pseudonym is made of the key, of what is named (a person, a pool, …) and of the name alone (HMAC-SHA256), so it
//! is the same in every file and every run with that key. Everything that is written afterwards is written from the renamed
//! plan and inventory; no format has to remember to hide anything.

use std::collections::BTreeMap;

use crate::digest::HmacSha256;
use crate::inventory::Inventory;
use crate::plan::Plan;

/// The shortest key, in bytes.
pub const KEY_BYTES: usize = 32;
/// A key with fewer different bytes is no random one.
const DIFFERENT_BYTES: usize = 12;

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Person,
    Department,
    Site,
    Pool,
    Chat,
    Application,
    Stage,
    Phase,
    Plan,
    File,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Department => "department",
            Self::Site => "site",
            Self::Pool => "pool",
            Self::Chat => "chat",
            Self::Application => "application",
            Self::Stage => "stage",
            Self::Phase => "phase",
            Self::Plan => "plan",
            Self::File => "file",
        }
    }

    /// How many bytes of the digest a pseudonym shows: of ten million people any two share 80 bits once in 24 billion times.
    const fn bytes(self) -> usize {
        match self {
            Self::Person => 10,
            _ => 5,
        }
    }
}

/// Why there can be no pseudonyms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The key has fewer than [`KEY_BYTES`] bytes.
    #[error("the key has {0} bytes; a key has at least {KEY_BYTES}")]
    Short(usize),
    /// The key repeats a few bytes.
    #[error("the key is not random: it has only {0} different bytes")]
    Monotonous(usize),
    /// Two different names would get one pseudonym.
    #[error("with this key two names would share a pseudonym")]
    Shared,
}

/// The pseudonyms of one key.
pub struct Pseudonyms {
    hmac: HmacSha256,
    /// What has been named so far, but people: name to pseudonym.
    known: BTreeMap<(Kind, String), String>,
    /// What is visible of the digests of people.
    people: Vec<[u8; 10]>,
}

impl Pseudonyms {
    /// The pseudonyms of a key.
    ///
    /// # Errors
    /// The key is too short or not random.
    pub fn new(key: &[u8]) -> Result<Self, Unusable> {
        if key.len() < KEY_BYTES {
            return Err(Unusable::Short(key.len()));
        }
        let mut different = key.to_vec();
        different.sort_unstable();
        different.dedup();
        if different.len() < DIFFERENT_BYTES {
            return Err(Unusable::Monotonous(different.len()));
        }
        Ok(Self {
            hmac: HmacSha256::new(key),
            known: BTreeMap::new(),
            people: Vec::new(),
        })
    }

    /// The plan under pseudonyms: its name, and those of pools, chat deployments, applications, stages and phases. What its
    /// `where` tables ask for stays, so that it can be played over the inventory as it is.
    #[must_use]
    pub fn plan(&mut self, plan: &Plan) -> Plan {
        let mut renamed = plan.clone();
        renamed.name = self.name(Kind::Plan, &plan.name);
        for pool in &mut renamed.pools {
            pool.id = self.name(Kind::Pool, &pool.id);
            pool.names = Vec::new();
            pool.site = self.name(Kind::Site, &pool.site);
        }
        for chat in &mut renamed.chats {
            chat.id = self.name(Kind::Chat, &chat.id);
        }
        for application in &mut renamed.applications {
            application.id = self.name(Kind::Application, &application.id);
        }
        for stage in &mut renamed.stages {
            stage.id = self.name(Kind::Stage, &stage.id);
            stage.name.clone_from(&stage.id);
            stage.phase = self.name(Kind::Phase, &stage.phase);
        }
        renamed
    }

    /// The inventory under pseudonyms: people, departments and sites; what the plan asked for in columns is emptied.
    #[must_use]
    pub fn inventory(&mut self, inventory: &Inventory) -> Inventory {
        // All closures name things, one after the other.
        let pseudonyms = std::cell::RefCell::new(self);
        let name = |kind: Kind, text: &str| pseudonyms.borrow_mut().name(kind, text);
        inventory.renamed(
            &mut |sip| pseudonyms.borrow_mut().person(sip),
            &mut |department| name(Kind::Department, department),
            &mut |site| name(Kind::Site, site),
        )
    }

    /// What stands in place of a file's digest: another that only the key's owner can make of it.
    #[must_use]
    pub fn file_digest(&self, sha256: &str) -> String {
        crate::digest::hexadecimal(&self.digest(Kind::File, sha256))
    }

    /// Says so if any two names that were given a pseudonym share it.
    ///
    /// # Errors
    /// Two names share a pseudonym.
    pub fn check(mut self) -> Result<(), Unusable> {
        let mut others: Vec<&String> = self.known.values().collect();
        others.sort_unstable();
        self.people.sort_unstable();
        let is_shared = self.people.windows(2).any(|pair| pair[0] == pair[1])
            || others.windows(2).any(|pair| pair[0] == pair[1]);
        if is_shared {
            Err(Unusable::Shared)
        } else {
            Ok(())
        }
    }

    fn digest(&self, kind: Kind, name: &str) -> [u8; 32] {
        // No word has a byte 0, so no two kinds of names meet.
        self.hmac
            .of(&[kind.word().as_bytes(), b"\0", name.as_bytes()])
    }

    fn person(&mut self, sip: &str) -> String {
        let digest = self.digest(Kind::Person, sip);
        let mut seen = [0; 10];
        seen.copy_from_slice(&digest[..10]);
        self.people.push(seen);
        pseudonym(Kind::Person, &digest)
    }

    /// An empty name stays empty.
    fn name(&mut self, kind: Kind, name: &str) -> String {
        if name.is_empty() {
            return String::new();
        }
        if let Some(known) = self.known.get(&(kind, name.to_owned())) {
            return known.clone();
        }
        let pseudonym = pseudonym(kind, &self.digest(kind, name));
        self.known
            .insert((kind, name.to_owned()), pseudonym.clone());
        pseudonym
    }
}

fn pseudonym(kind: Kind, digest: &[u8; 32]) -> String {
    format!("{}-{}", kind.word(), base32(&digest[..kind.bytes()]))
}

/// Five bits a character, lower case (RFC 4648 section 6), for bytes by fives.
fn base32(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::with_capacity(bytes.len() * 8 / 5);
    for chunk in bytes.chunks_exact(5) {
        let bits = chunk
            .iter()
            .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
        for digit in (0..8).rev() {
            let value = bits >> (5 * digit) & 31;
            text.push(char::from(DIGITS[usize::try_from(value).unwrap_or(0)]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms() -> Pseudonyms {
        let key: Vec<u8> = (0..32).collect();
        Pseudonyms::new(&key).expect("32 different bytes")
    }

    #[test]
    fn a_name_has_one_pseudonym_and_other_names_kinds_and_keys_have_others() {
        let mut one = pseudonyms();
        let anna = one.person("anna@contoso.com");
        assert_eq!(anna, pseudonyms().person("anna@contoso.com"));
        assert_eq!(anna.len(), "person-".len() + 16);
        assert_ne!(anna, one.person("ben@contoso.com"));
        assert_ne!(
            one.name(Kind::Site, "Zürich")["site-".len()..],
            one.name(Kind::Pool, "Zürich")["pool-".len()..]
        );
        let mut other = Pseudonyms::new(&(1..33).collect::<Vec<u8>>()).expect("a key");
        assert_ne!(anna, other.person("anna@contoso.com"));
        assert_eq!(one.name(Kind::Site, ""), "");
        assert_eq!(one.check(), Ok(()));
    }

    #[test]
    fn two_names_with_one_pseudonym_are_refused() {
        let mut people = pseudonyms();
        people.person("anna@contoso.com");
        people.person("anna@contoso.com");
        assert_eq!(people.check(), Err(Unusable::Shared));
        let mut others = pseudonyms();
        others.name(Kind::Pool, "a");
        let same = others.name(Kind::Pool, "b");
        others.known.insert((Kind::Pool, "c".to_owned()), same);
        assert_eq!(others.check(), Err(Unusable::Shared));
    }

    #[test]
    fn keys_that_are_short_or_not_random_are_refused() {
        let refused = |key: &[u8]| Pseudonyms::new(key).err();
        assert_eq!(refused(&[1; 31]), Some(Unusable::Short(31)));
        assert_eq!(refused(&[1; 64]), Some(Unusable::Monotonous(1)));
    }

    #[test]
    fn base_32_is_that_of_the_standard_in_lower_case() {
        assert_eq!(base32(b"fooba"), "mzxw6ytb");
        assert_eq!(base32(b"foobafooba"), "mzxw6ytbmzxw6ytb");
    }
}
