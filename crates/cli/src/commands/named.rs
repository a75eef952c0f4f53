//! Packages that are named on the command line: an option for each channel.

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Args, Command, Error, FromArgMatches};
use gonogo_core::delivery::Channel;

/// The group of these options.
pub(super) const GROUP: &str = "named";

/// Packages, in the order of the channels.
pub(super) struct Named {
    pub(super) packages: Vec<(Channel, String)>,
}

impl FromArgMatches for Named {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let names = |channel: Channel| matches.get_many::<String>(channel.name()).into_iter().flatten();
        let each =
            Channel::ALL.iter().flat_map(|channel| names(*channel).map(|name| (*channel, name.clone())));
        Ok(Self { packages: each.collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Named {
    fn augment_args(command: Command) -> Command {
        let options = Channel::ALL.iter().map(|channel| {
            let asked = channel.asked_by();
            Arg::new(channel.name())
                .long(asked.option)
                .value_name(asked.value)
                .help(asked.help)
                .action(ArgAction::Append)
        });
        let group = ArgGroup::new(GROUP).args(Channel::ALL.map(Channel::name)).multiple(true);
        command.args(options).group(group)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
