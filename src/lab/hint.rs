//! `lab hint`: from a nudge to nearly the answer.

use std::process::ExitCode;

use super::command::{Answer, find, refuse};
use super::list::{chosen, tell_aside};
use super::progress::Progress;
use super::room::Room;
use super::style::Style;
use crate::text::{Lang, say};

/// Gives a hint: for the check named, else for the first that has not passed;
/// the level named, else one more than the last.
pub(super) fn hint(lang: Lang, room: &Room, id: Option<&str>, check: Option<&str>, level: Option<u8>) -> Answer {
    // A check names its lab, unless two labs have one of the same name.
    let of_check = check.filter(|_| id.is_none()).and_then(|check| only_lab_with(room, check));
    let Some(id) = of_check.or_else(|| chosen(room, id)) else { return refuse(lang, "lab.none", &[]) };
    let lab = match find(lang, room, &id) {
        Ok(lab) => lab,
        Err(answer) => return answer,
    };
    let (mut progress, aside) = Progress::load(room.dir(), &id);
    tell_aside(lang, aside.as_slice());
    let asked = match check {
        Some(name) => match lab.check.iter().find(|check| check.name == name) {
            Some(check) => check,
            None => {
                let known: Vec<&str> = lab.check.iter().map(|check| check.name.as_str()).collect();
                let known = known.join(", ");
                return refuse(lang, "lab.hint.unknown", &[("lab", &id), ("check", &name), ("known", &known)]);
            }
        },
        None => match progress.next(&lab) {
            Some(check) => check,
            None => {
                println!("{}", say(lang, "lab.hint.done", &[("lab", &id)]));
                return Ok(ExitCode::SUCCESS);
            }
        },
    };
    let before = progress.hints.get(&asked.name).copied().unwrap_or(0);
    let level = level.unwrap_or(before + 1).clamp(1, 3);
    let style = Style::of_stdout();
    println!("{}", style.strong(&format!("{id}: {} ({level}/3)", asked.name)));
    println!("{}\n", asked.says.get(lang));
    println!("{}\n", asked.hints[usize::from(level) - 1].get(lang).trim_end());
    println!("{}", style.faint(&say(lang, "lab.next.read", &[("page", &asked.read)])));
    if level < 3 {
        println!("{}", style.faint(&say(lang, "lab.hint.more", &[("lab", &id)])));
    } else {
        println!("{}", style.faint(&say(lang, "lab.hint.last", &[("by-hand", &asked.by_hand)])));
    }
    if level > before {
        progress.hints.insert(asked.name.clone(), level);
        // A hint that could not be noted is still a hint.
        if let Err(error) = progress.save(room.dir(), &id) {
            eprintln!("{}", say(lang, "lab.not-kept", &[("error", &error)]));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The one lab that has a check of this name.
fn only_lab_with(room: &Room, check: &str) -> Option<String> {
    let mut labs = room.labs().into_iter().flatten().filter(|lab| lab.check.iter().any(|c| c.name == check));
    let first = labs.next()?;
    labs.next().is_none().then_some(first.id)
}
