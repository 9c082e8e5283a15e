//! Whether a program can run where functions do: Linux on their architecture, with a C library that is not newer than theirs.

mod loose;

use std::fmt;

use object::Endianness;
use object::elf::{EM_AARCH64, EM_X86_64, ET_CORE, ET_DYN, ET_EXEC, ET_REL, VER_FLG_WEAK};
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};

pub use loose::loosen;

/// The newest version of the GNU C library that `provided.al2023` has.
pub const NEWEST_GLIBC: Glibc = Glibc {
    major: 2,
    minor: 34,
};

/// The processors that functions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// `x86_64`.
    X86,
    /// `arm64`.
    Arm,
}

impl Architecture {
    /// What `CloudFormation` calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }

    /// What begins programs there that take libraries.
    fn loader(self) -> &'static str {
        match self {
            Self::X86 => "/lib64/ld-linux-x86-64.so.2",
            Self::Arm => "/lib/ld-linux-aarch64.so.1",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A version of the GNU C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc {
    major: u32,
    minor: u32,
}

impl Glibc {
    /// Reads a symbol's version, such as `GLIBC_2.34`; none where it is not of that library.
    fn of_symbol(version: &str) -> Option<Self> {
        let mut parts = version.strip_prefix("GLIBC_")?.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some(Self { major, minor })
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What a program needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its processor.
    pub architecture: Architecture,
    /// The newest version of the GNU C library among the symbols that it takes from it; none where it takes none.
    pub glibc: Option<Glibc>,
}

/// Why a program cannot be a function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRunnable {
    /// It is no program for Linux.
    #[error("it is not a 64-bit program for Linux ({0})")]
    NoElf(String),
    /// It is something else than a program.
    #[error("it is no program that can be started, but {0}")]
    NoProgram(&'static str),
    /// It is begun by a loader that functions do not have.
    #[error(
        "it is begun by `{0}`, which functions do not have: theirs is that of the GNU C library"
    )]
    Loader(String),
    /// It is for another processor than functions have.
    #[error("it is for a processor that functions do not have (number {0} in its header)")]
    Machine(u16),
    /// It was built against a newer C library.
    #[error("it needs version {0} of the GNU C library, and functions have {NEWEST_GLIBC}")]
    Glibc(Glibc),
}

impl Program {
    /// Reads a program's header and the versions of the symbols that it takes from libraries (`.gnu.version_r`).
    ///
    /// # Errors
    /// Where it is no program for Linux, or for a processor that functions do not have.
    pub fn read(bytes: &[u8]) -> Result<Self, NotRunnable> {
        let no_elf = |error: object::Error| NotRunnable::NoElf(error.to_string());
        let file = ElfFile64::<Endianness>::parse(bytes).map_err(no_elf)?;
        let endian = file.endian();
        let architecture = match file.elf_header().e_machine(endian) {
            EM_X86_64 => Architecture::X86,
            EM_AARCH64 => Architecture::Arm,
            other => return Err(NotRunnable::Machine(other)),
        };
        match file.elf_header().e_type(endian) {
            ET_EXEC | ET_DYN => {}
            ET_REL => return Err(NotRunnable::NoProgram("an object file")),
            ET_CORE => return Err(NotRunnable::NoProgram("a core dump")),
            _ => return Err(NotRunnable::NoProgram("a file of another kind")),
        }
        for segment in file.elf_program_headers() {
            let loader = segment.interpreter(endian, bytes).map_err(no_elf)?;
            if let Some(loader) =
                loader.filter(|loader| *loader != architecture.loader().as_bytes())
            {
                let loader = String::from_utf8_lossy(loader).into_owned();
                return Err(NotRunnable::Loader(loader));
            }
        }
        let sections = file.elf_section_table();
        let mut glibc = None;
        if let Some((needs, link)) = sections.gnu_verneed(endian, bytes).map_err(no_elf)? {
            let names = sections.strings(endian, bytes, link).map_err(no_elf)?;
            for need in needs {
                let (_, versions) = need.map_err(no_elf)?;
                for version in versions {
                    let version = version.map_err(no_elf)?;
                    if version.vna_flags.get(endian) & VER_FLG_WEAK != 0 {
                        continue;
                    }
                    let name = version.name(endian, names);
                    let name = String::from_utf8_lossy(name.map_err(no_elf)?);
                    glibc = glibc.max(Glibc::of_symbol(&name));
                }
            }
        }
        Ok(Self {
            architecture,
            glibc,
        })
    }

    /// Whether functions can run it.
    ///
    /// # Errors
    /// Why not.
    pub fn check(self) -> Result<Self, NotRunnable> {
        match self.glibc {
            Some(needed) if needed > NEWEST_GLIBC => Err(NotRunnable::Glibc(needed)),
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_found_by_number_and_not_by_letter() {
        let of = |version| Glibc::of_symbol(version);
        assert!(of("GLIBC_2.4") < of("GLIBC_2.34"));
        assert!(of("GLIBC_2.3.4") < of("GLIBC_2.17"));
        assert_eq!(of("GLIBC_PRIVATE"), None);
        assert_eq!(of("GCC_3.0"), None);
    }

    #[test]
    fn this_very_program_is_read() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let program = Program::read(&bytes).unwrap();
        let expected = if cfg!(target_arch = "aarch64") {
            Architecture::Arm
        } else {
            Architecture::X86
        };
        assert_eq!(program.architecture, expected);
        assert!(
            program.glibc
                >= Some(Glibc {
                    major: 2,
                    minor: 14
                })
        );
    }

    #[test]
    fn what_functions_cannot_run_is_refused_in_words() {
        let newer = Program {
            architecture: Architecture::X86,
            glibc: Glibc::of_symbol("GLIBC_2.39"),
        };
        assert_eq!(
            newer.check().unwrap_err().to_string(),
            "it needs version 2.39 of the GNU C library, and functions have 2.34"
        );
        let static_one = Program {
            glibc: None,
            ..newer
        };
        assert!(static_one.check().is_ok());
        for bad in [&b""[..], b"#!/bin/sh\n", &[0x7f, b'E', b'L', b'F', 9, 9, 9]] {
            assert!(matches!(Program::read(bad), Err(NotRunnable::NoElf(_))));
        }
        // A program for another processor: the header's machine is at byte 18.
        let mut other = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        other[18] = 243;
        assert_eq!(Program::read(&other), Err(NotRunnable::Machine(243)));
    }

    #[test]
    fn what_is_no_program_or_needs_another_loader_is_refused() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        // The kind of file is at byte 16.
        for (kind, what) in [
            (1, "an object file"),
            (4, "a core dump"),
            (0, "a file of another kind"),
        ] {
            let mut other = bytes.clone();
            other[16] = kind;
            assert_eq!(Program::read(&other), Err(NotRunnable::NoProgram(what)));
        }
        let loader = Program::read(&bytes).unwrap().architecture.loader();
        let at = bytes
            .windows(loader.len())
            .position(|some| some == loader.as_bytes());
        let mut other = bytes;
        other[at.unwrap()..][..9].copy_from_slice(b"/lib/musl");
        let refused = Program::read(&other).unwrap_err().to_string();
        assert!(
            refused.starts_with("it is begun by `/lib/musl"),
            "{refused}"
        );
    }
}
