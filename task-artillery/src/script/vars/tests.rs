use std::collections::HashSet;

use serde_json::json;
use star_core::document::BlobRef;
use star_core::hash::Hash;

use super::*;
use crate::script::model::{Order, Payload, Variable};
use crate::script::template::{JsonTemplate, Template};

fn script(variables: &[(&str, Value)], columns: &[&str]) -> Script {
    let variables = variables.iter().map(|(name, value)| Variable {
        name: (*name).to_owned(),
        value: JsonTemplate::parse(value.clone()).unwrap(),
    });
    let payload = Payload {
        file: BlobRef {
            name: "t.csv".to_owned(),
            hash: Hash::of(b""),
            bytes: 0,
        },
        fields: columns.iter().map(ToString::to_string).collect(),
        order: Order::Sequence,
        all_rows_in: None,
        cast: true,
        format: crate::script::model::CsvFormat::default(),
    };
    Script {
        target: "http://t".to_owned(),
        seed: None,
        phases: Vec::new(),
        http: crate::script::model::HttpSettings::default(),
        tls: crate::script::model::TlsSettings::default(),
        secrets: crate::script::Secrets::default(),
        cookies: Vec::new(),
        headers: vec![Header {
            name: "x".to_owned(),
            value: Template::parse("{{ $randomString() }}{{ id }}").unwrap(),
        }],
        constants: serde_json::Map::from_iter([("$dirname".to_owned(), json!("here"))]),
        variables: variables.collect(),
        payloads: vec![payload],
        scenarios: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        captured: serde_json::Map::new(),
        not_found: Vec::new(),
        sampling: None,
        split: crate::script::Split::default(),
        reporting: crate::script::model::Reporting::default(),
        checking: crate::script::model::Checking::default(),
        signing: None,
    }
}

fn run() -> Draws {
    Draws::new(5, 0, 0, 0)
}

fn globals(script: &Script, csv: &str) -> Rc<Globals> {
    let table = Table::read(csv.to_owned().into(), &script.payloads[0]).unwrap();
    let given = [("$testId".to_owned(), json!("t1"))];
    Rc::new(Globals::new(
        script,
        vec![Arc::new(table)],
        given,
        &mut run(),
    ))
}

fn user(globals: &Rc<Globals>, unit: u64) -> Vars {
    Vars::new(Rc::clone(globals), unit, &mut Draws::new(5, unit, 0, 0))
}

fn get(vars: &Vars, path: &str) -> Option<Value> {
    vars.get(&Path::parse(path)).map(Cow::into_owned)
}

#[test]
fn names_are_looked_up_from_the_user_outwards() {
    let script = script(
        &[("both", json!("variable")), ("v", json!({"a": [1]}))],
        &["both", "cell"],
    );
    let globals = globals(&script, "x,04\ny,z\n");
    let mut vars = user(&globals, 0);
    assert_eq!(get(&vars, "both"), Some(json!("variable")));
    assert_eq!(get(&vars, "cell"), Some(json!(4)));
    assert_eq!(get(&user(&globals, 3), "cell"), Some(json!("z")));
    assert_eq!(get(&vars, "v.a[0]"), Some(json!(1)));
    assert_eq!(get(&vars, "$dirname"), Some(json!("here")));
    assert_eq!(get(&vars, "$testId"), Some(json!("t1")));
    assert_eq!(get(&vars, "other"), None);
    vars.set(&Path::parse("both"), json!("own"));
    assert_eq!(get(&vars, "both"), Some(json!("own")));
}

#[test]
fn setting_into_a_shared_value_changes_it_for_the_user_only() {
    let script = script(&[("v", json!({"a": 1, "b": 2}))], &[]);
    let globals = globals(&script, "x\n");
    let mut vars = user(&globals, 0);
    vars.set(&Path::parse("v.a"), json!(9));
    vars.set(&Path::parse("new[1].x"), json!(1));
    assert_eq!(get(&vars, "v"), Some(json!({"a": 9, "b": 2})));
    assert_eq!(get(&vars, "new"), Some(json!([null, {"x": 1}])));
    assert_eq!(get(&user(&globals, 1), "v"), Some(json!({"a": 1, "b": 2})));
}

#[test]
fn of_a_list_each_user_has_one_element_for_life() {
    let script = script(
        &[
            ("colour", json!(["red", "green", "blue"])),
            ("list", json!([[1, 2]])),
        ],
        &[],
    );
    let globals = globals(&script, "x\n");
    let colours: HashSet<_> = (0..100)
        .map(|unit| get(&user(&globals, unit), "colour").unwrap().to_string())
        .collect();
    assert_eq!(colours.len(), 3);
    let vars = user(&globals, 7);
    assert_eq!(get(&vars, "colour"), get(&vars, "colour"));
    assert_eq!(get(&vars, "colour"), get(&user(&globals, 7), "colour"));
    assert_eq!(get(&vars, "list"), Some(json!([1, 2])));
}

