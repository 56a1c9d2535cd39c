//! The view of a blob: encoding and kind of content, decided by its first bytes.
//!
//! In: the head of the whole. Out: a [`View`]; the name of a container that is not opened; whether it is a Git LFS
//! pointer. The view never decides that bytes are not searched: in a binary fewer rules apply, and UTF-16 and UTF-32 are
//! searched for in every blob (`wide`), so a forged head hides nothing.

/// Bytes of the head that decide.
pub const HEAD: usize = 8 * 1024;

/// How text is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// ASCII and whatever contains it: UTF-8, Latin-1.
    Bytes,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
}

impl Encoding {
    /// Bytes of a unit: 1, 2 or 4.
    pub const fn width(self) -> usize {
        match self {
            Self::Bytes => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf32Le | Self::Utf32Be => 4,
        }
    }

    /// The name that people know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Utf32Le | Self::Utf32Be => "UTF-32",
        }
    }

    /// The byte order mark.
    pub const fn mark(self) -> &'static [u8] {
        match self {
            Self::Bytes => b"\xef\xbb\xbf",
            Self::Utf16Le => b"\xff\xfe",
            Self::Utf16Be => b"\xfe\xff",
            Self::Utf32Le => b"\xff\xfe\0\0",
            Self::Utf32Be => b"\0\0\xfe\xff",
        }
    }

    /// The number that the bytes of one unit are.
    pub fn unit(self, unit: &[u8]) -> u32 {
        let big = |all: u32, byte: &u8| all << 8 | u32::from(*byte);
        match self {
            Self::Utf16Le | Self::Utf32Le => unit.iter().rev().fold(0, big),
            Self::Bytes | Self::Utf16Be | Self::Utf32Be => unit.iter().fold(0, big),
        }
    }

    /// Whether these bytes are the unit of one ASCII character.
    pub fn is(self, unit: &[u8], ascii: u8) -> bool {
        unit.len() == self.width() && self.unit(unit) == u32::from(ascii)
    }

    /// The bytes of a text of ASCII characters.
    pub fn encode_ascii(self, text: &str) -> Vec<u8> {
        let unit = |byte: u8| {
            let mut unit = vec![0; self.width()];
            let at = if matches!(self, Self::Utf16Be | Self::Utf32Be) { self.width() - 1 } else { 0 };
            unit[at] = byte;
            unit
        };
        text.bytes().flat_map(unit).collect()
    }

    /// The text that these bytes are. What is not text becomes U+FFFD; a last unit that is cut off is left out.
    pub fn decode(self, bytes: &[u8]) -> String {
        let units = || bytes.chunks_exact(self.width()).map(|unit| self.unit(unit));
        match self {
            Self::Bytes => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16Le | Self::Utf16Be => char::decode_utf16(units().map(|u| u as u16))
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
            Self::Utf32Le | Self::Utf32Be => {
                units().map(|u| char::from_u32(u).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
        }
    }
}

/// What a blob's bytes are as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// How its text is stored.
    pub encoding: Encoding,
    /// It is no text.
    pub binary: bool,
}

/// Control characters that text does not have: below this number a blob is text whatever their share.
const FEW_CONTROLS: usize = 8;

/// The view of a blob that begins with `head`; what follows its first [`HEAD`] bytes has no influence.
pub fn view(head: &[u8]) -> View {
    let head = head.get(..HEAD).unwrap_or(head);
    let encoding = encoding(head);
    let controls = match encoding {
        Encoding::Bytes => control_bytes(head),
        wide => head.chunks_exact(wide.width()).filter(|unit| is_control(wide.unit(unit))).count(),
    };
    let total = head.len() / encoding.width();
    // Random bytes have 11 % of them, machine code more. A few in a source file must not turn rules off: one in twenty
    // would be seen by whoever reviews the file.
    View { encoding, binary: controls >= FEW_CONTROLS && controls * 20 > total }
}

