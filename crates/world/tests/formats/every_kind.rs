//! The records of this format, pinned: a ledger with every kind of event, every code and every shape of a field.

use crate::fixtures;
use gonogo_core::delivery::{Channel, Doubt, Judgement, Level, Problem, ProblemCode};
use gonogo_core::digest::Digest;
use gonogo_core::evidence::{Counts, Finding, Fingerprint};
use gonogo_core::ids::CommitId;
use gonogo_core::ledger::{
    BlockerFiled, BlockerResolved, BlockerSeen, Chain, CheckFinished, CheckStarted, DeliveredChannel,
    DeliveryRecorded, EarlierRelease, EffectApplied, EffectIntended, Event, EvidenceRef, FORMAT, Opened,
    PollFinished, PollStarted, Repaired, ReviewAsked, ReviewDecision, ReviewRecorded, RunFinished,
    RunStarted, StepDone, StepStopped, WaiverRecorded,
};
use gonogo_core::manifest::{BuiltFile, Manifest};
use gonogo_core::mechanics::{
    Built, Cause, Code, CommandDone, CommandEffect, DispatchEffect, Effect, Facts, FormulaEffect,
    FormulaInTap, PushEffect, ReleaseEffect, ReleasePublished, TagEffect, TagMade, TagPushed,
    WorkflowSucceeded,
};
use gonogo_core::release::{Agent, Mode, ResolvedTool, Subject};
use gonogo_core::review::{ChangedPath, ReviewScope, Word, WordKind};
use gonogo_core::verdict::{Outcome, Reason, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::str::FromStr;

/// The name of each kind. A new one is a new format: see `docs/formats.md`.
const fn kind(event: &Event) -> &'static str {
    match event {
        Event::Opened(_) => "opened",
        Event::PollStarted(_) => "poll-started",
        Event::CheckStarted(_) => "check-started",
        Event::CheckFinished(_) => "check-finished",
        Event::ReviewRecorded(_) => "review-recorded",
        Event::WaiverRecorded(_) => "waiver-recorded",
        Event::BlockerSeen(_) => "blocker-seen",
        Event::BlockerFiled(_) => "blocker-filed",
        Event::BlockerResolved(_) => "blocker-resolved",
        Event::PollFinished(_) => "poll-finished",
        Event::Repaired(_) => "repaired",
        Event::RunStarted(_) => "run-started",
        Event::EffectIntended(_) => "effect-intended",
        Event::EffectApplied(_) => "effect-applied",
        Event::StepDone(_) => "step-done",
        Event::StepStopped(_) => "step-stopped",
        Event::RunFinished(_) => "run-finished",
        Event::Delivered(_) => "delivered",
    }
}

#[test]
fn what_this_program_writes_is_what_its_format_says() {
    let mut ledger = Ledger::default();
    ledger.polls();
    ledger.mechanics();
    ledger.deliveries();
    assert_eq!(ledger.kinds.len(), 18, "a kind of event is not in this ledger: {:?}", ledger.kinds);
    let path = fixtures().join(format!("{FORMAT}-every-kind/ledger.jsonl"));
    if std::env::var_os("GONOGO_BLESS").is_some() && !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &ledger.text).unwrap();
        std::fs::write(
            path.with_file_name("anchor.json"),
            serde_json::to_vec(&ledger.chain.anchor()).unwrap(),
        )
        .unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    for (number, (kept, written)) in kept.lines().zip(ledger.text.lines()).enumerate() {
        assert_eq!(
            kept,
            written,
            "line {} has another shape: raise FORMAT, and see docs/formats.md",
            number + 1
        );
    }
    assert!(kept == ledger.text, "there are other records: raise FORMAT, and see docs/formats.md");
}

/// A ledger as it grows.
#[derive(Default)]
struct Ledger {
    chain: Chain,
    text: String,
    kinds: BTreeSet<&'static str>,
}

impl Ledger {
    fn put(&mut self, event: Event) -> u64 {
        self.kinds.insert(kind(&event));
        let minute = self.chain.anchor().records % 60;
        let (record, line) = self.chain.add(event, format!("2026-01-02T03:{minute:02}:05Z")).unwrap();
        self.text.push_str(&line);
        self.text.push('\n');
        record.seq
    }

