//! What people are called: the display names of an inventory, read when somebody wants to write them down.
//!
//! In: the sources again, and the users that were accepted from them. Out: [`Names`]. A simulation needs no names, so the
//! import does not keep them; a report reads them in one more pass.

use std::collections::HashMap;

use super::Request;
use super::cell::{address, clean};
use super::columns::Field;
use super::opening::open;
use super::packed::{Address, split};
use super::reading::Reading;
use super::record::{ReadError, Record};
use super::source::Source;
use super::users::Users;

/// A name, as a stretch of [`Names::text`].
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u16,
}

/// The display name of each user.
#[derive(Debug, Default)]
pub struct Names {
    text: String,
    spans: Vec<Span>,
}

impl Names {
    /// A user's name: the first that is not empty in the order of reading; empty where there is none.
    #[must_use]
    pub fn of(&self, user: usize) -> &str {
        let span = self.spans.get(user).copied().unwrap_or_default();
        let start = span.start as usize;
        &self.text[start..start + usize::from(span.length)]
    }

    /// Keeps a name; one that is longer than anybody's is cut.
    fn keep(&mut self, user: usize, name: &str) {
        let length = name.floor_char_boundary(usize::from(u16::MAX));
        let Ok(start) = u32::try_from(self.text.len() + length) else {
            return;
        };
        let length = u16::try_from(length).unwrap_or(u16::MAX);
        self.text.push_str(&name[..usize::from(length)]);
        self.spans[user] = Span {
            start: start - u32::from(length),
            length,
        };
    }
}

/// Reads the names of accepted users.
///
/// In: the sources and the request of the import that accepted them. Out: their names; users without one have none.
///
/// # Errors
/// Where a source cannot be read again.
pub fn names(sources: &[Source<'_>], request: &Request, users: &Users) -> Result<Names, ReadError> {
    let mut names = Names {
        text: String::new(),
        spans: vec![Span::default(); users.len()],
    };
    let mut known: HashMap<Address<'_>, usize> = HashMap::with_capacity(users.len());
    for user in 0..users.len() {
        known.insert(users.sip(user), user);
    }
    for source in sources {
        let mut opened = open(source, request)?;
        let (addresses, columns) = (
            opened.layout.columns(Field::Sip).to_vec(),
            opened.layout.columns(Field::Name).to_vec(),
        );
        if columns.is_empty() {
            continue;
        }
        while let Some(record) = opened.records.next_record()? {
            if !Reading::is_row(&record) {
                continue;
            }
            let Some(name) = first(&record, &columns, |cell| clean(cell).to_owned()) else {
                continue;
            };
            let address = first(&record, &addresses, address).unwrap_or_default();
            if let Some(&user) = known.get(&split(&address))
                && names.of(user).is_empty()
            {
                names.keep(user, &name);
            }
        }
    }
    Ok(names)
}

/// The first text of some columns that is not empty.
fn first(record: &Record<'_>, columns: &[usize], read: impl Fn(&str) -> String) -> Option<String> {
    let mut texts = columns.iter().map(|&column| read(record.text(column)));
    texts.find(|text| !text.is_empty())
}
