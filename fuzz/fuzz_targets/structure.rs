//! Records of JSON, YAML and XML, read from a name in them: the other fields are inside, and what was not read changes none.

#![no_main]

use leaktight::detect::structure::{self, Field, Form, Wanted};
use leaktight_fuzz::{Input, Seeds, target};
use std::ops::Range;

/// All fields of the record around `name`, and what the values of each hold.
fn read(text: &[u8], name: &Range<usize>, form: Form) -> (Vec<Field>, Range<usize>) {
    let mut fields = Vec::new();
    let mut range = structure::fields(text, name, form, &mut |field| {
        fields.push(field);
        Wanted::More
    });
    for field in fields.clone() {
        let within = structure::nested(text, &field, form, &mut |field| {
            fields.push(field);
            Wanted::More
        });
        range = range.start.min(within.start)..range.end.max(within.end);
    }
    (fields, range)
}

target!(seeds, |data| {
    let mut input = Input(data);
    let form = match input.byte() % 6 {
        0 => Form::Lines,
        1 => Form::Attributes,
        2 => Form::Elements,
        escapes => Form::Brackets(usize::from(escapes) - 3),
    };
    let filler = [input.byte(), input.byte()];
    let text = input.0;
    for at in names(text).take(16) {
        let (fields, range) = read(text, &at, form);
        assert!(range.start <= at.start && at.end <= range.end, "{range:?}");
        for field in &fields {
            assert!(field.name.start <= field.name.end && field.name.end <= text.len(), "{field:?}");
            assert!(field.name.end <= field.value, "{field:?}");
        }
        let mut other = text.to_vec();
        let outside = (0..range.start).chain(range.end.min(text.len())..text.len());
        for (at, byte) in outside.zip(filler.iter().cycle()) {
            other[at] = *byte;
        }
        assert_eq!(read(&other, &at, form).0, fields, "{form:?} around {at:?}, read {range:?}");
    }
});

/// Where `name` or `key` is.
fn names(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let words: [&[u8]; 2] = [b"name", b"key"];
    (0..text.len())
        .filter_map(move |at| words.iter().find(|word| text[at..].starts_with(word)).map(|word| at..at + word.len()))
}

fn seeds() -> Seeds {
    let texts: [(u8, &str); 9] = [
        (0, "env:\n  - name: A\n    value: x\n  - value: y\n    name: B\n"),
        (0, "a:\n  key: |\n    x\n  value: 'y'\n---\nb: 1\n"),
        (1, "<a><add key=\"A\" x='1'\n value=\"x\"/></a>"),
        (2, "<p><!-- c --><name>A</name><value><![CDATA[x]]></value></p>"),
        (2, "<dict><key>A</key><string>x</string></dict>"),
        (3, "{\"a\": [{\"value\": \"x\", \"name\": \"A\"}, {}], \"b\": {\"key\": 1}}"),
        (3, "block { name = \"A\" value = \"x\\\"y\" }"),
        (4, "\"{\\\"name\\\": \\\"A\\\", \\\"value\\\": \\\"x\\\"}\""),
        (5, "{\\\\\"name\\\\\": \\\\\"A\\\\\"}"),
    ];
    let inputs = texts.map(|(form, text)| [&[form, b'x', b'\n'], text.as_bytes()].concat());
    Seeds::new(inputs).words(&[
        "name",
        "key",
        "\"name\": ",
        "\\\"",
        "{",
        "}",
        "[",
        "]",
        "<name>",
        "</name>",
        "<!--",
        "-->",
        "---\n",
        "\n  ",
    ])
}
