//! The profiles of AWS's configuration files: which there are, and what each says something of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::error::AwsError;

/// What may be in a profile's name besides letters and digits, as AWS's SDK has it: it takes no notice of others.
const MARKS: &[u8] = b"-_/.%@:+";

/// The most that are told.
const MOST: usize = 10;

/// Profiles, and the keys that they have. What the keys say may be secret, and is not kept.
#[derive(Debug)]
pub(super) struct Profiles {
    files: [PathBuf; 2],
    keys: BTreeMap<String, BTreeSet<String>>,
}

impl Profiles {
    /// Those of the files that AWS's own command line reads. A file that can't be read has none.
    pub(super) fn read() -> Self {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let file = |variable: &str, name: &str| {
            let named = std::env::var_os(variable).map(PathBuf::from);
            named.unwrap_or_else(|| home.clone().unwrap_or_default().join(".aws").join(name))
        };
        let files = [
            file("AWS_CONFIG_FILE", "config"),
            file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        ];
        let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
        let mut keys = BTreeMap::new();
        add(&mut keys, &text(&files[0]), true);
        add(&mut keys, &text(&files[1]), false);
        Self { files, keys }
    }

    /// The keys that a profile has; none where there is no such profile.
    pub(super) fn get(&self, profile: &str) -> Option<&BTreeSet<String>> {
        self.keys.get(profile)
    }

    /// What is wrong with one of the files as such, so that nothing in it counts.
    pub(super) fn wrong(&self) -> Option<AwsError> {
        self.files.iter().find_map(|path| {
            let why = wrong_with(path)?;
            let path = path.display().to_string();
            Some(AwsError::OddFile { path, why })
        })
    }

    /// The files.
    pub(super) fn looked_at(&self) -> String {
        let [config, credentials] = &self.files;
        format!("`{}` and `{}`", config.display(), credentials.display())
    }

    /// Those that there are.
    pub(super) fn told(&self) -> String {
        if self.keys.is_empty() {
            return "there is none".to_owned();
        }
        let names = self.keys.keys().take(MOST);
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        let more = match self.keys.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "there {} {}{more}",
            if names.len() == 1 { "is" } else { "are" },
            names.join(", ")
        )
    }
}

/// Whether a profile of this name counts.
pub(super) fn can_be_named(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || MARKS.contains(&byte);
    !name.is_empty() && name.bytes().all(is_known)
}

/// Why a file says nothing, whatever is in it. One that is not there may be so.
fn wrong_with(path: &Path) -> Option<String> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => return Some(error.to_string()),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Some("it is no text".to_owned());
    };
    if text.starts_with('\u{feff}') {
        return Some(
            "it begins with a byte order mark, without which it is to be saved".to_owned(),
        );
    }
    let open = |line: &str| line.starts_with('[') && !line.contains(']');
    let at = text.lines().position(open)?;
    Some(format!("in line {} a `]` is missing", at + 1))
}

/// Adds what a file says. In the file of configurations the section of a profile has that word in front, except the default's.
fn add(keys: &mut BTreeMap<String, BTreeSet<String>>, text: &str, prefixed: bool) {
    let mut section: Option<String> = None;
    for line in text.lines() {
        let is_nested = line.starts_with([' ', '\t']);
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            let name = name.split(']').next().unwrap_or_default().trim();
            let profile = name
                .strip_prefix("profile")
                .filter(|rest| rest.starts_with([' ', '\t']));
            section = match profile {
                Some(profile) if prefixed => Some(profile.trim().to_owned()),
                None if !prefixed || name == "default" => Some(name.to_owned()),
                _ => None,
            };
            section = section.filter(|name| can_be_named(name));
            if let Some(section) = &section {
                keys.entry(section.clone()).or_default();
            }
        } else if let (Some(section), Some((key, _)), false) = (
            &section,
            line.split_once('='),
            is_nested || line.starts_with(['#', ';']),
        ) {
            let keys = keys.entry(section.clone()).or_default();
            keys.insert(key.trim().to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_wrong_that_says_nothing_whatever_is_in_it() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("config");
        assert_eq!(wrong_with(&path), None);
        for (content, why) in [
            (&b"[default]\nregion = a\n"[..], None),
            (
                b"\n[default\nregion = a\n",
                Some("in line 2 a `]` is missing"),
            ),
            (b"\xff\xfe", Some("it is no text")),
            (
                b"\xef\xbb\xbf[default]\n",
                Some("it begins with a byte order mark, without which it is to be saved"),
            ),
        ] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(wrong_with(&path).as_deref(), why);
        }
        assert!(wrong_with(scratch.path()).is_some());
    }

    #[test]
    fn profiles_with_other_names_do_not_count() {
        let mut keys = BTreeMap::new();
        add(
            &mut keys,
            "[profile \"q x\"]\na = b\n[profile ünï]\n[profile a.b/c@d]\n",
            true,
        );
        assert_eq!(keys.keys().collect::<Vec<_>>(), ["a.b/c@d"]);
    }

    #[test]
    fn profiles_are_those_of_both_files() {
        let mut keys = BTreeMap::new();
        let config = "# [profile no]\n[default]\nregion = a\n[profile me]\nSSO_Session=x\ns3 =\n  nested = 1\n[sso-session x]\nsso_region = a\n[odd]\n";
        add(&mut keys, config, true);
        add(&mut keys, "[me]\naws_access_key_id = a\n[own]\n", false);
        let has = |name: &str| keys[name].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(keys.keys().collect::<Vec<_>>(), ["default", "me", "own"]);
        assert_eq!(has("me"), ["aws_access_key_id", "s3", "sso_session"]);
        assert!(has("own").is_empty());
    }
}