    fn polls(&mut self) {
        let fingerprint = Fingerprint::of(3, "lock", "test a::b");
        self.put(Event::Opened(Opened { project: "sample".into(), target: "v0.2.0".into() }));
        let poll = self.put(Event::PollStarted(Box::new(PollStarted {
            subject: subject(None),
            base_tag: None,
            mode: Mode::DryRun,
            agent: agent(),
            fresh: true,
            required_gates: vec![3, 5],
            reviewers: None,
        })));
        for check in ["lock", "crash", "speed"] {
            self.put(Event::CheckStarted(CheckStarted { poll, gate: 3, check: check.into() }));
        }
        self.finish(CheckFinished {
            findings: vec![
                Finding {
                    fingerprint: fingerprint.clone(),
                    message: "test a::b failed: \"left\" \\ right\u{1b}[0m\té".into(),
                    place: Some("src/a.rs:10".into()),
                    formerly: None,
                },
                Finding {
                    fingerprint: Fingerprint::of(3, "lock", "other"),
                    message: "no place".into(),
                    place: None,
                    formerly: None,
                },
            ],
            counts: Some(Counts::of(4, 2, 1)),
            detail: Some("the exit status is 101".into()),
            notes: vec!["a note".into()],
            ..finished(poll, "lock", Outcome::Failed)
        });
        self.finish(CheckFinished {
            counts: None,
            examined: Some(7),
            repeat: None,
            ..finished(poll, "crash", Outcome::Passed)
        });
        for reason in Reason::ALL {
            self.finish(CheckFinished {
                evidence: Vec::new(),
                counts: None,
                ..finished(poll, "speed", Outcome::Incomplete(*reason))
            });
        }
        self.put(Event::BlockerSeen(BlockerSeen {
            id: "B1".into(),
            fingerprint: Fingerprint::of(9, "x", "y"),
        }));
        self.put(Event::BlockerFiled(BlockerFiled {
            id: "B2".into(),
            fingerprint: fingerprint.clone(),
            title: "[release-blocker][v0.2.0] gate 3: a::b".into(),
        }));
        self.put(Event::PollFinished(PollFinished {
            poll,
            verdict: Verdict::Failed,
            cleared: false,
            standing_blockers: None,
        }));
        self.put(Event::Repaired(Repaired { bytes: 17, digest: digest("torn") }));
        for decision in [ReviewDecision::Rejected, ReviewDecision::Accepted] {
            let is_signed = decision == ReviewDecision::Accepted;
            self.put(Event::ReviewRecorded(Box::new(ReviewRecorded {
                gate: 5,
                check: "review".into(),
                subject: digest("subject"),
                evidence: vec![digest("a"), digest("b")],
                agent: agent(),
                decision,
                note: "looked at it".into(),
                scope: Some(scope(is_signed.then(|| id("3")))),
                key: is_signed.then(|| "SHA256:key".into()),
                signature: is_signed.then(|| "-----BEGIN SSH SIGNATURE-----\n".into()),
            })));
        }
        self.put(Event::WaiverRecorded(Box::new(WaiverRecorded {
            gate: 3,
            check: "lock".into(),
            fingerprint: fingerprint.clone(),
            message: "test a::b failed".into(),
            agent: agent(),
            note: "known".into(),
            until: "2026-12-31".into(),
            key: "SHA256:key".into(),
            signature: "-----BEGIN SSH SIGNATURE-----\n".into(),
        })));
        self.clears(fingerprint);
    }

    fn clears(&mut self, fingerprint: Fingerprint) {
        let poll = self.put(Event::PollStarted(Box::new(PollStarted {
            subject: subject(Some(id("3"))),
            base_tag: "v0.1.0".parse().ok(),
            mode: Mode::Live,
            agent: agent(),
            fresh: false,
            required_gates: vec![3],
            reviewers: Some(EarlierRelease { tag: "v0.1.0".parse().unwrap(), commit: id("3") }),
        })));
        self.put(Event::CheckStarted(CheckStarted { poll, gate: 3, check: "lock".into() }));
        self.finish(finished(poll, "lock", Outcome::Passed));
        self.finish(CheckFinished {
            review: Some(ReviewAsked { scope: scope(None), wanted: 2 }),
            words: words(&fingerprint),
            ..finished(poll, "review", Outcome::Incomplete(Reason::ReviewMissing))
        });
        self.finish(CheckFinished { reused: Some(6), ..finished(poll, "crash", Outcome::Passed) });
        for (id, fingerprint) in [("B2", Some(fingerprint)), ("B3", None)] {
            let note = "passed since".to_owned();
            self.put(Event::BlockerResolved(BlockerResolved {
                id: id.into(),
                fingerprint,
                agent: agent(),
                note,
            }));
        }
        self.put(Event::PollFinished(PollFinished {
            poll,
            verdict: Verdict::Passed,
            cleared: true,
            standing_blockers: Some(0),
        }));
    }

