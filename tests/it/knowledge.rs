//! The knowledge base: levels as the contract states them, names as people write them, rules that can be looked up.

mod data_checks;
mod handbook;
mod levels;
mod names;
mod rules;

use std::sync::OnceLock;

use cutover::knowledge::KnowledgeBase;

/// The bundled knowledge, read once.
pub(crate) fn bundled() -> &'static KnowledgeBase {
    static KNOWLEDGE: OnceLock<KnowledgeBase> = OnceLock::new();
    KNOWLEDGE.get_or_init(
        || match KnowledgeBase::load(KnowledgeBase::bundled_files()) {
            Ok(knowledge) => knowledge,
            Err(problems) => panic!("the bundled data has problems: {problems:#?}"),
        },
    )
}
