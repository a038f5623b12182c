//! Regions with counts: as a tree, as data, and as points for a map.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::text::clean;
use crate::search::regions::{Counted, Tree};

/// A way to write regions.
pub struct Renderer {
    /// The name that users type.
    pub name: &'static str,
    /// Writes them, down to a depth.
    pub write: fn(&Tree, usize, &mut dyn Write) -> io::Result<()>,
}

/// All ways to write regions.
pub static RENDERERS: &[Renderer] = &[
    Renderer { name: "text", write: text },
    Renderer { name: "json", write: json_object },
    Renderer { name: "jsonl", write: json_lines },
    Renderer { name: "csv", write: csv },
    Renderer { name: "geojson", write: geojson },
];

/// The renderer of that name.
pub fn named(name: &str) -> Option<&'static Renderer> {
    RENDERERS.iter().find(|renderer| renderer.name == name)
}

const NAME: Style = AnsiColor::Cyan.on_default().bold();
const DIM: Style = Style::new().dimmed();

fn shown(tree: &Tree, depth: usize) -> impl Iterator<Item = (usize, &Counted)> {
    tree.walk().into_iter().filter(move |(level, _)| *level < depth)
}

fn text(tree: &Tree, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    for (level, region) in shown(tree, depth) {
        let indent = "  ".repeat(level);
        let plural =
            |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        let counts = format!("{}, {}", plural(region.quotes, "quote"), plural(region.passages, "passage"));
        let own = if region.own { " · yours" } else { "" };
        writeln!(
            out,
            "{indent}{NAME}{}{NAME:#}  {counts}{DIM} · {}{own}{DIM:#}",
            clean(&region.name),
            region.kind
        )?;
    }
    Ok(())
}

fn json_object(tree: &Tree, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let regions: Vec<&Counted> = shown(tree, depth).map(|(_, region)| region).collect();
    let whole = json!({ "notes": tree.notes, "regions": regions });
    serde_json::to_writer_pretty(&mut *out, &whole).map_err(io::Error::from)?;
    writeln!(out)
}

fn json_lines(tree: &Tree, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    for (_, region) in shown(tree, depth) {
        serde_json::to_writer(&mut *out, region).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    Ok(())
}

fn csv(tree: &Tree, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(out);
    table.write_record(["id", "name", "full_name", "kind", "country", "lat", "lon", "quotes", "passages"])?;
    let number = |number: Option<f32>| number.map(|number| number.to_string()).unwrap_or_default();
    for (_, region) in shown(tree, depth) {
        // A name is a user's own now and then, and must not run as a formula.
        let name = |name: &str| super::csv::harmless(name);
        table.write_record([
            region.id.0.to_string(),
            name(&region.name),
            name(&region.full_name),
            region.kind.to_string(),
            region.country.clone().unwrap_or_default(),
            number(region.lat),
            number(region.lon),
            region.quotes.to_string(),
            region.passages.to_string(),
        ])?;
    }
    table.flush()
}

/// RFC 7946: longitude first; a region without a place has a null geometry.
fn geojson(tree: &Tree, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let features: Vec<Value> = shown(tree, depth).map(|(_, region)| feature(region)).collect();
    let collection = json!({ "type": "FeatureCollection", "features": features });
    serde_json::to_writer(&mut *out, &collection).map_err(io::Error::from)?;
    writeln!(out)
}

fn feature(region: &Counted) -> Value {
    let degrees = |degrees: f32| (f64::from(degrees) * 10_000.0).round() / 10_000.0;
    let point = region
        .lon
        .zip(region.lat)
        .map(|(lon, lat)| json!({ "type": "Point", "coordinates": [degrees(lon), degrees(lat)] }));
    json!({
        "type": "Feature",
        "id": region.id,
        "geometry": point,
        "properties": {
            "name": region.name,
            "full_name": region.full_name,
            "kind": region.kind,
            "country": region.country,
            "parents": region.parents,
            "quotes": region.quotes,
            "passages": region.passages,
        },
    })
}
