//! The scripts, and what their heads say.

use std::path::{Path, PathBuf};

/// A script of the kit.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its name: that of its file, without the extension.
    pub name: String,
    /// What it is about: the first line of its head.
    pub title: String,
    /// What the command line has besides: a line `# options: [...]` of its head.
    pub options: Vec<String>,
    /// Whether the time between requests is looked at as well: a line `# gaps` of its head.
    pub gaps: bool,
    /// Whether the bytes of answers are counted alike: a line `# bytes`. Not so where an answer says what headers were sent.
    pub bytes: bool,
    /// Whether the script says itself what its target is, by the variable `TARGET` of the environment.
    pub own_target: bool,
}

/// The scripts in a folder, by name.
pub fn scripts(folder: &Path) -> Vec<Script> {
    let mut scripts: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "yml"))
        .map(|path| Script::read(&path))
        .collect();
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    scripts
}

impl Script {
    fn read(path: &PathBuf) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut head = text.lines().map_while(|line| line.strip_prefix("# "));
        let title = head
            .next()
            .unwrap_or_else(|| panic!("{name}: the first line must say what it is about"));
        let mut script = Self {
            name,
            title: title.to_owned(),
            options: Vec::new(),
            gaps: false,
            bytes: false,
            own_target: text.contains("nvironment.TARGET") || text.contains("$env.TARGET"),
        };
        for line in head {
            match line.split_once(": ") {
                Some(("options", list)) => script.options = serde_json::from_str(list).unwrap(),
                _ if line == "gaps" => script.gaps = true,
                _ if line == "bytes" => script.bytes = true,
                _ if line == "own target" => script.own_target = true,
                _ => panic!("{}: what is `{line}`?", script.name),
            }
        }
        script
    }

    /// The arguments of `run`, against a target, for a report in this file.
    pub fn arguments(&self, target: &str, report: &Path) -> Vec<String> {
        let mut arguments = vec!["run".to_owned(), format!("{}.yml", self.name)];
        arguments.extend(["-o".to_owned(), report.to_str().unwrap().to_owned()]);
        if !self.own_target {
            arguments.extend(["-t".to_owned(), target.to_owned()]);
        }
        arguments.extend(self.options.iter().cloned());
        arguments
    }
}
