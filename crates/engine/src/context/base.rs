//! The base: the release remote's own newest earlier release, against which everything is compared.
//!
//! Invariant: an answer is the remote's, and never an older one of this clone. What a person has to look at is gathered,
//! and decided on by nobody here.

use super::base_plan::{self, BasePlan, usual_paths};
use super::remote::release_remote;
use super::{Base, Candidate, recorded};
use crate::failure::{Failure, FailureKind, chain};
use gonogo_core::baseline::{BaselineSeen, TagPlaces, could_be_release, newest_earlier};
use gonogo_core::ids::{CommitId, RemoteName};
use gonogo_core::plan::Plan;
use gonogo_core::text::shell_line;
use gonogo_core::verdict::Reason;
use gonogo_world::git::{AtPath, Git};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};

/// What a candidate is compared with besides its base, and what of the base a person has to look at.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// What the base asked for, and the newest earlier release, where that is another one.
    pub plans: Vec<BasePlan>,
    /// What a person has to look at, a line each.
    pub to_review: Vec<String>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// The newest earlier release, whose plan names the reviewers: the remote's own, whatever base was given.
    pub newest: Option<Base>,
}

impl Baseline {
    /// The plans that earlier releases were held to, as far as they can be read.
    pub fn plans_read(&self) -> impl Iterator<Item = &Plan> {
        self.plans.iter().filter_map(|plan| match plan {
            BasePlan::Read(plan) => Some(&**plan),
            BasePlan::Nowhere { .. } | BasePlan::Unclear(_) => None,
        })
    }
}

/// The tags that a base is told by.
struct Tags {
    remote: Option<RemoteName>,
    here: TagPlaces,
    there: TagPlaces,
}

/// The base that was given, or the newest earlier release. `None` where there is no earlier release.
pub async fn find(
    git: &Git,
    candidate: &Candidate,
    given: Option<&str>,
) -> Result<(Option<Base>, Baseline), Failure> {
    let tags = read_tags(git, &candidate.plan).await?;
    let by_own = by_their_own_plans(git, candidate, &tags).await?;
    let pattern = &candidate.plan.project.tag;
    let version = |tag: &str| pattern.version(tag).or_else(|| by_own.get(tag).cloned());
    let mut of_no_commit = BTreeSet::new();
    let own = loop {
        let names = tags.there.keys().map(String::as_str).filter(|tag| !of_no_commit.contains(tag));
        match newest_earlier(&candidate.target, names, version).map(|(_, tag)| tag) {
            Some(tag) if stands_for_no_commit(git, tag, &tags).await? => of_no_commit.insert(tag),
            own => break own,
        };
    };
    let own_base = match own {
        Some(tag) => Some(located(git, tag, &tags).await?),
        None if tags.remote.is_none() && git.is_shallow().await? => {
            return Err(missing(git, "this clone has no tag below the target".to_owned()).await);
        }
        None => None,
    };
    let base = match given {
        Some(tag) if Some(tag) != own => Some(located(git, tag, &tags).await?),
        _ => own_base.clone(),
    };
    let is_ancestor = match &base {
        None => true,
        Some(base) => in_history(git, base, &candidate.commit).await?,
    };
    let recorded = recorded::tags(git, candidate.target.tag())?;
    let seen = BaselineSeen {
        target: &candidate.target,
        pattern,
        remote: tags.remote.as_deref(),
        here: &tags.here,
        there: &tags.there,
        own,
        given,
        is_ancestor,
        recorded: &recorded,
    };
    let mut baseline = Baseline {
        plans: Vec::new(),
        to_review: of_no_commit
            .iter()
            .map(|tag| format!("the tag {tag} stands for no commit, and is passed over"))
            .chain(seen.to_review())
            .collect(),
        notes: seen.notes(),
        newest: own_base.clone().or_else(|| base.clone()),
    };
    let mut compared: Vec<&Base> = base.iter().collect();
    compared.extend(own_base.iter().filter(|own| base.as_ref().is_none_or(|base| base.tag != own.tag)));
    for base in compared {
        let plan = base_plan::find(git, candidate, &base.tag, &base.commit).await?;
        if let BasePlan::Nowhere { tag } = &plan {
            baseline
                .notes
                .push(format!("{tag} has no plan: there is nothing that this one could ask less than"));
        }
        baseline.plans.push(plan);
    }
    Ok((base, baseline))
}

async fn read_tags(git: &Git, plan: &Plan) -> Result<Tags, Failure> {
    let remote = release_remote(git, plan).await?;
    let here = git.tag_places().await?;
    let there = match &remote {
        None => here.clone(),
        Some(remote) => git.remote_tag_places(remote).await.map_err(|error| {
            let message = format!(
                "the remote {remote} does not say which release is the newest before this one: {}",
                chain(&error)
            );
            Failure::incomplete(Reason::BaselineMissing, message)
                .remedy(format!("make the remote {remote} reachable, and run the command again"))
        })?,
    };
    Ok(Tags { remote, here, there })
}

