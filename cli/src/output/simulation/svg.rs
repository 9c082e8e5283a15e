//! A simulated run as a picture: rates, workers at once, and the workers' lives.

use std::fmt::Write as _;
use std::time::Duration;

use task_simulate::{Fate, WorkerLife};

use super::chart::bars;
use super::view::View;
use crate::output::{counted, grouped, seconds};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 20.0;
const CHART: f64 = 160.0;
/// How many lives are drawn; of more, as many at equal distances.
const LIVES: usize = 300;

const STYLE: &str = "rect{shape-rendering:crispEdges}text{font:12px sans-serif;fill:#333}.t{font-weight:bold}.a{fill:#4c78a8}.p{fill:none;stroke:#e45756;stroke-width:1.5}\
.c{fill:#bab0ac}.s{fill:#f58518}.w{fill:#d8d8d8}.q{fill:#eeca3b}.x{fill:#e45756}.g{stroke:#ddd}";

struct Picture {
    text: String,
    /// How far down it is drawn.
    y: f64,
    length: Duration,
}

/// The picture.
pub(crate) fn svg(view: &View<'_>) -> String {
    let simulation = view.simulation;
    let mut picture = Picture {
        text: String::new(),
        y: 30.0,
        length: simulation.length.max(Duration::from_millis(1)),
    };
    let facts = view.facts;
    let what = format!(
        "{}: {}, seed {}, {}",
        view.kind,
        counted(facts.planned, "unit"),
        simulation.seed,
        counted(simulation.workers.len() as u64, "worker")
    );
    picture.title(&what);
    if !simulation.rates.is_empty() {
        picture.rates(view);
    }
    picture.at_once(&view.at_once);
    picture.lives(view);
    let height = picture.y + 20.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" viewBox=\"0 0 {WIDTH} {height:.0}\">\n<style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{}</svg>\n",
        picture.text
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

impl Picture {
    fn x(&self, at: Duration) -> f64 {
        let share = at.as_secs_f64() / self.length.as_secs_f64();
        LEFT + share.min(1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn text(&mut self, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
        let text = escaped(text);
        let _infallible = writeln!(
            self.text,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    fn title(&mut self, text: &str) {
        self.text(LEFT, self.y, "t", "start", text);
        self.y += 20.0;
    }

    fn rect(&mut self, (from, to): (Duration, Duration), (y, height): (f64, f64), class: &str) {
        // Whole pixels: what follows without a pause is drawn without a gap.
        let (x, end) = (self.x(from).round(), self.x(to).round());
        let width = (end - x).max(1.0);
        let _infallible = writeln!(
            self.text,
            "<rect x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height:.1}\" class=\"{class}\"/>"
        );
    }

    /// The frame of a chart, and what is at its top and bottom.
    fn frame(&mut self, most: &str) {
        let (top, bottom) = (self.y, self.y + CHART);
        for y in [top, bottom] {
            let _infallible = writeln!(
                self.text,
                "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"g\"/>",
                WIDTH - RIGHT
            );
        }
        self.text(LEFT - 6.0, top + 4.0, "", "end", most);
        self.text(LEFT - 6.0, bottom + 4.0, "", "end", "0");
        let length = seconds(self.length);
        self.text(LEFT, bottom + 16.0, "", "start", "0, the launch");
        self.text(WIDTH - RIGHT, bottom + 16.0, "", "end", &length);
    }

    fn rates(&mut self, view: &View<'_>) {
        let simulation = view.simulation;
        self.title("Units a second: started (blue), planned (red)");
        let (bars, each) = bars(&simulation.rates, 400);
        let most = bars.iter().map(|bar| bar.planned.max(bar.achieved));
        let most = most.fold(1.0, f64::max);
        self.frame(&format!("{}/s", grouped(most.ceil() as u64)));
        let bottom = self.y + CHART;
        let zero = simulation.zero.unwrap_or_default();
        let step = Duration::from_secs(each as u64);
        let mut planned = String::new();
        for (at, bar) in bars.iter().enumerate() {
            let from = zero + step * at as u32;
            let height = bar.achieved / most * CHART;
            self.rect((from, from + step), (bottom - height, height), "a");
            let y = bottom - bar.planned / most * CHART;
            let (x, end) = (self.x(from), self.x(from + step));
            let _infallible = write!(planned, "{x:.1},{y:.1} {end:.1},{y:.1} ");
        }
        let _infallible = writeln!(
            self.text,
            "<polyline points=\"{}\" class=\"p\"/>",
            planned.trim_end()
        );
        self.y = bottom + 40.0;
    }

    fn at_once(&mut self, concurrency: &[u32]) {
        self.title("Functions at once");
        let most = concurrency.iter().copied().max().unwrap_or(0).max(1);
        self.frame(&grouped(most.into()));
        let bottom = self.y + CHART;
        let each = concurrency.len().div_ceil(400).max(1);
        for (at, seconds) in concurrency.chunks(each).enumerate() {
            let from = Duration::from_secs((at * each) as u64);
            let to = from + Duration::from_secs(each as u64);
            let height =
                f64::from(seconds.iter().copied().max().unwrap_or(0)) / f64::from(most) * CHART;
            self.rect((from, to), (bottom - height, height), "c");
        }
        self.y = bottom + 40.0;
    }

    fn lives(&mut self, view: &View<'_>) {
        let all = &view.simulation.workers;
        let each = all.len().div_ceil(LIVES).max(1);
        let which = if each == 1 {
            String::new()
        } else {
            format!(" (every {each}th)")
        };
        self.title(&format!(
            "Workers{which}: on their way (yellow), starting (orange), waiting (grey), at work (blue), dead (red)"
        ));
        let drawn = all.len().div_ceil(each) as f64;
        let height = (600.0 / drawn.max(1.0)).clamp(2.0, 14.0);
        for life in all.iter().step_by(each) {
            self.life(life, view, height);
            self.y += height;
        }
    }

    fn life(&mut self, life: &WorkerLife, view: &View<'_>, height: f64) {
        let place = (self.y, height * 0.8);
        let begun = life.born + life.cold_start.unwrap_or_default();
        let ended = life.ended.unwrap_or(self.length);
        self.rect((life.sent, life.born), place, "q");
        self.rect((life.born, begun), place, "s");
        self.rect((begun, ended), place, "w");
        let zero = view.simulation.zero.unwrap_or_default();
        for chunk in &life.chunks {
            let end = chunk.ended.unwrap_or(ended);
            let from = if view.simulation.rates.is_empty() {
                chunk.ready
            } else {
                chunk.ready.max(zero + chunk.slice.window.from())
            };
            if from <= end {
                self.rect((from, end), place, "a");
            }
        }
        if matches!(life.fate, Fate::Died | Fate::TimedOut) {
            let moment = self.length / 200;
            self.rect((ended.saturating_sub(moment), ended), place, "x");
        }
    }
}
