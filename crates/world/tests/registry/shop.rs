//! A package that is served as it should be, on each kind of registry, to break one thing at a time.

use crate::server::{Answer, Server};
use crate::support::test_tool;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::GzEncoder};
use gonogo_core::delivery::{Algorithm, Channel, Checksum, Expected, Judgement, Level, Sighting, judge};
use gonogo_core::digest::Digest;
use gonogo_core::manifest::{BuiltFile, Manifest};
use gonogo_sandbox::write_program;
use gonogo_world::http::{Http, Limits, Patience, Sums, hexadecimal};
use gonogo_world::process::{Cancel, Environment};
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted};
use semver::Version;
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

pub const COMMIT: &str = "f337258f337258f337258f337258f337258f3372";
/// Those with a document for a package.
pub const REGISTRIES: [Channel; 3] = [Channel::CratesIo, Channel::Npm, Channel::Pypi];
/// And the one with a document for each version.
pub const SERVERS: [Channel; 4] = [Channel::CratesIo, Channel::Npm, Channel::Pypi, Channel::Go];
/// Those with a file that is as it was built.
pub const FILED: [Channel; 4] = [Channel::CratesIo, Channel::Npm, Channel::Pypi, Channel::GithubRelease];
/// And the one that gh asks, with a document for each tag.
pub const ASKED: [Channel; 5] =
    [Channel::CratesIo, Channel::Npm, Channel::Pypi, Channel::Go, Channel::GithubRelease];

/// Quick to give up, and small.
pub fn quick() -> Patience {
    Patience {
        retries: 2,
        delay: Duration::from_millis(5),
        longest_wait: Duration::from_millis(50),
        attempt: Duration::from_secs(20),
        deadline: Duration::from_secs(60),
        transfer: Duration::from_secs(20),
    }
}

pub struct Shop {
    pub server: Server,
    pub channel: Channel,
    registries: Registries,
    home: TempDir,
}

impl Shop {
    /// The same, for a client that is quick to give up. gh takes a while to start.
    pub async fn hasty(channel: Channel) -> Self {
        let server = Server::start().await;
        let attempt = Duration::from_millis(if channel == Channel::GithubRelease { 2000 } else { 300 });
        let patience = Patience { retries: 0, attempt, transfer: attempt, ..quick() };
        let shop = Self::with(channel, server.clone(), &server.base, patience, 0);
        shop.restock();
        shop
    }

    /// A registry of a kind, with `kit` 1.2.0 and 1.2.1 served as they should be.
    pub async fn open(channel: Channel) -> Self {
        Self::keeping(channel, Limits::default().kept).await
    }

    /// The same, for a client that takes a second for a document, and more for a file that keeps coming.
    pub async fn steady(channel: Channel) -> Self {
        let server = Server::start().await;
        let patience = Patience { retries: 0, attempt: Duration::from_secs(1), ..quick() };
        let shop = Self::with(channel, server.clone(), &server.base, patience, 0);
        shop.restock();
        shop
    }

    /// The same, for a client that keeps no more bytes than these.
    pub async fn keeping(channel: Channel, kept: u64) -> Self {
        let server = Server::start().await;
        let shop = Self::with(channel, server.clone(), &server.base, quick(), kept);
        shop.restock();
        shop
    }

    /// The same with the clients configured for another address.
    pub fn at(channel: Channel, server: Server, base: &str) -> Self {
        Self::with(channel, server, base, quick(), Limits::default().kept)
    }

    fn with(channel: Channel, server: Server, base: &str, patience: Patience, kept: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let environment = clients(home.path(), base);
        let http = Http::new(&environment, patience, 1).unwrap();
        let http = http.with_limits(Limits { document: 1 << 20, file: 1 << 20, kept });
        if channel == Channel::GithubRelease {
            server.on_socket(&home.path().join("s"));
        }
        let registries = Registries::new(http, Configuration::new(environment, home.path()));
        Self { server, channel, registries, home }
    }

    /// Takes gh's way to the server away.
    pub fn unplug(&self) {
        std::fs::remove_file(self.home.path().join("s")).unwrap();
    }

    /// Everything as it should be.
    pub fn restock(&self) {
        let server = &self.server;
        let dl = format!("{{\"dl\":\"{}/dl\"}}", server.base);
        server.route("/index/config.json", [Answer::ok("application/json", dl)]);
        server.route("/npm/-/ping", [Answer::ok("application/json", "{}")]);
        server.route("/simple/", [Answer::ok("text/html", "<html></html>")]);
        server.route("/repos/o/r/releases?per_page=1", [Answer::ok("application/json", "[]")]);
        let commit = format!("{{\"sha\":\"{COMMIT}\"}}");
        server.route("/repos/o/r/commits/tags/v1.2.1", [Answer::ok("application/json", commit)]);
        self.index([Answer::ok(self.content_type(), self.document())]);
        server.route("/go/example.test/kit/@v/list", [Answer::ok("text/plain", "v1.2.0\nv1.2.1\n")]);
        for version in ["v1.2.0", "v1.2.1"] {
            let path = format!("/go/example.test/kit/@v/{version}.mod");
            server.route(&path, [Answer::ok("text/plain", "module example.test/kit\n\ngo 1.21\n")]);
        }
        let sum = format!(
            "7\nexample.test/kit v1.2.1 h1:{}\nexample.test/kit v1.2.1/go.mod h1:x\n",
            go_sum("1.2.1")
        );
        let lookup = "/go/sumdb/sums.example.test/lookup/example.test/kit@v1.2.1";
        server.route(lookup, [Answer::ok("text/plain", sum)]);
        for version in ["1.2.0", "1.2.1"] {
            server.route(
                &self.file_path(version),
                [Answer::ok("application/octet-stream", self.file(version))],
            );
        }
    }

