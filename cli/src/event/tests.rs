use serde_json::json;

use super::*;

/// A package, and beside it what is none of it.
struct Package(tempfile::TempDir);

impl Package {
    fn new(files: &[(&str, &str)]) -> Self {
        let this = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = this.0.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        this
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("package")
    }

    fn read(&self, event: &Json) -> Result<Scripted, String> {
        let life = Duration::from_mins(15);
        read(event, "r1".parse().unwrap(), life, &self.path())
    }

    fn refused(&self, event: &Json) -> String {
        self.read(event).unwrap_err()
    }
}

const SCRIPT: &str = "\
config:
  target: http://example.com
  phases: [{ duration: 60, arrivalRate: 50 }]
  payload: { path: rows.csv, fields: [a] }
scenarios: [{ flow: [{ get: { url: / } }] }]
";

fn package() -> Package {
    Package::new(&[
        ("package/script.yml", SCRIPT),
        ("package/rows.csv", "1\n2\n"),
        (
            "package/deep/other.yml",
            "'>>': base.yml\nconfig: { payload: { path: here.csv } }\n",
        ),
        ("package/deep/base.yml", SCRIPT),
        ("package/deep/rows.csv", "3\n"),
        ("package/deep/here.csv", "4\n"),
        ("package/itself.yml", "'>>': itself.yml\n"),
        ("package/broken.yml", "config: [\n"),
        ("secret.yml", SCRIPT),
        ("secret.csv", "5\n"),
    ])
}

#[test]
fn an_event_is_laid_over_the_file_that_it_names() {
    let package = package();
    let phases = json!([{ "duration": 2, "arrivalRate": 3 }]);
    let event = json!({ ">>": "script.yml", "config": { "phases": phases } });
    let read = package.read(&event).unwrap();
    assert_eq!(read.job.task.timetable().units(), 6);
    assert_eq!(&read.job.blobs[0].bytes[..], b"1\n2\n");
    assert_eq!(read.launch.run.as_str(), "r1");
    let whole = package.read(&json!({ ">>": "script.yml" })).unwrap();
    assert_eq!(whole.job.task.timetable().units(), 3_000);
    let raw = json!({
        "config": { "target": "http://example.com", "phases": phases },
        "scenarios": [{ "flow": [{ "get": { "url": "/" } }] }],
    });
    assert_eq!(package.read(&raw).unwrap().job.task.timetable().units(), 6);
}

#[test]
fn paths_in_a_file_are_relative_to_it_whatever_is_laid_over_it() {
    let package = package();
    let of = |event: Json| package.read(&event).unwrap().job.blobs[0].bytes.to_vec();
    assert_eq!(of(json!({ ">>": "deep/base.yml" })), b"3\n");
    assert_eq!(of(json!({ ">>": "deep/other.yml" })), b"4\n");
}

#[test]
fn what_a_file_names_is_the_one_beside_it_and_not_its_namesake() {
    let named = |target: &str| SCRIPT.replace("example.com", target);
    let package = Package::new(&[
        ("package/base.yml", &named("root.example")),
        ("package/rows.csv", "1\n"),
        ("package/deep/base.yml", &named("deep.example")),
        ("package/deep/rows.csv", "2\n"),
        ("package/deep/beside.yml", "'>>': base.yml\n"),
        ("package/deep/above.yml", "'>>': ../base.yml\n"),
        ("package/deep/out.yml", "'>>': ../../secret.yml\n"),
        ("secret.yml", SCRIPT),
    ]);
    let rows = |event: Json| package.read(&event).unwrap().job.blobs[0].bytes.to_vec();
    assert_eq!(rows(json!({ ">>": "deep/beside.yml" })), b"2\n");
    assert_eq!(rows(json!({ ">>": "deep/above.yml" })), b"1\n");
    let why = package.refused(&json!({ ">>": "deep/out.yml" }));
    assert!(why.contains("is outside of the package"), "{why}");
}

