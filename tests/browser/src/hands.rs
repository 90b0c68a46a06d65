//! Pressing and typing, through the same path as a real mouse and keyboard.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::PATIENCE;
use crate::tab::Tab;

/// Where the middle of an element is, or why it cannot be pressed.
const PLACE: &str = "(selector => {
  const element = document.querySelector(selector);
  if (!element) return 'not there';
  if (element.disabled) return 'disabled';
  const reach = () => {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) return 'not visible';
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const top = document.elementFromPoint(x, y);
    const over = element.contains(top) || top?.closest('label')?.contains(element);
    return over ? [x, y] : 'covered by ' + (top?.outerHTML.slice(0, 80) ?? 'the edge of the window');
  };
  const place = reach();
  if (typeof place !== 'string') return place;
  // Only what cannot be reached: a bar that sticks would take the page along.
  element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  return reach();
})";

/// Lets the next press through only if it meets the element: a page that is
/// still being laid out may have moved it since it was looked for.
const AIM: &str = "(selector => {
  const element = document.querySelector(selector);
  const guard = { met: null };
  const see = event => {
    if (guard.met === null) {
      const path = event.composedPath();
      guard.met = path.includes(element) || Boolean(event.target.closest?.('label')?.contains(element));
    }
    if (!guard.met) { event.preventDefault(); event.stopImmediatePropagation(); }
  };
  const kinds = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
  for (const kind of kinds) addEventListener(kind, see, true);
  guard.end = () => { for (const kind of kinds) removeEventListener(kind, see, true); return guard.met; };
  window.pressGuard = guard;
})";

/// Whether the press has met it; a page that was left by it has no guard.
const MET: &str = "window.pressGuard ? window.pressGuard.end() !== false : true";

impl Tab {
    /// Presses the first element that fits `selector`, once it can be pressed.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.press_at(selector, end) {
            assert!(Instant::now() < end, "{selector} does not stand still");
        }
    }

    /// One press; whether it met what was aimed at.
    #[track_caller]
    fn press_at(&self, selector: &str, end: Instant) -> bool {
        let (x, y) = loop {
            let place = self.js(&format!("{PLACE}({})", json!(selector)));
            if let (Some(x), Some(y)) = (place[0].as_f64(), place[1].as_f64()) {
                break (x, y);
            }
            assert!(Instant::now() < end, "{selector} cannot be pressed: {place}");
            std::thread::sleep(Duration::from_millis(10));
        };
        self.js(&format!("{AIM}({})", json!(selector)));
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({
                "type": kind, "x": x, "y": y, "button": button, "buttons": buttons,
                "clickCount": i32::from(kind != "mouseMoved"),
            });
            self.ask("Input.dispatchMouseEvent", event);
        }
        // An error: the page is being left, so the press has met.
        self.eval(MET).map_or(true, |met| met != json!(false))
    }

    /// Presses keys one after the other: `Tab`, `Shift+Tab`, `Enter`, `Space`,
    /// `ArrowRight`, `Home`, `Control+k`, `a`, …
    #[track_caller]
    pub fn press(&self, keys: &[&str]) {
        for chord in keys {
            let mut modifiers = 0;
            let mut key = *chord;
            while let Some((modifier, rest)) = key.split_once('+').filter(|(modifier, _)| !modifier.is_empty()) {
                modifiers |= match modifier {
                    "Alt" => 1,
                    "Control" => 2,
                    "Meta" => 4,
                    "Shift" => 8,
                    other => panic!("{other} is no modifier"),
                };
                key = rest;
            }
            let (code, number) = code(key);
            let key = if key == "Space" { " " } else { key };
            let text = match key {
                _ if modifiers & 7 != 0 => "",
                "Enter" => "\r",
                one if one.chars().count() == 1 => one,
                _ => "",
            };
            let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
            let mut event = json!({
                "type": down, "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers,
            });
            if !text.is_empty() {
                event["text"] = text.into();
            }
            self.ask("Input.dispatchKeyEvent", event.clone());
            event["type"] = "keyUp".into();
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// Puts text where the cursor is, as pasting does.
    #[track_caller]
    pub fn insert(&self, text: &str) {
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// Replaces what stands in the input or text area that fits `selector`.
    #[track_caller]
    pub fn fill(&self, selector: &str, text: &str) {
        self.click(selector);
        self.js(&format!("document.querySelector({}).select()", json!(selector)));
        if text.is_empty() { self.press(&["Delete"]) } else { self.insert(text) }
    }

    /// Shows text that an input method still composes; [`Tab::insert`] ends it.
    #[track_caller]
    pub fn compose(&self, text: &str) {
        let at = text.encode_utf16().count();
        self.ask("Input.imeSetComposition", json!({ "text": text, "selectionStart": at, "selectionEnd": at }));
    }

    /// What has the focus: its tag, its test id or class, its name.
    #[track_caller]
    #[must_use]
    pub fn focus(&self) -> String {
        self.text(
            "(e => [e.tagName.toLowerCase(), e.dataset?.testid ?? e.className?.toString() ?? '', \
             (e.getAttribute('aria-label') ?? e.innerText ?? '').trim().slice(0, 40)].join(' '))(document.activeElement)",
        )
    }
}

/// The code of a key and its number on Windows, which Chromium goes by.
fn code(key: &str) -> (String, u32) {
    let number = match key {
        "Backspace" => 8,
        "Tab" => 9,
        "Enter" => 13,
        "Escape" => 27,
        "Space" => 32,
        "PageUp" => 33,
        "PageDown" => 34,
        "End" => 35,
        "Home" => 36,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        "Delete" => 46,
        "/" => return ("Slash".to_string(), 191),
        _ => {
            let mut chars = key.chars();
            return match (chars.next().map(|c| c.to_ascii_uppercase()), chars.next()) {
                (Some(c @ 'A'..='Z'), None) => (format!("Key{c}"), u32::from(c)),
                (Some(c @ '0'..='9'), None) => (format!("Digit{c}"), u32::from(c)),
                (Some(_), None) => (String::new(), 0),
                _ => panic!("{key} is no key"),
            };
        }
    };
    (key.to_string(), number)
}
