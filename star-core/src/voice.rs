//! What tasks say to people while they run.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The longest line that is said whole, in bytes.
pub const LONGEST_LINE: usize = 64 * 1024;

/// Where the lines go that tasks say ([`Context::say`](crate::Context::say)): to the program that runs the worker. By default nowhere.
#[derive(Clone, Default)]
pub struct Voice(Option<Arc<Listen>>);

type Listen = dyn Fn(&str) + Send + Sync;

impl Voice {
    /// Lets `listen` have every line, without an end of line. It is called by workers that have users to start, so it should be quick.
    pub fn new(listen: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listen)))
    }

    /// Says a line; what is longer than [`LONGEST_LINE`] is cut, and control characters but tabs are spelt out: a line stays one, and what a
    /// target answers does not command a terminal.
    pub(crate) fn say(&self, line: &str) {
        if let Some(listen) = &self.0 {
            listen(&spelt(cut(line)));
        }
    }
}

impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heard = if self.0.is_some() { "heard" } else { "unheard" };
        f.debug_tuple("Voice").field(&heard).finish()
    }
}

fn cut(line: &str) -> Cow<'_, str> {
    if line.len() <= LONGEST_LINE {
        return Cow::Borrowed(line);
    }
    let end = line.floor_char_boundary(LONGEST_LINE);
    Cow::Owned(format!("{}…", &line[..end]))
}

fn spelt(line: Cow<'_, str>) -> Cow<'_, str> {
    let commands = |letter: char| letter.is_control() && letter != '\t';
    if !line.contains(commands) {
        return line;
    }
    let mut spelt = String::with_capacity(line.len() + 8);
    for letter in line.chars() {
        if commands(letter) {
            spelt.extend(letter.escape_default());
        } else {
            spelt.push(letter);
        }
    }
    Cow::Owned(spelt)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn lines_reach_whoever_listens_and_long_ones_are_cut() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let voice = Voice::new({
            let heard = Arc::clone(&heard);
            move |line| heard.lock().unwrap().push(line.to_owned())
        });
        voice.say("a line");
        voice.say(&"é".repeat(LONGEST_LINE));
        voice.say("one\ttwo\n\u{1b}[2Jthree");
        Voice::default().say("nobody listens");
        let heard = heard.lock().unwrap();
        assert_eq!(heard.len(), 3);
        assert_eq!(heard[2], "one\ttwo\\n\\u{1b}[2Jthree");
        assert_eq!(heard[0], "a line");
        assert_eq!(heard[1], format!("{}…", "é".repeat(LONGEST_LINE / 2)));
    }
}
