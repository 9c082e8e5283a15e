//! The picture of four workers against that of one, and the task against the laws.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mandelbrot::{Mandelbrot, Tiles};

#[test]
fn every_law_holds() {
    star_core::laws::check_task(&Mandelbrot {
        centre: [-0.5, 0.1],
        width: 2.5,
        depth: 30,
        tiles: Tiles {
            columns: 5,
            rows: 3,
            side: 4,
        },
    });
}

/// The picture that so many workers make.
fn picture(folder: &Path, workers: &str) -> Vec<u8> {
    let job = concat!(env!("CARGO_MANIFEST_DIR"), "/job.yml");
    let runs = folder.join(workers);
    let ran = Command::new(env!("CARGO_BIN_EXE_mandelbrot"))
        .args(["run", job, "--workers", workers, "-q", "--runs"])
        .arg(&runs)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let mut all = vec![runs];
    while let Some(folder) = all.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.ends_with("artifacts/mandelbrot.png") {
                return fs::read(path).unwrap();
            }
            if path.is_dir() {
                all.push(path);
            }
        }
    }
    panic!("there is no picture");
}

#[test]
fn the_picture_is_the_same_whoever_made_its_tiles() {
    let folder = std::env::temp_dir().join(format!("mandelbrot-{}", std::process::id()));
    let (one, four) = (picture(&folder, "1"), picture(&folder, "4"));
    fs::remove_dir_all(&folder).unwrap();
    assert!(one == four, "the pictures differ");
    let mut reader = png::Decoder::new(std::io::Cursor::new(one))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (1024, 768));
    // The middle of the set is in it; the corners are not.
    assert_eq!(pixels[384 * 1024 + 512], 255);
    assert!(pixels[0] < 16 && pixels[1023] < 16);
}

#[test]
fn a_picture_of_nothing_is_told_at_its_place() {
    let folder = std::env::temp_dir().join(format!("mandelbrot-none-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let job = folder.join("job.yml");
    for (width, depth, place, key) in [
        ("-3", "30", "job.yml:3:8", "`width` is more than 0"),
        ("0", "30", "job.yml:3:8", "`width` is more than 0"),
        ("2.5", "0", "job.yml:4:8", "`depth` is from 1 to 65,535"),
    ] {
        let text = format!(
            "task: mandelbrot\ncentre: [0, 0]\nwidth: {width}\ndepth: {depth}\ncolumns: 1\nrows: 1\nside: 1\n"
        );
        fs::write(&job, text).unwrap();
        let checked = Command::new(env!("CARGO_BIN_EXE_mandelbrot"))
            .arg("check")
            .arg(&job)
            .output()
            .unwrap();
        assert_eq!(checked.status.code(), Some(5));
        let told = [checked.stdout, checked.stderr].concat();
        let told = String::from_utf8(told).unwrap();
        assert!(told.contains(place) && told.contains(key), "{told}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
