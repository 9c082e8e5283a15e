//! Headers, who asks, and cookies.

use std::borrow::Cow;

use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST,
    PROXY_AUTHORIZATION, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use star_core::Failure;
use star_core::draw::Draws;

use super::super::super::engine::Compiler;
use super::super::super::http::{Encoding, RequestError, basic};
use crate::script::Vars;
use crate::script::model::{Auth, Cookie, Header, Request};
use crate::script::template::Template;

/// Artillery's `user-agent`.
const ARTILLERY: HeaderValue = HeaderValue::from_static("Artillery (https://artillery.io)");

/// Ours, where Artillery's HTTP library would send its own: where the script has any default headers.
const OURS: HeaderValue = HeaderValue::from_static(concat!("slsart/", env!("CARGO_PKG_VERSION")));

/// A request's headers, compiled: those that are the same for all users, and those that are not.
#[derive(Debug)]
pub(super) struct Headers {
    fixed: HeaderMap,
    rendered: Vec<(HeaderName, Template)>,
}

impl Headers {
    /// A request's own headers come before the script's defaults, and those before what is sent anyway. Lengths are counted, whatever
    /// the script says.
    pub(super) fn compile(
        request: &Request,
        content_type: Option<HeaderValue>,
        compiler: &Compiler<'_>,
    ) -> Result<Self, Failure> {
        let defaults = compiler.globals.headers();
        let mut fixed = HeaderMap::new();
        // Most requests go to the target; for others the host is set when they are made.
        let on_target = request.url.source().starts_with('/');
        if on_target {
            fixed.insert(HOST, compiler.locations.target().origin.authority().clone());
        }
        fixed.insert(
            USER_AGENT,
            if defaults.is_empty() { ARTILLERY } else { OURS },
        );
        if request.gzip {
            fixed.insert(ACCEPT_ENCODING, Encoding::ACCEPTED);
        }
        if let Some(content_type) = content_type {
            fixed.insert(CONTENT_TYPE, content_type);
        }
        let mut rendered = Vec::new();
        let own = request.headers.iter();
        let overridden = |name: &str| request.headers.iter().any(|header| header.name == name);
        let kept = defaults.iter().filter(|header| !overridden(&header.name));
        for Header { name, value } in kept.chain(own) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| {
                Failure::because(format!("no header can be called `{name}`"), &error)
            })?;
            if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
                continue;
            }
            match value.as_fixed().and_then(|text| value_of(&name, text)) {
                Some(value) => {
                    fixed.insert(name, value);
                }
                // Also a value that no header can have: it fails the users that come to it.
                None => rendered.push((name, value.clone())),
            }
        }
        Ok(Self { fixed, rendered })
    }

    /// The headers that are the same for all users.
    pub(super) fn fixed(&self) -> &HeaderMap {
        &self.fixed
    }

    /// The other headers of one user, which take the place of fixed ones.
    ///
    /// # Errors
    /// Where one cannot be sent.
    pub(super) fn render(
        &self,
        vars: &Vars,
        draws: &mut Draws,
    ) -> Result<Vec<(&HeaderName, HeaderValue)>, RequestError> {
        let mut rendered = Vec::with_capacity(self.rendered.len());
        for (name, template) in &self.rendered {
            let Some(text) = template.optional_text(vars, draws) else {
                continue;
            };
            let value = value_of(name, &text).ok_or(RequestError::Header)?;
            rendered.push((name, value));
        }
        Ok(rendered)
    }
}

/// A header's value as node sends it: each character is one byte, so there are none beyond U+00FF.
fn value_of(name: &HeaderName, text: &str) -> Option<HeaderValue> {
    let mut value = if text.is_ascii() {
        HeaderValue::from_str(text).ok()?
    } else {
        let bytes = text
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).ok());
        HeaderValue::from_bytes(&bytes.collect::<Option<Vec<u8>>>()?).ok()?
    };
    // Such values are not shown.
    value.set_sensitive([AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name));
    Some(value)
}

/// `auth`, compiled.
#[derive(Debug)]
pub(super) enum Credentials {
    Fixed(Option<HeaderValue>),
    Rendered(Auth),
}

impl Credentials {
    pub(super) fn compile(auth: &Auth) -> Self {
        let fixed = |template: &Option<Template>| match template {
            Some(template) => template.as_fixed().map(str::to_owned),
            None => Some(String::new()),
        };
        match (fixed(&auth.user), fixed(&auth.pass)) {
            (Some(user), Some(pass)) => Self::Fixed(basic(user.as_bytes(), pass.as_bytes())),
            _ => Self::Rendered(auth.clone()),
        }
    }

    /// The `authorization` header of one user; none where it is nobody.
    pub(super) fn render(&self, vars: &Vars, draws: &mut Draws) -> Option<HeaderValue> {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Rendered(Auth { user, pass }) => {
                let mut text = |template: &Option<Template>| {
                    let text = template.as_ref()?.optional_text(vars, draws)?;
                    Some(text.into_owned())
                };
                let user = text(user).unwrap_or_default();
                let pass = text(pass).unwrap_or_default();
                basic(user.as_bytes(), pass.as_bytes())
            }
        }
    }
}

/// A cookie that a user is given, compiled.
#[derive(Debug)]
pub(super) enum Given {
    Fixed(String),
    Rendered(Cookie),
}

impl Given {
    /// A request's own cookies stand for the script's defaults of the same names.
    pub(super) fn compile_all(request: &Request, compiler: &Compiler<'_>) -> Vec<Self> {
        let mut cookies: Vec<&Cookie> = compiler.globals.cookies().iter().collect();
        for own in &request.cookies {
            match cookies.iter_mut().find(|cookie| cookie.name == own.name) {
                Some(default) => *default = own,
                None => cookies.push(own),
            }
        }
        let compile = |cookie: &Cookie| match (cookie.name.as_fixed(), cookie.value.as_fixed()) {
            (Some(name), Some(value)) => Self::Fixed(format!("{name}={value}")),
            _ => Self::Rendered(cookie.clone()),
        };
        cookies.into_iter().map(compile).collect()
    }

    /// The cookie of one user, as a `set-cookie` header has it.
    pub(super) fn render(&self, vars: &Vars, draws: &mut Draws) -> Cow<'_, str> {
        match self {
            Self::Fixed(cookie) => Cow::Borrowed(cookie),
            Self::Rendered(Cookie { name, value }) => {
                let mut text = String::new();
                name.write(vars, draws, &mut text);
                text.push('=');
                value.write(vars, draws, &mut text);
                Cow::Owned(text)
            }
        }
    }
}
