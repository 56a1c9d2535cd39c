//! Secrets of Kubernetes, their values decoded: what is read is inside, and nothing else changes it.

#![no_main]

use leaktight::detect::Detector;
use leaktight::rule::Parser;
use leaktight_fuzz::{Seeds, reader, target};
use std::sync::LazyLock;

const PARSERS: &[Parser] = &[Parser::Manifest, Parser::Assignment];
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| reader::detector(PARSERS));

target!(seeds, |data| reader::holds(&DETECTOR, data));

fn seeds() -> Seeds {
    reader::seeds(PARSERS).behind(b"x\n").words(&[
        "kind: Secret\n",
        "\"kind\":\"Secret\"",
        "data:\n  ",
        "stringData:\n  ",
        "\n---\n",
        ": |\n    ",
        ": >-\n    ",
        "  a: ",
        "\"data\":{",
        "cGFzc3dvcmQ9",
    ])
}
