//! `slsart` with the task `tls-expiry`.

use tls_expiry as _;

fn main() -> std::process::ExitCode {
    slsart::main()
}
