//! Whether there can be a region of some name.

use star_core::document::closest;

use super::{ENDPOINTS, variable};
use crate::error::AwsError;

/// What regions are called by: where in their part of the world they are.
const DIRECTIONS: [&str; 9] = [
    "north",
    "south",
    "east",
    "west",
    "central",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
];

/// Finds out whether there can be a region of that name, which the environment or a profile says.
pub(crate) fn check_region(region: &str) -> Result<(), AwsError> {
    let Some(right) = odd_region(region) else {
        return Ok(());
    };
    let mut variables = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter();
    let said = |name: &&str| std::env::var(name).is_ok_and(|value| value == region);
    let by = variables.find(said).map(|name| format!("`{name}`"));
    Err(AwsError::OddRegion {
        region: region.to_owned(),
        by: by.unwrap_or_else(|| "the profile".to_owned()),
        right,
    })
}

/// What would be right where there can be no such region.
pub(crate) fn odd_region(region: &str) -> Option<String> {
    wrong_region(region, variable(ENDPOINTS[0]).is_some())
}

/// The same. At an endpoint of one's own regions may have any name.
fn wrong_region(region: &str, elsewhere: bool) -> Option<String> {
    let is_name = |part: &str| {
        let mut letters = part.bytes();
        !part.is_empty() && letters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let example = || Some("one is called like `eu-central-1`".to_owned());
    let parts: Vec<&str> = region.split('-').collect();
    if !parts.iter().all(|part| is_name(part)) {
        let lower = region.trim().to_lowercase().replace([' ', '_'], "-");
        if lower != region && wrong_region(&lower, elsewhere).is_none() {
            return Some(format!("did you mean `{lower}`?"));
        }
        return example();
    }
    if elsewhere {
        return None;
    }
    let [part, .., direction, number] = parts[..] else {
        return example();
    };
    if part.len() < 2 || number.parse::<u8>().is_err() {
        return example();
    }
    if DIRECTIONS.contains(&direction) {
        return None;
    }
    match closest(direction, DIRECTIONS) {
        Some(meant) => {
            let start = region.len() - direction.len() - number.len() - 1;
            Some(format!(
                "did you mean `{}{meant}-{number}`?",
                &region[..start]
            ))
        }
        None => example(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_that_cannot_be_one_is_told_with_what_would_be_right() {
        for region in [
            "eu-central-1",
            "us-gov-west-1",
            "ap-southeast-7",
            "nz-north-1",
            "eusc-de-east-1",
        ] {
            assert_eq!(wrong_region(region, false), None, "{region}");
        }
        for (region, right) in [
            ("eu-centrall-1", "did you mean `eu-central-1`?"),
            ("EU-West-1", "did you mean `eu-west-1`?"),
            ("eu west 1", "did you mean `eu-west-1`?"),
            (" us-east-1", "did you mean `us-east-1`?"),
            ("", "one is called like `eu-central-1`"),
            ("  ", "one is called like `eu-central-1`"),
            ("europe", "one is called like `eu-central-1`"),
            ("eu-central", "one is called like `eu-central-1`"),
            ("eu-centrum-x", "one is called like `eu-central-1`"),
        ] {
            assert_eq!(
                wrong_region(region, false).as_deref(),
                Some(right),
                "{region}"
            );
        }
        assert_eq!(wrong_region("local", true), None);
        assert!(wrong_region("lo cal", true).is_some());
    }
}
