//! A clean install of a formula: by a stand-in that has brew's layout, and, where it is asked for, by brew itself.

use crate::homebrew::Tap;
use crate::server::Answer;
use crate::shop::{packed, quick};
use gonogo_core::delivery::{Channel, CleanInstall, Expected, Install};
use gonogo_core::digest::Digest;
use gonogo_core::verdict::Reason;
use gonogo_sandbox::write_program;
use gonogo_world::http::Http;
use gonogo_world::process::{Cancel, Environment};
use gonogo_world::registry::{Configuration, Registries, Wanted};
use semver::Version;
use std::fs;
use std::path::{Path, PathBuf};

const FILE: &str = "kit.tar.gz";
/// Its prefix is where it lies, its files of configuration are read, and an install needs all that the formula names.
const STAND_IN: &str = r#"#!/bin/sh
set -eu
prefix=$(cd "$(dirname "$0")/.." && pwd -P)
case "$1" in
--prefix | --repository) echo "$prefix"; exit ;;
esac
. "$XDG_CONFIG_HOME/homebrew/brew.env"
test "$HOMEBREW_NO_AUTO_UPDATE" = 1
{ echo "HOME=$HOME"; cat "$XDG_CONFIG_HOME/homebrew/brew.env"; } >"$HOMEBREW_SEEN"
test -d "$prefix/Library/Homebrew/vendor/portable-ruby" || { echo "no Ruby" >&2; exit 1; }
for formula; do :; done
owner=${formula%%/*} rest=${formula#*/}
tap=${rest%%/*} name=${rest#*/}
text="$prefix/Library/Taps/$owner/homebrew-$tap/Formula/$name.rb"
if grep -q depends_on "$text"; then echo "another formula does not build" >&2; exit 1; fi
test "$2" != --only-dependencies || exit 0
url=$(sed -n 's/^ *url "\(.*\)"/\1/p' "$text") sha=$(sed -n 's/^ *sha256 "\(.*\)"/\1/p' "$text")
curl -fsS --noproxy '*' -o "$HOMEBREW_CACHE/file" "$url"
echo "$sha  $HOMEBREW_CACHE/file" | sha256sum --check --quiet
mkdir -p "$prefix/opt/$name/bin"
tar -xzf "$HOMEBREW_CACHE/file" -C "$prefix/opt/$name/bin"
chmod +x "$prefix/opt/$name/bin/$name"
"#;

struct Host {
    tap: Tap,
    /// Its prefix, which is its repository too.
    prefix: PathBuf,
    seen: PathBuf,
    environment: Environment,
}

