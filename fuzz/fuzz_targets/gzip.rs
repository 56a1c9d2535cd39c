//! Gzip: never more than the limit, what was compressed comes back, and the beginning is the beginning of the whole.

#![no_main]

use leaktight::text::gzip;
use leaktight_fuzz::{Input, Seeds, pack, target};

const LIMIT: u64 = 1 << 20;

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let mut file = input.0.to_vec();
    let mut content = None;
    if mode & 1 == 0 {
        // A sound file with the flags and fields that the input says.
        let flags = mode >> 3;
        let fields = input.part();
        file = [&[0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255], fields, &pack::stored(input.0)].concat();
        file.extend(pack::crc32(input.0).to_le_bytes());
        file.extend((input.0.len() as u32).to_le_bytes());
        content = (flags == 0 && fields.is_empty()).then_some(input.0);
    }
    let (whole, beginning) = (gzip::unpacked(&file, LIMIT), gzip::beginning(&file));
    if let Some(content) = content {
        assert_eq!(whole.as_deref(), Ok(content));
    }
    if let Ok(whole) = &whole {
        assert!(gzip::is_gzip(&file) && whole.len() as u64 <= LIMIT);
        assert!(whole.starts_with(&beginning.unwrap_or_default()));
        if whole.len() > 1 {
            assert!(gzip::unpacked(&file, whole.len() as u64 - 1).is_err(), "the limit");
        }
    }
    let _ = leaktight::config::parse_salts(&file);
});

fn seeds() -> Seeds {
    let text: &[u8] = b"{\"schema\": \"leaktight/1\"}\n";
    // "a" a thousand times, with fixed codes: a length and a distance.
    let raw = [
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c, 0x1c, 0x05, 0xa3, 0x60, 0x14, 0x0c, 0x77, 0x00][..],
        &[0; 8],
    ];
    Seeds::new([
        [&[0, 0], text].concat(),
        [&[8 << 3, 7], b"r.json\0" as &[u8], text].concat(),
        [&[4 << 3, 4], b"\x02\0ab" as &[u8], text].concat(),
        [&[1], raw.concat().as_slice()].concat(),
    ])
}
