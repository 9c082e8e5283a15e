//! `slsart`: the command line with the kinds of task that come with it.

use std::process::ExitCode;

use task_artillery as _;

fn main() -> ExitCode {
    slsart::main()
}
