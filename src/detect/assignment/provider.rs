//! Services whose secrets have no form of their own: a name tells whose a value is.
//!
//! In: the name that a value is given to. Out: the service that it mentions. Says nothing of whether the value is a secret.

use super::key::{Pieces, lower};

/// Words of names, sorted, and the services that they mean.
#[rustfmt::skip]
const SERVICES: &[(&str, &str)] = &[
    ("abuseipdb", "AbuseIPDB"), ("accuweather", "AccuWeather"), ("agora", "Agora"), ("airbrake", "Airbrake"),
    ("aiven", "Aiven"), ("alienvault", "AlienVault OTX"), ("amadeus", "Amadeus"), ("amplitude", "Amplitude"),
    ("apilayer", "APILayer"), ("apollo", "Apollo.io"), ("arbiscan", "Etherscan"), ("baidu", "Baidu AI Cloud"),
    ("betterstack", "Better Stack"), ("betteruptime", "Better Stack"), ("bitfinex", "Bitfinex"), ("bitly", "Bitly"),
    ("bitrise", "Bitrise"), ("blynk", "Blynk"), ("box", "Box"), ("brightdata", "Bright Data"), ("bscscan", "Etherscan"),
    ("capella", "Couchbase"), ("censys", "Censys"), ("clicksend", "ClickSend"), ("clockify", "Clockify"),
    ("clubhouse", "Shortcut"), ("coda", "Coda"), ("codemagic", "Codemagic"), ("coinbase", "Coinbase"),
    ("coinmarketcap", "CoinMarketCap"), ("contentful", "Contentful"), ("convertkit", "Kit"), ("couchbase", "Couchbase"),
    ("crowdin", "Crowdin"), ("cryptocompare", "CryptoCompare"), ("customerio", "Customer.io"), ("daily", "Daily"),
    ("disqus", "Disqus"), ("docusign", "DocuSign"), ("duckdns", "Duck DNS"), ("etherscan", "Etherscan"),
    ("eventbrite", "Eventbrite"), ("exa", "Exa"), ("exoscale", "Exoscale"), ("finicity", "Finicity"),
    ("finnhub", "Finnhub"), ("freshbooks", "FreshBooks"), ("freshdesk", "Freshworks"), ("freshworks", "Freshworks"),
    ("geoapify", "Geoapify"), ("getresponse", "GetResponse"), ("gitter", "Gitter"), ("godaddy", "GoDaddy"),
    ("greptile", "Greptile"), ("guardian", "The Guardian"), ("gumroad", "Gumroad"), ("hasura", "Hasura"),
    ("hellosign", "Dropbox Sign"), ("helpscout", "Help Scout"), ("here", "HERE"), ("hereapi", "HERE"),
    ("huawei", "Huawei Cloud"), ("huaweicloud", "Huawei Cloud"), ("hunter", "Hunter"), ("hwc", "Huawei Cloud"),
    ("infomaniak", "Infomaniak"), ("ipinfo", "IPinfo"), ("jotform", "Jotform"), ("jupiterone", "JupiterOne"),
    ("kucoin", "KuCoin"), ("lemlist", "lemlist"), ("lighton", "LightOn"), ("linear", "Linear"), ("linkedin", "LinkedIn"),
    ("loggly", "Loggly"), ("logtail", "Better Stack"), ("lokalise", "Lokalise"), ("looker", "Looker"),
    ("luminati", "Bright Data"), ("mailerlite", "MailerLite"), ("mesibo", "Mesibo"), ("miro", "Miro"),
    ("mixpanel", "Mixpanel"), ("monero", "Monero"), ("moralis", "Moralis"), ("mux", "Mux"), ("namecheap", "Namecheap"),
    ("nasa", "NASA"), ("netsuite", "Oracle NetSuite"), ("newsapi", "NewsAPI"), ("nytimes", "New York Times"),
    ("onfleet", "Onfleet"), ("openweather", "OpenWeather"), ("openweathermap", "OpenWeather"), ("otx", "AlienVault OTX"),
    ("ovh", "OVHcloud"), ("pandadoc", "PandaDoc"), ("phraseapp", "Phrase"), ("pinata", "Pinata"),
    ("pipedrive", "Pipedrive"), ("polkadot", "Polkadot"), ("polygon", "Polygon.io"), ("polygonscan", "Etherscan"),
    ("polymarket", "Polymarket"), ("privateai", "Private AI"), ("rebrandly", "Rebrandly"), ("scraperapi", "ScraperAPI"),
    ("scrapingbee", "ScrapingBee"), ("securitytrails", "SecurityTrails"), ("segment", "Segment"),
    ("semaphore", "Semaphore CI"), ("shortcut", "Shortcut"), ("sinch", "Sinch"), ("squarespace", "Squarespace"),
    ("sslmate", "SSLMate"), ("statuscake", "StatusCake"), ("textmagic", "TextMagic"), ("themoviedb", "TMDB"),
    ("thingsboard", "ThingsBoard"), ("ticketmaster", "Ticketmaster"), ("tmdb", "TMDB"), ("todoist", "Todoist"),
    ("toggl", "Toggl"), ("tomtom", "TomTom"), ("unsplash", "Unsplash"), ("uploadcare", "Uploadcare"),
    ("urlscan", "urlscan.io"), ("yelp", "Yelp"), ("zerobounce", "ZeroBounce"), ("zerotier", "ZeroTier"),
];
/// Words of fewer letters are also words of English, and count only where a name begins with them.
const LONG: usize = 9;

/// The service that `name` mentions: `EXA_API_KEY`, `vendor.lokalise.token`.
pub(super) fn mentioned(name: &[u8]) -> Option<&'static str> {
    let mut buffer = [0_u8; 16];
    Pieces(name).enumerate().find_map(|(place, piece)| {
        let piece = lower(piece, &mut buffer)?;
        let found = SERVICES.binary_search_by(|(word, _)| word.as_bytes().cmp(piece)).ok()?;
        (place == 0 || piece.len() >= LONG).then_some(SERVICES[found].1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mention_services() {
        assert!(SERVICES.is_sorted_by_key(|(word, _)| *word));
        assert!(SERVICES.iter().all(|(word, _)| word.len() <= 16), "longer words are never looked for");
        assert_eq!(mentioned(b"EXA_API_KEY"), Some("Exa"));
        assert_eq!(mentioned(b"boxToken"), Some("Box"));
        assert_eq!(mentioned(b"vendor.contentful.token"), Some("Contentful"));
        assert_eq!(
            (mentioned(b"inbox_token"), mentioned(b"text_box_token"), mentioned(b"api_key")),
            (None, None, None)
        );
    }
}
