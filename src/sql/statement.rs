//! The two statements, put together from columns and dialect.
//!
//! People with one row are grouped by what it says; only people with several rows are looked at one by one. Nothing but
//! counts and digests is kept for each person, so that an engine can put what does not fit into memory on disk.

use super::columns::Form;
use super::dialect::Dialect;
use crate::inventory::{Field, LINE, ROWS, USERS};
use crate::model::Capability;
use crate::report::cohort_findings::{COHORT, EVENT_NUMBER};
use crate::report::findings::Column;

/// What both statements are made of; every name is an identifier.
pub(super) struct Statement {
    pub(super) dialect: Dialect,
    /// Where the rows come from.
    pub(super) table: String,
    /// The columns with addresses, first choice first.
    pub(super) addresses: Vec<String>,
    /// The columns that cohorts carry.
    pub(super) carried: Vec<String>,
    /// In which form each is carried.
    pub(super) forms: Vec<Form>,
    /// The column that says which row of a person comes first.
    pub(super) order: Option<String>,
    /// Addresses that some `where` names.
    pub(super) named: Vec<String>,
}

impl Statement {
    /// People with the same rows, counted.
    pub(super) fn cohorts(&self) -> String {
        let cells = list(&self.cells());
        let named = self.if_named("named, ");
        let key = self.key(&self.row_text());
        let place = self.if_ordered("place, ");
        let empty = list(&vec!["''".to_owned(); self.carried.len()]);
        let mut columns = vec![
            format!("cohort AS {}", self.own(Field::Sip.canonical())),
            format!("sum(people) AS {}", self.own(USERS)),
            format!("sum(times) AS {}", self.own(ROWS)),
            format!("line AS {}", self.own(LINE)),
        ];
        columns.extend(
            self.cells()
                .iter()
                .zip(&self.carried)
                .map(|(cell, name)| format!("{cell} AS {name}")),
        );
        format!(
            "{people},
cutover_cohorts AS (
  SELECT {key} AS cohort, 1 AS line, count(*) AS people, count(*) AS times, {cells}
  FROM cutover_single
  GROUP BY {named}{cells}
  UNION ALL
  SELECT cohort, row_number() OVER (PARTITION BY lines.address ORDER BY {place}row_text) AS line, 1 AS people, times, {cells}
  FROM cutover_lines AS lines JOIN cutover_keys AS keys ON keys.address = lines.address
  UNION ALL
  SELECT '' AS cohort, 1 AS line, 0 AS people, count(*) AS times, {empty}
  FROM cutover_rows WHERE address = '' HAVING count(*) > 0
)
SELECT {columns}
FROM cutover_cohorts
GROUP BY cohort, line, {cells}
ORDER BY cohort, line
",
            people = self.people(),
            columns = columns.join(",\n  "),
        )
    }

    /// The findings of every person.
    pub(super) fn findings(&self, findings: &str) -> String {
        let dialect = self.dialect;
        let ids: Vec<&str> = Capability::ALL
            .iter()
            .map(|capability| capability.id())
            .collect();
        let finding = |name: &str| format!("finding.{}", self.own(name));
        let columns = Column::ALL.iter().map(|&column| {
            let value = match column {
                Column::Sip => self.guarded("person.address"),
                _ => format!("nullif({}, '')", finding(column.id())),
            };
            format!("{value} AS {}", self.own(column.id()))
        });
        let columns: Vec<String> = columns.collect();
        format!(
            "{people},
cutover_people AS (
  SELECT address, {key} AS cohort FROM cutover_single
  UNION ALL
  SELECT address, cohort FROM cutover_keys
)
SELECT {columns}
FROM cutover_people AS person JOIN {findings} AS finding ON {cohort} = person.cohort
ORDER BY CAST({event} AS INTEGER), person.address, {position}
",
            people = self.people(),
            key = self.key(&self.row_text()),
            columns = columns.join(",\n  "),
            cohort = finding(COHORT),
            event = finding(EVENT_NUMBER),
            position = dialect.position(&ids, &finding(Column::Capability.id())),
        )
    }

