//! Rows that were not used, given back.

use std::io::{self, Write};

use cutover::inventory::rejected::{Rejected, WriteError, write_rejected};
use cutover::inventory::{Refusal, Request};
use cutover::knowledge::KnowledgeBase;

use super::super::diagnostics::tell;
use super::super::exit::{Exit, Failure};
use super::super::input;
use super::super::output::{Output, Outputs};
use super::super::terminal::Terminal;
use super::Files;

/// Fills what it is given with rows.
type Fill<'f> = &'f mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

impl Files {
    /// Writes the rejected rows.
    pub(crate) fn write_rejected(
        &self,
        rejected: &Rejected,
        request: &Request,
        knowledge: &KnowledgeBase,
        output: &mut Output,
        terminal: Terminal,
    ) -> Result<(), Failure> {
        self.rejected_into(rejected, request, knowledge, terminal, |fill| {
            output.write(fill)
        })
    }

    /// Writes the rejected rows into whatever `open` hands to the function that it is given.
    pub(crate) fn rejected_into(
        &self,
        rejected: &Rejected,
        request: &Request,
        knowledge: &KnowledgeBase,
        terminal: Terminal,
        open: impl FnOnce(Fill<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut unread = None;
        open(&mut |out| {
            let written = input::with_sources(
                &self.inputs,
                self.sheet.as_deref(),
                self.limits,
                request,
                |sources| write_rejected(rejected, sources, request, knowledge.products(), out),
            );
            match written {
                Ok(_) => Ok(()),
                Err(WriteError::Write(error)) => Err(error),
                Err(WriteError::Read(problem)) => {
                    unread = Some(problem);
                    Ok(())
                }
            }
        })?;
        match unread {
            None => Ok(()),
            Some(problem) => {
                tell(terminal, &[*problem], None);
                Err(Failure::told(Exit::Inventory))
            }
        }
    }

    /// Writes the rejected rows of a refused inventory, so that they can be mended, and gives the file its name.
    pub(crate) fn give_back(
        &self,
        refusal: &Refusal,
        request: &Request,
        knowledge: &KnowledgeBase,
        output: Option<Output>,
        terminal: Terminal,
    ) -> Result<(), Failure> {
        let (Some(rejected), Some(mut output)) = (&refusal.rejected, output) else {
            return Ok(());
        };
        if refusal.counts.rows_rejected == 0 {
            return Ok(());
        }
        self.write_rejected(rejected, request, knowledge, &mut output, terminal)?;
        Outputs::finish([output])
    }
}
