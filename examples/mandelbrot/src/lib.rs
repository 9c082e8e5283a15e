//! A picture of the Mandelbrot set: tiles are computed wherever there is room, kept as artefacts, and put together to a PNG when all are
//! there.
//!
//! ```console
//! cargo run --release -p mandelbrot -- run examples/mandelbrot/job.yml
//! ```

use serde::{Deserialize, Serialize};
use star_core::document::{Diagnostic, Diagnostics, Document};
use star_core::reports::{Counter, Moments};
use star_core::{Extent, Failure, OneUnit, RunContext, Splittable, UnitTask};
use std::time::Duration;

/// The largest picture, in tiles: each is a file until they are put together.
const MOST_TILES: u64 = 1 << 16;

/// The picture.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandelbrot {
    /// The point in the middle: its real and its imaginary part.
    pub centre: [f64; 2],
    /// How much of the real axis is seen.
    pub width: f64,
    /// How many points are iterated at most.
    pub depth: u16,
    /// How large it is.
    #[serde(flatten)]
    pub tiles: Tiles,
}

/// A grid of square tiles: a shape of this task's own.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Tiles {
    /// How many tiles beside each other.
    pub columns: u32,
    /// How many below each other.
    pub rows: u32,
    /// How many pixels a tile is wide and high.
    pub side: u32,
}

impl Splittable for Tiles {
    fn extent(&self) -> Extent {
        Extent::Batch
    }

    fn units(&self) -> u64 {
        u64::from(self.columns) * u64::from(self.rows)
    }

    fn due(&self, _unit: u64) -> Duration {
        Duration::ZERO
    }
}

star_core::report! {
    /// What it took.
    pub struct Effort {
        /// How many pixels were computed.
        pub pixels: Counter,
        /// How often points were iterated, in the mean of each tile.
        pub iterations: Moments,
    }
}

impl UnitTask for Mandelbrot {
    const KIND: &'static str = "mandelbrot";
    const EFFECTS: bool = false;
    type Report = Effort;

    fn shape(&self) -> &impl Splittable {
        &self.tiles
    }

    fn check(&mut self, document: &mut Document) -> Result<(), Diagnostics> {
        let Tiles { side, .. } = self.tiles;
        let units = self.tiles.units();
        if units == 0 || units > MOST_TILES || side == 0 || side > 1024 {
            let message = "a picture has 1 to 65,536 tiles of 1 to 1,024 pixels";
            let key = if units == 0 || units > MOST_TILES {
                "columns"
            } else {
                "side"
            };
            return Err(fault(document, key, message));
        }
        if !(self.width.is_finite() && self.width > 0.0) {
            let message = "a picture shows some of the real axis: `width` is more than 0";
            return Err(fault(document, "width", message));
        }
        if self.depth == 0 {
            let message = "points are iterated at least once: `depth` is from 1 to 65,535";
            return Err(fault(document, "depth", message));
        }
        Ok(())
    }

    async fn unit(&self, unit: &OneUnit<Effort>) -> Result<(), Failure> {
        let (pixels, iterations) = self.tile(unit.index());
        let count = pixels.len() as u64;
        unit.artifact(&name(unit.index()), pixels).await?;
        unit.record(|effort| {
            effort.pixels.add(count);
            effort.iterations.add(iterations as f64 / count as f64);
        });
        Ok(())
    }

    async fn close(&self, _: &mut Effort, cx: &RunContext) -> Result<(), Failure> {
        let Tiles {
            columns,
            rows,
            side,
        } = self.tiles;
        let (wide, high, side) = (columns * side, rows * side, side as usize);
        let mut picture = vec![0; wide as usize * high as usize];
        for tile in 0..self.tiles.units() {
            let Some(pixels) = cx.artifact(&name(tile)).await? else {
                return Err(Failure::new(format!(
                    "tile {tile} is missing: there is no picture"
                )));
            };
            let (row, column) = (tile / u64::from(columns), tile % u64::from(columns));
            let corner = row as usize * side * wide as usize + column as usize * side;
            for (line, pixels) in pixels.chunks(side).enumerate() {
                let at = corner + line * wide as usize;
                picture[at..at + side].copy_from_slice(pixels);
            }
        }
        let png = encode(wide, high, &picture)
            .map_err(|error| Failure::because("the picture cannot be written", &error))?;
        cx.write_artifact("mandelbrot.png", png).await
    }
}

/// What is wrong with the value of a key.
fn fault(document: &Document, key: &str, message: &str) -> Diagnostics {
    let node = document.root.get(key).unwrap_or(&document.root);
    Diagnostic::error(message).at(node.span, "").into()
}

fn name(tile: u64) -> String {
    format!("tiles/{tile:05}")
}

impl Mandelbrot {
    /// A tile's pixels, line by line, and how often points were iterated in all.
    fn tile(&self, tile: u64) -> (Vec<u8>, u64) {
        let Tiles {
            columns,
            rows,
            side,
        } = self.tiles;
        let (row, column) = (tile / u64::from(columns), tile % u64::from(columns));
        let step = self.width / f64::from(columns * side);
        let point = |x: u64, y: u64| {
            let from_middle = |at: u64, size: u32| at as f64 + 0.5 - f64::from(size) / 2.0;
            let [re, im] = self.centre;
            [
                re + from_middle(column * u64::from(side) + x, columns * side) * step,
                im + from_middle(row * u64::from(side) + y, rows * side) * step,
            ]
        };
        let mut sum = 0;
        let each = (0..u64::from(side)).flat_map(|y| (0..u64::from(side)).map(move |x| (x, y)));
        let pixels = each.map(|(x, y)| {
            let iterations = escape(point(x, y), self.depth);
            sum += u64::from(iterations);
            (u32::from(iterations) * 255 / u32::from(self.depth.max(1))) as u8
        });
        (pixels.collect(), sum)
    }
}

/// After how many iterations of `z² + c` a point is known not to be in the set; `depth` if it is not known. Only + − × are used, which every
/// processor computes alike.
fn escape([re, im]: [f64; 2], depth: u16) -> u16 {
    let (mut x, mut y) = (0.0, 0.0);
    for n in 0..depth {
        let (xx, yy) = (x * x, y * y);
        if xx + yy > 4.0 {
            return n;
        }
        y = 2.0 * x * y + im;
        x = xx - yy + re;
    }
    depth
}

fn encode(wide: u32, high: u32, grey: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, wide, high);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(grey)?;
    Ok(file)
}

star_core::register_task!(Mandelbrot);
