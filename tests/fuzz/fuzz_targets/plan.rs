//! A plan of any bytes: it is a plan, or at least one error says why not; every place that is named lies in the text.
#![no_main]

use std::sync::LazyLock;

use cutover::diagnostic::Weight;
use cutover::knowledge::KnowledgeBase;
use cutover::plan;
use libfuzzer_sys::fuzz_target;

static KNOWLEDGE: LazyLock<KnowledgeBase> =
    LazyLock::new(|| KnowledgeBase::bundled().expect("the bundled knowledge is sound"));

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = plan::decode(bytes, "plan.toml") else {
        return;
    };
    let (plan, diagnostics) = plan::read(text, "plan.toml", &KNOWLEDGE);
    let has_error = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.weight == Weight::Error);
    assert_eq!(plan.is_none(), has_error, "{diagnostics:#?}");
    if let Some(plan) = plan {
        let _ = (plan.columns(), plan.pool_directory());
    }
});
