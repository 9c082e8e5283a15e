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
