//! Versions of the C library that a program would like to have, and can do without.
//!
//! Rust's library looks for some newer functions by weak symbols, and does without where there are none. GNU's linker notes their versions
//! as if they were needed all the same, so that a loader which has no such version refuses the program.

use std::collections::BTreeSet;

use object::elf::{SHT_DYNSYM, STB_WEAK, VER_FLG_WEAK, VERSYM_VERSION};
use object::read::elf::{ElfFile64, FileHeader as _};
use object::{Endian as _, Endianness};

use super::{Glibc, NEWEST_GLIBC, NotRunnable};

/// Marks versions that functions do not have as such that the program can do without, where only weak symbols are of them. How many.
///
/// # Errors
/// Where it is no program for Linux.
pub fn loosen(program: &mut [u8]) -> Result<usize, NotRunnable> {
    loosen_beyond(program, NEWEST_GLIBC)
}

fn loosen_beyond(program: &mut [u8], newest: Glibc) -> Result<usize, NotRunnable> {
    let no_elf = |error: object::Error| NotRunnable::NoElf(error.to_string());
    let (places, flags) = found(program, newest).map_err(no_elf)?;
    for place in &places {
        if let Some(written) = program.get_mut(*place..place + flags.len()) {
            written.copy_from_slice(&flags);
        }
    }
    Ok(places.len())
}

/// Where in the file the flags of such versions are, and what is to stand there.
fn found(program: &[u8], newest: Glibc) -> Result<(Vec<usize>, [u8; 2]), object::Error> {
    let file = ElfFile64::<Endianness>::parse(program)?;
    let endian = file.endian();
    let sections = file.elf_header().sections(endian, program)?;
    let flags = endian.write_u16(VER_FLG_WEAK).to_ne_bytes();
    let (Some((versions, _)), Some((needs, link))) = (
        sections.gnu_versym(endian, program)?,
        sections.gnu_verneed(endian, program)?,
    ) else {
        return Ok((Vec::new(), flags));
    };
    let symbols = sections.symbols(endian, program, SHT_DYNSYM)?;
    let strong = symbols.iter().zip(versions);
    let strong = strong.filter(|(symbol, _)| symbol.st_bind() != STB_WEAK);
    let strong: BTreeSet<u16> = strong
        .map(|(_, version)| version.0.get(endian) & VERSYM_VERSION)
        .collect();
    let names = sections.strings(endian, program, link)?;
    let mut places = Vec::new();
    for need in needs {
        for version in need?.1 {
            let version = version?;
            let name = version.name(endian, names)?;
            let is_newer = Glibc::of_symbol(&String::from_utf8_lossy(name)) > Some(newest);
            if is_newer && !strong.contains(&(version.vna_other.get(endian) & VERSYM_VERSION)) {
                let at = std::ptr::from_ref(&version.vna_flags).addr();
                places.push(at - program.as_ptr().addr());
            }
        }
    }
    Ok((places, flags))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::Program;
    use super::*;

    fn glibc(version: &str) -> Glibc {
        Glibc::of_symbol(version).unwrap()
    }

    #[test]
    fn a_version_of_which_there_are_only_weak_symbols_is_not_needed() {
        // Rust's library looks for `__cxa_thread_atexit_impl`, which is of 2.18, and the only one of it.
        let mut program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let before = Program::read(&program).unwrap();
        let loosened = loosen_beyond(&mut program, glibc("GLIBC_2.17")).unwrap();
        assert!(loosened >= 1, "{before:?}");
        let strong = Program::read(&program).unwrap();
        assert!(
            strong.glibc.is_some() && strong.glibc <= before.glibc,
            "{strong:?}, {before:?}"
        );
        let path = tempfile::tempdir().unwrap();
        let path = path.path().join("loosened");
        std::fs::write(&path, &program).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        let still_runs = std::process::Command::new(&path).arg("--list").output();
        let still_runs = still_runs.unwrap();
        assert!(still_runs.status.success(), "{still_runs:?}");
    }

    #[test]
    fn what_functions_have_is_left_as_it_is() {
        let mut program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let before = program.clone();
        assert_eq!(loosen_beyond(&mut program, glibc("GLIBC_9.99")).unwrap(), 0);
        assert!(program == before);
        assert!(matches!(
            loosen(&mut b"#!/bin/sh\n".to_vec()),
            Err(NotRunnable::NoElf(_))
        ));
    }
}
