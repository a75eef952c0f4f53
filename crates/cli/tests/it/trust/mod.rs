//! Ways to a false "go", each tried: `docs/trust.md` says which test stands for which.

mod base;
mod judge;
mod plan;
mod remote;
mod scaffold;
mod signed;
