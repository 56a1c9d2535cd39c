//! OpenPGP secret keys (RFC 9580): the first packet must be a secret key, and the byte after its public numbers says
//! whether a passphrase protects it.

use super::facts::{Facts, bits};

/// CRC-24 of RFC 9580, section 6.1.
pub(crate) fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |sum, b| {
        (0..8).fold(sum ^ (u32::from(*b) << 16), |s, _| {
            let s = s << 1;
            if s & 0x0100_0000 != 0 { s ^ 0x0186_4cfb } else { s }
        })
    })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<usize> {
        self.take(1)?.first().map(|b| usize::from(*b))
    }

    fn number(&mut self, len: usize) -> Option<usize> {
        Some(self.take(len)?.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
    }

    /// A number with its length in bits before it, whose highest bit is where that says.
    fn mpi(&mut self) -> Option<&'a [u8]> {
        let size = self.number(2)?;
        self.take(size.div_ceil(8)).filter(|n| bits(n) == size)
    }

    /// Tag and content of the next packet; old and new form, no partial lengths.
    fn packet(&mut self) -> Option<(usize, &'a [u8])> {
        let head = self.byte().filter(|b| b & 0x80 != 0)?;
        let (tag, len) = if head & 0x40 != 0 {
            let len = match self.byte()? {
                one @ 0..192 => one,
                two @ 192..224 => ((two - 192) << 8) + self.byte()? + 192,
                255 => self.number(4)?,
                _ => return None,
            };
            (head & 0x3f, len)
        } else {
            (head >> 2 & 0x0f, self.number([1, 2, 4].get(head & 3).copied()?)?)
        };
        Some((tag, self.take(len)?))
    }
}

/// The secret key that opens `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Option<Facts> {
    let mut outer = Reader(bytes);
    let (tag, body) = outer.packet()?;
    if !matches!(tag, 5 | 7) {
        return None;
    }
    let mut reader = Reader(body);
    let version = reader.byte().filter(|v| matches!(v, 4..=6))?;
    reader.take(4)?;
    let algorithm = reader.byte()?;
    if version > 4 {
        // Versions 5 and 6 say how long the public part is.
        let len = reader.number(4)?;
        reader.take(len)?;
    }
    let mut size = None;
    if version == 4 {
        match algorithm {
            1..=3 => size = [reader.mpi()?, reader.mpi()?].first().map(|n| bits(n)),
            16 | 20 => size = [reader.mpi()?, reader.mpi()?, reader.mpi()?].first().map(|n| bits(n)),
            17 => size = [reader.mpi()?, reader.mpi()?, reader.mpi()?, reader.mpi()?].first().map(|n| bits(n)),
            18 | 19 | 22 => {
                let oid = reader.byte()?;
                reader.take(oid)?;
                reader.mpi()?;
                if algorithm == 18 {
                    let kdf = reader.byte()?;
                    reader.take(kdf)?;
                }
            }
            25 | 27 => drop(reader.take(32)?),
            26 => drop(reader.take(56)?),
            28 => drop(reader.take(57)?),
            _ => return None,
        }
    }
    let name = match algorithm {
        1..=3 => "OpenPGP, RSA",
        16 | 20 => "OpenPGP, Elgamal",
        17 => "OpenPGP, DSA",
        _ => "OpenPGP, elliptic curve",
    };
    let usage = reader.byte()?;
    if usage == 0 {
        return (reader.0.len() >= 18).then(|| Facts::plain(name, size, bytes.len()));
    }
    Some(Facts::encrypted(name, bytes.len()))
}
