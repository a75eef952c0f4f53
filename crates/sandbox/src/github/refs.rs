//! References, tag objects and commits, read only but for the deletion of a reference.

use super::state::Repository;
use crate::git::{Contents, TagObject};
use crate::http::request::Reply;
use serde_json::{Value, json};

impl Repository {
    /// Takes what a git remote holds in place of what was here.
    pub(super) fn hold(&mut self, contents: Contents) {
        self.refs = contents.refs;
        self.tag_objects = contents.tag_objects;
        self.commits = contents.commits;
    }

    /// Adds an annotated tag: the object under its own ID, and the reference to it.
    pub fn add_annotated_tag(&mut self, tag: &str, object_id: &str, commit: &str) {
        let object = TagObject { tag: tag.to_owned(), object: commit.to_owned(), message: tag.to_owned() };
        self.tag_objects.insert(object_id.to_owned(), object);
        self.refs.insert(format!("tags/{tag}"), object_id.to_owned());
    }

    /// The commit that an object leads to; `None` where tag objects lead in a circle.
    pub(super) fn peeled(&self, id: &str) -> Option<String> {
        let mut at = id;
        for _ in 0..=self.tag_objects.len() {
            match self.tag_objects.get(at) {
                Some(tag) => at = &tag.object,
                None => return Some(at.to_owned()),
            }
        }
        None
    }

    /// The commit of a branch, a tag or a commit's ID, as GitHub resolves a name: branches before tags.
    pub(crate) fn commit_of(&self, name: &str) -> Option<String> {
        let short = name.strip_prefix("refs/").unwrap_or(name);
        let names = [short.to_owned(), format!("heads/{name}"), format!("tags/{name}")];
        match names.iter().find_map(|name| self.refs.get(name)) {
            Some(id) => self.peeled(id),
            None => self.knows_commit(name).then(|| name.to_owned()),
        }
    }

    fn knows_commit(&self, id: &str) -> bool {
        let is_led_to = |from: &String| self.peeled(from).as_deref() == Some(id);
        self.commits.contains_key(id) || self.refs.values().any(is_led_to)
    }

    fn kind(&self, id: &str) -> &'static str {
        if self.tag_objects.contains_key(id) { "tag" } else { "commit" }
    }
}

/// `GET /git/ref/NAME`: one reference by its name without `refs/`.
pub(super) fn get(repository: &Repository, name: &str) -> Reply {
    match repository.refs.get(name) {
        Some(id) => Reply::json(
            200,
            &json!({ "ref": format!("refs/{name}"), "object": { "type": repository.kind(id), "sha": id } }),
        ),
        None => Reply::not_found(),
    }
}

/// `DELETE /git/refs/NAME`.
pub(super) fn delete(repository: &mut Repository, name: &str) -> Reply {
    match repository.refs.remove(name) {
        Some(_) => Reply::empty(204),
        None => Reply::invalid("Reference does not exist"),
    }
}

/// `GET /git/tags/ID`: one tag object.
pub(super) fn tag(repository: &Repository, id: &str) -> Reply {
    let Some(tag) = repository.tag_objects.get(id) else { return Reply::not_found() };
    Reply::json(
        200,
        &json!({
            "sha": id,
            "tag": tag.tag,
            "message": tag.message,
            "object": { "type": repository.kind(&tag.object), "sha": tag.object },
            "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null },
        }),
    )
}

/// `GET /commits/NAME`: a commit by its ID, or by what leads to it.
pub(super) fn commit(repository: &Repository, name: &str, of: &str) -> Reply {
    match repository.commit_of(name) {
        Some(id) => Reply::json(200, &commit_json(repository, &id, of)),
        None => Reply::invalid(&format!("No commit found for SHA: {name}")),
    }
}

/// `GET /branches/NAME`.
pub(super) fn branch(repository: &Repository, name: &str, of: &str) -> Reply {
    match repository.refs.get(&format!("heads/{name}")) {
        Some(id) => Reply::json(
            200,
            &json!({ "name": name, "commit": commit_json(repository, id, of), "protected": false }),
        ),
        None => Reply::message(404, "Branch not found"),
    }
}

fn commit_json(repository: &Repository, id: &str, of: &str) -> Value {
    let message = repository.commits.get(id).map_or("A change", String::as_str);
    json!({
        "sha": id,
        "commit": { "message": message, "committer": { "date": "2026-01-01T00:00:00Z" } },
        "html_url": format!("https://github.com/{of}/commit/{id}"),
        "parents": [],
    })
}

/// GraphQL's `ref(qualifiedName)`, with `refs/`.
pub(super) fn graphql(repository: &Repository, name: &str) -> Value {
    let name = name.strip_prefix("refs/").unwrap_or_default();
    match repository.refs.get(name) {
        Some(_) => json!({ "id": format!("REF_{name}") }),
        None => Value::Null,
    }
}
