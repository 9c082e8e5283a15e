//! The picture that functions make: a program of one's own deploys itself.

use std::fs;

use tests::Cloud;

const JOB: &str = "task: mandelbrot\ncentre: [-0.65, 0.0]\nwidth: 3.0\ndepth: 60\ncolumns: 6\nrows: 4\nside: 16\n_split: { maxWorkers: 3 }\n";

#[test]
fn the_picture_of_functions_is_that_of_threads() {
    let cloud = Cloud::new(env!("CARGO_BIN_EXE_mandelbrot"));
    let job = cloud.scratch.write("job.yml", JOB);
    let deployed = cloud.slsart().args(["deploy"]).run().expect(0);
    let ledger = deployed
        .out
        .lines()
        .find_map(|line| line.strip_prefix("ledger "));
    let bucket = ledger.unwrap().trim();
    let invoke = ["invoke", "-p", "job.yml", "--name", "picture"];
    let invoked = cloud.slsart().args(invoke).run().expect(0);
    assert!(
        invoked.err.contains("if an item takes 0.1 s"),
        "{}",
        invoked.err
    );
    cloud
        .slsart()
        .args(["watch", "picture", "--aws"])
        .run()
        .expect(0);
    let key = "runs/picture/artifacts/mandelbrot.png";
    let (status, theirs) = cloud.aws.bytes(&format!("/{bucket}/{key}"));
    assert_eq!(status, 200);

    let run = ["run", "--name", "picture", "-q"];
    cloud.slsart().args(run).args([job]).run().expect(0);
    let ours = fs::read(cloud.scratch.runs().join(key)).unwrap();
    assert!(
        theirs == ours,
        "{} bytes, {} bytes",
        theirs.len(),
        ours.len()
    );
}