/// Number of bytes that are [`is_control`], for which each byte of each small file is asked: sums of bytes in pieces that
/// cannot overflow one, and comparisons without a branch become vector code: a third of the instructions that a table took (callgrind, redis).
fn control_bytes(head: &[u8]) -> usize {
    let control = |b: u8| {
        let low = (b < 0x20) & (b != b'\t') & (b != b'\n') & (b != 0x0c) & (b != b'\r') & (b != 0x1b);
        u8::from(low | (b == 0x7f))
    };
    head.chunks(255).map(|piece| piece.iter().fold(0_u8, |n, b| n.wrapping_add(control(*b)))).map(usize::from).sum()
}

/// Tab, line ends, form feed and escape occur in text; other control characters do not.
const fn is_control(unit: u32) -> bool {
    matches!(unit, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

fn encoding(head: &[u8]) -> Encoding {
    for wide in [Encoding::Utf32Le, Encoding::Utf32Be] {
        // FF FE 00 00 is also the mark of UTF-16 with a NUL behind it. Units of UTF-16 read as UTF-32 are no characters.
        if head.starts_with(wide.mark()) && is_utf32(head, wide) {
            return wide;
        }
    }
    match head {
        [0xff, 0xfe, 0, 0, ..] => {}
        [0xff, 0xfe, ..] => return Encoding::Utf16Le,
        [0xfe, 0xff, ..] => return Encoding::Utf16Be,
        _ => {}
    }
    if memchr::memchr(0, head).is_none() {
        return Encoding::Bytes;
    }
    // Text that is mostly Latin letters; others need a mark.
    let most = |wide: &Encoding| {
        let text = |unit: &[u8]| u8::try_from(wide.unit(unit)).is_ok_and(is_text);
        let n = head.chunks_exact(wide.width()).filter(|unit| text(unit)).count();
        n >= 4 && n * 10 >= head.len() / wide.width() * 7
    };
    let all = [Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf32Le, Encoding::Utf32Be];
    all.into_iter().find(most).unwrap_or(Encoding::Bytes)
}

/// Whether nearly every unit is a character.
fn is_utf32(head: &[u8], encoding: Encoding) -> bool {
    let units = head.chunks_exact(4);
    let (total, characters) = (units.len(), units.filter(|u| char::from_u32(encoding.unit(u)).is_some()).count());
    characters * 10 >= total * 9
}

/// A printable ASCII character, tab or line end.
pub(super) fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// Formats whose content does not stand in their bytes as it is, by the bytes they begin with.
const CONTAINERS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"PK\x07\x08", "a split zip archive"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"\x1f\x9d", "compress data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\x04\x22\x4d\x18", "lz4 data"),
    (b"LZIP", "lzip data"),
    (b"MSCF\0\0\0\0", "a cabinet archive"),
    (b"!<arch>\ndebian-binary", "a Debian package"),
    (b"\xed\xab\xee\xdb", "an RPM package"),
    (b"xar!", "a xar archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a compound document (old Office, MSI)"),
];

/// The name of the compressed or container format that begins with `head`, with its article.
///
/// Formats that store their content as it is (tar, plain ar, SQLite, Java classes) are none: searching their bytes
/// searches their content.
pub fn container(head: &[u8]) -> Option<&'static str> {
    let (_, name) = CONTAINERS.iter().find(|(magic, _)| head.starts_with(magic))?;
    match head {
        // `BZh` and `LZIP` are also words; a level or version and a block follow in the real thing.
        [b'B', b'Z', b'h', rest @ ..] => match rest {
            [b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y', ..] | [b'1'..=b'9', 0x17, b'r', b'E', ..] => Some(name),
            _ => None,
        },
        [b'L', b'Z', b'I', b'P', version, ..] if *version > 1 => None,
        _ => Some(name),
    }
}

/// Longest pointer file (Git LFS specification).
const LFS_MOST: usize = 1024;