    fn finish(&mut self, finished: CheckFinished) {
        self.put(Event::CheckFinished(Box::new(finished)));
    }

    fn mechanics(&mut self) {
        let run = self.run(Mode::DryRun);
        self.effect(run, "tag", TagEffect::Create.into(), None);
        self.put(Event::RunFinished(RunFinished { run, completed: false }));
        let run = self.run(Mode::Live);
        let effects: [(Effect, Option<u64>); 9] = [
            (TagEffect::Create.into(), None),
            (PushEffect::Push.into(), None),
            (FormulaEffect::Push.into(), None),
            (DispatchEffect::Dispatch.into(), Some(3)),
            (ReleaseEffect::CreateDraft.into(), None),
            (ReleaseEffect::Upload("a.crate".into()).into(), None),
            (ReleaseEffect::Remove("a.crate".into()).into(), None),
            (ReleaseEffect::Publish.into(), None),
            (CommandEffect::Run.into(), None),
        ];
        for (effect, mark) in effects {
            self.effect(run, "publish", effect, mark);
        }
        let (object, commit) = ("4".repeat(40), id::<CommitId>("1"));
        let seen: [Facts; 7] = [
            TagMade { object: object.clone(), commit: commit.clone() }.into(),
            TagPushed { remote: "origin".parse().unwrap(), object, commit }.into(),
            WorkflowSucceeded { run: 4, attempt: 1, url: "https://example.test/4".into() }.into(),
            FormulaInTap { commit: id("5"), digest: digest("formula") }.into(),
            ReleasePublished { id: 1, url: "https://example.test/r".into(), assets: manifest() }.into(),
            CommandDone { shown_by: "it ended well".into() }.into(),
            Built { run: 4, manifest: manifest() }.into(),
        ];
        for facts in seen {
            self.put(Event::StepDone(Box::new(StepDone { run, step: "publish".into(), facts })));
        }
        for (number, code) in Code::ALL.iter().enumerate() {
            self.put(Event::StepStopped(Box::new(StepStopped {
                run,
                step: "publish".into(),
                cause: if number == 0 { cause(*code) } else { Cause::new(*code, "why") },
                past_the_door: true,
                blocker: (number % 2 == 0).then(|| "B4".into()),
            })));
        }
        self.put(Event::RunFinished(RunFinished { run, completed: true }));
    }

    fn run(&mut self, mode: Mode) -> u64 {
        self.put(Event::RunStarted(Box::new(RunStarted {
            mode,
            agent: agent(),
            poll: 1,
            subject: digest("subject"),
            commit: id("1"),
            steps: vec!["tag".into(), "publish".into()],
        })))
    }

    fn effect(&mut self, run: u64, step: &str, effect: Effect, mark: Option<u64>) {
        self.put(Event::EffectIntended(Box::new(EffectIntended {
            run,
            step: step.into(),
            effect: effect.clone(),
            one_way: matches!(effect, Effect::PushTag(_)),
            mark,
            detail: mark.map(|_| "v0.2.0 at 1111111".into()),
            program: matches!(effect, Effect::Command(_)).then(tool),
        })));
        let error = matches!(effect, Effect::Command(_)).then(|| cause(Code::CommandFailed));
        self.put(Event::EffectApplied(Box::new(EffectApplied {
            run,
            step: step.into(),
            effect,
            error,
            made: mark,
        })));
    }

