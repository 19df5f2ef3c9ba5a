//! Knowledge data with one of its files replaced: it is loaded and answers, or is refused with a reason. The first byte chooses
//! the file.
#![no_main]

use cutover::knowledge::KnowledgeBase;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let mut files = KnowledgeBase::bundled_files().to_vec();
    let at = usize::from(choice) % files.len();
    files[at].1 = text;
    match KnowledgeBase::load(&files) {
        Ok(knowledge) => {
            let _ = knowledge.products().recognize_client("OC/3.5.6907.0");
            let _ = knowledge.conflicts();
        }
        Err(problems) => assert!(!problems.is_empty(), "refused without a word"),
    }
});
