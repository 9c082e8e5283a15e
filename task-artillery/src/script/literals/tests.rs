use super::*;
use crate::script::model::{Hidden, Signing};
use crate::script::parse;

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
  flow: [{get: {url: /, headers: {x-session: "Zlongpiece-{{ plain }}", authorization: "Basic dTpabWFyazIz"}}}]
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
