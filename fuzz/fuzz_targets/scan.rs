//! A whole scan of one file with a few rules, and its reports: none shows a secret that was found (law 5). All rules would
//! make detectors most of the time.

#![no_main]

use leaktight::finding::evidence::Confidence;
use leaktight::report::Format;
use leaktight::report::human::Human;
use leaktight::report::run::{Command, Run};
use leaktight::rule::Identity;
use leaktight::scan::{Request, scan_with};
use leaktight::text::escape::is_unsafe;
use leaktight_fuzz::{FEW, Folder, Input, NOW, Seeds, seeds, target};
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::empty);
const NAMES: [&str; 4] = ["a.py", "b.env", "c.md", "d.json"];

target!(inputs, |data| {
    let mut input = Input(data);
    let name = NAMES[usize::from(input.byte()) % NAMES.len()];
    let formats = [Format::Human, Format::ALL[usize::from(input.byte()) % Format::ALL.len()]];
    FOLDER.write(name, input.0);
    let options = Request {
        paths: vec![FOLDER.at(name)],
        all: true,
        run: leaktight::scan::RunOptions { threads: 1, now: NOW, ..leaktight::scan::RunOptions::default() },
        ..Request::default()
    };
    let mut secrets = Vec::new();
    let outcome = scan_with(&FEW, &options, &mut |o| {
        let open = matches!(FEW.rule(o.rule).identity, Identity::Setting | Identity::Dataset);
        if !open && o.confidence >= Confidence::Likely && o.secret.len() >= 20 {
            secrets.push(o.secret.clone());
        }
    })
    .expect("a file");
    // Text elsewhere in the file is not the secret, even if it is the same as a part of one.
    let mut elsewhere = input.0.to_vec();
    for secret in &secrets {
        let bytes = secret.expose_in_clear();
        while let Some(at) = elsewhere.windows(bytes.len()).position(|window| window == bytes) {
            elsewhere.drain(at + 1..at + bytes.len());
            elsewhere[at] = b' ';
        }
    }
    let run = Run::new(Command::Scan, name, &FEW, &outcome);
    for format in formats {
        let mut out = Vec::new();
        format.report(&Human::default()).write(&run, &mut out).expect("memory");
        let text = String::from_utf8(out).expect("reports are UTF-8");
        assert!(!text.chars().any(|c| c != '\n' && is_unsafe(c)), "{format}");
        for secret in &secrets {
            // The middle of it: what is shown of a random one is its public start and its last two characters.
            let bytes = secret.expose_in_clear();
            let middle = &bytes[bytes.len() / 2..bytes.len() / 2 + 8];
            let varied = middle.iter().collect::<std::collections::BTreeSet<_>>().len() >= 6;
            if let Ok(middle) = std::str::from_utf8(middle)
                && middle.bytes().all(|b| b.is_ascii_alphanumeric())
                && middle.bytes().any(|b| b.is_ascii_digit())
                && varied
                && !elsewhere.windows(middle.len()).any(|window| window == middle.as_bytes())
            {
                assert!(!text.contains(middle), "{format} shows a part of a secret");
            }
        }
    }
});

fn inputs() -> Seeds {
    let examples = seeds::examples(|rule| FEW.find(&rule.id).is_some());
    let pairs = examples.iter().zip(examples.iter().skip(7)).map(|(one, two)| [one.as_slice(), b" ", two].concat());
    let mut seeds = Seeds::new(pairs).anchors(|rule| FEW.find(&rule.id).is_some()).behind(&[1, 1]);
    seeds.inputs.retain(|input| input.len() <= 2048);
    seeds.words(&["\\n", "%3D", "&#x", "\u{1b}[36m", " = \"", "'", "\u{202e}"])
}
