//! Writes JSON that is safe to look at: the serializer's own escapes, and `\uXXXX` for every other character that
//! could drive a terminal or mislead a reader. A parser reads back exactly what was there.

use crate::text::escape::is_unsafe;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io;

/// Writes `value` over many lines and ends with a line end.
///
/// # Errors
/// Those of `to`.
pub(super) fn pretty(value: &impl Serialize, to: &mut dyn io::Write) -> io::Result<()> {
    let mut buffer = io::BufWriter::new(to);
    value.serialize(&mut Serializer::with_formatter(&mut buffer, Safe(PrettyFormatter::new())))?;
    finish(buffer)
}

/// Writes `value` on one line and ends it.
///
/// # Errors
/// Those of `to`.
pub(super) fn line(value: &impl Serialize, to: &mut dyn io::Write) -> io::Result<()> {
    let mut buffer = io::BufWriter::new(to);
    value.serialize(&mut Serializer::with_formatter(&mut buffer, Safe(CompactFormatter)))?;
    finish(buffer)
}

fn finish(mut buffer: io::BufWriter<&mut dyn io::Write>) -> io::Result<()> {
    io::Write::write_all(&mut buffer, b"\n")?;
    io::Write::flush(&mut buffer)
}

/// A formatter whose strings hold no unsafe character.
struct Safe<F>(F);

macro_rules! delegate {
    ($($name:ident($($arg:ident: $type:ty),*);)*) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $arg: $type)*) -> io::Result<()> {
            self.0.$name(writer $(, $arg)*)
        })*
    };
}

impl<F: Formatter> Formatter for Safe<F> {
    delegate! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(c) = rest.chars().find(|c| is_unsafe(*c)) {
            // Both parts exist: `c` was found in `rest`.
            let Some((before, after)) = rest.split_once(c) else { break };
            writer.write_all(before.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after;
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_are_escaped_and_read_back() {
        let hostile = "a\u{1b}[0m\u{7f}\u{9b}\u{202e}\u{2028}\u{feff}\u{e0041}b\"\\";
        let mut out = Vec::new();
        pretty(&hostile, &mut out).unwrap();
        line(&hostile, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 2);
        for written in text.lines() {
            assert!(!written.chars().any(is_unsafe), "{written}");
            assert_eq!(serde_json::from_str::<String>(written).unwrap(), hostile);
        }
    }
}
