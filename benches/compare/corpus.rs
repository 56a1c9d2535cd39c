//! A tree to scan that needs no download: text as in source trees, made from word lists, the same at every run.
//!
//! In: rules (their examples are the secrets) and a folder. Out: 5,000 files of about 60 MB: code and configuration in
//! nine languages, lock files, minified scripts, binary data. One source file in sixteen holds an example of a rule.

use leaktight::example::{self, Rng};
use leaktight::rule::RuleSet;
use std::io;
use std::path::Path;

const WORDS: &str = "account action active add address all and api app array async attribute base batch block body \
    buffer build byte cache call check child class clear client close code column commit config connection content \
    context copy count create current data date default delete depth device digest directory document domain each \
    edge element enable encode end entry error event example expect export extend factory fetch field file filter \
    find first flag flush for format frame from function get group handle hash header height host id image import in \
    index init input insert instance is item iterator job join key label last length level limit line link list load \
    local lock log map mask match merge message method mode model module mount name new next node not null number \
    object offset open option order origin output owner page pair panel parent parse password path pattern pending \
    point pool port prefix process project proxy public query queue range read record redirect region remove render \
    replace report request reset resolve resource response result return role root route row run scale schema scope \
    search secret select send server service session set shape sign size slice sort source split stack start state \
    status step store stream string style submit sum table target task template test text the thread time token \
    total trace tree type unit update upload url user value variable version view visit wait width window with \
    worker write zone";

/// What a line of a language looks like. `@` is an identifier, `#` a number, `$` words, `%` a short string.
pub(crate) const LANGUAGES: [(&str, &[&str]); 9] = [
    (
        "rs",
        &[
            "    let @ = @.@(#)?;",
            "    /// $.",
            "pub fn @(@: &str) -> Option<@> {",
            "        Some(@) => @::@(@),",
            "}",
            "",
        ],
    ),
    (
        "py",
        &["    @ = @(@, #)", "    # $", "def @(self, @=None):", "        return self.@['%']", "    if @ is not @:", ""],
    ),
    ("js", &["  const @ = await @.@('%');", "  // $", "export function @(@, @) {", "  @: { @: #, @: '%' },", "};", ""]),
    (
        "go",
        &[
            "\t@, err := @.@(ctx, #)",
            "\t// $",
            "func (@ *@) @() error {",
            "\t\treturn fmt.Errorf(\"$: %w\", err)",
            "}",
            "",
        ],
    ),
    (
        "java",
        &[
            "        String @ = @.@(\"%\");",
            "    /** $. */",
            "    private final @ @ = new @(#);",
            "    }",
            "import com.@.@.@;",
        ],
    ),
    (
        "c",
        &[
            "\tif (@->@ != #)",
            "\t/* $ */",
            "static int @(struct @ *@)",
            "#define @_@ 0x#",
            "\treturn @(@, \"%\");",
            "}",
        ],
    ),
    ("yaml", &["@:", "  @: %", "  - @: #", "    # $", "  @_@: \"$\"", "  @: https://@.example.org/@/@"]),
    ("json", &["  \"@\": \"%\",", "  \"@\": #,", "  \"@\": {\"@\": \"$\", \"@\": true},", "  \"@\": [#, #, #],"]),
    ("md", &["$ $.", "", "## $", "* `@` $ ([@](https://@.example.com/@))", "    $ @ --@ #", "$ $ $."]),
];

/// Writes the corpus into `root`.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(rules: &RuleSet, root: &Path) -> io::Result<()> {
    let mut maker = Maker::new(20);
    let examples: Vec<&str> =
        rules.iter().flat_map(|(_, rule)| rule.matches.iter().map(|example| &*example.text)).collect();
    for folder in 0..100 {
        std::fs::create_dir_all(root.join(format!("part{folder:02}")))?;
    }
    for i in 0..5_000_usize {
        let (name, bytes) = match i % 100 {
            7 => (format!("package{i}.lock.json"), maker.lock()),
            23 => (format!("bundle{i}.min.js"), maker.minified()),
            41 | 67 => (format!("image{i}.bin"), maker.binary()),
            _ => {
                let (ending, lines) = LANGUAGES[i % LANGUAGES.len()];
                let secret = (i % 16 == 3).then(|| examples[i / 16 % examples.len()]);
                (format!("{}{i}.{ending}", maker.word()), maker.source(lines, secret, i as u64))
            }
        };
        std::fs::write(root.join(format!("part{:02}", i / 50)).join(name), bytes)?;
    }
    Ok(())
}

/// Makes text.
pub(crate) struct Maker {
    pub(crate) rng: Rng,
    words: Vec<&'static str>,
}

impl Maker {
    /// The same text for the same number.
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: Rng(seed), words: WORDS.split_whitespace().collect() }
    }

    pub(crate) fn word(&mut self) -> &'static str {
        self.words[self.rng.below(self.words.len())]
    }

    fn characters(&mut self, alphabet: &[u8], len: usize, to: &mut Vec<u8>) {
        to.extend((0..len).map(|_| alphabet[self.rng.below(alphabet.len())]));
    }

    pub(crate) fn line(&mut self, form: &str, to: &mut Vec<u8>) {
        for b in form.bytes() {
            match b {
                b'@' => {
                    let second = self.word();
                    to.extend(self.word().bytes().chain(*b"_").chain(second.bytes()));
                }
                b'#' => to.extend((self.rng.bits() % 10_000).to_string().bytes()),
                b'%' => to.extend(self.word().bytes()),
                b'$' => {
                    for _ in 0..self.rng.below(6) + 3 {
                        to.extend(self.word().bytes().chain(*b" "));
                    }
                    to.pop();
                }
                other => to.push(other),
            }
        }
        to.push(b'\n');
    }

    pub(crate) fn source(&mut self, lines: &[&str], secret: Option<&str>, seed: u64) -> Vec<u8> {
        let mut out = Vec::new();
        let len = 2_000 + self.rng.below(13_000);
        while out.len() < len {
            let form = lines[self.rng.below(lines.len())];
            self.line(form, &mut out);
        }
        if let Some(text) = secret.and_then(|template| example::expand(template, seed).ok()) {
            out.extend(text.text);
            out.push(b'\n');
        }
        out
    }

    /// Digests in base64, one a line, as package managers write them.
    fn lock(&mut self) -> Vec<u8> {
        const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = Vec::new();
        while out.len() < 160_000 {
            self.line("    \"node_modules/@\": {\"version\": \"#.#.#\",", &mut out);
            self.line("      \"resolved\": \"https://registry.example.org/@/-/@-#.tgz\",", &mut out);
            out.extend(b"      \"integrity\": \"sha512-");
            self.characters(BASE64, 86, &mut out);
            out.extend(b"==\"},\n");
        }
        out
    }

    /// One line of code without spaces.
    fn minified(&mut self) -> Vec<u8> {
        const NAMES: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
        const FORMS: [&str; 5] = ["var =function(){return ", ".push({type:", ",0)}),", "?void 0:", "&&(this."];
        let mut out = Vec::new();
        while out.len() < 200_000 {
            let form = FORMS[self.rng.below(FORMS.len())];
            out.extend(form.bytes());
            self.characters(NAMES, 1, &mut out);
            if self.rng.below(4) == 0 {
                out.extend(self.word().bytes());
            }
        }
        out
    }

    /// Random bytes with a printable run here and there.
    fn binary(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < 40_000 {
            let bytes = self.rng.bytes(1_500);
            out.extend(bytes);
            self.line("\0@ $\0", &mut out);
        }
        out
    }
}
