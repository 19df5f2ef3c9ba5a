//! Reading whole tables: each cell becomes the level that its wording stands for.

use super::{Claim, Filling, places, value_code};
use crate::knowledge::data::{FileIndex, Read, Row, Table, Text, Wording, printed};
use crate::knowledge::lookup::Topic;
use crate::knowledge::rulebook::table_id;
use crate::knowledge::{Levels, Rule};
use crate::model::Reading;

/// What reading one row needs to know.
struct RowReader<'r> {
    file: FileIndex,
    read: &'r Read,
    topic: Topic,
    table: &'r Table,
    row: &'r Row,
    shared: &'r [Rule],
}

impl<'a> Filling<'a> {
    pub(super) fn read(&mut self, file: FileIndex, read: &'a Read) {
        let Some(topic) = self.topic(file, &read.capability) else {
            return;
        };
        let Some(table) = self.table(read.table.get_ref()) else {
            let ids: Vec<String> = self.table_ids();
            let known = ids.iter().map(String::as_str);
            self.unknown(file, &read.table, "unknown-table", "table", known);
            return;
        };
        for name in read.only_rows.iter().chain(&read.except_rows) {
            let mut rows = table.rows.iter().map(|row| row.key.get_ref().as_str());
            if !rows.any(|row| row == name.get_ref()) {
                let rows = table.rows.iter().map(|row| row.key.get_ref().as_str());
                self.unknown(file, name, "unknown-row", "row", rows);
            }
        }
        let values = self.condition(file, topic, read.condition.as_ref());
        let shared: Vec<Rule> = match &read.judgement {
            Some(id) => self.rules(file, std::slice::from_ref(id)),
            None => Vec::new(),
        };
        for row in &table.rows {
            if is_among(row, &read.only_rows) != Some(false)
                && is_among(row, &read.except_rows) != Some(true)
            {
                let reader = RowReader {
                    file,
                    read,
                    topic,
                    table,
                    row,
                    shared: &shared,
                };
                self.read_row(&reader, values.clone());
            }
        }
    }