#[test]
fn nothing_outside_of_the_package_is_read_and_what_is_wrong_names_event_and_file() {
    let package = package();
    let link = package.path().join("link.yml");
    std::os::unix::fs::symlink(package.0.path().join("secret.yml"), link).unwrap();
    let absolute = package.0.path().join("secret.yml");
    for name in [
        "../secret.yml",
        "deep/../../secret.yml",
        "link.yml",
        absolute.to_str().unwrap(),
    ] {
        let why = package.refused(&json!({ ">>": name }));
        assert!(why.starts_with("event:1:7: error: `"), "{why}");
        assert!(why.contains("is outside of the package"), "{why}");
        assert!(
            why.contains(&format!("`{name}`")),
            "no path but that: {why}"
        );
    }
    let why = package.refused(&json!({ ">>": "none.yml" }));
    assert!(
        why.starts_with("event:1:7: error: `none.yml` is not in the package (")
            && why.contains("the script that `-p` names"),
        "{why}"
    );
    let why = package.refused(&json!({ ">>": 7 }));
    assert!(
        why.contains("`>>` names a file of the package, not a number"),
        "{why}"
    );
    let why = package.refused(&json!({ ">>": "itself.yml" }));
    assert!(
        why.contains("itself.yml:1:7: error: files name each other more than 8 levels deep"),
        "{why}"
    );
    let why = package.refused(&json!({ ">>": "broken.yml" }));
    assert!(why.contains("broken.yml:"), "{why}");
    let why = package.refused(&json!({ ">>": "script.yml", "confg": {} }));
    assert!(
        why.starts_with("event:1:") && why.contains("confg"),
        "{why}"
    );
    let why = package.refused(&json!({ "Records": [] }));
    assert!(why.starts_with("event:1:1: error: "), "{why}");
}

/// Every key of a script that names a file, each with a file that is there, is no package's, and has in it what must not be told.
#[test]
fn no_file_outside_is_read_whatever_names_it() {
    let package = package();
    let write = |name: &str, text: &str| {
        std::fs::write(package.0.path().join(name), text).unwrap();
    };
    write("hidden.yml", "root: s3cr3t: x\n");
    write("hidden.csv", "s3cr3t\n\"");
    write("key.pem", "-----BEGIN s3cr3t\n");
    std::os::unix::fs::symlink(package.0.path(), package.path().join("up")).unwrap();
    let roots = ["..", "deep/../..", "up", package.0.path().to_str().unwrap()];
    for root in roots {
        let yml = format!("{root}/hidden.yml");
        let (csv, pem) = (format!("{root}/hidden.csv"), format!("{root}/key.pem"));
        let laid = |over: Json| {
            let mut event = json!({ ">>": "script.yml" });
            event
                .as_object_mut()
                .unwrap()
                .extend(over.as_object().unwrap().clone());
            event
        };
        let flow = |step: Json| laid(json!({ "scenarios": [{ "flow": [step] }] }));
        let config = |over: Json| laid(json!({ "config": over }));
        let part = json!({ "url": "/", "formData": { "file": { "fromFile": csv } } });
        let nested = format!("includes: {yml}\n");
        std::fs::write(package.path().join("nested.yml"), nested).unwrap();
        std::fs::write(
            package.path().join("flow.yml"),
            format!("- include: {yml}\n"),
        )
        .unwrap();
        for event in [
            json!({ ">>": yml }),
            laid(json!({ "includes": yml })),
            laid(json!({ "includes": ["base.yml", yml] })),
            laid(json!({ "includes": "nested.yml" })),
            flow(json!({ "include": yml })),
            flow(json!({ "include": "flow.yml" })),
            flow(json!({ "loop": [{ "include": yml }], "count": 2 })),
            flow(json!({ "post": part })),
            laid(json!({ "before": { "flow": [{ "include": yml }] } })),
            config(json!({ "payload": { "path": csv, "fields": ["a"] } })),
            config(json!({ "payload": [{ "path": csv, "fields": ["a"], "order": "sequence" }] })),
            config(json!({ "tls": { "certificateAuthority": pem } })),
            config(json!({ "tls": { "client": { "cert": pem, "key": pem } } })),
        ] {
            let why = package.refused(&event);
            assert!(why.contains("is outside of the package"), "{event}: {why}");
            assert!(!why.contains("s3cr3t"), "{event}: {why}");
        }
    }
}

#[test]
fn what_a_deployment_says_of_cutting_is_what_its_function_reads() {
    assert_eq!(limits_of(None).unwrap(), Split::default());
    let limits = Split {
        max_chunk_requests_per_second: Some(100),
        ..Split::default()
    };
    let said = serde_json::to_string(&limits).unwrap();
    assert_eq!(limits_of(Some(&said)).unwrap(), limits);
    let wrong = limits_of(Some("7")).unwrap_err().to_string();
    assert!(
        wrong.starts_with("`SLSART_LIMITS` cannot be read: "),
        "{wrong}"
    );
}

#[test]
fn what_functions_would_not_take_is_told_at_its_place() {
    let package = package();
    let phases = json!([{ "duration": 100_000, "arrivalRate": 1 }]);
    let why = package.refused(&json!({ ">>": "script.yml", "config": { "phases": phases } }));
    let told = "script.yml:3:3: error: the script lasts 100000 s";
    assert!(why.contains(told), "{why}");
}
