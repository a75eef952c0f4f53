//! The log of callgrind.

use super::{Sample, positive};
use crate::readers::Unread;

/// `==7== Collected : 129530`, once and in the log of one process; where more than instructions are counted, they come first. What a
/// child of the process writes into the same log has another number in front.
pub(super) fn read(text: &str) -> Result<Sample, Unread> {
    let process = |line: &str| -> Option<u64> {
        let (number, _) = line.strip_prefix("==")?.split_once("==")?;
        number.parse().ok()
    };
    let mut processes = text.lines().filter_map(process);
    let first = processes.next();
    let mut counts =
        text.lines().filter_map(|line| line.split_once("== Collected :")).map(|(_, count)| count);
    let (Some(count), None, true) = (counts.next(), counts.next(), processes.all(|one| Some(one) == first))
    else {
        return Err(Unread::unreadable("not the log of one process under callgrind"));
    };
    let count = count.split_whitespace().next().and_then(|count| count.parse::<f64>().ok());
    let count = count.ok_or_else(|| Unread::unreadable("the instructions cannot be read"))?;
    Ok(Sample::from([("instructions".to_owned(), positive("instructions", count)?)]))
}
