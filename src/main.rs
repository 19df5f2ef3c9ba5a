//! The `cutover` program: parse arguments, hand over to the commands, exit code.

fn main() {}