impl Host {
    /// A host with a stand-in for brew, and a tap with the formula of a program that says a version.
    async fn new(says: &str) -> Self {
        let tap = Tap::new().await;
        let (prefix, seen) = (tap.home.path().join("brew"), tap.home.path().join("seen"));
        for folder in ["bin", "Library/Homebrew/vendor/portable-ruby", "etc/homebrew", "Cellar"] {
            fs::create_dir_all(prefix.join(folder)).unwrap();
        }
        let write = |path: &str, text: &str| fs::write(prefix.join(path), text).unwrap();
        write_program(&prefix.join("bin/brew"), STAND_IN).unwrap();
        write(".gitignore", "/Library/Homebrew/vendor/portable-ruby/\n/etc/\n/Cellar/\n");
        write("Library/Homebrew/vendor/portable-ruby/current", "ruby");
        write("Library/Homebrew/vendor/portable-ruby-version", "1");
        write("etc/homebrew/brew.env", "HOMEBREW_CACHE=/nowhere\nHOMEBREW_OF_PREFIX=1\n");
        let own = tap.home.path().join("config/homebrew");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("brew.env"), "HOMEBREW_OF_USER=1\nHOMEBREW_GITHUB_API_TOKEN=hidden\n").unwrap();
        for arguments in
            [&["init", "--quiet", "-b", "main"][..], &["add", "."], &["commit", "--quiet", "-m", "brew"]]
        {
            tap.git(&[&["-C", "brew"], arguments].concat()).await;
        }
        let path = format!("{}:{}", prefix.join("bin").display(), std::env::var("PATH").unwrap());
        let environment = tap
            .environment()
            .with("PATH", path)
            .with("XDG_CONFIG_HOME", tap.home.path().join("config"))
            .with("HOMEBREW_SEEN", &seen);
        Self { tap, prefix, seen, environment }.served(says, "").await
    }

    /// The formula of a program that says a version of itself, with more lines of its own.
    async fn served(self, says: &str, more: &str) -> Self {
        let file = packed(&[("kit", &format!("#!/bin/sh\necho kit {says}\n"))]);
        let text = format!(
            "class Kit < Formula\n  desc \"Kit\"\n  homepage \"https://example.test\"\n  version \"1.2.1\"\n  \
             url \"{}/{FILE}\"\n  sha256 \"{}\"\n{more}\n  def install\n    chmod 0755, \"kit\"\n    \
             bin.install \"kit\"\n  end\nend\n",
            self.tap.server.base,
            Digest::of(&file).hex()
        );
        self.tap.server.route(&format!("/{FILE}"), [Answer::ok("application/gzip", file)]);
        self.tap.write("Formula/kit.rb", &text).await;
        self
    }

    async fn install(&self) -> Install {
        self.clean_install().await.came
    }

    async fn clean_install(&self) -> CleanInstall {
        let registries = Registries::new(
            Http::new(&self.environment, quick(), 1).unwrap(),
            Configuration::new(self.environment.clone(), self.tap.home.path()),
        );
        let expected = Expected::unrecorded(Channel::Homebrew, "o/homebrew-tap/kit", &Version::new(1, 2, 1));
        let wanted = Wanted::of(&expected, "v1.2.1");
        let smoke = ["kit", "--version"].map(str::to_owned);
        registries.install(&wanted, &smoke, &Cancel::default()).await
    }

    async fn not_tried(&self, wanted: Reason, part: &str) {
        let install = self.install().await;
        let is_it = |said: &str| said.contains(part);
        assert!(
            matches!(&install, Install::NotTried { reason, said } if *reason == wanted && is_it(said)),
            "{install:?}"
        );
    }

    /// Every path below the host's own prefix, git's own records aside.
    fn paths(&self) -> Vec<PathBuf> {
        let mut paths = vec![self.prefix.clone()];
        let mut place = 0;
        while let Some(path) = paths.get(place).cloned() {
            if path.is_dir() && !path.ends_with(".git") {
                paths.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            }
            place += 1;
        }
        paths.sort();
        paths
    }
}

#[tokio::test]
async fn a_formula_is_installed_into_a_prefix_of_its_own_and_says_its_version() {
    let host = Host::new("1.2.1").await;
    let before = host.paths();
    let installed = host.clean_install().await;
    assert_eq!(installed.came, Install::Ran { version: "1.2.1".to_owned() });
    let program = installed.program.unwrap();
    assert!(program.path.ends_with("/kit") && !program.path.starts_with('/'), "{program:?}");
    assert_eq!(program.version.as_deref(), Some("1.2.1"));
    assert_eq!(host.paths(), before, "the host's own prefix is as it was");
    let seen = fs::read_to_string(&host.seen).unwrap();
    let home = seen.lines().next().unwrap().strip_prefix("HOME=").unwrap();
    assert!(!home.is_empty() && !Path::new(home).exists(), "{home} was for this install alone");
    assert!(seen.contains("HOMEBREW_OF_PREFIX=1") && seen.contains("HOMEBREW_OF_USER=1"), "{seen}");
    assert!(!seen.contains("hidden"), "{seen}");
}

