//! `cutover explain`: one user's story, or what a code or rule means.

use cutover::diagnostic::{catalog, nearest};
use cutover::finding::PlanCode;
use cutover::inventory::provenance::{Columns, Resolver};
use cutover::knowledge::KnowledgeBase;
use cutover::model::Capability;
use cutover::report::explain::{Origin, tell, text};
use cutover::report::findings::Run;
use cutover::report::model::wording;
use cutover::report::rules;
use cutover::report::terminal::{HEADING, paragraph};
use cutover::timeline;

use super::arguments::{Format, MaterialArguments, ReadingArgument};
use super::exit::{Exit, Failure};
use super::material::{Material, request, threads};
use super::output::Outputs;
use super::simulate::simulation;
use super::terminal::{Terminal, print_json};

/// Explain one person's story, or what a code or rule means
#[derive(Clone, Debug, clap::Args)]
#[command(before_help = "\
Examples:
  cutover explain anna@contoso.com --plan plan.toml --inventory users.csv
  cutover explain ruth.baumann@contoso.com --sample --reading strict
  cutover explain three-versions-live
  cutover explain client-unrecognized
  cutover explain c1")]
pub(crate) struct Arguments {
    /// A SIP address, with or without sip:, or the code of a diagnostic or finding, a capability, or a rule's id
    #[arg(value_name = "SIP|CODE")]
    subject: String,

    #[command(flatten)]
    material: MaterialArguments,

    #[command(flatten)]
    reading: ReadingArgument,

    /// Print a person's story for a person (text) or a program (json)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        help_heading = "Output options"
    )]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    let subject = arguments.subject.trim();
    let is_address = subject.contains('@')
        || subject
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("sip:"));
    if is_address {
        person(subject, arguments, &knowledge, terminal)?;
    } else {
        terminal.print(&code(subject, &knowledge, terminal.width())?)?;
    }
    Ok(Exit::Done)
}

fn person(
    subject: &str,
    arguments: &Arguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<(), Failure> {
    let mut outputs = Outputs::default();
    outputs.prints("the story");
    let material = Material::read(
        &arguments.material,
        knowledge,
        terminal,
        &mut outputs,
        |_| Ok(()),
    )?;
    let users = &material.inventory.users;
    let wanted = address(subject);
    let Some(user) = (0..users.len()).find(|&user| users.sip(user).text() == wanted) else {
        return Err(nobody(&wanted, &material));
    };
    let timeline = timeline::build(&material.plan, &material.inventory, knowledge, threads());
    let simulation = simulation(&timeline, knowledge, arguments.reading, terminal);
    let run = Run {
        timeline: &timeline,
        knowledge,
        simulation: &simulation,
    };
    let origins = origins(user, &wanted, &arguments.material, &material, knowledge)?;
    let story = tell(&run, user, origins);
    Outputs::finish(material.rejected)?;
    match arguments.format {
        Format::Text => terminal.print(&text(&story, terminal.width())),
        Format::Json => print_json(&story),
    }
}

/// From which file and row each value of a user comes.
fn origins(
    user: usize,
    sip: &str,
    arguments: &MaterialArguments,
    material: &Material,
    knowledge: &KnowledgeBase,
) -> Result<Vec<Origin>, Failure> {
    let request = request(&arguments.inventory, Some(&material.plan));
    let (inventory, products) = (&material.inventory, knowledge.products());
    let provenance = (material.files).provenance(&request, inventory, knowledge, Some(user))?;
    let columns = Columns::of(&provenance, &request);
    let person = Resolver::new(&provenance, &columns, &request, products).person(user, sip);
    let person = person.map_err(|problem| Failure::unread(*problem))?;
    let said = provenance.said(user, &person, products).into_iter();
    Ok(said
        .map(|said| {
            let (file, sheet) = provenance.file(said.spot.file);
            Origin {
                field: said.field.canonical().to_owned(),
                value: said.text,
                file: file.to_owned(),
                sheet: sheet.map(str::to_owned),
                row: said.spot.row,
                header: Some(said.header),
                counts: said.counts,
            }
        })
        .collect())
}

/// An address as the inventory keeps it.
fn address(subject: &str) -> String {
    let lower = subject.to_lowercase();
    lower
        .strip_prefix("sip:")
        .unwrap_or(&lower)
        .trim()
        .to_owned()
}

fn nobody(wanted: &str, material: &Material) -> Failure {
    let users = &material.inventory.users;
    let known: Vec<String> = (0..users.len())
        .map(|user| users.sip(user).text().into_owned())
        .collect();
    let help = match nearest(wanted, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => "look at the rejected rows too: --rejected FILE gives them back".to_owned(),
    };
    Failure::usage(format!("no accepted user has the address {wanted:?}"), help)
}

/// What a code, a capability or a rule is about.
fn code(subject: &str, knowledge: &KnowledgeBase, width: u16) -> Result<String, Failure> {
    let code = subject.to_lowercase();
    if let Some(explained) = catalog::explain(&code) {
        return Ok(explanation(
            &format!(
                "{code} (diagnostic: {})",
                explained.area.name().to_lowercase()
            ),
            &[("means", explained.meaning), ("to do", explained.remedy)],
            width,
        ));
    }
    if let Some(text) = knowledge.code(&code) {
        let severity = PlanCode::ALL.iter().find(|known| known.id() == code);
        let head = match severity {
            Some(known) => format!("{code} (plan finding, {})", known.severity()),
            None => format!("{code} (finding)"),
        };
        let rules = text.rules.join(", ");
        let parts = [
            ("means", text.meaning.as_str()),
            ("matters", text.matters.as_str()),
            ("to do", text.remedy.as_str()),
            ("rules", rules.as_str()),
        ];
        return Ok(explanation(&head, &parts, width));
    }
    if let Some(capability) = Capability::parse(&code) {
        let head = format!("{code} (capability)");
        let name = wording::capability(capability);
        let lost = format!(
            "{}; without it users can no longer {}",
            name,
            wording::verb(capability)
        );
        return Ok(explanation(&head, &[("means", &lost)], width));
    }
    if let Some(rule) = knowledge.rule_named(subject) {
        return Ok(rules::detail(&knowledge.rule_detail(rule), width));
    }
    Err(unknown(&code, knowledge))
}

fn explanation(head: &str, parts: &[(&str, &str)], width: u16) -> String {
    let mut text = format!("{HEADING}{head}{HEADING:#}\n");
    for (label, words) in parts.iter().filter(|(_, words)| !words.is_empty()) {
        text.push_str(&paragraph(&format!("  {label:<9}"), words, width));
    }
    text
}

fn unknown(code: &str, knowledge: &KnowledgeBase) -> Failure {
    let codes = knowledge.codes();
    let known = catalog::CODES
        .iter()
        .map(|explained| explained.code)
        .chain(codes.iter().map(|text| text.code.as_str()))
        .chain(Capability::ALL.iter().map(|capability| capability.id()));
    let near = nearest(code, known).or_else(|| knowledge.nearest_rule(code));
    let help = match near {
        Some(near) => format!("did you mean {near}?"),
        None => "a SIP address has an @; cutover rules list lists the rules".to_owned(),
    };
    Failure::usage(
        format!("there is no code, capability or rule {code:?}"),
        help,
    )
}
