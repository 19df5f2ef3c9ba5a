//! `report.md`, rendered by a Markdown library.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{NAUGHTY, hostile, json, rows, sample};

/// A rendered page: its tables, row by row, its headings, and its Mermaid charts.
#[derive(Default)]
struct Page {
    tables: Vec<Vec<Vec<String>>>,
    headings: Vec<String>,
    charts: Vec<String>,
    text: String,
}

/// Renders a page. Nothing but text, tables, lists, emphasis, code and charts may be in it.
fn render(text: &str) -> Page {
    let mut page = Page::default();
    let (mut cell, mut in_heading, mut in_chart) = (None, false, false);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Table(_)) => page.tables.push(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                page.tables.last_mut().expect("a table").push(Vec::new());
            }
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => {
                let row = page.tables.last_mut().and_then(|table| table.last_mut());
                row.expect("a row").push(cell.take().expect("a cell"));
            }
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                page.headings.push(String::new());
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::CodeBlock(kind)) => {
                assert_eq!(kind, CodeBlockKind::Fenced("mermaid".into()));
                in_chart = true;
                page.charts.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => in_chart = false,
            Event::Text(text) | Event::Code(text) => {
                if in_chart {
                    page.charts.last_mut().expect("a chart").push_str(&text);
                    continue;
                }
                if let Some(cell) = &mut cell {
                    cell.push_str(&text);
                }
                if in_heading {
                    page.headings.last_mut().expect("a heading").push_str(&text);
                }
                page.text.push_str(&text);
            }
            Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item | Tag::Strong)
            | Event::End(_)
            | Event::SoftBreak => page.text.push(' '),
            other => panic!("{other:?} after {:?}", page.headings.last()),
        }
    }
    page
}

#[test]
fn tables_stay_tables_and_say_what_the_model_says() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let (page, json) = (render(&desk.text("out/report.md")), json(&desk));
    for table in &page.tables {
        assert!(table.len() > 1, "{table:?}");
        assert!(
            table.iter().all(|row| row.len() == table[0].len()),
            "{table:?}"
        );
    }
    let number = |value: &serde_json::Value| {
        cutover::report::model::wording::number(value.as_u64().expect("a figure"))
    };
    let numbers = &page.tables[0];
    assert_eq!(numbers[1][1], number(&json["numbers"]["losing"]));
    assert_eq!(numbers[5][1], number(&json["numbers"]["all_user_days"]));
    let phases = json["phases"].as_array().expect("phases");
    let overview = &page.tables[2];
    for row in &overview[1..] {
        let position: usize = row[0].parse().expect("a phase's number");
        let phase = &phases[position];
        assert_eq!(row[1], phase["name"].as_str().expect("a name"));
        assert_eq!(row[5], number(&phase["users"]["newly"]));
    }
    let events = page
        .tables
        .iter()
        .find(|table| table[0].get(3).is_some_and(|head| head == "Kind"));
    assert_eq!(
        events.expect("the events").len() - 1,
        json["events"].as_array().expect("events").len()
    );
    let rules = page.tables.iter().find(|table| table[0][0] == "Rule");
    assert_eq!(
        rules.expect("the rules").len() - 1,
        json["rules"].as_array().expect("rules").len()
    );
}

#[test]
fn the_story_is_told_in_the_order_of_the_page() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let page = render(&desk.text("out/report.md"));
    let wanted = [
        "Numbers",
        "Phases",
        "What weighs most, and what to do about it",
        "Timeline",
        "Users without, by phase",
        "Phase 1. ",
        "Why: Go",
        "The way back",
        "Phase 9. ",
        "Cross-user effects",
        "Contested readings",
        "Assumptions and unknowns",
        "Data quality",
        "Rules used",
        "The run",
    ];
    let mut headings = page.headings.iter();
    for heading in wanted {
        assert!(
            headings.any(|found| found.starts_with(heading)),
            "{heading} is not there in its place: {:?}",
            page.headings
        );
    }
    assert_eq!(page.charts.len(), 1);
}

#[test]
fn hostile_texts_are_shown_as_texts() {
    let desk = hostile(&[]);
    // Whatever were a link, an image, markup or code of somebody else's would be an event that `render` does not take.
    let page = render(&desk.text("out/report.md"));
    for text in [NAUGHTY[0], NAUGHTY[2], NAUGHTY[3], NAUGHTY[6]] {
        assert!(page.text.contains(text), "{text} is not in {}", page.text);
    }
    assert!(!page.text.contains('\u{202e}'));
    let chart = &page.charts[0];
    for line in chart.lines().skip(4) {
        let is_section = line.starts_with("    section ");
        assert!(is_section || line.matches(':').count() == 1, "{line}");
    }
    let tasks = chart.split("todayMarker off\n").nth(1).expect("tasks");
    assert!(
        !tasks.contains(['%', '<', '"', '`', '[', '(', '{']),
        "{chart}"
    );
}

#[test]
fn names_of_people_are_not_in_it_so_it_does_not_grow_with_them() {
    let (desk, ended) = sample(&[]);
    ended.with(0);
    let text = desk.text("out/report.md");
    let users = rows(&desk.text("out/phase-3-users.csv"));
    assert!(!users.is_empty());
    for user in users {
        assert!(!text.contains(&user["sip"]) && !text.contains(&user["name"]));
    }
}
