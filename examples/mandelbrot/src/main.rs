//! `slsart` with the task `mandelbrot`.

use mandelbrot as _;

fn main() -> std::process::ExitCode {
    slsart::main()
}
