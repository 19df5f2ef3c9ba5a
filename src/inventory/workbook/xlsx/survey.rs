//! A first look over a sheet, before its cells are told: merged cells stand behind them in the file, and rows in disorder
//! have to be kept and sorted.
//!
//! In: the sheet's part. Out: the order of its rows, and its merged cells. The whole part is unpacked for it, so that a
//! wrong checksum is noticed before anything of the sheet is told.

use std::io::{self, Read};

use memchr::{memchr, memmem, memrchr};

use super::super::rows::{COLUMNS, Merged, Order, ROWS};
use super::super::xml::{attribute, start_before};
use super::book::for_each_tag;
use super::sheet::cell_place;

/// Merged stretches that are heeded; a sheet of users with more is none.
const STRETCHES: usize = 100_000;
/// Bytes of the list of merged cells that are looked at.
const LIST: usize = 32 << 20;
const BLOCK: usize = 256 << 10;

/// What was seen.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) order: Order,
    pub(super) merged: Vec<Merged>,
}

/// Looks over a sheet's part.
pub(super) fn survey(mut part: impl Read) -> io::Result<Survey> {
    let mut look = Look::default();
    let mut buffer: Vec<u8> = Vec::with_capacity(2 * BLOCK);
    loop {
        let kept = buffer.len();
        buffer.resize(kept + BLOCK, 0);
        let read = part.read(&mut buffer[kept..])?;
        buffer.truncate(kept + read);
        if read == 0 {
            look.over(&buffer);
            break;
        }
        // A tag is looked at when all of it is there; what is longer than any tag is text.
        let whole = memrchr(b'<', &buffer).filter(|_| buffer.len() < 2 * BLOCK);
        let whole = whole.unwrap_or(buffer.len());
        look.over(&buffer[..whole]);
        buffer.drain(..whole);
    }
    Ok(look.survey())
}

#[derive(Default)]
struct Look {
    last_row: u32,
    is_disordered: bool,
    /// The list of merged cells, from its beginning.
    list: Option<Vec<u8>>,
}

impl Look {
    fn over(&mut self, text: &[u8]) {
        self.rows(text);
        let list = match &mut self.list {
            Some(list) => list,
            None => {
                let Some(at) = memmem::find(text, b"mergeCells") else {
                    return;
                };
                let list = self.list.insert(Vec::new());
                if let Some(start) = start_before(text, at) {
                    list.extend_from_slice(&text[start..]);
                }
                return;
            }
        };
        if list.len() < LIST {
            list.extend_from_slice(text);
        }
    }

    fn rows(&mut self, text: &[u8]) {
        for at in memmem::find_iter(text, b"row ") {
            if start_before(text, at).is_none() {
                continue;
            }
            if let Some(row) = row_number(&text[at + 4..]) {
                self.is_disordered |= row < self.last_row;
                self.last_row = row;
            }
        }
    }

    fn survey(self) -> Survey {
        let list = self.list.unwrap_or_default();
        // Cut behind the list: what follows is of no interest, and the list alone is well-formed.
        let end = memmem::rfind(&list, b"mergeCells>")
            .map_or(list.len(), |end| end + b"mergeCells>".len());
        Survey {
            order: if self.is_disordered {
                Order::Any
            } else {
                Order::Ascending
            },
            merged: std::str::from_utf8(&list[..end])
                .map(stretches)
                .unwrap_or_default(),
        }
    }
}

/// The number in the attributes of a row's tag.
fn row_number(attributes: &[u8]) -> Option<u32> {
    let attributes = &attributes[..memchr(b'>', attributes)?];
    let at = if attributes.starts_with(b"r=") {
        0
    } else {
        memmem::find(attributes, b" r=")? + 1
    };
    let digits = attributes.get(at + 3..)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

/// The stretches that go over several rows; merged cells of one row need nothing.
fn stretches(list: &str) -> Vec<Merged> {
    let mut stretches = Vec::new();
    // A list that breaks off gives the cells before the break: the sheet's own reader will say what is wrong.
    let _ = for_each_tag(list, "", |tag| {
        if tag.local_name().as_ref() == "mergeCell" && stretches.len() < STRETCHES {
            stretches.extend(attribute(tag, "ref").and_then(|cells| stretch(&cells)));
        }
    });
    stretches.sort_unstable();
    stretches
}

fn stretch(cells: &str) -> Option<Merged> {
    let (from, to) = cells.split_once(':')?;
    let (first, column) = cell_place(from)?;
    let (last, _) = cell_place(to)?;
    (first < last && last < ROWS && column < COLUMNS).then_some(Merged {
        first,
        last,
        column,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &str, behind: &str) -> Survey {
        survey(format!("<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>").as_bytes())
            .expect("the test made it")
    }

    #[test]
    fn rows_in_disorder_are_noticed_wherever_they_are() {
        let many: String = (1..30_000)
            .map(|row| format!("<row spans='1:2' r=\"{row}\"><c/></row>"))
            .collect();
        assert_eq!(of(&many, "").order, Order::Ascending);
        assert_eq!(of(&format!("{many}<x:row r='7'/>"), "").order, Order::Any);
        assert_eq!(
            of("<row r='2'/><row r='2'/><row/>", "").order,
            Order::Ascending
        );
    }

    #[test]
    fn merged_cells_over_several_rows_are_noticed() {
        let list = "<mergeCells><mergeCell ref=\"B2:B4\"/><mergeCell ref='C2:E2'/><x ref='A1:A9'/></mergeCells>";
        let merged = of("<row r='1'><c/></row>", list).merged;
        assert_eq!(
            merged,
            [Merged {
                first: 1,
                last: 3,
                column: 1
            }]
        );
        assert!(
            of(
                "",
                "<mergeCells><mergeCell ref='B2:XFE9'/><mergeCell ref='B0:"
            )
            .merged
            .is_empty()
        );
    }
}
