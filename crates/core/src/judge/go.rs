//! What of Go's files steers its tests.

/// The function that runs the tests of its package, as gofmt lays it out: from its line to the brace that closes it.
pub(super) fn test_main(text: &str) -> Vec<String> {
    let mut lines = text.lines().skip_while(|line| !line.contains("TestMain")).map(str::to_owned).peekable();
    let mut kept = Vec::new();
    while let Some(line) = lines.next_if(|_| true) {
        let ends = line.starts_with('}');
        kept.push(line);
        if ends {
            // There may be a mention of it before it.
            kept.extend(test_main(&lines.collect::<Vec<_>>().join("\n")));
            break;
        }
    }
    kept
}

/// The lines of `go.mod` that choose the toolchain or other modules, or leave folders out, of blocks too.
pub(super) fn module(text: &str) -> Vec<String> {
    const WORDS: [&str; 6] = ["toolchain", "godebug", "ignore", "replace", "exclude", "tool"];
    let (mut kept, mut within) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        let begins = line.split([' ', '\t', '(']).next().is_some_and(|word| WORDS.contains(&word));
        if begins || within {
            kept.push(line.to_owned());
            within = (within || line.ends_with('(')) && !line.starts_with(')');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_test_main_is_not_of_it() {
        let main = "func TestMain(m *testing.M) {\n\tos.Exit(m.Run())\n}";
        assert_eq!(test_main("package a\n\nfunc TestOne(t *testing.T) {}\n"), [""; 0]);
        let more = format!("package a\n\n{main}\n\nfunc TestOne(t *testing.T) {{}}\n");
        assert_eq!(test_main(&more).join("\n"), main);
        let mentioned = format!("// TestMain is below.\nfunc setup() {{\n}}\n\n{main}\n");
        assert!(test_main(&mentioned).join("\n").ends_with(main));
        // What is never closed counts to the end.
        assert_eq!(test_main("func TestMain(m *testing.M) {\n\ta()\n").len(), 2);
    }

    #[test]
    fn of_a_module_the_toolchain_and_what_is_left_out_count() {
        assert_eq!(module("module a\n\ngo 1.25\n\nrequire b v1.0.0\n"), [""; 0]);
        assert_eq!(module("replace b => ./b\nexclude c v1.0.0\n").len(), 2);
        assert_eq!(module("toolchain go1.25.1\nignore ./a\n").len(), 2);
        assert_eq!(module("ignore (\n\t./a\n\t./b\n)\nrequire c v1.0.0\n"), ["ignore (", "./a", "./b", ")"]);
    }
}
