//! The program's commands, one file each.

pub mod audit;
pub mod bench;
pub mod blocker;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod init;
pub mod plan;
pub mod poll;
pub mod prepare;
pub mod review;
pub mod run;
pub mod skill;
pub mod status;
pub mod verify;
