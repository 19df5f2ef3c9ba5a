//! The data files as they are written: pages, capabilities, judgements, services, codes.
//!
//! In: named texts. Out: typed values in which everything that may be wrong carries its place. Nothing is looked up here;
//! what the values must satisfy stands in `check`, what they mean in `filling`.

mod file;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::value::Datetime;

use super::products::ProductList;
use crate::diagnostic::{Diagnostic, Place};
use file::DataFile;

/// A text of a data file with its place.
pub(super) type Text = Spanned<String>;

/// One page: what it prints in tables, and what its prose says in our words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) id: Text,
    pub(super) title: String,
    pub(super) assetid: Option<Text>,
    pub(super) url: Option<Text>,
    /// The publication date of the page's header.
    pub(super) date: Option<Spanned<Datetime>>,
    /// The day on which the topic was last modified.
    pub(super) modified: Option<Spanned<Datetime>>,
    #[serde(default, rename = "statement")]
    pub(super) statements: Vec<Statement>,
    #[serde(default, rename = "table")]
    pub(super) tables: Vec<Table>,
}

/// A fact or rule of a page's prose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Statement {
    pub(super) id: Text,
    pub(super) section: String,
    pub(super) date: Option<Spanned<Datetime>>,
    pub(super) note: Text,
}

/// One table of a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) number: Spanned<u8>,
    pub(super) section: String,
    /// The header of the column of labels.
    pub(super) heading: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    #[serde(default)]
    pub(super) footnotes: Vec<Footnote>,
}

/// A column that has cells.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub(super) key: Text,
    pub(super) name: String,
}

/// A row: its label and its cells, footnotes written as `^1`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) key: Text,
    pub(super) name: Text,
    pub(super) cells: Vec<Text>,
}

/// A note printed below a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Footnote {
    pub(super) mark: Spanned<u8>,
    pub(super) note: Text,
    /// Printed, though no cell carries its mark.
    #[serde(default)]
    pub(super) orphan: bool,
}

/// How cells and sentences become levels.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Capabilities {
    #[serde(default, rename = "read")]
    pub(super) reads: Vec<Read>,
    #[serde(default, rename = "level")]
    pub(super) levels: Vec<Decision>,
    #[serde(default, rename = "unused")]
    pub(super) unused: Vec<Unused>,
}

/// A condition on the axes of a lookup: every axis named must have one of the values.
pub(super) type Where = Spanned<BTreeMap<String, Vec<Text>>>;

/// Levels taken from a whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Read {
    pub(super) capability: Text,
    pub(super) table: Text,
    /// The axis that the row keys name.
    pub(super) row: Option<Text>,
    /// The axis that the column keys name.
    pub(super) column: Option<Text>,
    #[serde(rename = "where")]
    pub(super) condition: Option<Where>,
    #[serde(default)]
    pub(super) only_rows: Vec<Text>,
    #[serde(default)]
    pub(super) except_rows: Vec<Text>,
    #[serde(default)]
    pub(super) renamed_rows: BTreeMap<String, Text>,
    /// One level for each row, the lowest of its cells.
    #[serde(default)]
    pub(super) lowest_of_row: bool,
    pub(super) judgement: Option<Text>,
    pub(super) says: Vec<Wording>,
}

/// What one wording of a cell means; the first that fits counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    pub(super) says: Option<String>,
    pub(super) begins: Option<String>,
    pub(super) footnoted: Option<bool>,
    pub(super) footnote: Option<u8>,
    pub(super) level: Text,
    pub(super) strict: Option<Text>,
    pub(super) lenient: Option<Text>,
    pub(super) judgement: Option<Text>,
}

/// One level for the places of a lookup that a condition names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    pub(super) capability: Text,
    #[serde(rename = "where")]
    pub(super) condition: Where,
    pub(super) level: Text,
    pub(super) strict: Option<Text>,
    pub(super) lenient: Option<Text>,
    /// The cells that the level is taken from.
    #[serde(default)]
    pub(super) cells: Vec<Text>,
    /// What supports it besides.
    #[serde(default)]
    pub(super) rules: Vec<Text>,
}

/// Cells that give no level, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unused {
    pub(super) cells: Vec<Text>,
    pub(super) reason: Text,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgementList {
    #[serde(default, rename = "judgement")]
    judgements: Vec<Judgement>,
}

/// How a point is read that the documents leave open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Judgement {
    pub(super) id: Text,
    pub(super) kind: Text,
    pub(super) title: String,
    pub(super) wordings: Vec<Text>,
    pub(super) concerns: Vec<Text>,
    pub(super) reading: Text,
    pub(super) reason: Text,
    #[serde(default)]
    pub(super) decides: Vec<Decision>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceList {
    #[serde(default, rename = "service")]
    services: Vec<ServiceEntry>,
}

/// A dated fact from outside any plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceEntry {
    pub(super) id: Text,
    pub(super) provider: Text,
    pub(super) title: String,
    pub(super) date: Spanned<Datetime>,
    pub(super) strict: Option<Spanned<Datetime>>,
    pub(super) lenient: Option<Spanned<Datetime>>,
    pub(super) rules: Vec<Text>,
}

