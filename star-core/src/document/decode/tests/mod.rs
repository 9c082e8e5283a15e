mod names;
mod reader;

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use self::reader::Reader;
use super::super::source::Sources;
use super::*;

fn read<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    decode(&Reader::node(text))
}

/// What is said, what is underlined, and the help.
fn fault<T: DeserializeOwned>(text: &str) -> (String, String, Option<String>) {
    let Err(error) = read::<T>(text) else {
        panic!("{text} should not fit");
    };
    let mut sources = Sources::default();
    sources.add("t.json", text);
    let underlined = sources.snippet(error.span).to_owned();
    let diagnostic = Diagnostic::from(error);
    (diagnostic.message, underlined, diagnostic.help)
}

/// What is said and what is underlined.
fn said<T: DeserializeOwned>(text: &str) -> (String, String) {
    let (message, underlined, _) = fault::<T>(text);
    (message, underlined)
}

fn pair(message: &str, underlined: &str) -> (String, String) {
    (message.to_owned(), underlined.to_owned())
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Phase {
    duration: u32,
    #[serde(alias = "rate")]
    arrival_rate: Option<f64>,
    name: Option<String>,
    #[serde(default)]
    codes: Vec<u16>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    Pause,
    Think(u32),
    Between(u8, u8),
    Get {
        url: String,
        header: BTreeMap<String, String>,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Seconds(u8);

#[derive(Debug, PartialEq, Deserialize)]
struct Nothing;

/// A type that finds fault only after its deserializer is done.
#[derive(Debug, PartialEq)]
struct Even(u32);

impl<'de> Deserialize<'de> for Even {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        if number % 2 == 0 {
            Ok(Self(number))
        } else {
            Err(serde::de::Error::custom(format_args!(
                "{number} is not even"
            )))
        }
    }
}

#[test]
fn what_fits_is_decoded() {
    let phases: Vec<Phase> = read(
        r#"[{"duration": 60, "arrivalRate": 2, "codes": [200]}, {"duration": 1, "name": null}]"#,
    )
    .unwrap();
    assert_eq!(phases[0].arrival_rate, Some(2.0));
    assert_eq!(phases[0].codes, [200]);
    assert_eq!(
        phases[1],
        Phase {
            duration: 1,
            ..Phase::default()
        }
    );
    let steps: Vec<Step> =
        read(r#"["pause", {"pause": null}, {"think": 3}, {"between": [1, 2]}, {"get": {"url": "/", "header": {"a": "b"}}}]"#)
            .unwrap();
    let header = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
    let url = "/".to_owned();
    assert_eq!(
        steps,
        [
            Step::Pause,
            Step::Pause,
            Step::Think(3),
            Step::Between(1, 2),
            Step::Get { url, header }
        ]
    );
    assert_eq!(
        read(r#"[5, null, true, "x", null]"#),
        Ok((Seconds(5), Nothing, true, 'x', ()))
    );
    assert_eq!(read("-128"), Ok(i8::MIN));
    assert_eq!(read("18446744073709551615"), Ok(u64::MAX));
    assert_eq!(read("-9223372036854775808"), Ok(i128::from(i64::MIN)));
    assert_eq!(read::<f32>("1.5"), Ok(1.5));
}

#[test]
fn any_value_can_be_had_as_json() {
    let text = r#"{"a":[1,-2,2.5,"x",null,true],"b":{}}"#;
    let value: serde_json::Value = read(text).unwrap();
    assert_eq!(value.to_string(), text);
}

#[test]
fn keys_are_taken_for_what_the_map_asks() {
    let codes: BTreeMap<u16, bool> = read(r#"{"200": true, "404": false}"#).unwrap();
    assert_eq!(codes.get(&404), Some(&false));
    assert_eq!(read(r#"{"-1": 1}"#), Ok(HashMap::from([(-1_i8, 1)])));
    assert_eq!(read(r#"{"true": 1}"#), Ok(HashMap::from([(true, 1)])));
    #[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
    enum Name {
        One,
    }
    assert_eq!(read(r#"{"One": 1}"#), Ok(HashMap::from([(Name::One, 1)])));
    assert_eq!(
        said::<BTreeMap<u16, bool>>(r#"{"200": true, "4xx": false}"#),
        pair(
            "expected a whole number from 0 to 65535, found the text `4xx`",
            "\"4xx\""
        )
    );
    assert_eq!(
        said::<BTreeMap<u8, bool>>(r#"{"256": true}"#),
        pair(
            "expected a whole number from 0 to 255, found the number `256`",
            "\"256\""
        )
    );
    assert_eq!(
        said::<HashMap<Name, u8>>(r#"{"Two": 2}"#),
        pair("`Two` is not known here", "\"Two\"")
    );
}

#[test]
fn the_innermost_value_that_does_not_fit_is_underlined() {
    assert_eq!(
        said::<Vec<Phase>>(r#"[{"duration": 1}, {"duration": 2, "codes": [200, "4xx"]}]"#),
        pair(
            "expected a whole number from 0 to 65535, found the text `4xx`",
            "\"4xx\""
        )
    );
    assert_eq!(
        said::<Vec<Step>>(r#"[{"get": {"url": "/", "header": {"a": "b", "c": 5}}}]"#),
        pair("expected text, found the number `5`", "5")
    );
    assert_eq!(
        said::<BTreeMap<String, Vec<Phase>>>(r#"{"a": [], "b": [{"duration": {"s": 5}}]}"#),
        pair(
            "expected a whole number from 0 to 4294967295, found a mapping",
            r#"{"s": 5}"#
        )
    );
    assert_eq!(
        said::<Option<Vec<Option<Seconds>>>>("[1, null, 300]"),
        pair(
            "expected a whole number from 0 to 255, found the number `300`",
            "300"
        )
    );
}

#[test]
fn whole_numbers_are_checked_and_fractions_refused() {
    let cases = [
        (
            said::<u8>("-1"),
            "expected a whole number from 0 to 255, found the number `-1`",
        ),
        (
            said::<i8>("128"),
            "expected a whole number from -128 to 127, found the number `128`",
        ),
        (
            said::<u32>("2.0"),
            "expected a whole number from 0 to 4294967295, found the number `2.0`",
        ),
        (
            said::<u64>("-5"),
            "expected a whole number, not negative, found the number `-5`",
        ),
        (
            said::<i64>("18446744073709551615"),
            "expected a whole number, found the number `18446744073709551615`",
        ),
        (
            said::<std::num::NonZeroU32>("0"),
            "expected a whole number of at least 1, found the number `0`",
        ),
        (
            said::<u8>("\"5\""),
            "expected a whole number from 0 to 255, found the text `5`",
        ),
        (
            said::<u8>("null"),
            "expected a whole number from 0 to 255, found nothing",
        ),
        (
            said::<f64>("\"1\""),
            "expected a number, found the text `1`",
        ),
        (
            said::<bool>("\"yes\""),
            "expected `true` or `false`, found the text `yes`",
        ),
        (said::<String>("true"), "expected text, found `true`"),
        (said::<Vec<u8>>("null"), "expected a list, found nothing"),
        (
            said::<BTreeMap<String, u8>>("[]"),
            "expected a mapping, found a list",
        ),
        (said::<Phase>("[1]"), "expected a mapping, found a list"),
        (
            said::<Phase>("\"\""),
            "expected a mapping, found an empty text",
        ),
        (
            said::<Nothing>("1"),
            "expected nothing, found the number `1`",
        ),
        (
            said::<(u8, u8)>("1"),
            "expected a list of 2 items, found the number `1`",
        ),
        (
            said::<Step>("1"),
            "expected one of `pause`, `think`, `between`, `get`, found the number `1`",
        ),
    ];
    for ((message, _), expected) in cases {
        assert_eq!(message, expected);
    }
}

#[test]
fn a_list_of_another_length_is_refused() {
    assert_eq!(
        said::<Step>(r#"{"between": [1, 2, 3]}"#),
        pair("expected a list of 2 items, found 3", "3")
    );
    assert_eq!(
        said::<Step>(r#"{"between": [1]}"#),
        pair("expected a list of 2 items, found 1", "[1]")
    );
    assert_eq!(
        said::<(u8,)>("[]"),
        pair("expected a list of 1 item, found 0", "[]")
    );
}

#[test]
fn what_a_type_says_itself_is_placed_at_its_value() {
    assert_eq!(said::<Vec<Even>>("[2, 3]"), pair("3 is not even", "3"));
    assert_eq!(
        said::<BTreeMap<String, Even>>(r#"{"a": 5}"#),
        pair("5 is not even", "5")
    );
    assert_eq!(said::<Even>("7"), pair("7 is not even", "7"));
    assert_eq!(said::<Option<Even>>("9"), pair("9 is not even", "9"));
    #[derive(Debug, Deserialize)]
    enum Choice {
        Even(#[expect(dead_code, reason = "only its decoding is tested")] Even),
    }
    assert_eq!(said::<Choice>(r#"{"Even": 1}"#), pair("1 is not even", "1"));
}

#[test]
fn what_serde_buffers_is_placed_at_the_whole() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its decoding is tested")]
    enum Either {
        Number(u8),
        List(Vec<u8>),
    }
    let (message, underlined) = said::<Vec<Either>>(r#"[1, [2], ["x"]]"#);
    assert_eq!(underlined, r#"["x"]"#);
    assert!(message.contains("did not match any variant"), "{message}");
    #[derive(Debug, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its decoding is tested")]
        phase: BTreeMap<String, u8>,
    }
    assert_eq!(
        said::<Vec<Flat>>(r#"[{"a": 300}]"#),
        pair(
            "expected a whole number from 0 to 255, found the number `300`",
            "300"
        )
    );
}

#[test]
fn what_is_flattened_is_told_at_its_own_place() {
    #[derive(Debug, Deserialize)]
    struct Inner {
        #[expect(dead_code, reason = "only its decoding is tested")]
        offset: i32,
        #[expect(dead_code, reason = "only its decoding is tested")]
        rows: u32,
        #[serde(default)]
        #[expect(dead_code, reason = "only its decoding is tested")]
        corners: Vec<(u8, u8)>,
        #[serde(default)]
        #[expect(dead_code, reason = "only its decoding is tested")]
        pace: Pace,
    }
    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Pace {
        #[default]
        Slow,
    }
    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(default)]
        #[expect(dead_code, reason = "only its decoding is tested")]
        name: String,
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its decoding is tested")]
        inner: Inner,
    }
    for (text, message, place) in [
        // The one that fits is told from the one that does not.
        (
            r#"{"offset": -1, "rows":  -1 }"#,
            "expected a whole number from 0 to 4294967295, found the number `-1`",
            (24, "-1"),
        ),
        (
            r#"{"name": "no", "offset": 1, "rows": "no"}"#,
            "expected a whole number from 0 to 4294967295, found the text `no`",
            (36, "\"no\""),
        ),
        (
            r#"{"offset": 1, "rows": 1, "corners": [[1, 2], [3, 400]]}"#,
            "expected a whole number from 0 to 255, found the number `400`",
            (49, "400"),
        ),
        (
            r#"{"offset": 1, "rows": 1, "pace": "fast"}"#,
            "`fast` is not known here",
            (33, "\"fast\""),
        ),
    ] {
        let error = read::<Outer>(text).unwrap_err();
        let seen = &text[error.span.start as usize..error.span.end as usize];
        let found = (error.to_string(), (error.span.start, seen));
        assert_eq!(found, (message.to_owned(), place), "{text}");
    }
}

#[test]
fn a_long_text_is_cut_short_in_the_message() {
    let text = format!("\"{}\"", "x".repeat(100));
    let (message, _) = said::<u8>(&text);
    assert_eq!(
        message,
        format!(
            "expected a whole number from 0 to 255, found the text `{}…`",
            "x".repeat(40)
        )
    );
}
