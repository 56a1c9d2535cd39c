//! Standard input as one blob, of any length.

use super::whole::Recognising;
use super::{Sink, Source, window};
use crate::blob::{Gap, GapKind, Origin};

/// Standard input.
#[derive(Debug)]
pub struct Stdin;

impl Source for Stdin {
    fn drive(&self, sink: &dyn Sink) -> Result<(), String> {
        let mut buffer = Vec::new();
        let (mut input, seen) = (std::io::stdin().lock(), Recognising(sink));
        match window::read_all(
            &mut input,
            u64::MAX,
            window::CORE,
            &Origin::Stdin,
            &seen,
            &mut buffer,
            &window::NO_HOLES,
        ) {
            Ok(bytes) => sink.done(bytes),
            Err(e) => sink.gap(Gap {
                kind: GapKind::Unreadable,
                what: b"standard input".to_vec(),
                why: e.to_string(),
                blocks: true,
            }),
        }
        Ok(())
    }
}
