//! What tasks say to people while they run.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::ledger::RunId;
use crate::slice::Slice;

/// The longest line that is said whole, in bytes.
pub const LONGEST_LINE: usize = 64 * 1024;

/// Where the lines go that tasks say ([`Context::say`](crate::Context::say)): to the program that runs the worker. By default nowhere.
#[derive(Clone, Default)]
pub struct Voice {
    listener: Option<Arc<Listen>>,
    run: Option<RunId>,
    chunk: Option<Slice>,
}

/// What is heard, and of what.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'h> {
    /// The run; none where the worker does not know it yet.
    pub run: Option<&'h RunId>,
    /// The chunk, where it is one's.
    pub chunk: Option<&'h Slice>,
    /// The line; none where a chunk is begun.
    pub line: Option<&'h str>,
}

type Listen = dyn Fn(&Heard<'_>) + Send + Sync;

impl Voice {
    /// Lets `listen` have every line, without an end of line. It is called by workers that have users to start, so it should be quick.
    pub fn new(listen: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self::heard(move |heard| heard.line.into_iter().for_each(&listen))
    }

    /// The same for whoever wants to know of which run and chunk a line is, and which chunks are begun.
    pub fn heard(listen: impl Fn(&Heard<'_>) + Send + Sync + 'static) -> Self {
        Self {
            listener: Some(Arc::new(listen)),
            ..Self::default()
        }
    }

    /// The voice of a run.
    pub(crate) fn of_run(&self, run: &RunId) -> Self {
        Self {
            run: Some(run.clone()),
            ..self.clone()
        }
    }

    /// The voice of a chunk.
    pub(crate) fn of_chunk(&self, chunk: Slice) -> Self {
        Self {
            chunk: Some(chunk),
            ..self.clone()
        }
    }

    /// That its chunk is begun.
    pub(crate) fn begun(&self) {
        self.tell(None);
    }

    fn tell(&self, line: Option<&str>) {
        if let Some(listen) = &self.listener {
            listen(&Heard {
                run: self.run.as_ref(),
                chunk: self.chunk.as_ref(),
                line,
            });
        }
    }

    /// Says a line; what is longer than [`LONGEST_LINE`] is cut, and control characters but tabs are spelt out: a line stays one, and what a
    /// target answers does not command a terminal.
    pub(crate) fn say(&self, line: &str) {
        if self.listener.is_some() {
            self.tell(Some(&spelt(cut(line))));
        }
    }
}

impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heard = if self.listener.is_some() {
            "heard"
        } else {
            "unheard"
        };
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

    #[test]
    fn a_listener_knows_of_which_run_and_chunk_a_line_is() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let voice = Voice::heard({
            let told = Arc::clone(&told);
            move |heard| {
                let run = heard.run.map(ToString::to_string);
                let line = heard.line.map(str::to_owned);
                told.lock().unwrap().push((run, heard.chunk.copied(), line));
            }
        });
        let run = "r".parse().unwrap();
        let chunk = Slice {
            window: crate::slice::Window::ALL,
            lanes: crate::slice::Lanes::WHOLE,
        };
        voice.of_run(&run).say("before");
        voice.of_run(&run).of_chunk(chunk).begun();
        voice.of_run(&run).of_chunk(chunk).say("in it");
        let (r, text) = (Some("r".to_owned()), |text: &str| Some(text.to_owned()));
        assert_eq!(
            *told.lock().unwrap(),
            [
                (r.clone(), None, text("before")),
                (r.clone(), Some(chunk), None),
                (r, Some(chunk), text("in it")),
            ]
        );
    }
}
