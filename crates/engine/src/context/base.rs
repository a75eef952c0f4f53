//! The base tag: the previous release's, against which everything is compared.

use super::Base;
use crate::failure::{Failure, chain};
use gonogo_core::plan::Plan;
use gonogo_core::release::{Target, derive_base_tag};
use gonogo_core::verdict::Reason;
use gonogo_world::git::Git;

/// The base that was given, or the one that the tags tell. `None` for a first release.
pub async fn find(
    git: &Git,
    plan: &Plan,
    target: &Target,
    given: Option<&str>,
) -> Result<Option<Base>, Failure> {
    let missing = |message: String, shallow: bool| {
        let fetch = if shallow { "git fetch --unshallow --tags" } else { "git fetch --tags" };
        Failure::incomplete(Reason::BaselineMissing, message).remedy(format!("{fetch}, or give --base-tag"))
    };
    if let Some(tag) = given {
        return match git.commit_of(&format!("refs/tags/{tag}")).await? {
            Some(commit) => Ok(Some(Base { tag: tag.to_owned(), commit })),
            None => Err(missing(format!("there is no base tag {tag} here"), git.is_shallow().await?)),
        };
    }
    let tags = git.tags().await?;
    if let Some(tag) = derive_base_tag(target, &plan.project.tag, tags.iter().map(String::as_str)) {
        return match git.commit_of(&format!("refs/tags/{tag}")).await? {
            Some(commit) => Ok(Some(Base { tag: tag.to_owned(), commit })),
            None => Err(missing(format!("the base tag {tag} stands for no commit"), git.is_shallow().await?)),
        };
    }
    if git.is_shallow().await? {
        return Err(missing("this clone is shallow and has no tag below the target".to_owned(), true));
    }
    // No tag here may mean no release yet, or tags that were not fetched: only the remote knows.
    for remote in git.remotes().await? {
        let tags = git.remote_tags(&remote).await.map_err(|error| {
            missing(format!("no tag below the target is here, and the remote {remote} does not say whether there is one: {}", chain(&error)), false)
        })?;
        if let Some(tag) = derive_base_tag(target, &plan.project.tag, tags.iter().map(String::as_str)) {
            return Err(missing(
                format!("the remote {remote} has the base tag {tag}, and it is not here"),
                false,
            ));
        }
    }
    Ok(None)
}
