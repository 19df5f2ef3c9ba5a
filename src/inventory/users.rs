//! The users' addresses and shapes, packed: an inventory may have ten million of them.
//!
//! In: addresses one after the other. Out: the address of any position.

/// Texts behind each other in one buffer.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    text: String,
    ends: Vec<usize>,
}

impl Addresses {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn push(&mut self, address: &str) {
        self.text.push_str(address);
        self.ends.push(self.text.len());
    }

    pub(crate) fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}

/// The accepted users, in the order of their first rows.
#[derive(Debug, Default)]
pub struct Users {
    addresses: Addresses,
    shapes: Vec<u32>,
}

impl Users {
    /// How many users.
    #[must_use]
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// No user at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of a user's shape in [`Inventory::shapes`](super::Inventory::shapes).
    #[must_use]
    pub fn shape(&self, user: usize) -> usize {
        self.shapes[user] as usize
    }

    /// A user's SIP address, lower case, without `sip:`.
    #[must_use]
    pub fn sip(&self, user: usize) -> &str {
        self.addresses.get(user)
    }

    pub(crate) fn push(&mut self, address: &str, shape: u32) {
        self.addresses.push(address);
        self.shapes.push(shape);
    }
}
