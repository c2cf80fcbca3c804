//! The window: where it opens, and where it was last.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::{Deserialize, Serialize};
use tauri::{
    App, AppHandle, LogicalPosition, LogicalSize, Manager, Monitor, WebviewWindow, WebviewWindowBuilder,
};

use crate::{
    lifecycle,
    tile::{self, LEAST, Tile},
};

const FILE: &str = "window.json";
/// As much of the window's upper edge has to be on a screen that it can be dragged by it.
const GRIP: f64 = 120.0;

/// Where the window is, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Bounds {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    maximized: bool,
}

/// A part of the desktop that is on a screen.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Where the window was last, kept in the device's folder.
#[derive(Debug)]
pub(crate) struct Memory {
    file: Option<PathBuf>,
    bounds: Mutex<Option<Bounds>>,
}

impl Memory {
    /// For a device with this folder; without one, or with a given place, nothing is remembered.
    pub(crate) fn new(folder: Option<&Path>, tile: Option<Tile>) -> Self {
        let file = folder.filter(|_| tile.is_none()).map(|folder| folder.join(FILE));
        let bounds = file.as_deref().and_then(read);
        Self { file, bounds: Mutex::new(bounds) }
    }

    /// Takes note of where the window is now.
    pub(crate) fn note(&self, app: &AppHandle) {
        let Some(window) = app.get_webview_window("main").filter(|_| self.file.is_some()) else { return };
        let Ok(mut bounds) = self.bounds.lock() else { return };
        if let Some(now) = bounds_of(&window, *bounds) {
            *bounds = Some(now);
        }
    }

    /// Writes it down.
    pub(crate) fn keep(&self) {
        let (Some(file), Ok(bounds)) = (&self.file, self.bounds.lock()) else { return };
        let Some(text) = bounds.and_then(|bounds| serde_json::to_string(&bounds).ok()) else { return };
        if let Err(error) = fs::write(file, text) {
            tracing::debug!(%error, "the window's place can't be remembered");
        }
    }

    fn last(&self) -> Option<Bounds> {
        *self.bounds.lock().ok()?
    }
}

/// Opens the window where it was last, or where it is told to be.
pub(crate) fn open(app: &App, tile: Option<Tile>) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.first() else { return Err(tauri::Error::WindowNotFound) };
    let areas: Vec<_> = app.available_monitors()?.iter().map(area_of).collect();
    let last = app.state::<Memory>().last().map(|bounds| bounds.on(&areas));
    let mut builder = WebviewWindowBuilder::from_config(app, config)?;
    if let Some((place, size, maximized)) = last {
        builder = builder.inner_size(size.width, size.height).maximized(maximized);
        if let Some(place) = place {
            builder = builder.position(place.x, place.y);
        }
    }
    builder.build()?;
    lifecycle::window_opened(app.handle());
    match tile {
        Some(tile) => tile::place(app.handle(), tile),
        None => Ok(()),
    }
}

impl Bounds {
    /// Place and size as they suit the screens that there are now: no larger than a screen, and nowhere if it could not
    /// be got hold of there.
    fn on(self, areas: &[Area]) -> (Option<LogicalPosition<f64>>, LogicalSize<f64>, bool) {
        let home = areas.iter().find(|area| area.has_grip_of(self));
        let most = home.or(areas.first()).map_or(LEAST, |area| LogicalSize::new(area.width, area.height));
        let within = |length: f64, least: f64, most: f64| length.clamp(least, most.max(least));
        let size = LogicalSize::new(
            within(self.width, LEAST.width, most.width),
            within(self.height, LEAST.height, most.height),
        );
        (home.map(|_| LogicalPosition::new(self.left, self.top)), size, self.maximized)
    }
}

impl Area {
    fn has_grip_of(&self, window: Bounds) -> bool {
        let left = window.left.max(self.left);
        let right = (window.left + window.width).min(self.left + self.width);
        let lowest = self.top + self.height - GRIP;
        right - left >= GRIP && window.top >= self.top && window.top <= lowest
    }
}

