//! What must be reached: services, codes and assumptions cite rules, and no cell lies idle without a reason.

use std::collections::HashSet;

use super::{Checked, pages, repeated};
use crate::diagnostic::Diagnostic;
use crate::knowledge::data::{FileIndex, Text, day};
use crate::knowledge::{Assumption, Rule};
use crate::model::Provider;

pub(super) fn services_are_whole(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, services) = &checked.data.services;
    let file = *file;
    let ids = services
        .iter()
        .map(|service| (file, &service.id, service.id.get_ref().clone()));
    let mut problems = repeated(checked, ids, "service");
    for service in services {
        if Provider::parse(service.provider.get_ref()).is_none() {
            let known = Provider::ALL.iter().map(|provider| provider.id());
            let provider = &service.provider;
            problems.push(checked.unknown("unknown-provider", file, provider, "provider", known));
        }
        let others = [&service.strict, &service.lenient].into_iter().flatten();
        for date in std::iter::once(&service.date).chain(others) {
            if !pages::is_possible(date) {
                let message = format!("{} cannot be a date of these services", date.get_ref());
                problems.push(checked.data.error("implausible-date", file, date, message));
            }
        }
        let judged = day(service.date.get_ref());
        let lenient = service
            .lenient
            .as_ref()
            .map_or(judged, |date| day(date.get_ref()));
        let strict = service
            .strict
            .as_ref()
            .map_or(judged, |date| day(date.get_ref()));
        if strict > judged || judged > lenient {
            let message = "strict must not be after the judged day, nor lenient before it";
            problems.push(
                checked
                    .data
                    .error("reading-order", file, &service.date, message),
            );
        }
        problems.extend(cited(checked, file, &service.id, &service.rules));
    }
    problems
}

pub(super) fn codes_are_unique_and_cite_rules(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, codes) = &checked.data.codes;
    let file = *file;
    let entries = codes.plan_findings.iter().chain(&codes.terms);
    let ids = entries.map(|entry| (file, &entry.code, entry.code.get_ref().clone()));
    let mut problems = repeated(checked, ids, "code");
    for entry in &codes.plan_findings {
        problems.extend(cited(checked, file, &entry.code, &entry.rules));
    }
    for entry in &codes.workarounds {
        problems.extend(cited(checked, file, &entry.id, &entry.rules));
    }
    problems
}

/// Rules that do not exist, or none at all.
fn cited(checked: &Checked<'_>, file: FileIndex, id: &Text, rules: &[Text]) -> Vec<Diagnostic> {
    if rules.is_empty() {
        let message = format!("\"{}\" cites no rule", id.get_ref());
        return vec![checked.data.error("rules-missing", file, id, message)];
    }
    checked.unknown_rules(file, rules)
}

pub(super) fn assumptions_are_whole(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, codes) = &checked.data.codes;
    let mut problems = Vec::new();
    for entry in &codes.assumptions {
        problems.extend(cited(checked, *file, &entry.id, &entry.rules));
    }
    let known: HashSet<&str> = codes
        .assumptions
        .iter()
        .map(|entry| entry.id.get_ref().as_str())
        .collect();
    let missing = Assumption::ALL
        .iter()
        .filter(|assumption| !known.contains(assumption.id()));
    problems.extend(missing.map(|assumption| {
        let message = format!("no rules for the assumption \"{}\"", assumption.id());
        Diagnostic::error("assumption-missing", message).at(checked.data.place(*file, 0..0))
    }));
    problems
}

pub(super) fn every_cell_is_used_or_excused(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let used = used_cells(checked);
    let (file, capabilities) = &checked.data.capabilities;
    let mut excused = HashSet::new();
    let mut problems = Vec::new();
    for unused in &capabilities.unused {
        if unused.reason.get_ref().trim().is_empty() {
            let message = "a cell that is not used needs a reason";
            problems.push(
                checked
                    .data
                    .error("reason-missing", *file, &unused.reason, message),
            );
        }
        for pattern in &unused.cells {
            let cells = checked.book.cells_like(pattern.get_ref());
            if cells.is_empty() {
                let known = checked.book.ids();
                problems.push(checked.unknown("unknown-cell", *file, pattern, "cell", known));
            }
            if let Some(cell) = cells.iter().find(|cell| used.contains(cell)) {
                let message = format!("{} is used, it needs no excuse", checked.book.id(*cell));
                problems.push(
                    checked
                        .data
                        .error("needless-excuse", *file, pattern, message),
                );
            }
            excused.extend(cells);
        }
    }
    let cells = checked
        .book
        .rules()
        .filter(|&rule| checked.book.is_cell(rule));
    for cell in cells.filter(|cell| !used.contains(cell) && !excused.contains(cell)) {
        if let Some((file, row)) = checked.book.row_of(checked.data, cell) {
            let message = format!(
                "nothing uses {}, and nothing says why",
                checked.book.id(cell)
            );
            problems.push(checked.data.error("unused-cell", file, row, message));
        }
    }
    problems
}

/// The cells that levels are taken from, or that a level or service cites.
fn used_cells(checked: &Checked<'_>) -> HashSet<Rule> {
    let levels = &checked.data.capabilities.1.levels;
    let decisions = checked
        .data
        .judgements
        .1
        .iter()
        .flat_map(|judgement| &judgement.decides);
    let services = &checked.data.services.1;
    let cited = levels
        .iter()
        .chain(decisions)
        .flat_map(|level| level.cells.iter().chain(&level.rules))
        .chain(services.iter().flat_map(|service| &service.rules));
    let cited = cited.filter_map(|id| checked.book.find(id.get_ref()));
    let read = checked.readings.iter().map(|&(cell, ..)| cell);
    cited.chain(read).collect()
}
