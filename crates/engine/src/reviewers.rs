//! Whose reviews count for a release, and what was found of the signatures in its ledger.

use crate::context::{Candidate, Context, base_plan};
use crate::failure::{Failure, FailureKind, chain};
use gonogo_core::ledger::{
    EarlierRelease, LedgerState, Noted, ReviewDecision, ReviewRecorded, WaiverRecorded,
};
use gonogo_core::plan::ReviewerKey;
use gonogo_core::reviewers::{Heard, InForce, PlanBefore, SignedText, review_text, waiver_text};
use gonogo_core::sshsig::signing_key;
use gonogo_core::verdict::Reason;
use gonogo_world::git::Git;
use gonogo_world::process::Cancel;
use gonogo_world::ssh::{SshError, SshKeygen};

/// Whose reviews count, where this is the release before.
pub async fn in_force(
    git: &Git,
    candidate: &Candidate,
    newest: Option<&EarlierRelease>,
) -> Result<InForce, Failure> {
    let now = &candidate.plan;
    let Some(EarlierRelease { tag, commit }) = newest else {
        return Ok(InForce::of(now, PlanBefore::FirstRelease));
    };
    let base = match base_plan::find(git, candidate, tag, commit).await? {
        base_plan::BasePlan::Read(plan) => return Ok(InForce::of(now, PlanBefore::There(&plan))),
        base_plan::BasePlan::Nowhere { .. } => PlanBefore::Absent,
        base_plan::BasePlan::Unclear(_) => PlanBefore::Unreadable,
    };
    Ok(InForce::of(now, base))
}

/// What the reviews and waivers of a ledger say, and which signatures hold.
pub struct Spoken {
    reviews: Vec<(Noted<ReviewRecorded>, Result<ReviewerKey, String>)>,
    waivers: Vec<(Noted<WaiverRecorded>, Result<ReviewerKey, String>)>,
}

impl Spoken {
    /// Looks at every signature.
    pub async fn of(state: &LedgerState, context: &Context, in_force: &InForce) -> Result<Self, Failure> {
        let (project, target) = (&context.candidate.plan.project.name, context.candidate.target.tag());
        let judge = Judge::new(in_force, context);
        let mut spoken = Self { reviews: Vec::new(), waivers: Vec::new() };
        for said in &state.reviews {
            let signer = match (&said.word.signature, said.word.decision) {
                (Some(signature), ReviewDecision::Accepted) => {
                    let text = review_text(project, target, &said.word).map_err(|error| internal(&error))?;
                    judge.signer(&text, signature).await
                }
                _ => Err("it is not signed".to_owned()),
            };
            spoken.reviews.push((said.clone(), signer));
        }
        for said in &state.waivers {
            let text = waiver_text(project, target, &said.word).map_err(|error| internal(&error))?;
            spoken.waivers.push((said.clone(), judge.signer(&text, &said.word.signature).await));
        }
        Ok(spoken)
    }

    /// The reviews, as they are weighed.
    pub fn reviews(&self) -> Vec<Heard<'_, ReviewRecorded>> {
        self.reviews.iter().map(heard).collect()
    }

    /// The waivers, as they are weighed.
    pub fn waivers(&self) -> Vec<Heard<'_, WaiverRecorded>> {
        self.waivers.iter().map(heard).collect()
    }
}

fn heard<W>((said, signer): &(Noted<W>, Result<ReviewerKey, String>)) -> Heard<'_, W> {
    Heard { at: &said.at, word: &said.word, signer: signer.as_ref().map_err(Clone::clone) }
}

/// Says whose signature it is.
struct Judge<'a> {
    in_force: &'a InForce,
    candidate: &'a Candidate,
    ssh: Result<SshKeygen, SshError>,
    cancel: &'a Cancel,
}

impl<'a> Judge<'a> {
    fn new(in_force: &'a InForce, context: &'a Context) -> Self {
        let ssh = SshKeygen::find(context.session.git.root());
        Self { in_force, candidate: &context.candidate, ssh, cancel: &context.session.cancel }
    }

