//! What is wrong with a delivery.

use super::{Explanation, Kind, Text, entry, text};
use gonogo_core::delivery::ProblemCode;

pub(super) fn entries() -> Vec<Explanation> {
    ProblemCode::ALL.iter().map(|code| entry(code.name(), Kind::DeliveryProblem, problem(*code))).collect()
}

const fn problem(code: ProblemCode) -> Text {
    match code {
        ProblemCode::Absent => text(
            "The channel itself says that it does not have this version.",
            "Its users cannot get the release. It may still be on its way.",
            "`gonogo audit TARGET` looks again; where it stays away, publish the same artifacts to it.",
        ),
        ProblemCode::NotResolvable => text(
            "The channel has the version, and the client's own index does not lead to it.",
            "Who installs does not find it. Indexes take their time.",
            "`gonogo audit TARGET` looks again.",
        ),
        ProblemCode::OtherDistTag => text(
            "A dist-tag leads to another version.",
            "Who installs without naming a version gets the other one.",
            "`gonogo audit TARGET` looks again; if it stays, a maintainer moves the dist-tag.",
        ),
        ProblemCode::FileMissing => text(
            "A file that was built is not served.",
            "Users of that platform get nothing, or build it themselves.",
            "`gonogo audit TARGET` looks again; where it stays away, publish that very file.",
        ),
        ProblemCode::Draft => text(
            "The GitHub release is a draft, which only its makers see.",
            "Users do not have it.",
            "`gonogo run TARGET --mode live` goes on with the release; a finished draft is published by it.",
        ),
        ProblemCode::Contradiction => text(
            "The channel's answers do not fit together, or are about something else.",
            "One of them is wrong, and it cannot be told which.",
            "`gonogo audit TARGET` looks again; if it stays, ask a maintainer.",
        ),
        ProblemCode::WrongVersion => text(
            "The channel was asked for this version and told of another one.",
            "Users get another version than they ask for.",
            "This is an incident: ask a maintainer before anything is published or withdrawn.",
        ),
        ProblemCode::WrongPackage => text(
            "The channel was asked for this package and told of another one.",
            "Users may get somebody else's package.",
            "This is an incident: ask a maintainer before anything is published or withdrawn.",
        ),
        ProblemCode::Yanked => text(
            "The version is withdrawn from resolvers.",
            "New users do not get it.",
            "Ask a maintainer whether it was meant; then `gonogo audit TARGET`.",
        ),
        ProblemCode::Deprecated => text(
            "The channel warns users of this version.",
            "Users are told not to use it.",
            "Ask a maintainer whether it was meant; then `gonogo audit TARGET`.",
        ),
        ProblemCode::BytesDiffer => text(
            "What is served is not what was built, or not what the channel states.",
            "Users get bytes that no gate was about. Waiting changes nothing.",
            "This is an incident: a maintainer withdraws the version and releases the next.",
        ),
        ProblemCode::FileUnexpected => text(
            "A file is served that was not built.",
            "Nobody can say where it comes from.",
            "This is an incident: ask a maintainer who published it.",
        ),
        ProblemCode::ContentMissing => text(
            "A published archive lacks a file that it has to hold, such as its licence.",
            "What users get is not what the gates promise.",
            "No channel takes other bytes for this version: mend the packaging and release the next.",
        ),
        ProblemCode::WrongCommit => text(
            "What is served says that it was built from another commit.",
            "The gates were about this commit, and not about that one.",
            "This is an incident: ask a maintainer; the next version is built from the right commit.",
        ),
        ProblemCode::BuiltDirty => text(
            "What is served says that it was built from a checkout with changes.",
            "Nobody can say what those changes were.",
            "This is an incident: ask a maintainer; the next version is built from a clean checkout.",
        ),
        ProblemCode::OtherProvenance => text(
            "A signed statement says that another workflow built it, or from another repository or commit.",
            "What users get did not come out of this release's workflow.",
            "This is an incident: ask a maintainer who published it.",
        ),
        ProblemCode::Mutable => text(
            "The release can still be changed: its assets and its tag are not kept by GitHub.",
            "The plan asks for a release that nobody can change any more.",
            "A maintainer turns immutable releases on for the repository; the next release is one.",
        ),
        ProblemCode::NotInstalled => text(
            "The client refuses to install it.",
            "Users do not get it.",
            "Read what the client says, ask a maintainer; it is usually mended by the next version.",
        ),
        ProblemCode::DoesNotRun => text(
            "It installs, and does not run.",
            "Users get something broken.",
            "Ask a maintainer to withdraw it; mend it and release the next version.",
        ),
        ProblemCode::RunsAsOther => text(
            "It installs and runs, and says another version of itself.",
            "The wrong build was packed, or a version place was forgotten.",
            "Ask a maintainer to withdraw it; mend it and release the next version.",
        ),
    }
}
