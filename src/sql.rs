//! The heavy part on the engine that holds the inventory: plan -> SQL.
//!
//! In: a plan, a dialect, and a table of users whose columns are those of an inventory file. Out: two statements. [`cohorts`]
//! reduces the table to cohorts: people whose rows say the same, as far as the plan can tell. What comes out is an inventory
//! in which one user stands for many people, see [`crate::inventory::Unit::Cohort`]. [`findings`] joins the findings of cohorts back to the
//! people. What a text means is decided by the importer, never in SQL.

mod classes;
mod columns;
mod dialect;
mod statement;

use crate::diagnostic::Diagnostic;
use crate::plan::{Condition, Plan};
use columns::Columns;
pub use dialect::Dialect;
use statement::Statement;

/// A table of users.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name; dots separate catalog, schema and table, and a part in double quotes may hold dots.
    pub name: String,
    /// Its columns, found as the headers of a file are; `None`: any of the canonical ones beside `SipAddress`, and those that
    /// a `where` names.
    pub columns: Option<Vec<String>>,
    /// The column that says which row of a person comes first; `None`: the texts of the rows decide.
    pub order: Option<String>,
}

/// The statement that reduces a table of users to cohorts; ends with a line feed, without a semicolon.
///
/// # Errors
/// Where the plan asks for what cohorts cannot tell (`limit`), a column is missing, or a name cannot be written safely.
pub fn cohorts(plan: &Plan, dialect: Dialect, table: &Table) -> Result<String, Vec<Diagnostic>> {
    statement(plan, dialect, table).map(|statement| statement.cohorts())
}

/// The statement that joins findings of cohorts, loaded as texts into the table `findings`, back to the people of a table of
/// users. Its columns are those of a findings file (contract section 5.3), its order event, address, capability.
///
/// # Errors
/// As [`cohorts()`].
pub fn findings(
    plan: &Plan,
    dialect: Dialect,
    table: &Table,
    findings: &str,
) -> Result<String, Vec<Diagnostic>> {
    let statement = statement(plan, dialect, table)?;
    let findings = path(dialect, findings).map_err(|problem| vec![*problem])?;
    Ok(statement.findings(&findings))
}

/// What a plan asks for that cannot be decided for a cohort: an error for each.
#[must_use]
pub fn undecidable(plan: &Plan) -> Vec<Diagnostic> {
    let moves = plan
        .stages
        .iter()
        .flat_map(|stage| stage.moves.iter().map(move |operation| (stage, operation)));
    moves
        .filter_map(|(stage, operation)| Some((&stage.id, operation.line, operation.limit?)))
        .map(|(stage, line, limit)| {
            let message = format!(
                "stage \"{stage}\" limits a move to {limit} users (line {line}): who they are depends on the address of each, and a cohort has none"
            );
            Diagnostic::error("limit-of-cohorts", message).help(
                "name these users by `where`, with `sip` or another column, or import all users in place of cohorts",
            )
        })
        .collect()
}

fn statement(plan: &Plan, dialect: Dialect, table: &Table) -> Result<Statement, Vec<Diagnostic>> {
    let mut problems = undecidable(plan);
    let columns = Columns::new(plan, table.columns.as_deref()).unwrap_or_else(|found| {
        problems.extend(found);
        Columns::default()
    });
    let mut names = Names { dialect, problems };
    let name = names.keep(path(dialect, &table.name));
    let statement = Statement {
        dialect,
        addresses: names.all(&columns.addresses),
        carried: names.all(columns.carried.iter().map(|carried| &carried.name)),
        forms: columns
            .carried
            .iter()
            .map(|carried| carried.form.clone())
            .collect(),
        order: table.order.as_ref().map(|order| names.identifier(order)),
        named: named(plan),
        table: {
            let absent = names.all(&columns.absent);
            dialect.with_columns(&name, &absent)
        },
    };
    if names.problems.is_empty() {
        Ok(statement)
    } else {
        Err(names.problems)
    }
}

/// Quotes names and keeps what cannot be quoted.
struct Names {
    dialect: Dialect,
    problems: Vec<Diagnostic>,
}

impl Names {
    fn all<'n>(&mut self, names: impl IntoIterator<Item = &'n String>) -> Vec<String> {
        names
            .into_iter()
            .map(|name| self.identifier(name))
            .collect()
    }

    fn identifier(&mut self, name: &str) -> String {
        let quoted = self
            .dialect
            .name(name)
            .ok_or_else(|| unwritable(self.dialect, name));
        self.keep(quoted)
    }

    fn keep(&mut self, name: Result<String, Box<Diagnostic>>) -> String {
        name.unwrap_or_else(|problem| {
            self.problems.push(*problem);
            String::new()
        })
    }
}

fn unwritable(dialect: Dialect, name: &str) -> Box<Diagnostic> {
    let message = format!(
        "the name {name:?} cannot be written safely in the SQL of {}",
        dialect.id()
    );
    Box::new(
        Diagnostic::error("sql-name", message)
            .help("give the table, or a view of it, another name or other column names"),
    )
}

/// A table's name: identifiers with dots between them.
fn path(dialect: Dialect, name: &str) -> Result<String, Box<Diagnostic>> {
    let parts: Option<Vec<String>> = parts(name).iter().map(|part| dialect.name(part)).collect();
    parts
        .map(|parts| parts.join("."))
        .ok_or_else(|| unwritable(dialect, name))
}

/// The parts of a name between dots outside double quotes; a quotation mark inside quotes is doubled.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.next_if_eq(&'"').is_some() => push(&mut parts, '"'),
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => parts.push(String::new()),
            _ => push(&mut parts, c),
        }
    }
    parts
}

fn push(parts: &mut [String], c: char) {
    if let Some(part) = parts.last_mut() {
        part.push(c);
    }
}

/// The addresses that some `where` names, in ascending order.
fn named(plan: &Plan) -> Vec<String> {
    let conditions = plan.filters().flat_map(|filter| &filter.conditions);
    let mut named: Vec<String> = conditions
        .filter_map(|condition| match condition {
            Condition::Sip(addresses) => Some(addresses),
            _ => None,
        })
        .flatten()
        .cloned()
        .collect();
    named.sort_unstable();
    named.dedup();
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_path_whose_quoted_parts_may_hold_dots() {
        assert_eq!(parts("hr.users"), ["hr", "users"]);
        assert_eq!(parts("\"users.csv\""), ["users.csv"]);
        assert_eq!(parts("a.\"b\"\"c.d\""), ["a", "b\"c.d"]);
        assert_eq!(
            path(Dialect::DuckDb, "hr.us\"\"ers").as_deref(),
            Ok("\"hr\".\"users\"")
        );
        assert!(path(Dialect::DuckDb, "hr.").is_err());
        assert_eq!(
            path(Dialect::Spark, "users; DROP TABLE users").map_err(|problem| problem.code),
            Err("sql-name")
        );
    }
}