    /// Whose signature of a text it is. The error says why it is nobody's.
    async fn signer(&self, text: &SignedText, signature: &str) -> Result<ReviewerKey, String> {
        let fingerprint = signing_key(signature)?;
        let key = named(self.in_force, self.candidate, &fingerprint)?;
        let ssh = self.ssh.as_ref().map_err(|error| chain(error))?;
        let (namespace, text) = (&text.namespace, &text.text);
        match ssh.verify(&key.without_names(), namespace, text, signature, self.cancel).await {
            Ok(Ok(())) => Ok(key.clone()),
            Ok(Err(why)) => Err(format!("its signature by {} does not hold: {why}", key.name())),
            Err(error) => Err(format!("its signature cannot be checked: {}", chain(&error))),
        }
    }
}

/// The reviewer in force who has a key. The error says that there is none, and whether this plan alone names it.
fn named<'a>(
    in_force: &'a InForce,
    candidate: &Candidate,
    fingerprint: &str,
) -> Result<&'a ReviewerKey, String> {
    let reviewers = match in_force {
        InForce::Named(reviewers, _) => Some(reviewers),
        InForce::Nobody { .. } => None,
    };
    if let Some(key) = reviewers.and_then(|reviewers| reviewers.by_fingerprint(fingerprint)) {
        return Ok(key);
    }
    let here = candidate.plan.policy.reviewers.as_ref().and_then(|own| own.by_fingerprint(fingerprint));
    Err(match here {
        Some(key) => format!(
            "{} ({fingerprint}) is named by this commit's plan alone, and the base tag's names who reviews",
            key.name()
        ),
        None => format!("{fingerprint} is no reviewer's key"),
    })
}

/// A signature, with the reviewer whose it is.
pub struct ReviewerSignature {
    /// The reviewer.
    pub signer: ReviewerKey,
    /// The signature, armored.
    pub armored: String,
}

/// Signs a text as a reviewer in force, and looks whether that holds. `key` is what was given for it; without it git's own signing
/// key is used, where git signs by SSH.
pub async fn sign(
    context: &Context,
    in_force: &InForce,
    key: Option<&str>,
    text: &SignedText,
) -> Result<ReviewerSignature, Failure> {
    let configured = match key {
        Some(_) => None,
        None => context.session.git.ssh_signing_key().await?,
    };
    let key = key.or(configured.as_deref()).ok_or_else(|| {
        Failure::usage("a reviewer's signature is asked for, and no key is named").remedy(
            "give --key FILE: your private key, or the public one where an agent holds the private one",
        )
    })?;
    let ssh = SshKeygen::find(context.session.git.root()).map_err(unsigned)?;
    let cancel = &context.session.cancel;
    let armored = ssh.sign(key, &text.namespace, &text.text, cancel).await.map_err(unsigned)?;
    let signer = Judge::new(in_force, context).signer(text, &armored).await;
    let signer = signer.map_err(|why| {
        let names = match in_force {
            InForce::Named(reviewers, _) => reviewers.names().join("; "),
            InForce::Nobody { .. } => "nobody".to_owned(),
        };
        Failure::new(FailureKind::NoGo, why).remedy(format!("have it signed by a reviewer: {names}"))
    })?;
    Ok(ReviewerSignature { signer, armored })
}

fn unsigned(error: SshError) -> Failure {
    let message = chain(&error);
    match error {
        SshError::Tool(_) => {
            Failure::incomplete(Reason::ToolMissing, message).remedy("install OpenSSH's client")
        }
        SshError::Ended(_) | SshError::NotSigned(_) => Failure::incomplete(Reason::HostUnfit, message)
            .remedy("make the key usable: `ssh-add` it where it has a passphrase, and name its public half"),
        SshError::Process(_) | SshError::File(_) => Failure::incomplete(Reason::HostUnfit, message),
    }
}

fn internal(error: &dyn std::error::Error) -> Failure {
    Failure::new(FailureKind::Internal, chain(error))
}
