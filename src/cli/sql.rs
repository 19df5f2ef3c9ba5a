//! `cutover sql`: the statements that let the engine of a warehouse do the heavy part.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use cutover::sql::{self, Dialect, Table};

use super::diagnostics::tell;
use super::exit::{Exit, Failure};
use super::plan_file::PlanFile;
use super::terminal::{Terminal, to_standard_output};

/// Print the SQL that reduces a table of users to cohorts, or joins their findings back
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover sql --plan plan.toml --dialect duckdb > cohorts.sql
  cutover simulate --plan plan.toml --cohorts cohorts.csv --cohort-findings cohort-findings.csv
  cutover sql --plan plan.toml --dialect duckdb --join > findings.sql
  cutover sql -p plan.toml --dialect spark --table hr.users --columns SipAddress,RegistrarPool,Client --order-by loaded_at")]
pub(crate) struct Arguments {
    /// The plan, a TOML file; `-` is standard input
    #[arg(short, long, value_name = "FILE")]
    plan: PathBuf,

    /// The engine
    #[arg(long, value_name = "ENGINE", value_parser = PossibleValuesParser::new(Dialect::ALL.iter().map(|dialect| dialect.id())).try_map(|id| dialect(&id)))]
    dialect: Dialect,

    /// The table of users; dots separate catalog, schema and table
    #[arg(long, value_name = "NAME", default_value = "users")]
    table: String,

    /// The table's columns, found as the headers of an inventory file are; otherwise any of the canonical ones
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    columns: Vec<String>,

    /// The column that says which row of a person comes first, where rows disagree
    #[arg(long, value_name = "COLUMN")]
    order_by: Option<String>,

    /// Print the statement that joins the findings of cohorts to people
    #[arg(long)]
    join: bool,

    /// The table into which the findings of cohorts were loaded, every column as text
    #[arg(
        long,
        value_name = "NAME",
        default_value = "cohort_findings",
        requires = "join"
    )]
    findings_table: String,
}

fn dialect(id: &str) -> Result<Dialect, &'static str> {
    let mut all = Dialect::ALL.iter().copied();
    all.find(|dialect| dialect.id() == id)
        .ok_or("not one of the possible values")
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    let file = PlanFile::read(Some(&arguments.plan), &knowledge);
    tell(terminal, &file.diagnostics, Some(file.source()));
    let Some(plan) = &file.plan else {
        return Err(Failure::told(Exit::Usage));
    };
    let columns = arguments.columns.iter().map(|name| name.trim().to_owned());
    let columns: Vec<String> = columns.filter(|name| !name.is_empty()).collect();
    let table = Table {
        name: arguments.table.clone(),
        columns: (!columns.is_empty()).then_some(columns),
        order: arguments.order_by.clone(),
    };
    let statement = if arguments.join {
        sql::findings(plan, arguments.dialect, &table, &arguments.findings_table)
    } else {
        sql::cohorts(plan, arguments.dialect, &table)
    };
    match statement {
        Ok(statement) => to_standard_output(|out| out.write_all(statement.as_bytes())),
        Err(problems) => {
            tell(terminal, &problems, Some(file.source()));
            Err(Failure::told(Exit::Usage))
        }
    }?;
    Ok(Exit::Done)
}
