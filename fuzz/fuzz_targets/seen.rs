//! Lists of known clean blobs, with a right hash at the end: ids are sorted, held, and written again alike.

#![no_main]

use leaktight::history::clean_blobs::Seen;
use leaktight_fuzz::{Input, NOW, RULES, Seeds, target};

target!(seeds, |data| {
    let mut input = Input(data);
    let right = input.byte() & 1 == 0;
    let mut file = input.0.to_vec();
    if right {
        file.extend(blake3::hash(&file).as_bytes());
    }
    let mut seen = Seen::default();
    if seen.read(&file, &RULES, NOW).is_err() {
        assert_eq!(seen.count(), 0, "a file that is refused leaves something behind");
        return;
    }
    assert!(right || file.len() > 32);
    assert_eq!(seen.known().count(), seen.count());
    assert!(seen.count() * 20 <= file.len() && seen.known().all(|id| seen.holds(id)));
    let again = Seen::default();
    again.keep(seen.known());
    let mut written = Vec::new();
    again.write(&RULES, NOW, &mut written).expect("memory");
    let mut back = Seen::default();
    back.read(&written, &RULES, NOW).expect("what was written is read");
    assert!(back.known().eq(seen.known()));
});

fn seeds() -> Seeds {
    let seen = Seen::default();
    let ids: [&[u8]; 4] = [&[7; 20], &[9; 32], &[3; 20], &[7; 20]];
    seen.keep(ids.into_iter());
    let mut file = Vec::new();
    seen.write(&RULES, NOW, &mut file).expect("memory");
    Seeds::new([[&[0], &file[..file.len() - 32]].concat(), [&[1], file.as_slice()].concat()])
}
