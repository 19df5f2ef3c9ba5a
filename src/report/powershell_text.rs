//! Foreign text in PowerShell: the one place where it becomes a string or a comment of a script.
//!
//! A script is written in printable ASCII, whatever it speaks of: how Windows PowerShell reads any other byte depends on the
//! machine, and it takes typographic quotes (U+2018 to U+201B) for straight ones.

use std::fmt::Write as _;

/// A text as an expression that has just this text as its value: a string in straight single quotes, and every character that is
/// not printable ASCII by its number.
///
/// ```
/// use cutover::report::powershell_text::quoted;
/// assert_eq!(quoted("O'Neil"), "'O''Neil'");
/// assert_eq!(quoted("a’; b"), "('a' + [char]0x2019 + '; b')");
/// ```
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut plain = String::new();
    for character in text.chars() {
        if is_plain(character) {
            plain.push(character);
            continue;
        }
        if !plain.is_empty() || parts.is_empty() {
            parts.push(literal(&std::mem::take(&mut plain)));
        }
        let mut units = [0_u16; 2];
        for unit in character.encode_utf16(&mut units) {
            parts.push(format!("[char]0x{unit:04X}"));
        }
    }
    if !plain.is_empty() || parts.is_empty() {
        parts.push(literal(&plain));
    }
    match parts.as_slice() {
        [one] => one.clone(),
        // Begins with a string, so that characters are joined and not added up.
        _ => format!("({})", parts.join(" + ")),
    }
}

/// A text as it stands in a comment of one line: what is not printable ASCII is written out.
#[must_use]
pub fn commented(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_plain(character) {
            out.push(character);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "<U+{:04X}>", u32::from(character));
        }
    }
    out
}

const fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~')
}

fn literal(plain: &str) -> String {
    format!("'{}'", plain.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads an expression as PowerShell does: strings in single quotes and characters by number, joined by plus signs.
    fn value(expression: &str) -> String {
        let inner = expression
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        let mut rest = inner.unwrap_or(expression);
        let mut units: Vec<u16> = Vec::new();
        loop {
            if let Some(number) = rest.strip_prefix("[char]0x") {
                units.push(u16::from_str_radix(&number[..4], 16).expect("four digits"));
                rest = &number[4..];
            } else {
                let mut text = rest.strip_prefix('\'').expect("a string begins");
                loop {
                    let end = text.find('\'').expect("a string ends");
                    units.extend(text[..end].encode_utf16());
                    text = &text[end + 1..];
                    match text.strip_prefix('\'') {
                        Some(more) => {
                            units.push(u16::from(b'\''));
                            text = more;
                        }
                        None => break,
                    }
                }
                rest = text;
            }
            match rest.strip_prefix(" + ") {
                Some(more) => rest = more,
                None => break,
            }
        }
        assert_eq!(rest, "", "{expression}");
        String::from_utf16(&units).expect("whole characters")
    }

    #[test]
    fn quotes_of_every_kind_stay_text() {
        for quote in [
            "'", "\u{2018}", "\u{2019}", "\u{201a}", "\u{201b}", "\"", "`", "\u{201c}",
        ] {
            let text = format!("a{quote}; Remove-Item C:\\ #");
            let expression = quoted(&text);
            assert_eq!(value(&expression), text);
            assert!(expression.is_ascii());
        }
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(
            commented("a\r\nRemove-Item\u{2028}"),
            "a<U+000D><U+000A>Remove-Item<U+2028>"
        );
    }

    proptest! {
        #[test]
        fn every_text_is_its_own_value(text in any::<String>()) {
            let expression = quoted(&text);
            prop_assert!(expression.chars().all(is_plain));
            prop_assert_eq!(value(&expression), text.clone());
            prop_assert!(commented(&text).chars().all(is_plain));
        }
    }
}