#[test]
fn calls_in_config_are_made_once_for_all_users() {
    let script = script(
        &[("id", json!("run-{{ $randomString(4) }}-{{ $testId }}"))],
        &[],
    );
    let (one, other) = (globals(&script, "x\n"), globals(&script, "x\n"));
    let id = get(&user(&one, 0), "id").unwrap();
    assert_eq!(get(&user(&other, 99), "id").unwrap(), id);
    assert!(id.as_str().unwrap().starts_with("run-") && id.as_str().unwrap().ends_with("-t1"));
    assert_eq!(one.headers(), other.headers());
    assert!(one.headers()[0].value.source().ends_with("{{ id }}"));
    assert!(!one.headers()[0].value.has_calls());
}

#[test]
fn each_user_has_a_uuid_of_version_four() {
    let script = script(&[], &[]);
    let globals = globals(&script, "x\n");
    let ids: HashSet<_> = (0..100)
        .map(|unit| {
            get(&user(&globals, unit), "$uuid")
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 100);
    for id in &ids {
        let parts: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(
            id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]),
            "{id}"
        );
    }
}

#[test]
fn a_name_with_a_dot_is_found_whole() {
    let script = script(&[], &["user.name"]);
    assert_eq!(
        get(&user(&globals(&script, "ada\n"), 0), "user.name"),
        Some(json!("ada"))
    );
}

#[test]
fn what_a_branch_sets_is_its_own_until_it_is_applied() {
    let of = |pairs: &[(&str, Value)]| -> Vars {
        let pairs = pairs.iter().cloned();
        pairs
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    };
    let set = |vars: &mut Vars, path: &str, value: Value| vars.set(&Path::parse(path), value);
    let get = |vars: &Vars, path: &str| vars.get(&Path::parse(path)).map(Cow::into_owned);
    let under = Rc::new(of(&[("a", json!(1)), ("o", json!({"kept": true}))]));
    let mut first = Vars::branch(&under);
    let mut second = Vars::branch(&under);
    set(&mut first, "a", json!(2));
    set(&mut first, "o.x.y", json!("first"));
    set(&mut first, "o.x", json!({"z": 0}));
    set(&mut first, "o.x.y", json!("again"));
    set(&mut second, "a", json!(1));
    set(&mut second, "o.list[1]", json!("second"));
    set(&mut second, "o.out[99999999]", json!("of reach"));
    assert_eq!(get(&first, "a"), Some(json!(2)));
    assert_eq!(get(&second, "o.x"), None);
    assert_eq!(get(&first, "o.kept"), Some(json!(true)));
    let mut inner = Vars::branch(&Rc::new(second));
    set(&mut inner, "b", json!("inner"));
    assert_eq!(get(&inner, "o.list[1]"), Some(json!("second")));
    let inner = inner.into_changes();
    let mut second = Vars::branch(&under);
    set(&mut second, "a", json!(1));
    set(&mut second, "o.list[1]", json!("second"));
    second.apply(inner);
    let (first, second) = (first.into_changes(), second.into_changes());
    let mut vars = Rc::unwrap_or_clone(under);
    vars.apply(first);
    vars.apply(second);
    assert_eq!(get(&vars, "a"), Some(json!(1)), "the last one in the list");
    assert_eq!(get(&vars, "b"), Some(json!("inner")));
    assert_eq!(
        get(&vars, "o"),
        Some(json!({"kept": true, "x": {"z": 0, "y": "again"}, "list": [null, "second"]}))
    );
}

#[test]
fn what_a_user_makes_undefined_hides_what_others_have() {
    let mut vars = Vars::from_iter([
        ("a".to_owned(), json!(1)),
        ("deep".to_owned(), json!({"x": 1, "y": [1, 2]})),
    ]);
    let get = |vars: &Vars, path: &str| vars.get(&Path::parse(path)).map(Cow::into_owned);
    for path in ["a", "deep.x", "deep.y[0]", "none", "none.at.all"] {
        vars.unset(&Path::parse(path));
    }
    assert_eq!(get(&vars, "a"), None);
    assert_eq!(get(&vars, "deep"), Some(json!({"y": [null, 2]})));
    assert_eq!(get(&vars, "none"), None);
    vars.set(&Path::parse("a"), json!(2));
    assert_eq!(get(&vars, "a"), Some(json!(2)));
    vars.unset(&Path::parse("target"));
    vars.set(&Path::parse("target.x"), json!(3));
    assert_eq!(get(&vars, "target"), Some(json!({"x": 3})));
}
