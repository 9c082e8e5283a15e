//! A script to begin with.

use std::fmt::Write as _;

use star_core::document::{Diagnostic, Diagnostics, Options};

use super::address::without_user;
use super::number;

/// A script that sends requests to one endpoint: of the options `endpoint` (a URL), `duration` (seconds), `rate` and `rampTo` (requests a
/// second). A zero counts as not given.
///
/// # Errors
/// What is wrong with each option.
pub fn begin(options: &mut Options) -> Result<String, Diagnostics> {
    let mut faults = Diagnostics::default();
    let (target, path) = match endpoint(options.take("endpoint")) {
        Ok(endpoint) => endpoint,
        Err(fault) => {
            faults.push(fault);
            Default::default()
        }
    };
    let mut figure = |name| {
        let text = options.take(name)?;
        let number = number::parse(&text).filter(|number| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            let message = format!("`--{name}` must be a number, and not negative");
            faults.push(Diagnostic::error(message));
        }
        number.filter(|number| *number > 0.0)
    };
    let (duration, rate, ramp) = (figure("duration"), figure("rate"), figure("rampTo"));
    if !faults.is_empty() {
        return Err(faults);
    }
    let (duration, rate) = (duration.unwrap_or(5.0), rate.unwrap_or(2.0));
    // A quoted JSON text is a quoted YAML text.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut script = format!(
        "config:\n  target: {}\n  phases:\n    - duration: {duration}\n      arrivalRate: {rate}\n",
        quoted(&target)
    );
    if let Some(ramp) = ramp {
        let _infallible = writeln!(script, "      rampTo: {ramp}");
    }
    let _infallible = write!(
        script,
        "scenarios:\n  - flow:\n      - get:\n          url: {}\n",
        quoted(&path)
    );
    Ok(script)
}

/// An endpoint's origin, and what is behind it.
fn endpoint(given: Option<String>) -> Result<(String, String), Diagnostic> {
    let given = given
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| "http://aws.amazon.com".to_owned());
    let wrong = || {
        let shown = without_user(&given);
        let message = format!("the endpoint `{shown}` is not an `http:` or `https:` URL");
        Diagnostic::error(message).help("for example `https://example.com/path`")
    };
    super::parse::absolute(&given).ok_or_else(wrong)?;
    let host = given.find("://").map_or(0, |at| at + 3);
    let end = given[host..].find(['/', '?', '#']);
    let (target, path) = given.split_at(end.map_or(given.len(), |end| host + end));
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    Ok((target.to_owned(), path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::parse;

    fn made(given: &[(&'static str, &str)]) -> Result<String, Vec<String>> {
        let mut options = Options::default();
        for (name, value) in given {
            options.give(name, *value);
        }
        begin(&mut options)
            .map_err(|faults| faults.iter().map(|fault| fault.message.clone()).collect())
    }

    #[test]
    fn what_is_not_said_is_as_in_the_reference() {
        let text = made(&[("rate", "0")]).unwrap();
        assert_eq!(
            text,
            "config:\n  target: \"http://aws.amazon.com\"\n  phases:\n    - duration: 5\n      arrivalRate: 2\nscenarios:\n  - flow:\n      - get:\n          url: \"/\"\n"
        );
    }

    #[test]
    fn what_is_made_is_a_script() {
        let given = [
            ("endpoint", "https://example.com:8080/a/b?c=\"d\"#e"),
            ("duration", "60"),
            ("rate", "1.5"),
            ("rampTo", "25"),
        ];
        let text = made(&given).unwrap();
        let mut document = star_yaml::document_from("s.yml", text.as_bytes(), "").unwrap();
        let script = parse(&mut document).unwrap();
        assert!(document.warnings().is_empty());
        assert_eq!(script.target, "https://example.com:8080");
        assert!(text.contains(r##"url: "/a/b?c=\"d\"#e""##), "{text}");
        assert_eq!(script.arrivals().unwrap().units(), 795);
        let bare = made(&[("endpoint", "http://a.test?b")]).unwrap();
        assert!(bare.contains("url: \"/?b\""), "{bare}");
    }

    #[test]
    fn every_option_that_is_wrong_is_told() {
        let faults =
            made(&[("endpoint", "a.test"), ("rate", "-1"), ("duration", "x")]).unwrap_err();
        assert_eq!(
            faults,
            [
                "the endpoint `a.test` is not an `http:` or `https:` URL",
                "`--duration` must be a number, and not negative",
                "`--rate` must be a number, and not negative",
            ]
        );
    }
}
