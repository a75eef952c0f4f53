//! Text from outside, made safe to show: control characters visible, one line, bounded.
//!
//! Tool output is data. Whatever is shown, filed or put on one line goes through here.

/// The longest single line that is shown or filed, in characters.
pub const LINE: usize = 300;

/// The text with every control character made visible, line feeds and tabs kept.
pub fn visible(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { c } else { picture(c) }).collect()
}

/// The text as one visible line of at most [`LINE`] characters; line breaks become spaces.
pub fn one_line(text: &str) -> String {
    let joined: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(picture).collect();
    if joined.chars().count() <= LINE {
        return joined;
    }
    joined.chars().take(LINE - 1).chain(['…']).collect()
}

/// The text in a Markdown fence that it cannot close.
pub fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", visible(text).trim_end_matches('\n'))
}

/// Program and arguments as one line of a POSIX shell that means exactly them.
pub fn shell_line<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    // No argument of a process can hold a NUL.
    let quoted = |word: &str| {
        let word = word.replace('\0', "");
        shlex::try_quote(&word).map_or_else(|_| word.clone(), std::borrow::Cow::into_owned)
    };
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Control characters as their pictures (Unicode block "Control Pictures"); characters that reorder or hide text
/// (Unicode Bidi_Control and zero-width ones) as the replacement character.
fn picture(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_erasures_are_seen_and_do_nothing() {
        assert_eq!(visible("FAIL\r\x1b[2KPASS\n"), "FAIL␍␛[2KPASS\n");
        assert_eq!(one_line("a\n b\u{202e}c\u{9b}2J"), "a b\u{fffd}c\u{fffd}2J");
    }

    #[test]
    fn a_fence_cannot_be_closed_from_inside() {
        assert_eq!(fenced("a\n```\nb"), "````text\na\n```\nb\n````");
    }

    #[test]
    fn a_line_for_a_shell_is_read_back_as_the_same_words() {
        let words = ["git", "tag", "--delete", "a b", "it's", "$(rm)", "", "x\ny", "*"];
        let line = shell_line(words);
        assert_eq!(shlex::split(&line).unwrap(), words);
        assert!(line.starts_with("git tag --delete 'a b' "), "{line}");
    }

    #[test]
    fn a_long_line_is_cut_and_says_so() {
        let cut = one_line(&"x".repeat(1000));
        assert_eq!((cut.chars().count(), cut.chars().last()), (LINE, Some('…')));
    }
}
