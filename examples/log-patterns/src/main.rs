//! `slsart` with the task `log-patterns`.

use log_patterns as _;

fn main() -> std::process::ExitCode {
    slsart::main()
}
