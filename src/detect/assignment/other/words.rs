//! Words and beginnings of values by which `other` knows what is no secret. Nothing here is read from outside.

/// How values begin that someone encrypted, by what encrypts: OpenSSL and transcrypt, Laravel, Fernet, Jenkins, dotenvx,
/// Vault, AWS KMS, OpenPGP, age.
pub(super) const CIPHERTEXT: &[&[u8]] = &[
    b"U2FsdGVkX1", b"eyJpdiI6I", b"EJ[1:", b"gAAAAA", b"{AQAAABAAAA", b"AQAAABAAAAA", b"encrypted:", b"vault:v", b"AQICAH", b"AQECAH",
    b"hQEMA", b"jA0E", b"YWdlLWVuY3J5cHRpb24", b"crwdns",
];

/// How values begin that are published on purpose: keys of pages and apps, public keys and their digests.
pub(super) const PUBLIC: &[&[u8]] = &[
    b"pk_live_", b"pk_test_", b"pk.eyJ", b"phc_", b"sb_publishable_", b"ssh-rsa ", b"ssh-ed25519 ", b"ssh-dss ",
    b"ecdsa-sha2-", b"age1", b"sha1-", b"sha256-", b"sha384-", b"sha512-", b"sha1:", b"sha256:", b"sha512:", b"sha256//",
    b"SHA256:", b"MFwwDQYJKoZIhvcNAQEB", b"MIGfMA0GCSqGSIb3DQEB", b"MIIBIjANBgkqhkiG9w0BAQ", b"MIIBojANBgkqhkiG9w0BAQ",
    b"MIICIjANBgkqhkiG9w0BAQ", b"MFkwEwYHKoZIzj0", b"MHYwEAYHKoZIzj0", b"MIGbMBAGByqGSM49", b"MCowBQYDK2Vw", b"xpub6",
    b"ypub6", b"zpub6", b"tpubD", b"upub5", b"vpub5",
];

/// Words of a name that is given to a digest or a public key.
pub(super) const DIGEST: &[&[u8]] = &[
    b"sha", b"md", b"checksum", b"digest", b"fingerprint", b"thumbprint", b"integrity", b"hash", b"crc", b"etag", b"pin",
    b"pinned", b"commit", b"revision", b"public", b"pub", b"pubkey", b"publickey", b"certificate", b"cert", b"hashed",
];

/// Words of a name that is given to the code of an error.
pub(super) const ERRORS: &[&[u8]] = &[
    b"denied", b"err", b"error", b"exception", b"expired", b"failed", b"failure", b"incorrect", b"invalid",
    b"mismatch", b"missing", b"required", b"revoked", b"wrong",
];

/// What is before `key` in the names of keys that open nothing.
pub(super) const OTHER_KEYS: &[&[u8]] = &[
    b"alternate", b"application", b"arrow", b"business", b"cache", b"candidate", b"composite", b"compound", b"data",
    b"dedup", b"dedupe", b"dict", b"event", b"filter", b"foreign", b"gpg", b"group", b"hash", b"host", b"hot", b"i18n",
    b"idempotency", b"idempotent", b"index", b"issue", b"item", b"lang", b"locale", b"localization", b"lock", b"lookup",
    b"map", b"message", b"natural", b"node", b"object", b"option", b"order", b"partition", b"pgp", b"project", b"property",
    b"public", b"publishable", b"query", b"record", b"registry", b"resource", b"routing", b"row", b"search", b"setting",
    b"shard", b"shortcut", b"site", b"sitekey", b"socket", b"sealed", b"signature", b"sort", b"storage", b"surrogate", b"tracking",
    b"translation", b"ui", b"unique", b"widget",
];

/// What is before `pass` in the name of a step or a filter: the second one, a low one, one of rendering.
pub(super) const STEPS: &[&[u8]] = &[
    b"all", b"analysis", b"analyze", b"band", b"bloom", b"blit", b"blur", b"boarding", b"by", b"color", b"colour",
    b"compile", b"compiler", b"compute", b"depth", b"did", b"does", b"double", b"draw", b"effect", b"eof_action", b"filter",
    b"final", b"first", b"forward", b"geometry", b"gpu", b"high", b"highpass", b"hi", b"last", b"light", b"lighting",
    b"low", b"main", b"multi", b"next", b"one", b"opaque", b"optimization", b"optimizer", b"outline", b"over", b"post",
    b"pre", b"prev", b"previous", b"render", b"scene", b"second", b"shader", b"shadow", b"should", b"single", b"sky",
    b"subpass", b"test", b"tests", b"texture", b"third", b"through", b"two", b"will", b"x", b"y",
];

/// Last words of names in a program or its interface.
pub(super) const PROGRAM: &[&[u8]] = &[
    b"action", b"activity", b"adapter", b"attribute", b"box", b"builder", b"button", b"callback", b"cell", b"class",
    b"client", b"column", b"command", b"component", b"confirm", b"confirmation", b"config", b"container", b"context",
    b"controller", b"controllers", b"converter", b"credential", b"credentials", b"dialog", b"directive", b"element",
    b"encoder", b"endpoint", b"entity", b"enum", b"error", b"event", b"exception", b"factory", b"feature", b"field",
    b"fields", b"file", b"filter", b"form", b"format", b"fragment", b"function", b"generator", b"group", b"handler",
    b"header", b"helper", b"hook", b"icon", b"id", b"impl", b"input", b"interceptor", b"item", b"key", b"label", b"layout",
    b"link", b"list", b"listener", b"manager", b"message", b"method", b"middleware", b"migration", b"modal", b"mode",
    b"model", b"module", b"name", b"namespace", b"node", b"object", b"option", b"options", b"page", b"param", b"parameter",
    b"pattern", b"placeholder", b"plugin", b"policy", b"props", b"property", b"provider", b"ref", b"request", b"reset",
    b"resolver", b"resource", b"response", b"role", b"route", b"rule", b"schema", b"scope", b"screen", b"section",
    b"selector", b"serializer", b"service", b"setting", b"settings", b"source", b"state", b"status", b"store", b"strategy",
    b"string", b"tab", b"table", b"tag", b"template", b"text", b"tile", b"title", b"transformer", b"type", b"url", b"util",
    b"utils", b"validator", b"value", b"view", b"widget",
];

/// Words that such names have in common with what they are about.
pub(super) const TELLING: &[&[u8]] = &[
    b"password", b"passwords", b"passwd", b"passphrase", b"passcode", b"pass", b"pwd", b"secret", b"secrets", b"token",
    b"tokens", b"credential", b"credentials", b"apikey", b"key", b"keys",
];

/// Sources of users that `nsswitch.conf` names after `passwd:`.
pub(super) const SOURCES: &[&[u8]] = &[
    b"compat", b"files", b"db", b"ldap", b"nis", b"nisplus", b"sss", b"systemd", b"winbind", b"hesiod", b"altfiles",
    b"cache",
];
