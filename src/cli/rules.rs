//! `cutover rules`: what the documents say, how they are read, and what becomes of every cell.

use clap::{Args, Subcommand};
use cutover::knowledge::{ConflictKind, KnowledgeBase, RuleKind, RuleLine};
use cutover::report::json::FORMAT_VERSION;
use cutover::report::rules;
use cutover::timeline;
use serde::Serialize;

use super::arguments::{Format, MaterialArguments, ids};
use super::exit::{Exit, Failure};
use super::material::{Material, threads};
use super::output::Outputs;
use super::terminal::{Terminal, print_json};

/// What the documents say: list, show, conflicts, coverage, export, clients
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  cutover rules list --kind judgement
  cutover rules show c1
  cutover rules conflicts --plan plan.toml --inventory users.csv
  cutover rules coverage
  cutover rules export --format json > cells.json")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    question: Question,
}

#[derive(Clone, Debug, Subcommand)]
enum Question {
    /// List the cells, sentences and judgements
    List(ListArguments),
    /// Show one rule with its document, place and use
    Show(ShowArguments),
    /// Show where documents contradict each other or are silent, and who depends on it
    Conflicts(Box<ConflictArguments>),
    /// Show what every cell of the documents is used for, or why it is not
    Coverage(CoverageArguments),
    /// Export every cell as printed, with the level taken from it
    Export(ExportArguments),
    /// List the clients with the ids that plans use
    Clients(ClientArguments),
}

#[derive(Clone, Debug, Args)]
struct ListArguments {
    /// Only rules of this kind
    #[arg(long, value_name = "KIND", value_parser = ids(&[RuleKind::Cell, RuleKind::Statement, RuleKind::Judgement], RuleKind::id))]
    kind: Option<RuleKind>,

    /// Only rules of this document, by its short id, as in s0
    #[arg(long, value_name = "ID")]
    document: Option<String>,

    #[command(flatten)]
    format: FormatArgument,
}

#[derive(Clone, Debug, Args)]
struct ShowArguments {
    /// The rule's id, as findings name it
    id: String,

    #[command(flatten)]
    format: FormatArgument,
}

#[derive(Clone, Debug, Args)]
struct ConflictArguments {
    /// Only points of this kind
    #[arg(long, value_name = "KIND", value_parser = ids(&ConflictKind::ALL, ConflictKind::id))]
    kind: Option<ConflictKind>,

    #[command(flatten)]
    format: FormatArgument,

    /// With plan and inventory: how many users depend on each point
    #[command(flatten)]
    material: MaterialArguments,
}

#[derive(Clone, Debug, Args)]
struct CoverageArguments {
    /// List the used cells too
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    format: FormatArgument,
}

#[derive(Clone, Debug, Args)]
struct ExportArguments {
    /// The only format is json
    #[arg(long, value_name = "FORMAT", default_value = "json", value_parser = ["json"], hide_possible_values = true)]
    format: String,
}

#[derive(Clone, Debug, Args)]
struct ClientArguments {
    #[command(flatten)]
    format: FormatArgument,
}

/// For a person or a program.
#[derive(Clone, Copy, Debug, Args)]
struct FormatArgument {
    /// Print for a person (text) or a program (json)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments, terminal: Terminal) -> Result<Exit, Failure> {
    let knowledge = super::knowledge()?;
    match &arguments.question {
        Question::List(arguments) => list(arguments, &knowledge, terminal),
        Question::Show(arguments) => show(arguments, &knowledge, terminal),
        Question::Conflicts(arguments) => conflicts(arguments, &knowledge, terminal),
        Question::Coverage(arguments) => coverage(arguments, &knowledge, terminal),
        Question::Export(_) => print_json(&knowledge.export()),
        Question::Clients(arguments) => clients(arguments, &knowledge, terminal),
    }?;
    Ok(Exit::Done)
}

fn list(
    arguments: &ListArguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Answer {
        format_version: u32,
        rules: Vec<RuleLine>,
    }
    if let Some(document) = &arguments.document {
        let documents = knowledge.documents();
        if !documents.iter().any(|known| known.id == *document) {
            let ids: Vec<&str> = documents.iter().map(|known| known.id.as_str()).collect();
            return Err(Failure::usage(
                format!("there is no document {document:?}"),
                format!("the documents are {}", ids.join(", ")),
            ));
        }
    }
    let mut chosen = knowledge.rules();
    chosen.retain(|rule| {
        arguments.kind.is_none_or(|kind| rule.kind == kind)
            && (arguments.document.is_none() || rule.document == arguments.document)
    });
    match arguments.format.format {
        Format::Text => terminal.print(&rules::list(&chosen, terminal.width())),
        Format::Json => print_json(&Answer {
            format_version: FORMAT_VERSION,
            rules: chosen,
        }),
    }
}

fn show(
    arguments: &ShowArguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<(), Failure> {
    let Some(rule) = knowledge.rule_named(&arguments.id) else {
        let help = match knowledge.nearest_rule(&arguments.id) {
            Some(near) => format!("did you mean {near}?"),
            None => "cutover rules list lists them".to_owned(),
        };
        return Err(Failure::usage(
            format!("there is no rule {:?}", arguments.id),
            help,
        ));
    };
    let detail = knowledge.rule_detail(rule);
    match arguments.format.format {
        Format::Text => terminal.print(&rules::detail(&detail, terminal.width())),
        Format::Json => print_json(&detail),
    }
}

fn conflicts(
    arguments: &ConflictArguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<(), Failure> {
    let mut chosen = knowledge.conflicts();
    chosen.retain(|conflict| arguments.kind.is_none_or(|kind| conflict.kind == kind));
    let asked = &arguments.material;
    let has_material =
        asked.sample || asked.plan.is_some() || !asked.inventory.inventories.is_empty();
    let points = if has_material {
        let mut outputs = Outputs::default();
        outputs.prints("the answer");
        let material = Material::read(asked, knowledge, terminal, &mut outputs, |_| Ok(()))?;
        let timeline = timeline::build(&material.plan, &material.inventory, knowledge, threads());
        let points = rules::open_points(knowledge, &chosen, Some(&timeline));
        Outputs::finish(material.rejected)?;
        points
    } else {
        rules::open_points(knowledge, &chosen, None)
    };
    match arguments.format.format {
        Format::Text => terminal.print(&rules::conflicts(&points, terminal.width())),
        Format::Json => print_json(&points),
    }
}

fn coverage(
    arguments: &CoverageArguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<(), Failure> {
    let coverage = knowledge.coverage();
    match arguments.format.format {
        Format::Text => {
            terminal.print(&rules::coverage(&coverage, arguments.all, terminal.width()))
        }
        Format::Json => print_json(&coverage),
    }
}

fn clients(
    arguments: &ClientArguments,
    knowledge: &KnowledgeBase,
    terminal: Terminal,
) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Answer<'a> {
        format_version: u32,
        clients: Vec<Client<'a>>,
    }
    #[derive(Serialize)]
    struct Client<'a> {
        id: &'a str,
        name: &'a str,
    }
    let products = knowledge.products();
    match arguments.format.format {
        Format::Text => terminal.print(&rules::clients(products, terminal.width())),
        Format::Json => print_json(&Answer {
            format_version: FORMAT_VERSION,
            clients: products
                .client_ids()
                .filter_map(|id| {
                    let name = products.client_name(products.client(id)?);
                    Some(Client { id, name })
                })
                .collect(),
        }),
    }
}
