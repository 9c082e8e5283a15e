//! Files, streams, and what is neither.

use std::fs;
use std::path::{Path, PathBuf};

use star_core::document::Sources;
use star_yaml::limits::MAX_BYTES;

/// A folder of its own for each test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _absent_the_first_time = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target directory can be written to");
    folder
}

fn refusal(path: &Path) -> String {
    let mut sources = Sources::default();
    let fault = star_yaml::read_file(&mut sources, path).expect_err("this is no document");
    fault.one_line(&sources)
}

#[test]
fn a_document_knows_its_folder() {
    let folder = folder("a_document_knows_its_folder");
    let path = folder.join("script.yml");
    fs::write(&path, "config: {target: x}\n").unwrap();
    let document = star_yaml::document(&path).unwrap();
    assert_eq!(document.folder(), folder);
    assert_eq!(
        document
            .root
            .get("config")
            .and_then(|config| config.get("target")?.as_str()),
        Some("x")
    );
}

#[test]
fn a_stream_is_read_under_a_name_of_its_own() {
    let document = star_yaml::document_from("<stdin>", b"a: 1".as_slice(), "folder").unwrap();
    assert_eq!(document.folder(), Path::new("folder"));
    let error =
        star_yaml::document_from("<stdin>", b"a: @".as_slice(), "").expect_err("this is at fault");
    assert!(
        error.to_string().starts_with("<stdin>:1:4: error: "),
        "{error}"
    );
    let endless = star_yaml::document_from("<stdin>", std::io::repeat(b'a'), "")
        .expect_err("this never ends");
    assert!(
        endless
            .to_string()
            .contains("`<stdin>` is larger than the 8 MiB"),
        "{endless}"
    );
}

#[test]
fn what_is_no_readable_file_is_named() {
    let folder = folder("what_is_no_readable_file_is_named");
    let missing = folder.join("missing.yml");
    assert_eq!(
        refusal(&missing),
        format!("error: there is no file `{}`", missing.display())
    );
    assert_eq!(
        refusal(&folder),
        format!("error: `{}` is a directory, not a file", folder.display())
    );
    let below_a_file = folder.join("file.yml/script.yml");
    fs::write(folder.join("file.yml"), "a: 1").unwrap();
    assert!(refusal(&below_a_file).starts_with("error: cannot read `"));
}

#[test]
fn a_large_file_is_refused_by_its_size_alone() {
    let path = folder("a_large_file_is_refused_by_its_size_alone").join("large.yml");
    let file = fs::File::create(&path).unwrap();
    file.set_len(MAX_BYTES as u64 + 1).unwrap();
    assert_eq!(
        refusal(&path),
        format!(
            "error: `{}` is larger than the 8 MiB that a document may have (move bulk data into a file of its own, such as a CSV payload)",
            path.display()
        )
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_without_a_writer_does_not_hang_the_reader() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let path = folder("a_pipe_without_a_writer_does_not_hang_the_reader").join("pipe.yml");
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    assert_eq!(
        refusal(&path),
        format!(
            "error: `{}` is not a regular file (write what comes out of a pipe or a device to a file first)",
            path.display()
        )
    );
}

#[test]
fn what_is_not_utf_8_is_shown_at_its_byte() {
    let mut sources = Sources::default();
    let fault = star_yaml::read_bytes(&mut sources, "t.yml", b"\xef\xbb\xbfa: 1\nb: x\x80\x80y\n")
        .expect_err("not UTF-8");
    assert_eq!(
        fault.one_line(&sources),
        "t.yml:2:5: error: byte 0x80 at offset 12 is not UTF-8 (save the file as UTF-8)"
    );
    assert_eq!(
        fault.primary.map(|label| sources.snippet(label.span)),
        Some("\u{fffd}")
    );
}
