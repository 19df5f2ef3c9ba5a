//! An inventory under other names: the same users in the same order, called something else.
//!
//! In: an inventory, and what people and values are called from now on. Out: an inventory for reports. Nothing in it is from the
//! files but what a simulation depends on: headers, pool texts, rejected rows and the wording of diagnostics stay behind.

use super::domains::Domains;
use super::packed::Packed;
use super::rejected::Rejected;
use super::{Inventory, Users};
use crate::diagnostic::{Diagnostic, catalog};

impl Inventory {
    /// The same users and shapes under other names, without the texts that the plan asked for.
    ///
    /// `sip` is asked once for each user, in order; the others for each department and site. A diagnostic keeps its code and
    /// weight, and says what the code means.
    #[must_use]
    pub fn renamed(
        &self,
        sip: &mut dyn FnMut(&str) -> String,
        department: &mut dyn FnMut(&str) -> String,
        site: &mut dyn FnMut(&str) -> String,
    ) -> Self {
        let mut users = Packed::default();
        let mut domains = Domains::default();
        let no_domain = domains.id(b"");
        for user in 0..self.users.len() {
            let name = sip(&self.users.sip(user).text());
            let shape = u32::try_from(self.users.shape(user)).unwrap_or(u32::MAX);
            users.push(name.as_bytes(), b"", no_domain, shape);
        }
        let values = self.values.iter().map(|texts| {
            let nothing = |_| Box::default();
            texts.iter().map(nothing).collect()
        });
        Self {
            counts: self.counts,
            headers: Vec::new(),
            pools: Vec::new(),
            shapes: self.shapes.clone(),
            values: values.collect(),
            users: Users::new(users.chunks, domains),
            diagnostics: self.diagnostics.iter().map(without_texts).collect(),
            rejected: Rejected::default(),
            places: self.places.renamed(department, site),
            people: self.people.clone(),
            names: Default::default(),
            fields: self.fields.clone(),
        }
    }
}

fn without_texts(diagnostic: &Diagnostic) -> Diagnostic {
    let meaning = catalog::explain(diagnostic.code).map_or("", |code| code.meaning);
    Diagnostic {
        weight: diagnostic.weight,
        code: diagnostic.code,
        message: meaning.to_owned(),
        place: None,
        related: Vec::new(),
        help: None,
    }
}
