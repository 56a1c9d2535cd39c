//! Passwords among the arguments of commands and calls: what is read is inside, and nothing else changes it.

#![no_main]

use leaktight::detect::Detector;
use leaktight::rule::{Parser, RuleSet};
use leaktight_fuzz::{Input, Seeds, reader, target};
use std::sync::LazyLock;

const PARSERS: &[Parser] = &[Parser::Command, Parser::Call];
static RULES: LazyLock<RuleSet> = LazyLock::new(|| reader::rules(PARSERS));
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| reader::detector(&RULES));

target!(seeds, |data| {
    let mut input = Input(data);
    let filler = [input.byte(), input.byte()];
    reader::holds(&DETECTOR, input.0, &filler);
});

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
