//! Text in other encodings: layers map back into the bytes, an encoded literal is decoded, and lines and columns do not
//! depend on where a window begins.

#![no_main]

use leaktight::text::decode::{self, Kind, encoded_forms};
use leaktight::text::layer::Layer;
use leaktight::text::lines::{self, Lines, Start};
use leaktight::text::{saved, view, wide};
use leaktight_fuzz::{Input, Seeds, seeds, target};

target!(inputs, |data| {
    let mut input = Input(data);
    let cut = input.below(data.len() + 1);
    let literal: Vec<u8> = input.take(6).to_vec();
    let bytes = input.0;

    for layer in wide::layers(bytes) {
        assert!(std::str::from_utf8(layer.bytes()).is_ok());
        maps_back(&layer, bytes);
    }
    let view = view::view(bytes);
    let _ = (view::container(bytes), view::lfs_pointer(bytes));
    if let Ok(text) = saved::utf8(bytes.to_vec()) {
        assert!(view.encoding == view::Encoding::Bytes || std::str::from_utf8(&text).is_ok());
    }

    let cut = cut.min(bytes.len());
    let whole = Lines::new(Start::default(), bytes, view.encoding);
    let start = lines::advance(Start::default(), &bytes[..cut], view.encoding);
    let part = Lines::new(start, &bytes[cut..], view.encoding);
    let mut last = 1;
    for at in (cut..=bytes.len()).step_by(1 + bytes.len() / 64) {
        let (here, there) = (whole.position(at), part.position(at - cut));
        assert_eq!((here.line, here.column), (there.line, there.column), "byte {at}, cut at {cut}");
        // Between two units a lone CR looks like the start of a CRLF.
        if at % view.encoding.width() == 0 {
            assert!(here.line >= last && here.column >= 1, "byte {at} is on line {} after line {last}", here.line);
            last = here.line;
        }
    }

    if literal.len() < 6 {
        return;
    }
    // Hexadecimal digits of a literal are decoded where one of its forms is, whatever is around it.
    let hex: Vec<u8> = literal.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect();
    let text = [bytes, b" ", &hex, b" ", bytes].concat();
    let mut decoded = false;
    for form in encoded_forms(&literal) {
        let exact = form.exact();
        let exact = &exact[..form.text().len()];
        let fits = |(want, have): (&u8, &u8)| want == have || (*want == 0 && have.is_ascii_alphabetic());
        let places = text.windows(exact.len()).enumerate().filter(|(_, window)| exact.iter().zip(*window).all(fits));
        for (at, _) in places.take(8) {
            let Some(layer) = decode::run(&text, at, &form) else { continue };
            maps_back(&layer, &text);
            let range = layer.source(0..layer.bytes().len());
            assert!(range.start + form.kind.reach() >= at && range.end <= at + form.kind.reach());
        }
        if form.kind == Kind::Hex {
            let layer = decode::run(&text, bytes.len() + 1 + form.lead(), &form).expect("hexadecimal digits");
            decoded |= layer.bytes() == literal;
        }
    }
    assert!(decoded, "the literal is in no layer");
});

/// Parts of the layer come from inside the bytes, in their order.
fn maps_back(layer: &Layer, bytes: &[u8]) {
    assert!(layer.bytes().len() <= 2 * bytes.len(), "a layer is longer than what it was decoded from");
    let mut last = 0;
    for at in (0..layer.bytes().len()).step_by(1 + layer.bytes().len() / 64) {
        let source = layer.source(at..at + 1);
        assert!(source.start < source.end && source.end <= bytes.len() && source.start >= last);
        last = source.start;
    }
}

fn inputs() -> Seeds {
    let text = "name = \"Pr\u{fc}fung \u{1f600}\" \r\n some more text of a file\n";
    let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    let head = |body: &[u8]| [b"\x10\0lit_Va", body].concat();
    let (one, two) = (seeds::utf16(text), [b"\xff\xfe".to_vec(), seeds::utf16(text)].concat());
    Seeds::new([
        head(text.as_bytes()),
        head(&one),
        head(&two),
        head(&[b"x", one.as_slice(), b"..", &wide].concat()),
        head(&wide),
        head(b"bGl0X1ZhbHVlLTE= 6c69745f56616c75652d31 %6c%69t_Va &#108;it_Va &lt;lit_Va \\u006cit_Va \\x6c\\x69"),
        head("bGl0X1ZhbHVlLTFs".repeat(9).as_bytes()),
    ])
    .words(&["\\u{6c}", "\\ud83d\\ude00", "&#x6c;", "&amp;", "%6C", "\r\n", "\0\0\0l", "l\0\0\0", "\u{fe}\u{ff}"])
}
