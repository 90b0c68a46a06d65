//! Help and mistakes on the command line, in the reader's language. Clap
//! speaks English of its own accord; here it is given other words.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

use crate::text::{self, Lang, say};

/// `command` and everything below it, with headings and help in `lang`.
pub(super) fn localised(command: Command, lang: Lang) -> Command {
    let t = |id: &str| fixed(lang, id);
    let (arguments, options) = (t("cli.help.arguments"), t("cli.help.options"));
    let template = format!("{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}", t("cli.help.usage"));
    let subcommands: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_string()).collect();
    let mut command = command
        .help_template(template)
        .subcommand_help_heading(t("cli.help.commands"))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .mut_args(|arg| {
            let heading = if arg.is_positional() { arguments } else { options };
            let takes_value = arg.get_action().takes_values();
            let arg = arg.help_heading(heading);
            if takes_value { arg.hide_possible_values(true) } else { arg }
        })
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(t("cli.help.help"))
                .help_heading(options),
        );
    for name in subcommands {
        command = command.mut_subcommand(name, |sub| localised(sub, lang));
    }
    command
}

/// The text `id` as it stands; clap keeps headings for as long as it runs.
fn fixed(lang: Lang, id: &str) -> &'static str {
    text::all(id).find(|(found, _)| *found == id).map_or("", |(_, text)| text.get(lang))
}

/// What is wrong with the command line, in `lang`; `None` if it is not a
/// mistake but a wish, such as `--help`.
pub(super) fn mistake(error: &Error, lang: Lang) -> Option<String> {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return None;
    }
    let of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    let arg = of(ContextKind::InvalidArg);
    let mut text = match error.kind() {
        ErrorKind::UnknownArgument => say(lang, "cli.mistake.unknown", &[("arg", &arg)]),
        ErrorKind::InvalidSubcommand => {
            say(lang, "cli.mistake.command", &[("command", &of(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::MissingRequiredArgument => say(lang, "cli.mistake.missing", &[("arg", &arg)]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = of(ContextKind::InvalidValue);
            say(lang, "cli.mistake.value", &[("arg", &arg), ("value", &value)])
        }
        // Rare ones keep clap's own words.
        _ => error.to_string(),
    };
    let valid = of(ContextKind::ValidValue);
    if !valid.is_empty() {
        text = format!("{text}\n{}", say(lang, "cli.mistake.valid", &[("values", &valid)]));
    }
    let near = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let near = near.into_iter().map(of).find(|near| !near.is_empty());
    if let Some(near) = near {
        text = format!("{text}\n{}", say(lang, "cli.mistake.meant", &[("near", &near)]));
    }
    Some(text)
}
