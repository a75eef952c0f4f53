//! Which proxies and checksum database the go command asks, as `go env` says.

use super::{NotConfigured, address};
use crate::http::Url;

/// One entry of `GOPROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::registry) enum Hop {
    /// A proxy.
    Proxy(Url),
    /// The repository itself.
    Direct,
    /// Nothing.
    Off,
}

/// What the go command asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::registry) struct GoSettings {
    /// The proxies in their order, each with whether any error leads on to the next (`|`), or only a "not found" (`,`).
    pub(in crate::registry) proxies: Vec<(Hop, bool)>,
    private: Vec<String>,
    unchecked: Vec<String>,
    database: String,
}

impl GoSettings {
    /// From the values of `GOPROXY`, `GONOPROXY`, `GONOSUMDB` and `GOSUMDB`.
    pub(super) fn new(
        proxy: &str,
        private: &str,
        unchecked: &str,
        database: &str,
    ) -> Result<Self, NotConfigured> {
        let mut proxies = Vec::new();
        for part in proxy.split_inclusive([',', '|']) {
            let goes_on_after_any = part.ends_with('|');
            let hop = match part.trim_end_matches([',', '|']).trim() {
                "" => continue,
                "direct" => Hop::Direct,
                "off" => Hop::Off,
                named => Hop::Proxy(address(named, "go")?),
            };
            proxies.push((hop, goes_on_after_any));
        }
        let list = |text: &str| -> Vec<String> {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let database = database.split_whitespace().next().unwrap_or_default();
        let database = database.split('+').next().unwrap_or_default().to_owned();
        Ok(Self { proxies, private: list(private), unchecked: list(unchecked), database })
    }

    /// Whether the go command asks no proxy for a module.
    pub(in crate::registry) fn is_private(&self, module: &str) -> bool {
        self.private.iter().any(|pattern| matches_start(pattern, module))
    }

    /// The checksum database for a module, where one is asked.
    pub(in crate::registry) fn database(&self, module: &str) -> Option<&str> {
        let is_off = matches!(self.database.as_str(), "" | "off");
        let is_left_out = self.unchecked.iter().any(|pattern| matches_start(pattern, module));
        (!is_off && !is_left_out).then_some(self.database.as_str())
    }
}

/// Whether a pattern matches as many leading elements of a path as it has itself. A pattern with more than a `*` for a
/// part of an element matches everything: then nothing is asked, rather than the wrong place.
fn matches_start(pattern: &str, path: &str) -> bool {
    let mut elements = path.split('/');
    pattern.split('/').all(|part| {
        let Some(element) = elements.next() else { return false };
        if part.contains(['?', '[', '\\']) {
            return true;
        }
        match part.split_once('*') {
            None => part == element,
            Some((_, end)) if end.contains('*') => true,
            Some((start, end)) => {
                element.len() >= start.len() + end.len()
                    && element.starts_with(start)
                    && element.ends_with(end)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(text: &str) -> Vec<(Hop, bool)> {
        GoSettings::new(text, "", "", "").unwrap().proxies
    }

    #[test]
    fn the_list_of_proxies_keeps_its_order_and_separators() {
        let proxy = |text: &str| Hop::Proxy(Url::parse(text).unwrap());
        assert_eq!(
            proxies("http://127.0.0.1:9/a|https://b.example.test,direct"),
            [
                (proxy("http://127.0.0.1:9/a/"), true),
                (proxy("https://b.example.test/"), false),
                (Hop::Direct, false)
            ]
        );
        assert_eq!(proxies("off"), [(Hop::Off, false)]);
        assert!(proxies("").is_empty());
        assert!(GoSettings::new("file:///tmp", "", "", "").is_err());
    }

    #[test]
    fn a_private_module_is_found_by_its_leading_elements() {
        let settings = |private: &str| GoSettings::new("off", private, "", "").unwrap();
        for (pattern, module, is_private) in [
            ("example.test", "example.test/kit", true),
            ("example.test/kit", "example.test/kit/go", true),
            ("example.test/kit", "example.test/kitten", false),
            ("*.example.test", "git.example.test/kit", true),
            ("*.example.test", "example.test/kit", false),
            ("other.test,example.test/*", "example.test/kit", true),
            ("", "example.test/kit", false),
        ] {
            assert_eq!(settings(pattern).is_private(module), is_private, "{pattern} {module}");
        }
    }

    #[test]
    fn a_database_is_asked_unless_it_is_off_or_the_module_is_left_out() {
        let asked = |unchecked: &str, database: &str| {
            let settings = GoSettings::new("off", "", unchecked, database).unwrap();
            settings.database("example.test/kit").map(str::to_owned)
        };
        assert_eq!(asked("", "sums.example.test+033de+key https://x").as_deref(), Some("sums.example.test"));
        assert_eq!(asked("", "off"), None);
        assert_eq!(asked("example.test", "sums.example.test"), None);
    }
}
