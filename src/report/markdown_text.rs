//! Foreign text in Markdown: nothing in it becomes markup, a link, or a new line.

/// A text as it stands in a paragraph or a table cell of GitHub-flavored Markdown.
///
/// Everything that could be markup or the beginning of a bare link is written as a character reference; line breaks and tabs
/// become spaces; what is not seen or turns the direction of text becomes U+FFFD.
///
/// ```
/// use cutover::report::markdown_text::escaped;
/// assert_eq!(escaped("Sales, West"), "Sales, West");
/// assert_eq!(escaped("a|b <c>"), "a&#124;b &#60;c&#62;");
/// ```
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' => out.push(' '),
            _ if crate::terminal_text::is_obeyed_or_unseen(character) => out.push('\u{fffd}'),
            _ if is_markup(character) => {
                out.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    // A line that begins with these is a list, a heading or a quotation; `www.` makes a link by itself.
    let begins_block = out.starts_with(['-', '+', '=']) || begins_numbered_list(&out);
    if begins_block {
        out.insert(0, '\u{200b}');
        out.replace_range(0..'\u{200b}'.len_utf8(), "&#8203;");
    }
    out.replace("www.", "www&#46;")
}

const fn is_markup(character: char) -> bool {
    matches!(
        character,
        '\\' | '`'
            | '*'
            | '_'
            | '['
            | ']'
            | '<'
            | '>'
            | '#'
            | '&'
            | '~'
            | '|'
            | ':'
            | '!'
            | '$'
            | '@'
    )
}

fn begins_numbered_list(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(['.', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hostile_becomes_markup() {
        let text =
            escaped("[x](javascript:alert(1)) **b** `c` <img> | \n# h\r- l www.example.org a@b");
        for character in ['[', ']', '*', '`', '<', '>', '|', '\n', '\r', ':', '@'] {
            assert!(!text.contains(character), "{character:?} in {text}");
        }
        assert!(!text.contains("www."));
    }

    #[test]
    fn what_would_begin_a_list_does_not() {
        for text in ["- a", "+ a", "1. a", "12) a", "=== "] {
            assert!(escaped(text).starts_with("&#8203;"), "{text}");
        }
        assert_eq!(escaped("2014-06-30"), "2014-06-30");
    }
}