    fn deliveries(&mut self) {
        let problems = ProblemCode::ALL.iter().map(|code| Problem { code: *code, said: "wrong".into() });
        let wrong = judgement(Channel::Npm, Verdict::Failed, None, None);
        let wrong = Judgement { problems: problems.collect(), ..wrong };
        let untold =
            judgement(Channel::Pypi, Verdict::Incomplete, Some(Reason::Unreachable), Some(Level::Accepted));
        let untold = Judgement { doubts: vec![Doubt::new(Reason::Unreachable, "no answer")], ..untold };
        let levels = Level::ALL.into_iter().cycle();
        let right = Channel::ALL.into_iter().zip(levels).map(|(channel, asked)| DeliveredChannel {
            asked,
            judgement: Judgement {
                program: (asked == Level::Installs).then(installed),
                ..judgement(channel, Verdict::Passed, None, Some(asked))
            },
        });
        let bytes = |judgement| DeliveredChannel { asked: Level::Bytes, judgement };
        let commit = || Some(id::<CommitId>("1"));
        for (commit, verdict, channels, blocker) in [
            (None, Verdict::Failed, Vec::new(), None),
            (commit(), Verdict::Failed, vec![bytes(wrong), bytes(untold)], Some("B5".to_owned())),
            (commit(), Verdict::Passed, right.collect(), None),
        ] {
            self.put(Event::Delivered(Box::new(DeliveryRecorded {
                mode: Mode::Live,
                agent: agent(),
                commit,
                verdict,
                reason: None,
                channels,
                blocker,
            })));
        }
    }
}

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn agent() -> Agent {
    "model@host".parse().unwrap()
}

fn tool() -> ResolvedTool {
    ResolvedTool {
        path: "/usr/bin/cargo".into(),
        digest: digest("cargo"),
        version: Some("cargo 1.95.0".into()),
    }
}

fn subject(base_commit: Option<CommitId>) -> Subject {
    let tools = [("cargo", Some("cargo 1.95.0")), ("cat", None)].map(|(name, version)| {
        let tool = ResolvedTool {
            path: format!("/usr/bin/{name}"),
            digest: digest(name),
            version: version.map(str::to_owned),
        };
        (name.to_owned(), tool)
    });
    Subject {
        commit: id("1"),
        tree: id("2"),
        plan: digest("plan"),
        base_commit,
        toolchain: BTreeMap::from(tools),
        environment: Some(digest("environment")),
        host: "host linux x86_64".into(),
    }
}

fn scope(base: Option<CommitId>) -> ReviewScope {
    let change = ChangedPath { path: "src/a.rs".into(), before: None, after: Some("100644 6".into()) };
    ReviewScope::new((base.as_ref(), &id("1")), &["src".into()], "the locks", &[change], &[])
}

fn words(fingerprint: &Fingerprint) -> Vec<Word> {
    let word = Word {
        kind: WordKind::Review,
        decision: ReviewDecision::Rejected,
        fingerprint: None,
        by: agent().to_string(),
        key: None,
        at: "2026-01-02T03:00:05Z".into(),
        until: None,
        note: "a race".into(),
        void: Some("it is of another base".into()),
    };
    let waiver = Word {
        kind: WordKind::Waiver,
        decision: ReviewDecision::Accepted,
        fingerprint: Some(fingerprint.clone()),
        key: Some("SHA256:key".into()),
        until: Some("2026-12-31".into()),
        void: None,
        ..word.clone()
    };
    vec![word, waiver]
}

fn finished(poll: u64, check: &str, outcome: Outcome) -> CheckFinished {
    CheckFinished {
        millis: 1200,
        evidence: vec![EvidenceRef { name: "stdout".into(), digest: digest("evidence"), bytes: 8 }],
        counts: Some(Counts::of(1, 0, 0)),
        repeat: Some("cargo test -q".into()),
        program: (check == "lock").then(tool),
        ..CheckFinished::new(poll, 3, check, digest("subject"), outcome)
    }
}

fn manifest() -> Manifest {
    let files =
        ["b.tar.gz", "a.crate"].map(|name| BuiltFile { name: name.into(), bytes: 9, digest: digest(name) });
    Manifest::new(files).unwrap()
}

fn cause(code: Code) -> Cause {
    Cause {
        code,
        message: "it stopped".into(),
        remedy: Some("try again".into()),
        run: Some(4),
        url: Some("https://example.test/4".into()),
        command: Some("gh run view".into()),
        log: Some("the end\nof it".into()),
    }
}

fn judgement(
    channel: Channel,
    verdict: Verdict,
    reason: Option<Reason>,
    reached: Option<Level>,
) -> Judgement {
    Judgement {
        channel,
        package: "sample".into(),
        version: "0.2.0".into(),
        verdict,
        reason,
        reached,
        problems: Vec::new(),
        doubts: Vec::new(),
        program: None,
    }
}

/// What a clean install ran.
fn installed() -> ResolvedTool {
    ResolvedTool { path: "bin/sample".into(), digest: digest("sample"), version: Some("0.2.0".into()) }
}

/// An ID of one digit.
fn id<T: FromStr<Err: Debug>>(digit: &str) -> T {
    digit.repeat(40).parse().unwrap()
}
