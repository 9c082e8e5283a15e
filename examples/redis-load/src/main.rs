//! `slsart` with the task `redis-load`.

use redis_load as _;

fn main() -> std::process::ExitCode {
    slsart::main()
}
