//! The instructions in a starter pack, from the texts and each `lab.toml`.

use std::fmt::Write as _;

use super::pack::Source;
use crate::manifest::{Lab, Needs, System};
use crate::text::{Lang, say};

/// The README of a pack with these labs. Without an address under which the
/// book is published, the sections are named, not linked.
pub(super) fn write(lang: Lang, labs: &[Lab], rust: Option<&str>, source: &Source<'_>) -> String {
    let t = |id: &str| say(lang, id, &[]);
    let first = labs.first().map_or("", |lab| lab.id.as_str());
    let twin = match lang {
        Lang::En => "README.ko.md",
        Lang::Ko => "README.md",
    };
    let mut text = format!("# {}\n\n[{}]({twin})\n\n", t("course.readme.title"), t("course.readme.other"));
    let rust = rust.unwrap_or("1.88");
    let need = if source.vendor { "course.readme.need-vendored" } else { "course.readme.need" };
    let mut paragraph = |content: String| {
        text.push_str(&content);
        text.push_str("\n\n");
    };
    paragraph(say(lang, need, &[("rust", &rust)]));
    paragraph(say(lang, "course.readme.begin", &[("lab", &first)]));
    paragraph(format!("## {}", t("course.readme.labs")));
    for lab in labs {
        paragraph(section(lang, lab, source.site));
    }
    let book = match source.site {
        Some(site) => say(lang, "course.readme.book-there", &[("site", &site.trim_end_matches('/'))]),
        None => say(lang, "course.readme.book-here", &[("lab", &first)]),
    };
    let fail = say(lang, "course.readme.fail", &[("lab", &first)]);
    paragraph(format!("## {}\n\n{fail}\n- {book}", t("course.readme.failing")));
    paragraph(format!("## {}\n\n{}", t("course.readme.handing-in"), t("course.readme.hand-in")));
    let files: Vec<String> =
        labs.iter().flat_map(|lab| lab.edit.iter().map(|file| format!("- `{}/{}`", lab.id, slashed(file)))).collect();
    paragraph(files.join("\n"));
    paragraph(t("course.readme.newer"));
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn slashed(file: &std::path::Path) -> String {
    file.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// One lab: goal, command, and a row a check.
fn section(lang: Lang, lab: &Lab, site: Option<&str>) -> String {
    let t = |id: &str| say(lang, id, &[]);
    let files: Vec<String> = lab.edit.iter().map(|file| format!("`{}/{}`", lab.id, slashed(file))).collect();
    let systems: Vec<&str> = lab
        .systems
        .iter()
        .map(|system| match system {
            System::Linux => "Linux",
            System::Macos => "macOS",
            System::Windows => "Windows",
        })
        .collect();
    let mut text = format!("### {}: {}\n\n{}\n\n", lab.id, lab.title.get(lang), lab.goal.get(lang));
    // Writing to a String cannot fail.
    writeln!(text, "- {}", say(lang, "course.readme.edit", &[("files", &files.join(", "))])).ok();
    writeln!(text, "- {}", say(lang, "course.readme.check", &[("lab", &lab.id)])).ok();
    writeln!(text, "- {}", say(lang, "course.readme.read", &[("page", &link(lang, &lab.chapter, site))])).ok();
    let minutes = say(lang, "course.readme.time", &[("minutes", &lab.minutes), ("points", &lab.points())]);
    writeln!(text, "- {minutes}").ok();
    writeln!(text, "- {}", say(lang, "course.readme.systems", &[("systems", &systems.join(", "))])).ok();
    if lab.needs == Needs::PrivateNetwork {
        writeln!(text, "- {}", t("course.readme.private")).ok();
    }
    writeln!(
        text,
        "\n| {} | {} | {} |\n|---|---|---|",
        t("course.readme.name"),
        t("course.readme.says"),
        t("course.readme.points")
    )
    .ok();
    let mut checks: Vec<_> = lab.check.iter().collect();
    checks.sort_by_key(|check| check.stage);
    for check in checks {
        let says = check.says.get(lang).replace('|', "\\|");
        writeln!(text, "| `{}` | {says} | {} |", check.name, check.points).ok();
    }
    text.truncate(text.trim_end().len());
    text
}

/// `tcp/connection#one-client` as a link, where there is something to link to.
fn link(lang: Lang, page: &str, site: Option<&str>) -> String {
    let Some(site) = site else { return format!("`{page}`") };
    let (path, anchor) = page.split_once('#').map_or((page, String::new()), |(path, id)| (path, format!("#{id}")));
    format!("[{page}]({}/{}/{path}.html{anchor})", site.trim_end_matches('/'), lang.code())
}
