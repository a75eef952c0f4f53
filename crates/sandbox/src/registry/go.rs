//! A Go module proxy over the git remotes: a version is a tag, prefixed with the module's folder (`bindings/go/v1.2.3`).
//!
//! Source: the Go modules reference, "GOPROXY protocol". Invariant: what is not tagged is a 404, what git cannot read
//! is a 500, and the two are never taken for each other.

use crate::git::{Remote, Remotes, SandboxGitError};
use crate::http::archive::{self, File};
use crate::http::request::{ReceivedRequest, Reply};
use semver::Version;
use serde_json::json;
use std::io::Read;

/// A module that a remote holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteModule {
    /// Its path, as in `go.mod`.
    pub path: String,
    /// The repository that holds it, `owner/name`.
    pub repository: String,
    /// Its folder there; empty for the root.
    pub folder: String,
}

/// Answers, with so many of the newest versions not there yet.
pub(super) async fn answer(
    request: &ReceivedRequest,
    modules: &[RemoteModule],
    remotes: &Remotes,
    hidden: usize,
) -> Reply {
    match look(request, modules, remotes, hidden).await {
        Ok(Some(reply)) => reply,
        Ok(None) => {
            let text = format!("not found: {}: no matching versions\n", request.path.trim_start_matches('/'));
            Reply { status: 404, ..Reply::bytes("text/plain; charset=utf-8", text.into_bytes()) }
        }
        Err(error) => Reply::message(500, &error.to_string()),
    }
}

async fn look(
    request: &ReceivedRequest,
    modules: &[RemoteModule],
    remotes: &Remotes,
    hidden: usize,
) -> Result<Option<Reply>, SandboxGitError> {
    let path = request.parts().join("/");
    let (module, asked) = match path.split_once("/@v/") {
        Some((module, asked)) => (module, asked),
        None => match path.strip_suffix("/@latest") {
            Some(module) => (module, "@latest"),
            None => return Ok(None),
        },
    };
    let module = unescaped(module);
    let Some(module) = modules.iter().find(|known| known.path == module) else { return Ok(None) };
    let Some(remote) = remotes.get(&module.repository) else { return Ok(None) };
    let shelf = Shelf { module, remote, remotes };
    let versions = shelf.versions(hidden).await?;
    let (version, kind) = match asked {
        "list" => {
            let text: String = versions.iter().map(|version| format!("v{version}\n")).collect();
            return Ok(Some(Reply::bytes("text/plain; charset=utf-8", text.into_bytes())));
        }
        "@latest" => {
            let released = versions.iter().filter(|version| version.pre.is_empty()).max();
            let Some(latest) = released.or_else(|| versions.iter().max()) else { return Ok(None) };
            return shelf.info(latest).await.map(Some);
        }
        file => {
            let Some((version, kind)) = file.rsplit_once('.') else { return Ok(None) };
            (unescaped(version), kind)
        }
    };
    let Some(version) = versions.into_iter().find(|known| format!("v{known}") == version) else {
        return Ok(None);
    };
    match kind {
        "info" => shelf.info(&version).await.map(Some),
        "mod" => shelf.go_mod(&version).await.map(Some),
        "zip" => shelf.zip(&version).await.map(Some),
        _ => Ok(None),
    }
}

/// Capitals are written as `!` and the small letter, for file systems that do not tell them apart.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '!' => out.extend(letters.next().map(|letter| letter.to_ascii_uppercase())),
            other => out.push(other),
        }
    }
    out
}

struct Shelf<'a> {
    module: &'a RemoteModule,
    remote: &'a Remote,
    remotes: &'a Remotes,
}

