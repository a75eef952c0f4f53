//! The real program, end to end, in a cleared environment and a folder of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says its seed, and starts the program itself"
)]

mod audit;
mod bad_input;
mod bad_ledger;
mod before;
mod bench_judge;
mod benchmark;
mod bounds;
mod crash;
mod delivery;
mod documents;
mod drills;
mod ergo;
mod ergos;
mod explain;
mod hostile;
mod init;
mod logs;
mod missing_tools;
mod next;
mod order;
mod output;
mod part;
mod plan;
mod poll;
mod prepare;
mod readers;
mod release;
mod reviews;
mod rooms;
mod secrets;
mod servers;
mod settled;
mod shop;
mod signals;
mod skill;
mod stale;
mod status;
mod support;
mod trust;
mod waiting;
