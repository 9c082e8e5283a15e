//! Who has logged in.

use std::collections::{HashSet, VecDeque};

use super::digest::Digest;

/// The most tokens known at a time; the oldest go first.
const MAX_TOKENS: usize = 100_000;

/// The tokens that `/login` gave, bounded.
#[derive(Debug)]
pub(super) struct Sessions {
    tokens: HashSet<Digest>,
    by_age: VecDeque<Digest>,
    max_tokens: usize,
}

impl Sessions {
    pub(super) fn new() -> Self {
        Self::with_limit(MAX_TOKENS)
    }

    fn with_limit(max_tokens: usize) -> Self {
        Self {
            tokens: HashSet::new(),
            by_age: VecDeque::new(),
            max_tokens,
        }
    }

    /// Opens a session. The token is a digest of user and password, the same in every run.
    pub(super) fn log_in(&mut self, user: &str, password: &str) -> Digest {
        let token = Digest::of(format!("{user}:{password}").as_bytes());
        if self.tokens.insert(token) {
            self.by_age.push_back(token);
        }
        if self.by_age.len() > self.max_tokens
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.tokens.remove(&oldest);
        }
        token
    }

    /// Whether `token` is that of a session.
    pub(super) fn admits(&self, token: &[u8]) -> bool {
        Digest::parse(token).is_some_and(|token| self.tokens.contains(&token))
    }
}

#[cfg(test)]
mod tests {
    use super::Sessions;

    #[test]
    fn a_token_depends_on_user_and_password_only() {
        let token = Sessions::new().log_in("ann", "secret").to_string();
        let mut sessions = Sessions::new();
        sessions.log_in("bob", "secret");
        assert!(!sessions.admits(token.as_bytes()));
        assert_eq!(sessions.log_in("ann", "secret").to_string(), token);
        assert!(sessions.admits(token.as_bytes()));
    }

    #[test]
    fn the_oldest_session_ends_when_there_are_too_many() {
        let mut sessions = Sessions::with_limit(2);
        let tokens = ["a", "b", "b", "c"].map(|user| sessions.log_in(user, "").to_string());
        assert_eq!(
            tokens.map(|token| sessions.admits(token.as_bytes())),
            [false, true, true, true]
        );
    }
}
