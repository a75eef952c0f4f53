//! Why a step stopped a run.

use super::{Explanation, Kind, Text, entry, text};
use gonogo_core::mechanics::Code;

pub(super) fn entries() -> Vec<Explanation> {
    Code::ALL.iter().map(|code| entry(code.name(), Kind::Cause, cause(*code))).collect()
}

#[expect(clippy::too_many_lines, reason = "one text for each code of one closed set")]
const fn cause(code: Code) -> Text {
    match code {
        Code::HeadMoved => text(
            "Another commit is checked out than the one that was polled.",
            "The evidence is about the other commit.",
            "`git checkout` the polled commit, then the command under `next`; or poll for this one.",
        ),
        Code::TreeChanged => text(
            "The checkout is not what its commit says.",
            "What would be released is not what was polled.",
            "`git status` names the files; commit, stash or remove them, then the command under `next`.",
        ),
        Code::BranchLacksCommit => text(
            "The remote branch does not hold the commit: it was not pushed, or somebody pushed over it.",
            "A tag on a commit that no branch has is a release of something that nobody else sees.",
            "Find out who moved the branch; push the commit, then the command under `next`.",
        ),
        Code::BlockerOpen => text(
            "A blocker stands, perhaps filed since the poll.",
            "Nothing is released past a blocker.",
            "`gonogo blocker list TARGET` says of each what closes it; then the command under `next`.",
        ),
        Code::TrackerUnreadable => text(
            "The tracker could not be read right before an effect.",
            "Blockers that nobody could look up may stand.",
            "`gonogo doctor` says what is the matter; then the command under `next`.",
        ),
        Code::CiNotGreen => text(
            "CI of the commit failed, is under way, or has not run.",
            "The project's own CI is a precondition of every effect.",
            "Mend it or wait for its end, then the command under `next`.",
        ),
        Code::CiUnknown => text(
            "CI of the commit has no answer that can be trusted: of a fork, of another event, or contradictory.",
            "A green light of somebody else's is none.",
            "Look at the commit's runs on GitHub; then the command under `next`.",
        ),
        Code::LedgerMoved => text(
            "The ledger on disk is not as this run wrote it.",
            "The record of the release was written or edited by somebody else; what it says cannot be relied on.",
            "Stop, keep the folder as it is, and ask a maintainer; `gonogo status TARGET` says whether the chain holds.",
        ),
        Code::TagElsewhere => text(
            "The tag is there already, at another commit.",
            "People may have it: a tag is never moved.",
            "Ask a maintainer: either it was never pushed and is removed, and the command under `next` goes on; or the next version is released.",
        ),
        Code::TagNotOurs => text(
            "The tag is there at this commit, and this release's ledger did not make it.",
            "Somebody else is releasing, or tagged by hand: the record would have a hole.",
            "Find out who tagged it; a maintainer decides whether to go on. Do not delete a tag that was pushed.",
        ),
        Code::PushRejected => text(
            "The remote has what was pushed at something else, and only force would change that.",
            "Nothing is ever forced: somebody else's tag or commit is there.",
            "Find out who pushed it; for a branch that only moved on, the command under `next` reads it anew.",
        ),
        Code::PushForbidden => text(
            "A rule or a hook of the remote refused the push: a ruleset, a protected tag or branch, a server's hook.",
            "Nothing was pushed, so nothing that follows from it can be.",
            "Read the remote's words in `message`, get the right or have the rule changed; then the command under `next`.",
        ),
        Code::Vanished => text(
            "What the ledger records as done is not in the world any more.",
            "Somebody took it away; to make it again might contradict what users already have. What can be undone, and was before anything that cannot, is made again without a word.",
            "Find out who removed it, and ask a maintainer; `gonogo audit TARGET` shows what users get now. Once that is settled, the command under `next` makes again what the plan can undo.",
        ),
        Code::Changed => text(
            "What the ledger records as done is in the world in another form.",
            "Somebody replaced it: users do not get what was released.",
            "Ask a maintainer; `gonogo audit TARGET` shows what users get now.",
        ),
        Code::Unconfirmed => text(
            "An effect was carried out, as far as is known, and the world does not show it.",
            "It may still come: doing it twice may make two of it.",
            "Wait a little, then the command under `next`: it looks again before it does anything.",
        ),
        Code::WorkflowMissing => text(
            "GitHub has no run of the workflow for this tag, in all the time that it was given.",
            "Nothing was built, so there is nothing to deliver.",
            "Check the workflow's path and trigger at the tagged commit; then the command under `next`.",
        ),
        Code::WorkflowFailed => text(
            "The workflow run ended in something else than success.",
            "What it was to build or publish is not there, or only in part.",
            "Read `log` and `run_url`, mend the cause, then the command under `next`; nothing is tagged or built twice.",
        ),
        Code::WorkflowTimedOut => text(
            "The workflow run did not end in the time that the plan gives it.",
            "It may still end either way.",
            "Look at `run_url`; when it has ended, the command under `next` takes up from there.",
        ),
        Code::ApprovalPending => text(
            "The workflow run waits for somebody to approve it in a protected environment.",
            "It does not go on by itself, and what it is to build or publish is not there.",
            "Ask those whom `message` names to approve it at `run_url`; then the command under `next` takes up from there.",
        ),
        Code::WorkflowUntrusted => text(
            "A run is not shown to be this release's: of another commit or repository, or two could be the one.",
            "Artifacts of a foreign run must not be delivered.",
            "Look at `run_url`, and ask a maintainer which run is whose.",
        ),
        Code::DispatchRefused => text(
            "GitHub refused to start the workflow.",
            "What it was to publish is not out.",
            "Compare the step's inputs with the workflow's, or enable the workflow; then the command under `next`.",
        ),
        Code::ArtifactMissing => text(
            "An artifact of the build is not there, or has expired.",
            "What was not kept cannot be delivered or compared.",
            "Run the build's workflow run again on GitHub, then the command under `next`.",
        ),
        Code::FileNotBuilt => text(
            "A file that the release has to consist of was not built, or was built under another name: `files` in the plan names it, or a package of this release needs it.",
            "Users of that platform would find nothing to install; some channels take no file for a version later.",
            "Mend the build and run its workflow run again on GitHub, then the command under `next`. Where the release is right without it, change `files` in the plan; that is a new commit.",
        ),
        Code::BaseFileNotBuilt => text(
            "The plan does not name the release's files, and one that the base release has on this channel was not built now.",
            "Whoever installs that file today would find none of the new version.",
            "Mend the build and run its workflow run again on GitHub. Where the release is right without it, or its files are named otherwise now, name them in the channel's `files`; that is a new commit. Then the command under `next`.",
        ),
        Code::FileNotExpected => text(
            "A file was built that `files` in the plan does not name, under this name at least.",
            "Nobody has said that it belongs to the release; what is published cannot be taken back.",
            "Mend the build, or name it in `files`, or its kind in `adds`; that is a new commit. Then the command under `next`.",
        ),
        Code::MetadataWrong => text(
            "The build's own metadata names another release, or cannot be read.",
            "What was built may be of another commit.",
            "Look at the build's `metadata.json`; a maintainer decides; a build of another commit is never delivered.",
        ),
        Code::FormulaConflict => text(
            "The tap's formula is of a later version, or is not what it should be.",
            "To write over it would take away somebody else's release.",
            "Look at the tap's history, and ask a maintainer.",
        ),
        Code::FormulaUnusable => text(
            "The formula cannot be brought up to date: no artifact fits its address, or its form is not understood.",
            "Homebrew's users would not get the release.",
            "Mend the formula in the tap or the plan's template, then the command under `next`.",
        ),
        Code::ReleaseNotOurs => text(
            "There is a release or a draft of this tag that this ledger did not make.",
            "Somebody else is releasing: to fill theirs would mix two releases.",
            "Find out whose it is; a maintainer removes the draft, or decides otherwise.",
        ),
        Code::ReleaseTwice => text(
            "There is more than one draft of this tag.",
            "It cannot be told which one would become the release.",
            "A maintainer removes those that are too many; then the command under `next`.",
        ),
        Code::AssetDiffers => text(
            "An asset of the release is not the file that was built.",
            "Users would get other bytes than those that the gates are about.",
            "Ask a maintainer; a published release with other bytes is an incident. `gonogo audit TARGET` shows it.",
        ),
        Code::AssetForeign => text(
            "The release has an asset that was not built.",
            "Nobody can say where it comes from.",
            "Find out who uploaded it, and ask a maintainer.",
        ),
        Code::AssetMissing => text(
            "The published release lacks an asset that was built.",
            "Users of that platform get nothing.",
            "Look at why the workflow left it out; a maintainer decides; then the command under `next`.",
        ),
        Code::ReleaseMissing => text(
            "The GitHub release was not there in the time that the plan gives it.",
            "It may still come, or the workflow that makes it may have failed.",
            "Look at the publishing workflow; then the command under `next` looks again.",
        ),
        Code::CommandFailed => text(
            "A command of the plan's steps ended in failure.",
            "What it was to do may be undone or half done.",
            "Read `command` and `log`, mend the cause, then the command under `next`: it looks before it repeats.",
        ),
        Code::CommandUnknown => text(
            "It could not be told whether a command of the plan's steps has been carried out.",
            "To run it again might do it twice.",
            "Find out by hand what the world shows, and ask a maintainer.",
        ),
        Code::ChannelDiffers => text(
            "A channel serves something else than what was built.",
            "Users get other bytes than those that the gates are about, and no channel takes others for this version.",
            "This is an incident: a maintainer withdraws the version and releases the next. `gonogo audit TARGET` shows which channel.",
        ),
        Code::ChannelLacks => text(
            "A channel does not serve the version.",
            "Its users do not have the release; it may still be on its way.",
            "`gonogo audit TARGET` looks again; if it stays away, publish the same artifacts and nothing else.",
        ),
        Code::ChannelUnknown => text(
            "A channel could not be read.",
            "What is there decides what may be done; an error is not absence.",
            "Make it reachable, then the command under `next`.",
        ),
        Code::Undelivered => text(
            "Every step is done, and not every channel is shown to serve what was built.",
            "A release that users cannot install, or that is not what was built, is not delivered.",
            "The blocker says channel by channel what is lacking; then the command under `next` looks again.",
        ),
        Code::ToolMissing => text(
            "A tool that the step needs is missing.",
            "The step could not look at the world, and does nothing blindly.",
            "`gonogo doctor` names it; install it, then the command under `next`.",
        ),
        Code::Unauthorized => text(
            "gh has no login, or GitHub refuses its token; or a git remote does not know who asks.",
            "Without an answer nothing is known of the world.",
            "A maintainer runs `gh auth login`, or mends git's login for the remote; then the command under `next`.",
        ),
        Code::Forbidden => text(
            "The login may not do this.",
            "The effect was not carried out.",
            "A maintainer grants the right; then the command under `next`.",
        ),
        Code::RateLimited => text(
            "GitHub asks to wait.",
            "Without an answer nothing is known of the world.",
            "Wait as long as it says, then the command under `next`.",
        ),
        Code::Unreachable => text(
            "GitHub or the remote could not be reached, or failed.",
            "No answer is never absence.",
            "Make it reachable, then the command under `next`.",
        ),
        Code::RequestInvalid => text(
            "GitHub understands what it is asked, and does not accept it.",
            "Nothing was changed; asking again would change nothing either.",
            "Read GitHub's words in `message`, mend the plan or what it names on GitHub; then the command under `next`.",
        ),
        Code::RequestConflict => text(
            "What GitHub is asked does not go with what it has by now.",
            "Somebody else may be at work on the same thing.",
            "Read GitHub's words in `message`, and find out who; then the command under `next` looks anew.",
        ),
        Code::IdentityMissing => text(
            "git does not know whom it acts for: no name, or no e-mail address.",
            "A tag or a commit by nobody is not made.",
            "`git config user.name NAME` and `git config user.email ADDRESS`; then the command under `next`.",
        ),
        Code::SigningFailed => text(
            "git is configured to sign, or the plan wants the tag signed, and there is no signature that holds: a key is missing, locked, or its program failed.",
            "An unsigned tag in the place of a signed one is never pushed.",
            "Where the tag is there, remove it as `remedy` says; make the key of `git config user.signingKey` usable; then the command under `next`.",
        ),
        Code::HookRefused => text(
            "A git hook on this machine refused, or changed what was to be made.",
            "Nothing was sent: the hook is there to stop what it finds wrong.",
            "Read the hook's words in `message` and mend what they name; then the command under `next`.",
        ),
        Code::GitLocked => text(
            "A lock file of git's is in the way: another git is at work, or one that was killed left it.",
            "Two gits that write at once can break the repository.",
            "Wait for the other git; if none is at work, remove the file that `message` names; then the command under `next`.",
        ),
        Code::GitFailed => text(
            "git failed on this machine, in a way that has no code of its own.",
            "Without its answer nothing is known of the repository.",
            "Read git's words in `message` and mend what they name; then the command under `next`.",
        ),
        Code::Interrupted => text(
            "The run was told to stop while it waited for an answer.",
            "What was under way may be done or not.",
            "The command under `next` looks at the world and carries on.",
        ),
        Code::UnreadableAnswer => text(
            "What came back could not be read, or makes no sense.",
            "What cannot be read is not guessed at.",
            "The command under `next` tries again; if it stays, update gh and check `project.repository`.",
        ),
        Code::PlaceholderEmpty => text(
            "A text of the plan holds a placeholder that has no value at this step.",
            "An input that is empty by mistake would release something else.",
            "Mend the step in the plan and commit: it is another subject then; the command under `next` polls for it.",
        ),
        Code::LocalFile => text(
            "A file on this machine could not be read or written.",
            "What was fetched or made cannot be relied on.",
            "Make room or mend the rights, then the command under `next`.",
        ),
    }
}
