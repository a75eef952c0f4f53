//! What must not compile: a clearance, or what it is made from, by any other way than the one function.

#[test]
fn nothing_but_its_one_function_makes_a_clearance() {
    trybuild::TestCases::new().compile_fail("tests/fail/*.rs");
}
