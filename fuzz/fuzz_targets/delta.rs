//! Instructions of deltas: what they make equals what a plain application makes, and pieces cover it without a hole.

#![no_main]

use leaktight::git::store::delta::{self, Content};
use leaktight_fuzz::{Input, Seeds, pack, target};
use std::sync::LazyLock;

static BASE: LazyLock<Vec<u8>> = LazyLock::new(|| (0..1 << 16).map(|n: u32| (n * 7 % 251) as u8).collect());

target!(seeds, |data| {
    let mut input = Input(data);
    let base = &BASE[..input.below(BASE.len())];
    let instructions = input.0;
    let mut pieces = Vec::new();
    let Ok(len) = delta::parse(instructions, base.len(), &mut pieces) else { return };
    assert_eq!(delta::sizes(instructions), Ok((base.len() as u64, len as u64)));
    let mut at = 0;
    for piece in &pieces {
        assert!(piece.at == at && piece.len > 0, "a hole, or an empty piece");
        at = piece.range().end;
    }
    assert_eq!(at, len);
    if len > 1 << 22 {
        return;
    }
    let content = Content::Delta { base, delta: instructions, pieces: &pieces };
    let mut made = Vec::new();
    content.append(0..content.len(), &mut made);
    let sizes =
        instructions.iter().scan(0, |ends, byte| (*ends < 2).then(|| *ends += u8::from(byte & 0x80 == 0))).count();
    assert_eq!(Some(&made), pack::applied(&instructions[sizes..], base).as_ref());
    let (from, to) = (len / 3, len / 2);
    let mut part = Vec::new();
    content.append(from..to, &mut part);
    assert_eq!(part, made[from..to]);
});

fn seeds() -> Seeds {
    let base = |len: u8| vec![len, 0, len];
    Seeds::new([
        [base(10), vec![2, 2, b'a', b'b']].concat(),
        [base(10), vec![3, 0x91, 2, 3]].concat(),
        [base(100), vec![6, 0x90, 3, 0x91, 3, 3]].concat(),
        [base(90), vec![0x43, 0x90, 0x40, 3, b'x', b'y', b'z']].concat(),
    ])
}
