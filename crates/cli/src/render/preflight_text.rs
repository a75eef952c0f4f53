//! Preconditions for people.

use crate::screen::Screen;
use gonogo_engine::preflight::{Item, ItemState};

/// Prints a list of preconditions.
pub fn print(screen: &Screen, items: &[Item]) {
    for item in items {
        let mark = match item.state {
            ItemState::Ok => screen.paint("32", "ok      "),
            ItemState::Gap => screen.paint("31", "GAP     "),
            ItemState::Unknown => screen.paint("33", "UNKNOWN "),
            ItemState::Conflict => screen.paint("31", "CONFLICT"),
        };
        screen.line(format!("{mark} {:<18} {}", item.id, item.message));
        if let Some(remedy) = &item.remedy {
            screen.line(format!("{:>9}{:<18} remedy: {remedy}", "", ""));
        }
    }
}
