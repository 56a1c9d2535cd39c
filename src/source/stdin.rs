//! Standard input as one blob, of any length.

use super::whole::Recognising;
use super::{Sink, Source, window};
use crate::blob::{Gap, GapKind, Origin};
use crate::fs;
use crate::fs::open::standard_input;

/// Standard input.
#[derive(Debug)]
pub struct Stdin;

impl Source for Stdin {
    fn drive(&self, sink: &dyn Sink) -> Result<(), String> {
        let (mut buffer, seen) = (Vec::new(), Recognising(sink));
        let read = standard_input().and_then(|mut input| {
            window::read_all(&mut input, u64::MAX, window::CORE, &Origin::Stdin, &seen, &mut buffer, &window::NO_HOLES)
        });
        match read {
            Ok(bytes) => sink.done(bytes),
            Err(e) => sink.gap(Gap {
                kind: GapKind::Unreadable,
                what: b"standard input".to_vec(),
                why: fs::reason(&e),
                blocks: true,
            }),
        }
        Ok(())
    }
}
