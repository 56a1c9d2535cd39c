//! Passwords among the arguments of commands and calls: what is read is inside, and nothing else changes it.

#![no_main]

use leaktight::detect::Detector;
use leaktight::rule::Parser;
use leaktight_fuzz::{Seeds, reader, target};
use std::sync::LazyLock;

const PARSERS: &[Parser] = &[Parser::Command, Parser::Call];
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| reader::detector(PARSERS));

target!(seeds, |data| reader::holds(&DETECTOR, data));

fn seeds() -> Seeds {
    reader::seeds(PARSERS).behind(b"x\n").words(&[
        " -p ",
        " -p",
        " --password=",
        "\", \"",
        "', '",
        " | ",
        " && ",
        "\\\n",
        "\n  - ",
        "$(",
        "${",
        "%PASS%",
        " <<< ",
        "echo ",
        ", ",
    ])
}
