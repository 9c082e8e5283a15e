//! What is put on Lambda: the program as `bootstrap`, and the files that scheduled runs name.

use std::io::{Cursor, Write as _};

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Deflate's own greatest level: a package is made once, and sent and loaded more often.
const SMALLEST: i64 = 9;

/// The name under which the runtime looks for its program.
const PROGRAM: &str = "bootstrap";

/// The most that a function's files may take when they are unpacked.
pub const MOST_UNPACKED: u64 = 250 * 1024 * 1024;

/// A zip, and what it is known by.
#[derive(Clone, Debug)]
pub struct Package {
    /// The zip.
    pub bytes: Vec<u8>,
    /// What is in it, the program first.
    pub names: Vec<String>,
    /// The hash of its content (SHA-256, hexadecimal).
    pub hash: String,
}

/// A file of a package.
#[derive(Clone, Debug)]
pub struct PackedFile {
    /// Its path in the package, with `/` between the parts.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Together they are too large.
    #[error("the files take {0} bytes unpacked, and functions may have {MOST_UNPACKED}")]
    TooLarge(u64),
    /// A file would have the program's place, or lie outside.
    #[error(
        "`{0}` cannot be a file of the package: it is the program's name, or leads out of the package"
    )]
    Name(String),
    /// A name is there twice.
    #[error("cannot pack `{name}`")]
    Zip {
        /// The file.
        name: String,
        /// Why.
        source: zip::result::ZipError,
    },
}

/// Packs a program and files. The same content is the same package, whenever and wherever it is made.
///
/// # Errors
/// Where a name is not one, or all of it is too large.
pub fn pack(program: &[u8], files: &[PackedFile]) -> Result<Package, PackageError> {
    let unpacked: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
    let unpacked = unpacked + program.len() as u64;
    if unpacked > MOST_UNPACKED {
        return Err(PackageError::TooLarge(unpacked));
    }
    let mut sorted: Vec<&PackedFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The earliest date that a zip can have: a package must not depend on when it was made.
    let file_of = |mode| {
        SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(SMALLEST))
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(mode)
    };
    let failed = |name: &str| {
        let name = name.to_owned();
        move |source| PackageError::Zip { name, source }
    };
    let mut add = |name: &str, bytes: &[u8], mode| {
        zip.start_file(name, file_of(mode)).map_err(failed(name))?;
        zip.write_all(bytes)
            .map_err(|error| failed(name)(error.into()))
    };
    add(PROGRAM, program, 0o755)?;
    let mut names = vec![PROGRAM.to_owned()];
    for file in sorted {
        if !is_inside(&file.name) {
            return Err(PackageError::Name(file.name.clone()));
        }
        add(&file.name, &file.bytes, 0o644)?;
        names.push(file.name.clone());
    }
    let bytes = zip.finish().map_err(failed(PROGRAM))?.into_inner();
    Ok(Package {
        hash: hex(&Sha256::digest(&bytes)),
        names,
        bytes,
    })
}

/// Whether a name is that of a file inside the package, and not the program's.
pub(crate) fn is_inside(name: &str) -> bool {
    let mut parts = name.split('/');
    name != PROGRAM && !name.contains('\\') && parts.all(|part| !matches!(part, "" | "." | ".."))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::ZipArchive;

    use super::*;

    fn file(name: &str, text: &str) -> PackedFile {
        PackedFile {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_package_has_the_program_and_the_files_and_does_not_depend_on_their_order() {
        let (a, b) = (file("scripts/a.yml", "a"), file("b.csv", "1,2\n"));
        let one = pack(b"\x7fELF", &[a.clone(), b.clone()]).unwrap();
        let other = pack(b"\x7fELF", &[b, a]).unwrap();
        assert_eq!(one.bytes, other.bytes);
        assert_eq!(one.hash.len(), 64);
        assert_ne!(one.hash, pack(b"\x7fELG", &[]).unwrap().hash);
        let mut zip = ZipArchive::new(Cursor::new(one.bytes)).unwrap();
        let names: Vec<_> = zip.file_names().map(str::to_owned).collect();
        assert_eq!(names, ["bootstrap", "b.csv", "scripts/a.yml"]);
        let mut program = zip.by_name("bootstrap").unwrap();
        assert_eq!(program.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let mut read = Vec::new();
        program.read_to_end(&mut read).unwrap();
        assert_eq!(read, b"\x7fELF");
    }

    #[test]
    fn no_file_takes_the_programs_place_or_lies_outside() {
        for name in [
            "bootstrap",
            "../a",
            "/a",
            "a//b",
            "a/../b",
            "",
            "a\\b",
            "./a",
        ] {
            let packed = pack(b"x", &[file(name, "")]);
            assert!(matches!(packed, Err(PackageError::Name(_))), "{name}");
        }
        let twice = pack(b"x", &[file("a", "1"), file("a", "2")]);
        assert!(matches!(twice, Err(PackageError::Zip { .. })));
    }
}
