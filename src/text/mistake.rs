//! Mistakes in a TOML file in our words: the line and column of a byte, and serde's messages without the values they quote.
//!
//! In: a text and an offset, or a message of the reader. Out: what people are shown. The wrong file may have been named, so
//! no value of it is repeated, and no name that is too long to be one.

use crate::text::escape;

/// Longest word that is shown.
pub(crate) const MAX_WORD: usize = 24;

/// Line and column (in characters) of a byte offset, both from 1.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..super::char_floor(text, at)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

/// serde's message in our words, without any value it quotes.
pub(crate) fn words(message: &str) -> String {
    let quoted = |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let names = quoted(rest);
        let (key, known) = names.split_first().map_or(("", &names[..]), |(k, rest)| (k.as_str(), rest));
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        return unknown("key", key, &known);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let names = quoted(rest);
        let known: Vec<&str> = names.iter().skip(1).map(String::as_str).collect();
        return unknown("value", names.first().map_or("", String::as_str), &known);
    }
    if let Some(rest) = message.strip_prefix("invalid type: ") {
        let kind: String = rest.chars().take_while(|c| !matches!(c, '`' | '"' | ',')).collect();
        let wanted = rest.rsplit_once(", expected ").map_or("something else", |(_, w)| w);
        let wanted = match wanted {
            "i64" => "a number",
            w if w.starts_with("struct Written") => "a table",
            "usize" => "a number of 0 or more",
            w => w,
        };
        return format!("this is {} {}; write {wanted}", article(kind.trim()), kind.trim());
    }
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return format!("`{name}` is missing here");
    }
    // The reader's own messages name what it expected, and no value.
    message.lines().next().unwrap_or_default().to_owned()
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// "unknown key `x`; did you mean `y`? known: ..." A long name is not quoted: it may be no name.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let mut out = match name.chars().count() {
        0..=MAX_WORD => format!("unknown {what} `{}`", escape::terminal(name.as_bytes())),
        _ => format!("unknown {what}"),
    };
    match nearest(name, known.iter().copied()) {
        Some(near) => out.push_str(&format!("; did you mean `{near}`?")),
        None => out.push('.'),
    }
    if known.len() <= 12 {
        let known: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
        out.push_str(&format!(" Known here: {}", known.join(", ")));
    }
    out
}

/// The known name that somebody may have meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name: String = name.chars().take(64).collect();
    known
        .map(|k| (strsim::jaro_winkler(&name, k), k))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}
