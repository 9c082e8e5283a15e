//! The program under test.

use std::process::ExitCode;

use task_artillery as _;

fn main() -> ExitCode {
    slsart::main()
}
