//! What judgements must satisfy: sides, reasons, and cells that exist.

use super::Checked;
use crate::diagnostic::Diagnostic;
use crate::knowledge::conflict::ConflictKind;
use crate::knowledge::data::{FileIndex, Judgement, Text};
use crate::model::Level;

fn judgements<'a>(checked: &'a Checked<'_>) -> (FileIndex, impl Iterator<Item = &'a Judgement>) {
    let (file, judgements) = &checked.data.judgements;
    (*file, judgements.iter())
}

pub(super) fn kinds_are_known(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, judgements) = judgements(checked);
    judgements
        .filter(|judgement| ConflictKind::parse(judgement.kind.get_ref()).is_none())
        .map(|judgement| {
            let known = ConflictKind::ALL.into_iter().map(ConflictKind::id);
            checked.unknown("unknown-kind", file, &judgement.kind, "kind", known)
        })
        .collect()
}

pub(super) fn a_contest_has_two_sides(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, judgements) = judgements(checked);
    judgements
        .filter(|judgement| {
            judgement.kind.get_ref() == ConflictKind::Contested.id() && judgement.wordings.len() < 2
        })
        .map(|judgement| {
            let message = "what is contested has at least two wordings";
            let id = &judgement.id;
            checked.data.error("one-sided-contest", file, id, message)
        })
        .collect()
}

pub(super) fn reasons_are_given(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, judgements) = judgements(checked);
    judgements
        .flat_map(|judgement| [&judgement.reading, &judgement.reason])
        .filter(|text| text.get_ref().trim().is_empty())
        .map(|text| {
            let message = "a judgement needs its reading and its reason";
            checked.data.error("reason-missing", file, text, message)
        })
        .collect()
}

pub(super) fn wordings_exist(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, judgements) = judgements(checked);
    judgements
        .flat_map(|judgement| checked.unknown_rules(file, &judgement.wordings))
        .collect()
}

pub(super) fn concerned_cells_exist(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, judgements) = judgements(checked);
    judgements
        .flat_map(|judgement| &judgement.concerns)
        .filter(|pattern| checked.book.cells_like(pattern.get_ref()).is_empty())
        .map(|pattern| {
            let known = checked.book.ids();
            checked.unknown("unknown-cell", file, pattern, "cell", known)
        })
        .collect()
}

/// Lenient is the best and strict the worst that any page supports.
pub(super) fn readings_are_ordered(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, judgements) = judgements(checked);
    let level = |name: &Text| Level::parse(name.get_ref());
    judgements
        .flat_map(|judgement| &judgement.decides)
        .filter(|decision| {
            let judged = level(&decision.level);
            let strict = decision.strict.as_ref().map_or(judged, level);
            let lenient = decision.lenient.as_ref().map_or(judged, level);
            strict > judged || judged > lenient
        })
        .map(|decision| {
            let message = "strict must not be above the judged level, nor lenient below it";
            let level = &decision.level;
            checked.data.error("reading-order", file, level, message)
        })
        .collect()
}