impl Shelf<'_> {
    async fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, SandboxGitError> {
        self.remotes.git.run(&self.remote.path, arguments.iter().copied()).await
    }

    fn tag(&self, version: &Version) -> String {
        match self.module.folder.as_str() {
            "" => format!("refs/tags/v{version}"),
            folder => format!("refs/tags/{folder}/v{version}"),
        }
    }

    /// Path and object of the module's folder, or of a file in it.
    fn object(&self, version: &Version, file: &str) -> String {
        let folder = &self.module.folder;
        let slash = if folder.is_empty() || file.is_empty() { "" } else { "/" };
        format!("{}:{folder}{slash}{file}", self.tag(version))
    }

    /// The tagged versions that this module's path can have, in their order, without so many of the newest tags.
    async fn versions(&self, hidden: usize) -> Result<Vec<Version>, SandboxGitError> {
        let all =
            self.git(&["for-each-ref", "--sort=creatordate", "--format=%(refname)", "refs/tags"]).await?;
        let all = String::from_utf8_lossy(&all).into_owned();
        let prefix = match self.module.folder.as_str() {
            "" => "refs/tags/v".to_owned(),
            folder => format!("refs/tags/{folder}/v"),
        };
        let tagged = all.lines().filter_map(|name| name.strip_prefix(&prefix));
        let mut versions: Vec<Version> = tagged.filter_map(|text| Version::parse(text).ok()).collect();
        versions.truncate(versions.len().saturating_sub(hidden));
        let major = self.module.path.rsplit_once("/v").and_then(|(_, major)| major.parse::<u64>().ok());
        versions.retain(|version| match major {
            Some(major) => version.major == major,
            None => version.major < 2,
        });
        versions.sort();
        Ok(versions)
    }

    async fn info(&self, version: &Version) -> Result<Reply, SandboxGitError> {
        let tag = self.tag(version);
        let commit = self.git(&["log", "-1", "--format=%H %cI", &tag]).await?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let (hash, time) = commit.split_once(' ').unwrap_or((&commit, ""));
        let origin = json!({
            "VCS": "git",
            "URL": self.remote.addresses.first(),
            "Subdir": self.module.folder,
            "Hash": hash,
            "Ref": tag,
        });
        let body = json!({ "Version": format!("v{version}"), "Time": time, "Origin": origin });
        Ok(Reply { content_type: "application/json".to_owned(), ..Reply::json(200, &body) })
    }

    async fn go_mod(&self, version: &Version) -> Result<Reply, SandboxGitError> {
        let text = self.git(&["cat-file", "blob", &self.object(version, "go.mod")]).await?;
        Ok(Reply::bytes("text/plain; charset=utf-8", text))
    }

    /// The module's files without those of modules below it, and with the repository's licence where it has none.
    async fn zip(&self, version: &Version) -> Result<Reply, SandboxGitError> {
        let tree = self.object(version, "");
        let bytes = self.git(&["archive", "--format=zip", "-0", &tree]).await?;
        let mut files = unzipped(&bytes)?;
        let below: Vec<String> = files
            .iter()
            .filter_map(|(name, _)| name.strip_suffix("/go.mod").map(|folder| format!("{folder}/")))
            .collect();
        files.retain(|(name, _)| !below.iter().any(|folder| name.starts_with(folder)));
        let has_licence = files.iter().any(|(name, _)| name == "LICENSE");
        if !has_licence {
            let licence = format!("{}:LICENSE", self.tag(version));
            match self.git(&["cat-file", "blob", &licence]).await {
                Ok(text) => files.push(("LICENSE".to_owned(), text)),
                // The repository has none either.
                Err(SandboxGitError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let prefix = format!("{}@v{version}/", self.module.path);
        let files: Vec<File> =
            files.into_iter().map(|(name, bytes)| (format!("{prefix}{name}"), bytes)).collect();
        let zip =
            archive::zip(&files).ok_or_else(|| std::io::Error::other("a path that no archive can hold"))?;
        Ok(Reply::bytes("application/zip", zip))
    }
}

fn unzipped(bytes: &[u8]) -> std::io::Result<Vec<File>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(std::io::Error::other)?;
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).map_err(std::io::Error::other)?;
        if file.is_file() {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let name = file.name().map_err(std::io::Error::other)?.into_owned();
            files.push((name, bytes));
        }
    }
    Ok(files)
}
