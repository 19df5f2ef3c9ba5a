//! Text in HTML and SVG: the one place where foreign text is made safe for a page.
//!
//! In: any text. Out: the text as it may stand in markup, in an attribute, or in a data block. Templates escape by themselves;
//! what they get has gone through [`visible`] first.

use serde::Serialize;

/// Text as it stands in SVG and HTML, in elements and in quoted attributes.
///
/// Control characters and characters that turn the direction of text show as U+FFFD: they come from inventories and plans, and
/// must neither be obeyed nor hidden.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&#38;"),
            '<' => out.push_str("&#60;"),
            '>' => out.push_str("&#62;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(visible_character(character)),
        }
    }
    out
}

/// Text without what a page would obey or hide: control characters and direction overrides become U+FFFD, line breaks and tabs
/// a space.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().map(visible_character).collect()
}

const fn visible_character(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => ' ',
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        _ => character,
    }
}

/// Data as it stands in `<script type="application/json">`: nothing in it can end the element or begin a comment.
///
/// # Errors
/// What serde says; never for plain structs.
pub fn script_json(data: &impl Serialize) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(data)?;
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            _ => out.push(character),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_hostile_gets_into_markup() {
        let text = escaped("</svg><script>alert(\"1\")</script>'&\u{202e}\u{1b}");
        assert!(!text.contains(['<', '>', '"', '\'', '\u{202e}', '\u{1b}']));
        assert_eq!(escaped("Søren & Zoë"), "Søren &#38; Zoë");
    }

    #[test]
    fn data_cannot_end_its_script_element() {
        let json = script_json(&["</script><!-- &"]).expect("plain data");
        assert_eq!(json, r#"["\u003c/script\u003e\u003c!-- \u0026"]"#);
    }

    proptest! {
        #[test]
        fn data_is_read_back_as_it_was(text in any::<String>()) {
            let json = script_json(&text).expect("plain data");
            prop_assert!(!json.contains(['<', '>', '&']));
            prop_assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
        }
    }
}