#[tokio::test]
async fn what_was_installed_and_says_another_version_or_nothing_does_not_pass_for_this_one() {
    let host = Host::new("1.2.0").await;
    assert_eq!(host.install().await, Install::Ran { version: "1.2.0".to_owned() });
    let host = host.served("nothing", "").await;
    assert!(matches!(host.install().await, Install::DoesNotRun { .. }));
}

#[tokio::test]
async fn a_formula_that_brew_refuses_is_not_installed() {
    let host = Host::new("1.2.1").await;
    host.tap.server.route(&format!("/{FILE}"), [Answer::ok("application/gzip", "other bytes")]);
    let install = host.install().await;
    assert!(matches!(&install, Install::NotInstalled { said } if said.contains("sha256sum")), "{install:?}");
}

#[tokio::test]
async fn formulae_that_it_needs_and_brew_cannot_have_here_are_not_its_fault() {
    let host = Host::new("1.2.1").await.served("1.2.1", "  depends_on \"other\"").await;
    host.not_tried(Reason::HostUnfit, "another formula does not build").await;
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read_is_not_taken_for_none() {
    let host = Host::new("1.2.1").await;
    fs::write(host.prefix.join("etc/homebrew/brew.env"), b"HOMEBREW_API_DOMAIN=\xff\n").unwrap();
    host.not_tried(Reason::HostUnfit, "UTF-8").await;
}

#[tokio::test]
async fn no_brew_a_brew_without_a_repository_and_a_tap_that_is_gone_are_not_tried() {
    let host = Host::new("1.2.1").await;
    fs::rename(host.tap.home.path().join("homebrew-tap"), host.tap.home.path().join("gone")).unwrap();
    host.not_tried(Reason::Unreachable, "was not cloned").await;
    fs::rename(host.prefix.join(".git"), host.prefix.join("gone")).unwrap();
    host.not_tried(Reason::HostUnfit, "was not cloned").await;
    fs::write(host.prefix.join("bin/brew"), "#!/bin/sh\necho brew is broken >&2\nexit 1\n").unwrap();
    host.not_tried(Reason::HostUnfit, "brew is broken").await;
    fs::remove_file(host.prefix.join("bin/brew")).unwrap();
    host.not_tried(Reason::ToolMissing, "brew").await;
}

/// Not as root: brew does nothing then. Its own formulae are an empty repository on this disk.
#[tokio::test]
#[ignore = "needs brew on the PATH"]
async fn brew_itself_installs_into_a_prefix_of_its_own() {
    let mut host = Host::new("1.2.1").await;
    let core = host.tap.home.path().join("core");
    fs::create_dir_all(core.join("Formula")).unwrap();
    fs::write(core.join("Formula/.keep"), "").unwrap();
    for arguments in
        [&["init", "--quiet", "-b", "main"][..], &["add", "."], &["commit", "--quiet", "-m", "core"]]
    {
        host.tap.git(&[&["-C", "core"], arguments].concat()).await;
    }
    host.environment = host
        .environment
        .with("PATH", std::env::var_os("PATH").unwrap())
        .with("HOMEBREW_NO_INSTALL_FROM_API", "1")
        .with("HOMEBREW_CORE_GIT_REMOTE", &core);
    assert_eq!(host.install().await, Install::Ran { version: "1.2.1".to_owned() });
    let host = host.served("1.2.0", "").await;
    assert_eq!(host.install().await, Install::Ran { version: "1.2.0".to_owned() });
    let host = host.served("1.2.1", "  depends_on \"no-such-formula\"").await;
    host.not_tried(Reason::HostUnfit, "no-such-formula").await;
    let host = host.served("1.2.1", "").await;
    host.tap.server.route(&format!("/{FILE}"), [Answer::ok("application/gzip", "other bytes")]);
    let install = host.install().await;
    assert!(matches!(install, Install::NotInstalled { .. }), "{install:?}");
    host.tap.write("Formula/kit.rb", "class Kit < Formula\n  nonsense \"1\"\nend\n").await;
    assert!(!matches!(host.install().await, Install::Ran { .. }));
}
