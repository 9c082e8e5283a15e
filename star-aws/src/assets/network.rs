//! The network that a function is in.

use star_core::document::Node;

use super::reader::Reader;
use crate::stack::Vpc;

/// `vpc`.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Vpc> {
    let map = reader.map(node, "`vpc`", &["subnetIds", "securityGroupIds"])?;
    let mut ids = |key: &str, prefix: &str| {
        let right = format!("a list of `{prefix}…`");
        let Some(list) = map.get(key) else {
            reader.wrong(node.span, format!("`vpc` needs `{key}`"), &right);
            return Vec::new();
        };
        let ids = reader.texts(list, &format!("`{key}`"));
        if list.as_list().is_some_and(<[Node]>::is_empty) {
            reader.wrong(list.span, format!("`{key}` names none"), &right);
        }
        for id in ids.iter().filter(|id| !id.value.starts_with(prefix)) {
            let wrong = format!("`{}` cannot be one of `{key}`", id.value);
            reader.wrong(id.span, wrong, &right);
        }
        ids.into_iter().map(|id| id.value).collect()
    };
    Some(Vpc {
        subnets: ids("subnetIds", "subnet-"),
        security_groups: ids("securityGroupIds", "sg-"),
    })
}