    fn table(&self, id: &str) -> Option<&'a Table> {
        self.data
            .documents
            .iter()
            .find_map(|(_, page)| page.tables.iter().find(|table| table_id(page, table) == id))
    }

    fn table_ids(&self) -> Vec<String> {
        let pages = self.data.documents.iter();
        pages
            .flat_map(|(_, page)| page.tables.iter().map(move |table| table_id(page, table)))
            .collect()
    }

    fn read_row(&mut self, reader: &RowReader<'_>, mut values: Vec<Vec<usize>>) {
        let row_name = reader
            .read
            .renamed_rows
            .get(reader.row.key.get_ref())
            .unwrap_or(&reader.row.key);
        if !self.narrow(reader, reader.read.row.as_ref(), row_name, &mut values) {
            return;
        }
        let mut lowest: Option<(Levels, Vec<Rule>)> = None;
        for column in &reader.table.columns {
            let mut values = values.clone();
            let axis = reader.read.column.as_ref();
            if !self.narrow(reader, axis, &column.key, &mut values) {
                continue;
            }
            let Some((cell, levels, mut rules)) = self.cell(reader, column.key.get_ref()) else {
                continue;
            };
            self.readings.push((cell, reader.topic, levels.judged));
            rules.push(cell);
            if reader.read.lowest_of_row {
                lowest = Some(lower(lowest, levels, rules));
            } else {
                self.claim(reader, &values, levels, rules);
            }
        }
        if let Some((levels, rules)) = lowest {
            self.claim(reader, &values, levels, rules);
        }
    }

    /// Fixes the axis that a row or column names; false where its key is no value of the axis.
    fn narrow(
        &mut self,
        reader: &RowReader<'_>,
        axis: Option<&Text>,
        key: &Text,
        values: &mut [Vec<usize>],
    ) -> bool {
        let Some(axis) = axis else { return true };
        let Some(position) = reader.topic.axis(axis.get_ref()) else {
            let known = reader.topic.axes().iter().map(|&(name, _)| name);
            self.unknown(reader.file, axis, "unknown-axis", "axis", known);
            return false;
        };
        let kind = reader.topic.axes()[position].1;
        match self.axis_value(kind, key.get_ref()) {
            Some(value) => values[position] = vec![value],
            None => {
                let message = format!(
                    "\"{}\" of table {} is no {} of {}",
                    key.get_ref(),
                    reader.read.table.get_ref(),
                    axis.get_ref(),
                    reader.topic.id()
                );
                let table = &reader.read.table;
                let problem = self
                    .data
                    .error(value_code(kind), reader.file, table, message);
                self.problems.push(problem);
                return false;
            }
        }
        true
    }

    /// A cell with the levels that its wording stands for.
    fn cell(&mut self, reader: &RowReader<'_>, column: &str) -> Option<(Rule, Levels, Vec<Rule>)> {
        let id = format!(
            "{}.{}.{column}",
            reader.read.table.get_ref(),
            reader.row.key.get_ref()
        );
        let rule = self.book.find(&id)?;
        let cell = self.book.cell(self.data, rule)?;
        let (says, marks) = (cell.says(), cell.footnotes());
        let Some(wording) = reader
            .read
            .says
            .iter()
            .find(|wording| fits(wording, says, &marks))
        else {
            let message = format!("nothing says what {} means ({id})", cell.quoted());
            let table = &reader.read.table;
            let problem = self
                .data
                .error("unknown-wording", reader.file, table, message);
            self.problems.push(problem);
            return None;
        };
        let levels = self.levels(
            reader.file,
            &wording.level,
            wording.strict.as_ref(),
            wording.lenient.as_ref(),
        )?;
        let mut rules = reader.shared.to_vec();
        if let Some(judgement) = &wording.judgement {
            rules.extend(self.rules(reader.file, std::slice::from_ref(judgement)));
        }
        Some((rule, levels, rules))
    }

    fn claim(
        &mut self,
        reader: &RowReader<'_>,
        values: &[Vec<usize>],
        levels: Levels,
        rules: Vec<Rule>,
    ) {
        for place in places(reader.topic, values) {
            self.claims[reader.topic as usize][place].push(Claim {
                levels,
                rules: rules.clone(),
                is_decided: false,
                file: reader.file,
                span: reader.read.table.span(),
            });
        }
    }
}

/// Is a row in a list; `None` where the list is empty.
fn is_among(row: &Row, list: &[Text]) -> Option<bool> {
    (!list.is_empty()).then(|| list.iter().any(|name| name.get_ref() == row.key.get_ref()))
}

fn fits(wording: &Wording, says: &str, marks: &[u8]) -> bool {
    let says_so = wording
        .says
        .as_ref()
        .is_none_or(|exact| printed(exact).0 == says)
        && wording
            .begins
            .as_ref()
            .is_none_or(|begin| says.starts_with(begin));
    says_so
        && wording
            .footnoted
            .is_none_or(|footnoted| footnoted != marks.is_empty())
        && wording.footnote.is_none_or(|mark| marks.contains(&mark))
}

/// The lower levels of two, reading by reading, with the rules of the cells that are lowest in some reading.
fn lower(
    lowest: Option<(Levels, Vec<Rule>)>,
    levels: Levels,
    rules: Vec<Rule>,
) -> (Levels, Vec<Rule>) {
    let Some((before, mut known)) = lowest else {
        return (levels, rules);
    };
    if levels == before {
        known.extend(rules);
        return (before, known);
    }
    let min = Levels {
        judged: levels.judged.min(before.judged),
        strict: levels.strict.min(before.strict),
        lenient: levels.lenient.min(before.lenient),
    };
    let is_lower = Reading::ALL
        .iter()
        .any(|&reading| levels.get(reading) < before.get(reading));
    (min, if is_lower { rules } else { known })
}
