//! Windows side by side, for several devices on one screen.

use std::str::FromStr;

use tauri::{AppHandle, LogicalPosition, LogicalSize, Manager};

/// What the interface needs, as in `tauri.conf.json`.
pub(crate) const LEAST: LogicalSize<f64> = LogicalSize { width: 720.0, height: 560.0 };
/// What it can make use of.
const MOST: LogicalSize<f64> = LogicalSize { width: 1100.0, height: 900.0 };

/// One of several places on the screen, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    number: u8,
    of: u8,
}

/// Moves the window to its place; on a system that lets no program place its windows, it stays where it is.
pub(crate) fn place(app: &AppHandle, tile: Tile) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window("main") else { return Ok(()) };
    let Some(monitor) = window.primary_monitor()?.or(window.current_monitor()?) else { return Ok(()) };
    let area = monitor.work_area();
    let scale = monitor.scale_factor();
    let (left, size) = tile.on(area.size.to_logical(scale));
    let corner: LogicalPosition<f64> = area.position.to_logical(scale);
    window.set_size(size)?;
    window.set_position(LogicalPosition::new(corner.x + left, corner.y))
}

impl Tile {
    /// The distance from the left of an area of this size, and the window's size. Windows overlap where there is not
    /// enough room, and each shows an equal part of itself.
    fn on(self, area: LogicalSize<f64>) -> (f64, LogicalSize<f64>) {
        let share = area.width / f64::from(self.of);
        let width = share.clamp(LEAST.width, MOST.width);
        let step = if self.of > 1 { (area.width - width).max(0.0) / f64::from(self.of - 1) } else { 0.0 };
        let height = area.height.clamp(LEAST.height, MOST.height);
        (step * f64::from(self.number - 1), LogicalSize::new(width, height))
    }
}

impl FromStr for Tile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "a place is given as its number and how many there are, such as 1/3";
        let (number, of) = text.split_once('/').ok_or(FORM)?;
        let (number, of) = (number.parse().map_err(|_| FORM)?, of.parse().map_err(|_| FORM)?);
        if (1..=of).contains(&number) { Ok(Self { number, of }) } else { Err(FORM) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lefts(area: LogicalSize<f64>) -> [f64; 3] {
        ["1/3", "2/3", "3/3"].map(|text| text.parse::<Tile>().unwrap().on(area).0)
    }

    #[test]
    fn windows_stand_side_by_side_where_there_is_room() {
        let area = LogicalSize::new(2400.0, 1400.0);
        assert_eq!(lefts(area), [0.0, 800.0, 1600.0]);
        let (_, size) = Tile { number: 1, of: 3 }.on(area);
        assert_eq!(size, LogicalSize::new(800.0, 900.0), "no higher than is of use");
    }

    #[test]
    fn on_a_small_screen_each_window_keeps_its_least_width_and_a_part_that_can_be_clicked() {
        let area = LogicalSize::new(1366.0, 768.0);
        assert_eq!(lefts(area), [0.0, 323.0, 646.0]);
        let (left, size) = Tile { number: 3, of: 3 }.on(area);
        assert_eq!(size, LogicalSize::new(720.0, 768.0));
        assert_eq!(left + size.width, 1366.0, "the last one ends where the screen ends");
    }

    #[test]
    fn a_place_that_does_not_exist_is_refused() {
        for text in ["", "1", "0/3", "4/3", "0/0", "a/b", "1/300"] {
            assert!(text.parse::<Tile>().is_err(), "{text} is no place");
        }
    }
}
