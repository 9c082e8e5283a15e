use super::*;
use crate::script::model::{Hidden, Signing};
use crate::script::parse;

fn found_in(text: &str) -> Literals {
    let mut document = star_yaml::document_from("s.yml", text.as_bytes(), ".").unwrap();
    Literals::of(&parse(&mut document).unwrap_or_else(|faults| panic!("{faults:?}")))
}

fn assert_found(found: &Literals, numbers: std::ops::RangeInclusive<u32>) {
    for number in numbers {
        let secret = format!("Zmark{number:02}");
        let shown = found.redact(format!("<{secret}>"));
        assert_eq!(shown, "<(credentials)>", "{secret}");
    }
    for number in 1..=9 {
        let open = format!("Zopen{number:02}");
        assert_eq!(found.redact(open.clone()), open);
    }
}

#[test]
fn credentials_are_found_that_go_through_variables_with_plain_names() {
    let found = found_in(
        r#"
config:
  target: "http://t.test"
  variables:
    a: Zmark01
    b: [Zmark02, Zmark03]
    c: {x: Zmark04, y: Zopen01}
    d: Zmark05
    f: Zmark06
    g: Zmark07
    h: Zmark08
    list: [[{k: Zmark09, n: Zopen02}]]
    i: [{k: Zmark10, n: Zopen03}]
    j: 99887766
    who: Zopen04
    free: Zopen05
  defaults: {headers: {authorization: "Bearer {{ a }}"}}
scenarios:
  - flow:
      - get: {url: "/{{ free }}", auth: {user: "{{ who }}", pass: "{{ b }}"}, headers: {x-api-key: "{{ c.x }}"}}
      - get: {url: "http://{{ who }}:{{ d }}@u.test/", cookie: {sid: "{{ f }}"}}
      - post: {url: "/?token={{ j }}&q={{ free }}", json: {password: "{{ g }}", q: "{{ free }}"}}
      - post: {url: /, form: {deep: "{{ who }}", secret: "{{ h }}"}}
      - loop: [{get: {url: /, headers: {cookie: "{{ $loopElement.k }}"}}}]
        over: list
      - loop: [{get: {url: /, qs: {api_key: "{{ e1 }}"}}}]
        over: [Zmark11]
        loopElement: e1
      - get: {url: /, headers: {x-token: "{{ i.k }}"}}
"#,
    );
    assert_found(&found, 1..=11);
    assert_eq!(found.redact("j=99887766".to_owned()), "j=(credentials)");
}

#[test]
fn credentials_are_found_in_texts_of_bodies_and_in_queries() {
    let found = found_in(
        r#"
config: {target: "http://t.test", variables: {v: Zmark08}}
scenarios:
  - flow:
      - post: {url: "/?access_token=Zmark01&sig=Zmark02&q=Zopen01#x", body: "user=Zopen02&password=Zmark03&pwd=Z%3Cmark"}
      - post: {url: /, body: '{"a": {"privateKey": ["Zmark04"], "name": "Zopen03"}, "pin": "Zmark05"}'}
      - post: {url: /, body: '{"n": {{ $randomNumber(1, 2) }}, "passphrase": "Zmark06", "pins": "Zopen04", "assertion": "{{ v }}"}'}
      - post: {url: /, json: {otp: Zmark07, cvv: Zmark09, option: Zopen05, shipping: Zopen06}}
      - get: {url: /, expect: {headerEquals: [set-cookie, Zmark10]}, match: {header: x-token, value: Zmark11}}
"#,
    );
    assert_found(&found, 1..=11);
    assert_eq!(found.redact("<Z<mark>".to_owned()), "<(credentials)>");
}

#[test]
fn credentials_are_found_wherever_a_script_has_them() {
    let text = r#"
config:
  target: "http://Zopen06:Zpass%402@t.test"
  variables: {apiToken: Zmark03, plain: Zopen01, deep: {password: [Zmark04]}}
  defaults:
    headers: {Authorization: "Bearer Zmark05", x-api-key: Zmark06, accept: Zopen02}
    cookie: {sid: "Zmark07; Path=/"}
  plugins:
    publish-metrics:
      - {type: influxdb, url: "http://i.test", org: o, bucket: b, token: Zmark11}
      - {type: datadog, apiKey: Zmark12}
scenarios:
  - flow:
      - get: {url: "http://Zmark13@u.test/", auth: {user: Zmark14, pass: ""}, qs: {token: Zmark15, q: Zopen03}}
      - loop:
          - post: {url: /, json: {user: Zopen04, password: Zmark16}, auth: {user: Zopen07, pass: "Zmark18<&"}}
          - post: {url: /, form: {api_key: "Zmark19", a: Zopen05}}
        count: 1
      - parallel:
          - get: {url: /, headers: {cookie: "a=Zmark20; b=Zmark21", x-t: "{{ plain }}"}}
before:
  flow: [{get: {url: /, headers: {x-session: "Zlongpiece-{{ $uuid }}", authorization: "Basic dTpabWFyazIz"}}}]
after:
  flow: [{get: {url: /, cookie: {c: Zmark22}}}]
"#;
    let mut document = star_yaml::document_from("s.yml", text.as_bytes(), ".").unwrap();
    let mut script = parse(&mut document).unwrap_or_else(|faults| panic!("{faults:?}"));
    let of_environment = |text: &str| Hidden(text.to_owned());
    script.signing = Some(Signing {
        service: "x".to_owned(),
        region: "y".to_owned(),
        access_key_id: of_environment("Zmark08"),
        secret_access_key: of_environment("Zmark09"),
        session_token: Some(of_environment("Zmark10")),
    });
    let found = Literals::of(&script);
    for number in (3..=22).filter(|number| ![17, 18].contains(number)) {
        let secret = format!("Zmark{number:02}");
        assert_eq!(
            found.redact(format!("<{secret}>")),
            "<(credentials)>",
            "{secret}"
        );
    }
    for text in [
        "Zpass@2",
        "Zpass%402",
        "zMARK07",
        "Zmark18&lt;&amp;",
        "Zmark18&#60;&#x26;",
        "Zlongpiece-",
    ] {
        assert_eq!(
            found.redact(format!("<{text}>")),
            "<(credentials)>",
            "{text}"
        );
    }
    // Of `Zopen07:Zmark18<&`, of `Zmark05`, and both as URLs have it.
    for text in ["Wm9wZW4wNzpabWFyazE4PCY=", "Wm1hcmswNQ", "Wm1hcmswNQ%3D%3D"] {
        let shown = found.redact(format!("<{text}>"));
        assert!(shown.starts_with("<(credentials)"), "{text}: {shown}");
    }
    for number in 1..=7 {
        let open = format!("Zopen{number:02}");
        assert_eq!(found.redact(open.clone()), open);
    }
    // `u:Zmark23` in a header.
    assert_eq!(found.redact("<Zmark23>".to_owned()), "<(credentials)>");
    assert!(!format!("{found:?}").contains("Zmark"));
}
