//! Diagnostics as a person sees them: stretches of a plan under the line they are in, rows of tables by file, row and column.
//!
//! In: diagnostics, and the texts that their places point into. Out: one styled text, which is safe to print whatever the
//! files hold.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use cutover::diagnostic::{Diagnostic, Place, Weight};
use cutover::terminal_text::{masked, shortened};

use super::terminal::Terminal;

/// How many diagnostics of one code are shown.
const SHOWN: usize = 20;
/// Longest message that is shown whole, in characters: texts of files are quoted in messages.
const LONGEST: usize = 2_000;

/// A text file that diagnostics point into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceText<'a> {
    /// Its name, as in the places.
    pub(crate) name: &'a str,
    /// Its text, without byte order mark.
    pub(crate) text: &'a str,
}

/// Says diagnostics on standard error: with `--quiet` only errors.
pub(crate) fn tell(terminal: Terminal, diagnostics: &[Diagnostic], text: Option<SourceText<'_>>) {
    let heard: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|diagnostic| !terminal.quiet || diagnostic.weight == Weight::Error)
        .collect();
    if !heard.is_empty() {
        terminal.insist(&render(&heard, text, terminal.error_width()));
    }
}

/// Is there an error among them?
pub(crate) fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.weight == Weight::Error)
}

/// All of them in their order, no more than [`SHOWN`] of a code, and how many were left out.
fn render(diagnostics: &[&Diagnostic], text: Option<SourceText<'_>>, width: u16) -> String {
    let safe_text = text.map(|source| (source.name, masked(source.text)));
    let renderer = Renderer::styled().term_width(usize::from(width));
    let mut counts: BTreeMap<(Weight, &str), usize> = BTreeMap::new();
    let mut shown = String::new();
    for diagnostic in diagnostics {
        let count = counts
            .entry((diagnostic.weight, diagnostic.code))
            .or_default();
        *count += 1;
        if *count <= SHOWN {
            one(diagnostic, safe_text.as_ref(), &renderer, &mut shown);
        }
    }
    for ((weight, code), count) in counts {
        if count > SHOWN {
            head(weight, code, &mut shown);
            line(
                &mut shown,
                format_args!(" {} more of these\n", count - SHOWN),
            );
        }
    }
    shown
}

fn one(
    diagnostic: &Diagnostic,
    text: Option<&(&str, Cow<'_, str>)>,
    renderer: &Renderer,
    shown: &mut String,
) {
    match (&diagnostic.place, text) {
        (Some(Place::Text { file, span, .. }), Some((name, text)))
            if file == name && text.get(span.clone()).is_some() =>
        {
            line(
                shown,
                format_args!(
                    "{}\n\n",
                    renderer.render(&[snippet(diagnostic, name, text)])
                ),
            );
        }
        _ => plain(diagnostic, shown),
    }
}

/// A stretch of a text, shown in its line.
fn snippet<'a>(diagnostic: &'a Diagnostic, name: &'a str, text: &'a str) -> Group<'a> {
    let level = match diagnostic.weight {
        Weight::Error => Level::ERROR,
        Weight::Warning => Level::WARNING,
        Weight::Note => Level::NOTE,
    };
    let part = Part::around(diagnostic, name, text);
    let mut source = Snippet::source(&text[part.range.clone()])
        .line_start(part.line)
        .path(shortened(name, LONGEST));
    if let Some(Place::Text { span, .. }) = &diagnostic.place {
        source = source.annotation(AnnotationKind::Primary.span(part.shifted(span)));
    }
    let mut elsewhere = Vec::new();
    for (place, why) in &diagnostic.related {
        match place {
            Place::Text { file, span, .. } if file == name && text.get(span.clone()).is_some() => {
                let annotation = AnnotationKind::Context.span(part.shifted(span));
                source = source.annotation(annotation.label(shortened(why, LONGEST)));
            }
            _ => elsewhere.push(Level::NOTE.message(format!(
                "{}: {}",
                spot(place),
                shortened(why, LONGEST)
            ))),
        }
    }
    let title = level.primary_title(shortened(&diagnostic.message, LONGEST));
    let mut group = title
        .id(diagnostic.code)
        .element(source)
        .elements(elsewhere);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(shortened(help, LONGEST)));
    }
    group
}

/// The lines of a text that a diagnostic is about: what shows them reads all it is given.
struct Part {
    /// Byte range of whole lines.
    range: Range<usize>,
    /// The number of the first of them.
    line: usize,
}

impl Part {
    fn around(diagnostic: &Diagnostic, name: &str, text: &str) -> Self {
        let places = diagnostic
            .place
            .iter()
            .chain(diagnostic.related.iter().map(|(place, _)| place));
        let spans = places.filter_map(|place| match place {
            Place::Text { file, span, .. } if file == name && text.get(span.clone()).is_some() => {
                Some(span)
            }
            _ => None,
        });
        let (first, last) = spans.fold((text.len(), 0), |(first, last), span| {
            (first.min(span.start), last.max(span.end))
        });
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last.max(start)..]
            .find('\n')
            .map_or(text.len(), |at| last.max(start) + at);
        Self {
            range: start..end,
            line: text[..start].matches('\n').count() + 1,
        }
    }

    fn shifted(&self, span: &Range<usize>) -> Range<usize> {
        span.start - self.range.start..span.end - self.range.start
    }
}