fn read(file: &Path) -> Option<Bounds> {
    let bounds: Bounds = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    let sane = [bounds.left, bounds.top, bounds.width, bounds.height].iter().all(|value| value.is_finite());
    sane.then_some(bounds)
}

/// Of a maximised window the bounds are those it had before.
fn bounds_of(window: &WebviewWindow, before: Option<Bounds>) -> Option<Bounds> {
    if window.is_minimized().ok()? || window.is_fullscreen().ok()? || !window.is_visible().ok()? {
        return None;
    }
    if window.is_maximized().ok()? {
        return before.map(|bounds| Bounds { maximized: true, ..bounds });
    }
    let scale = window.scale_factor().ok()?;
    let place: LogicalPosition<f64> = window.outer_position().ok()?.to_logical(scale);
    let size: LogicalSize<f64> = window.inner_size().ok()?.to_logical(scale);
    Some(Bounds { left: place.x, top: place.y, width: size.width, height: size.height, maximized: false })
}

fn area_of(monitor: &Monitor) -> Area {
    let (scale, area) = (monitor.scale_factor(), monitor.work_area());
    let place: LogicalPosition<f64> = area.position.to_logical(scale);
    let size: LogicalSize<f64> = area.size.to_logical(scale);
    Area { left: place.x, top: place.y, width: size.width, height: size.height }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPTOP: Area = Area { left: 0.0, top: 0.0, width: 1366.0, height: 768.0 };
    const SECOND: Area = Area { left: 1366.0, top: 0.0, width: 1920.0, height: 1080.0 };

    fn at(left: f64, top: f64) -> Bounds {
        Bounds { left, top, width: 1000.0, height: 700.0, maximized: false }
    }

    #[test]
    fn a_window_comes_back_where_it_was() {
        let (place, size, maximized) = at(1500.0, 100.0).on(&[LAPTOP, SECOND]);
        assert_eq!(place, Some(LogicalPosition::new(1500.0, 100.0)));
        assert_eq!(size, LogicalSize::new(1000.0, 700.0));
        assert!(!maximized);
    }

    #[test]
    fn a_window_whose_screen_is_gone_opens_where_the_system_puts_it() {
        assert_eq!(at(1500.0, 100.0).on(&[LAPTOP]).0, None);
        for (left, top) in [(-950.0, 10.0), (1300.0, 10.0), (10.0, 700.0), (10.0, -30.0), (10.0, 5000.0)] {
            assert_eq!(at(left, top).on(&[LAPTOP]).0, None, "{left}, {top} can't be got hold of");
        }
        assert_eq!(at(0.0, 0.0).on(&[]).0, None);
    }

    #[test]
    fn a_window_is_never_larger_than_its_screen_nor_smaller_than_its_content() {
        let huge = Bounds { width: 9000.0, height: 9000.0, ..at(0.0, 0.0) };
        assert_eq!(huge.on(&[LAPTOP]).1, LogicalSize::new(1366.0, 768.0));
        let tiny = Bounds { width: 1.0, height: -5.0, ..at(0.0, 0.0) };
        assert_eq!(tiny.on(&[LAPTOP]).1, LEAST);
    }

    #[test]
    fn a_place_survives_the_app_and_a_damaged_file_is_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::new(Some(folder.path()), None);
        assert_eq!(memory.last(), None);
        *memory.bounds.lock().unwrap() = Some(at(10.0, 20.0));
        memory.keep();
        assert_eq!(Memory::new(Some(folder.path()), None).last(), Some(at(10.0, 20.0)));
        let tile = "1/3".parse().ok();
        assert_eq!(Memory::new(Some(folder.path()), tile).last(), None, "a given place comes first");
        fs::write(folder.path().join(FILE), "{\"left\":").unwrap();
        assert_eq!(Memory::new(Some(folder.path()), None).last(), None);
    }
}
