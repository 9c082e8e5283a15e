//! What a script says of who asks, and a later answer repeats.

use super::*;

/// Repeats the credentials of one request in the answers to others, spelled in all ways.
fn server() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let body = match path {
                "/plain" => r#"Zheader01 Zcookie02 Zuser03 Zpass<&"04 Zkey05"#,
                "/html" => "Zpass&lt;&amp;&quot;04 Zpass&#60;&#x26;&#34;04",
                "/url" => "Zpass%3C%26%2204 zpass%3c%26%2204",
                "/json" => r#"{"a": "Zpass<&\"04", "b": "Zpass\u003c\u0026\u002204"}"#,
                // `Zuser03:Zpass<&"04`, `Zheader01` and `Zkey05`.
                "/base64" => "WnVzZXIwMzpacGFzczwmIjA0 WmhlYWRlcjAx WmtleTA1",
                _ => "",
            };
            peer.write(format!(
                "HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ));
        }
    })
}

#[test]
fn a_script_s_own_credentials_are_hidden_in_every_spelling() {
    let server = server();
    let asks = r#"
      - get:
          url: /
          headers: {Authorization: "Bearer Zheader01", x-api-key: Zkey05}
          cookie: {sid: Zcookie02}
      - get: {url: /, auth: {user: Zuser03, pass: 'Zpass<&"04'}}
"#;
    for path in ["/plain", "/html", "/url", "/json", "/base64"] {
        let flow = format!("{asks}      - get: {{url: {path}, expect: {{matchesRegexp: zzzz}}}}\n");
        let done = run(&server, &one_user(&flow));
        let failed = done.report.checks.failures.values().next().unwrap();
        assert!(failed.got.contains("(credentials)"), "{}", failed.got);
        for part in ["Zhead", "Zcook", "pass", "Zkey", "Wnv", "Wmh", "Wmt", "04"] {
            let got = failed.got.to_lowercase();
            assert!(
                !got.contains(&part.to_lowercase()),
                "{part} in {}",
                failed.got
            );
        }
    }
}

#[test]
fn what_is_shown_instead_is_the_same_in_every_run() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            let body = request.header("x-it").unwrap_or_default().to_owned();
            peer.write(format!(
                "HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ));
        }
    });
    let config = "variables: {zeta: '{{ $env.PATH }}', alpha: '{{ $env.PATH }}', mid: '{{ $env.PATH }}'}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let flow =
        "      - get: {url: /, headers: {x-it: '{{ mid }}'}, expect: {matchesRegexp: '^$'}}\n";
    let shown = || {
        let done = run(&server, &script(config, flow));
        let failed = done.report.checks.failures.values().next().unwrap();
        failed.got.clone()
    };
    for _ in 0..10 {
        assert_eq!(shown(), "{{ alpha }}");
    }
}

#[test]
fn headers_of_answers_that_say_who_asks_are_never_shown() {
    let server = Server::new(|peer| {
        while peer.request().is_some() {
            peer.write("HTTP/1.1 200 X\r\nset-cookie: sid=Zsession\r\nx-auth-token: Zsession\r\ncontent-length: 0\r\n\r\n");
        }
    });
    for check in [
        "expect: {headerEquals: [set-cookie, x]}",
        "match: {header: set-cookie, value: x}",
        "match: {header: X-Auth-Token, value: x}",
    ] {
        let flow = format!("      - get: {{url: /, {check}}}\n");
        let done = run(&server, &one_user(&flow));
        let failed = done.report.checks.failures.values().next().unwrap();
        assert_eq!(failed.got, "(credentials)", "{check}");
    }
}

#[test]
fn logs_show_no_values_of_secrets_by_name_and_all_others() {
    let server = Server::new(|peer| {
        while peer.request().is_some() {
            let body = r#"{"t": "Ztoken99", "user": {"name": "Zname", "password": "Zinner99"}}"#;
            peer.write(format!(
                "HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ));
        }
    });
    let config = "phases: [{duration: 100ms, arrivalCount: 1}]\n  payload: {path: people.csv, fields: [name, pin], order: sequence}\n  variables: {secretWord: Zsecret99, plain: Zplain}";
    let flow = r#"
      - get:
          url: /
          capture: [{json: $.t, as: token}, {json: $.user, as: user}]
      - log: "{{ name }} {{ plain }} {{ secretWord }} {{ token }} Ztoken99 {{ user }}"
"#;
    let done = run(&server, &script(config, flow));
    let [said] = &*done.said else {
        panic!("{:?}", done.said);
    };
    let (name, rest) = said.split_once(' ').unwrap();
    assert!(!name.contains('{'), "{said}");
    let expected = r#"Zplain {{ secretWord }} {{ token }} {{ token }} {"name":"Zname","password":"{{ user }}"}"#;
    assert_eq!(rest, expected);
}
