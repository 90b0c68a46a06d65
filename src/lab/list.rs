//! `lab list` and `lab next`.

use std::process::ExitCode;

use super::command::{Answer, shown};
use super::progress::{Progress, SetAside};
use super::record::Is;
use super::room::Room;
use super::style::Style;
use super::survey::{Standing, survey};
use crate::text::{Lang, say};

/// Lists the labs with their progress.
pub(super) fn list(lang: Lang, room: &Room, json: bool) -> Answer {
    let (standings, aside) = survey(room);
    tell_aside(lang, &aside);
    let mut code = ExitCode::SUCCESS;
    let mut whole = Vec::new();
    for standing in standings {
        match standing {
            Ok(standing) => whole.push(standing),
            Err(error) => {
                eprintln!("{}: {}", say(lang, "cli.error", &[]), say(lang, "lab.unreadable", &[("error", &error)]));
                code = ExitCode::FAILURE;
            }
        }
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&whole)?);
        return Ok(code);
    }
    let style = Style::of_stdout();
    let width = whole.iter().map(|standing| standing.id.len()).max().unwrap_or(0);
    let bars: Vec<String> = whole.iter().map(bar).collect();
    let bar_width = bars.iter().map(String::len).max().unwrap_or(0);
    let page_width = whole.iter().map(|standing| standing.chapter.len()).max().unwrap_or(0);
    println!("{}", style.faint(&say(lang, "lab.list.head", &[("dir", &shown(room.dir()))])));
    for (standing, bar) in whole.iter().zip(bars) {
        let bar = format!("{bar:bar_width$}");
        let bar = if standing.done() { style.good(&bar) } else { bar };
        let minutes = say(lang, "lab.list.minutes", &[("minutes", &format!("{:>3}", standing.minutes))]);
        let stages = format!("{}/{}", standing.stages, standing.of_stages);
        println!(
            "{:width$}  {bar}  {stages:>5}  {minutes}  {:page_width$}  {}{}",
            standing.id,
            standing.chapter,
            style.strong(standing.title.get(lang)),
            if standing.changed { style.warn(&say(lang, "lab.list.changed", &[])) } else { String::new() },
        );
    }
    println!("{}", style.faint(&say(lang, "lab.list.foot", &[])));
    Ok(code)
}

/// `[#|#|#.|..]`: a character a check, a bar between the stages. Only ASCII:
/// a block character is one column wide here and two in a Korean terminal.
fn bar(standing: &Standing) -> String {
    let stages: Vec<String> = standing
        .checks
        .chunk_by(|a, b| a.stage == b.stage)
        .map(|stage| {
            stage
                .iter()
                .map(|check| match check.last {
                    Some(Is::Pass) => '#',
                    Some(Is::Fail) => 'x',
                    Some(Is::NotRun) => '-',
                    None => '.',
                })
                .collect()
        })
        .collect();
    format!("[{}]", stages.join("|"))
}

/// Says what to do next: the first lab that is not done, and its first check
/// that has not passed.
pub(super) fn next(lang: Lang, room: &Room) -> Answer {
    let (standings, aside) = survey(room);
    tell_aside(lang, &aside);
    let Some(standing) = standings.into_iter().flatten().find(|standing| !standing.done()) else {
        println!("{}", say(lang, "lab.next.all-done", &[]));
        return Ok(ExitCode::SUCCESS);
    };
    let lab = match super::command::find(lang, room, &standing.id) {
        Ok(lab) => lab,
        Err(answer) => return answer,
    };
    let (progress, _) = Progress::load(room.dir(), &lab.id);
    let Some(check) = progress.next(&lab) else { return Ok(ExitCode::SUCCESS) };
    let style = Style::of_stdout();
    println!("{}", style.strong(&format!("{}: {}", lab.id, lab.title.get(lang))));
    println!("{}\n", lab.goal.get(lang));
    let place = say(lang, "lab.next.stage", &[("stage", &check.stage), ("of", &standing.of_stages)]);
    println!("{place}: {}", style.strong(&check.name));
    println!("  {}\n", check.says.get(lang));
    for path in &lab.edit {
        let file = shown(&room.dir().join(&lab.id).join(path));
        println!("{}", say(lang, "lab.next.edit", &[("file", &file)]));
    }
    println!("{}", say(lang, "lab.next.read", &[("page", &check.read)]));
    println!("{}", say(lang, "lab.next.run", &[("dir", &shown(room.dir())), ("lab", &lab.id)]));
    println!("{}", say(lang, "lab.next.watch", &[("lab", &lab.id)]));
    Ok(ExitCode::SUCCESS)
}

/// Tells which progress could not be read.
pub(super) fn tell_aside(lang: Lang, aside: &[SetAside]) {
    for aside in aside {
        let (from, to) = (shown(&aside.from), shown(&aside.to));
        eprintln!("{}", say(lang, "lab.set-aside", &[("from", &from), ("to", &to), ("why", &aside.why)]));
    }
}

/// The id asked for, else the first lab that is not done, else the first.
pub(super) fn chosen(room: &Room, id: Option<&str>) -> Option<String> {
    if let Some(id) = id {
        return Some(id.to_string());
    }
    let whole: Vec<Standing> = survey(room).0.into_iter().flatten().collect();
    let first = whole.iter().find(|standing| !standing.done()).or(whole.first());
    first.map(|standing| standing.id.clone())
}
