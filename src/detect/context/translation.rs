//! Which files hold translations, by the folder they are in or the language in their name.
//!
//! In: a path in lower case. Out: whether it is a catalogue of texts. A text alone is recognised by its neighbours
//! (`around::is_catalogue`); either suffices.

/// Folders of catalogues; whole words.
const LOCALE: &[&[u8]] = &[
    b"i18n",
    b"l10n",
    b"lang",
    b"langs",
    b"languages",
    b"locale",
    b"locales",
    b"lproj",
    b"translation",
    b"translations",
    b"intl",
];

/// Whether the file at `lower`, of this name and extension, is one of translations, by a folder of them or by the language in its name.
pub(super) fn is_translation(lower: &[u8], name: &[u8], extension: &[u8]) -> bool {
    if matches!(
        extension,
        b"po"
            | b"pot"
            | b"arb"
            | b"xlf"
            | b"xliff"
            | b"ftl"
            | b"resx"
            | b"strings"
            | b"stringsdict"
            | b"xcstrings"
            | b"lproj"
    ) {
        return true;
    }
    if name == b"strings.xml" || name.starts_with(b"messages_") || name.starts_with(b"messages.") {
        return true;
    }
    let word = |part: &[u8]| part.split(|b| !b.is_ascii_alphanumeric()).any(|word| LOCALE.contains(&word));
    let stem = name.split(|b| *b == b'.').next().unwrap_or_default();
    // `fr.yml`, `cs/auth.php`, `signup_es.properties`, `Texts.da.json`: the language in a format that catalogues have.
    let catalogue = matches!(
        extension,
        b"csv"
            | b"ini"
            | b"js"
            | b"json"
            | b"json5"
            | b"lang"
            | b"mjs"
            | b"php"
            | b"properties"
            | b"toml"
            | b"ts"
            | b"tsv"
            | b"txt"
            | b"xml"
            | b"yaml"
            | b"yml"
    );
    let tail = stem.rsplit(|b| *b == b'_' || *b == b'-').next().unwrap_or_default();
    let middle = name.rsplit(|b| *b == b'.').nth(1).unwrap_or_default();
    let folder = lower.rsplit(|b| *b == b'/').nth(1).unwrap_or_default();
    word(lower)
        || (catalogue && [stem, middle, folder].iter().any(|part| is_language(part)))
        || (catalogue && tail.len() < stem.len() && is_language(tail))
}

/// A code of a language, with a country or without: `fr`, `pt-br`, `zh_hans`.
fn is_language(part: &[u8]) -> bool {
    let mut words = part.split(|b| *b == b'-' || *b == b'_');
    let language = words.next().unwrap_or_default();
    let country = words.next();
    // A country or a script.
    let country_or_script = |word: &[u8]| {
        word.iter().all(u8::is_ascii_lowercase)
            && (word.len() == 2 || matches!(word, b"hans" | b"hant" | b"latn" | b"cyrl" | b"arab"))
    };
    LANGUAGES.binary_search(&language).is_ok() && country.is_none_or(country_or_script) && words.next().is_none()
}

/// ISO 639-1, and some languages that have a longer code; those that are words of file names left out (`is`, `no`, `or`, `to`).
#[rustfmt::skip]
const LANGUAGES: &[&[u8]] = &[
    b"af", b"am", b"ar", b"ast", b"az", b"be", b"bg", b"bn", b"br", b"bs", b"ca", b"cs", b"cy", b"da", b"de", b"el", b"en", b"eo", b"es", b"et", b"eu", b"fa",
    b"fi", b"fil", b"fr", b"fy", b"ga", b"gd", b"gl", b"gu", b"he", b"hi", b"hr", b"hu", b"hy", b"ia", b"id", b"it", b"iw", b"ja", b"ka", b"kab", b"kk", b"km",
    b"kn", b"ko", b"ku", b"ky", b"lb", b"lo", b"lt", b"lv", b"mk", b"ml", b"mn", b"mr", b"ms", b"mt", b"my", b"nb", b"ne", b"nl", b"nn", b"oc", b"pa", b"pl", b"ps",
    b"pt", b"ro", b"ru", b"sc", b"si", b"sk", b"sl", b"sq", b"sr", b"sv", b"sw", b"ta", b"te", b"tg", b"th", b"tk", b"tl", b"tr", b"ug", b"uk", b"ur", b"uz", b"vi", b"xh", b"zh", b"zu",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn is(path: &str) -> bool {
        let name = path.rsplit('/').next().expect("a name");
        is_translation(path.as_bytes(), name.as_bytes(), name.rsplit('.').next().expect("an ending").as_bytes())
    }

    #[test]
    fn catalogues_are_known_by_folder_or_language() {
        for path in [
            "config/locales/nl.yml",
            "lang/fi.properties",
            "lang/cs/auth.php",
            "src/i18n/fr.ts",
            "resources.da.resx",
            "lib/l10n/app_sv.arb",
            "res/values-nl/strings.xml",
            "templates/signup_es.properties",
            "de.lproj/main.strings",
            "locale/es/messages.po",
            "messages_pt_br.properties",
            "translations/messages.fr.yaml",
            "web/texts-pt-br.json",
        ] {
            assert!(is(path), "{path}");
        }
        for path in [
            "src/main.py",
            "config/prod.yml",
            "deploy/app.env",
            "src/auth.php",
            "lib/de.rs",
            "config/id_rsa.json",
            "k8s/app-db.yaml",
            "conf/application.properties",
        ] {
            assert!(!is(path), "{path}");
        }
    }
}
