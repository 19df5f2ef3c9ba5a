//! An OOXML workbook's own parts: which sheets it has and where they are.
//!
//! In: the package. Out: sheets with their names and parts, the parts of shared strings and styles, the date system.

use std::collections::HashMap;
use std::io::{Read, Seek};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::super::record::DateSystem;
use super::super::notice::Refusal;
use super::super::package::{Package, broken_part};
use super::super::xml::attribute;
use super::super::{SheetKind, SheetName};

/// What a workbook says about itself.
#[derive(Debug)]
pub(in super::super) struct Book {
    /// What serial dates count from.
    pub(in super::super) dates: DateSystem,
    /// The sheets, in the order of their tabs.
    pub(in super::super) sheets: Vec<SheetName>,
    /// For each sheet its part.
    pub(in super::super) parts: Vec<String>,
    /// The part of the shared strings, where there is one.
    pub(in super::super) strings: Option<String>,
    /// The part of the styles, where there is one.
    pub(in super::super) styles: Option<String>,
}

/// One line of a `.rels` part.
#[derive(Debug)]
pub(in super::super) struct Relation {
    /// The last step of its type: `worksheet`.
    pub(in super::super) kind: String,
    /// The part it leads to.
    pub(in super::super) target: String,
}

impl Book {
    /// Reads the part of the workbook and its relations.
    pub(super) fn read<S: Read + Seek>(package: &mut Package<S>) -> Result<Self, Refusal> {
        let part = workbook_part(package)?;
        let relations = relations(package, &part)?;
        let of_kind = |kind: &str| {
            let mut targets: Vec<&Relation> = relations
                .values()
                .filter(|relation| relation.kind == kind)
                .collect();
            targets.sort_unstable_by(|a, b| a.target.cmp(&b.target));
            targets
                .first()
                .map(|relation| relation.target.clone())
                .filter(|target| package.has(target))
        };
        let mut book = Self {
            dates: DateSystem::Excel1900,
            sheets: Vec::new(),
            parts: Vec::new(),
            strings: of_kind("sharedStrings"),
            styles: of_kind("styles"),
        };
        let text = package.text(&part)?;
        for_each_tag(&text, &part, |tag| book.note(tag, &relations))?;
        Ok(book)
    }

    fn note(&mut self, tag: &BytesStart<'_>, relations: &HashMap<String, Relation>) {
        match tag.local_name().as_ref() {
            "workbookPr" => {
                let says_1904 =
                    attribute(tag, "date1904").is_some_and(|value| value == "1" || value == "true");
                if says_1904 {
                    self.dates = DateSystem::Excel1904;
                }
            }
            "sheet" => {
                let relation = attribute(tag, "id").and_then(|id| relations.get(id.as_ref()));
                let kind = match (relation, attribute(tag, "state").as_deref()) {
                    (Some(relation), _) if relation.kind != "worksheet" => SheetKind::NoTable,
                    (_, None | Some("visible")) => SheetKind::Visible,
                    _ => SheetKind::Hidden,
                };
                self.sheets.push(SheetName {
                    name: attribute(tag, "name").unwrap_or_default().into_owned(),
                    kind,
                });
                self.parts.push(
                    relation
                        .map(|relation| relation.target.clone())
                        .unwrap_or_default(),
                );
            }
            _ => (),
        }
    }
}

/// The part of the workbook itself; the usual one where the package does not say.
pub(in super::super) fn workbook_part<S: Read + Seek>(
    package: &mut Package<S>,
) -> Result<String, Refusal> {
    const USUAL: &str = "xl/workbook.xml";
    if !package.has("_rels/.rels") {
        return Ok(USUAL.to_owned());
    }
    let said = relations(package, "")?
        .into_values()
        .find(|relation| relation.kind == "officeDocument")
        .map(|relation| relation.target);
    Ok(said
        .filter(|part| package.has(part))
        .unwrap_or_else(|| USUAL.to_owned()))
}

/// The relations of a part (of the package: ``), by their ids, with targets as part names.
pub(in super::super) fn relations<S: Read + Seek>(
    package: &mut Package<S>,
    part: &str,
) -> Result<HashMap<String, Relation>, Refusal> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let source = format!("{folder}/_rels/{name}.rels");
    let text = package.text(&source)?;
    let mut relations = HashMap::new();
    for_each_tag(&text, &source, |tag| {
        let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) else {
            return;
        };
        if tag.local_name().as_ref() == "Relationship" {
            let kind = attribute(tag, "Type").unwrap_or_default();
            relations.insert(
                id.into_owned(),
                Relation {
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: resolved(folder, &target),
                },
            );
        }
    })?;
    Ok(relations)
}

/// A target as a part name: relative to the folder of the part that names it, unless it begins with `/`.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').collect()
    };
    for step in target.split('/') {
        match step {
            "." | "" => (),
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

/// Calls `note` with every start tag of an XML text.
pub(super) fn for_each_tag(
    text: &str,
    part: &str,
    mut note: impl FnMut(&BytesStart<'_>),
) -> Result<(), Refusal> {
    let mut xml = Reader::from_str(text);
    loop {
        match xml.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => note(&tag),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => (),
            Err(error) => return Err(broken_part(part, &error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_to_their_part() {
        assert_eq!(
            resolved("xl", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(resolved("xl", "/xl/sheet1.xml"), "xl/sheet1.xml");
        assert_eq!(
            resolved("xl/worksheets", "..\\tables/./t.xml"),
            "xl/tables/t.xml"
        );
        assert_eq!(resolved("", "../../xl/workbook.xml"), "xl/workbook.xml");
    }
}
