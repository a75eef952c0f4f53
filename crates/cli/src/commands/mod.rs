//! The program's commands, one file each.

pub mod audit;
pub mod blocker;
pub mod demo;
pub mod doctor;
pub mod init;
pub mod plan;
pub mod poll;
pub mod prepare;
pub mod review;
pub mod run;
pub mod status;
pub mod verify;
