//! How a channel is asked, and what its own client does: each channel's room says it.

use super::install::Clean;
use super::{Listing, ListingError, Registries, Wanted, archive, attestation};
use crate::git::Git;
use crate::process::Cancel;
use gonogo_core::delivery::{Checksum, Doubt, Install};
use gonogo_core::ids::CommitId;
use semver::Version;
use serde_json::Value;
use std::pin::Pin;

/// What is waited for.
pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// How a channel is asked, and what its own client does.
pub(super) trait Index: Sync {
    /// Every version that the client's index has of a package.
    fn list<'a>(
        &'a self,
        registries: &'a Registries,
        package: &'a str,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>>;

    /// What the index says of one version; most say it only together with all others.
    fn one<'a>(
        &'a self,
        registries: &'a Registries,
        wanted: &'a Wanted,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        self.list(registries, &wanted.package, cancel)
    }

    /// The commit that a version is of there, where the channel itself leads to one.
    fn commit<'a>(
        &'a self,
        _: &'a Registries,
        _: &'a Wanted,
        _: &'a Cancel,
    ) -> Answer<'a, Option<Result<String, Doubt>>> {
        Box::pin(std::future::ready(None))
    }

    /// What a file of a package is, to be looked into.
    fn archive(&self, name: &str, _: &Wanted) -> archive::Kind {
        archive::Kind::of(name)
    }

    /// The bundles of signed statements in the registry's document of them.
    fn bundles(&self, document: &Value) -> Option<Vec<Value>> {
        attestation::of_list(document)
    }

    /// A clean install of a version with its ecosystem's own client, and a command of it.
    fn install<'a>(
        &'a self,
        clean: &'a Clean<'a>,
        wanted: &'a Wanted,
        smoke: &'a [String],
    ) -> Answer<'a, Result<Install, Install>>;

    /// The checksum of a version by the repository's tree at a commit of the release, where the channel serves the tree.
    /// `None` where the tree has no such package.
    fn sum_of_tree<'a>(
        &'a self,
        _: &'a Git,
        _: &'a str,
        _: &'a Version,
        _: &'a CommitId,
    ) -> Answer<'a, Result<Option<Checksum>, String>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
