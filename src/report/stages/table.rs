//! `timeline` for a person: stages and outside dates in order, with the room of each stage and the critical chain.
//!
//! Out: one text with escape sequences for styles. Texts of the plan are safe to print in it.

use anstyle::Style;
use comfy_table::{
    CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle,
};

use super::{OutsideRow, StageRow, Stages};
use crate::report::model::wording::count;
use crate::terminal_text::safe;

/// Headings.
const HEADING: Style = Style::new().bold();

/// A line below the head, and none between rows: stages read as a list.
const LINES: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().junction(' '));

/// Lays the stage graph out for a terminal of this width, in columns.
#[must_use]
pub fn table(stages: &Stages<'_>, width: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(LINES)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header([
            "date",
            "stage",
            "after",
            "earliest",
            "latest",
            "sooner by",
            "slack",
            "",
        ]);
    for column in table.column_iter_mut().skip(5).take(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut outside = stages.outside.iter().peekable();
    for stage in &stages.stages {
        // On one day what happens outside comes before stages.
        while let Some(row) = outside.next_if(|row| row.date <= stage.date) {
            table.add_row(outside_cells(row));
        }
        table.add_row(stage_cells(stages, stage));
    }
    for row in outside {
        table.add_row(outside_cells(row));
    }
    let end = stages
        .end
        .map_or_else(|| "no end given".to_owned(), |end| format!("end {end}"));
    let mut text = format!(
        "{HEADING}{}{HEADING:#}\nbaseline {}, {end}, {} reading\n{}\n",
        safe(stages.name),
        stages.baseline,
        stages.reading,
        table.trim_fmt()
    );
    if !stages.critical_chain.is_empty() {
        text.push_str(&chain(stages));
    }
    text
}

fn stage_cells(stages: &Stages<'_>, stage: &StageRow<'_>) -> [String; 8] {
    let after: Vec<_> = stage
        .after
        .iter()
        .map(|&before| safe(stages.stages[before].id))
        .collect();
    let days = |days: u64| count(days, "day", "days");
    [
        stage.date.to_string(),
        safe(stage.id).into_owned(),
        after.join(", "),
        stage.room.earliest.to_string(),
        stage
            .room
            .latest
            .map_or_else(|| "open".to_owned(), |day| day.to_string()),
        days(stage.room.sooner),
        stage.room.slack.map_or_else(|| "open".to_owned(), days),
        if stage.is_critical { "critical" } else { "" }.to_owned(),
    ]
}

fn outside_cells(row: &OutsideRow<'_>) -> [String; 8] {
    let mut cells: [String; 8] = Default::default();
    cells[0] = row.date.to_string();
    cells[1] = format!("({})", row.id);
    cells[2] = row.title.to_owned();
    cells
}

fn chain(stages: &Stages<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (position, &number) in stages.critical_chain.iter().enumerate() {
        let stage = &stages.stages[number];
        if let Some(&next) = stages.critical_chain.get(position + 1) {
            let days = (stages.stages[next].date - stage.date).num_days();
            parts.push(format!("{} -({days} days)->", safe(stage.id)));
        } else {
            parts.push(safe(stage.id).into_owned());
        }
    }
    format!(
        "\n{HEADING}Critical chain{HEADING:#}: {}\n",
        parts.join(" ")
    )
}