    /// Answers for the package's index document.
    pub fn index(&self, answers: impl IntoIterator<Item = Answer>) {
        self.server.route(self.index_path(), answers);
    }

    pub fn index_path(&self) -> &'static str {
        match self.channel {
            Channel::CratesIo => "/index/3/k/kit",
            Channel::Npm => "/npm/kit",
            Channel::Go => "/go/example.test/kit/@v/v1.2.1.info",
            Channel::GithubRelease => "/repos/o/r/releases/tags/v1.2.1",
            _ => "/simple/kit/",
        }
    }

    pub fn content_type(&self) -> &'static str {
        match self.channel {
            Channel::CratesIo => "text/plain",
            Channel::Npm => "application/vnd.npm.install-v1+json",
            Channel::Go | Channel::GithubRelease => "application/json",
            _ => "application/vnd.pypi.simple.v1+json",
        }
    }

    pub fn file_name(&self, version: &str) -> String {
        match self.channel {
            Channel::CratesIo => format!("kit-{version}.crate"),
            Channel::Npm => format!("kit-{version}.tgz"),
            _ => format!("kit-{version}.tar.gz"),
        }
    }

    pub fn file_path(&self, version: &str) -> String {
        match self.channel {
            Channel::CratesIo => format!("/dl/kit/{version}/download"),
            Channel::Go => format!("/go/example.test/kit/@v/v{version}.zip"),
            Channel::GithubRelease => format!("/repos/o/r/releases/assets/{}", asset_id(version)),
            _ => format!("/files/{}", self.file_name(version)),
        }
    }

    pub fn package(&self) -> &'static str {
        match self.channel {
            Channel::Go => "example.test/kit",
            Channel::GithubRelease => "o/r",
            _ => "kit",
        }
    }

    pub fn file(&self, version: &str) -> Vec<u8> {
        if self.channel == Channel::Go {
            return module(&go_files(version));
        }
        let folder =
            if self.channel == Channel::Npm { "package".to_owned() } else { format!("kit-{version}") };
        packed(&[
            (&format!("{folder}/LICENSE"), "MIT"),
            (&format!("{folder}/VERSION"), version),
            (&format!("{folder}/.cargo_vcs_info.json"), &format!(r#"{{"git":{{"sha1":"{COMMIT}"}}}}"#)),
        ])
    }

    /// The index document with both versions, as text to be edited.
    pub fn document(&self) -> String {
        if self.channel == Channel::Go {
            return format!(r#"{{"Version":"v1.2.1","Origin":{{"VCS":"git","Hash":"{COMMIT}"}}}}"#);
        }
        // A release is of one tag.
        let versions = if self.channel == Channel::GithubRelease { 1..2 } else { 0..2 };
        self.document_of(&["1.2.0", "1.2.1"][versions])
    }

    pub fn document_of(&self, versions: &[&str]) -> String {
        let each: Vec<String> = versions.iter().map(|version| self.entry(version)).collect();
        match self.channel {
            Channel::CratesIo => each.join("\n") + "\n",
            Channel::Npm => {
                let latest = versions.last().unwrap();
                let each = each.join(",");
                format!(r#"{{"name":"kit","dist-tags":{{"latest":"{latest}"}},"versions":{{{each}}}}}"#)
            }
            Channel::GithubRelease => {
                let (tag, each) = (versions.last().unwrap(), each.join(","));
                format!(r#"{{"name":"kit","tag_name":"v{tag}","draft":false,"assets":[{each}]}}"#)
            }
            _ => format!(r#"{{"meta":{{"api-version":"1.1"}},"name":"kit","files":[{}]}}"#, each.join(",")),
        }
    }

    fn entry(&self, version: &str) -> String {
        let file = self.file(version);
        let sha256 = Digest::of(&file).hex();
        let url = format!("{}{}", self.server.base, self.file_path(version));
        match self.channel {
            Channel::CratesIo => format!(
                r#"{{"name":"kit","vers":"{version}","deps":[],"cksum":"{sha256}","features":{{}},"yanked":false}}"#
            ),
            Channel::Npm => {
                let integrity = integrity(&file);
                format!(
                    r#""{version}":{{"name":"kit","version":"{version}","dist":{{"integrity":"{integrity}","tarball":"{url}"}}}}"#
                )
            }
            Channel::GithubRelease => {
                let (id, name, size) = (asset_id(version), self.file_name(version), file.len());
                format!(
                    r#"{{"id":{id},"name":"{name}","state":"uploaded","size":{size},"digest":"sha256:{sha256}"}}"#
                )
            }
            _ => {
                let (name, size) = (self.file_name(version), file.len());
                format!(
                    r#"{{"filename":"{name}","url":"{url}","hashes":{{"sha256":"{sha256}"}},"size":{size},"yanked":false}}"#
                )
            }
        }
    }

    pub async fn observe(&self, depth: Depth) -> Sighting {
        let wanted = Wanted {
            channel: self.channel,
            package: self.package().to_owned(),
            version: Version::new(1, 2, 1),
            tag: "v1.2.1".to_owned(),
            holds: vec!["LICENSE".to_owned()],
            attested: false,
        };
        self.registries.observe(&wanted, depth, &Cancel::default()).await
    }

    /// What is expected: the file as it was built, from the commit where the channel says one.
    pub fn expected(&self) -> Expected {
        let file = self.file("1.2.1");
        let (bytes, digest) = (file.len() as u64, Digest::of(&file));
        let built = BuiltFile { name: self.file_name("1.2.1"), bytes, digest };
        let expected = Expected::unrecorded(self.channel, self.package(), &Version::new(1, 2, 1));
        let expected = expected.built(&Manifest::new([built.clone()]).unwrap());
        match self.channel {
            Channel::CratesIo => expected.from_commit(COMMIT.parse().unwrap()),
            Channel::Go => {
                let sum = Checksum::new(Algorithm::GoH1, &go_sum("1.2.1")).unwrap();
                Expected { sum: Some(sum), ..expected.from_commit(COMMIT.parse().unwrap()) }
            }
            // As they were published: these, and no others.
            Channel::GithubRelease => expected.from_commit(COMMIT.parse().unwrap()).exactly([built]),
            _ => expected,
        }
    }

    /// The judgement of what is served now, down to the bytes.
    pub async fn judged(&self) -> Judgement {
        judge(&self.expected(), &self.observe(Depth::Bytes).await, Level::Bytes)
    }
}

/// The ID of the asset that is a version's file.
fn asset_id(version: &str) -> u8 {
    if version == "1.2.1" { 2 } else { 1 }
}

fn go_files(version: &str) -> Vec<(String, String)> {
    let name = |file: &str| format!("example.test/kit@v{version}/{file}");
    vec![
        (name("LICENSE"), "MIT".to_owned()),
        (name("go.mod"), "module example.test/kit".to_owned()),
        (name("kit.go"), format!("package kit // {version}")),
    ]
}

/// Go's dirhash, as its reference has it: `sha256sum` of each file, sorted, through `sha256sum`, in base64.
fn go_sum(version: &str) -> String {
    let mut lines: Vec<String> = go_files(version)
        .iter()
        .map(|(name, content)| format!("{}  {name}\n", Digest::of(content.as_bytes()).hex()))
        .collect();
    lines.sort_by(|one, other| one[66..].cmp(&other[66..]));
    let hex = Digest::of(lines.concat().as_bytes()).hex();
    let raw: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap()).collect();
    STANDARD.encode(raw)
}

fn module(files: &[(String, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// npm's integrity of some bytes.
pub fn integrity(bytes: &[u8]) -> String {
    let mut sums = Sums::default();
    sums.update(bytes);
    let content = sums.finish();
    let sha512 = content.computed.iter().find(|sum| sum.value().len() == 128).unwrap();
    let pairs = sha512.value().as_bytes().chunks(2);
    let raw: Vec<u8> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    assert_eq!(hexadecimal(&raw), sha512.value());
    format!("sha512-{}", STANDARD.encode(raw))
}

pub fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// An environment whose clients are configured for one server: cargo by its variables, npm and pip by stand-ins that
/// say what the clients say, and the real gh by its configuration, which names a socket.
pub fn clients(home: &Path, base: &str) -> Environment {
    for (name, said) in [
        ("npm", format!("echo {base}/npm/")),
        ("go", format!("printf '{base}/go\\n\\n\\nsums.example.test\\n'")),
        ("pip", format!("echo '  -i, --index-url <url>  Base URL (default {base}/simple). This should'")),
    ] {
        write_program(&home.join(name), &format!("#!/bin/sh\n{said}\n")).unwrap();
    }
    std::os::unix::fs::symlink(test_tool("bin/gh"), home.join("gh")).unwrap();
    let socket = serde_json::Value::from(home.join("s").to_str().unwrap());
    std::fs::write(home.join("config.yml"), format!("version: \"1\"\nhttp_unix_socket: {socket}\n")).unwrap();
    Environment::allowing([])
        .with("PATH", home)
        .with("HOME", home)
        .with("GH_CONFIG_DIR", home)
        .with("GH_TOKEN", "dummy")
        .with("GITHUB_TOKEN", "")
        .with("XDG_CONFIG_HOME", home)
        .with("CARGO_HOME", home)
        .with("SSL_CERT_FILE", "")
        .with("no_proxy", "127.0.0.1")
        .with("CARGO_REGISTRY_DEFAULT", "shop")
        .with("CARGO_REGISTRIES_SHOP_INDEX", format!("sparse+{base}/index/"))
}