/// A row, a whole file, or no file at all: on one line, with what to do below it.
fn plain(diagnostic: &Diagnostic, shown: &mut String) {
    head(diagnostic.weight, diagnostic.code, shown);
    if let Some(place) = &diagnostic.place {
        line(shown, format_args!(" {}:", spot(place)));
    }
    line(
        shown,
        format_args!(" {}\n", shortened(&diagnostic.message, LONGEST)),
    );
    for (place, why) in &diagnostic.related {
        line(
            shown,
            format_args!("  see {}: {}\n", spot(place), shortened(why, LONGEST)),
        );
    }
    if let Some(help) = &diagnostic.help {
        line(
            shown,
            format_args!("  help: {}\n", shortened(help, LONGEST)),
        );
    }
}

fn head(weight: Weight, code: &str, shown: &mut String) {
    let (style, word) = match weight {
        Weight::Error => (AnsiColor::Red.on_default().bold(), "error"),
        Weight::Warning => (AnsiColor::Yellow.on_default().bold(), "warning"),
        Weight::Note => (Style::new().bold(), "note"),
    };
    line(shown, format_args!("{style}{word}[{code}]{style:#}"));
}

/// A place in words: `users.csv, row 17, column "Client"`.
pub(crate) fn spot(place: &Place) -> String {
    match place {
        Place::Text {
            file, line, column, ..
        } => {
            format!("{}, line {line}, column {column}", shortened(file, LONGEST))
        }
        Place::Row {
            file,
            sheet,
            row,
            column,
        } => {
            let mut spot = shortened(file, LONGEST).into_owned();
            if let Some(sheet) = sheet {
                line(
                    &mut spot,
                    format_args!(", sheet \"{}\"", shortened(sheet, LONGEST)),
                );
            }
            line(&mut spot, format_args!(", row {row}"));
            if let Some(column) = column {
                line(
                    &mut spot,
                    format_args!(", column \"{}\"", shortened(column, LONGEST)),
                );
            }
            spot
        }
        Place::File { file } => shortened(file, LONGEST).into_owned(),
    }
}

/// Writing to a String cannot fail.
fn line(shown: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = shown.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(diagnostics: &[Diagnostic], text: Option<SourceText<'_>>) -> String {
        let all: Vec<&Diagnostic> = diagnostics.iter().collect();
        anstream::adapter::strip_str(&render(&all, text, 100)).to_string()
    }

    fn row(message: &str) -> Diagnostic {
        Diagnostic::error("provider-unknown", message).at(Place::Row {
            file: "users.csv".to_owned(),
            sheet: None,
            row: 17,
            column: Some("PicProviders".to_owned()),
        })
    }

    #[test]
    fn a_row_is_named_by_file_row_and_column() {
        assert_eq!(
            rendered(&[row("\"ICQ\" is no provider").help("use aol")], None),
            "error[provider-unknown] users.csv, row 17, column \"PicProviders\": \"ICQ\" is no provider\n  help: use aol\n"
        );
    }

    #[test]
    fn a_stretch_of_the_plan_is_shown_under_its_line() {
        let text = "[plan]\r\nname = 1\r\n";
        let place = Place::Text {
            file: "p.toml".to_owned(),
            span: 15..16,
            line: 2,
            column: 8,
        };
        let shown = rendered(
            &[Diagnostic::error("wrong-type", "a text is expected").at(place)],
            Some(SourceText {
                name: "p.toml",
                text,
            }),
        );
        assert!(
            shown.contains("error[wrong-type]: a text is expected"),
            "{shown}"
        );
        assert!(shown.contains("p.toml:2:8"), "{shown}");
        assert!(shown.contains("2 | name = 1"), "{shown}");
    }

    #[test]
    fn the_twenty_first_of_a_code_is_counted_not_shown() {
        let many: Vec<Diagnostic> = (0..25).map(|n| row(&format!("m{n}"))).collect();
        let shown = rendered(&many, None);
        assert!(shown.contains("m19") && !shown.contains("m20"), "{shown}");
        assert!(
            shown.ends_with("error[provider-unknown] 5 more of these\n"),
            "{shown}"
        );
    }

    #[test]
    fn hostile_texts_are_written_out_wherever_they_stand() {
        const EVIL: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{7}";
        let place = Place::Text {
            file: "p.toml".to_owned(),
            span: 4..9,
            line: 1,
            column: 5,
        };
        let text = format!("a = {EVIL}\r\u{e0041}\n");
        let evil_row = Place::Row {
            file: EVIL.to_owned(),
            sheet: Some(EVIL.to_owned()),
            row: 1,
            column: Some(EVIL.to_owned()),
        };
        let diagnostics = [
            Diagnostic::error("x", EVIL)
                .at(place)
                .see(evil_row.clone(), EVIL)
                .help(EVIL),
            Diagnostic::warning("y", EVIL)
                .at(evil_row.clone())
                .see(evil_row, EVIL)
                .help(EVIL),
        ];
        let all: Vec<&Diagnostic> = diagnostics.iter().collect();
        let styled = render(
            &all,
            Some(SourceText {
                name: "p.toml",
                text: &text,
            }),
            100,
        );
        let shown = anstream::adapter::strip_str(&styled).to_string();
        let raw = |c: char| c != '\n' && cutover::terminal_text::is_obeyed_or_unseen(c);
        assert!(!shown.contains(raw), "{shown:?}");
        assert!(
            !styled.contains("\u{1b}[2J") && !styled.contains('\u{9b}'),
            "{styled:?}"
        );
    }
}
