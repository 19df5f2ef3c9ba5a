//! The plan of a command line.
//!
//! In: a path, or none for the built-in one. Out: [`PlanFile`]: the plan, if it is one, and what was noticed.

use std::path::Path;

use cutover::diagnostic::Diagnostic;
use cutover::knowledge::KnowledgeBase;
use cutover::plan::{self, Plan};
use cutover::report::model::InputFile;

use super::diagnostics::SourceText;
use super::input;
use super::sample;

/// A plan as it was read.
pub(crate) struct PlanFile {
    /// Its name in messages.
    pub(crate) name: String,
    /// Its bytes as they were read.
    pub(crate) bytes: Vec<u8>,
    /// Its text.
    pub(crate) text: String,
    /// What it means; `None` if something is wrong with it.
    pub(crate) plan: Option<Plan>,
    /// What was noticed.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Name, digest and size of the file as it is.
    pub(crate) file: InputFile,
}

impl PlanFile {
    /// Reads a plan, or the built-in one.
    pub(crate) fn read(path: Option<&Path>, knowledge: &KnowledgeBase) -> Self {
        let (name, bytes) = match path {
            Some(path) => (input::name(path), input::read_small(path, plan::MAX_BYTES)),
            None => (sample::PLAN_NAME.to_owned(), Ok(sample::PLAN.to_vec())),
        };
        let file = input::file_of(&name, bytes.as_deref().unwrap_or_default());
        let text = bytes.and_then(|bytes| {
            let text = plan::decode(&bytes, &name)?.to_owned();
            Ok((text, bytes))
        });
        match text {
            Ok((text, bytes)) => {
                let (plan, diagnostics) = plan::read(&text, &name, knowledge);
                Self {
                    name,
                    bytes,
                    text,
                    plan,
                    diagnostics,
                    file,
                }
            }
            Err(problem) => Self {
                name,
                bytes: Vec::new(),
                text: String::new(),
                plan: None,
                diagnostics: vec![*problem],
                file,
            },
        }
    }

    /// Where its diagnostics point into.
    pub(crate) fn source(&self) -> SourceText<'_> {
        SourceText {
            name: &self.name,
            text: &self.text,
        }
    }
}
