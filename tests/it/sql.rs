//! The statements that are printed. That engines answer them as the program answers for single people is tested in
//! `tests/sql/`.

use cutover::plan::{self, Plan};
use cutover::sql::{self, Dialect, Table};

use crate::support::{KNOWLEDGE, POOLS, stage};

fn plan_of(sections: &str) -> Plan {
    let text = format!("[plan]\nname = \"t\"\nbaseline = 2014-01-06\n{POOLS}{sections}");
    let (plan, problems) = plan::read(&text, "plan.toml", &KNOWLEDGE);
    plan.unwrap_or_else(|| panic!("the plan has problems: {problems:#?}"))
}

fn moving(filter: &str) -> Plan {
    plan_of(&stage(
        "wave",
        "2014-02-01",
        &format!("move = [{{ from = [\"r2\"], to = \"l13\"{filter} }}]"),
    ))
}

fn users() -> Table {
    Table {
        name: "users".to_owned(),
        columns: None,
        order: None,
    }
}

fn cohorts(plan: &Plan, dialect: Dialect) -> String {
    sql::cohorts(plan, dialect, &users()).unwrap_or_else(|why| panic!("refused: {why:#?}"))
}

/// The codes of what stands against a statement.
fn refused(plan: &Plan, dialect: Dialect, table: &Table) -> Vec<&'static str> {
    let problems = sql::cohorts(plan, dialect, table).expect_err("must be refused");
    problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn only_columns_that_can_matter_are_asked_for() {
    for &dialect in Dialect::ALL {
        let plain = cohorts(&moving(""), dialect);
        assert!(plain.contains("HomePool") && plain.contains("PicLicenseExpiry"));
        assert!(
            !plain.contains("DisplayName")
                && !plain.contains("Department")
                && !plain.contains("Site")
        );
        let filtered = cohorts(
            &moving(", where = { department = \"IT\", wave = 2 }"),
            dialect,
        );
        assert!(
            filtered.contains("Department")
                && filtered.contains("wave")
                && !filtered.contains("Site")
        );
    }
}

#[test]
fn a_limit_is_refused_with_its_reason() {
    let plan = moving(", limit = 50");
    assert_eq!(
        refused(&plan, Dialect::DuckDb, &users()),
        ["limit-of-cohorts"]
    );
    let reason = &sql::undecidable(&plan)[0];
    assert!(reason.message.contains("\"wave\"") && reason.message.contains("50 users"));
    assert!(sql::undecidable(&moving("")).is_empty());
}

#[test]
fn texts_that_no_where_tells_apart_become_one() {
    let plan = plan_of(&format!(
        "{}{}",
        stage(
            "a",
            "2014-02-01",
            "move = [{ from = [\"r2\"], to = \"l10\", where = { site = [\"Rome\", \"Bonn\", \"Oslo\"] } }]"
        ),
        stage(
            "b",
            "2014-03-01",
            "move = [{ from = [\"l10\"], to = \"l13\", where = { site = \"Oslo\" } }]"
        ),
    ));
    let statement = cohorts(&plan, Dialect::DuckDb);
    assert!(
        statement.contains("IN ('rome', 'bonn') THEN 'rome'"),
        "{statement}"
    );
    assert!(statement.contains("IN ('oslo') THEN 'oslo'"));
    assert!(statement.contains("ELSE 'other' END"));
}

#[test]
fn a_hostile_plan_changes_texts_and_names_only() {
    let plan = moving(", where = { \"a\\\" FROM x; --\" = \"b'); DROP TABLE users; --\" }");
    let statement = cohorts(&plan, Dialect::DuckDb);
    assert!(
        statement.contains("source.\"a\"\" FROM x; --\""),
        "{statement}"
    );
    assert!(
        statement.contains("IN ('b''); drop table users; --')"),
        "{statement}"
    );
    // Spark's command line would split the name.
    assert_eq!(refused(&plan, Dialect::Spark, &users()), ["sql-name"]);
    let plan = moving(", where = { \"a` b\" = \"b'); DROP TABLE users; --${x}\" }");
    let statement = cohorts(&plan, Dialect::Spark);
    assert!(statement.contains("source.`a`` b`"), "{statement}");
    assert!(
        !statement.contains("DROP") && !statement.contains("drop") && !statement.contains("${")
    );
}

#[test]
fn the_tables_own_columns_are_found_as_headers_are() {
    let table = Table {
        columns: Some(
            [
                "UserUri",
                "Registrar Pool",
                "HomeServer",
                "User-Agent",
                "Cost_Center",
                "Extra",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        ..users()
    };
    let plan = moving(", where = { \"cost center\" = \"7\" }");
    let statement = sql::cohorts(&plan, Dialect::DuckDb, &table).expect("all columns are there");
    for name in [
        "\"UserUri\"",
        "\"Registrar Pool\"",
        "\"HomeServer\"",
        "\"User-Agent\"",
        "\"Cost_Center\"",
    ] {
        assert!(
            statement.contains(&format!("source.{name}")),
            "{name} in {statement}"
        );
    }
    assert!(!statement.contains("Extra") && !statement.contains("Organizer"));
}

#[test]
fn missing_columns_are_named_all_at_once() {
    let table = Table {
        columns: Some(vec!["HomePool".to_owned(), "Cost Centre".to_owned()]),
        ..users()
    };
    let plan = moving(", where = { \"cost center\" = \"7\" }");
    assert_eq!(
        refused(&plan, Dialect::Spark, &table),
        ["sip-column-missing", "where-column"]
    );
}

#[test]
fn a_named_person_is_looked_for_by_address() {
    let plan = moving(", where = { sip = [\"SIP:Anna@Contoso.com\", \"o'neil@contoso.com\"] }");
    let statement = cohorts(&plan, Dialect::DuckDb);
    assert!(
        statement.contains("address IN ('anna@contoso.com', 'o''neil@contoso.com')"),
        "{statement}"
    );
    assert!(!cohorts(&moving(""), Dialect::DuckDb).contains("named"));
}

#[test]
fn the_join_has_the_columns_of_a_findings_file() {
    let statement = sql::findings(&moving(""), Dialect::DuckDb, &users(), "work.found")
        .expect("nothing stands against it");
    let select = statement.rfind("SELECT nullif").expect("the last SELECT");
    let names: Vec<&str> = statement[select..]
        .split(" AS \"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect();
    assert_eq!(
        names.join(","),
        "event,date,sip,capability,from,to,kind,severity,causes,workaround,detail,rules"
    );
    assert!(statement.contains("JOIN \"work\".\"found\" AS finding"));
}
