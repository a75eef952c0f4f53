//! The remote that a release goes to.

use crate::failure::{Failure, FailureKind};
use gonogo_core::ids::RemoteName;
use gonogo_core::plan::{Plan, StepKind};
use gonogo_core::text::shell_line;
use gonogo_world::git::{Elsewhere, Git, Upstream};

/// The remote that the release's tag is pushed to: the one that the plan names, else the one that the branch is pushed to,
/// else the only one, or `origin`. `None` where the checkout has no remote at all.
///
/// # Errors
/// It cannot be told which; or a push to it would go to a repository that nobody looks at.
pub async fn release_remote(git: &Git, plan: &Plan) -> Result<Option<RemoteName>, Failure> {
    let remotes = git.remotes().await?;
    if remotes.is_empty() {
        return Ok(None);
    }
    let remote = match planned(plan) {
        Some(planned) if remotes.iter().any(|remote| remote == planned) => planned.to_owned(),
        Some(planned) => {
            let message = format!("the plan pushes the tag to {planned}, and this clone has no such remote");
            let add = shell_line(["git", "remote", "add", planned, "ADDRESS"]);
            return Err(Failure::new(FailureKind::NoGo, message).remedy(add));
        }
        None => of_the_branch(git, &remotes).await?,
    };
    if let Some(Elsewhere { read, pushed }) = git.pushes_elsewhere(&remote).await? {
        let message = format!("{remote} is read from {read}, and a push to it goes to {pushed}");
        let set = shell_line(["git", "remote", "set-url", "--push", &remote, &read]);
        return Err(Failure::new(FailureKind::Conflict, message).remedy(format!(
            "let both be the repository that the release goes to: `{set}`, and see that no `pushurl` or `pushInsteadOf` of git's says otherwise"
        )));
    }
    Ok(Some(remote))
}

/// The remote that the plan's own step pushes the release's tag to, where it names one.
fn planned(plan: &Plan) -> Option<&RemoteName> {
    plan.steps.iter().find_map(|step| match &step.kind {
        StepKind::PushTag(push) if push.name == "{tag}" => push.remote.as_ref(),
        _ => None,
    })
}

/// The remote of the branch that is checked out; the only remote, or `origin`, where that has none.
pub(crate) async fn of_the_branch(git: &Git, remotes: &[RemoteName]) -> Result<RemoteName, Failure> {
    if let Upstream::At { name, .. } = git.upstream().await?
        && let Some((remote, _)) = split_upstream(&name, remotes)
    {
        return Ok(remote);
    }
    let found = match remotes {
        [only] => Some(only),
        all => all.iter().find(|name| name.as_str() == "origin"),
    };
    found.cloned().ok_or_else(|| {
        Failure::new(FailureKind::NoGo, "it cannot be told which remote the release goes to")
            .remedy("check out a branch that has an upstream")
    })
}

/// The remote and the branch of an upstream's name. Remotes have slashes in their names, as branches do.
pub(crate) fn split_upstream<'a>(name: &'a str, remotes: &[RemoteName]) -> Option<(RemoteName, &'a str)> {
    let branch = |remote: &RemoteName| name.strip_prefix(remote.as_str())?.strip_prefix('/');
    let fitting = remotes.iter().filter_map(|remote| Some((remote.clone(), branch(remote)?)));
    fitting.max_by_key(|(remote, _)| remote.len())
}

#[cfg(test)]
mod tests {
    use super::split_upstream;
    use gonogo_core::ids::RemoteName;

    #[test]
    fn an_upstream_is_of_the_remote_with_the_longest_name_that_fits() {
        let remotes = ["origin", "team/origin", "team"].map(|name| name.parse::<RemoteName>().unwrap());
        let told = |name| split_upstream(name, &remotes).map(|(remote, branch)| (remote.to_string(), branch));
        assert_eq!(told("origin/main"), Some(("origin".to_owned(), "main")));
        assert_eq!(told("team/origin/a/b"), Some(("team/origin".to_owned(), "a/b")));
        assert_eq!(told("team/x"), Some(("team".to_owned(), "x")));
        // The branch of this clone that another one follows.
        assert_eq!(told("feature/x"), None);
        assert_eq!(told("main"), None);
    }
}
