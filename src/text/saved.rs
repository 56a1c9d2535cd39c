//! Text files that people and their tools saved: reports, lists, rules and policy, in UTF-8 or in what Windows makes of it.
//!
//! In: the bytes of a file. Out: the same text in UTF-8 without a byte order mark. `>` in Windows PowerShell writes UTF-16
//! with a mark, Notepad UTF-8 with one. Refused is UTF-16 and UTF-32 that does not decode. Other bytes pass unchanged:
//! whoever reads them knows whether they must be UTF-8.

use super::view::{Encoding, view};

/// The text in UTF-8.
///
/// # Errors
/// Which encoding it is in and is not valid in: the rest of a sentence about the file.
pub fn utf8(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let encoding = view(&bytes).encoding;
    if encoding == Encoding::Bytes {
        return Ok(match bytes.strip_prefix(encoding.mark()) {
            Some(text) => text.to_vec(),
            None => bytes,
        });
    }
    let text = bytes.strip_prefix(encoding.mark()).unwrap_or(&bytes);
    let decoded = encoding.decode(text);
    // A replacement character that the file itself holds is as unlikely in these files as a broken unit.
    if !text.len().is_multiple_of(encoding.width()) || decoded.contains(char::REPLACEMENT_CHARACTER) {
        return Err(format!("is not valid {}; save it as UTF-8", encoding.name()));
    }
    Ok(decoded.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_any_unicode_encoding_becomes_utf8_without_a_mark() {
        let text = "{\"name\": \"Pr\u{fc}fung \u{1f600}\"}\r\n";
        let units = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let wide = |to: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| to(c.into())).collect::<Vec<u8>>();
        for (encoding, bytes) in [
            (Encoding::Bytes, text.as_bytes().to_vec()),
            (Encoding::Utf16Le, units(u16::to_le_bytes)),
            (Encoding::Utf16Be, units(u16::to_be_bytes)),
            (Encoding::Utf32Le, wide(u32::to_le_bytes)),
            (Encoding::Utf32Be, wide(u32::to_be_bytes)),
        ] {
            for mark in [encoding.mark(), b""] {
                assert_eq!(utf8([mark, &bytes].concat()).as_deref(), Ok(text.as_bytes()), "{encoding:?} {mark:?}");
            }
        }
    }

    #[test]
    fn what_does_not_decode_is_refused_by_name() {
        let cut = b"\xff\xfe{\0}".to_vec();
        assert_eq!(utf8(cut), Err("is not valid UTF-16; save it as UTF-8".into()));
        let lone = [&b"\xfe\xff\0{"[..], &[0xd8, 0x00, 0, b'}']].concat();
        assert_eq!(utf8(lone), Err("is not valid UTF-16; save it as UTF-8".into()));
        let cut = b"\0\0\xfe\xff\0\0\0{\0".to_vec();
        assert_eq!(utf8(cut), Err("is not valid UTF-32; save it as UTF-8".into()));
        assert_eq!(utf8(b"caf\xe9".to_vec()).as_deref(), Ok(&b"caf\xe9"[..]));
    }
}
