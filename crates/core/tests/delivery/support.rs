//! A package that is delivered as it should be, to break one thing at a time.

use gonogo_core::delivery::{
    Algorithm, BuildOrigin, Channel, Checksum, CleanInstall, Content, Expected, Install, Served, ServedFile,
    Sighting, Told,
};
use gonogo_core::digest::Digest;
use gonogo_core::manifest::{BuiltFile, Manifest};
use semver::Version;

/// A clean install that came to this.
pub const fn tried(came: Install) -> CleanInstall {
    CleanInstall { came, program: None }
}

pub const COMMIT: &str = "f337258f337258f337258f337258f337258f3372";

pub fn version() -> Version {
    Version::new(0, 1, 1)
}

pub fn built(names: &[&str]) -> Manifest {
    Manifest::new(names.iter().map(|name| BuiltFile {
        name: (*name).to_owned(),
        bytes: name.len() as u64,
        digest: Digest::of(name.as_bytes()),
    }))
    .unwrap()
}

/// The file of this name as [`built`] built it, stated and served alike.
pub fn served(name: &str) -> ServedFile {
    let digest = Digest::of(name.as_bytes());
    ServedFile {
        name: name.to_owned(),
        stated: vec![digest.into()],
        bytes: Some(name.len() as u64),
        content: Some(Content { bytes: name.len() as u64, digest, computed: vec![digest.into()] }),
        looked_into: true,
        holds: vec!["LICENSE".to_owned()],
        attestations: Vec::new(),
    }
}

pub fn crate_expected() -> Expected {
    let expected = Expected::unrecorded(Channel::CratesIo, "kit", &version());
    Expected { holds: vec!["LICENSE".to_owned()], ..expected }
        .built(&built(&["kit-0.1.1.crate"]))
        .from_commit(COMMIT.parse().unwrap())
}

pub fn crate_facts() -> Served {
    Served {
        package: "kit".to_owned(),
        version: "0.1.1".to_owned(),
        resolves: Told::Yes,
        files: vec![served("kit-0.1.1.crate")],
        origin: Some(BuildOrigin { commit: COMMIT.to_owned(), dirty: false }),
        install: Some(tried(Install::Ran { version: "0.1.1".to_owned() })),
        ..Served::default()
    }
}

pub fn live(facts: Served) -> Sighting {
    Sighting::Live(Box::new(facts))
}

pub fn sha512(digit: &str) -> Checksum {
    Checksum::new(Algorithm::Sha512, &digit.repeat(128)).unwrap()
}