/// Something that has to be fetched first.
async fn missing(git: &Git, message: String) -> Failure {
    let is_shallow = git.is_shallow().await.unwrap_or_default();
    let (fetch, why) = if is_shallow {
        ("git fetch --unshallow --tags", ": this clone is shallow")
    } else {
        ("git fetch --tags", "")
    };
    Failure::incomplete(Reason::BaselineMissing, format!("{message}{why}")).remedy(fetch)
}

/// The versions of tags that are none of this plan's pattern, by the pattern of the plan in their own tree.
async fn by_their_own_plans(
    git: &Git,
    candidate: &Candidate,
    tags: &Tags,
) -> Result<BTreeMap<String, Version>, Failure> {
    let pattern = &candidate.plan.project.tag;
    let is_foreign = |tag: &str| pattern.version(tag).is_none() && could_be_release(tag);
    let foreign: Vec<_> = tags.there.iter().filter(|(tag, _)| is_foreign(tag)).collect();
    let paths = usual_paths(candidate);
    let mut asked = Vec::new();
    for (_, place) in &foreign {
        asked.extend(paths.iter().map(|path| (place.commit.clone(), path.clone())));
    }
    let found = git.at_paths(&asked).await?;
    let mut versions = BTreeMap::new();
    for ((tag, place), found) in foreign.into_iter().zip(found.chunks(paths.len().max(1))) {
        for (path, found) in paths.iter().zip(found) {
            match found {
                AtPath::NoCommit => {
                    // A tag of something else than a commit is no release.
                    if tags.here.get(tag) == Some(place) {
                        continue;
                    }
                    let at = tags.remote.as_deref().unwrap_or_default();
                    let message = format!(
                        "{at} has the tag {tag}, which may be an earlier release's, and it is not here"
                    );
                    return Err(missing(git, message).await);
                }
                AtPath::File(bytes) => {
                    let plan = std::str::from_utf8(bytes).ok().and_then(|text| Plan::parse(text).ok());
                    // In the root there may be the plan of another project of the same repository.
                    let is_ours = |plan: &Plan| {
                        candidate.plan_path.as_ref() == Some(path)
                            || plan.project.name == candidate.plan.project.name
                    };
                    if let Some(version) = plan.filter(is_ours).and_then(|plan| plan.project.tag.version(tag))
                    {
                        versions.insert(tag.clone(), version);
                    }
                }
                AtPath::Nothing | AtPath::Astray => {}
            }
        }
    }
    Ok(versions)
}

/// Whether a tag, the same here and there, is known to be no release's.
async fn stands_for_no_commit(git: &Git, tag: &str, tags: &Tags) -> Result<bool, Failure> {
    let there = tags.there.get(tag).map(|place| &place.object);
    match tags.here.get(tag).map(|place| &place.object).filter(|here| Some(*here) == there) {
        Some(object) => Ok(git.is_of_no_commit(object).await?),
        None => Ok(false),
    }
}

/// A tag that is to be the base: here, and the same here and there.
async fn located(git: &Git, tag: &str, tags: &Tags) -> Result<Base, Failure> {
    let place = tags.remote.as_deref().unwrap_or("this clone");
    let (here, there) = (tags.here.get(tag), tags.there.get(tag));
    let object = match (here, there) {
        (None, None) => return Err(missing(git, format!("there is no base tag {tag} here")).await),
        (None, Some(_)) => {
            return Err(missing(git, format!("{place} has the base tag {tag}, and it is not here")).await);
        }
        (Some(here), Some(there)) if here.object != there.object => {
            let message =
                format!("the base tag {tag} is {} on {place}, and {} here", there.object, here.object);
            let delete = shell_line(["git", "tag", "--delete", tag]);
            let fetch = shell_line(["git", "fetch", place, "tag", tag]);
            return Err(Failure::new(FailureKind::Conflict, message)
                .remedy(format!("find out which is right; `{delete} && {fetch}` takes the remote's")));
        }
        (Some(here), _) => &here.object,
    };
    let name = tag.parse().map_err(|error| Failure::usage(chain(&error)))?;
    match git.commit_of(object).await {
        Ok(Some(commit)) => Ok(Base { tag: name, commit }),
        Ok(None) | Err(gonogo_world::git::GitError::Failed { .. }) => {
            Err(missing(git, format!("the base tag {tag} stands for no commit that is here")).await)
        }
        Err(error) => Err(error.into()),
    }
}

async fn in_history(git: &Git, base: &Base, commit: &CommitId) -> Result<bool, Failure> {
    let is_ancestor = git.is_ancestor(&base.commit, commit).await?;
    if !is_ancestor && git.is_shallow().await? {
        let message =
            format!("it cannot be told whether the base {} is in the history of this commit", base.tag);
        return Err(missing(git, message).await);
    }
    Ok(is_ancestor)
}
