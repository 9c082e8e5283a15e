use std::time::Duration;

use super::super::location::Locations;
use super::*;

fn at(url: &str) -> Location {
    Locations::new(
        "http://unused.test",
        &crate::script::model::Proxies::default(),
    )
    .unwrap()
    .locate(url)
    .unwrap()
}

fn now() -> Time {
    Time::from_nanos(1_700_000_000_000_000_000)
}

/// The header for `to` after these cookies were set from `from`.
fn sent(from: &str, cookies: &[&str], to: &str) -> Option<String> {
    let mut jar = Jar::default();
    for cookie in cookies {
        jar.take(cookie, &at(from), now()).unwrap();
    }
    jar.header(&at(to), now())
}

#[test]
fn a_cookie_goes_back_to_who_set_it() {
    let from = "http://a.test/x/y";
    assert_eq!(
        sent(from, &["id=1"], "http://a.test/x/z").as_deref(),
        Some("id=1")
    );
    assert_eq!(
        sent(from, &["id=1; HttpOnly; SameSite=Lax"], "http://a.test/x").as_deref(),
        Some("id=1")
    );
    assert_eq!(
        sent(from, &["id=1"], "http://a.test:8080/x").as_deref(),
        Some("id=1")
    );
    assert_eq!(sent(from, &["id=1"], "http://b.test/x"), None);
    assert_eq!(sent(from, &["id=1"], "http://www.a.test/x"), None);
    assert_eq!(
        sent(from, &["id=a=b; Path=/"], "http://a.test/").as_deref(),
        Some("id=a=b")
    );
}

#[test]
fn a_domain_lets_it_go_to_hosts_below() {
    let from = "http://www.a.test/";
    for domain in ["a.test", ".a.test", "A.TEST", "www.a.test"] {
        let cookie = format!("id=1; Domain={domain}");
        assert_eq!(
            sent(from, &[&cookie], "http://www.a.test/").as_deref(),
            Some("id=1"),
            "{domain}"
        );
    }
    assert_eq!(
        sent(from, &["id=1; Domain=a.test"], "http://a.test/").as_deref(),
        Some("id=1")
    );
    assert_eq!(
        sent(from, &["id=1; Domain=a.test"], "http://b.a.test/").as_deref(),
        Some("id=1")
    );
    assert_eq!(
        sent(from, &["id=1; Domain=a.test"], "http://ba.test/"),
        None
    );
    assert_eq!(sent(from, &["id=1; Domain=b.test"], "http://b.test/"), None);
    assert_eq!(
        sent(from, &["id=1; Domain=test"], "http://www.a.test/"),
        None
    );
    assert_eq!(
        sent(
            "http://localhost/",
            &["id=1; Domain=localhost"],
            "http://localhost/"
        )
        .as_deref(),
        Some("id=1")
    );
    assert_eq!(
        sent(
            "http://127.0.0.1/",
            &["id=1; Domain=0.0.1"],
            "http://127.0.0.1/"
        ),
        None
    );
}

#[test]
fn a_path_is_for_all_below_it_and_longer_ones_come_first() {
    let from = "http://a.test/x/y";
    assert_eq!(sent(from, &["id=1"], "http://a.test/xy"), None);
    assert_eq!(sent(from, &["id=1"], "http://a.test/"), None);
    assert_eq!(sent(from, &["id=1; Path=/x/"], "http://a.test/x"), None);
    assert_eq!(
        sent(from, &["id=1; Path=/x/"], "http://a.test/x/z?q").as_deref(),
        Some("id=1")
    );
    assert_eq!(
        sent(
            from,
            &["a=1; Path=/", "b=2; Path=/x", "c=3; Path=/"],
            "http://a.test/x"
        )
        .as_deref(),
        Some("b=2; a=1; c=3")
    );
    assert_eq!(
        sent(from, &["id=1; Path=nonsense"], "http://a.test/x/z").as_deref(),
        Some("id=1")
    );
}

#[test]
fn secure_cookies_go_by_tls_only() {
    let cookies = ["id=1; Secure; Path=/"];
    assert_eq!(sent("https://a.test/", &cookies, "http://a.test/"), None);
    assert_eq!(
        sent("https://a.test/", &cookies, "https://a.test/").as_deref(),
        Some("id=1")
    );
}

#[test]
fn a_cookie_lasts_until_it_expires_or_is_replaced() {
    let url = "http://a.test/";
    let mut jar = Jar::default();
    let mut take = |cookie: &str| jar.take(cookie, &at(url), now()).unwrap();
    take("a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    take("b=1; Expires=Tue, 14 Nov 2023 22:13:25 GMT");
    take("c=1");
    take("d=1");
    take("c=2");
    take("d=; Max-Age=0");
    take("e=1; Max-Age=-99999999999999999999");
    let after = |seconds| jar.header(&at(url), now() + Duration::from_secs(seconds));
    assert_eq!(after(0).as_deref(), Some("a=1; b=1; c=2"));
    assert_eq!(after(5).as_deref(), Some("a=1; c=2"));
    assert_eq!(after(10).as_deref(), Some("c=2"));
}

#[test]
fn what_is_no_cookie_says_so_and_any_text_is_answered() {
    let mut jar = Jar::default();
    let mut take = |cookie: &str| jar.take(cookie, &at("http://a.test/"), now());
    assert_eq!(take("nonsense"), Err(NoCookie));
    assert_eq!(take(""), Err(NoCookie));
    assert_eq!(take("=1"), Err(NoCookie));
    assert_eq!(take(";;=;"), Err(NoCookie));
    assert_eq!(
        take("a=1; Max-Age=soon; Expires=soon; Domain=; Path; ä=ö;="),
        Ok(())
    );
    assert_eq!(
        jar.header(&at("http://a.test/"), now()).as_deref(),
        Some("a=1")
    );
}

#[test]
fn a_jar_does_not_grow_without_end() {
    let mut jar = Jar::default();
    for number in 0..1000 {
        jar.take(&format!("c{number}=1"), &at("http://a.test/"), now())
            .unwrap();
    }
    let header = jar.header(&at("http://a.test/"), now()).unwrap();
    assert_eq!(header.split("; ").count(), MOST);
    assert!(header.starts_with("c800=1; "));
}
