//! What a person types and sees: the only place with files, terminal and child processes.

#[expect(
    dead_code,
    reason = "the commands that read inventories come with the next change"
)]
pub(crate) mod workbook_child;
