//! Stellar's secret seeds (SEP-23): base32 of a version byte, 32 bytes and a CRC16.

/// CRC16-XModem.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, b| {
        (0..8).fold(sum ^ (u16::from(*b) << 8), |s, _| if s & 0x8000 != 0 { (s << 1) ^ 0x1021 } else { s << 1 })
    })
}