/// Plan findings, words of findings, workarounds and assumptions.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Codes {
    #[serde(default, rename = "plan-finding")]
    pub(super) plan_findings: Vec<CodeEntry>,
    #[serde(default, rename = "term")]
    pub(super) terms: Vec<CodeEntry>,
    #[serde(default, rename = "workaround")]
    pub(super) workarounds: Vec<WorkaroundEntry>,
    #[serde(default, rename = "assumption")]
    pub(super) assumptions: Vec<AssumptionEntry>,
}

/// What a code means, why it matters, and what to do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeEntry {
    pub(super) code: Text,
    pub(super) meaning: String,
    pub(super) matters: String,
    pub(super) remedy: String,
    #[serde(default)]
    pub(super) rules: Vec<Text>,
}

/// What to use instead of something lost.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkaroundEntry {
    pub(super) id: Text,
    pub(super) meaning: String,
    pub(super) rules: Vec<Text>,
}

/// What levels rest on without a cell of their own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssumptionEntry {
    pub(super) id: Text,
    pub(super) rules: Vec<Text>,
}

/// A position in [`Data::files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileIndex(usize);

/// All data files, read.
#[derive(Debug)]
pub(super) struct Data {
    files: Vec<DataFile>,
    /// The pages in the order of their files' names.
    pub(super) documents: Vec<(FileIndex, Document)>,
    pub(super) capabilities: (FileIndex, Capabilities),
    pub(super) judgements: (FileIndex, Vec<Judgement>),
    pub(super) services: (FileIndex, Vec<ServiceEntry>),
    pub(super) codes: (FileIndex, Codes),
    pub(super) products: (FileIndex, ProductList),
}

impl Data {
    /// Reads (name, text) pairs; a file that cannot be read stands in the diagnostics and counts as empty.
    pub(super) fn read(files: &[(&str, &str)]) -> (Self, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let mut files: Vec<DataFile> = files
            .iter()
            .map(|&(name, text)| DataFile {
                name: name.to_owned(),
                text: text.to_owned(),
            })
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let documents = files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.name.starts_with("sources/"))
            .filter_map(|(at, file)| Some((FileIndex(at), file.parse(&mut problems)?)))
            .collect();
        let judgements: (_, JudgementList) = one(&files, "judgements.toml", &mut problems);
        let services: (_, ServiceList) = one(&files, "services.toml", &mut problems);
        let data = Self {
            documents,
            capabilities: one(&files, "capabilities.toml", &mut problems),
            judgements: (judgements.0, judgements.1.judgements),
            services: (services.0, services.1.services),
            codes: one(&files, "codes.toml", &mut problems),
            products: one(&files, "products.toml", &mut problems),
            files,
        };
        (data, problems)
    }

    /// The place of a byte range of a file.
    pub(super) fn place(&self, file: FileIndex, span: Range<usize>) -> Place {
        match self.files.get(file.0) {
            Some(file) => file.place(span),
            None => Place::File {
                file: "knowledge data".to_owned(),
            },
        }
    }

    /// An error at a text of a file.
    pub(super) fn error<T>(
        &self,
        code: &'static str,
        file: FileIndex,
        at: &Spanned<T>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(code, message).at(self.place(file, at.span()))
    }
}

/// The one file of a name; where it is missing, that is a problem and its content is empty.
fn one<T: DeserializeOwned + Default>(
    files: &[DataFile],
    name: &str,
    problems: &mut Vec<Diagnostic>,
) -> (FileIndex, T) {
    let Some(at) = files.iter().position(|file| file.name == name) else {
        let message = format!("the data file \"{name}\" is missing");
        problems.push(Diagnostic::error("data-missing", message).at(Place::File {
            file: name.to_owned(),
        }));
        return (FileIndex(usize::MAX), T::default());
    };
    let value = files[at].parse(problems).unwrap_or_default();
    (FileIndex(at), value)
}

/// A TOML date as a calendar day; `None` where the date carries none or cannot exist.
pub(super) fn day(date: &Datetime) -> Option<NaiveDate> {
    let date = date.date?;
    NaiveDate::from_ymd_opt(
        i32::from(date.year),
        u32::from(date.month),
        u32::from(date.day),
    )
}

/// A cell or label as printed, and the numbers of its footnotes: `Supported^5` is "Supported" with footnote 5.
pub(super) fn printed(text: &str) -> (&str, Vec<u8>) {
    let mut parts = text.split('^');
    let says = parts.next().unwrap_or_default();
    (says, parts.filter_map(|mark| mark.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_sets_the_footnotes_apart_from_the_wording() {
        assert_eq!(printed("Supported^5"), ("Supported", vec![5]));
        assert_eq!(printed("Yes^1^2"), ("Yes", vec![1, 2]));
        assert_eq!(printed(""), ("", vec![]));
    }

    #[test]
    fn a_file_that_is_not_toml_is_a_problem_with_its_line() {
        let (_, problems) = Data::read(&[("services.toml", "[[service]]\nid = ")]);
        let problem = problems
            .iter()
            .find(|problem| problem.code == "data-syntax")
            .expect("the broken file is reported");
        assert!(matches!(problem.place, Some(Place::Text { line: 2, .. })));
    }
}
