//! Reads reports that anybody may have written: one that is accepted is written and read again without a change.

#![no_main]

use leaktight::finding::schema::of_this_schema;
use leaktight::report::Format;
use leaktight::report::human::Human;
use leaktight::report::read::Reader;
use leaktight::report::run::{Command, Run};
use leaktight::scan::{Request, scan};
use leaktight_fuzz::{FEW, Folder, NOW, Seeds, seeds, target};
use std::sync::LazyLock;

static READER: LazyLock<Reader<'static>> = LazyLock::new(|| Reader::new(&FEW));

target!(inputs, |data| {
    let _ = of_this_schema(data);
    let document = match READER.read(data) {
        Ok(document) => document,
        Err(error) => {
            let _ = (error.is_foreign(), error.to_string());
            return;
        }
    };
    assert!(of_this_schema(data).is_ok());
    let write = |document: &leaktight::report::read::Document, format: Format| {
        let mut run = Run::new(
            Command::from_name(&document.command).unwrap_or(Command::Scan),
            &document.target,
            &FEW,
            &document.outcome,
        );
        run.repositories = &document.repositories;
        (run.made, run.shard, run.also_limit) = (document.made.clone(), document.shard.clone(), None);
        let mut out = Vec::new();
        format.report(&Human::default()).write(&run, &mut out).expect("memory");
        out
    };
    let one = write(&document, Format::Json);
    let again = READER.read(&one).unwrap_or_else(|e| panic!("{e}\n{}", String::from_utf8_lossy(&one)));
    assert_eq!(String::from_utf8_lossy(&one), String::from_utf8_lossy(&write(&again, Format::Json)));
    for format in Format::ALL.iter().copied() {
        assert!(std::str::from_utf8(&write(&document, format)).is_ok());
    }
});

fn inputs() -> Seeds {
    let folder = Folder::empty();
    let mut inputs = Vec::new();
    for (n, text) in seeds::examples(|rule| FEW.find(&rule.id).is_some()).into_iter().enumerate() {
        folder.write("a.py", &text);
        if n % 4 == 0 {
            let options = Request {
                paths: vec![folder.path().to_owned()],
                all: true,
                run: leaktight::scan::RunOptions { threads: 1, now: NOW, ..leaktight::scan::RunOptions::default() },
                ..Request::default()
            };
            let outcome = scan(&FEW, &options).expect("a folder");
            let mut run = Run::new(Command::Scan, ".", &FEW, &outcome);
            run.also_limit = None;
            let mut out = Vec::new();
            Format::Json.report(&Human::default()).write(&run, &mut out).expect("memory");
            // Most hold nothing.
            if !outcome.findings.is_empty() || n == 0 {
                inputs.push(out);
            }
        }
    }
    Seeds::new(inputs).words(&[
        "\"life\":",
        "\"state\":",
        "\"path_bytes\":",
        "\"snippet_mark\":",
        "\"suppressed\":",
        "\"shard\":",
        "\"made\":",
        "\"also\":",
        "\"reach\":",
        "\"unreachable\"",
        "18446744073709551615",
        "-1",
        "1e400",
        "null",
    ])
}
