//! `slsart configure`: the assets of a deployment, to be edited.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use star_aws::assets::{FILE, FILES, Given, SERVICE, UNREAD_FILES, place, written};
use star_aws::elf::{Architecture, Program};
use star_core::worker::{Ids as _, SystemIds};

use super::assets::typed_wrongly;
use super::deploy::own_program;
use crate::args::ConfigureArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::{hint, output};

/// How many letters are added to the service's name, so that what is deployed from one folder is not what is deployed from another.
const LETTERS: usize = 8;

pub(in crate::command) fn configure(args: &ConfigureArgs) -> Result<Exit, CommandError> {
    // Where one of these is there, there would be two.
    let there: Vec<PathBuf> = FILES
        .into_iter()
        .chain(UNREAD_FILES)
        .map(PathBuf::from)
        .filter(|path| path.symlink_metadata().is_ok())
        .collect();
    if !there.is_empty() {
        return Err(CommandError::Conflicts(there));
    }
    let service = args
        .service
        .clone()
        .unwrap_or_else(|| random_service(SystemIds.next()));
    let given = Given {
        stage: args.stage.clone(),
        region: args.region.clone(),
        service: Some(service.clone()),
    };
    place(None, &given, &|_| None).map_err(|faults| typed_wrongly(&faults))?;
    let text = written(&service, &given, architecture()?);
    // Never over a file that is there, also not over one that came a moment ago.
    let path = Path::new(FILE);
    let new = OpenOptions::new().write(true).create_new(true).open(path);
    new.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => CommandError::Conflicts(vec![path.to_owned()]),
            _ => CommandError::Write {
                path: path.to_owned(),
                source,
            },
        })?;
    output::print(&format!(
        "`{FILE}` is written, for the service `{service}`: edit it, and `{}` carries it out\n",
        hint::command(&["deploy"])
    ))?;
    Ok(Exit::Passed)
}

/// A name that nobody else has.
fn random_service(mut chance: u64) -> String {
    let letters = (0..LETTERS).map(|_| {
        let letter = char::from(b'a' + (chance % 26) as u8);
        chance /= 26;
        letter
    });
    format!("{SERVICE}-{}", letters.collect::<String>())
}

/// That of this program, which is what is deployed; where it is none for Linux, that which most have.
fn architecture() -> Result<Architecture, CommandError> {
    let program = Program::read(&own_program()?);
    Ok(program.map_or(Architecture::X86, |program| program.architecture))
}

#[cfg(test)]
mod tests {
    use star_aws::Names;

    use super::*;

    #[test]
    fn a_random_service_is_a_name_and_differs_from_the_next() {
        let (one, other) = (random_service(7), random_service(u64::MAX));
        assert_ne!(one, other);
        assert!(Names::new(&one, "production").is_ok());
        assert_eq!(one.len(), SERVICE.len() + 1 + LETTERS);
    }
}