    /// The common part: rows, people with one row, rows and keys of people with several.
    fn people(&self) -> String {
        let cells = list(&self.cells());
        let named = self.if_named("named, ");
        let earliest = self.if_ordered("min(place) AS place, ");
        let place = self.order.as_ref().map(|_| "place");
        let key = self.key(&self.dialect.joined("row_text", place));
        let again = self.dialect.again();
        let several =
            "(SELECT 1 FROM cutover_several AS several WHERE several.address = one.address)";
        format!(
            "{rows},
cutover_several AS (
  SELECT address FROM cutover_rows WHERE address <> '' GROUP BY address HAVING count(*) > 1
),
cutover_single AS {again}(
  SELECT * FROM cutover_rows AS one WHERE address <> '' AND NOT EXISTS {several}
),
cutover_lines AS (
  SELECT address, {named}{cells}, row_text, {earliest}count(*) AS times
  FROM (SELECT *, {text} AS row_text FROM cutover_rows AS one WHERE EXISTS {several}) AS texts
  GROUP BY address, {named}{cells}, row_text
),
cutover_keys AS (
  SELECT address, {key} AS cohort FROM cutover_lines GROUP BY {named}address
)",
            rows = self.rows(),
            text = self.row_text(),
        )
    }

    /// The table's rows: whose they are, and what they say.
    fn rows(&self) -> String {
        let again = self.dialect.again();
        let place = self.if_ordered(",\n  place");
        let named = self.if_named(&format!("{} AS named,\n  ", self.name_of_named()));
        let forms = self.forms.iter().zip(self.cells());
        let forms = forms.map(|(form, cell)| {
            let expression = form.expression(self.dialect, &cell);
            if expression == cell {
                cell
            } else {
                format!("{expression} AS {cell}")
            }
        });
        let forms: Vec<String> = forms.collect();
        let forms = forms.join(",\n  ");
        let cells = list(&self.cells());
        format!(
            "WITH cutover_texts AS {again}(
  SELECT {texts}
  FROM {table} AS source
),
cutover_clean AS {again}(
  SELECT {clean},
  {cells}{place}
  FROM cutover_texts
),
cutover_whose AS {again}(
  SELECT {address} AS address,
  {cells}{place}
  FROM cutover_clean
),
cutover_rows AS {again}(
  SELECT address,
  {named}{forms}{place}
  FROM cutover_whose
)",
            texts = self.texts().join(",\n  "),
            table = self.table,
            clean = self.clean().join(",\n  "),
            address = self.address(),
        )
    }

    /// Every column that is needed, as text.
    fn texts(&self) -> Vec<String> {
        let text = |name: &str, alias: String| {
            let cell = self.dialect.cell(&format!("source.{name}"));
            format!("{cell} AS {alias}")
        };
        let addresses = self.addresses.iter().zip(1..);
        let mut texts: Vec<String> = addresses
            .map(|(name, number)| text(name, format!("address_{number}")))
            .collect();
        let carried = self.carried.iter().zip(self.cells());
        texts.extend(carried.map(|(name, cell)| text(name, cell)));
        let order = self.order.as_ref();
        texts.extend(order.map(|order| format!("source.{order} AS place")));
        texts
    }

    /// `cell_1`, `cell_2` and so on: the carried columns inside the statement.
    fn cells(&self) -> Vec<String> {
        (1..=self.carried.len())
            .map(|number| format!("cell_{number}"))
            .collect()
    }

    /// The addresses without space around them and the apostrophe of a guarded cell. Most have neither, and are not
    /// looked at twice.
    fn clean(&self) -> Vec<String> {
        let dialect = self.dialect;
        let apostrophe = dialect.text("'");
        let clean = |number: usize| {
            let cell = format!("address_{number}");
            let strange = dialect.matches(&cell, "[^!-~]");
            let formula = self.is_formula(&cell);
            let trimmed = dialect.trimmed(&format!(
                "CASE WHEN left({cell}, 1) = {apostrophe} AND {formula} THEN substr({cell}, 2) ELSE {cell} END"
            ));
            format!(
                "CASE WHEN left({cell}, 1) = {apostrophe} OR {strange} THEN {trimmed} ELSE {cell} END AS {cell}"
            )
        };
        (1..=self.addresses.len()).map(clean).collect()
    }

    /// The first address of a row that is not empty, as the importer tells people apart: in lower case, without `sip:`.
    fn address(&self) -> String {
        let address = |number: usize| {
            let cell = format!("address_{number}");
            let rest = self.dialect.trimmed(&format!("substr({cell}, 5)"));
            format!(
                "lower(CASE WHEN lower(left({cell}, 4)) <> 'sip:' THEN {cell} \
                 WHEN substr({cell}, 5, 1) BETWEEN '!' AND '~' THEN substr({cell}, 5) ELSE {rest} END)"
            )
        };
        let all: Vec<String> = (1..=self.addresses.len()).map(address).collect();
        match all.as_slice() {
            [one] => one.clone(),
            _ => {
                let some = all.iter().map(|address| format!("nullif({address}, '')"));
                let some: Vec<String> = some.collect();
                format!("coalesce({}, '')", list(&some))
            }
        }
    }

    /// Does a text begin, behind any number of apostrophes, as a formula does?
    fn is_formula(&self, text: &str) -> String {
        let signs = ["=", "+", "-", "@", "\t", "\r"].map(|sign| self.dialect.text(sign));
        format!(
            "left({}, 1) IN ({})",
            self.dialect.without_apostrophes(text),
            list(&signs)
        )
    }

    /// An address as it stands in the files that we write: guarded against being taken for a formula.
    fn guarded(&self, address: &str) -> String {
        let formula = self.is_formula(address);
        let number = self.dialect.matches(address, "^[+-]?[0-9]+([.,][0-9]*)?$");
        let apostrophe = self.dialect.text("'");
        format!(
            "CASE WHEN {formula} AND {address} <> '-' AND NOT {number} THEN concat({apostrophe}, {address}) ELSE {address} END"
        )
    }

    /// What a row says, as one text; different rows have different ones.
    fn row_text(&self) -> String {
        let parts: Vec<String> = self
            .cells()
            .iter()
            .map(|cell| format!("length({cell}), ':', {cell}"))
            .collect();
        format!("concat('', {})", list(&parts))
    }

    /// The key of a cohort: a digest of what the rows of its people say, or the address of a person whom the plan names.
    fn key(&self, texts: &str) -> String {
        let digest = self.dialect.digest(texts);
        if self.named.is_empty() {
            digest
        } else {
            format!("CASE WHEN named <> '' THEN named ELSE {digest} END")
        }
    }

    /// The address of a person whom some `where` names; empty for everybody else.
    fn name_of_named(&self) -> String {
        let named: Vec<String> = self
            .named
            .iter()
            .map(|address| self.dialect.text(address))
            .collect();
        format!(
            "CASE WHEN address IN ({}) THEN {} ELSE '' END",
            list(&named),
            self.guarded("address")
        )
    }

    fn if_named(&self, part: &str) -> String {
        if self.named.is_empty() {
            String::new()
        } else {
            part.to_owned()
        }
    }

    fn if_ordered(&self, part: &str) -> String {
        if self.order.is_some() {
            part.to_owned()
        } else {
            String::new()
        }
    }

    /// One of the names that the program gives to columns.
    fn own(&self, name: &str) -> String {
        self.dialect.name(name).unwrap_or_default()
    }
}

fn list(items: &[String]) -> String {
    items.join(", ")
}
