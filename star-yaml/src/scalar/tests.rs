use super::*;

fn read(text: &str) -> Result<serde_json::Value, String> {
    let value = plain(text).map_err(|fault| fault.message)?;
    let span = Span::default();
    Ok(star_core::document::Node { value, span }.to_json())
}

#[test]
fn unquoted_scalars_mean_what_the_table_in_the_docs_says() {
    use serde_json::json;
    let cases = [
        ("", json!(null)),
        ("~", json!(null)),
        ("null", json!(null)),
        ("nUll", json!("nUll")),
        ("True", json!(true)),
        ("FALSE", json!(false)),
        ("yes", json!("yes")),
        ("on", json!("on")),
        ("0", json!(0)),
        ("+12", json!(12)),
        ("-12", json!(-12)),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("1_000", json!(1000)),
        ("1_000.5", json!(1000.5)),
        ("1__0", json!("1__0")),
        ("_1", json!("_1")),
        ("1_", json!("1_")),
        ("0777", json!("0777")),
        ("08", json!("08")),
        ("-007", json!("-007")),
        ("0o777", json!(511)),
        ("0x1F", json!(31)),
        ("-0x10", json!(-16)),
        ("0b101", json!(5)),
        ("0b102", json!("0b102")),
        ("0x", json!("0x")),
        ("0X1F", json!("0X1F")),
        ("1.5", json!(1.5)),
        (".5", json!(0.5)),
        ("1.", json!(1.0)),
        ("00.5", json!(0.5)),
        ("-1e-3", json!(-0.001)),
        ("2E+3", json!(2000.0)),
        (".", json!(".")),
        ("1.2.3", json!("1.2.3")),
        ("1e", json!("1e")),
        ("e5", json!("e5")),
        ("12:30", json!("12:30")),
        ("2001-12-14", json!("2001-12-14")),
        ("5m", json!("5m")),
        ("inf", json!("inf")),
        ("NaN", json!("NaN")),
        ("-.nan", json!("-.nan")),
        ("-", json!("-")),
        ("+", json!("+")),
        ("١٢", json!("١٢")),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), Ok(expected), "{text:?}");
    }
}

#[test]
fn a_number_that_no_number_can_hold_is_refused() {
    for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN"] {
        assert_eq!(read(text), Err(format!("`{text}` is not a finite number")));
    }
    for text in [
        "1e999",
        "-1e999",
        "18446744073709551616",
        "-9223372036854775809",
        "0xFFFFFFFFFFFFFFFFF",
        "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "123456789012345678901234567890123456789012345678901234567890",
    ] {
        assert_eq!(read(text), Err("this is too large for a number".to_owned()));
    }
}

#[test]
fn a_negative_zero_keeps_its_sign_as_in_json() {
    for text in ["-0", "-0.0"] {
        let number = read(text).ok().and_then(|value| value.as_f64());
        assert!(
            number.is_some_and(|zero| zero == 0.0 && zero.is_sign_negative()),
            "{text}"
        );
    }
}
