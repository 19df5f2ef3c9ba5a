//! Values that nothing depends on but a reader's trust: names, departments, sites.
//!
//! In: the cells of a row. Out: a short hash of each, enough to notice that two rows of a user disagree. The values
//! themselves are not kept: ten million names would be most of the memory. The hash has no secret, so that every run
//! notices the same.

use super::blocks::Blocks;
use super::cell::clean;
use super::columns::{Field, Layout};
use super::dictionary::Keyed;
use super::record::Record;

/// The fields that are watched so, with the bits each has.
const WATCHED: [(Field, u32); 3] = [
    (Field::Name, 12),
    (Field::Department, 10),
    (Field::Site, 10),
];

const HASH: Keyed = Keyed::fixed();

/// A watched field in the columns of a file.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) field: Field,
    /// Where its text may stand, first choice first.
    pub(crate) columns: Vec<usize>,
    /// How many bits it has, above so many others.
    bits: u32,
    shift: u32,
}

impl Watch {
    /// Every watched field.
    pub(crate) fn all(layout: &Layout) -> Vec<Self> {
        let mut shift = u32::BITS;
        WATCHED
            .iter()
            .map(|&(field, bits)| {
                shift -= bits;
                Self {
                    field,
                    columns: layout.columns(field).to_vec(),
                    bits,
                    shift,
                }
            })
            .collect()
    }
}

impl Watch {
    /// What a cell makes of a row's remark, given as [`Record::window`] does.
    #[inline]
    pub(crate) fn remark(&self, cell: (&[u8], usize)) -> Remark {
        Remark(short_hash(cell, self.bits) << self.shift)
    }
}

/// Short hashes of a row's name, department and site; zero for an empty one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remark(u32);

impl Remark {
    /// What some of the watched fields make of a row's remark.
    #[inline]
    pub(crate) fn of(record: &Record<'_>, watched: &[Watch]) -> Self {
        let mut remark = 0;
        for watch in watched {
            for &column in &watch.columns {
                let part = watch.remark(record.window(column));
                if part != Self::default() {
                    remark |= part.0;
                    break;
                }
            }
        }
        Self(remark)
    }

    /// This and another part.
    #[inline]
    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Do the remarks about a user's rows agree?
    pub(crate) fn do_agree(rows: &[Self]) -> bool {
        rows.iter().all(|row| *row == rows[0]) || Self::disagreements(rows).is_empty()
    }

    /// The fields about which rows disagree: each with the positions of the row that counts and the first that says
    /// otherwise.
    pub(crate) fn disagreements(rows: &[Self]) -> Vec<(Field, usize, usize)> {
        let mut found = Vec::new();
        let mut shift = 32;
        for (field, bits) in WATCHED {
            shift -= bits;
            let part = |row: &Self| row.0 >> shift & ((1 << bits) - 1);
            let Some(first) = rows.iter().position(|row| part(row) != 0) else {
                continue;
            };
            let counts = part(&rows[first]);
            let other = rows
                .iter()
                .position(|row| part(row) != 0 && part(row) != counts);
            found.extend(other.map(|other| (field, first, other)));
        }
        found
    }
}

/// A hash of so many bits of a cleaned cell, never zero unless the cell is empty. The cell is the first so many bytes of a
/// text.
///
/// Called for every name: calling it for itself would be a fifth of its cost.
#[inline(always)]
fn short_hash((text, length): (&[u8], usize), bits: u32) -> u32 {
    if is_clean(&text[..length]) {
        spread((text, length), bits)
    } else {
        short_hash_of_cleaned(&text[..length], bits)
    }
}

#[inline(never)]
fn short_hash_of_cleaned(cell: &[u8], bits: u32) -> u32 {
    spread(cleaned(cell), bits)
}

/// The hash of a text, spread over all numbers of so many bits but zero.
#[inline(always)]
fn spread((text, length): (&[u8], usize), bits: u32) -> u32 {
    if length == 0 {
        return 0;
    }
    // A multiplication is cheaper than a remainder.
    let most = (1_u64 << bits) - 1;
    let hash = Blocks::new(text, length).hash(&HASH);
    let spread = (u64::from((hash >> 16) as u32) * most) >> 32;
    spread as u32 + 1
}

fn cleaned(cell: &[u8]) -> (&[u8], usize) {
    let text = clean(std::str::from_utf8(cell).unwrap_or("")).as_bytes();
    (text, text.len())
}

/// Surely without our apostrophe and without space around it.
#[inline]
fn is_clean(bytes: &[u8]) -> bool {
    let is_plain = |byte: u8| byte > b' ' && byte < 0x7f;
    match bytes {
        [] => true,
        [only] => is_plain(*only) && *only != b'\'',
        // Beyond ASCII, space begins with C2, E1, E2, E3 or EF; as the last character it ends in such a sequence.
        [first, .., last] => {
            (is_plain(*first) && *first != b'\''
                || matches!(first, 0xC3..=0xE0 | 0xE4..=0xEE | 0xF0..))
                && (is_plain(*last) || !ends_like_space(bytes))
        }
    }
}

fn ends_like_space(bytes: &[u8]) -> bool {
    let length = bytes.len();
    bytes[length - 1] < 0x80
        || matches!(bytes[length.saturating_sub(2)], 0xC2)
        || matches!(bytes[length.saturating_sub(3)], 0xE1..=0xE3 | 0xEF)
}

/// The remarks of rows, in pieces so that they never have to be moved.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    pieces: Vec<Vec<Remark>>,
}

const PIECE: usize = 1 << 16;

impl Remarks {
    #[inline]
    pub(crate) fn push(&mut self, remark: Remark) {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(remark),
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(remark);
                self.pieces.push(piece);
            }
            None => self.pieces.push(vec![remark]),
        }
    }

    /// Appends the remarks of many rows.
    #[inline]
    pub(crate) fn extend(&mut self, remarks: &[Remark]) {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() + remarks.len() <= PIECE => piece.extend_from_slice(remarks),
            _ => remarks.iter().for_each(|&remark| self.push(remark)),
        }
    }

    /// Gives back what the remarks do not need.
    pub(crate) fn shrink(&mut self) {
        if let Some(last) = self.pieces.last_mut() {
            last.shrink_to_fit();
        }
    }

    pub(crate) fn get(&self, row: u32) -> Remark {
        let row = row as usize;
        self.pieces[row / PIECE][row % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::RecordBuffer;
    use super::*;

    fn remark(cells: [&str; 4]) -> Remark {
        let record = |cells: &[&str]| {
            let mut buffer = RecordBuffer::default();
            buffer.begin(1);
            cells.iter().for_each(|cell| buffer.push(cell));
            buffer
        };
        let header = record(&["SipAddress", "DisplayName", "Department", "Site"]);
        let layout = Layout::new(&header.record(), &Vec::new(), &[]);
        Remark::of(&record(&cells).record(), &Watch::all(&layout))
    }

    #[test]
    fn rows_disagree_only_where_both_say_something() {
        let rows = [
            remark(["a", "", "IT", "Köln"]),
            remark(["a", "Anna", "IT", ""]),
            remark(["a", "Anne", "HR", "\u{a0}Köln "]),
        ];
        assert_eq!(
            Remark::disagreements(&rows),
            [(Field::Name, 1, 2), (Field::Department, 0, 2)]
        );
        assert!(!Remark::do_agree(&rows));
        assert!(Remark::do_agree(&rows[..2]) && Remark::do_agree(&[rows[2], rows[2]]));
    }
}