/// Whether `bytes` are a Git LFS pointer: a small text that stands for content kept elsewhere.
pub fn lfs_pointer(bytes: &[u8]) -> bool {
    let marked = [&b"version https://git-lfs.github.com/spec/"[..], b"version https://hawser.github.com/spec/"];
    bytes.len() < LFS_MOST
        && marked.iter().any(|m| bytes.starts_with(m))
        && memchr::memmem::find(bytes, b"\noid ").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    fn utf32(text: &str, encoding: Encoding) -> Vec<u8> {
        let to = if encoding == Encoding::Utf32Le { u32::to_le_bytes } else { u32::to_be_bytes };
        text.chars().flat_map(|c| to(c.into())).collect()
    }

    #[test]
    fn control_characters_are_counted_one_by_one() {
        for byte in 0..=u8::MAX {
            assert_eq!(control_bytes(&[byte; 300]) == 300, is_control(byte.into()), "{byte}");
        }
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "let user = \"root\";\nlet other = 1;\n";
        assert_eq!(view(text.as_bytes()), View { encoding: Encoding::Bytes, binary: false });
        assert_eq!(view(&utf16(text, u16::to_le_bytes)), View { encoding: Encoding::Utf16Le, binary: false });
        assert_eq!(view(&utf16(text, u16::to_be_bytes)), View { encoding: Encoding::Utf16Be, binary: false });
        let marked = utf16("\u{feff}\u{4f60}\u{597d}", u16::to_be_bytes);
        assert_eq!(view(&marked), View { encoding: Encoding::Utf16Be, binary: false });
        for wide in [Encoding::Utf32Le, Encoding::Utf32Be] {
            for mark in [&b""[..], wide.mark()] {
                let bytes = [mark, &utf32(text, wide)].concat();
                assert_eq!(view(&bytes), View { encoding: wide, binary: false });
                assert_eq!(wide.decode(&utf32(text, wide)), text);
            }
            assert_eq!(view(&[wide.mark(), &utf32("\u{4f60}\u{1f600}", wide)].concat()).encoding, wide);
            assert_eq!(view(wide.mark()).encoding, wide);
        }
        // The mark of UTF-32 before something else decides nothing.
        let forged = |text: &[u8]| view(&[b"\xff\xfe\0\0", text].concat());
        assert_eq!(forged(&utf16(text, u16::to_le_bytes)), View { encoding: Encoding::Utf16Le, binary: false });
        assert_eq!(forged(text.as_bytes()), View { encoding: Encoding::Bytes, binary: false });
        assert_eq!(view(b"gr\xfc\xdfe aus K\xf6ln\n"), View { encoding: Encoding::Bytes, binary: false });
    }

    #[test]
    fn a_few_control_characters_do_not_make_a_binary() {
        let mut text = b"password = something\n".repeat(20);
        text[7] = 0;
        assert!(!view(&text).binary);
        assert!(!view(b"a\0b").binary);
        assert!(view(&(0..=255).cycle().take(5000).collect::<Vec<u8>>()).binary);
        assert!(view(&[0; 64]).binary);
    }

    #[test]
    fn containers_are_known_by_their_first_bytes() {
        assert_eq!(container(b"PK\x03\x04\x14\0"), Some("a zip archive"));
        assert_eq!(container(b"\x1f\x8b\x08\0"), Some("gzip data"));
        assert_eq!(container(b"BZh91AY&SY"), Some("bzip2 data"));
        assert_eq!(container(b"BZhang wrote this"), None);
        assert_eq!(container(b"LZIPPER"), None);
        assert_eq!(container(b"SQLite format 3\0"), None);
        assert_eq!(container(b""), None);
    }

    #[test]
    fn pointers_of_lfs_are_known() {
        let text = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
        assert!(lfs_pointer(text));
        assert!(!lfs_pointer(&text[..30]));
        assert!(!lfs_pointer(&[&text[..], &[b'a'; 2000]].concat()));
    }
}
