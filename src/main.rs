//! temporary
#![allow(clippy::all, clippy::print_stdout)]
fn main() {
    let t=std::time::Instant::now();
    let rules = leakgate::rule::RuleSet::builtin();
    let o = leakgate::scan::Options { paths: std::env::args_os().skip(1).map(Into::into).collect(), all: false, threads: 2, now: 0, keys: Default::default(), progress: false, strict: false };
    let out = leakgate::scan::scan(&rules, &o).unwrap();
    for f in &out.findings { println!("{:?} {:?} {} {}:{}:{} {} {:?}", f.severity, f.confidence, rules.rule(f.rule).id, String::from_utf8_lossy(f.location.origin.path().unwrap_or(b"-")), f.location.line, f.location.column, f.redacted, f.snippet); }
    println!("{:?} {:?} {:?}", out.gaps, out.covered, t.elapsed());
}
