//! What was not read changes no field (docs/design.md, law 3): tried on random texts of the pieces that records are made of.

use super::{Field, Form, Wanted, fields, nested};
use crate::example::Rng;
use std::ops::Range;

const PIECES: [&str; 40] = [
    "name", "key", "value", "a", "x", ":", ": ", "=", " = ", ",", "\n", "\n  ", "\n    ", "- ", "\"", "\"", "'", "\\",
    "\\\"", "`", "{", "}", "[", "]", "(", ")", "<", ">", "</", "/>", "<name>", "</name>", "<value>", "</value>",
    "<key>", "</key>", "<!--", "-->", "---\n", "#",
];

/// All fields around `name`, with those in their values, and what was read for them.
fn read(text: &[u8], name: &Range<usize>, form: Form) -> (Vec<Field>, Range<usize>) {
    let mut all = Vec::new();
    let mut range = fields(text, name, form, &mut |field| {
        all.push(field);
        Wanted::More
    });
    for field in all.clone() {
        let within = nested(text, &field, form, &mut |field| {
            all.push(field);
            Wanted::More
        });
        range = range.start.min(within.start)..range.end.max(within.end);
    }
    (all, range)
}

#[test]
fn what_was_not_read_changes_no_field() {
    let forms =
        [Form::Brackets(0), Form::Brackets(1), Form::Brackets(2), Form::Lines, Form::Attributes, Form::Elements];
    let mut rng = Rng(7);
    let mut found = 0;
    for _ in 0..80_000 {
        let form = forms[rng.below(forms.len())];
        let part = |rng: &mut Rng| (0..rng.below(14)).map(|_| PIECES[rng.below(PIECES.len())]).collect::<String>();
        let (before, after) = (part(&mut rng), part(&mut rng));
        let own = PIECES[rng.below(2)];
        let text = format!("{before}{own}{after}").into_bytes();
        let name = before.len()..before.len() + own.len();
        let (all, range) = read(&text, &name, form);
        assert!(
            range.start <= name.start && name.end <= range.end,
            "{form:?} {name:?} {range:?} {}",
            String::from_utf8_lossy(&text)
        );
        assert!(all.iter().all(|f| f.name.end <= f.value && f.name.end <= text.len()), "{all:?}");
        found += all.len();
        let mut other = text.clone();
        let filler = PIECES[rng.below(PIECES.len())].as_bytes();
        for at in (0..range.start).chain(range.end.min(text.len())..text.len()) {
            other[at] = filler[at % filler.len()];
        }
        let again = read(&other, &name, form).0;
        assert_eq!(again, all, "{form:?} read {range:?} of {:?}", String::from_utf8_lossy(&text));
    }
    assert!(found > 5_000, "{found}");
}

/// The quotes and the sign after a name decide whether it is a field, however little else is read.
#[test]
fn what_makes_a_field_of_a_name_was_read() {
    let text = r#"]{\\"neam\\": \->\"name\\": \-"A\\"}"#;
    let name = text.find("name").expect("a name");
    let (_, range) = read(text.as_bytes(), &(name..name + 4), Form::Brackets(2));
    assert!(range.end > text.find("name\\\\\": ").expect("a sign") + 7, "{range:?}");
    // The same holds for the end of a comment after it, if that is read.
    for end in ["-->", "x->"] {
        let text = format!("<p></p>=<!-- c &0>'name>A</name>{end}");
        let (found, range) = read(text.as_bytes(), &(19..23), Form::Elements);
        assert!(found.is_empty() && range == (0..32), "{found:?} {range:?}");
    }
    // So do the backslashes before the quote of another record's field, at which the record begins.
    let text = br#"{ \\"name": a, "name": "b" }"#;
    let (found, range) = read(text, &(16..20), Form::Brackets(0));
    assert!(found.len() == 1 && range.start == 1, "{found:?} {range:?}");
    // A mark of UTF-8 decides where the first line begins.
    let (_, range) = read(b"\xef\xbb\xbfname: a\n", &(3..7), Form::Lines);
    assert_eq!(range.start, 0);
}

/// Without a bracket around them, fields belong to the name on their line.
#[test]
fn a_record_without_brackets_is_that_of_its_line() {
    let text = ["tag name: \"one\", value: \"first\"", "", "tag name: \"other\", id: \"x\""].join("\n");
    let name = text.rfind("name").expect("a name");
    let (found, _) = read(text.as_bytes(), &(name..name + 4), Form::Brackets(0));
    let names: Vec<&str> = found.iter().map(|field| &text[field.name.clone()]).collect();
    assert_eq!(names, ["name", "id"]);
}

/// Thousands of fields that are nearly alike, and what only looks like a field: however many of them there are, each byte
/// is read for a few of them.
#[test]
fn no_byte_is_read_for_many_fields() {
    let brackets = Form::Brackets(0);
    let cased = |n: usize| (0..12).map(move |bit| if n >> bit & 1 == 1 { "pRoPeRtYnAmE" } else { "PrOpErTyNaMe" });
    let name_of = |n: usize| -> String { cased(n).enumerate().map(|(i, name)| &name[i..=i]).collect() };
    type Write = fn(&str, usize) -> String;
    let floods: [(Form, Write); 9] = [
        (brackets, |_, n| format!("a{n}name: X, ")),
        (brackets, |name, _| format!("\"{name}\":\"X\",")),
        (brackets, |_, n| format!("a{n}.name: X, ")),
        (brackets, |_, _| "\"name\"->\"x\"".into()),
        (brackets, |_, _| "\"name: X\",".into()),
        (Form::Lines, |name, _| format!("{name}: X\n")),
        (Form::Lines, |_, _| ":name: X\n".into()),
        (Form::Attributes, |name, _| format!(" {name} =\"X\"")),
        (Form::Elements, |name, n| format!("<a{n}:{name}>X</a{n}:{name}>")),
    ];
    for (form, write) in floods {
        let (mut text, mut names) = (String::new(), Vec::new());
        for n in 0..1500 {
            let (name, start) = (name_of(n), text.len());
            text += &write(&name, n);
            let own = if text[start..].contains(&name) { &*name } else { "name" };
            let at = start + text[start..].find(own).expect("it is written");
            names.push(at..at + own.len());
        }
        let read = |name| fields(text.as_bytes(), name, form, &mut |_| Wanted::More).len();
        let all: usize = names.iter().map(read).sum();
        assert!(all < 16 * text.len(), "{all} bytes read of {}: {}", text.len(), &text[..60]);
    }
}
