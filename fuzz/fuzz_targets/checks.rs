//! Every offline check that a built-in rule names, on any bytes: the same twice, and what a proof says of the middle of a
//! text does not depend on what is far away.

#![no_main]

use leaktight::check::maker::{self, Use};
use leaktight::check::subject::{NEAR, Subject};
use leaktight::check::{self, host, placeholder};
use leaktight::detect::context::{self, Context};
use leaktight::detect::entropy;
use leaktight::rule::Check;
use leaktight_fuzz::seeds::examples;
use leaktight_fuzz::{DETECTOR, Input, NOW, RULES, Seeds, target};
use std::sync::LazyLock;

static CHECKS: LazyLock<Vec<Check>> = LazyLock::new(|| {
    let mut all: Vec<Check> = Vec::new();
    for check in RULES.iter().flat_map(|(_, rule)| rule.checks.iter()) {
        if !all.contains(check) {
            all.push(*check);
        }
    }
    all
});

target!(seeds, |data| {
    let mut input = Input(data);
    let (before, after) = (input.part(), input.part());
    let secret = input.0;
    let whole = [before, secret, after].concat();
    let near = &before[before.len().saturating_sub(NEAR)..];
    for check in CHECKS.iter() {
        let subject = Subject { secret, whole: &whole, before: near, after, now: NOW };
        assert_eq!(check::run(*check, &subject), check::run(*check, &subject), "{check:?}");
    }
    let _ = (host::judge(secret), placeholder::judge(secret), placeholder::published(secret));
    for (_, rule) in RULES.iter().take(3) {
        let _ = context::assess(rule, &[], before, Some(&Context::new(secret)));
    }
    let _ = (maker::maker(secret, Use::Password), maker::maker(secret, Use::Token));
    let _ = entropy::judge(secret);
    let (shannon, relative) = (entropy::shannon(secret), entropy::relative(secret, 64));
    assert!((0.0..=8.001).contains(&shannon) && relative.is_finite(), "{shannon} {relative}");
});

fn seeds() -> Seeds {
    let mut inputs = Vec::new();
    for text in examples(|rule| !rule.checks.is_empty()) {
        for found in DETECTOR.candidates(&leaktight::detect::Input::all(&text)).candidates {
            inputs.push([&[0, 0], &text[found.secret]].concat());
        }
    }
    inputs.extend(
        ["db.internal", "localhost:5432", "[::1]", "192.168.0.1", "user@host.example"]
            .map(|host| [&[0, 0], host.as_bytes()].concat()),
    );
    Seeds::new(inputs)
}
